"""Who sees which cases: one WHERE, used by every list, look-up, search, report and export.

The queue keeps the same rule in its own tables; see `records.queue`.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, select

from casework.records.org_tree import OrgTree
from casework.records.tables import cases, orgs
from casework.rules.people import HELPERS, Person, Role

PLACES: Final = "%(orgs)s::uuid[]"
"""The ids of the organisations that somebody sees, where these are several but not all."""
_SEES_BELOW: Final = (Role.CASEWORKER, Role.SUPERVISOR, Role.AUDITOR)


class Conditions(NamedTuple):
    """Conditions of a case `c` in SQL, and the values of the parameters in them."""

    where: tuple[str, ...] = ()
    values: Mapping[str, Any] = {}


def visible(person: Person) -> ColumnElement[bool]:
    """Staff and auditors see their organisation and below, helpers what is assigned to them, others nothing."""
    if person.role in HELPERS:
        return cases.c.assignee_id == person.id
    if person.role in _SEES_BELOW:
        return cases.c.org_id.in_(below(person.org_path))
    return false()


def below(org_path: str) -> Select[tuple[UUID]]:
    """The organisations at and below a path."""
    return select(orgs.c.id).where(orgs.c.path.startswith(org_path, autoescape=True))


def seen(person: Person, tree: OrgTree, org_path: str | None = None) -> Conditions | None:
    """Return the same rule for statements that are written as text, None where nothing is seen.

    `org_path` narrows it to the organisations at and below this path.
    """
    if person.role in HELPERS:
        place = _at_and_below(org_path, tree) if org_path is not None else Conditions()
        return Conditions(("c.assignee_id = %(me)s", *place.where), {"me": person.id, **place.values})
    if person.role not in _SEES_BELOW:
        return None
    if org_path is None or person.org_path.startswith(org_path):
        return _at_and_below(person.org_path, tree)
    return _at_and_below(org_path, tree) if org_path.startswith(person.org_path) else None


def _at_and_below(path: str, tree: OrgTree) -> Conditions:
    ids = tree.below(path)
    if ids is None:
        return Conditions()
    if len(ids) == 1:
        return Conditions(("c.org_id = %(org)s",), {"org": ids[0]})
    return Conditions((f"c.org_id = any({PLACES})",), {"orgs": f"{{{','.join(ids)}}}"})
