"""Clocks that run follow the calendars and policies: each is derived anew from what it ran when these change.

Ended clocks never change, but for those that ended while their due time was provisional. A clock counts by the calendar
that is loaded now, and its limit is the policy row that counts, as far as is loaded now, for the day on which it began
and the place where it did.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from casework.records import alerts, cases, recalculation
from casework.records.alerts import DueClock
from casework.records.database import Tx
from casework.records.recalculation import FIRST
from casework.records.rows import MoveRows, StoredCase, rows_of
from casework.rules.calendars import WorkingCalendar
from casework.rules.case import NOTHING, ClockRun, Facts
from casework.rules.case_actions import rederived
from casework.rules.clocks import Due, Limit
from casework.rules.clockwork import wake_at
from casework.rules.context import DecisionContext, PolicyRow
from casework.rules.grammar import PolicyLimit
from casework.rules.move import Move
from casework.rules.people import Actor, Role
from casework.rules.refusals import Refusal
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.service import RulesInForce, office_on

_READ_AT_ONCE: Final = 500
LOADER: Final = Actor(Role.ADMINISTRATOR)
"""Who loads rules at the command line: an administrator without a user of the service."""
_BEYOND: Final = Text(
    "案件 {number} 的期限按此规则超出可计算范围；未作任何更改。",
    "By these rules a clock of case {number} runs out beyond what can be worked out; nothing has been changed.",
)
_DERIVING: Final = Text("试算 {cases} 件案件的时限", "Deriving the clocks of {cases} cases")

Progress = Callable[[Text, int], AbstractContextManager[Callable[[int], object]]]
"""Told what is done for how many cases, it gives what is told how many more are done."""


@contextmanager
def silently(_doing: Text, _cases: int) -> Iterator[Callable[[int], object]]:
    """Show nobody how far it is."""
    yield lambda more: None


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock that is derived anew: its limit and due time before and after; no limit when it is cancelled.

    A clock that begins anew, because its first day follows from the calendar, has nothing before.
    """

    number: str
    clock: str
    title: Text
    limit_before: Limit | None
    before: Due | None
    limit: Limit | None
    after: Due | None

    @property
    def felt(self) -> bool:
        """Whether somebody has more time or less, and not only another source for the same."""
        return (self.limit_before, self.before) != (self.limit, self.after)

    @property
    def stays(self) -> bool:
        """Whether limit and due time are as before, and only may have become provisional or settled."""
        before, after = self.before, self.after
        same_day = before is not None and after is not None and (before.at, before.on) == (after.at, after.on)
        return same_day and self.limit_before == self.limit


@dataclass(frozen=True, slots=True)
class Change:
    """What rules change for clocks that run: in which workflows, or in organisations that count by another calendar.

    `because` says for the events what is loaded; `before` is the calendar by which each of these organisations, by its
    code, has counted so far.
    """

    because: Facts = field(default_factory=dict)
    workflows: Collection[str] = ()
    before: Mapping[str, WorkingCalendar] = field(default_factory=dict)

    def concerns(self, record: StoredCase) -> bool:
        """Whether clocks of this case may move."""
        return record.case.workflow in self.workflows or record.case.org_code in self.before

    def case_ids(self, tx: Tx, after: UUID = FIRST) -> list[UUID]:
        """The cases that it concerns, in the order of their ids, those after this one."""
        if self.before:
            return recalculation.in_orgs(tx, self.before, after)
        return recalculation.of_workflows(tx, self.workflows, after) if self.workflows else []


def change_by_policies(rows: Iterable[PolicyRow], because: Facts = NOTHING) -> Change:
    """What these rows change: in the workflows in which one of them sets the limit of a clock.

    On all of their open cases, and not only on those with such a clock: time may be taking a step just now that begins
    it.
    """
    named = {(row.workflow, row.name) for row in rows}
    workflows = {
        workflow.key
        for workflow in workflow_registry.all_versions()
        for clock in workflow.clocks
        if isinstance(clock.limit, PolicyLimit)
        if named & {(workflow.key, clock.limit.name), ("*", clock.limit.name)}
    }
    return Change(because, workflows)


def preview(
    tx: Tx,
    rules: RulesInForce,
    change: Change,
    counting: Mapping[str, str] = NOTHING,
    progress: Progress = silently,
) -> list[Moved]:
    """What would move if these rules were loaded, by case number; nothing is changed, and nobody has to wait.

    `counting` is the key of another calendar by which an organisation would count, by its code. Raises `Refusal` where
    a due time cannot be worked out.
    """
    known, ids, found = Known(rules, tx.now, counting), change.case_ids(tx), list[Moved]()
    with progress(_DERIVING, len(ids)) as more:
        for start in range(0, len(ids), _READ_AT_ONCE):
            batch = cases.several(tx, ids[start : start + _READ_AT_ONCE])
            found += derived(tx, known, batch.values(), change).moved
            more(len(batch))
    return in_order(found)


