"""Calendars as an office changes them: read from a file, tried on the clocks that run, loaded as a new version."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from casework.records import offices
from casework.records.database import Tx
from casework.records.offices import CalendarVersion
from casework.rules.calendars import WorkingCalendar, compose
from casework.rules.text import Text
from casework.work import rederivation
from casework.work.rederivation import Moved
from casework.work.seeds import BadFile, plain, read_toml, title_of

_BAD_KEY = Text(
    "key {key} 只能由字母、数字、点、连字符和下划线组成",
    "the key {key} is not one of letters, digits, dot, hyphen and underscore",
)
_NOTHING_TO_EXTEND = Text(
    "这是一个年份的放假安排，而没有日历 {key} 可供加入",
    "this is a published year, and there is no calendar {key} to add it to",
)
_NO_JSON = Text("不是可读的 JSON 文件：{wrong}", "it cannot be read as JSON: {wrong}")
_NO_TABLE = Text("日历须写成键和值的表", "write a calendar as a table of keys and values")
_ABOUT: Final = ("key", "title", "source")
_KEY: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What a file says: the calendar's key, its title in both languages and its mapping, as JSON holds it."""

    key: str
    title: Mapping[str, str]
    mapping: Mapping[str, Any]


def read_file(file: Path) -> CalendarFile:
    """The calendar of a TOML or JSON file: a plain mapping, or office hours under the years published beside it.

    Office hours are recognised by `make_up_week`; the years are the files `cn-*.toml` of the same folder. A file
    without `key` goes by its own name. Raises `BadFile` and `BadCalendar`.
    """
    content = _content(file)
    key = content.get("key", file.stem)
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise BadFile(file.name, _BAD_KEY.with_(key=repr(key)))
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
        raise BadFile(file.name, _NOTHING_TO_EXTEND.with_(key=repr(extended)))
    return CalendarFile(extended, held.title.both(), plain(compose(held.mapping, [content])))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A calendar that was loaded: the version by which it counts from now on, and the open clocks that moved."""

    key: str
    version: int
    new: bool
    moved: list[Moved]


def load(tx: Tx, file: Path, extended: str) -> Loaded:
    """The calendar that this file gives is what counts from now on, for the clocks that run as well.

    An unchanged calendar keeps its version and moves nothing. Raises `BadFile`, `BadCalendar` and `Refusal`.
    """
    # Before the file is laid over what is loaded: two who add a year each must both be heard.
    offices.lock_rules(tx)
    change = read_change(tx, file, extended)
    held = offices.latest_calendars(tx).get(change.key)
    version = offices.add_calendar(tx, change.key, change.title, change.mapping)
    new = held is None or held.version != version
    return Loaded(change.key, version, new, rederivation.follow_calendar(tx, change.key, held) if new else [])


def preview(tx: Tx, change: CalendarFile) -> list[Moved]:
    """The open clocks that would move, by case number; nothing is changed."""
    held = offices.latest_calendars(tx).get(change.key)
    calendar = WorkingCalendar.from_mapping(change.mapping)
    title = Text(change.title["zh-CN"], change.title["en"])
    version = CalendarVersion(change.key, 1 + (held.version if held else 0), title, calendar, change.mapping)
    return rederivation.preview_calendar(tx, version)


def _content(file: Path) -> dict[str, Any]:
    if file.suffix != ".json":
        return read_toml(file)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as wrong:
        raise BadFile(file.name, _NO_JSON.with_(wrong=wrong)) from wrong
    if not isinstance(content, dict):
        raise BadFile(file.name, _NO_TABLE)
    return content
