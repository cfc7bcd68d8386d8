"""The rules of the place: a request goes to the office that is competent, and each office has limits of its own."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from casework.cli.rules import policies_of
from casework.rules.casefile import PolicyRow
from casework.rules.refusals import Invalid, NotMet, NotNow
from casework.rules.text import LANGUAGES, Text
from casework.rules.verify import verify
from casework.settings import ROOT
from casework.work import programmes
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
        story.caseworker("transfer", to_org=JINAN)
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
        refusal = story.refused("caseworker", "transfer", to_org=JINAN)
        assert isinstance(refusal, NotMet)
        assert "两次" in refusal.text.zh
        story.supervisor("transfer", to_org=JINAN)
        assert story.case.org_code == JINAN

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
        variants = programmes.variants(WORKFLOW, rows)
        assert any("none" in variant.values() for variant in variants.values())
        assert verify(WORKFLOW, variants) == []


class TestRemedies:
    """A letter cites the rule in force at the place, and none of another province."""

    @staticmethod
    def refused(region: str, rows: Iterable[PolicyRow] = (), policy: Any = None) -> dict[str, str]:
        story = Story(region=region, rows=rows, policy=policy).opened().along((("caseworker", "accept"),))
        story.supervisor("refuse")
        return {language: story.letters["refused"][language]["body"] for language in LANGUAGES}

    def test_in_shandong_within_thirty_days(self) -> None:
        for region in ("371083", JINAN):
            body = self.refused(region)
            assert "自收到本决定书之日起三十日内" in body["zh-CN"]
            assert "山东省法律援助条例 第16条" in body["zh-CN"]
            assert "within 30 days" in body["en"]
            assert "Shandong Legal Aid Regulation 16" in body["en"]

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
