"""When two cases are one person's, and what is said to somebody who opens the same request again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from casework.rules import folding
from casework.rules.case import Facts
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
    """The same request of this person is open already; `of` are the cases, all of which the caller may see."""

    def __init__(self, of: Sequence[Twin]) -> None:
        numbers = [twin.number for twin in of]
        super().__init__(
            Text(
                f"该申请人的同一申请已在办理：{'、'.join(numbers)}，请在原案中办理。"
                "确需另行登记的，请在 duplicate_reason 中写明理由。",
                f"The same request of this person is open: {', '.join(numbers)}. Go on with that one; where it has to"
                " be opened again, say why in `duplicate_reason`.",
            )
        )
        self.of = tuple(of)


def same_person(by: Collection[str], one: Facts, other: Facts) -> bool:
    """Whether two applicants with these numbers in common are one: by an identity number or document, else by name and
    telephone, unless other numbers tell them apart.
    """
    if "identity_number" in by or "document" in by:
        return True
    apart = any(kind in one and kind in other for kind in _NUMBERS)
    return "phone" in by and not apart and folding.key(one["name"]) == folding.key(other["name"])
