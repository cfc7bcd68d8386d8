"""Which clocks start, pause, resume and end when a case moves."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from casework.rules.calendars import UnknownYear, WorkingCalendar
from casework.rules.case import CalendarRef, Case, ClockRun
from casework.rules.clocks import Due, Interval, Limit, Status, TraceLine, due, into_opening_hours, trace
from casework.rules.context import NO_LIMIT, DecisionContext, PolicyRow
from casework.rules.grammar import EVERY_CLOCK, NEW, Alert, Clock, PolicyLimit, Workflow
from casework.rules.move import ClockChange
from casework.rules.text import Text

_FIRST_DAY_PROVISIONAL = Text(
    "起算之日依据的放假安排尚未公布，暂按普通周推算。",
    "The first day follows from a year whose holidays are not published; worked out with the plain week for now.",
)


def advance_clocks(
    workflow: Workflow,
    before: Case,
    after: Case,
    at: datetime,
    office: DecisionContext,
    *,
    cancels: tuple[str, ...] = (),
    restarts: tuple[str, ...] = (),
    restarts_from: date | None = None,
    lapsed: str | None = None,
) -> tuple[tuple[ClockRun, ...], tuple[ClockChange, ...]]:
    """The clocks of the case after it came from `before` to `after` at `at`, and what changed.

    `after` is the case file with the new state and facts and with the clocks as they were before. `cancels` and
    `restarts` name the clocks for which the move does so, `restarts_from` the day from which they begin anew where that
    need not be today, `lapsed` the transition that time takes.
    """
    changes: list[ClockChange] = []
    for clock in workflow.clocks:
        when = _end_of_wait(clock, after) if lapsed and clock.take == lapsed else None
        if clock.start:
            changes += _step_of_facts(workflow, clock, after, when or at, office)
        elif restarts_from and clock.name in restarts:
            changes += _step_of_deed(workflow, clock, after, restarts_from, at, office, clock.name in cancels)
        else:
            cancelled = clock.name in cancels or cancels == EVERY_CLOCK
            changes += _step(workflow, clock, before, after, when or at, office, cancelled, clock.name in restarts)
    if before.org_code != after.org_code:
        changes += _counted_there(workflow, after, changes, office)
    return _latest(after.clocks, changes), tuple(changes)


def _end_of_wait(clock: Clock, case: Case) -> datetime | None:
    """When a wait that time ends was over: nobody owed anything in it, so however late time comes nobody is late."""
    run = case.clock(clock.name)
    return run.due.at if clock.owed_by == "outside" and run and run.open and run.due else None


def _counted_there(
    workflow: Workflow, case: Case, changes: Iterable[ClockChange], office: DecisionContext
) -> Iterator[ClockChange]:
    """Clocks that go on in another organisation are counted by its calendar, from the same intervals."""
    changed = {change.clock.key for change in changes}
    for run in case.clocks:
        if run.open and run.key not in changed:
            due_there = _due(workflow.by_clock[run.name], case, run.limit, run.intervals, office)
            there = replace(run, due=due_there, counted_by=office.counts_by)
            if there.due != run.due or _key(there.counted_by) != _key(run.counted_by):
                yield ClockChange("rederived", there)


def _key(calendar: CalendarRef | None) -> str | None:
    return calendar.key if calendar else None


def recalculate(
    workflow: Workflow,
    case: Case,
    at: datetime,
    office: DecisionContext,
    in_force_at_start: Callable[[ClockRun], Mapping[str, PolicyRow]],
    before: WorkingCalendar | None = None,
) -> tuple[tuple[ClockRun, ...], tuple[ClockChange, ...]]:
    """The clocks of the case, the open ones derived again from the intervals in which they ran; and what changed.

    `office` has the calendar and policies that count now, `in_force_at_start` gives the rows by name that by now count
    for the day and the place in which a clock began, `before` is the calendar that counted so far if it is another.
    A clock that has ended never changes, but for one that ended while its due time was provisional: whether it ended
    in time is said once the year is known. One whose limit was none from the start, as we know now, is cancelled; none
    begins in the middle.
    """
    changes: list[ClockChange] = []
    for run in case.clocks:
        if run.open:
            clock = workflow.by_clock[run.name]
            begun: list[ClockChange] = []
            if clock.start and before and _facts(clock, case, before) != _facts(clock, case, office.calendar):
                begun += _step_of_facts(workflow, clock, replace(case, last_at=at), at, office)
            changes += begun or _counted_again(clock, case, run, at, office, in_force_at_start(run))
        else:
            changes += _settled(workflow.by_clock[run.name], case, run, office)
    return _latest(case.clocks, changes), tuple(changes)


def _facts(clock: Clock, case: Case, calendar: WorkingCalendar) -> list[date | None]:
    """The days on which the facts begin and end the clock; they may follow from the calendar too."""
    return [fact(case, calendar) for fact in (clock.start, clock.stop) if fact]


def _counted_again(
    clock: Clock, case: Case, run: ClockRun, at: datetime, office: DecisionContext, in_force: Mapping[str, PolicyRow]
) -> Iterator[ClockChange]:
    row = in_force.get(clock.limit.name) if isinstance(clock.limit, PolicyLimit) else None
    if row is not None and row.value == NO_LIMIT:
        yield ClockChange("cancelled", _ended(run, at, "cancelled"))
        return
    limit, policy_id = _of_row(row) if row else (run.limit, run.policy_id)
    again = replace(run, limit=limit, policy_id=policy_id, due=_due(clock, case, limit, run.intervals, office))
    if again != run:
        yield ClockChange("rederived", replace(again, counted_by=office.counts_by))


def _settled(clock: Clock, case: Case, run: ClockRun, office: DecisionContext) -> Iterator[ClockChange]:
    """A clock that ended while its due time was provisional, judged by what the calendar that counted it says now."""
    if (
        run.due is None
        or not run.due.provisional
        or run.ended_at is None
        or _key(run.counted_by) != _key(office.counts_by)
    ):
        return
    found = _due(clock, case, run.limit, run.derived_from, office)
    if found is None or found.provisional:
        return
    status: Status = "breached" if found.at < run.ended_at else "met"
    yield ClockChange("settled", replace(run, due=found, status=status, counted_by=office.counts_by))


def _due(
    clock: Clock, case: Case, limit: Limit, intervals: tuple[Interval, ...], office: DecisionContext
) -> Due | None:
    """When the limit runs out; provisional too where the clock's first day follows from a year not published yet."""
    found = due(limit, intervals, office.calendar)
    if found is None or found.provisional or clock.start is None:
        return found
    try:
        clock.start(case, office.calendar.firm)
    except UnknownYear:
        return replace(found, provisional=True)
    return found


