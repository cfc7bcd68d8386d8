"""Calendars as an office changes them: read from a file, tried on the clocks that run, loaded as a new version."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from casework.records import cases, offices
from casework.records.database import Tx
from casework.rules.calendars import WorkingCalendar, compose
from casework.rules.clocks import Due, due
from casework.work.seeds import BadFile, plain, title_of

_ABOUT: Final = ("key", "title", "source")
_KEY: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")
_BATCH: Final = 500
_ON_CALENDAR = """
select c.id from cases c join orgs o on o.id = c.org_id
where o.calendar = :key and exists (select 1 from clocks k where k.case_id = c.id and k.ended_at is null)
order by c.number
"""


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What a file says: the calendar's key, its title in both languages and its mapping, as JSON holds it."""

    key: str
    title: Mapping[str, str]
    mapping: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moved:
    """An open clock that would be due at another time, or more or less surely than before."""

    number: str
    clock: str
    before: Due | None
    after: Due | None


def read_file(file: Path) -> CalendarFile:
    """The calendar of a TOML or JSON file: a plain mapping, or office hours under the years published beside it.

    Office hours are recognised by `make_up_week`; the years are the files `cn-*.toml` of the same folder. A file
    without `key` goes by its own name. Raises `BadFile` and `BadCalendar`.
    """
    content = _content(file)
    key = content.get("key", file.stem)
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise BadFile(f"{file.name}: the key {key!r} is not one of letters, digits, dot, hyphen and underscore.")
    if "make_up_week" in content:
        mapping = compose(content, [_content(year) for year in sorted(file.parent.glob("cn-*.toml"))])
    else:
        mapping = {name: value for name, value in content.items() if name not in _ABOUT}
        WorkingCalendar.from_mapping(mapping)
    return CalendarFile(key, title_of({"key": key, "title": content.get("title", {})}), plain(mapping))


def read_change(tx: Tx, file: Path, extended: str) -> CalendarFile:
    """The calendar that loading this file gives: its own, or for a published year the `extended` one with that year.

    Raises `BadFile` and `BadCalendar`.
    """
    content = _content(file)
    if "year" not in content:
        return read_file(file)
    held = offices.latest_calendars(tx).get(extended)
    if held is None:
        raise BadFile(f"{file.name} is a published year, and there is no calendar {extended!r} to add it to.")
    return CalendarFile(extended, held.title.both(), plain(compose(held.mapping, [content])))


def load(tx: Tx, change: CalendarFile) -> int:
    """The version under which the calendar counts from now on; an unchanged one keeps its version."""
    return offices.add_calendar(tx, change.key, change.title, change.mapping)


def preview(tx: Tx, change: CalendarFile) -> list[Moved]:
    """The open clocks that would move, by case number; nothing is changed."""
    calendar = WorkingCalendar.from_mapping(change.mapping)
    ids = [row.id for row in tx.all(_ON_CALENDAR, key=change.key)]
    moved = []
    for start in range(0, len(ids), _BATCH):
        records = cases.several(tx, ids[start : start + _BATCH])
        for file in sorted((record.file for record in records.values()), key=lambda file: file.number):
            for run in file.clocks:
                after = due(run.limit, run.intervals, calendar) if run.open else run.due
                if after != run.due:
                    moved.append(Moved(file.number, run.name, run.due, after))
    return moved


def _content(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        content = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise BadFile(f"{file.name} cannot be read as TOML or JSON: {wrong}.") from wrong
    if not isinstance(content, dict):
        raise BadFile(f"{file.name}: write a calendar as a table of keys and values.")
    return content
