"""After the help: the file is handed in and verified, its subsidy is worked out and paid, and it is put away."""

from datetime import date
from typing import Any

import pytest

from casework.forms.field import MASK
from casework.rules.case import Phase
from casework.rules.context import PolicyRow
from casework.rules.people import Role
from casework.rules.refusals import Invalid, NotMet, NotNow, NotYours
from casework.rules.text import Text
from casework.workflows.legal_aid.closing import FILE_CLOCKS, FILE_STATES, IN_EVERY_FILE, SUBSIDY_STAGES
from tests.story import Story

HELP = (
    ("caseworker", "accept"),
    ("caseworker", "propose"),
    ("supervisor", "grant"),
    ("caseworker", "assign"),
    ("lawyer", "engage"),
    ("lawyer", "record_progress"),
    ("lawyer", "conclude"),
)
FILE = (
    ("lawyer", "hand_in_file"),
    ("caseworker", "accept_file"),
    ("supervisor", "approve_subsidy"),
    ("caseworker", "pay_subsidy"),
    ("caseworker", "archive"),
)
FOLLOW_UP = ("caseworker", "follow_up")
SOURCE = Text("示例标准", "an invented rate")


def rate(stage: str, value: str, since: str = "2023-01-01", number: int = 900) -> PolicyRow:
    return PolicyRow(number, "legal_aid", f"subsidy_{stage}", "CN", date.fromisoformat(since), value, SOURCE)


def concluded(at: str = "2026-03-02 09:00", **about: Any) -> Story:
    return Story(at, **about).opened().along(HELP)


def last_day(story: Story, clock: str) -> str:
    """The last day in time of a clock that runs."""
    due = story.clock(clock).due
    assert due is not None
    return due.on.isoformat()


class TestTheFile:
    """One case, one file: handed in by the helper, verified by the office."""

    def test_from_the_conclusion_to_the_archive(self) -> None:
        story = concluded().along((FOLLOW_UP,))
        stops = [(story.case.state, story.case.waits_for)]
        for who, name in FILE:
            story.takes(who, name)
            stops.append((story.case.state, story.case.waits_for))
        assert stops == [
            ("followed_up", Role.CASEWORKER),
            ("file_submitted", Role.CASEWORKER),
            ("file_accepted", Role.SUPERVISOR),
            ("subsidy_approved", Role.CASEWORKER),
            ("to_archive", Role.CASEWORKER),
            ("closed", None),
        ]
        assert (story.case.outcome, story.case.phase) == ("settled", Phase.CLOSED)
        names = ("closing_papers", "file_check", "subsidy", "subsidy_payment", "archiving", "follow_up")
        assert {name: story.clock(name).status for name in names} == dict.fromkeys(names, "met")

    def test_thirty_days_to_hand_it_in_and_thirty_to_verify_it(self) -> None:
        story = concluded()
        papers = story.clock("closing_papers")
        assert (papers.owed_by, str(papers.due.on)) == ("helper", "2026-04-01")
        story.wait_until("2026-04-02 09:00")
        story.lawyer("hand_in_file")
        check = story.clock("file_check")
        assert story.clock("closing_papers").status == "breached"
        assert (check.owed_by, str(check.due.on)) == ("office", "2026-05-06")

    def test_what_every_file_has_and_this_one_lacks_is_told_with_the_costs(self) -> None:
        papers = [{"kind": kind} for kind in IN_EVERY_FILE[1:]]
        costs = [{"kind": "travel", "amount": "46.00"}, {"kind": "appraisal", "amount": "800.50"}]
        given = concluded().lawyer("hand_in_file", papers=papers, costs=costs).given
        assert (given["lacks"], given["costs_total"]) == (["catalogue"], "846.50")
        assert concluded().lawyer("hand_in_file", costs=None).given["costs_total"] == "0.00"

    def test_an_empty_file_is_none(self) -> None:
        refusal = concluded().refused("lawyer", "hand_in_file", papers=[])
        assert isinstance(refusal, Invalid)

    def test_it_goes_back_with_everything_that_is_missing(self) -> None:
        story = concluded().along(FILE[:1])
        story.caseworker("return_file", papers=["授权委托书缺签名", "缺裁决书"])
        assert (story.case.state, story.case.waits_for) == ("file_returned", Role.LAWYER)
        assert story.case.taken["return_file"].given["papers"] == [MASK, MASK]
        assert story.moves[-1].sealed == {"papers.0": "授权委托书缺签名", "papers.1": "缺裁决书"}
        correction = story.clock("file_correction")
        assert (correction.owed_by, str(correction.limit)) == ("helper", "10wd")
        story.lawyer("hand_in_file")
        assert (story.case.state, story.clock("file_correction").status) == ("file_submitted", "met")
        assert story.clock("file_check").generation == 2

    def test_what_was_missing_may_come_to_the_office_itself(self) -> None:
        story = concluded().along(FILE[:1])
        story.caseworker("return_file")
        story.caseworker("accept_file")
        assert story.case.state == "file_accepted"

    def test_neither_a_caseworker_nor_another_helper_hands_it_in(self) -> None:
        story = concluded()
        for who in ("caseworker", "other_lawyer", "applicant"):
            assert isinstance(story.refused(who, "hand_in_file"), NotYours)

    def test_it_cannot_come_before_the_end_of_the_help(self) -> None:
        story = Story().opened().along(HELP[:6])
        assert isinstance(story.refused("lawyer", "hand_in_file"), NotNow)


