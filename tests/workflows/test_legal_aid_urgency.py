"""Help before the review (法律援助法 44): a case turns red by itself, is helped at once, and its papers follow."""

from dataclasses import replace
from typing import Any

import pytest

from casework.rules.refusals import NotMet, NotNow, NotYours
from tests.story import Story, clock_time

ROAD = (("caseworker", "assign"), ("lawyer", "engage"), ("lawyer", "record_progress"))
# The award came on 2 March: 17 March is the last day to sue, seven days remain on 10 March and six on 11 March.
AWARD = [{"kind": "award_received", "on": "2026-03-02"}]
# A year from 16 March 2025 ends on Monday 16 March 2026: six days remain on 10 March.
EMPLOYED = {"started_on": "2020-01-06", "ended_on": None, "still_employed": True}
LEFT = {"started_on": "2020-01-06", "ended_on": "2025-03-16"}


def asked(at: str, **facts: Any) -> Story:
    return Story(at).opened(**facts)


def helped(**facts: Any) -> Story:
    """A request that could not wait, helped at once by a supervisor while li still had it to review."""
    story = Story("2026-03-02 09:00").opened(**({"preservation_needed": True} | facts))
    story.caseworker("accept")
    story.supervisor("help_first")
    return story


class TestFewerThanSevenDays:
    """Seven days left are not fewer than seven; six are."""

    @pytest.mark.parametrize(
        ("at", "urgent"),
        [
            ("2026-03-10 09:00", False),
            ("2026-03-10 23:59", False),
            ("2026-03-11 00:00", True),
            ("2026-03-17 23:59", True),
            ("2026-03-18 00:00", False),  # over: haste helps nobody any more
        ],
    )
    def test_to_sue_after_an_award(self, at: str, urgent: bool) -> None:
        story = asked(at, proceedings=AWARD)
        assert story.case.urgent is urgent
        assert story.offered("supervisor")["help_first"].allowed is urgent

    @pytest.mark.parametrize(("at", "urgent"), [("2026-03-09 09:00", False), ("2026-03-10 09:00", True)])
    def test_to_arbitrate(self, at: str, urgent: bool) -> None:
        story = asked(at, employment=LEFT, arrears=None)
        assert story.case.urgent is urgent
        assert story.offered("supervisor")["help_first"].allowed is urgent

    def test_the_last_day_is_the_one_after_the_holidays(self) -> None:
        award = [{"kind": "award_received", "on": "2026-09-10"}]  # 25 September is a holiday; 28 September counts
        assert asked("2026-09-21 09:00", proceedings=award).case.urgent is False
        assert asked("2026-09-22 09:00", proceedings=award).case.urgent is True

    def test_what_was_filed_does_not_press(self) -> None:
        filed = [{"kind": "arbitration", "on": "2026-03-02"}]
        story = asked("2026-03-12 09:00", employment=LEFT, arrears=None, previous_steps=filed)
        assert story.case.urgent is False
        story = asked("2026-03-12 09:00", proceedings=[*AWARD, {"kind": "lawsuit_filed", "on": "2026-03-09"}])
        assert story.case.urgent is False

    @pytest.mark.parametrize(
        ("at", "facts", "clock"),
        [
            ("2026-03-10 09:00", {"known_on": "2024-03-13", "employment": EMPLOYED}, "complaint"),
            (
                "2026-03-10 09:00",
                {"proceedings": [{"kind": "performance_due", "on": "2024-03-13"}]},
                "enforcement",
            ),
            ("2026-03-12 09:00", {"proceedings": [{"kind": "grading_received", "on": "2026-03-02"}]}, "regrading"),
            (
                "2026-03-10 09:00",
                {"matter": "work_injury", "exemption": None, "demands": None}
                | {"employment": EMPLOYED | {"injured_on": "2025-03-13"}},
                "injury_claim",
            ),
        ],
    )
    def test_what_is_no_suit_arbitration_or_review_does_not_press(
        self, at: str, facts: dict[str, Any], clock: str
    ) -> None:
        story = asked(at, **({"arrears": None} | facts))
        assert story.clock(clock).open
        assert story.case.urgent is False
        assert story.offered("supervisor")["help_first"].allowed is False

    def test_what_others_owe_does_not_press(self) -> None:
        accepted = [{"kind": "arbitration_accepted", "on": "2026-02-01"}]
        assert asked("2026-03-16 09:00", proceedings=accepted).case.urgent is False


