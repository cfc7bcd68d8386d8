"""Figures of an office: how old its open cases are, with whom they are, and how long they stay in each state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CTE, ColumnElement, Date, Integer, and_, case, cast, func, or_, select

from casework.records.database import Tx
from casework.records.tables import cases, events, offers, orgs, users
from casework.records.visibility import below, visible
from casework.rules.offers import TURNED_DOWN
from casework.rules.people import HELPERS, Person, Role

BANDS: Final = ((0, 7), (8, 15), (16, 30), (31, 90), (91, None))
"""How old an open case is, in days from the day on which it was opened: at least, at most; the last without end."""

_TENTH: Final = 8_640
"""A tenth of a day, in seconds."""


@dataclass(frozen=True, slots=True)
class Part:
    """Which cases count: those that this person may see, with `owner` only those of this user.

    `org_path` keeps to the organisations at and below a path, `workflow` to one workflow.
    """

    person: Person
    owner: UUID | None = None
    org_path: str | None = None
    workflow: str | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What a case must be."""
        found = [visible(self.person)]
        if self.owner is not None:
            found.append(cases.c.owner_id == self.owner)
        if self.org_path is not None:
            found.append(cases.c.org_id.in_(below(self.org_path)))
        if self.workflow is not None:
            found.append(cases.c.workflow == self.workflow)
        return found


def _late(tx: Tx) -> ColumnElement[bool]:
    return func.coalesce(cases.c.late_at < tx.now, False)


def ageing(tx: Tx, part: Part, today: date, zone: ZoneInfo) -> list[Any]:
    """For each band of `BANDS` how many cases are `open`, and how many of these are `late`; in their order."""
    age = today - cast(func.timezone(zone.key, cases.c.opened_at), Date)
    last = len(BANDS) - 1
    band = case(*((age <= most, at) for at, (_, most) in enumerate(BANDS) if most is not None), else_=last)
    found = tx.all(
        select(band.label("band"), func.count().label("open"), func.count().filter(_late(tx)).label("late"))
        .where(cases.c.closed_at.is_(None), *part.conditions)
        .group_by(band)
    )
    by_band = {row.band: (row.open, row.late) for row in found}
    return [by_band.get(at, (0, 0)) for at in range(len(BANDS))]


def workload(tx: Tx, part: Part) -> list[Any]:
    """Each active caseworker of the place, and whoever else owns an open case there, with what is theirs.

    A row has `username, name, org` and how many cases are `open`, `late` and `urgent`; those of nobody come first, with
    an empty username. The others stand in the order of their usernames.
    """
    held = (
        select(
            cases.c.owner_id,
            func.count().label("open"),
            func.count().filter(_late(tx)).label("late"),
            func.count().filter(cases.c.urgent).label("urgent"),
        )
        .where(cases.c.closed_at.is_(None), *part.conditions)
        .group_by(cases.c.owner_id)
        .cte("held")
    )
    place = part.org_path if part.org_path is not None else part.person.org_path
    works_there = and_(users.c.active, users.c.role == Role.CASEWORKER.value, users.c.org_id.in_(below(place)))
    username = func.coalesce(users.c.username, "")
    return list(
        tx.all(
            select(
                username.label("username"),
                users.c.name,
                orgs.c.code.label("org"),
                *(func.coalesce(held.c[name], 0).label(name) for name in ("open", "late", "urgent")),
            )
            .select_from(
                users.join(orgs, orgs.c.id == users.c.org_id).join(held, held.c.owner_id == users.c.id, full=True)
            )
            .where(or_(works_there, held.c.open.is_not(None)))
            .order_by(username)
        )
    )


