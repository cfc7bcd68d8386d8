"""The form of a household with the opinions of the unions, as a page to be printed, signed and sealed."""

from functools import cache
from typing import Any, Final
from uuid import UUID

from jinja2 import Environment, PackageLoader

from casework.api.docs import policy_for
from casework.api.door import Answer, Call, endpoint
from casework.api.speech import language
from casework.rules.text import Text
from casework.work.approval_sheets import Sheet, sheet
from casework.workflows.hardship_aid.codes import PAYMENT_KINDS
from casework.workflows.hardship_aid.opinions import BASE, BOXES, Opinion

_SAY: Final = {
    "title": Text("困难职工家庭建档申请审批表", "Form of approval of a household in hardship"),
    "number": Text("案号", "Case"),
    "applicant": Text("申请人", "Applicant"),
    "unit": Text("工作单位", "Work unit"),
    "category": Text("困难类别", "Category"),
    "size": Text("共同生活人口", "Size of the household"),
    "income": Text("家庭年收入（元）", "Income of the year (yuan)"),
    "expenses": Text("刚性支出（元）", "Unavoidable expenses (yuan)"),
    "aid": Text("帮扶（元）", "Aid (yuan)"),
    "by": Text("签字", "Signed"),
    "seal": Text("（盖章）", "(seal)"),
}
_TEMPLATES: Final = Environment(
    loader=PackageLoader("casework.api"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


@endpoint(
    "GET", "/cases/<uuid:case_id>/approval-sheet", Text("建档审批表", "The form of approval"), answer="ApprovalSheet"
)
def approval_sheet(call: Call, case_id: UUID) -> Answer:
    """The form with the opinions of the base, the county's and the city's union on the last proposal."""
    return Answer(text=_printed(sheet(call.tx, case_id)), headers=_HEADERS)


def _printed(form: Sheet) -> str:
    say = {name: words.in_(language()) for name, words in _SAY.items()}
    given = {one.box: one for one in form.opinions}
    boxes = [box for box in BOXES if box in given or box in (BASE, "county", "city")]
    return _TEMPLATES.get_template("approval_sheet.html").render(
        language=language(),
        style=_style(),
        say=say,
        rows=[(say[name], value) for name, value in _head(form).items()],
        boxes=[(BOXES[box].in_(language()), _told(given.get(box))) for box in boxes],
    )


def _head(form: Sheet) -> dict[str, str]:
    """What the form says of the household, nothing of it sensitive."""
    facts = form.record.file.facts
    household, category = facts.get("household") or {}, facts.get("category") or {}
    items = facts.get("proposed_aid") or facts.get("aid") or ()
    aid = [f"{PAYMENT_KINDS[item['kind']].in_(language())} {item['amount']}" for item in items]
    return {
        "number": form.record.file.number,
        "applicant": facts["applicant"]["name"],
        "unit": facts["applicant"].get("work_unit", ""),
        "category": (category.get("title") or {}).get(language(), ""),
        "size": str(household.get("size", "")),
        "income": household.get("annual_income", ""),
        "expenses": household.get("rigid_expenses", ""),
        "aid": "; ".join(aid),
    }


def _told(one: Opinion | None) -> dict[str, Any]:
    if one is None:
        return {"lines": [], "office": "", "by": "", "on": ""}
    decided = [one.decided.in_(language())] if one.decided else []
    return {"lines": [*decided, *one.written.splitlines()], "office": one.office, "by": one.by, "on": one.on}


@cache
def _style() -> str:
    return _TEMPLATES.get_template("approval_sheet.css").render()


_HEADERS: Final = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy_for(_style())}
