"""Who got legal aid by deceit pays its costs: demanded after the termination, and given back once that falls."""

import pytest

from casework.forms.repayment import owed, owed_to_person
from casework.rules.refusals import NotMet, Refusal
from tests.story import Story

ENGAGED = (
    ("caseworker", "accept"),
    ("supervisor", "grant"),
    ("caseworker", "assign"),
    ("lawyer", "engage"),
)


def terminated(ground: str = "deceit") -> Story:
    """Aid that was ended after a lawyer had engaged."""
    story = Story().opened().along(ENGAGED)
    story.supervisor("terminate", ground=ground)
    return story


def demanded() -> Story:
    """The same with 1,200 yuan demanded."""
    story = terminated()
    story.supervisor("demand_repayment", amount="1200.00", reasons="补贴 1200 元")
    return story


def gone_back() -> Story:
    """A demand that was served, paid and lifted, and whose money has gone back."""
    story = demanded()
    story.caseworker("serve_demand")
    story.takes("colleague", "record_repayment")
    story.takes("chief", "lift_repayment")
    story.caseworker("give_back", paid_on=story.today.isoformat())
    return story


def told(story: Story, who: str, name: str, **given: str | None) -> Refusal:
    """A refusal whose sentence is there in both languages."""
    refusal = story.refused(who, name, **given)
    assert refusal.text.zh.strip()
    assert refusal.text.en.strip()
    return refusal


def test_the_costs_are_demanded_in_a_letter_with_its_time() -> None:
    story = demanded()
    due = story.clock("repayment").due
    assert due is not None
    assert (story.today.isoformat(), due.on.isoformat()) == ("2026-03-02", "2026-04-01")
    letter = story.letters["costs_demand"]["zh-CN"]["body"]
    for said in (
        "参照《中华人民共和国法律援助法》第六十四条",
        "1,200.00 元",
        "补贴 1200 元",
        due.told.zh,
        "上一级工会",
    ):
        assert said in letter


@pytest.mark.parametrize("ground", ["false_evidence", "no_longer_hard_up", "recipient_asks"])
def test_nobody_else_pays_for_aid(ground: str) -> None:
    assert isinstance(told(terminated(ground), "supervisor", "demand_repayment"), NotMet)


def test_the_first_demand_says_how_much() -> None:
    story = terminated()
    assert "amount" in told(story, "supervisor", "demand_repayment", amount=None).text.en
    story.supervisor("demand_repayment", amount="1200.00")
    assert "amount" in told(story, "supervisor", "demand_repayment", amount="1300.00").text.en
    story.supervisor("demand_repayment")
    assert owed(story.case.facts) == 1200


def test_what_comes_is_recorded_and_ends_the_time_when_all_has_come() -> None:
    story = demanded()
    story.takes("colleague", "record_repayment", amount="200.00")
    assert "1000.00" in told(story, "caseworker", "record_repayment", amount="1000.01").text.zh
    story.caseworker("record_repayment")
    assert story.clock("repayment").status == "met"
    assert isinstance(told(story, "caseworker", "record_repayment"), NotMet)


def test_the_time_runs_from_the_day_on_which_the_demand_came() -> None:
    story = demanded()
    story.days_pass(9)
    story.caseworker("serve_demand")
    due = story.clock("repayment").due
    assert due is not None
    assert due.on.isoformat() == "2026-04-10"
    assert isinstance(told(terminated(), "caseworker", "serve_demand"), NotMet)


def test_it_goes_on_while_the_file_is_put_in_order() -> None:
    story = terminated()
    story.lawyer("hand_in_file")
    story.supervisor("demand_repayment", amount="1200.00")
    story.caseworker("accept_file")
    assert story.clock("repayment").status == "running"


def test_after_a_review_that_lets_it_stand_the_time_runs_anew() -> None:
    story = demanded()
    story.applicant("object")
    assert story.clock("repayment").status == "cancelled"
    story.days_pass(5)
    story.takes("superior", "uphold")
    run = story.clock("repayment")
    assert (run.status, run.started_at.date()) == ("running", story.today)


def test_with_the_termination_falls_what_it_asked_back_and_what_came_goes_back() -> None:
    story = demanded()
    story.takes("colleague", "record_repayment", amount="200.00")
    story.applicant("object")
    story.takes("superior", "overturn")
    assert (owed(story.case.facts), owed_to_person(story.case.facts)) == (0, 200)
    assert story.clock("giving_back").status == "running"
    story.caseworker("give_back", paid_on=story.today.isoformat())
    assert (owed_to_person(story.case.facts), story.clock("giving_back").status) == (0, "met")
    assert "200.00 元" in story.letters["costs_given_back"]["zh-CN"]["body"]
    assert isinstance(told(story, "caseworker", "give_back"), NotMet)


def test_where_nothing_was_asked_back_nothing_is_left_of_it() -> None:
    story = terminated()
    story.applicant("object")
    story.takes("superior", "overturn")
    assert "repayment" not in story.case.facts


def test_it_is_lifted_by_another() -> None:
    story = demanded()
    assert isinstance(told(story, "supervisor", "lift_repayment"), NotMet)
    story.takes("chief", "lift_repayment", reasons="费用计算有误")
    assert (owed(story.case.facts), story.clock("repayment").status) == (0, "cancelled")
    assert "费用计算有误" in story.letters["costs_lifted"]["zh-CN"]["body"]
    story.supervisor("demand_repayment", amount="1000.00")
    assert owed(story.case.facts) == 1000
