"""Which clocks start, pause, resume and end when a case moves."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime, time

from casework.rules.calendars import WorkingCalendar
from casework.rules.casefile import CaseFile, ClockChange, ClockRun, Office
from casework.rules.clocks import Due, Interval, Limit, due, into_opening_hours
from casework.rules.grammar import EVERY_CLOCK, Clock, PolicyLimit, Workflow
from casework.rules.text import Text


def wind(
    workflow: Workflow,
    after: CaseFile,
    at: datetime,
    office: Office,
    *,
    cancels: tuple[str, ...] = (),
    restarts: tuple[str, ...] = (),
) -> tuple[tuple[ClockRun, ...], tuple[ClockChange, ...]]:
    """The clocks of the case after it came into its new state at `at`, and what changed.

    `after` is the case file with the new state and facts and with the clocks as they were before.
    """
    changes: list[ClockChange] = []
    for clock in workflow.clocks:
        changes += _step(workflow, clock, after, at, office, cancels, restarts)
    if not changes:
        return after.clocks, ()
    latest = {(run.name, run.generation): run for run in after.clocks}
    latest |= {(change.clock.name, change.clock.generation): change.clock for change in changes}
    return tuple(latest.values()), tuple(changes)


def _step(
    workflow: Workflow,
    clock: Clock,
    after: CaseFile,
    at: datetime,
    office: Office,
    cancels: tuple[str, ...],
    restarts: tuple[str, ...],
) -> Iterator[ClockChange]:
    run = after.clock(clock.name)
    base = clock.start(after) if clock.start else None
    runs = workflow.runs(clock, after.state) and (clock.start is None or base is not None)
    if run is not None and run.open:
        moved = clock.start is not None and base != office.calendar.local_date(run.started_at)
        if moved:
            yield _end(run, at, office, cancelled=True)
        elif clock.name in restarts:
            yield _end(run, at, office, cancelled=False)
        elif runs:
            if run.status == "paused":
                yield _resume(run, at, office)
            return
        elif after.state in clock.pauses:
            if run.status == "running":
                yield _pause(run, at, office)
            return
        else:
            yield _end(run, at, office, cancelled=clock.name in cancels or cancels == EVERY_CLOCK)
    if runs:
        started = _start(clock, run.generation + 1 if run else 1, at, base, office)
        if started:
            yield started


def _start(clock: Clock, generation: int, at: datetime, base: date | None, office: Office) -> ClockChange | None:
    limit, basis, policy_id = _limit(clock, office)
    if limit is None:
        return None
    started_at = datetime.combine(base, time(), office.calendar.tz) if base else at
    intervals = (Interval(started_at),)
    run = ClockRun(
        name=clock.name,
        generation=generation,
        owed_by=clock.owed_by,
        limit=limit,
        basis=basis,
        started_at=started_at,
        intervals=intervals,
        due=due(limit, intervals, office.calendar),
        status="running",
        policy_id=policy_id,
        calendar_version=office.calendar_version,
    )
    return ClockChange("started", run)


def _limit(clock: Clock, office: Office) -> tuple[Limit | None, Text, int | None]:
    if not isinstance(clock.limit, PolicyLimit):
        return clock.limit, clock.basis, None
    row = office.policy(clock.limit.name)
    if row is None:
        return None, clock.basis, None
    return Limit.parse(row.value), row.source, row.id


def _closed(run: ClockRun, at: datetime) -> tuple[Interval, ...]:
    last = run.intervals[-1]
    return run.intervals if last.end else (*run.intervals[:-1], replace(last, end=max(at, last.start)))


def _derived(run: ClockRun, intervals: tuple[Interval, ...], office: Office) -> Due | None:
    return due(run.limit, intervals, office.calendar)


def _pause(run: ClockRun, at: datetime, office: Office) -> ClockChange:
    intervals = _closed(run, at)
    return ClockChange(
        "paused",
        replace(
            run,
            intervals=intervals,
            status="paused",
            due=_derived(run, intervals, office),
            calendar_version=office.calendar_version,
        ),
    )


def _resume(run: ClockRun, at: datetime, office: Office) -> ClockChange:
    intervals = (*run.intervals, Interval(at))
    return ClockChange(
        "resumed",
        replace(
            run,
            intervals=intervals,
            status="running",
            due=_derived(run, intervals, office),
            calendar_version=office.calendar_version,
        ),
    )


def _end(run: ClockRun, at: datetime, office: Office, *, cancelled: bool) -> ClockChange:
    late = run.due is not None and run.due.at < at
    status = "cancelled" if cancelled else "breached" if late else "met"
    ended = replace(
        run,
        intervals=_closed(run, at),
        status=status,  # type: ignore[arg-type]
        ended_at=max(at, run.started_at),
    )
    return ClockChange(status, ended)


def levels(clock: Clock, run: ClockRun, calendar: WorkingCalendar) -> list[tuple[str, datetime]]:
    """When each rung of the clock's ladder is due; empty while no due time is known.

    Alerts fall into opening hours unless they are urgent.
    """
    if run.due is None:
        return []
    at = [(alert, alert.when.at(run.started_at, run.due.at, calendar)) for alert in clock.alerts]
    return [(alert.level, when if alert.urgent else into_opening_hours(when, calendar)) for alert, when in at]


def wake_at(clock: Clock, run: ClockRun, calendar: WorkingCalendar, fired: Collection[str] = ()) -> datetime | None:
    """When the next rung that has not fired is due; None when no more will come as things stand."""
    if not run.open:
        return None
    return min((when for level, when in levels(clock, run, calendar) if level not in fired), default=None)
