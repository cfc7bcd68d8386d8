"""The limits, amounts, shares and switches in force, by the articles and documents that set them.

What no source sets says "own": an administrator sets it otherwise by a dated row. What was only recalled says so at its
row. Limits: `wd` working days, `d` days, `mo` months, `y` years.
"""

from datetime import date
from typing import Final

import pytest

from casework.rules.context import PolicyRow
from casework.rules.text import Text
from casework.settings import ROOT
from casework.work.policy_files import read_policies
from tests.story import Story, policies

NATIONAL: Final = "CN"
SHANDONG: Final = "370000"
RUSHAN: Final = "371083"
LEGAL_AID: Final = [
    ("review_by_law", NATIONAL, "7d", "法律援助法 43: 自收到申请之日起七日内进行审查"),
    ("review", SHANDONG, "5wd", "山东省法律援助条例 15: 自受理申请之日起五个工作日内"),
    ("papers", NATIONAL, "10wd", "法律援助法 43 sets no number: own"),
    ("assignment", NATIONAL, "3d", "法律援助法 43: 自作出给予法律援助决定之日起三日内指派"),
    ("engagement", NATIONAL, "5d", "办理法律援助案件程序规定: 自收到指派通知书之日起五日内"),
    ("start", NATIONAL, "3d", "practice of a provincial platform: 指派三日未开始清单"),
    ("progress", NATIONAL, "30d", "法律援助法 46 sets no number: own"),
    ("change", NATIONAL, "5wd", "办理法律援助案件程序规定: 五个工作日内决定是否更换"),
    ("release", NATIONAL, "5wd", "own, as for a change"),
    ("objection_by_law", NATIONAL, "5d", "法律援助法 49: 自收到异议之日起五日内审查"),
    ("objection_review", SHANDONG, "5wd", "山东省法律援助条例 16: 五个工作日内"),
    ("objection", SHANDONG, "30d", "山东省法律援助条例 16: 自接到通知之日起三十日内"),
    ("follow_up", NATIONAL, "15wd", "own"),
    ("closing", NATIONAL, "30d", "服务指南: 结案材料三十日内提交并审查; own"),
    ("making_up", NATIONAL, "10wd", "法律援助法 44 sets no number: own"),
    ("closing_papers", NATIONAL, "30d", "怒江州服务指南: 自办结之日起三十日内提交"),
    ("file_check", NATIONAL, "30d", "怒江州服务指南: 自收到立卷材料之日起三十日内审查"),
    ("file_correction", NATIONAL, "10wd", "own"),
    ("subsidy", NATIONAL, "15wd", "own"),
    ("subsidy_payment", NATIONAL, "30d", "own"),
    ("repayment", NATIONAL, "30d", "法律援助法 64 sets no number: own"),
    ("giving_back", NATIONAL, "10wd", "own"),
    ("archiving", NATIONAL, "30d", "own"),
    ("hardship_multiple", SHANDONG, "2", "山东省法律援助条例 8: 低于最低生活保障标准的二倍"),
    ("subsistence_line", RUSHAN, "1001", "乳山, since 2023"),
    ("subsistence_line", RUSHAN, "1062", "乳山, since 2025"),
    ("decided_by_another", NATIONAL, "true", "own: whoever reviews does not decide"),
    ("paid_by_another", NATIONAL, "true", "own: whoever approves does not pay"),
    ("file_before_closing", NATIONAL, "false", "own: the duty to hand in stays after the case is closed"),
    ("minimum_wage", SHANDONG, "1820", "山东省最低工资标准, lowest level; to confirm"),
    # 山东省工会法律援助实施办法 (2022), whose days are still to be confirmed: those of the nation stand in for them
    ("assignment", SHANDONG, "3d", "to confirm"),
    ("engagement", SHANDONG, "5d", "to confirm"),
    ("change", SHANDONG, "5wd", "to confirm"),
    ("closing_papers", SHANDONG, "30d", "to confirm"),
    ("complaint_answer", NATIONAL, "15wd", "法律援助法 56 sets no number: own"),
    ("data_request", NATIONAL, "15wd", "个人信息保护法 50 sets no number: own"),
    ("fee_relief", SHANDONG, "true", "山东省法律援助条例 17: 缓减免"),
    ("office_kind", NATIONAL, "union_legal_aid", "法律援助法 68: 工会参照适用"),
]
HARDSHIP_AID: Final = [
    ("acceptance", NATIONAL, "5wd", "own"),
    ("papers", NATIONAL, "10wd", "own"),
    ("review", NATIONAL, "20wd", "own"),
    ("visit", NATIONAL, "10wd", "own"),
    ("check", NATIONAL, "20wd", "own"),
    ("making_up", NATIONAL, "10wd", "社会救助法 50 sets no number: own"),
    ("emergency", NATIONAL, "30d", "own"),
    ("notice", NATIONAL, "5wd", "困难职工档案: 公示不少于五个工作日"),
    ("notice_least", NATIONAL, "5wd", "困难职工档案: 公示不少于五个工作日"),
    ("approval", NATIONAL, "10wd", "own"),
    ("payment", NATIONAL, "10wd", "own"),
    ("contact", NATIONAL, "6mo", "困难职工: 每半年至少走访一次"),
    ("verification", NATIONAL, "1y", "困难职工档案: 每年核查一次"),
    ("verification", SHANDONG, "1y", "山东: 每年核查一次"),
    ("change", NATIONAL, "30d", "社会救助法 46: a month at most, own in days"),
    ("exit_due", NATIONAL, "15wd", "own"),
    ("hearing", NATIONAL, "10wd", "社会救助法 48 sets no number: own"),
    ("hearing_wait", NATIONAL, "5wd", "own: so long whoever does not come is waited for"),
    ("exit", NATIONAL, "10wd", "own"),
    ("watch", NATIONAL, "6mo", "跟踪不少于六个月"),
    ("objection", NATIONAL, "60d", "行政复议法 20 as a pattern: sixty days"),
    ("objection_review", NATIONAL, "30d", "own"),
    ("relative_multiple", NATIONAL, "2", "相对困难: 家庭人均收入不超过低保标准的二倍"),
    ("sudden_share", NATIONAL, "0.8", "意外致困: 直接损失超过家庭年收入的 80 %"),
    ("living_months_deep", NATIONAL, "10", "生活救助: 深度困难, 不超过十个月低保标准"),
    ("living_months_relative", NATIONAL, "8", "生活救助: 相对困难, 不超过八个月"),
    ("medical_share_deep", NATIONAL, "1", "医疗救助: 深度困难, 自负部分全额"),
    ("medical_share_relative", NATIONAL, "0.8", "医疗救助: 相对困难, 自负部分的 80 %"),
    ("medical_cap_relative", NATIONAL, "16000", "医疗救助: 相对困难, 一万六千元"),
    ("study_months_deep", NATIONAL, "10", "助学救助: 十个月"),
    ("study_months_relative", NATIONAL, "8", "助学救助: 八个月"),
    ("sudden_aid_share_sudden", NATIONAL, "0.15", "意外致困: 损失的 15 %"),
    ("sudden_aid_cap_sudden", NATIONAL, "10000", "意外致困: 一万元"),
    ("temporary_cap", NATIONAL, "3000", "own"),
    ("emergency_cap", NATIONAL, "2000", "own"),
    ("kinds_a_year_relative", NATIONAL, "1", "相对困难: 一年一类"),
    ("grants_count_as_income", NATIONAL, "true", "own"),
    ("data_request", NATIONAL, "15wd", "个人信息保护法 50 sets no number: own"),
    # 职工困难帮扶资金管理办法 and its rules (2022-12) name the kinds; their amounts are the office's own, to confirm
    ("training_cap", NATIONAL, "2000", "own"),
    ("placement_cap", NATIONAL, "1000", "own"),
    ("warmth_cap", NATIONAL, "2000", "own"),
    ("aid_without_dossier", NATIONAL, "true", "突发性、临时性困难和新就业形态劳动者"),
    # 困难职工档案管理规定 of Hunan and Anhui (2019), other provinces
    ("months_above_line", NATIONAL, "6", "连续六个月高于标准"),
    ("retention", NATIONAL, "10y", "退出后保存不少于十年"),
    ("sample_share", NATIONAL, "0.3", "每年抽查不少于百分之三十"),
    ("repayment", NATIONAL, "30d", "社会救助法 61-65 set no number: own"),
    ("approves_up_to_street", NATIONAL, "0", "街道（乡镇）工会审核, 不审批"),
    ("approves_up_to_county", NATIONAL, "20000", "超过两万元由省级工会审批"),
    ("approves_up_to_city", NATIONAL, "20000", "超过两万元由省级工会审批"),
    ("approves_up_to_province", NATIONAL, "50000", "超过五万元由全国总工会审批"),
    *(
        (f"draws_{level}_{what}", NATIONAL, value, "own: what a union below gives of a fund above")
        for level, values in {
            "enterprise": ("2000", "20000"),
            "street": ("2000", "20000"),
            "county": ("20000", "200000"),
            "city": ("50000", "none"),
        }.items()
        for what, value in zip(("each", "month"), values, strict=True)
    ),
    ("decided_by_another", NATIONAL, "true", "own: whoever proposes does not decide"),
    ("paid_by_another", NATIONAL, "true", "own: whoever approves does not pay"),
]
# By the guide of the union of Qingdao: seven working days for the papers, seven for the second review by its centre.
QINGDAO: Final = [
    ("first_review", "7wd"),
    ("second_review", "7wd"),
    ("review_by_law", "none"),
    ("review", "none"),
    ("office_kind", "union_station"),
]


