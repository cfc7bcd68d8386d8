"""Time as an actor: raises the alerts that are due, and takes the transitions that are marked for it.

Any number of processes may sweep at once. Cases are claimed with SKIP LOCKED, each level fires once by a unique
key, and what came due while nobody swept is caught up. Nothing is lost by a crash at any statement: whatever was
not committed is still due. Whatever time takes leaves its clock ended or due later; a clock with which it would not is
put aside, and the administrators are told in their chain.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import structlog

from casework.records import admin_events, alerts, cases, people
from casework.records import offers as records
from casework.records.alerts import DueClock, NewAlert
from casework.records.ids import new_id
from casework.records.rows import StoredCase
from casework.rules.calendars import WorkingCalendar
from casework.rules.case import Case, ClockRun
from casework.rules.clocks import into_opening_hours
from casework.rules.clockwork import held_back, levels
from casework.rules.grammar import Alert, Clock, Workflow
from casework.rules.people import CLOCK, HELPERS, Person, Role
from casework.rules.refusals import Refusal
from casework.rules.text import Text
from casework.work import offer_answers, workflow_registry
from casework.work.cases import apply
from casework.work.recalculation import BATCH as BATCH_WHILE_LAGGING
from casework.work.recalculation import catch_up
from casework.work.service import Service, Transaction

BATCH: Final = 500
_FIRST_WAIT_S, _LONGEST_WAIT_S = 30, 3600
_OFFER_WAITS: Final = timedelta(minutes=5)
_ENDED = Text("期限在此之前已结束", "the clock had ended before")
_CANCELLED = Text("期限在此之前已取消", "the clock was cancelled before")
_BEGUN_ANEW = Text("期限已重新起算，见第 {generation} 次", "the clock began anew, as generation {generation}")
_EARLIER = Text("由期限更早的“{title}”提醒", "“{title}” is due earlier and alarms instead")
_NOT_PUBLISHED = Text(
    "到期日暂定，待放假安排公布后再提醒", "the due time is provisional: raised once the year's holidays are published"
)
_AT_ONCE = Text("由同时到期的“{title}”提醒", "“{title}” is due at the same time and alarms instead")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did."""

    alerts: int
    transitions: int
    offers: int = 0


def sweep(service: Service) -> Swept:
    """Everything that is due now: first the transitions that time takes, then offers without answer and the alerts."""
    raised = transitions = 0
    while (taken := _take_next(service)) is not None:
        raised, transitions = raised + taken.alerts, transitions + taken.transitions
    ended = _end_offers(service)
    while (new := _raise_due(service, BATCH)) is not None:
        raised += new
    return Swept(raised, transitions, ended)


def _end_offers(service: Service) -> int:
    """End the offers that were not answered in time, each by itself; gives how many. One that fails is put off."""
    with service.transaction() as tx:
        due = records.unanswered(tx.db, BATCH)

    def put_off(offer_id: UUID) -> None:
        with service.transaction() as tx:
            records.put_off(tx.db, offer_id, _OFFER_WAITS)

    return each_by_itself(service, "offer_id", due, offer_answers.lapse, put_off)


def each_by_itself(
    service: Service,
    named: str,
    ids: Iterable[UUID],
    do: Callable[[Transaction, UUID], bool],
    put_off: Callable[[UUID], None] | None = None,
) -> int:
    """Do something about offers for each of these ids in a transaction of time's own; gives how often it was done.

    One that fails is logged, as `named`, and put off where there is a way to; it holds up no other.
    """
    done = 0
    for one in ids:
        try:
            with service.transaction(CLOCK) as tx:
                done += do(tx, one)
        except Exception as failed:  # noqa: BLE001  # whatever it is, the others go on
            _log.error("offer_failed", **{named: str(one)}, **_why(failed))
            if put_off is not None:
                put_off(one)
    return done


def _why(failed: Exception) -> dict[str, Any]:
    """What the log says of a failure: the sentence of a refusal, and of all else where it happened."""
    return {"why": failed.text.en} if isinstance(failed, Refusal) else {"exc_info": failed}


def _take_next(service: Service) -> Swept | None:
    """Take the next transition that time owes, or put off one that fails; None if there is none.

    It may end the clock that owes it, so that somebody is told that the clock has run out is written with it.
    """
    lapsed = None
    try:
        with service.transaction(CLOCK) as tx:
            lapsed = alerts.next_lapsed(tx.db)
            if lapsed is None:
                return None
            clock, transition = lapsed
            record = cases.get_locked(tx.db, clock.case_id)
            if catch_up(tx, [record]):
                # What is due by the rules that hold is found again.
                return Swept(0, 0)
            if not _has_run_out(record.case.clock(clock.name), clock, tx.now):
                raise _Astray(record)
            raised = _tell_run_out(tx, record, clock.name)
            if _has_run_out(apply(tx, record, transition, {}).case.clock(clock.name), None, tx.now):
                raise _Astray(record)
        return Swept(raised, 1)
    except Exception as failed:
        if lapsed is None:
            raise
        _put_off(service, lapsed[0], "retry_at", failed)
        return Swept(0, 0)


