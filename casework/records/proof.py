"""What is read to prove that stored cases and funds say nothing but what their events and entries say."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from casework.records import cases
from casework.records.database import Row, Tx
from casework.records.rows import StoredCase

_NARROW: Final = "name, generation, owed_by, status, started_at, due_at, due_on, provisional, ended_at"
# Not which clock is due next: of two that are due at once it is either.
_DERIVED: Final = "applicant_name, search_text, first_in_line, due_at, due_on, late_at"


class Stored(NamedTuple):
    """A case with what hangs on it: `derived` are the columns that follow from it, `holds` the digests it keeps."""

    record: StoredCase
    derived: dict[str, Any]
    events: Sequence[Row[Any]]
    clocks: list[tuple[Any, ...]]
    facts: bytes | None
    holds: set[bytes]


def some(tx: Tx, after: UUID, limit: int) -> list[Stored]:
    """Return so many cases after an id, in the order of their ids; nobody changes them until the transaction ends."""
    locked = "select id from cases where id > :after order by id limit :limit for share"
    ids = list(tx.run(locked, after=after, limit=limit).scalars())
    records = cases.several(tx, ids)
    events = _by_case(tx, "select * from events where case_id = any(:ids) order by case_id, seq", ids)
    clocks = _by_case(
        tx,
        f"""select case_id, {_NARROW} from clocks where case_id = any(:ids)
            order by case_id, started_at, name, generation""",
        ids,
    )
    derived = _by_case(tx, f"select id as case_id, {_DERIVED} from cases where id = any(:ids)", ids)
    sealed = _by_case(tx, "select case_id, sealed from vault where case_id = any(:ids) and part = 'facts'", ids)
    holds = _by_case(tx, "select case_id, digest from open_case_holds where case_id = any(:ids)", ids)
    return [
        Stored(
            record=records[id],
            derived={name: value for name, value in derived[id][0]._mapping.items() if name != "case_id"},
            events=events[id],
            clocks=[tuple(row)[1:] for row in clocks[id]],
            facts=sealed[id][0].sealed if sealed[id] else None,
            holds={row.digest for row in holds[id]},
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


def how_many(tx: Tx) -> int:
    """Return how many cases there are."""
    return int(tx.run("select count(*) from cases").scalar_one())