@pytest.mark.parametrize(
    ("workflow", "name", "place", "value"),
    [
        (workflow, name, place, value)
        for workflow, table in (("legal_aid", LEGAL_AID), ("hardship_aid", HARDSHIP_AID))
        for name, place, value, _ in table
    ],
)
def test_a_value_in_force(workflow: str, name: str, place: str, value: str) -> None:
    rows = [row for row in policies() if (row.name, row.place) == (name, place) and row.workflow in (workflow, "*")]
    assert value in [row.value for row in rows]


def test_no_place_has_another_value_of_them() -> None:
    for workflow, table in (("legal_aid", LEGAL_AID), ("hardship_aid", HARDSHIP_AID)):
        told = {(name, place, value) for name, place, value, _ in table}
        names = {name for name, *_ in told}
        rows = [row for row in policies() if row.workflow in (workflow, "*") and row.name in names]
        assert {(row.name, row.place, row.value) for row in rows} == told


def test_a_station_in_qingdao_reviews_in_two_steps() -> None:
    rows = read_policies(ROOT / "config" / "policies" / "variants" / "union_two_step.toml")
    assert [(row["name"], row["value"]) for row in rows] == QINGDAO
    assert {row["place"] for row in rows} == {"370200"}


@pytest.mark.parametrize(
    ("since", "counts"),
    [(date(2025, 2, 1), True), (date(2025, 12, 31), True), (date(2026, 1, 1), False), (date(2026, 2, 1), False)],
)
def test_the_line_of_the_year_before_is_that_of_its_last_day(since: date, counts: bool) -> None:
    row = PolicyRow(900, "*", "subsistence_line", RUSHAN, since, "4321.00", Text("示例标准", "an invented standard"))
    found = Story("2026-03-02 09:00", rows=[row]).office.policy_last_year("subsistence_line")
    assert found is not None
    assert (found.value == "4321.00") is counts