class _Astray(Exception):
    """A clock whose transition time would take again and again.

    Its row says that it has run out, and its case does not, or says so still when the transition was taken.
    """

    def __init__(self, record: StoredCase) -> None:
        super().__init__(record.case.number)
        self.record = record


def _has_run_out(run: ClockRun | None, row: DueClock | None, now: datetime) -> bool:
    """Whether by its case a clock, in the generation of its row, runs and is due."""
    if run is None or run.status != "running" or run.due is None or run.due.provisional or run.due.at > now:
        return False
    return row is None or run.generation == row.generation


def _raise_due(service: Service, limit: int) -> int | None:
    """How many alerts of one batch of due clocks are new; None if no clock is due.

    A batch that fails is done again clock by clock, and only the clock that fails is put off.
    """
    due: list[DueClock] = []
    try:
        with service.transaction() as tx:
            due = alerts.due_clocks(tx.db, limit, BATCH_WHILE_LAGGING)
            if tx.db.cases_may_lag and catch_up(tx, cases.several(tx.db, [clock.case_id for clock in due]).values()):
                return 0
            return _raise(tx, due) if due else None
    except Exception as failed:
        if not due:
            raise
        if limit > 1:
            return sum(_raise_due(service, 1) or 0 for _ in due)
        _put_off(service, due[0], "wake_at", failed)
        return 0


def _put_off(service: Service, clock: DueClock, until: Literal["wake_at", "retry_at"], failed: Exception) -> None:
    why = {"why": failed.text.en} if isinstance(failed, Refusal) else {"exc_info": failed}
    named = {"case_id": str(clock.case_id), "clock": clock.name, "generation": clock.generation}
    _log.error("clock_failed", **named, put_off=until, **why)
    with service.transaction() as tx:
        alerts.put_off(tx.db, clock, until, _FIRST_WAIT_S, _LONGEST_WAIT_S)
        if isinstance(failed, _Astray):
            case, what = failed.record.case, {"clock": clock.name, "generation": clock.generation}
            admin_events.add_once(tx.db, "clock_put_aside", case.number, [case.org_path], what)


def _tell_run_out(tx: Transaction, record: StoredCase, name: str) -> int:
    """Raise the step at the due time of a clock that ends now, whenever the office opens; gives how many are new."""
    case, workflow = record.case, workflow_registry.pinned(record.case)
    clock, run = workflow.by_clock[name], record.case.clock(name)
    alert = clock.by_level.get("due")
    if run is None or alert is None:
        return 0
    calendar = tx.rules.calendars[record.calendar].calendar
    planned_at = next(at for step, at in levels(clock, run, calendar) if step is alert)
    suppressed, open_at = _suppressed(workflow, clock, run, case), into_opening_hours(tx.now, calendar)
    told = _alert(tx, case, run, alert, planned_at, open_at, suppressed, _Receivers(tx))
    return alerts.add(tx.db, [told], mail=tx.service.senders.mail is not None)


def _raise(tx: Transaction, due: list[DueClock]) -> int:
    """Raise what is due of these clocks; gives how many alerts are new."""
    ids = list({clock.case_id for clock in due})
    records = cases.for_the_sweep(tx.db, ids)
    fired = alerts.fired(tx.db, ids)
    receivers = _Receivers(tx)
    raised: list[NewAlert] = []
    wakes = []
    for clock in due:
        done = fired.get((clock.case_id, clock.name, clock.generation), set())
        found, wake = _look_at(tx, clock, records[clock.case_id], done, receivers)
        raised += found
        wakes.append((clock, wake))
    new = alerts.add(tx.db, raised, mail=tx.service.senders.mail is not None)
    alerts.set_wake_times(tx.db, wakes)
    return new


def _look_at(
    tx: Transaction, due: DueClock, record: StoredCase, done: set[str], receivers: "_Receivers"
) -> tuple[list[NewAlert], datetime | None]:
    """The alerts that this clock raises now, and when to look again."""
    case = record.case
    workflow = workflow_registry.pinned(case)
    clock = workflow.by_clock[due.name]
    run = case.clock(due.name)
    if run is None or run.generation != due.generation or not run.open:
        return [], None
    calendar = tx.rules.calendars[record.calendar].calendar
    suppressed, open_at = _suppressed(workflow, clock, run, case), into_opening_hours(tx.now, calendar)
    raised = []
    coming: list[datetime] = []
    for alert, planned_at in levels(clock, run, calendar):
        if alert.level in done or held_back(alert, run):
            continue
        if planned_at > tx.now:
            coming.append(planned_at)
            continue
        raised.append(_alert(tx, case, run, alert, planned_at, open_at, suppressed, receivers))
    return raised, min(coming, default=None)