def helpers(tx: Tx, part: Part, since: datetime) -> list[Any]:
    """Each active helper of the place, and whoever else has one of its open cases or was asked about one since then.

    A row has `username, name, org`, how many open cases are theirs (`open`, `late`), how many offers were made to them
    since then (`offers`), how many of these were `accepted`, `turned_down` (declined, or not answered in time), and the
    `median` of the time to accept, in tenths of hours, None where none was accepted. In the order of their usernames.
    """
    held = (
        select(
            cases.c.assignee_id.label("id"),
            func.count().label("open"),
            func.count().filter(_late(tx)).label("late"),
        )
        .where(cases.c.closed_at.is_(None), cases.c.assignee_id.is_not(None), *part.conditions)
        .group_by(cases.c.assignee_id)
        .cte("held")
    )
    accepted = offers.c.state == "accepted"
    took = cast(func.floor(func.extract("epoch", offers.c.ended_at - offers.c.made_at) / 360 + 0.5), Integer)
    asked = (
        select(
            offers.c.user_id.label("id"),
            func.count().label("offers"),
            func.count().filter(accepted).label("accepted"),
            func.count().filter(offers.c.state.in_(TURNED_DOWN)).label("turned_down"),
            func.percentile_disc(0.5).within_group(took).filter(accepted).label("median"),
        )
        .select_from(offers.join(cases, cases.c.id == offers.c.case_id))
        .where(offers.c.made_at >= since, *part.conditions)
        .group_by(offers.c.user_id)
        .cte("asked")
    )
    place = part.org_path if part.org_path is not None else part.person.org_path
    works_there = and_(users.c.active, users.c.role.in_(HELPERS), users.c.org_id.in_(below(place)))
    counts = ("offers", "accepted", "turned_down")
    return list(
        tx.all(
            select(
                users.c.username,
                users.c.name,
                orgs.c.code.label("org"),
                *(func.coalesce(held.c[name], 0).label(name) for name in ("open", "late")),
                *(func.coalesce(asked.c[name], 0).label(name) for name in counts),
                asked.c.median,
            )
            .select_from(
                users.join(orgs, orgs.c.id == users.c.org_id)
                .outerjoin(held, held.c.id == users.c.id)
                .outerjoin(asked, asked.c.id == users.c.id)
            )
            .where(or_(works_there, held.c.open.is_not(None), asked.c.offers.is_not(None)))
            .order_by(users.c.username)
        )
    )


def funnel(tx: Tx, part: Part, start: datetime, end: datetime) -> list[Any]:
    """For each workflow and state how the cases went through it that were opened in `[start, end)`.

    A row has `workflow, state`, how many cases have `reached` the state, how many are `here` now, and the `median` and
    `p90` of the stays that have ended, in tenths of days, None where none has.
    """
    stay = _stays(part, start, end)
    spent = cast(func.floor((func.extract("epoch", stay.c.until - stay.c.since) + _TENTH / 2) / _TENTH), Integer)
    return list(
        tx.all(
            select(
                stay.c.workflow,
                stay.c.state,
                func.count(stay.c.id.distinct()).label("reached"),
                func.count().filter(stay.c.until.is_(None)).label("here"),
                func.percentile_disc(0.5).within_group(spent).label("median"),
                func.percentile_disc(0.9).within_group(spent).label("p90"),
            )
            .group_by(stay.c.workflow, stay.c.state)
            .order_by(stay.c.workflow, stay.c.state)
        )
    )


def cases_through(
    tx: Tx, part: Part, start: datetime, end: datetime, state: str, limit: int, after: UUID | None = None
) -> Sequence[UUID]:
    """The cases opened in `[start, end)` that have reached a state, by id, at most `limit`, after the given one."""
    stay = _stays(part, start, end)
    query = select(stay.c.id).distinct().where(stay.c.state == state).order_by(stay.c.id).limit(limit)
    return [row.id for row in tx.all(query.where(stay.c.id > after) if after else query)]


def _stays(part: Part, start: datetime, end: datetime) -> CTE:
    """Each time that a case was in a state: `id, workflow, state, since, until`, which is null while it still is."""
    state = events.c.payload["state"].astext
    before = func.lag(state).over(partition_by=events.c.case_id, order_by=events.c.seq)
    told = (
        select(
            cases.c.id,
            cases.c.workflow,
            events.c.seq,
            events.c.at,
            state.label("state"),
            before.label("before"),
        )
        .select_from(cases.join(events, events.c.case_id == cases.c.id))
        .where(cases.c.opened_at >= start, cases.c.opened_at < end, *part.conditions)
        .subquery("told")
    )
    until = func.lead(told.c.at).over(partition_by=told.c.id, order_by=told.c.seq)
    return (
        select(told.c.id, told.c.workflow, told.c.state, told.c.at.label("since"), until.label("until"))
        .where(told.c.before.is_distinct_from(told.c.state))
        .cte("stay")
    )


def flow(tx: Tx, part: Part, start: datetime, end: datetime) -> list[Any]:
    """For each workflow how many cases were `opened` and `closed` in `[start, end)`, and now are `open` and `late`."""

    def in_span(at: ColumnElement[datetime]) -> ColumnElement[bool]:
        return and_(at >= start, at < end)

    still_open = cases.c.closed_at.is_(None)
    return list(
        tx.all(
            select(
                cases.c.workflow,
                func.count().filter(in_span(cases.c.opened_at)).label("opened"),
                func.count().filter(in_span(cases.c.closed_at)).label("closed"),
                func.count().filter(still_open).label("open"),
                func.count().filter(and_(still_open, _late(tx))).label("late"),
            )
            .where(*part.conditions)
            .group_by(cases.c.workflow)
            .order_by(cases.c.workflow)
        )
    )
