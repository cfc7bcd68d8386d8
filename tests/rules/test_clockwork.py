"""Which clocks start, pause, resume and end as a case moves, told on legal aid in Rushan, Shandong."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.rules.calendars import WorkingCalendar
from casework.rules.case import CalendarRef, Case, ClockRun
from casework.rules.clocks import Interval, trace
from casework.rules.clockwork import basis, late_at, levels, nearest_clock, recalculate, wake_at
from casework.rules.context import PolicyRow
from casework.rules.refusals import Invalid
from casework.rules.text import Text
from tests.story import Story, calendar_mapping, china, clock_time, office_in, policies, with_years

JOB = {"started_on": "2023-05-08", "ended_on": "2025-11-10"}


def to_progress(at: str = "2026-03-02 09:00") -> Story:
    road = (
        ("caseworker", "accept"),
        ("caseworker", "propose"),
        ("supervisor", "grant"),
        ("caseworker", "assign"),
        ("lawyer", "engage"),
    )
    return Story(at).opened().along(road)


def last_day(run: ClockRun) -> str:
    assert run.due is not None
    return run.due.on.isoformat()


class TestReview:
    """Seven natural days by national law from the application, beside five working days in Shandong from acceptance."""

    def test_the_national_limit_runs_from_the_application_and_the_local_one_from_acceptance(self) -> None:
        story = Story("2026-03-02 09:00").opened()
        assert story.case.clock("review") is None
        story.days_pass(1)
        story.caseworker("accept")
        assert last_day(story.clock("review_by_law")) == "2026-03-09"
        assert last_day(story.clock("review")) == "2026-03-10"

    def test_over_the_spring_festival_both_end_on_the_first_day_of_work(self) -> None:
        story = Story("2026-02-10 10:00").opened()
        story.caseworker("accept")
        assert last_day(story.clock("review_by_law")) == "2026-02-24"
        assert last_day(story.clock("review")) == "2026-02-24"

    def test_both_stop_while_papers_are_awaited(self) -> None:
        story = Story("2026-02-10 10:00").opened()
        story.caseworker("accept")
        story.wait_until("2026-02-12 16:00")
        story.caseworker("ask_for_papers")
        assert [(story.clock(name).status, story.clock(name).due) for name in ("review_by_law", "review")] == [
            ("paused", None),
            ("paused", None),
        ]
        story.wait_until("2026-02-25 09:00")
        story.applicant("supply_papers")
        # Two days are used of each. Five natural days after the 25th; 26, 27 and the make-up Saturday 28th.
        assert last_day(story.clock("review_by_law")) == "2026-03-02"
        assert last_day(story.clock("review")) == "2026-02-28"
        assert story.clock("review").generation == 1

    def test_asked_before_acceptance_only_the_national_limit_has_begun(self) -> None:
        story = Story("2026-03-02 09:00").opened()
        story.days_pass(2)
        story.caseworker("ask_for_papers")
        assert story.case.clock("review") is None
        story.wait_until("2026-03-11 09:00")
        story.applicant("supply_papers")
        assert last_day(story.clock("review_by_law")) == "2026-03-16"  # two of seven days used, five left
        assert last_day(story.clock("review")) == "2026-03-18"

    def test_a_decision_at_the_last_instant_is_in_time(self) -> None:
        story = Story("2026-03-02 09:00").opened()
        story.caseworker("accept")
        story.wait_until("2026-03-10 00:00")
        story.supervisor("grant")
        assert story.clock("review_by_law").status == "met"
        assert not story.clock("review_by_law").overdue(story.now)

    def test_a_second_later_it_is_late(self) -> None:
        story = Story("2026-03-02 09:00").opened()
        story.caseworker("accept")
        story.wait_until("2026-03-10 00:00:01")
        assert story.clock("review_by_law").overdue(story.now)
        story.supervisor("grant")
        assert story.clock("review_by_law").status == "breached"
        assert story.clock("review_by_law").overdue(story.now + timedelta(days=999))

    def test_a_breach_stays_one_while_the_clock_stands_still(self) -> None:
        story = Story("2026-03-02 09:00").opened()
        story.wait_until("2026-03-20 09:00")
        story.caseworker("ask_for_papers")
        paused = story.clock("review_by_law")
        assert paused.status == "paused"
        assert last_day(paused) == "2026-03-09"
        assert paused.overdue(story.now)

    def test_outside_shandong_there_is_no_local_limit(self) -> None:
        story = Story(region="110100").opened()
        story.caseworker("accept")
        assert story.case.clock("review") is None
        assert story.clock("review_by_law").status == "running"

    def test_the_limit_is_the_row_in_force_when_the_clock_starts(self) -> None:
        story = Story().opened()
        run = story.clock("review_by_law")
        assert str(run.limit) == "7d"
        assert story.basis("review_by_law").zh == "法律援助法 第43条：自收到申请之日起七日"
        assert run.policy_id == next(row.id for row in story.rows if row.name == "review_by_law")
        story.rows = tuple(replace(row, value="2d") if row.name == "review_by_law" else row for row in story.rows)
        story.caseworker("accept")
        assert str(story.clock("review_by_law").limit) == "7d"

    def test_without_a_row_there_is_no_clock(self) -> None:
        assert Story(policy={"review_by_law": None}).opened().case.clock("review_by_law") is None


class TestEnds:
    """Met, breached or cancelled."""

    def test_a_withdrawal_cancels_every_clock(self) -> None:
        story = Story().opened()
        story.caseworker("accept")
        story.supervisor("grant")
        story.applicant("withdraw")
        assert story.clock("assignment").status == "cancelled"
        assert story.clock("limitation").status == "cancelled"
        assert not any(run.open for run in story.case.clocks)
        assert story.clock("review").status == "met"

    def test_a_withdrawal_in_time_cancels_what_the_office_owed(self) -> None:
        story = Story().opened()
        story.applicant("withdraw")
        assert story.clock("review_by_law").status == "cancelled"

    def test_what_the_office_owed_and_is_late_stays_late_whoever_ends_it(self) -> None:
        for end in (lambda story: story.applicant("withdraw"), lambda story: story.put("granted")):
            story = Story().opened()
            story.days_pass(60)
            end(story)
            assert story.clock("review_by_law").status == "breached"

    def test_a_rule_that_comes_later_starts_no_clock_in_the_middle_of_a_state(self) -> None:
        story = Story(policy={"review_by_law": None}).opened()
        story.rows = policies()
        story.correct("caseworker", claimants=2)
        assert story.case.clock("review_by_law") is None

    def test_papers_that_never_come_end_the_request(self) -> None:
        story = Story("2026-03-04 10:00").opened()
        story.caseworker("ask_for_papers")
        assert last_day(story.clock("papers")) == "2026-03-18"
        story.wait_until("2026-03-19 00:00")
        story.time("lapse")
        assert story.case.outcome == "deemed_withdrawn"
        assert [story.clock(name).status for name in ("papers", "review_by_law", "limitation")] == [
            "met",
            "cancelled",
            "cancelled",
        ]

    def test_papers_that_time_misses_late_are_late_and_a_wait_is_not(self) -> None:
        story = Story("2026-03-04 10:00").opened()
        story.caseworker("ask_for_papers")
        story.wait_until("2026-03-20 03:00")
        story.time("lapse")
        assert story.clock("papers").status == "breached"

        waiting = Story("2026-03-02 09:00").opened(employment=JOB, arrears=None)
        due = waiting.clock("urgency").due
        assert due is not None
        waiting.wait_until("2026-11-06 03:00")
        waiting.time("turn_urgent")
        assert due.at == clock_time("2026-11-04 00:00")
        assert (waiting.clock("urgency").status, waiting.clock("urgency").ended_at) == ("met", due.at)

    def test_a_clock_cancelled_before_its_first_day_ended_when_it_was_cancelled(self) -> None:
        story = Story("2026-03-02 09:00").opened(employment=JOB, arrears=None)
        assert story.clock("urgency").started_at > story.now
        story.applicant("withdraw")
        ended = story.clock("urgency")
        assert (ended.status, ended.ended_at) == ("cancelled", story.now)
        assert trace(ended.limit, ended.derived_from, china())[-1].kind == "due"

    def test_papers_on_the_last_day_are_in_time(self) -> None:
        story = Story("2026-03-04 10:00").opened()
        story.caseworker("ask_for_papers")
        story.wait_until("2026-03-18 23:59:59")
        story.applicant("supply_papers")
        assert story.clock("papers").status == "met"

    def test_a_lawyer_who_declines_is_not_late_and_the_office_has_its_days_again(self) -> None:
        story = Story().opened().along((("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign")))
        story.days_pass(1)
        story.lawyer("decline")
        assert story.clock("engagement").status == "cancelled"
        assert story.clock("start").status == "cancelled"
        again = story.clock("assignment")
        assert (again.generation, again.status, again.started_at) == (2, "running", story.now)

    def test_every_report_of_progress_starts_the_next(self) -> None:
        story = to_progress("2026-03-02 09:00")
        story.days_pass(10)
        story.lawyer("record_progress")
        first, second = (run for run in story.case.clocks if run.name == "progress")
        assert (first.generation, first.status, first.ended_at) == (1, "met", story.now)
        assert (second.generation, second.status, second.started_at) == (2, "running", story.now)
        assert last_day(second) == "2026-04-13"  # 30 days on is Saturday 11 April

    def test_a_late_report_is_a_breach_of_its_own_generation_only(self) -> None:
        story = to_progress()
        story.days_pass(45)
        story.lawyer("record_progress")
        assert [run.status for run in story.case.clocks if run.name == "progress"] == ["breached", "running"]

    def test_a_move_says_what_it_did_to_the_clocks(self) -> None:
        story = to_progress()
        move = story.lawyer("record_progress")
        assert [(change.change, change.clock.name, change.clock.generation) for change in move.clock_changes] == [
            ("met", "progress", 1),
            ("started", "progress", 2),
        ]


class TestLimitation:
    """The year for arbitration (调解仲裁法 27), from facts and not from steps."""

    def asked(self, *, previous_steps: list[dict[str, str]] | None = None, **facts: object) -> Story:
        plain: dict[str, object] = {"arrears": None, "exemption": None, "previous_steps": previous_steps}
        return Story("2026-03-02 09:00").opened(**(plain | {"employment": JOB} | facts))

    def test_for_pay_it_runs_from_the_end_of_the_employment(self) -> None:
        run = self.asked(matter="wages").clock("limitation")
        assert run.started_at == clock_time("2025-11-10 00:00")
        assert last_day(run) == "2026-11-10"
        assert run.owed_by == "outside"

    def test_for_pay_it_does_not_run_while_the_employment_lasts(self) -> None:
        job = {"started_on": "2023-05-08", "ended_on": None, "still_employed": True}
        claimed = [{"kind": "claimed", "on": "2026-01-12"}]
        story = self.asked(matter="wages", employment=job, known_on="2025-01-01", previous_steps=claimed)
        assert story.case.clock("limitation") is None

    def test_for_other_labour_matters_it_runs_from_the_day_of_knowing(self) -> None:
        assert last_day(self.asked(matter="dismissal", known_on="2025-07-01").clock("limitation")) == "2026-07-01"

    def test_knowing_unknown_it_runs_from_the_end_of_the_employment(self) -> None:
        assert last_day(self.asked(matter="dismissal").clock("limitation")) == "2026-11-10"

    @pytest.mark.parametrize("matter", ["maintenance", "domestic_violence", "personal_injury", "other"])
    def test_what_is_no_labour_matter_has_none(self, matter: str) -> None:
        assert self.asked(matter=matter, known_on="2025-07-01").case.clock("limitation") is None

    @pytest.mark.parametrize(
        ("kind", "until"),
        [
            ("claimed", "2027-01-12"),
            ("asked_authority", "2027-01-12"),
            ("acknowledged", "2027-01-12"),
            ("mediation", "2027-01-12"),
            ("negotiated", "2027-01-12"),
            ("payment_order", "2027-01-12"),
            ("other", "2026-11-10"),
        ],
    )
    def test_claims_requests_and_acknowledgements_start_it_anew(self, kind: str, until: str) -> None:
        steps = [{"kind": kind, "on": "2026-01-12"}, {"kind": "claimed", "on": "2025-01-02"}]
        assert last_day(self.asked(matter="wages", previous_steps=steps).clock("limitation")) == until

    def test_one_that_reaches_into_an_unpublished_year_is_provisional(self) -> None:
        steps = [{"kind": "claimed", "on": "2026-01-12"}]
        run = self.asked(matter="wages", previous_steps=steps).clock("limitation")
        assert run.due is not None
        assert run.due.provisional

    def test_a_leap_day_corresponds_to_the_last_of_february(self) -> None:
        story = Story("2024-03-05 09:00").opened(
            matter="dismissal", known_on="2024-02-29", exemption=None, arrears=None, employment=None
        )
        assert last_day(story.clock("limitation")) == "2025-02-28"

    def test_a_corrected_fact_derives_it_anew(self) -> None:
        story = self.asked(matter="wages")
        story.days_pass(1)
        move = story.correct("caseworker", employment={"ended_on": "2025-12-31"})
        old, new = (run for run in story.case.clocks if run.name == "limitation")
        assert (old.status, old.ended_at) == ("cancelled", story.now)
        assert (new.generation, new.status, last_day(new)) == (2, "running", "2026-12-31")
        changes = [change.change for change in move.clock_changes if change.clock.name == "limitation"]
        assert changes == ["cancelled", "started"]

    def test_a_fact_that_is_no_longer_known_cancels_it(self) -> None:
        story = self.asked(matter="wages")
        story.correct("caseworker", employment={"ended_on": None, "still_employed": True})
        assert story.clock("limitation").status == "cancelled"
        story.correct("caseworker", employment={"ended_on": "2026-02-27", "still_employed": None})
        assert (story.clock("limitation").generation, last_day(story.clock("limitation"))) == (2, "2027-03-01")

    def test_a_correction_of_other_facts_leaves_it_alone(self) -> None:
        story = self.asked(matter="wages")
        before = story.clock("limitation")
        assert story.correct("caseworker", claimants=12).clock_changes == ()
        assert story.clock("limitation") == before

    def test_it_outlives_the_steps_of_the_case(self) -> None:
        story = self.asked(matter="wages", exemption="migrant_wages_or_injury")
        before = story.clock("limitation")
        story.along((("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign"), ("lawyer", "engage")))
        assert story.clock("limitation") == before


class TestFilingInTime:
    """Arbitration or a lawsuit within the year meets the limitation; nothing revives one that has run out."""

    @staticmethod
    def asked(ended: str, *steps: tuple[str, str]) -> Story:
        previous = [{"kind": kind, "on": on} for kind, on in steps]
        employment = {"started_on": "2020-01-06", "ended_on": ended, "still_employed": False}
        return Story("2026-07-20 09:00").opened(
            matter="wages", employment=employment, arrears=None, previous_steps=previous or None
        )

    @pytest.mark.parametrize(
        ("steps", "until"),
        [
            ((("claimed", "2026-02-01"),), "2024-07-01"),
            ((("claimed", "2024-06-28"),), "2025-06-30"),
            ((("claimed", "2024-07-01"),), "2025-07-01"),
            ((("claimed", "2024-07-02"),), "2024-07-01"),
            ((("asked_authority", "2025-06-20"), ("claimed", "2024-06-28")), "2026-06-22"),
        ],
    )
    def test_a_claim_counts_only_while_the_year_still_runs(self, steps: Any, until: str) -> None:
        story = self.asked("2023-06-30", *steps)
        assert last_day(story.clock("limitation")) == until

    def test_what_was_filed_before_the_request_leaves_no_limitation(self) -> None:
        assert self.asked("2026-06-30", ("arbitration", "2026-07-10")).case.clock("limitation") is None

    def test_filing_in_time_meets_it_and_nothing_starts_it_again(self) -> None:
        story = self.asked("2026-06-30")
        story.along(("caseworker", name) for name in ("accept", "propose"))
        story.supervisor("grant")
        story.caseworker("assign")
        story.lawyer("engage")
        story.lawyer("record_progress", stage="arbitration_filed")
        assert story.clock("limitation").status == "met"
        story.days_pass(5)
        story.lawyer("record_progress", stage="mediation")
        story.days_pass(700)
        assert [run.status for run in story.case.clocks if run.name == "limitation"] == ["met"]

    def test_filing_too_late_meets_nothing(self) -> None:
        story = self.asked("2024-06-30", ("arbitration", "2026-07-10"))
        assert (story.clock("limitation").status, story.clock("limitation").overdue(story.now)) == ("running", True)

    def test_a_slip_of_a_century_is_refused_by_the_form(self) -> None:
        with pytest.raises(Invalid) as refused:
            self.asked("1925-05-31")
        assert "employment.ended_on" in {fault.path for fault in refused.value.faults}


class TestUnpublishedYears:
    """A clock over the turn of 2026."""

    def test_its_due_time_is_provisional_and_says_which_calendar_it_was_counted_with(self) -> None:
        run = Story("2026-12-25 09:00").opened().clock("review_by_law")
        assert run.due is not None
        assert (run.due.on, run.due.provisional) == (date(2027, 1, 4), True)
        assert run.counted_by == ("china", 1)

    def test_a_first_day_that_follows_from_an_unpublished_year_is_provisional_and_settles_with_it(self) -> None:
        job = {"started_on": "2023-05-08", "ended_on": "2026-01-09"}  # the year ends on Saturday 9 January 2027
        story = Story("2026-03-02 09:00").opened(employment=job, arrears=None)
        urgency = story.clock("urgency").due
        assert urgency is not None
        assert (urgency.on, urgency.provisional) == (date(2027, 1, 5), True)
        loaded, changed = derived_anew(story, calendar=with_years(2027))
        assert {("limitation", "rederived"), ("urgency", "rederived")} <= set(changed)
        settled = loaded.clock("urgency")
        assert settled is not None
        assert settled.due == replace(urgency, provisional=False)

    def test_one_that_ends_while_every_day_is_known_is_judged_at_once(self) -> None:
        story = Story("2026-12-25 09:00").opened()
        story.caseworker("accept")
        story.wait_until("2026-12-31 23:00")
        story.supervisor("grant")
        ended = story.clock("review_by_law")
        assert ended.due is not None
        assert (ended.status, ended.due.on, ended.due.provisional) == ("met", date(2027, 1, 4), False)

    @pytest.mark.parametrize(
        ("decided", "off", "make_up", "status", "last"),
        [
            ("2027-01-05 10:00", (), (), "breached", date(2027, 1, 4)),
            ("2027-01-05 10:00", (date(2027, 1, 4),), (), "met", date(2027, 1, 5)),
            ("2027-01-03 10:00", (), (), "met", date(2027, 1, 4)),
            ("2027-01-03 10:00", (), (date(2027, 1, 2),), "breached", date(2027, 1, 2)),
        ],
    )
    def test_one_that_ends_before_the_year_is_known_is_judged_when_it_is(
        self, decided: str, off: tuple[date, ...], make_up: tuple[date, ...], status: str, last: date
    ) -> None:
        story = Story("2026-12-25 09:00").opened()
        story.caseworker("accept")
        story.wait_until(decided)
        story.supervisor("grant")
        ended = story.clock("review_by_law")
        assert ended.due is not None
        assert (ended.status, ended.due.on, ended.due.provisional) == ("met", date(2027, 1, 4), True)
        assert not ended.overdue(story.now)

        move = story.publish(2027, off=off, make_up=make_up)
        assert move is not None
        assert ("review_by_law", "settled") in [(one.clock.name, one.change) for one in move.clock_changes]
        judged = story.clock("review_by_law")
        assert judged.due is not None
        assert (judged.status, judged.due.on, judged.due.provisional) == (status, last, False)
        assert judged.ended_at == ended.ended_at
        assert story.publish(2027, off=off, make_up=make_up) is None, "what is settled stays"


class TestTheCaseAsAWhole:
    """What is due next, and whether the case is late."""

    def test_what_another_body_owes_informs_and_makes_no_case_late(self) -> None:
        filed = [{"kind": "mediation_applied", "on": "2026-03-02"}]
        story = Story("2026-03-02 09:00").opened(proceedings=filed)
        mediation = story.clock("mediation").due
        assert mediation is not None
        nearest = nearest_clock(story.workflow, story.case)
        assert nearest is not None
        assert nearest.name == "review_by_law"
        story.along((("caseworker", "accept"), ("supervisor", "grant")))
        for who, name in (("caseworker", "assign"), ("lawyer", "engage")):
            story.takes(who, name)
        story.wait_until("2026-03-27 09:00")
        assert story.clock("mediation").overdue(story.now)
        late = late_at(story.workflow, story.case)
        assert late is None or late > story.now

    def test_a_right_of_the_client_binds_until_the_case_is_concluded(self) -> None:
        received = [{"kind": "award_received", "on": "2026-03-02"}]
        story = Story("2026-03-02 09:00").opened(proceedings=received)
        for who, name in (
            ("caseworker", "accept"),
            ("supervisor", "grant"),
            ("caseworker", "assign"),
            ("lawyer", "engage"),
        ):
            story.takes(who, name)
        sue = story.clock("sue").due
        assert sue is not None
        assert late_at(story.workflow, story.case) == sue.at
        story.wait_until("2026-03-20 09:00")
        story.lawyer("conclude")
        after = late_at(story.workflow, story.case)
        assert after is None or after > story.now

    @pytest.mark.parametrize(
        ("opened", "binds"), [("2026-03-10 09:00", "limitation"), ("2026-03-11 09:00", "review_by_law")]
    )
    def test_a_right_that_was_lost_before_the_case_was_opened_makes_nobody_late(self, opened: str, binds: str) -> None:
        story = Story(opened).opened(employment=JOB | {"ended_on": "2025-03-10"}, arrears=None)
        limitation = story.clock("limitation").due
        assert limitation is not None
        assert str(limitation.on) == "2026-03-10"
        nearest = nearest_clock(story.workflow, story.case)
        assert nearest is not None
        assert (nearest.name, late_at(story.workflow, story.case)) == (binds, story.clock(binds).due.at)

    def test_a_wait_is_due_and_never_late(self) -> None:
        story = Story("2026-03-02 09:00").opened(employment=JOB, arrears=None)
        urgency = story.clock("urgency")
        assert urgency.due is not None
        binding = [run for run in story.case.clocks if run.open and run.name != "urgency" and run.due]
        only = replace(story.case, clocks=(urgency,))
        assert nearest_clock(story.workflow, only) == urgency
        assert late_at(story.workflow, only) is None
        assert binding

    def test_a_provisional_due_time_makes_nothing_late(self) -> None:
        story = Story("2026-12-28 09:00").opened()
        only = replace(story.case, clocks=(story.clock("review_by_law"),))
        assert nearest_clock(story.workflow, only) == story.clock("review_by_law")
        assert late_at(story.workflow, only) is None


class TestAlerts:
    """When each step of the ladder is due."""

    def test_alerts_of_the_office_fall_into_opening_hours(self) -> None:
        story = Story("2026-03-02 09:00").opened()
        clock = story.workflow.by_clock["review_by_law"]
        ladder = levels(clock, story.clock("review_by_law"), china())
        assert [alert for alert, _ in ladder] == list(clock.alerts)
        assert [(alert.level, at) for alert, at in ladder] == [
            ("80%", clock_time("2026-03-06 16:06")),
            ("due", clock_time("2026-03-10 08:30")),
            ("+2wd", clock_time("2026-03-12 08:30")),
            ("+5wd", clock_time("2026-03-17 08:30")),
        ]

    def test_urgent_alerts_do_not_wait_for_the_morning(self) -> None:
        story = Story("2026-03-02 09:00").opened(employment=JOB, arrears=None)
        clock = story.workflow.by_clock["limitation"]
        told = {alert.level: at for alert, at in levels(clock, story.clock("limitation"), china())}
        assert told["due"] == clock_time("2026-11-11 00:00")
        assert told["80%"] < told["95%"] < told["due"]

    def test_a_clock_that_stands_still_alarms_nobody(self) -> None:
        story = Story("2026-03-02 09:00").opened()
        story.caseworker("ask_for_papers")
        clock = story.workflow.by_clock["review_by_law"]
        assert levels(clock, story.clock("review_by_law"), china()) == []
        assert wake_at(clock, story.clock("review_by_law"), china()) is None

    def test_the_next_rung_wakes_the_sweep_until_all_have_fired(self) -> None:
        story = Story("2026-03-02 09:00").opened()
        clock, run = story.workflow.by_clock["review_by_law"], story.clock("review_by_law")
        assert wake_at(clock, run, china()) == clock_time("2026-03-06 16:06")
        assert wake_at(clock, run, china(), {"80%"}) == clock_time("2026-03-10 08:30")
        assert wake_at(clock, run, china(), {"80%", "due", "+2wd"}) == clock_time("2026-03-17 08:30")
        assert wake_at(clock, run, china(), {"80%", "due", "+2wd", "+5wd"}) is None

    def test_an_ended_clock_wakes_nobody(self) -> None:
        story = Story("2026-03-02 09:00").opened()
        story.applicant("withdraw")
        clock = story.workflow.by_clock["review_by_law"]
        assert wake_at(clock, story.clock("review_by_law"), china()) is None


def test_time_that_goes_back_makes_no_interval_of_negative_length() -> None:
    story = Story("2026-03-04 10:00").opened()
    story.wait_until("2026-03-04 09:00")
    story.caseworker("ask_for_papers")
    [interval] = story.clock("review_by_law").intervals
    assert interval == Interval(clock_time("2026-03-04 10:00"), clock_time("2026-03-04 10:00"))


def test_a_policy_row_that_comes_later_starts_its_clock_at_the_next_round() -> None:
    story = Story(policy={"progress": None})
    story.opened().along(
        (("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign"), ("lawyer", "engage"))
    )
    assert story.case.clock("progress") is None
    row = PolicyRow(99, "legal_aid", "progress", "CN", date(2022, 1, 1), "30d", Text("新规定", "new rule"))
    story.rows = (*story.rows, row)
    story.lawyer("record_progress")
    assert (story.clock("progress").generation, story.clock("progress").policy_id) == (1, 99)


# Calendars and policies change under clocks that run.


def rows_at_start(story: Story, rows: tuple[PolicyRow, ...]) -> Callable[[ClockRun], Mapping[str, PolicyRow]]:
    """The rows that count for the day on which a clock of the story was begun."""
    begun = {
        (change.clock.name, change.clock.generation): move.at.date()
        for move in story.moves
        for change in move.clock_changes
        if change.change == "started"
    }

    def in_force(run: ClockRun) -> Mapping[str, PolicyRow]:
        # What deriving anew has begun is in none of the story's moves.
        day = begun.get((run.name, run.generation), story.today)
        return office_in("legal_aid", story.region, day, rows).policies

    return in_force


def derived_anew(
    story: Story,
    *,
    calendar: WorkingCalendar | None = None,
    before: WorkingCalendar | None = None,
    rows: tuple[PolicyRow, ...] | None = None,
) -> tuple[Case, list[tuple[str, str]]]:
    """The case after this was loaded, and what happened to which clock."""
    office = replace(story.office, calendar=calendar or story.office.calendar, counts_by=CalendarRef("china", 2))
    at_start = rows_at_start(story, rows or story.rows)
    clocks, changes = recalculate(story.workflow, story.case, story.now, office, at_start, before or china())
    return replace(story.case, clocks=clocks), [(change.clock.name, change.change) for change in changes]


def with_days_off(*days: date) -> WorkingCalendar:
    """The office's calendar with more holidays."""
    mapping = calendar_mapping()
    return WorkingCalendar.from_mapping(mapping | {"holidays": [*mapping["holidays"], *map(str, days)]})


