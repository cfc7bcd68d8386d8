"""Who had a case and when; and everything that somebody has in hand goes to a colleague, or nothing does."""

from typing import Any

import pytest

from tests.api.conftest import Api


@pytest.fixture
def owned(api: Api) -> list[dict[str, Any]]:
    """Three open cases of the caseworker, and one that is closed."""
    cases = [api.new_case() for _ in range(4)]
    for case in cases:
        api.take("caseworker", case, "accept")
    api.take("caseworker", cases[3], "withdraw")
    return cases


def owners(api: Api, cases: list[dict[str, Any]]) -> list[str]:
    return [api.get("supervisor", f"/cases/{case['id']}")["owner"]["username"] for case in cases]


def hand_over(api: Api, who: str, **said: Any) -> Any:
    return api.call(who, "POST", f"/users/{api.ids['caseworker']}/handover", {"reason": "休假两周", **said})


def test_the_record_tells_who_owned_a_case_and_who_helped_from_when_until_when(api: Api) -> None:
    case = api.new_case()
    at = f"/cases/{case['id']}"
    assert api.get("supervisor", f"{at}/holders")["items"] == []
    api.take("caseworker", case, "accept")
    api.days_pass(1)
    api.post("caseworker", f"{at}/handover", {"to": "supervisor", "reason": "休假"})
    api.take("supervisor", case, "grant")
    api.take("supervisor", case, "assign", to="lawyer")
    api.days_pass(1)
    api.take("lawyer", case, "decline")
    items = api.get("auditor", f"{at}/holders")["items"]
    assert [(one["held_as"], one["user"]["username"], one["until"] is None) for one in items] == [
        ("owner", "caseworker", False),
        ("owner", "supervisor", True),
        ("assignee", "lawyer", False),
    ]
    first, second, helper = items
    assert first["since"] < first["until"] == second["since"] < helper["since"] < helper["until"]
    assert api.call("supervisor-qd", "GET", f"{at}/holders").status_code == 404


@pytest.mark.parametrize("who", ["caseworker", "supervisor"])
def test_all_open_cases_of_somebody_go_to_a_colleague(who: str, api: Api, owned: list[dict[str, Any]]) -> None:
    answer = hand_over(api, who, to="supervisor")
    assert answer.get_json()["cases"] == sorted(case["number"] for case in owned[:3])
    assert owners(api, owned) == ["supervisor"] * 3 + ["caseworker"]
    event = api.get("supervisor", f"/cases/{owned[0]['id']}/events")["items"][-1]
    assert (event["kind"], event["actor"]["username"]) == ("handed_over", who)
    assert hand_over(api, who, to="supervisor").get_json()["cases"] == []


def test_those_that_are_named_go_and_the_others_stay(api: Api, owned: list[dict[str, Any]]) -> None:
    number = owned[1]["number"]
    assert hand_over(api, "caseworker", to="supervisor", cases=[number]).get_json()["cases"] == [number]
    assert owners(api, owned[:3]) == ["caseworker", "supervisor", "caseworker"]


@pytest.mark.parametrize("to", ["lawyer", "nobody.here", "caseworker-qd"])
def test_to_whom_they_cannot_go_none_goes(to: str, api: Api, owned: list[dict[str, Any]]) -> None:
    answer = hand_over(api, "supervisor", to=to)
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "to")
    assert owners(api, owned) == ["caseworker"] * 4


def test_what_somebody_does_not_own_is_named_and_none_goes(api: Api, owned: list[dict[str, Any]]) -> None:
    numbers = [owned[0]["number"], owned[3]["number"]]
    answer = hand_over(api, "supervisor", to="supervisor", cases=numbers)
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "cases.1")
    assert numbers[1] in answer.get_json()["errors"][0]["message"]
    assert owners(api, owned[:3]) == ["caseworker"] * 3


def test_to_the_same_person_none_goes_and_the_case_is_named(api: Api, owned: list[dict[str, Any]]) -> None:
    answer = hand_over(api, "supervisor", to="caseworker")
    assert answer.status_code == 409
    assert min(case["number"] for case in owned[:3]) in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("who", "status"),
    [("lawyer", 403), ("auditor", 403), ("administrator", 403), ("supervisor-qd", 404)],
)
def test_others_hand_over_nothing(who: str, status: int, api: Api, owned: list[dict[str, Any]]) -> None:
    assert hand_over(api, who, to="supervisor").status_code == status
    assert owners(api, owned) == ["caseworker"] * 4


def test_a_caseworker_hands_over_nothing_of_the_supervisors(api: Api) -> None:
    case = api.new_case()
    api.take("supervisor", case, "accept")
    said = {"to": "caseworker", "reason": "代办"}
    assert api.call("caseworker", "POST", f"/users/{api.ids['supervisor']}/handover", said).status_code == 403
    assert owners(api, [case]) == ["supervisor"]
