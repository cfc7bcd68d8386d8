"""The queue: what waits for whom, in which order; a page of it, the next case to claim, and its numbers.

What staff share out among themselves stands in `queue_entries`, once for the organisation of the case and once for each
above it. What waits for caseworkers and has an owner is that owner's only, and what waits for helpers is that of the
one who helps; both are found by their person. Each of these branches comes in the order of an index, and a page merges
them, so that it costs the same for a street and for a province.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from casework.records import cases
from casework.records.case_lists import NEVER
from casework.records.cases import CaseRow
from casework.records.database import Query, Tx
from casework.records.rows import StoredCase
from casework.records.summaries import CaseSummary, each_of, summaries_of
from casework.records.visibility import NO_WALL
from casework.rules.people import HELPERS, STAFF, Person, Role

_TRIED: Final = 10
"""So many cases at the head of the queue are tried to be claimed before all are: others may claim the same ones."""


class PageKey(NamedTuple):
    """The key of a case in the order of the queue: a page begins after it.

    The most urgent come first, among these those that the law puts first, then what is due first.
    """

    precedence: int
    due_key: datetime
    case_id: UUID


Hands = Literal["none", "me"]
"""In nobody's hands, or in those of whoever asks."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the queue: of the organisation at this path and below, of one workflow, of one phase, and so on.

    The due time lies at or after `due_from` and before `due_before`.
    """

    org_path: str | None = None
    workflow: str | None = None
    phase: str | None = None
    owner: Hands | None = None
    urgent: bool | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None


class Numbers(NamedTuple):
    """How many cases of a queue are overdue, due later today, and due later this week."""

    overdue: int
    today: int
    week: int


def page(tx: Tx, person: Person, part: Part, limit: int, after: PageKey | None = None) -> list[CaseSummary]:
    """Return what waits for this person, in the order of the queue, at most `limit` cases, after this key.

    A caseworker's are the own ones and those in nobody's hands; a supervisor's are those that wait for a supervisor,
    whoever owns them, and of what waits for caseworkers the same as a caseworker's; a helper's are the assigned ones.
    """
    branches, values = _branches_of(person.role, part), _values(person, part)
    if not branches or values is None:
        return []
    if after:
        values |= after._asdict()
    return tx.ask(_page(branches, tuple(values), limit), {**values, "now": tx.now})


def page_key_of(summary: CaseSummary) -> tuple[int, str, str]:
    """Return the key after which the next page of the queue begins, each part as a cursor holds it."""
    return int(summary.key), summary.due_at or NEVER, summary.id


def counts(tx: Tx, person: Person, parts: Mapping[str, Part], most: int) -> dict[str, int]:
    """Return by name how many cases each part of this person's queue has, none counted further than `most`."""
    counted: dict[str, int] = dict.fromkeys(parts, 0)
    asked: list[tuple[str, tuple[_Branch, ...], tuple[str, ...]]] = []
    values: dict[str, Any] = {}
    for name, part in parts.items():
        branches, its = _branches_of(person.role, part), _values(person, part)
        if branches and its is not None:
            asked.append((name, branches, tuple(its)))
            values |= {f"{name}_{key}": value for key, value in its.items()}
    if asked:
        counted |= dict(zip((name for name, *_ in asked), tx.ask(_counts(tuple(asked), most), values)[0], strict=True))
    return counted


def lock_next(tx: Tx, person: Person, part: Part) -> StoredCase | None:
    """Return the first case of this person's queue that nobody owns, locked, or None when there is none.

    What others are claiming at the same moment is passed over, so that two never get the same one.
    """
    free = tuple(branch for branch in _branches(person.role) if branch.free)
    values = _values(person, part)
    if not free or values is None:
        return None
    given = tuple(values)
    found = tx.ask(_next(free, given, _TRIED), values) or tx.ask(_next(free, given, None), values)
    return cases.locked_record(tx, found[0]) if found else None


def numbers(tx: Tx, person: Person, tonight: datetime, sunday: datetime) -> Numbers:
    """Return the numbers of this person's queue as of now, up to midnight of today and of Sunday."""
    branches, values = _branches(person.role), _values(person, Part())
    if not branches or values is None:
        return Numbers(0, 0, 0)
    query = _numbers(branches, tuple(values))
    return tx.ask(query, {**values, "now": tx.now, "tonight": tonight, "sunday": sunday})[0]


class _Branch(NamedTuple):
    """What waits for one role: shared among staff, owned or not, or of one person."""

    turn: Role
    owned: bool = False
    of: str | None = None

    @property
    def free(self) -> bool:
        """Whether nobody owns these."""
        return self.of is None and not self.owned


def _branches(role: Role) -> tuple[_Branch, ...]:
    if role in HELPERS:
        return (_Branch(role, of="assignee_id"),)
    if role not in STAFF:
        return ()
    caseworkers = (_Branch(Role.CASEWORKER), _Branch(Role.CASEWORKER, of="owner_id"))
    if role is Role.CASEWORKER:
        return caseworkers
    return (*caseworkers, _Branch(Role.SUPERVISOR), _Branch(Role.SUPERVISOR, owned=True))