def _latest(clocks: Iterable[ClockRun], changes: Iterable[ClockChange]) -> tuple[ClockRun, ...]:
    latest = {run.key: run for run in clocks}
    latest |= {change.clock.key: change.clock for change in changes}
    return tuple(latest.values())


def _step(
    workflow: Workflow,
    clock: Clock,
    before: Case,
    after: Case,
    at: datetime,
    office: DecisionContext,
    cancelled: bool,
    restarted: bool,
) -> Iterator[ClockChange]:
    """A clock that runs in states."""
    run = after.clock(clock.name)
    runs = workflow.runs(clock, after.state)
    if run is not None and run.open and not restarted:
        if runs and run.status == "paused":
            yield _resume(run, at, office)
        elif not runs and after.state in clock.pauses:
            if run.status == "running":
                yield _pause(run, at, office)
        elif not runs:
            yield _end(clock, after, run, at, office, cancelled=cancelled)
        return
    if run is not None and run.open:
        yield _end(clock, after, run, at, office, cancelled=cancelled)
    # Where the case stood already, without a clock because no rule set its limit, none begins in the middle.
    entered = restarted or before.state == NEW or not workflow.runs(clock, before.state)
    if runs and (entered or (run is not None and run.open)):
        yield from _start(clock, after, run, at, None, office)


def _step_of_deed(
    workflow: Workflow, clock: Clock, after: Case, day: date, at: datetime, office: DecisionContext, cancelled: bool
) -> Iterator[ClockChange]:
    """A clock that is met by a deed of this day, from which the next generation runs, whenever the deed is recorded.

    What was done before the clock began is not what it asks for. One that is `cancelled` by the deed only begins later.
    """
    run = after.clock(clock.name)
    if run is not None and run.open:
        if day <= office.calendar.local_date(run.started_at):
            return
        ended = at if cancelled else min(at, _instant_of(day, run, office.calendar))
        yield _end(clock, after, run, ended, office, cancelled=cancelled)
    if workflow.runs(clock, after.state):
        yield from _start(clock, after, run, at, day, office)


