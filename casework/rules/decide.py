"""The one place that says yes or no: facts in, a Move or a Refusal out. Nothing is read or written here.

A move is admitted (state, role, ownership), its form is checked, what it needs is prepared by `work`, and it is decided
(guards); so nobody is asked to fill in a form for a step that is not theirs. The edges and their conditions run on the
`transitions` library: one shared machine per workflow version, triggered with a throwaway model, for the transitions
that are offered as for those that are taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from transitions import EventData, Machine

from casework.rules.case import Case, Facts, Phase, Taken
from casework.rules.clockwork import advance_clocks
from casework.rules.context import DecisionContext, Destination, MoveContext, Verdict
from casework.rules.grammar import NEW, STAY, Guard, State, Transition, Workflow
from casework.rules.move import Move
from casework.rules.people import STAFF, Actor, Person, Role
from casework.rules.refusals import Fault, Invalid, NotFound, NotMet, NotNow, Refusal
from casework.rules.rights import colleagues, may_help, owner_after, refuse_by_role, steps_in, turn
from casework.rules.text import Text


@dataclass(frozen=True, slots=True)
class Offer:
    """A transition from here, whether this actor may take it now, and if not, why not."""

    transition: Transition
    allowed: bool
    because: Text | None
    needs_reason: bool


class _Walk:
    """The throwaway model on which the machine runs: one situation, one answer."""

    def __init__(self, situation: MoveContext, offering: bool) -> None:
        self.state = situation.case.state or "NEW"
        self.situation = situation
        self.offering = offering
        self.verdict = Verdict(True)


@cache
def _machine(workflow: Workflow) -> Machine:
    machine = Machine(
        model=None,
        states=["NEW", *workflow.by_state],
        initial="NEW",
        auto_transitions=False,
        send_event=True,
    )
    for edge in workflow.transitions:
        for source in edge.sources:
            machine.add_transition(
                edge.name, source or "NEW", edge.leads_to(source), conditions=[_condition(one) for one in edge.when]
            )
    return machine


def _condition(one: Guard) -> Any:
    def holds(event: EventData) -> bool:
        walk = cast(_Walk, event.model)
        if walk.verdict.holds and not (walk.offering and one.looks_at_given):
            walk.verdict = one.judge(walk.situation)
        return bool(walk.verdict.holds)

    return holds


@dataclass(frozen=True, slots=True)
class Admitted:
    """A transition that somebody may take from where the case stands, as far as state, role and ownership say.

    `body` is what was given, without the `reason` of a supervisor who steps in.
    """

    workflow: Workflow
    edge: Transition
    case: Case
    actor: Actor
    now: datetime
    body: Any
    reason: str | None = None


def admit(workflow: Workflow, case: Case, name: str, body: Any, actor: Actor, now: datetime) -> Admitted:
    """Return the transition of this name, if the case is where it begins and it is this actor's.

    `body` is the raw form, in which only a supervisor's reason for stepping in is looked for; `now` is aware. A case
    whose state is empty is opened by the transition from NEW. Raises `NotFound`, `NotNow`, `NotYours`, and `NotMet` to
    time that comes too early.
    """
    edge = _edge(workflow, case, name)
    refusal = refuse_by_role(workflow, edge, case, actor, now)
    if refusal:
        raise refusal
    reason = None
    if steps_in(edge, case, actor):
        body, reason = _take_reason(edge, body)
        if not (reason or _says_why(body)):
            raise colleagues(case, may_give_reason=True)
    return Admitted(workflow, edge, case, actor, now, body, reason)


def check(admitted: Admitted, today: date) -> dict[str, Any]:
    """Return what is given as the form of the transition reads it; raises `Invalid` with every fault."""
    if admitted.edge.needs is not None:
        return admitted.edge.needs.check(admitted.body, today=today)
    if isinstance(admitted.body, Mapping) and not admitted.body:
        return {}
    raise Invalid(
        [Fault("", "unknown", Text("此操作不需要填写内容，请提交空对象 {}。", "This step takes an empty object {}."))]
    )


def decide(admitted: Admitted, answers: Facts, office: DecisionContext) -> Move:
    """Return the move that the transition makes; raises `Invalid` or `NotMet`.

    `answers` are those of `check`, with users named by their ids; `office` has what was looked up for the move.
    """
    workflow, edge, case = admitted.workflow, admitted.edge, admitted.case
    situation = MoveContext(case, admitted.actor, admitted.now, office, answers)
    assignee = _assignee_after(edge, situation)
    destination = _destination(edge, situation)
    _ensure_known(workflow, edge, case)
    because = _judge(workflow, edge, situation)
    if because:
        raise NotMet(because)
    return _move(workflow, edge, situation, assignee, destination, admitted.reason)


def attempt(
    workflow: Workflow, case: Case, name: str, body: Any, actor: Actor, now: datetime, office: DecisionContext
) -> Move | Refusal:
    """Return the move that the transition makes, or why not; for whoever has an office with all that it may need."""
    try:
        admitted = admit(workflow, case, name, body, actor, now)
        return decide(admitted, check(admitted, office.calendar.local_date(now)), office)
    except Refusal as refusal:
        return refusal


def _judge(workflow: Workflow, edge: Transition, situation: MoveContext, *, offering: bool = False) -> Text | None:
    """Why the conditions of an edge do not hold, or None; while it is only `offering`, without what is given."""
    walk = _Walk(situation, offering)
    if _machine(workflow).events[edge.name].trigger(walk):
        return None
    return walk.verdict.because or _CANNOT


_CANNOT = Text("条件不满足。", "The conditions are not met.")


def _edge(workflow: Workflow, case: Case, name: str) -> Transition:
    if name not in workflow.names:
        raise NotFound(
            Text("本流程没有这个操作。", "This workflow has no such transition."),
        )
    edge = workflow.edge(name, case.state)
    if edge is not None:
        return edge
    title = workflow.by_state[case.state].title if case.state else Text("新建", "new")
    raise NotNow(
        Text(
            f"案件当前状态为“{title.zh}”，不能进行此操作；可先查询当前可用的操作。",
            f"The case is in state {case.state or 'new'} ({title.en}), which does not allow this;"
            " ask which transitions are open.",
        )
    )


def _take_reason(edge: Transition, given: Any) -> tuple[Any, str | None]:
    """A supervisor's reason for stepping in may come with any form that has no such field of its own."""
    fields = edge.needs.field_names() if edge.needs else frozenset()
    if not isinstance(given, Mapping) or "reason" not in given or "reason" in fields:
        return given, None
    rest = {key: value for key, value in given.items() if key != "reason"}
    return rest, clean_reason(given["reason"])


