"""Who sees which cases: one WHERE, used by every list, look-up, search, report and export.

The queue keeps the same rule in its own tables; see `records.queue`.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, all_, and_, false, literal, or_, select

from casework.records.org_tree import OrgTree
from casework.records.tables import cases, orgs
from casework.rules.people import HELPERS, Person, Role

PLACES: Final = "%(orgs)s::uuid[]"
"""The ids of the organisations that somebody sees, where these are several but not all."""
NO_WALL: Final = "(c.walled_off is null or %(me)s <> all(c.walled_off))"
"""That no wall keeps a case from whoever asks, by one id: in each statement in which it is asked who sees a case.

Those that lock a case always have it; others only for people for whom there may be walls at all, so that the lists of
everybody else stay conditions of an index.
"""
_SEES_BELOW: Final = (Role.CASEWORKER, Role.SUPERVISOR, Role.AUDITOR)


class Conditions(NamedTuple):
    """Conditions of a case `c` in SQL, and the values of the parameters in them."""

    where: tuple[str, ...] = ()
    values: Mapping[str, Any] = {}


def visible(person: Person) -> ColumnElement[bool]:
    """Staff and auditors see their organisation and below, helpers what is assigned to them, others nothing.

    And nobody a case from which a wall keeps them.
    """
    if person.role in HELPERS:
        return and_(cases.c.assignee_id == person.id, *_walls(person))
    if person.role in _SEES_BELOW:
        return and_(cases.c.org_id.in_(below(person.org_path)), *_walls(person))
    return false()


def _walls(person: Person) -> tuple[ColumnElement[bool], ...]:
    return (no_wall(person.id),) if person.walled else ()


def no_wall(user_id: UUID) -> ColumnElement[bool]:
    """That no wall keeps a case from this user."""
    return or_(cases.c.walled_off.is_(None), literal(user_id, Uuid) != all_(cases.c.walled_off))


def below(org_path: str) -> Select[tuple[UUID]]:
    """The organisations at and below a path."""
    return select(orgs.c.id).where(orgs.c.path.startswith(org_path, autoescape=True))


def seen(person: Person, tree: OrgTree, org_path: str | None = None) -> Conditions | None:
    """Return the same rule for statements that are written as text, None where nothing is seen.

    `org_path` narrows it to the organisations at and below this path.
    """
    walls = (NO_WALL,) if person.walled else ()
    if person.role in HELPERS:
        place = _at_and_below(org_path, tree) if org_path is not None else Conditions()
        return Conditions(("c.assignee_id = %(me)s", *place.where, *walls), {"me": person.id, **place.values})
    if person.role not in _SEES_BELOW:
        return None
    if org_path is None or person.org_path.startswith(org_path):
        org_path = person.org_path
    elif not org_path.startswith(person.org_path):
        return None
    place = _at_and_below(org_path, tree)
    return Conditions((*place.where, *walls), {"me": person.id, **place.values} if walls else place.values)


def _at_and_below(path: str, tree: OrgTree) -> Conditions:
    ids = tree.below(path)
    if ids is None:
        return Conditions()
    if len(ids) == 1:
        return Conditions(("c.org_id = %(org)s",), {"org": ids[0]})
    return Conditions((f"c.org_id = any({PLACES})",), {"orgs": f"{{{','.join(ids)}}}"})
