"""The limits that labour law sets for others, as a lawyer sees them: from which step, until when, ended by what."""

from datetime import date
from itertools import chain
from typing import Any, ClassVar

import pytest

from casework.rules.case import ClockRun
from casework.rules.clocks import Limit
from casework.rules.context import PolicyRow
from casework.rules.people import Role
from casework.rules.refusals import Invalid, NotMet
from casework.rules.text import Text
from casework.workflows.legal_aid import WORKFLOW
from casework.workflows.legal_aid.intake import MOST_PROCEEDINGS
from casework.workflows.legal_aid.labour import DEADLINES, INFRINGED, INJURED, LABOUR_CLOCKS, PROCEEDINGS
from tests.story import Story

BY_NAME = {deadline.name: deadline for deadline in DEADLINES}
JOB = {"started_on": "2020-01-06", "ended_on": None, "still_employed": True}


def asked(at: str, *steps: tuple[str, str], **facts: Any) -> Story:
    """A wage claim of somebody still employed, so that no limitation runs, with these steps taken before."""
    proceedings = [{"kind": kind, "on": on} for kind, on in steps]
    return Story(at).opened(**({"employment": JOB, "arrears": None, "proceedings": proceedings} | facts))


def injured(at: str, on: str, *steps: tuple[str, str]) -> Story:
    return asked(at, *steps, matter="work_injury", exemption=None, employment=JOB | {"injured_on": on})


def last_day(run: ClockRun | None) -> str:
    assert run is not None
    assert run.due is not None
    return str(run.due.on)


