"""The half-yearly visit and the watch are met by a visit at the home; a call or a talk at the office is a contact."""

from datetime import date, timedelta

import pytest

from casework.rules.clockwork import wake_at
from casework.rules.refusals import NotMet
from casework.workflows.hardship_aid import WORKFLOW
from casework.workflows.hardship_aid.dossier_steps import CONTACTS
from tests.story import Story
from tests.workflows.test_hardship_aid import last_day, leaving, left, on_file, told

NO_VISITS = sorted(CONTACTS.keys() - {"visit"})


@pytest.mark.parametrize("how", NO_VISITS)
def test_what_is_no_visit_leaves_the_half_year_as_it_runs(how: str) -> None:
    story = on_file()
    story.caseworker("name_contact")
    due = story.clock("contact").due
    story.days_pass(100)
    story.caseworker("record_contact", how=how)
    assert (story.clock("contact").generation, story.clock("contact").due) == (1, due)
    assert story.case.facts["last_contact_on"] == story.today.isoformat()
    assert "last_visit_on" not in story.case.facts
    story.days_pass(1)
    story.caseworker("record_contact", how="visit")
    assert [run.status for run in story.case.clocks if run.name == "contact"] == ["met", "running"]
    assert story.case.facts["last_visit_on"] == story.today.isoformat()


@pytest.mark.parametrize("how", NO_VISITS)
def test_what_is_no_visit_does_not_close_the_watch(how: str) -> None:
    story = left()
    story.publish(2027)
    story.caseworker("name_contact")
    story.caseworker("record_contact", how=how)
    due = story.clock("watch").due
    assert due is not None
    story.now = due.at
    refusal = told(story, "caseworker", "close_watch")
    assert isinstance(refusal, NotMet)
    assert "走访" in refusal.text.zh
    story.caseworker("record_contact", how="visit")
    story.caseworker("record_contact", how=how)
    story.caseworker("close_watch")
    assert story.case.outcome == "exited"


def test_a_visit_before_the_exit_is_none_of_the_watch_whenever_it_is_recorded() -> None:
    story = left()
    story.publish(2027)
    gone = story.today
    story.caseworker("name_contact")
    story.days_pass(1)
    story.caseworker("record_contact", on=story.case.facts["on_file_since"])
    due = story.clock("watch").due
    assert due is not None
    story.now = due.at
    assert isinstance(told(story, "caseworker", "close_watch"), NotMet)
    story.caseworker("record_contact", on=gone.isoformat())
    story.caseworker("close_watch")


def visited_late() -> Story:
    """A household on file since 14 September 2026, visited on 1 October, which is written down on 30 June."""
    story = on_file()
    story.publish(2027)
    story.caseworker("name_contact")
    story.wait_until("2027-06-30 10:00")
    story.caseworker("record_contact", on="2026-10-01")
    return story


def half_years(story: Story) -> list[tuple[str, str, str]]:
    """The half-years: the day from which each runs, its last day and how it ended."""
    runs = [run for run in story.case.clocks if run.name == "contact"]
    return [(run.started_at.date().isoformat(), str(run.due and run.due.on), run.status) for run in runs]


def test_the_half_year_runs_from_the_visit_and_not_from_its_entry() -> None:
    story = visited_late()
    first, second = half_years(story)
    assert (first[2], second) == ("met", ("2026-10-01", "2027-04-01", "running"))
    run = story.clock("contact")
    assert run.due is not None
    assert run.due.passed(story.now)
    wake = wake_at(WORKFLOW.by_clock["contact"], run, story.calendar)
    assert wake is not None
    assert wake < story.now


def test_a_visit_after_the_half_year_was_late_on_its_own_day() -> None:
    story = on_file()
    story.publish(2027)
    story.caseworker("name_contact")
    story.wait_until("2027-06-30 10:00")
    late = date.fromisoformat(last_day(story, "contact")) + timedelta(days=1)
    story.caseworker("record_contact", on=late.isoformat())
    first, second = half_years(story)
    assert (first[2], second[0], second[2]) == ("breached", late.isoformat(), "running")


@pytest.mark.parametrize("on", ["2026-09-30", "2026-10-01"])
def test_an_older_visit_that_is_written_down_later_moves_nothing(on: str) -> None:
    story = visited_late()
    before = half_years(story)
    story.caseworker("record_contact", on=on)
    assert half_years(story) == before
    assert story.case.facts["last_visit_on"] == "2026-10-01"


def test_a_visit_before_the_file_was_taken_up_again_is_not_that_of_its_new_half_year() -> None:
    story = leaving("cancelled")
    story.publish(2027)
    story.caseworker("name_contact")
    visited = story.today.isoformat()
    for who, step in (("caseworker", "submit_cancellation"), ("supervisor", "cancel"), ("applicant", "object")):
        story.takes(who, step)
    story.days_pass(200)
    story.takes("superior", "overturn")
    back = half_years(story)
    assert back[-1][0] == story.today.isoformat()
    story.caseworker("record_contact", on=visited)
    assert half_years(story) == back
