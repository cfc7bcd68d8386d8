"""A case for which nobody was left to be asked is offered as soon as somebody can take it, the most urgent first."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from casework.work import offer_answers
from casework.work.waiting_list import serve
from tests.api.conftest import Api
from tests.api.test_concurrency import ensure_one_history
from tests.api.test_matching import granted, say
from tests.api.test_offers import ask, kinds, mine


def turned_down(api: Api, **facts: Any) -> Any:
    """A case that the lawyer has declined, and the volunteer cannot take: there is no room."""
    say(api, "volunteer", most_open=0)
    case = granted(api, **facts)
    made = ask(api, case)
    api.post("lawyer", f"/offers/{made['id']}/decline", {"reason": "近期开庭较多"})
    return case


def test_a_case_is_offered_once_somebody_has_room(api: Api) -> None:
    case = turned_down(api)
    assert serve(api.service) == 0
    say(api, "volunteer", most_open=1)
    assert (serve(api.service), serve(api.service)) == (1, 0)
    [made] = mine(api, "volunteer")
    assert (made["state"], made["made_by"]["username"]) == ("open", "caseworker")
    assert kinds(api, case)[-2:] == ["offer_declined", "offered"]
    api.post("volunteer", f"/offers/{made['id']}/accept", {})
    assert serve(api.service) == 0
    ensure_one_history(api, case["id"])


def test_whom_the_law_puts_first_is_served_first_with_the_last_place(api: Api) -> None:
    benefits = [{"kind": "injury_benefits", "amount": "34250.00"}]
    plain = turned_down(api, matter="work_injury", demands=benefits)
    migrant = turned_down(api)
    assert api.get("caseworker", f"/cases/{migrant['id']}")["opened_at"] > plain["opened_at"]
    say(api, "volunteer", most_open=1)
    assert serve(api.service) == 1
    assert kinds(api, migrant)[-1] == "offered"
    assert kinds(api, plain)[-1] == "offer_declined"


def test_what_is_withdrawn_assigned_or_never_offered_is_left_to_people(api: Api) -> None:
    granted(api)
    withdrawn = ask(api, granted(api))
    api.post("caseworker", f"/offers/{withdrawn['id']}/withdraw", {"reason": "另行安排"})
    given = turned_down(api)
    say(api, "volunteer", most_open=5)
    api.take("caseworker", given, "assign", to="volunteer")
    assert serve(api.service) == 0
    assert mine(api, "volunteer") == []


def test_a_case_that_fails_holds_up_no_other(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = turned_down(api), turned_down(api)
    say(api, "volunteer", most_open=5)
    go_on = offer_answers.go_on

    def fails(tx: Any, case_id: Any) -> bool:
        if str(case_id) == first["id"]:
            raise ValueError(case_id)
        return go_on(tx, case_id)

    monkeypatch.setattr(offer_answers, "go_on", fails)
    assert serve(api.service) == 1
    assert kinds(api, second)[-1] == "offered"
    monkeypatch.undo()
    assert serve(api.service) == 1


def test_several_schedulers_make_one_offer(api: Api) -> None:
    case = turned_down(api)
    say(api, "volunteer", most_open=5)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(serve, [api.service] * 4)) == 1
    assert len(mine(api, "volunteer")) == 1
    ensure_one_history(api, case["id"])
