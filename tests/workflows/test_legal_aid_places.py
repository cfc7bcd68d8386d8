"""The rules of the place: a request goes to the office that is competent, and each office has limits of its own."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

import pytest

from casework.cli.rules import policies_of
from casework.rules.context import PolicyRow
from casework.rules.policy_kinds import PolicyKind
from casework.rules.refusals import Invalid, NotMet, NotNow
from casework.rules.text import LANGUAGES, Text
from casework.rules.verify import verify
from casework.settings import ROOT
from casework.work import workflow_registry
from casework.workflows.legal_aid import WORKFLOW
from tests.story import Story, policies

VARIANTS = sorted((ROOT / "config" / "policies" / "variants").glob("*.toml"))
TWO_STEPS = policies_of([ROOT / "config" / "policies" / "variants" / "union_two_step.toml"])
JINAN, QINGDAO, BEIJING = "370100", "370200", "110100"


def row(name: str, value: str, place: str = "CN") -> PolicyRow:
    return PolicyRow(900, "legal_aid", name, place, date(2022, 1, 1), value, Text("示例规定", "an invented rule"))


def limits(story: Story) -> dict[str, str]:
    """The limits of the review that run."""
    names = ("review_by_law", "review", "first_review", "second_review")
    return {run.name: str(run.limit) for run in story.case.clocks if run.open and run.name in names}


class TestTransfer:
    """The request goes to the competent office with its file; the person is not sent there."""

    @pytest.mark.parametrize("steps", [(), ("accept",), ("accept", "propose")])
    def test_it_stands_there_as_if_it_had_just_come(self, steps: tuple[str, ...]) -> None:
        story = Story().opened().along(("caseworker", name) for name in steps)
        facts = story.case.facts
        story.days_pass(1)
        story.caseworker("transfer", to_org=JINAN)
        assert (story.case.state, story.case.org_code, story.case.owner) == ("submitted", JINAN, None)
        assert story.case.facts == facts
        old, new = (run for run in story.case.clocks if run.name == "review_by_law")
        assert (old.status, new.started_at) == ("cancelled", story.now)

    def test_its_review_is_counted_by_the_rules_of_the_new_office(self) -> None:
        story = Story(region=JINAN, rows=TWO_STEPS).opened().along((("caseworker", "accept"),))
        assert limits(story) == {"review_by_law": "7d", "review": "5wd"}
        story.caseworker("transfer", to_org=QINGDAO)
        assert limits(story) == {"first_review": "7wd"}
        story.takes("superior", "transfer", to_org=JINAN, ground="appointed")
        assert limits(story) == {"review_by_law": "7d"}
        story.caseworker("accept")
        assert limits(story) == {"review_by_law": "7d", "review": "5wd"}

    def test_what_was_late_stays_late(self) -> None:
        story = Story().opened()
        story.days_pass(20)
        story.caseworker("transfer", to_org=JINAN)
        assert [run.status for run in story.case.clocks if run.name == "review_by_law"] == ["breached", "running"]

    def test_the_limitation_goes_on(self) -> None:
        story = Story().opened()
        before = story.clock("limitation")
        story.caseworker("transfer", to_org=JINAN)
        assert story.clock("limitation") == before

    def test_the_letter_helps_and_decides_nothing(self) -> None:
        story = Story().opened()
        story.caseworker("transfer", to_org=JINAN, ground="not_competent")
        letter = story.letters["transferred"]
        assert "无需重新申请" in letter["zh-CN"]["body"]
        assert "need not ask again" in letter["en"]["body"]
        for language in LANGUAGES:
            assert JINAN in letter[language]["body"]
            assert "12348" in letter[language]["body"]

    def test_a_reason_is_needed_and_sealed(self) -> None:
        story = Story().opened()
        assert isinstance(story.refused("caseworker", "transfer", reason=None), Invalid)
        move = story.caseworker("transfer", reason="用人单位在济南")
        assert (move.given["reason"], move.sealed) == ("***", {"reason": "用人单位在济南"})

    @pytest.mark.parametrize("to_org", ["371083", "999999"])
    def test_not_to_itself_and_not_to_nowhere(self, to_org: str) -> None:
        assert isinstance(Story().opened().refused("caseworker", "transfer", to_org=to_org), Invalid)

    def test_a_third_time_needs_a_supervisor(self) -> None:
        story = Story().opened()
        story.caseworker("transfer", to_org=JINAN)
        story.caseworker("transfer", to_org=QINGDAO)
        refusal = story.refused("caseworker", "transfer", to_org=BEIJING)
        assert isinstance(refusal, NotMet)
        assert "两次" in refusal.text.zh
        story.supervisor("transfer", to_org=BEIJING)
        assert story.case.org_code == BEIJING

    @pytest.mark.parametrize("who", ["caseworker", "supervisor"])
    def test_what_was_sent_here_goes_back_only_as_the_office_above_both_decides(self, who: str) -> None:
        story = Story(region=QINGDAO).opened()
        story.caseworker("transfer", to_org=JINAN)
        refusal = story.refused(who, "transfer", to_org=QINGDAO)
        assert isinstance(refusal, NotMet)
        assert "共同的上级机构" in refusal.text.zh
        assert "370000" in refusal.text.zh
        assert "370000" in refusal.text.en
        story.takes("superior", "transfer", to_org=QINGDAO, ground="appointed", reason="省总工会指定")
        assert (story.case.org_code, story.case.state) == (QINGDAO, "submitted")

    def test_or_goes_to_the_office_above_both(self) -> None:
        story = Story(region=QINGDAO).opened()
        story.caseworker("transfer", to_org=JINAN)
        story.caseworker("transfer", to_org="370000")
        assert story.case.org_code == "370000"

    def test_one_above_only_one_of_them_does_not_decide(self) -> None:
        story = Story().opened()
        story.caseworker("transfer", to_org=JINAN)
        story.caseworker("transfer", to_org="371083001")
        refusal = story.refused("superior", "transfer", to_org=JINAN)
        assert isinstance(refusal, NotMet)
        assert "370000" in refusal.text.zh

    def test_where_nobody_is_above_both_a_supervisor_decides(self) -> None:
        story = Story(region=BEIJING).opened()
        story.caseworker("transfer", to_org=JINAN)
        assert isinstance(story.refused("caseworker", "transfer", to_org=BEIJING), NotMet)
        story.supervisor("transfer", to_org=BEIJING)

    def test_what_the_other_office_reviewed_is_no_review_here(self) -> None:
        story = Story().opened().along((("supervisor", "accept"), ("supervisor", "propose")))
        story.days_pass(1)
        story.supervisor("transfer", to_org=JINAN)
        story.days_pass(1)
        story.takes("chief", "accept")
        assert isinstance(story.refused("chief", "grant"), NotMet)
        assert story.offered("supervisor")["grant"].allowed

    def test_the_new_office_may_ask_for_papers_once_though_the_old_one_has(self) -> None:
        story = Story().opened()
        for _ in range(2):
            story.caseworker("ask_for_papers")
            story.days_pass(1)
            story.applicant("supply_papers")
            assert isinstance(story.refused("caseworker", "ask_for_papers"), NotMet)
            story.caseworker("transfer", to_org=JINAN if story.case.org_code != JINAN else QINGDAO)
            story.days_pass(1)

    def test_not_while_somebody_helps(self) -> None:
        story = Story().opened().along((("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign")))
        assert isinstance(story.refused("supervisor", "transfer"), NotNow)


class TestTwoSteps:
    """The union of Qingdao reviews in two steps of seven working days instead."""

    def test_each_step_has_its_seven_working_days(self) -> None:
        story = Story("2026-02-10 09:00", region=QINGDAO, rows=TWO_STEPS).opened()
        assert limits(story) == {"first_review": "7wd"}
        assert str(story.clock("first_review").due.on) == "2026-02-26"
        story.caseworker("accept")
        story.caseworker("propose")
        assert limits(story) == {"second_review": "7wd"}
        assert (story.clock("first_review").status, story.case.clock("review_by_law")) == ("met", None)
        story.supervisor("send_back")
        assert (limits(story), story.clock("first_review").generation) == ({"first_review": "7wd"}, 2)

    def test_it_stands_still_while_papers_are_awaited(self) -> None:
        story = Story(region=QINGDAO, rows=TWO_STEPS).opened()
        story.caseworker("ask_for_papers")
        assert story.clock("first_review").status == "paused"

    def test_elsewhere_nothing_of_it_holds(self) -> None:
        for region in (JINAN, BEIJING):
            story = Story(region=region, rows=TWO_STEPS).opened().along((("caseworker", "accept"),))
            assert "review_by_law" in limits(story)
            assert "first_review" not in limits(story)

    @pytest.mark.parametrize("file", VARIANTS, ids=lambda file: file.stem)
    def test_no_variant_has_a_flaw(self, file: Any) -> None:
        rows = [*policies(), *policies_of([file])]
        variants = workflow_registry.variants(WORKFLOW, rows)
        assert any("none" in variant.values() for variant in variants.values())
        assert verify(WORKFLOW, variants) == []


UNION, STATION, AGENCY = "union_legal_aid", "union_station", "justice_agency"


def kind(value: str, place: str = "CN") -> PolicyRow:
    return row("office_kind", value, place)


class TestKindsOfOffice:
    """Jinan: the legal aid of a union; Qingdao: a union's station; elsewhere an agency of a justice department."""

    @staticmethod
    def told(story: Story, name: str) -> tuple[str, str]:
        letter = story.letters[name]
        return letter["zh-CN"]["body"], letter["en"]["body"]

    def refused(self, region: str, office: str) -> Story:
        story = Story(region=region, rows=[kind(office, region)]).opened().along((("caseworker", "accept"),))
        story.supervisor("refuse")
        return story

    def ended(self, office: str) -> Story:
        story = Story(region=JINAN, rows=[kind(office, JINAN)]).opened()
        story.along((("caseworker", "accept"), ("supervisor", "grant"), ("supervisor", "terminate")))
        return story

    @pytest.mark.parametrize(("region", "office"), [(JINAN, UNION), (QINGDAO, STATION), ("371083", UNION)])
    def test_a_unions_refusal_names_the_union_above_and_the_local_centre(self, region: str, office: str) -> None:
        zh, en = self.told(self.refused(region, office), "refused")
        assert (
            "您对本决定有异议的，可以自收到本决定书之日起三十日内，向作出本决定的工会的上一级工会法律援助机构书面提出"
            "（参照《中华人民共和国法律援助法》第四十九条、《山东省法律援助条例》第十六条）；"
            "您也可以直接向当地法律援助中心申请法律援助（电话 12348）。"
        ) in zh
        assert "within 30 days of receiving this decision" in en
        assert "union above the one that decided" in en
        for none in ("行政复议", "行政诉讼", "司法行政部门"):
            assert none not in zh

    @pytest.mark.parametrize("region", [JINAN, QINGDAO])
    def test_an_agencys_refusal_names_the_justice_department_that_set_it_up(self, region: str) -> None:
        zh, en = self.told(self.refused(region, AGENCY), "refused")
        for remedy in (
            "三十日内",
            "设立本机构的司法行政部门",
            "行政复议",
            "行政诉讼",
            "《山东省法律援助条例》第十六条",
        ):
            assert remedy in zh
        assert ("参照" in zh, "工会" in zh.replace("乳山市总工会", "")) == (False, False)
        assert "justice department that set up this office" in en

    @pytest.mark.parametrize("office", [UNION, STATION])
    def test_a_union_ends_the_aid_by_reference_and_without_a_last_day_to_object(self, office: str) -> None:
        zh, _ = self.told(self.ended(office), "terminated")
        assert (
            "出现下列情形：案件终止审理或者已经被撤销。参照《中华人民共和国法律援助法》第四十八条，本会决定终止法律援助。"
            in zh
        )
        assert "上一级工会法律援助机构书面提出（参照《中华人民共和国法律援助法》第四十九条）" in zh
        assert ("三十日内" in zh, "条例" in zh) == (False, False)

    def test_an_agency_ends_it_under_the_law(self) -> None:
        zh, _ = self.told(self.ended(AGENCY), "terminated")
        assert "依照《中华人民共和国法律援助法》第四十八条，本机构决定终止法律援助。" in zh
        assert ("司法行政部门" in zh, "三十日内" in zh, "条例" in zh) == (True, False, False)

    @pytest.mark.parametrize("office", [UNION, STATION])
    def test_an_objection_to_a_unions_decision_is_reviewed_one_level_up(self, office: str) -> None:
        story = self.refused(JINAN, office)
        story.applicant("object")
        for who in ("supervisor", "chief"):
            refusal = story.refused(who, "uphold")
            assert isinstance(refusal, NotMet)
            assert "上一级工会" in refusal.text.zh
        story.takes("superior", "uphold")
        zh, _ = self.told(story, "objection_dismissed")
        assert "您可以向上一级工会反映，或者向当地法律援助中心申请法律援助。" in zh
        for none in ("复议", "诉讼", "六十日"):
            assert none not in zh

    def test_where_nobody_supervises_above_another_supervisor_reviews(self) -> None:
        story = self.refused(JINAN, UNION)
        story.unsupervised = frozenset({"370000"})
        story.applicant("object")
        assert isinstance(story.refused("supervisor", "uphold"), NotMet)
        story.takes("chief", "uphold")

    def test_where_the_only_one_above_has_decided_another_supervisor_reviews(self) -> None:
        story = Story(region=JINAN).opened().along((("caseworker", "accept"), ("superior", "refuse")))
        story.applicant("object")
        assert isinstance(story.refused("superior", "uphold"), NotMet)
        story.takes("chief", "uphold")

    def test_of_an_agency_another_supervisor_reviews_and_then_come_review_and_court(self) -> None:
        story = self.refused(JINAN, AGENCY)
        story.applicant("object")
        assert isinstance(story.refused("supervisor", "uphold"), NotMet)
        story.takes("chief", "uphold")
        zh, en = self.told(story, "objection_dismissed")
        assert "自收到本决定书之日起六十日内申请行政复议，或者六个月内向人民法院提起行政诉讼" in zh
        assert "within 60 days" in en

    @pytest.mark.parametrize(("ends", "zh", "en"), [
        (False, "给予法律援助", "legal aid is granted"), (True, "继续提供法律援助", "legal aid goes on"),
    ])  # fmt: skip
    def test_an_objection_that_is_right_grants_the_aid_or_lets_it_go_on(self, ends: bool, zh: str, en: str) -> None:
        story = self.ended(UNION) if ends else self.refused(JINAN, UNION)
        story.applicant("object")
        story.takes("superior", "overturn")
        bodies = self.told(story, "objection_allowed")
        assert f"原决定予以纠正，{zh}。" in bodies[0]
        assert f"corrected and {en}." in bodies[1]

    def test_what_the_union_above_decided_comes_from_there_with_its_number(self) -> None:
        story = self.refused("371083", UNION)
        assert self.told(story, "refused")[0].startswith("（2026）LA-371083决字第1号")
        story.applicant("object")
        story.takes("superior", "uphold")
        assert self.told(story, "objection_dismissed")[0].startswith("（2026）LA-371000异字第1号")

    @pytest.mark.parametrize(("office", "union"), [(UNION, True), (AGENCY, False)])
    def test_who_complains_of_the_helper_goes_to_the_justice_department(self, office: str, union: bool) -> None:
        story = Story(region=JINAN, rows=[kind(office, JINAN)]).opened()
        story.along((("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign"), ("lawyer", "engage")))
        story.applicant("ask_for_change")
        story.supervisor("deny_change")
        zh, _ = self.told(story, "change_denied")
        assert "认为承办人员未依法履行职责的，您可以向司法行政部门投诉" in zh
        assert ("也可以向上一级工会反映" in zh) is union

    @pytest.mark.parametrize(
        ("office", "title"), [(UNION, "指派通知书"), (AGENCY, "指派通知书"), (STATION, "工会法律援助服务案件委派函")]
    )
    def test_the_helper_is_commissioned_and_the_recipient_is_told_who_and_by_when(
        self, office: str, title: str
    ) -> None:
        story = Story(region=JINAN, rows=[kind(office, JINAN)]).opened()
        story.along((("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign")))
        assert story.letters["commission"]["zh-CN"]["title"] == title
        assert story.letters["assigned"]["zh-CN"]["title"] == "承办人员告知书"
        assert "承办人员将自指派之日起五日内约见您并签订委托协议" in self.told(story, "assigned")[0]

    @pytest.mark.parametrize(("limit", "zh"), [("3wd", "自指派之日起三个工作日内"), ("none", "尽快")])
    def test_by_when_is_the_rule_of_the_place(self, limit: str, zh: str) -> None:
        story = Story(policy={"engagement": limit}).opened()
        story.along((("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign")))
        assert f"承办人员将{zh}约见您" in self.told(story, "assigned")[0]

    @pytest.mark.parametrize(("office", "word"), [(UNION, "参照"), (AGENCY, "依照")])
    def test_help_before_the_review_cites_the_law_as_the_office_applies_it(self, office: str, word: str) -> None:
        story = Story(rows=[kind(office)]).opened(preservation_needed=True)
        story.supervisor("help_first")
        assert f"{word}《中华人民共和国法律援助法》第四十四条" in self.told(story, "help_first")[0]
        late = Story(rows=[kind(office)]).opened()
        late.caseworker("ask_for_papers")
        late.days_pass(60)
        late.time("lapse")
        assert f"{word}《中华人民共和国法律援助法》第四十三条" in self.told(late, "deemed_withdrawn")[0]

    @pytest.mark.parametrize("value", ["union", "justice", "true", "", "none"])
    def test_no_other_kind_can_be_loaded(self, value: str) -> None:
        assert PolicyKind.OFFICE_KIND.fault(value) is not None

    def test_each_kind_can_be_loaded(self) -> None:
        assert [PolicyKind.OFFICE_KIND.fault(one) for one in (UNION, STATION, AGENCY)] == [None, None, None]