def _step_of_facts(
    workflow: Workflow, clock: Clock, after: Case, at: datetime, office: DecisionContext
) -> Iterator[ClockChange]:
    """A clock that runs from a date among the facts, in any state named, until a fact or the case ends it."""
    assert clock.start is not None
    run = after.clock(clock.name)
    base = clock.start(after, office.calendar)
    stopped = clock.stop(after, office.calendar) if clock.stop else None
    same = run is not None and base == _as_told(run.started_at, base, office.calendar)
    runs = base is not None and workflow.runs(clock, after.state)
    if run is not None and run.open:
        if same and stopped:
            ended = min(at, _instant_of(stopped, run, office.calendar))
            yield _end(clock, after, run, ended, office, cancelled=False)
            return
        if same and runs:
            return
        yield _end(clock, after, run, at, office, cancelled=True)
    # What was met or missed is not run again from the same day.
    done = same and run is not None and run.status in ("met", "breached")
    if runs and not stopped and not done:
        yield from _start(clock, after, run, at, base, office)


def _as_told(at: datetime, base: date | None, calendar: WorkingCalendar) -> date:
    """An instant as precisely as the base date is told: itself, or its day."""
    return at if isinstance(base, datetime) else calendar.local_date(at)


def _instant_of(day: date, run: ClockRun, calendar: WorkingCalendar) -> datetime:
    """When a deed of which only the day is known ends a clock: on the last day it is in time, on the next it is late.

    The last day may end at the very midnight at which the next begins; so what is late ends with its day.
    """
    if isinstance(day, datetime):
        return day
    late = run.due is not None and day > run.due.on
    return datetime.combine(day + timedelta(days=1) if late else day, time(), calendar.tz)


def _start(
    clock: Clock, case: Case, last: ClockRun | None, at: datetime, base: date | None, office: DecisionContext
) -> Iterator[ClockChange]:
    """The next generation, from `at` or from the beginning of the base date; none where no rule sets a limit."""
    limit, policy_id = _limit(clock, office)
    if limit is None:
        return
    intervals = (Interval(at if base is None else _beginning_of(base, office.calendar)),)
    run = ClockRun(
        name=clock.name,
        generation=last.generation + 1 if last else 1,
        owed_by=clock.owed_by,
        limit=limit,
        intervals=intervals,
        due=_due(clock, case, limit, intervals, office),
        status="running",
        begun_at=case.last_at,
        begun_org=case.org_code,
        policy_id=policy_id,
        counted_by=office.counts_by,
    )
    yield ClockChange("started", run)


def _beginning_of(base: date, calendar: WorkingCalendar) -> datetime:
    return base if isinstance(base, datetime) else datetime.combine(base, time(), calendar.tz)


def _limit(clock: Clock, office: DecisionContext) -> tuple[Limit | None, int | None]:
    if not isinstance(clock.limit, PolicyLimit):
        return clock.limit, None
    row = office.policy(clock.limit.name)
    return _of_row(row) if row else (None, None)


def _of_row(row: PolicyRow) -> tuple[Limit, int]:
    return Limit.parse(row.value), row.id


def basis(clock: Clock, run: ClockRun, policies: Mapping[int, PolicyRow]) -> Text:
    """Return what the limit of a clock rests on: the source of the policy row that set it, else the definition's.

    `policies` are all rows by their id.
    """
    return clock.basis if run.policy_id is None else policies[run.policy_id].source


def _closed(run: ClockRun, at: datetime) -> tuple[Interval, ...]:
    last = run.intervals[-1]
    return run.intervals if last.end else (*run.intervals[:-1], replace(last, end=max(at, last.start)))


def _pause(run: ClockRun, at: datetime, office: DecisionContext) -> ClockChange:
    return ClockChange("paused", _derived(run, _closed(run, at), "paused", office))


def _resume(run: ClockRun, at: datetime, office: DecisionContext) -> ClockChange:
    return ClockChange("resumed", _derived(run, (*run.intervals, Interval(at)), "running", office))


def _derived(run: ClockRun, intervals: tuple[Interval, ...], status: Status, office: DecisionContext) -> ClockRun:
    """The clock with other intervals, its due time derived from them by the calendar in force."""
    return replace(
        run,
        intervals=intervals,
        status=status,
        due=due(run.limit, intervals, office.calendar),
        counted_by=office.counts_by,
    )


