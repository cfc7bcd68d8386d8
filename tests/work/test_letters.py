"""What stands in every letter, whatever it says."""

from typing import Any

import pytest

from casework.rules.grammar import Workflow
from casework.work import workflow_registry
from casework.work.letters import Sender
from tests.story import Story

REACHED = Sender("济南市总工会", "0531-55501234", "济南市示例路 1 号", "济南市总工会法律援助专用章")
LETTERS = [(workflow, letter) for workflow in workflow_registry.latest() for letter in workflow.letters]


class TestSender:
    """Where the office is reached stands in every letter, as far as it is known."""

    def test_a_letter_ends_with_where_to_ask_and_the_name_on_the_seal(self) -> None:
        story = Story()
        story.sender = REACHED
        letter = story.opened().letters["announced"]
        assert letter["zh-CN"]["body"].endswith(
            "联系地址：济南市示例路 1 号；联系电话：0531-55501234。\n\n济南市总工会法律援助专用章\n2026-03-02"
        )
        assert "Address: 济南市示例路 1 号; telephone: 0531-55501234." in letter["en"]["body"]

    @pytest.mark.parametrize(
        ("sender", "zh"),
        [
            (Sender("乳山市总工会"), "乳山市总工会"),
            (Sender("乳山市总工会", phone="0631-5550123"), "联系电话：0631-5550123。\n\n乳山市总工会"),
            (Sender("乳山市总工会", address="示例路 2 号"), "联系地址：示例路 2 号。\n\n乳山市总工会"),
        ],
    )
    def test_what_is_not_known_is_left_out(self, sender: Sender, zh: str) -> None:
        assert sender.told().zh == zh

    @pytest.mark.parametrize(("workflow", "letter"), LETTERS, ids=[f"{w.key}-{one.name}" for w, one in LETTERS])
    def test_it_stands_in_each(self, workflow: Any, letter: Any) -> None:
        for body in (letter.body.zh, letter.body.en):
            assert body.endswith("\n\n{office}\n{date}")


@pytest.mark.parametrize("workflow", workflow_registry.latest(), ids=lambda one: one.key)
class TestExplanation:
    """What the office explains beside the papers for which it asks reaches the applicant."""

    def test_it_stands_in_the_notice(self, workflow: Workflow) -> None:
        story = Story(workflow=workflow).opened()
        story.caseworker("ask_for_papers", papers=["一份示例材料"], explanation="请到 {窗口} 办理。")
        letter = story.letters["papers_needed"]
        assert "1. 一份示例材料\n\n说明：请到 {窗口} 办理。\n\n请" in letter["zh-CN"]["body"]
        assert "Explanation: 请到 {窗口} 办理。" in letter["en"]["body"]

    def test_without_one_nothing_is_said_of_it(self, workflow: Workflow) -> None:
        story = Story(workflow=workflow).opened()
        story.caseworker("ask_for_papers", papers=["一份示例材料"], explanation=None)
        assert "说明：" not in story.letters["papers_needed"]["zh-CN"]["body"]


@pytest.mark.parametrize("workflow", workflow_registry.latest(), ids=lambda one: str(one.key))
def test_the_safe_way_to_be_reached_is_sealed_and_stands_in_no_letter(workflow: Workflow) -> None:
    story = Story(workflow=workflow).opened(applicant={"safe_contact": "中午致电单位，勿打家中电话"})
    assert story.sealed["applicant.safe_contact"] == "中午致电单位，勿打家中电话"
    assert "勿打家中电话" not in str((story.case.facts, story.events, story.letters))
