"""Moves and case files as rows: one translation, used by the single write and by the bulk writer alike."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from casework.forms.field import MASK
from casework.records.ids import new_id
from casework.records.ledger import digest
from casework.records.vault import WrappedKey
from casework.rules import folding
from casework.rules.casefile import (
    NOTHING,
    CaseFile,
    ClockChange,
    ClockRun,
    Facts,
    Move,
    Office,
    Phase,
    Taken,
    standing_of,
)
from casework.rules.clocks import Due, working_seconds
from casework.rules.clockwork import late_at, nearest_clock, wake_at
from casework.rules.grammar import Workflow

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """A case file with what only the records need: whose it is, and where its chain of events ends."""

    file: CaseFile
    org_id: UUID
    applicant_id: UUID
    region: str
    calendar: str
    last_hash: bytes
    applicant_key: WrappedKey
    marks: Mapping[UUID, int] = field(default_factory=dict)
    due_times: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(slots=True)
class MoveRows:
    """What one move writes."""

    case: Row
    event: Row
    clocks: list[Row]
    marks: list[Row]
    due_times: list[Row]


def rows_of(record: Record, move: Move, workflow: Workflow, office: Office) -> MoveRows:
    """The rows of a move. Clocks that have no id yet are given one."""
    move = identified(move)
    # What goes on after a transfer counts as the other organisation does; what ended there ended by this one's.
    there = office.destination.office if move.transferred_to and office.destination else office
    return MoveRows(
        case=case_row(after(record, move), workflow),
        event=event_row(record, move),
        clocks=[
            clock_row(record, move.case, change.clock, workflow, there if change.clock.open else office)
            for change in move.clock_changes
        ],
        marks=mark_rows(record, move),
        due_times=due_time_rows(record, move),
    )


def after(record: Record, move: Move) -> Record:
    """The record as the move leaves it, but for its last hash, which comes with the event."""
    org = move.transferred_to
    if org is None:
        return replace(record, file=move.case)
    return replace(record, file=move.case, org_id=org.id, region=org.region, calendar=org.calendar)


def identified(move: Move, make_id: Callable[[], UUID] = new_id) -> Move:
    """The move with an id for each clock that it starts."""
    if all(change.clock.id for change in move.clock_changes):
        return move
    changes = tuple(
        change if change.clock.id else replace(change, clock=replace(change.clock, id=make_id()))
        for change in move.clock_changes
    )
    changed = {(change.clock.name, change.clock.generation): change.clock for change in changes}
    clocks = tuple(changed.get((run.name, run.generation), run) for run in move.case.clocks)
    return replace(move, case=replace(move.case, clocks=clocks), clock_changes=changes)


def mark_rows(record: Record, move: Move) -> list[Row]:
    """The marks of the clocks that the move changed, but for those that are written already."""
    return [
        {"clock_id": change.clock.id, "position": position, "mark": mark, "at": at}
        for change in move.clock_changes
        for position, (mark, at) in enumerate(marks_of(change.clock))
        if position >= record.marks.get(_id(change.clock), 0)
    ]


def due_time_rows(record: Record, move: Move) -> list[Row]:
    """The due times that hold from this move on; such rows are only ever added."""
    return [
        due_time_row(change.clock, record.due_times.get(_id(change.clock), 0), move.at)
        for change in move.clock_changes
        if change.change in ("started", "paused", "resumed", "rederived", "settled")
    ]


def _id(run: ClockRun) -> UUID:
    assert run.id is not None
    return run.id


def marks_of(run: ClockRun) -> Iterator[tuple[str, datetime]]:
    """The intervals as the append-only list of marks that is stored: run, stop, run, …"""
    for interval in run.intervals:
        yield "run", interval.start
        if interval.end is not None:
            yield "stop", interval.end


def case_row(record: Record, workflow: Workflow) -> Row:
    """The columns of `cases` but `last_hash`, which comes with the event."""
    case = record.file
    nearest = nearest_clock(workflow, case)
    due = nearest.due if nearest else None
    return {
        "id": case.id,
        "number": case.number,
        "workflow": case.workflow,
        "workflow_version": case.workflow_version,
        "state": case.state,
        "phase": case.phase.value,
        "waits_for": case.waits_for.value if case.waits_for else None,
        "org_id": record.org_id,
        "channel": case.channel,
        "urgent": case.urgent,
        "first_in_line": workflow.comes_first(case),
        "applicant_id": record.applicant_id,
        "applicant_name": case.facts["applicant"]["name"],
        "search_text": search_text(case, workflow),
        "facts": dict(case.facts),
        "taken": {name: taken_json(taken) for name, taken in case.taken.items()},
        "owner_id": case.owner.id if case.owner else None,
        "assignee_id": case.assignee.id if case.assignee else None,
        "outcome": case.outcome,
        "opened_at": case.opened_at,
        "updated_at": case.last_at,
        "closed_at": case.closed_at,
        "due_at": due.at if due else None,
        "due_on": due.on if due else None,
        "due_clock": nearest.name if nearest else None,
        "due_provisional": due.provisional if due else False,
        "late_at": late_at(workflow, case),
        "version": case.version,
    }


def search_text(case: CaseFile, workflow: Workflow) -> str:
    """What a case is found by: number, applicant, parties; nothing sensitive."""
    words = [case.number, case.facts["applicant"]["name"]]
    for path in workflow.parties:
        value: Any = case.facts
        for step in path.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        if isinstance(value, str):
            words.append(value)
    return "\n".join(map(folding.key, words))


def taken_json(taken: Taken) -> Row:
    """The last time a transition was taken, as it is stored."""
    return {
        "by": str(taken.by) if taken.by else None,
        "role": taken.role.value,
        "at": taken.at.isoformat(),
        "times": taken.times,
        "given": dict(taken.given),
    }


def clock_row(record: Record, case: CaseFile, run: ClockRun, workflow: Workflow, office: Office) -> Row:
    """The columns of `clocks`; an ended clock keeps its organisation, owner and working time for the report."""
    ended = run.ended_at is not None
    spent = working_seconds(run.intervals, office.calendar, run.ended_at)[0] if run.ended_at else None
    clock = workflow.by_clock[run.name]
    return {
        "id": _id(run),
        "case_id": case.id,
        "name": run.name,
        "generation": run.generation,
        "owed_by": run.owed_by,
        "duration": str(run.limit),
        "basis": run.basis.both(),
        "policy_id": run.policy_id,
        **_counted_by(run),
        "status": run.status,
        "started_at": run.started_at,
        "due_at": run.due.at if run.due else None,
        "due_on": run.due.on if run.due else None,
        "provisional": run.due.provisional if run.due else False,
        "ended_at": run.ended_at,
        "working_seconds": None if spent is None else int(spent),
        "end_org_id": record.org_id if ended else None,
        "end_owner_id": case.owner.id if ended and case.owner else None,
        "wake_at": wake_at(clock, run, office.calendar),
        "takes": clock.take if run.status == "running" else None,
    }


def due_time_row(run: ClockRun, position: int, at: datetime) -> Row:
    """A due time as it held from `at` on."""
    return {
        "clock_id": _id(run),
        "position": position,
        "recorded_at": at,
        "due_at": run.due.at if run.due else None,
        "due_on": run.due.on if run.due else None,
        "provisional": run.due.provisional if run.due else False,
        **_counted_by(run),
        "policy_id": run.policy_id,
    }


def _counted_by(run: ClockRun) -> Row:
    key, version = run.counted_by or (None, None)
    return {"calendar": key, "calendar_version": version}


def event_row(record: Record, move: Move) -> Row:
    """The event of a move, chained to the one before."""
    payload = event_payload(move)
    actor_role = move.actor.role.value
    hashed = digest(
        record.last_hash,
        move.case.id,
        move.case.version,
        move.at,
        move.kind,
        move.actor.id,
        actor_role,
        payload,
    )
    return {
        "case_id": move.case.id,
        "seq": move.case.version,
        "at": move.at,
        "kind": move.kind,
        "actor_id": move.actor.id,
        "actor_role": actor_role,
        "payload": payload,
        "prev_hash": record.last_hash,
        "hash": hashed,
    }


def event_payload(move: Move) -> Row:
    """What an event says: where the case now stands, what was given (masked), and what happened to its clocks."""
    case = move.case
    payload: Row = standing_of(case)
    if move.kind == "opened":
        payload |= {
            "number": case.number,
            "workflow": case.workflow,
            "workflow_version": case.workflow_version,
            "channel": case.channel,
            "urgent": case.urgent,
        }
    payload |= {"from": move.before.state, "transition": move.transition}
    if move.given:
        payload["given"] = dict(move.given)
    if move.updated:
        payload["updated"] = dict(move.updated)
    if move.reason:
        payload["reason"] = MASK
    if move.on_behalf:
        payload["on_behalf_of"] = "applicant"
    if move.letters:
        payload["letters"] = list(move.letters)
    if move.clock_changes:
        payload["clocks"] = [_told(change, move.before) for change in move.clock_changes]
    return payload


def _told(change: ClockChange, before: CaseFile) -> Row:
    """What an event says of one clock; of one that was derived anew also what held before."""
    run = change.clock
    told: Row = {
        "name": run.name,
        "generation": run.generation,
        "change": change.change,
        "due_at": _instant(run.due),
    }
    if change.change in ("rederived", "settled"):
        [was] = [one for one in before.clocks if (one.name, one.generation) == (run.name, run.generation)]
        told |= {
            "was_due_at": _instant(was.due),
            "provisional": run.due.provisional if run.due else False,
            "status": run.status,
            "limit": str(run.limit),
            "was_limit": str(was.limit),
            "policy_id": run.policy_id,
            **_counted_by(run),
        }
    return told


def _instant(due: Due | None) -> str | None:
    """In UTC, whatever the zone in which it was worked out or read."""
    return due.at.astimezone(UTC).isoformat() if due else None


def sealed_parts(move: Move) -> dict[str, Facts]:
    """What goes into the vault, by part: the facts as they now are, and what was said at this event.

    That is what was given by path, what a correction replaced as `replaced.PATH`, and the `reason`, because people
    write into reasons what concerns nobody else.
    """
    changes_facts = move.kind in ("opened", "corrected")
    said = {} if changes_facts else dict(move.sealed)
    said |= {f"replaced.{path}": value for path, value in move.replaced.items()}
    if move.reason:
        said["reason"] = move.reason
    parts: dict[str, Facts] = {"facts": move.sealed} if changes_facts else {}
    return parts | {f"events.{move.case.version}": said} if said else parts


def new_case(
    *,
    case_id: UUID,
    number: str,
    workflow: Workflow,
    org_code: str,
    org_path: str,
    channel: str,
    urgent: bool,
    now: datetime,
    facts: Facts = NOTHING,
) -> CaseFile:
    """The file of a case that is about to be opened."""
    return CaseFile(
        id=case_id,
        number=number,
        workflow=workflow.key,
        workflow_version=workflow.version,
        state="",
        org_code=org_code,
        org_path=org_path,
        channel=channel,
        urgent=urgent,
        facts=facts,
        opened_at=now,
        last_at=now,
        phase=Phase.INTAKE,
    )
