"""What waits for whom: the queue shows it, and a claim takes the next of it that is in nobody's hands."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import IntegrityError

from casework.embedded import PrivateServer
from casework.records import offices, people
from casework.work.overdue import sweep
from casework.work.people import create_user, new_token
from tests.api.conftest import Api
from tests.rewriting import rewrite


def waiting(api: Api, who: str) -> list[str]:
    return [case["id"] for case in api.get(who, "/queue")["items"]]


def claimed(api: Api, who: str) -> list[str]:
    """Everything that one gets by claiming until there is nothing left, in this order."""
    found = []
    while (answer := api.call(who, "POST", "/queue/claim", {})).status_code == 200:
        found.append(answer.get_json()["id"])
        assert answer.get_json()["owner"]["username"] == who
    assert answer.status_code == 204
    return found


@pytest.fixture
def cases(api: Api) -> dict[str, Any]:
    """One that came in, one under review, and one that waits for the decision."""
    found = {name: api.new_case() for name in ("new", "reviewed", "proposed")}
    for name in ("reviewed", "proposed"):
        api.take("caseworker", found[name], "accept")
    api.take("caseworker", found["proposed"], "propose")
    return {name: case["id"] for name, case in found.items()}


def test_a_caseworkers_queue_is_what_is_mine_or_nobodys(api: Api, cases: dict[str, Any]) -> None:
    assert set(waiting(api, "caseworker")) == {cases["new"], cases["reviewed"]}
    assert waiting(api, "caseworker-qd") == []


@pytest.mark.parametrize("who", ["supervisor", "supervisor-sd"])
def test_a_supervisors_queue_is_what_is_to_be_decided_and_what_nobody_has_taken_up(
    who: str, api: Api, cases: dict[str, Any]
) -> None:
    assert set(waiting(api, who)) == {cases["new"], cases["proposed"]}


@pytest.mark.parametrize("who", ["caseworker", "supervisor", "supervisor-sd"])
def test_a_claim_takes_what_the_queue_shows_and_nobody_owns(who: str, api: Api, cases: dict[str, Any]) -> None:
    shown = waiting(api, who)
    assert claimed(api, who) == [cases["new"]]
    # Now it is mine, and so it still waits for me.
    assert waiting(api, who) == shown
    assert cases["new"] not in waiting(api, "caseworker" if who != "caseworker" else "supervisor")


def hire(api: Api, username: str, role: str = "caseworker", org_code: str = "370100") -> None:
    """Somebody more, a caseworker of the same office unless told otherwise."""
    with api.service.transaction() as tx:
        org = offices.org(tx.db, org_code)
        assert org is not None
        made = create_user(tx, {"username": username, "name": "示例同事", "role": role}, org)
        person = people.by_id(tx.db, made.id)
        assert person is not None
        api.ids[username] = person.id
        api.tokens[username] = new_token(tx, person, timedelta(days=900))[0]


def leaves(api: Api, username: str, **change: Any) -> dict[str, Any]:
    answer = api.call("administrator-sd", "PATCH", f"/users/{api.ids[username]}", change)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.mark.parametrize("change", [{"active": False}, {"role": "auditor"}, {"org": "370200"}])
def test_the_cases_of_somebody_who_left_are_nobodys(change: dict[str, Any], api: Api, cases: dict[str, Any]) -> None:
    hire(api, "colleague")
    hire(api, "administrator-sd", "administrator", "370000")
    assert waiting(api, "colleague") == [cases["new"]]
    assert leaves(api, "caseworker", **change)["let_go"] == 2
    for name in ("reviewed", "proposed"):
        assert api.get("supervisor", f"/cases/{cases[name]}")["owner"] is None
        *_, event = api.get("supervisor", f"/cases/{cases[name]}/events")["items"]
        assert (event["kind"], event["actor"]["username"]) == ("let_go", "administrator-sd")
    assert set(waiting(api, "colleague")) == {cases["new"], cases["reviewed"]}
    assert set(waiting(api, "supervisor")) == {*cases.values()}
    assert set(claimed(api, "colleague")) == {cases["new"], cases["reviewed"]}
    assert claimed(api, "supervisor") == [cases["proposed"]]


def test_an_owner_from_above_who_is_still_there_keeps_the_case(api: Api, cases: dict[str, Any]) -> None:
    case = api.call("supervisor-sd", "POST", "/queue/claim", {}).get_json()
    assert case["id"] == cases["new"]
    assert claimed(api, "supervisor") == []
    assert cases["new"] not in waiting(api, "caseworker")


def test_what_no_acknowledgement_says_is_refused_and_acknowledges_nothing(api: Api) -> None:
    api.new_case()
    api.days_pass(40)
    sweep(api.service)
    [alert, *_] = api.get("supervisor", "/alerts")["items"]
    path = f"/alerts/{alert['id']}/acknowledge"
    answer = api.call("supervisor", "POST", path, {"seen": True})
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "seen")
    assert alert["id"] in {one["id"] for one in api.get("supervisor", "/alerts")["items"] if not one["acknowledged_at"]}
    assert api.post("supervisor", path)["acknowledged_at"] is not None


def of_group(api: Api, *groups: str, **changed: Any) -> str:
    """A case of somebody of these groups."""
    example = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    changed = {"exemption": "other_by_law"} | changed
    case: str = api.new_case(applicant=example["applicant"] | {"groups": list(groups)}, **changed)["id"]
    return case


def test_pay_of_migrant_and_platform_workers_and_acts_of_courage_come_before_others_as_urgent(api: Api) -> None:
    other = of_group(api, "woman")
    first = [of_group(api, "migrant_worker"), of_group(api, "platform_worker")]
    brave = of_group(api, "woman", matter="act_of_courage")
    urgent = of_group(api, "woman", preservation_needed=True)
    expected = [urgent, *first, brave, other]
    assert waiting(api, "caseworker") == expected
    paged, cursor = [], ""
    while cursor is not None:
        answer = api.get("caseworker", "/queue?limit=1" + cursor)
        paged += [case["id"] for case in answer["items"]]
        cursor = answer["next_cursor"] and f"&cursor={answer['next_cursor']}"
    assert paged == expected
    assert claimed(api, "caseworker") == expected


def test_a_closed_case_that_is_taken_up_again_does_not_come_back_to_whoever_has_left_meanwhile(api: Api) -> None:
    """Somebody read its owner as active, and writes only after the owner was deactivated."""
    case = api.new_case()
    api.take("caseworker", case, "accept")
    api.take("caseworker", case, "withdraw")
    api.call("administrator", "PATCH", f"/users/{api.ids['caseworker']}", {"active": False})
    for change in ("closed_at = null", "closed_at = null, org_id = (select id from orgs where code = '370200')"):
        with api.service.transaction() as tx, pytest.raises(IntegrityError, match="owned by active staff"):
            rewrite(tx.db, f"update cases set {change} where id = :id", id=case["id"])


def moves_unseen(server: PrivateServer, api: Api, change: str) -> None:
    """The entries of the queue stay those of before, as a statement sees them that began before the cases moved."""
    engine = create_engine(make_url(server.owner_url).set(database=api.service.database.url.database))
    with engine.begin() as connection:
        connection.execute(text("alter table casework.cases disable trigger queue_changed"))
        connection.execute(text(f"update casework.cases set {change}"))
        connection.execute(text("alter table casework.cases enable trigger queue_changed"))
    engine.dispose()


@pytest.mark.parametrize(
    "change", ["waits_for = 'applicant'", "org_id = (select id from casework.orgs where code = '370200')"]
)
def test_what_does_not_wait_here_any_more_when_it_is_locked_is_not_claimed(
    change: str, api: Api, server: PrivateServer
) -> None:
    api.new_case()
    moves_unseen(server, api, change)
    assert api.call("caseworker", "POST", "/queue/claim", {}).status_code == 204


def test_beyond_ten_that_wait_no_more_the_next_is_claimed(api: Api, server: PrivateServer) -> None:
    for _ in range(11):
        api.new_case()
    *_, last = waiting(api, "caseworker")
    moves_unseen(server, api, f"waits_for = 'applicant' where id != '{last}'")
    assert claimed(api, "caseworker") == [last]


def test_of_a_part_that_is_not_theirs_nobody_claims_anything(api: Api) -> None:
    api.new_case()
    assert api.call("caseworker-qd", "POST", "/queue/claim", {"org": "370100"}).status_code == 204
