"""What is done to a case beside its transitions: claim, release, hand over, override, correct, derive anew."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from casework.rules.calendars import WorkingCalendar
from casework.rules.case import NOTHING, Case, ClockRun, Facts, Phase
from casework.rules.clockwork import advance_clocks, recalculate
from casework.rules.context import DecisionContext, PolicyRow
from casework.rules.grammar import EVERY_CLOCK, Workflow
from casework.rules.move import Move
from casework.rules.people import HELPERS, STAFF, Actor, Person, Role
from casework.rules.refusals import Fault, Invalid, NotMet, NotNow, NotYours, Refusal
from casework.rules.rights import colleagues, is_colleagues, may_own, owner_after, turn
from casework.rules.text import Text

_EARNED: Final = Text(
    "“{state}”须经规定的步骤和决定才能进入，不能直接变更；可以直接变更到：{again}。",
    "A case comes into “{state}” by the steps and decisions that are laid down, and not by an override; one may bring"
    " it into: {again}.",
)
_NONE: Final = Text("无", "none")
_UNDER_REVIEW: Final = Text(
    "异议正在审查，由审查的人作出决定，不能直接变更状态。",
    "An objection is under review; whoever reviews it decides, and no override ends it.",
)
_FOR_STAFF = Text("只有经办人或审批人可以这样做。", "Only caseworkers and supervisors may do this.")


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
) -> Case:
    """Return a case that is about to be opened: in no state yet."""
    return Case(
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


def may_claim(actor: Actor) -> Refusal | None:
    """Why this actor claims no cases, or None: staff do."""
    if actor.role in STAFF:
        return None
    return NotYours(Text("只有经办人或审批人可以领取案件。", "Only caseworkers and supervisors claim cases."))


def claim(case: Case, actor: Actor, now: datetime) -> Move | Refusal:
    """The unowned case becomes the actor's."""
    if case.phase is Phase.CLOSED:
        return _closed()
    if refusal := may_claim(actor):
        return refusal
    if case.owner is not None:
        return colleagues(case, may_give_reason=False)
    return _held("claimed", case, actor, now, actor.person, None)


def release(case: Case, reason: str, actor: Actor, now: datetime) -> Move | Refusal:
    """The case goes back to the queue of its organisation."""
    if case.owner is None:
        return _nobodys()
    return _held("released", case, actor, now, None, reason)


def let_go(case: Case, actor: Actor, now: datetime) -> Move | None:
    """Return the move by which the case is in nobody's hands, or None where its owner may go on to own it.

    `case.owner` is the person as they are now: deactivated, in another organisation or in another role.
    """
    if case.owner is None or may_own(case.owner, case):
        return None
    return _held("let_go", case, actor, now, None, None)


def hand_over(case: Case, to: Person | None, reason: str, actor: Actor, now: datetime) -> Move | Refusal:
    """The case gets another owner: staff of its organisation or one above it. `to` is None if nobody was found."""
    if to is None or not may_own(to, case):
        sentence = Text(
            "请选择本机构或上级机构在岗的经办人或审批人。",
            "Name an active caseworker or supervisor of this organisation or one above it.",
        )
        return Invalid([Fault("to", "not_staff", sentence)])
    if case.owner is not None and case.owner.id == to.id:
        return NotNow(Text("此人已是经办人。", "This person owns the case already."))
    return _held("handed_over", case, actor, now, to, reason)


def may_let_go(case: Case, actor: Actor) -> Refusal | None:
    """Why this actor may not release or hand over the case, or None: the owner or a supervisor may."""
    if case.phase is Phase.CLOSED:
        return _closed()
    if actor.role not in STAFF:
        return NotYours(_FOR_STAFF)
    if actor.role is Role.CASEWORKER and is_colleagues(case, actor):
        return colleagues(case, may_give_reason=False)
    return None


def may_release(case: Case, actor: Actor) -> Refusal | None:
    """Why this actor may not release the case, or None: as for a handover, and it must be somebody's."""
    if case.owner is None and case.phase is not Phase.CLOSED:
        return _nobodys()
    return may_let_go(case, actor)


def _nobodys() -> NotNow:
    return NotNow(Text("此案没有经办人。", "Nobody owns this case."))


def _closed() -> NotNow:
    return NotNow(Text("案件已办结。", "The case is closed."))


def _held(kind: str, case: Case, actor: Actor, now: datetime, owner: Person | None, reason: str | None) -> Move:
    at = max(now, case.last_at)
    after = replace(case, owner=owner, last_at=at, version=case.version + 1)
    given = {"to": str(owner.id)} if kind == "handed_over" and owner else {}
    return Move(kind=kind, before=case, case=after, at=at, actor=actor, given=given, reason=reason)


def issue_code(case: Case, identity_checked: str, reason: str, actor: Actor, now: datetime) -> Move:
    """The applicant gets a new tracking code from the actor, who has checked the identity in that way.

    Like every deed of staff on an open case that nobody owns, it makes the actor its owner.
    """
    owner = case.owner if case.phase is Phase.CLOSED else owner_after(case, actor)
    move = _held("code_issued", case, actor, now, owner, reason)
    return replace(move, given={"identity_checked": identity_checked})


def confirm_payee(case: Case, event: int, order: str, actor: Actor, now: datetime) -> Move:
    """The actor has looked at a change of where the money goes, made by an event, and has it ordered.

    It is told in the chain of the case; who owns the case stays so.
    """
    move = _held("payee_confirmed", case, actor, now, case.owner, None)
    return replace(move, given={"event": event, "order": order})


