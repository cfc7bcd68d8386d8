"""The cells of a table that somebody fills in: what a value looks like in each language, and what is meant by a cell.

What cannot be read stays the text that was written, so that the form says what is wrong with it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.rules import folding
from casework.rules.text import Language, Text

_DAY: Final = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))")
_BETWEEN: Final = re.compile("[;；\n]")
_ALSO_BETWEEN: Final = re.compile("[;；\n、,，]")
_NEXT: Final = Text("；", "; ")
_YES: Final = Text("是", "yes")
_NO: Final = Text("否", "no")
_FLAGS: Final = {"是": True, "yes": True, "true": True, "1": True, "否": False, "no": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Cell:
    """A kind of cell: the JSON value of what stands in it, and how a value is written in a language."""

    read: Callable[[str], Any]
    write: Callable[[Any, Language], str]


def as_day(said: str) -> str:
    """The day as forms take it; spreadsheets write 2026/7/6."""
    found = _DAY.fullmatch(folding.typed(said))
    if found is None:
        return said
    year, month, day, *together = found.groups()
    month, day = (month, day) if month else together
    return f"{year}-{month:0>2}-{day:0>2}"


def _number(said: str) -> int | str:
    digits = folding.typed(said)
    return int(digits) if re.fullmatch("[0-9]{1,9}", digits) else said


def _flag(said: str) -> bool | str:
    return _FLAGS.get(folding.key(said), said)


def _plain(value: Any, language: Language) -> str:
    return str(value)


TEXT: Final = Cell(str, _plain)
CODE: Final = Cell(folding.typed, _plain)
DAY: Final = Cell(as_day, _plain)
NUMBER: Final = Cell(_number, _plain)
FLAG: Final = Cell(_flag, lambda value, language: (_YES if value else _NO).in_(language))


def choice(options: Callable[[], Mapping[str, Text]]) -> Cell:
    """One of these: written in words, and read from its code or its words in either language."""

    def read(said: str) -> str:
        key = folding.key(said)
        named = ((code, word) for code, text in options().items() for word in (code, text.zh, text.en))
        return next((code for code, word in named if folding.key(word) == key), said)

    def write(value: Any, language: Language) -> str:
        text = options().get(value)
        return text.in_(language) if text else str(value)

    return Cell(read, write)


def many(one: Cell, *, commas: bool = True) -> Cell:
    """Several in one cell, between semicolons or on lines of their own; between commas too, where none is in them."""
    between = _ALSO_BETWEEN if commas else _BETWEEN

    def read(said: str) -> list[Any]:
        return [one.read(part) for part in map(str.strip, between.split(said)) if part]

    def write(values: Any, language: Language) -> str:
        return _NEXT.in_(language).join(one.write(value, language) for value in values)

    return Cell(read, write)
