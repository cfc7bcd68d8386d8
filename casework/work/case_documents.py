"""What lies in the file of a case beside its facts: notes, letters, and what is sensitive, shown on request."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from casework.forms.form import form_of, intake_of
from casework.forms.sensitive import join_sensitive
from casework.records import cases, files, history
from casework.records.ids import new_id
from casework.records.rows import StoredCase
from casework.records.vault import seal, unseal
from casework.rules.grammar import Workflow
from casework.rules.parties import FACT
from casework.rules.people import HELPERS, STAFF
from casework.rules.refusals import Fault, Invalid, NotYours
from casework.rules.text import Text
from casework.work import letters, messages, workflow_registry
from casework.work.files import name_of
from casework.work.forms import Disclosure, NewNote, PersonalData
from casework.work.paper_list import is_own
from casework.work.preconditions import ensure_fresh, ensure_may_read, ensure_taken_on
from casework.work.sealing import applicant_key, sealed_by_part
from casework.work.service import Transaction

_UNKNOWN_PATH: Final = Text(
    "本案没有敏感信息 {unknown}；可以查看的有：{known}。",
    "This case has no sensitive value {unknown}; it has: {known}.",
)


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


def read_notes(tx: Transaction, record: StoredCase, rows: Sequence[Any]) -> list[str]:
    """The texts of these notes of the case; that they were read is logged."""
    key = applicant_key(tx, record)
    _note_reading(tx, record, "notes", rows)
    return [str(unseal(key, _note_place(row.id), row.sealed)) for row in rows]


def read_letters(tx: Transaction, record: StoredCase, rows: Sequence[Any]) -> list[dict[str, str]]:
    """These letters of the case in the reader's language, `title` and `body`; that they were read is logged."""
    key = applicant_key(tx, record)
    _note_reading(tx, record, "letters", rows)
    return [letters.read(key, row)[tx.language] for row in rows]


def _note_reading(tx: Transaction, record: StoredCase, part: str, rows: Sequence[Any]) -> None:
    """Notes and letters are there to be read, so nobody is asked why; but they say what is sensitive elsewhere."""
    ensure_may_read(tx, record.case)
    if rows:
        history.note_disclosure(tx.db, record.case.id, tx.person.id, [part], "read")


def note_printing(tx: Transaction, record: StoredCase) -> None:
    """Log that somebody printed the file: it holds no sensitive value, but it leaves the office with a name on it.

    Whoever sees the case may, but for a helper who has not taken it on: `NotYours`.
    """
    ensure_taken_on(tx, record.case)
    history.note_disclosure(tx.db, record.case.id, tx.person.id, ["file"], "printed")


def _note_place(note_id: UUID) -> str:
    return f"notes.sealed:{note_id}"


def disclose(tx: Transaction, case_id: UUID, given: Any) -> dict[str, Any]:
    """Sensitive values by path, with a reason that is logged; for staff, and for the helper who has taken the case on.

    Facts are named as in `facts`, what was given at the seventh event as `events.7.report`, its reason as
    `events.7.reason`, and what it replaced as `events.7.replaced.story`.
    """
    record = cases.get(tx.db, case_id, tx.person)
    ensure_may_read(tx, record.case)
    ensure_fresh(tx, record)
    said = Disclosure.check(given, today=tx.today)
    values = _sealed_values(tx, record)
    wanted = said.get("paths") or sorted(values)
    unknown = [path for path in wanted if path not in values]
    if unknown:
        raise Invalid(
            [
                Fault(
                    "paths",
                    "unknown_path",
                    _UNKNOWN_PATH.with_(unknown=", ".join(unknown), known=", ".join(sorted(values))),
                )
            ]
        )
    history.note_disclosure(tx.db, case_id, tx.person.id, list(wanted), said["reason"])
    return {path: values[path] for path in wanted}


_OTHERS: Final = ("members", "representatives", "agent")
_TOLD_OF_OTHERS: Final = ("name", "relation")


def personal_data(tx: Transaction, case_id: UUID, given: Any) -> dict[str, Any]:
    """What is stored of the applicant (个人信息保护法 45), to be handed over: `facts`, `steps` and `letters`.

    Of others there are the name and the relation only: the rest is theirs, and so are the further parties whom the
    office has noted. `steps` are what the applicant said on the way, `letters` those to the applicant in the language
    of the caller, `files` what the applicant sent in, `messages` what both wrote. For staff, with a reason that is
    logged.
    """
    record = cases.get(tx.db, case_id, tx.person)
    if tx.person.role not in STAFF:
        raise NotYours(Text("只有经办人或审批人可以制作副本。", "Only caseworkers and supervisors make the copy."))
    ensure_may_read(tx, record.case)
    ensure_fresh(tx, record)
    said = PersonalData.check(given, today=tx.today)
    history.note_disclosure(tx.db, case_id, tx.person.id, ["personal_data"], said["reason"])
    key, sealed, workflow = applicant_key(tx, record), sealed_by_part(tx, record), workflow_registry.pinned(record.case)
    facts = join_sensitive(intake_of(workflow), record.case.facts, sealed.get("facts", {}))
    addressed = {letter.name for letter in workflow.letters if letter.to_applicant}
    return {
        "facts": {name: _in_part(value) if name in _OTHERS else value for name, value in facts.items() if name != FACT},
        "steps": [
            _own_step(workflow, row, sealed.get(f"events.{row.seq}", {})) for row in history.own_steps(tx.db, case_id)
        ],
        "letters": [
            {"name": row.name, "number": row.number, "at": row.at, **letters.read(key, row)[tx.language]}
            for row in history.letter_page(tx.db, case_id)
            if row.name in addressed
        ],
        "messages": messages.own(tx, record),
        "files": [
            {"id": row.id, "name": name_of(key, row), "paper": row.paper, "type": row.type, "at": row.added_at}
            for row in files.of_case(tx.db, case_id)
            if row.removed_at is None and is_own(row)
        ],
    }


def _in_part(told: Any) -> Any:
    """What is handed over of somebody else, or of each of several."""
    if isinstance(told, Mapping):
        return {name: told[name] for name in _TOLD_OF_OTHERS if name in told}
    return [_in_part(one) for one in told]


def _own_step(workflow: Workflow, row: Any, sealed: Mapping[str, Any]) -> dict[str, Any]:
    """A step of the applicant with what was said at it in full."""
    name, given = row.payload["transition"], row.payload.get("given", {})
    edge = workflow.edge(name, row.payload["from"])
    if edge and edge.needs:
        given = join_sensitive(form_of(edge.needs), given, sealed)
    return {"transition": name, "at": row.at, "given": given}


def _sealed_values(tx: Transaction, record: StoredCase) -> dict[str, Any]:
    """What is sealed of a case by its path, as a disclosure names it."""
    values: dict[str, Any] = {}
    for part, said in sealed_by_part(tx, record).items():
        prefix = "" if part == "facts" else f"{part}."
        values |= {f"{prefix}{path}": value for path, value in said.items()}
    return values
