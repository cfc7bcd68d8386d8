"""Legal aid as the office tells it: from the request to the closed file, and every other way that a case can end."""

from typing import Any

import pytest

from casework.forms import join_sensitive
from casework.rules.case import Phase
from casework.rules.people import Role
from casework.rules.refusals import Invalid, NotMet, NotNow, NotYours, Refusal
from casework.rules.text import LANGUAGES
from casework.workflows.legal_aid import WORKFLOW
from casework.workflows.legal_aid.guards import time_to_object
from casework.workflows.legal_aid.intake import (
    EXEMPTIONS,
    FORMS_OF_AID,
    LABOUR,
    MATTERS,
    MATTERS_SEALED,
    NO_HARDSHIP_CONDITION,
    OPEN_MATTERS,
    LegalAidIntake,
)
from casework.workflows.legal_aid.steps import REFUSAL_GROUNDS, RESULTS, TERMINATION_GROUNDS
from tests.story import Story
from tests.workflows.test_legal_aid_repayment import gone_back

MEANS = {"household_size": 3, "annual_income": "60000.00", "declared_true": True}
MAIN_ROAD = (
    ("caseworker", "accept"),
    ("caseworker", "propose"),
    ("supervisor", "grant"),
    ("caseworker", "assign"),
    ("lawyer", "engage"),
    ("lawyer", "record_progress"),
    ("lawyer", "conclude"),
    ("caseworker", "follow_up"),
    ("caseworker", "close"),
)


@pytest.fixture
def story() -> Story:
    """A migrant worker who is owed two months' pay has asked for a lawyer."""
    return Story("2026-03-02 09:00").opened()


def reviewed(**facts: Any) -> Story:
    """A request that a caseworker has reviewed and put before the supervisor."""
    return Story("2026-03-02 09:00").opened(**facts).along(MAIN_ROAD[:2])


def told(story: Story, who: str, name: str, **given: Any) -> Refusal:
    """A refusal whose sentence is there in both languages."""
    refusal = story.refused(who, name, **given)
    assert refusal.text.zh.strip()
    assert refusal.text.en.strip()
    return refusal


class TestTheMainRoad:
    """Asked, reviewed, granted, assigned, helped, followed up, closed."""

    def test_a_wage_claim_from_the_request_to_the_closed_file(self, story: Story) -> None:
        stops = [(story.case.state, story.case.phase, story.case.waits_for)]
        for who, name in MAIN_ROAD:
            story.takes(who, name)
            stops.append((story.case.state, story.case.phase, story.case.waits_for))
        assert stops == [
            ("submitted", Phase.INTAKE, Role.CASEWORKER),
            ("under_review", Phase.REVIEW, Role.CASEWORKER),
            ("awaiting_decision", Phase.REVIEW, Role.SUPERVISOR),
            ("granted", Phase.ASSIGNMENT, Role.CASEWORKER),
            ("assigned", Phase.ASSIGNMENT, Role.LAWYER),
            ("in_progress", Phase.RESOLUTION, Role.LAWYER),
            ("in_progress", Phase.RESOLUTION, Role.LAWYER),
            ("concluded", Phase.FOLLOW_UP, Role.CASEWORKER),
            ("followed_up", Phase.FOLLOW_UP, Role.CASEWORKER),
            ("closed", Phase.CLOSED, None),
        ]
        assert story.case.outcome == "settled"
        assert story.case.closed_at == story.now
        unmet = {run.name: run.status for run in story.case.clocks if run.status != "met"}
        # Closed while its file is owed, and neither arbitrated nor urgent.
        assert unmet.pop("closing_papers") == "running"
        assert unmet == dict.fromkeys(("limitation", "urgency"), "cancelled")

    @pytest.mark.parametrize("result", sorted(RESULTS))
    def test_the_result_of_the_help_is_the_outcome_of_the_case(self, story: Story, result: str) -> None:
        story.along(MAIN_ROAD[:6])
        story.lawyer("conclude", result=result, awarded=None, recovered=None)
        story.along(MAIN_ROAD[7:])
        assert story.case.outcome == result

    def test_more_cannot_be_recovered_than_was_awarded(self, story: Story) -> None:
        story.along(MAIN_ROAD[:6])
        refusal = told(story, "lawyer", "conclude", awarded="13000.00", recovered="13000.01")
        assert isinstance(refusal, Invalid)
        assert [fault.code for fault in refusal.faults] == ["recovered_more_than_awarded"]

    @pytest.mark.parametrize("step", ["engage", "record_progress", "conclude"])
    def test_what_was_done_cannot_lie_in_the_future(self, story: Story, step: str) -> None:
        story.along(MAIN_ROAD[: [name for _, name in MAIN_ROAD].index(step)])
        field = {"engage": "engaged_on", "record_progress": "on", "conclude": "concluded_on"}[step]
        refusal = told(story, "lawyer", step, **{field: "2026-03-03"})
        assert isinstance(refusal, Invalid)
        assert [(fault.path, fault.code) for fault in refusal.faults] == [(field, "day_future")]

    def test_a_helper_gives_the_assignment_back_with_a_reason_only(self, story: Story) -> None:
        refusal = told(story.along(MAIN_ROAD[:4]), "lawyer", "decline", reason=None)
        assert isinstance(refusal, Invalid)
        assert [(fault.path, fault.code) for fault in refusal.faults] == [("reason", "required")]

    def test_a_volunteer_helps_as_a_lawyer_does(self, story: Story) -> None:
        story.along(MAIN_ROAD[:3])
        story.caseworker("assign", to=str(story.people["volunteer"].id))
        story.along((("volunteer", name) for who, name in MAIN_ROAD[4:7]))
        assert story.case.state == "concluded"

    def test_the_supervisor_sends_a_finding_back(self) -> None:
        story = reviewed()
        story.supervisor("send_back", reason="请补充调查工资标准")
        assert story.case.state == "under_review"
        assert story.case.waits_for is Role.CASEWORKER


class TestFollowUp:
    """The recipient is asked how it was."""

    @pytest.fixture
    def concluded(self, story: Story) -> Story:
        return story.along(MAIN_ROAD[:7])

    @pytest.mark.parametrize("rating", [1, 5])
    def test_a_recipient_who_was_reached_gives_a_rating_of_one_to_five(self, concluded: Story, rating: int) -> None:
        concluded.caseworker("follow_up", rating=rating)
        assert concluded.case.taken["follow_up"].given["rating"] == rating

    @pytest.mark.parametrize("rating", [0, 6, "5", 4.5, True])
    def test_no_other_rating_counts(self, concluded: Story, rating: object) -> None:
        refusal = told(concluded, "caseworker", "follow_up", rating=rating)
        assert isinstance(refusal, Invalid)
        assert [fault.path for fault in refusal.faults] == ["rating"]

    def test_a_rating_is_missing_when_the_recipient_was_reached(self, concluded: Story) -> None:
        refusal = told(concluded, "caseworker", "follow_up", rating=None)
        assert isinstance(refusal, Invalid)
        assert [fault.code for fault in refusal.faults] == ["rating_missing"]

    def test_nobody_reached_means_no_rating(self, concluded: Story) -> None:
        refusal = told(concluded, "caseworker", "follow_up", reached=False)
        assert isinstance(refusal, Invalid)
        assert [fault.code for fault in refusal.faults] == ["rating_of_nobody"]
        concluded.caseworker("follow_up", reached=False, rating=None)
        assert concluded.case.state == "followed_up"

    def test_a_file_is_not_closed_before_the_follow_up(self, concluded: Story) -> None:
        assert isinstance(told(concluded, "caseworker", "close"), NotNow)


