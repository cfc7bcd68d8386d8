"""A case rebuilt from its events alone: what proves that the stored row says nothing that did not happen."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from casework.rules.case import CalendarRef, Case, ClockRun, Phase, Taken
from casework.rules.clocks import Due, Interval, Limit, Status
from casework.rules.grammar import Workflow
from casework.rules.people import Person, Role
from casework.rules.walls import LIFTED, RAISED

_ENDED = ("met", "breached", "cancelled")


def rebuilt(
    workflow: Workflow,
    case_id: UUID,
    events: Iterable[Any],
    people: Mapping[UUID, Person],
    paths: Mapping[str, str],
) -> Case:
    """Return the case as its events, oldest first, leave it; sensitive facts stay masked.

    An event has `seq, at, kind, actor_id, actor_role, payload`. `people` are the users whom the events name as owner
    or assignee, `paths` the paths of organisations by their codes.
    """
    case: Case | None = None
    for event in events:
        case = _opened(workflow, case_id, event) if case is None else case
        case = _after(workflow, case, event, people, paths)
    if case is None:
        raise ValueError("a case without events")
    return case


def _opened(workflow: Workflow, case_id: UUID, event: Any) -> Case:
    said = event.payload
    return Case(
        id=case_id,
        number=said["number"],
        workflow=said["workflow"],
        workflow_version=said["workflow_version"],
        state="",
        org_code=said["org"],
        org_path="",
        channel=said["channel"],
        urgent=said["urgent"],
        facts={},
        opened_at=event.at,
        last_at=event.at,
    )


def _after(workflow: Workflow, case: Case, event: Any, people: Mapping[UUID, Person], paths: Mapping[str, str]) -> Case:
    said = event.payload
    owner, assignee = (people[UUID(said[who])] if said[who] else None for who in ("owner", "assignee"))
    moves = event.kind in ("opened", "transition", "overridden")
    closed_at = case.closed_at
    if moves:
        kept = None if event.kind == "overridden" else case.closed_at
        closed_at = (kept or event.at) if workflow.by_state[said["state"]].final else None
    return replace(
        case,
        state=said["state"],
        phase=Phase(said["phase"]),
        waits_for=Role(said["waits_for"]) if said["waits_for"] else None,
        org_code=said["org"],
        org_path=paths[said["org"]],
        urgent=said.get("urgent", case.urgent),
        owner=owner,
        assignee=assignee,
        outcome=said["outcome"],
        facts=_facts(case, event),
        taken=_taken(case, event),
        clocks=_clocks(workflow, case, event),
        last_at=event.at,
        closed_at=closed_at,
        version=event.seq,
        walled_off=_walled_off(case, event),
    )


def _walled_off(case: Case, event: Any) -> tuple[UUID, ...]:
    if event.kind not in (RAISED, LIFTED):
        return case.walled_off
    others = {*case.walled_off} - {user := UUID(event.payload["given"]["user"])}
    return tuple(sorted(others | ({user} if event.kind == RAISED else set())))


def _facts(case: Case, event: Any) -> Mapping[str, Any]:
    said = event.payload
    given, updated = said.get("given", {}), said.get("updated", {})
    if event.kind == "opened":
        return {**given, **updated}
    if event.kind == "corrected":
        changed = given["changed"]
        kept = {name: value for name, value in case.facts.items() if name not in changed}
        return {**kept, **{name: value for name, value in changed.items() if value is not None}, **updated}
    return {**case.facts, **updated}


def _taken(case: Case, event: Any) -> Mapping[str, Taken]:
    said = event.payload
    name = said["transition"]
    if name is None:
        return case.taken
    given = said.get("given", {})
    if event.kind == "opened":
        # The facts stand with the case; of the opening itself only this is kept.
        given = {"urgent": True} if said.get("urgent_asked") else {}
    earlier = case.taken.get(name)
    times = earlier.times + 1 if earlier else 1
    return {**case.taken, name: Taken(event.actor_id, Role(event.actor_role), event.at, times, given)}


def _clocks(workflow: Workflow, case: Case, event: Any) -> tuple[ClockRun, ...]:
    said = event.payload
    runs = {run.key: run for run in case.clocks}
    counted_by = CalendarRef(said["calendar"], said["calendar_version"]) if "calendar" in said else None
    for told in said.get("clocks", ()):
        key = (told["name"], told["generation"])
        at = datetime.fromisoformat(told["at"]) if "at" in told else event.at
        if told["change"] == "started":
            runs[key] = _begun(workflow, told, at, event, counted_by)
        else:
            runs[key] = _changed(runs[key], told, at, counted_by)
    return tuple(runs.values())


def _begun(
    workflow: Workflow, told: Mapping[str, Any], at: datetime, event: Any, counted_by: CalendarRef | None
) -> ClockRun:
    return ClockRun(
        name=told["name"],
        generation=told["generation"],
        owed_by=workflow.by_clock[told["name"]].owed_by,
        limit=Limit.parse(told["limit"]),
        intervals=(Interval(at),),
        due=_due(told),
        status="running",
        begun_at=event.at,
        begun_org=event.payload["org"],
        policy_id=told["policy_id"],
        counted_by=counted_by,
    )


def _changed(run: ClockRun, told: Mapping[str, Any], at: datetime, counted_by: CalendarRef | None) -> ClockRun:
    run = replace(run, due=_due(told))
    change = told["change"]
    if change == "resumed":
        return replace(run, status="running", intervals=(*run.intervals, Interval(at)), counted_by=counted_by)
    if change == "paused":
        return replace(run, status="paused", intervals=_closed(run, at), counted_by=counted_by)
    if change in _ENDED:
        status: Status = change
        return replace(run, status=status, intervals=_closed(run, at), ended_at=at)
    return replace(
        run,
        status=told["status"],
        limit=Limit.parse(told["limit"]),
        policy_id=told["policy_id"],
        counted_by=counted_by,
    )


def _closed(run: ClockRun, at: datetime) -> tuple[Interval, ...]:
    last = run.intervals[-1]
    return run.intervals if last.end else (*run.intervals[:-1], Interval(last.start, max(at, last.start)))


def _due(told: Mapping[str, Any]) -> Due | None:
    if told["due_at"] is None:
        return None
    return Due(datetime.fromisoformat(told["due_at"]), date.fromisoformat(told["due_on"]), told["provisional"])