class TestNumbers:
    """Letters are numbered by the pattern of the office, per year, organisation and kind."""

    @staticmethod
    def decided(region: str, *rows: PolicyRow) -> Story:
        story = Story(region=region, rows=rows).opened()
        return story.along((("caseworker", "accept"), ("supervisor", "grant"), ("supervisor", "terminate")))

    @staticmethod
    def number(story: Story, name: str) -> str:
        return story.letters[name]["zh-CN"]["body"].partition("\n")[0]

    def test_jinan_numbers_its_decisions_in_one_series(self) -> None:
        story = self.decided(JINAN)
        assert self.number(story, "granted") == "（2026）济工援决字第1号"
        assert self.number(story, "terminated") == "（2026）济工援决字第2号"

    def test_assignments_and_reviews_have_series_of_their_own(self) -> None:
        story = Story(region=JINAN).opened().along((("caseworker", "accept"), ("supervisor", "grant")))
        story.caseworker("assign")
        assert self.number(story, "commission") == "（2026）济工援指字第1号"

    def test_where_no_row_says_otherwise_the_code_of_the_organisation_stands_in_it(self) -> None:
        assert self.number(self.decided(QINGDAO), "granted") == "（2026）LA-370200决字第1号"

    def test_the_pattern_of_a_wider_place_counts_only_where_it_names_the_organisation(self) -> None:
        without = self.decided("371083", row("letter_number", "（{year}）威工援{kind}字第{serial}号", "371000"))
        assert self.number(without, "granted") == "（2026）LA-371083决字第1号"
        with_it = self.decided("371083", row("letter_number", "（{year}）威工援{kind}字{org}第{serial}号", "371000"))
        assert self.number(with_it, "granted") == "（2026）威工援决字371083第1号"

    @pytest.mark.parametrize(
        "value",
        ["", "none", "济工援字第{serial}号", "（{year}）济工援{kind}字", "（{year}）{kind}{serial}{serial}",
         "（{year}）{kind}{serial}{name}", "（{year.real}）{kind}{serial}", "（{year:>99999}）{kind}{serial}",
         "{year}{kind}{serial"],
    )  # fmt: skip
    def test_a_pattern_has_year_kind_and_serial_once_each(self, value: str) -> None:
        assert PolicyKind.NUMBERING.fault(value) is not None


