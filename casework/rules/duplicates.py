"""When two cases are one person's, and what is said to somebody who opens the same request again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from casework.rules import folding
from casework.rules.case import Facts
from casework.rules.grammar import Workflow
from casework.rules.refusals import NotNow
from casework.rules.text import Text

_NUMBERS = ("identity_number", "document_number")


class Twin(NamedTuple):
    """Another case of the same person, or of somebody with the same telephone.

    `by`: which numbers are the same; `seen`: whether the caller may see it; `same_request`: it is the same person's and
    asks for the same.
    """

    id: UUID
    number: str
    state: str
    opened_at: datetime
    org_code: str
    by: Sequence[str]
    seen: bool
    same_person: bool
    same_request: bool


class Duplicate(NotNow):
    """The same request of this person is open already; `of` are the cases, all of which the caller may see.

    A reason opens it again, unless the workflow has but one open case for each of these people.
    """

    def __init__(self, workflow: Workflow, of: Sequence[Twin]) -> None:
        one_only = workflow.one_open_case_per and any({"identity_number", "document"} & {*twin.by} for twin in of)
        numbers = [twin.number for twin in of]
        told = (_GO_ON if one_only else _OR_SAY_WHY).with_(zh="、".join(numbers), en=", ".join(numbers))
        super().__init__(told)
        self.of = tuple(of)


_GO_ON = Text(
    "该申请人的同一申请已在办理：{zh}，请在原案中办理。",
    "The same request of this person is open: {en}. Go on with that one.",
)
_OR_SAY_WHY = Text(
    "该申请人的同一申请已在办理：{zh}，请在原案中办理。确需另行登记的，请写明重复登记的理由。",
    "The same request of this person is open: {en}. Go on with that one; where it has to be opened again, say"
    " why it is opened again.",
)


def same_person(by: Collection[str], one: Facts, other: Facts) -> bool:
    """Whether two applicants with these numbers in common are one: by an identity number or document, else by name and
    telephone, unless other numbers tell them apart.
    """
    if "identity_number" in by or "document" in by:
        return True
    apart = any(kind in one and kind in other for kind in _NUMBERS)
    return "phone" in by and not apart and folding.key(one["name"]) == folding.key(other["name"])
