"""A lived case as a template: its rows as lines of COPY, with blanks where copies differ.

A copy has the dates, the organisation and the staff of the case that was lived, so that whatever was derived from them
stays true. Its people are others: their names, numbers, phones and addresses are blanks, and so are the numbers and ids
of the case and of its letters. What is sealed and the hashes are made for each copy.
"""

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from casework.demo.writing import local_day, unopened
from casework.records import bulk
from casework.records.event_chain import canonical, canonical_json
from casework.records.rows import Row, sealed_parts
from casework.records.vault import WrappedKey, blind_index, written
from casework.rules import folding
from casework.rules.grammar import Letter
from casework.rules.identifiers import Sex, check_identity_number, mask_account, mask_identity_number, mask_phone
from casework.stories.story import Story, Told
from casework.work.blind_indexes import held_numbers, known_by
from casework.work.letters import Sender, number_of, render, sent_by, series

# Blanks within rows, before they are lines: signs that nobody writes.
_BLANK: Final = "\ue000{name}\ue001"
_BLANKS: Final = re.compile("\ue000([a-z0-9_]+)\ue001")
# A serial that no letter bears, which is found again in the number that a pattern makes of it.
_SERIAL: Final = 10**15
_MASKS: Final[dict[str, Callable[[str], str]]] = {
    "identity_number": mask_identity_number,
    "phone": mask_phone,
    "account": mask_account,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A person of a template: of whom a copy has somebody else of the same sex, born on the same day."""

    surname: str
    sex: Sex
    birth_date: date
    phone: bool


@dataclass(frozen=True, slots=True)
class EventText:
    """An event: what its hash covers, and its line from the columns before the payload to those before the hashes."""

    head: str
    payload: str
    tail: str
    columns: str


@dataclass(frozen=True, slots=True)
class Template:
    """One lived case. Every text has blanks `%(name)s`.

    `number` is that of the case without its serial. `rows`: the lines by table, with `columns` in that order.
    `sealed`: the blank, the place and the JSON of what is sealed. `letters`: how many there are; `series`: those of the
    letters that are numbered. `blind_indexes`: the kinds and values by which the case is found. `holds`: the places in
    `figures` of those whose identity numbers the case keeps for itself.
    """

    workflow: str
    opened_at: datetime
    number: str
    figures: tuple[Figure, ...]
    columns: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, str]
    events: tuple[EventText, ...]
    sealed: tuple[tuple[str, str, str], ...]
    letters: int
    series: tuple[str, ...]
    blind_indexes: tuple[tuple[str, str], ...]
    holds: tuple[int, ...]


def template_of(
    story: Story, org_ids: Mapping[str, UUID], senders: Mapping[str, Sender], staff: Set[str], index_key: bytes
) -> Template | None:
    """Return the template of a story, or None where copies cannot be told from it line by line.

    That is a case that takes money, whose funds count it; and one in which two people look alike or somebody has a name
    that stands in one of `staff`.
    """
    numbers = [path for path in story.sealed if path.endswith("identity_number")]
    if any(told.move.claims for told in story.told) or not _told_apart(story, numbers, staff):
        return None
    applicant_id = uuid4()
    batch = bulk.Batch(story.world.workflow)
    record = unopened(story, org_ids, applicant_id, WrappedKey("", b""))
    writer = _Plain(story, senders)
    for told in story.told:
        record = batch.write(record, told.move, told.office, **writer.parts(told))
    fill = _Blanks(_differing(story, numbers, applicant_id))
    rows = {name: list(of_one) for name, of_one in batch.rows().items()}
    [case] = rows["cases"]
    case["last_hash"] = rf"\x{_BLANK.format(name='last_hash')}"
    events = rows.pop("events")
    for row in rows["blind_indexes"]:
        row["digest"] = rf"\x{_BLANK.format(name=row['kind'])}"
    held = held_numbers(story.world.workflow, story.case.facts, story.sealed, index_key)
    keeps = [blind_index(index_key, "identity_number", story.sealed[path]) in held for path in numbers]
    return Template(
        workflow=story.case.workflow,
        opened_at=story.case.opened_at,
        number=story.case.number.rpartition("-")[0],
        figures=tuple(_figure(story, path) for path in numbers),
        columns={name: tuple(of_one[0]) for name, of_one in rows.items() if of_one},
        rows={name: fill("".join(map(bulk.line_of, of_one))) for name, of_one in rows.items()},
        events=tuple(_event(row, fill) for row in events),
        sealed=tuple((name, fill(place), fill(plain)) for name, place, plain in writer.sealed),
        letters=writer.letters,
        series=tuple(writer.series),
        blind_indexes=tuple((kind, fill(value)) for kind, value in writer.blind_indexes.items() if value),
        holds=tuple(place for place, kept in enumerate(keeps) if kept and story.case.closed_at is None),
    )


class _Plain:
    """Writes what a move seals and the letters that it sends with blanks, and keeps what goes into these."""

    def __init__(self, story: Story, senders: Mapping[str, Sender]) -> None:
        self._workflow = story.world.workflow
        self._senders = senders
        self.sealed: list[tuple[str, str, str]] = []
        self.letters = 0
        self.series: list[str] = []
        self.blind_indexes: dict[str, str | None] = {}

    def parts(self, told: Told) -> dict[str, Any]:
        """What `Batch.write` is given beside the move."""
        move, parts = told.move, {}
        for part, values in sealed_parts(move).items():
            name = f"vault_{part}".replace(".", "_")
            self.sealed = [one for one in self.sealed if one[0] != name]
            self.sealed.append((name, f"vault.sealed:{move.case.id}:{part}", written(dict(values))))
            parts[part] = rf"\x{_BLANK.format(name=name)}"
        self.blind_indexes |= known_by(move)
        letters = [self._letter(self._workflow.by_letter[name], told) for name in move.letters]
        return {"sealed": parts, "blind_indexes": known_by(move), "letters": letters}

    def _letter(self, letter: Letter, told: Told) -> Row:
        move, office, day = told.move, told.office, local_day(told)
        code, which, number = sent_by(letter, move), self.letters, None
        if letter.numbered:
            serial = _SERIAL + len(self.series)
            self.series.append(series(self._workflow, code, letter, day.year))
            number = number_of(self._workflow, office, code, letter, day.year, serial)
        text = render(letter, move, office, self._senders[code], str(day), number)
        letter_id, name = _BLANK.format(name=f"letter{which}"), f"sealed{which}"
        self.letters += 1
        self.sealed.append((name, f"letters.sealed:{letter_id}", written(text)))
        return {"id": letter_id, "name": letter.name, "number": number, "sealed": rf"\x{_BLANK.format(name=name)}"}


class _Blanks:
    """Puts blanks into a text wherever copies differ."""

    def __init__(self, differing: Mapping[str, str]) -> None:
        self._names = differing
        longest_first = sorted(differing, key=len, reverse=True)
        self._found = re.compile("|".join(map(re.escape, longest_first)))

    def __call__(self, text: str) -> str:
        blank = self._found.sub(lambda found: f"%({self._names[found[0]]})s", text.replace("%", "%%"))
        return _BLANKS.sub(r"%(\1)s", blank)


def _differing(story: Story, numbers: list[str], applicant_id: UUID) -> dict[str, str]:
    """What differs from copy to copy, with the names of the blanks."""
    case = story.case
    found = {
        str(case.id): "case",
        str(applicant_id): "applicant",
        case.number: "number",
        folding.key(case.number): "folded",
        **{str(_SERIAL + place): f"serial{place}" for place in range(20)},
    }
    for place, path in enumerate(numbers):
        whose = path.removesuffix("identity_number")
        found[_name(story, path)] = f"name{place}"
        for kind in ("identity_number", "phone"):
            if value := story.sealed.get(f"{whose}{kind}"):
                found |= {value: f"{kind}{place}", _MASKS[kind](value): f"masked_{kind}{place}"}
    if address := story.sealed.get("applicant.address"):
        found[address] = "address"
    if account := story.sealed.get("bank.account"):
        found |= {account: "account", mask_account(account): "masked_account"}
    return found


def _told_apart(story: Story, numbers: list[str], staff: Set[str]) -> bool:
    names = [_name(story, path) for path in numbers]
    masks = [mask_identity_number(story.sealed[path]) for path in numbers]
    phones = [mask_phone(value) for path, value in story.sealed.items() if path.endswith("phone")]
    alike = any(len(set(of_all)) < len(of_all) for of_all in (names, masks, phones))
    return not alike and not any(name in one for name in names for one in staff) and numbers[0].startswith("applicant")


def _person(story: Story, path: str) -> Mapping[str, Any]:
    facts: Any = story.case.facts
    for step in path.split(".")[:-1]:
        facts = facts[int(step)] if isinstance(facts, list | tuple) else facts[step]
    found: Mapping[str, Any] = facts
    return found


def _name(story: Story, path: str) -> str:
    return str(_person(story, path)["name"])


def _figure(story: Story, path: str) -> Figure:
    number = check_identity_number(story.sealed[path], story.world.now.date())
    phone = f"{path.removesuffix('identity_number')}phone" in story.sealed
    return Figure(_name(story, path)[0], number.sex, number.birth_date, phone)


def _event(row: Row, fill: _Blanks) -> EventText:
    body = canonical(
        row["case_id"], row["seq"], row["at"], row["kind"], row["actor_id"], row["actor_role"], {"\ue000": "\ue001"}
    )
    head, tail = body.split('{"\ue000":"\ue001"}')
    columns = {name: row[name] for name in ("case_id", "seq", "at", "kind", "actor_id", "actor_role")}
    payload = canonical_json(row["payload"])
    return EventText(fill(head), fill(payload), fill(tail), fill(bulk.line_of(columns).rstrip("\n")))
