"""Writing a case down: one statement for a whole move, and what an intake needs before it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from psycopg import IntegrityError as Broken
from sqlalchemy.exc import IntegrityError

from casework.records.database import Query, Tx
from casework.records.rows import MoveRows, Row, StoredCase
from casework.records.rows import after as moved
from casework.records.tables import cases
from casework.records.vault import WrappedKey
from casework.rules.move import Move
from casework.rules.refusals import NotNow
from casework.rules.text import Text

# One statement for a whole move: the case row, guarded by its version, and everything that hangs on it. If somebody
# else was first, the first part changes no row and the rest, which joins it, writes nothing. All of it comes as one
# value in JSON, so that the statement is prepared once, whatever is null; bytes are in base64.
_COLUMNS = [column.name for column in cases.columns if column.name not in ("due_key", "last_hash")]
_UPDATED = (
    "org_id", "state", "phase", "waits_for", "urgent", "first_in_line", "facts", "taken", "owner_id", "assignee_id",
    "walled_off", "outcome", "clocks", "updated_at", "closed_at", "due_at", "due_on", "due_clock", "due_provisional",
    "late_at", "version", "search_text", "applicant_name",
)  # fmt: skip
_GIVEN = "given, jsonb_populate_record(null::casework.cases, move -> 'case') as x"
_HASH = "decode(move -> 'event' ->> 'hash', 'base64')"
_HEAD_OPEN = f"""
insert into casework.cases ({", ".join(_COLUMNS)}, last_hash)
select {", ".join(f"x.{name}" for name in _COLUMNS)}, {_HASH} from {_GIVEN}
returning id, version, updated_at, org_id
"""
_HEAD_MOVE = f"""
update casework.cases set {", ".join(f"{name} = x.{name}" for name in _UPDATED)}, last_hash = {_HASH}
from {_GIVEN} where cases.id = x.id and cases.version = x.version - 1
returning cases.id, cases.version, cases.updated_at, cases.org_id
"""
# Clocks that begin, and those that are there as they now stand, of the JSON `{rows}`; `{moved}` is what must have been
# written before them.
CLOCKS: Final = """
insert into casework.clocks (case_id, name, generation, owed_by, status, started_at, due_at, due_on, provisional,
  ended_at, working_seconds, end_org_id, end_owner_id, wake_at, takes)
select x.case_id, x.name, x.generation, x.owed_by, x.status, x.started_at, x.due_at, x.due_on, x.provisional,
  x.ended_at, x.working_seconds, x.end_org_id, x.end_owner_id, x.wake_at, x.takes
from {moved}jsonb_to_recordset({rows}) as x(case_id uuid, name text, generation int, owed_by text, status text,
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
insert into casework.outbox (id, channel, receiver_id, queue_id, case_id, event_seq, seq, state, at, try_at)
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
  select moved.id, moved.version, moved.updated_at, e.kind, e.actor_id, e.actor_role, e.payload,
    decode(e.prev_hash, 'base64'), decode(e.hash, 'base64')
  from moved, given, jsonb_to_record(move -> 'event') as e(kind text, actor_id uuid, actor_role text, payload jsonb,
    prev_hash text, hash text))
, clock as ({CLOCKS.format(moved="moved, given, ", rows="move -> 'clocks'")})
, sealed as (
  insert into casework.vault (case_id, part, sealed)
  select moved.id, x.part, decode(x.sealed, 'base64')
  from moved, given, jsonb_to_recordset(move -> 'vault') as x(part text, sealed text)
  on conflict (case_id, part) do update set sealed = excluded.sealed)
, gone as (
  delete from casework.blind_indexes l using moved, given
  where l.case_id = moved.id and move -> 'stale_blind_indexes' ? l.kind)
, look_up as (
  insert into casework.blind_indexes (case_id, kind, digest)
  select moved.id, x.kind, decode(x.digest, 'base64')
  from moved, given, jsonb_to_recordset(move -> 'blind_indexes') as x(kind text, digest text)
  on conflict (case_id, kind) do update set digest = excluded.digest)
, letter as (
  insert into casework.letters (id, case_id, name, number, sealed, at)
  select x.id, moved.id, x.name, x.number, decode(x.sealed, 'base64'), moved.updated_at
  from moved, given, jsonb_to_recordset(move -> 'letters') as x(id uuid, name text, number text, sealed text))
, message as ({MESSAGES})
select id from moved
"""


def _statement(head: str) -> Query[UUID]:
    given = "with given as materialized (select cast(%(move)s as jsonb) as move)"
    return Query(f"{given}, moved as ({head}){_TAIL}", lambda case_id: case_id)


_OPEN = _statement(_HEAD_OPEN)
_MOVE = _statement(_HEAD_MOVE)


def write(
    tx: Tx,
    rows: MoveRows,
    *,
    sealed: Mapping[str, bytes],
    blind_indexes: Mapping[str, bytes | None],
    letters: list[Row],
) -> None:
    """Write a move down. `NotNow` if somebody else moved the case since it was read."""
    move = {
        "case": rows.case,
        "event": rows.event,
        "clocks": rows.clocks,
        "vault": [{"part": part, "sealed": value} for part, value in sealed.items()],
        "blind_indexes": [{"kind": kind, "digest": one} for kind, one in blind_indexes.items() if one is not None],
        "stale_blind_indexes": [kind for kind, value in blind_indexes.items() if value is None],
        "letters": letters,
    }
    statement = _OPEN if rows.case["version"] == 1 else _MOVE
    try:
        written = tx.ask(statement, {"move": msgspec.json.encode(move).decode()})
    except Broken as refused:
        if refused.diag.constraint_name == "owner_may_own":
            raise NotNow(_OWNER_LEFT) from refused
        raise
    if not written:
        raise NotNow(
            Text("他人刚刚办理了此案，请刷新后重试。", "Somebody else has just changed this case; look again.")
        )


_OWNER_LEFT: Final = Text(
    "该用户刚刚被停用或调离，不能再经办此案。",
    "This user has just been deactivated or moved, and may own this case no longer.",
)


def after(record: StoredCase, move: Move, rows: MoveRows) -> StoredCase:
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


_RESERVE: Final = Query(
    """with applicant as (
         insert into casework.applicants (id, identity_index, key_id, wrapped_key)
         values (%(id)s, %(identity_index)s::bytea, %(key_id)s, %(wrapped_key)s)
         on conflict (identity_index) do update set identity_index = excluded.identity_index
         returning id, key_id, wrapped_key),
       series as (
         insert into casework.counters (scope, value) select * from unnest(%(scopes)s::text[], %(many)s::int[])
         on conflict (scope) do update set value = counters.value + excluded.value returning scope, value)
       select nextval('casework.case_numbers'), id, key_id, wrapped_key,
         (select json_object_agg(scope, value) from series) from applicant""",
    lambda *columns: columns,
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
    values = {"scopes": scopes, "many": [many[scope] for scope in scopes], "identity_index": identity_index, **fresh}
    [(number, applicant_id, key_id, wrapped_key, last_ones)] = tx.ask(_RESERVE, values)
    left = {scope: iter(range(last - many[scope] + 1, last + 1)) for scope, last in (last_ones or {}).items()}
    return Reserved(
        f"{prefix}-{year}-{number:06d}",
        applicant_id,
        WrappedKey(key_id, wrapped_key),
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
