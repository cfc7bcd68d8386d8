"""Cases: the only door to them. What you may not see does not exist."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, literal_column, select, text
from sqlalchemy.dialects.postgresql import JSONB

from casework.records.database import Tx
from casework.records.rows import MoveRows, Record, Row
from casework.records.tables import applicants, cases, look_ups, orgs, users
from casework.records.vault import WrappedKey
from casework.records.visibility import visible
from casework.rules.casefile import (
    CaseFile,
    ClockRun,
    Move,
    Person,
    Phase,
    Role,
    Taken,
)
from casework.rules.clocks import Due, Interval, Limit
from casework.rules.refusals import NotFound, NotNow
from casework.rules.text import Text

_owner = users.alias("owner")
_assignee = users.alias("assignee")
_owner_org = orgs.alias("owner_org")
_assignee_org = orgs.alias("assignee_org")

# The clocks of a case come with it in the same statement, oldest first, with their marks and how many due times
# have been recorded.
_CLOCKS = literal_column(
    """(select coalesce(jsonb_agg(jsonb_build_object(
         'id', k.id, 'name', k.name, 'generation', k.generation, 'owed_by', k.owed_by,
         'duration', k.duration, 'basis', k.basis, 'policy_id', k.policy_id,
         'calendar_version', k.calendar_version, 'status', k.status, 'started_at', k.started_at,
         'due_at', k.due_at, 'due_on', k.due_on, 'provisional', k.provisional, 'ended_at', k.ended_at,
         'marks', (select jsonb_agg(jsonb_build_array(m.mark, m.at) order by m.position)
                   from casework.clock_marks m where m.clock_id = k.id),
         'due_times', (select count(*) from casework.due_times d where d.clock_id = k.id))
       order by k.started_at, k.name, k.generation), '[]'::jsonb)
       from casework.clocks k where k.case_id = cases.id)""",
    JSONB,
).label("clocks")


def _person(alias: Any, org: Any, prefix: str) -> list[ColumnElement[Any]]:
    return [
        *(alias.c[name].label(f"{prefix}_{name}") for name in ("username", "name", "role", "active")),
        org.c.path.label(f"{prefix}_org_path"),
    ]


_CASE: Select[Any] = select(
    cases,
    orgs.c.code.label("org_code"),
    orgs.c.path.label("org_path"),
    orgs.c.region,
    orgs.c.calendar,
    *_person(_owner, _owner_org, "owner"),
    *_person(_assignee, _assignee_org, "assignee"),
    applicants.c.key_id,
    applicants.c.wrapped_key,
    _CLOCKS,
).select_from(
    cases.join(orgs, cases.c.org_id == orgs.c.id)
    .join(applicants, cases.c.applicant_id == applicants.c.id)
    .outerjoin(_owner, cases.c.owner_id == _owner.c.id)
    .outerjoin(_owner_org, _owner.c.org_id == _owner_org.c.id)
    .outerjoin(_assignee, cases.c.assignee_id == _assignee.c.id)
    .outerjoin(_assignee_org, _assignee.c.org_id == _assignee_org.c.id)
)


def get(tx: Tx, case_id: UUID, person: Person, *, lock: bool = False) -> Record:
    """The case if this person may see it; raises `NotFound`. `lock` keeps others out until the end."""
    return _one(tx, cases.c.id == case_id, visible(person), lock=lock)


def get_for_time(tx: Tx, case_id: UUID) -> Record:
    """The case for time, which sees all; locked."""
    return _one(tx, cases.c.id == case_id, lock=True)


def several(tx: Tx, case_ids: list[UUID]) -> dict[UUID, Record]:
    """These cases, for the sweep, which has locked them."""
    return {row.id: record_of(row) for row in tx.all(_CASE.where(cases.c.id.in_(case_ids)))}


def _one(tx: Tx, *where: ColumnElement[bool], lock: bool) -> Record:
    if lock:
        # The row is locked first and read afterwards: read while waiting for the lock, the clocks would be those
        # of before the other's move.
        tx.run(select(cases.c.id).where(*where).with_for_update())
    row = tx.one(_CASE.where(*where))
    if row is None:
        raise NotFound()
    return record_of(row)


def claim_next(tx: Tx, person: Person, waits_for: tuple[str, ...], filters: list[ColumnElement[bool]]) -> Record | None:
    """The most urgent unowned case that nobody else is just claiming, locked, or None."""
    found = tx.one(
        select(cases.c.id)
        .select_from(cases)
        .where(
            visible(person),
            cases.c.owner_id.is_(None),
            cases.c.closed_at.is_(None),
            cases.c.waits_for.in_(waits_for),
            *filters,
        )
        .order_by(cases.c.urgent.desc(), cases.c.due_key, cases.c.id)
        .limit(1)
        .with_for_update(of=cases, skip_locked=True)
    )
    return _one(tx, cases.c.id == found.id, lock=False) if found else None


def page(
    tx: Tx,
    person: Person,
    filters: list[ColumnElement[bool]],
    order: list[ColumnElement[Any]],
    limit: int,
) -> list[Record]:
    """Visible cases in this order, at most `limit`; the caller's filters hold where the page begins."""
    chosen = select(cases.c.id).where(visible(person), *filters).order_by(*order).limit(limit).subquery()
    rows = tx.all(_CASE.join(chosen, chosen.c.id == cases.c.id).order_by(*order))
    return [record_of(row) for row in rows]