class TestHowLong:
    """Every limit, counted over the holidays of 2026: by the calendar and rolled, or in working days."""

    @pytest.mark.parametrize(
        ("clock", "step", "on", "until"),
        [
            ("mediation", "mediation_applied", "2026-09-10", "2026-09-28"),
            ("mediation", "mediation_applied", "2026-02-05", "2026-02-24"),
            ("acceptance", "arbitration_filed", "2026-09-30", "2026-10-13"),  # Saturday 10 October is worked
            ("acceptance", "arbitration_filed", "2026-02-10", "2026-02-24"),  # so is Saturday 14 February
            ("award", "arbitration_accepted", "2026-08-20", "2026-10-08"),
            ("sue", "award_received", "2026-09-10", "2026-09-28"),
            ("sue", "final_award_received", "2026-02-05", "2026-02-24"),
            ("sue", "award_unmarked_received", "2026-02-05", "2026-02-24"),
            ("sue", "arbitration_refused", "2026-03-02", "2026-03-17"),
            ("set_aside", "final_award_served", "2026-09-01", "2026-10-08"),
            ("sue_after_set_aside", "award_set_aside", "2026-09-10", "2026-09-28"),
            ("inspection", "inspection_filed", "2026-03-02", "2026-05-28"),
            ("review_decision", "review_accepted", "2026-03-02", "2026-05-06"),
            ("sue_after_review", "review_received", "2026-09-10", "2026-09-28"),
            ("sue_after_overdue_review", "review_accepted", "2026-03-02", "2026-05-21"),
            ("court_acceptance", "lawsuit_filed", "2026-09-30", "2026-10-08"),
            ("court_acceptance", "lawsuit_filed", "2026-02-07", "2026-02-14"),  # a make-up Saturday does not roll
            ("court_acceptance", "lawsuit_filed", "2026-04-24", "2026-05-06"),
            ("first_instance", "lawsuit_accepted", "2026-04-03", "2026-10-08"),
            ("first_instance", "lawsuit_accepted", "2025-08-31", "2026-02-28"),  # no corresponding day; it is worked
            ("appeal_judgment", "judgment_received", "2026-09-10", "2026-09-28"),
            ("appeal_ruling", "ruling_received", "2026-09-25", "2026-10-08"),
            ("enforcement", "performance_due", "2024-05-02", "2026-05-06"),
            ("payment_order", "payment_order_filed", "2026-02-05", "2026-02-24"),
            ("payment_order_answer", "payment_order_served", "2026-09-10", "2026-09-28"),
            ("injury_decision", "injury_accepted", "2026-08-05", "2026-10-08"),
            ("injury_decision_clear", "injury_accepted_clear", "2026-09-10", "2026-09-28"),
            ("grading", "grading_filed", "2026-08-05", "2026-10-08"),
            ("regrading", "grading_received", "2026-02-05", "2026-02-24"),
            ("injury_review", "injury_decided", "2026-08-05", "2026-10-08"),
            ("injury_suit", "injury_decided", "2026-04-03", "2026-10-08"),
        ],
    )
    def test_the_last_day(self, clock: str, step: str, on: str, until: str) -> None:
        story = asked(f"{on} 09:00", (step, on))
        run = story.clock(clock)
        assert (last_day(run), run.owed_by, run.status) == (until, "outside", "running")
        assert run.due is not None
        assert run.due.provisional is False

    @pytest.mark.parametrize(
        ("clock", "on", "until"),
        [
            ("injury_report", "2026-09-01", "2026-10-08"),
            ("injury_claim", "2025-10-02", "2026-10-08"),
        ],
    )
    def test_from_the_day_of_the_injury(self, clock: str, on: str, until: str) -> None:
        assert last_day(injured(f"{on} 09:00", on).clock(clock)) == until

    @pytest.mark.parametrize(("clock", "until"), [("injury_report", "2026-10-08"), ("injury_claim", "2027-09-01")])
    def test_from_the_day_on_which_an_occupational_disease_was_diagnosed(self, clock: str, until: str) -> None:
        employment = JOB | {"diagnosed_on": "2026-09-01"}
        story = asked("2026-09-01 09:00", matter="work_injury", exemption=None, employment=employment)
        assert last_day(story.clock(clock)) == until

    def test_a_disease_was_not_diagnosed_before_the_work_began(self) -> None:
        employment = JOB | {"diagnosed_on": "2019-01-06"}
        with pytest.raises(Invalid) as refused:
            asked("2026-09-01 09:00", matter="work_injury", exemption=None, employment=employment)
        assert [fault.code for fault in refused.value.faults] == ["diagnosed_before_employed"]

    @pytest.mark.parametrize("matter", ["wages", "social_insurance"])
    def test_two_years_to_complain_from_the_day_of_knowing(self, matter: str) -> None:
        story = asked("2026-09-01 09:00", matter=matter, exemption=None, known_on="2025-03-10")
        assert last_day(story.clock("complaint")) == "2027-03-10"
        story.caseworker("record_proceeding", kind="complaint_filed", on="2026-09-01")
        assert story.clock("complaint").status == "met"

    def test_a_review_that_is_decided_late_gives_fifteen_days_from_its_receipt(self) -> None:
        story = asked("2026-03-02 09:00", ("review_accepted", "2026-03-02"))
        story.wait_until("2026-05-14 09:00")
        story.caseworker("record_proceeding", kind="review_received", on="2026-05-14")
        assert story.clock("sue_after_overdue_review").status == "cancelled"
        assert last_day(story.clock("sue_after_review")) == "2026-05-29"

    def test_a_suit_before_the_time_of_the_review_is_over_leaves_nothing_to_sue_for(self) -> None:
        story = asked("2026-03-02 09:00", ("review_accepted", "2026-03-02"))
        story.caseworker("record_proceeding", kind="administrative_suit_filed", on="2026-03-02")
        assert story.clock("sue_after_overdue_review").status == "cancelled"

    def test_an_injury_starts_nothing_in_a_wage_claim(self) -> None:
        story = asked("2026-03-02 09:00", employment=JOB | {"injured_on": "2026-02-27"})
        assert story.case.clock("injury_claim") is None

    def test_every_limit_of_the_table_is_counted_above(self) -> None:
        counted = {
            "award_extended",
            "grading_extended",
            "inspection_extended",
            "injury_report",
            "injury_claim",
            "complaint",
        }
        marks = self.test_the_last_day.pytestmark  # type: ignore[attr-defined]
        counted |= {case[0] for mark in marks for case in mark.args[1]}
        assert counted == set(BY_NAME)


