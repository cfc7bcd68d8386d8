"""The figures of the SLA report and the cases behind them: one statement over the clocks started in a span of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CTE, and_, case, func, literal, select, true, tuple_

from casework.records.database import Tx
from casework.records.tables import cases, clocks, orgs, users
from casework.records.visibility import visible
from casework.rules.people import Person

KEYS: Final = ("workflow", "org", "clock", "month", "owner")
STANDINGS: Final = ("met", "breached", "open", "cancelled")

_STEP: Final = 360
"""A tenth of a working hour, in seconds."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which clocks count: started in `[start, end)`, owed by these, of cases that this person may see.

    `org_path` keeps to the organisations at and below a path, `workflow` to one workflow, `owner` to what was in the
    hands of one user; `zone` says in which
    month a clock started.
    """

    person: Person
    start: datetime
    end: datetime
    zone: ZoneInfo
    owed_by: tuple[str, ...]
    org_path: str | None = None
    workflow: str | None = None
    owner: UUID | None = None


def figures(tx: Tx, scope: Scope, group_by: Sequence[str]) -> tuple[list[Any], Any]:
    """The rows in the order of their keys, and the total, all of one snapshot.

    A row has its keys, how many clocks are `met, breached, open, cancelled`, how many of those not cancelled are due at
    a `provisional` time, and the `median` and `p90` of the ended ones in tenths of working hours, None where none has
    ended.
    """
    clock = _clocks(tx, scope)
    keys = [clock.c[key] for key in group_by]
    # A plan made for any span and any organisation walks from the organisations to their clocks one by one; one
    # made for these values costs a millisecond and reads several times faster.
    tx.run("set local plan_cache_mode to force_custom_plan")
    # `counted` is true in every row and null in the total, so that the two differ even where nothing is grouped by.
    # percentile_disc is the nearest rank.
    found = tx.all(
        select(
            *keys,
            *(func.count().filter(clock.c.standing == standing).label(standing) for standing in STANDINGS),
            func.count().filter(clock.c.provisional, clock.c.standing != "cancelled").label("provisional"),
            func.percentile_disc(0.5).within_group(clock.c.tenths).label("median"),
            func.percentile_disc(0.9).within_group(clock.c.tenths).label("p90"),
        )
        .group_by(func.grouping_sets(tuple_(clock.c.counted, *keys), tuple_()))
        .order_by(clock.c.counted, *keys)
    )
    return list(found[:-1]), found[-1]


def drill_down(
    tx: Tx,
    scope: Scope,
    row: Mapping[str, str],
    standings: Sequence[str],
    limit: int,
    after: UUID | None = None,
) -> list[UUID]:
    """The cases whose clocks a row counts as one of `standings`, by id, at most `limit`, after the given one."""
    clock = _clocks(tx, scope)
    query = (
        select(clock.c.case_id)
        .distinct()
        .where(clock.c.standing.in_(standings))
        .where(*(clock.c[key] == value for key, value in row.items()))
        .order_by(clock.c.case_id)
        .limit(limit)
    )
    return [found.case_id for found in tx.all(query.where(clock.c.case_id > after) if after else query)]


def _clocks(tx: Tx, scope: Scope) -> CTE:
    """One row for each clock that counts: its keys, where it stands, and how long it took.

    The keys are texts; the owner of what nobody owns is the empty one. Owner and organisation are those at the
    clock's end, or the case's while it is open. Late is judged by the due time as it now stands: it may have been
    derived anew since the clock ended. By a provisional one nothing is late.
    """
    still_open = clocks.c.ended_at.is_(None)
    cancelled = clocks.c.status == "cancelled"
    late = ~clocks.c.provisional & (clocks.c.due_at < func.coalesce(clocks.c.ended_at, tx.now))
    standing = case((cancelled, "cancelled"), (late, "breached"), (still_open, "open"), else_="met")
    rounded_half_up = (clocks.c.working_seconds + _STEP // 2) // _STEP
    query = (
        select(
            literal(True).label("counted"),
            clocks.c.case_id,
            cases.c.workflow,
            orgs.c.code.label("org"),
            clocks.c.name.label("clock"),
            func.to_char(func.timezone(scope.zone.key, clocks.c.started_at), "YYYY-MM").label("month"),
            func.coalesce(users.c.username, "").label("owner"),
            standing.label("standing"),
            clocks.c.provisional,
            case((and_(~still_open, ~cancelled), rounded_half_up)).label("tenths"),
        )
        .select_from(clocks)
        .join(cases, clocks.c.case_id == cases.c.id)
        .join(orgs, orgs.c.id == case((still_open, cases.c.org_id), else_=clocks.c.end_org_id))
        .outerjoin(users, users.c.id == case((still_open, cases.c.owner_id), else_=clocks.c.end_owner_id))
        .where(
            clocks.c.started_at >= scope.start,
            clocks.c.started_at < scope.end,
            clocks.c.owed_by.in_(scope.owed_by),
            visible(scope.person),
            cases.c.workflow == scope.workflow if scope.workflow else true(),
            users.c.id == scope.owner if scope.owner else true(),
            orgs.c.path.startswith(scope.org_path, autoescape=True) if scope.org_path else true(),
        )
    )
    return query.cte("clock")
