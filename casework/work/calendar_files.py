"""Calendars as files give them: office hours, or a plain calendar, and the years that were published."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from casework.rules.calendars import BadCalendar, WorkingCalendar
from casework.rules.openings import composed, published_year
from casework.rules.text import Text
from casework.work.admin_files import BadFile, read_content, read_toml

_KEY: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")
_BAD_KEY: Final = Text(
    "key {key} 只能由字母、数字、点、连字符和下划线组成",
    "the key {key} is not one of letters, digits, dot, hyphen and underscore",
)
_BAD_TITLE: Final = Text(
    '名称须用两种语言各写一行：title = { zh = "…", en = "…" }',
    'write the title in both languages, a line each: title = { zh = "…", en = "…" }',
)
_BAD_SOURCE: Final = Text("source 应为一行文本", "source is one line of text")
_YEARS_APART: Final = Text(
    "公布的年份不写在日历内，每年一个文件，如 cn-2027.toml",
    "published years do not stand in a calendar, but in a file each, such as cn-2027.toml",
)


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What a file says: the calendar's key, its title if it has one, and the calendar as it is to be kept."""

    key: str
    title: Text | None
    given: Mapping[str, Any]

    @property
    def titled(self) -> Text:
        """The title, else the key."""
        return self.title or Text(self.key, self.key)


def read_calendar(file: Path) -> CalendarFile:
    """The calendar of a TOML or JSON file: a plain mapping, or office hours with the years published beside it.

    Office hours are recognised by `make_up_week`; the years are the files `cn-*.toml` of the same folder. A file
    without `key` goes by its own name. Raises `BadFile`.
    """
    content = read_content(file)
    key = content.get("key", file.stem)
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise BadFile(file.name, _BAD_KEY.with_(key=repr(key)))
    if "published" in content:
        raise BadFile(file.name, _YEARS_APART)
    if "source" in content and not _is_line(content["source"]):
        raise BadFile(file.name, _BAD_SOURCE)
    given = {name: value for name, value in content.items() if name not in ("key", "title")}
    if "make_up_week" in content:
        years = sorted(file.parent.glob("cn-*.toml"))
        given["published"] = sorted((read_year(year, read_toml(year)) for year in years), key=itemgetter("year"))
    with naming(file):
        WorkingCalendar.from_mapping(composed(given))
    return CalendarFile(key, _title(file, content), plain(given))


def read_year(file: Path, content: Mapping[str, Any]) -> dict[str, Any]:
    """The published year that is the content of this file, as it is to be kept; raises `BadFile`."""
    with naming(file):
        return published_year(content)


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """What is wrong with a calendar is said of this file, as `BadFile`."""
    try:
        yield
    except BadCalendar as wrong:
        raise BadFile(file.name, wrong.text) from wrong


def _title(file: Path, content: Mapping[str, Any]) -> Text | None:
    if "title" not in content:
        return None
    title = content["title"]
    if not isinstance(title, Mapping) or set(title) != {"zh", "en"} or not all(map(_is_line, title.values())):
        raise BadFile(file.name, _BAD_TITLE)
    return Text(title["zh"], title["en"])


def _is_line(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def plain(value: Any) -> Any:
    """A calendar mapping as JSON holds it: dates are strings."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
