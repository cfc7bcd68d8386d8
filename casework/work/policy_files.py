"""Policies as files give them, and what is wrong with a row."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from casework.records import offices
from casework.records.database import Tx
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.admin_files import BadFile, read_toml

_FIELDS = {"workflow", "name", "place", "from", "value", "source"}
_REGION: Final = re.compile(r"[0-9]{6}")
_IN_ROW = Text("第 {number} 行，{why}", "row {number}: {why}")
_BOTH_LANGUAGES = Text(
    "依据须用两种语言写明：source = { zh = …, en = … }",
    "name the source in both languages: source = { zh = …, en = … }",
)
_FROM_AND_VALUE = Text(
    "from 应为日期，如 2026-01-01；value 应为文本，如 5wd、1062 或 true",
    "`from` is a date such as 2026-01-01 and `value` a text such as 5wd, 1062 or true",
)
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


def read_policies(file: Path) -> list[dict[str, Any]]:
    """The rows of a policy file; raises `BadFile` naming the row."""
    content = read_toml(file)
    rows = content.get("policy")
    if not isinstance(rows, list) or set(content) != {"policy"}:
        raise BadFile(file.name, Text("只能写 [[policy]] 各行", "write rows as [[policy]] and nothing else"))
    return [_row(file.name, number, row) for number, row in enumerate(rows, start=1)]


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


def unusable(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> list[Text]:
    """A sentence for each row of a policy file that would count nowhere, or whose value cannot be read."""
    return [_AT_ROW.with_(**{**row, "why": why}) for row in rows for why in _faults(tx, row)]


def _faults(tx: Tx, row: Mapping[str, Any]) -> Iterator[Text]:
    name, place = row["name"], row["place"]
    asked = [one.policy_kinds for one in workflow_registry.all_versions() if row["workflow"] in (one.key, "*")]
    kinds = {kinds[name] for kinds in asked if name in kinds}
    if not asked:
        yield _NO_WORKFLOW.with_(known=", ".join(one.key for one in workflow_registry.latest()))
    elif not kinds:
        fault = _NO_RULE.with_(name=repr(name))
        near = get_close_matches(name, {known for kinds in asked for known in kinds}, n=1)
        yield _NEAR.with_(fault=fault, near=near[0]) if near else fault
    if place != "CN" and not _REGION.fullmatch(place) and offices.org(tx, place) is None:
        yield _NO_PLACE.with_(place=repr(place))
    yield from (why for kind in sorted(kinds) if (why := kind.fault(row["value"])))
