"""What is read to prove that stored cases and funds say nothing but what their events and entries say."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import select

from casework.records import cases, tables
from casework.records.database import Row, Tx
from casework.records.rows import StoredCase
from casework.records.visibility import visible
from casework.rules.people import Person

_NARROW: Final = "name, generation, owed_by, status, started_at, due_at, due_on, provisional, ended_at"
# Not which clock is due next: of two that are due at once it is either.
_DERIVED: Final = "applicant_name, search_text, first_in_line, due_at, due_on, late_at"


class Stored(NamedTuple):
    """A case with what hangs on it: `derived` are the columns that follow from it, `sealed` is what the vault holds by
    part, `holds` the digests it keeps, `files` of each file by id the paper, type, size and digests, as they lie there;
    of a removed one no digest of what was sealed."""

    record: StoredCase
    derived: dict[str, Any]
    events: Sequence[Row[Any]]
    clocks: list[tuple[Any, ...]]
    sealed: dict[str, bytes]
    holds: set[bytes]
    files: dict[str, tuple[Any, ...]]


def some(tx: Tx, after: UUID, limit: int, number: str | None = None) -> list[Stored]:
    """Return so many cases after an id, in the order of their ids.

    With a `number` only the case that has it, which nobody changes until the transaction ends.
    """
    if number is None:
        found = tx.run("select id from cases where id > :after order by id limit :limit", after=after, limit=limit)
    else:
        one = "select id from cases where id > :after and number = :number for share"
        found = tx.run(one, after=after, number=number)
    return of(tx, list(found.scalars()))


def seen_after(tx: Tx, person: Person, after: UUID, limit: int) -> list[UUID]:
    """Return the ids of so many cases that this person sees, after an id, in their order."""
    query = select(tables.cases.c.id).where(visible(person), tables.cases.c.id > after)
    return list(tx.run(query.order_by(tables.cases.c.id).limit(limit)).scalars())


def of(tx: Tx, ids: list[UUID]) -> list[Stored]:
    """Return these cases, in this order."""
    records = cases.several(tx, ids)
    events = _by_case(tx, "select * from events where case_id = any(:ids) order by case_id, seq", ids)
    clocks = _by_case(
        tx,
        f"""select case_id, {_NARROW} from clocks where case_id = any(:ids)
            order by case_id, started_at, name, generation""",
        ids,
    )
    derived = _by_case(tx, f"select id as case_id, {_DERIVED} from cases where id = any(:ids)", ids)
    sealed = _by_case(tx, "select case_id, part, sealed from vault where case_id = any(:ids)", ids)
    holds = _by_case(tx, "select case_id, digest from open_case_holds where case_id = any(:ids)", ids)
    files = _by_case(
        tx,
        """select case_id, id, paper, type, size, encode(sha256, 'hex') as sha256,
             encode(sha256(contents), 'hex') as sealed from files where case_id = any(:ids)""",
        ids,
    )
    return [
        Stored(
            record=records[id],
            derived={name: value for name, value in derived[id][0]._mapping.items() if name != "case_id"},
            events=events[id],
            clocks=[tuple(row)[1:] for row in clocks[id]],
            sealed={row.part: row.sealed for row in sealed[id]},
            holds={row.digest for row in holds[id]},
            files={str(row.id): tuple(row)[2:] for row in files[id]},
        )
        for id in ids
    ]


def _by_case(tx: Tx, statement: str, ids: list[UUID]) -> dict[UUID, list[Row[Any]]]:
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in tx.all(statement, ids=ids):
        found[row.case_id].append(row)
    return found


def funds_that_do_not_add_up(tx: Tx) -> list[str]:
    """Return the codes of the funds whose row is not the sum of the entries of their ledger, by code."""
    statement = """
        select f.code from funds f left join fund_entries e on e.fund_id = f.id group by f.id
        having (f.balance, f.reserved, f.entries) is distinct from (
          coalesce(sum(case when e.kind in ('top_up', 'return', 'repay') then e.amount
            when e.kind in ('pay', 'correct') then -e.amount else 0 end), 0),
          coalesce(sum(case when e.kind in ('reserve', 'return') then e.amount
            when e.kind in ('release', 'pay') then -e.amount else 0 end), 0),
          cast(count(e.seq) as int))
        order by f.code"""
    return list(tx.run(statement).scalars())


def ledgers_that_do_not_follow(tx: Tx) -> list[tuple[str, int]]:
    """Return of each fund the first entry that is not the next, or whose balances do not follow from those before."""
    statement = """
        select code, min(seq) as seq from (
          select f.code, e.seq, e.balance, e.reserved,
            row_number() over w as nth,
            sum(case when e.kind in ('top_up', 'return', 'repay') then e.amount
              when e.kind in ('pay', 'correct') then -e.amount else 0 end) over w as had,
            sum(case when e.kind in ('reserve', 'return') then e.amount
              when e.kind in ('release', 'pay') then -e.amount else 0 end) over w as promised
          from fund_entries e join funds f on f.id = e.fund_id
          window w as (partition by e.fund_id order by e.seq)) as told
        where (seq, balance, reserved) is distinct from (cast(nth as int), had, promised)
        group by code order by code"""
    return [(row.code, row.seq) for row in tx.all(statement)]


def payments_unlike_the_ledger(tx: Tx) -> list[str]:
    """Return the case numbers of payments whose amount or state is not what the ledger of their fund says of them."""
    statement = """
        select distinct c.number from payment_lines l join cases c on c.id = l.case_id
        left join lateral (
          select max(e.amount) filter (where e.kind = 'reserve') as amount,
            (array_agg(e.kind order by e.seq desc) filter (where e.kind <> 'repay'))[1] as last
          from fund_entries e where e.fund_id = l.fund_id and e.line_id = l.id) as told on true
        where l.amount is distinct from told.amount
          or (l.status = 'paid') is distinct from (told.last = 'pay')
          or (l.status = 'released') is distinct from (told.last = 'release')
        order by c.number"""
    return list(tx.run(statement).scalars())


def orders_that_do_not_add_up(tx: Tx) -> list[str]:
    """Return the numbers of the payment orders whose total or count is not that of the payments on them."""
    statement = """
        select o.number from payment_orders o
        left join payment_order_lines x on x.order_id = o.id left join payment_lines l on l.id = x.line_id
        group by o.id
        having (o.total, o.lines) is distinct from (coalesce(sum(l.amount), 0), cast(count(l.id) as int))
        order by o.number"""
    return list(tx.run(statement).scalars())


def order_lines(tx: Tx) -> Sequence[Row[Any]]:
    """Return every line of an order with the `number` of the order and what opens its account."""
    return tx.all(
        """select o.number, x.order_id, x.line_id, x.position, x.account, x.sealed,
             a.id as applicant_id, a.key_id, a.wrapped_key
           from payment_order_lines x join payment_orders o on o.id = x.order_id
           join payment_lines l on l.id = x.line_id join cases c on c.id = l.case_id
           join applicants a on a.id = c.applicant_id
           order by o.number, x.position"""
    )


def how_many(tx: Tx, number: str | None = None) -> int:
    """Return how many cases there are, or whether there is one of this number."""
    one = "where number = :number" if number is not None else ""
    values = {"number": number} if number is not None else {}
    return int(tx.run(f"select count(*) from cases {one}", **values).scalar_one())