def record_of(row: Any) -> Record:
    """The record of a row that has the columns of `_CASE`."""
    people = {
        who: Person(
            getattr(row, f"{who}_id"),
            getattr(row, f"{who}_username"),
            getattr(row, f"{who}_name"),
            Role(getattr(row, f"{who}_role")),
            getattr(row, f"{who}_org_path"),
            getattr(row, f"{who}_active"),
        )
        for who in ("owner", "assignee")
        if getattr(row, f"{who}_id")
    }
    file = CaseFile(
        id=row.id,
        number=row.number,
        workflow=row.workflow,
        workflow_version=row.workflow_version,
        state=row.state,
        org_code=row.org_code,
        org_path=row.org_path,
        channel=row.channel,
        urgent=row.urgent,
        facts=row.facts,
        opened_at=row.opened_at,
        last_at=row.updated_at,
        version=row.version,
        phase=Phase(row.phase),
        waits_for=Role(row.waits_for) if row.waits_for else None,
        owner=people.get("owner"),
        assignee=people.get("assignee"),
        outcome=row.outcome,
        closed_at=row.closed_at,
        taken={name: _taken(value) for name, value in row.taken.items()},
        clocks=tuple(clock_of(clock) for clock in row.clocks),
    )
    return Record(
        file=file,
        org_id=row.org_id,
        applicant_id=row.applicant_id,
        applicant_name=row.applicant_name,
        region=row.region,
        calendar=row.calendar,
        last_hash=row.last_hash,
        applicant_key=WrappedKey(row.key_id, row.wrapped_key),
        marks={UUID(clock["id"]): len(clock["marks"]) for clock in row.clocks},
        due_times={UUID(clock["id"]): clock["due_times"] for clock in row.clocks},
    )


def _taken(value: Mapping[str, Any]) -> Taken:
    return Taken(
        by=UUID(value["by"]) if value["by"] else None,
        role=Role(value["role"]),
        at=datetime.fromisoformat(value["at"]),
        times=value["times"],
        given=value["given"],
    )


