"""Time as an actor: raises the alerts that are due, and takes the transitions that are marked for it.

Any number of processes may sweep at once. Cases are claimed with SKIP LOCKED, each level fires once by a unique
key, and what came due while nobody swept is caught up. Nothing is lost by a crash at any statement: whatever was
not committed is still due.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import structlog

from casework.records import alerts, cases, people
from casework.records.alerts import DueClock
from casework.records.ids import new_id
from casework.records.rows import Record
from casework.rules.casefile import CLOCK, HELPERS, CaseFile, ClockRun, Office, Person, Role
from casework.rules.clocks import Limit
from casework.rules.clockwork import levels
from casework.rules.grammar import Alert, Clock, Workflow
from casework.rules.refusals import Refusal
from casework.rules.rights import may_own
from casework.rules.text import Text
from casework.work import programmes
from casework.work.cases import apply
from casework.work.service import Service, Transaction

BATCH: Final = 200
_FIRST_WAIT_S, _LONGEST_WAIT_S = 30, 3600
_ENDED = Text("期限在此之前已结束", "the clock had ended before")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did."""

    alerts: int
    transitions: int


def sweep(service: Service) -> Swept:
    """Everything that is due now: first the transitions that time takes, then the alerts."""
    transitions = 0
    while (taken := _take_next(service)) is not None:
        transitions += taken
    raised = 0
    while (new := _raise_due(service, BATCH)) is not None:
        raised += new
    return Swept(raised, transitions)


def _take_next(service: Service) -> int | None:
    """Take the next transition that time owes: 1, 0 if it failed and was put off, None if there is none."""
    lapsed = None
    try:
        with service.transaction(CLOCK) as tx:
            lapsed = alerts.next_lapsed(tx.db)
            if lapsed is None:
                return None
            apply(tx, cases.get_for_time(tx.db, lapsed.case_id), lapsed.takes, {})
        return 1
    except Exception as failed:
        if lapsed is None:
            raise
        _put_off(service, lapsed.clock_id, "retry_at", failed)
        return 0


def _raise_due(service: Service, limit: int) -> int | None:
    """How many alerts of one batch of due clocks are new; None if no clock is due.

    A batch that fails is done again clock by clock, and only the clock that fails is put off.
    """
    due: list[DueClock] = []
    try:
        with service.transaction() as tx:
            due = alerts.due_clocks(tx.db, limit)
            return _raise(tx, due) if due else None
    except Exception as failed:
        if not due:
            raise
        if limit > 1:
            return sum(_raise_due(service, 1) or 0 for _ in due)
        _put_off(service, due[0].clock_id, "wake_at", failed)
        return 0


def _put_off(service: Service, clock_id: UUID, until: Literal["wake_at", "retry_at"], failed: Exception) -> None:
    why = {"why": failed.text.en} if isinstance(failed, Refusal) else {"exc_info": failed}
    _log.error("clock_failed", clock_id=str(clock_id), put_off=until, **why)
    with service.transaction() as tx:
        alerts.put_off(tx.db, clock_id, until, _FIRST_WAIT_S, _LONGEST_WAIT_S)


def _raise(tx: Transaction, due: list[DueClock]) -> int:
    """Raise what is due of these clocks; gives how many alerts are new."""
    ids = list({clock.case_id for clock in due})
    records = cases.several(tx.db, ids)
    fired = alerts.fired(tx.db, ids)
    receivers = _Receivers(tx)
    rows: list[dict[str, Any]] = []
    told: list[tuple[UUID, UUID]] = []
    wakes = []
    for clock in due:
        record = records[clock.case_id]
        done = fired.get((clock.case_id, clock.name, clock.generation), set())
        raised, wake = _look_at(tx, clock, record, done)
        wakes.append({"clock": clock.clock_id, "wake": wake})
        for row, alert in raised:
            rows.append(row)
            if row["suppressed"] is None:
                told += [(row["id"], person.id) for person in receivers.of(record.file, alert)]
    new = alerts.add(tx.db, rows, told, mail=tx.service.senders.mail is not None)
    alerts.set_wake_times(tx.db, wakes)
    return new


