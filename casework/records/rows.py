"""Moves and case files as rows: one translation, used by the single write and by the bulk writer alike."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any
from uuid import UUID

from casework.forms.field import MASK
from casework.records.clocks import Keeper, narrow_row, stored
from casework.records.event_chain import digest
from casework.records.vault import WrappedKey
from casework.rules import folding
from casework.rules.case import Case, ClockRun, Facts, Taken
from casework.rules.clocks import Due
from casework.rules.clockwork import late_at, nearest_clock
from casework.rules.context import DecisionContext
from casework.rules.grammar import Workflow
from casework.rules.move import ClockChange, Move, standing_of
from casework.rules.parties import further_parties

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case with what only the records need: whose it is, and where its chain of events ends."""

    case: Case
    org_id: UUID
    applicant_id: UUID
    region: str
    calendar: str
    last_hash: bytes
    applicant_key: WrappedKey


@dataclass(slots=True)
class MoveRows:
    """What one move writes."""

    case: Row
    event: Row
    clocks: list[Row]


def rows_of(record: StoredCase, move: Move, workflow: Workflow, office: DecisionContext) -> MoveRows:
    """The rows of a move."""
    return MoveRows(
        case=case_row(after(record, move), workflow),
        event=event_row(record, move),
        clocks=[clock_row(record, move, change.clock, workflow, office) for change in move.clock_changes],
    )


def after(record: StoredCase, move: Move) -> StoredCase:
    """The record as the move leaves it, but for its last hash, which comes with the event."""
    org = move.transferred_to
    if org is None:
        return replace(record, case=move.case)
    return replace(record, case=move.case, org_id=org.id, region=org.region, calendar=org.calendar)


def case_row(record: StoredCase, workflow: Workflow) -> Row:
    """The columns of `cases` but `last_hash`, which comes with the event."""
    case = record.case
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
        "clocks": stored(case.clocks),
        "owner_id": case.owner.id if case.owner else None,
        "assignee_id": case.assignee.id if case.assignee else None,
        "walled_off": list(case.walled_off) or None,
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


def search_text(case: Case, workflow: Workflow) -> str:
    """What a case is found by: number, applicant, parties; nothing sensitive."""
    words = [case.number, case.facts["applicant"]["name"]]
    for path in workflow.parties:
        value: Any = case.facts
        for step in path.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        if isinstance(value, str):
            words.append(value)
    words += [party["name"] for party in further_parties(case.facts)]
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


def clock_row(record: StoredCase, move: Move, run: ClockRun, workflow: Workflow, office: DecisionContext) -> Row:
    """The row of `clocks` of a clock that the move changed."""
    # What goes on after a transfer counts as the other organisation does; what ended there ended by this one's.
    there = office.destination.office if move.transferred_to and office.destination and run.open else office
    keeper = Keeper(record.org_id, move.case.owner.id if move.case.owner else None)
    return narrow_row(move.case.id, workflow.by_clock[run.name], run, there.calendar, keeper)


def event_row(record: StoredCase, move: Move) -> Row:
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
        if move.before.urgent:
            payload["urgent_asked"] = True
    elif case.urgent != move.before.urgent:
        payload["urgent"] = case.urgent
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
        payload["clocks"] = [_told(change, move) for change in move.clock_changes]
        payload |= _counted_by(move)
    return payload


def _told(change: ClockChange, move: Move) -> Row:
    """What an event says of one clock, so that all events together say all of it; what follows from them is left out.

    Of one that was derived anew it says what held before too.
    """
    run = change.clock
    told: Row = {
        "name": run.name,
        "generation": run.generation,
        "change": change.change,
        "due_at": _instant(run.due),
    }
    if run.due:
        told["due_on"] = run.due.on.isoformat()
        told["provisional"] = run.due.provisional
    if change.change == "started":
        told |= {"limit": str(run.limit), "policy_id": run.policy_id}
    if change.change not in ("rederived", "settled"):
        if run.changed_at != move.at:
            told["at"] = run.changed_at.astimezone(UTC).isoformat()
    else:
        [was] = [one for one in move.before.clocks if one.key == run.key]
        told |= {
            "was_due_at": _instant(was.due),
            "status": run.status,
            "limit": str(run.limit),
            "was_limit": str(was.limit),
            "policy_id": run.policy_id,
        }
    return told


def _counted_by(move: Move) -> Row:
    """The calendar by which the move has counted the clocks that go on, and those that it has judged."""
    for change in move.clock_changes:
        if change.clock.counted_by and (change.clock.open or change.change == "settled"):
            return {"calendar": change.clock.counted_by.key, "calendar_version": change.clock.counted_by.version}
    return {}


def _instant(due: Due | None) -> str | None:
    """In UTC, whatever the zone in which it was worked out or read."""
    return due.at.astimezone(UTC).isoformat() if due else None


def sealed_parts(move: Move) -> dict[str, Facts]:
    """What goes into the vault, by part: the facts as they now are, and what was said at this event.

    That is what was given by path, what a correction replaced as `replaced.PATH`, and the `reason`, because people
    write into reasons what concerns nobody else. What an opening told and its facts hold otherwise, such as papers that
    are only announced, stays with the event.
    """
    if move.kind in ("opened", "corrected"):
        elsewhere = {path for path in move.sealed if move.kind == "opened" and path.partition(".")[0] in move.updated}
        facts = {path: value for path, value in move.sealed.items() if path not in elsewhere}
        said = {path: move.sealed[path] for path in elsewhere}
        parts: dict[str, Facts] = {"facts": facts}
    else:
        said = dict(move.sealed)
        parts = {"facts": move.resealed} if move.resealed else {}
    said |= {f"replaced.{path}": value for path, value in move.replaced.items()}
    if move.reason:
        said["reason"] = move.reason
    return parts | {f"events.{move.case.version}": said} if said else parts