class TestRemedies:
    """A letter cites the rule in force at the place, and none of another province."""

    @staticmethod
    def refused(region: str, rows: Iterable[PolicyRow] = (), policy: Any = None) -> dict[str, str]:
        rows = [kind("justice_agency"), *rows]
        story = Story(region=region, rows=rows, policy=policy).opened().along((("caseworker", "accept"),))
        story.supervisor("refuse")
        return {language: story.letters["refused"][language]["body"] for language in LANGUAGES}

    def test_where_no_local_rule_holds_the_national_remedies_only(self) -> None:
        body = self.refused(BEIJING)
        assert "第四十九条" in body["zh-CN"]
        assert "article 49" in body["en"]
        for remedy in ("行政复议", "行政诉讼", "司法行政部门"):
            assert remedy in body["zh-CN"]
        assert "山东" not in body["zh-CN"]
        assert "Shandong" not in body["en"]
        assert "日内" not in body["zh-CN"]

    @pytest.mark.parametrize(
        ("value", "zh", "en"),
        [("10d", "十日内", "10 days"), ("15wd", "十五个工作日内", "15 working days"), ("2mo", "二个月内", "2 months"),
         ("60d", "六十日内", "60 days"), ("120d", "120日内", "120 days")],
    )  # fmt: skip
    def test_the_limit_is_written_as_letters_write_it(self, value: str, zh: str, en: str) -> None:
        body = self.refused(BEIJING, rows=[row("objection", value)])
        assert f"自收到本决定书之日起{zh}" in body["zh-CN"]
        assert f"within {en} of receiving" in body["en"]
        assert "示例规定" in body["zh-CN"]
        assert "an invented rule" in body["en"]

    def test_a_termination_cites_it_too(self) -> None:
        story = Story(region=BEIJING).opened().along((("caseworker", "accept"), ("supervisor", "grant")))
        story.supervisor("terminate")
        assert "山东" not in story.letters["terminated"]["zh-CN"]["body"]
        assert "救济权利" in story.letters["terminated"]["zh-CN"]["body"]

    def test_a_place_may_do_without_the_limit_of_its_province(self) -> None:
        rows = [row("objection", "none", "371083")]
        story = Story(rows=rows).opened().along((("caseworker", "accept"),))
        story.supervisor("refuse")
        story.days_pass(400)
        story.applicant("object")
        assert story.case.state == "objected"

    def test_the_objection_is_acknowledged_with_the_earlier_of_its_days(self) -> None:
        story = Story("2026-03-05 09:00").opened().along((("caseworker", "accept"),))
        story.supervisor("refuse")
        story.applicant("object")
        assert "2026-03-10" in story.letters["objection_received"]["zh-CN"]["body"]


