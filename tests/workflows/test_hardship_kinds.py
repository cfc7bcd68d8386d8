"""Kinds of aid of the 2022 rules, aid without a dossier, and platform workers as applicants."""

from typing import Any

import pytest

from casework.rules.refusals import NotMet
from tests.workflows.test_hardship_aid import (
    NOT_POOR,
    PREPARED,
    asked,
    codes,
    noticed,
    on_file,
    prepared,
    reserves,
    told,
)

PLATFORM: dict[str, Any] = {
    "kind": "delivery",
    "platform": "示例外卖平台",
    "proven_by": "orders",
    "union": "示例街道总工会",
}


def item(kind: str, amount: str = "500.00") -> dict[str, str]:
    """An item of aid."""
    return {"kind": kind, "amount": amount, "fund": "RELIEF"}


@pytest.mark.parametrize(("kind", "most"), [("training", "2000.00"), ("placement", "1000.00"), ("warmth", "2000.00")])
def test_training_placement_and_gifts_are_given_up_to_their_row(kind: str, most: str) -> None:
    story = prepared()
    above = item(kind, f"{most[:-1]}1")
    assert most in told(story, "caseworker", "propose", without_dossier=None, ground=None, aid=[above]).text.zh
    story.caseworker("propose", category="deep", without_dossier=None, ground=None, aid=[item(kind, most)])
    closed = asked(policy={f"{kind}_cap": "none"}).along(PREPARED)
    assert isinstance(told(closed, "caseworker", "propose", category="deep", ground=None, aid=[item(kind)]), NotMet)


class TestWithoutADossier:
    """Sudden and temporary hardship, where the place says so; who meets the tests is put on file."""

    def test_it_is_on_notice_approved_paid_and_kept_as_no_dossier(self) -> None:
        story = noticed(item("temporary"), category=None, household=NOT_POOR)
        notice = story.case.facts["notice"]
        assert (notice["subject"]["zh-CN"], notice["category"]) == ("拟给予帮扶", None)
        assert "不建档" in told(story, "supervisor", "approve").text.zh
        move = story.supervisor("help_once")
        assert [claim.amount for claim in reserves(move)] == [500]
        assert (story.case.state, story.case.outcome) == ("closed", "helped_once")
        assert "on_file_since" not in story.case.facts
        assert "临时救助 500.00 元" in story.letters["helped_once"]["zh-CN"]["body"]
        story.takes("colleague", "record_payment")
        assert story.case.facts["aid"][0]["status"] == "paid"

    def test_a_dossier_is_not_approved_that_way(self) -> None:
        story = noticed(item("living"))
        assert "拟建档" in told(story, "supervisor", "help_once").text.zh

    def test_who_meets_the_tests_is_put_on_file(self) -> None:
        given: dict[str, Any] = {"category": None, "without_dossier": True, "aid": [item("temporary")]}
        assert "应建尽建" in told(prepared(), "caseworker", "propose", ground=None, **given).text.zh
        prepared().caseworker("propose", ground="本人不愿建档", **given)

    @pytest.mark.parametrize("kind", ["living", "medical", "warmth", "training"])
    def test_other_kinds_need_a_dossier(self, kind: str) -> None:
        given: dict[str, Any] = {"category": None, "without_dossier": True, "ground": None}
        story = prepared(household=NOT_POOR)
        only = "只能给予意外致困救助、临时救助（"
        assert only in told(story, "caseworker", "propose", aid=[item(kind)], **given).text.zh
        assert only in told(story, "caseworker", "propose", aid=None, **given).text.zh

    @pytest.mark.parametrize("kinds", [("sudden",), ("temporary",), ("sudden", "temporary")])
    def test_sudden_and_temporary_hardship_need_none_alone_or_together(self, kinds: tuple[str, ...]) -> None:
        given: dict[str, Any] = {"category": None, "without_dossier": True, "ground": None}
        story = prepared(household=NOT_POOR, sudden={"event": "disaster", "on": "2026-08-20", "loss": "20000.00"})
        story.caseworker("propose", aid=[item(kind) for kind in kinds], **given)

    def test_a_place_may_ask_for_the_dossier_first(self) -> None:
        story = asked(policy={"aid_without_dossier": "false"}, household=NOT_POOR).along(PREPARED)
        given: dict[str, Any] = {"category": None, "without_dossier": True, "ground": None, "aid": [item("temporary")]}
        assert "先建档" in told(story, "caseworker", "propose", **given).text.zh

    def test_sudden_aid_without_a_dossier_is_bound_as_with_one(self) -> None:
        event = {"event": "disaster", "on": "2026-08-20", "loss": "20000.00"}
        given: dict[str, Any] = {"category": None, "without_dossier": True, "ground": None}
        story = prepared(household=NOT_POOR, sudden=event)
        assert "3000.00" in told(story, "caseworker", "propose", aid=[item("sudden", "3000.01")], **given).text.zh
        story.caseworker("propose", aid=[item("sudden", "3000.00")], **given)

    def test_a_proposal_has_a_category_or_no_dossier(self) -> None:
        story = prepared()
        for both in ({"category": None, "without_dossier": None}, {"category": "deep", "without_dossier": True}):
            assert codes(told(story, "caseworker", "propose", **both)) == ["category_or_none"]


class TestPlatformWorkers:
    """They apply like other workers, without an employer's contract."""

    def test_somebody_proves_the_work(self) -> None:
        story = prepared(platform={**PLATFORM, "proven_by": None})
        assert "任选其一" in told(story, "caseworker", "propose").text.zh
        for proof in ("platform", "orders", "street_union", "industry_union"):
            other = story.as_it_stands()
            other.correct("caseworker", platform={"proven_by": proof})
            other.caseworker("propose")

    @pytest.mark.parametrize("paper", ["劳动合同", "与平台签订的劳动合同复印件", "聘用合同"])
    def test_no_contract_is_asked_for(self, paper: str) -> None:
        story = asked(platform=PLATFORM)
        assert "不得要求提供" in told(story, "caseworker", "ask_for_papers", papers=[paper]).text.zh
        story.caseworker("ask_for_papers", papers=["近三个月接单记录"])
        asked().caseworker("ask_for_papers", papers=[paper])

    def test_the_notice_names_the_union_of_the_street_where_there_is_no_employer(self) -> None:
        story = prepared(platform=PLATFORM, applicant={"work_unit": None})
        story.caseworker("propose", category="deep", without_dossier=None, ground=None, aid=None)
        story.caseworker("publish")
        assert story.case.facts["notice"]["unit"] == "示例街道总工会"

    def test_they_are_put_on_file_like_others(self) -> None:
        story = on_file(item("living"), platform=PLATFORM, applicant={"work_unit": None})
        assert story.case.state == "active"

    @pytest.mark.parametrize("kind", ["training", "placement", "warmth", "temporary"])
    def test_without_a_dossier_more_kinds_are_open_to_them(self, kind: str) -> None:
        story = noticed(item(kind), category=None, household=NOT_POOR, platform=PLATFORM)
        story.supervisor("help_once")
        assert story.case.facts["aid"][0]["kind"] == kind