class TestExtensions:
    """An approved extension replaces the limit, it does not stand beside it."""

    @pytest.mark.parametrize(
        ("accepted", "extended", "clock", "longer", "until"),
        [
            ("arbitration_accepted", "award_extended", "award", "award_extended", "2026-05-06"),
            ("grading_filed", "grading_extended", "grading", "grading_extended", "2026-06-01"),
            ("inspection_filed", "inspection_extended", "inspection", "inspection_extended", "2026-07-10"),
        ],
    )
    def test_it_is_counted_from_the_same_day(
        self, accepted: str, extended: str, clock: str, longer: str, until: str
    ) -> None:
        story = asked("2026-03-02 09:00", (accepted, "2026-03-02"))
        assert story.case.clock(longer) is None
        story.days_pass(30)
        story.caseworker("record_proceeding", kind=extended, on="2026-04-01")
        assert story.clock(clock).status == "cancelled"
        assert (story.clock(longer).status, last_day(story.clock(longer))) == ("running", until)

    def test_one_of_an_earlier_procedure_does_not_extend_the_next(self) -> None:
        story = asked("2026-03-02 09:00", ("award_extended", "2026-02-02"), ("arbitration_accepted", "2026-03-02"))
        assert story.clock("award").open
        assert story.case.clock("award_extended") is None


class TestWhatEndsThem:
    """The step that was waited for, in time or late; a settlement; or a new start."""

    @pytest.mark.parametrize(
        ("clock", "step", "end"),
        [
            (one.name, one.after[0], end)
            for one in DEADLINES
            for end in one.until
            if one.after[0] in PROCEEDINGS and one.first is None
        ],
    )
    def test_the_step_that_was_waited_for(self, clock: str, step: str, end: str) -> None:
        extended = BY_NAME[clock].extended_by
        steps = [(step, "2026-03-02"), *([(extended, "2026-03-02")] if extended else [])]
        story = asked("2026-03-02 09:00", *steps)
        assert story.clock(clock).open
        story.days_pass(1)
        story.caseworker("record_proceeding", kind=end, on="2026-03-03")
        assert story.clock(clock).status == "met"

    def test_a_step_taken_late_breaches_it(self) -> None:
        story = asked("2026-03-02 09:00", ("award_received", "2026-03-02"))
        story.days_pass(20)
        story.caseworker("record_proceeding", kind="lawsuit_filed", on="2026-03-18")
        assert story.clock("sue").status == "breached"

    def test_a_step_taken_on_the_last_day_and_written_down_later_is_in_time(self) -> None:
        story = asked("2026-03-02 09:00", ("award_received", "2026-03-02"))
        story.days_pass(20)
        story.caseworker("record_proceeding", kind="lawsuit_filed", on="2026-03-17")
        assert story.clock("sue").status == "met"

    def test_an_older_step_ends_nothing(self) -> None:
        story = asked("2026-03-02 09:00", ("lawsuit_filed", "2026-02-02"), ("award_received", "2026-03-02"))
        assert story.clock("sue").open

    def test_a_second_judgment_starts_it_anew(self) -> None:
        story = asked("2026-03-02 09:00", ("judgment_received", "2026-03-02"))
        story.days_pass(4)
        story.caseworker("record_proceeding", kind="judgment_received", on="2026-03-06")
        assert (story.clock("appeal_judgment").generation, last_day(story.clock("appeal_judgment"))) == (
            2,
            "2026-03-23",
        )

    @pytest.mark.parametrize("claim", ["injury_filed", "injury_accepted", "injury_decided"])
    def test_a_reported_injury_needs_no_report(self, claim: str) -> None:
        story = injured("2026-03-02 09:00", "2026-02-27")
        story.caseworker("record_proceeding", kind=claim, on="2026-03-02")
        assert {story.clock(name).status for name in ("injury_report", "injury_claim")} == {"met"}

    def test_what_was_over_before_the_case_came_starts_nothing(self) -> None:
        story = injured("2026-03-02 09:00", "2025-12-01", ("award_received", "2026-02-01"))
        assert story.case.clock("injury_report") is None
        assert story.case.clock("sue") is None
        assert last_day(story.clock("injury_claim")) == "2026-12-01"

    def test_it_counts_as_filed_for_the_limitation(self) -> None:
        left = {"started_on": "2020-01-06", "ended_on": "2026-01-05", "still_employed": None}
        story = asked("2026-03-02 09:00", employment=left)
        assert story.clock("limitation").open
        story.caseworker("record_proceeding", kind="arbitration_filed", on="2026-03-02")
        assert story.clock("limitation").status == "met"

    def test_a_closed_case_needs_none_of_them(self) -> None:
        story = asked("2026-03-02 09:00", ("award_received", "2026-03-02"))
        story.applicant("withdraw")
        assert story.clock("sue").status == "cancelled"


