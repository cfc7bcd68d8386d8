"""Opening hours: which local times of which dates are working time, and where they lie in absolute time.

`Openings` is the checked form of a calendar mapping, `Timetable` one of its years laid on the time line. A
window belongs to the local date on which it opens, even where it closes after midnight.

Local times that the clock skips or shows twice: a window edge is the first instant at which the local clock
has reached that time. So an edge inside a skipped hour is the instant of the jump, and an edge inside a
repeated hour is its first showing. Windows that touch on paper therefore touch in time, too.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from casework.rules.text import Text

Windows = tuple[tuple[int, int], ...]
"""Openings of one date: (opens, closes) in minutes after its local midnight, in order."""
DayKind = Literal["working", "make_up", "holiday", "rest"]

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
DAY: Final = timedelta(days=1)
_SECOND: Final = 1_000_000
_MIDNIGHT: Final = 24 * 60
_LATEST: Final = 31 * 60
_TIME: Final = re.compile(r"([0-9]{2}):([0-5][0-9])", re.ASCII)
_KEYS: Final = frozenset({"tz", "week", "holidays", "yearly_holidays", "date_overrides", "years", "close_of_business"})


class BadCalendar(ValueError):
    """A calendar, or a question put to it, makes no sense; `text` says where and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class UnknownYear(BadCalendar):
    """The answer depends on `year`, whose holidays are not loaded."""

    def __init__(self, year: int) -> None:
        super().__init__(
            Text(
                f"日历尚未载入 {year} 年的节假日安排，请先载入该年安排。",
                f"The holidays of {year} are not loaded in this calendar; load that year first.",
            )
        )
        self.year = year


def microseconds(at: datetime) -> int:
    """An aware datetime as whole microseconds since 1970 UTC. ValueError for a naive one and the ends of time."""
    if at.utcoffset() is None:
        raise BadCalendar(
            Text(
                f"时间 {at.isoformat()} 没有时区，请给出带时区的时间。",
                f"The time {at.isoformat()} has no time zone; give one with its offset.",
            )
        )
    if not 1 < at.year < 9998:
        raise BadCalendar(Text(f"年份 {at.year} 超出范围。", f"The year {at.year} is out of range."))
    return (at - EPOCH) // MICROSECOND


def instant_of(local: datetime, tz: ZoneInfo) -> int:
    """The first instant, in microseconds, at which the clock of `tz` has reached the naive time `local`."""
    first = (local.replace(tzinfo=tz, fold=0) - EPOCH) // MICROSECOND
    second = (local.replace(tzinfo=tz, fold=1) - EPOCH) // MICROSECOND
    if first <= second:
        return first
    # Skipped by the clock. The jump lies between the two readings; zones change at whole seconds.
    while first - second > _SECOND:
        middle = second + (first - second) // (2 * _SECOND) * _SECOND
        if (EPOCH + middle * MICROSECOND).astimezone(tz).replace(tzinfo=None) >= local:
            first = middle
        else:
            second = middle
    return first // _SECOND * _SECOND


@dataclass(frozen=True, slots=True)
class Timetable:
    """The openings of one local year as instants, all in microseconds since 1970 UTC.

    Openings are merged, in order and cut at the turn of the year; `before[i]` is the working time of the
    year before `opens[i]`.
    """

    year: int
    begins: int
    ends: int
    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...]
    total: int

    def worked(self, at: int) -> int:
        """Working time from the start of the year up to `at`."""
        index = bisect_right(self.opens, at) - 1
        return 0 if index < 0 else self.before[index] + min(at, self.closes[index]) - self.opens[index]

    def openings(self, begins: int, ends: int) -> Iterator[tuple[int, int]]:
        """The openings of the year that reach into a stretch."""
        for index in range(max(0, bisect_right(self.opens, begins) - 1), bisect_left(self.opens, ends)):
            if begins < self.closes[index]:
                yield self.opens[index], self.closes[index]

    def earliest(self, worked: int) -> int:
        """The first instant with that much working time behind it: a closing, not the next opening."""
        index = bisect_left(self.before, worked) - 1
        return self.opens[index] + worked - self.before[index]

    def latest(self, worked: int) -> int:
        """The last instant with that much working time behind it: an opening, not the last closing."""
        index = bisect_right(self.before, worked) - 1
        return self.opens[index] + worked - self.before[index]


