"""Whoever administers leaves a trace that cannot be taken back, and nobody reads on one person's word alone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from casework.records import admin_events
from casework.records.event_chain import GENESIS, administrative, chained
from casework.work import people
from tests.api.conftest import PASSWORD, ROLES, Api


def another(api: Api, username: str = "wang", role: str = "administrator") -> str:
    """One more user of the city, signed in; gives the path of the user."""
    new = {"username": username, "name": "王丽", "role": role, "org": "370100", "password": PASSWORD}
    user_id = api.post("administrator", "/users", new)["id"]
    signed_in = api.call(None, "POST", "/auth/token", {"username": username, "password": PASSWORD})
    api.tokens[username] = signed_in.get_json()["access_token"]
    return f"/users/{user_id}"


def disclosed(api: Api, who: str, case: Any) -> int:
    return api.call(who, "POST", f"/cases/{case['id']}/disclosures", {"reason": "核对"}).status_code


def raised(api: Api, username: str, role: str) -> str:
    """The path of a user to whom the administrator gives another role, signed in again."""
    path = another(api, username, "administrator")
    assert api.call("administrator", "PATCH", path, {"role": role}).status_code == 200
    signed_in = api.call(None, "POST", "/auth/token", {"username": username, "password": PASSWORD})
    api.tokens[username] = signed_in.get_json()["access_token"]
    return path


def test_what_an_administrator_does_is_told_with_before_and_after(api: Api) -> None:
    path = another(api, "li.lawyer", "lawyer")
    api.call("administrator", "PATCH", path, {"role": "caseworker", "email": "li@example.org"})
    api.call("administrator", "PATCH", path, {"active": False})

    told = api.get("auditor", "/admin/events")["items"][:3]

    assert [(one["kind"], one["subject"], one["payload"]) for one in told] == [
        ("user_changed", "li.lawyer", {"active": [True, False]}),
        ("user_changed", "li.lawyer", {"role": ["lawyer", "caseworker"], "others": ["email"]}),
        ("user_added", "li.lawyer", {"role": "lawyer", "org": "370100", "password": True}),
    ]
    assert {one["actor"]["username"] for one in told} == {"administrator"}
    assert told[0]["prev_hash"] == told[1]["hash"]


def test_a_refused_change_leaves_no_trace(api: Api) -> None:
    before = api.get("administrator", "/admin/events")["items"][0]
    assert api.call("administrator", "PATCH", f"/users/{api.ids['lawyer']}", {"org": "370200"}).status_code == 422
    assert api.get("administrator", "/admin/events")["items"][0] == before


def test_administrators_and_auditors_read_what_concerns_their_organisations(api: Api) -> None:
    another(api)
    for who in ("caseworker", "supervisor", "lawyer", "volunteer"):
        assert api.call(who, "GET", "/admin/events").status_code == 403
    kinds = {one["kind"] for one in api.get("administrator-qd", "/admin/events")["items"]}
    assert {"policies_loaded", "calendar_loaded", "user_added"} <= kinds
    subjects = {one["subject"] for one in api.get("administrator-qd", "/admin/events")["items"]}
    assert "administrator-qd" in subjects
    assert not {"wang", "administrator"} & subjects


def test_the_chain_comes_page_by_page_and_recomputes(api: Api) -> None:
    another(api)
    first = api.get("administrator", "/admin/events?limit=2")
    second = api.get("administrator", f"/admin/events?limit=2&cursor={first['next_cursor']}")
    seqs = [one["seq"] for page in (first, second) for one in page["items"]]
    assert len(seqs) == 4
    assert seqs == sorted(seqs, reverse=True)
    before = GENESIS
    with api.service.transaction() as tx:
        for number, row in enumerate(admin_events.some(tx.db, 0, 1000), start=1):
            body = administrative(number, row.at, row.kind, row.actor_id, row.subject, row.places, row.payload)
            assert (row.seq, row.prev_hash, row.hash) == (number, before, chained(before, body))
            before = row.hash
    assert number > len(api.ids)


def test_of_changes_made_at_once_each_is_the_next_of_the_chain(api: Api) -> None:
    def change(number: int) -> None:
        with api.service.transaction() as tx:
            people.change_by_name(tx, ROLES[number % 4], {"language": "en"})

    def seqs() -> list[int]:
        with api.service.transaction() as tx:
            return [row.seq for row in admin_events.page(tx.db, "", 1000)]

    before = seqs()
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(change, range(8)))) == 8
    assert seqs() == [*range(before[0] + 8, before[0], -1), *before]


def test_the_operator_is_told_apart(api: Api) -> None:
    with api.service.transaction() as tx:
        people.change_by_name(tx, "lawyer", {"password": "another horse battery"})
    [event] = api.get("auditor", "/admin/events?limit=1")["items"]
    assert (event["actor"], event["subject"], event["payload"]) == (None, "lawyer", {"others": ["password"]})


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("update admin_events set subject = 'x'", "permission denied"),
        ("delete from admin_events", "permission denied"),
    ],
)
def test_the_application_changes_no_event_of_the_chain(api: Api, statement: str, what: str) -> None:
    with pytest.raises(DBAPIError, match=what), api.service.transaction() as tx:
        tx.db.run(statement)


def test_whoever_was_raised_reads_nothing_sensitive_of_before_until_another_administrator_confirms(api: Api) -> None:
    case = api.new_case()
    api.post("caseworker", f"/cases/{case['id']}/notes", {"text": "已联系"})
    path = raised(api, "li", "supervisor")
    new = api.new_case()

    assert api.get("li", f"/cases/{case['id']}")["id"] == case["id"]
    assert disclosed(api, "li", case) == 403
    assert api.call("li", "GET", f"/cases/{case['id']}/notes").status_code == 403
    assert api.call("li", "POST", f"/cases/{case['id']}/personal-data", {"reason": "核对"}).status_code == 403
    assert disclosed(api, "li", new) == 200

    assert api.call("administrator", "POST", f"{path}/confirm-role", {}).status_code == 403
    assert disclosed(api, "li", case) == 403
    another(api)
    confirmed = api.call("wang", "POST", f"{path}/confirm-role", {})
    assert (confirmed.status_code, confirmed.get_json()["raised_at"]) == (200, None)
    assert disclosed(api, "li", case) == 200
    assert api.call("wang", "POST", f"{path}/confirm-role", {}).status_code == 409
    assert api.get("auditor", "/admin/events")["items"][0]["kind"] == "role_confirmed"


def test_nobody_confirms_their_own_role(api: Api) -> None:
    path = raised(api, "li", "supervisor")
    another(api)
    assert api.call("wang", "PATCH", path, {"role": "administrator"}).status_code == 200
    signed_in = api.call(None, "POST", "/auth/token", {"username": "li", "password": PASSWORD})
    api.tokens["li"] = signed_in.get_json()["access_token"]
    assert api.call("li", "POST", f"{path}/confirm-role", {}).status_code == 403
    assert api.call("administrator-qd", "POST", f"{path}/confirm-role", {}).status_code == 404
    assert api.call("administrator", "POST", f"{path}/confirm-role", {}).status_code == 200


def test_the_operator_confirms_where_there_is_no_second_administrator(api: Api) -> None:
    case = api.new_case()
    raised(api, "li", "caseworker")
    assert disclosed(api, "li", case) == 403
    with api.service.transaction() as tx:
        people.confirm_by_name(tx, "Li")
    assert disclosed(api, "li", case) == 200
