"""A helper who is named for a case sees the matter and nobody's name until the case is taken on."""

from typing import Any

import pytest

from casework.api.endpoint import ENDPOINTS
from tests.api.conftest import Api


@pytest.fixture
def assigned(api: Api) -> Any:
    """A wage claim with a note that a lawyer was named for, and nothing else since."""
    case = granted(api)
    api.post("caseworker", f"/cases/{case['id']}/notes", {"text": "已联系"})
    return api.take("caseworker", case, "assign", to=str(api.ids["lawyer"]))


def granted(api: Api) -> Any:
    case = api.new_case()
    api.take("caseworker", case, "accept")
    return api.take("supervisor", case, "grant")


def named(case: Any) -> set[str]:
    """What leads to the people of a case, as staff see it."""
    facts = case["facts"]
    return {case["applicant"]["name"], *case["applicant"].values(), facts["employer"]["name"]}


def test_before_it_is_taken_on_no_answer_names_anybody_and_nothing_sensitive_is_read(api: Api, assigned: Any) -> None:
    path = f"/cases/{assigned['id']}"
    seen = api.get("lawyer", path)
    assert (seen["applicant"], seen["facts"]) == (None, {"matter": assigned["facts"]["matter"]})
    for listed in ("/cases", "/queue"):
        [one] = api.get("lawyer", listed)["items"]
        assert (one["id"], one["applicant"]) == (assigned["id"], None)
    for one in ENDPOINTS:
        if one.method == "GET" and "<uuid:case_id>" in one.path and not one.public:
            answer = api.call("lawyer", "GET", one.path.replace("<uuid:case_id>", assigned["id"]))
            assert not [word for word in named(assigned) if word in answer.text], one.path
    for part in ("events", "notes", "letters"):
        assert api.call("lawyer", "GET", f"{path}/{part}").status_code == 403, part
    refused = api.call("lawyer", "POST", f"{path}/disclosures", {"reason": "联系受援人"})
    assert (refused.status_code, "take_on" in refused.get_json()["detail"]) == (403, True)
    # Whom one does not see named one does not find by the name.
    for words in (assigned["applicant"]["name"], assigned["facts"]["employer"]["name"]):
        assert api.get("lawyer", f"/cases?q={words}")["items"] == []
    [found] = api.get("lawyer", f"/cases?q={assigned['number']}")["items"]
    assert (found["id"], found["applicant"]) == (assigned["id"], None)
    assert api.get("supervisor", path)["applicant"] == assigned["applicant"]
    log = api.get("supervisor", f"{path}/disclosures")["items"]
    assert "lawyer" not in {one["user"]["username"] for one in log}


def test_whoever_takes_it_on_sees_it_and_whoever_gave_it_back_and_is_named_again_does_so_again(
    api: Api, assigned: Any
) -> None:
    path = f"/cases/{assigned['id']}"
    taken = api.take("lawyer", assigned, "take_on")
    assert (taken["applicant"]["name"], taken["state"]) == (assigned["applicant"]["name"], "assigned")
    assert "story" in api.post("lawyer", f"{path}/disclosures", {"reason": "联系受援人"})["values"]
    for part in ("events", "notes", "letters"):
        assert api.get("lawyer", f"{path}/{part}")["items"], part
    again = api.call("lawyer", "POST", f"{path}/transitions/take_on", {})
    assert (again.status_code, again.get_json()["code"]) == (422, "not_met")
    assert [one["because"] for one in api.get("caseworker", "/alerts")["items"] if "Take the case on" in one["title"]]
    api.take("lawyer", assigned, "decline", ground=None)
    api.take("caseworker", assigned, "assign", to=str(api.ids["lawyer"]))
    assert api.get("lawyer", path)["applicant"] is None
    given_back = api.take("lawyer", assigned, "decline", ground=None)
    assert (given_back["applicant"], [*given_back["facts"]]) == (None, ["matter"])
    api.take("caseworker", assigned, "assign", to=str(api.ids["lawyer"]))
    api.take("lawyer", assigned, "take_on")
    assert api.get("lawyer", path)["applicant"]["name"] == assigned["applicant"]["name"]


def test_whoever_has_signed_the_agreement_has_taken_it_on(api: Api, assigned: Any) -> None:
    engaged = api.take("lawyer", assigned, "engage")
    assert engaged["applicant"]["name"] == assigned["applicant"]["name"]
    assert api.get("lawyer", "/cases")["items"][0]["applicant"]["name"] == assigned["applicant"]["name"]
    assert api.get("lawyer", f"/cases?q={assigned['applicant']['name']}")["items"]


def test_what_an_earlier_helper_did_takes_nothing_on_for_the_next(api: Api, assigned: Any) -> None:
    api.take("lawyer", assigned, "take_on")
    api.take("supervisor", assigned, "reassign")
    api.take("caseworker", assigned, "assign", to=str(api.ids["volunteer"]))
    assert api.get("volunteer", f"/cases/{assigned['id']}")["applicant"] is None
    assert api.call("lawyer", "GET", f"/cases/{assigned['id']}").status_code == 404


def test_an_auditor_reads_the_log_and_never_what_is_sensitive(api: Api, assigned: Any) -> None:
    path = f"/cases/{assigned['id']}"
    api.post("caseworker", f"{path}/disclosures", {"reason": "核对"})
    refused = api.call("auditor", "POST", f"{path}/disclosures", {"reason": "专项检查"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "not_yours")
    for part in ("notes", "letters"):
        assert api.call("auditor", "GET", f"{path}/{part}").status_code == 403, part
    assert api.call("auditor", "POST", f"{path}/personal-data", {"reason": "专项检查"}).status_code == 403
    log = api.get("auditor", f"{path}/disclosures")["items"]
    assert {one["user"]["username"] for one in log} == {"caseworker"}
    assert api.get("auditor", f"{path}/events")["items"]