@dataclass(frozen=True, slots=True)
class Openings:
    """A checked calendar: its zone, its weekly windows and the dates on which they do not hold."""

    tz: ZoneInfo
    week: tuple[Windows, ...]
    holidays: frozenset[date]
    yearly_holidays: frozenset[tuple[int, int]]
    overrides: frozenset[tuple[date, Windows]]
    years: frozenset[int] | None
    close_of_business: bool
    _by_date: dict[date, Windows] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_date", dict(self.overrides))

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> "Openings":
        """The calendar of a mapping (TOML or JSON); dates may be ISO text or dates.

        BadCalendar, a ValueError, names the place of whatever is wrong.
        """
        _only(mapping, _KEYS, "日历", "the calendar")
        week = _table(mapping, "week")
        _only(week, WEEKDAYS, "week", "week")
        overrides = frozenset(
            (_date(key, "date_overrides"), _windows(windows, f"date_overrides.{key}"))
            for key, windows in _table(mapping, "date_overrides").items()
        )
        openings = cls(
            tz=_zone(mapping.get("tz")),
            week=tuple(_windows(week.get(name, ()), f"week.{name}") for name in WEEKDAYS),
            holidays=frozenset(_date(day, "holidays") for day in _list(mapping, "holidays")),
            yearly_holidays=frozenset(_month_day(day) for day in _list(mapping, "yearly_holidays")),
            overrides=overrides,
            years=frozenset(_year(y) for y in _list(mapping, "years")) if "years" in mapping else None,
            close_of_business=_switch(mapping, "close_of_business"),
        )
        if not any(openings.week) and not any(windows for _, windows in overrides):
            raise _bad(
                "日历",
                "the calendar",
                "没有任何开放时间，请在 week 中填写",
                "has no opening at all; fill in week",
            )
        return openings

    def windows(self, day: date) -> Windows:
        """The windows that open on `day`. An override wins over a holiday.

        What the calendar says of a day itself holds whether or not its year was published: 1 January is a day of rest
        by law (全国年节及纪念日放假办法). UnknownYear for any other day beyond `years`.
        """
        if day in self._by_date:
            return self._by_date[day]
        if day in self.holidays or (day.month, day.day) in self.yearly_holidays:
            return ()
        if self.years is not None and day.year not in self.years:
            raise UnknownYear(day.year)
        return self.week[day.weekday()]

    def kind(self, day: date) -> DayKind:
        """What `day` is: a make-up day is open although it is a holiday or a weekday of rest."""
        named = day in self.holidays or (day.month, day.day) in self.yearly_holidays
        usual = bool(self.week[day.weekday()])
        if self.windows(day):
            return "working" if usual and not named else "make_up"
        return "holiday" if named or usual else "rest"

    def working_days(self, year: int) -> tuple[int, ...]:
        """The ordinals of the working days of `year`, in order."""
        first = date(year, 1, 1)
        days = (first + index * DAY for index in range((date(year + 1, 1, 1) - first).days))
        return tuple(day.toordinal() for day in days if self.windows(day))

    def timetable(self, year: int) -> Timetable:
        """The openings of `year` as instants.

        Where windows run over midnight and the year before is not known, it begins when they would be over.
        """
        first, last = date(year, 1, 1), date(year + 1, 1, 1)
        start, overrun = datetime.combine(first, time()), self._overrun()
        if overrun and (self.years is None or year - 1 in self.years):
            first -= DAY
        elif overrun:
            start += timedelta(minutes=overrun)
        begins, ends = instant_of(start, self.tz), instant_of(datetime.combine(last, time()), self.tz)
        merged: list[list[int]] = []
        for opening, closing in self._instants(first, last):
            opens, closes = max(opening, begins), min(closing, ends)
            if opens >= closes:
                continue
            if merged and opens <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], closes)
            else:
                merged.append([opens, closes])
        before, total = [], 0
        for opens, closes in merged:
            before.append(total)
            total += closes - opens
        return Timetable(
            year,
            begins,
            ends,
            tuple(opens for opens, _ in merged),
            tuple(closes for _, closes in merged),
            tuple(before),
            total,
        )

    def _instants(self, first: date, until: date) -> list[tuple[int, int]]:
        found = []
        for index in range((until - first).days):
            day = first + index * DAY
            midnight = datetime.combine(day, time())
            for opens, closes in self.windows(day):
                edges = (midnight + timedelta(minutes=minutes) for minutes in (opens, closes))
                found.append((instant_of(next(edges), self.tz), instant_of(next(edges), self.tz)))
        return sorted(found)

    def _overrun(self) -> int:
        """Minutes after midnight at which the latest window of any day before is over."""
        every = (*self.week, *(windows for _, windows in self.overrides))
        return max(0, *(windows[-1][1] - _MIDNIGHT for windows in every if windows))


