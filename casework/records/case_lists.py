"""How lists of cases are filtered, ordered and paged: what is asked for, typed, and the SQL of it.

In all SQL here a case is `c`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from casework.records.org_tree import OrgTree
from casework.records.search import Search
from casework.records.visibility import Conditions, seen
from casework.rules.people import Person

Order = Literal["due_at", "-opened_at", "-closed_at"]
"""By due time, those without one last; newest first; closed last first, open ones at the end."""
PageKey = tuple[datetime, UUID]
"""The key of a row in an order, with the id of its case: a page begins after it."""
# A case without a due time sorts last, under the key that the column `due_key` gives it.
NEVER: Final = "9999-01-01 00:00:00+00:00"
KEYS: Final[Mapping[Order, str]] = {
    "due_at": "c.due_key",
    "-opened_at": "c.opened_at",
    # A case that is still open sorts after all closed ones.
    "-closed_at": "coalesce(c.closed_at, '1900-01-01 00:00:00+00'::timestamptz)",
}


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


def conditions(wanted: CaseFilter, person: Person, tree: OrgTree) -> Conditions | None:
    """Return the conditions of a filter for what this person sees, but for the search; None where that is nothing.

    A case is overdue at the instant `now`, which is among the parameters.
    """
    place = seen(person, tree, wanted.org_path)
    if place is None:
        return None
    where, values = list(place.where), dict(place.values)
    for name, asked in (("workflow", wanted.workflows), ("state", wanted.states), ("phase", wanted.phases)):
        if asked is not None:
            where.append(f"c.{name} = %({name})s" if len(asked) == 1 else f"c.{name} = any(%({name})s)")
            values[name] = asked[0] if len(asked) == 1 else list(asked)
    for name, who in (("owner", wanted.owner), ("assignee", wanted.assignee)):
        if who is not None:
            where.append(f"c.{name}_id is null" if who == "none" else f"c.{name}_id = %({name})s")
            values[name] = who
    if wanted.open is not None:
        where.append("c.closed_at is null" if wanted.open else "c.closed_at is not null")
    if wanted.overdue is not None:
        where.append("c.late_at < %(now)s" if wanted.overdue else "coalesce(c.late_at >= %(now)s, true)")
    if wanted.urgent is not None:
        where.append("c.urgent" if wanted.urgent else "not c.urgent")
    if wanted.due_before is not None:
        where.append("c.due_key < %(due_before)s")
        values["due_before"] = min(wanted.due_before, datetime.fromisoformat(NEVER))
    for name, span in (("opened", wanted.opened), ("closed", wanted.closed)):
        for side, at, sign in (("from", span.start, ">="), ("to", span.end, "<")):
            if at is not None:
                where.append(f"c.{name}_at {sign} %({name}_{side})s")
                values[f"{name}_{side}"] = at
    return Conditions(tuple(where), values)
