"""Links by which a file is looked at: for five minutes, for one part of one file, for nobody but who asked for it.

A link holds no secret of its own: it is a signature, under a key of the installation, of which file, which part, until
when and for whom. Each look is in the log of disclosures, but for applicants' looks at what they sent in themselves.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from casework.files.kinds import JPEG
from casework.records import cases, history
from casework.records import files as records
from casework.records.files import Part
from casework.records.rows import StoredCase
from casework.records.vault import NotOpened, unseal_bytes
from casework.rules.refusals import NotFound
from casework.rules.text import Text
from casework.work.files import name_of, open_key, place
from casework.work.paper_list import is_own
from casework.work.preconditions import ensure_may_read
from casework.work.sealing import applicant_key
from casework.work.service import Transaction

LASTS: Final = timedelta(minutes=5)
_PARTS: Final[tuple[Part, ...]] = ("contents", "thumbnail")
_ID, _UNTIL, _SIGNATURE = 16, 4, 32
_LONGEST: Final = 120
_GONE: Final = Text(
    "链接已失效，或者不是发给您的，或者文件已经移除；请回到材料清单重新打开。",
    "The link has ended, was made for somebody else, or the file was removed; open it anew from the list of papers.",
)


@dataclass(frozen=True, slots=True)
class Looked:
    """What is to be shown: the media type, what the file is called, and its bytes."""

    type: str
    name: str
    contents: bytes


def link(tx: Transaction, record: StoredCase, row: Any, part: Part = "contents") -> str:
    """Return the token of a link for the caller; raises `NotYours` where the caller may not look."""
    ensure_may_read(tx, record.case)
    return token(tx, row.id, part, _user(tx))


def link_of_case(tx: Transaction, case_id: UUID, file_id: UUID) -> tuple[str, str | None, datetime]:
    """Return the tokens of a file and of its thumbnail, if it has one, and until when they last; raises `NotFound`."""
    record = cases.get(tx.db, case_id, tx.person)
    ensure_may_read(tx, record.case)
    row = _of_case(tx, case_id, file_id)
    shown = link(tx, record, row, "thumbnail") if row.has_thumbnail else None
    return link(tx, record, row), shown, _until(tx)


def own_link(tx: Transaction, case_id: UUID, file_id: UUID) -> tuple[str, str | None, datetime]:
    """Return the same for the applicant, of a file that the applicant has added."""
    row = _of_case(tx, case_id, file_id)
    if not is_own(row):
        raise NotFound
    whose = of_applicant(case_id)
    shown = token(tx, file_id, "thumbnail", whose) if row.has_thumbnail else None
    return token(tx, file_id, "contents", whose), shown, _until(tx)


def of_applicant(case_id: UUID) -> str:
    """Return for whom the links of the applicant of this case are."""
    return f"applicant {case_id}"


def token(tx: Transaction, file_id: UUID, part: Part, whose: str) -> str:
    """Return the token of a link to one part of a file, for whoever is named so."""
    until = int(_until(tx).timestamp())
    said = file_id.bytes + bytes([_PARTS.index(part)]) + until.to_bytes(_UNTIL)
    return urlsafe_b64encode(said + _signature(tx, said, whose)).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Shown:
    """A file in a list: its row, what it is called, and the tokens of links to it and to its thumbnail."""

    row: Any
    name: str
    contents: str
    thumbnail: str | None


def shown(tx: Transaction, record: StoredCase, rows: Iterable[Any]) -> list[Shown]:
    """Return the files of a case that are there as their readers see them; that they read the names is logged."""
    ensure_may_read(tx, record.case)
    here = [row for row in rows if row.removed_at is None]
    if here:
        history.note_disclosure(tx.db, record.case.id, tx.person.id, ["files"], "read")
    return _shown(tx, here, applicant_key(tx, record), _user(tx))


def shown_own(tx: Transaction, record: StoredCase, rows: Iterable[Any]) -> list[Shown]:
    """Return those that the applicant has added, for the applicant."""
    own = [row for row in rows if row.removed_at is None and is_own(row)]
    return _shown(tx, own, applicant_key(tx, record), of_applicant(record.case.id))


def shown_of_draft(tx: Transaction, owner: str, rows: Iterable[Any]) -> list[Shown]:
    """Return those of an application that is being filled in."""
    return _shown(tx, rows, tx.key_for("drafts"), owner)


def _shown(tx: Transaction, rows: Iterable[Any], key: bytes, whose: str) -> list[Shown]:
    return [
        Shown(
            row,
            name_of(key, row),
            token(tx, row.id, "contents", whose),
            token(tx, row.id, "thumbnail", whose) if row.has_thumbnail else None,
        )
        for row in rows
    ]


def look(tx: Transaction, given: str) -> Looked:
    """Return what a link of the caller's shows, which is logged; raises `NotFound` where it is none any more."""
    file_id, part = _read(tx, given, _user(tx))
    row = records.one(tx.db, file_id, part)
    if row is None or row.case_id is None:
        raise NotFound(_GONE)
    record = cases.get(tx.db, row.case_id, tx.person)
    ensure_may_read(tx, record.case)
    path = f"files.{file_id}" if part == "contents" else f"files.{file_id}.{part}"
    history.note_disclosure(tx.db, record.case.id, tx.person.id, [path], "read")
    return _opened(row, part, applicant_key(tx, record))


