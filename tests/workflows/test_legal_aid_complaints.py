"""Who is helped may complain about the office or the helper and is told the result (法律援助法 55, 56)."""

from datetime import date

import pytest

from casework.rules.context import PolicyRow
from casework.rules.refusals import Invalid, NotMet, NotYours
from casework.rules.text import Text
from casework.workflows.legal_aid import WORKFLOW
from casework.workflows.legal_aid.complaints import COMPLAINABLE, COMPLAINT_FINDINGS
from tests.story import Story

TO_ENGAGED = (("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign"), ("lawyer", "engage"))


@pytest.fixture
def story() -> Story:
    """A lawyer is at work."""
    return Story("2026-03-02 09:00").opened().along(TO_ENGAGED)


class TestComplaints:
    """Made by the recipient, answered by a supervisor in the days that the office has set."""

    def test_whatever_has_become_of_the_case(self) -> None:
        assert set(COMPLAINABLE) == {state.name for state in WORKFLOW.states}

    def test_it_is_acknowledged_and_due_in_fifteen_working_days(self, story: Story) -> None:
        move = story.applicant("complain", about="helper", reasons="承办人多次失约。")
        assert (move.given["reasons"], move.letters) == ("***", ("complaint_received",))
        run = story.clock("complaint_answer")
        assert (str(run.limit), str(run.due.on), run.owed_by) == ("15wd", "2026-03-23", "office")
        assert "第56条" in WORKFLOW.by_clock[run.name].basis.zh
        letter = story.letters["complaint_received"]
        assert (
            "对承办人员的投诉已收到，我们将调查处理，并于 2026-03-23（含当日）前书面告知您结果"
            in letter["zh-CN"]["body"]
        )
        assert "about the helper" in letter["en"]["body"]
        assert "by the end of 2026-03-23" in letter["en"]["body"]
        assert story.case.state == "in_progress"

    @pytest.mark.parametrize("finding", sorted(COMPLAINT_FINDINGS))
    def test_the_answer_says_what_was_found_and_done_and_where_to_turn(self, story: Story, finding: str) -> None:
        story.applicant("complain", about="helper")
        story.days_pass(3)
        move = story.supervisor("answer_complaint", finding=finding, answer="已约谈承办人，三日内约见您。")
        assert (move.given["about"], move.given["answer"]) == ("helper", "***")
        assert story.clock("complaint_answer").status == "met"
        letter = story.letters["complaint_answered"]
        assert f"对承办人员的投诉，经调查：{COMPLAINT_FINDINGS[finding].zh}。" in letter["zh-CN"]["body"]
        assert COMPLAINT_FINDINGS[finding].en in letter["en"]["body"]
        assert "已约谈承办人，三日内约见您。" in letter["zh-CN"]["body"]
        assert "您可以向上一级工会反映，也可以向司法行政部门投诉。" in letter["zh-CN"]["body"]

    def test_an_agency_names_the_justice_department_only(self) -> None:
        kind = PolicyRow(
            900, "legal_aid", "office_kind", "CN", date(2022, 1, 1), "justice_agency", Text("示例", "example")
        )
        story = Story(rows=[kind]).opened()
        story.applicant("complain", about="office")
        story.supervisor("answer_complaint")
        assert "上一级工会" not in story.letters["complaint_answered"]["zh-CN"]["body"]
        assert "司法行政部门投诉" in story.letters["complaint_answered"]["zh-CN"]["body"]

    def test_one_after_the_other_and_each_has_its_clock(self, story: Story) -> None:
        assert isinstance(story.refused("supervisor", "answer_complaint"), NotMet)
        story.applicant("complain", about="helper")
        assert isinstance(story.refused("applicant", "complain"), NotMet)
        story.supervisor("answer_complaint")
        assert isinstance(story.refused("supervisor", "answer_complaint"), NotMet)
        story.days_pass(1)
        story.applicant("complain")
        run = story.clock("complaint_answer")
        assert (run.generation, run.status) == (2, "running")

    def test_neither_helper_nor_caseworker_answers_and_reasons_are_needed(self, story: Story) -> None:
        without = story.refused("applicant", "complain", reasons=None)
        assert isinstance(without, Invalid)
        story.applicant("complain")
        for who in ("lawyer", "caseworker", "applicant"):
            assert isinstance(story.refused(who, "answer_complaint"), NotYours)
        assert isinstance(story.refused("supervisor", "answer_complaint", answer=None), Invalid)

    def test_about_the_office_whoever_decided_does_not_answer(self, story: Story) -> None:
        story.applicant("complain", about="office")
        assert isinstance(story.refused("supervisor", "answer_complaint"), NotMet)
        for who in ("chief", "superior"):
            assert story.offered(who)["answer_complaint"].allowed

    def test_a_closed_case_stays_closed_with_its_outcome(self) -> None:
        story = Story().opened()
        story.applicant("withdraw")
        story.applicant("complain", about="office")
        assert (story.case.state, story.case.outcome) == ("withdrawn", "withdrawn")
        assert story.clock("complaint_answer").status == "running"
        story.supervisor("answer_complaint")
        assert story.case.closed_at is not None

    def test_where_no_rule_sets_days_the_letter_says_soon(self) -> None:
        story = Story(policy={"complaint_answer": None}).opened()
        story.applicant("complain")
        assert "并尽快书面告知您结果" in story.letters["complaint_received"]["zh-CN"]["body"]
        assert "in writing as soon as possible" in story.letters["complaint_received"]["en"]["body"]
