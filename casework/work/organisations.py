"""Organisations as an office enters them: a tree in a file, each with the calendar by which it counts.

An organisation without a calendar of its own counts by that of the nearest one above that has one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from casework.forms.form import Form, Many
from casework.forms.texts import Choice, Code, Word
from casework.records import admin_events, offices
from casework.records.database import Tx
from casework.records.ids import new_id
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Text
from casework.work import recalculation
from casework.work.admin_files import read_toml
from casework.work.recalculation import Trial
from casework.work.rederivation import Change, Moved, Progress, silently
from casework.work.service import RulesInForce, Service

KINDS: Final[Mapping[str, Text]] = {
    "province": Text("省", "Province"),
    "city": Text("市", "City"),
    "county": Text("县（市、区）", "County"),
    "street": Text("街道、乡镇", "Street or township"),
    "enterprise": Text("企事业单位", "Enterprise"),
}
_REGION: Final = re.compile(r"[0-9]{6}")

_TWICE = Text("机构 {code} 写了两次。", "Organisation {code} is given twice.")
_NO_REGION = Text(
    "请写六位行政区划代码；机构代码以它开头的可以省略。",
    "Write the six digits of the region; they may be left out where the code begins with them.",
)
_NO_PARENT = Text("没有上级机构 {code}。", "There is no organisation {code} above it.")
_CIRCLE = Text("上级机构循环。", "It would lie above itself.")
_NO_CALENDAR = Text(
    "没有日历 {key}；请先用 casework calendar load 载入。",
    "There is no calendar {key}; load it first by casework calendar load.",
)
_NO_CALENDAR_ABOVE = Text("最上级机构须写明日历。", "An organisation with none above it names its calendar.")
_STAYS = Text(
    "机构 {code} 已在库中，此项为 {held}，不能更改；请新增机构并移送案件。",
    "Organisation {code} is there already with {held}, which stays; add a new organisation and transfer the cases.",
)


class Organisation(Form):
    """One organisation of the tree."""

    code = Code(required=True, title=Text("机构代码", "Code"))
    name = Word(required=True, title=Text("名称", "Name"))
    kind = Choice(KINDS, required=True, title=Text("层级", "Kind"))
    region = Code(most=6, title=Text("行政区划代码", "Region"))
    parent = Code(title=Text("上级机构", "Organisation above"))
    calendar = Code(title=Text("日历", "Calendar"))
    phone = Word(most=60, title=Text("联系电话", "Telephone"))
    address = Word(title=Text("联系地址", "Address"))
    seal_name = Word(title=Text("印章名称", "Name on the seal"))


class Organisations(Form):
    """The organisations of a file."""

    org = Many(Organisation, least=1, most=20_000, required=True, title=Text("机构", "Organisations"))


@dataclass(frozen=True, slots=True)
class Given:
    """The organisations of a table; what a row does not name stays as it is, and None takes it away."""

    name: str
    rows: Sequence[Mapping[str, Any]]


class Changes(NamedTuple):
    """What loading a file does: the codes that are new, and those that change."""

    added: list[str]
    changed: list[str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a file did, or would do: the codes that are new, those that changed, and the clocks that moved."""

    added: list[str]
    changed: list[str]
    moved: list[Moved]


def load(service: Service, file: Path | Given, progress: Progress = silently) -> Loaded:
    """The organisations of this file are there, and the clocks that run count by their calendars.

    Known ones get the name, the calendar, the telephone, the address and the seal that the file says, or none; those
    that it does not name stay as they are.
    Raises `BadFile`, `Invalid` and `Refusal`.
    """
    changes, moved = recalculation.load(service, lambda tx: switch(tx, file, progress), progress)
    return Loaded(*changes, moved)


def switch(tx: Tx, file: Path | Given, progress: Progress = silently) -> Changes:
    """The organisations of this file count as soon as the transaction ends; the cases are to be brought up then."""
    while True:
        rules = recalculation.loaded(tx)
        tree = _Tree(tx, _read(tx, file))
        changes = Changes(tree.added, tree.changed)
        differ = {*changes.added, *changes.changed}
        if not differ:
            return changes
        trial = _trial(rules, tree)
        if recalculation.lock_for(tx, trial, progress):
            break
    # The others are as they were; the rules are locked for no longer than it takes to write these.
    offices.store_orgs(tx, [row for row in tree.rows if row["code"] in differ], tree.held)
    recalculation.begin(tx, trial, {"calendars": tree.counting})
    told = {"added": changes.added, "changed": changes.changed}
    admin_events.add(tx, None, "organisations_loaded", file.name, payload=told)
    return changes


def preview(tx: Tx, file: Path | Given) -> Loaded:
    """What loading this file would do; nothing is changed. Raises `BadFile` and `Invalid`."""
    tree = _Tree(tx, _read(tx, file))
    return Loaded(tree.added, tree.changed, _trial(recalculation.loaded(tx), tree).preview(tx))


