"""What bringing cases up to loaded rules reads and writes: how far it is, which cases, and the batch."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Row as Found
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from casework.records.bulk import copy_rows
from casework.records.database import Tx
from casework.records.rows import MoveRows, Row
from casework.records.tables import events
from casework.records.writing import CLOCKS, MESSAGES, jsonable

_BEGIN = text(
    """insert into recalculations (revision, because, before, cursor, at)
       select :revision, :because, :before, :cursor, :now where exists (select from cases)"""
).bindparams(bindparam("because", type_=JSONB), bindparam("before", type_=JSONB))
_IN_ORGS = """
select c.id from cases c join orgs o on o.id = c.org_id
where o.code = any(:codes) and c.id > :after
  and exists (select 1 from clocks k where k.case_id = c.id and (k.ended_at is null or k.provisional))
order by c.id
"""
_OF_WORKFLOWS = """
select c.id from cases c
where c.workflow = any(:workflows) and c.id > :after
  and exists (select 1 from clocks k where k.case_id = c.id and k.ended_at is null)
order by c.id
"""
_DECIDED = """
select c.number, c.workflow, c.workflow_version, o.code, o.region, o.calendar, t.key as transition,
  cast(t.value->>'at' as timestamptz) as at
from cases c join orgs o on o.id = c.org_id cross join lateral jsonb_each(c.taken) t
where c.workflow = any(:workflows) and t.key = any(:transitions) and cast(t.value->>'at' as timestamptz) >= :since
order by c.number
"""
_STAND = text(
    f"""with moved as (
         update cases set urgent = x.urgent, clocks = x.clocks, updated_at = x.updated_at, due_at = x.due_at,
           due_on = x.due_on, due_clock = x.due_clock, due_provisional = x.due_provisional, late_at = x.late_at,
           version = x.version, last_hash = decode(x.last_hash, 'hex')
         from jsonb_to_recordset(:cases) as x(id uuid, urgent bool, clocks text, updated_at timestamptz,
           due_at timestamptz, due_on date, due_clock text, due_provisional bool, late_at timestamptz, version int,
           last_hash text)
         where cases.id = x.id
         returning cases.id, cases.version, cases.updated_at, cases.org_id)
       {MESSAGES}"""
).bindparams(bindparam("cases", type_=JSONB))
_CLOCKS = text(CLOCKS.format(moved="", rows=":clock_rows")).bindparams(bindparam("clock_rows", type_=JSONB))


FIRST: Final = UUID(int=0)
"""Before every id of a case."""


class Recalculation(NamedTuple):
    """Rules that were loaded and have not reached every case: as of which revision, and up to which case they have.

    `because` says for events what was loaded, `before` by what was counted so far: the version of a calendar by its
    key, or the calendar of each organisation by its code. `at` is when a case was last brought up.
    """

    revision: int
    because: Mapping[str, Any]
    before: Mapping[str, Any]
    cursor: UUID
    at: datetime


def begin(tx: Tx, because: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Note that the rules which this transaction has loaded are to be brought to the cases, if there are any."""
    tx.run(_BEGIN, revision=tx.revision, because=dict(because), before=dict(before), cursor=FIRST, now=tx.now)


def under_way(tx: Tx, *, lock: bool = False) -> Recalculation | None:
    """Return the recalculation that is under way; `lock` keeps other processes from going on with it until the end."""
    row = tx.one(f"select * from recalculations{' for update' if lock else ''}")
    return Recalculation(row.revision, row.because, row.before, row.cursor, row.at) if row else None


def move_on(tx: Tx, cursor: UUID) -> None:
    """Note that every case up to this one is brought up."""
    tx.run("update recalculations set cursor = :cursor, at = :now", cursor=cursor, now=tx.now)


def end(tx: Tx, revision: int) -> None:
    """Note that the rules of this revision have reached every case."""
    tx.run("delete from recalculations where revision = :revision", revision=revision)


def in_orgs(tx: Tx, codes: Iterable[str], after: UUID = FIRST) -> list[UUID]:
    """The cases of these organisations themselves with clocks that are open or were not judged by a known year.

    In the order of ids, those after this one.
    """
    return list(tx.run(_IN_ORGS, codes=list(codes), after=after).scalars())


def of_workflows(tx: Tx, workflows: Iterable[str], after: UUID = FIRST) -> list[UUID]:
    """The cases of these workflows with open clocks, given as by `in_orgs`."""
    return list(tx.run(_OF_WORKFLOWS, workflows=list(workflows), after=after).scalars())


def lock_as_read(tx: Tx, versions: Mapping[UUID, int]) -> bool:
    """Lock these cases if each is of the version that was read and in nobody's hands; never waits."""
    found = tx.run(
        """select c.id from cases c join unnest(cast(:ids as uuid[]), cast(:versions as int[])) as x(id, version)
             on c.id = x.id and c.version = x.version order by c.id for no key update of c skip locked""",
        ids=list(versions),
        versions=list(versions.values()),
    )
    return len(found.all()) == len(versions)


def decided(tx: Tx, workflows: Iterable[str], transitions: Iterable[str], since: datetime) -> Sequence[Found[Any]]:
    """The last time each of these transitions was taken on a case since then, by case number.

    Gives `number, workflow, workflow_version, transition, at` and the organisation's `code, region, calendar`.
    """
    return tx.all(_DECIDED, workflows=list(workflows), transitions=list(transitions), since=since)


def write(tx: Tx, moves: Sequence[MoveRows]) -> None:
    """Write down moves that only derive clocks anew, each of another case; all these cases are locked."""
    if not moves:
        return
    copy_rows(tx, events, (rows.event for rows in moves))
    tx.run(_STAND, cases=[_standing(rows) for rows in moves])
    tx.run(_CLOCKS, clock_rows=[jsonable(row) for rows in moves for row in rows.clocks])


def _standing(rows: MoveRows) -> Row:
    names = (
        "id", "urgent", "clocks", "updated_at", "due_at", "due_on", "due_clock", "due_provisional", "late_at",
        "version",
    )  # fmt: skip
    return jsonable({name: rows.case[name] for name in names}) | {"last_hash": rows.event["hash"].hex()}
