"""`casework calendar` and `casework clock`: opening hours, holidays, and the due times that follow from them."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from casework.cli.console import Console, Instant, LimitType, instant_in, pass_console
from casework.cli.installation import working
from casework.cli.moving import tell_moved, tell_preview
from casework.cli.rules import FILE
from casework.records import offices
from casework.rules.calendars import WorkingCalendar
from casework.rules.clocks import Interval, Limit, TraceLine, due, trace
from casework.rules.refusals import NotFound, Refusal
from casework.rules.text import Text
from casework.settings import ROOT
from casework.work import calendars

_CALENDAR_TITLES = (
    Text("日历", "Calendar"),
    Text("版本", "Version"),
    Text("名称", "Title"),
    Text("时区", "Zone"),
    Text("已载入年份", "Years loaded"),
)
_EVERY_YEAR = Text("所有年份", "all")
_NO_YEAR = Text("无", "none")
_LOADED = Text("日历 {key} 现为第 {version} 版。", "Calendar {key} now has version {version}.")
_UNCHANGED = Text("日历 {key} 没有变化，仍为第 {version} 版。", "Calendar {key} is as it was, version {version}.")
_NO_CALENDAR = Text(
    "没有日历 {key}。它应是文件、config/calendars 中的名称，或已载入的日历。",
    "There is no calendar {key}. Name a file, one of config/calendars, or one that was loaded.",
)
_DUE = Text("到期：{at}", "Due: {at}")
_LAST_DAY = Text("最后一日：{on}", "Last day in time: {on}")
_FIRM = Text("是否暂定：否", "Provisional: no")
_NOT_FIRM = Text(
    "是否暂定：是，所需年份的放假安排尚未载入", "Provisional: yes, the holidays of a year that it needs are not loaded"
)
_USING = Text("日历：{key}，已载入年份：{years}", "Calendar: {key}, years loaded: {years}")
_TOO_FAR = Text("日期超出可计算范围。", "The date lies beyond what can be worked out.")


@click.group("calendar")
def calendar() -> None:
    """Opening hours, holidays and make-up working days."""


@calendar.command("list")
@pass_console
def list_calendars(console: Console) -> None:
    """List the version of each calendar that counts."""
    with working(console.settings) as service, service.transaction() as tx:
        found = offices.latest_calendars(tx.db)
    rows: list[tuple[object, ...]] = [
        (key, one.version, one.title.in_(console.language), one.mapping["tz"], _years(console, one.mapping))
        for key, one in sorted(found.items())
    ]
    console.table(_CALENDAR_TITLES, rows)


def _years(console: Console, mapping: Mapping[str, Any]) -> str:
    years = mapping.get("years")
    if years is None:
        return _EVERY_YEAR.in_(console.language)
    return ", ".join(map(str, years)) or _NO_YEAR.in_(console.language)


@calendar.command("load")
@click.argument("file", type=FILE)
@click.option("--preview", is_flag=True, help="Only list the running clocks that would move.")
@click.option("--into", metavar="KEY", default="china", show_default=True, help="The calendar that a year is added to.")
@pass_console
def load(console: Console, file: Path, preview: bool, into: str) -> None:
    """Load a calendar, or a published year of holidays, as a new version; running clocks are derived anew."""
    with working(console.settings) as service, service.transaction() as tx:
        if preview:
            change = calendars.read_change(tx.db, file, into)
            tell_preview(console, calendars.preview(tx.db, change), WorkingCalendar.from_mapping(change.mapping).tz)
            return
        loaded = calendars.load(tx.db, file, into)
    console.tell(_LOADED if loaded.new else _UNCHANGED, key=loaded.key, version=loaded.version)
    tell_moved(console, loaded.moved)


@click.group("clock")
def clock() -> None:
    """Due times."""


@clock.command("due")
@click.option("--from", "start", type=Instant(), required=True, help="When it begins: 2026-03-02 or 2026-03-02T09:00.")
@click.option("--limit", type=LimitType(), required=True, help="5wd, 7d, 8wh, 2h, 30m, 6mo or 1y.")
@click.option("--calendar", "named", metavar="KEY|FILE", default="china", show_default=True, help="The office's.")
@pass_console
def due_time(console: Console, start: date | datetime, limit: Limit, named: str) -> None:
    """Print when a limit runs out, and why, line by line."""
    key, mapping = _named(console, named)
    office = WorkingCalendar.from_mapping(mapping)
    intervals = (Interval(instant_in(office.tz, start)),)
    try:
        found = due(limit, intervals, office)
        lines = trace(limit, intervals, office)
    except (ValueError, OverflowError) as beyond:
        raise Refusal(_TOO_FAR) from beyond
    assert found is not None
    console.tell(_DUE, at=found.at.astimezone(office.tz).isoformat())
    console.tell(_LAST_DAY, on=found.on)
    console.tell(_NOT_FIRM if found.provisional else _FIRM)
    console.tell(_USING, key=key, years=_years(console, mapping))
    for line in lines:
        click.echo(f"  {_span(line, office)}  {line.text.in_(console.language)}")


def _named(console: Console, named: str) -> tuple[str, Mapping[str, Any]]:
    """A calendar by file, by its name in config/calendars, or by its key in the database; only that one is opened."""
    for file in (Path(named), ROOT / "config" / "calendars" / f"{named}.toml"):
        if file.is_file():
            read = calendars.read_file(file)
            return read.key, read.mapping
    with working(console.settings) as service, service.transaction() as tx:
        held = offices.latest_calendars(tx.db).get(named)
    if held is None:
        raise NotFound(_NO_CALENDAR.with_(key=named))
    return held.key, held.mapping


def _span(line: TraceLine, office: WorkingCalendar) -> str:
    ends = (at.astimezone(office.tz).strftime("%Y-%m-%d %H:%M:%S") for at in (line.start, line.end) if at)
    return " – ".join(ends)
