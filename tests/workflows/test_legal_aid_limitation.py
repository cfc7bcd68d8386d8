"""Each claim has its limitation: what starts it anew, what it rests for, in what it stands still (调解仲裁法 27)."""

from typing import Any

import pytest

from casework.rules.people import Role
from casework.workflows.legal_aid import WORKFLOW
from casework.workflows.legal_aid.intake import CIVIL, MATTERS, MATTERS_SEALED, PREVIOUS_STEPS
from casework.workflows.legal_aid.labour import PROCEEDINGS
from casework.workflows.legal_aid.limitation import FILED, INTERRUPTS, LIMITATION_NAMES, RETURNED
from tests.story import Story

KNOWN = "2025-03-10"
ANEW = [(kind, "previous_steps") for kind in sorted(INTERRUPTS & set(PREVIOUS_STEPS))] + [
    (kind, "proceedings") for kind in sorted(INTERRUPTS & set(PROCEEDINGS))
]
EMPLOYED = {"started_on": "2020-01-06", "ended_on": None, "still_employed": True}


def asked(at: str = "2026-01-05 09:00", *steps: tuple[str, str], **facts: Any) -> Story:
    """A dismissal known since 10 March 2025, with these steps of the proceedings."""
    plain: dict[str, Any] = {
        "matter": "dismissal",
        "known_on": KNOWN,
        "employment": None,
        "arrears": None,
        "demands": None,
        "exemption": None,
        "proceedings": [{"kind": kind, "on": on} for kind, on in steps] or None,
    }
    return Story(at).opened(**(plain | facts))


def last_day(story: Story, name: str = "limitation") -> str:
    run = story.clock(name)
    assert run.due is not None
    return str(run.due.on)


def running(story: Story) -> dict[str, str]:
    """The limitations that run, with their last days."""
    return {run.name: str(run.due.on) for run in story.case.clocks if run.name in LIMITATION_NAMES and run.due}


class TestAnew:
    """Whatever is claimed, from whomever, starts the whole year anew."""

    @pytest.mark.parametrize(("kind", "where"), ANEW)
    def test_each_step_starts_the_year_anew_wherever_it_is_told(self, kind: str, where: str) -> None:
        assert last_day(asked(**{where: [{"kind": kind, "on": "2025-12-01"}]})) == "2026-12-01"

    def test_there_are_six_before_the_request_and_five_in_the_proceedings(self) -> None:
        assert [where for _, where in ANEW].count("previous_steps") == 6
        assert [where for _, where in ANEW].count("proceedings") == 5

    def test_recorded_on_the_way_it_does_so_too(self) -> None:
        story = asked()
        assert last_day(story) == "2026-03-10"
        story.caseworker("record_proceeding", kind="mediation_applied", on="2026-01-05")
        assert (story.clock("limitation").generation, last_day(story)) == (2, "2027-01-05")

    def test_nothing_revives_it_once_it_has_run_out(self) -> None:
        story = asked("2026-03-20 09:00", ("mediation_applied", "2026-03-11"))
        assert (last_day(story), story.clock("limitation").overdue(story.now)) == ("2026-03-10", True)

    def test_other_steps_change_nothing(self) -> None:
        assert last_day(asked(previous_steps=[{"kind": "other", "on": "2025-12-01"}])) == "2026-03-10"
        assert last_day(asked("2026-01-05 09:00", ("mediation_failed", "2025-12-01"))) == "2026-03-10"


class TestRests:
    """While a tribunal or a court has the matter it rests; once it comes back undecided the year runs anew."""

    @pytest.mark.parametrize("kind", sorted(FILED & set(PROCEEDINGS)))
    def test_it_is_met_while_somebody_has_the_matter(self, kind: str) -> None:
        story = asked()
        story.caseworker("record_proceeding", kind=kind, on="2026-01-05")
        assert story.clock("limitation").status == "met"

    @pytest.mark.parametrize("kind", sorted(RETURNED))
    def test_the_year_runs_anew_from_the_day_on_which_it_comes_back(self, kind: str) -> None:
        story = asked()
        story.caseworker("record_proceeding", kind="arbitration_filed", on="2026-01-05")
        story.wait_until("2026-02-02 09:00")
        story.caseworker("record_proceeding", kind=kind, on="2026-02-02")
        runs = [(run.generation, run.status) for run in story.case.clocks if run.name == "limitation"]
        assert runs == [(1, "met"), (2, "running")]
        assert last_day(story) == "2027-02-02"

    def test_what_came_back_before_the_request_counts_from_then(self) -> None:
        steps = (("arbitration_filed", "2025-06-02"), ("arbitration_withdrawn", "2025-07-01"))
        assert last_day(asked("2026-01-05 09:00", *steps)) == "2026-07-01"

    def test_a_suit_that_is_withdrawn_after_an_award_leaves_the_award(self) -> None:
        steps = (("award_received", "2025-12-29"), ("lawsuit_filed", "2025-12-30"), ("lawsuit_withdrawn", "2026-01-04"))
        assert asked("2026-01-05 09:00", *steps).case.clock("limitation") is None

    def test_a_filing_too_late_rests_nothing(self) -> None:
        story = asked("2026-03-20 09:00", ("arbitration_filed", "2026-03-11"))
        assert story.clock("limitation").overdue(story.now)


