"""Papers: what an applicant tells online is announced, and the receipt comes when the office has them."""

import pytest

from casework.rules.grammar import Workflow
from casework.rules.move import Move
from casework.rules.papers import ANNOUNCED
from casework.rules.refusals import Invalid, NotMet, NotYours
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP_AID
from casework.workflows.legal_aid import WORKFLOW as LEGAL_AID
from tests.story import Story

PAPER = {"name": "低收入声明", "copies": 2}
OTHER = {"name": "租房合同", "copies": 1}


@pytest.fixture(params=[LEGAL_AID, HARDSHIP_AID], ids=lambda one: one.key)
def workflow(request: pytest.FixtureRequest) -> Workflow:
    """Each programme."""
    found: Workflow = request.param
    return found


def asked(workflow: Workflow, who: str = "caseworker") -> Story:
    """Papers are asked for in a case that was opened by somebody."""
    story = Story(workflow=workflow)
    story.takes(who, "submit", papers=[{"name": "身份证复印件", "copies": 1}])
    story.caseworker("ask_for_papers", papers=["低收入声明", "租房合同"])
    return story


def sent(move: Move, story: Story) -> tuple[str, str]:
    """The one letter of a move: its name and its Chinese text."""
    [name] = move.letters
    return name, story.letters[name]["zh-CN"]["body"]


def test_at_the_counter_there_is_a_receipt_at_once(workflow: Workflow) -> None:
    story = Story(workflow=workflow)
    name, body = sent(story.caseworker("submit", papers=[PAPER]), story)
    assert name == "receipt"
    assert "申请（案号" in body
    assert "补充" not in body
    story.caseworker("ask_for_papers", papers=["租房合同"])
    name, body = sent(story.caseworker("supply_papers", papers=[OTHER]), story)
    assert name == "receipt"
    assert f"您补充的下列材料已收到（案号 {story.case.number}" in body
    assert "租房合同 × 1" in body
    assert "further papers" in story.letters["receipt"]["en"]["body"]
    assert story.case.facts["papers"] == [PAPER, OTHER]
    assert ANNOUNCED not in story.case.facts


def test_online_the_request_is_received_and_its_papers_are_announced(workflow: Workflow) -> None:
    story = Story(workflow=workflow)
    name, body = sent(story.applicant("submit", papers=[PAPER]), story)
    assert name == "announced"
    assert "已收到。" in body
    assert "收到后另行出具接收凭证：\n\n1. 低收入声明 × 2" in body
    assert "when they are here:\n\n1. 低收入声明 × 2" in story.letters["announced"]["en"]["body"]
    assert (story.case.facts["papers"], story.case.facts[ANNOUNCED]) == ([], [PAPER])


def test_an_online_request_without_papers_asks_for_none(workflow: Workflow) -> None:
    story = Story(workflow=workflow)
    _, body = sent(story.applicant("submit", papers=None), story)
    assert "接收凭证" not in body
    assert not story.offered("caseworker")["confirm_papers"].allowed


def test_what_is_announced_in_time_is_in_time_and_is_received_when_the_office_has_it(workflow: Workflow) -> None:
    story = asked(workflow)
    last = story.clock("papers").due
    assert last is not None
    story.wait_until(f"{last.on} 23:30")
    name, body = sent(story.applicant("supply_papers", papers=[PAPER, OTHER]), story)
    assert name == "announced"
    assert "已收到您的补充说明" in body
    assert (story.case.state, story.clock("papers").status) == ("under_review", "met")
    assert story.case.facts["papers"] == [{"name": "身份证复印件", "copies": 1}]
    story.days_pass(5)
    name, body = sent(story.caseworker("confirm_papers", papers=[PAPER], on=str(last.on)), story)
    assert name == "receipt"
    assert f"您提交的下列材料已于 {last.on} 收到" in body
    assert "租房合同" not in body
    assert (story.case.facts["papers"][-1], story.case.facts[ANNOUNCED]) == (PAPER, [OTHER])
    assert story.case.state == "under_review"
    story.caseworker("confirm_papers")
    assert (story.case.facts["papers"][-1], story.case.facts[ANNOUNCED]) == (OTHER, [])
    assert isinstance(story.refused("caseworker", "confirm_papers", papers=[OTHER]), NotMet)


def test_what_was_announced_and_never_came_is_asked_for_by_a_supervisor(workflow: Workflow) -> None:
    story = asked(workflow)
    story.applicant("supply_papers", papers=[PAPER])
    assert isinstance(story.refused("caseworker", "ask_for_papers", papers=["低收入声明"]), NotMet)
    story.supervisor("ask_for_papers", papers=["低收入声明"], reason="材料一直未收到")
    assert (story.case.state, story.clock("papers").generation) == ("awaiting_papers", 2)


def test_papers_that_come_over_the_counter_are_no_longer_announced(workflow: Workflow) -> None:
    story = asked(workflow, "applicant")
    assert story.case.facts[ANNOUNCED] == [{"name": "身份证复印件", "copies": 1}]
    story.caseworker("supply_papers", papers=[{"name": " 身份证复印件", "copies": 2}, PAPER])
    assert (len(story.case.facts["papers"]), story.case.facts[ANNOUNCED]) == (2, [])


def test_only_staff_confirm_and_on_a_day_that_can_be(workflow: Workflow) -> None:
    story = asked(workflow, "applicant")
    assert isinstance(story.refused("applicant", "confirm_papers"), NotYours)
    assert isinstance(story.refused("caseworker", "confirm_papers", on="2026-02-27"), NotMet)
    assert isinstance(story.refused("caseworker", "confirm_papers", on="2026-03-03"), Invalid)
    assert isinstance(story.refused("caseworker", "confirm_papers", papers=[]), Invalid)


def test_nobody_announces_without_end(workflow: Workflow) -> None:
    story = asked(workflow, "applicant")
    many = [{"name": f"材料{number}", "copies": 1} for number in range(100)]
    assert isinstance(story.refused("applicant", "supply_papers", papers=many), NotMet)
    story.applicant("supply_papers", papers=many[:99])
    assert len(story.case.facts[ANNOUNCED]) == 100
