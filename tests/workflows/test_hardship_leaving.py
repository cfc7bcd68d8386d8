"""Before a household leaves its income was above the line for months; afterwards its dossier is kept for years."""

import pytest

from casework.rules.refusals import NotMet
from casework.workflows.hardship_aid import WORKFLOW
from tests.story import Story
from tests.workflows.test_hardship_aid import PREPARED, leaving, left, on_file, pay, the_notice_stands, told


class TestMonthsAboveTheLine:
    """Six months in a row, where the place says so."""

    @pytest.mark.parametrize("since", [None, "2026-03-16", "2026-09-01"])
    def test_out_of_hardship_is_who_has_been_above_the_line_for_six_months(self, since: str | None) -> None:
        story = on_file()
        assert story.today.isoformat() == "2026-09-15"
        refusal = told(story, "caseworker", "propose_exit", kind="out_of_hardship", above_line_since=since)
        assert isinstance(refusal, NotMet)
        assert "连续 6 个月" in refusal.text.zh
        story.caseworker("propose_exit", kind="out_of_hardship", above_line_since="2026-03-15")

    @pytest.mark.parametrize("kind", ["social_assistance", "lost_contact", "cancelled"])
    def test_other_exits_ask_for_no_months(self, kind: str) -> None:
        on_file().caseworker("propose_exit", kind=kind, above_line_since=None)

    def test_where_no_row_holds_none_are_asked_for(self) -> None:
        story = Story("2026-09-07 09:00", workflow=WORKFLOW, policy={"months_above_line": "none"}).opened()
        story.along((*PREPARED, ("caseworker", "propose"), ("caseworker", "publish")))
        the_notice_stands(story)
        story.override("supervisor", "active")
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
