"""Files of a case: for which papers they are, who adds and removes them, and what of that is an event of the case."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from casework.rules.case import Case, Facts
from casework.rules.move import Move
from casework.rules.people import HELPERS, STAFF, Actor, Role
from casework.rules.refusals import NotNow, NotYours, Refusal
from casework.rules.rights import colleagues, is_colleagues
from casework.rules.text import Text


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A file as its event tells of it; `sealed` is the SHA-256 of it as it lies in the database."""

    id: UUID
    paper: str
    type: str
    size: int
    sha256: bytes
    sealed: bytes

    def told(self) -> dict[str, Any]:
        """The file in an event."""
        digests = {"sha256": self.sha256.hex(), "sealed_sha256": self.sealed.hex()}
        return {"id": str(self.id), "paper": self.paper, "type": self.type, "size": self.size, **digests}


def may_add(case: Case, actor: Actor) -> Refusal | None:
    """Why this actor adds no file, or None: staff, the helper, and the applicant as long as the case is open."""
    if actor.role is Role.APPLICANT:
        return NotNow(_CLOSED) if case.closed_at else None
    return None if actor.role in (*STAFF, *HELPERS) else NotYours(_NOT_YOURS)


def may_remove(case: Case, added_by: UUID | None, actor: Actor) -> Refusal | None:
    """Why this actor removes no file that this user (None: the applicant) has added, or None.

    Applicants and helpers remove their own, staff each in the cases that they may correct.
    """
    if actor.role is Role.APPLICANT and case.closed_at:
        return NotNow(_CLOSED)
    if actor.role is Role.APPLICANT or actor.role in HELPERS:
        return None if added_by == actor.id else NotYours(_NOT_OWN)
    if actor.role not in STAFF:
        return NotYours(_NOT_YOURS)
    if actor.role is Role.CASEWORKER and is_colleagues(case, actor):
        return colleagues(case, may_give_reason=False)
    return None


def added(case: Case, files: Iterable[AddedFile], actor: Actor, now: datetime) -> Move:
    """Files came to the case; whose the case is stays so."""
    return _told(case, "file_added", {"files": [one.told() for one in files]}, None, actor, now)


def removed(case: Case, file_id: UUID, paper: str, reason: str | None, actor: Actor, now: datetime) -> Move:
    """A file is no more; that it was there stays in the record."""
    return _told(case, "file_removed", {"files": [{"id": str(file_id), "paper": paper}]}, reason, actor, now)


def _told(case: Case, kind: str, given: Facts, reason: str | None, actor: Actor, now: datetime) -> Move:
    at = max(now, case.last_at)
    after = replace(case, last_at=at, version=case.version + 1)
    return Move(kind=kind, before=case, case=after, at=at, actor=actor, given=given, reason=reason)


_NOT_YOURS: Final = Text(
    "只有经办人、审批人、承办人和申请人可以添加或者移除材料文件。",
    "Files are added and removed by caseworkers, supervisors, helpers and applicants.",
)
_NOT_OWN: Final = Text("只能移除自己上传的文件。", "You may remove only what you have added yourself.")
_CLOSED: Final = Text(
    "案件已办结，不再接收材料文件；有新的情况，请联系办理机构。",
    "The case is closed and takes no more files; tell the office what is new.",
)
