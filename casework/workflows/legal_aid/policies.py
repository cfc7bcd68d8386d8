"""The dated rows for which legal aid asks beside the limits of its clocks."""

from collections.abc import Mapping
from typing import Final

from casework.matching.candidates import WEIGHTS
from casework.rules.offers import TIME_TO_ANSWER
from casework.rules.policy_kinds import PolicyKind
from casework.rules.text import Text
from casework.workflows.legal_aid.closing import SUBSIDY_STAGES

POLICIES: Final[Mapping[str, PolicyKind]] = {
    "decided_by_another": PolicyKind.SWITCH,
    "paid_by_another": PolicyKind.SWITCH,
    "file_before_closing": PolicyKind.SWITCH,
    "office_kind": PolicyKind.OFFICE_KIND,
    "letter_number": PolicyKind.NUMBERING,
    "objection": PolicyKind.LIMIT,
    "subsistence_line": PolicyKind.AMOUNT,
    "hardship_multiple": PolicyKind.AMOUNT,
    "income_ceiling": PolicyKind.AMOUNT,
    "least_claim": PolicyKind.AMOUNT,
    "in_time_only": PolicyKind.SWITCH,
    "fee_relief": PolicyKind.SWITCH,
    "minimum_wage": PolicyKind.AMOUNT,
    TIME_TO_ANSWER: PolicyKind.LIMIT,
    **dict.fromkeys(WEIGHTS, PolicyKind.AMOUNT),
    **{f"subsidy_{stage}": PolicyKind.AMOUNT for stage in SUBSIDY_STAGES},
}

TITLES: Final[Mapping[str, Text]] = {
    "decided_by_another": Text("审查和决定须由不同的人办理", "Another person decides than reviewed"),
    "paid_by_another": Text("批准和付款登记须由不同的人办理", "Another person records payments than approved"),
    "letter_number": Text("文书编号格式", "How letters are numbered"),
    "objection": Text("提出异议的期限", "Time to object"),
    "subsistence_line": Text("最低生活保障标准（每人每月）", "Subsistence line, a person and month"),
    "file_before_closing": Text("结案前须提交卷宗", "The file is handed in before the case is closed"),
    "office_kind": Text("由哪类机构办理", "Which kind of office handles it"),
    "hardship_multiple": Text("经济困难标准为低保标准的倍数", "Hardship as a multiple of the subsistence line"),
    "income_ceiling": Text("经济困难的收入上限", "Ceiling of income for hardship"),
    "least_claim": Text("受理的最低请求金额", "Least amount of a claim"),
    "in_time_only": Text("仅受理时效以内的申请", "Only what is in time is taken in"),
    "fee_relief": Text("可出具诉讼费减免缓证明", "Relief of court fees is certified"),
    "minimum_wage": Text("最低工资标准（月）", "Minimum wage, a month"),
    TIME_TO_ANSWER: Text("征询承办人的答复期限", "Time for a helper to answer an offer"),
    "match_field": Text("推荐承办人：专长的分量", "Candidates: weight of the field"),
    "match_place": Text("推荐承办人：地域的分量", "Candidates: weight of the place"),
    "match_language": Text("推荐承办人：语言的分量", "Candidates: weight of languages"),
    "match_load": Text("推荐承办人：在办数量的分量", "Candidates: weight of the load"),
    "match_fairness": Text("推荐承办人：均衡的分量", "Candidates: weight of fairness"),
    "match_continuity": Text("推荐承办人：延续性的分量", "Candidates: weight of continuity"),
    "match_wish": Text("推荐承办人：点援的分量", "Candidates: weight of the recipient's wish"),
    **{
        f"subsidy_{stage}": Text(f"办案补贴：{title.zh}", f"Subsidy: {title.en}")
        for stage, title in SUBSIDY_STAGES.items()
    },
}
"""What people call each of them; the limit of a clock is called by its clock."""