def _look_at(
    tx: Transaction, due: DueClock, record: Record, done: set[str]
) -> tuple[list[tuple[dict[str, Any], Alert]], datetime | None]:
    """The alerts that this clock raises now, and when to look again."""
    workflow = programmes.pinned(record.file)
    office = tx.office(record)
    clock = workflow.by_clock[due.name]
    run = record.file.clock(due.name)
    if run is None or run.generation != due.generation or not run.open:
        return [], None
    hushed = _suppressed(workflow, clock, run, record.file)
    raised = []
    coming: list[datetime] = []
    for alert, (level, planned_at) in zip(clock.alerts, levels(clock, run, office.calendar), strict=False):
        if level in done:
            continue
        if planned_at > tx.now:
            coming.append(planned_at)
            continue
        row = {
            "id": new_id(),
            "case_id": due.case_id,
            "clock": due.name,
            "generation": due.generation,
            "level": level,
            "planned_at": planned_at,
            "suppressed": hushed.both() if hushed else None,
            "roles": [role.value for role in alert.to],
        }
        raised.append((row, alert))
    return raised, min(coming, default=None)


def _suppressed(workflow: Workflow, clock: Clock, run: ClockRun, case: CaseFile) -> Text | None:
    """Why nobody is told, or None: of two clocks that stand beside each other the earlier one alarms."""
    if clock.beside is None or run.due is None:
        return None
    other = case.clock(clock.beside)
    if other is None or not other.open or other.due is None:
        return None
    first = workflow.clocks.index(clock) < workflow.clocks.index(workflow.by_clock[clock.beside])
    if other.due.at < run.due.at or (other.due.at == run.due.at and not first):
        title = workflow.by_clock[clock.beside].title
        return Text(f"由期限更早的“{title.zh}”提醒", f"“{title.en}” is due earlier and alarms instead")
    return None


class _Receivers:
    """Who receives an alert, looked up once for each organisation in a batch."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._staff: dict[tuple[str, Role], list[Person]] = {}

    def of(self, case: CaseFile, alert: Alert) -> list[Person]:
        """The people of these roles for this case, or of the next organisation up; where nobody is, the supervisors."""
        found: dict[UUID, Person] = {}
        for role in alert.to:
            people = self._nearest(_above(case.org_path), role) if alert.above else self._in_role(case, role)
            found |= {person.id: person for person in people}
        if not found:
            found = {person.id: person for person in self._nearest(case.org_path, Role.SUPERVISOR)}
        return list(found.values())

    def _in_role(self, case: CaseFile, role: Role) -> list[Person]:
        if role in HELPERS:
            helper = case.assignee
            return [helper] if helper and helper.role is role and helper.active else []
        if role is Role.CASEWORKER and case.owner is not None and may_own(case.owner, case):
            return [case.owner]
        return self._nearest(case.org_path, role)

    def _nearest(self, org_path: str, role: Role) -> list[Person]:
        """The active people of this role in the organisation, or in the next one above that has any."""
        key = (org_path, role)
        if key not in self._staff:
            above = people.staff_above(self._tx.db, org_path, (role.value,))
            nearest = above[0].org_path if above else None
            self._staff[key] = [person for person in above if person.org_path == nearest]
        return self._staff[key]


def _above(org_path: str) -> str:
    """The path of the next organisation up; of the topmost its own."""
    return org_path[: org_path.rstrip("/").rfind("/") + 1] or org_path


@dataclass(frozen=True, slots=True)
class Rung:
    """An alert as things stand: of which clock, when, and why nobody would be told then, if nobody would."""

    clock: str
    generation: int
    level: str
    at: datetime
    suppressed: Text | None


def planned(record: Record, office: Office, workflow: Workflow) -> list[Rung]:
    """The rungs of the open clocks, for the ledger of a case."""
    return [
        Rung(run.name, run.generation, level, at, _suppressed(workflow, clock, run, record.file))
        for run in record.file.clocks
        if run.open
        for clock in (workflow.by_clock[run.name],)
        for level, at in levels(clock, run, office.calendar)
    ]


def unfired(record: Record, office: Office, workflow: Workflow) -> list[Rung]:
    """The rungs of the clocks that have ended, with why nobody is told any more; those that fired are among them."""
    return [
        Rung(run.name, run.generation, level, at, _ENDED)
        for run in record.file.clocks
        if not run.open
        for level, at in levels(workflow.by_clock[run.name], run, office.calendar)
    ]


def why(level: str) -> Text:
    """What has come to pass at a level of a ladder."""
    if level.endswith("%"):
        return Text(f"期限已过 {level}", f"{level} of the time limit has passed")
    if level == "due":
        return Text("期限届满", "The time limit has run out")
    after = Limit.parse(level.removeprefix("+")).told()
    return Text(f"期限届满已过{after.zh}", f"{after.en} have passed since the time limit ran out")