def _alert(
    tx: Transaction,
    case: Case,
    run: ClockRun,
    alert: Alert,
    planned_at: datetime,
    open_at: datetime,
    suppressed: Text | None,
    receivers: "_Receivers",
) -> NewAlert:
    """A step as it is raised: on people's lists at once, and called out when the office opens unless it is urgent."""
    return NewAlert(
        id=new_id(),
        case_id=case.id,
        clock=run.name,
        generation=run.generation,
        due_at=run.due.at if run.due else None,
        due_on=run.due.on if run.due else None,
        provisional=run.due.provisional if run.due else None,
        level=alert.level,
        planned_at=planned_at,
        send_at=tx.now if alert.urgent else open_at,
        suppressed=suppressed.both() if suppressed else None,
        roles=[role.value for role in alert.to],
        receivers=[] if suppressed else receivers.of(case, alert),
    )


def _suppressed(workflow: Workflow, clock: Clock, run: ClockRun, case: Case) -> Text | None:
    """Why nobody is told, or None: of two clocks that stand beside each other the earlier one alarms."""
    if clock.beside is None or run.due is None:
        return None
    other = case.clock(clock.beside)
    if other is None or not other.open or other.due is None:
        return None
    first = workflow.clocks.index(clock) < workflow.clocks.index(workflow.by_clock[clock.beside])
    title = workflow.by_clock[clock.beside].title
    if other.due.at < run.due.at:
        return _EARLIER.with_(title=title)
    return _AT_ONCE.with_(title=title) if other.due.at == run.due.at and not first else None


class _Receivers:
    """Who receives an alert, looked up once for each organisation in a batch."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._staff: dict[tuple[str, Role], list[Person]] = {}

    def of(self, case: Case, alert: Alert) -> list[UUID]:
        """The people of these roles for this case, or of the next organisation up; where nobody is, the supervisors."""
        found: list[Person] = []
        for role in alert.to:
            found += self._nearest(case, _above(case.org_path), role) if alert.above else self._in_role(case, role)
        return list(dict.fromkeys(one.id for one in found or self._nearest(case, case.org_path, Role.SUPERVISOR)))

    def _in_role(self, case: Case, role: Role) -> list[Person]:
        if role in HELPERS:
            helper = case.assignee
            return [helper] if helper and helper.role is role and helper.active else []
        if role is Role.CASEWORKER and case.owner is not None:
            return [case.owner]
        return self._nearest(case, case.org_path, role)

    def _nearest(self, case: Case, org_path: str, role: Role) -> list[Person]:
        """The active people of this role in the organisation, or the next one up that has any."""
        key = (org_path, role)
        if key not in self._staff:
            self._staff[key] = people.staff_above(self._tx.db, org_path, (role.value,))
        above = [person for person in self._staff[key] if person.id not in case.walled_off]
        return [person for person in above if person.org_path == above[0].org_path]


def _above(org_path: str) -> str:
    """The path of the next organisation up; of the topmost its own."""
    return org_path[: org_path.rstrip("/").rfind("/") + 1] or org_path


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """A step of the ladder of one generation of a clock: when it is due, and what would come of it or why nothing will.

    `to_come` says whether it may still be raised.
    """

    clock: Clock
    generation: int
    alert: Alert
    at: datetime
    to_come: bool
    because: Text


def escalation_steps(
    record: StoredCase, workflow: Workflow, calendars: Mapping[tuple[str, int], WorkingCalendar]
) -> dict[tuple[str, int, str], EscalationStep]:
    """Every step as things stand, by clock, generation and level; those that have fired are among them.

    `calendars` are those by which each generation of a clock is counted.
    """
    return {
        (run.name, run.generation, alert.level): EscalationStep(
            clock, run.generation, alert, at, run.open, _outlook(workflow, clock, run, alert, record.case) or alert.told
        )
        for run in record.case.clocks
        for clock, calendar in ((workflow.by_clock[run.name], calendars[run.name, run.generation]),)
        for alert, at in levels(clock, run, calendar)
    }


def _outlook(workflow: Workflow, clock: Clock, run: ClockRun, alert: Alert, case: Case) -> Text | None:
    """Why nobody will be told, or not yet; None where somebody will."""
    if run.open:
        return _suppressed(workflow, clock, run, case) or (_NOT_PUBLISHED if held_back(alert, run) else None)
    latest = case.clock(run.name)
    if latest is not None and latest.generation > run.generation:
        return _BEGUN_ANEW.with_(generation=latest.generation)
    return _CANCELLED if run.status == "cancelled" else _ENDED