class TestMeans:
    """Below twice last year's subsistence line of Rushan: 2 x 1062 = 2124 yuan a month for each person."""

    def test_small_means_declared_true_are_granted(self) -> None:
        story = reviewed(exemption=None, means=MEANS)
        move = story.supervisor("grant")
        assert move.given["means"]["per_head"] == "1666.66"
        assert move.given["means"]["line"] == "2124.00"
        assert move.given["means"]["met"] is True

    @pytest.mark.parametrize(("income", "granted"), [("76463.99", True), ("76464.00", False), ("76464.01", False)])
    def test_the_line_itself_is_too_much(self, income: str, granted: bool) -> None:
        story = reviewed(exemption=None, means=MEANS | {"annual_income": income})
        assert story.offered("supervisor")["grant"].allowed is granted

    def test_the_refusal_tells_the_whole_reckoning(self) -> None:
        story = reviewed(exemption=None, means=MEANS | {"annual_income": "80000.00"})
        refusal = told(story, "supervisor", "grant")
        assert isinstance(refusal, NotMet)
        for text in (refusal.text.zh, refusal.text.en):
            assert "80000.00 ÷ 12 ÷ 3 = 2222.22 ≥ 2124.00" in text
            assert "1062 × 2" in text
        assert "山东省法律援助条例 第8条" in refusal.text.zh

    def test_means_count_only_when_declared_true(self) -> None:
        story = reviewed(exemption=None, means=MEANS | {"declared_true": False})
        assert "诚信承诺" in told(story, "supervisor", "grant").text.zh
        story.correct("caseworker", means={"declared_true": True})
        story.supervisor("grant")
        assert story.case.state == "granted"

    @pytest.mark.parametrize("unknown", ["household_size", "annual_income"])
    def test_unknown_means_are_asked_for(self, unknown: str) -> None:
        story = reviewed(exemption=None, means=MEANS | {unknown: None})
        assert "家庭人口和家庭年收入" in told(story, "supervisor", "grant").text.zh

    def test_the_line_is_that_of_the_year_before(self) -> None:
        story = Story("2024-12-30 09:00").opened(exemption=None, means=MEANS).along(MAIN_ROAD[:2])
        assert story.supervisor("grant").given["means"]["line"] == "2002.00"  # 1001 of 2023, twice

    def test_a_place_without_a_line_says_whom_to_ask(self) -> None:
        story = Story(region="370100").opened(exemption=None, means=MEANS).along(MAIN_ROAD[:2])
        assert "管理员" in told(story, "supervisor", "grant").text.zh

    def test_an_exemption_without_its_proof_does_not_count(self) -> None:
        story = reviewed(exemption="migrant_wages_or_injury", exemption_proof=None, means=None)
        refusal = story.refused("supervisor", "grant")
        assert refusal.code == "not_met"
        assert "证明" in refusal.text.zh

    @pytest.mark.parametrize("exemption", sorted(EXEMPTIONS))
    def test_four_kinds_of_people_are_not_asked_for_their_means(self, exemption: str) -> None:
        story = reviewed(exemption=exemption, means=None)
        move = story.supervisor("grant")
        assert move.given["means"]["exempt"] == exemption
        assert set(move.given["means"]["told"]) == set(LANGUAGES)

    def test_there_are_exactly_four(self) -> None:
        assert len(EXEMPTIONS) == 4

    @pytest.mark.parametrize("matter", sorted(MATTERS))
    def test_migrant_workers_are_exempt_for_pay_and_injury_only(self, matter: str) -> None:
        story = Story()
        given = story.form("submit", {"matter": matter})
        decision = story.decides("applicant", "submit", given)
        exempt = matter in ("wages", "work_injury")
        assert isinstance(decision, Invalid) is not exempt

    @pytest.mark.parametrize("matter", ["wages", "work_injury"])
    @pytest.mark.parametrize("groups", [None, ["woman"], ["platform_worker"]])
    def test_nobody_but_a_migrant_worker_is_exempt_as_one(self, matter: str, groups: list[str] | None) -> None:
        story = Story()
        decision = story.decides(
            "applicant", "submit", story.form("submit", {"matter": matter, "applicant": {"groups": groups}})
        )
        assert isinstance(decision, Invalid)
        assert [fault.code for fault in decision.faults] == ["exemption_does_not_fit"]

    @pytest.mark.parametrize("matter", sorted(NO_HARDSHIP_CONDITION))
    @pytest.mark.parametrize("said", [True, False])
    def test_in_five_matters_nobody_is_asked_for_means_nor_for_proof(self, matter: str, said: bool) -> None:
        means = {"household_size": 1, "annual_income": "60000.00", "declared_true": True}
        story = reviewed(
            matter=matter,
            no_hardship_condition=matter if said else None,
            exemption=None,
            exemption_proof=None,
            means=means,
        )
        assert story.offered("supervisor")["grant"].allowed
        sheet = story.supervisor("grant").given["means"]
        assert sheet["condition"] is False
        assert "第32条" in sheet["told"]["zh-CN"]

    @pytest.mark.parametrize("matter", sorted(set(MATTERS) - set(NO_HARDSHIP_CONDITION)))
    def test_in_other_matters_means_are_a_condition(self, matter: str) -> None:
        means = {"household_size": 1, "annual_income": "60000.00", "declared_true": True}
        story = reviewed(matter=matter, exemption=None, exemption_proof=None, means=means)
        assert "2124.00" in told(story, "supervisor", "grant").text.zh

    @pytest.mark.parametrize("condition", sorted(NO_HARDSHIP_CONDITION))
    def test_nobody_chooses_that_without_the_matter(self, condition: str) -> None:
        story = Story()
        decision = story.decides("applicant", "submit", story.form("submit", {"no_hardship_condition": condition}))
        assert isinstance(decision, Invalid)
        assert [fault.code for fault in decision.faults] == ["no_such_condition"]

    @pytest.mark.parametrize("form", ["advice", "drafting"])
    def test_what_represents_nobody_asks_for_no_means(self, form: str) -> None:
        means = {"household_size": 1, "annual_income": "60000.00", "declared_true": True}
        story = reviewed(form_of_aid=form, exemption=None, exemption_proof=None, means=means)
        assert story.offered("supervisor")["grant"].allowed
        assert isinstance(told(story, "supervisor", "grant", form_of_aid="litigation"), NotMet)
        assert "第31条" in story.supervisor("grant", form_of_aid=form).given["means"]["told"]["zh-CN"]

    @pytest.mark.parametrize("form", ["mediation_arbitration", "litigation", "non_litigation"])
    def test_representation_does(self, form: str) -> None:
        means = {"household_size": 1, "annual_income": "60000.00", "declared_true": True}
        story = reviewed(form_of_aid=form, exemption=None, exemption_proof=None, means=means)
        assert not story.offered("supervisor")["grant"].allowed

    def test_a_finding_keeps_the_reckoning_whatever_it_proposes(self) -> None:
        story = Story().opened(exemption=None, means=MEANS | {"annual_income": "80000.00"}).along(MAIN_ROAD[:1])
        move = story.caseworker("propose", opinion="refuse")
        assert move.given["means"]["met"] is False


