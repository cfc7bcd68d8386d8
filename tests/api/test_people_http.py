"""People change what is theirs; names are one however they are typed; somebody always manages the users."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from casework.records import offices
from casework.rules.refusals import NotMet
from casework.work import people
from tests.api.conftest import PASSWORD, Api

ANOTHER = "another horse battery"


def sign_in(api: Api, username: str, password: str = PASSWORD) -> Any:
    return api.call(None, "POST", "/auth/token", {"username": username, "password": password})


def test_everybody_changes_their_own_address_and_language(api: Api) -> None:
    for who in ("caseworker", "lawyer", "volunteer", "auditor", "administrator"):
        changed = api.call(who, "PATCH", "/me", {"email": "me@example.org", "language": "en", "digest": True})
        assert changed.status_code == 200, changed.text
        mine = api.get(who, "/me")
        assert (mine["username"], mine["email"], mine["language"], mine["digest"]) == (
            who,
            "me@example.org",
            "en",
            True,
        )
    assert api.call("lawyer", "PATCH", "/me", {"email": None}).get_json()["email"] is None
    for wrong in ({"role": "administrator"}, {"active": False}, {"org": "370000"}, {"language": "fr"}, {"email": "x"}):
        assert api.call("lawyer", "PATCH", "/me", wrong).status_code == 422
    assert api.call(None, "PATCH", "/me", {"language": "en"}).status_code == 401


def test_a_new_password_needs_the_present_one_and_ends_the_tokens(api: Api) -> None:
    for wrong, where in (
        ({"password": ANOTHER}, "current_password"),
        ({"password": ANOTHER, "current_password": "guess"}, "current_password"),
        ({"password": PASSWORD, "current_password": PASSWORD}, "password"),
        ({"password": "short", "current_password": PASSWORD}, "password"),
    ):
        refused = api.call("caseworker", "PATCH", "/me", wrong)
        assert (refused.status_code, refused.get_json()["errors"][0]["field"]) == (422, where)
    assert sign_in(api, "caseworker").status_code == 200

    changed = api.call("caseworker", "PATCH", "/me", {"password": ANOTHER, "current_password": PASSWORD})
    assert changed.status_code == 200
    assert api.call("caseworker", "GET", "/me").status_code == 401
    assert sign_in(api, "caseworker").status_code == 401
    assert sign_in(api, "caseworker", ANOTHER).status_code == 200


def test_the_present_password_is_not_guessed_through_an_open_session(api: Api) -> None:
    guesses = [{"password": ANOTHER, "current_password": f"guess {n}"} for n in range(11)]
    answers = [api.call("caseworker", "PATCH", "/me", guess) for guess in guesses]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    right = {"password": ANOTHER, "current_password": PASSWORD}
    assert api.call("caseworker", "PATCH", "/me", right).status_code == 429
    api.seconds_pass(int(answers[-1].headers["Retry-After"]) + 1)
    assert api.call("caseworker", "PATCH", "/me", right).status_code == 200


def test_in_production_a_password_set_by_an_administrator_is_changed_first(api: Api) -> None:
    api.service.limits = replace(api.service.limits, own_passwords=True)
    new = {"username": "wang", "name": "王新", "role": "caseworker", "org": "370100", "password": PASSWORD}
    assert api.post("administrator", "/users", new)["password_is_first"] is True
    api.tokens["wang"] = sign_in(api, "wang").get_json()["access_token"]

    refused = api.call("wang", "GET", "/cases")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "not_yours")
    assert "PATCH /api/v1/me" in refused.get_json()["detail"]
    assert api.call("wang", "PATCH", "/me", {"password": ANOTHER, "current_password": PASSWORD}).status_code == 200
    api.tokens["wang"] = sign_in(api, "wang", ANOTHER).get_json()["access_token"]
    assert api.call("wang", "GET", "/cases").status_code == 200
    assert api.get("wang", "/me")["password_is_first"] is False
    assert api.call("lawyer", "GET", "/cases").status_code == 200


def test_where_mail_goes_to_is_told_to_administrators_and_to_oneself(api: Api) -> None:
    for who in ("caseworker", "supervisor"):
        assert api.call(who, "PATCH", "/me", {"email": f"{who}@example.org"}).status_code == 200

    def seen_by(who: str) -> dict[str, str]:
        return {one["username"]: one["email"] for one in api.get(who, "/users")["items"] if one["email"]}

    everybody = {who: f"{who}@example.org" for who in ("caseworker", "supervisor")}
    assert seen_by("administrator") == everybody
    for who in ("caseworker", "supervisor", "auditor"):
        assert seen_by(who) == {name: address for name, address in everybody.items() if name == who}


@pytest.mark.parametrize("typed", ["wang.li", "WANG.LI", "Wang.Li", "ｗａｎｇ．ｌｉ", "ＷＡＮＧ.ＬＩ", " wang.li "])
def test_a_user_name_is_one_however_it_is_typed(api: Api, typed: str) -> None:
    new = {"name": "王丽", "role": "caseworker", "org": "370100", "password": PASSWORD}
    assert api.post("administrator", "/users", new | {"username": "Wang.Li"})["username"] == "wang.li"

    again = api.call("administrator", "POST", "/users", new | {"username": typed})
    assert (again.status_code, again.get_json()["errors"][0]["code"]) == (422, "taken")
    assert sign_in(api, typed).status_code == 200


def county(api: Api) -> None:
    """An organisation below the city's."""
    with api.service.transaction() as tx:
        city = offices.org(tx.db, "370100")
        assert city is not None
        row = {"id": uuid4(), "parent_id": city.id, "path": f"{city.path}370102/", "own_calendar": None}
        told = {"code": "370102", "region": "370102", "name": "示例区总工会", "kind": "county"}
        offices.store_orgs(tx.db, [row | told])