class TestThresholds:
    """What some unions ask beyond the law holds where a row says so, and nowhere else."""

    @pytest.mark.parametrize(("amount", "allowed"), [("4999.99", False), ("5000.00", True)])
    def test_a_claim_below_the_least_is_not_taken_up(self, amount: str, allowed: bool) -> None:
        demands = [{"kind": "wages", "amount": amount}]
        story = Story(rows=[row("least_claim", "5000")]).opened(demands=demands).along((("caseworker", "accept"),))
        offer = story.offered("supervisor")["grant"]
        assert offer.allowed is allowed
        if not allowed:
            assert offer.because is not None
            assert "5000.00" in offer.because.zh

    def test_elsewhere_the_smallest_claim_is(self) -> None:
        story = Story().opened(demands=[{"kind": "wages", "amount": "1.00"}]).along((("caseworker", "accept"),))
        assert story.offered("supervisor")["grant"].allowed

    def test_what_claims_no_money_is_not_measured(self) -> None:
        story = Story(rows=[row("least_claim", "5000")]).opened(demands=None, arrears=None)
        story.caseworker("accept")
        assert story.offered("supervisor")["grant"].allowed

    @pytest.mark.parametrize(("income", "allowed"), [("68399.99", True), ("68400.00", False)])
    def test_income_below_the_minimum_wage_is_the_line_where_the_office_says_so(
        self, income: str, allowed: bool
    ) -> None:
        means = {"household_size": 3, "annual_income": income, "declared_true": True}
        story = Story(region=BEIJING, rows=[row("income_ceiling", "1900")]).opened(exemption=None, means=means)
        story.caseworker("accept")
        offer = story.offered("supervisor")["grant"]
        assert offer.allowed is allowed
        if offer.because is not None:
            assert "示例规定" in offer.because.zh