class TestWhatIsClaimed:
    """What was claimed, awarded and recovered stands side by side at the end."""

    def concluded(self, facts: dict[str, Any], **given: Any) -> Any:
        story = Story().opened(**facts).along(MAIN_ROAD[:5])
        return story.lawyer("conclude", **given).given.get("claimed")

    def test_the_demands_are_added_up(self) -> None:
        demands = [{"kind": "wages", "amount": "13000.00"}, {"kind": "overtime", "amount": "0.50"}]
        assert self.concluded({"demands": demands}) == "13000.50"

    def test_without_demands_the_arrears_are(self) -> None:
        assert self.concluded({"demands": None}) == "13000.00"
        assert self.concluded({"demands": [{"kind": "wages"}]}) == "13000.00"

    def test_what_the_lawyer_says_counts_before_that(self) -> None:
        assert self.concluded({}, claimed="9000.00", awarded="9000.00", recovered=None) == "9000.00"

    def test_nothing_is_made_up_where_nothing_is_known(self) -> None:
        assert self.concluded({"demands": None, "arrears": None}) is None


class TestCollectiveDisputes:
    """Ten workers and more may name up to five who speak for them (劳动争议调解仲裁法 7)."""

    @staticmethod
    def people(many: int) -> list[dict[str, Any]]:
        return [{"name": "王建国", "phone": f"1380013800{number}"} for number in range(many)]

    def faults(self, **facts: Any) -> list[str]:
        story = Story()
        decision = story.decides("applicant", "submit", story.form("submit", facts))
        return [fault.code for fault in decision.faults] if isinstance(decision, Invalid) else []

    @pytest.mark.parametrize(
        ("claimants", "many", "fault"),
        [
            (10, 2, ["fewer_than_three"]),
            (10, 3, []),
            (10, 5, []),
            (10, 6, ["too_many"]),
            (9, 3, ["representatives_of_few"]),
            (9, 0, []),
        ],
    )
    def test_who_may_name_representatives(self, claimants: int, many: int, fault: list[str]) -> None:
        assert self.faults(claimants=claimants, representatives=self.people(many)) == fault

    def test_an_unknown_number_of_claimants_is_few(self) -> None:
        assert self.faults(claimants=None, representatives=self.people(3)) == ["representatives_of_few"]

    def test_their_numbers_are_sealed(self) -> None:
        story = Story().opened(claimants=12, representatives=self.people(3))
        assert "13800138000" not in str(story.case.facts)
        assert story.sealed["representatives.0.phone"] == "13800138000"

    @pytest.mark.parametrize("who", ["caseworker", "supervisor"])
    def test_ten_are_asked_for_them_before_anything_is_decided(self, who: str) -> None:
        step = {"caseworker": "propose", "supervisor": "grant"}[who]
        story = Story().opened(claimants=10).along((("caseworker", "accept"),))
        assert "三至五名代表" in told(story, who, step).text.zh
        named, none = story.as_it_stands(), story.as_it_stands()
        named.correct("caseworker", representatives=self.people(3))
        none.correct("caseworker", no_representatives="劳动者各自参加仲裁")
        for one in (named, none):
            one.takes(who, step)

    def test_nine_are_not(self) -> None:
        Story().opened(claimants=9).along((("caseworker", "accept"), ("supervisor", "grant")))

    def test_they_are_not_both_named_and_not_named(self) -> None:
        found = self.faults(claimants=10, representatives=self.people(3), no_representatives="各自参加仲裁")
        assert found == ["named_and_not_named"]

    @pytest.mark.parametrize(("claimants", "collective"), [(9, False), (10, True)])
    def test_the_review_shows_that_a_dispute_is_collective(self, claimants: int, collective: bool) -> None:
        story = Story().opened(claimants=claimants, no_representatives="各自参加仲裁")
        assert story.caseworker("accept").given["collective"] is collective
        assert story.caseworker("propose").given["collective"] is collective

    def test_the_lawyer_reports_what_has_to_be_reported(self, story: Story) -> None:
        story.along(MAIN_ROAD[:5])
        assert story.lawyer("record_progress", special="mass_case").given["special"] == "mass_case"
        assert "special" not in story.lawyer("record_progress").given
        assert isinstance(told(story, "lawyer", "record_progress", special="boring"), Invalid)


class TestPlausibleAmounts:
    """A slip of the keyboard is asked about."""

    @pytest.mark.parametrize(("awarded", "accepted"), [("13000.00", True), ("13000.01", False), ("99999999.00", False)])
    def test_more_awarded_than_claimed_needs_its_explanation(self, story: Story, awarded: str, accepted: bool) -> None:
        story.along(MAIN_ROAD[:6])
        given: dict[str, Any] = {"awarded": awarded, "recovered": None}
        if not accepted:
            assert "请求金额" in told(story, "lawyer", "conclude", **given).text.zh
            given["award_explanation"] = "审理中增加请求"
        story.lawyer("conclude", **given)
        assert story.case.state == "concluded"

    def test_arrears_of_nothing_are_none(self) -> None:
        story = Story()
        month = story.form("submit", {})["arrears"][0]["month"]
        decision = story.decides(
            "applicant", "submit", story.form("submit", {"arrears": [{"month": month, "amount": "0.00"}]})
        )
        assert isinstance(decision, Invalid)
        assert [fault.code for fault in decision.faults] == ["nothing_owed"]


