"""`casework calendar` and `casework clock`: opening hours, holidays, and the due times that follow from them."""

import os
from datetime import date, datetime
from pathlib import Path

import click

from casework.cli.calendar_page import tell_calendar
from casework.cli.console import Console, Instant, LimitType, instant_in, pass_console
from casework.cli.installation import has_database, working
from casework.cli.moved_clocks import progress_on, tell_moved, tell_preview
from casework.cli.rules import FILE
from casework.records import offices
from casework.records.database import Tx
from casework.records.offices import CalendarVersion
from casework.rules.calendars import WorkingCalendar
from casework.rules.clocks import Interval, Limit, TraceLine, due, trace
from casework.rules.openings import composed
from casework.rules.refusals import NotFound, Refusal
from casework.rules.text import Text
from casework.settings import ROOT
from casework.work import calendars
from casework.work.calendar_files import read_calendar
from casework.work.calendars import Change

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
_ALL_PUBLISHED = Text(
    "日历 {key} 未写 years，所有年份均视为已公布，到期时间不再暂定。",
    "Calendar {key} names no years: every year counts as published, and no due time is provisional.",
)
_WITHDRAWN = Text(
    "日历 {key} 不再包含已载入的 {years} 年。", "Calendar {key} no longer has the years that were loaded: {years}."
)
_NO_CALENDAR = Text(
    "没有日历 {key}。可用 casework calendar list 查看已载入的日历；文件请写明路径或 .toml、.json 后缀。",
    "There is no calendar {key}. See casework calendar list; write a file with its path or with .toml or .json.",
)
_NO_VERSION = Text("日历 {key} 没有第 {version} 版。", "Calendar {key} has no version {version}.")
_NO_FILE = Text("没有文件 {file}。", "There is no file {file}.")
_DUE = Text("到期：{at}", "Due: {at}")
_LAST_DAY = Text("最后一日：{on}", "Last day in time: {on}")
_FIRM = Text("是否暂定：否", "Provisional: no")
_NOT_FIRM = Text(
    "是否暂定：是，所需年份的放假安排尚未载入", "Provisional: yes, the holidays of a year that it needs are not loaded"
)
_USING = Text("日历：{calendar}，已载入年份：{years}", "Calendar: {calendar}, years loaded: {years}")
_VERSION = Text("{key} 第 {version} 版", "{key} version {version}")
_IN_FILE = Text("文件 {file}", "file {file}")
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
        (key, one.version, one.title.in_(console.language), one.calendar.tz.key, _years(console, one.calendar))
        for key, one in sorted(found.items())
    ]
    console.table(_CALENDAR_TITLES, rows)


def _years(console: Console, calendar: WorkingCalendar) -> str:
    years = calendar.openings.years
    if years is None:
        return _EVERY_YEAR.in_(console.language)
    return ", ".join(map(str, sorted(years))) or _NO_YEAR.in_(console.language)


@calendar.command("show")
@click.argument("key")
@click.option(
    "--version", type=click.IntRange(1, 1_000_000), help="An earlier version; the one that counts unless said."
)
@pass_console
def show(console: Console, key: str, version: int | None) -> None:
    """Print all of a calendar: opening hours, and each published year with its source, holidays and make-up days."""
    with working(console.settings) as service, service.transaction() as tx:
        found = _loaded(tx.db, key)
        if version and version != found.version:
            earlier = offices.calendar_version(tx.db, key, version)
            if earlier is None:
                raise NotFound(_NO_VERSION.with_(key=key, version=version))
            found = earlier
    tell_calendar(console, found)


@calendar.command("load")
@click.argument("file", type=FILE)
@click.option("--preview", is_flag=True, help="Only list the running clocks that would move.")
@click.option("--into", metavar="KEY", default="china", show_default=True, help="The calendar that a year is added to.")
@pass_console
def load(console: Console, file: Path, preview: bool, into: str) -> None:
    """Load a calendar, or a published year of holidays, as a new version; running clocks are derived anew.

    A published year takes the place of the same year. Office hours (with make_up_week) keep the years that are loaded
    and take in those of the files cn-*.toml beside them.
    """
    with working(console.settings) as service:
        if preview:
            with service.transaction() as tx:
                change = calendars.read_change(tx.db, file, into)
                _warn(console, change)
                tell_preview(console, calendars.preview(tx.db, change), change.after.calendar.tz)
            return
        loaded = calendars.load(service, file, into, progress_on(console))
    console.tell(_LOADED if loaded.new else _UNCHANGED, key=loaded.change.after.key, version=loaded.version)
    _warn(console, loaded.change)
    tell_moved(console, loaded.moved)


def _warn(console: Console, change: Change) -> None:
    """What whoever loads a calendar may not have meant."""
    if change.after.calendar.openings.years is None:
        console.tell(_ALL_PUBLISHED, key=change.after.key)
    if change.withdrawn:
        console.tell(_WITHDRAWN, key=change.after.key, years=", ".join(map(str, change.withdrawn)))


@click.group("clock")
def clock() -> None:
    """Due times."""


@clock.command("due")
@click.option("--from", "start", type=Instant(), required=True, help="When it begins: 2026-03-02 or 2026-03-02T09:00.")
@click.option("--limit", type=LimitType(), required=True, help="5wd, 7d, 8wh, 2h, 30m, 6mo or 1y.")
@click.option(
    "--calendar",
    "named",
    metavar="KEY|FILE",
    default="china",
    show_default=True,
    help="One that is loaded, or a file: with its path, or ending in .toml or .json.",
)
@pass_console
def due_time(console: Console, start: date | datetime, limit: Limit, named: str) -> None:
    """Print when a limit runs out, and why, line by line.

    Where nothing has been installed yet, KEY is one of the files in config/calendars.
    """
    told, office = _named(console, named)
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
    console.tell(_USING, calendar=told, years=_years(console, office))
    for line in lines:
        click.echo(f"  {_span(line, office)}  {line.text.in_(console.language)}")


def _named(console: Console, named: str) -> tuple[Text, WorkingCalendar]:
    """The calendar of a file, of its key in the database, or in config/calendars where there is no database yet."""
    if os.sep in named or Path(named).suffix in (".toml", ".json"):
        return _of_file(Path(named), named)
    if not has_database(console.settings):
        file = ROOT / "config" / "calendars" / f"{named}.toml"
        if not file.is_file():
            raise NotFound(_NO_CALENDAR.with_(key=named))
        return _of_file(file, str(file.relative_to(ROOT)))
    with working(console.settings) as service, service.transaction() as tx:
        found = _loaded(tx.db, named)
    return _VERSION.with_(key=found.key, version=found.version), found.calendar


def _of_file(file: Path, told: str) -> tuple[Text, WorkingCalendar]:
    if not file.is_file():
        raise NotFound(_NO_FILE.with_(file=told))
    return _IN_FILE.with_(file=told), WorkingCalendar.from_mapping(composed(read_calendar(file).given))


def _loaded(tx: Tx, key: str) -> CalendarVersion:
    found = offices.latest_calendars(tx).get(key)
    if found is None:
        raise NotFound(_NO_CALENDAR.with_(key=key))
    return found


def _span(line: TraceLine, office: WorkingCalendar) -> str:
    return " – ".join(at.astimezone(office.tz).isoformat(" ") for at in (line.start, line.end) if at)
