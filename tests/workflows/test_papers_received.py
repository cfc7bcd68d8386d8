"""送达: the time to bring what is missing runs from the receipt of the notice, in both programmes."""

import pytest

from casework.rules.grammar import Workflow
from casework.rules.refusals import NotMet
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP
from casework.workflows.legal_aid import WORKFLOW as LEGAL_AID
from tests.story import Story

pytestmark = pytest.mark.parametrize("workflow", [LEGAL_AID, HARDSHIP], ids=["legal_aid", "hardship_aid"])


def asked(workflow: Workflow) -> Story:
    """A request whose missing papers were asked for on 7 September 2026."""
    story = Story("2026-09-07 09:00", workflow=workflow).opened()
    story.caseworker("ask_for_papers")
    return story


def last_day(story: Story) -> str:
    """The last day to bring the papers."""
    due = story.clock("papers").due
    assert due is not None
    return due.on.isoformat()


def test_it_begins_anew_on_the_day_on_which_the_notice_came(workflow: Workflow) -> None:
    story = asked(workflow)
    sent = last_day(story)
    story.days_pass(4)
    story.caseworker("record_service", on="2026-09-10")
    runs = [(run.started_at.date().isoformat(), run.status) for run in story.case.clocks if run.name == "papers"]
    assert runs == [("2026-09-07", "cancelled"), ("2026-09-10", "running")]
    assert last_day(story) > sent
    assert story.case.state == "awaiting_papers"


def test_the_applicant_says_once_when_it_came(workflow: Workflow) -> None:
    story = asked(workflow)
    story.days_pass(2)
    story.applicant("tell_receipt")
    told = last_day(story)
    story.days_pass(2)
    assert isinstance(story.refused("applicant", "tell_receipt"), NotMet)
    assert last_day(story) == told


def test_it_runs_from_the_day_that_the_applicant_tells_and_not_from_the_telling(workflow: Workflow) -> None:
    story = asked(workflow)
    story.days_pass(5)
    story.applicant("tell_receipt", on="2026-09-09")
    assert story.clock("papers").started_at.date().isoformat() == "2026-09-09"


def test_once_is_once_in_the_same_minute_too(workflow: Workflow) -> None:
    story = asked(workflow)
    story.applicant("tell_receipt")
    assert isinstance(story.refused("applicant", "tell_receipt"), NotMet)


def test_of_a_second_notice_the_applicant_says_again_when_it_came(workflow: Workflow) -> None:
    story = asked(workflow)
    story.days_pass(2)
    story.applicant("tell_receipt")
    story.caseworker("supply_papers")
    story.days_pass(1)
    story.supervisor("ask_for_papers", papers=["房屋租赁合同"], reason="还缺一份")
    story.days_pass(2)
    story.applicant("tell_receipt")
    assert story.clock("papers").started_at.date() == story.today


def test_what_the_office_proves_stands_before_what_the_applicant_says(workflow: Workflow) -> None:
    story = asked(workflow)
    story.days_pass(4)
    story.caseworker("record_service", on="2026-09-09")
    proven = last_day(story)
    assert isinstance(story.refused("applicant", "tell_receipt"), NotMet)
    assert last_day(story) == proven


def test_a_notice_that_came_at_once_moves_nothing(workflow: Workflow) -> None:
    story = asked(workflow)
    sent = last_day(story)
    story.caseworker("record_service")
    assert [run.status for run in story.case.clocks if run.name == "papers"] == ["running"]
    assert last_day(story) == sent


def test_it_did_not_come_before_it_was_sent(workflow: Workflow) -> None:
    story = asked(workflow)
    story.days_pass(4)
    for who, step in (("caseworker", "record_service"), ("applicant", "tell_receipt")):
        assert isinstance(story.refused(who, step, on="2026-09-06"), NotMet)
