"""What an installation starts with: the calendars and policies of `config/`, read once and kept in the database."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from casework.records import offices
from casework.records.database import Tx
from casework.rules.calendars import BadCalendar, WorkingCalendar
from casework.rules.openings import composed, published_year
from casework.rules.text import Text
from casework.work import programmes
from casework.work.rederivation import add_policies


class BadFile(ValueError):
    """A file of policies, of organisations or of a calendar that cannot be loaded; `text` says where and why."""

    def __init__(self, file: str, why: Text) -> None:
        self.text = Text(f"{file}：{why.zh}", f"{file}: {why.en}")
        super().__init__(self.text.en)


def seed(tx: Tx, config: Path) -> None:
    """Register the workflows and load the seeds that the database does not hold yet."""
    programmes.register(tx)
    if not offices.latest_calendars(tx):
        china = read_calendar(config / "calendars" / "china.toml")
        offices.add_calendar(tx, china.key, china.titled.both(), china.given)
    held = {(p.workflow, p.name, p.place, p.from_date) for p in offices.all_policies(tx)}
    rows = [row for file in sorted((config / "policies").glob("*.toml")) for row in read_policies(file)]
    add_policies(
        tx, [row for row in rows if (row["workflow"], row["name"], row["place"], row["from_date"]) not in held]
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


def read_content(file: Path) -> dict[str, Any]:
    """The keys and values of a TOML or JSON file; raises `BadFile` where it is none."""
    if file.suffix != ".json":
        return read_toml(file)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as wrong:
        raise BadFile(file.name, _NO_JSON.with_(wrong=wrong)) from wrong
    if not isinstance(content, dict):
        raise BadFile(file.name, _NO_TABLE)
    return content


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
_NO_JSON: Final = Text("不是可读的 JSON 文件：{wrong}", "it cannot be read as JSON: {wrong}")
_NO_TABLE: Final = Text("日历须写成键和值的表", "write a calendar as a table of keys and values")

_FIELDS = {"workflow", "name", "place", "from", "value", "source"}


def read_policies(file: Path) -> list[dict[str, Any]]:
    """The rows of a policy file; raises `BadFile` naming the row."""
    content = read_toml(file)
    rows = content.get("policy")
    if not isinstance(rows, list) or set(content) != {"policy"}:
        raise BadFile(file.name, Text("只能写 [[policy]] 各行", "write rows as [[policy]] and nothing else"))
    return [_row(file.name, number, row) for number, row in enumerate(rows, start=1)]


def read_toml(file: Path) -> dict[str, Any]:
    """The content of a TOML file; raises `BadFile` where it is none."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as wrong:
        raise BadFile(file.name, _NO_TOML.with_(wrong=wrong)) from wrong


def _row(file: str, number: int, row: Any) -> dict[str, Any]:
    if why := _fault_of_row(row):
        raise BadFile(file, _IN_ROW.with_(number=number, why=why))
    source = row["source"]
    return {
        "workflow": str(row["workflow"]),
        "name": str(row["name"]),
        "place": str(row["place"]),
        "from_date": row["from"],
        "value": row["value"],
        "source": {"zh-CN": source["zh"], "en": source["en"]},
    }


_NO_TOML = Text("不是可读的 TOML 文件：{wrong}", "it cannot be read as TOML: {wrong}")
_IN_ROW = Text("第 {number} 行，{why}", "row {number}: {why}")
_BOTH_LANGUAGES = Text(
    "依据须用两种语言写明：source = { zh = …, en = … }",
    "name the source in both languages: source = { zh = …, en = … }",
)
_FROM_AND_VALUE = Text(
    "from 应为日期，如 2026-01-01；value 应为文本，如 5wd、1062 或 true",
    "`from` is a date such as 2026-01-01 and `value` a text such as 5wd, 1062 or true",
)


def _fault_of_row(row: Any) -> Text | None:
    if not isinstance(row, Mapping) or set(row) != _FIELDS:
        fields = ", ".join(sorted(_FIELDS))
        return Text(f"一行须有且只有 {fields}", f"a policy has exactly the fields {fields}")
    source = row["source"]
    if not isinstance(source, Mapping) or set(source) != {"zh", "en"}:
        return _BOTH_LANGUAGES
    if not isinstance(row["from"], date) or not isinstance(row["value"], str):
        return _FROM_AND_VALUE
    for name, value in (("value", row["value"]), *(source.items())):
        if not isinstance(value, str) or not value.strip() or "\x00" in value:
            return Text(f"{name} 为空或不是文本", f"{name} is empty or not a text")
    return None


_REGION: Final = re.compile(r"[0-9]{6}")


_AT_ROW = Text(
    "{workflow} {name}（{place}，自 {from_date} 起）：{why}", "{workflow} {name} at {place} from {from_date}: {why}"
)
_NO_WORKFLOW = Text("没有这个流程，请写 * 或 {known}", "there is no such workflow; write * or one of {known}")
_NO_RULE = Text("没有规则用到 {name}", "no rule asks for {name}")
_NEAR = Text("{fault}，是否应为 {near}？", "{fault}; did you mean {near}?")
_NO_PLACE = Text(
    "{place} 不是地区，请写 CN、六位行政区划代码或机构代码",
    "{place} is no place; write CN, the six digits of a region or the code of an organisation",
)


def unusable(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> list[Text]:
    """A sentence for each row of a policy file that would count nowhere, or whose value cannot be read."""
    return [_AT_ROW.with_(**{**row, "why": why}) for row in rows for why in _faults(tx, row)]


def _faults(tx: Tx, row: Mapping[str, Any]) -> Iterator[Text]:
    name, place = row["name"], row["place"]
    asked = [one.policy_kinds for one in programmes.all_versions() if row["workflow"] in (one.key, "*")]
    kinds = {kinds[name] for kinds in asked if name in kinds}
    if not asked:
        yield _NO_WORKFLOW.with_(known=", ".join(one.key for one in programmes.latest()))
    elif not kinds:
        fault = _NO_RULE.with_(name=repr(name))
        near = get_close_matches(name, {known for kinds in asked for known in kinds}, n=1)
        yield _NEAR.with_(fault=fault, near=near[0]) if near else fault
    if place != "CN" and not _REGION.fullmatch(place) and offices.org(tx, place) is None:
        yield _NO_PLACE.with_(place=repr(place))
    yield from (why for kind in sorted(kinds) if (why := kind.fault(row["value"])))
