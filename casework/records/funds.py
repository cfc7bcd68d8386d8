"""Funds: what is there, what is promised, and an append-only ledger of every change.

Whatever takes money is one conditional UPDATE: two approvals at once cannot spend the same yuan, because the second
finds no row. Every change goes through the row of its fund, which counts the entries of the ledger: so they are
numbered without gaps, each with the balance after it. A budget line changes only while its fund is locked.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Row, bindparam, case, func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from casework.records.database import Tx
from casework.records.locks import lock_digests
from casework.records.tables import cases, fund_budgets, fund_entries, funds, orgs, payment_lines, users
from casework.records.visibility import visible
from casework.rules.fund_operations import Amend, Fund, FundOperation, Given, Pay, Release, Repay, Reserve, Return
from casework.rules.people import Actor, Person
from casework.rules.refusals import NotMet, NotNow
from casework.rules.text import Text

MOST: Final = Decimal("999999999999.99")
"""What a column of money holds, in yuan."""

_LOCK = """
select 1 from funds
where code = any(:codes) or id in (select fund_id from payment_lines where id = any(:lines))
order by id for no key update
"""
_ENTRY = """
insert into fund_entries (fund_id, seq, at, kind, amount, balance, reserved, line_id, actor_id, note)
select id, entries, :at, :entry, :amount, balance, reserved, :line_id, :actor_id, :note from changed
"""
_RESERVE = f"""
with changed as (
  update funds set reserved = reserved + :amount, entries = entries + 1
  where code = :fund and balance - reserved >= :amount returning id, entries, balance, reserved)
, line as (
  insert into payment_lines (id, case_id, fund_id, year, kind, amount, approved_on, approved_at, approved_by,
    approved_in, case_version)
  select :line_id, :case_id, id, :year, :kind, :amount, :on, :at, :actor_id,
    (select id from orgs where path = :actor_path), :version from changed)
, entry as ({_ENTRY})
select id from changed
"""
_COMMIT = """
update fund_budgets set committed = committed + :amount
where fund_id = :fund_id and year = :year and kind = :kind and committed + :amount <= amount returning 1
"""
_HAS_BUDGET = "select 1 from fund_budgets where fund_id = :fund_id and year = :year and kind = :kind"
# What the bank did with a payment stands on its order too; on one that came back it stands already, unless it was
# mistyped.
_SETTLE = """
with before as (
  select id, status from payment_lines
  where id = :line_id and case_id = :case_id and status = any(:from_status) for update)
, line as (
  update payment_lines l set status = :status from before where l.id = before.id
  returning l.id, l.order_id, l.fund_id, l.year, l.kind, l.amount, before.status as was)
, told as (
  update payment_order_lines as ordered set result = :status, settled_on = :on from line
  where ordered.order_id = line.order_id and ordered.line_id = line.id
    and (:mistyped or ordered.result is distinct from 'returned'))
select fund_id, year, kind, amount, was from line
"""
_RELEASE = f"""
with changed as (
  update funds set reserved = reserved - :amount, entries = entries + 1 where id = :fund_id
  returning id, entries, balance, reserved)
{_ENTRY}
"""
_GIVE_BACK = """
update fund_budgets set committed = committed - :amount where fund_id = :fund_id and year = :year and kind = :kind
"""
_PAY = f"""
with changed as (
  update funds set reserved = reserved - :amount, balance = balance - :amount, entries = entries + 1
  where id = :fund_id returning id, entries, balance, reserved)
{_ENTRY}
"""
_RETURN = f"""
with changed as (
  update funds set reserved = reserved + :amount, balance = balance + :amount, entries = entries + 1
  where id = :fund_id returning id, entries, balance, reserved)
{_ENTRY}
"""
# What a household pays back is money of the fund again; the year's budget line stays used.
_REPAY = f"""
with changed as (
  update funds set balance = balance + :amount, entries = entries + 1
  where id = (select fund_id from payment_lines where id = :line_id and case_id = :case_id and status = 'paid')
  returning id, entries, balance, reserved)
, entry as ({_ENTRY})
select id from changed
"""
_TOP_UP = f"""
with changed as (
  update funds set balance = balance + :amount, entries = entries + 1
  where id = :fund_id and balance + :amount <= :most returning id, entries, balance, reserved)
, entry as ({_ENTRY})
select id from changed
"""
_CORRECT = f"""
with changed as (
  update funds set balance = balance - :amount, entries = entries + 1
  where id = :fund_id and balance - reserved >= :amount returning id, entries, balance, reserved)