class TestRating:
    """The recipient says how the help was, at any time after it ended."""

    @pytest.mark.parametrize("steps", [7, 8, 9])
    def test_after_the_end_and_even_after_the_close(self, story: Story, steps: int) -> None:
        story.along(MAIN_ROAD[:steps])
        before = (story.case.state, story.case.closed_at, story.case.outcome)
        story.applicant("rate", rating=4, comment="很满意")
        assert (story.case.state, story.case.closed_at, story.case.outcome) == before
        assert story.case.taken["rate"].given == {"rating": 4, "comment": "***"}

    def test_staff_writes_it_down_for_the_recipient(self, story: Story) -> None:
        story.along(MAIN_ROAD[:7])
        assert story.caseworker("rate").on_behalf is True

    def test_once(self, story: Story) -> None:
        story.along(MAIN_ROAD[:7])
        story.applicant("rate", rating=5)
        assert "已评价" in told(story, "applicant", "rate", rating=1).text.zh

    def test_not_while_the_work_goes_on(self, story: Story) -> None:
        story.along(MAIN_ROAD[:6])
        assert isinstance(told(story, "applicant", "rate"), NotNow)

    @pytest.mark.parametrize("rating", [0, 6, None, "5"])
    def test_one_to_five(self, story: Story, rating: object) -> None:
        story.along(MAIN_ROAD[:7])
        assert isinstance(told(story, "applicant", "rate", rating=rating), Invalid)


class TestPapers:
    """One notice of everything that is missing; silence is a withdrawal."""

    def test_the_notice_names_every_paper_and_the_last_day(self, story: Story) -> None:
        story.caseworker("ask_for_papers", papers=["劳动合同", "工资流水"])
        notice = story.letters["papers_needed"]
        for language in LANGUAGES:
            assert "1. 劳动合同\n2. 工资流水" in notice[language]["body"]
            assert "2026-03-16" in notice[language]["body"]

    def test_a_second_notice_needs_a_supervisor(self, story: Story) -> None:
        story.caseworker("ask_for_papers")
        story.applicant("supply_papers")
        refusal = told(story, "caseworker", "ask_for_papers")
        assert isinstance(refusal, NotMet)
        assert not story.offered("caseworker")["ask_for_papers"].allowed
        story.supervisor("ask_for_papers", reason="新出现的疑点")
        assert story.case.state == "awaiting_papers"
        assert story.case.taken["ask_for_papers"].times == 2

    def test_a_notice_without_papers_is_no_notice(self, story: Story) -> None:
        refusal = told(story, "caseworker", "ask_for_papers", papers=[])
        assert isinstance(refusal, Invalid)
        assert [(fault.path, fault.code) for fault in refusal.faults] == [("papers", "too_few")]

    def test_papers_are_receipted_one_by_one(self, story: Story) -> None:
        story.caseworker("ask_for_papers")
        story.caseworker("supply_papers", papers=[{"name": "劳动合同", "copies": 2}])
        assert "1. 劳动合同 × 2" in story.letters["receipt"]["zh-CN"]["body"]

    def test_silence_is_a_withdrawal_and_a_letter_says_so(self, story: Story) -> None:
        story.caseworker("ask_for_papers")
        story.wait_until("2026-03-17 00:00")
        story.time("lapse")
        assert (story.case.state, story.case.outcome) == ("withdrawn", "deemed_withdrawn")
        assert "第四十三条" in story.letters["deemed_withdrawn"]["zh-CN"]["body"]

    def test_it_waits_for_the_applicant(self, story: Story) -> None:
        story.caseworker("ask_for_papers")
        assert story.case.waits_for is Role.APPLICANT


class TestDecision:
    """Whoever decides is not the one who reviewed, where the office says so."""

    def test_whoever_proposed_does_not_decide(self, story: Story) -> None:
        story.supervisor("accept")
        story.supervisor("propose")
        for name in ("grant", "refuse"):
            refusal = told(story, "supervisor", name)
            assert isinstance(refusal, NotMet)
            assert refusal.text.zh == "审查人与审批人不能为同一人。"
        story.takes("chief", "grant")
        assert story.case.state == "granted"

    def test_nor_whoever_accepted_when_nobody_else_has_reviewed(self, story: Story) -> None:
        story.supervisor("accept")
        assert not story.offered("supervisor")["grant"].allowed
        assert isinstance(told(story, "supervisor", "refuse"), NotMet)
        assert story.offered("chief")["grant"].allowed

    def test_nor_whoever_asked_for_papers_when_nobody_else_has_reviewed(self, story: Story) -> None:
        story.supervisor("ask_for_papers")
        story.applicant("supply_papers")
        assert isinstance(told(story, "supervisor", "grant"), NotMet)

    def test_a_supervisor_decides_at_once_on_what_a_caseworker_accepted(self, story: Story) -> None:
        story.caseworker("accept")
        story.supervisor("grant")
        assert story.case.state == "granted"

    def test_a_small_office_may_say_otherwise(self) -> None:
        story = Story(policy={"decided_by_another": "false"}).opened()
        story.supervisor("accept")
        story.supervisor("propose")
        story.supervisor("grant")
        assert story.case.state == "granted"

    @pytest.mark.parametrize("form", sorted(FORMS_OF_AID))
    def test_each_form_of_aid_can_be_granted_and_stands_in_the_decision(self, form: str) -> None:
        story = reviewed()
        story.supervisor("grant", form_of_aid=form)
        assert FORMS_OF_AID[form].zh in story.letters["granted"]["zh-CN"]["body"]
        assert FORMS_OF_AID[form].en in story.letters["granted"]["en"]["body"]

    @pytest.mark.parametrize("who", ["applicant", "caseworker", "lawyer", "auditor", "administrator", "time"])
    def test_nobody_but_a_supervisor_decides(self, who: str) -> None:
        story = reviewed()
        for name in ("grant", "refuse"):
            assert isinstance(told(story, who, name), NotYours)

    @pytest.mark.parametrize("reasons", [None, "", "   "])
    def test_a_refusal_needs_reasons(self, reasons: str | None) -> None:
        story = reviewed()
        refusal = told(story, "supervisor", "refuse", reasons=reasons)
        assert isinstance(refusal, Invalid)
        assert [(fault.path, fault.code) for fault in refusal.faults] == [("reasons", "required")]

    def test_what_was_taken_up_without_approval_is_refused_as_that(self) -> None:
        story = reviewed()
        story.supervisor("refuse", ground="not_approved")
        assert "未经审批自行受理或者先行办结" in story.letters["refused"]["zh-CN"]["body"]

    @pytest.mark.parametrize("ground", sorted(REFUSAL_GROUNDS))
    def test_the_refusal_is_written_with_ground_reasons_and_remedies(self, ground: str) -> None:
        story = reviewed(
            matter="dismissal",
            exemption="other_by_law",
            employment=None,
            arrears=None,
            demands=[{"kind": "severance", "amount": "500.00"}],
            known_on="2024-06-03",
        )
        story.supervisor("refuse", ground=ground, reasons="家庭收入高于困难标准{见附件}。")
        letter = story.letters["refused"]
        assert REFUSAL_GROUNDS[ground].zh in letter["zh-CN"]["body"]
        assert REFUSAL_GROUNDS[ground].en in letter["en"]["body"]
        for language in LANGUAGES:
            assert "家庭收入高于困难标准{见附件}。" in letter[language]["body"]
        for remedy in ("三十日内", "上一级工会", "法律援助中心"):
            assert remedy in letter["zh-CN"]["body"]
        for remedy in ("30 days", "union above", "legal aid centre"):
            assert remedy in letter["en"]["body"]

    def test_reasons_are_sealed_and_no_event_shows_them(self) -> None:
        story = reviewed()
        move = story.supervisor("refuse", reasons="申请人另有房产出租收入。")
        assert move.sealed == {"reasons": "申请人另有房产出租收入。"}
        assert "房产" not in str(story.events)
        assert (story.case.state, story.case.outcome) == ("refused", "refused")


