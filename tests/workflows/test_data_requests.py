"""What people ask about their personal data, and the office's answer (个人信息保护法 44–50)."""

from datetime import timedelta

import pytest

from casework.rules.grammar import Workflow
from casework.rules.refusals import Invalid, NotMet, NotYours
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP_AID
from casework.workflows.legal_aid import WORKFLOW as LEGAL_AID
from tests.story import Story


@pytest.fixture(params=[LEGAL_AID, HARDSHIP_AID], ids=lambda one: one.key)
def story(request: pytest.FixtureRequest) -> Story:
    """A request of each programme."""
    return Story(workflow=request.param).opened()


@pytest.mark.parametrize("workflow", [LEGAL_AID, HARDSHIP_AID], ids=lambda one: one.key)
def test_it_is_open_in_every_state(workflow: Workflow) -> None:
    for name in ("request_data", "answer_data_request"):
        [edge] = [edge for edge in workflow.transitions if edge.name == name]
        assert set(edge.sources) == set(workflow.by_state)
    assert set(workflow.by_clock["data_request"].runs_in) == set(workflow.by_state)


def test_a_request_is_received_and_answered_and_changes_no_state(story: Story) -> None:
    state, owner = story.case.state, story.case.owner
    story.applicant("request_data", kinds=["copy", "correction"], what="更正住址")
    letter = story.letters["data_request_received"]
    due = story.clock("data_request").due
    assert due is not None
    assert due.on > story.today + timedelta(days=14)
    assert "查阅、复制；更正、补充" in letter["zh-CN"]["body"]
    assert f"于 {due.on}（含当日）前" in letter["zh-CN"]["body"]
    assert "see the data, or get a copy; correct or complete the data" in letter["en"]["body"]
    story.days_pass(3)
    story.caseworker("answer_data_request", answer="granted", done="住址已更正。", reasons=None)
    told = story.letters["data_request_answered"]
    assert "答复如下：同意。" in told["zh-CN"]["body"]
    assert "住址已更正" in told["zh-CN"]["body"]
    assert "人民法院" not in told["zh-CN"]["body"]
    assert (story.case.state, story.case.owner, story.clock("data_request").status) == (state, owner, "met")


@pytest.mark.parametrize(
    ("kind", "zh", "en"),
    [
        ("union_legal_aid", "可以向上一级工会反映", "the union above"),
        ("union_station", "可以向上一级工会反映", "the union above"),
        ("justice_agency", "可以向设立本机构的司法行政部门反映", "the justice department that set up this office"),
    ],
)
def test_the_body_above_is_that_of_the_kind_of_office(kind: str, zh: str, en: str) -> None:
    story = Story(policy={"office_kind": kind}).opened()
    story.applicant("request_data", kinds=["deletion"])
    story.caseworker("answer_data_request", answer="refused", reasons="档案依法须保存十年。")
    told = story.letters["data_request_answered"]
    assert zh in told["zh-CN"]["body"]
    assert f"you may turn to {en}, or go to court" in told["en"]["body"]
    assert ("上一级工会" in told["zh-CN"]["body"]) is (kind != "justice_agency")


@pytest.mark.parametrize(("answer", "word"), [("refused", "不同意"), ("partly", "部分同意")])
def test_what_is_refused_is_refused_with_reasons_and_a_remedy(answer: str, word: str, story: Story) -> None:
    story.applicant("request_data", kinds=["deletion"])
    refusal = story.refused("caseworker", "answer_data_request", answer=answer, reasons=None)
    assert isinstance(refusal, Invalid)
    assert [fault.path for fault in refusal.faults] == ["reasons"]
    move = story.caseworker("answer_data_request", answer=answer, done=None, reasons="档案依法须保存十年。")
    told = story.letters["data_request_answered"]
    assert f"答复如下：{word}。" in told["zh-CN"]["body"]
    assert "档案依法须保存十年" in told["zh-CN"]["body"]
    assert "向人民法院提起诉讼（《中华人民共和国个人信息保护法》第五十条）" in told["zh-CN"]["body"]
    assert "Personal Information Protection Law, article 50" in told["en"]["body"]
    assert "保存十年" not in str(move.given)


def test_after_closing_too_and_the_clock_runs_there(story: Story) -> None:
    story.applicant("withdraw", reason="已自行解决")
    closed_at = story.case.closed_at
    story.days_pass(90)
    story.applicant("request_data", kinds=["copy"])
    assert (story.case.state, story.case.closed_at) == ("withdrawn", closed_at)
    assert story.clock("data_request").status == "running"
    story.days_pass(60)
    story.caseworker("answer_data_request", answer="granted")
    assert story.clock("data_request").status == "breached"
    story.days_pass(1)
    story.applicant("request_data", kinds=["explanation"])
    assert story.clock("data_request").generation == 2


def test_withdrawing_the_case_leaves_the_answer_owed(story: Story) -> None:
    story.applicant("request_data", kinds=["copy"])
    story.applicant("withdraw", reason="已自行解决")
    assert story.clock("data_request").status == "running"


def test_one_at_a_time_and_no_answer_without_a_request(story: Story) -> None:
    assert isinstance(story.refused("caseworker", "answer_data_request"), NotMet)
    story.applicant("request_data")
    assert isinstance(story.refused("applicant", "request_data"), NotMet)
    assert isinstance(story.refused("applicant", "answer_data_request"), NotYours)
    story.caseworker("answer_data_request")
    assert isinstance(story.refused("caseworker", "answer_data_request"), NotMet)
    move = story.caseworker("request_data", kinds=["restriction"])
    assert move.on_behalf


def test_what_was_said_is_sealed(story: Story) -> None:
    move = story.applicant("request_data", kinds=["deletion"], what="删除病情信息")
    assert "病情" not in str(move.given)
    assert move.sealed["what"] == "删除病情信息"
