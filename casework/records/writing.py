"""Writing a case down: one statement for a whole move, and what an intake needs before it."""

import base64
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from psycopg import Error as PsycopgError
from sqlalchemy import ARRAY, Integer, LargeBinary, bindparam, text
from sqlalchemy import Text as Words
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from casework.records.database import Tx
from casework.records.rows import MoveRows, Record, Row
from casework.records.rows import after as moved
from casework.records.tables import cases
from casework.records.vault import WrappedKey
from casework.rules.casefile import Move
from casework.rules.refusals import NotNow
from casework.rules.text import Text

# One statement for a whole move: the case row, guarded by its version, and everything that hangs on it. If somebody
# else was first, the first part changes no row and the rest, which joins it, writes nothing.
_COLUMNS = [column.name for column in cases.columns if column.name != "due_key"]
_UPDATED = (
    "org_id", "state", "phase", "waits_for", "urgent", "first_in_line", "facts", "taken", "owner_id", "assignee_id",
    "outcome", "clocks", "updated_at", "closed_at", "due_at", "due_on", "due_clock", "due_provisional", "late_at",
    "version", "last_hash", "search_text", "applicant_name",
)  # fmt: skip
_HEAD_OPEN = f"""
insert into casework.cases ({", ".join(_COLUMNS)})
values ({", ".join(f":{name}" for name in _COLUMNS)})
returning id, version, updated_at, org_id
"""
_HEAD_MOVE = f"""
update casework.cases set {", ".join(f"{name} = :{name}" for name in _UPDATED)}
where id = :id and version = :version - 1
returning id, version, updated_at, org_id
"""
# Clocks that begin, and those that are there as they now stand; `{moved}` is what must have been written before them.
CLOCKS: Final = """
insert into casework.clocks (case_id, name, generation, owed_by, status, started_at, due_at, due_on, provisional,
  ended_at, working_seconds, end_org_id, end_owner_id, wake_at, takes)
select x.case_id, x.name, x.generation, x.owed_by, x.status, x.started_at, x.due_at, x.due_on, x.provisional,
  x.ended_at, x.working_seconds, x.end_org_id, x.end_owner_id, x.wake_at, x.takes
from {moved}jsonb_to_recordset(:clock_rows) as x(case_id uuid, name text, generation int, owed_by text, status text,
  started_at timestamptz, due_at timestamptz, due_on date, provisional bool, ended_at timestamptz, working_seconds int,
  end_org_id uuid, end_owner_id uuid, wake_at timestamptz, takes text)
on conflict (case_id, name, generation) do update set status = excluded.status, due_at = excluded.due_at,
  due_on = excluded.due_on, provisional = excluded.provisional, ended_at = excluded.ended_at,
  working_seconds = excluded.working_seconds, end_org_id = coalesce(clocks.end_org_id, excluded.end_org_id),
  end_owner_id = case when clocks.ended_at is null then excluded.end_owner_id else clocks.end_owner_id end,
  wake_at = excluded.wake_at, takes = excluded.takes, attempts = 0, retry_at = null
"""
# Each event is told, in the order of its case, to the channels that hear of its organisation; `{moved}` is what must
# have been written before, with the id, version, time and organisation of each case.
MESSAGES: Final = """
insert into casework.outbox (id, channel, receiver_id, lane_id, case_id, event_seq, seq, state, at, try_at)
select gen_random_uuid(), h.kind, h.id, h.id, moved.id, moved.version,
  1 + coalesce((select max(o.seq) from casework.outbox o
    where o.receiver_id = h.id and o.case_id = moved.id and o.seq is not null), 0),
  'waiting', moved.updated_at, moved.updated_at
from moved join casework.orgs place on place.id = moved.org_id,
  casework.channels h join casework.orgs home on home.id = h.org_id
where h.active and h.events and starts_with(place.path, home.path)
"""
_TAIL = f"""
, event as (
  insert into casework.events (case_id, seq, at, kind, actor_id, actor_role, payload, prev_hash, hash)
  select id, :version, :updated_at, :kind, :actor_id, :actor_role, :payload, :prev_hash, :last_hash from moved)
, clock as ({CLOCKS.format(moved="moved, ")})
, sealed as (
  insert into casework.vault (case_id, part, sealed)
  select moved.id, x.part, decode(x.sealed, 'base64') from moved,
    jsonb_to_recordset(:vault) as x(part text, sealed text)
  on conflict (case_id, part) do update set sealed = excluded.sealed)
, gone as (
  delete from casework.look_ups l using moved
  where l.case_id = moved.id and l.kind = any(:stale_look_ups))
, look_up as (
  insert into casework.look_ups (case_id, kind, digest)
  select moved.id, x.kind, decode(x.digest, 'base64') from moved,
    jsonb_to_recordset(:look_ups) as x(kind text, digest text)
  on conflict (case_id, kind) do update set digest = excluded.digest)
, letter as (
  insert into casework.letters (id, case_id, name, number, sealed, at)
  select x.id, moved.id, x.name, x.number, decode(x.sealed, 'base64'), :updated_at from moved,
    jsonb_to_recordset(:letters) as x(id uuid, name text, number text, sealed text))
, message as ({MESSAGES})
select id from moved
"""


