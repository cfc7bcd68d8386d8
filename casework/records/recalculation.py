"""What deriving clocks anew reads and writes: which cases, under which rules their clocks began, and the batch."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row as Found
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from casework.records.bulk import copy_rows
from casework.records.database import Tx
from casework.records.rows import MoveRows, Row
from casework.records.tables import events
from casework.records.writing import CLOCKS, MESSAGES, jsonable

_IN_ORGS = """
select c.id from cases c join orgs o on o.id = c.org_id
where o.code = any(:codes)
  and exists (select 1 from clocks k where k.case_id = c.id and (k.ended_at is null or k.provisional))
"""
_OF_WORKFLOWS = """
select c.id from cases c
where c.workflow = any(:workflows) and exists (select 1 from clocks k where k.case_id = c.id and k.ended_at is null)
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


def in_orgs(tx: Tx, codes: Iterable[str]) -> list[UUID]:
    """The cases of these organisations themselves with clocks that are open or were not judged by a known year."""
    return list(tx.run(_IN_ORGS, codes=list(codes)).scalars())


def of_workflows(tx: Tx, workflows: Iterable[str]) -> list[UUID]:
    """The cases of these workflows with open clocks."""
    return list(tx.run(_OF_WORKFLOWS, workflows=list(workflows)).scalars())


def lock(tx: Tx, case_ids: list[UUID]) -> None:
    """Keep everybody else from these cases until the end, in one order for all who lock many."""
    tx.run("select id from cases where id = any(:ids) order by id for update", ids=case_ids)


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
