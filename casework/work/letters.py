"""Letters: written in both languages in the transaction that causes them, sealed with the case."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from casework.records import history, offices
from casework.records.ids import new_id
from casework.records.rows import Record, Row
from casework.records.vault import seal, unseal
from casework.rules.casefile import Move, Office
from casework.rules.grammar import Letter, Workflow
from casework.rules.text import LANGUAGES
from casework.work.service import Transaction


def write_letters(
    tx: Transaction, record: Record, move: Move, workflow: Workflow, office: Office, key: bytes
) -> list[Row]:
    """The rows of the letters that a move sends, numbered where the letter has a serial."""
    if not move.letters:
        return []
    org = offices.org(tx.db, move.before.org_code)
    assert org is not None
    day = tx.rules.calendars[record.calendar].calendar.local_date(move.at)
    return letter_rows(move, workflow, key, office, org.name, day, partial(history.next_serial, tx.db))


def letter_rows(
    move: Move,
    workflow: Workflow,
    key: bytes,
    office: Office,
    org_name: str,
    day: date,
    next_serial: Callable[[str], int],
) -> list[Row]:
    """The rows of the letters of a move. `next_serial` gives the next number of a series; see `series`."""
    rows = []
    for name in move.letters:
        letter = workflow.by_letter[name]
        number = None
        if letter.numbered:
            scope = series(workflow, move.before.org_code, letter, day.year)
            number = f"{scope}-{next_serial(scope)}"
        letter_id = new_id()
        told = render(letter, move, office, org_name, str(day), number)
        rows.append({"id": letter_id, "name": name, "number": number, "sealed": seal(key, place(letter_id), told)})
    return rows


def series(workflow: Workflow, org_code: str, letter: Letter, year: int) -> str:
    """`(2026)LA-370100-granted`: numbered per year, office and kind, without gaps, no number used again."""
    return f"({year}){workflow.numbering}-{org_code}-{letter.name}"


def render(
    letter: Letter, move: Move, office: Office, org_name: str, day: str, number: str | None
) -> dict[str, dict[str, str]]:
    """The letter as it is kept: `{"zh-CN": {"title", "body"}, "en": {…}}`."""
    blanks: Mapping[str, Any] = {
        "applicant": move.case.facts["applicant"]["name"],
        "number": move.case.number,
        "letter_number": number or "",
        "office": org_name,
        "date": day,
        **letter.fill(move, office),
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
