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
from casework.work import programmes
from casework.work.rederivation import add_policies


class BadFile(ValueError):
    """A policy or calendar file that cannot be loaded; the message says where and why."""


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
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise BadFile(f"{file.name}: {wrong}") from wrong
    rows = content.get("policy")
    if not isinstance(rows, list) or set(content) != {"policy"}:
        raise BadFile(f"{file.name}: write rows as [[policy]] and nothing else")
    return [_row(file.name, number, row) for number, row in enumerate(rows, start=1)]


def _row(file: str, number: int, row: Any) -> dict[str, Any]:
    where = f"{file}, row {number}"
    if not isinstance(row, Mapping) or set(row) != _FIELDS:
        raise BadFile(f"{where}: a policy has exactly the fields {', '.join(sorted(_FIELDS))}")
    source = row["source"]
    if not isinstance(source, Mapping) or set(source) != {"zh", "en"}:
        raise BadFile(f"{where}: name the source in both languages: source = {{ zh = …, en = … }}")
    if not isinstance(row["from"], date) or not isinstance(row["value"], str):
        raise BadFile(f"{where}: `from` is a date such as 2026-01-01 and `value` a text such as 5wd, 1062 or true")
    for name, value in (("value", row["value"]), *(source.items())):
        if not isinstance(value, str) or not value.strip() or "\x00" in value:
            raise BadFile(f"{where}: {name} is empty or not a text")
    return {
        "workflow": str(row["workflow"]),
        "name": str(row["name"]),
        "place": str(row["place"]),
        "from_date": row["from"],
        "value": row["value"],
        "source": {"zh-CN": source["zh"], "en": source["en"]},
    }


_REGION: Final = re.compile(r"[0-9]{6}")


def unusable(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """A sentence for each row of a policy file that would count nowhere, or whose value cannot be read."""
    found = ((row, why) for row in rows for why in _faults(tx, row))
    return [f"{row['workflow']} {row['name']} at {row['place']} from {row['from_date']}: {why}" for row, why in found]


def _faults(tx: Tx, row: Mapping[str, Any]) -> Iterator[str]:
    name, place = row["name"], row["place"]
    asked = [one.policy_kinds for one in programmes.all_versions() if row["workflow"] in (one.key, "*")]
    kinds = {kinds[name] for kinds in asked if name in kinds}
    if not asked:
        yield f"there is no such workflow; write * or one of {', '.join(one.key for one in programmes.latest())}"
    elif not kinds:
        near = get_close_matches(name, {known for kinds in asked for known in kinds}, n=1)
        yield f"no rule asks for {name!r}" + "".join(f"; did you mean {known}?" for known in near)
    if place != "CN" and not _REGION.fullmatch(place) and offices.org(tx, place) is None:
        yield f"{place!r} is no place; write CN, the six digits of a region or the code of an organisation"
    for kind in sorted(kinds):
        try:
            kind.ensure(row["value"])
        except ValueError as why:
            yield str(why)
