"""Who sees which cases: one WHERE, used by every list, look-up, search, report and export.

The queue keeps the same rule in its own tables; see `records.queue`.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, select

from casework.records.tables import cases, orgs
from casework.rules.casefile import HELPERS, Person, Role


def visible(person: Person) -> ColumnElement[bool]:
    """Staff and auditors see their organisation and below, helpers what is assigned to them, others nothing."""
    if person.role in HELPERS:
        return cases.c.assignee_id == person.id
    if person.role in (Role.CASEWORKER, Role.SUPERVISOR, Role.AUDITOR):
        return cases.c.org_id.in_(below(person.org_path))
    return false()


def below(org_path: str) -> Select[tuple[UUID]]:
    """The organisations at and below a path."""
    return select(orgs.c.id).where(orgs.c.path.startswith(org_path, autoescape=True))