def _end(
    clock: Clock, case: Case, run: ClockRun, at: datetime, office: DecisionContext, *, cancelled: bool
) -> ClockChange:
    """The clock ended at `at`. What the office or a helper owed and is late stays late, whoever cancels it."""
    judged = replace(run, due=_judged(clock, case, run, at, office))
    late = judged.due is not None and not judged.due.provisional and judged.due.at < at
    kept = cancelled and not (late and run.owed_by in ("office", "helper"))
    status: Status = "cancelled" if kept else "breached" if late else "met"
    return ClockChange(status, _ended(judged, at, status))


def _judged(clock: Clock, case: Case, run: ClockRun, at: datetime, office: DecisionContext) -> Due | None:
    """The due time by which a clock that ends is judged: firm where all days up to the end are known."""
    if run.due is None or not run.due.provisional:
        return run.due
    known = office.calendar.firm
    try:
        due(run.limit, _closed(run, at), known)
        if clock.start:
            clock.start(case, known)
    except UnknownYear:
        return run.due
    return replace(run.due, provisional=False)


def _ended(run: ClockRun, at: datetime, status: Status) -> ClockRun:
    """The clock as it stays; nobody judges one that was cancelled, and before its first day it never ran."""
    judged_by = replace(run.due, provisional=False) if run.due and status == "cancelled" else run.due
    ended_at = at if status == "cancelled" else max(at, run.started_at)
    return replace(run, intervals=_closed(run, at), due=judged_by, status=status, ended_at=ended_at)


def explanation(run: ClockRun, calendar: WorkingCalendar) -> list[TraceLine]:
    """Return why a clock is due when it is, line by line; that its first day is provisional comes before all else."""
    lines = trace(run.limit, run.derived_from, calendar)
    if run.due is None or not run.due.provisional or any(line.kind == "provisional" for line in lines):
        return lines
    return [TraceLine(run.started_at, None, "provisional", _FIRST_DAY_PROVISIONAL), *lines]


def levels(clock: Clock, run: ClockRun, calendar: WorkingCalendar) -> list[tuple[Alert, datetime]]:
    """Return each step of the clock's ladder with when it is due; empty while no due time is known.

    Alerts fall into opening hours unless they are urgent.
    """
    if run.due is None:
        return []
    pauses = tuple((before.end, after.start) for before, after in pairwise(run.intervals) if before.end)
    at = [(alert, alert.when.at(run.started_at, run.due.at, calendar, pauses)) for alert in clock.alerts]
    return [(alert, when if alert.urgent else into_opening_hours(when, calendar)) for alert, when in at]


def held_back(alert: Alert, run: ClockRun) -> bool:
    """Whether a step waits for the year to be published: nobody is told that a guessed day has passed."""
    return run.due is not None and run.due.provisional and not alert.when.is_share


def wake_at(clock: Clock, run: ClockRun, calendar: WorkingCalendar, fired: Collection[str] = ()) -> datetime | None:
    """When the next step that has not fired is due; None when no more will come as things stand."""
    if not run.open:
        return None
    coming = (
        when for alert, when in levels(clock, run, calendar) if alert.level not in fired and not held_back(alert, run)
    )
    return min(coming, default=None)


def nearest_clock(workflow: Workflow, case: Case) -> ClockRun | None:
    """Return the open clock that is due next of those that bind the case, or None while none is known to be due."""
    due = ((run.due.at, index, run) for index, run in enumerate(_binding(workflow, case)) if run.due)
    return min(due, default=(None, None, None))[-1]


def due_at(workflow: Workflow, case: Case) -> datetime | None:
    """Return when the case is due next, by which lists are ordered; see `nearest_clock`."""
    nearest = nearest_clock(workflow, case)
    return nearest.due.at if nearest and nearest.due else None


def late_at(workflow: Workflow, case: Case) -> datetime | None:
    """Return when the case becomes or became late, by its earliest open clock that binds it; None where none can.

    A wait that time ends is nobody's delay, and by a provisional due time nothing is late.
    """
    due = (
        run.due.at
        for run in _binding(workflow, case)
        if run.due and not run.due.provisional
        if run.owed_by != "outside" or workflow.by_clock[run.name].guards_right
    )
    return min(due, default=None)


def _binding(workflow: Workflow, case: Case) -> Iterator[ClockRun]:
    """The open clocks that bind, but for a right that was lost before the case was opened: nobody here can keep it."""
    for run in case.clocks:
        clock = workflow.by_clock[run.name]
        if run.open and clock.binds(case.phase) and not (clock.guards_right and _over_by(run, case.opened_at)):
            yield run


def _over_by(run: ClockRun, at: datetime) -> bool:
    return run.due is not None and run.due.at <= at