def _says_why(given: Any) -> bool:
    """Whether the form itself gives the reason for which it asks."""
    said = given.get("reason") if isinstance(given, Mapping) else None
    return isinstance(said, str) and bool(said.strip())


def clean_reason(value: Any) -> str:
    """The reason for an unusual step: 1 to 500 characters, without control characters; raises `Invalid`."""
    if isinstance(value, str):
        said = value.strip()
        printable = all(char.isprintable() or char == "\n" for char in said)
        if 0 < len(said) <= 500 and printable:
            return said
    raise Invalid(
        [Fault("reason", "reason", Text("请写明理由（1 至 500 字）。", "Give a reason of 1 to 500 characters."))]
    )


def _ensure_known(workflow: Workflow, edge: Transition, case: Case) -> None:
    """What was "unknown, will follow" at intake must be known now."""
    if case.state == NEW:
        return
    missing = workflow.intake.missing(case.facts, edge.name)
    if missing:
        raise NotMet(
            Text(
                f"尚缺：{'、'.join(title.zh for _, title in missing)}。请先补正案件信息。",
                f"Still unknown: {', '.join(title.en for _, title in missing)}. Correct the facts first.",
            )
        )


def _move(
    workflow: Workflow,
    edge: Transition,
    situation: MoveContext,
    assignee: Person | None,
    destination: Destination | None,
    reason: str | None,
) -> Move:
    case, actor, given = situation.case, situation.actor, situation.given
    at = max(situation.now, case.last_at)
    opening = case.state == NEW
    office = destination.office if destination else situation.office
    masked, sealed = edge.needs.split(given) if edge.needs else ({}, {})
    if edge.records_extra:
        masked = {**masked, **edge.records_extra(situation)}
    updated, resealed = _laid_open(workflow, situation, edge.updates(situation) if edge.updates else {})
    earlier = case.taken.get(edge.name)
    kept = ({"urgent": True} if case.urgent else {}) if opening else masked
    taken = Taken(actor.id, actor.role, at, earlier.times + 1 if earlier else 1, kept)
    state = workflow.by_state[edge.leads_to(case.state)]
    after = replace(
        case,
        state=state.name,
        phase=state.phase,
        waits_for=turn(state, assignee),
        facts={**(masked if opening else case.facts), **updated},
        last_at=at,
        version=case.version + 1,
        owner=_owner_after(edge, case, actor),
        assignee=assignee,
        outcome=_outcome_after(edge, case, state, given),
        closed_at=case.closed_at or at if state.final else None,
        taken={**case.taken, edge.name: taken},
        opened_at=at if opening else case.opened_at,
    )
    if destination:
        after = replace(after, org_code=destination.org.code, org_path=destination.org.path)
    after = replace(after, urgent=workflow.is_urgent(after, at, office.calendar))
    lapsed = edge.name if actor.role is Role.CLOCK else None
    anew_from = edge.restarts_from(situation) if edge.restarts_from else None
    clocks, changes = advance_clocks(
        workflow,
        case,
        after,
        at,
        office,
        cancels=edge.cancels,
        restarts=edge.restarts if anew_from or not edge.restarts_from else (),
        restarts_from=anew_from,
        lapsed=lapsed,
    )
    return Move(
        kind="opened" if opening else "transition",
        transition=edge.name,
        before=case,
        case=replace(after, clocks=clocks),
        at=at,
        actor=actor,
        on_behalf=actor.role in STAFF and Role.APPLICANT in edge.by and not opening,
        given=masked,
        sealed=sealed,
        updated=updated,
        resealed=resealed,
        reason=reason,
        letters=edge.sends(actor.role),
        claims=tuple(edge.claims(situation)) if edge.claims else (),
        transferred_to=destination.org if destination else None,
        clock_changes=changes,
    )


