"""Checks for conflicts of interest that have found something, as the events of a case tell of them.

What is told of a hit names a user and a side of the case, and nobody else: neither whose name it was nor another case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from casework.rules.case import Case
from casework.rules.move import Move
from casework.rules.people import Actor, Person
from casework.rules.text import Text

CHECKED: Final = "conflicts_checked"

Why = Literal["assignment", "profile", "party"]
WHYS: Final = {
    "assignment": Text("指派承办人", "a helper was given the case"),
    "profile": Text("档案新增关系人", "somebody new was declared in a profile"),
    "party": Text("案件新增相关人员", "a party was added to the case"),
}
SIDES: Final = ("recipient", "opponent")
KINDS: Final = ("exact", "near")
DECISIONS: Final = {
    "noted": Text("名称相近，未排除", "alike only, and rules nobody out"),
    "walled": Text("已设置回避", "kept from the case"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A name that may be that of a party: of which side, how alike (1: the same), and whether it is taken to be it."""

    side: str
    likeness: float
    sure: bool


def checked(case: Case, why: Why, whom: Person, hits: Sequence[Hit], actor: Actor, now: datetime) -> Move:
    """A check of this person has found something; whose the case is stays so."""
    at = max(now, case.last_at)
    after = replace(case, last_at=at, version=case.version + 1)
    given = {
        "why": why,
        "user": str(whom.id),
        "decision": "walled" if any(hit.sure for hit in hits) else "noted",
        "hits": [
            {"side": hit.side, "kind": "exact" if hit.sure else "near", "likeness": f"{hit.likeness:.2f}"}
            for hit in hits
        ],
    }
    return Move(CHECKED, case, after, at, actor, given=given)