def look_own(tx: Transaction, case_id: UUID, given: str) -> Looked:
    """Return what a link of the applicant's shows."""
    file_id, part = _read(tx, given, of_applicant(case_id))
    row = records.one(tx.db, file_id, part)
    if row is None or row.case_id != case_id or not is_own(row):
        raise NotFound(_GONE)
    return _opened(row, part, applicant_key(tx, cases.get_for_applicant(tx.db, case_id)))


def look_at_draft(tx: Transaction, owner: str, given: str) -> Looked:
    """Return what a link shows to whoever fills in the application."""
    file_id, part = _read(tx, given, owner)
    row = records.one(tx.db, file_id, part)
    if row is None or row.draft_owner != owner:
        raise NotFound(_GONE)
    return _opened(row, part, tx.key_for("drafts"))


def _opened(row: Any, part: Part, key: bytes) -> Looked:
    if row.sealed is None:
        raise NotFound(_GONE)
    try:
        contents = unseal_bytes(open_key(key, row), place(row.id, part), row.sealed)
    except NotOpened as wrong:
        raise NotFound(_GONE) from wrong
    return Looked(row.type if part == "contents" else JPEG, name_of(key, row), contents)


def _read(tx: Transaction, given: str, whose: str) -> tuple[UUID, Part]:
    try:
        raw = urlsafe_b64decode(given[:_LONGEST] + "=" * (-len(given[:_LONGEST]) % 4))
    except (Error, ValueError):
        raise NotFound(_GONE) from None
    said, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
    if len(said) != _ID + 1 + _UNTIL or not hmac.compare_digest(signature, _signature(tx, said, whose)):
        raise NotFound(_GONE)
    if datetime.fromtimestamp(int.from_bytes(said[-_UNTIL:]), UTC) < tx.now:
        raise NotFound(_GONE)
    return UUID(bytes=said[:_ID]), _PARTS[said[_ID]]


def _of_case(tx: Transaction, case_id: UUID, file_id: UUID) -> Any:
    row = next((one for one in records.of_case(tx.db, case_id) if one.id == file_id), None)
    if row is None or row.removed_at is not None:
        raise NotFound(_GONE)
    return row


def _user(tx: Transaction) -> str:
    return f"user {tx.person.id}"


def _until(tx: Transaction) -> datetime:
    return tx.now + LASTS


def _signature(tx: Transaction, said: bytes, whose: str) -> bytes:
    return hmac.digest(tx.key_for("file links"), said + whose.encode(), "sha256")
