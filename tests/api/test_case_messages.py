"""An applicant writes to the office and the office answers: sealed, counted, told, and never sent to the outside."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from casework.work import audit
from tests.api.conftest import Api

SAID, ANSWER = "工资条找到了，在工地宿舍", "可以，周五带来"


@pytest.fixture
def verified(api: Api) -> Iterator[Api]:
    """An office in which nothing contradicts itself afterwards either."""
    yield api
    assert list(audit.verify(api.service)) == []


def applied(api: Api) -> tuple[Any, dict[str, str], str]:
    """A new case, and the code and the address of its applicant."""
    case = api.new_case()
    given = {"identity_checked": "document", "reason": "申请人到场"}
    code = api.post("caseworker", f"/cases/{case['id']}/tracking-code", given)["tracking_code"]
    return case, {"Tracking-Code": code}, f"/public/applications/{case['number']}/messages"


def write(api: Api, path: str, code: dict[str, str], text: str = SAID) -> TestResponse:
    return api.call(None, "POST", path, {"text": text}, code)


def test_what_is_written_is_sealed_told_answered_and_read_by_both_without_a_name(verified: Api) -> None:
    api = verified
    case, code, own = applied(api)
    path = f"/cases/{case['id']}/messages"
    answer = write(api, own, code)
    assert (answer.status_code, answer.get_json()["from"]) == (201, "applicant")
    [alert] = api.get("caseworker", "/alerts")["items"]
    assert (alert["kind"], alert["title"]) == ("event", "A message of the applicant")

    assert api.call("auditor", "GET", path).status_code == 403
    [told] = api.get("caseworker", path)["items"]
    assert (told["text"], told["author"]) == (SAID, None)
    [logged] = [
        one for one in api.get("auditor", f"/cases/{case['id']}/disclosures")["items"] if "messages" in one["paths"]
    ]
    assert logged["user"]["username"] == "caseworker"

    answered = api.post("caseworker", path, {"text": ANSWER})
    assert answered["author"]["username"] == "caseworker"
    assert len(api.get("caseworker", "/alerts")["items"]) == 1
    thread = api.call(None, "GET", own, headers=code).get_json()["items"]
    assert [(one["from"], one["text"]) for one in thread] == [("applicant", SAID), ("office", ANSWER)]
    assert "author" not in thread[1]
    assert "示例" not in str(thread)

    events = api.get("auditor", f"/cases/{case['id']}/events")["items"]
    assert [one["kind"] for one in events][-2:] == ["message", "answered"]
    assert SAID not in str(events)
    with api.service.transaction() as tx:
        assert not [row for row in tx.db.all("select sealed from vault") if SAID.encode() in row.sealed]
    copy = api.post("supervisor", f"/cases/{case['id']}/personal-data", {"reason": "本人申请"})
    assert [one["text"] for one in copy["messages"]] == [SAID, ANSWER]
    shown = api.post("supervisor", f"/cases/{case['id']}/disclosures", {"reason": "核对"})["values"]
    assert shown[f"events.{events[-2]['seq']}.text"] == SAID


def test_so_many_are_taken_in_a_day_and_not_one_more_at_once(verified: Api) -> None:
    api = verified
    api.service.limits = replace(api.service.limits, messages_a_day=3)
    case, code, own = applied(api)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda number: write(api, own, code, f"第{number}条"), range(6)))
    assert sorted(one.status_code for one in answers) == [201] * 3 + [429] * 3
    late = next(one for one in answers if one.status_code == 429)
    assert late.get_json()["detail"].startswith("You have written 3 messages today")
    # From nine o'clock to midnight.
    assert 14 * 3600 < int(late.headers["Retry-After"]) <= 15 * 3600
    # What the office writes is not counted.
    api.post("caseworker", f"/cases/{case['id']}/messages", {"text": ANSWER})
    api.seconds_pass(15 * 3600)
    assert write(api, own, code).status_code == 201


def test_a_colleague_is_sent_to_the_owner_and_who_answers_first_becomes_it(api: Api) -> None:
    case = api.new_case()
    path, said = f"/cases/{case['id']}/messages", {"text": ANSWER}
    assert api.get("caseworker", f"/cases/{case['id']}")["owner"] is None
    api.post("supervisor", path, said)
    assert api.get("caseworker", f"/cases/{case['id']}")["owner"]["username"] == "supervisor"
    refused = api.call("caseworker", "POST", path, said)
    assert refused.status_code == 409
    assert "supervisor" in refused.get_json()["detail"]
    assert api.call("supervisor", "POST", path, said, {"If-Match": '"1"'}).status_code == 412


def test_a_closed_case_says_what_to_do_instead(api: Api) -> None:
    case, code, own = applied(api)
    write(api, own, code)
    api.take("caseworker", case, "withdraw")
    refused = write(api, own, code)
    assert refused.status_code == 409
    assert "Call the office" in refused.get_json()["detail"]
    assert api.call("caseworker", "POST", f"/cases/{case['id']}/messages", {"text": ANSWER}).status_code == 409
    assert len(api.call(None, "GET", own, headers=code).get_json()["items"]) == 1
    assert api.call(None, "GET", own, headers={"Tracking-Code": "7K2M"}).status_code == 404


def test_a_helper_reads_and_answers_once_the_case_is_taken_on(api: Api) -> None:
    case, code, own = applied(api)
    path, to = f"/cases/{case['id']}/messages", str(api.ids["lawyer"])
    for who, name in (("caseworker", "accept"), ("supervisor", "grant")):
        api.take(who, case, name)
    api.take("caseworker", case, "assign", to=to)
    write(api, own, code)
    assert api.call("lawyer", "GET", path).status_code == 403
    assert api.call("lawyer", "POST", path, {"text": ANSWER}).status_code == 403
    api.take("lawyer", case, "take_on")
    assert api.post("lawyer", path, {"text": ANSWER})["from"] == "helper"
    titles = [one["title"] for one in api.get("caseworker", "/alerts")["items"]]
    assert "A message to the applicant" in titles
    assert api.call("lawyer-qd", "GET", path).status_code == 404
