"""Files of cases and of applications that are being filled in: what is told of them, and what is sealed of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, Select, insert, select, update

from casework.records.database import Tx
from casework.records.tables import files, users

Part = Literal["contents", "thumbnail"]
"""What may be looked at of a file."""
_TOLD = (
    files.c.id, files.c.case_id, files.c.paper, files.c.type, files.c.size, files.c.sha256, files.c.added_by,
    files.c.added_as, files.c.added_at, files.c.removed_at, files.c.sealed_key, files.c.name,
    files.c.thumbnail.is_not(None).label("has_thumbnail"),
)  # fmt: skip
_GONE = {"sealed_key": None, "name": None, "contents": None, "thumbnail": None}


def add(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a file of a case (`case_id`) or of a draft (`draft_owner`, `draft_subject`)."""
    tx.run(insert(files).values(row))


def of_case(tx: Tx, case_id: UUID) -> Sequence[Row[Any]]:
    """The files of a case without what is in them, oldest first, removed ones too, with who added them."""
    return tx.all(_listing().where(files.c.case_id == case_id))


def of_draft(tx: Tx, owner: str, subject: str) -> Sequence[Row[Any]]:
    """The files of a draft that are there, in the same way."""
    here = (files.c.draft_owner == owner, files.c.draft_subject == subject, files.c.removed_at.is_(None))
    return tx.all(_listing().where(*here))


def _listing() -> Select[Any]:
    by = (users.c.username, users.c.name.label("added_name"))
    joined = files.outerjoin(users, files.c.added_by == users.c.id)
    return select(*_TOLD, *by).select_from(joined).order_by(files.c.added_at, files.c.id)


def one(tx: Tx, file_id: UUID, part: Part) -> Row[Any] | None:
    """A file with whose it is and one sealed part, as `sealed`; None where there is none, or it was removed."""
    columns = (*_TOLD, files.c.draft_owner, files.c.draft_subject, files.c[part].label("sealed"))
    return tx.one(select(*columns).where(files.c.id == file_id, files.c.removed_at.is_(None)))


def hand_over(tx: Tx, case_id: UUID, keys: Iterable[tuple[UUID, bytes]]) -> None:
    """Make files of a draft those of a case; `keys` are their keys as they are sealed from now on."""
    for file_id, sealed_key in keys:
        of_case = {"case_id": case_id, "draft_owner": None, "draft_subject": None, "sealed_key": sealed_key}
        tx.run(update(files).where(files.c.id == file_id).values(of_case))


def remove(tx: Tx, file_id: UUID, by: UUID | None, role: str) -> None:
    """Mark a file as removed, and destroy its key and what is in it."""
    removed = {"removed_by": by, "removed_as": role, "removed_at": tx.now}
    tx.run(update(files).where(files.c.id == file_id).values({**removed, **_GONE}))