class TestTurningRed:
    """Nobody need look: time itself makes the case urgent."""

    def test_the_clock_runs_out_at_the_moment_when_fewer_than_seven_days_remain(self) -> None:
        story = asked("2026-03-03 09:00", proceedings=AWARD)
        clock = story.clock("urgency")
        assert clock.due is not None
        assert (clock.due.at, clock.owed_by) == (clock_time("2026-03-11 00:00"), "outside")
        story.wait_until("2026-03-10 23:59")
        assert isinstance(story.refused("time", "turn_urgent"), NotMet)
        story.wait_until("2026-03-11 00:00")
        story.time("turn_urgent")
        assert (story.case.urgent, story.case.state) == (True, "submitted")
        assert story.clock("urgency").status == "met"

    def test_the_nearest_limit_counts_and_the_next_follows(self) -> None:
        ruling = {"kind": "ruling_received", "on": "2026-03-05"}  # until 16 March, a day before the suit
        story = asked("2026-03-06 09:00", proceedings=[*AWARD, ruling])
        assert story.clock("urgency").due.on.isoformat() == "2026-03-10"
        story.caseworker("record_proceeding", kind="appeal_filed", on="2026-03-06")
        assert story.clock("urgency").due.on.isoformat() == "2026-03-11"

    def test_a_step_on_the_way_does_it_too(self) -> None:
        story = asked("2026-03-09 09:00", proceedings=AWARD)
        story.wait_until("2026-03-12 09:00")
        story.caseworker("accept")
        assert story.case.urgent is True
        assert not story.clock("urgency").open

    def test_filing_in_time_ends_the_clock_without_haste(self) -> None:
        story = asked("2026-03-04 09:00", proceedings=AWARD, employment={"ended_on": None, "still_employed": True})
        story.caseworker("record_proceeding", kind="lawsuit_filed", on="2026-03-04")
        assert (story.clock("urgency").status, story.case.urgent) == ("cancelled", False)

    def test_it_goes_on_after_the_decision_and_ends_with_the_help(self) -> None:
        story = asked("2026-03-03 09:00", proceedings=AWARD)
        story.caseworker("accept")
        story.supervisor("grant")
        story.along(ROAD)
        assert story.clock("urgency").open
        story.lawyer("conclude")
        assert story.clock("urgency").status == "cancelled"

    def test_a_correction_turns_a_case_red(self) -> None:
        story = asked("2026-03-02 09:00")
        story.correct("caseworker", preservation_needed=True)
        assert story.case.urgent is True

    def test_a_correction_that_takes_the_ground_away_ends_the_haste(self) -> None:
        story = asked("2026-03-02 09:00", preservation_needed=True)
        assert story.case.urgent is True
        story.correct("caseworker", preservation_needed=None)
        assert story.case.urgent is False

    def test_a_slip_of_the_year_is_no_haste_for_ever(self) -> None:
        story = asked("2026-03-12 09:00", proceedings=AWARD)
        story.wait_until("2026-03-20 09:00")  # that limit is over; the award came in truth ten days later
        story.correct("caseworker", proceedings=[{"kind": "award_received", "on": "2026-03-12"}])
        assert story.case.urgent is False

    def test_another_correction_leaves_the_haste_as_it_is(self) -> None:
        story = asked("2026-03-12 09:00", proceedings=AWARD)
        story.correct("caseworker", claimants=2)
        assert story.case.urgent is True

    def test_what_staff_marked_at_the_opening_stays_urgent(self) -> None:
        story = Story("2026-03-02 09:00")
        story.case = replace(story.case, urgent=True)
        story.opened(preservation_needed=True)
        story.correct("caseworker", preservation_needed=None)
        assert story.case.urgent is True

    def test_what_was_helped_at_once_stays_urgent(self) -> None:
        story = helped()
        story.correct("supervisor", reason="更正", preservation_needed=None)
        assert story.case.urgent is True

    def test_a_closed_case_stays_as_it_was(self) -> None:
        story = asked("2026-03-09 09:00", proceedings=AWARD)
        story.wait_until("2026-03-12 09:00")
        story.applicant("withdraw")
        assert story.case.urgent is False


class TestHelpAtOnce:
    """A supervisor grants aid before the request is reviewed, and only where article 44 holds."""

    def test_an_ordinary_request_is_reviewed_first(self) -> None:
        refusal = asked("2026-03-02 09:00").refused("supervisor", "help_first")
        assert isinstance(refusal, NotMet)
        assert "第44条" in refusal.text.zh
        assert "Legal Aid Law 44" in refusal.text.en

    @pytest.mark.parametrize("facts", [{"preservation_needed": True}, {"other_urgency": "被申请人正在转移财产"}])
    def test_preservation_and_what_else_the_law_names_are_grounds(self, facts: dict[str, Any]) -> None:
        story = asked("2026-03-02 09:00", **facts)
        assert story.case.urgent is True
        assert story.supervisor("help_first").given["grounds"] == dict.fromkeys(facts, True)

    def test_the_ground_of_a_limit_is_its_last_day(self) -> None:
        story = asked("2026-03-12 09:00", proceedings=AWARD)
        assert story.supervisor("help_first").given["grounds"] == {"last_days": ["2026-03-17"]}

    @pytest.mark.parametrize("steps", [(), ("accept",), ("ask_for_papers",), ("accept", "propose")])
    def test_from_wherever_the_request_stands_before_its_decision(self, steps: tuple[str, ...]) -> None:
        story = asked("2026-03-02 09:00", preservation_needed=True).along(("caseworker", name) for name in steps)
        story.supervisor("help_first")
        assert (story.case.state, story.case.urgent) == ("granted", True)
        assert not any(run.open for run in story.case.clocks if run.name in ("review", "review_by_law", "papers"))
        assert story.offered("supervisor" if not steps else "caseworker")["assign"].allowed

    def test_a_caseworker_does_not_decide_it(self) -> None:
        story = asked("2026-03-02 09:00", preservation_needed=True)
        assert isinstance(story.refused("caseworker", "help_first"), NotYours)

    def test_an_identity_number_may_follow(self) -> None:
        unknown = {"identity_number": None, "birth_date": None, "sex": None}
        story = asked("2026-03-02 09:00", preservation_needed=True, applicant=unknown)
        story.supervisor("help_first")
        assert story.case.state == "granted"

    def test_the_letter_says_until_when_the_papers_follow_and_what_happens_otherwise(self) -> None:
        letter = helped().letters["help_first"]
        assert "2026-03-16" in letter["zh-CN"]["body"]
        assert "2026-03-16" in letter["en"]["body"]
        assert "终止" in letter["zh-CN"]["body"]
        assert "ended" in letter["en"]["body"]


