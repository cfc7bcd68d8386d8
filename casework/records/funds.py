"""Funds: what is there, what is promised, and an append-only ledger of every change.

Whatever takes money is one conditional UPDATE: two approvals at once cannot spend the same yuan, because the second
finds no row. The ledger numbers its entries without gaps, each with the balance after it.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from casework.records.database import Tx
from casework.rules.casefile import Actor
from casework.rules.claims import Claim, Fund, Pay, Release, Reserve, Return
from casework.rules.refusals import NotMet, NotNow
from casework.rules.text import Text

_ENTRY = """
insert into fund_entries (fund_id, seq, at, kind, amount, balance, reserved, line_id, actor_id, note)
select id, entries, :at, :kind, :amount, balance, reserved, :line_id, :actor_id, :note from changed
"""
_RESERVE = f"""
with changed as (
  update funds set reserved = reserved + :amount, entries = entries + 1
  where code = :fund and balance - reserved >= :amount returning id, entries, balance, reserved)
, line as (
  insert into payment_lines (id, case_id, fund_id, year, kind, amount, approved_on, approved_by)
  select :line_id, :case_id, id, :year, :aid, :amount, :on, :actor_id from changed)
, entry as ({_ENTRY})
select id from changed
"""
_COMMIT = """
update fund_budgets set committed = committed + :amount
where fund_id = :fund_id and year = :year and kind = :aid and committed + :amount <= amount returning 1
"""
_HAS_BUDGET = "select 1 from fund_budgets where fund_id = :fund_id and year = :year and kind = :aid"
_SETTLE = """
update payment_lines set status = :status, settled_on = :on
where id = :line_id and case_id = :case_id and status = any(:from_status)
returning fund_id, year, kind, amount
"""
_RELEASE = f"""
with changed as (
  update funds set reserved = reserved - :amount, entries = entries + 1 where id = :fund_id
  returning id, entries, balance, reserved)
, budget as (
  update fund_budgets set committed = committed - :amount
  where fund_id = :fund_id and year = :year and kind = :aid)
{_ENTRY}
"""
_PAY = f"""
with changed as (
  update funds set reserved = reserved - :amount, balance = balance - :amount, entries = entries + 1
  where id = :fund_id returning id, entries, balance, reserved)
{_ENTRY}
"""


def claim(tx: Tx, claims: Sequence[Claim], case_id: UUID, actor: Actor) -> None:
    """Take what a move claims, all of it or nothing: raises `NotMet` or `NotNow`, and the transaction rolls back."""
    # In one order for all, so that two moves wait for each other instead of locking each other out.
    for one in sorted(claims, key=lambda one: (one.fund if isinstance(one, Reserve) else "", one.line)):
        if isinstance(one, Reserve):
            _reserve(tx, one, case_id, actor)
        elif isinstance(one, Release):
            line = _settled(tx, one, case_id, "released", ("approved", "returned"), None)
            _book(tx, _RELEASE, "release", one, line, actor)
        elif isinstance(one, Pay):
            line = _settled(tx, one, case_id, "paid", ("ordered",), one.on)
            _book(tx, _PAY, "pay", one, line, actor)
        elif isinstance(one, Return):
            _settled(tx, one, case_id, "returned", ("ordered",), None)


def _reserve(tx: Tx, one: Reserve, case_id: UUID, actor: Actor) -> None:
    values = {"amount": one.amount, "year": one.on.year, "aid": one.kind}
    fund = tx.run(
        _RESERVE,
        **values,
        fund=one.fund,
        line_id=one.line,
        case_id=case_id,
        on=one.on,
        at=tx.now,
        kind="reserve",
        actor_id=actor.id,
        note=None,
    ).first()
    if fund is None:
        raise NotMet(
            Text(
                f"资金 {one.fund} 余额不足以支付 {one.amount:.2f} 元。",
                f"Fund {one.fund} has not {one.amount:.2f} yuan left.",
            )
        )
    committed = tx.run(_COMMIT, **values, fund_id=fund.id).first()
    if committed is None and tx.run(_HAS_BUDGET, fund_id=fund.id, year=one.on.year, aid=one.kind).first():
        raise NotMet(
            Text(
                f"资金 {one.fund} 的 {one.on.year} 年该项预算不足以支付 {one.amount:.2f} 元。",
                f"The budget of fund {one.fund} for {one.on.year} and this kind has not {one.amount:.2f} yuan left.",
            )
        )


def _settled(tx: Tx, one: Claim, case_id: UUID, status: str, from_status: tuple[str, ...], on: date | None) -> Row[Any]:
    line = tx.run(
        _SETTLE, line_id=one.line, case_id=case_id, status=status, from_status=list(from_status), on=on
    ).first()
    if line is None:
        raise NotNow(
            Text(
                "该笔款项的状态不允许此操作，可能尚未列入支付单或已有结果。",
                "This cannot be done with this payment now: it is in no payment order yet, or settled already.",
            )
        )
    return line


def _book(tx: Tx, statement: str, kind: str, one: Claim, line: Row[Any], actor: Actor) -> None:
    values: dict[str, Any] = {"fund_id": line.fund_id, "amount": line.amount}
    if kind == "release":
        values |= {"year": line.year, "aid": line.kind}
    tx.run(statement, **values, at=tx.now, kind=kind, line_id=one.line, actor_id=actor.id, note=None)


def open_to(tx: Tx, org_path: str, year: int) -> dict[str, Fund]:
    """The funds of the organisation and of those above it, by code, with what is free in all and of each budget."""
    rows = tx.all(
        """select f.code, f.name, f.balance - f.reserved as free, b.kind, b.amount - b.committed as left_of_budget
           from funds f join orgs o on o.id = f.org_id
           left join fund_budgets b on b.fund_id = f.id and b.year = :year
           where starts_with(:path, o.path) order by length(o.path) desc, f.code, b.kind""",
        path=org_path,
        year=year,
    )
    found: dict[str, Fund] = {}
    budgets: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        lines = budgets.setdefault(row.code, {})
        if row.kind is not None:
            lines[row.kind] = row.left_of_budget
        found.setdefault(row.code, Fund(row.code, row.name, row.free, lines))
    return found