def in_order(found: Iterable[Moved]) -> list[Moved]:
    """These by case number and clock."""
    return sorted(found, key=lambda one: (one.number, one.clock))


@dataclass(slots=True)
class Derived:
    """What is to be written of cases whose clocks were derived anew, and what has moved."""

    rows: list[MoveRows] = field(default_factory=list)
    wakes: list[tuple[DueClock, datetime | None]] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)

    def write(self, tx: Tx) -> None:
        """Write it down; all these cases are locked."""
        recalculation.write(tx, self.rows)
        if self.wakes:
            alerts.set_wake_times(tx, self.wakes)


def derived(tx: Tx, known: "Known", records: Collection[StoredCase], change: Change) -> Derived:
    """Derive the open clocks of these cases anew, each case that moves with an event that says why.

    Raises `Refusal` where a due time cannot be worked out.
    """
    fired = alerts.fired(tx, [record.case.id for record in records]) if change.before else {}
    found = Derived()
    for record in records:
        with _within_reach(record):
            move, office = known.move(record, change)
            if change.before:
                found.wakes += _wakes(record, move, office, fired)
            if move.clock_changes:
                found.rows.append(rows_of(record, move, workflow_registry.pinned(record.case), office))
        found.moved += _moved(move)
    return found


def _wakes(
    record: StoredCase, move: Move, office: DecisionContext, fired: Mapping[tuple[UUID, str, int], Collection[str]]
) -> Iterator[tuple[DueClock, datetime | None]]:
    """When to look next at the clocks that stay due as they were: their alarms follow the calendar too."""
    workflow = workflow_registry.pinned(record.case)
    changed = {change.clock.key for change in move.clock_changes}
    for run in record.case.clocks:
        if run.open and run.key not in changed:
            clock = DueClock(record.case.id, *run.key)
            levels = fired.get((clock.case_id, clock.name, clock.generation), ())
            yield clock, wake_at(workflow.by_clock[run.name], run, office.calendar, levels)


@contextmanager
def _within_reach(record: StoredCase) -> Iterator[None]:
    """Says of which case it is that a due time cannot be worked out."""
    try:
        yield
    except (ValueError, OverflowError) as beyond:
        raise Refusal(_BEYOND.with_(number=record.case.number)) from beyond


class Known:
    """The rules in force, worked out once for each office, place and day."""

    def __init__(self, rules: RulesInForce, now: datetime, counting: Mapping[str, str] = NOTHING) -> None:
        self._rules, self._now, self._counting = rules, now, counting
        self._offices: dict[tuple[str, str, str], DecisionContext] = {}

    def move(self, record: StoredCase, change: Change) -> tuple[Move, DecisionContext]:
        """What becomes of the case, and its office."""
        file, office = record.case, self._office(record)

        def in_force_at_start(run: ClockRun) -> Mapping[str, PolicyRow]:
            return self._in_force(file.workflow, run, office.calendar)

        move = rederived(
            workflow_registry.pinned(file),
            file,
            LOADER,
            self._now,
            office,
            in_force_at_start,
            before=change.before.get(file.org_code),
            because=change.because,
        )
        return move, office

    def _office(self, record: StoredCase) -> DecisionContext:
        file = record.case
        calendar = self._counting.get(file.org_code, record.calendar)
        key = (file.workflow, file.org_code, calendar)
        if key not in self._offices:
            self._offices[key] = office_on(
                self._rules, file.workflow, file.org_code, record.region, calendar, self._now
            )
        return self._offices[key]

    def _in_force(self, workflow: str, run: ClockRun, calendar: WorkingCalendar) -> Mapping[str, PolicyRow]:
        """What counts for where and when the clock was begun: the case may have been transferred since."""
        region = self._rules.orgs[run.begun_org].region
        return self._rules.in_force(workflow, run.begun_org, region, calendar.local_date(run.begun_at))


def _moved(move: Move) -> Iterator[Moved]:
    before = {run.key: run for run in move.before.clocks}
    workflow = workflow_registry.pinned(move.case)
    for change in move.clock_changes:
        run = change.clock
        was = before.get(run.key)
        yield Moved(
            number=move.case.number,
            clock=run.name,
            title=workflow.by_clock[run.name].title,
            limit_before=was.limit if was else None,
            before=was.due if was else None,
            limit=None if run.status == "cancelled" else run.limit,
            after=None if run.status == "cancelled" else run.due,
        )
