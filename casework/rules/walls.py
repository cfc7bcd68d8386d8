"""Walls: somebody with an interest in a case is kept from it, and finds it nowhere any more.

By 律师法 (2017) art. 39 a lawyer does not act where the lawyer or close kin have an interest of their own.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from casework.rules.case import Case
from casework.rules.clockwork import advance_clocks
from casework.rules.context import DecisionContext
from casework.rules.grammar import EVERY_CLOCK, Transition, Workflow
from casework.rules.move import Move
from casework.rules.people import HELPERS, STAFF, Actor, Person, Role
from casework.rules.refusals import NotFound, NotMet, NotNow, NotYours, Refusal
from casework.rules.rights import turn
from casework.rules.text import Text

RAISED: Final = "wall_raised"
LIFTED: Final = "wall_lifted"
KINDS: Final = (RAISED, LIFTED)
"""The events that tell of walls; `given.user` is the id of whom it keeps out."""
KEPT_OUT: Final = (*STAFF, *HELPERS, Role.AUDITOR)
"""Who may be kept from a case: everybody else sees none anyway."""

_FOR_SUPERVISORS: Final = Text("只有审批人可以设置、解除回避。", "Only a supervisor raises and lifts walls.")
_NOT_ONESELF: Final = Text(
    "本人的回避由其他审批人设置。", "Another supervisor raises a wall for you, so that somebody is left who lifts it."
)
_STANDS: Final = Text("此人已对本案回避。", "This person is kept from the case already.")
_NO_WALL: Final = Text("此人没有对本案回避。", "No wall keeps this person from the case.")


def may_wall(actor: Actor) -> Refusal | None:
    """Why this actor raises, lifts and sees no walls, or None: supervisors do."""
    return None if actor.role is Role.SUPERVISOR else NotYours(_FOR_SUPERVISORS)


def wall(
    workflow: Workflow, case: Case, whom: Person, reason: str, actor: Actor, now: datetime, office: DecisionContext
) -> Move | Refusal:
    """The case does not exist for this person any more; what of it is in the person's hands is let go.

    A case that the person owns is in nobody's hands. One on which the person helps goes back to where it waits for a
    helper, by where the workflow releases one; once that is over it stays, and whoever helped is only kept from it.
    """
    if actor.person is not None and whom.id == actor.person.id:
        return NotMet(_NOT_ONESELF)
    if whom.id in case.walled_off:
        return NotNow(_STANDS)
    at = max(now, case.last_at)
    after = replace(
        case,
        walled_off=tuple(sorted((*case.walled_off, whom.id))),
        owner=None if case.owner and case.owner.id == whom.id else case.owner,
        last_at=at,
        version=case.version + 1,
    )
    edge = _releasing(workflow, case) if case.assignee and case.assignee.id == whom.id else None
    if edge is None:
        return Move(RAISED, case, after, at, actor, given={"user": str(whom.id)}, reason=reason)
    state = workflow.by_state[edge.leads_to(case.state)]
    after = replace(after, state=state.name, phase=state.phase, assignee=None, waits_for=turn(state, None))
    clocks, changes = advance_clocks(workflow, case, after, at, office, cancels=edge.cancels)
    after = replace(after, clocks=clocks)
    return Move(RAISED, case, after, at, actor, given={"user": str(whom.id)}, reason=reason, clock_changes=changes)


def lift(case: Case, user_id: UUID, reason: str, actor: Actor, now: datetime) -> Move | Refusal:
    """The case is there for this person again, as far as it was before; nothing comes back into the person's hands."""
    if user_id not in case.walled_off:
        return NotFound(_NO_WALL)
    if actor.person is not None and user_id == actor.person.id:
        return NotMet(_NOT_ONESELF)
    at = max(now, case.last_at)
    others = tuple(one for one in case.walled_off if one != user_id)
    after = replace(case, walled_off=others, last_at=at, version=case.version + 1)
    return Move(LIFTED, case, after, at, actor, given={"user": str(user_id)}, reason=reason)


def _releasing(workflow: Workflow, case: Case) -> Transition | None:
    """The step by which a helper is released from where the case stands, to where it waits for another one."""
    waiting = {state for edge in workflow.transitions if edge.assigns for state in edge.sources}
    return next(
        (
            edge
            for edge in workflow.leaving(case.state)
            if edge.releases and edge.cancels != EVERY_CLOCK and edge.leads_to(case.state) in waiting
        ),
        None,
    )
