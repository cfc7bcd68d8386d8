"""A letter of a case as it is printed (GB/T 9704), and the record of its service for whoever receives it to sign."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from casework.records import history
from casework.records.rows import StoredCase
from casework.rules.grammar import Workflow
from casework.rules.people import Role
from casework.rules.refusals import NotFound
from casework.rules.text import Language, Text
from casework.web import dates
from casework.web.found import case_of
from casework.web.frame import frame_of
from casework.web.page import HELPERS, STAFF, Answer, Html, Page, Visit
from casework.work import case_documents, workflow_registry

_READERS: Final = STAFF | HELPERS | {Role.AUDITOR}
_DAY: Final = re.compile(r" ?(?<![\w-])(\d{4}-\d{2}-\d{2})(?![\w-]) ?", re.ASCII)
_NO_SUCH_LETTER: Final = Text("此案没有这份文书。", "This case has no such letter.")


class Listed(NamedTuple):
    """A letter in a list: what it is called, without what it says."""

    id: UUID
    title: Text
    number: str | None
    at: Any
    to_applicant: bool


class Sheet(NamedTuple):
    """A letter in its blocks: number, salutation, paragraphs and numbered lines, signature with the date."""

    number: str | None
    salutation: str | None
    paragraphs: Sequence[str]
    signature: Sequence[str]


@Page("GET", "/cases/<number>/letters/<uuid:letter_id>", _READERS)
def letter(visit: Visit, number: str, letter_id: UUID) -> Answer:
    """The letter in the reader's language; that it was read is logged."""
    tx = visit.tx
    record = case_of(tx, number)
    row = _row(visit, record, letter_id)
    [told] = case_documents.read_letters(tx, record, [row])
    values = {
        "frame": frame_of(tx),
        "case": record.case,
        "title": told["title"],
        "sheet": sheet_of(told["body"], row.number, tx.language),
        "letter": _listed(workflow_registry.pinned(record.case), row),
        "may_serve": tx.person.role in STAFF,
    }
    return Html("letter", values)


@Page("GET", "/cases/<number>/letters/<uuid:letter_id>/service", STAFF)
def service(visit: Visit, number: str, letter_id: UUID) -> Answer:
    """The record of service (送达回证) to be filled in by hand; it names its letter and not what that says."""
    tx = visit.tx
    record = case_of(tx, number)
    workflow = workflow_registry.pinned(record.case)
    found = _listed(workflow, _row(visit, record, letter_id))
    if not found.to_applicant:
        raise NotFound(_NO_SUCH_LETTER)
    office = tx.rules.orgs[record.case.org_code].name
    return Html("service", {"frame": frame_of(tx), "case": record.case, "letter": found, "office": office})


def letters_of(visit: Visit, record: StoredCase) -> list[Listed]:
    """Return the letters of a case, the latest first, without what they say."""
    workflow = workflow_registry.pinned(record.case)
    return [_listed(workflow, row) for row in reversed(history.letters_of(visit.tx.db, record.case.id))]


def sheet_of(body: str, number: str | None, language: Language) -> Sheet:
    """Return a letter in its blocks, with days as the language writes them out."""
    blocks = [_with_days(block, language) for block in body.split("\n\n")]
    if number is not None and blocks[0] == number:
        blocks = blocks[1:]
    *said, signature = blocks
    salutation = said.pop(0) if said and said[0].endswith(("：", ",")) else None
    paragraphs = [line for block in said for line in block.split("\n") if line]
    return Sheet(number, salutation, paragraphs, signature.split("\n"))


def _with_days(text: str, language: Language) -> str:
    """Chinese sets no space around a day."""

    def written(match: re.Match[str]) -> str:
        try:
            day = date.fromisoformat(match[1])
        except ValueError:
            return match[0]
        told = dates.written_out(day).in_(language)
        return told if language == "zh-CN" else match[0].replace(match[1], told)

    return _DAY.sub(written, text)


def _row(visit: Visit, record: StoredCase, letter_id: UUID) -> Any:
    row = history.letter(visit.tx.db, record.case.id, letter_id)
    if row is None:
        raise NotFound(_NO_SUCH_LETTER)
    return row


def _listed(workflow: Workflow, row: Any) -> Listed:
    known = workflow.by_letter[row.name]
    return Listed(row.id, known.called, row.number, row.at, known.to_applicant)
