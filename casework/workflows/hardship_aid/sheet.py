"""The official form of approval of a household: 困难职工家庭建档申请审批表, with the opinions of the unions."""

from collections.abc import Sequence
from typing import Final

from casework.rules.case import Case
from casework.rules.sheets import Sheet
from casework.rules.text import Text
from casework.workflows.hardship_aid.codes import PAYMENT_KINDS
from casework.workflows.hardship_aid.opinions import BASE, BOXES, STEPS, opinions


def _head(case: Case) -> Sequence[tuple[Text, Text]]:
    """What the form says of the household, nothing of it sensitive."""
    facts = case.facts
    household, category = facts.get("household") or {}, facts.get("category") or {}
    title = category.get("title") or {}
    return (
        (Text("案号", "Case"), _same(case.number)),
        (Text("申请人", "Applicant"), _same(facts["applicant"]["name"])),
        (Text("工作单位", "Work unit"), _same(facts["applicant"].get("work_unit", ""))),
        (Text("困难类别", "Category"), Text(title.get("zh-CN", ""), title.get("en", ""))),
        (Text("共同生活人口", "Size of the household"), _same(household.get("size", ""))),
        (Text("家庭年收入（元）", "Income of the year (yuan)"), _same(household.get("annual_income", ""))),
        (Text("刚性支出（元）", "Unavoidable expenses (yuan)"), _same(household.get("rigid_expenses", ""))),
        (Text("帮扶（元）", "Aid (yuan)"), _aid(case)),
    )


def _aid(case: Case) -> Text:
    items = case.facts.get("proposed_aid") or case.facts.get("aid") or ()
    told = [(PAYMENT_KINDS[item["kind"]], item["amount"]) for item in items]
    return Text("; ".join(f"{kind.zh} {amount}" for kind, amount in told), "; ".join(f"{k.en} {a}" for k, a in told))


def _same(value: object) -> Text:
    """What reads the same in both languages."""
    return Text(str(value), str(value))


SHEET: Final = Sheet(
    title=Text("困难职工家庭建档申请审批表", "Form of approval of a household in hardship"),
    head=_head,
    steps=STEPS,
    opinions=opinions,
    boxes=BOXES,
    always=(BASE, "county", "city"),
)