def clock_of(value: Mapping[str, Any]) -> ClockRun:
    """The clock of its JSON form in `_CLOCKS`."""
    intervals: list[Interval] = []
    for mark, at in value["marks"]:
        when = datetime.fromisoformat(at)
        if mark == "run":
            intervals.append(Interval(when))
        else:
            intervals[-1] = replace(intervals[-1], end=when)
    due = None
    if value["due_at"] is not None:
        due = Due(
            datetime.fromisoformat(value["due_at"]),
            date.fromisoformat(value["due_on"]),
            value["provisional"],
        )
    return ClockRun(
        id=UUID(value["id"]),
        name=value["name"],
        generation=value["generation"],
        owed_by=value["owed_by"],
        limit=Limit.parse(value["duration"]),
        basis=Text(value["basis"]["zh-CN"], value["basis"]["en"]),
        started_at=datetime.fromisoformat(value["started_at"]),
        intervals=tuple(intervals),
        due=due,
        status=value["status"],
        ended_at=datetime.fromisoformat(value["ended_at"]) if value["ended_at"] else None,
        policy_id=value["policy_id"],
        calendar_version=value["calendar_version"],
    )


# One statement for a whole move: the case row, guarded by its version, and everything that hangs on it. If somebody
# else was first, the first part changes no row and the rest, which joins it, writes nothing.
_COLUMNS = [column.name for column in cases.columns if column.name != "due_key"]
_UPDATED = (
    "state", "phase", "waits_for", "urgent", "facts", "taken", "owner_id", "assignee_id", "outcome",
    "updated_at", "closed_at", "due_at", "version", "last_hash", "search_text", "applicant_name",
)  # fmt: skip
_HEAD_OPEN = f"""
insert into casework.cases ({", ".join(_COLUMNS)})
values ({", ".join(f":{name}" for name in _COLUMNS)}) returning id
"""
_HEAD_MOVE = f"""
update casework.cases set {", ".join(f"{name} = :{name}" for name in _UPDATED)}
where id = :id and version = :version - 1 returning id
"""
_TAIL = """
, event as (
  insert into casework.events (case_id, seq, at, kind, actor_id, actor_role, payload, prev_hash, hash)
  select id, :version, :updated_at, :kind, :actor_id, :actor_role, :payload, :prev_hash, :last_hash from moved)
, clock as (
  insert into casework.clocks (id, case_id, name, generation, owed_by, duration, basis, policy_id,
    calendar_version, status, started_at, due_at, due_on, provisional, ended_at, working_seconds, end_org_id,
    end_owner_id, wake_at, takes)
  select x.id, moved.id, x.name, x.generation, x.owed_by, x.duration, x.basis, x.policy_id,
    x.calendar_version, x.status, x.started_at, x.due_at, x.due_on, x.provisional, x.ended_at,
    x.working_seconds, x.end_org_id, x.end_owner_id, x.wake_at,
    x.takes
  from moved, jsonb_to_recordset(:clocks) as x(id uuid, name text, generation int, owed_by text, duration text,
    basis jsonb, policy_id int, calendar_version int, status text, started_at timestamptz, due_at timestamptz,
    due_on date, provisional bool, ended_at timestamptz, working_seconds int, end_org_id uuid,
    end_owner_id uuid, wake_at timestamptz, takes text)
  on conflict (case_id, name, generation) do update set status = excluded.status, due_at = excluded.due_at,
    due_on = excluded.due_on, provisional = excluded.provisional, ended_at = excluded.ended_at,
    working_seconds = excluded.working_seconds, end_org_id = excluded.end_org_id,
    end_owner_id = excluded.end_owner_id, wake_at = excluded.wake_at,
    takes = excluded.takes, attempts = 0, retry_at = null,
    calendar_version = excluded.calendar_version)
, mark as (
  insert into casework.clock_marks (clock_id, position, mark, at)
  select x.clock_id, x.position, x.mark, x.at from moved,
    jsonb_to_recordset(:marks) as x(clock_id uuid, position smallint, mark text, at timestamptz))
, due_time as (
  insert into casework.due_times (clock_id, position, recorded_at, due_at, due_on, provisional,
    calendar_version, policy_id)
  select x.clock_id, x.position, x.recorded_at, x.due_at, x.due_on, x.provisional, x.calendar_version,
    x.policy_id from moved,
    jsonb_to_recordset(:due_times) as x(clock_id uuid, position int, recorded_at timestamptz,
      due_at timestamptz, due_on date, provisional bool, calendar_version int, policy_id int))
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
select id from moved
"""


