"""Letters: written in both languages in the transaction that causes them, sealed with the case."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from casework.records import history
from casework.records.ids import new_id
from casework.records.rows import Row, StoredCase
from casework.records.vault import seal, unseal
from casework.rules.context import DecisionContext
from casework.rules.grammar import Letter, Workflow
from casework.rules.move import Move
from casework.rules.office_kinds import sits_above
from casework.rules.text import LANGUAGES, Text
from casework.work.service import Transaction


class Sender(NamedTuple):
    """The organisation that sends a letter: where it is reached, and the name on its seal."""

    name: str
    phone: str | None = None
    address: str | None = None
    seal_name: str | None = None

    @classmethod
    def of(cls, org: Any) -> "Sender":
        """The sender of a row of organisations."""
        return cls(org.name, org.phone, org.address, org.seal_name)

    def told(self) -> Text:
        """How a letter ends before its date: where to ask, as far as it is known, and the name on the seal."""
        reached = [text.with_(it=it) for text, it in ((_ADDRESS, self.address), (_PHONE, self.phone)) if it]
        seal = self.seal_name or self.name
        if not reached:
            return Text(seal, seal)
        zh, en = "；".join(one.zh for one in reached), "; ".join(one.en for one in reached)
        return Text(f"{zh}。\n\n{seal}", f"{en[0].upper()}{en[1:]}.\n\n{seal}")


_ADDRESS = Text("联系地址：{it}", "address: {it}")
_PHONE = Text("联系电话：{it}", "telephone: {it}")


def write_letters(
    tx: Transaction,
    record: StoredCase,
    move: Move,
    workflow: Workflow,
    office: DecisionContext,
    key: bytes,
    next_serial: Callable[[str], int] | None = None,
) -> list[Row]:
    """The rows of the letters that a move sends, numbered where the letter has a serial; see `letter_rows`."""
    if not move.letters:
        return []

    def sender_of(code: str) -> Sender:
        return Sender.of(tx.rules.orgs[code])

    day = tx.rules.calendars[record.calendar].calendar.local_date(move.at)
    serials = next_serial or partial(history.next_serial, tx.db)
    return letter_rows(move, workflow, key, office, sender_of, day, serials)


def letter_series(move: Move, workflow: Workflow, day: date) -> list[str]:
    """The series of each letter of a move that is numbered."""
    letters = map(workflow.by_letter.__getitem__, move.letters)
    return [series(workflow, sent_by(letter, move), letter, day.year) for letter in letters if letter.numbered]


def letter_rows(
    move: Move,
    workflow: Workflow,
    key: bytes,
    office: DecisionContext,
    sender_of: Callable[[str], Sender],
    day: date,
    next_serial: Callable[[str], int],
) -> list[Row]:
    """The rows of the letters of a move.

    `sender_of` gives the organisation of a code; `next_serial` the next number of a series, see `series`.
    """
    rows = []
    for name in move.letters:
        letter = workflow.by_letter[name]
        code = sent_by(letter, move)
        number = None
        if letter.numbered:
            serial = next_serial(series(workflow, code, letter, day.year))
            number = number_of(workflow, office, code, letter, day.year, serial)
        letter_id = new_id()
        told = render(letter, move, office, sender_of(code), str(day), number)
        rows.append({"id": letter_id, "name": name, "number": number, "sealed": seal(key, place(letter_id), told)})
    return rows


def sent_by(letter: Letter, move: Move) -> str:
    """The code of the organisation that sends a letter."""
    person = move.actor.person
    if letter.of_reviewer and person is not None and sits_above(person, move.before.org_path):
        return person.org_path.rstrip("/").rpartition("/")[2]
    return move.before.org_code


def series(workflow: Workflow, org_code: str, letter: Letter, year: int) -> str:
    """`(2026)LA-370100-决`: numbered per year, office and kind, without gaps, no number used again."""
    return f"({year}){workflow.numbering}-{org_code}-{letter.kind}"


def number_of(
    workflow: Workflow, office: DecisionContext, org_code: str, letter: Letter, year: int, serial: int
) -> str:
    """`（2026）济工援决字第1号`: by the pattern that the policy `letter_number` sets for the organisation.

    The pattern of a wider place counts where the code of the organisation stands in it, so that no two offices give
    the same number. Without one, `（2026）LA-370100决字第1号`.
    """
    row = office.policy("letter_number")
    own = row is not None and (row.place == org_code or "{org}" in row.value)
    pattern = (
        row.value if row is not None and own else f"（{{year}}）{workflow.numbering}-{{org}}{{kind}}字第{{serial}}号"
    )
    return pattern.format(year=year, org=org_code, kind=letter.kind, serial=serial)


def render(
    letter: Letter, move: Move, office: DecisionContext, sender: Sender, day: str, number: str | None
) -> dict[str, dict[str, str]]:
    """The letter as it is kept: `{"zh-CN": {"title", "body"}, "en": {…}}`."""
    blanks: Mapping[str, Any] = {
        "applicant": move.case.facts["applicant"]["name"],
        "number": move.case.number,
        "letter_number": number or "",
        "office": sender.told(),
        "date": day,
        **letter.fill(move, office),
    }
    return {
        language: {"title": letter.title.in_(language, **blanks), "body": letter.body.in_(language, **blanks)}
        for language in LANGUAGES
    }


def read(key: bytes, row: Any) -> dict[str, dict[str, str]]:
    """The letter of a row of the table."""
    told: dict[str, dict[str, str]] = unseal(key, place(row.id), row.sealed)
    return told


def place(letter_id: object) -> str:
    """Where a letter is stored."""
    return f"letters.sealed:{letter_id}"
