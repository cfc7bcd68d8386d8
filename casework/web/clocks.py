"""The clocks of a case as its page shows them: how near, on which day, and why that day."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from casework.records.rows import StoredCase
from casework.rules import clocks, clockwork
from casework.rules.case import ClockRun
from casework.rules.grammar import Workflow
from casework.rules.text import Text
from casework.web import dates
from casework.work.service import Transaction


class Step(NamedTuple):
    """A line of the explanation, from a day to another one, both included."""

    kind: str
    first: date | None
    last: date | None
    text: Text


class Clock(NamedTuple):
    """A clock; `near` is None while it stands still."""

    name: str
    title: Text
    status: str
    near: dates.Nearness | None
    due_on: date | None
    provisional: bool
    since: date
    limit: Text
    basis: Text
    ended_on: date | None
    trace: Sequence[Step]


def clocks_of(tx: Transaction, record: StoredCase, workflow: Workflow) -> tuple[list[Clock], list[Clock]]:
    """Return the clocks that are open, the nearest first and those that stand still last, and those that have ended."""
    shown = [(run, _clock(tx, record, workflow, run)) for run in record.case.clocks]
    running = sorted(
        (one for run, one in shown if run.open), key=lambda one: (one.due_on is None, one.due_on or one.since)
    )
    return running, [one for run, one in shown if not run.open]


def _clock(tx: Transaction, record: StoredCase, workflow: Workflow, run: ClockRun) -> Clock:
    calendar = tx.rules.calendars[record.calendar].calendar
    near = None
    if run.open and run.due:
        near = dates.nearness(
            run.due.on,
            tx.today,
            late=run.overdue(tx.now),
            working_days=dates.working_days(run.limit, calendar),
        )
        if near.tone == "late" and run.owed_by == "outside" and not workflow.by_clock[run.name].guards_right:
            # Nobody here is late where somebody else is.
            near = near._replace(tone="soon")
    lines = clockwork.explanation(run, calendar) if run.open else []
    return Clock(
        name=run.name,
        title=workflow.by_clock[run.name].title,
        status=run.status,
        near=near,
        due_on=run.due.on if run.due else None,
        provisional=run.due is not None and run.due.provisional,
        since=calendar.local_date(run.changed_at),
        limit=run.limit.told(),
        basis=clockwork.basis(workflow.by_clock[run.name], run, tx.rules.policy_by_id),
        ended_on=calendar.local_date(run.ended_at) if run.ended_at else None,
        trace=[_step(line, calendar.local_date) for line in lines],
    )


def _step(line: clocks.TraceLine, local_date: Callable[[datetime], date]) -> Step:
    if line.kind in ("due", "provisional"):
        return Step(line.kind, None, None, line.text)
    first = local_date(line.start)
    last = local_date(line.end - timedelta(microseconds=1)) if line.end else None
    return Step(line.kind, first, last if last and last > first else None, line.text)
