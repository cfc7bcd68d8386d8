"""What letters promise holds: papers that were handed in need not come again, in this case nor in a later one."""

import pytest

from casework.rules.context import EarlierPaper
from casework.rules.grammar import Workflow
from casework.rules.paper_names import OTHER_PAPER
from casework.rules.refusals import NotMet
from casework.work import workflow_registry
from tests.story import Story

WORKFLOWS = [workflow_registry.newest(key) for key in ("legal_aid", "hardship_aid")]
BEFORE = (EarlierPaper("工作证（２０２５）", 2, "LA-2025-000009"), EarlierPaper("离婚证", 1, "LA-2025-000010"))


@pytest.fixture(params=WORKFLOWS, ids=lambda one: str(one.key))
def story(request: pytest.FixtureRequest) -> Story:
    """Somebody who has handed in papers for another case asks again."""
    workflow: Workflow = request.param
    story = Story("2026-03-02 09:00", workflow=workflow)
    story.papers_before = BEFORE
    return story


def test_what_was_given_for_an_earlier_case_is_not_asked_for_again(story: Story) -> None:
    story.opened()
    refusal = story.refused("caseworker", "ask_for_papers", papers=["工作证(2025)", "离婚证", "诊断证明"])
    assert isinstance(refusal, NotMet)
    assert "已经提交过：工作证(2025)（案件 LA-2025-000009）、离婚证（案件 LA-2025-000010）。" in refusal.text.zh
    assert "工作证(2025) (case LA-2025-000009), 离婚证 (case LA-2025-000010)" in refusal.text.en
    story.caseworker("ask_for_papers", papers=["2026年2月工资条"])


def test_the_receipt_lists_what_need_not_come_again(story: Story) -> None:
    story.caseworker("submit")
    zh, en = (story.letters["receipt"][language]["body"] for language in ("zh-CN", "en"))
    zh_rows = "1. 工作证（２０２５） × 2（案号 LA-2025-000009）\n2. 离婚证 × 1（案号 LA-2025-000010）\n"
    en_rows = "1. 工作证（２０２５） × 2 (case LA-2025-000009)\n2. 离婚证 × 1 (case LA-2025-000010)\n"
    assert f"您此前已提交下列材料，无需再次提交：\n\n{zh_rows}" in zh
    assert f"need not bring again:\n\n{en_rows}" in en
    story.caseworker("ask_for_papers")
    story.caseworker("supply_papers")
    assert "离婚证" not in story.letters["receipt"]["zh-CN"]["body"]


def test_who_has_no_earlier_case_reads_nothing_of_it(story: Story) -> None:
    story.papers_before = ()
    story.caseworker("submit")
    assert "此前已提交" not in story.letters["receipt"]["zh-CN"]["body"]


def test_what_was_supplied_on_the_way_is_held_too(story: Story) -> None:
    story.opened()
    story.caseworker("ask_for_papers", papers=["诊断证明"])
    story.caseworker("supply_papers", papers=[{"name": "诊断证明", "copies": 1}])
    assert {"name": OTHER_PAPER, "copies": 1} in story.case.facts["papers"]
    assert isinstance(story.refused("supervisor", "ask_for_papers", papers=["诊断证明"], reason="代办"), NotMet)
