"""Cases as lists show them: what is read of each is in its own row, without facts and clocks."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from casework.records.case_lists import KEYS, CaseFilter, Order, PageKey, conditions
from casework.records.database import Query, Tx
from casework.records.org_tree import OrgTree
from casework.records.search import Shape, hits, shape_of, values_of
from casework.records.visibility import seen
from casework.rules.people import HELPERS, Person


class CaseSummary(msgspec.Struct, frozen=True, gc=False):
    """A case in a list, as the statement gives it: ids, dates and instants are written as PostgreSQL writes them.

    `due_*` are those of the clock that is due next of those that bind the case, `overdue` whether any is late by now.
    What is sensitive of the applicant is masked. `key` is what the list is ordered by.
    """

    id: str
    number: str
    workflow: str
    workflow_version: int
    state: str
    phase: str
    org_id: str
    channel: str
    urgent: bool
    applicant_name: str
    identity_number: str | None
    phone: str | None
    owner_id: str | None
    owner_username: str | None
    owner_name: str | None
    assignee_id: str | None
    assignee_username: str | None
    assignee_name: str | None
    waits_for: str | None
    opened_at: str
    updated_at: str
    closed_at: str | None
    outcome: str | None
    due_at: str | None
    due_on: str | None
    due_clock: str | None
    due_provisional: bool
    clock_overdue: bool
    overdue: bool
    version: int
    key: str


# People are looked up one by one too: a page names few of them, however many there are.
_SUMMARY: Final = """select c.id::text, c.number, c.workflow, c.workflow_version, c.state, c.phase, c.org_id::text,
  c.channel, c.urgent, c.applicant_name, c.facts #>> '{{applicant,identity_number}}', c.facts #>> '{{applicant,phone}}',
  c.owner_id::text, owner.username, owner.name, c.assignee_id::text, assignee.username, assignee.name, c.waits_for,
  c.opened_at::text, c.updated_at::text, c.closed_at::text, c.outcome, c.due_at::text, c.due_on::text, c.due_clock,
  c.due_provisional, coalesce(c.due_at < %(now)s and not c.due_provisional, false),
  coalesce(c.late_at < %(now)s, false), c.version, {key}::text
from {cases}
left join lateral (select u.username, u.name from casework.users u where u.id = c.owner_id limit 1) as owner on true
left join lateral
  (select u.username, u.name from casework.users u where u.id = c.assignee_id limit 1) as assignee on true
order by {order}"""


def summaries_of(cases: str, key: str, order: str) -> Query[CaseSummary]:
    """Return the query of the summaries of cases: items of FROM of which one is `c`, their key and their order.

    It takes the instant `now`.
    """
    return Query(_SUMMARY.format(cases=cases, key=key, order=order), CaseSummary)


def each_of(rows: str, case_id: str) -> str:
    """Return items of FROM: these rows, and as `c` the case of each, looked up one by one however many there are."""
    return f"{rows} cross join lateral (select * from casework.cases c where c.id = {case_id} limit 1) as c"


def page(
    tx: Tx,
    person: Person,
    tree: OrgTree,
    wanted: CaseFilter,
    limit: int,
    *,
    order: Order = "due_at",
    after: PageKey | None = None,
) -> list[CaseSummary]:
    """Return the visible cases that a filter finds, in this order, at most `limit`, after another one."""
    found = _found(tx, person, tree, wanted)
    if found is None:
        return []
    if after:
        found.values.update(key=after[0], id=after[1])
    return tx.ask(_page(found.where, found.search, limit, order, after is not None), found.values)


def by_ids(tx: Tx, person: Person, tree: OrgTree, case_ids: Sequence[UUID]) -> list[CaseSummary]:
    """Return those of these cases that are visible, by id."""
    found = seen(person, tree)
    if found is None:
        return []
    return tx.ask(_by_ids(found.where), {**found.values, "now": tx.now, "ids": list(case_ids)})


def count(tx: Tx, person: Person, tree: OrgTree, wanted: CaseFilter, most: int) -> int:
    """Return how many visible cases a filter finds, counted no further than `most`."""
    found = _found(tx, person, tree, wanted)
    return tx.ask(_count(found.where, found.search, most), found.values)[0] if found else 0


class _Found(NamedTuple):
    """What the statement of a list depends on, and its values; None for `search` where nothing is searched."""

    where: tuple[str, ...]
    search: Shape | None
    values: dict[str, Any]


def _found(tx: Tx, person: Person, tree: OrgTree, wanted: CaseFilter) -> _Found | None:
    found = conditions(wanted, person, tree)
    if found is None:
        return None
    values = {**found.values, "now": tx.now}
    if wanted.search is None:
        return _Found(found.where, None, values)
    if person.role in HELPERS:
        # Whom one may not see named one does not find by the name either: only by the number of the case.
        words = (
            f"strpos(split_part(c.search_text, chr(10), 1), %(word_{n})s) > 0" for n in range(len(wanted.search.words))
        )
        number = " and ".join(words) or "false"
        found = found._replace(where=(*found.where, f"(c.phase <> 'assignment' or {number})"))
    shape = shape_of(wanted.search)
    return _Found(found.where, shape, values | values_of(wanted.search)) if any(shape) else None


# Statements are written once for each set of filters. How many rows are wanted is part of them: PostgreSQL plans a
# statement once for all values, and would plan for a tenth of all cases.
@lru_cache(1_000)
def _page(where: tuple[str, ...], search: Shape | None, many: int, order: Order, after: bool) -> Query[CaseSummary]:
    key, sign, way = (KEYS[order], "<", " desc") if order.startswith("-") else (KEYS[order], ">", "")
    by = f"{key}{way}, c.id{way}"
    last = f"{by} limit {many}"
    if after:
        where = (*where, f"({key}, c.id) {sign} (%(key)s, %(id)s)")
    if search is None:
        return summaries_of(f"(select * from casework.cases c{_filters(where)} order by {last}) as c", key, by)
    return summaries_of(each_of(f"({hits(search, where, last)}) as hit", "hit.id"), key, last)


@lru_cache(1_000)
def _count(where: tuple[str, ...], search: Shape | None, most: int) -> Query[int]:
    found = f"select c.id from casework.cases c{_filters(where)}"
    if search is not None:
        found = hits(search, where, f"c.opened_at desc, c.id desc limit {most}")
    return Query(f"select count(*) from ({found} limit {most}) as found", int)


@cache
def _by_ids(where: tuple[str, ...]) -> Query[CaseSummary]:
    found = f"select * from casework.cases c{_filters(('c.id = any(%(ids)s)', *where))}"
    return summaries_of(f"({found}) as c", "c.id", "c.id")


def _filters(where: Iterable[str]) -> str:
    return f" where {' and '.join(where)}" if where else ""