# Parameters by name, each with the condition that it adds to every branch, or to those of one person.
_CONDITIONS: Final = {
    "workflow": "workflow = %(workflow)s",
    "phase": "phase = %(phase)s",
    "urgent": "(precedence < 2) = %(urgent)s",
    "due_from": "due_key >= %(due_from)s",
    "due_before": "due_key < %(due_before)s",
    "due_key": "(precedence, due_key, case_id) > (%(precedence)s, %(due_key)s, %(case_id)s)",
}
_BOUNDS: Final = frozenset(("due_from", "due_before"))
_PARAMETER: Final = re.compile(r"%\(")
_WITHIN: Final = "org_id in (select id from casework.orgs where starts_with(path, %(within)s))"
_SHARED: Final = "select case_id, precedence, due_key, workflow, phase from casework.queue_entries c where {conditions}"
_PERSONAL: Final = """select id as case_id,
  (case when urgent then 0 else 2 end + case when first_in_line then 0 else 1 end)::smallint as precedence,
  due_key, workflow, phase from casework.cases c where {conditions}"""


def _branches_of(role: Role, part: Part) -> tuple[_Branch, ...]:
    branches = _branches(role)
    if part.owner == "none":
        return tuple(branch for branch in branches if branch.free)
    if part.owner == "me":
        return tuple(branch for branch in branches if branch.of)
    return branches


def _values(person: Person, part: Part) -> dict[str, Any] | None:
    """The parameters for this person and part; None where the part lies outside the person's organisation."""
    values: dict[str, Any] = {
        "me": person.id,
        "workflow": part.workflow,
        "phase": part.phase,
        "urgent": part.urgent,
        "due_from": part.due_from,
        "due_before": part.due_before,
        "walled": person.walled or None,
    }
    path = person.org_path
    if part.org_path is not None:
        if part.org_path.startswith(path) or person.role in HELPERS:
            path = values["within"] = part.org_path
        elif not path.startswith(part.org_path):
            return None
    values |= {"org": path.rstrip("/").rpartition("/")[2], "path": path}
    return {name: value for name, value in values.items() if value is not None}


def _merged(branches: Iterable[_Branch], given: Collection[str], many: int | None) -> str:
    """The branches in one order, no more of each and of all than so many."""
    conditions = [one for name, one in _CONDITIONS.items() if name in given]
    filters = f" where {' and '.join(conditions)}" if conditions else ""
    order = f"order by precedence, due_key, case_id limit {many}" if many else ""
    # Where a due time bounds it, each precedence is a range of the index of its own; else a whole queue would be read.
    each = [f" and precedence = {n}" for n in range(4)] if _BOUNDS.intersection(given) else [""]
    parts = [
        f"(select * from ({_branch(one, given, within)}) as branch{filters} {order})"
        for one in branches
        for within in (each if one.of is None else [""])
    ]
    # In brackets of its own, so that of each branch is read only what comes before the end of the page.
    return f"select * from ({' union all '.join(parts)}) as merged {order}" if len(parts) > 1 else parts[0]


def _branch(branch: _Branch, given: Collection[str], within: str) -> str:
    walls = f" and {NO_WALL}" if "walled" in given else ""
    if branch.of is None:
        shared = f"org_code = %(org)s and turn = '{branch.turn}' and owned = {branch.owned}{walls}{within}"
        return _SHARED.format(conditions=shared)
    within = f" and {_WITHIN}" if "within" in given else ""
    mine = f"{branch.of} = %(me)s and waits_for = '{branch.turn}' and closed_at is null{walls}{within}"
    return _PERSONAL.format(conditions=mine)


# Statements are written once for each role, set of parameters and number of rows.
@cache
def _page(branches: tuple[_Branch, ...], given: tuple[str, ...], many: int) -> Query[CaseSummary]:
    waiting = f"({_merged(branches, given, many)}) as waiting"
    return summaries_of(
        each_of(waiting, "waiting.case_id"),
        "waiting.precedence",
        "waiting.precedence, waiting.due_key, waiting.case_id",
    )


@cache
def _counts(parts: tuple[tuple[str, tuple[_Branch, ...], tuple[str, ...]], ...], most: int) -> Query[tuple[int, ...]]:
    each = (
        f"(select count(*) from ({_PARAMETER.sub(f'%({name}_', _merged(branches, given, most))}) as part)"
        for name, branches, given in parts
    )
    return Query(f"select {', '.join(each)}", lambda *numbers: numbers)


@cache
def _next(branches: tuple[_Branch, ...], given: tuple[str, ...], many: int | None) -> Query[CaseRow]:
    # What made the case wait here is looked at again in the locked row: it may have moved since the statement began.
    turns = ", ".join(f"'{branch.turn}'" for branch in branches)
    phase = " and head.phase = %(phase)s" if "phase" in given else ""
    first = f"""select head.id from ({_merged(branches, given, many)}) as tried
        join casework.cases head on head.id = tried.case_id
        where rules.revision is not null and head.owner_id is null and head.closed_at is null
          and head.waits_for in ({turns}){phase}
          and {NO_WALL.replace("c.", "head.")}
          and exists (select 1 from casework.orgs o where o.id = head.org_id and starts_with(o.path, %(path)s))
        order by tried.precedence, tried.due_key, tried.case_id limit 1 for no key update of head skip locked"""
    return cases.locking("true", f"cross join lateral ({first}) as first join casework.cases c on c.id = first.id")


@cache
def _numbers(branches: tuple[_Branch, ...], given: tuple[str, ...]) -> Query[Numbers]:
    return Query(
        f"""select count(*) filter (where c.late_at < %(now)s),
              count(*) filter (where c.due_at >= %(now)s and c.due_at <= %(tonight)s),
              count(*) filter (where c.due_at > %(tonight)s and c.due_at <= %(sunday)s)
            from ({_merged(branches, given, None)}) as waiting join casework.cases c on c.id = waiting.case_id""",
        Numbers,
    )