class TestFollowingUpLater:
    """The recipient is asked before the file is put away, at whatever point of its way."""

    @pytest.mark.parametrize("steps", [1, 2, 3, 4])
    def test_in_every_state_of_the_file(self, steps: int) -> None:
        story = concluded().along(FILE[:steps])
        state = story.case.state
        assert state in FILE_STATES
        assert story.clock("follow_up").open
        story.caseworker("follow_up", rating=3)
        assert (story.case.state, story.clock("follow_up").status) == (state, "met")

    def test_once_is_enough(self) -> None:
        story = concluded().along((FOLLOW_UP, *FILE[:2]))
        assert isinstance(story.refused("caseworker", "follow_up"), NotMet)

    def test_nothing_is_archived_before(self) -> None:
        story = concluded().along(FILE[:4])
        refusal = story.refused("caseworker", "archive")
        assert isinstance(refusal, NotMet)
        assert "回访" in refusal.text.zh
        story.along((FOLLOW_UP, ("caseworker", "archive")))
        assert story.case.state == "closed"

    def test_its_limit_runs_on_while_the_file_is_verified(self) -> None:
        story = concluded()
        due = story.clock("follow_up").due
        assert due is not None
        story.along(FILE[:2])
        assert story.clock("follow_up").due == due
        story.days_pass(60)
        story.caseworker("follow_up")
        assert story.clock("follow_up").status == "breached"


class TestClosingWithoutTheFile:
    """Where the office does not wait for the file, a case is closed after the follow-up, as before."""

    def test_it_is_closed_and_the_file_is_still_owed(self) -> None:
        story = concluded().along((FOLLOW_UP, ("caseworker", "close")))
        assert (story.case.state, story.clock("closing_papers").status) == ("closed", "running")

    def test_the_helper_hands_the_file_in_after_the_closing_and_the_subsidy_follows(self) -> None:
        story = concluded().along((FOLLOW_UP, ("caseworker", "close")))
        story.days_pass(3)
        story.along(FILE)
        assert (story.case.state, story.case.outcome) == ("closed", "settled")
        assert story.clock("closing_papers").status == "met"
        assert {"pay_subsidy", "archive"} <= story.case.taken.keys()

    def test_once_it_is_archived_no_file_is_owed(self) -> None:
        story = concluded().along((FOLLOW_UP, *FILE))
        refusal = story.refused("lawyer", "hand_in_file")
        assert isinstance(refusal, NotMet)
        assert "没有待提交的卷宗" in refusal.text.zh

    def test_where_the_office_waits_for_the_file_it_is_refused(self) -> None:
        story = concluded(policy={"file_before_closing": "true"}).along((FOLLOW_UP,))
        refusal = story.refused("caseworker", "close")
        assert isinstance(refusal, NotMet)
        assert "卷宗" in refusal.text.zh
        story.along(FILE)
        assert story.case.state == "closed"

    def test_a_supervisor_hands_the_file_in_for_a_helper_who_has_left(self) -> None:
        story = concluded(policy={"file_before_closing": "true"}).along((FOLLOW_UP,))
        story.supervisor("hand_in_file")
        story.along(FILE[1:])
        assert story.case.state == "closed"

    def test_before_the_follow_up_nothing_is_closed_either_way(self) -> None:
        assert isinstance(concluded().refused("caseworker", "close"), NotNow)


