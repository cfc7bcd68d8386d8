"""An applicant writes on the page of the application, the office answers on a page of the case."""

import re
from typing import Any
from uuid import uuid4

import pytest

from casework.records.people import by_username
from casework.rules.people import Actor
from casework.work import applications
from tests.web.conftest import Pages, Visitor, lived

SAID, ANSWER = "<b>工资条</b>找到了", "可以，周五带来"


def following(pages: Pages, case: Any) -> tuple[Visitor, str]:
    """The applicant of a case, whose number and code were given; and the code."""
    with pages.service.transaction() as tx:
        clerk = by_username(tx.db, "caseworker")
        assert clerk is not None
        tx.actor = Actor(clerk[0].role, clerk[0])
        code = applications.issue_code(tx, case.id, {"identity_checked": "document", "reason": "申请人到场"}).code
    visitor = pages.visitor()
    visitor.get("/track")
    assert visitor.post("/track", number=case.number, code=code).status_code == 303
    visitor.get(f"/track/{case.number}")
    return visitor, code


def key() -> str:
    return uuid4().hex


def test_a_message_goes_to_the_office_and_its_answer_comes_back_without_a_name(pages: Pages) -> None:
    case = lived(pages, ("caseworker", "accept"))
    visitor, _ = following(pages, case)
    once = key()
    for _ in range(2):
        answer = visitor.post(f"/track/{case.number}/messages", text=SAID, once=once)
        assert answer.location == f"/track/{case.number}#messages"
    clerk = pages.signed_in("caseworker")
    assert "待回复" in clerk.get(f"/cases/{case.number}").text
    assert f"{case.number}" in clerk.get("/alerts").text
    thread = clerk.get(f"/cases/{case.number}/messages").text
    assert thread.count("&lt;b&gt;工资条") == 1
    assert clerk.post(f"/cases/{case.number}/messages", text=ANSWER, once=key()).status_code == 303
    assert "待回复" not in clerk.get(f"/cases/{case.number}").text
    text = visitor.get(f"/track/{case.number}").text
    assert ANSWER in text
    assert "&lt;b&gt;工资条" in text
    owner = re.search(r"<dt>经办</dt><dd>([^<]+?)<? ", clerk.get(f"/cases/{case.number}").text)
    assert owner
    assert owner[1].strip() not in text
    assert pages.signed_in("auditor").get(f"/cases/{case.number}/messages").status_code == 403


@pytest.mark.parametrize(("text", "status", "why"), [(" ", 422, "必填"), ("长" * 2_001, 422, "2000")])
def test_what_is_not_taken_stands_as_it_was_typed(pages: Pages, text: str, status: int, why: str) -> None:
    case = lived(pages, ("caseworker", "accept"))
    visitor, _ = following(pages, case)
    answer = visitor.post(f"/track/{case.number}/messages", text=text, once=key())
    assert answer.status_code == status
    assert "错误：" in answer.text
    assert text.strip() in answer.text
    clerk = pages.signed_in("caseworker")
    clerk.get(f"/cases/{case.number}/messages")
    answer = clerk.post(f"/cases/{case.number}/messages", text=text, once=key())
    assert answer.status_code == status
    assert text.strip() in answer.text


def test_a_message_sent_too_late_is_not_lost(pages: Pages) -> None:
    case = lived(pages, ("caseworker", "accept"))
    visitor, code = following(pages, case)
    visitor.client.delete_cookie("casework-application")
    answer = visitor.post(f"/track/{case.number}/messages", text=SAID, once=key())
    assert answer.status_code == 401
    carried = {name: re.search(rf'name="{name}" value="([^"]*)"', answer.text) for name in ("carried", "next")}
    fields = {name: found[1] for name, found in carried.items() if found}
    answer = visitor.post("/track", number=case.number, code=code, **fields)
    assert answer.location == f"/track/{case.number}/messages"
    text = visitor.get(answer.location).text
    assert "&lt;b&gt;工资条" in text
    assert 'class="thread"' not in text
    assert visitor.post(f"/track/{case.number}/messages", text=SAID, once=key()).status_code == 303
    assert visitor.get(f"/track/{case.number}/messages").location == f"/track/{case.number}#messages"


def test_an_answer_is_kept_as_it_is_typed_and_a_closed_case_says_what_to_do(pages: Pages) -> None:
    case = lived(pages, ("caseworker", "accept"))
    clerk = pages.signed_in("caseworker")
    clerk.get(f"/cases/{case.number}/messages")
    assert clerk.post("/drafts", subject=f"message {case.number}", text=ANSWER).status_code == 200
    assert ANSWER in clerk.get(f"/cases/{case.number}/messages").text
    visitor, _ = following(pages, case)
    visitor.get(f"/track/{case.number}/do/withdraw")
    closed = lived(pages, ("caseworker", "withdraw"))
    visitor, _ = following(pages, closed)
    assert "打电话或者到办理机构" in visitor.get(f"/track/{closed.number}").text
    answer = visitor.post(f"/track/{closed.number}/messages", text=SAID, once=key())
    assert answer.status_code == 409
    assert "不再接收留言" in answer.text
    assert "不再留言" in clerk.get(f"/cases/{closed.number}/messages").text