class TestRecording:
    """Whoever has the case writes the steps down; they stand among its facts."""

    def test_the_lawyer_appends_to_what_was_told(self) -> None:
        story = asked("2026-03-02 09:00", ("mediation_applied", "2026-02-25"))
        story.caseworker("accept")
        story.supervisor("grant")
        story.caseworker("assign")
        story.lawyer("record_proceeding", kind="mediation_failed", on="2026-03-02", note="单位未到场")
        assert story.case.facts["proceedings"] == [
            {"kind": "mediation_applied", "on": "2026-02-25"},
            {"kind": "mediation_failed", "on": "2026-03-02"},
        ]
        assert story.moves[-1].sealed == {"note": "单位未到场"}
        assert story.case.state == "assigned"

    def test_they_outlive_a_correction_and_can_be_corrected(self) -> None:
        story = asked("2026-03-02 09:00")
        story.caseworker("record_proceeding", kind="award_received", on="2026-02-27")
        story.correct("caseworker", claimants=3)
        assert [step["kind"] for step in story.case.facts["proceedings"]] == ["award_received"]
        story.correct("caseworker", proceedings=[{"kind": "award_received", "on": "2026-03-02"}])
        assert last_day(story.clock("sue")) == "2026-03-17"

    def test_a_step_in_the_future_is_refused(self) -> None:
        refusal = asked("2026-03-02 09:00").refused("caseworker", "record_proceeding", on="2026-03-03")
        assert isinstance(refusal, Invalid)
        assert [(fault.path, fault.code) for fault in refusal.faults] == [("on", "day_future")]

    def test_there_are_never_more_than_the_form_takes(self) -> None:
        full = [("settled", "2026-02-27")] * MOST_PROCEEDINGS
        assert isinstance(asked("2026-03-02 09:00", *full).refused("caseworker", "record_proceeding"), NotMet)
        story = asked("2026-03-02 09:00", *full[1:])
        story.caseworker("record_proceeding", kind="settled")
        story.correct("caseworker", claimants=2)
        assert len(story.case.facts["proceedings"]) == MOST_PROCEEDINGS


