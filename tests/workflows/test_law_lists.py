"""The lists that law and official forms close: each entry can be chosen, and there is no other."""

from collections.abc import Collection
from typing import Final

import pytest

from casework.workflows.hardship_aid import codes
from casework.workflows.legal_aid import intake, limitation, steps

LISTS: Final[dict[str, tuple[Collection[str], str]]] = {
    # 法律援助法 22: 法律咨询, 代拟法律文书, 民事、行政诉讼代理, 劳动争议调解与仲裁代理, 非诉讼代理
    "forms of aid": (intake.FORMS_OF_AID, "advice drafting mediation_arbitration litigation non_litigation"),
    # 31: whoever is represented must be hard up; advice and drafting are for everybody
    "representation": (intake.REPRESENTATION, "mediation_arbitration litigation non_litigation"),
    # 31, 32, and what a union's members ask for
    "matters": (
        intake.MATTERS,
        "wages labour_relation dismissal work_injury social_insurance social_assistance maintenance personal_injury"
        " domestic_violence abuse state_compensation retrial_acquittal pension legal_capacity pollution"
        " act_of_courage heroes union_rights other",
    ),
    # 32: 英雄烈士近亲属; 见义勇为; 再审改判无罪; 虐待、遗弃或者家庭暴力
    "without a condition of hardship": (
        intake.NO_HARDSHIP_CONDITION,
        "heroes act_of_courage retrial_acquittal abuse domestic_violence",
    ),
    # 42
    "exempt from the check": (
        intake.EXEMPTIONS,
        "no_steady_income on_assistance migrant_wages_or_injury other_by_law",
    ),
    # 山东省法律援助条例 11, 12: 移送, 先行收到, 指定管辖
    "grounds of a transfer": (steps.TRANSFER_GROUNDS, "not_competent received_first appointed other"),
    "grounds of a refusal": (
        steps.REFUSAL_GROUNDS,
        "out_of_scope not_hard_up not_competent no_basis out_of_time not_approved other",
    ),
    # 办理法律援助案件程序规定: 重大、复杂、疑难
    "what a lawyer discusses with others": (steps.SPECIAL, "major_doubt mass_case wide_influence complex"),
    "results": (steps.RESULTS, "won partly_won settled lost advice_given given_up"),
    # 调解仲裁法 27 II, 办案规则 27: 主张权利, 请求权利救济, 同意履行
    "what starts a limitation anew": (
        limitation.INTERRUPTS,
        "claimed negotiated asked_authority acknowledged mediation payment_order mediation_applied complaint_filed"
        " inspection_filed payment_order_filed settled",
    ),
    # while a tribunal or a court has the matter
    "for what a limitation rests": (
        limitation.FILED,
        "arbitration lawsuit arbitration_filed arbitration_accepted arbitration_hearing award_received"
        " final_award_received award_unmarked_received lawsuit_filed lawsuit_accepted court_hearing",
    ),
    "with what the matter comes back": (
        limitation.RETURNED,
        "arbitration_refused arbitration_withdrawn lawsuit_refused lawsuit_withdrawn",
    ),
    # 困难职工档案管理系统: 生活, 医疗, 助学, 意外致困, 临时; 2022-12: 培训, 职介, 送温暖; 社会救助法 50: 紧急
    "kinds of help": (codes.GRANT_KINDS, "living medical study sudden temporary training placement warmth emergency"),
    # 存量, 增量, 返困
    "kinds of dossiers": (codes.DOSSIER_KINDS, "existing new returned"),
    # 不予建档的情形
    "what excludes": (
        codes.EXCLUSIONS,
        "private_school study_abroad two_homes shop_premises employs_others runs_business able_but_idle"
        " outside_local_scheme car shareholding deposits big_purchase",
    ),
    # 退出: 脱困, 转社会救助, 退休, 调离, 死亡, 申报不实, 失联
    "ways out": (
        codes.EXIT_KINDS,
        "out_of_hardship social_assistance retired moved_away died cancelled lost_contact",
    ),
}


@pytest.mark.parametrize("name", list(LISTS))
def test_the_list_is_complete_and_closed(name: str) -> None:
    entries, official = LISTS[name]
    assert set(entries) == set(official.split())
    assert len(official.split()) == len(set(official.split()))