def _laid_open(workflow: Workflow, situation: MoveContext, updated: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts that an edge changes as they may lie open, and all sensitive facts in full where it changed some.

    What shows the mask of before was carried over and is what it was.
    """
    sealed: dict[str, Any] = {}
    shown = workflow.intake.lay_open(updated, "", sealed)
    carried = {path for path, value in sealed.items() if _at(situation.case.facts, path) == value}
    if not sealed.keys() - carried:
        return shown, {}
    known = situation.office.sealed
    if known is None:
        raise ValueError(f"{workflow.key}: {sorted(sealed)} are changed where the sealed facts are not known")
    kept = {path: value for path, value in known.items() if path in carried or path.partition(".")[0] not in updated}
    return shown, {**sealed, **kept}


def _at(facts: Any, path: str) -> Any:
    """The value at a path such as `members.0.phone`, or None."""
    for step in path.split("."):
        if isinstance(facts, Mapping):
            facts = facts.get(step)
        else:
            facts = facts[int(step)] if isinstance(facts, list) and int(step) < len(facts) else None
    return facts


def _owner_after(edge: Transition, case: Case, actor: Actor) -> Person | None:
    if edge.transfers:
        return None
    return case.owner if case.state == NEW or edge.shared else owner_after(case, actor)


def _outcome_after(edge: Transition, case: Case, state: State, given: Mapping[str, Any]) -> str | None:
    """What the edge says, else what was; a case that is taken up again, and not only followed up, has none yet."""
    if edge.outcome_field:
        return given.get(edge.outcome_field)
    if edge.to == STAY:
        return case.outcome
    return edge.outcome or (case.outcome if state.phase in (Phase.FOLLOW_UP, Phase.CLOSED) else None)


def _assignee_after(edge: Transition, situation: MoveContext) -> Person | None:
    if edge.releases:
        return None
    if edge.assigns is None:
        return situation.case.assignee
    person = situation.office.people.get(situation.given[edge.assigns])
    if person is None or not may_help(person, situation.case):
        raise Invalid(
            [
                Fault(
                    edge.assigns,
                    "not_a_helper",
                    Text(
                        "请选择本地区在岗的律师或志愿者。",
                        "Name an active lawyer or volunteer of this region.",
                    ),
                )
            ]
        )
    return person


_NOBODY_THERE = Text(
    "该机构没有在岗的经办人或审批人，请移送其上级机构。",
    "No caseworker or supervisor works there; choose the organisation above it.",
)


def _destination(edge: Transition, situation: MoveContext) -> Destination | None:
    if edge.transfers is None:
        return None
    there = situation.office.destination
    if there is not None and there.org.code != situation.case.org_code:
        if there.org.staffed:
            return there
        raise Invalid([Fault(edge.transfers, "nobody_works_there", _NOBODY_THERE)])
    raise Invalid(
        [
            Fault(
                edge.transfers,
                "unknown_org",
                Text("请填写另一个机构的代码。", "Give the code of another organisation that exists."),
            )
        ]
    )


def offers(workflow: Workflow, case: Case, actor: Actor, now: datetime, office: DecisionContext) -> list[Offer]:
    """Every transition from here with the judgement of state, role and the guards that look at the case.

    Those that time alone takes are left out for everybody else.
    """
    situation = MoveContext(case, actor, now, office)
    edges = [edge for edge in workflow.leaving(case.state) if actor.role is Role.CLOCK or not edge.by_time_alone]
    return [_offer(workflow, edge, situation) for edge in edges]


def _offer(workflow: Workflow, edge: Transition, situation: MoveContext) -> Offer:
    case, actor = situation.case, situation.actor
    refusal = refuse_by_role(workflow, edge, case, actor, situation.now)
    try:
        if refusal is None:
            _ensure_known(workflow, edge, case)
    except NotMet as missing:
        refusal = missing
    because = refusal.text if refusal else _judge(workflow, edge, situation, offering=True)
    return Offer(edge, because is None, because, steps_in(edge, case, actor))