class TestInTime:
    """A request that is out of time is judged by what is known of its limitations."""

    LONG_AGO: ClassVar = {
        "employment": {"started_on": "2020-01-06", "ended_on": "2024-06-28", "still_employed": False},
        "arrears": None,
    }

    @staticmethod
    def reviewed(rows: Iterable[PolicyRow] = (), **facts: Any) -> Story:
        return Story("2026-03-02 09:00", rows=rows).opened(**facts).along((("caseworker", "accept"),))

    def test_where_the_office_says_so_none_is_granted_that_is_out_of_time(self) -> None:
        story = self.reviewed([row("in_time_only", "true")], **self.LONG_AGO)
        refusal = story.refused("supervisor", "grant")
        assert isinstance(refusal, NotMet)
        assert "2025-06-30 届满（示例规定）" in refusal.text.zh  # the 28th is a Saturday
        assert "ran out on 2025-06-30 (an invented rule)" in refusal.text.en
        story.supervisor("refuse", ground="out_of_time")

    @pytest.mark.parametrize("facts", [
        {"previous_steps": [{"kind": "claimed", "on": "2025-03-10"}]},
        {"suspensions": [{"begins": "2024-07-01", "reason": "住院治疗"}]},
        {"employment": {"started_on": "2020-01-06", "ended_on": None, "still_employed": True}},
        {"employment": None},
        {"matter": "labour_relation", "demands": None, "exemption": "other_by_law",
         "employment": {"ended_on": None, "still_employed": True}},
    ])  # fmt: skip
    def test_what_was_interrupted_or_suspended_or_has_no_end_is_in_time(self, facts: dict[str, Any]) -> None:
        story = self.reviewed([row("in_time_only", "true")], **{**self.LONG_AGO, **facts})
        assert story.offered("supervisor")["grant"].allowed

    def test_elsewhere_it_is_for_people_to_judge(self) -> None:
        assert self.reviewed(**self.LONG_AGO).offered("supervisor")["grant"].allowed
        story = self.reviewed([row("in_time_only", "false")], **self.LONG_AGO)
        assert story.offered("supervisor")["grant"].allowed

    def test_while_the_limitation_runs_it_is_no_ground_to_refuse(self) -> None:
        left = {"started_on": "2020-01-06", "ended_on": "2025-06-30", "still_employed": False}
        story = self.reviewed(employment=left, arrears=None)
        refusal = story.refused("supervisor", "refuse", ground="out_of_time")
        assert isinstance(refusal, NotMet)
        assert "时效至 2026-06-30 届满，不能以已超过时效为由" in refusal.text.zh
        assert "runs until 2026-06-30, so being out of time is no ground to refuse" in refusal.text.en

    @pytest.mark.parametrize(
        "facts",
        [LONG_AGO, {"matter": "personal_injury", "known_on": "2020-06-01", "exemption": None, "demands": None}],
    )
    def test_where_it_has_run_out_it_is(self, facts: dict[str, Any]) -> None:
        story = self.reviewed(**{"employment": None, "arrears": None, **facts})
        assert story.supervisor("refuse", ground="out_of_time").case.state == "refused"

    @pytest.mark.parametrize("facts", [
        {"employment": {"started_on": "2020-01-06", "ended_on": None, "still_employed": True}},
        {"employment": None},
        {"previous_steps": [{"kind": "arbitration", "on": "2025-03-10"}]},
        {"suspensions": [{"begins": "2024-07-01", "reason": "住院治疗"}]},
        *({"matter": matter, "known_on": "2020-06-01", "exemption": None, "demands": None, "employment": None}
          for matter in ("maintenance", "domestic_violence", "abuse")),
        {"matter": "maintenance", "known_on": "2025-06-01", "exemption": None, "demands": None, "employment": None},
        {"matter": "personal_injury", "known_on": "2020-06-01", "exemption": None, "demands": None, "employment": None,
         "suspensions": [{"begins": "2021-07-01", "reason": "住院治疗"}]},
        {"matter": "personal_injury", "known_on": "2020-06-01", "exemption": None, "demands": None, "employment": None,
         "suspensions": [{"begins": "2021-07-01", "ends": "2021-07-30", "reason": "住院治疗"}]},
        {"matter": "legal_capacity", "known_on": "2020-06-01", "exemption": None, "demands": None, "employment": None},
    ])  # fmt: skip
    def test_where_none_runs_or_it_rests_or_nobody_knows_it_is_no_ground(self, facts: dict[str, Any]) -> None:
        refusal = self.reviewed(**{**self.LONG_AGO, **facts}).refused("supervisor", "refuse", ground="out_of_time")
        assert isinstance(refusal, NotMet)
        assert "不能认定时效已经届满" in refusal.text.zh
        assert "has not run out for sure" in refusal.text.en


