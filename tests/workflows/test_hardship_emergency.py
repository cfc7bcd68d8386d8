"""Help first, papers when the emergency is over (社会救助法 50), before the decision and on file."""

from datetime import timedelta

import pytest

from casework.rules.refusals import NotMet
from tests.story import Story
from tests.workflows.test_hardship_aid import LIVING, PREPARED, asked, last_day, noticed, on_file, pay, prepared, told

UNKNOWN_SPOUSE = [{"name": "李四", "relation": "spouse"}]


def in_need() -> Story:
    """A household of which neither the spouse's number nor an account is known."""
    return asked(members=UNKNOWN_SPOUSE, bank=None, household={"size": 2}).along(PREPARED[:1])


class TestHelpComesFirst:
    """Neither an account nor the numbers of the members stand in its way."""

    def test_without_account_and_the_number_of_the_spouse_aid_is_given_and_paid_once_the_account_is_known(self) -> None:
        story = in_need()
        story.supervisor("help_at_once")
        refusal = told(story, "caseworker", "record_payment")
        assert isinstance(refusal, NotMet)
        assert "账户" in refusal.text.zh
        returned = story.as_it_stands()
        returned.caseworker("record_payment", result="returned", reason="尚无账户")
        story.correct("caseworker", reason="补充账户", bank={"name": "示例银行", "account": "6222020200112230"})
        story.caseworker("record_payment")
        assert story.case.facts["aid"][0]["status"] == "paid"

    def test_cash_needs_no_account_and_is_signed_for(self) -> None:
        story = in_need()
        story.supervisor("help_at_once", pay_by="cash")
        assert "现金发放，由您本人签收" in story.letters["helped_at_once"]["zh-CN"]["body"]
        assert "receipt" in told(story, "caseworker", "record_payment", receipt=None).text.zh
        story.caseworker("record_payment", receipt="签收7号")
        assert story.case.facts["aid"][0]["status"] == "paid"

    def test_the_proposal_still_waits_for_the_numbers(self) -> None:
        story = prepared(members=UNKNOWN_SPOUSE, household={"size": 2})
        story.supervisor("help_at_once")
        story.caseworker("make_up_papers")
        assert "李四" in told(story, "caseworker", "propose", aid=None).text.zh

    @pytest.mark.parametrize("stands", [prepared, lambda: noticed(LIVING), lambda: on_file(LIVING)])
    def test_wherever_the_request_or_the_file_stands(self, stands: object) -> None:
        assert callable(stands)
        story = stands()
        story.supervisor("help_at_once")
        assert story.case.facts["aid"][-1]["kind"] == "emergency"

    def test_to_somebody_who_is_known_by_another_document(self) -> None:
        by = {"identity_number": None, "document_kind": "taiwan_permit", "document_number": "12345678"}
        story = asked(applicant=by).along(PREPARED[:1])
        story.supervisor("help_at_once")
        assert story.case.facts["aid"][-1]["kind"] == "emergency"

    def test_its_end_and_its_papers_are_recorded_wherever_the_clock_runs(self) -> None:
        for there in ("watching", "objected", "exit_objected"):
            story = on_file(LIVING)
            story.supervisor("help_at_once")
            story.put(there)
            assert story.clock("emergency").status == "running"
            story.caseworker("end_emergency")
            story.caseworker("make_up_papers")
            assert story.clock("emergency").status == "met"


class TestOnFile:
    """A household on file is helped at once too, once a year."""

    def test_once_a_year(self) -> None:
        story = on_file(LIVING)
        pay(story)
        story.supervisor("help_at_once")
        assert isinstance(told(story, "supervisor", "help_at_once"), NotMet)
        pay(story)
        story.caseworker("make_up_papers")
        story.wait_until("2027-01-05 10:00")
        story.supervisor("help_at_once")
        assert [run.status for run in story.case.clocks if run.name == "emergency"] == ["met", "running"]

    def test_whoever_was_helped_before_the_decision_is_helped_again_in_another_year(self) -> None:
        story = prepared()
        story.supervisor("help_at_once")
        story.caseworker("make_up_papers")
        pay(story)
        story.caseworker("propose", aid=None)
        story.caseworker("publish")
        due = story.clock("notice").due
        assert due is not None
        story.now = due.at
        story.time("take_down")
        story.supervisor("approve")
        assert isinstance(told(story, "supervisor", "help_at_once"), NotMet)
        story.wait_until("2027-01-05 10:00")
        story.supervisor("help_at_once")


class TestTheEndOfTheEmergency:
    """It is recorded; the papers run from there."""

    def test_the_papers_run_from_the_day_on_which_it_was_over(self) -> None:
        story = asked().along(PREPARED[:1])
        story.supervisor("help_at_once")
        assert story.clock("emergency").status == "running"
        story.days_pass(21)
        over = (story.today - timedelta(days=5)).isoformat()
        story.caseworker("end_emergency", on=over)
        assert story.clock("emergency").status == "met"
        letter = story.letters["papers_after_emergency"]["zh-CN"]["body"]
        assert (
            "参照《中华人民共和国社会救助法》第五十条，紧急情况解除后，请您补充说明有关情况，"
            f"并于 {last_day(story, 'making_up')}（含当日）前将有关材料交本工会。" in letter
        )
        story.caseworker("make_up_papers")
        assert story.clock("making_up").status == "met"

    def test_it_ends_once_and_not_before_the_aid(self) -> None:
        story = asked().along(PREPARED[:1])
        assert isinstance(told(story, "caseworker", "end_emergency"), NotMet)
        story.supervisor("help_at_once")
        early = (story.today - timedelta(days=1)).isoformat()
        assert isinstance(told(story, "caseworker", "end_emergency", on=early), NotMet)
        story.caseworker("end_emergency")
        assert isinstance(told(story, "caseworker", "end_emergency"), NotMet)

    def test_nobody_forgets_it(self) -> None:
        story = asked().along(PREPARED[:1])
        story.supervisor("help_at_once")
        assert last_day(story, "emergency") == "2026-10-08"

    def test_papers_that_come_before_its_end_are_taken(self) -> None:
        story = prepared()
        story.supervisor("help_at_once")
        story.caseworker("make_up_papers")
        assert story.clock("emergency").status == "met"
        story.caseworker("propose", aid=None)
        story.caseworker("withdraw_notice")
        story.caseworker("end_emergency")
        assert story.case.clock("making_up") is None
