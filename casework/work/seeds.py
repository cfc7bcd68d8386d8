"""What an installation starts with: the calendars and policies of `config/`, read once and kept in the database."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from casework.records import offices
from casework.records.database import Tx
from casework.rules.calendars import compose
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
        load_china(tx, config)
    held = {(p.workflow, p.name, p.place, p.from_date) for p in offices.all_policies(tx)}
    rows = [row for file in sorted((config / "policies").glob("*.toml")) for row in read_policies(file)]
    add_policies(
        tx, [row for row in rows if (row["workflow"], row["name"], row["place"], row["from_date"]) not in held]
    )


def load_china(tx: Tx, config: Path) -> int:
    """The office hours of `china.toml` with every year file beside it, as a version of the calendar `china`."""
    folder = config / "calendars"
    base = tomllib.loads((folder / "china.toml").read_text(encoding="utf-8"))
    years = [tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("cn-*.toml"))]
    return offices.add_calendar(tx, base["key"], title_of(base), plain(compose(base, years)))


def title_of(mapping: Mapping[str, Any]) -> dict[str, str]:
    """The title of a calendar file in both languages; its key where it has none."""
    title = mapping.get("title", {})
    key = str(mapping.get("key", ""))
    return {"zh-CN": title.get("zh", key), "en": title.get("en", key)}


def plain(value: Any) -> Any:
    """A calendar mapping as JSON holds it: dates are strings."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


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
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
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