def may_override(actor: Actor) -> Refusal | None:
    """Why this actor may not step in, or None: supervisors may."""
    if actor.role is Role.SUPERVISOR:
        return None
    return NotYours(Text("只有审批人可以直接变更状态。", "Only a supervisor may step in."))


def override(
    workflow: Workflow,
    case: Case,
    to_state: str,
    reason: str,
    actor: Actor,
    now: datetime,
    office: DecisionContext,
) -> Move | Refusal:
    """A supervisor steps in: the case comes into `to_state` by no edge, with a reason, recorded as such.

    It goes back to where it is looked into again and nowhere else: no decision is made in this way, nor the review of
    one ended, nor a step skipped that the law demands.

    Clocks that do not run in the new state are cancelled, never counted as met. Where nobody helps yet, whoever
    helped is released and no longer sees the case.
    """
    if to_state not in workflow.by_state:
        known = ", ".join(workflow.by_state)
        sentence = Text(f"没有这个状态；可选：{known}。", f"Not a state; choose one of {known}.")
        return Invalid([Fault("to_state", "choice", sentence)])
    if to_state == case.state:
        return NotNow(Text("案件已处于该状态。", "The case is in that state already."))
    state = workflow.by_state[to_state]
    if not state.reopens:
        again = [one.title for one in workflow.states if one.reopens]
        titles = Text("、".join(one.zh for one in again), ", ".join(one.en for one in again)) if again else _NONE
        return NotMet(_EARNED.with_(state=state.title, again=titles))
    if case.state in workflow.reviewed_above:
        return NotMet(_UNDER_REVIEW)
    if state.waits_for in HELPERS and case.assignee is None:
        return NotMet(Text("此状态须先指派承办人。", "In this state a helper works, and none is assigned."))
    at = max(now, case.last_at)
    unassigned = state.waits_for not in HELPERS and state.phase in (Phase.INTAKE, Phase.REVIEW, Phase.ASSIGNMENT)
    after = replace(
        case,
        state=to_state,
        phase=state.phase,
        assignee=None if unassigned else case.assignee,
        waits_for=turn(state, case.assignee),
        last_at=at,
        version=case.version + 1,
        owner=owner_after(case, actor),
        outcome=case.outcome if state.final else None,
        closed_at=at if state.final else None,
    )
    clocks, changes = advance_clocks(workflow, case, after, at, office, cancels=EVERY_CLOCK)
    return Move(
        kind="overridden",
        before=case,
        case=replace(after, clocks=clocks),
        at=at,
        actor=actor,
        reason=reason,
        clock_changes=changes,
    )


def may_correct(case: Case, actor: Actor) -> Refusal | None:
    """Why this actor may not correct the facts, or None: the owner or a supervisor may."""
    if actor.role not in STAFF:
        return NotYours(_FOR_STAFF)
    if actor.role is Role.CASEWORKER and is_colleagues(case, actor):
        return colleagues(case, may_give_reason=False)
    return None


def correction_needs_reason(workflow: Workflow, case: Case, actor: Actor) -> bool:
    """What was published or decided, or is being decided, is corrected with a reason; so is a colleague's case."""
    decided = any(edge.decides and edge.name in case.taken for edge in workflow.transitions)
    laid_open = workflow.by_state[case.state].publishes is not None or case.waits_for is Role.SUPERVISOR
    return decided or laid_open or case.phase not in (Phase.INTAKE, Phase.REVIEW) or is_colleagues(case, actor)


def correct(
    workflow: Workflow,
    case: Case,
    facts: Facts,
    sealed: Facts,
    replaced: Facts,
    changed: dict[str, Any],
    reason: str | None,
    actor: Actor,
    now: datetime,
    office: DecisionContext,
) -> Move:
    """The facts as corrected; clocks that start from a fact are derived anew in the same move.

    Raises the refusal of a workflow that does not take the correction.
    `facts` hold sensitive values masked, `sealed` in full, and `replaced` those that are no longer true; `changed`
    lists what changed as it is shown, for the event.
    """
    at = max(now, case.last_at)
    after = replace(case, facts=facts, last_at=at, version=case.version + 1, owner=owner_after(case, actor))
    after = replace(after, urgent=workflow.is_urgent_as_corrected(after, at, office.calendar))
    clocks, changes = advance_clocks(workflow, case, after, at, office)
    move = Move(
        kind="corrected",
        before=case,
        case=replace(after, clocks=clocks),
        at=at,
        actor=actor,
        given=changed,
        sealed=sealed,
        replaced=replaced,
        reason=reason,
        clock_changes=changes,
    )
    updated = workflow.corrected(move) if workflow.corrected else NOTHING
    return replace(move, case=replace(move.case, facts={**move.case.facts, **updated}), updated=updated)


def rederived(
    workflow: Workflow,
    case: Case,
    actor: Actor,
    now: datetime,
    office: DecisionContext,
    in_force_at_start: Callable[[ClockRun], Mapping[str, PolicyRow]],
    *,
    before: WorkingCalendar | None = None,
    because: Facts = NOTHING,
) -> Move:
    """The case after a calendar or policies were loaded: its open clocks derived again by `clockwork.recalculate`.

    `because` says for the event what was loaded. Without `clock_changes` nothing has happened to the case.
    """
    at = max(now, case.last_at)
    clocks, changes = recalculate(workflow, case, at, office, in_force_at_start, before)
    after = case
    if changes:
        after = replace(case, clocks=clocks, last_at=at, version=case.version + 1)
        after = replace(after, urgent=workflow.is_urgent(after, at, office.calendar))
    return Move(kind="rederived", before=case, case=after, at=at, actor=actor, given=because, clock_changes=changes)
