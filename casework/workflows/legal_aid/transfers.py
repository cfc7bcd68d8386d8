"""Which office is competent: nobody is sent to and fro, and a quarrel of two offices is decided above both."""

from collections.abc import Mapping
from typing import Any, Final

from casework.rules.context import MoveContext, Verdict
from casework.rules.grammar import guard
from casework.rules.people import Role
from casework.rules.text import Text

PUSHED_ABOUT: Final = 2


@guard(
    zh="此案已移送两次；再次移送须由审批人办理。",
    en="The case has been transferred twice; to do so again needs a supervisor.",
)
def not_pushed_about(at: MoveContext) -> bool:
    """Offices may not send people to and fro."""
    moved = at.case.taken.get("transfer")
    return moved is None or moved.times < PUSHED_ABOUT or at.actor.role is Role.SUPERVISOR


@guard(
    zh="该机构已移送过此案。两个机构对管辖有争议的，由共同的上级机构决定。",
    en="That office has transferred the case already. A quarrel of two offices is decided by the organisation above both.",
    looks_at_given=True,
)
def quarrel_is_decided_above(at: MoveContext) -> Verdict | bool:
    """山东省法律援助条例 12: to an office that had the case before it goes back only as the one above both decides.

    Where the tree has no organisation above both, a supervisor decides.
    """
    there = at.office.destination
    if there is None or there.org.path not in passed_by(at):
        return True
    above = _above_both(at.case.org_path, there.org.path)
    if not above:
        return at.actor.role is Role.SUPERVISOR
    person = at.actor.person
    if person is not None and person.role is Role.SUPERVISOR and above.startswith(person.org_path):
        return True
    code = above.rstrip("/").rpartition("/")[2]
    return Verdict(False, _ABOVE.with_(code=code))


_ABOVE: Final = Text(
    "该机构已移送过此案。两个机构对管辖有争议的，由共同的上级机构决定：请移送 {code}，或者由其审批人指定。",
    "That office has transferred the case already. A quarrel of two offices is decided by the organisation above both:"
    " transfer the case to {code}, or let its supervisor say who is competent.",
)


def passed_by(at: MoveContext) -> list[str]:
    """The paths of the organisations that have transferred the case, oldest first."""
    moved = at.case.taken.get("transfer")
    return list(moved.given.get("passed_by", ())) if moved else []


def way_noted(at: MoveContext) -> Mapping[str, Any]:
    """The organisations that the case has come through, with the one that transfers it now."""
    return {"passed_by": [*passed_by(at), at.case.org_path]}


def _above_both(here: str, there: str) -> str:
    """The path of the nearest organisation above two others, one of which may be above the other; empty without one."""
    common = []
    for one, other in zip(here.split("/")[:-1], there.split("/")[:-1], strict=False):
        if one != other:
            break
        common.append(one)
    return "/".join(common) + "/" if common else ""
