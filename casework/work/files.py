"""Files of cases, and of applications until these are sent: added, listed, removed, handed over.

Each file is sealed under a key of its own. That key is sealed under the applicant's key, or under that of drafts until
the application is sent; so a change of the service keys needs to touch no file, and a file ends with its key.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from casework.files.kinds import SUFFIXES
from casework.files.reading import Readable
from casework.records import cases
from casework.records import files as records
from casework.records.ids import new_id
from casework.records.rows import StoredCase
from casework.records.vault import new_key, seal_bytes, unseal_bytes
from casework.rules import files as rules
from casework.rules.files import AddedFile
from casework.rules.move import Move
from casework.rules.people import Role
from casework.rules.refusals import Fault, Invalid, NotFound, NotNow
from casework.rules.text import Text
from casework.work import paper_list, workflow_registry
from casework.work.cases import locked
from casework.work.commit import commit
from casework.work.forms import RemoveFile, WithdrawFile
from casework.work.paper_list import PaperOnList
from casework.work.preconditions import ensure, ensure_fresh, ensure_taken_on
from casework.work.recalculation import caught_up
from casework.work.sealing import applicant_key
from casework.work.service import Transaction

MOST_OF_A_CASE: Final = 100
MOST_OF_A_DRAFT: Final = 20
_LONGEST_NAME: Final = 120
# With the signs that are not seen and turn what follows them around, so that a name is read as it is written.
_ODD: Final = re.compile(r'[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"*/:<>?\\|]+')
_NO_SUCH: Final = Text("没有这个文件，或者已经移除。", "There is no such file, or it was removed.")
_NO_PAPER: Final = Text("材料清单中没有这一项；请选择：{known}。", "There is no such paper; choose one of {known}.")
_TOO_MANY: Final = Text(
    "文件已达 {most} 个，请先移除不需要的。", "There are {most} files already; remove what is not needed first."
)


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file as it was sent in: for which paper, what it is called there, and as it may be kept or why not."""

    paper: str
    name: str
    read: Readable | Invalid

    def readable(self) -> Readable:
        """The file as it may be kept; raises `Invalid` where it may not."""
        if isinstance(self.read, Invalid):
            raise self.read
        return self.read


def of_case(tx: Transaction, record: StoredCase) -> Sequence[Any]:
    """Return the files of a case, oldest first, removed ones too; raises `NotYours` before it was taken on."""
    ensure_taken_on(tx, record.case)
    return records.of_case(tx.db, record.case.id)


def papers_of_case(record: StoredCase, rows: Iterable[Any]) -> list[PaperOnList]:
    """Return the list of papers of a case with these files."""
    return paper_list.of_case(workflow_registry.pinned(record.case), record.case, rows)


def add(tx: Transaction, case_id: UUID, given: GivenFile) -> UUID:
    """Add a file to a case as one of its staff or its helper; gives its id."""
    record = locked(tx, case_id)
    ensure(rules.may_add(record.case, tx.acting))
    ensure_taken_on(tx, record.case)
    rows = records.of_case(tx.db, case_id)
    return _add(tx, record, given, papers_of_case(record, rows), rows)


def add_own(tx: Transaction, case_id: UUID, given: GivenFile, awaited: Sequence[str]) -> UUID:
    """Add a file to the own application, for one of the papers asked for; gives its id."""
    record = caught_up(tx, cases.get_for_applicant(tx.db, case_id, lock=True))
    ensure(rules.may_add(record.case, tx.acting))
    rows = records.of_case(tx.db, case_id)
    workflow = workflow_registry.pinned(record.case)
    return _add(tx, record, given, paper_list.of_applicant(workflow, record.case, rows, awaited), rows)


def add_to_draft(tx: Transaction, owner: str, subject: str, given: GivenFile, papers: Sequence[PaperOnList]) -> UUID:
    """Add a file to an application that is being filled in; it goes when the draft goes. Gives its id."""
    file = given.readable()
    _ensure_on_list(given.paper, papers)
    _ensure_room(records.of_draft(tx.db, owner, subject), MOST_OF_A_DRAFT)
    whose = {"draft_owner": owner, "draft_subject": subject}
    return _store(tx, given, file, tx.key_for("drafts"), whose).id


def many_of_draft(tx: Transaction, owner: str, subject: str) -> int:
    """Return how many files an application that is being filled in has."""
    return len(records.of_draft(tx.db, owner, subject))


def hand_over(tx: Transaction, record: StoredCase, owner: str, subject: str) -> StoredCase:
    """Give the files of a draft to the case that it became; they are one event of it."""
    rows = records.of_draft(tx.db, owner, subject)
    if not rows:
        return record
    old, new = tx.key_for("drafts"), applicant_key(tx, record)
    keys = [(row.id, seal_bytes(new, key_place(row.id), open_key(old, row))) for row in rows]
    told = [AddedFile(row.id, row.paper, row.type, row.size, row.sha256, _digest_of(tx, row.id)) for row in rows]
    records.hand_over(tx.db, record.case.id, keys)
    return _committed(tx, record, rules.added(record.case, told, tx.acting, tx.now))


def remove(tx: Transaction, case_id: UUID, file_id: UUID, given: Any) -> None:
    """Remove a file from a case, with the reason: its key and what is in it are destroyed, the event stays."""
    record = locked(tx, case_id)
    ensure_taken_on(tx, record.case)
    ensure(rules.may_add(record.case, tx.acting))
    row = _row(tx, file_id, case_id)
    ensure(rules.may_remove(record.case, row.added_by, tx.acting))
    ensure_fresh(tx, record)
    _remove(tx, record, row, RemoveFile.check(given, today=tx.today)["reason"])