def _statement(head: str) -> Any:
    json_values = ("facts", "taken", "payload", "clock_rows", "vault", "look_ups", "letters")
    typed = [bindparam(name, type_=JSONB) for name in json_values]
    columns = [
        bindparam(name, type_=cases.c[name].type)
        for name in _COLUMNS
        if name not in json_values and f":{name}" in head + _TAIL
    ]
    return text(f"with moved as ({head}){_TAIL}").bindparams(*typed, *columns)


_OPEN = _statement(_HEAD_OPEN)
_MOVE = _statement(_HEAD_MOVE)


def write(
    tx: Tx,
    rows: MoveRows,
    *,
    sealed: Mapping[str, bytes],
    look_ups: Mapping[str, bytes | None],
    letters: list[Row],
) -> None:
    """Write a move down. `NotNow` if somebody else moved the case since it was read."""
    opening = rows.case["version"] == 1
    values = {
        **{name: rows.case.get(name) for name in (_COLUMNS if opening else (*_UPDATED, "id"))},
        "last_hash": rows.event["hash"],
        **{name: rows.event[name] for name in ("kind", "actor_id", "actor_role", "payload", "prev_hash")},
        "clock_rows": [jsonable(row) for row in rows.clocks],
        "vault": [{"part": part, "sealed": base64.b64encode(value).decode()} for part, value in sealed.items()],
        "look_ups": [
            {"kind": kind, "digest": base64.b64encode(value).decode()}
            for kind, value in look_ups.items()
            if value is not None
        ],
        "stale_look_ups": [kind for kind, value in look_ups.items() if value is None],
        "letters": [{**jsonable(row), "sealed": base64.b64encode(row["sealed"]).decode()} for row in letters],
    }
    try:
        written = tx.run(_OPEN if opening else _MOVE, **values).first()
    except IntegrityError as refused:
        broken = refused.orig.diag.constraint_name if isinstance(refused.orig, PsycopgError) else None
        if broken == "owner_may_own":
            raise NotNow(_OWNER_LEFT) from refused
        raise
    if written is None:
        raise NotNow(
            Text("他人刚刚办理了此案，请刷新后重试。", "Somebody else has just changed this case; look again.")
        )


_OWNER_LEFT: Final = Text(
    "该用户刚刚被停用或调离，不能再经办此案。",
    "This user has just been deactivated or moved, and may own this case no longer.",
)


def after(record: Record, move: Move, rows: MoveRows) -> Record:
    """The record as it stands after the move was written."""
    return replace(moved(record, move), last_hash=rows.event["hash"])


def jsonable(row: Mapping[str, Any]) -> Row:
    """A row with its instants, dates and ids as JSON strings; bytes are left to the caller."""
    return {
        name: value.isoformat()
        if isinstance(value, date | datetime)
        else str(value)
        if isinstance(value, UUID)
        else value
        for name, value in row.items()
        if not isinstance(value, bytes)
    }


class Reserved(NamedTuple):
    """What a new case is given before it is written: its number, its applicant, and the next number of each series."""

    number: str
    applicant_id: UUID
    applicant_key: WrappedKey
    letter_serials: Callable[[str], int]


_RESERVE: Final = text(
    """with applicant as (
         insert into casework.applicants (id, identity_index, key_id, wrapped_key)
         values (:id, :identity_index, :key_id, :wrapped_key)
         on conflict (identity_index) do update set identity_index = excluded.identity_index
         returning id, key_id, wrapped_key),
       series as (
         insert into casework.counters (scope, value) select * from unnest(:scopes, :many)
         on conflict (scope) do update set value = counters.value + excluded.value returning scope, value)
       select nextval('casework.case_numbers') as serial, applicant.*,
         (select json_object_agg(scope, value) from series) as series from applicant"""
).bindparams(
    bindparam("identity_index", type_=LargeBinary),
    bindparam("scopes", type_=ARRAY(Words)),
    bindparam("many", type_=ARRAY(Integer)),
)


def reserve(
    tx: Tx, prefix: str, year: int, identity_index: bytes | None, fresh: Row, series: Sequence[str]
) -> Reserved:
    """Give a new case its number, applicant and letter numbers.

    The number, `LA-2026-000123`, is unique and rising, with gaps where an intake was rolled back.

    The applicant is the one with this identity number, or the `fresh` row stored as a new one: two clerks who enter
    the same person at once both get the one row. `series` names one series for each letter that is numbered.
    """
    many = Counter(series)
    # In one order for all, so that two wait for each other instead of locking each other out.
    scopes = sorted(many)
    values = {"scopes": scopes, "many": [many[scope] for scope in scopes]}
    row = tx.run(_RESERVE, identity_index=identity_index, **fresh, **values).one()
    left = {scope: iter(range(last - many[scope] + 1, last + 1)) for scope, last in (row.series or {}).items()}
    return Reserved(
        f"{prefix}-{year}-{row.serial:06d}",
        row.id,
        WrappedKey(row.key_id, row.wrapped_key),
        lambda scope: next(left[scope]),
    )


def know_identity(tx: Tx, applicant_id: UUID, identity_index: bytes) -> None:
    """The applicant's number is known from now on, unless it was before or another applicant has it."""
    with suppress(IntegrityError), tx.connection.begin_nested():
        tx.run(
            "update applicants set identity_index = :index where id = :id and identity_index is null",
            index=identity_index,
            id=applicant_id,
        )