class TestAfterATermination:
    """What was done until the aid ended is put on file and paid; the right to object stays."""

    @staticmethod
    def terminated(**about: Any) -> Story:
        story = Story("2026-03-02 09:00", **about).opened().along(HELP[:6])
        story.supervisor("terminate")
        return story

    def test_the_helper_who_had_engaged_owes_the_file_within_thirty_days(self) -> None:
        story = self.terminated()
        papers = story.clock("closing_papers")
        assert (papers.status, papers.owed_by, last_day(story, "closing_papers")) == ("running", "helper", "2026-04-01")
        story.days_pass(3)
        story.lawyer("hand_in_file")
        assert (story.case.state, story.clock("closing_papers").status) == ("file_submitted", "met")

    def test_the_subsidy_follows_by_the_rates_of_the_day_of_the_termination(self) -> None:
        story = self.terminated(rows=(rate("arbitration", "700"), rate("arbitration", "800", "2026-03-03", 901)))
        assert story.supervisor("hand_in_file").before.state == "terminated"
        story.caseworker("accept_file")
        refusal = story.refused("supervisor", "approve_subsidy", amount=None, ground=None, stages=["advice"])
        assert isinstance(refusal, NotMet)
        given = story.supervisor("approve_subsidy", amount=None, ground=None, stages=["arbitration"]).given
        assert given["amount"] == "700.00"
        story.along((FILE[3], FOLLOW_UP, FILE[4]))
        assert (story.case.state, story.case.outcome) == ("closed", "terminated")
        assert isinstance(story.refused("lawyer", "hand_in_file"), NotMet)

    @pytest.mark.parametrize("steps", [3, 4])
    def test_where_nobody_had_engaged_no_file_is_owed(self, steps: int) -> None:
        story = Story().opened().along(HELP[:steps])
        story.supervisor("terminate")
        assert story.case.clock("closing_papers") is None
        assert story.case.assignee is None
        assert isinstance(story.refused("supervisor", "hand_in_file"), NotMet)

    @pytest.mark.parametrize("steps", range(6))
    def test_the_recipient_may_object_whatever_becomes_of_the_file(self, steps: int) -> None:
        story = self.terminated()
        story.along((*FILE[:4], FOLLOW_UP, FILE[4])[: steps + (steps == 5)])
        story.applicant("object")
        assert story.case.state == "objected"
        assert not any(run.open for run in story.case.clocks if run.name in FILE_CLOCKS)

    def test_what_is_upheld_leaves_the_file_to_be_handed_in_and_no_second_objection(self) -> None:
        story = self.terminated()
        story.applicant("object")
        assert story.clock("closing_papers").status == "cancelled"
        story.takes("superior", "uphold")
        assert (story.clock("closing_papers").status, last_day(story, "closing_papers")) == ("running", "2026-04-01")
        story.lawyer("hand_in_file")
        refusal = story.refused("applicant", "object")
        assert isinstance(refusal, NotMet)
        assert "已提出过异议" in refusal.text.zh

    def test_what_is_overturned_goes_on_with_a_helper_who_is_named_anew(self) -> None:
        story = self.terminated()
        story.lawyer("hand_in_file")
        story.applicant("object")
        story.takes("superior", "overturn")
        assert (story.case.state, story.case.assignee, story.case.outcome) == ("granted", None, None)
        assert not story.clock("closing_papers").open

    def test_nobody_objects_to_a_conclusion(self) -> None:
        refusal = concluded().along(FILE[:1]).refused("applicant", "object")
        assert isinstance(refusal, NotMet)


