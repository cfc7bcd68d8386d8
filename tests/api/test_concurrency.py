"""Many hands at once, on a real PostgreSQL: nothing is done twice, nothing is lost, nobody gets a fault."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, BoundedSemaphore
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from casework.embedded import PrivateServer
from casework.records import offices, people
from casework.records.event_chain import digest
from casework.work.people import new_token
from tests.api.conftest import Api, office_on

Deed = Callable[[], TestResponse]


def at_once(deeds: Sequence[Deed]) -> list[TestResponse]:
    """The answers to all of these, begun at the same moment, in their order."""
    barrier = Barrier(len(deeds))

    def begin(deed: Deed) -> TestResponse:
        barrier.wait(timeout=20)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(begin, deeds))


def statuses(answers: Sequence[TestResponse]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def rows(api: Api, query: str, **values: Any) -> Sequence[Any]:
    """What the database holds."""
    with api.service.transaction() as tx:
        return tx.db.all(query, **values)


def ensure_one_history(api: Api, case_id: str) -> None:
    """The events of the case are numbered without gaps up to its version, and each is chained to the one before."""
    events = rows(api, "select * from events where case_id = :id order by seq", id=case_id)
    [case] = rows(api, "select version, last_hash from cases where id = :id", id=case_id)
    assert [event.seq for event in events] == [*range(1, case.version + 1)]
    last = bytes(32)
    for event in events:
        assert event.prev_hash == last
        last = digest(
            last, event.case_id, event.seq, event.at, event.kind, event.actor_id, event.actor_role, event.payload
        )
        assert event.hash == last
    assert case.last_hash == last


@pytest.fixture(scope="module")
def office(server: PrivateServer, admin: Engine) -> Iterator[Api]:
    """An office in which eight may work at once."""
    with office_on(server, admin, pool_size=10) as api:
        yield api


def test_eight_clerks_claim_all_cases_and_none_of_them_twice(api: Api) -> None:
    waiting = {api.new_case()["id"] for _ in range(12)}
    clerks = ("caseworker", "supervisor") * 4

    def claims(who: str) -> list[TestResponse]:
        answers = [api.call(who, "POST", "/queue/claim", {})]
        while answers[-1].status_code == 200:
            answers.append(api.call(who, "POST", "/queue/claim", {}))
        return answers

    barrier = Barrier(len(clerks))
    with ThreadPoolExecutor(len(clerks)) as pool:
        rounds = list(pool.map(lambda who: (barrier.wait(timeout=20), claims(who))[1], clerks))
    answers = [answer for one in rounds for answer in one]
    assert set(statuses(answers)) == {200, 204}
    claimed = [answer.get_json()["id"] for answer in answers if answer.status_code == 200]
    assert Counter(claimed) == Counter(waiting)
    for answer, who in zip(rounds, clerks, strict=True):
        assert all(one.get_json()["owner"]["username"] == who for one in answer if one.status_code == 200)
    assert rows(api, "select 1 from cases where owner_id is null") == []
    assert all(row.count == 2 for row in rows(api, "select count(*) from events group by case_id"))


@pytest.mark.parametrize("round_", range(6))
def test_whoever_claims_while_being_deactivated_keeps_nothing(office: Api, round_: int) -> None:
    case = office.new_case()
    deactivate = f"/users/{office.ids['supervisor']}"
    claim, off = at_once(
        [
            lambda: office.call("supervisor", "POST", "/queue/claim", {"org": "370100"}),
            lambda: office.call("administrator", "PATCH", deactivate, {"active": False}),
        ]
    )
    assert off.status_code == 200
    # It was first and let go again, or too late: without a token, or without the right to own.
    assert claim.status_code in (200, 401, 409)
    assert rows(office, "select 1 from cases where owner_id = :id", id=office.ids["supervisor"]) == []
    ensure_one_history(office, case["id"])
    office.call("administrator", "PATCH", deactivate, {"active": True})
    with office.service.transaction() as tx:
        person = people.by_id(tx.db, office.ids["supervisor"])
        assert person is not None
        office.tokens["supervisor"] = new_token(tx, person, timedelta(days=900))[0]


def test_people_are_changed_while_they_work_without_anybody_being_turned_away(office: Api) -> None:
    cases = [office.new_case() for _ in range(4)]
    for case in cases:
        office.post("caseworker", f"/cases/{case['id']}/claim")
    user = f"/users/{office.ids['caseworker']}"
    answers = at_once(
        [
            *(
                lambda at=f"/cases/{case['id']}/transitions/accept": office.call("caseworker", "POST", at, {})
                for case in cases
            ),
            *(
                lambda change=change: office.call("administrator", "PATCH", user, change)
                for change in ({"digest": True}, {"email": "desk@example.org"}, {"language": "en"}, {"digest": False})
            ),
        ]
    )
    assert statuses(answers) == [200] * 8


def test_of_eight_who_take_the_same_step_one_succeeds(office: Api) -> None:
    case = office.new_case()
    path = f"/cases/{case['id']}/transitions/accept"
    answers = at_once([lambda: office.call("caseworker", "POST", path, {}) for _ in range(8)])
    assert statuses(answers) == [200] + [409] * 7
    ensure_one_history(office, case["id"])


@pytest.mark.parametrize("round_", range(4))
def test_granting_and_withdrawing_at_once_ends_in_one_state_with_one_history(office: Api, round_: int) -> None:
    case = office.new_case()
    office.take("caseworker", case, "accept")
    path = f"/cases/{case['id']}/transitions"
    deeds = [
        lambda: office.call("supervisor", "POST", f"{path}/grant", {"form_of_aid": "litigation"}),
        lambda: office.call("caseworker", "POST", f"{path}/refuse", {}),
        lambda: office.call("caseworker", "POST", f"{path}/withdraw", {"reason": "已自行和解"}),
        lambda: office.call(
            "supervisor-sd", "POST", f"{path}/refuse", {"ground": "out_of_scope", "reasons": "重复申请"}
        ),
    ]
    grant, not_theirs, withdraw, refuse = at_once(deeds)
    assert not_theirs.status_code in (403, 409)
    # A granted request may still be withdrawn; a withdrawn or refused one is neither granted nor withdrawn.
    done = {name for name, one in (("g", grant), ("w", withdraw), ("r", refuse)) if one.status_code == 200}
    assert done in ({"g"}, {"w"}, {"r"}, {"g", "w"})
    assert {grant.status_code, withdraw.status_code, refuse.status_code} <= {200, 409}
    ensure_one_history(office, case["id"])
    open_clocks = [one for one in office.get("supervisor", f"/cases/{case['id']}")["clocks"] if not one["ended_at"]]
    assert bool(open_clocks) == (done == {"g"})
    letters = [one["name"] for one in office.get("supervisor", f"/cases/{case['id']}/letters")["items"]]
    assert ("granted" in letters, "refused" in letters) == ("g" in done, "r" in done)


def test_of_eight_corrections_with_the_same_version_one_is_written(office: Api) -> None:
    case = office.new_case()
    tag = {"If-Match": f'"{case["version"]}"'}
    path = f"/cases/{case['id']}"
    deeds = [
        lambda n=n: office.call("caseworker", "PATCH", path, {"facts": {"claimants": n}}, tag) for n in range(2, 10)
    ]
    answers = at_once(deeds)
    assert statuses(answers) == [200] + [412] * 7
    [written] = [answer.get_json() for answer in answers if answer.status_code == 200]
    assert office.get("caseworker", path)["facts"]["claimants"] == written["facts"]["claimants"]
    ensure_one_history(office, case["id"])


def test_a_number_that_becomes_known_in_four_cases_at_once_is_kept_by_one_applicant(office: Api) -> None:
    example = office.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]["applicant"]
    known = ("identity_number", "birth_date", "sex")
    without = {name: value for name, value in example.items() if name not in known}
    cases = [office.new_case(applicant=without) for _ in range(4)]
    patch = {"facts": {"applicant": {"identity_number": example["identity_number"]}}}
    tag = {"If-Match": "*"}
    deeds = [lambda one=one: office.call("caseworker", "PATCH", f"/cases/{one['id']}", patch, tag) for one in cases]
    assert statuses(at_once(deeds)) == [200] * 4
    holding = """select count(distinct a.id) as applicants, count(a.identity_index) as known
                 from cases c join applicants a on a.id = c.applicant_id where c.id = any(:ids)"""
    [held] = rows(office, holding, ids=[one["id"] for one in cases])
    assert (held.applicants, held.known) == (4, 1)


def test_a_step_a_correction_a_handover_and_a_note_at_once_lose_nothing(office: Api) -> None:
    case = office.new_case()
    path = f"/cases/{case['id']}"
    answers = at_once(
        [
            lambda: office.call("supervisor", "POST", f"{path}/transitions/accept", {}),
            lambda: office.call("supervisor", "PATCH", path, {"facts": {"claimants": 5}}, {"If-Match": "*"}),
            lambda: office.call(
                "supervisor",
                "POST",
                f"{path}/handover",
                {"to": str(office.ids["supervisor-sd"]), "reason": "岗位调整"},
            ),
            lambda: office.call("supervisor", "POST", f"{path}/notes", {"text": "同时添加的备注"}),
        ]
    )
    # Where the handover came first, the others find a colleague's case, and the step asks for a reason.
    assert {answer.status_code for answer in answers} <= {200, 201, 409, 422}
    done = [answer.status_code in (200, 201) for answer in answers]
    assert done[2:] == [True, True]
    standing = office.get("supervisor-sd", path)
    assert standing["owner"]["username"] in ("supervisor", "supervisor-sd")
    assert (standing["state"] == "under_review") == done[0]
    assert (standing["facts"]["claimants"] == 5) == done[1]
    assert standing["version"] == 1 + sum(done[:3])
    assert len(office.get("supervisor", f"{path}/notes")["items"]) == 1
    ensure_one_history(office, case["id"])


def test_two_intakes_of_one_person_at_once_are_one_applicant_and_point_at_each_other(office: Api) -> None:
    facts = office.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    body = {"workflow": "legal_aid", "org": "370100", "channel": "hotline", "facts": facts, "duplicate_reason": "示例"}
    answers = at_once([lambda: office.call("caseworker", "POST", "/cases", body) for _ in range(4)])
    assert statuses(answers) == [201] * 4
    ids = {answer.get_json()["id"] for answer in answers}
    assert len({answer.get_json()["number"] for answer in answers}) == 4
    for case_id in ids:
        twins = office.get("caseworker", f"/cases/{case_id}")["same_applicant"]
        assert {twin["id"] for twin in twins} == ids - {case_id}
    applicants = rows(office, "select distinct applicant_id from cases where id = any(:ids)", ids=list(ids))
    assert len(applicants) == 1


def test_of_sixteen_who_take_in_one_request_at_once_one_opens_it_and_the_others_are_told_of_it(office: Api) -> None:
    facts = office.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    del facts["applicant"]["identity_number"]
    body = {"workflow": "legal_aid", "org": "370100", "channel": "hotline", "facts": facts}
    answers = at_once([lambda: office.call("caseworker", "POST", "/cases", body) for _ in range(16)])
    assert statuses(answers) == [201] + [409] * 15
    [first] = [answer.get_json()["number"] for answer in answers if answer.status_code == 201]
    told = [answer.get_json()["duplicate_of"] for answer in answers if answer.status_code == 409]
    assert [[one["number"] for one in each] for each in told] == [[first]] * 15


def test_eight_twins_with_one_key_do_it_once_and_all_get_the_one_answer(office: Api) -> None:
    facts = office.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    body = {"workflow": "legal_aid", "org": "370100", "channel": "hotline", "facts": facts}
    once = {"Idempotency-Key": str(uuid4())}
    before = len(rows(office, "select 1 from cases"))
    answers = at_once([lambda: office.call("caseworker", "POST", "/cases", body, once) for _ in range(8)])
    assert statuses(answers) == [201] * 8
    assert len({answer.data for answer in answers}) == 1
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 7
    assert len(rows(office, "select 1 from cases")) == before + 1


def test_twins_with_one_key_and_different_bodies_are_not_taken_for_one_another(office: Api) -> None:
    case, once = office.new_case(), {"Idempotency-Key": str(uuid4())}
    path = f"/cases/{case['id']}/notes"
    answers = at_once(
        [lambda n=n: office.call("caseworker", "POST", path, {"text": f"第 {n} 条备注"}, once) for n in range(6)]
    )
    assert statuses(answers) == [201] + [422] * 5
    assert len(office.get("caseworker", path)["items"]) == 1


def test_where_the_first_of_two_twins_is_refused_the_second_is_tried_by_itself(office: Api) -> None:
    case = office.new_case()
    path, once = f"/cases/{case['id']}/transitions/grant", {"Idempotency-Key": str(uuid4())}
    answers = at_once(
        [lambda: office.call("supervisor", "POST", path, {"form_of_aid": "litigation"}, once) for _ in range(6)]
    )
    assert statuses(answers) == [409] * 6
    assert not any("Idempotent-Replayed" in answer.headers for answer in answers)


def test_two_handovers_and_a_release_at_once_leave_one_owner_and_one_history(office: Api) -> None:
    case = office.new_case()
    office.take("caseworker", case, "accept")
    path = f"/cases/{case['id']}"
    deeds = [
        lambda to=to: office.call(
            "supervisor", "POST", f"{path}/handover", {"to": str(office.ids[to]), "reason": "岗位调整"}
        )
        for to in ("supervisor", "supervisor-sd")
    ]
    answers = at_once([*deeds, lambda: office.call("supervisor", "POST", f"{path}/release", {"reason": "休假"})])
    assert set(statuses(answers)) <= {200, 409}
    ensure_one_history(office, case["id"])
    kinds = [event["kind"] for event in office.get("supervisor", f"{path}/events")["items"]]
    assert len(kinds) == 2 + statuses(answers).count(200)
    owner = office.get("supervisor", path)["owner"]
    assert (owner is None) == (kinds[-1] == "released")


def test_two_who_choose_the_same_user_name_at_once_do_not_both_get_it(office: Api) -> None:
    said = {"username": "double", "name": "示例新人", "role": "caseworker", "org": "370100"}
    answers = at_once([lambda: office.call("administrator", "POST", "/users", said) for _ in range(4)])
    assert statuses(answers) == [201, 422, 422, 422]


def test_letters_that_are_numbered_at_once_are_numbered_without_gaps(office: Api) -> None:
    cases = [office.new_case() for _ in range(6)]
    for case in cases:
        office.take("caseworker", case, "accept")
    before = {row.number for row in rows(office, "select number from letters where number like '%济工援决字%'")}
    at_once(
        [
            lambda id_=case["id"]: office.call(
                "supervisor", "POST", f"/cases/{id_}/transitions/grant", {"form_of_aid": "litigation"}
            )
            for case in cases
        ]
    )
    numbers = {row.number for row in rows(office, "select number from letters where number like '%济工援决字%'")}
    serials = sorted(int(number.partition("第")[2].removesuffix("号")) for number in numbers)
    assert serials == [*range(1, len(before) + 7)]


def test_where_every_connection_is_taken_one_is_asked_to_come_again_and_nothing_is_written(
    server: PrivateServer, admin: Engine
) -> None:
    with office_on(server, admin, pool_size=2, pool_timeout=0.2) as api:
        facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
        body = {"workflow": "legal_aid", "org": "370100", "channel": "hotline", "facts": facts}
        with api.service.transaction(), api.service.transaction():
            once = {"Idempotency-Key": str(uuid4())}
            answers = [
                api.call("caseworker", "POST", "/cases", body, once),
                api.call("caseworker", "GET", "/cases"),
                api.call(None, "POST", "/auth/token", {"username": "caseworker", "password": "x"}),
            ]
        for answer in answers:
            assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")
            assert int(answer.headers["Retry-After"]) >= 1
        for table in ("cases", "applicants", "events", "idempotency_keys", "sign_ins"):
            assert rows(api, f"select 1 from {table}") == [], table
        assert api.call("caseworker", "POST", "/cases", body, once).status_code == 201


def test_whoever_waits_too_long_for_a_colleague_is_asked_to_come_again(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}/transitions/accept"
    api.service.database.deadlines = type(api.service.database.deadlines)(lock=0.2)
    with api.service.transaction() as tx:
        tx.db.run("select 1 from cases where id = :id for update", id=case["id"])
        answer = api.call("caseworker", "POST", path, {})
    assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
    assert api.get("caseworker", f"/cases/{case['id']}")["version"] == 1
    assert api.call("caseworker", "POST", path, {}).status_code == 200


def test_whoever_loads_rules_holds_up_no_reading_and_writing_for_no_longer_than_may_be_waited(api: Api) -> None:
    case = api.new_case()
    api.service.database.deadlines = type(api.service.database.deadlines)(lock=0.2)
    path = f"/cases/{case['id']}/transitions/accept"
    with api.service.transaction() as tx:
        assert offices.lock_rules(tx.db)
        for read in ("/queue", "/cases", f"/cases/{case['id']}", f"/cases/{case['id']}/transitions"):
            began = monotonic()
            assert api.call("caseworker", "GET", read).status_code == 200, read
            assert monotonic() - began < 2, read
        refused = api.call("caseworker", "POST", path, {})
        assert (refused.status_code, refused.get_json()["code"]) == (503, "unavailable")
    assert api.call("caseworker", "POST", path, {}).status_code == 200


def test_one_locked_case_costs_only_those_who_want_it_and_not_all_of_them_wait(api: Api) -> None:
    case, other = api.new_case(), api.new_case()
    wanted, path = f"/cases/{case['id']}/transitions/accept", f"/cases/{other['id']}/transitions/accept"
    may_wait = BoundedSemaphore(1)
    api.app.extensions["casework"] = replace(api.app.extensions["casework"], may_wait=may_wait)
    with api.service.transaction() as tx:
        tx.db.run("select 1 from cases where id = :id for update", id=case["id"])
        # As if another request waited for it already: this one is told at once to come again.
        assert may_wait.acquire(blocking=False)
        assert not may_wait.acquire(blocking=False)
        assert api.call("caseworker", "POST", wanted, {}).status_code == 503
        assert api.call("caseworker", "POST", path, {}).status_code == 200
        may_wait.release()
    with ThreadPoolExecutor(1) as pool:
        with api.service.transaction() as tx:
            tx.db.run("select 1 from cases where id = :id for update", id=case["id"])
            waits = pool.submit(api.call, "caseworker", "POST", wanted, {})
            deadline = monotonic() + 20
            while may_wait._value:
                assert monotonic() < deadline
        # It is free again, and whoever has waited gets it.
        assert waits.result(20).status_code == 200
    assert may_wait.acquire(blocking=False)
    may_wait.release()