class TestWhatMayFollow:
    """Somebody who calls the hotline may not know every number by heart."""

    def test_a_hotline_call_without_an_identity_number_is_taken_in(self) -> None:
        story = reviewed(applicant={"identity_number": None, "birth_date": None, "sex": None})
        refusal = told(story, "supervisor", "grant")
        assert isinstance(refusal, NotMet)
        assert "身份证件号码" in refusal.text.zh
        assert "Identity number" in refusal.text.en
        assert story.offered("supervisor")["refuse"].allowed
        number = story.example_data().person.identity_number
        story.correct("caseworker", applicant={"identity_number": number})
        story.supervisor("grant")
        assert story.case.state == "granted"

    @pytest.mark.parametrize(
        ("kind", "number", "kept"),
        [
            ("hk_macao_permit", "Ｈ12345678", "H12345678"),
            ("taiwan_permit", "1234 5678", "12345678"),
            ("passport", "\u202de12345678\u202c", "E12345678"),
            ("permanent_residence", "USA123456789012", "USA123456789012"),
        ],
    )
    def test_another_document_does_for_an_identity_card(self, kind: str, number: str, kept: str) -> None:
        without = {"identity_number": None, "birth_date": None, "sex": None}
        by = {"document_kind": kind, "document_number": number, "document_state": "KOR"}
        story = reviewed(applicant=without | by)
        assert kept not in str(story.case.facts)
        story.supervisor("grant")
        assert story.case.state == "granted"

    def test_a_document_is_known_by_kind_and_number_together(self) -> None:
        story = Story()
        refusal = story.decides(
            "applicant", "submit", story.form("submit", {"applicant": {"document_kind": "passport"}})
        )
        assert isinstance(refusal, Invalid)
        assert [fault.code for fault in refusal.faults] == ["document_state_missing", "document_in_part"]

    @pytest.mark.parametrize(
        ("kind", "state", "code"),
        [
            ("passport", None, "document_state_missing"),
            ("passport", "VTN", "state"),
            ("passport", "越南", "state"),
            ("other", "VTN", "state"),
        ],
    )
    def test_of_a_passport_the_state_is_known_too(self, kind: str, state: str | None, code: str) -> None:
        story, document = Story(), {"document_kind": kind, "document_number": "E12345678", "document_state": state}
        refusal = story.decides("applicant", "submit", story.form("submit", {"applicant": document}))
        assert isinstance(refusal, Invalid)
        assert [fault.code for fault in refusal.faults] == [code]

    def test_whoever_has_no_telephone_is_reached_in_another_way(self) -> None:
        story = reviewed(applicant={"phone": None, "other_contact": "无电话，由社区居委会转达"})
        story.supervisor("grant")
        story.caseworker("assign")
        assert story.case.state == "assigned"

    def test_a_telephone_abroad_will_do(self) -> None:
        story = reviewed(applicant={"phone": "+852 5123 4567", "other_contact": None})
        story.supervisor("grant")
        story.caseworker("assign")
        assert story.case.state == "assigned"

    def test_the_phone_is_needed_when_somebody_is_named_to_help(self) -> None:
        story = reviewed(applicant={"phone": None, "other_contact": None})
        story.supervisor("grant")
        refusal = told(story, "caseworker", "assign").text
        assert "联系电话或者其他联系方式" in refusal.zh
        assert "Phone or Other contact" in refusal.en
        story.correct("caseworker", reason="来电补充", applicant={"phone": "13800138000"})
        story.caseworker("assign")
        assert story.case.state == "assigned"

    def test_the_story_is_needed_for_the_finding(self) -> None:
        story = Story().opened(story=None).along(MAIN_ROAD[:1])
        assert "案情简述" in told(story, "caseworker", "propose").text.zh

    def test_an_identity_number_that_disagrees_with_the_birth_date_is_refused(self) -> None:
        story = Story()
        given = story.form("submit", {"applicant": {"birth_date": "1980-01-01"}})
        refusal = story.decides("applicant", "submit", given)
        assert isinstance(refusal, Invalid)
        assert [fault.path for fault in refusal.faults] == ["applicant.birth_date"]


class TestTheRequest:
    """What a request must make sense of."""

    @pytest.mark.parametrize("matter", sorted(MATTERS))
    def test_help_can_be_asked_for_in_any_matter_of_the_list(self, matter: str) -> None:
        story = Story().opened(matter=matter, exemption=None)
        assert story.case.state == "submitted"
        shown = MATTERS_SEALED.get(matter, matter)
        assert story.case.facts["matter"] == shown
        assert story.sealed.get("matter") == (None if shown == matter else matter)
        assert OPEN_MATTERS[shown].zh in story.letters["announced"]["zh-CN"]["body"]

    @pytest.mark.parametrize(
        ("born", "allowed"), [("2009-12-31", True), ("2010-01-01", False), ("2010-12-31", False), ("2011-01-01", False)]
    )
    def test_for_a_child_and_whoever_may_be_one_by_the_year_of_birth_somebody_must(
        self, born: str, allowed: bool
    ) -> None:
        child = {"identity_number": None, "document_kind": "hk_macao_permit", "document_number": "H12345678"}
        child |= {"birth_date": born, "sex": None}
        story = Story("2026-03-02 09:00").opened(applicant=child, employment=None, arrears=None)
        offer = story.along((("caseworker", "accept"),)).offered("supervisor")["grant"]
        assert offer.allowed is allowed
        if offer.because is not None:
            assert "法定代理人" in offer.because.zh
        story.correct("caseworker", agent={"name": "李志强", "relation": "父亲"})
        story.supervisor("grant")

    def test_somebody_may_ask_for_a_person_who_cannot(self) -> None:
        agent = {"name": "李志强", "relation": "父亲", "phone": "13800138000"}
        story = Story().opened(agent=agent)
        assert story.sealed["agent.relation"] == "父亲"
        assert story.sealed["agent.phone"] == "13800138000"
        given = Story().form("submit", {"agent": agent | {"relation": None}})
        refusal = Story().decides("applicant", "submit", given)
        assert isinstance(refusal, Invalid)
        assert [(fault.path, fault.code) for fault in refusal.faults] == [("agent.relation", "required")]

    @pytest.mark.parametrize("matter", sorted(LABOUR))
    def test_a_labour_matter_names_the_employer(self, matter: str) -> None:
        story = Story()
        given = story.form("submit", {"matter": matter, "exemption": None, "employer": None})
        refusal = story.decides("applicant", "submit", given)
        assert isinstance(refusal, Invalid)
        assert [(fault.path, fault.code) for fault in refusal.faults] == [("employer", "employer_missing")]

    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            ({"employment": {"ended_on": "2020-01-01", "started_on": "2021-01-01"}}, "ends_before_it_starts"),
            ({"employment": {"still_employed": True}}, "employed_and_left"),
            ({"employment": {"injured_on": "1999-01-01"}}, "injured_before_employed"),
            ({"arrears": [{"month": "2026-01", "amount": "1.00"}] * 2}, "month_twice"),
            ({"arrears": [{"month": "1999-01", "amount": "1.00"}]}, "arrears_outside_employment"),
        ],
    )
    def test_what_contradicts_itself_is_refused(self, facts: dict[str, Any], code: str) -> None:
        story = Story()
        refusal = story.decides("applicant", "submit", story.form("submit", facts))
        assert isinstance(refusal, Invalid)
        assert code in [fault.code for fault in refusal.faults]


