"""After deceit aid is paid back: the amount, the demand with its time, and what has come, to the fund.

From every state in which a case with paid aid may have ended, after the person was heard; and what falls goes back.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from casework.forms.repayment import owed, owed_to_person
from casework.rules.context import MoveContext
from casework.rules.fund_operations import Fund, Repay, Reserve
from casework.rules.refusals import NotMet, NotNow
from casework.workflows.hardship_aid.aid import granted
from casework.workflows.hardship_aid.repayment import funds_give_it_back
from tests.story import Story
from tests.workflows.test_hardship_aid import (
    LIVING,
    NOT_POOR,
    leaving,
    left,
    on_file,
    pay,
    prepared,
    the_notice_stands,
    told,
)


def cancelled(**given: str | None) -> Story:
    """A dossier that was cancelled for untruth after 5,000 yuan were paid."""
    story = leaving("cancelled")
    story.caseworker("submit_cancellation")
    story.supervisor("cancel", **given)
    return story


def test_a_cancellation_says_how_much_is_to_be_paid_back_and_no_more_than_was_paid() -> None:
    story = leaving("cancelled")
    story.caseworker("submit_cancellation")
    assert "5000.00" in told(story, "supervisor", "cancel", repay="5000.01").text.zh
    story.supervisor("cancel", repay="3000.00")
    assert story.case.facts["repayment"]["amount"] == "3000.00"


def test_it_is_demanded_in_a_letter_with_thirty_days() -> None:
    story = cancelled(repay="3000.00")
    story.supervisor("demand_repayment", reasons="隐瞒经营收入")
    due = story.clock("repayment").due
    assert due is not None
    assert (story.today.isoformat(), due.on.isoformat()) == ("2026-09-18", "2026-10-19")
    letter = story.letters["repayment_demand"]["zh-CN"]["body"]
    for said in ("退还帮扶款 3,000.00 元", "隐瞒经营收入", due.told.zh, "第六十一条"):
        assert said in letter


def test_a_cent_that_a_cancellation_asks_back_is_demanded_without_another_hearing() -> None:
    story = cancelled(repay="0.01")
    story.supervisor("demand_repayment")
    assert "退还帮扶款 0.01 元" in story.letters["repayment_demand"]["zh-CN"]["body"]


def test_what_comes_back_goes_to_the_fund_and_ends_the_time_when_all_has_come() -> None:
    story = cancelled(repay="3000.00")
    story.supervisor("demand_repayment")
    [line] = story.case.facts["aid"]
    move = story.takes("colleague", "record_repayment", amount="1000.00", reason="回单1号")
    assert list(move.claims) == [Repay(UUID(line["line"]), Decimal("1000.00"), "回单1号")]
    assert story.clock("repayment").status == "running"
    assert "2000.00" in told(story, "caseworker", "record_repayment", amount="2000.01").text.zh
    story.caseworker("record_repayment", amount="2000.00")
    assert story.clock("repayment").status == "met"
    assert isinstance(told(story, "caseworker", "record_repayment"), NotMet)
    assert isinstance(told(story, "supervisor", "demand_repayment"), NotMet)


def test_it_is_about_a_payment_that_was_made_and_not_older() -> None:
    story = cancelled()
    nothing = "00000000-0000-4000-8000-000000000000"
    assert "没有这笔" in told(story, "caseworker", "record_repayment", line=nothing).text.zh
    assert "早于" in told(story, "caseworker", "record_repayment", on="2026-09-14").text.zh


def test_where_nothing_is_asked_back_nothing_is_demanded() -> None:
    story = cancelled(repay=None)
    assert isinstance(told(story, "supervisor", "demand_repayment"), NotMet)


def test_the_decision_says_how_much_is_to_be_paid_back() -> None:
    assert "应退还已领取的帮扶款 3,000.00 元" in cancelled(repay="3000.00").letters["cancelled"]["zh-CN"]["body"]
    assert "退还" not in cancelled(repay=None).letters["cancelled"]["zh-CN"]["body"]


def test_after_an_objection_the_time_to_pay_runs_from_the_review() -> None:
    story = cancelled(repay="3000.00")
    story.supervisor("demand_repayment")
    story.applicant("object")
    story.days_pass(45)
    story.takes("superior", "uphold")
    run, due = story.clock("repayment"), story.clock("repayment").due
    assert due is not None
    assert (run.status, run.started_at.date(), due.on > story.today) == ("running", story.today, True)


def test_what_was_paid_back_is_owed_to_the_household_once_the_cancellation_falls() -> None:
    story = cancelled(repay="3000.00")
    story.supervisor("demand_repayment")
    story.takes("colleague", "record_repayment", amount="1000.00")
    story.applicant("object")
    story.takes("superior", "overturn")
    facts = story.case.facts
    assert (owed_to_person(facts), [one["amount"] for one in facts["repayment"]["received"]]) == (1000, ["1000.00"])


def test_who_is_put_back_on_file_owes_nothing() -> None:
    story = cancelled()
    story.applicant("object")
    story.takes("superior", "overturn")
    assert story.case.facts["repayment"] is None
    assert isinstance(told(story, "caseworker", "record_repayment"), NotMet)


def closed_after_the_watch() -> Story:
    """A household that left assistance, whose watch is over."""
    story = left()
    story.publish(2027)
    story.caseworker("name_contact")
    due = story.clock("watch").due
    assert due is not None
    story.now = due.at
    story.caseworker("record_contact")
    story.caseworker("close_watch")
    return story


def struck_off() -> Story:
    """A household whose file was struck off."""
    story = on_file()
    pay(story)
    story.supervisor("strike_off")
    return story


def helped_once() -> Story:
    """Sudden aid without a dossier, paid."""
    story = prepared(household=NOT_POOR)
    aid = [{**LIVING, "kind": "temporary", "amount": "500.00"}]
    story.caseworker("propose", category=None, without_dossier=True, ground=None, aid=aid)
    story.caseworker("publish")
    the_notice_stands(story).supervisor("help_once")
    pay(story)
    return story


def helped_at_once(story: Story) -> Story:
    """The same household with emergency aid paid in advance."""
    story.supervisor("help_at_once", pay_by="cash")
    pay(story)
    return story


def refused() -> Story:
    """A request that was refused as untrue after emergency aid."""
    story = helped_at_once(prepared())
    story.caseworker("propose_refusal")
    story.supervisor("refuse")
    return story


def withdrawn() -> Story:
    """A request that was taken back after emergency aid."""
    story = helped_at_once(prepared())
    story.applicant("withdraw")
    return story


ENDED = (left, closed_after_the_watch, struck_off, helped_once, refused, withdrawn)


def heard(story: Story) -> Story:
    """The same after the person was heard about a repayment."""
    story.caseworker("propose_cut", what="demand_repayment", line=None)
    story.caseworker("record_cut_hearing")
    return story


@pytest.mark.parametrize("ended", ENDED)
def test_from_every_end_aid_that_was_got_by_deceit_is_demanded_back_once_the_person_was_heard(
    ended: Callable[[], Story],
) -> None:
    story = ended()
    state = story.case.state
    assert "propose_cut" in told(story, "supervisor", "demand_repayment").text.zh
    heard(story)
    story.supervisor("demand_repayment", reasons="虚报家庭收入")
    letter = story.letters["repayment_demand"]["zh-CN"]["body"]
    assert ("以虚报、隐瞒等手段取得" in letter, "经听取您的意见" in letter, "虚报家庭收入" in letter) == (
        True,
        True,
        True,
    )
    assert "被取消" not in letter
    assert (story.case.state, story.clock("repayment").status, story.case.facts["cuts"]) == (state, "running", [])
    assert [
        claim.amount for claim in story.takes("colleague", "record_repayment").claims if isinstance(claim, Repay)
    ] == [Decimal(story.case.facts["repayment"]["amount"])]
    assert (owed(story.case.facts), story.clock("repayment").status) == (0, "met")


def test_the_demand_says_how_much_once_and_no_more_than_was_paid() -> None:
    story = heard(struck_off())
    assert "amount" in told(story, "supervisor", "demand_repayment", amount=None).text.zh
    assert "5000.00" in told(story, "supervisor", "demand_repayment", amount="5000.01").text.zh
    story.supervisor("demand_repayment", amount="1200.00")
    assert owed(story.case.facts) == 1200
    assert "已经决定" in told(story, "supervisor", "demand_repayment", amount="1300.00").text.zh
    story.supervisor("demand_repayment")
    assert "1,200.00 元" in story.letters["repayment_demand"]["zh-CN"]["body"]


def test_whoever_proposed_the_repayment_does_not_decide_on_it() -> None:
    story = struck_off()
    story.supervisor("propose_cut", what="demand_repayment", line=None, reason="代为通知")
    story.caseworker("record_cut_hearing")
    assert isinstance(told(story, "supervisor", "demand_repayment"), NotMet)
    story.takes("chief", "demand_repayment")


def test_nothing_is_demanded_back_where_nothing_was_paid_or_the_household_is_on_file() -> None:
    unpaid = prepared()
    unpaid.caseworker("propose_refusal")
    unpaid.supervisor("refuse")
    assert isinstance(told(unpaid, "supervisor", "demand_repayment"), NotMet)
    assert isinstance(told(unpaid, "caseworker", "propose_cut", what="demand_repayment"), NotMet)
    active = on_file()
    pay(active)
    assert "取消" in told(active, "caseworker", "propose_cut", what="demand_repayment", line=None).text.zh
    assert isinstance(told(active, "supervisor", "demand_repayment"), NotNow)


def test_the_time_to_pay_runs_from_the_day_on_which_the_demand_came() -> None:
    story = heard(struck_off())
    story.supervisor("demand_repayment")
    made = story.today
    assert isinstance(told(story, "caseworker", "serve_demand", on="2026-09-01"), NotMet)
    story.days_pass(9)
    story.caseworker("serve_demand")
    run = story.clock("repayment")
    assert run.due is not None
    assert (run.started_at.date(), (run.due.on - made).days >= 39) == (story.today, True)
    assert isinstance(told(cancelled(repay="3000.00"), "caseworker", "serve_demand"), NotMet)


def test_a_repayment_is_lifted_by_another_and_nothing_is_owed_then() -> None:
    story = heard(struck_off())
    story.supervisor("demand_repayment")
    assert isinstance(told(story, "supervisor", "lift_repayment"), NotMet)
    story.takes("chief", "lift_repayment", reasons="证据不足")
    assert (owed(story.case.facts), story.clock("repayment").status) == (0, "cancelled")
    letter = story.letters["repayment_lifted"]["zh-CN"]["body"]
    assert ("无需退还" in letter, "证据不足" in letter, "将返还" in letter) == (True, True, False)
    assert isinstance(told(story, "chief", "lift_repayment"), NotMet)


def lifted() -> Story:
    """A household that had paid 1,000 yuan back when the repayment was lifted."""
    story = heard(struck_off())
    story.supervisor("demand_repayment")
    story.takes("colleague", "record_repayment", amount="1000.00")
    story.takes("chief", "lift_repayment")
    return story


def test_what_was_paid_back_for_nothing_is_a_payment_to_the_household_again() -> None:
    story = lifted()
    assert "1,000.00 元将返还给您" in story.letters["repayment_lifted"]["zh-CN"]["body"]
    assert (story.clock("giving_back").status, story.clock("payment").status) == ("running", "met")
    [claim] = story.supervisor("give_back").claims
    assert isinstance(claim, Reserve)
    assert (claim.fund, claim.kind, claim.amount) == ("RELIEF", "restored", Decimal("1000.00"))
    assert (story.clock("giving_back").status, story.clock("payment").status) == ("met", "running")
    assert "1,000.00 元" in story.letters["given_back"]["zh-CN"]["body"]
    assert isinstance(told(story, "supervisor", "give_back"), NotMet)
    pay(story)
    assert [line["status"] for line in story.case.facts["aid"]] == ["paid", "paid"]


def test_money_that_went_back_may_be_demanded_again_in_full() -> None:
    story = lifted()
    story.supervisor("give_back")
    pay(story)
    heard(story)
    assert "5000.00" in told(story, "supervisor", "demand_repayment", amount="5000.01").text.zh
    story.supervisor("demand_repayment", amount="5000.00")
    story.takes("colleague", "record_repayment", amount="4000.00")
    story.takes("colleague", "record_repayment", line=story.case.facts["aid"][1]["line"], amount="1000.00")
    assert story.clock("repayment").status == "met"


def test_what_came_before_counts_for_a_second_demand_and_the_rest_goes_back() -> None:
    story = heard(lifted())
    story.supervisor("demand_repayment", amount="400.00")
    assert (owed(story.case.facts), owed_to_person(story.case.facts)) == (0, 600)
    [claim] = story.supervisor("give_back").claims
    assert isinstance(claim, Reserve)
    assert claim.amount == 600


def test_money_goes_back_only_from_a_fund_that_has_it_and_takes_no_place_of_aid() -> None:
    story = lifted()
    story.funds = {"RELIEF": Fund("RELIEF", "帮扶资金", Decimal("999.99"))}
    assert isinstance(told(story, "supervisor", "give_back"), NotMet)
    story.funds = {"RELIEF": Fund("RELIEF", "帮扶资金", Decimal("1000.00"))}
    story.supervisor("give_back")
    assert {
        one.kind for one in granted(MoveContext(story.case, story.actor("supervisor"), story.now, story.office))
    } == {"living"}


@pytest.mark.parametrize(
    ("left", "enough"),
    [
        ({"RELIEF": "1000.00", "SOLACE": "500.00"}, True),
        ({"RELIEF": "1000.00", "SOLACE": "499.99"}, False),
        ({"RELIEF": "999.99", "SOLACE": "500.00"}, False),
        ({"RELIEF": "1000.00"}, False),
    ],
)
def test_of_several_funds_each_has_what_it_gives_back(left: dict[str, str], enough: bool) -> None:
    story = lifted()
    story.funds = {code: Fund(code, code, Decimal(amount)) for code, amount in left.items()}
    came = [{"line": "1", "amount": "1000.00"}, {"line": "2", "amount": "500.00"}]
    facts = {
        "aid": [{"line": "1", "fund": "RELIEF"}, {"line": "2", "fund": "SOLACE"}],
        "repayment": {"amount": "0.00", "received": came},
    }
    case = replace(story.case, facts=facts)
    at = MoveContext(case, story.actor("supervisor"), story.now, story.office)
    assert funds_give_it_back.judge(at).holds is enough


def test_a_repayment_that_was_decided_by_itself_stands_where_the_exit_falls() -> None:
    story = heard(left())
    story.supervisor("demand_repayment")
    story.applicant("object")
    assert story.clock("repayment").status == "cancelled"
    story.takes("superior", "overturn")
    assert owed(story.case.facts) > 0
    assert story.clock("repayment").status == "running"