def remove_own(tx: Transaction, case_id: UUID, file_id: UUID, given: Any) -> None:
    """Remove a file that the applicant has added, as long as the case is open."""
    record = caught_up(tx, cases.get_for_applicant(tx.db, case_id, lock=True))
    row = _row(tx, file_id, case_id)
    if not paper_list.is_own(row):
        raise NotFound(_NO_SUCH)
    ensure(rules.may_remove(record.case, row.added_by, tx.acting))
    ensure_fresh(tx, record)
    _remove(tx, record, row, WithdrawFile.check(given, today=tx.today).get("reason"))


def remove_from_draft(tx: Transaction, owner: str, subject: str, file_id: UUID) -> None:
    """Remove a file from an application that is being filled in."""
    row = next((one for one in records.of_draft(tx.db, owner, subject) if one.id == file_id), None)
    if row is None:
        raise NotFound(_NO_SUCH)
    records.remove(tx.db, file_id, None, Role.APPLICANT)


def name_of(key: bytes, row: Any) -> str:
    """Return what a file is called, by the key of the applicant or of drafts; raises `NotOpened`."""
    return unseal_bytes(open_key(key, row), place(row.id, "name"), row.name).decode()


def open_key(key: bytes, row: Any) -> bytes:
    """Return the file's own key; raises `NotOpened`."""
    return unseal_bytes(key, key_place(row.id), row.sealed_key)


def key_place(file_id: UUID) -> str:
    """Where the key of a file is stored."""
    return f"files.sealed_key:{file_id}"


def place(file_id: UUID, part: str) -> str:
    """Where a part of a file is stored: `name`, `contents` or `thumbnail`."""
    return f"files.{part}:{file_id}"


def clean_name(name: str, kind: str) -> str:
    """Return a name as it is kept: without folders and signs that file systems forbid, ended as its kind is."""
    plain = _ODD.sub("_", unicodedata.normalize("NFC", name).rpartition("/")[2].rpartition("\\")[2]).strip(" .")
    stem = plain.rpartition(".")[0] or plain
    return (stem[:_LONGEST_NAME] or "file") + SUFFIXES[kind]


def _add(
    tx: Transaction, record: StoredCase, given: GivenFile, papers: Sequence[PaperOnList], rows: Sequence[Any]
) -> UUID:
    ensure_fresh(tx, record)
    file = given.readable()
    _ensure_on_list(given.paper, papers)
    _ensure_room([one for one in rows if one.removed_at is None], MOST_OF_A_CASE)
    stored = _store(tx, given, file, applicant_key(tx, record), {"case_id": record.case.id})
    _committed(tx, record, rules.added(record.case, [stored], tx.acting, tx.now))
    return stored.id


def _store(tx: Transaction, given: GivenFile, file: Readable, key: bytes, whose: dict[str, Any]) -> AddedFile:
    """Seal a file under a new key of its own, and that under `key`."""
    file_id, own = new_id(), new_key()
    contents = seal_bytes(own, place(file_id, "contents"), file.contents)
    told = {"paper": given.paper, "type": file.type, "size": len(file.contents)}
    sha256 = hashlib.sha256(file.contents).digest()
    row = {
        "id": file_id,
        **whose,
        **told,
        "sha256": sha256,
        "added_by": tx.actor_id,
        "added_as": tx.acting.role.value,
        "added_at": tx.now,
        "sealed_key": seal_bytes(key, key_place(file_id), own),
        "name": seal_bytes(own, place(file_id, "name"), clean_name(given.name, file.type).encode()),
        "contents": contents,
        "thumbnail": seal_bytes(own, place(file_id, "thumbnail"), file.thumbnail) if file.thumbnail else None,
    }
    records.add(tx.db, row)
    return AddedFile(file_id, given.paper, file.type, len(file.contents), sha256, hashlib.sha256(contents).digest())


def _remove(tx: Transaction, record: StoredCase, row: Any, reason: str | None) -> None:
    records.remove(tx.db, row.id, tx.actor_id, tx.acting.role)
    _committed(tx, record, rules.removed(record.case, row.id, row.paper, reason, tx.acting, tx.now))


def _committed(tx: Transaction, record: StoredCase, move: Move) -> StoredCase:
    return commit(tx, record, move, workflow_registry.pinned(record.case), tx.office(record))


def _row(tx: Transaction, file_id: UUID, case_id: UUID) -> Any:
    row = next((one for one in records.of_case(tx.db, case_id) if one.id == file_id), None)
    if row is None or row.removed_at is not None:
        raise NotFound(_NO_SUCH)
    return row


def _digest_of(tx: Transaction, file_id: UUID) -> bytes:
    row = records.one(tx.db, file_id, "contents")
    assert row is not None
    return hashlib.sha256(row.sealed).digest()


def _ensure_on_list(paper: str, papers: Iterable[PaperOnList]) -> None:
    known = [one.code for one in papers if one.code]
    if paper not in known:
        raise Invalid([Fault("paper", "choice", _NO_PAPER.with_(known=", ".join(known)))])


def _ensure_room(here: Sequence[Any], most: int) -> None:
    if len(here) >= most:
        raise NotNow(_TOO_MANY.with_(most=most))
