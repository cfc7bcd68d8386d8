"""Walls over HTTP: whoever is kept from a case finds it nowhere, and what was in these hands is let go."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from casework.work.overdue import sweep
from tests.api.conftest import Api
from tests.api.test_concurrency import ensure_one_history
from tests.api.test_matching import granted

WHY = {"reason": "与用人单位负责人系近亲属"}


def wall(api: Api, case: Any, whom: str, who: str = "supervisor-sd") -> Any:
    return api.post(who, f"/cases/{case['id']}/walls", {"username": whom, **WHY})


def lift(api: Api, case: Any, whom: str, who: str = "supervisor-sd") -> int:
    path = f"/cases/{case['id']}/walls/{whom}"
    return api.call(who, "DELETE", path, {"reason": "系同名的另一人"}).status_code


def found(api: Api, who: str, case: Any) -> set[str]:
    """Where the case, whose number is in every list, is to be found for somebody."""
    places = {
        "get": f"/cases/{case['id']}",
        "list": "/cases?limit=200",
        "count": "/cases?count=true",
        "search": f"/cases?q={case['number']}",
        "name": f"/cases?q={case['applicant']['name']}",
        "queue": "/queue?limit=200",
        "alerts": "/alerts?limit=200",
        "report": "/reports/sla/cases?limit=200",
    }
    answers = {name: api.call(who, "GET", path) for name, path in places.items()}
    seen = {name for name, answer in answers.items() if case["number"] in answer.text}
    counted = answers["count"].get_json()["count"]
    return seen | ({"count"} if counted == len(answers["list"].get_json()["items"]) else {"wrong count"})


def test_whoever_is_kept_from_a_case_finds_it_nowhere_until_the_wall_is_lifted(api: Api) -> None:
    facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    case, other = (
        api.post(
            "caseworker",
            "/cases",
            {
                "workflow": "legal_aid",
                "org": "370100",
                "channel": "walk_in",
                "facts": facts,
                "duplicate_reason": "另案",
            },
        )
        for _ in range(2)
    )
    before = found(api, "caseworker", case)
    assert case["number"] in str(api.get("caseworker", f"/cases/{other['id']}"))
    assert before == {"get", "list", "count", "search", "name", "queue"}
    raised = wall(api, case, "caseworker")
    assert (raised["user"]["username"], raised["raised_by"]["username"]) == ("caseworker", "supervisor-sd")
    assert (raised["reason"], raised["lifted_at"]) == (WHY["reason"], None)
    assert found(api, "caseworker", case) == {"count"}
    assert api.call("caseworker", "POST", f"/cases/{case['id']}/claim", {}).status_code == 404
    assert api.call("caseworker", "POST", "/queue/claim", {}).get_json()["id"] == other["id"]
    # Everybody else finds it as before, and the other case of the same person tells nothing of it.
    assert found(api, "supervisor", case) >= {"get", "list", "search"}
    assert case["number"] not in str(api.get("caseworker", f"/cases/{other['id']}"))
    assert lift(api, case, "caseworker") == 200
    assert found(api, "caseworker", case) == before
    [past] = api.get("supervisor", f"/cases/{case['id']}/walls")["items"]
    assert (past["lifted_by"]["username"], past["lift_reason"]) == ("supervisor-sd", "系同名的另一人")
    ensure_one_history(api, case["id"])


def test_only_a_supervisor_raises_one_and_not_for_oneself_nor_twice(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}/walls"
    given = {"username": "volunteer", **WHY}
    for who, status in (("caseworker", 403), ("auditor", 403), ("lawyer", 404), ("supervisor-qd", 404)):
        assert api.call(who, "POST", path, given).status_code == status, who
        assert api.call(who, "GET", path).status_code == status, who
    assert api.call("supervisor", "POST", path, given | {"username": "supervisor"}).status_code == 422
    for nobody in ("nobody-at-all", "administrator"):
        assert api.call("supervisor", "POST", path, given | {"username": nobody}).status_code == 422
    assert api.call("supervisor", "POST", path, {"username": "volunteer"}).status_code == 422
    wall(api, case, "volunteer", "supervisor")
    assert api.call("supervisor", "POST", path, given).status_code == 409
    assert lift(api, case, "lawyer") == 404
    assert lift(api, case, "nobody-at-all") == 404
    # Whoever is kept out lifts no wall either: for them there is none.
    wall(api, case, "supervisor")
    assert lift(api, case, "supervisor", "supervisor") == 404
    assert len(api.get("supervisor-sd", path)["items"]) == 2


def test_what_is_in_the_hands_of_whoever_is_kept_out_is_let_go(api: Api) -> None:
    case = granted(api)
    assert case["owner"]["username"] == "caseworker"
    given = api.take("caseworker", case, "assign", to=str(api.ids["lawyer"]))
    api.take("lawyer", given, "take_on")
    wall(api, case, "lawyer", "supervisor")
    now = api.get("caseworker", f"/cases/{case['id']}")
    assert (now["state"], now["assignee"], now["owner"]["username"]) == ("granted", None, "caseworker")
    running = [
        one["name"] for one in api.get("caseworker", f"/cases/{case['id']}/clocks")["items"] if not one["ended_at"]
    ]
    assert "assignment" in running
    assert "engagement" not in running
    wall(api, case, "caseworker", "supervisor")
    now = api.get("supervisor", f"/cases/{case['id']}")
    assert (now["state"], now["owner"]) == ("granted", None)
    # Nor does it come back: by handover, assignment, offer or as a candidate.
    path = f"/cases/{case['id']}"
    over = {"to": "caseworker", "reason": "岗位调整"}
    assert api.call("supervisor", "POST", f"{path}/handover", over).status_code == 422
    assign = api.needs("supervisor", case, "assign")["examples"][0] | {"to": "lawyer"}
    assert api.call("supervisor", "POST", f"{path}/transitions/assign", assign).status_code == 422
    assert api.call("supervisor", "POST", f"{path}/offers", {"to": "lawyer"}).status_code in (409, 422)
    [judged] = [
        one for one in api.get("supervisor", f"{path}/candidates")["items"] if one["user"]["username"] == "lawyer"
    ]
    assert judged["out"]
    ensure_one_history(api, case["id"])


def test_whoever_is_kept_out_is_told_nothing_more(api: Api) -> None:
    case = api.new_case()
    api.take("caseworker", case, "accept")
    api.post("supervisor", f"/cases/{case['id']}/handover", {"to": "supervisor", "reason": "岗位调整"})
    assert case["number"] in api.call("caseworker", "GET", "/alerts").text
    wall(api, case, "caseworker")
    api.days_pass(30)
    sweep(api.service)
    assert case["number"] not in api.call("caseworker", "GET", "/alerts").text
    assert case["number"] in api.call("supervisor", "GET", "/alerts").text


def test_whoever_hands_over_all_cases_of_a_colleague_finds_none_from_which_a_wall_keeps_them(api: Api) -> None:
    case = api.new_case()
    api.post("caseworker", f"/cases/{case['id']}/claim", {})
    wall(api, case, "supervisor")
    path, given = f"/users/{api.ids['caseworker']}/handover", {"to": "supervisor-sd", "reason": "休假"}
    assert case["number"] not in api.call("supervisor", "POST", path, given).text
    assert api.call("supervisor", "POST", path, given | {"cases": [case["number"]]}).status_code == 422
    assert api.get("supervisor-sd", f"/cases/{case['id']}")["owner"]["username"] == "caseworker"


def test_an_open_offer_to_whoever_is_kept_out_is_withdrawn_and_gone(api: Api) -> None:
    case = granted(api)
    made = api.post("caseworker", f"/cases/{case['id']}/offers", {"to": "lawyer"})
    wall(api, case, "lawyer", "supervisor")
    assert api.get("lawyer", "/offers")["items"] == []
    assert api.get("lawyer", "/alerts")["items"] == []
    assert api.call("lawyer", "POST", f"/offers/{made['id']}/accept", {}).status_code == 404
    [offer] = api.get("caseworker", "/offers")["items"]
    assert offer["state"] == "withdrawn"


def _at_once(*deeds: Callable[[], Any]) -> list[Any]:
    barrier = Barrier(len(deeds))

    def one(deed: Callable[[], Any]) -> Any:
        barrier.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [done.result() for done in [pool.submit(one, deed) for deed in deeds]]


@pytest.mark.parametrize("_", range(4))
def test_a_wall_that_rises_while_its_subject_claims_ends_as_if_one_after_the_other(api: Api, _: int) -> None:
    case = api.new_case()
    claimed, raised = _at_once(
        lambda: api.call("caseworker", "POST", f"/cases/{case['id']}/claim", {}).status_code,
        lambda: (
            api.call("supervisor", "POST", f"/cases/{case['id']}/walls", {"username": "caseworker", **WHY}).status_code
        ),
    )
    assert raised == 201
    assert claimed in (200, 404)
    now = api.get("supervisor", f"/cases/{case['id']}")
    assert now["owner"] is None
    assert api.call("caseworker", "GET", f"/cases/{case['id']}").status_code == 404
    ensure_one_history(api, case["id"])


@pytest.mark.parametrize("_", range(4))
def test_a_wall_that_rises_while_its_subject_takes_on_ends_as_if_one_after_the_other(api: Api, _: int) -> None:
    case = granted(api)
    made = api.post("caseworker", f"/cases/{case['id']}/offers", {"to": "lawyer"})
    accepted, raised = _at_once(
        lambda: api.call("lawyer", "POST", f"/offers/{made['id']}/accept", {}).status_code,
        lambda: api.call("supervisor", "POST", f"/cases/{case['id']}/walls", {"username": "lawyer", **WHY}).status_code,
    )
    assert raised == 201
    assert accepted in (200, 404, 409)
    now = api.get("supervisor", f"/cases/{case['id']}")
    assert (now["assignee"], now["state"]) == (None, "granted")
    assert api.call("lawyer", "GET", f"/cases/{case['id']}").status_code == 404
    ensure_one_history(api, case["id"])
