"""Further parties of a case: who adds them, what of them is open, and that conflicts come to light at once."""

from typing import Any
from uuid import UUID

from casework.work.audit import verify_case
from tests.api.conftest import Api
from tests.api.test_concurrency import ensure_one_history
from tests.api.test_conflict_checks import checks, given_to, kin
from tests.api.test_matching import granted, say, told

HOLDING = {"role": "affiliate", "organisation": True, "name": "山东远景控股集团有限公司"}


def add(api: Api, who: str, case: Any, **said: Any) -> Any:
    return api.call(who, "POST", f"/cases/{case['id']}/parties", HOLDING | said)


def listed(api: Api, who: str, case: Any) -> list[tuple[str, str]]:
    return [(one["role"], one["name"]) for one in api.get(who, f"/cases/{case['id']}/parties")["items"]]


def taken_on(api: Api) -> Any:
    case = granted(api)
    given_to(api, case)
    return case


def test_a_party_is_found_by_its_name_stands_in_the_chain_and_is_removed_with_a_reason(api: Api) -> None:
    case = granted(api)
    added = add(api, "caseworker", case)
    assert added.status_code == 201, added.text
    assert add(api, "caseworker", case).status_code == 422
    assert add(api, "caseworker", case, name="").status_code == 422
    assert add(api, "supervisor", case, role="witness", organisation=False, name="钱多多").status_code == 201
    assert listed(api, "caseworker", case) == [("affiliate", HOLDING["name"]), ("witness", "钱多多")]
    # A correction of the form leaves them.
    version = api.get("caseworker", f"/cases/{case['id']}")["version"]
    patch = {"facts": {"applicant": {"name": "李梅"}}, "reason": "笔误"}
    answer = api.call("caseworker", "PATCH", f"/cases/{case['id']}", patch, {"If-Match": f'"{version}"'})
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in api.get("caseworker", "/cases?q=远景控股")["items"]] == [case["id"]]
    path = f"/cases/{case['id']}/parties/{added.get_json()['id']}"
    assert api.call("caseworker", "DELETE", path, {}).status_code == 422
    assert api.call("caseworker", "DELETE", path, {"reason": "与钱多多有关"}).status_code == 200
    assert api.call("caseworker", "DELETE", path, {"reason": "再次"}).status_code == 404
    assert listed(api, "caseworker", case) == [("witness", "钱多多")]
    assert api.get("caseworker", "/cases?q=远景控股")["items"] == []
    events = api.get("auditor", f"/cases/{case['id']}/events?limit=200")["items"]
    assert [one["kind"] for one in events][-4:] == ["party_added", "party_added", "corrected", "party_removed"]
    assert events[-1]["payload"]["reason"] == "***"
    ensure_one_history(api, case["id"])
    with api.service.transaction() as tx:
        assert verify_case(tx, UUID(case["id"])).faults == []


def test_a_helper_sees_and_adds_parties_once_the_case_was_taken_on_and_the_applicant_hears_of_none(api: Api) -> None:
    case = taken_on(api)
    add(api, "caseworker", case)
    assert api.call("lawyer", "GET", f"/cases/{case['id']}/parties").status_code == 403
    assert add(api, "lawyer", case, name="示例").status_code == 403
    assert HOLDING["name"] not in api.call("lawyer", "GET", f"/cases/{case['id']}").text
    api.take("lawyer", case, "take_on")
    assert add(api, "lawyer", case, role="opposing_counsel", organisation=False, name="周到").status_code == 201
    assert listed(api, "lawyer", case) == [("affiliate", HOLDING["name"]), ("opposing_counsel", "周到")]
    assert api.call("volunteer", "GET", f"/cases/{case['id']}/parties").status_code == 404
    copy = api.call("caseworker", "POST", f"/cases/{case['id']}/personal-data", {"reason": "申请人要求"})
    assert copy.status_code == 200
    assert HOLDING["name"] not in copy.text
    assert "周到" not in copy.text


def test_a_party_close_to_the_helper_takes_the_case_from_the_helper_at_once(api: Api) -> None:
    case = taken_on(api)
    api.take("lawyer", case, "take_on")
    say(api, "lawyer", relations=kin(HOLDING["name"]))
    assert add(api, "caseworker", case, name="青岛海风物流有限公司").status_code == 201
    assert checks(api, case) == []
    assert add(api, "caseworker", case).status_code == 201
    assert api.call("lawyer", "GET", f"/cases/{case['id']}").status_code == 404
    [found] = checks(api, case)
    assert (found["why"], found["user"]["username"], found["decision"]) == ("party", "lawyer", "walled")
    [wall] = api.get("supervisor", f"/cases/{case['id']}/walls")["items"]
    assert (wall["user"]["username"], wall["raised_by"]) == ("lawyer", None)
    told_of = [one for one in api.get("supervisor", "/alerts")["items"] if one["case_number"] == case["number"]]
    assert any("kept from it" in one["title"] for one in told_of)
    ensure_one_history(api, case["id"])


def test_a_helper_or_owner_who_has_the_name_of_a_witness_is_on_record(api: Api) -> None:
    case = taken_on(api)
    api.take("lawyer", case, "take_on")
    people = api.get("caseworker", f"/cases/{case['id']}")
    for who in (people["assignee"], people["owner"]):
        said = {"role": "witness", "organisation": False, "name": who["name"]}
        assert add(api, "supervisor", case, **said).status_code == 201
    found = {one["user"]["username"]: one for one in checks(api, case)}
    assert {people["assignee"]["username"], people["owner"]["username"]} <= set(found)
    for one in found.values():
        assert (one["why"], one["decision"]) == ("party", "noted")
        assert {hit["side"] for hit in one["hits"]} == {"recipient"}
    assert api.call("lawyer", "GET", f"/cases/{case['id']}").status_code == 200


def test_parties_rule_candidates_out_also_by_the_past_cases_of_a_helper(api: Api) -> None:
    case, other = granted(api), granted(api)
    add(api, "caseworker", case)
    say(api, "volunteer", relations=kin(HOLDING["name"]))
    assert told(api, case)["volunteer"]["out"]
    given_to(api, other)
    assert add(api, "caseworker", other, role="family", organisation=False, name="欧阳冬梅").status_code == 201
    assert add(api, "caseworker", case, role="other_side", organisation=False, name="欧阳冬梅").status_code == 201
    conflicts = told(api, case)["lawyer"]["conflicts"]
    assert any("stood beside the recipient" in str(one) for one in conflicts), conflicts
    assert told(api, case)["lawyer"]["out"]
