"""Further parties of a case, beside those whom its form names: family, witnesses, the other side and its counsel.

A lawyer does not act for both sides of a case, nor where the lawyer or close kin have an interest of their own (律师法
(2017) art. 39); who stands on which side is known as the case goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from casework.rules.case import Case, Facts
from casework.rules.move import Move
from casework.rules.people import HELPERS, STAFF, Actor, Role
from casework.rules.refusals import NotFound, NotMet, NotNow, NotYours, Refusal
from casework.rules.rights import colleagues, is_colleagues, owner_after
from casework.rules.text import Text

ADDED: Final = "party_added"
REMOVED: Final = "party_removed"
FACT: Final = "further_parties"
"""The fact that lists them: of each `id`, `role`, `organisation`, `name` and, where it is known, `credit_code`."""
ROLES: Final = {
    "family": Text("受援人家属", "Family of the recipient"),
    "witness": Text("受援人一方证人", "Witness of the recipient"),
    "other_side": Text("对方当事人", "Another party on the other side"),
    "opposing_counsel": Text("对方代理人", "Opposing counsel"),
    "affiliate": Text("用人单位关联单位", "Affiliate of the employer"),
}
MOST: Final = 50

_BESIDE: Final = ("family", "witness")
_CLOSED: Final = Text("案件已办结，不再增减相关人员。", "The case is closed; no parties are added or removed.")
_NOT_YOURS: Final = Text(
    "相关人员由经办人、审批人和承办人增减。",
    "Parties are added and removed by caseworkers, supervisors and the helper of the case.",
)
_TWICE: Final = Text("已有同一身份的“{name}”。", "{name} is there in this role already.")
_ENOUGH: Final = Text("已达 {most} 人，请先移除不需要的。", "There are {most} already; remove one first.")
_NO_SUCH: Final = Text("没有这名相关人员，或者已经移除。", "There is no such party, or it was removed.")


def further_parties(facts: Facts) -> Sequence[Mapping[str, Any]]:
    """Return the further parties that the facts of a case list, in the order in which they came."""
    return tuple(facts.get(FACT) or ())


def stands_beside(party: Mapping[str, Any]) -> bool:
    """Whether a party is on the side of the recipient; all others are on the other side."""
    return party["role"] in _BESIDE


def may_change_parties(case: Case, actor: Actor) -> Refusal | None:
    """Why this actor adds and removes no parties, or None: the owner, a supervisor and the helper of the case do."""
    if actor.role not in (*STAFF, *HELPERS):
        return NotYours(_NOT_YOURS)
    if case.closed_at:
        return NotNow(_CLOSED)
    if actor.role is Role.CASEWORKER and is_colleagues(case, actor):
        return colleagues(case, may_give_reason=False)
    return None


def add_party(case: Case, party: Mapping[str, Any], actor: Actor, now: datetime) -> Move | Refusal:
    """The case with one more party, which has an id of its own."""
    known = further_parties(case.facts)
    if any((one["role"], one["name"]) == (party["role"], party["name"]) for one in known):
        return NotMet(_TWICE.with_(name=party["name"]))
    if len(known) >= MOST:
        return NotMet(_ENOUGH.with_(most=MOST))
    return _changed(case, ADDED, party, [*known, party], None, actor, now)


def remove_party(case: Case, party_id: UUID, reason: str, actor: Actor, now: datetime) -> Move | Refusal:
    """The case without this party; that it was there stays in the record."""
    known = further_parties(case.facts)
    party = next((one for one in known if one["id"] == str(party_id)), None)
    if party is None:
        return NotFound(_NO_SUCH)
    return _changed(case, REMOVED, party, [one for one in known if one is not party], reason, actor, now)


def _changed(
    case: Case,
    kind: str,
    party: Mapping[str, Any],
    parties: Sequence[Mapping[str, Any]],
    reason: str | None,
    actor: Actor,
    now: datetime,
) -> Move:
    """Like every deed of staff on an open case that nobody owns, it makes the actor its owner."""
    at = max(now, case.last_at)
    updated = {FACT: list(parties)}
    after = replace(
        case,
        facts={**case.facts, **updated},
        owner=owner_after(case, actor),
        last_at=at,
        version=case.version + 1,
    )
    given = {"party": party["id"], "role": party["role"]}
    return Move(kind, case, after, at, actor, given=given, updated=updated, reason=reason)