class TestStandsStill:
    """Force majeure and other good reasons: the days are added (调解仲裁法 27 III)."""

    @pytest.mark.parametrize(
        ("stretches", "until"),
        [
            ([("2025-06-01", "2025-07-01")], "2026-04-09"),
            (
                [("2025-06-01", "2025-07-01"), ("2025-06-11", "2025-07-11")],
                "2026-04-20",
            ),  # 40 days; the 19th is a Sunday
            ([("2025-03-01", "2025-03-20")], "2026-03-20"),  # what lies before the year does not count
            ([("2026-03-11", "2026-03-15")], "2026-03-10"),  # nor what lies after it
        ],
    )
    def test_it_ends_so_many_days_later(self, stretches: list[tuple[str, str]], until: str) -> None:
        rows = [{"begins": begins, "ends": ends, "reason": "住院"} for begins, ends in stretches]
        assert last_day(asked("2026-03-16 09:00", suspensions=rows)) == until

    def test_as_long_as_the_cause_lasts_none_runs(self) -> None:
        story = asked(suspensions=[{"begins": "2025-12-01", "reason": "住院"}])
        assert story.case.clock("limitation") is None
        story.correct("caseworker", suspensions=[{"begins": "2025-12-01", "ends": "2025-12-31", "reason": "住院"}])
        assert last_day(story) == "2026-04-09"

    def test_a_claim_within_the_longer_time_counts(self) -> None:
        rows = [{"begins": "2025-06-01", "ends": "2025-07-01", "reason": "住院"}]
        assert (
            last_day(asked("2026-05-06 09:00", ("mediation_applied", "2026-04-01"), suspensions=rows)) == "2027-04-01"
        )

    def test_a_cause_does_not_end_before_it_began(self) -> None:
        story = Story()
        form = story.form("submit", {"suspensions": [{"begins": "2025-06-02", "ends": "2025-06-01", "reason": "住院"}]})
        decision = story.decides("applicant", "submit", form)
        assert [fault.code for fault in decision.faults] == ["ends_before_it_begins"]  # type: ignore[union-attr]


class TestEachClaim:
    """Wages while employed have no limit; what is claimed beside them has its year."""

    @pytest.mark.parametrize(
        ("kind", "name", "until"),
        [
            ("overtime", "limitation_other_claims", "2026-03-10"),
            ("social_insurance", "limitation_other_claims", "2026-03-10"),
            ("injury_benefits", "limitation_other_claims", "2026-03-10"),
            ("other", "limitation_other_claims", "2026-03-10"),
            ("severance", "limitation_dismissal", "2026-03-10"),
            ("damages", "limitation_dismissal", "2026-03-10"),
            ("double_wages", "limitation_double_wages", "2027-01-06"),
        ],
    )
    def test_beside_wages_while_employed(self, kind: str, name: str, until: str) -> None:
        demands = [{"kind": "wages", "amount": "1.00"}, {"kind": kind, "amount": "2.00"}]
        employment = EMPLOYED | {"started_on": "2025-01-06"}
        story = asked(matter="wages", employment=employment, demands=demands)
        assert running(story) == {name: until}

    def test_of_wages_alone_none_runs(self) -> None:
        assert running(asked(matter="wages", employment=EMPLOYED, demands=[{"kind": "wages"}])) == {}

    def test_each_ends_on_its_own_day(self) -> None:
        demands = [{"kind": kind} for kind in ("wages", "severance", "double_wages", "overtime")]
        left = {"started_on": "2023-11-06", "ended_on": "2025-11-10"}
        assert running(asked(matter="wages", employment=left, demands=demands)) == {
            "limitation": "2026-11-10",
            "limitation_dismissal": "2026-11-10",
            "limitation_other_claims": "2026-03-10",
            "limitation_double_wages": "2025-11-06",
        }

    def test_pay_beside_a_dismissal_runs_from_the_end_of_the_employment(self) -> None:
        left = {"started_on": "2023-11-06", "ended_on": "2025-11-10"}
        story = asked(employment=left, demands=[{"kind": "wages"}, {"kind": "damages"}])
        assert running(story) == {"limitation": "2026-03-10", "limitation_pay": "2026-11-10"}

    def test_double_wages_run_from_the_end_of_a_shorter_employment(self) -> None:
        left = {"started_on": "2025-07-01", "ended_on": "2025-11-10"}
        story = asked(matter="wages", employment=left, demands=[{"kind": "double_wages"}])
        assert running(story)["limitation_double_wages"] == "2026-11-10"

    def test_the_nearest_makes_the_case_urgent(self) -> None:
        demands = [{"kind": "wages"}, {"kind": "overtime"}]
        assert asked("2026-03-03 09:00", matter="wages", employment=EMPLOYED, demands=demands).case.urgent is False
        assert asked("2026-03-04 09:00", matter="wages", employment=EMPLOYED, demands=demands).case.urgent is True