class TestFinalAwards:
    """Final for the employer alone: by what the award says, else item by item (解释（一）19)."""

    WAGE = PolicyRow(900, "legal_aid", "minimum_wage", "CN", date(2025, 1, 1), "2000", Text("示例标准", "an example"))

    def judged(self, *items: tuple[str, str], rows: tuple[PolicyRow, ...] = (WAGE,)) -> dict[str, Any]:
        story = Story("2026-03-02 09:00", region="110100", rows=rows).opened(employment=JOB, arrears=None)
        given = [{"kind": kind, "amount": amount} for kind, amount in items] or None
        found = story.caseworker("record_proceeding", kind="award_unmarked_received", items=given).given["award"]
        assert set(found["told"]) == {"zh-CN", "en"}
        return dict(found)

    @pytest.mark.parametrize(
        ("items", "final"),
        [
            ((("pay", "24000.00"),), True),
            ((("pay", "24000.01"),), False),
            ((("pay", "24000.00"), ("severance", "24000.00"), ("damages", "24000.00")), True),
            ((("pay", "1.00"), ("severance", "24000.01")), False),
            ((("injury_medical", "24000.00"),), True),
            ((("pay", "1.00"), ("other", "1.00")), False),
            ((("pay", "24000.00"), ("labour_standards", "90000.00")), True),
            ((("pay", "24000.01"), ("labour_standards", "1.00")), False),
        ],
    )
    def test_each_item_alone_is_held_against_twelve_minimum_wages(
        self, items: tuple[tuple[str, str], ...], final: bool
    ) -> None:
        found = self.judged(*items)
        assert (found["final"], found["most"]) == (final, "24000.00")
        assert ("按终局裁决处理" in found["told"]["zh-CN"], "not final" in found["told"]["en"]) == (final, not final)
        assert "示例标准" in found["told"]["zh-CN"]

    def test_labour_standards_are_final_whatever_the_amount(self) -> None:
        items = [{"kind": "labour_standards", "amount": "90000.00"}, {"kind": "labour_standards"}]
        story = Story("2026-03-02 09:00", region="110100").opened(employment=JOB, arrears=None)
        found = story.caseworker("record_proceeding", kind="award_unmarked_received", items=items).given["award"]
        assert found["final"] is True
        assert "不论金额" in found["told"]["zh-CN"]
        assert "whatever the amounts" in found["told"]["en"]

    def test_every_other_item_has_an_amount(self) -> None:
        story = asked("2026-03-02 09:00")
        given = {"kind": "award_unmarked_received", "items": [{"kind": "pay"}]}
        refusal = story.refused("caseworker", "record_proceeding", **given)
        assert isinstance(refusal, Invalid)
        assert [(fault.path, fault.code) for fault in refusal.faults] == [("items.0.amount", "amount_missing")]

    @pytest.mark.parametrize(("amount", "final"), [("21840.00", True), ("21840.01", False)])
    def test_in_shandong_the_lowest_level_counts(self, amount: str, final: bool) -> None:
        story = asked("2026-03-02 09:00")
        items = [{"kind": "pay", "amount": amount}]
        found = story.caseworker("record_proceeding", kind="award_unmarked_received", items=items).given["award"]
        assert found["final"] is final
        assert "待核对" in found["told"]["zh-CN"]
        assert "to be confirmed" in found["told"]["en"]

    def test_without_the_minimum_wage_of_the_place_or_the_items_nobody_can_tell(self) -> None:
        assert "尚未设定" in self.judged(("pay", "1.00"), rows=())["told"]["zh-CN"]
        assert "未登记各项金额" in self.judged()["told"]["zh-CN"]

    @pytest.mark.parametrize("kind", ["award_received", "final_award_received"])
    def test_what_the_award_says_holds(self, kind: str) -> None:
        story = asked("2026-03-02 09:00")
        refusal = story.refused("caseworker", "record_proceeding", kind=kind, items=[{"kind": "pay", "amount": "1.00"}])
        assert isinstance(refusal, Invalid)
        assert [fault.code for fault in refusal.faults] == ["award_says_it"]

    def test_the_employers_thirty_days_run_from_the_employers_receipt(self) -> None:
        story = asked("2026-03-02 09:00", ("final_award_received", "2026-03-02"))
        assert story.case.clock("set_aside") is None
        story.days_pass(5)
        story.caseworker("record_proceeding", kind="final_award_served", on="2026-03-06")
        assert last_day(story.case.clock("set_aside")) == "2026-04-07"  # the fifth is a Sunday, the sixth a holiday
        assert last_day(story.case.clock("sue")) == "2026-03-17"