, entry as ({_ENTRY})
select id from changed
"""
_NOTE_HOUSEHOLD = text(
    """insert into household_lines (digest, line_id)
       select digest, l.id from payment_lines l, unnest(:digests) as x(digest) where l.case_id = :case_id
       on conflict do nothing"""
).bindparams(bindparam("digests", type_=ARRAY(LargeBinary)))
_GIVEN_BEFORE = text(
    """select c.number, l.kind, l.amount, l.approved_on,
         (select one->>'student' from jsonb_array_elements(c.facts->'aid') as one
          where one->>'line' = l.id::text) as student
       from payment_lines l join cases c on c.id = l.case_id
       where l.id in (select line_id from household_lines where digest = any(:digests))
         and l.case_id <> :case_id and l.year = :year and l.status <> 'released' order by l.approved_at, l.id"""
).bindparams(bindparam("digests", type_=ARRAY(LargeBinary)))
# A new line begins with what was promised of its kind before there was a line.
_SET_BUDGET = """
insert into fund_budgets as line (fund_id, year, kind, amount, committed)
select :fund_id, :year, :kind, :amount, promised.sum from (
  select coalesce(sum(amount), 0) as sum from payment_lines
  where fund_id = :fund_id and year = :year and kind = :kind and status <> 'released') promised
where promised.sum <= :amount
on conflict (fund_id, year, kind) do update set amount = excluded.amount where line.committed <= excluded.amount
returning 1
"""


def claim(tx: Tx, claims: Sequence[FundOperation], case_id: UUID, version: int, actor: Actor) -> None:
    """Take what a move of this case claims, all of it or nothing; the case is locked, `version` is the one after it.

    Raises `NotMet` where a fund or a budget line has not enough left, `NotNow` where a payment stands otherwise; then
    the transaction is to be rolled back.
    """
    _lock(tx, claims)
    for one in claims:
        if isinstance(one, Reserve):
            _reserve(tx, one, case_id, version, actor)
        elif isinstance(one, Release):
            line = _settled(tx, one, case_id, "released", ("approved", "returned"))
            _book(tx, _RELEASE, "release", line.fund_id, line.amount, actor, line_id=one.line)
            tx.run(_GIVE_BACK, fund_id=line.fund_id, year=line.year, kind=line.kind, amount=line.amount)
        elif isinstance(one, Pay):
            waiting = ("approved",) if one.in_cash else ("ordered",)
            line = _settled(tx, one, case_id, "paid", waiting, one.on)
            _book(tx, _PAY, "pay", line.fund_id, line.amount, actor, line_id=one.line)
        elif isinstance(one, Return):
            line = _settled(tx, one, case_id, "returned", ("ordered", "paid"), one.on)
            if line.was == "paid":
                _book(tx, _RETURN, "return", line.fund_id, line.amount, actor, line_id=one.line)
        elif isinstance(one, Amend):
            line = _settled(tx, one, case_id, one.result, ("paid", "returned"), one.on, mistyped=True)
            if line.was != one.result:
                statement, entry = (_PAY, "pay") if one.result == "paid" else (_RETURN, "return")
                _book(tx, statement, entry, line.fund_id, line.amount, actor, line_id=one.line)
        elif isinstance(one, Repay):
            _repay(tx, one, case_id, actor)


def _repay(tx: Tx, one: Repay, case_id: UUID, actor: Actor) -> None:
    values = {"line_id": one.line, "case_id": case_id, "amount": one.amount, "note": one.note}
    booked = tx.run(_REPAY, **values, at=tx.now, entry="repay", actor_id=actor.id).first()
    if booked is None:
        raise NotNow(Text("没有这笔已支付的款项。", "No such payment was made."))


def _lock(tx: Tx, claims: Iterable[FundOperation]) -> None:
    """Locks the funds of these claims in one order for all, so that two moves wait for each other and not crosswise."""
    codes = [one.fund for one in claims if isinstance(one, Reserve)]
    lines = [one.line for one in claims if not isinstance(one, Reserve)]
    if codes or lines:
        tx.run(_LOCK, codes=codes, lines=lines)


def _reserve(tx: Tx, one: Reserve, case_id: UUID, version: int, actor: Actor) -> None:
    budget = {"year": one.on.year, "kind": one.kind, "amount": one.amount}
    fund = tx.run(
        _RESERVE,
        **budget,
        fund=one.fund,
        line_id=one.line,
        case_id=case_id,
        on=one.on,
        at=tx.now,
        entry="reserve",
        actor_id=actor.id,
        actor_path=actor.person.org_path if actor.person else None,
        version=version,
        note=None,
    ).first()
    if fund is None:
        raise NotMet(
            Text(
                f"资金 {one.fund} 余额不足以支付 {one.amount:.2f} 元。",
                f"Fund {one.fund} has not {one.amount:.2f} yuan left.",
            )
        )
    committed = tx.run(_COMMIT, **budget, fund_id=fund.id).first()
    if committed is None and tx.run(_HAS_BUDGET, fund_id=fund.id, year=one.on.year, kind=one.kind).first():
        raise NotMet(
            Text(
                f"资金 {one.fund} 的 {one.on.year} 年该项预算不足以支付 {one.amount:.2f} 元。",
                f"The budget of fund {one.fund} for {one.on.year} and this kind has not {one.amount:.2f} yuan left.",
            )
        )


def _settled(
    tx: Tx,
    one: FundOperation,
    case_id: UUID,
    status: str,
    from_status: tuple[str, ...],
    on: date | None = None,
    *,
    mistyped: bool = False,
) -> Row[Any]:
    line = tx.run(
        _SETTLE,
        line_id=one.line,
        case_id=case_id,
        status=status,
        from_status=list(from_status),
        on=on,
        mistyped=mistyped,
    ).first()
    if line is None:
        raise NotNow(
            Text(
                "该笔款项的状态不允许此操作，可能尚未列入支付单或已有结果。",
                "This cannot be done with this payment now: it is in no payment order yet, or settled already.",
            )
        )
    return line


def _book(
    tx: Tx,
    statement: str,
    entry: str,
    fund_id: UUID,
    amount: Decimal,
    actor: Actor,
    *,
    line_id: UUID | None = None,
    note: str | None = None,
    **more: Any,
) -> Any:
    return tx.run(
        statement,
        **more,
        fund_id=fund_id,
        amount=amount,
        at=tx.now,
        entry=entry,
        line_id=line_id,
        actor_id=actor.id,
        note=note,
    )


class OpenFund(NamedTuple):
    """A fund that may pay, the code of its owner, and what an organisation has drawn of it in a month, in yuan."""

    fund: Fund
    owner: str
    drawn: Decimal


_DRAWN: Final = """
coalesce((select sum(l.amount) from payment_lines l join orgs drawer on drawer.id = l.approved_in
  where l.fund_id = f.id and drawer.path = :drawer and l.status <> 'released'
    and l.approved_on >= date_trunc('month', cast(:on as date))), 0)
