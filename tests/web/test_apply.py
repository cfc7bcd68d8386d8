"""Somebody without an account applies, stops halfway, goes on, and follows what became of it."""

import re
import time
from datetime import date, timedelta
from typing import Any

import pytest

from casework.forms.asking import Application, check_part, faults_of
from casework.forms.form import intake_of
from casework.rules.text import Text
from casework.work import workflow_registry
from tests.web.conftest import Pages, Visitor

WORKFLOWS = workflow_registry.latest()
STORY = "老板欠我三个月工资，电话也不接"
PARTS: dict[str, dict[str, str]] = {
    "who": {"applicant.name": "王秀英", "applicant.phone": "１３８ 0000 0000"},
    "matter": {"matter": "wages"},
    "story": {"story": STORY},
    "employer": {"employer.name": "济南示例建筑公司"},
    "job": {"employment.monthly_pay": "6500元"},
    "arrears": {"arrears.0.month": "2026-09", "arrears.0.amount": "6,500.00"},
    "proof": {},
}


def begun(pages: Pages) -> Visitor:
    visitor = pages.visitor()
    visitor.get("/help/legal_aid")
    assert visitor.post("/apply/legal_aid").location == "/apply/legal_aid/org"
    visitor.get("/apply/legal_aid/org")
    assert visitor.post("/apply/legal_aid/org", org="370100").location == "/apply/legal_aid/tasks"
    return visitor


def code_on(text: str) -> str:
    found = re.search(r'<b class="mono">([0-9A-Z-]{14})</b>', text)
    assert found
    return found[1]


def filled_in(visitor: Visitor) -> None:
    for key, fields in PARTS.items():
        visitor.get(f"/apply/legal_aid/{key}")
        answer = visitor.post(f"/apply/legal_aid/{key}", **fields)
        assert answer.status_code == 303, (key, answer.text)


def sent(pages: Pages) -> tuple[Visitor, str, str]:
    visitor = begun(pages)
    filled_in(visitor)
    visitor.get("/apply/legal_aid/check")
    answer = visitor.post("/apply/legal_aid/check", truth="true", consent="true")
    assert answer.location == "/apply/legal_aid/done", answer.text
    text = visitor.get(answer.location).text
    number, code = re.search(r">(LA-\d{4}-\d{6})<", text), re.search(r">([0-9A-Z]{4}(?:-[0-9A-Z]{4}){4})<", text)
    assert number
    assert code
    return visitor, number[1], code[1]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda one: one.key)
def test_everything_that_a_programme_asks_of_applicants_is_a_field_and_what_is_required_is_asked(workflow: Any) -> None:
    assert workflow.application is not None
    assert faults_of(workflow.application, intake_of(workflow)) == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda one: one.key)
def test_a_programme_without_questions_of_its_own_is_asked_group_by_group(workflow: Any, pages: Pages) -> None:
    plain = Application(Text("说明", "about"), Text("身份证", "an identity card"))
    form = intake_of(workflow)
    assert faults_of(plain, form) == []
    asked = [ask.path for part in plain.of(form) for ask in part.asks]
    assert sorted(asked) == sorted(name for name, field in form.form_fields() if field.asked_of != "office")


def test_a_part_is_checked_by_itself() -> None:
    form, today = intake_of(workflow_registry.newest("legal_aid")), date(2026, 11, 16)
    assert [one.path for one in check_part(form, {}, ["applicant.name"], today)] == ["applicant.name"]
    assert check_part(form, {"applicant": {"name": "王秀英"}}, ["applicant.name"], today) == []
    wrong = {"arrears": [{"month": "2026-09", "amount": "0"}]}
    assert [one.path for one in check_part(form, wrong, ["arrears"], today)] == ["arrears.0.amount"]
    assert check_part(form, wrong, ["employer.name"], today) == []


def test_an_application_is_filled_in_sent_and_followed(pages: Pages) -> None:
    visitor, number, code = sent(pages)
    # An answer that was lost on its way is given again, and nothing is opened twice.
    assert visitor.get("/apply/legal_aid/done").text.count(code) == 1
    visitor.get("/track")
    assert visitor.post("/apply/legal_aid/check", truth="true", consent="true").location == "/apply/legal_aid/done"

    phone = pages.visitor()
    phone.get("/track")
    answer = phone.post("/track", number=number.lower(), code=code.replace("-", " ").lower())
    assert answer.location == f"/track/{number}"
    text = phone.get(answer.location).text
    assert "已提交" in text
    assert "收到网上申报告知书" in text
    assert "王秀英" not in text.split("<h2")[0]


def test_only_what_is_asked_for_is_shown(pages: Pages) -> None:
    visitor = begun(pages)
    assert "欠了哪几个月的工资" not in visitor.get("/apply/legal_aid/tasks").text
    visitor.get("/apply/legal_aid/matter")
    visitor.post("/apply/legal_aid/matter", matter="wages")
    assert "欠了哪几个月的工资" in visitor.get("/apply/legal_aid/tasks").text
    assert "哪天受的伤" not in visitor.get("/apply/legal_aid/job").text
    visitor.post("/apply/legal_aid/matter", matter="work_injury")
    assert "哪天受的伤" in visitor.get("/apply/legal_aid/job").text


