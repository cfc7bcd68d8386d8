"""Two at once on one offer, one case or one helper's last place, on a real PostgreSQL: as if one after the other."""

from collections.abc import Iterator
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from casework.embedded import PrivateServer
from casework.work.overdue import sweep
from tests.api.conftest import Api, office_on
from tests.api.test_concurrency import at_once, ensure_one_history, rows, statuses
from tests.api.test_matching import granted, say
from tests.api.test_offers import ask

ROUNDS = 3


@pytest.fixture(scope="module")
def office(server: PrivateServer, admin: Engine) -> Iterator[Api]:
    with office_on(server, admin, pool_size=6) as api:
        yield api


def answer(api: Api, who: str, offer: Any, verb: str, **given: Any) -> partial[TestResponse]:
    return partial(api.call, who, "POST", f"/offers/{offer['id']}/{verb}", given)


def stands(api: Api, case: Any, offer: Any) -> tuple[str, str]:
    """The states of the case and of the offer, whose history is whole."""
    ensure_one_history(api, case["id"])
    [row] = rows(
        api,
        "select c.state as case_state, o.state from offers o join cases c on c.id = o.case_id where o.id = :id",
        id=offer["id"],
    )
    return row.case_state, row.state


def test_one_who_accepts_twice_at_once_takes_the_case_once(office: Api) -> None:
    for _ in range(ROUNDS):
        case = granted(office)
        made = ask(office, case)
        answers = at_once([answer(office, "lawyer", made, "accept")] * 4)
        assert statuses(answers) == [200, 409, 409, 409]
        assert stands(office, case, made) == ("assigned", "accepted")
        kinds = [event.kind for event in rows(office, "select kind from events where case_id = :id", id=case["id"])]
        assert kinds.count("offer_accepted") == 1


def test_an_offer_is_withdrawn_or_accepted_and_not_both(office: Api) -> None:
    for _ in range(ROUNDS):
        case = granted(office)
        made = ask(office, case)
        yes, back = at_once(
            [
                answer(office, "lawyer", made, "accept"),
                answer(office, "caseworker", made, "withdraw", reason="另有安排"),
            ]
        )
        expected = {200: ("assigned", "accepted"), 409: ("granted", "withdrawn")}
        assert sorted((yes.status_code, back.status_code)) == [200, 409]
        assert stands(office, case, made) == expected[yes.status_code]


def test_a_case_is_offered_to_one_of_two_who_are_asked_at_once(office: Api) -> None:
    for _ in range(ROUNDS):
        case = granted(office)
        path = f"/cases/{case['id']}/offers"
        answers = at_once(
            [partial(office.call, "caseworker", "POST", path, {"to": to}) for to in ("lawyer", "volunteer")]
        )
        assert statuses(answers) == [201, 409]
        [made] = [one.get_json() for one in answers if one.status_code == 201]
        assert stands(office, case, made) == ("granted", "open")


def test_a_direct_assignment_and_a_yes_leave_one_helper(office: Api) -> None:
    for _ in range(ROUNDS):
        case = granted(office)
        made = ask(office, case)
        direct = partial(
            office.call, "caseworker", "POST", f"/cases/{case['id']}/transitions/assign", {"to": "volunteer"}
        )
        yes, assigned = at_once([answer(office, "lawyer", made, "accept"), direct])
        assert sorted((yes.status_code, assigned.status_code)) == [200, 409]
        assert stands(office, case, made) == ("assigned", "accepted" if yes.status_code == 200 else "withdrawn")
        who = office.get("supervisor", f"/cases/{case['id']}")["assignee"]["username"]
        assert who == ("lawyer" if yes.status_code == 200 else "volunteer")


def test_the_last_place_of_a_helper_is_taken_by_one_of_two_cases(office: Api) -> None:
    """Both were offered while there was room for both; the helper accepts both at once."""
    for _ in range(ROUNDS):
        say(office, "volunteer-qd", most_open=500)
        cases = [_granted_there(office) for _ in range(2)]
        offers = [ask(office, case, "volunteer-qd", "caseworker-qd") for case in cases]
        [mine] = rows(
            office,
            "select count(*) as open from cases where assignee_id = :id and closed_at is null",
            id=office.ids["volunteer-qd"],
        )
        say(office, "volunteer-qd", most_open=mine.open + 1)
        answers = at_once([answer(office, "volunteer-qd", one, "accept") for one in offers])
        assert statuses(answers) == [200, 422]
        found = [stands(office, case, one) for case, one in zip(cases, offers, strict=True)]
        assert sorted(found) == [("assigned", "accepted"), ("granted", "open")]


def _granted_there(api: Api) -> Any:
    case = api.new_case("caseworker-qd", "370200")
    api.take("caseworker-qd", case, "accept")
    api.take("caseworker-qd", case, "propose")
    return api.take("supervisor-qd", case, "grant")


def test_a_yes_in_the_last_moment_counts_or_the_offer_lapses_once(office: Api) -> None:
    seen = set()
    for moment in (-5, 2, 4, 6, 8, 12, 20, 400):
        case = granted(office)
        made = ask(office, case)
        with office.service.transaction() as tx:
            tx.db.run(
                "update offers set answer_by = :now + cast(:ms || ' ms' as interval) where id = :id",
                now=tx.now,
                ms=str(moment),
                id=made["id"],
            )
        ended: list[int] = []
        both = Barrier(3)

        def lapse(both: Barrier = both, ended: list[int] = ended) -> None:
            both.wait(timeout=20)
            ended.extend(sweep(office.service).offers for _ in range(10))

        sweepers = [Thread(target=lapse) for _ in range(2)]
        for one in sweepers:
            one.start()
        both.wait(timeout=20)
        yes = answer(office, "lawyer", made, "accept")()
        for one in sweepers:
            one.join()
        accepted = yes.status_code == 200
        assert yes.status_code in (200, 409)
        ended.append(sweep(office.service).offers)
        assert sum(ended) == (0 if accepted else 1), yes.text
        expected = ("assigned", "accepted") if accepted else ("granted", "expired")
        assert stands(office, case, made) == expected
        seen.add(accepted)
        for one in office.get("caseworker", f"/offers?case={case['number']}&state=open")["items"]:
            office.post("caseworker", f"/offers/{one['id']}/withdraw", {"reason": "收尾"})
    assert seen == {True, False}