class TestTheSubsidy:
    """Worked out from the rates in force on the day of conclusion, or set with its ground."""

    @staticmethod
    def accepted(at: str = "2026-03-02 09:00", *rates: PolicyRow) -> Story:
        return concluded(at, rows=rates).along(FILE[:2])

    def test_the_rates_of_the_stages_are_added_up(self) -> None:
        story = self.accepted("2026-03-02 09:00", rate("mediation", "400"), rate("arbitration", "800.50"))
        stages = ["mediation", "arbitration"]
        given = story.supervisor("approve_subsidy", stages=stages, amount=None, ground=None).given
        assert given["amount"] == "1200.50"
        assert [(row["stage"], row["rate"]) for row in given["rates"]] == [
            ("mediation", "400.00"),
            ("arbitration", "800.50"),
        ]
        assert given["rates"][0]["source"] == SOURCE.both()
        assert "免征" in given["tax"]["zh-CN"]
        assert "free of" in given["tax"]["en"]

    @pytest.mark.parametrize("stage", sorted(SUBSIDY_STAGES))
    def test_where_there_is_no_rate_the_refusal_names_the_stage(self, stage: str) -> None:
        refusal = self.accepted().refused("supervisor", "approve_subsidy", stages=[stage], amount=None, ground=None)
        assert isinstance(refusal, NotMet)
        assert SUBSIDY_STAGES[stage].zh in refusal.text.zh
        assert SUBSIDY_STAGES[stage].en in refusal.text.en

    def test_one_stage_without_a_rate_is_one_too_many(self) -> None:
        story = self.accepted("2026-03-02 09:00", rate("advice", "100"))
        refusal = story.refused("supervisor", "approve_subsidy", stages=["advice", "drafting"], amount=None)
        assert "代拟" in refusal.text.zh
        assert "法律咨询" not in refusal.text.zh

    def test_an_amount_that_is_set_needs_its_ground(self) -> None:
        story = self.accepted()
        refusal = story.refused("supervisor", "approve_subsidy", amount="500.00", ground=None)
        assert isinstance(refusal, Invalid)
        assert [fault.code for fault in refusal.faults] == ["ground_missing"]
        move = story.supervisor("approve_subsidy", amount="500.00", ground="案情简单")
        assert (move.given["amount"], move.sealed, move.given["rates"]) == ("500.00", {"ground": "案情简单"}, [])

    def test_what_is_set_deviates_from_the_rate_and_both_are_kept(self) -> None:
        story = self.accepted("2026-03-02 09:00", rate("arbitration", "800"))
        given = story.supervisor("approve_subsidy", amount="1000.00", ground="案情复杂").given
        assert (given["amount"], given["rates"][0]["rate"]) == ("1000.00", "800.00")

    @pytest.mark.parametrize(
        ("concluded_on", "amount"), [("2025-12-31", "700.00"), ("2026-01-01", "800.00"), ("2026-01-05", "800.00")]
    )
    def test_the_rate_of_the_day_of_conclusion_counts(self, concluded_on: str, amount: str) -> None:
        rates = (rate("arbitration", "700"), rate("arbitration", "800", "2026-01-01", 901))
        story = Story("2025-12-29 09:00", rows=rates).opened().along(HELP[:6])
        story.wait_until("2026-01-05 09:00")
        story.lawyer("conclude", concluded_on=concluded_on)
        story.along(FILE[:2])
        given = story.supervisor("approve_subsidy", amount=None, ground=None).given
        assert given["amount"] == amount

    def test_a_rate_that_came_later_and_hides_the_older_one_does_not_count(self) -> None:
        rates = (rate("arbitration", "700", "2026-02-01"), rate("arbitration", "800", "2026-03-05", 901))
        story = self.accepted("2026-03-02 09:00", *rates)
        story.days_pass(5)
        refusal = story.refused("supervisor", "approve_subsidy", amount=None, ground=None)
        assert isinstance(refusal, NotMet)

    def test_a_stage_is_paid_once(self) -> None:
        refusal = self.accepted().refused("supervisor", "approve_subsidy", stages=["advice", "advice"])
        assert isinstance(refusal, Invalid)
        assert [fault.code for fault in refusal.faults] == ["stage_twice"]

    @pytest.mark.parametrize("ground", ["volunteer", "staff", "declined"])
    def test_somebody_may_work_without(self, ground: str) -> None:
        story = self.accepted()
        story.supervisor("waive_subsidy", ground=ground)
        assert story.case.state == "to_archive"

    def test_a_caseworker_does_not_decide_on_it(self) -> None:
        story = self.accepted()
        for name in ("approve_subsidy", "waive_subsidy"):
            assert isinstance(story.refused("caseworker", name), NotYours)


class TestTheDaysOfTheOffice:
    """How long the office has once the file is accepted."""

    def test_fifteen_working_days_to_approve_thirty_days_to_pay_and_thirty_to_archive(self) -> None:
        story = concluded().along(FILE[:2])
        assert last_day(story, "subsidy") == "2026-03-23"
        story.supervisor("approve_subsidy")
        assert last_day(story, "subsidy_payment") == "2026-04-01"
        story.caseworker("pay_subsidy")
        assert last_day(story, "archiving") == "2026-04-01"


class TestThePayment:
    """By somebody else than who approved, on or after that day."""

    def approved(self, **about: Any) -> Story:
        return concluded(**about).along(FILE[:3])

    def test_whoever_approved_does_not_pay(self) -> None:
        story = self.approved()
        refusal = story.refused("supervisor", "pay_subsidy")
        assert isinstance(refusal, NotMet)
        assert "不能办理发放" in refusal.text.zh
        assert story.takes("chief", "pay_subsidy").case.state == "to_archive"

    def test_the_cashier_pays_and_whoever_owns_the_case_goes_on_owning_it(self) -> None:
        story = self.approved()
        owner = story.case.owner
        assert owner is not None
        assert owner.username == "caseworker"
        assert story.takes("colleague", "pay_subsidy").case.owner == owner

    def test_a_small_office_may_say_otherwise(self) -> None:
        story = self.approved(policy={"paid_by_another": "false"})
        story.supervisor("pay_subsidy")
        assert story.case.state == "to_archive"

    def test_nothing_is_paid_before_it_was_approved(self) -> None:
        assert isinstance(self.approved().refused("caseworker", "pay_subsidy", paid_on="2026-02-27"), NotMet)

    def test_date_and_reference_are_kept(self) -> None:
        move = self.approved().caseworker("pay_subsidy", reference="2026-0042")
        assert (move.given["paid_on"], move.sealed) == ("2026-03-02", {"reference": "2026-0042"})