class TestNoWorkerIsSentAway:
    """The place of application is no reason to refuse a migrant or platform worker who claims pay."""

    @staticmethod
    def reviewed(*groups: str, **facts: Any) -> Story:
        story = Story("2026-03-02 09:00")
        applicant = story.form("submit", {})["applicant"] | {"groups": list(groups)}
        facts = {"exemption": "other_by_law"} | facts
        return story.opened(applicant=applicant, **facts).along((("caseworker", "accept"), ("caseworker", "propose")))

    @pytest.mark.parametrize("group", ["migrant_worker", "platform_worker"])
    def test_not_refused_for_the_place(self, group: str) -> None:
        refusal = self.reviewed("woman", group).refused("supervisor", "refuse", ground="not_competent")
        assert isinstance(refusal, NotMet)
        assert "不得以申请地为由" in refusal.text.zh
        assert "place of application" in refusal.text.en

    @pytest.mark.parametrize("kind", ["wages", "overtime"])
    def test_nor_where_pay_is_demanded_beside_something_else(self, kind: str) -> None:
        story = self.reviewed("migrant_worker", matter="dismissal", demands=[{"kind": kind, "amount": "500.00"}])
        assert isinstance(story.refused("supervisor", "refuse", ground="not_competent"), NotMet)

    def test_nor_for_the_place_under_the_name_of_another_ground(self) -> None:
        story = self.reviewed("migrant_worker")
        refusal = story.refused("supervisor", "refuse", ground="other", reasons="请到工作地申请。")
        assert isinstance(refusal, NotMet)
        assert "选择具体的法定情形" in refusal.text.zh
        assert "name the ground" in refusal.text.en

    def test_another_ground_holds(self) -> None:
        assert self.reviewed("migrant_worker").supervisor("refuse", ground="no_basis").case.state == "refused"

    @pytest.mark.parametrize(
        ("group", "facts"),
        [
            ("woman", {}),
            ("migrant_worker", {"matter": "dismissal", "demands": [{"kind": "severance", "amount": "500.00"}]}),
        ],
    )
    def test_others_are(self, group: str, facts: dict[str, Any]) -> None:
        for ground in ("not_competent", "other"):
            assert self.reviewed(group, **facts).supervisor("refuse", ground=ground).case.state == "refused"
