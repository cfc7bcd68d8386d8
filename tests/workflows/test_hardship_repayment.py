"""After deceit aid is paid back: the amount, the demand with its time, and what has come, to the fund."""

from decimal import Decimal
from uuid import UUID

from casework.rules.claims import Repay
from casework.rules.refusals import NotMet, NotNow
from tests.story import Story
from tests.workflows.test_hardship_aid import leaving, told


def cancelled(**given: str | None) -> Story:
    """A dossier that was cancelled for untruth after 5,000 yuan were paid."""
    story = leaving("cancelled")
    story.caseworker("submit_cancellation")
    story.supervisor("cancel", **given)
    return story


def test_a_cancellation_says_how_much_is_to_be_paid_back_and_no_more_than_was_paid() -> None:
    story = leaving("cancelled")
    story.caseworker("submit_cancellation")
    assert "5000.00" in told(story, "supervisor", "cancel", repay="5000.01").text.zh
    story.supervisor("cancel", repay="3000.00")
    assert story.case.facts["repayment"]["amount"] == "3000.00"


def test_it_is_demanded_in_a_letter_with_thirty_days() -> None:
    story = cancelled(repay="3000.00")
    story.supervisor("demand_repayment", reasons="隐瞒经营收入")
    due = story.clock("repayment").due
    assert due is not None
    assert (story.today.isoformat(), due.on.isoformat()) == ("2026-09-18", "2026-10-19")
    letter = story.letters["repayment_demand"]["zh-CN"]["body"]
    for said in ("退还帮扶款 3,000.00 元", "隐瞒经营收入", due.told.zh, "第六十一条"):
        assert said in letter


def test_what_comes_back_goes_to_the_fund_and_ends_the_time_when_all_has_come() -> None:
    story = cancelled(repay="3000.00")
    story.supervisor("demand_repayment")
    [line] = story.case.facts["aid"]
    move = story.takes("colleague", "record_repayment", amount="1000.00", reason="回单1号")
    assert list(move.claims) == [Repay(UUID(line["line"]), Decimal("1000.00"), "回单1号")]
    assert story.clock("repayment").status == "running"
    assert "2000.00" in told(story, "caseworker", "record_repayment", amount="2000.01").text.zh
    story.caseworker("record_repayment", amount="2000.00")
    assert story.clock("repayment").status == "met"
    assert isinstance(told(story, "caseworker", "record_repayment"), NotMet)
    assert isinstance(told(story, "supervisor", "demand_repayment"), NotMet)


def test_it_is_about_a_payment_that_was_made_and_not_older() -> None:
    story = cancelled()
    nothing = "00000000-0000-4000-8000-000000000000"
    assert "没有这笔" in told(story, "caseworker", "record_repayment", line=nothing).text.zh
    assert "早于" in told(story, "caseworker", "record_repayment", on="2026-09-14").text.zh


def test_where_nothing_is_asked_back_nothing_is_demanded() -> None:
    story = cancelled(repay=None)
    assert isinstance(told(story, "supervisor", "demand_repayment"), NotMet)


def test_the_decision_says_how_much_is_to_be_paid_back() -> None:
    assert "应退还已领取的帮扶款 3,000.00 元" in cancelled(repay="3000.00").letters["cancelled"]["zh-CN"]["body"]
    assert "退还" not in cancelled(repay=None).letters["cancelled"]["zh-CN"]["body"]


def test_after_an_objection_the_time_to_pay_runs_from_the_review() -> None:
    story = cancelled(repay="3000.00")
    story.supervisor("demand_repayment")
    story.applicant("object")
    story.days_pass(45)
    story.takes("superior", "uphold")
    run, due = story.clock("repayment"), story.clock("repayment").due
    assert due is not None
    assert (run.status, run.started_at.date(), due.on > story.today) == ("running", story.today, True)


def test_what_was_paid_back_is_owed_to_the_household_once_the_cancellation_falls() -> None:
    story = cancelled(repay="3000.00")
    story.supervisor("demand_repayment")
    story.takes("colleague", "record_repayment", amount="1000.00")
    story.applicant("object")
    story.takes("superior", "overturn")
    kept = story.case.facts["repayment"]
    assert (kept["owed_to_household"], [one["amount"] for one in kept["received"]]) == ("1000.00", ["1000.00"])


def test_who_is_put_back_on_file_owes_nothing() -> None:
    story = cancelled()
    story.applicant("object")
    story.takes("superior", "overturn")
    assert story.case.facts["repayment"] is None
    assert isinstance(told(story, "caseworker", "record_repayment"), NotNow)
