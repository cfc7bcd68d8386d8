"""Clocks that run follow the calendars and policies: each is derived anew from what it ran when these change.

Ended clocks never change, but for those that ended while their due time was provisional. A clock counts by the calendar
that is loaded now, and its limit is the policy row that counts, as far as is loaded now, for the day on which it began
and the place where it did.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from casework.records import alerts, cases, offices, recalculation
from casework.records.alerts import DueClock
from casework.records.database import Tx
from casework.records.offices import CalendarVersion
from casework.records.rows import StoredCase, rows_of
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
from casework.work.service import RulesInForce, office_on, read_rules

BATCH: Final = 500
LOADER: Final = Actor(Role.ADMINISTRATOR)
"""Who loads rules at the command line: an administrator without a user of the service."""
_BEYOND: Final = Text(
    "案件 {number} 的期限按此规则超出可计算范围；未作任何更改。",
    "By these rules a clock of case {number} runs out beyond what can be worked out; nothing has been changed.",
)


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


def follow_calendar(tx: Tx, key: str, before: CalendarVersion | None) -> list[Moved]:
    """Derive anew what counts by this calendar, of which a version was loaded after `before`; what moved."""
    rules = loaded(tx)
    because = {"calendar": key, "calendar_version": rules.calendars[key].version}
    counted = dict.fromkeys(offices.counting_by(tx, key), before.calendar) if before else {}
    return _rederive(tx, rules, recalculation.in_orgs(tx, counted), because, counted)


def preview_calendar(tx: Tx, change: CalendarVersion) -> list[Moved]:
    """What would move if this were the latest version of its calendar."""
    rules = loaded(tx)
    before = rules.calendars.get(change.key)
    counted = dict.fromkeys(offices.counting_by(tx, change.key), before.calendar) if before else {}
    tried = replace(rules, calendars={**rules.calendars, change.key: change})
    return preview(tx, tried, recalculation.in_orgs(tx, counted), counted)


def follow_orgs(tx: Tx, counted: Mapping[str, str], counting: Mapping[str, str]) -> list[Moved]:
    """Derive anew the clocks of organisations, by code, that have counted by one calendar and now do by another."""
    rules = loaded(tx)
    before = {code: rules.calendars[key].calendar for code, key in counted.items()}
    return _rederive(tx, rules, recalculation.in_orgs(tx, counted), {"calendars": dict(counting)}, before)


def preview_orgs(tx: Tx, counted: Mapping[str, str], counting: Mapping[str, str]) -> list[Moved]:
    """What would move if these organisations counted by these calendars."""
    rules = loaded(tx)
    before = {code: rules.calendars[key].calendar for code, key in counted.items()}
    return preview(tx, rules, recalculation.in_orgs(tx, counted), before, counting)


def add_policies(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> tuple[list[PolicyRow], list[Moved]]:
    """Load policy rows and derive anew what they bear upon: which rows are new, and what moved."""
    offices.lock_rules(tx)
    known = {row.id for row in offices.all_policies(tx)}
    offices.add_policies(tx, rows)
    rules = loaded(tx)
    new = [row for row in rules.policies if row.id not in known]
    return new, _rederive(tx, rules, borne_upon(tx, new), {"policies": [row.id for row in new]})


def borne_upon(tx: Tx, rows: Iterable[PolicyRow]) -> list[UUID]:
    """The open cases of the workflows in which one of these rows sets the limit of a clock.

    All of them, and not only those with such a clock: time may be taking a step just now that begins it.
    """
    named = {(row.workflow, row.name) for row in rows}
    workflows = {
        workflow.key
        for workflow in workflow_registry.all_versions()
        for clock in workflow.clocks
        if isinstance(clock.limit, PolicyLimit)
        if named & {(workflow.key, clock.limit.name), ("*", clock.limit.name)}
    }
    return recalculation.of_workflows(tx, workflows)


def loaded(tx: Tx) -> RulesInForce:
    """The rules as this transaction sees them, which may have loaded some; nobody else is given them."""
    return read_rules(tx, offices.revision(tx))


def preview(
    tx: Tx,
    rules: RulesInForce,
    case_ids: list[UUID],
    before: Mapping[str, WorkingCalendar] = NOTHING,
    counting: Mapping[str, str] = NOTHING,
) -> list[Moved]:
    """What would move if these rules were loaded, by case number; nothing is changed, and nobody has to wait.

    `before` is the calendar by which an organisation counts, by its code, if that is what changes; `counting` the key
    of another one by which it would count.
    """
    batches = _derived(tx, _Known(rules, tx.now, counting), sorted(case_ids), NOTHING, before)
    return _in_order(moved for batch in batches for _, move, _ in batch for moved in _moved(move))


def _rederive(
    tx: Tx,
    rules: RulesInForce,
    case_ids: list[UUID],
    because: Facts,
    before: Mapping[str, WorkingCalendar] = NOTHING,
) -> list[Moved]:
    """Derive the open clocks of these cases anew, each case that moves with an event that says why; what moved.

    The cases are locked before they are read and stay so until the end. `before` is the calendar that counted so far
    where another one does now, by the code of the organisation. Raises `Refusal` where a due time cannot be worked out.
    """
    ids = sorted(case_ids)
    recalculation.lock(tx, ids)
    found: list[Moved] = []
    for batch in _derived(tx, _Known(rules, tx.now), ids, because, before):
        fired = alerts.fired(tx, [record.file.id for record, _, _ in batch]) if before else {}
        moved, wakes = [], list[tuple[DueClock, datetime | None]]()
        for record, move, office in batch:
            with _within_reach(record):
                wakes += _wakes(record, move, office, fired) if before else ()
                if move.clock_changes:
                    moved.append(rows_of(record, move, workflow_registry.pinned(record.file), office))
        recalculation.write(tx, moved)
        alerts.set_wake_times(tx, wakes)
        found += [one for _, move, _ in batch for one in _moved(move)]
    return _in_order(found)


def _wakes(
    record: StoredCase, move: Move, office: DecisionContext, fired: Mapping[tuple[UUID, str, int], Collection[str]]
) -> Iterator[tuple[DueClock, datetime | None]]:
    """When to look next at the clocks that stay due as they were: their alarms follow the calendar too."""
    workflow = workflow_registry.pinned(record.file)
    changed = {change.clock.key for change in move.clock_changes}
    for run in record.file.clocks:
        if run.open and run.key not in changed:
            clock = DueClock(record.file.id, *run.key)
            levels = fired.get((clock.case_id, clock.name, clock.generation), ())
            yield clock, wake_at(workflow.by_clock[run.name], run, office.calendar, levels)


def _in_order(found: Iterable[Moved]) -> list[Moved]:
    return sorted(found, key=lambda one: (one.number, one.clock))


def _derived(
    tx: Tx, known: "_Known", ids: list[UUID], because: Facts, before: Mapping[str, WorkingCalendar]
) -> Iterator[list[tuple[StoredCase, Move, DecisionContext]]]:
    """What becomes of each case and under which office, so many cases at a time."""
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        yield [known.derived(record, because, before) for record in cases.several(tx, batch).values()]


@contextmanager
def _within_reach(record: StoredCase) -> Iterator[None]:
    """Says of which case it is that a due time cannot be worked out."""
    try:
        yield
    except (ValueError, OverflowError) as beyond:
        raise Refusal(_BEYOND.with_(number=record.file.number)) from beyond


class _Known:
    """The rules in force, worked out once for each office, place and day."""

    def __init__(self, rules: RulesInForce, now: datetime, counting: Mapping[str, str] = NOTHING) -> None:
        self._rules, self._now, self._counting = rules, now, counting
        self._offices: dict[tuple[str, str, str], DecisionContext] = {}
        self._policies: dict[tuple[str, str, date], Mapping[str, PolicyRow]] = {}

    def derived(
        self, record: StoredCase, because: Facts, before: Mapping[str, WorkingCalendar]
    ) -> tuple[StoredCase, Move, DecisionContext]:
        """The case, its move and its office."""
        file, office = record.file, self._office(record)

        def in_force_at_start(run: ClockRun) -> Mapping[str, PolicyRow]:
            return self._in_force(file.workflow, run, office.calendar)

        with _within_reach(record):
            move = rederived(
                workflow_registry.pinned(file),
                file,
                LOADER,
                self._now,
                office,
                in_force_at_start,
                before=before.get(file.org_code),
                because=because,
            )
        return record, move, office

    def _office(self, record: StoredCase) -> DecisionContext:
        file = record.file
        calendar = self._counting.get(file.org_code, record.calendar)
        key = (file.workflow, file.org_code, calendar)
        if key not in self._offices:
            self._offices[key] = office_on(
                self._rules, file.workflow, file.org_code, record.region, calendar, self._now
            )
        return self._offices[key]

    def _in_force(self, workflow: str, run: ClockRun, calendar: WorkingCalendar) -> Mapping[str, PolicyRow]:
        """What counts for where and when the clock was begun: the case may have been transferred since."""
        day = calendar.local_date(run.begun_at)
        key = (workflow, run.begun_org, day)
        if key not in self._policies:
            region = self._rules.orgs[run.begun_org].region
            self._policies[key] = offices.in_force(self._rules.policies, workflow, run.begun_org, region, day)
        return self._policies[key]


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