class TestTheOfficialForm:
    """The fields of the official forms, and a way in which it is safe to reach somebody."""

    def test_they_are_kept(self) -> None:
        told: dict[str, Any] = {
            "applicant": {"education": "lower_secondary"},
            "legal_position": "claimant",
            "legal_standing": "arbitration",
            "applied_before": [{"on": "2025-05-06", "where": "济南市法律援助中心", "number": "2025-12"}],
            "means": {
                "monthly_incomes": [{"kind": "pay", "amount": "3000.00"}],
                "homes": [{"area": "60.00", "use": "own"}],
            },
        }
        story = Story().opened(**told)
        facts = join_sensitive(LegalAidIntake, story.case.facts, story.sealed)
        assert facts["applicant"]["education"] == "lower_secondary"
        assert {name: facts[name] for name in told if name != "applicant"} == {
            name: value for name, value in told.items() if name != "applicant"
        }

    def test_where_somebody_can_be_reached_safely_is_sealed_and_in_no_letter(self) -> None:
        way = "工作日上午打单位座机，不要发短信"
        story = Story().opened(matter="domestic_violence", exemption=None, applicant={"safe_contact": way})
        assert way in story.sealed.values()
        assert way not in str(story.case.facts)
        assert way not in str(story.events)
        assert way not in str(story.letters)


class TestDatesMakeSenseTogether:
    """What comes after comes after."""

    def test_the_agreement_follows_the_assignment(self, story: Story) -> None:
        story.along(MAIN_ROAD[:4])
        assert isinstance(told(story, "lawyer", "engage", engaged_on="2026-02-27"), NotMet)

    def test_the_end_follows_the_agreement(self, story: Story) -> None:
        story.along(MAIN_ROAD[:5])
        assert isinstance(told(story, "lawyer", "conclude", concluded_on="2026-02-27"), NotMet)

    @pytest.mark.parametrize(
        "facts",
        [
            {"employment": {"started_on": "1960-01-04"}, "applicant": {"birth_date": None, "identity_number": None}},
            {"employment": {"injured_on": "2026-02-28"}},
            {"employment": {"started_on": "2026-02-28"}},
        ],
    )
    def test_a_working_life_has_an_order(self, facts: dict[str, Any]) -> None:
        story = Story()
        assert isinstance(story.decides("applicant", "submit", story.form("submit", facts)), Invalid)

    def test_nobody_worked_before_being_born(self) -> None:
        story = Story()
        given = story.form("submit", {"applicant": {"identity_number": None, "sex": None, "birth_date": "2025-01-01"}})
        faults = story.decides("applicant", "submit", given)
        assert isinstance(faults, Invalid)
        assert "employed_before_born" in {fault.code for fault in faults.faults}


class TestWhatLiesOpen:
    """Nobody reads the identity number off what is masked."""

    def test_the_date_of_birth_is_sealed_where_the_number_is(self, story: Story) -> None:
        shown = story.case.facts["applicant"]
        born = story.sealed["applicant.birth_date"]
        assert shown["birth_date"] == f"{born[:4]}-**-**"
        assert born.replace("-", "")[4:] not in str(story.case.facts)


class TestTheDaysOfEachStep:
    """How long the office and its helpers have, counted over Labour Day 2026 and the make-up Saturday after it."""

    def last_days(self, story: Story) -> dict[str, str]:
        return {run.name: str(run.due.on) for run in story.case.clocks if run.open and run.due}

    def test_three_days_to_assign_from_the_decision(self) -> None:
        story = Story("2026-04-30 09:00").opened().along(MAIN_ROAD[:3])
        assert self.last_days(story)["assignment"] == "2026-05-06"

    def test_five_days_to_sign_and_three_to_begin_from_the_assignment(self) -> None:
        story = Story("2026-05-07 09:00").opened().along(MAIN_ROAD[:4])
        days = self.last_days(story)
        assert (days["engagement"], days["start"]) == ("2026-05-12", "2026-05-11")  # 10 May is a Sunday
        assert {story.clock(name).owed_by for name in ("engagement", "start")} == {"helper"}

    def test_five_working_days_to_decide_on_another_lawyer(self) -> None:
        story = Story("2026-04-30 09:00").opened().along(MAIN_ROAD[:5])
        story.applicant("ask_for_change")
        assert self.last_days(story)["change"] == "2026-05-11"

    def test_fifteen_working_days_to_follow_up_and_thirty_days_to_close(self) -> None:
        story = Story("2026-04-30 09:00").opened().along(MAIN_ROAD[:7])
        days = self.last_days(story)
        assert (days["follow_up"], days["closing"]) == ("2026-05-25", "2026-06-01")


class TestWithdrawing:
    """The applicant may change their mind until somebody is named to help."""

    @pytest.mark.parametrize("steps", [0, 1, 2, 3])
    def test_until_somebody_is_named(self, story: Story, steps: int) -> None:
        story.along(MAIN_ROAD[:steps])
        story.applicant("withdraw")
        assert (story.case.state, story.case.outcome) == ("withdrawn", "withdrawn")
        assert not any(run.open for run in story.case.clocks)

    def test_not_afterwards(self, story: Story) -> None:
        story.along(MAIN_ROAD[:4])
        assert isinstance(told(story, "applicant", "withdraw"), NotNow)