class TestContractor:
    """Whoever gives work to somebody not qualified answers beside the employer (解释（二）1, 2)."""

    CONTRACTOR: ClassVar = {"name": "威海示例建设集团有限公司", "link": "subcontracted"}

    def test_the_helper_is_told_who_else_can_be_claimed_from_and_why(self) -> None:
        story = Story().opened(contractor=self.CONTRACTOR)
        story.along((("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign")))
        letter = story.letters["commission"]
        assert "另可以请求威海示例建设集团有限公司承担用工主体责任：将业务转包、分包给" in letter["zh-CN"]["body"]
        assert "威海示例建设集团有限公司 can be claimed from too: it gave the work" in letter["en"]["body"]

    def test_without_one_the_letter_says_nothing_of_it(self) -> None:
        story = Story().opened().along((("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign")))
        assert "用工主体责任" not in story.letters["commission"]["zh-CN"]["body"]

    def test_only_a_labour_matter_has_one(self) -> None:
        story = Story()
        given = story.form("submit", {"contractor": self.CONTRACTOR, "matter": "maintenance", "exemption": None})
        refusal = story.decides("applicant", "submit", given)
        assert isinstance(refusal, Invalid)
        assert "contractor_of_nobody" in [fault.code for fault in refusal.faults]

    def test_a_case_is_found_by_its_name(self) -> None:
        assert "contractor.name" in WORKFLOW.parties


class TestTheTable:
    """What holds for every row."""

    def test_what_the_client_must_not_miss_alarms_twice_before_and_when_it_is_over(self) -> None:
        pressing = {one.name for one in DEADLINES if one.ours}
        assert pressing == {
            "sue",
            "sue_after_set_aside",
            "sue_after_review",
            "sue_after_overdue_review",
            "complaint",
            "appeal_judgment",
            "appeal_ruling",
            "enforcement",
            "injury_claim",
            "regrading",
            "injury_review",
            "injury_suit",
        }
        for name in pressing:
            clock = WORKFLOW.by_clock[name]
            assert [alert.level for alert in clock.alerts] == ["60%", "90%", "due"]
            assert all(alert.urgent for alert in clock.alerts)
            assert all({Role.CASEWORKER, Role.LAWYER, Role.VOLUNTEER} <= set(alert.to) for alert in clock.alerts)

    def test_every_step_that_a_row_names_can_be_recorded(self) -> None:
        named = chain.from_iterable(one.after + one.until + (one.extended_by, one.unless) for one in DEADLINES)
        assert {step for step in named if step} - {INJURED, INFRINGED} <= set(PROCEEDINGS)

    def test_nobody_in_the_office_owes_them(self) -> None:
        assert {clock.owed_by for clock in LABOUR_CLOCKS} == {"outside"}

    def test_what_was_recalled_and_not_read_says_so(self) -> None:
        [recalled] = [one for one in DEADLINES if "（R）" in one.basis.zh]
        assert (recalled.name, Limit.parse(recalled.limit).unit) == ("acceptance", "wd")
        assert "recalled" in recalled.basis.en

    def test_the_fingerprint_tells_them_apart(self) -> None:
        names = [fact.__qualname__ for clock in LABOUR_CLOCKS for fact in (clock.start, clock.stop) if fact]
        assert len(names) == len(set(names)) == 2 * len(DEADLINES)

    def test_a_lawyer_sees_the_fifteen_days_to_sue(self) -> None:
        story = asked("2026-03-02 09:00", ("award_received", "2026-03-02"))
        [sue] = [run for run in story.case.clocks if run.name == "sue"]
        assert "十五日" in story.basis("sue").zh
        assert sue.due is not None
        assert sue.due.on == date(2026, 3, 17)
