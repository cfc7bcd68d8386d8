"""The papers on the lists of the programmes: by step, by fact, and none of what an exchange of data tells."""

from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from casework.rules.grammar import BadWorkflow
from casework.rules.listed_papers import ListedPaper
from casework.rules.text import Text
from casework.work import paper_list, workflow_registry
from casework.workflows.hardship_aid.checkable import check_for

LEGAL_AID = workflow_registry.newest("legal_aid")
HARDSHIP_AID = workflow_registry.newest("hardship_aid")


class File(NamedTuple):
    """A file as its row tells of it."""

    paper: str
    removed_at: Any = None
    added_as: str = "applicant"
    id: UUID = UUID(int=1)


def of_draft(workflow: Any, facts: dict[str, Any], *files: File) -> dict[str, str]:
    return {one.code: one.standing for one in paper_list.of_draft(workflow, facts, files)}


def test_a_worker_is_asked_for_what_the_matter_is_about() -> None:
    always = {"identity": "missing", "means": "optional", "contract": "optional", "other": "optional"}
    assert of_draft(LEGAL_AID, {}) == always
    assert of_draft(LEGAL_AID, {"matter": "wages"}) == {**always, "wages": "optional", "iou": "optional"}
    assert of_draft(LEGAL_AID, {"matter": "work_injury"}) == {**always, "injury": "optional"}


def test_a_household_is_asked_for_nothing_that_an_exchange_of_data_tells() -> None:
    asked = of_draft(HARDSHIP_AID, {})
    assert asked == {
        "identity": "missing", "income": "optional", "medical": "optional", "school": "optional", "loss": "optional",
        "other": "optional",
    }  # fmt: skip
    assert [paper.title.zh for paper in HARDSHIP_AID.papers if check_for(paper.title.zh)] == []


def test_what_came_as_a_file_or_on_paper_is_here_and_asked_for_no_more() -> None:
    assert of_draft(LEGAL_AID, {}, File("identity"))["identity"] == "here"
    assert of_draft(LEGAL_AID, {"papers": [{"name": "身份证复印件", "copies": 1}]})["identity"] == "here"
    assert of_draft(LEGAL_AID, {}, File("wages"))["other"] == "here", "what is on the list no more is not lost"


@pytest.mark.parametrize(
    "paper",
    [
        ListedPaper("identity", Text("证", "card"), ("submit",)),
        ListedPaper("other", Text("证", "card"), ("submit",)),
        ListedPaper("asked-1", Text("证", "card"), ("submit",)),
        ListedPaper("new", Text("证", "card"), ("no_such_step",)),
    ],
)
def test_a_list_that_cannot_be_followed_is_refused(paper: ListedPaper) -> None:
    with pytest.raises(BadWorkflow):
        replace(LEGAL_AID, papers=(*LEGAL_AID.papers, paper))
