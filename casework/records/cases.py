"""Cases: the only door to them. What you may not see does not exist."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import select

from casework.records.clocks import runs_of
from casework.records.database import Query, Tx
from casework.records.rows import StoredCase
from casework.records.tables import cases
from casework.records.twins import OF_CASE, Other, others_of
from casework.records.vault import WrappedKey
from casework.records.visibility import NO_WALL
from casework.rules.case import Case, Phase, Taken
from casework.rules.people import HELPERS, Person, Role
from casework.rules.refusals import NotFound


class CaseRow(NamedTuple):
    """All that a decision needs of a case, in the order in which `_READ` gives it; the rest by what was asked."""

    id: UUID
    number: str
    workflow: str
    workflow_version: int
    state: str
    phase: str
    waits_for: str | None
    org_id: UUID
    channel: str
    urgent: bool
    applicant_id: UUID
    facts: Mapping[str, Any] | None
    taken: Mapping[str, Any] | None
    clocks: str
    outcome: str | None
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    version: int
    last_hash: bytes
    owner_id: UUID | None
    assignee_id: UUID | None
    walled_off: list[UUID] | None
    key_id: str
    wrapped_key: bytes
    org: list[str]
    owner: list[Any] | None
    assignee: list[Any] | None
    more: Any = None


# What belongs to the organisation and the people of a case is looked up for the row as it is returned: joined to the
# row, it would be that of before wherever the row was waited for.
_READ: Final = """
select c.id, c.number, c.workflow, c.workflow_version, c.state, c.phase, c.waits_for, c.org_id, c.channel, c.urgent,
  c.applicant_id, {facts}, c.clocks, c.outcome, c.opened_at, c.updated_at, c.closed_at, c.version, c.last_hash,
  c.owner_id, c.assignee_id, c.walled_off, a.key_id, a.wrapped_key,
  (select json_build_array(o.code, o.path, o.region, o.calendar) from casework.orgs o where o.id = c.org_id),
  {owner}, {assignee}{more}
