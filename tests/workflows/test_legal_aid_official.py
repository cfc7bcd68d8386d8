"""What the office writes to courts, tribunals and employers, and what the union rules of the province are named for."""

from typing import Any, ClassVar

import pytest

from casework.rules.context import PolicyRow
from casework.rules.refusals import NotMet, NotNow, NotYours
from casework.workflows.legal_aid.official import FEE_RELIEFS
from tests.story import Story, policies

TO_ASSIGNED = (("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign"))


class TestOfficialLetter:
    """Form 13: it goes with the helper to whoever has to know."""

    @pytest.mark.parametrize(("kind", "zh", "en"), [
        ("arbitration", "请依法予以支持。", "such support as the law provides"),
        ("court", "请依法予以支持。", "such support as the law provides"),
        ("employer", "请贵单位依法予以配合，并可以与承办人员联系协商解决。", "you may settle the matter"),
        ("other", "请依法予以协助。", "assist as the law provides"),
    ])  # fmt: skip
    def test_it_names_the_parties_the_matter_the_helper_and_what_is_asked(self, kind: str, zh: str, en: str) -> None:
        story = Story().opened().along(TO_ASSIGNED)
        move = story.caseworker("issue_official_letter", kind=kind, addressee="乳山市示例单位")
        assert (move.case.state, move.letters) == ("assigned", ("official_letter",))
        letter = story.letters["official_letter"]
        assert letter["zh-CN"]["body"].startswith("（2026）LA-371083函字第1号\n\n乳山市示例单位：")
        employer = story.case.facts["employer"]["name"]
        name = story.case.facts["applicant"]["name"]
        assert f"{name}与{employer}“支付劳动报酬”一案（案号 LA-2026-000001），本会" in letter["zh-CN"]["body"]
        assert f"已给予法律援助，并指派示例lawyer承办。{zh}特此函告。" in letter["zh-CN"]["body"]
        assert f"against {employer}" in letter["en"]["body"]
        assert "示例lawyer" in letter["en"]["body"]
        assert en in letter["en"]["body"]

    def test_one_for_each_addressee_and_numbered_on(self) -> None:
        story = Story().opened().along((*TO_ASSIGNED, ("lawyer", "engage")))
        story.caseworker("issue_official_letter")
        story.caseworker("issue_official_letter", kind="employer", addressee="济南晨光建筑劳务有限公司")
        assert story.letters["official_letter"]["zh-CN"]["body"].startswith("（2026）LA-371083函字第2号")

    def test_only_the_office_writes_it_and_only_once_somebody_is_named(self) -> None:
        story = Story().opened().along(TO_ASSIGNED[:2])
        assert isinstance(story.refused("caseworker", "issue_official_letter"), NotNow)
        story.caseworker("assign")
        assert isinstance(story.refused("lawyer", "issue_official_letter"), NotYours)
        assert isinstance(story.refused("applicant", "issue_official_letter"), NotYours)


