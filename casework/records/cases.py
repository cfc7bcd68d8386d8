"""Cases: the only door to them. What you may not see does not exist."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import TextClause, select, text

from casework.records.clocks import runs_of
from casework.records.database import Tx
from casework.records.rows import Record
from casework.records.tables import cases
from casework.records.vault import WrappedKey
from casework.rules.casefile import HELPERS, CaseFile, Person, Phase, Role, Taken
from casework.rules.refusals import NotFound

# All that a decision needs of a case. What belongs to its organisation and people is looked up for the row as it is
# returned: joined to the row, it would be that of before wherever the row was waited for.
_READ: Final = """
select c.id, c.number, c.workflow, c.workflow_version, c.state, c.phase, c.waits_for, c.org_id, c.channel, c.urgent,
  c.applicant_id, {facts}, c.clocks, c.outcome, c.opened_at, c.updated_at, c.closed_at, c.version, c.last_hash,
  c.owner_id, c.assignee_id, a.key_id, a.wrapped_key,
  (select json_build_array(o.code, o.path, o.region, o.calendar) from casework.orgs o where o.id = c.org_id) as org,
  {owner} as owner, {assignee} as assignee{rules}
from {kept}casework.cases c join casework.applicants a on a.id = c.applicant_id
where {which}
"""
_PERSON: Final = """(select json_build_array(u.username, u.name, u.role, o.path, u.active)
    from casework.users u join casework.orgs o on o.id = u.org_id where u.id = c.{who}_id)"""
_LOCKED: Final = " for no key update of c"


def _statement(which: str, *, facts: str = "c.facts, c.taken", lock: bool = False) -> TextClause:
    """`lock` keeps the rules first and the case then, because whoever loads rules waits for cases."""
    read = _READ.format(
        which=which,
        facts=facts,
        rules=", rules.revision" if lock else "",
        kept="(select casework.keep_rules() as revision) as rules cross join " if lock else "",
        **{who: _PERSON.format(who=who) for who in ("owner", "assignee")},
    )
    return text(read + _LOCKED if lock else read)


# Who sees a case, as `records.visibility` has it; for one row and not for many, so that no join is needed.
_BY_ORG: Final = "starts_with((select o.path from casework.orgs o where o.id = c.org_id), :path)"
_ONE: Final = {
    (seen, lock): _statement(f"c.id = :id and {condition}", lock=lock)
    for seen, condition in {"all": "true", "below": _BY_ORG, "assigned": "c.assignee_id = :person"}.items()
    for lock in (False, True)
}
_SEVERAL: Final = _statement("c.id = any(:ids)")
# What grows with a case and no alert depends on; to read it doubled the work of the process that sweeps.
_FOR_THE_SWEEP: Final = _statement("c.id = any(:ids)", facts="null as facts, null as taken")


def get(tx: Tx, case_id: UUID, person: Person, *, lock: bool = False) -> Record:
    """The case if this person may see it; raises `NotFound`. `lock` keeps others out until the end."""
    if person.role in HELPERS:
        return _one(tx, "assigned", lock, id=case_id, person=person.id)
    if person.role in (Role.CASEWORKER, Role.SUPERVISOR, Role.AUDITOR):
        return _one(tx, "below", lock, id=case_id, path=person.org_path)
    raise NotFound()


def get_for_applicant(tx: Tx, case_id: UUID, *, lock: bool = False) -> Record:
    """The case for its applicant, whose tracking code was right."""
    return _one(tx, "all", lock, id=case_id)


def get_locked(tx: Tx, case_id: UUID) -> Record:
    """The case that this transaction has locked already, for time or for whoever found it in the queue."""
    return _one(tx, "all", False, id=case_id)


def lock_open_of(tx: Tx, owner_id: UUID) -> list[UUID]:
    """Keep everybody else from the open cases of this owner until the end; their ids."""
    owned = select(cases.c.id).where(cases.c.owner_id == owner_id, cases.c.closed_at.is_(None))
    return list(tx.run(owned.order_by(cases.c.id).with_for_update()).scalars())


def several(tx: Tx, case_ids: list[UUID]) -> dict[UUID, Record]:
    """These cases, for whoever has locked them."""
    return {row.id: record_of(row) for row in tx.all(_SEVERAL, ids=case_ids)}


def for_the_sweep(tx: Tx, case_ids: list[UUID]) -> dict[UUID, Record]:
    """These cases with their people and clocks only: without facts and deeds nothing is decided on them."""
    return {row.id: record_of(row) for row in tx.all(_FOR_THE_SWEEP, ids=case_ids)}


def _one(tx: Tx, seen: str, lock: bool, **values: Any) -> Record:
    row = tx.one(_ONE[seen, lock], **values)
    if row is None:
        raise NotFound()
    if lock:
        tx.revision = row.revision
    return record_of(row)


def record_of(row: Any) -> Record:
    """The record of a row as `_READ` gives it."""
    org_code, org_path, region, calendar = row.org
    file = CaseFile(
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
    )
    return Record(
        file=file,
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