def _statement(head: str) -> Any:
    json_values = ("facts", "taken", "payload", "clocks", "marks", "due_times", "vault", "look_ups", "letters")
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
        "clocks": [jsonable(row) for row in rows.clocks],
        "marks": [jsonable(row) for row in rows.marks],
        "due_times": [jsonable(row) for row in rows.due_times],
        "vault": [{"part": part, "sealed": base64.b64encode(value).decode()} for part, value in sealed.items()],
        "look_ups": [
            {"kind": kind, "digest": base64.b64encode(value).decode()}
            for kind, value in look_ups.items()
            if value is not None
        ],
        "stale_look_ups": [kind for kind, value in look_ups.items() if value is None],
        "letters": [{**jsonable(row), "sealed": base64.b64encode(row["sealed"]).decode()} for row in letters],
    }
    if tx.run(_OPEN if opening else _MOVE, **values).first() is None:
        raise NotNow(
            Text("他人刚刚办理了此案，请刷新后重试。", "Somebody else has just changed this case; look again.")
        )


def after(record: Record, move: Move, rows: MoveRows) -> Record:
    """The record as it stands after the move was written."""
    return replace(record, file=move.case, last_hash=rows.event["hash"])


def wrapped(row: Any) -> WrappedKey:
    """The applicant's key of a row of `applicants`."""
    return WrappedKey(row.key_id, row.wrapped_key)


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


def next_number(tx: Tx, prefix: str, year: int) -> str:
    """`LA-2026-000123`: unique, rising, with gaps where an intake was rolled back."""
    serial = tx.run("select nextval('casework.case_numbers')").scalar_one()
    return f"{prefix}-{year}-{serial:06d}"


def sealed_parts(tx: Tx, case_id: UUID) -> dict[str, bytes]:
    """What the vault holds of a case, by part."""
    rows = tx.all("select part, sealed from casework.vault where case_id = :id", id=case_id)
    return {row.part: row.sealed for row in rows}


def open_twins(tx: Tx, record: Record, person: Person) -> list[Any]:
    """Other open cases of this kind with the same identity number: `id, number, state, opened_at, org_code, seen`.

    `seen` says whether this person may see the case; of the others only the organisation may be told.
    """
    mine, other = look_ups.alias("mine"), look_ups.alias("other")
    same = (mine.c.digest == other.c.digest) & (mine.c.kind == other.c.kind)
    return list(
        tx.all(
            select(
                cases.c.id,
                cases.c.number,
                cases.c.state,
                cases.c.opened_at,
                orgs.c.code.label("org_code"),
                visible(person).label("seen"),
            )
            .select_from(
                mine.join(other, same)
                .join(cases, cases.c.id == other.c.case_id)
                .join(orgs, cases.c.org_id == orgs.c.id)
            )
            .where(
                mine.c.case_id == record.file.id,
                mine.c.kind == "identity_number",
                other.c.case_id != record.file.id,
                cases.c.workflow == record.file.workflow,
                cases.c.closed_at.is_(None),
            )
            .order_by(cases.c.opened_at, cases.c.id)
            .limit(20)
        )
    )


def applicant_for(tx: Tx, identity_index: bytes | None, fresh: Row) -> Any:
    """The applicant with this identity number, or the fresh row stored as a new one: `id, key_id, wrapped_key`.

    Two clerks who enter the same person at once both get the one row.
    """
    return tx.run(
        """insert into casework.applicants (id, identity_index, key_id, wrapped_key)
           values (:id, :identity_index, :key_id, :wrapped_key)
           on conflict (identity_index) do update set identity_index = excluded.identity_index
           returning id, key_id, wrapped_key""",
        identity_index=identity_index,
        **fresh,
    ).one()
