"""What lies in the file of a case beside its facts: notes, letters, and what is sensitive, shown on request."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from casework.forms.sensitive import join_sensitive
from casework.records import cases, history
from casework.records.ids import new_id
from casework.records.rows import Record
from casework.records.vault import case_place, seal, unseal
from casework.rules.casefile import HELPERS, STAFF
from casework.rules.refusals import Fault, Invalid, NotYours
from casework.rules.text import Text
from casework.work import letters, programmes
from casework.work.forms import Disclosure, NewNote, PersonalData
from casework.work.moves import applicant_key, ensure_fresh, intake_of
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


_OF_OTHERS: Final = ("members.", "representatives.", "agent.")


def personal_data(tx: Transaction, case_id: UUID, given: Any) -> dict[str, Any]:
    """What is stored of the applicant (个人信息保护法 45), to be handed over: `facts` in full and the letters sent.

    What the applicant told of others stays masked: it is theirs. For staff, with a reason that is logged.
    """
    record = cases.get(tx.db, case_id, tx.person)
    if tx.person.role not in STAFF:
        raise NotYours(Text("只有经办人或审批人可以制作副本。", "Only caseworkers and supervisors make the copy."))
    said = PersonalData.check(given, today=tx.today)
    history.note_disclosure(tx.db, case_id, tx.person.id, ["personal_data"], said["reason"])
    parts, place = cases.sealed_parts(tx.db, case_id), case_place(case_id, "facts")
    sealed = unseal(applicant_key(tx, record), place, parts["facts"]) if "facts" in parts else {}
    own = {path: value for path, value in sealed.items() if not path.startswith(_OF_OTHERS)}
    workflow = programmes.pinned(record.file)
    theirs = {letter.name for letter in workflow.letters if letter.to_applicant}
    return {
        "facts": join_sensitive(intake_of(workflow), record.file.facts, own),
        "letters": [row for row in history.letter_page(tx.db, case_id, 1000, None) if row.name in theirs],
    }


def _sealed_values(tx: Transaction, record: Record) -> dict[str, Any]:
    key = applicant_key(tx, record)
    values: dict[str, Any] = {}
    for part, sealed in cases.sealed_parts(tx.db, record.file.id).items():
        prefix = "" if part == "facts" else f"{part}."
        place = case_place(record.file.id, part)
        values |= {f"{prefix}{path}": value for path, value in unseal(key, place, sealed).items()}
    return values
