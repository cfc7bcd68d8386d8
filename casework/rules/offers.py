"""Offers of a case: a helper is asked, has until a due time to answer, and what becomes of it is told in the case.

Every offer and its end is an event of the case, which meanwhile stays where it waits for a helper. Taking it on is by
the steps of the programme, with all their conditions.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from casework.rules.case import Case
from casework.rules.clocks import Due, Interval, Limit, due
from casework.rules.context import DecisionContext
from casework.rules.move import Move
from casework.rules.people import Actor, Person
from casework.rules.refusals import NotNow
from casework.rules.rights import owner_after
from casework.rules.text import Text

Answered = Literal["accepted", "declined", "expired", "withdrawn"]

STATES: Final[dict[str, Text]] = {
    "open": Text("待答复", "waits for an answer"),
    "accepted": Text("已接受", "accepted"),
    "declined": Text("已谢绝", "declined"),
    "expired": Text("逾期未答复", "not answered in time"),
    "withdrawn": Text("已撤回", "withdrawn"),
}
TURNED_DOWN: Final = ("declined", "expired")
"""Whoever has left an offer like this is not asked again for the same case."""

TIME_TO_ANSWER: Final = "offer_answer"
"""The policy that says how long a helper has to answer; where there is none, no offers are made."""

_NO_TIME: Final = Text(
    "本机构没有规定答复期限（`offer_answer`），请直接指派。",
    "No time to answer is set here (`offer_answer`); assign the case directly.",
)


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer as its events tell of it. `after`: the one whose end has led to it, where no one has chosen it."""

    id: UUID
    to: Person
    after: UUID | None = None


def answer_due(office: DecisionContext, now: datetime) -> Due:
    """Return until when an offer that is made now is to be answered; raises `NotNow` where no time is set."""
    row = office.policy(TIME_TO_ANSWER)
    at = due(Limit.parse(row.value), (Interval(now),), office.calendar) if row else None
    if at is None:
        raise NotNow(_NO_TIME)
    return at


def made(case: Case, offer: Offered, until: Due, reason: str | None, actor: Actor, now: datetime) -> Move:
    """A helper is asked; like every deed of staff on a case that nobody owns, it makes the actor its owner."""
    given = {"answer_by": until.at.isoformat(), "answer_on": until.on.isoformat()}
    if offer.after:
        given["after"] = str(offer.after)
    return _told("offered", case, offer, given, reason, actor, now, owner_after(case, actor))


def ended(
    case: Case,
    offer: Offered,
    state: Answered,
    reason: str | None,
    actor: Actor,
    now: datetime,
    *,
    by_link: bool = False,
    following: Person | None = None,
) -> Move:
    """The offer has its answer, or was left without one; whose the case is stays so.

    `by_link`: it came by the link of a message. `following`: who is asked next.
    """
    given: dict[str, Any] = {"by_link": True} if by_link else {}
    if state in TURNED_DOWN:
        given["next"] = str(following.id) if following else None
    return _told(f"offer_{state}", case, offer, given, reason, actor, now, case.owner)


def _told(
    kind: str,
    case: Case,
    offer: Offered,
    given: dict[str, Any],
    reason: str | None,
    actor: Actor,
    now: datetime,
    owner: Person | None,
) -> Move:
    at = max(now, case.last_at)
    after = replace(case, owner=owner, last_at=at, version=case.version + 1)
    said = {"offer": str(offer.id), "to": str(offer.to.id), **given}
    return Move(kind=kind, before=case, case=after, at=at, actor=actor, given=said, reason=reason, asked=offer.to)