def _trial(rules: RulesInForce, tree: "_Tree") -> Trial:
    before = {code: rules.calendars[key].calendar for code, key in tree.counted.items()}
    return Trial(rules, Change(before=before), before=tree.counted, counting=tree.counting)


def _read(tx: Tx, file: Path | Given) -> list[dict[str, Any]]:
    given = {"org": _completed(tx, file.rows)} if isinstance(file, Given) else read_toml(file)
    return list(Organisations.check(given, today=tx.now.date())["org"])


def _completed(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    held = {row["code"]: row for row in as_entered(tx)}
    return [{**held.get(str(row.get("code")), {}), **row} for row in rows]


def as_entered(tx: Tx) -> list[dict[str, Any]]:
    """Return every organisation in the order of the tree, as `Organisation` takes it."""
    return [
        {name: getattr(org, name) for name in ("code", "name", "kind", "region", *offices.REACHED)}
        | {"parent": offices.parent_of(org.path), "calendar": org.own_calendar}
        for org in offices.all_orgs(tx).values()
    ]


class _Tree:
    """The organisations that are there and those that are given, as they stand together."""

    def __init__(self, tx: Tx, given: list[dict[str, Any]]) -> None:
        self._given = {row["code"]: _with_region(row) for row in given}
        self.held = offices.all_orgs(tx)
        """Those that are there, by code."""
        self._ids = {code: org.id for code, org in self.held.items()} | {
            code: new_id() for code in self._given if code not in self.held
        }
        faults = list(self._faults(given, set(offices.latest_calendars(tx))))
        if faults:
            raise Invalid(faults)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """What is to be stored."""
        return [
            {name: row[name] for name in ("code", "name", "kind", "region")}
            | {
                "id": self._ids[code],
                "parent_id": self._ids[row["parent"]] if row.get("parent") else None,
                "path": self._path(code),
                "own_calendar": row.get("calendar"),
                **{name: row.get(name) for name in offices.REACHED},
            }
            for code, row in self._given.items()
        ]

    @property
    def added(self) -> list[str]:
        """The codes that are new."""
        return [code for code in self._given if code not in self.held]

    @property
    def changed(self) -> list[str]:
        """The codes of known ones of which the file says something else."""
        stored = ("name", "own_calendar", *offices.REACHED)
        return [
            row["code"]
            for row in self.rows
            if (held := self.held.get(row["code"])) and any(getattr(held, name) != row[name] for name in stored)
        ]

    @cached_property
    def counting(self) -> dict[str, str]:
        """By which calendar those that are there will count, where that is another one than so far."""
        own = {org.path: org.own_calendar for org in self.held.values()}
        own |= {row["path"]: row["own_calendar"] for row in self.rows}
        found = {code: offices.calendar_of(own, org.path) for code, org in self.held.items()}
        return {code: calendar for code, calendar in found.items() if calendar != self.held[code].calendar}

    @property
    def counted(self) -> dict[str, str]:
        """By which calendar those have counted so far."""
        return {code: self.held[code].calendar for code in self.counting}

    def _parent(self, code: str) -> str | None:
        if code in self._given:
            return self._given[code].get("parent")
        return offices.parent_of(self.held[code].path)

    def _path(self, code: str) -> str:
        parent = self._parent(code)
        return f"{self._path(parent)}{code}/" if parent else f"{code}/"

    def _faults(self, given: list[dict[str, Any]], calendars: set[str]) -> Iterator[Fault]:
        seen = set[str]()
        for number, row in enumerate(given):
            if row["code"] in seen:
                yield Fault(f"org.{number}.code", "twice", _TWICE.with_(code=row["code"]))
                continue
            seen.add(row["code"])
            for field, text in self._faults_of(self._given[row["code"]], calendars):
                yield Fault(f"org.{number}.{field}", "organisation", text)

    def _faults_of(self, row: Mapping[str, Any], calendars: set[str]) -> Iterator[tuple[str, Text]]:
        code, parent, calendar = row["code"], row.get("parent"), row.get("calendar")
        if not _REGION.fullmatch(row["region"]):
            yield "region", _NO_REGION
        if parent and parent not in self._ids:
            yield "parent", _NO_PARENT.with_(code=parent)
        elif self._is_above_itself(code):
            yield "parent", _CIRCLE
        if calendar and calendar not in calendars:
            yield "calendar", _NO_CALENDAR.with_(key=calendar)
        if not calendar and not parent:
            yield "calendar", _NO_CALENDAR_ABOVE
        if held := self.held.get(code):
            entered = {"kind": held.kind, "region": held.region, "parent": offices.parent_of(held.path)}
            for field, value in entered.items():
                if row.get(field) != value:
                    yield field, _STAYS.with_(code=code, held=value or "-")

    def _is_above_itself(self, code: str) -> bool:
        seen, above = {code}, self._parent(code)
        while above and above in self._ids and above not in seen:
            seen.add(above)
            above = self._parent(above)
        return above in seen


def _with_region(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "region": row.get("region") or row["code"][:6]}
