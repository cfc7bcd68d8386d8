"""Cases as lists show them: what is read of each is in its own row, without facts and clocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from casework.records.case_lists import CaseFilter, Order, PageKey, beyond, conditions, key_of, ordered
from casework.records.database import Tx
from casework.records.tables import cases, orgs, users
from casework.records.visibility import visible
from casework.rules.casefile import Person
from casework.rules.clocks import Due

_owner, _assignee = users.alias("owner"), users.alias("assignee")
_OWN_COLUMNS: Final = (
    "id", "number", "workflow", "workflow_version", "state", "phase", "channel", "urgent", "outcome", "waits_for",
    "opened_at", "updated_at", "closed_at", "late_at", "version", "due_key",
)  # fmt: skip
SUMMARY: Final = select(
    *(cases.c[name] for name in _OWN_COLUMNS),
    *(cases.c[name] for name in ("due_at", "due_on", "due_clock", "due_provisional", "owner_id", "assignee_id")),
    cases.c.facts["applicant"].label("applicant"),
    orgs.c.code.label("org_code"),
    *(alias.c[name].label(f"{alias.name}_{name}") for alias in (_owner, _assignee) for name in ("username", "name")),
).select_from(
    cases.join(orgs, cases.c.org_id == orgs.c.id)
    .outerjoin(_owner, cases.c.owner_id == _owner.c.id)
    .outerjoin(_assignee, cases.c.assignee_id == _assignee.c.id)
)


@dataclass(frozen=True, slots=True)
class UserName:
    """A user as a list names one."""

    id: UUID
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case in a list. `due` and `due_clock` are those of the clock that is due next of those that bind the case.

    `applicant` is that of the facts, with what is sensitive masked; `due_key` is what lists by due time page by.
    """

    id: UUID
    number: str
    workflow: str
    workflow_version: int
    state: str
    phase: str
    channel: str
    urgent: bool
    outcome: str | None
    waits_for: str | None
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    late_at: datetime | None
    version: int
    due_key: datetime
    org_code: str
    applicant: Mapping[str, Any]
    owner: UserName | None
    assignee: UserName | None
    due: Due | None
    due_clock: str | None


def summary_of(row: Any) -> CaseSummary:
    """Return the summary of a row that has the columns of `SUMMARY`."""
    return CaseSummary(
        **{name: getattr(row, name) for name in _OWN_COLUMNS},
        org_code=row.org_code,
        applicant=row.applicant or {},
        owner=UserName(row.owner_id, row.owner_username, row.owner_name) if row.owner_id else None,
        assignee=UserName(row.assignee_id, row.assignee_username, row.assignee_name) if row.assignee_id else None,
        due=Due(row.due_at, row.due_on, row.due_provisional) if row.due_at else None,
        due_clock=row.due_clock,
    )


def page(
    tx: Tx, person: Person, wanted: CaseFilter, limit: int, *, order: Order = "due_at", after: PageKey | None = None
) -> list[CaseSummary]:
    """Return the visible cases that a filter finds, in this order, at most `limit`, after another one."""
    filters = [visible(person), *conditions(wanted, tx.now), *([beyond(order, after)] if after else [])]
    chosen = select(cases.c.id).where(*filters).order_by(*ordered(order)).limit(limit).subquery()
    rows = tx.all(_joined(chosen, chosen.c.id).order_by(*ordered(order)))
    return [summary_of(row) for row in rows]


def by_ids(tx: Tx, person: Person, case_ids: Sequence[UUID]) -> list[CaseSummary]:
    """Return those of these cases that are visible, by id."""
    rows = tx.all(SUMMARY.where(visible(person), cases.c.id.in_(case_ids)).order_by(cases.c.id))
    return [summary_of(row) for row in rows]


def page_key_of(order: Order, summary: CaseSummary) -> PageKey:
    """Return the key after which the next page begins."""
    key = key_of(order, opened_at=summary.opened_at, closed_at=summary.closed_at, due_key=summary.due_key)
    return key, summary.id


def count(tx: Tx, person: Person, wanted: CaseFilter, most: int) -> int:
    """Return how many visible cases a filter finds, counted no further than `most`."""
    chosen = select(cases.c.id).where(visible(person), *conditions(wanted, tx.now)).limit(most).subquery()
    return int(tx.run(select(func.count()).select_from(chosen)).scalar_one())


def _joined(chosen: Any, case_id: ColumnElement[UUID]) -> Select[Any]:
    """The summaries of chosen cases."""
    return SUMMARY.join(chosen, case_id == cases.c.id)