def test_what_is_wrong_in_a_part_is_said_there_and_the_typing_is_kept(pages: Pages) -> None:
    visitor = begun(pages)
    visitor.get("/apply/legal_aid/who")
    typed = {"applicant.name": "王秀英", "applicant.identity_number": "370102199003070021"}
    answer = visitor.post("/apply/legal_aid/who", **typed)
    assert answer.status_code == 422
    assert "<title>错误：" in answer.text
    assert 'value="370102199003070021"' in visitor.get("/apply/legal_aid/who").text


def test_another_phone_goes_on_by_the_code_and_guessing_does_not(pages: Pages) -> None:
    visitor = begun(pages)
    visitor.get("/apply/legal_aid/story")
    visitor.post("/apply/legal_aid/story", story=STORY, later="1")
    code = code_on(visitor.get("/apply/legal_aid/tasks").text)

    phone = pages.visitor()
    phone.get("/resume")
    assert phone.post("/resume", code="2222-2222-2222").status_code == 404
    assert phone.post("/resume", code="").status_code == 404
    assert phone.post("/resume", code=code.lower().replace("-", " ")).location == "/apply/legal_aid/tasks"
    assert STORY in phone.get("/apply/legal_aid/story").text
    assert STORY not in pages.visitor().get("/apply/legal_aid/story").text

    with pages.service.transaction() as tx:
        rows = tx.db.run("select owner, sealed from drafts where subject like 'apply %'").all()
    assert rows
    assert all(code not in row.owner and STORY.encode() not in row.sealed for row in rows)


def test_the_applicant_deletes_what_was_filled_in(pages: Pages) -> None:
    visitor = begun(pages)
    code = code_on(visitor.get("/apply/legal_aid/tasks").text)
    assert visitor.post("/apply/legal_aid/drop").location == "/"
    assert visitor.get("/apply/legal_aid/tasks").status_code == 404
    visitor.get("/resume")
    assert visitor.post("/resume", code=code).status_code == 404


def test_nothing_is_sent_without_the_two_ticks_or_with_a_fault(pages: Pages) -> None:
    visitor = begun(pages)
    visitor.get("/apply/legal_aid/check")
    assert visitor.post("/apply/legal_aid/check", truth="true").status_code == 422
    answer = visitor.post("/apply/legal_aid/check", truth="true", consent="true")
    assert answer.status_code == 422
    assert '<a href="/apply/legal_aid/who?back=check"><b>申请人' in answer.text


def test_an_application_is_seen_only_where_its_code_was_given_and_for_half_an_hour(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, number, code = sent(pages)
    stranger = pages.visitor()
    assert stranger.get(f"/track/{number}").location == "/track"
    stranger.get("/track")
    assert stranger.post("/track", number=number, code="2222-2222-2222-2222-2222").status_code == 404
    stranger.client.set_cookie("casework-application", "forged")
    assert stranger.get(f"/track/{number}").location == "/track"

    stranger.get("/track")
    stranger.post("/track", number=number, code=code)
    assert stranger.get(f"/track/{number}").status_code == 200
    assert stranger.get("/track/LA-2026-000001").location == "/track"
    later = time.time() + timedelta(minutes=31).total_seconds()
    monkeypatch.setattr("casework.web.visiting.time.time", lambda: later)
    assert stranger.get(f"/track/{number}").location == "/track"


def test_the_applicant_takes_a_step_of_the_own_and_no_other(pages: Pages) -> None:
    _, number, code = sent(pages)
    visitor = pages.visitor()
    visitor.get("/track")
    visitor.post("/track", number=number, code=code)
    page = visitor.get(f"/track/{number}/do/withdraw").text
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    assert visitor.post(f"/track/{number}/do/accept", version=found[1]).status_code in (403, 409, 422)
    said = {"version": found[1], "reason": "已经拿到工资", "note": "已经拿到工资"}
    assert visitor.post(f"/track/{number}/do/withdraw", **said).location == f"/track/{number}"
    assert "撤回" in visitor.get(f"/track/{number}").text


def test_whoever_types_the_address_of_an_application_comes_to_the_guide(pages: Pages) -> None:
    visitor = pages.visitor()
    assert visitor.get("/apply/legal_aid").location == "/help/legal_aid"
    assert visitor.get("/apply/nothing").status_code == 404


def test_leaving_clears_what_the_browser_knows(pages: Pages) -> None:
    visitor = begun(pages)
    here = pages.app.extensions["casework"]
    assert here.leave_to.startswith("https://")
    answer = visitor.get("/leave")
    assert answer.location == here.leave_to
    assert '"cookies"' in answer.headers["Clear-Site-Data"]
    assert visitor.get("/apply/legal_aid/tasks").status_code == 404


def test_pages_of_applicants_name_no_member_of_staff(pages: Pages) -> None:
    visitor, number, code = sent(pages)
    visitor.get("/track")
    visitor.post("/track", number=number, code=code)
    with pages.service.transaction() as tx:
        names = set(tx.db.run("select name from users").scalars())
    texts = [visitor.get(f"/track/{number}").text]
    texts += [visitor.get(path).text for path in re.findall(r'href="(/track/[^"]+)"', texts[0])]
    assert len(texts) > 2
    assert not any(name in text for name in names for text in texts)


def test_a_megabyte_in_any_field_is_refused_at_once(pages: Pages) -> None:
    visitor = begun(pages)
    visitor.get("/apply/legal_aid/who")
    marks = "王" + "\u0301\u0323" * 100_000
    for name in ("applicant.name", "applicant.identity_number", "applicant.phone", "applicant.groups"):
        answer = visitor.post("/apply/legal_aid/who", **{"applicant.name": "王秀英", name: marks})
        assert answer.status_code in (413, 422)
