"""Things as JSON, in the caller's language and the office's zone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework.api.request_context import in_zone, instant, language
from casework.records.offices import CalendarVersion, parent_of
from casework.records.rows import StoredCase
from casework.rules.case import ClockRun
from casework.rules.clocks import Due, TraceLine
from casework.rules.clockwork import basis, late_at, nearest_clock
from casework.rules.context import PolicyRow
from casework.rules.duplicates import Twin
from casework.rules.grammar import STAY, Clock, Workflow
from casework.rules.people import Person, Role
from casework.rules.telling import by_whom, happened
from casework.rules.text import Text
from casework.work import calendars, workflow_registry
from casework.work.delivery import delivery_errors
from casework.work.service import Transaction


def person(one: Person | None) -> dict[str, Any] | None:
    """A user in a few words."""
    return {"id": str(one.id), "username": one.username, "name": one.name} if one else None


def case(record: StoredCase, tx: Transaction) -> dict[str, Any]:
    """A case as answers show it; sensitive facts are masked."""
    file, as_of = record.file, tx.now
    workflow = workflow_registry.pinned(file)
    nearest, late = nearest_clock(workflow, file), late_at(workflow, file)
    return {
        "id": str(file.id),
        "number": file.number,
        "workflow": file.workflow,
        "workflow_version": file.workflow_version,
        "state": file.state,
        "state_title": workflow.by_state[file.state].title.in_(language()),
        "phase": file.phase.value,
        "org": file.org_code,
        "channel": file.channel,
        "urgent": file.urgent,
        "applicant": applicant(file.facts.get("applicant", {})),
        "owner": person(file.owner),
        "assignee": person(file.assignee),
        "waits_for": file.waits_for.value if file.waits_for else None,
        "opened_at": instant(file.opened_at),
        "updated_at": instant(file.last_at),
        "closed_at": instant(file.closed_at),
        "outcome": file.outcome,
        **due(nearest.due if nearest else None),
        "overdue": late is not None and late < as_of,
        "clock": _nearest(workflow.by_clock[nearest.name], nearest.due, as_of) if nearest else None,
        "clocks": [clock(run, workflow.by_clock[run.name], tx) for run in file.clocks],
        "facts": in_zone(file.facts),
        "version": file.version,
    }


def twin(one: Twin) -> dict[str, Any]:
    """Another case of the same person; of one elsewhere only the organisation."""
    return {
        "id": str(one.id) if one.seen else None,
        "number": one.number if one.seen else None,
        "state": one.state if one.seen else None,
        "org": one.org_code,
        "by": list(one.by),
        "same_request": one.same_request if one.seen else None,
    }


def applicant(known: Mapping[str, Any]) -> dict[str, Any]:
    """The person helped, of the facts on the applicant: the name, and masked what identifies."""
    return {name: known[name] for name in ("name", "identity_number", "phone") if name in known}


def clock(run: ClockRun, definition: Clock, tx: Transaction) -> dict[str, Any]:
    """A generation of a clock."""
    return {
        "name": run.name,
        "title": definition.title.in_(language()),
        "basis": basis(definition, run, tx.rules.policy_by_id).in_(language()),
        "generation": run.generation,
        "owed_by": run.owed_by,
        "status": run.status,
        "overdue": run.overdue(tx.now),
        "started_at": instant(run.started_at),
        **due(run.due),
        "ended_at": instant(run.ended_at),
    }


def due(found: Due | None) -> dict[str, Any]:
    """When something is due: the instant, the last day in time, and whether that is provisional."""
    return {
        "due_at": instant(found.at) if found else None,
        "due_on": found.on.isoformat() if found else None,
        "provisional": found.provisional if found else False,
    }


def _nearest(clock: Clock, when: Due | None, as_of: datetime) -> dict[str, Any]:
    """The clock that is due next, in a few words."""
    return {
        "name": clock.name,
        "title": clock.title.in_(language()),
        "owed_by": clock.owed_by,
        **due(when),
        "overdue": when is not None and not when.provisional and when.at < as_of,
    }


def trace_line(line: TraceLine) -> dict[str, Any]:
    """A line of the explanation of a due time."""
    return {
        "from": instant(line.start),
        "to": instant(line.end),
        "kind": line.kind,
        "counted": line.counted,
        "text": line.text.in_(language()),
    }


def workflow(one: Workflow) -> dict[str, Any]:
    """A definition without its intake form."""
    lang = language()
    return {
        "key": one.key,
        "version": one.version,
        "title": one.title.in_(lang),
        "states": [
            {
                "name": state.name,
                "title": state.title.in_(lang),
                "phase": state.phase.value,
                "waits_for": state.waits_for.value if state.waits_for else None,
                "final": state.final,
            }
            for state in one.states
        ],
        "transitions": [
            {
                "name": edge.name,
                "title": edge.title.in_(lang),
                "from": list(edge.sources),
                "to": None if edge.to == STAY else edge.to,
                "by": [role.value for role in edge.by],
                "conditions": [guard.text.in_(lang) for guard in edge.when],
                "letters": [*edge.letter, *edge.own_letter],
            }
            for edge in one.transitions
        ],
        "clocks": [
            {
                "name": row.name,
                "title": row.title.in_(lang),
                "basis": row.basis.in_(lang),
                "limit": getattr(row.limit, "name", None) or str(row.limit),
                "runs_in": list(row.runs_in),
                "pauses_in": list(row.pauses),
                "owed_by": row.owed_by,
                "takes": row.take,
                "beside": row.beside,
                "alerts": [
                    {"level": rung.level, "to": [role.value for role in rung.to], "above": rung.above}
                    for rung in row.alerts
                ],
            }
            for row in one.clocks
        ],
    }


def policy(row: PolicyRow) -> dict[str, Any]:
    """A dated policy row."""
    return {
        "id": row.id,
        "workflow": row.workflow,
        "name": row.name,
        "place": row.place,
        "from": row.from_date.isoformat(),
        "value": row.value,
        "source": row.source.in_(language()),
    }


def calendar(one: CalendarVersion) -> dict[str, Any]:
    """All of a version of a calendar."""
    return calendars.whole(one) | {"title": one.title.in_(language()), "loaded_at": instant(one.loaded_at)}


def org(row: Any) -> dict[str, Any]:
    """An organisation."""
    return {
        "code": row.code,
        "region": row.region,
        "name": row.name,
        "kind": row.kind,
        "parent": parent_of(row.path),
        "calendar": row.calendar,
        "own_calendar": row.own_calendar,
        "phone": row.phone,
        "address": row.address,
        "seal_name": row.seal_name,
    }


def user(row: Any, open_cases: int | None = None, let_go: int | None = None) -> dict[str, Any]:
    """A user as staff and administrators see it; `open_cases` and `let_go` only where somebody was changed."""
    return {
        "id": str(row.id),
        "username": row.username,
        "name": row.name,
        "role": row.role,
        "org": row.org,
        "active": row.active,
        "email": row.email,
        "digest": row.digest,
        "language": row.language,
        "password_is_first": row.password_is_first,
        "open_cases": open_cases,
        "let_go": let_go,
        "created_at": instant(row.created_at),
    }


def channel(row: Any, address: str | None, has_secret: bool) -> dict[str, Any]:
    """A channel as administrators see it, without what is secret of it."""
    return {
        "id": str(row.id),
        "kind": row.kind,
        "name": row.name,
        "org": row.org,
        "address": address,
        "has_secret": has_secret,
        "alerts": row.alerts,
        "events": row.events,
        "language": row.language,
        "active": row.active,
        "failures": row.failures or 0,
        "retry_at": instant(row.retry_at),
        "created_at": instant(row.created_at),
    }


def message(row: Any) -> dict[str, Any]:
    """A message to the outside as administrators see it, without what it says."""
    return {
        "id": str(row.id),
        "kind": row.channel,
        "channel_id": str(row.channel_id) if row.channel_id else None,
        "receiver": row.receiver,
        "case_number": row.number,
        "state": row.state,
        "attempts": row.attempts,
        "last_error": delivery_errors.told(row.last_error).in_(language()) if row.last_error else None,
        "at": instant(row.at),
        "try_at": instant(row.try_at) if row.state == "waiting" else None,
        "delivered_at": instant(row.delivered_at),
    }


def event(row: Any) -> dict[str, Any]:
    """An event of a case with its place in the chain."""
    return {
        "seq": row.seq,
        "at": instant(row.at),
        "kind": row.kind,
        "actor": {"id": str(row.actor_id), "username": row.username, "name": row.actor_name} if row.actor_id else None,
        "role": row.actor_role,
        "payload": in_zone(row.payload),
        "prev_hash": row.prev_hash.hex(),
        "hash": row.hash.hex(),
    }


def alert(row: Any) -> dict[str, Any]:
    """An alert as its receiver sees it."""
    workflow = workflow_registry.of(row.workflow, row.workflow_version)
    if row.level is None:
        what = happened(workflow, row.kind, row.payload, str(row.receiver_id))
        # The clock is another's where its due time is not told.
        about = {"clock": row.clock if row.due_at else None, "generation": row.generation if row.due_at else None}
        because = by_whom(what, Role(row.actor_role), row.payload, row.actor_name)
    else:
        about = {"clock": row.clock, "generation": row.generation}
        what, because = workflow.by_clock[row.clock].title, workflow.by_clock[row.clock].by_level[row.level].told
    return {
        "id": str(row.id),
        "case_id": str(row.case_id),
        "case_number": row.number,
        "kind": "clock" if row.level else "event",
        **about,
        "level": row.level,
        "event_seq": row.event_seq,
        "title": what.in_(language()),
        "because": because.in_(language()),
        "role": row.actor_role,
        "actor": {"id": str(row.actor_id), "username": row.username, "name": row.actor_name} if row.actor_id else None,
        **due(Due(row.due_at, row.due_on, row.provisional) if row.due_at else None),
        "at": instant(row.received_at),
        "acknowledged_at": instant(row.acknowledged_at),
        "snoozed_until": instant(row.snoozed_until),
    }


def told(stored: dict[str, str] | None) -> str | None:
    """A stored sentence in the caller's language."""
    return Text(stored["zh-CN"], stored["en"]).in_(language()) if stored else None
