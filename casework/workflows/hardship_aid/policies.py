"""The dated rows for which hardship assistance asks beside the limits of its clocks."""

from collections.abc import Mapping
from typing import Final

from casework.rules.fund_draws import DRAWS
from casework.rules.hardship import CATEGORIES
from casework.rules.policy_kinds import PolicyKind
from casework.rules.text import Text
from casework.workflows.hardship_aid.approval import LEVELS

_BY_CATEGORY: Final = (
    "living_months",
    "study_months",
    "medical_share",
    "medical_cap",
    "sudden_aid_share",
    "sudden_aid_cap",
    "kinds_a_year",
)
POLICIES: Final[Mapping[str, PolicyKind]] = {
    "decided_by_another": PolicyKind.SWITCH,
    "paid_by_another": PolicyKind.SWITCH,
    "grants_count_as_income": PolicyKind.SWITCH,
    "notice_least": PolicyKind.LIMIT,
    "hearing_wait": PolicyKind.LIMIT,
    "letter_number": PolicyKind.NUMBERING,
    "bank_columns": PolicyKind.COLUMNS,
    "objection": PolicyKind.LIMIT,
    "subsistence_line": PolicyKind.AMOUNT,
    "relative_multiple": PolicyKind.AMOUNT,
    "sudden_share": PolicyKind.AMOUNT,
    "temporary_cap": PolicyKind.AMOUNT,
    "training_cap": PolicyKind.AMOUNT,
    "placement_cap": PolicyKind.AMOUNT,
    "warmth_cap": PolicyKind.AMOUNT,
    "aid_without_dossier": PolicyKind.SWITCH,
    "months_above_line": PolicyKind.AMOUNT,
    "retention": PolicyKind.LIMIT,
    "sample_share": PolicyKind.AMOUNT,
    "emergency_cap": PolicyKind.AMOUNT,
    **{f"{name}_{category}": PolicyKind.AMOUNT for name in _BY_CATEGORY for category in CATEGORIES},
    **{f"approves_up_to_{level}": PolicyKind.AMOUNT for level in LEVELS},
    **DRAWS,
}

_BY_CATEGORY_TITLES: Final = {
    "living_months": Text("生活救助月数", "Months of aid for living"),
    "study_months": Text("助学救助月数", "Months of aid for study"),
    "medical_share": Text("医疗救助比例", "Share of medical bills"),
    "medical_cap": Text("医疗救助上限", "Cap of medical aid"),
    "sudden_aid_share": Text("意外致困救助比例", "Share of the loss by a sudden event"),
    "sudden_aid_cap": Text("意外致困救助上限", "Cap of aid after a sudden event"),
    "kinds_a_year": Text("每年可享受的帮扶类别数", "Kinds of aid a year"),
}
_LEVEL_TITLES: Final = {
    "street": Text("街道（乡镇）工会", "street and town unions"),
    "county": Text("县（区）总工会", "county unions"),
    "city": Text("市总工会", "city unions"),
    "province": Text("省总工会", "provincial unions"),
    "enterprise": Text("企业工会", "unions of enterprises"),
}
TITLES: Final[Mapping[str, Text]] = {
    "decided_by_another": Text("审查和决定须由不同的人办理", "Another person decides than reviewed"),
    "paid_by_another": Text("批准和付款登记须由不同的人办理", "Another person records payments than approved"),
    "letter_number": Text("文书编号格式", "How letters are numbered"),
    "objection": Text("提出异议的期限", "Time to object"),
    "subsistence_line": Text("最低生活保障标准（每人每月）", "Subsistence line, a person and month"),
    "grants_count_as_income": Text("已领救助金计入收入", "Grants count as income"),
    "notice_least": Text("公示的最短时间", "Least time of a notice"),
    "hearing_wait": Text("通知送达后听取意见的等候时间", "Wait between invitation and hearing"),
    "bank_columns": Text("银行代发文件的列", "Columns of the file for the bank"),
    "relative_multiple": Text("相对困难为低保标准的倍数", "Relative hardship as a multiple of the subsistence line"),
    "sudden_share": Text("意外致困的支出占收入比例", "Share of income that a sudden event costs"),
    "temporary_cap": Text("临时救助上限", "Cap of temporary aid"),
    "training_cap": Text("职业培训补助上限", "Cap of aid for training"),
    "placement_cap": Text("职业介绍补助上限", "Cap of aid for placement"),
    "warmth_cap": Text("送温暖慰问上限", "Cap of seasonal aid"),
    "aid_without_dossier": Text("可不建档给予帮扶", "Aid without a dossier"),
    "months_above_line": Text("脱困前收入高于标准的月数", "Months above the line before a household is out"),
    "retention": Text("档案保存期限", "How long files are kept"),
    "sample_share": Text("年度抽查比例", "Share of the yearly sample"),
    "emergency_cap": Text("紧急救助上限", "Cap of emergency aid"),
    **{
        f"{name}_{category}": Text(f"{title.zh}：{kind.zh}", f"{title.en}: {kind.en}")
        for name, title in _BY_CATEGORY_TITLES.items()
        for category, kind in CATEGORIES.items()
    },
    **{
        f"approves_up_to_{level}": Text(f"审批权限：{title.zh}", f"Approves up to: {title.en}")
        for level, title in _LEVEL_TITLES.items()
    },
    **{
        name: Text(f"动用上级资金，{told.zh}：{title.zh}", f"Draws on funds from above, {told.en}: {title.en}")
        for level, title in _LEVEL_TITLES.items()
        for name, told in {
            f"draws_{level}_each": Text("每笔上限", "each at most"),
            f"draws_{level}_month": Text("每月上限", "a month at most"),
        }.items()
    },
}
"""What people call each of them; the limit of a clock is called by its clock."""
