"""Before a household leaves its income was above the line for months; afterwards its dossier is kept for years."""

import pytest

from casework.rules.refusals import NotMet
from casework.workflows.hardship_aid import WORKFLOW
from tests.story import Story, clock_time
from tests.workflows.test_hardship_aid import (
    LIVING,
    NOT_POOR,
    PREPARED,
    RELATIVE,
    last_day,
    leaving,
    left,
    on_file,
    pay,
    the_notice_stands,
    told,
)

SIX_MONTHS = {"months_above_line": "6"}


class TestMonthsAboveTheLine:
    """Six months in a row, where the place says so."""

    @pytest.mark.parametrize("since", [None, "2026-09-16", "2027-03-01"])
    def test_out_of_hardship_is_who_has_been_above_the_line_for_six_months(self, since: str | None) -> None:
        story = on_file(policy=SIX_MONTHS)
        assert story.today.isoformat() == "2026-09-15"
        story.publish(2027)
        story.now = clock_time("2027-03-15 10:00")
        refusal = told(story, "caseworker", "propose_exit", kind="out_of_hardship", above_line_since=since)
        assert isinstance(refusal, NotMet)
        assert "连续 6 个月" in refusal.text.zh
        story.caseworker("propose_exit", kind="out_of_hardship", above_line_since="2026-09-15")

    def test_nobody_was_above_the_line_when_found_in_hardship(self) -> None:
        story = on_file(policy=SIX_MONTHS)
        story.publish(2027)
        story.now = clock_time("2027-03-20 10:00")
        before = {"kind": "out_of_hardship", "above_line_since": "2026-09-14"}
        assert "不能早于 2026-09-15" in told(story, "caseworker", "propose_exit", **before).text.zh
        story.caseworker("reverify", household={**RELATIVE, "rigid_expenses": "30000.00"})
        after = {"kind": "out_of_hardship", "above_line_since": "2026-09-15"}
        assert "不能早于 2027-03-20" in told(story, "caseworker", "propose_exit", **after).text.zh

    def test_an_exit_is_due_once_the_months_are_full(self) -> None:
        story = on_file(policy=SIX_MONTHS)
        story.publish(2027)
        story.now = clock_time("2026-10-12 10:00")
        story.caseworker("reverify", household=NOT_POOR)
        assert (story.clock("exit_due").started_at.date().isoformat(), last_day(story, "exit_due")) == (
            "2027-04-12",
            "2027-05-03",
        )
        story.days_pass(90)
        story.caseworker("reverify", household=NOT_POOR)
        assert [run.status for run in story.case.clocks if run.name == "exit_due"] == ["running"]
        story.now = clock_time("2027-03-16 10:00")
        story.caseworker("propose_exit", kind="out_of_hardship", above_line_since="2026-09-15")
        assert story.clock("exit_due").status == "met"

    def test_the_category_stays_until_the_exit_is_decided(self) -> None:
        story = on_file(LIVING)
        story.caseworker("reverify", household=NOT_POOR)
        assert story.case.facts["category"]["category"] == "deep"
        story.caseworker("propose_exit", kind="out_of_hardship")
        story.caseworker("drop_exit")
        assert (story.case.facts["category"]["category"], story.case.facts["verification"]["in_hardship"]) == (
            "deep",
            True,
        )

    @pytest.mark.parametrize("kind", ["social_assistance", "lost_contact", "cancelled"])
    def test_other_exits_ask_for_no_months(self, kind: str) -> None:
        on_file().caseworker("propose_exit", kind=kind, above_line_since=None)

    def test_where_no_row_holds_none_are_asked_for(self) -> None:
        story = Story("2026-09-07 09:00", workflow=WORKFLOW, policy={"months_above_line": "none"}).opened()
        story.along((*PREPARED, ("caseworker", "propose"), ("caseworker", "publish")))
        the_notice_stands(story)
        story.put("active")
        story.caseworker("propose_exit", kind="out_of_hardship", above_line_since=None)

    def test_whoever_asks_to_leave_is_asked_for_none(self) -> None:
        story = on_file()
        story.applicant("leave")
        assert story.case.state == "exit_proposed"


class TestRetention:
    """Ten years after leaving at least, and the day is on the case."""

    def test_the_day_until_which_the_dossier_is_kept_stands_on_the_case(self) -> None:
        story = left()
        year, rest = story.today.year, story.today.isoformat()[5:7]
        assert story.case.facts["keep_until"].startswith(f"{year + 10}-{rest}")

    def test_ten_years_run_from_the_day_of_leaving_and_not_from_the_step_before(self) -> None:
        story = on_file()
        pay(story)
        story.wait_until("2026-11-03 09:00")
        story.caseworker("record_death")
        assert story.case.facts["keep_until"] == "2036-11-03"

    def test_where_no_rule_sets_a_time_there_is_no_such_day(self) -> None:
        story = on_file(policy={"retention": None})
        pay(story)
        story.caseworker("record_death")
        assert story.case.facts["keep_until"] is None

    def test_so_it_does_after_a_cancellation_a_death_and_striking_off(self) -> None:
        cancelled, died, struck = leaving("cancelled"), on_file(), on_file()
        cancelled.caseworker("submit_cancellation")
        cancelled.supervisor("cancel")
        for story, who, name in ((died, "caseworker", "record_death"), (struck, "supervisor", "strike_off")):
            pay(story)
            story.takes(who, name)
        for story in (cancelled, died, struck):
            assert story.case.facts["keep_until"].startswith(f"{story.today.year + 10}-")

    def test_who_is_put_back_on_file_or_falls_back_has_no_such_day(self) -> None:
        story = left()
        story.caseworker("fall_back")
        assert story.case.facts["keep_until"] is None
        story = left()
        story.applicant("object")
        story.takes("superior", "overturn")
        assert story.case.facts["keep_until"] is None
