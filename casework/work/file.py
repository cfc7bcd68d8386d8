"""What lies in the file of a case beside its facts: notes, letters, and what is sensitive, shown on request."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from casework.records import cases, history
from casework.records.ids import new_id
from casework.records.rows import Record
from casework.records.vault import case_place, seal, unseal
from casework.rules.casefile import HELPERS, STAFF
from casework.rules.refusals import Fault, Invalid, NotYours
from casework.rules.text import Text
from casework.work import letters
from casework.work.forms import Disclosure, NewNote
from casework.work.moves import applicant_key, ensure_fresh
from casework.work.service import Transaction


def add_note(tx: Transaction, case_id: UUID, given: Any) -> dict[str, Any]:
    """A new note, sealed: people write into notes what they would not say aloud."""
    record = cases.get(tx.db, case_id, tx.person)
    if tx.person.role not in (*STAFF, *HELPERS):
        raise NotYours(Text("您不能在案件上添加备注。", "You may not write notes on a case."))
    ensure_fresh(tx, record)
    said = NewNote.check(given, today=tx.today)
    note_id = new_id()
    sealed = seal(applicant_key(tx, record), _note_place(note_id), said["text"])
    history.add_note(tx.db, note_id, case_id, tx.person.id, sealed)
    return {"id": note_id, "text": said["text"], "author": tx.person, "at": tx.now}


def read_notes(tx: Transaction, record: Record, rows: Sequence[Any]) -> list[str]:
    """The texts of these notes of the case; that they were read is logged."""
    key = applicant_key(tx, record)
    _note_reading(tx, record, "notes", rows)
    return [str(unseal(key, _note_place(row.id), row.sealed)) for row in rows]


def read_letters(tx: Transaction, record: Record, rows: Sequence[Any]) -> list[dict[str, str]]:
    """These letters of the case in the reader's language, `title` and `body`; that they were read is logged."""
    key = applicant_key(tx, record)
    _note_reading(tx, record, "letters", rows)
    return [letters.read(key, row)[tx.language] for row in rows]


def _note_reading(tx: Transaction, record: Record, part: str, rows: Sequence[Any]) -> None:
    """Notes and letters are there to be read, so nobody is asked why; but they say what is sensitive elsewhere."""
    if rows:
        history.note_disclosure(tx.db, record.file.id, tx.person.id, [part], "read")


def _note_place(note_id: UUID) -> str:
    return f"notes.sealed:{note_id}"


def disclose(tx: Transaction, case_id: UUID, given: Any) -> dict[str, Any]:
    """Sensitive values by path, with a reason that is logged; for everybody who sees the case.

    Facts are named as in `facts`, what was given at the seventh event as `events.7.report`, its reason as
    `events.7.reason`, and what it replaced as `events.7.replaced.story`.
    """
    record = cases.get(tx.db, case_id, tx.person)
    ensure_fresh(tx, record)
    said = Disclosure.check(given, today=tx.today)
    values = _sealed_values(tx, record)
    wanted = said.get("paths") or sorted(values)
    unknown = [path for path in wanted if path not in values]
    if unknown:
        sentence = Text("没有这项敏感信息。", "There is no such sensitive value.")
        raise Invalid([Fault("paths", "unknown_path", sentence)])
    history.note_disclosure(tx.db, case_id, tx.person.id, list(wanted), said["reason"])
    return {path: values[path] for path in wanted}


def _sealed_values(tx: Transaction, record: Record) -> dict[str, Any]:
    key = applicant_key(tx, record)
    values: dict[str, Any] = {}
    for part, sealed in cases.sealed_parts(tx.db, record.file.id).items():
        prefix = "" if part == "facts" else f"{part}."
        place = case_place(record.file.id, part)
        values |= {f"{prefix}{path}": value for path, value in unseal(key, place, sealed).items()}
    return values
