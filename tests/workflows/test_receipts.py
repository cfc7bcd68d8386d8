"""What a receipt says: the request and its papers first, and later only the papers that were added."""

import pytest

from casework.rules.grammar import Workflow
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP_AID
from casework.workflows.legal_aid import WORKFLOW as LEGAL_AID
from tests.story import Story


@pytest.mark.parametrize("workflow", [LEGAL_AID, HARDSHIP_AID], ids=lambda one: one.key)
def test_papers_that_were_added_are_told_as_such(workflow: Workflow) -> None:
    story = Story(workflow=workflow).opened()
    first = story.letters["receipt"]
    assert "申请（案号" in first["zh-CN"]["body"]
    assert "补充" not in first["zh-CN"]["body"]
    story.caseworker("ask_for_papers", papers=["低收入声明"])
    story.caseworker("supply_papers", papers=[{"name": "低收入声明", "copies": 2}])
    again = story.letters["receipt"]
    assert f"您补充的下列材料已收到（案号 {story.case.number}" in again["zh-CN"]["body"]
    assert "低收入声明 × 2" in again["zh-CN"]["body"]
    assert "further papers" in again["en"]["body"]