def row(number: int, name: str, value: str, since: date = date(2022, 1, 1), place: str = "CN") -> PolicyRow:
    return PolicyRow(number, "legal_aid", name, place, since, value, Text("新规定", "new rule"))


class TestDerivedAnew:
    """A calendar or a policy is loaded while clocks run."""

    def under_review(self) -> Story:
        story = Story("2026-03-02 09:00").opened()
        story.caseworker("accept")
        story.days_pass(1)
        return story

    def test_a_new_holiday_moves_the_clock_that_runs_over_it(self) -> None:
        story = self.under_review()
        case, changes = derived_anew(story, calendar=with_days_off(date(2026, 3, 5), date(2026, 3, 9)))
        moved = {run.name: run for run in case.clocks}
        assert ("review", "rederived") in changes
        assert (last_day(moved["review"]), moved["review"].counted_by) == ("2026-03-11", ("china", 2))
        assert last_day(moved["review_by_law"]) == "2026-03-10"
        assert moved["review"].intervals == story.clock("review").intervals
        assert moved["review"].generation == 1

    def test_days_off_that_a_clock_does_not_touch_leave_it_alone(self) -> None:
        story = self.under_review()
        case, changes = derived_anew(story, calendar=with_days_off(date(2026, 3, 2)))
        assert changes == []
        assert case == story.case

    def test_a_pause_counts_as_it_was_under_the_new_calendar(self) -> None:
        story = Story("2026-02-10 10:00").opened()
        story.caseworker("accept")
        story.wait_until("2026-02-12 16:00")
        story.caseworker("ask_for_papers")
        story.wait_until("2026-02-25 09:00")
        story.applicant("supply_papers")
        case, _ = derived_anew(story, calendar=with_days_off(date(2026, 2, 12), date(2026, 2, 27)))
        # Of the two days used before the pause one was none, so that four are left: 26, 28, then 2 and 3 March.
        review = case.clock("review")
        assert review is not None
        assert last_day(review) == "2026-03-03"

    def test_a_clock_that_stands_still_moves_when_it_runs_again(self) -> None:
        story = self.under_review()
        story.caseworker("ask_for_papers")
        rows = (*story.rows, row(99, "review", "9wd", place="370000", since=date(2020, 1, 1)))
        case, changes = derived_anew(story, rows=rows)
        paused = case.clock("review")
        assert changes == [("review", "rederived")]
        assert paused is not None
        assert (paused.status, paused.due, str(paused.limit)) == ("paused", None, "9wd")

    def test_what_has_ended_never_changes(self) -> None:
        story = self.under_review()
        story.supervisor("grant")
        before = [run for run in story.case.clocks if not run.open]
        assert {run.name for run in before} >= {"review", "review_by_law"}
        rows = (*story.rows, row(98, "review_by_law", "1d"), row(99, "review", "none", place="370000"))
        case, _ = derived_anew(story, calendar=with_days_off(date(2026, 3, 3), date(2026, 3, 9)), rows=rows)
        assert [run for run in case.clocks if not run.open] == before

    def test_the_limit_becomes_the_row_that_counted_at_the_start_with_its_source(self) -> None:
        story = self.under_review()
        case, changes = derived_anew(story, rows=(*story.rows, row(99, "review_by_law", "3d")))
        run = case.clock("review_by_law")
        assert changes == [("review_by_law", "rederived")]
        assert run is not None
        assert (str(run.limit), run.policy_id, last_day(run)) == ("3d", 99, "2026-03-05")
        new = row(99, "review_by_law", "3d")
        assert basis(story.workflow.by_clock["review_by_law"], run, {99: new}) == new.source

    def test_a_row_that_begins_later_than_the_clock_moves_nothing(self) -> None:
        story = self.under_review()
        rows = (
            *story.rows,
            row(98, "review_by_law", "3d", date(2026, 3, 3)),
            row(99, "review", "1wd", date(2027, 1, 1)),
        )
        assert derived_anew(story, rows=rows)[1] == []

    def test_a_wider_place_gives_way_to_a_nearer_one(self) -> None:
        story = self.under_review()
        assert derived_anew(story, rows=(*story.rows, row(99, "review", "1wd", date(2026, 1, 1))))[1] == []

    def test_only_another_source_is_noted_without_moving_anything(self) -> None:
        story = self.under_review()
        case, changes = derived_anew(story, rows=(*story.rows, row(99, "review_by_law", "7d")))
        run = case.clock("review_by_law")
        assert changes == [("review_by_law", "rederived")]
        assert run is not None
        assert (run.due, run.policy_id) == (story.clock("review_by_law").due, 99)

    @pytest.mark.parametrize("asked", [False, True], ids=["running", "paused"])
    def test_a_limit_that_becomes_none_cancels_the_clock_even_a_late_one(self, asked: bool) -> None:
        story = self.under_review()
        story.days_pass(30)
        if asked:
            story.caseworker("ask_for_papers")
        assert story.clock("review").overdue(story.now)
        case, changes = derived_anew(story, rows=(*story.rows, row(99, "review", "none", place="370000")))
        run = case.clock("review")
        assert changes == [("review", "cancelled")]
        assert run is not None
        assert (run.status, run.ended_at, run.overdue(story.now)) == ("cancelled", story.now, False)

    def test_no_clock_begins_in_the_middle(self) -> None:
        story = Story("2026-03-02 09:00", policy={"review": None, "review_by_law": None}).opened()
        story.caseworker("accept")
        case, changes = derived_anew(story, rows=policies())
        assert changes == []
        assert case.clock("review") is case.clock("review_by_law") is None

    def test_the_days_around_the_new_year_are_settled_when_its_calendar_is_loaded(self) -> None:
        story = Story("2026-12-25 09:00").opened()
        due = story.clock("review_by_law").due
        assert due is not None
        assert (due.on, due.provisional) == (date(2027, 1, 4), True)
        case, _ = derived_anew(story, calendar=with_years(2027, off=[date(2027, 1, 4)]))
        run = case.clock("review_by_law")
        assert run is not None
        assert run.due is not None
        assert (run.due.on, run.due.provisional) == (date(2027, 1, 5), False)

    def test_a_clock_whose_first_day_follows_from_the_calendar_begins_anew(self) -> None:
        # The claim of 30 June 2025 was just in time, because the last day of the year was a Sunday (29 June).
        employment = {"started_on": "2020-01-06", "ended_on": "2024-06-29", "still_employed": False}
        story = Story("2026-03-02 09:00").opened(
            matter="wages",
            employment=employment,
            arrears=None,
            previous_steps=[{"kind": "claimed", "on": "2025-06-30"}],
        )
        assert last_day(story.clock("limitation")) == "2026-06-30"
        open_on_sunday = calendar_mapping()
        open_on_sunday["date_overrides"] = open_on_sunday["date_overrides"] | {"2025-06-29": [["08:30", "17:30"]]}
        case, changes = derived_anew(story, calendar=WorkingCalendar.from_mapping(open_on_sunday))
        assert [change for name, change in changes if name == "limitation"] == ["cancelled", "started"]
        old, new = (run for run in case.clocks if run.name == "limitation")
        assert (old.status, new.generation, last_day(new)) == ("cancelled", 2, "2025-06-29")


