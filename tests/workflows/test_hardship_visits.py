"""The half-yearly visit and the watch are met by a visit at the home; a call or a talk at the office is a contact."""

import pytest

from casework.rules.refusals import NotMet
from casework.workflows.hardship_aid.dossier_steps import CONTACTS
from tests.workflows.test_hardship_aid import left, on_file, told

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
