"""A calendar as an officer reads it: its hours, its years with their sources, and its days."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import click

from casework.cli.console import Console
from casework.records.offices import CalendarVersion
from casework.rules.text import Text
from casework.work.calendars import whole

_HEAD: Final = Text("{title}（{key}）第 {version} 版", "{title} ({key}), version {version}")
_SINCE: Final = Text("自 {at} 起适用", "Counts since: {at}")
_SOURCE: Final = Text("依据：{source}", "Source: {source}")
_ZONE: Final = Text("时区：{tz}", "Zone: {tz}")
_CLOSED: Final = Text("不办公", "closed")
_LIKE: Final = Text("调休上班日按{day}的时间办公", "Make-up working days open like {day}")
_MIDNIGHT: Final = Text("最后一日截止到二十四时", "The last day ends at 24:00")
_CLOSING: Final = Text("最后一日截止到停止办公时", "The last day ends at the close of business")
_EVERY_YEAR: Final = Text("所有年份均视为已公布", "Every year counts as published")
_YEARS: Final = Text("已载入年份：{years}", "Years loaded: {years}")
_NONE: Final = Text("无", "none")
_YEAR: Final = Text("{year} 年：{source}", "{year}: {source}")
_HOLIDAYS: Final = Text("放假：{days}", "holidays: {days}")
_MAKE_UP_DAYS: Final = Text("调休上班：{days}", "make-up working days: {days}")
_OTHER_HOLIDAYS: Final = Text("其他放假：{days}", "Other holidays: {days}")
_YEARLY: Final = Text("每年放假：{days}", "Holidays of every year: {days}")
_OWN_HOURS: Final = Text("办公时间另定的日期：", "Days with opening hours of their own:")
_WEEKDAYS: Final = {
    "mon": Text("星期一", "Monday"),
    "tue": Text("星期二", "Tuesday"),
    "wed": Text("星期三", "Wednesday"),
    "thu": Text("星期四", "Thursday"),
    "fri": Text("星期五", "Friday"),
    "sat": Text("星期六", "Saturday"),
    "sun": Text("星期日", "Sunday"),
}


def tell_calendar(console: Console, version: CalendarVersion) -> None:
    """All that this version says; times are those of its zone."""
    said = whole(version)
    console.tell(_HEAD, **{name: said[name] for name in ("title", "key", "version")})
    if version.loaded_at:
        console.tell(_SINCE, at=version.loaded_at.astimezone(version.calendar.tz).isoformat(timespec="minutes"))
    if said["source"]:
        console.tell(_SOURCE, source=said["source"])
    console.tell(_ZONE, tz=said["tz"])
    _tell_hours(console, {_WEEKDAYS[name].in_(console.language): hours for name, hours in said["week"].items()})
    if said["make_up_week"]:
        console.tell(_LIKE, day=_WEEKDAYS[said["make_up_week"]])
    console.tell(_CLOSING if said["close_of_business"] else _MIDNIGHT)
    _tell_years(console, said)
    if said["date_overrides"]:
        console.tell(_OWN_HOURS)
        _tell_hours(console, said["date_overrides"])


def _tell_hours(console: Console, days: dict[str, list[list[str]]]) -> None:
    for day, windows in days.items():
        hours = ", ".join("–".join(window) for window in windows) or _CLOSED.in_(console.language)
        click.echo(f"  {day}  {hours}")


def _tell_years(console: Console, said: dict[str, Any]) -> None:
    if said["years"] is None:
        console.tell(_EVERY_YEAR)
    else:
        console.tell(_YEARS, years=", ".join(map(str, said["years"])) or _NONE)
    for year in said["published"]:
        console.tell(_YEAR, year=year["year"], source=year["source"])
        for days, told in ((year["holidays"], _HOLIDAYS), (year["make_up_days"], _MAKE_UP_DAYS)):
            click.echo(f"  {told.in_(console.language, days=_spans(days) or _NONE)}")
    published = {day for year in said["published"] for day in year["holidays"]}
    if other := [day for day in said["holidays"] if day not in published]:
        console.tell(_OTHER_HOLIDAYS, days=_spans(other))
    if said["yearly_holidays"]:
        console.tell(_YEARLY, days=", ".join(said["yearly_holidays"]))


def _spans(days: Sequence[str]) -> str:
    """`2026-02-15 – 2026-02-23, 2026-04-04`: days in a row are told by the first and the last of them."""
    spans: list[list[str]] = []
    for day in days:
        if spans and date.fromisoformat(day).toordinal() == date.fromisoformat(spans[-1][-1]).toordinal() + 1:
            spans[-1] = [spans[-1][0], day]
        else:
            spans.append([day])
    return ", ".join(" – ".join(span) for span in spans)