def composed(given: Mapping[str, Any]) -> dict[str, Any]:
    """The calendar mapping to count by of a calendar as an office has given it.

    Either `given` is such a mapping itself, or it keeps the years that were published under `published`. It may name
    its `source`.
    """
    hours = {name: value for name, value in given.items() if name != "published"}
    if "published" in given:
        return compose(hours, given["published"])
    return {name: value for name, value in hours.items() if name != "source"}


def compose(base: Mapping[str, Any], years: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The calendar mapping of an office: its own hours (`base`) under the published years.

    `base` is a calendar mapping that may also say `key`, `title`, `source` and `make_up_week`, the weekday
    whose windows hold on make-up working days (`mon` unless said). A year is one that `published_year` takes. What
    the office says in `date_overrides` wins. The result is plain JSON data.
    """
    _only(base, _KEYS | {"key", "title", "source", "make_up_week"}, "办公时间", "the office hours")
    like = base.get("make_up_week", "mon")
    windows = _table(base, "week").get(like) if like in WEEKDAYS else None
    holidays = {_date(day, "holidays") for day in _list(base, "holidays")}
    make_up_days: set[date] = set()
    known = {_year(year) for year in _list(base, "years")}
    for year, published in ((one["year"], one) for one in map(published_year, years)):
        if year in known:
            raise _bad(f"{year} 年", f"year {year}", "重复载入", "is given twice")
        known.add(year)
        holidays.update(map(date.fromisoformat, published["holidays"]))
        make_up_days.update(map(date.fromisoformat, published["make_up_days"]))
    if clash := sorted(holidays & make_up_days):
        raise _bad(f"{clash[0]}", f"{clash[0]}", "既是节假日又是调休上班日", "is both a holiday and a make-up day")
    if not windows and (make_up_days or "make_up_week" in base):
        raise _bad(f"make_up_week“{like}”", f"make_up_week {like!r}", "在 week 中没有时间", "has no windows in week")
    office = {_date(day, "date_overrides"): own for day, own in _table(base, "date_overrides").items()}
    overrides = dict.fromkeys(make_up_days, windows) | office
    result = {key: base[key] for key in ("tz", "week", "yearly_holidays", "close_of_business") if key in base}
    result["holidays"] = [day.isoformat() for day in sorted(holidays)]
    result["date_overrides"] = {day.isoformat(): overrides[day] for day in sorted(overrides)}
    result["years"] = sorted(known)
    return result


def published_year(given: Mapping[str, Any]) -> dict[str, Any]:
    """A year as it was published, checked, as plain JSON data: `year, source, holidays, make_up_days`.

    `source` names the notice. There is a holiday in every year: where none is given, the notice was not entered.
    Days may lie in the December before, as they do in notices.
    """
    _only(given, ("year", "source", "holidays", "make_up_days"), "年度安排", "a published year")
    year, source = _year(given.get("year")), given.get("source")
    if not isinstance(source, str) or not source.strip() or not source.isprintable():
        raise _bad(
            f"{year} 年",
            f"year {year}",
            "没有写明出处，请在 source 中用一行写明公布安排的通知",
            "does not name its source; name the notice that published it as source, in one line",
        )
    if not (holidays := _days_of(year, given, "holidays")):
        raise _bad(
            f"{year} 年",
            f"year {year}",
            "没有节假日，请按通知填写 holidays",
            "has no holiday; fill in holidays as the notice says",
        )
    make_up_days = _days_of(year, given, "make_up_days")
    return {"year": year, "source": source, "holidays": holidays, "make_up_days": make_up_days}


def _days_of(year: int, published: Mapping[str, Any], name: str) -> list[str]:
    days = {_date(day, f"{year}.{name}") for day in _list(published, name)}
    for day in sorted(days):
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            raise _bad(
                f"{year}.{name} 中的 {day}",
                f"{day} in {year}.{name}",
                "不属于该年",
                "does not belong to that year",
            )
    return [day.isoformat() for day in sorted(days)]


def _bad(where_zh: str, where_en: str, zh: str, en: str) -> BadCalendar:
    return BadCalendar(Text(f"{where_zh}{zh}。", f"{where_en[:1].upper()}{where_en[1:]} {en}."))


def _switch(mapping: Mapping[str, Any], key: str) -> bool:
    value = mapping.get(key, False)
    if not isinstance(value, bool):
        raise _bad(key, key, "应为 true 或 false", "must be true or false")
    return value


def _only(mapping: object, keys: Collection[str], zh: str, en: str) -> None:
    if not isinstance(mapping, Mapping):
        raise _bad(zh, en, "应为键值表", "must be a table of keys and values")
    for key in mapping:
        if key not in keys:
            known = ", ".join(keys if isinstance(keys, tuple) else sorted(keys))
            raise _bad(f"{zh}中的“{key}”", f"{key!r} in {en}", f"无效，可用 {known}", f"is unknown; use {known}")


def _table(mapping: Mapping[str, Any], key: str) -> Mapping[Any, Any]:
    table = mapping.get(key, {})
    if not isinstance(table, Mapping):
        raise _bad(key, f"key {key}", "应为键值表", "must be a table")
    return table


def _list(mapping: Mapping[str, Any], key: str) -> Iterable[Any]:
    items = mapping.get(key, ())
    if isinstance(items, (str, bytes, Mapping)) or not isinstance(items, Iterable):
        raise _bad(key, f"key {key}", "应为列表", "must be a list")
    return items


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name)) if isinstance(name, str) and name else _no_zone(name)
    except (LookupError, OSError, ValueError):
        return _no_zone(name)


def _no_zone(name: object) -> ZoneInfo:
    raise _bad(f"tz“{name}”", f"tz {name!r}", "不是时区，例如 Asia/Shanghai", "is no time zone such as Asia/Shanghai")


def _date(value: object, where: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _bad(f"{where} 中的“{value}”", f"{value!r} in {where}", "不是 YYYY-MM-DD 日期", "is no date YYYY-MM-DD")


def _month_day(value: object) -> tuple[int, int]:
    try:
        if isinstance(value, str) and len(value) == 5:
            leap = date.fromisoformat(f"2000-{value}")
            return leap.month, leap.day
    except ValueError:
        pass
    raise _bad(
        f"yearly_holidays 中的“{value}”",
        f"{value!r} in yearly_holidays",
        "不是 MM-DD 日期",
        "is no day MM-DD",
    )


def _year(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 < value < 9999:
        return value
    raise _bad(f"years 中的“{value}”", f"{value!r} in years", "不是年份", "is no year")


def _minutes(value: object, where: str) -> int:
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else _LATEST + 1
    if minutes > _LATEST:
        raise _bad(
            f"{where} 中的“{value}”",
            f"{value!r} in {where}",
            "不是 00:00 至 31:00 的时间",
            "is no time from 00:00 to 31:00",
        )
    return minutes


def _windows(value: object, where: str) -> Windows:
    if not isinstance(value, (list, tuple)):
        raise _bad(where, where, "应为时段列表", "must be a list of windows")
    windows: list[tuple[int, int]] = []
    for pair in value:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise _bad(where, where, "的时段应为 [开始, 结束]", "needs windows written [opens, closes]")
        opens, closes = (_minutes(edge, where) for edge in pair)
        if closes <= opens:
            raise _bad(
                f"{where} 的时段 {pair[0]}–{pair[1]}",
                f"{where}: the window {pair[0]}–{pair[1]}",
                "结束不晚于开始",
                "does not close after it opens",
            )
        windows.append((opens, closes))
    windows.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(windows)):
        raise _bad(where, where, "的时段相互重叠", "has windows that overlap")
    return tuple(windows)
