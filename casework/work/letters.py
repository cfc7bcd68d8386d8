"""Letters: written in both languages in the transaction that causes them, sealed with the case."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from casework.records import history, offices
from casework.records.rows import Record, Row
from casework.records.vault import seal, unseal
from casework.rules.casefile import Move
from casework.rules.grammar import Letter, Workflow
from casework.rules.text import LANGUAGES
from casework.work.service import Transaction


def write_letters(tx: Transaction, record: Record, move: Move, workflow: Workflow, key: bytes) -> list[Row]:
    """The rows of the letters that a move sends, numbered where the letter has a serial."""
    if not move.letters:
        return []
    office = offices.org(tx.db, move.case.org_code)
    assert office is not None
    day = tx.rules.calendars[record.calendar].calendar.local_date(move.at)
    rows = []
    for name in move.letters:
        letter = workflow.by_letter[name]
        number = _number(tx, letter, office.code, workflow, day.year) if letter.numbered else None
        letter_id = uuid4()
        told = render(letter, move, record.applicant_name, office.name, str(day), number)
        rows.append({"id": letter_id, "name": name, "number": number, "sealed": seal(key, place(letter_id), told)})
    return rows


def _number(tx: Transaction, letter: Letter, org_code: str, workflow: Workflow, year: int) -> str:
    """`(2026)LA-370100-granted-12`: per year, office and kind, without gaps and never used again."""
    scope = f"({year}){workflow.numbering}-{org_code}-{letter.name}"
    return f"{scope}-{history.next_letter_serial(tx.db, scope)}"


def render(
    letter: Letter, move: Move, applicant: str, office: str, day: str, number: str | None
) -> dict[str, dict[str, str]]:
    """The letter as it is kept: `{"zh-CN": {"title", "body"}, "en": {…}}`."""
    blanks: Mapping[str, Any] = {
        "applicant": applicant,
        "number": move.case.number,
        "letter_number": number or "",
        "office": office,
        "date": day,
        **letter.fill(move),
    }
    return {
        language: {"title": letter.title.in_(language), "body": letter.body.in_(language, **blanks)}
        for language in LANGUAGES
    }


def read(key: bytes, row: Any) -> dict[str, dict[str, str]]:
    """The letter of a row of the table."""
    told: dict[str, dict[str, str]] = unseal(key, place(row.id), row.sealed)
    return told


def place(letter_id: object) -> str:
    """Where a letter is stored."""
    return f"letters.sealed:{letter_id}"