from {source} join casework.applicants a on a.id = c.applicant_id
where {which}
"""
_PERSON: Final = """(select json_build_array(u.username, u.name, u.role, o.path, u.active)
    from casework.users u join casework.orgs o on o.id = u.org_id where u.id = c.{who}_id)"""


def _read(
    which: str, *, source: str = "casework.cases c", facts: str = "c.facts, c.taken", more: str = "", end: str = ""
) -> Query[CaseRow]:
    people = {who: _PERSON.format(who=who) for who in ("owner", "assignee")}
    statement = _READ.format(which=which, source=source, facts=facts, more=more, **people)
    return Query(statement + end, CaseRow)


def locking(which: str, source: str = "cross join casework.cases c") -> Query[CaseRow]:
    """Return what locks and reads one case; `source` joins it, as `c`, to the rules that are kept.

    The rules are kept first and the case then, because whoever loads rules waits for cases.
    """
    kept = f"(select casework.keep_rules() as revision) as rules {source}"
    return _read(which, source=kept, more=", rules.revision", end="for no key update of c")


# Who sees a case, as `records.visibility` has it; for one row and not for many, so that no join is needed.
_BY_ORG: Final = "starts_with((select o.path from casework.orgs o where o.id = c.org_id), %(path)s)"
_SEEN: Final = {"all": "true", "below": f"{_BY_ORG} and {NO_WALL}", "assigned": f"c.assignee_id = %(me)s and {NO_WALL}"}
_ONE: Final = {seen: _read(f"c.id = %(id)s and {condition}") for seen, condition in _SEEN.items()}
_ONE_LOCKED: Final = {seen: locking(f"c.id = %(id)s and {condition}") for seen, condition in _SEEN.items()}
_WITH_OTHERS: Final = _read(f"c.id = %(id)s and {_SEEN['below']}", more=f", {OF_CASE}")
_SEVERAL: Final = _read("c.id = any(%(ids)s)")
# What grows with a case and no alert depends on; to read it doubled the work of the process that sweeps.
_FOR_THE_SWEEP: Final = _read("c.id = any(%(ids)s)", facts="null, null")


def get(tx: Tx, case_id: UUID, person: Person, *, lock: bool = False) -> StoredCase:
    """The case if this person may see it; raises `NotFound`. `lock` keeps others out until the end."""
    if person.role in HELPERS:
        return _one(tx, "assigned", lock, id=case_id, me=person.id)
    if person.role in (Role.CASEWORKER, Role.SUPERVISOR, Role.AUDITOR):
        return _one(tx, "below", lock, id=case_id, me=person.id, path=person.org_path)
    raise NotFound()


def id_of(tx: Tx, number: str) -> UUID | None:
    """The id of the case of this number, whoever may see it; None where there is none."""
    row = tx.one(select(cases.c.id).where(cases.c.number == number))
    return row.id if row else None


def with_others(tx: Tx, case_id: UUID, staff: Person) -> tuple[StoredCase, list[Other]]:
    """The case and the other cases of its workflow with the same numbers, for staff; raises `NotFound`."""
    found = tx.ask(_WITH_OTHERS, {"id": case_id, "me": staff.id, "path": staff.org_path})
    if not found:
        raise NotFound()
    return record_of(found[0]), others_of(found[0].more)


def get_for_applicant(tx: Tx, case_id: UUID, *, lock: bool = False) -> StoredCase:
    """The case for its applicant, whose tracking code was right."""
    return _one(tx, "all", lock, id=case_id)


def get_locked(tx: Tx, case_id: UUID) -> StoredCase:
    """The case that this transaction has locked already, for time or for whoever found it in the queue."""
    return _one(tx, "all", False, id=case_id)


def lock_open_of(tx: Tx, owner_id: UUID) -> list[UUID]:
    """Keep everybody else from the open cases of this owner until the end; their ids."""
    owned = select(cases.c.id).where(cases.c.owner_id == owner_id, cases.c.closed_at.is_(None))
    return list(tx.run(owned.order_by(cases.c.id).with_for_update()).scalars())


def several(tx: Tx, case_ids: list[UUID]) -> dict[UUID, StoredCase]:
    """These cases, for whoever has locked them."""
    return {row.id: record_of(row) for row in tx.ask(_SEVERAL, {"ids": case_ids})}


def for_the_sweep(tx: Tx, case_ids: list[UUID]) -> dict[UUID, StoredCase]:
    """These cases with their people and clocks only: without facts and deeds nothing is decided on them."""
    return {row.id: record_of(row) for row in tx.ask(_FOR_THE_SWEEP, {"ids": case_ids})}


def _one(tx: Tx, seen: str, lock: bool, **values: Any) -> StoredCase:
    found = tx.ask((_ONE_LOCKED if lock else _ONE)[seen], values)
    if not found:
        raise NotFound()
    return locked_record(tx, found[0]) if lock else record_of(found[0])


def locked_record(tx: Tx, row: CaseRow) -> StoredCase:
    """Return the record of a row that `locking` gives; the rules which are kept with it hold."""
    tx.revision = row.more
    return record_of(row)


def record_of(row: CaseRow) -> StoredCase:
    """The record of a row."""
    org_code, org_path, region, calendar = row.org
    case = Case(
        id=row.id,
        number=row.number,
        workflow=row.workflow,
        workflow_version=row.workflow_version,
        state=row.state,
        org_code=org_code,
        org_path=org_path,
        channel=row.channel,
        urgent=row.urgent,
        facts=row.facts or {},
        opened_at=row.opened_at,
        last_at=row.updated_at,
        version=row.version,
        phase=Phase(row.phase),
        waits_for=Role(row.waits_for) if row.waits_for else None,
        owner=_person(row.owner_id, row.owner),
        assignee=_person(row.assignee_id, row.assignee),
        outcome=row.outcome,
        closed_at=row.closed_at,
        taken={name: _taken(value) for name, value in (row.taken or {}).items()},
        clocks=runs_of(row.clocks),
        walled_off=tuple(row.walled_off or ()),
    )
    return StoredCase(
        case=case,
        org_id=row.org_id,
        applicant_id=row.applicant_id,
        region=region,
        calendar=calendar,
        last_hash=row.last_hash,
        applicant_key=WrappedKey(row.key_id, row.wrapped_key),
    )


def _person(user_id: UUID | None, known: list[Any] | None) -> Person | None:
    if user_id is None or known is None:
        return None
    username, name, role, org_path, active = known
    return Person(user_id, username, name, Role(role), org_path, active)


def _taken(value: Mapping[str, Any]) -> Taken:
    return Taken(
        by=UUID(value["by"]) if value["by"] else None,
        role=Role(value["role"]),
        at=datetime.fromisoformat(value["at"]),
        times=value["times"],
        given=value["given"],
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
