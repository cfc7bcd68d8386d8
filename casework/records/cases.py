"""Cases: the only door to them. What you may not see does not exist."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal_column, select, true
from sqlalchemy.dialects.postgresql import JSONB

from casework.records.database import Tx
from casework.records.offices import KEPT
from casework.records.rows import Record
from casework.records.tables import applicants, cases, orgs, users
from casework.records.vault import WrappedKey
from casework.records.visibility import visible
from casework.rules.casefile import (
    CalendarRef,
    CaseFile,
    ClockRun,
    Person,
    Phase,
    Role,
    Taken,
)
from casework.rules.clocks import Due, Interval, Limit
from casework.rules.refusals import NotFound
from casework.rules.text import Text

_owner = users.alias("owner")
_assignee = users.alias("assignee")
_owner_org = orgs.alias("owner_org")
_assignee_org = orgs.alias("assignee_org")

# The clocks of a case come with it in the same statement, oldest first, with their marks and how many due times
# have been recorded; `{of}` says which.
_CLOCKS = """(select coalesce(jsonb_agg(jsonb_build_object(
         'id', k.id, 'name', k.name, 'generation', k.generation, 'owed_by', k.owed_by,
         'duration', k.duration, 'basis', k.basis, 'policy_id', k.policy_id,
         'calendar', k.calendar, 'calendar_version', k.calendar_version, 'status', k.status, 'started_at', k.started_at,
         'due_at', k.due_at, 'due_on', k.due_on, 'provisional', k.provisional, 'ended_at', k.ended_at,
         'marks', (select jsonb_agg(jsonb_build_array(m.mark, m.at) order by m.position)
                   from casework.clock_marks m where m.clock_id = k.id),
         'due_times', (select count(*) from casework.due_times d where d.clock_id = k.id))
       order by k.started_at, k.name, k.generation), '[]'::jsonb)
       from casework.clocks k where k.case_id = cases.id{of})"""


def _clocks(of: str = "") -> ColumnElement[Any]:
    return literal_column(_CLOCKS.format(of=of), JSONB).label("clocks")


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
    _clocks(),
).select_from(
    cases.join(orgs, cases.c.org_id == orgs.c.id)
    .join(applicants, cases.c.applicant_id == applicants.c.id)
    .outerjoin(_owner, cases.c.owner_id == _owner.c.id)
    .outerjoin(_owner_org, _owner.c.org_id == _owner_org.c.id)
    .outerjoin(_assignee, cases.c.assignee_id == _assignee.c.id)
    .outerjoin(_assignee_org, _assignee.c.org_id == _assignee_org.c.id)
)


# What grows with a case and no alert depends on; to read it doubled the work of the process that sweeps.
_NOT_FOR_THE_SWEEP = ("facts", "taken", "search_text", "clocks")
_FOR_THE_SWEEP = _CASE.with_only_columns(
    *(column for column in _CASE.selected_columns if column.name not in _NOT_FOR_THE_SWEEP),
    *(literal_column("'{}'::jsonb", JSONB).label(name) for name in ("facts", "taken")),
    _clocks(" and k.ended_at is null"),
)


def get(tx: Tx, case_id: UUID, person: Person, *, lock: bool = False) -> Record:
    """The case if this person may see it; raises `NotFound`. `lock` keeps others out until the end."""
    return _one(tx, cases.c.id == case_id, visible(person), lock=lock)


def get_for_applicant(tx: Tx, case_id: UUID, *, lock: bool = False) -> Record:
    """The case for its applicant, whose tracking code was right."""
    return _one(tx, cases.c.id == case_id, lock=lock)


def lock_open_of(tx: Tx, owner_id: UUID) -> list[UUID]:
    """Keep everybody else from the open cases of this owner until the end; their ids."""
    owned = select(cases.c.id).where(cases.c.owner_id == owner_id, cases.c.closed_at.is_(None))
    return list(tx.run(owned.order_by(cases.c.id).with_for_update()).scalars())


def several(tx: Tx, case_ids: list[UUID]) -> dict[UUID, Record]:
    """These cases, for whoever has locked them."""
    return {row.id: record_of(row) for row in tx.all(_CASE.where(cases.c.id.in_(case_ids)))}


def for_the_sweep(tx: Tx, case_ids: list[UUID]) -> dict[UUID, Record]:
    """These cases with their people and open clocks only: without facts and deeds nothing is decided on them."""
    return {row.id: record_of(row) for row in tx.all(_FOR_THE_SWEEP.where(cases.c.id.in_(case_ids)))}


def _one(tx: Tx, *where: ColumnElement[bool], lock: bool) -> Record:
    if lock:
        # The row is locked first and read afterwards: read while waiting for the lock, the clocks would be those
        # of before the other's move. The rules are kept before it, because whoever loads rules waits for cases.
        kept = select(KEPT.c.revision).select_from(KEPT.join(cases, true()))
        if locked := tx.one(kept.where(*where).with_for_update(of=cases)):
            tx.revision = locked.revision
    row = tx.one(_CASE.where(*where))
    if row is None:
        raise NotFound()
    return record_of(row)


def get_locked(tx: Tx, case_id: UUID) -> Record:
    """The case that this transaction has locked already, for time or for whoever found it in the queue."""
    return _one(tx, cases.c.id == case_id, lock=False)


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
        counted_by=CalendarRef(value["calendar"], value["calendar_version"]) if value["calendar"] else None,
    )


def sealed_parts(tx: Tx, case_id: UUID) -> dict[str, bytes]:
    """What the vault holds of a case, by part."""
    rows = tx.all("select part, sealed from casework.vault where case_id = :id", id=case_id)
    return {row.part: row.sealed for row in rows}


def keep_sealed(tx: Tx, case_id: UUID, part: str, sealed: bytes) -> None:
    """Put something sealed into the vault of a case; what stood there under this part is gone."""
    tx.run(
        """insert into vault (case_id, part, sealed) values (:id, :part, :sealed)
           on conflict (case_id, part) do update set sealed = excluded.sealed""",
        id=case_id,
        part=part,
        sealed=sealed,
    )


def any_there(tx: Tx) -> bool:
    """Return whether there is a case at all."""
    return tx.one("select 1 from cases limit 1") is not None
