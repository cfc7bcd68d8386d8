"""Who may do what to a case: by role, by ownership, by organisation."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from casework.rules.case import Case, Phase
from casework.rules.grammar import State, Transition, Workflow
from casework.rules.people import HELPERS, STAFF, Actor, Person, Role
from casework.rules.refusals import NotMet, NotNow, NotYours, Refusal
from casework.rules.text import Text


def refuse_by_role(workflow: Workflow, edge: Transition, case: Case, actor: Actor, now: datetime) -> Refusal | None:
    """Why this actor may not take the edge whatever is given, or None."""
    if not _may(edge, actor.role):
        return _for_others(edge)
    if actor.role is Role.CLOCK:
        return None if _time_is_up(workflow, edge, case, now) else _not_due()
    if actor.role in HELPERS and (case.assignee is None or case.assignee.id != actor.id):
        return NotYours(Text("此案没有指派给您。", "This case is not assigned to you."))
    if is_colleagues(case, actor) and actor.role is Role.CASEWORKER and not edge.shared:
        return colleagues(case, may_give_reason=False)
    return None


def _for_others(edge: Transition) -> NotYours:
    if edge.by_time_alone:
        return NotYours(
            Text(
                "期限届满时由系统自动办理，无需也不能由人办理。",
                "This happens by itself when its time limit runs out; nobody can or need do it.",
            )
        )
    people = [role.told for role in edge.by if role is not Role.CLOCK]
    return NotYours(
        Text(
            f"此操作由{'、'.join(told.zh for told in people)}办理。",
            f"This is for: {', '.join(told.en for told in people)}.",
        )
    )


def _may(edge: Transition, role: Role) -> bool:
    """Supervisors may do what caseworkers may; both act for the applicant, recorded as such."""
    if role in edge.by:
        return True
    if role is Role.SUPERVISOR and Role.CASEWORKER in edge.by:
        return True
    return role in STAFF and Role.APPLICANT in edge.by


def _time_is_up(workflow: Workflow, edge: Transition, case: Case, now: datetime) -> bool:
    taking = {clock.name for clock in workflow.clocks if clock.take == edge.name}
    return any(
        run.name in taking and run.status == "running" and run.due is not None and run.due.passed(now)
        for run in case.clocks
    )


def _not_due() -> NotMet:
    return NotMet(Text("期限尚未届满。", "The time limit has not run out."))


def is_colleagues(case: Case, actor: Actor) -> bool:
    """Whether the case is in the hands of another member of staff, who is still there and may own it."""
    owner = case.owner
    return actor.role in STAFF and owner is not None and owner.id != actor.id and may_own(owner, case)


def steps_in(edge: Transition, case: Case, actor: Actor) -> bool:
    """A supervisor does a colleague's own work, rather than deciding on it."""
    theirs = Role.SUPERVISOR in edge.by or edge.shared
    return actor.role is Role.SUPERVISOR and not theirs and is_colleagues(case, actor)


def colleagues(case: Case, *, may_give_reason: bool) -> NotNow:
    """The refusal that names the owner of the case."""
    assert case.owner is not None
    owner = case.owner
    if may_give_reason:
        return NotNow(
            Text(
                f"此案由{owner.name}（{owner.username}）经办；如需代办，请写明理由（`reason`）。",
                f"{owner.name} ({owner.username}) owns this case; to step in, give a reason (`reason`).",
            )
        )
    return NotNow(
        Text(
            f"此案由{owner.name}（{owner.username}）经办，请联系经办人移交。",
            f"{owner.name} ({owner.username}) owns this case; ask for a handover.",
        )
    )


def turn(state: State, assignee: Person | None) -> Role | None:
    """Whose turn it is: where a helper's, the role of the one who helps."""
    return assignee.role if assignee and state.waits_for in HELPERS else state.waits_for


def owner_after(case: Case, actor: Actor) -> Person | None:
    """Acting on a case that nobody owns makes you its owner.

    Whoever left gave up the open cases at once, but may own closed ones that are taken up again here.
    """
    if case.owner is not None and may_own(case.owner, case):
        return case.owner
    return actor.person if actor.role in STAFF else None


def may_help(person: Person, case: Case) -> bool:
    """Whether a case may be assigned to this person: an active helper of the same branch, whom no wall keeps out."""
    return (
        person.active
        and person.role in HELPERS
        and person.id not in case.walled_off
        and (case.org_path.startswith(person.org_path) or person.org_path.startswith(case.org_path))
    )


def sees_matter_only(workflow: Workflow, case: Case, person: Person | None) -> bool:
    """Whether this is a helper who has not taken the case on: names and what is sensitive are not for everybody asked.

    A helper takes a case on by the first step on it after the assignment, other than giving it back. Source:
    个人信息保护法 6, no more than is needed.
    """
    if person is None or person.role not in HELPERS or case.phase is not Phase.ASSIGNMENT:
        return False
    edges = workflow.transitions
    assigned = [case.taken[edge.name].at for edge in edges if edge.assigns and edge.name in case.taken]
    gives_back = {edge.name for edge in edges if edge.releases}
    steps = [one.at for name, one in case.taken.items() if one.by == person.id and name not in gives_back]
    return not assigned or max(steps, default=_NEVER) < max(assigned)


def as_seen(workflow: Workflow, case: Case, person: Person | None) -> Case:
    """Return the case with the facts that this person may see of it."""
    if not sees_matter_only(workflow, case, person):
        return case
    return replace(case, facts={name: case.facts[name] for name in workflow.matter if name in case.facts})


def lists_name(role: Role, phase: str) -> bool:
    """Whether people of this role find applicants named in lists: helpers not while the case is being assigned."""
    return role not in HELPERS or phase != Phase.ASSIGNMENT


_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def may_own(person: Person, case: Case) -> bool:
    """Whether a case may be handed to this person: active staff here or above it, whom no wall keeps out."""
    if person.id in case.walled_off:
        return False
    return person.active and person.role in STAFF and case.org_path.startswith(person.org_path)