"""
_OPEN_TO: Final = f"""
select f.code, f.name, f.balance - f.reserved as free, o.code as owner, {_DRAWN} as drawn, b.kind,
  b.amount - b.committed as left_of_budget
from funds f join orgs o on o.id = f.org_id
  left join fund_budgets b on b.fund_id = f.id and b.year = extract(year from cast(:on as date))
where starts_with(:path, o.path) order by length(o.path) desc, f.code, b.kind
"""


def open_to(tx: Tx, org_path: str, on: date, drawer: str | None) -> dict[str, OpenFund]:
    """The funds of the organisation and of those above it, by code, with what is free in all and of each budget.

    `on` says of which year and month, `drawer` is the path of the organisation in which it is decided, if any.
    """
    found: dict[str, OpenFund] = {}
    budgets: dict[str, dict[str, Decimal]] = {}
    for row in tx.all(_OPEN_TO, path=org_path, on=on, drawer=drawer):
        lines = budgets.setdefault(row.code, {})
        if row.kind is not None:
            lines[row.kind] = row.left_of_budget
        found.setdefault(row.code, OpenFund(Fund(row.code, row.name, row.free, lines), row.owner, row.drawn))
    return found


def drawn(tx: Tx, code: str, on: date, drawer: str) -> Decimal:
    """What an organisation has drawn of a fund in the month of a day, in yuan, what this transaction draws included."""
    return Decimal(
        tx.run(f"select {_DRAWN} from funds f where f.code = :code", code=code, on=on, drawer=drawer).scalar_one()
    )


def add(tx: Tx, row: Mapping[str, Any]) -> bool:
    """Store a new, empty fund (`id, code, name, org_id`); False when the code is taken."""
    empty = {"balance": Decimal(0), "reserved": Decimal(0), "entries": 0}
    statement = upsert(funds).values(**row, **empty).on_conflict_do_nothing(index_elements=["code"])
    return tx.run(statement.returning(funds.c.id)).first() is not None


def top_up(tx: Tx, fund_id: UUID, amount: Decimal, note: str, actor: Actor) -> bool:
    """Put money in, in yuan; False where the fund would hold more than `MOST`."""
    return _book(tx, _TOP_UP, "top_up", fund_id, amount, actor, note=note, most=MOST).first() is not None


def correct(tx: Tx, fund_id: UUID, amount: Decimal, note: str, actor: Actor) -> bool:
    """Take out what was put in by mistake, in yuan; False where less than that is free."""
    return _book(tx, _CORRECT, "correct", fund_id, amount, actor, note=note).first() is not None


def lock_household(tx: Tx, digests: Collection[bytes]) -> None:
    """Until the transaction ends nobody else decides, on any file, what the people of these identity numbers get."""
    lock_digests(tx, "household", digests)


def note_household(tx: Tx, case_id: UUID, digests: Collection[bytes]) -> None:
    """The payments of the case count from now on for the people of these identity numbers too."""
    tx.run(_NOTE_HOUSEHOLD, case_id=case_id, digests=list(digests))


def given_before(tx: Tx, case_id: UUID, digests: Collection[bytes], year: int) -> tuple[Given, ...]:
    """What the people of these identity numbers got in a year on other files than this, the first approved first."""
    rows = tx.all(_GIVEN_BEFORE, case_id=case_id, digests=list(digests), year=year)
    return tuple(Given(row.number, row.kind, row.amount, row.approved_on, row.student) for row in rows)


def set_budget(tx: Tx, fund_id: UUID, year: int, kind: str, amount: Decimal) -> bool:
    """What a fund may promise for a kind of aid in a year, in yuan; False where more is promised already."""
    tx.run("select 1 from funds where id = :id for no key update", id=fund_id)
    return tx.run(_SET_BUDGET, fund_id=fund_id, year=year, kind=kind, amount=amount).first() is not None


_FUND = select(
    funds.c.id,
    funds.c.code,
    funds.c.name,
    funds.c.balance,
    funds.c.reserved,
    orgs.c.code.label("org"),
    orgs.c.path.label("org_path"),
).select_from(funds.join(orgs, orgs.c.id == funds.c.org_id))


def page(tx: Tx, org_path: str, limit: int, after: str | None = None) -> list[Row[Any]]:
    """The funds of the organisation, of those above and of those below, by code, at most `limit`."""
    query = _FUND.where(_near(org_path)).order_by(funds.c.code).limit(limit)
    return list(tx.all(query.where(funds.c.code > after) if after is not None else query))


def by_id(tx: Tx, fund_id: UUID, org_path: str) -> Row[Any] | None:
    """The fund, if it belongs to the organisation or to one above or below it."""
    return tx.one(_FUND.where(funds.c.id == fund_id, _near(org_path)))


def by_code(tx: Tx, code: str, org_path: str) -> Row[Any] | None:
    """The same by its code."""
    return tx.one(_FUND.where(funds.c.code == code, _near(org_path)))


def _near(org_path: str) -> Any:
    return func.starts_with(orgs.c.path, org_path) | func.starts_with(org_path, orgs.c.path)


def budgets(tx: Tx, fund_ids: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    """The budget lines (`year, kind, amount, committed`) of each of these funds, by year and kind."""
    query = select(fund_budgets).where(fund_budgets.c.fund_id.in_(fund_ids))
    found: dict[UUID, list[Row[Any]]] = {fund_id: [] for fund_id in fund_ids}
    for row in tx.all(query.order_by(fund_budgets.c.year, fund_budgets.c.kind)):
        found[row.fund_id].append(row)
    return found


def ledger(tx: Tx, fund_id: UUID, person: Person, limit: int, after: int | None = None) -> list[Row[Any]]:
    """The entries of a fund in their order, at most `limit`, after a number; with the numbers of the visible cases."""
    query = (
        select(
            fund_entries,
            users.c.username,
            users.c.name.label("user_name"),
            case((visible(person), cases.c.number)).label("case_number"),
        )
        .select_from(
            fund_entries.outerjoin(users, users.c.id == fund_entries.c.actor_id)
            .outerjoin(payment_lines, payment_lines.c.id == fund_entries.c.line_id)
            .outerjoin(cases, cases.c.id == payment_lines.c.case_id)
        )
        .where(fund_entries.c.fund_id == fund_id)
        .order_by(fund_entries.c.seq)
        .limit(limit)
    )
    return list(tx.all(query.where(fund_entries.c.seq > after) if after is not None else query))
