"""What checks for conflicts find stands on the record, and a running case is taken from whoever is close to a party."""

from typing import Any

from tests.api.conftest import Api
from tests.api.test_concurrency import ensure_one_history
from tests.api.test_matching import EMPLOYER, granted, say


def checks(api: Api, case: Any, who: str = "caseworker") -> list[Any]:
    return list(api.get(who, f"/cases/{case['id']}/conflict-checks")["items"])


def kin(name: str) -> list[dict[str, Any]]:
    return [{"kind": "employer", "organisation": True, "name": name}]


def given_to(api: Api, case: Any, whom: str = "lawyer") -> Any:
    return api.take("caseworker", case, "assign", to=str(api.ids[whom]))


def test_nobody_is_given_a_case_against_whom_a_conflict_speaks(api: Api) -> None:
    case = granted(api)
    say(api, "lawyer", relations=kin("華茂服裝"))
    needs = api.needs("caseworker", case, "assign")["examples"][0] | {"to": str(api.ids["lawyer"])}
    refused = api.call("caseworker", "POST", f"/cases/{case['id']}/transitions/assign", needs)
    assert refused.status_code == 422
    assert "a conflict of interest" in refused.get_json()["detail"]
    assert api.get("caseworker", f"/cases/{case['id']}")["state"] == "granted"


def test_what_is_alike_only_is_noted_as_the_case_is_given_without_anybodys_name(api: Api) -> None:
    case = granted(api)
    say(api, "lawyer", relations=kin("济南华贸服装有限公司"))
    assert given_to(api, case)["state"] == "assigned"
    [found] = checks(api, case)
    assert (found["why"], found["user"]["username"], found["decision"]) == ("assignment", "lawyer", "noted")
    assert [(hit["side"], hit["kind"]) for hit in found["hits"]] == [("opponent", "near")]
    assert 0.75 <= found["hits"][0]["likeness"] < 0.95
    assert "华贸" not in str(api.get("supervisor", f"/cases/{case['id']}/events?limit=200"))
    assert api.call("lawyer", "GET", f"/cases/{case['id']}/conflict-checks").status_code == 403
    # Nothing is found, nothing is noted.
    other = granted(api)
    given_to(api, other, "volunteer")
    assert checks(api, other) == []


def test_a_profile_that_declares_a_party_of_a_running_case_raises_a_wall_and_tells_the_supervisor(api: Api) -> None:
    case = granted(api)
    given_to(api, case)
    api.take("lawyer", case, "take_on")
    say(api, "lawyer", relations=kin("青岛海风物流有限公司"))
    assert api.call("lawyer", "GET", f"/cases/{case['id']}").status_code == 200
    say(api, "lawyer", relations=[*kin("青岛海风物流有限公司"), *kin(EMPLOYER)])
    assert api.call("lawyer", "GET", f"/cases/{case['id']}").status_code == 404
    assert case["number"] not in api.call("lawyer", "GET", "/alerts").text
    now = api.get("caseworker", f"/cases/{case['id']}")
    assert (now["state"], now["assignee"]) == ("granted", None)
    [found] = checks(api, case, "auditor")
    assert (found["why"], found["decision"]) == ("profile", "walled")
    [wall] = api.get("supervisor", f"/cases/{case['id']}/walls")["items"]
    assert (wall["user"]["username"], wall["raised_by"], wall["lifted_at"]) == ("lawyer", None, None)
    told = [one for one in api.get("supervisor", "/alerts")["items"] if one["case_number"] == case["number"]]
    assert "kept from it" in told[0]["title"]
    assert "by the check for conflicts" in told[0]["because"]
    ensure_one_history(api, case["id"])
    # The same said again raises nothing again, once a supervisor has looked into it.
    path = f"/cases/{case['id']}/walls/lawyer"
    assert api.call("supervisor", "DELETE", path, {"reason": "另一家单位"}).status_code == 200
    say(api, "lawyer", relations=[*kin(EMPLOYER), *kin("青岛海风物流有限公司")])
    assert len(checks(api, case)) == 1
