"""Figures of the cases of an office: how old the open ones are, who works on how many, how long each state takes.

Supervisors and auditors get those of their organisation and below; caseworkers their own and no others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final
from uuid import UUID

from casework.records import figures, summaries
from casework.records.figures import BANDS, Part
from casework.records.summaries import CaseSummary
from casework.rules.people import Role
from casework.rules.refusals import Fault
from casework.work import workflow_registry
from casework.work.reports import ensure_may_report, faults_of_span, owner_of, place_of, told
from casework.work.service import Transaction

LATELY: Final = timedelta(days=183)
"""Of so long the report of workload counts offers."""
FEWEST: Final = 3
"""A caseworker is told the median of so many people and more; of fewer it would say what a colleague has."""

_COUNTS: Final = ("open", "late", "urgent")


def ageing(tx: Transaction, *, org: str | None = None, workflow: str | None = None) -> dict[str, Any]:
    """How old the open cases are: `as_of, zone, rows, total`, ready for JSON.

    A row has `from_days` and `to_days`, both included and counted from the day of the opening in the office's zone,
    how many cases are `open`, and how many of these are `late`: some clock that binds them is past its due time. The
    last row has no `to_days`. `org` is a code and takes in what lies below it. Raises `NotYours` and `Invalid`.
    """
    part = _part(tx, org, workflow)
    counted = figures.ageing(tx.db, part, tx.today, tx.service.zone)
    return {
        **_stamp(tx),
        "rows": [
            {"from_days": least, "to_days": most, "open": open_, "late": late}
            for (least, most), (open_, late) in zip(BANDS, counted, strict=True)
        ],
        "total": {"open": sum(open_ for open_, _ in counted), "late": sum(late for _, late in counted)},
    }


def workload(tx: Transaction, *, org: str | None = None, workflow: str | None = None) -> dict[str, Any]:
    """Who has how many open cases: `as_of, zone, rows, unclaimed, total, median_open, helpers`, ready for JSON.

    A row has `username, name, org` and how many cases are `open`, `late` and `urgent`: each active caseworker of the
    place, also without a case, and whoever else owns one there. `median_open` is over the rows, None without any. A
    caseworker gets the own row, the median only where it is of `FEWEST` people or more, and no helpers. A row of these
    has `open` and `late` too, and of the last six months the `offers` made to them, how many were `accepted`, the
    `accept_rate` of those that were answered or had to be, and the `median_hours` to a yes. Raises `NotYours` and
    `Invalid`.
    """
    # All of the office, for the median.
    part = replace(_part(tx, org, workflow), owner=None)
    rows = [
        {"username": row.username, "name": row.name, "org": row.org} | _counts(row)
        for row in figures.workload(tx.db, part)
    ]
    people = [row for row in rows if row["username"]]
    halfway = float(median(row["open"] for row in people)) if people else None
    if tx.acting.role is Role.CASEWORKER:
        halfway = halfway if len(people) >= FEWEST else None
        rows = people = [row for row in people if row["username"] == tx.person.username]
    unclaimed = [row for row in rows if not row["username"]]
    return {
        **_stamp(tx),
        "rows": people,
        "unclaimed": _sum(unclaimed),
        "total": _sum(rows),
        "median_open": halfway,
        "helpers": [] if tx.acting.role is Role.CASEWORKER else [_asked(row) for row in _helpers(tx, part)],
    }


def _helpers(tx: Transaction, part: Part) -> Sequence[Any]:
    return figures.helpers(tx.db, part, tx.now - LATELY)


def _asked(row: Any) -> dict[str, Any]:
    answered = row.accepted + row.turned_down
    return {
        "username": row.username,
        "name": row.name,
        "org": row.org,
        "open": row.open,
        "late": row.late,
        "offers": row.offers,
        "accepted": row.accepted,
        "accept_rate": round(row.accepted / answered, 3) if answered else None,
        "median_hours": row.median / 10 if row.median is not None else None,
    }


def funnel(
    tx: Transaction, *, start: datetime, end: datetime, org: str | None = None, workflow: str | None = None
) -> dict[str, Any]:
    """How the cases opened in `[start, end)` went from state to state: `as_of, zone, from, to, rows`, ready for JSON.

    A row has `workflow, state`, how many cases have `reached` the state, how many are `here` now, and the
    `median_days` and `p90_days` that a stay there took, of those that have ended, in steps of 0.1 and by the nearest
    rank; None where none has. Rows stand in the order of the workflow. Raises `NotYours` and `Invalid`.
    """
    part = _part(tx, org, workflow, faults_of_span(start, end))
    rows = [
        {
            "workflow": row.workflow,
            "state": row.state,
            "reached": row.reached,
            "here": row.here,
            "median_days": _days(row.median),
            "p90_days": _days(row.p90),
        }
        for row in figures.funnel(tx.db, part, start, end)
    ]
    order = _order_of_states()
    rows.sort(key=lambda row: order.get((row["workflow"], row["state"]), len(order)))
    return {**_stamp(tx), "from": told(tx, start), "to": told(tx, end), "rows": rows}


def cases_through(
    tx: Transaction,
    state: str,
    *,
    start: datetime,
    end: datetime,
    org: str | None = None,
    workflow: str | None = None,
    limit: int = 50,
    after: UUID | None = None,
) -> list[CaseSummary]:
    """The cases that a row of the funnel counts as having reached a state, by id, at most `limit`, after this id."""
    part = _part(tx, org, workflow, faults_of_span(start, end))
    found = figures.cases_through(tx.db, part, start, end, state, limit, after)
    return summaries.by_ids(tx.db, tx.person, tx.org_tree, found)


def flow(tx: Transaction, *, start: datetime, end: datetime, org: str | None = None) -> dict[str, dict[str, int]]:
    """For each workflow how many cases were `opened` and `closed` in `[start, end)`, and are `open` and `late` now.

    Raises `NotYours` and `Invalid`.
    """
    part = _part(tx, org, None, faults_of_span(start, end))
    found = {row.workflow: row for row in figures.flow(tx.db, part, start, end)}
    names = ("opened", "closed", "open", "late")
    return {
        one.key: {name: getattr(found[one.key], name) if one.key in found else 0 for name in names}
        for one in workflow_registry.latest()
    }


def _part(tx: Transaction, org: str | None, workflow: str | None, faults: Sequence[Fault] = ()) -> Part:
    """Which cases count for the caller."""
    ensure_may_report(tx)
    return Part(tx.person, owner_of(tx), place_of(tx, org, workflow, [*faults]), workflow)


def _stamp(tx: Transaction) -> dict[str, Any]:
    return {"as_of": told(tx, tx.now), "zone": tx.service.zone.key}


def _counts(row: Any) -> dict[str, int]:
    return {name: getattr(row, name) for name in _COUNTS}


def _sum(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(row[name] for row in rows) for name in _COUNTS}


def _days(tenths: int | None) -> float | None:
    return None if tenths is None else tenths / 10


def _order_of_states() -> Mapping[tuple[str, str], int]:
    """The states of the newest version in its order, and after them those that only older ones have."""
    order: dict[tuple[str, str], int] = {}
    for workflow in (*workflow_registry.latest(), *workflow_registry.all_versions()):
        for state in workflow.states:
            order.setdefault((workflow.key, state.name), len(order))
    return order
