"""Calendars as an office changes them: read from a file, tried on the clocks that run, loaded as a new version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from casework.records import admin_events, offices
from casework.records.database import Tx
from casework.records.offices import CalendarVersion
from casework.rules.calendars import WorkingCalendar
from casework.rules.openings import WEEKDAYS, Windows, composed
from casework.rules.text import Text
from casework.work import recalculation, rederivation
from casework.work.admin_files import BadFile, read_content
from casework.work.calendar_files import naming, read_calendar, read_year
from casework.work.recalculation import Trial
from casework.work.rederivation import Moved, Progress, silently
from casework.work.service import RulesInForce, Service

_NOTHING_TO_EXTEND = Text(
    "这是一个年份的放假安排，而没有日历 {key} 可供加入",
    "this is a published year, and there is no calendar {key} to add it to",
)
_EVERY_YEAR = Text(
    "日历 {key} 未写 years，所有年份均视为已公布，不能加入 {year} 年；请先载入写有 make_up_week 或 years 的日历",
    "calendar {key} names no years, so that every year counts as published and {year} cannot be added;"
    " load it with make_up_week or years first",
)
_OWN_YEAR = Text(
    "日历 {key} 的 years 已包含 {year} 年，其节假日写在日历本身；请更正并重新载入该日历",
    "calendar {key} names {year} in its own years, with the holidays that it lists itself;"
    " correct that calendar and load it again",
)


@dataclass(frozen=True, slots=True)
class Change:
    """What loading a file makes of a calendar; `before` is None where there was none."""

    before: CalendarVersion | None
    after: CalendarVersion

    @property
    def new(self) -> bool:
        """Whether it is another version than the one that is loaded."""
        return self.before is None or self.before.version != self.after.version

    @property
    def withdrawn(self) -> list[int]:
        """The years that were known and are not any more, in order."""
        before = self.before.calendar.openings.years if self.before else None
        after = self.after.calendar.openings.years
        return [] if before is None or after is None else sorted(before - after)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A calendar that was loaded, and the open clocks that moved."""

    change: Change
    moved: list[Moved]

    @property
    def version(self) -> int:
        """By which version the calendar counts from now on."""
        return self.change.after.version

    @property
    def new(self) -> bool:
        """Whether that version is a new one."""
        return self.change.new


def read_change(tx: Tx, file: Path, extended: str) -> Change:
    """What loading this file makes of its own calendar, or a published year of the `extended` one.

    A published year takes the place of the same year. Office hours keep the years that are loaded unless files beside
    them give these years anew. What the file does not say of the title stays. Raises `BadFile`.
    """
    content = read_content(file)
    latest = offices.latest_calendars(tx)
    if "year" in content:
        before = latest.get(extended)
        if before is None:
            raise BadFile(file.name, _NOTHING_TO_EXTEND.with_(key=repr(extended)))
        return _change(file, before, before.key, before.title, _with_year(file, before, content))
    read = read_calendar(file)
    before = latest.get(read.key)
    title = read.title or (before.title if before else read.titled)
    return _change(file, before, read.key, title, _with_loaded_years(read.given, before))


def load(service: Service, file: Path, extended: str, progress: Progress = silently) -> Loaded:
    """The calendar that this file gives is what counts from now on, for the clocks that run as well.

    An unchanged calendar keeps its version and moves nothing. Raises `BadFile` and `Refusal`.
    """
    return Loaded(*recalculation.load(service, lambda tx: switch(tx, file, extended, progress), progress))


def switch(tx: Tx, file: Path, extended: str, progress: Progress = silently) -> Change:
    """The calendar that this file gives counts as soon as the transaction ends; the cases are to be brought up then."""
    while True:
        rules = recalculation.loaded(tx)
        change = read_change(tx, file, extended)
        if not change.new:
            return change
        # What others load meanwhile the file is laid over too: two who add a year each must both be heard.
        trial = _trial(rules, change)
        if recalculation.lock_for(tx, trial, progress):
            break
    after = change.after
    offices.store_calendar(tx, after.key, after.version, after.title.both(), after.given)
    recalculation.begin(tx, trial, {"calendar": after.key, "calendar_version": after.version})
    admin_events.add(tx, None, "calendar_loaded", after.key, payload={"version": after.version})
    return change


def preview(tx: Tx, change: Change, progress: Progress = silently) -> list[Moved]:
    """The open clocks that would move, by case number; nothing is changed."""
    return _trial(recalculation.loaded(tx), change).preview(tx, progress) if change.new else []


def _trial(rules: RulesInForce, change: Change) -> Trial:
    key, before = change.after.key, change.before
    tried = replace(rules, calendars={**rules.calendars, key: change.after})
    if before is None:
        return Trial(tried, rederivation.Change())
    counted = dict.fromkeys(rules.counting_by(key), before.calendar)
    return Trial(tried, rederivation.Change(before=counted), before={key: before.version})


def whole(version: CalendarVersion) -> dict[str, Any]:
    """All that a version of a calendar says, as plain JSON data but for `title` and `loaded_at`.

    `holidays` and `date_overrides` are those that count, whoever gave them; `published` says which of them came with
    which notice. `years` is None where every year counts as published.
    """
    openings = version.calendar.openings
    return {
        "key": version.key,
        "version": version.version,
        "title": version.title,
        "loaded_at": version.loaded_at,
        "source": version.given.get("source"),
        "tz": openings.tz.key,
        "week": {name: _written(windows) for name, windows in zip(WEEKDAYS, openings.week, strict=True)},
        "make_up_week": version.given.get("make_up_week"),
        "close_of_business": openings.close_of_business,
        "years": None if openings.years is None else sorted(openings.years),
        "published": version.published,
        "holidays": [day.isoformat() for day in sorted(openings.holidays)],
        "yearly_holidays": [f"{month:02}-{day:02}" for month, day in sorted(openings.yearly_holidays)],
        "date_overrides": {day.isoformat(): _written(windows) for day, windows in sorted(openings.overrides)},
    }


def _change(file: Path, before: CalendarVersion | None, key: str, title: Text, given: Mapping[str, Any]) -> Change:
    with naming(file):
        calendar = WorkingCalendar.from_mapping(composed(given))
    if before and (before.given, before.title) == (given, title):
        return Change(before, before)
    return Change(before, CalendarVersion(key, before.version + 1 if before else 1, title, calendar, given))


def _with_year(file: Path, before: CalendarVersion, content: Mapping[str, Any]) -> Mapping[str, Any]:
    published = read_year(file, content)
    year = published["year"]
    if before.calendar.openings.years is None:
        raise BadFile(file.name, _EVERY_YEAR.with_(key=before.key, year=year))
    if year in before.given.get("years", ()):
        raise BadFile(file.name, _OWN_YEAR.with_(key=before.key, year=year))
    return _under(before.given, [*before.published, published])


def _with_loaded_years(given: Mapping[str, Any], before: CalendarVersion | None) -> Mapping[str, Any]:
    if before is None or "published" not in given:
        return given
    own = given.get("years", ())
    return _under(given, [*(one for one in before.published if one["year"] not in own), *given["published"]])


def _under(hours: Mapping[str, Any], published: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The calendar with these years: of two for the same year the later one is kept."""
    by_year = {one["year"]: one for one in published}
    return {**hours, "published": [by_year[year] for year in sorted(by_year)]}


def _written(windows: Windows) -> list[list[str]]:
    return [[f"{minutes // 60:02}:{minutes % 60:02}" for minutes in window] for window in windows]
