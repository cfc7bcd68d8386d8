"""Who looked at what and why can be read by those who watch over it."""

from typing import Any

from tests.api.conftest import Api


def look(api: Api, who: str, case: Any, reason: str, *paths: str) -> None:
    api.post(who, f"/cases/{case['id']}/disclosures", {"reason": reason, **({"paths": list(paths)} if paths else {})})


def test_a_supervisor_and_an_auditor_read_who_saw_what_when_and_why(api: Api) -> None:
    case = api.new_case()
    look(api, "caseworker", case, "核对身份", "applicant.phone")
    api.days_pass(1)
    look(api, "supervisor", case, "复核")

    [first, second] = api.get("auditor", f"/cases/{case['id']}/disclosures")["items"]

    assert first["user"] == {"id": str(api.ids["caseworker"]), "username": "caseworker", "name": "示例经办人"}
    assert (first["reason"], first["paths"]) == ("核对身份", ["applicant.phone"])
    assert first["at"].startswith("2026-03-02T09:0")
    assert (second["user"]["username"], second["reason"]) == ("supervisor", "复核")
    assert {"applicant.phone", "applicant.identity_number"} <= {*second["paths"]}
    assert api.get("supervisor", f"/cases/{case['id']}/disclosures")["items"] == [first, second]
    assert api.get("supervisor-sd", f"/cases/{case['id']}/disclosures")["items"] == [first, second]


def test_what_a_case_does_not_have_is_named_with_what_it_has(api: Api) -> None:
    case = api.new_case()
    given = {"reason": "核对", "paths": ["facts.story", "applicant.phone"]}
    refused = api.call("caseworker", "POST", f"/cases/{case['id']}/disclosures", given)
    [fault] = refused.json["errors"]
    assert (refused.status_code, fault["field"], fault["code"]) == (422, "paths", "unknown_path")
    assert fault["message"].startswith("This case has no sensitive value facts.story; it has: ")
    assert {"applicant.phone", "story"} <= {*fault["message"].rstrip(".").split(": ")[1].split(", ")}


def test_whoever_sees_the_case_but_does_not_watch_over_it_may_not_read_the_log(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}/disclosures"
    assert api.call("caseworker", "GET", path).status_code == 403
    assert api.call("auditor-qd", "GET", path).status_code == 404
    assert api.call("administrator", "GET", path).status_code == 404


def test_the_log_comes_page_by_page_in_its_order_though_it_grows(api: Api) -> None:
    case, other = api.new_case(), api.new_case()
    for number in range(3):
        look(api, "caseworker", case, f"第{number}次")
        look(api, "caseworker", other, "另案")
    path = f"/cases/{case['id']}/disclosures?limit=2"
    first = api.get("auditor", path)
    look(api, "caseworker", case, "第3次")
    second = api.get("auditor", f"{path}&cursor={first['next_cursor']}")
    assert [one["reason"] for page in (first, second) for one in page["items"]] == [f"第{n}次" for n in range(4)]
    assert second["next_cursor"] is None


def test_reading_the_log_shows_no_value_and_is_no_disclosure(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}/disclosures"
    values = api.post("caseworker", path, {"reason": "核对"})["values"]
    told = api.call("auditor", "GET", path).text
    assert not [value for value in values.values() if isinstance(value, str) and value in told]
    assert len(api.get("auditor", path)["items"]) == 1