class TestOutsideLabourLaw:
    """Three years (民法典 188), so that these cases can become urgent too."""

    @pytest.mark.parametrize("matter", [one for one in MATTERS if MATTERS_SEALED.get(one, one) in CIVIL])
    def test_three_years_from_the_day_of_knowing(self, matter: str) -> None:
        story = asked("2026-03-03 09:00", matter=matter, known_on="2023-03-10")
        assert running(story) == {"limitation_civil": "2026-03-10"}
        assert story.case.urgent is False
        assert asked("2026-03-04 09:00", matter=matter, known_on="2023-03-10").case.urgent is True

    def test_a_claim_starts_them_anew(self) -> None:
        story = asked(
            matter="personal_injury", known_on="2023-03-10", previous_steps=[{"kind": "claimed", "on": "2025-03-11"}]
        )
        assert last_day(story, "limitation_civil") == "2028-03-13"

    def test_it_says_that_maintenance_has_none(self) -> None:
        assert "196" in WORKFLOW.by_clock["limitation_civil"].basis.zh


class TestOneMeaning:
    """A stage that a report tells is the step of the proceedings that is recorded."""

    def at_work(self) -> Story:
        story = asked(exemption=None, means={"household_size": 1, "annual_income": "1.00", "declared_true": True})
        story.along((("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign"), ("lawyer", "engage")))
        return story

    def test_both_doors_meet_the_limitation_and_start_the_clock_of_the_tribunal(self) -> None:
        told, recorded = self.at_work(), self.at_work()
        told.lawyer("record_progress", stage="arbitration_filed", on="2026-01-05")
        recorded.lawyer("record_proceeding", kind="arbitration_filed", on="2026-01-05", note=None)
        assert told.case.facts["proceedings"] == recorded.case.facts["proceedings"]
        for story in (told, recorded):
            assert (story.clock("limitation").status, last_day(story, "acceptance")) == ("met", "2026-01-12")

    def test_what_is_known_is_not_told_twice(self) -> None:
        story = self.at_work()
        story.lawyer("record_proceeding", kind="arbitration_filed", on="2026-01-05")
        story.days_pass(3)
        story.lawyer("record_progress", stage="arbitration_filed", on="2026-01-08")
        assert last_day(story, "acceptance") == "2026-01-12"

    def test_a_second_filing_after_a_withdrawal_counts(self) -> None:
        story = self.at_work()
        story.lawyer("record_progress", stage="arbitration_filed", on="2026-01-05")
        story.days_pass(3)
        story.lawyer("record_proceeding", kind="arbitration_withdrawn", on="2026-01-08")
        assert story.clock("limitation").open
        story.lawyer("record_progress", stage="arbitration_filed", on="2026-01-08")
        kinds = [step["kind"] for step in story.case.facts["proceedings"]]
        assert kinds == ["arbitration_filed", "arbitration_withdrawn", "arbitration_filed"]

    @pytest.mark.parametrize("award", ["award_received", "final_award_received"])
    def test_a_reported_award_does_not_change_what_kind_it_was(self, award: str) -> None:
        story = self.at_work()
        story.lawyer("record_proceeding", kind=award, on="2026-01-05")
        story.lawyer("record_progress", stage="award", on="2026-01-05")
        assert [step["kind"] for step in story.case.facts["proceedings"]] == [award]

    def test_other_stages_are_no_steps_of_the_proceedings(self) -> None:
        story = self.at_work()
        story.lawyer("record_progress", stage="evidence", on="2026-01-05")
        assert "proceedings" not in story.case.facts


def test_every_limitation_alarms_twice_before_it_is_over_and_then() -> None:
    for name in LIMITATION_NAMES:
        alerts = WORKFLOW.by_clock[name].alerts
        assert [alert.level for alert in alerts] == ["80%", "95%", "due"]
        assert all(alert.urgent and Role.LAWYER in alert.to for alert in alerts)