class TestPapersFollow:
    """Without them nothing is concluded; with means that are too large the aid ends."""

    def test_the_clock_runs_from_the_decision_until_they_are_made_up(self) -> None:
        story = helped()
        clock = story.clock("making_up")
        assert (str(clock.limit), str(clock.due.on), clock.owed_by) == ("10wd", "2026-03-16", "applicant")
        story.days_pass(3)
        story.caseworker("make_up_papers")
        assert story.clock("making_up").status == "met"
        assert story.case.state == "granted"

    def test_nothing_is_concluded_before(self) -> None:
        story = helped().along(ROAD)
        refusal = story.refused("lawyer", "conclude")
        assert isinstance(refusal, NotMet)
        assert "补办" in refusal.text.zh
        story.caseworker("make_up_papers")
        story.lawyer("conclude")
        assert story.case.state == "concluded"

    def test_it_is_done_once_and_only_where_something_is_owed(self) -> None:
        story = helped()
        story.caseworker("make_up_papers")
        assert isinstance(story.refused("caseworker", "make_up_papers"), NotMet)
        ordinary = asked("2026-03-02 09:00")
        ordinary.caseworker("accept")
        ordinary.supervisor("grant")
        assert isinstance(ordinary.refused("caseworker", "make_up_papers"), NotMet)

    def test_means_that_are_too_large_end_the_aid(self) -> None:
        means = {"household_size": 1, "annual_income": "90000.00", "declared_true": True}
        story = helped(exemption=None, means=means).along(ROAD)
        refusal = story.refused("caseworker", "make_up_papers")
        assert "7500.00 ≥ 2124.00" in refusal.text.zh
        story.supervisor("terminate", ground="no_longer_hard_up")
        assert story.case.state == "terminated"
        assert story.clock("making_up").status == "cancelled"

    def test_the_reckoning_is_kept(self) -> None:
        means = {"household_size": 3, "annual_income": "60000.00", "declared_true": True}
        story = helped(exemption=None, means=means)
        assert story.caseworker("make_up_papers").given["means"]["met"] is True

    def test_what_the_decision_would_have_needed_is_needed_now(self) -> None:
        story = helped(applicant={"identity_number": None, "birth_date": None, "sex": None})
        refusal = story.refused("caseworker", "make_up_papers")
        assert isinstance(refusal, NotMet)
        assert "身份证件号码" in refusal.text.zh
        assert "Identity number" in refusal.text.en
        number = story.example_data().person.identity_number
        story.correct("caseworker", reason="补正", applicant={"identity_number": number})
        story.caseworker("make_up_papers")
        assert story.clock("making_up").status == "met"

    def test_whoever_helped_at_once_does_not_review_the_papers(self) -> None:
        story = asked("2026-03-02 09:00", preservation_needed=True)
        story.supervisor("help_first")
        refusal = story.refused("supervisor", "make_up_papers")
        assert isinstance(refusal, NotMet)
        assert "不能为同一人" in refusal.text.zh

    def test_a_small_office_may_say_otherwise(self) -> None:
        story = Story(policy={"decided_by_another": "false"}).opened(preservation_needed=True)
        story.supervisor("help_first")
        story.supervisor("make_up_papers")
        assert story.clock("making_up").status == "met"

    def test_the_papers_are_receipted_and_held(self) -> None:
        story = helped()
        story.caseworker("make_up_papers", papers=[{"name": "收入证明", "copies": 2}])
        assert "1. 收入证明 × 2" in story.letters["receipt"]["zh-CN"]["body"]
        assert {"name": "收入证明", "copies": 2} in story.case.facts["papers"]

    def test_before_the_help_there_is_nothing_to_make_up(self) -> None:
        assert isinstance(asked("2026-03-02 09:00").refused("caseworker", "make_up_papers"), NotNow)