def another(api: Api, org: str) -> None:
    """One more administrator works there."""
    new = {"username": "wang", "name": "王丽", "role": "administrator", "org": org, "password": PASSWORD}
    api.ids["wang"] = api.post("administrator", "/users", new)["id"]
    api.tokens["wang"] = sign_in(api, "wang").get_json()["access_token"]


OF_ONESELF = [{"active": False}, {"role": "supervisor"}, {"org": "370000"}]


@pytest.mark.parametrize("change", OF_ONESELF)
def test_nobody_changes_their_own_role_organisation_or_active_flag(api: Api, change: dict[str, Any]) -> None:
    another(api, "370100")
    before = api.get("administrator", "/me")
    refused = api.call("administrator", "PATCH", f"/users/{before['id']}", change)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "not_yours")
    assert api.get("administrator", "/me") == before
    assert api.call("wang", "PATCH", f"/users/{before['id']}", {"name": "管理员"}).status_code == 200


def test_the_last_administrator_of_an_organisation_stays_one_whoever_works_elsewhere(api: Api) -> None:
    county(api)

    def switched_off(username: str) -> bool:
        with api.service.transaction() as tx:
            people.change_by_name(tx, username, {"active": False})
        return True

    with pytest.raises(NotMet):
        switched_off("administrator")
    another(api, "370102")
    with pytest.raises(NotMet):  # one below does not manage what is above
        switched_off("administrator")
    assert api.call("administrator", "GET", "/me").status_code == 200
    assert switched_off("wang")


@pytest.mark.parametrize("change", [{"active": False}, {"role": "auditor"}, {"org": "370102"}])
def test_of_two_administrators_who_remove_each_other_at_once_one_stays(api: Api, change: dict[str, Any]) -> None:
    county(api)
    another(api, "370100")
    whom = {"administrator": "wang", "wang": "administrator"}

    def remove(who: str) -> int:
        return api.call(who, "PATCH", f"/users/{api.ids[whom[who]]}", change).status_code

    with ThreadPoolExecutor(2) as pool:
        first, second = sorted(pool.map(remove, whom))
    # Whoever was second has no token any more, or is no administrator there, or is the last one.
    assert (first, second) in {(200, 401), (200, 403), (200, 404), (200, 422)}
    with api.service.transaction() as tx:
        left = "select count(*) from users u join orgs o on o.id = u.org_id where active and role = 'administrator'"
        assert tx.db.run(f"{left} and o.code = '370100'").scalar_one() == 1


def test_whoever_switches_somebody_off_is_told_of_the_open_cases(api: Api) -> None:
    assigned, owned = api.new_case(), api.new_case()
    for case in (assigned, owned):
        api.take("caseworker", case, "accept")
    api.take("supervisor", assigned, "grant")
    api.take("caseworker", assigned, "assign", to="lawyer")

    def off(username: str) -> tuple[int, int]:
        changed = api.call("administrator", "PATCH", f"/users/{api.ids[username]}", {"active": False}).get_json()
        return changed["let_go"], changed["open_cases"]

    assert off("caseworker") == (2, 0)
    assert api.get("supervisor", f"/cases/{owned['id']}")["owner"] is None
    assert off("lawyer") == (0, 1)
    assert api.get("supervisor", f"/cases/{assigned['id']}")["assignee"]["username"] == "lawyer"
    assert api.get("supervisor", "/users?username=caseworker")["items"][0]["open_cases"] is None