class TestWithdrawnForSomebody:
    """Who did not ask for the withdrawal that the office recorded is taken up again."""

    def test_the_letter_says_so_where_the_office_recorded_it(self, story: Story) -> None:
        story.caseworker("withdraw")
        assert "经核实确非您本人意愿的，我们将恢复办理。" in story.letters["withdrawn"]["zh-CN"]["body"]
        assert "it was not your will, we take the request up again" in story.letters["withdrawn"]["en"]["body"]
        story.override("supervisor", "submitted", "本人未要求撤回")
        assert story.clock("review_by_law").status == "running"

    def test_who_asked_in_person_needs_not_be_told(self, story: Story) -> None:
        story.applicant("withdraw")
        assert "本人意愿" not in story.letters["withdrawn"]["zh-CN"]["body"]


class TestChangeOfLawyer:
    """On leave, on removal, or because the recipient asks (法律援助法 55)."""

    def test_the_office_takes_the_case_back_and_names_another(self, story: Story) -> None:
        story.along(MAIN_ROAD[:5])
        story.supervisor("reassign", ground="on_leave")
        assert (story.case.state, story.case.assignee) == ("granted", None)
        assert story.clock("progress").status == "cancelled"
        assert (story.clock("assignment").generation, story.clock("assignment").status) == (2, "running")

    def test_the_recipient_asks_and_the_progress_clock_stands_still(self, story: Story) -> None:
        story.along(MAIN_ROAD[:5])
        story.applicant("ask_for_change")
        assert (story.case.waits_for, story.clock("progress").status) == (Role.SUPERVISOR, "paused")
        assert str(story.clock("change").limit) == "5wd"
        assert story.moves[-1].given["reasons"] == "***"

    def test_what_is_allowed_leads_to_another_and_what_is_denied_back_to_work(self, story: Story) -> None:
        story.along(MAIN_ROAD[:5])
        story.applicant("ask_for_change")
        story.supervisor("deny_change")
        assert (story.case.state, story.clock("progress").status) == ("in_progress", "running")
        story.applicant("ask_for_change")
        story.supervisor("allow_change")
        assert (story.case.state, story.case.assignee) == ("granted", None)

    def test_the_lawyer_does_not_decide_on_it(self, story: Story) -> None:
        story.along(MAIN_ROAD[:5])
        assert isinstance(told(story, "lawyer", "reassign"), NotYours)


class TestTermination:
    """Written, with a ground and reasons, after aid was granted (法律援助法 48)."""

    @pytest.mark.parametrize(
        ("steps", "helper", "clocks"), [(3, None, []), (4, None, []), (5, "lawyer", ["closing_papers"])]
    )
    def test_it_ends_the_case_and_every_clock_but_that_of_the_file_that_a_helper_owes(
        self, story: Story, steps: int, helper: str | None, clocks: list[str]
    ) -> None:
        story.along(MAIN_ROAD[:steps])
        move = story.supervisor("terminate", ground="own_lawyer")
        assert (story.case.state, story.case.phase, story.case.outcome) == ("terminated", Phase.CLOSED, "terminated")
        assert (story.case.assignee and story.case.assignee.username) == helper
        assert [run.name for run in story.case.clocks if run.open] == clocks
        assert move.letters == ("terminated",)
        assert "救济权利" in story.letters["terminated"]["zh-CN"]["body"]

    @pytest.mark.parametrize("missing", ["ground", "reasons"])
    def test_it_needs_a_ground_and_reasons(self, story: Story, missing: str) -> None:
        refusal = told(story.along(MAIN_ROAD[:4]), "supervisor", "terminate", **{missing: None})
        assert isinstance(refusal, Invalid)
        assert [(fault.path, fault.code) for fault in refusal.faults] == [(missing, "required")]

    def test_there_are_eight_grounds(self) -> None:
        assert len(TERMINATION_GROUNDS) == 8

    def test_before_a_grant_there_is_nothing_to_end(self, story: Story) -> None:
        assert isinstance(told(story, "supervisor", "terminate"), NotNow)


class TestObjection:
    """Within thirty days in Shandong; another supervisor reviews; a corrected decision goes back to grant."""

    @pytest.fixture
    def refused(self) -> Story:
        story = reviewed()
        story.supervisor("refuse")
        return story

    def test_a_refusal_is_overturned_and_the_case_goes_on(self, refused: Story) -> None:
        refused.applicant("object")
        assert (refused.case.state, refused.case.closed_at, refused.case.outcome) == ("objected", None, None)
        refused.takes("superior", "overturn")
        assert (refused.case.state, refused.case.outcome) == ("granted", None)
        assert refused.clock("assignment").status == "running"

    def test_a_termination_is_upheld(self, story: Story) -> None:
        story.along(MAIN_ROAD[:4])
        story.supervisor("terminate")
        story.applicant("object")
        story.takes("superior", "uphold")
        assert (story.case.state, story.case.phase, story.case.outcome) == ("upheld", Phase.CLOSED, "upheld")

    def test_whoever_decided_does_not_review(self, refused: Story) -> None:
        refused.unsupervised = frozenset({"371000", "370000"})
        refused.applicant("object")
        assert isinstance(told(refused, "supervisor", "uphold"), NotMet)
        assert isinstance(told(refused, "supervisor", "overturn"), NotMet)
        refused.takes("chief", "uphold")

    def test_five_working_days_of_shandong_stand_beside_the_national_five(self, refused: Story) -> None:
        refused.wait_until("2026-03-05 09:00")
        refused.applicant("object")
        assert str(refused.clock("objection_by_law").due.on) == "2026-03-10"
        assert str(refused.clock("objection_review").due.on) == "2026-03-12"

    @pytest.mark.parametrize("step", ["record_service", "tell_receipt"])
    def test_the_thirtieth_day_from_the_receipt_is_in_time_and_the_next_is_not(self, step: str, refused: Story) -> None:
        refused.wait_until("2026-03-20 09:00")
        refused.takes("caseworker" if step == "record_service" else "applicant", step, on="2026-03-18")
        assert (refused.case.state, refused.case.outcome) == ("refused", "refused")
        refused.wait_until("2026-04-17 23:59")
        assert refused.offered("applicant")["object"].allowed
        refused.wait_until("2026-04-18 00:00")
        late = told(refused, "applicant", "object")
        assert isinstance(late, NotMet)
        assert "2026-04-17" in late.text.zh

    @pytest.mark.parametrize("days", [31, 39, 400])
    def test_while_nobody_knows_that_the_letter_came_the_time_has_not_begun(self, days: int, refused: Story) -> None:
        refused.days_pass(days)
        refused.applicant("object")
        assert refused.case.state == "objected"

    def test_a_service_that_is_proven_stands_before_what_the_applicant_says(self, refused: Story) -> None:
        refused.wait_until("2026-03-20 09:00")
        refused.caseworker("record_service", on="2026-03-10", how="by_post", proof="示例邮件 0001")
        refused.applicant("tell_receipt", on="2026-03-20")
        refused.wait_until("2026-04-10 09:00")
        assert isinstance(told(refused, "applicant", "object"), NotMet)

    def test_how_long_one_may_object_is_told_as_a_sentence_and_then_as_a_day(self, refused: Story) -> None:
        before = time_to_object(refused.case, refused.office)
        assert (before.due, "自收到决定书之日起30日内" in before.told.zh) == (None, True)
        refused.wait_until("2026-03-20 09:00")
        refused.applicant("tell_receipt", on="2026-03-20")
        after = time_to_object(refused.case, refused.office)
        assert (str(after.due.on), "2026-04-20" in after.told.zh, "2026-04-20" in after.told.en) == (
            "2026-04-20",
            True,
            True,
        )

    def test_a_last_day_that_may_still_move_closes_nothing(self) -> None:
        story = Story("2026-12-01 09:00").opened().along(MAIN_ROAD[:2])
        story.supervisor("refuse")
        story.wait_until("2026-12-10 09:00")
        story.caseworker("record_service", on="2026-12-10")
        left = time_to_object(story.case, story.office)
        assert left.due.provisional
        story.wait_until("2027-03-01 09:00")
        assert story.offered("applicant")["object"].allowed

    @pytest.mark.parametrize("days", [31, 400])
    def test_an_objection_to_a_termination_has_no_last_day(self, days: int, story: Story) -> None:
        story.along(MAIN_ROAD[:4])
        story.supervisor("terminate")
        story.caseworker("record_service", on=str(story.today))
        assert time_to_object(story.case, story.office) is None
        story.days_pass(days)
        story.applicant("object")

    def test_what_the_review_decided_is_served_too(self, refused: Story) -> None:
        refused.applicant("object")
        refused.takes("superior", "uphold")
        refused.days_pass(9)
        refused.caseworker("record_service", on=str(refused.today))
        assert isinstance(told(refused, "caseworker", "record_service", on="2026-03-01"), NotMet)

    def test_nothing_is_served_before_it_was_decided_nor_after_today(self, refused: Story) -> None:
        assert isinstance(told(refused, "caseworker", "record_service", on="2026-03-01"), NotMet)
        assert isinstance(told(refused, "caseworker", "record_service", on="2026-03-03"), Invalid)

    def test_without_a_decision_there_is_nothing_to_serve(self) -> None:
        story = Story("2026-03-02 09:00").opened()
        story.put("refused")
        assert not story.offered("caseworker")["record_service"].allowed

    def test_where_no_rule_sets_a_limit_none_holds(self) -> None:
        story = Story("2026-03-02 09:00", policy={"objection": None}).opened().along(MAIN_ROAD[:2])
        story.supervisor("refuse")
        story.days_pass(400)
        assert story.offered("applicant")["object"].allowed