STEPS = (
    ("caseworker", "accept"),
    ("caseworker", "ask_for_papers"),
    ("applicant", "supply_papers"),
    ("supervisor", "grant"),
    ("caseworker", "assign"),
    ("lawyer", "engage"),
)
DAYS = st.dates(date(2026, 9, 1), date(2028, 12, 30))


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A case that has come some way, with days between its steps, around an end of the year."""
    story = Story("2026-09-14 10:00").opened()
    for who, name in STEPS[: draw(st.integers(0, len(STEPS)))]:
        story.days_pass(draw(st.integers(0, 45)))
        story.takes(who, name)
    story.days_pass(draw(st.integers(0, 30)))
    return story


class TestWhateverIsLoaded:
    """Facts about deriving anew that hold for every case and calendar."""

    @settings(max_examples=40, deadline=None)
    @given(story=stories())
    def test_an_unchanged_calendar_and_unchanged_policies_change_nothing(self, story: Story) -> None:
        case, changes = derived_anew(story, calendar=WorkingCalendar.from_mapping(calendar_mapping()))
        assert (case, changes) == (story.case, [])

    @settings(max_examples=40, deadline=None)
    @given(story=stories(), off=st.sets(DAYS, max_size=12), days=st.integers(1, 20))
    def test_twice_is_the_same_as_once(self, story: Story, off: set[date], days: int) -> None:
        calendar = with_years(2027, 2028, off=off)
        rows = (*story.rows, row(98, "review_by_law", f"{days}d"), row(99, "progress", "none"))
        once, _ = derived_anew(story, calendar=calendar, rows=rows)
        again = copy(story)
        again.case = once
        begun = rows_at_start(story, rows)
        office = replace(story.office, calendar=calendar, counts_by=CalendarRef("china", 2))
        for before in (calendar, china()):
            clocks, changes = recalculate(story.workflow, once, story.now, office, begun, before)
            assert (clocks, changes) == (once.clocks, ())

    @settings(max_examples=40, deadline=None)
    @given(story=stories(), off=st.sets(DAYS, max_size=12))
    def test_in_which_order_two_years_are_loaded_does_not_matter(self, story: Story, off: set[date]) -> None:
        ends = []
        for first, second in ((2027, 2028), (2028, 2027)):
            one, both = with_years(first, off=off), with_years(first, second, off=off)
            halfway = copy(story)
            halfway.case, _ = derived_anew(story, calendar=one)
            case, _ = derived_anew(halfway, calendar=both, before=one)
            ends.append(standing(case))
        whole, _ = derived_anew(story, calendar=with_years(2027, 2028, off=off))
        assert ends == [standing(whole)] * 2


def standing(case: Case) -> dict[str, Any]:
    """When each open clock is due, and how those that ended otherwise than by beginning anew did."""
    ended = {(run.name, run.status): run.due for run in case.clocks if not run.open and run.status != "cancelled"}
    return {"open": {run.name: (run.due, run.status) for run in case.clocks if run.open}, "ended": ended}
