"""Funds as an office keeps them: who sees them, who puts money in, and what may be promised of it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from casework.forms.form import Form, Many
from casework.forms.numbers import Count, Money
from casework.forms.texts import Code, Word
from casework.records import funds, offices
from casework.records.database import Row
from casework.records.ids import new_id
from casework.rules.people import STAFF, Person, Role
from casework.rules.refusals import Fault, Invalid, NotFound, NotMet, NotYours
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.service import Transaction

_KINDS: Final = tuple(workflow_registry.budgeted())
_KIND: Final = Text(f"救助类别：{'、'.join(_KINDS)}", f"Kind of aid: {', '.join(_KINDS[:-1])} or {_KINDS[-1]}")


class BudgetLine(Form):
    """What a fund may promise for a kind of aid in a year, in yuan."""

    year = Count(least=2000, most=2199, required=True, title=Text("年度", "Year"), example=2026)
    kind = Code(required=True, title=_KIND, example="living")
    amount = Money(required=True, title=Text("金额（元）", "Amount in yuan"), example="200000.00")


class NewFund(Form):
    """A new fund of an organisation, empty as yet, with its budget lines."""

    code = Code(most=20, required=True, title=Text("资金代码", "Code of the fund"), example="RELIEF")
    name = Word(
        most=100,
        required=True,
        title=Text("资金名称", "Name of the fund"),
        example=Text("困难职工帮扶资金", "Hardship fund"),
    )
    org = Code(required=True, title=Text("机构代码", "Organisation code"), example="370100")
    budgets = Many(BudgetLine, most=100, title=Text("预算", "Budget lines"))


class TopUp(Form):
    """Money that comes into a fund, in yuan, and where it comes from."""

    amount = Money(
        least=Decimal("0.01"), required=True, title=Text("金额（元）", "Amount in yuan"), example="500000.00"
    )
    note = Word(
        required=True,
        title=Text("来源说明", "Where it comes from"),
        example=Text("市财政拨款，2026年第一批", "City's allocation, first of 2026"),
    )


class Correction(Form):
    """Money that was put in by mistake, in yuan, and how that came about."""

    amount = Money(
        least=Decimal("0.01"),
        required=True,
        title=Text("转出金额（元）", "Amount to take out, in yuan"),
        example="100.00",
    )
    note = Word(
        required=True,
        title=Text("更正说明", "What is put right"),
        example=Text("2026年第一批拨款误登，多登一个零", "First allocation of 2026 was entered with a zero too many"),
    )


def may_see_funds(person: Person) -> None:
    """Raises `NotYours` unless this person may see funds and payments: staff and auditors."""
    if person.role not in (*STAFF, Role.AUDITOR):
        raise NotYours(Text("您无权查看资金。", "Funds are for caseworkers, supervisors and auditors."))


def seen(tx: Transaction, fund_id: UUID) -> Row[Any]:
    """The fund, where it belongs to the caller's organisation or to one above or below; raises `NotFound`."""
    may_see_funds(tx.person)
    fund = funds.by_id(tx.db, fund_id, tx.person.org_path)
    if fund is None:
        raise NotFound()
    return fund


def add_fund(tx: Transaction, given: Any) -> Row[Any]:
    """A new, empty fund of an organisation that the supervisor is responsible for."""
    _ensure_supervisor(tx)
    said = NewFund.check(given, today=tx.today)
    lines = said.get("budgets", [])
    _ensure_apart(lines)
    org = offices.org(tx.db, said["org"])
    if org is None or not org.path.startswith(tx.person.org_path):
        sentence = Text("没有这个机构，或不在您的管辖范围内。", "No such organisation, or outside your own.")
        raise Invalid([Fault("org", "unknown_org", sentence)])
    row = {"id": new_id(), "code": said["code"], "name": said["name"], "org_id": org.id}
    if not funds.add(tx.db, row):
        raise Invalid([Fault("code", "taken", Text("资金代码已被使用。", "This code is taken."))])
    for line in lines:
        _set_budget(tx, row["id"], line)
    return seen(tx, row["id"])


def _ensure_apart(lines: list[Mapping[str, Any]]) -> None:
    keys = [(line["year"], line["kind"]) for line in lines]
    twice = [number for number, key in enumerate(keys) if key in keys[:number]]
    if twice:
        sentence = Text("同一年度、同一类别只能有一项预算。", "A year has one line for a kind of aid.")
        raise Invalid([Fault(f"budgets.{number}", "twice", sentence) for number in twice])


def top_up(tx: Transaction, fund_id: UUID, given: Any) -> Row[Any]:
    """The fund with more money in it."""
    fund = _own(tx, fund_id)
    said = TopUp.check(given, today=tx.today)
    if not funds.top_up(tx.db, fund.id, said["amount"], said["note"], tx.acting):
        raise NotMet(Text(f"资金总额不能超过 {funds.MOST:,.2f} 元。", f"A fund holds {funds.MOST:,.2f} yuan at most."))
    return seen(tx, fund_id)


def correct(tx: Transaction, fund_id: UUID, given: Any) -> Row[Any]:
    """The fund without what was put in by mistake; what is promised already stays covered."""
    fund = _own(tx, fund_id)
    said = Correction.check(given, today=tx.today)
    if not funds.correct(tx.db, fund.id, said["amount"], said["note"], tx.acting):
        free = seen(tx, fund_id)
        raise NotMet(
            Text(
                f"最多只能转出未被占用的 {free.balance - free.reserved:,.2f} 元；其余已批准用于支付。",
                f"At most {free.balance - free.reserved:,.2f} yuan are free to be taken out; the rest is promised.",
            )
        )
    return seen(tx, fund_id)


def set_budget(tx: Transaction, fund_id: UUID, given: Any) -> Row[Any]:
    """The fund with this budget line as it is to be from now on, never below what is promised of it already."""
    fund = _own(tx, fund_id)
    _set_budget(tx, fund.id, BudgetLine.check(given, today=tx.today))
    return seen(tx, fund_id)


def _set_budget(tx: Transaction, fund_id: UUID, line: Mapping[str, Any]) -> None:
    if not funds.set_budget(tx.db, fund_id, line["year"], line["kind"], line["amount"]):
        raise NotMet(
            Text(
                f"{line['year']} 年该类别已批准的金额超过 {line['amount']:.2f} 元，预算不能低于已批准的金额。",
                f"More than {line['amount']:.2f} yuan of this kind is approved for {line['year']} already;"
                " a budget is not set below that.",
            )
        )


def _own(tx: Transaction, fund_id: UUID) -> Row[Any]:
    """The fund, where the caller is a supervisor of its organisation or above."""
    fund = seen(tx, fund_id)
    _ensure_supervisor(tx)
    if not fund.org_path.startswith(tx.person.org_path):
        raise NotYours(Text("此资金属于上级机构。", "This fund belongs to an organisation above yours."))
    return fund


def _ensure_supervisor(tx: Transaction) -> None:
    if tx.person.role is not Role.SUPERVISOR:
        raise NotYours(Text("只有审批人可以管理资金。", "Only supervisors manage funds."))
