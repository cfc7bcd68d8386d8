"""Deadlines as a calendar that programs subscribe to (RFC 5545): whole days, with a number and what runs out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from casework.rules.text import Language, Text

_NAME: Final = Text("案件期限", "Case deadlines")
_PROVISIONAL: Final = Text("（暂定）", " (provisional)")
_LONGEST: Final = 75
_OFTEN: Final = "PT1H"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A running clock of a case: its last day in time, and since when the case stands as it does."""

    case_id: UUID
    number: str
    clock: str
    generation: int
    title: Text
    on: date
    provisional: bool
    changed_at: datetime


def calendar(deadlines: Iterable[Deadline], language: Language) -> str:
    """Return the calendar as text: lines end with CRLF and none has more than 75 octets.

    A clock keeps its UID when it is counted again, so that its day moves and does not stand twice. Neither tells of
    anybody: the UID of a clock is a digest, because a clock's own name may tell of an illness.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//casework//deadlines//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_escaped(_NAME.in_(language))}",
        f"X-WR-CALNAME:{_escaped(_NAME.in_(language))}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_OFTEN}",
        f"X-PUBLISHED-TTL:{_OFTEN}",
        *(line for one in deadlines for line in _event(one, language)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(one: Deadline, language: Language) -> Iterator[str]:
    summary = f"{one.number} {one.title.in_(language)}{_PROVISIONAL.in_(language) if one.provisional else ''}"
    yield "BEGIN:VEVENT"
    yield f"UID:{uuid5(one.case_id, f'{one.clock}.{one.generation}')}"
    yield f"DTSTAMP:{one.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{one.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{one.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(summary)}"
    yield "CLASS:CONFIDENTIAL"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    """Return text as a value: with `\\`, `;`, `,` and ends of lines marked."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Return a line cut into pieces of 75 octets at most, between characters."""
    pieces, octets = [""], 0
    for character in line:
        size = len(character.encode())
        if octets + size > _LONGEST:
            # The blank that goes on with a line counts too.
            pieces, octets = [*pieces, " "], 1
        pieces[-1] += character
        octets += size
    return "\r\n".join(pieces)