class TestLetters:
    """Both languages, every blank filled."""

    @pytest.fixture
    def written(self) -> dict[str, dict[str, dict[str, str]]]:
        helped = Story().opened().along(MAIN_ROAD)
        refused = reviewed()
        refused.supervisor("refuse")
        silent = Story().opened()
        silent.caseworker("ask_for_papers")
        silent.days_pass(60)
        silent.time("lapse")
        kept = Story().opened().along(MAIN_ROAD[:5])
        kept.applicant("ask_for_change")
        kept.supervisor("deny_change")
        kept.applicant("complain")
        kept.takes("chief", "answer_complaint")
        kept.caseworker("issue_official_letter")
        kept.supervisor("certify_hardship")
        kept.lawyer("ask_to_be_released")
        kept.supervisor("deny_release")
        kept.supervisor("terminate")
        kept.applicant("object")
        kept.takes("superior", "uphold")
        corrected = reviewed()
        corrected.supervisor("refuse")
        corrected.applicant("object")
        corrected.takes("superior", "overturn")
        gone = Story().opened()
        gone.caseworker("transfer")
        gone.applicant("withdraw")
        urgent = Story().opened(preservation_needed=True)
        urgent.caseworker("accept")
        urgent.supervisor("help_first")
        urgent.caseworker("assign")
        urgent.supervisor("reassign")
        at_the_counter = Story()
        at_the_counter.caseworker("submit")
        at_the_counter.applicant("request_data")
        at_the_counter.caseworker("answer_data_request")
        stories = (helped, refused, silent, kept, corrected, gone, urgent, at_the_counter, gone_back())
        return {name: letter for one in stories for name, letter in one.letters.items()}

    def test_every_letter_is_written_in_both_languages_with_no_blank_left(
        self, written: dict[str, dict[str, dict[str, str]]]
    ) -> None:
        assert written.keys() == WORKFLOW.by_letter.keys()
        for letter in written.values():
            assert letter.keys() == set(LANGUAGES)
            for part in (part for language in LANGUAGES for part in letter[language].values()):
                assert part.strip()
                assert "{" not in part
                assert "}" not in part
                assert "None" not in part

    def test_every_letter_names_the_applicant_the_case_the_office_and_the_day(
        self, written: dict[str, dict[str, dict[str, str]]]
    ) -> None:
        for letter in written.values():
            for language in LANGUAGES:
                body = letter[language]["body"]
                assert "LA-2026-000001" in body
                assert "乳山市总工会" in body
                assert "2026-" in body.splitlines()[-1]

    @pytest.mark.parametrize("name", ["granted", "refused", "help_first", "terminated", "commission"])
    def test_decisions_carry_a_number(self, name: str, written: dict[str, dict[str, dict[str, str]]]) -> None:
        for language in LANGUAGES:
            assert written[name][language]["body"].startswith("（2026）")

    def test_the_recipient_is_told_that_help_is_free_and_that_another_lawyer_may_be_asked_for(
        self, written: dict[str, dict[str, dict[str, str]]]
    ) -> None:
        assert "不收取任何费用" in written["granted"]["zh-CN"]["body"]
        assert "free of charge" in written["granted"]["en"]["body"]
        assert "不得向您收取任何费用或财物" in written["assigned"]["zh-CN"]["body"]
        assert "no fee and no gift" in written["assigned"]["en"]["body"]
        assert "更换承办人员" in written["assigned"]["zh-CN"]["body"]
        assert "another lawyer" in written["assigned"]["en"]["body"]

    def test_only_the_decision_itself_says_that_aid_is_granted(
        self, written: dict[str, dict[str, dict[str, str]]]
    ) -> None:
        decisions = {"granted", "objection_allowed"}
        assert "决定给予法律援助" in written["granted"]["zh-CN"]["body"]
        assert "is granted" in written["granted"]["en"]["body"]
        for name in written.keys() - decisions:
            assert "决定给予法律援助" not in written[name]["zh-CN"]["body"]
            assert "is granted" not in written[name]["en"]["body"]

    def test_the_letters_hold_no_sensitive_number(self) -> None:
        story = Story().opened().along(MAIN_ROAD)
        secrets = [story.sealed["applicant.identity_number"], story.sealed["applicant.phone"]]
        assert {"announced", "granted", "assigned"} <= story.letters.keys()
        assert min(map(len, secrets)) >= 11
        assert not any(secret in str(story.letters) for secret in secrets)
