"""Checks for conflicts of interest, with their hits and what came of them."""

from typing import Annotated, Any

from casework.api.answers.members import First, Instant, Shape, like, one_of, told
from casework.api.answers.people import Person, person
from casework.http.request_context import instant
from casework.rules import people
from casework.rules.conflict_checks import DECISIONS, KINDS, SIDES, WHYS


class ConflictHit(Shape):
    """A name that may be that of a party of the case."""

    side: Annotated[str, one_of(SIDES)]
    kind: Annotated[str, one_of(KINDS)]
    likeness: Annotated[float, like(0.85, "名称相似程度，1 为相同", "How alike the names are; 1: the same", maximum=1)]


class ConflictCheck(Shape):
    """A check of somebody for a case that has found something; `seq` is that of its event."""

    seq: First
    at: Instant
    why: Annotated[str, one_of(WHYS)]
    user: Annotated[Person | None, told("被比对的人", "Who was checked")]
    decision: Annotated[str, one_of(DECISIONS)]
    hits: list[ConflictHit]


def conflict_check(row: Any, whom: people.Person | None) -> ConflictCheck:
    """The check that an event tells of."""
    given = row.payload["given"]
    return ConflictCheck(
        seq=row.seq,
        at=instant(row.at),
        why=given["why"],
        user=person(whom),
        decision=given["decision"],
        hits=[ConflictHit(hit["side"], hit["kind"], float(hit["likeness"])) for hit in given["hits"]],
    )