class TestCertificateOfHardship:
    """What the office has found, for relief from court fees (法律援助法 53; 山东省法律援助条例 17)."""

    MEANS: ClassVar = {"household_size": 3, "annual_income": "60000.00", "declared_true": True}

    def granted(self, region: str = "371083", **facts: Any) -> Story:
        return Story("2026-03-02 09:00", region=region).opened(**facts).along(TO_ASSIGNED[:2])

    @pytest.mark.parametrize("relief", sorted(FEE_RELIEFS))
    def test_it_says_that_the_household_is_below_the_line_and_no_figure(self, relief: str) -> None:
        story = self.granted(exemption=None, means=self.MEANS)
        story.supervisor("certify_hardship", court="乳山市人民法院", relief=relief)
        body = story.letters["hardship_certificate"]["zh-CN"]["body"]
        assert body.startswith("（2026）LA-371083证字第1号\n\n乳山市人民法院：")
        assert "经审查，其家庭经济状况符合法律援助经济困难标准，本会已给予法律援助。" in body
        assert f"拟向你院申请{FEE_RELIEFS[relief].zh}诉讼费用。" in body
        assert "参照《中华人民共和国法律援助法》第五十三条和《山东省法律援助条例》第十七条，特此证明。" in body
        assert "60000" not in body
        english = story.letters["hardship_certificate"]["en"]["body"]
        assert "below the hardship line" in english
        assert f"asks you {FEE_RELIEFS[relief].en} the" in english

    def test_who_is_exempt_is_certified_as_that(self) -> None:
        story = self.granted()
        story.supervisor("certify_hardship")
        assert (
            "其属于申请支付劳动报酬或者请求工伤事故人身损害赔偿的进城务工人员"
            in (story.letters["hardship_certificate"]["zh-CN"]["body"])
        )

    def test_elsewhere_the_regulation_of_shandong_is_not_cited(self) -> None:
        story = self.granted(region="110100")
        story.supervisor("certify_hardship")
        assert "山东" not in story.letters["hardship_certificate"]["zh-CN"]["body"]

    def test_where_nobody_was_asked_for_means_there_is_nothing_to_certify(self) -> None:
        story = self.granted(matter="domestic_violence", exemption=None)
        refusal = story.refused("supervisor", "certify_hardship")
        assert isinstance(refusal, NotMet)
        assert "不以经济困难为条件" in refusal.text.zh
        story.correct("supervisor", reason="补充经济状况", means=self.MEANS | {"declared_true": None})
        refusal = story.refused("supervisor", "certify_hardship")
        assert isinstance(refusal, NotMet)
        assert "不以经济困难为条件" not in refusal.text.zh
        story.correct("supervisor", reason="补充经济状况", means=self.MEANS)
        story.supervisor("certify_hardship")

    def test_above_the_line_none_is_given(self) -> None:
        story = self.granted(matter="domestic_violence", exemption=None, means=self.MEANS | {"household_size": 1})
        refusal = story.refused("supervisor", "certify_hardship")
        assert isinstance(refusal, NotMet)
        assert "≥" in refusal.text.zh

    def test_help_given_at_once_is_reviewed_first(self) -> None:
        story = Story().opened(preservation_needed=True)
        story.supervisor("help_first")
        assert isinstance(story.refused("supervisor", "certify_hardship"), NotMet)

    def test_it_is_for_a_supervisor(self) -> None:
        for who in ("caseworker", "applicant"):
            assert isinstance(self.granted().refused(who, "certify_hardship"), NotYours)


class TestUnionRulesOfTheProvince:
    """《山东省工会法律援助实施办法》(2022) exists; its days could not be read, and the rows say so."""

    NAMED: ClassVar = {"assignment": "3d", "engagement": "5d", "change": "5wd", "closing_papers": "30d"}

    @staticmethod
    def rows(name: str) -> list[PolicyRow]:
        return [row for row in policies() if (row.workflow, row.name) == ("legal_aid", name)]

    @pytest.mark.parametrize("name", sorted(NAMED))
    def test_the_row_of_the_province_names_them_and_holds_what_the_nation_has(self, name: str) -> None:
        nation, province = sorted(self.rows(name), key=lambda row: row.place, reverse=True)
        assert (nation.place, province.place) == ("CN", "370000")
        assert nation.value == province.value == self.NAMED[name]
        assert "《山东省工会法律援助实施办法》（2022，天数及施行日期待核对原文）" in province.source.zh
        assert "to be confirmed" in province.source.en

    def test_a_clock_in_shandong_says_by_which_rule_it_counts(self) -> None:
        story = Story().opened().along(TO_ASSIGNED[:2])
        assert "《山东省工会法律援助实施办法》" in story.basis("assignment").zh
        elsewhere = Story(region="110100").opened().along(TO_ASSIGNED[:2])
        assert "山东" not in elsewhere.basis("assignment").zh
