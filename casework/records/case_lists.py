"""How lists of cases are filtered, ordered and paged: what is asked for, typed, and the SQL of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_

from casework.records.tables import cases, look_ups
from casework.records.visibility import below

Order = Literal["due_at", "-opened_at", "-closed_at"]
"""By due time, those without one last; newest first; closed last first, open ones at the end."""
PageKey = tuple[datetime, UUID]
"""The key of a row in an order, with the id of its case: a page begins after it."""
# A case without a due time sorts last, under the key that the column `due_key` gives it.
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
# A case that is still open sorts after all closed ones.
_NOT_YET: Final = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Search:
    """Every one of the `words`, folded, in the number or a name; or one of `numbers`, blind indexes by their kind."""

    words: Sequence[str]
    numbers: Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant on, and up to another one that is not part of it; None leaves a side open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a case of the list must be; what is None is not asked for.

    `org_path` takes in the organisations at and below it. An owner or assignee is a user's id, or `none` for nobody.
    """

    workflows: Sequence[str] | None = None
    states: Sequence[str] | None = None
    phases: Sequence[str] | None = None
    org_path: str | None = None
    owner: UUID | Literal["none"] | None = None
    assignee: UUID | Literal["none"] | None = None
    open: bool | None = None
    overdue: bool | None = None
    urgent: bool | None = None
    due_before: datetime | None = None
    opened: Span = Span()
    closed: Span = Span()
    search: Search | None = None


def conditions(wanted: CaseFilter, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions of a filter; a case is overdue at the instant `now`."""
    found: list[ColumnElement[bool]] = []
    for name, values in (("workflow", wanted.workflows), ("state", wanted.states), ("phase", wanted.phases)):
        if values is not None:
            found.append(cases.c[name].in_(values))
    if wanted.org_path is not None:
        found.append(cases.c.org_id.in_(below(wanted.org_path)))
    for column, who in ((cases.c.owner_id, wanted.owner), (cases.c.assignee_id, wanted.assignee)):
        if who is not None:
            found.append(column.is_(None) if who == "none" else column == who)
    late = func.coalesce(cases.c.late_at < now, false())
    for switch, on in (
        (cases.c.closed_at.is_(None), wanted.open),
        (late, wanted.overdue),
        (cases.c.urgent, wanted.urgent),
    ):
        if on is not None:
            found.append(switch if on else ~switch)
    if wanted.due_before is not None:
        found.append(cases.c.due_key < min(wanted.due_before, _NEVER))
    for column, span in ((cases.c.opened_at, wanted.opened), (cases.c.closed_at, wanted.closed)):
        found += [column >= span.start] if span.start is not None else []
        found += [column < span.end] if span.end is not None else []
    return [*found, _found(wanted.search)] if wanted.search is not None else found


def _found(search: Search) -> ColumnElement[bool]:
    named = [cases.c.search_text.contains(word, autoescape=True) for word in search.words]
    found: ColumnElement[bool] = and_(*named) if named else false()
    for kind, digest in search.numbers:
        same = select(look_ups.c.case_id).where(look_ups.c.kind == kind, look_ups.c.digest == digest)
        found = or_(found, cases.c.id.in_(same))
    return found


def ordered(order: Order) -> list[ColumnElement[Any]]:
    """Return what a list in this order is sorted by."""
    column, newest = _key(order)
    return [column.desc(), cases.c.id.desc()] if newest else [column, cases.c.id]


def beyond(order: Order, after: PageKey) -> ColumnElement[bool]:
    """Return the condition of coming after this in the order."""
    column, newest = _key(order)
    row, place = tuple_(column, cases.c.id), tuple_(*after)
    return row < place if newest else row > place


def key_of(order: Order, *, opened_at: datetime, closed_at: datetime | None, due_key: datetime) -> datetime:
    """Return the key of a case in this order, as `PageKey` has it."""
    match order:
        case "-opened_at":
            return opened_at
        case "-closed_at":
            return closed_at or _NOT_YET
        case "due_at":
            return due_key


def _key(order: Order) -> tuple[ColumnElement[Any], bool]:
    """By which column the list is ordered, and whether the latest comes first."""
    match order:
        case "-opened_at":
            return cases.c.opened_at, True
        case "-closed_at":
            return func.coalesce(cases.c.closed_at, _NOT_YET), True
        case "due_at":
            return cases.c.due_key, False
