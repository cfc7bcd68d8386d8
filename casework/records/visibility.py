"""Who sees which cases: one WHERE, used by every list, look-up, search, report and export; and who waits for whom."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, func, select

from casework.records import offices
from casework.records.database import Tx
from casework.records.tables import cases, orgs, users
from casework.rules.casefile import HELPERS, STAFF, Person, Role


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


def of_org(tx: Tx, code: str) -> ColumnElement[bool]:
    """The cases of the organisation of this code and below; none where there is no such organisation."""
    org = offices.org(tx, code)
    return cases.c.org_id.in_(below(org.path)) if org else false()


def in_queue(person: Person) -> ColumnElement[bool]:
    """What waits for this person: visible open cases whose turn is the role's, whoever is in charge of them.

    What waits for caseworkers is shared out: staff have of it what is their own or in nobody's hands. So a supervisor
    finds, beside what is to be decided, what nobody has taken up.
    """
    turn = cases.c.waits_for == person.role.value
    if person.role in STAFF:
        mine = (cases.c.owner_id == person.id) | in_nobodys_hands()
        shared = (cases.c.waits_for == Role.CASEWORKER.value) & mine
        turn = shared if person.role is Role.CASEWORKER else turn | shared
    return visible(person) & cases.c.closed_at.is_(None) & turn


def in_nobodys_hands() -> ColumnElement[bool]:
    """Cases that nobody owns, or somebody who may own them no longer: `rules.rights.may_own` for the database."""
    owner, home, here = users.alias(), orgs.alias(), orgs.alias()
    still_there = exists().where(
        owner.c.id == cases.c.owner_id,
        owner.c.active,
        owner.c.role.in_([role.value for role in STAFF]),
        home.c.id == owner.c.org_id,
        here.c.id == cases.c.org_id,
        func.starts_with(here.c.path, home.c.path),
    )
    return cases.c.owner_id.is_(None) | ~still_there
