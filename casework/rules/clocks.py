"""A limit and its run intervals in, a due time and its explanation out.

A clock is never a counter: its due time is derived, whenever it is asked for, from the append-only list of
intervals in which it ran. Day limits count as the Civil Code does (arts 201–203): neither the first day nor the
day of resuming counts, the last natural day rolls over rest days, and the deadline is the end of that day.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import inf
from typing import Final, Literal

from casework.rules.calendars import Counted, CountKind, UnknownYear, WorkingCalendar
from casework.rules.text import Text

Unit = Literal["wd", "d", "wh", "h", "m", "mo", "y"]
Status = Literal["running", "paused", "met", "breached", "cancelled"]

_LIMIT = re.compile(r"(?P<amount>[1-9][0-9]{0,8})(?P<unit>wd|wh|mo|d|h|m|y)")
_LONGEST: Final[dict[str, int]] = {
    "wd": 9_999,
    "d": 36_500,
    "wh": 99_999,
    "h": 99_999,
    "m": 99_999,
    "mo": 1_200,
    "y": 100,
}
"""More is a slip of the pen, and a due time would leave the calendar."""
_IN_AN_HOUR: Final = {"h": 1, "m": 60}
_UNITS: Final[dict[str, Text]] = {
    "wd": Text("个工作日", "working day(s)"),
    "d": Text("日", "day(s)"),
    "wh": Text("个工作小时", "working hour(s)"),
    "h": Text("小时", "hour(s)"),
    "m": Text("分钟", "minute(s)"),
    "mo": Text("个月", "month(s)"),
    "y": Text("年", "year(s)"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """How long: `5wd` working days, `7d` natural days, `8wh` working hours, `2h`/`30m` elapsed, `6mo`, `1y`."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, written: str) -> "Limit":
        """The limit that is written; ValueError with a sentence when it is not one."""
        match = _LIMIT.fullmatch(written)
        if match is None:
            raise ValueError(f"{written[:20]!r} is not a limit; write 5wd, 7d, 8wh, 2h, 30m, 6mo or 1y")
        unit: Unit = match["unit"]  # type: ignore[assignment]
        if int(match["amount"]) > _LONGEST[unit]:
            raise ValueError(f"{written!r} is longer than {_LONGEST[unit]}{unit}, the longest limit of its kind")
        return cls(int(match["amount"]), unit)

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    def told(self) -> Text:
        """`5 个工作日` / `5 working day(s)`."""
        return _told(self.amount, self.unit)

    def told_in_letters(self) -> Text:
        """`六十日` / `60 days`: below a hundred the number is written out in Chinese, as official letters do."""
        told = self.told()
        zh = told.zh.lstrip("0123456789")
        return Text(f"{_numeral(self.amount)}{zh}", told.en.replace("(s)", "" if self.amount == 1 else "s"))


_DIGITS: Final = "零一二三四五六七八九"


def _numeral(number: int) -> str:
    """A number below a hundred in Chinese; larger ones in digits."""
    if number >= 100:
        return str(number)
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _told(amount: float, unit: Unit) -> Text:
    return Text(f"{amount:.10g}{_UNITS[unit].zh}", f"{amount:.10g} {_UNITS[unit].en}")


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch in which the clock ran; `end` is None while it runs."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """When a clock runs out: the instant, the last local date in time, and whether a year is still unpublished."""

    at: datetime
    on: date
    provisional: bool

    def passed(self, as_of: datetime) -> bool:
        """Whether it lies at or before `as_of` for sure: nothing runs out on a guessed day."""
        return not self.provisional and self.at <= as_of

    @property
    def told(self) -> Text:
        """The last day in time as letters and messages give it, with a mark where it is provisional."""
        return _DAY.with_(day=self.on, mark=self._mark)

    @property
    def by(self) -> Text:
        """The same as the end of a time to act: `2027-01-04（含当日）前`, the mark of a provisional day behind it."""
        return _BY.with_(day=self.on, mark=self._mark)

    @property
    def _mark(self) -> Text:
        return _FOR_NOW if self.provisional else _FIRM


_DAY: Final = Text("{day}{mark}", "{day}{mark}")
_BY: Final = Text("{day}（含当日）前{mark}", "the end of {day}{mark}")
_FIRM: Final = Text("", "")
_FOR_NOW: Final = Text(
    "（暂定，以国务院办公厅公布的放假安排为准）",
    " (provisional: the State Council's notice of the year's holidays decides)",
)


def due(limit: Limit, intervals: Sequence[Interval], calendar: WorkingCalendar) -> Due | None:
    """When the limit runs out, or None while the clock is paused and has not run out before.

    A year whose holidays are not loaded makes the answer provisional: it is worked out with the plain week and
    settles when the year is loaded.
    """
    try:
        return _due(limit, intervals, calendar, provisional=False)
    except UnknownYear:
        return _due(limit, intervals, calendar.assuming_unpublished(), provisional=True)


def _due(limit: Limit, intervals: Sequence[Interval], calendar: WorkingCalendar, *, provisional: bool) -> Due | None:
    for run in _runs(limit, intervals, calendar):
        if run.out:
            return Due(*run.out, provisional)
    return None


@dataclass(frozen=True, slots=True)
class _Run:
    """An interval and how much of the limit it used up; `out` where it used up all: when, and on which day."""

    interval: Interval
    amount: float
    out: tuple[datetime, date] | None = None


def _runs(limit: Limit, intervals: Sequence[Interval], calendar: WorkingCalendar) -> Iterator[_Run]:
    """The intervals up to the one in which the limit runs out."""
    left = float(limit.amount)
    for position, interval in enumerate(intervals):
        if out := _out(limit, left, intervals[: position + 1], calendar):
            yield _Run(interval, left, out)
            return
        assert interval.end is not None
        used = _used(limit.unit, interval.start, interval.end, calendar)
        yield _Run(interval, used)
        left = max(0.0, left - used)


def _out(
    limit: Limit, left: float, intervals: Sequence[Interval], calendar: WorkingCalendar
) -> tuple[datetime, date] | None:
    """When and on which day the limit runs out in the last of the intervals, if it does."""
    end = intervals[-1].end
    try:
        at, on = _run_out(limit, left, intervals, calendar)
    except UnknownYear:
        # What would come after the end of the interval need not be known.
        if end is None or _may_be_over(limit, left, intervals, end, calendar):
            raise
        return None
    return (at, on) if end is None or at.astimezone(UTC) <= end.astimezone(UTC) else None


def _may_be_over(
    limit: Limit, left: float, intervals: Sequence[Interval], end: datetime, calendar: WorkingCalendar
) -> bool:
    """Whether the limit may have run out by the end of the last interval, whatever its last day is rolled to."""
    if limit.unit in ("mo", "y"):
        day, stood = _corresponds(limit, intervals, calendar)
        return day + timedelta(days=stood) <= calendar.local_date(end)
    return _used(limit.unit, intervals[-1].start, end, calendar) >= left


def _run_out(
    limit: Limit, left: float, intervals: Sequence[Interval], calendar: WorkingCalendar
) -> tuple[datetime, date]:
    """When what is left of the limit is used up, and on which day, if the last of the intervals goes on."""
    if limit.unit in ("mo", "y"):
        return _corresponding_day(limit, intervals, calendar)
    return _later(limit.unit, left, intervals[-1].start, calendar)


def _later(unit: Unit, amount: float, start: datetime, calendar: WorkingCalendar) -> tuple[datetime, date]:
    if unit in ("wd", "d"):
        on = calendar.count_days(calendar.local_date(start), int(amount), _kind(unit))
        return calendar.deadline(on), on
    if unit == "wh":
        at = calendar.add(start, amount * 3600)
    else:
        # In UTC: within its own zone, Python adds to the hands of the clock, which change twice a year.
        at = (start.astimezone(UTC) + timedelta(hours=amount / _IN_AN_HOUR[unit])).astimezone(start.tzinfo)
    return at, calendar.local_date(at)


def _kind(unit: Unit) -> CountKind:
    return "working" if unit == "wd" else "natural"


def _used(unit: Unit, start: datetime, end: datetime, calendar: WorkingCalendar) -> float:
    """How much of a limit an interval used up; months and years correspond and may be over at any time: inf."""
    if unit in ("mo", "y"):
        return inf
    if unit in ("wd", "d"):
        return calendar.days_between(calendar.local_date(start), calendar.local_date(end), _kind(unit))
    if unit == "wh":
        return calendar.elapsed(start, end) / 3600
    return (end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(hours=1) * _IN_AN_HOUR[unit]


def _corresponding_day(limit: Limit, intervals: Sequence[Interval], calendar: WorkingCalendar) -> tuple[datetime, date]:
    """The corresponding day, moved on by the days in which the clock stood still and off days of rest."""
    day, stood = _corresponds(limit, intervals, calendar)
    on = calendar.roll(day + timedelta(days=stood))
    return calendar.deadline(on), on


def _corresponds(limit: Limit, intervals: Sequence[Interval], calendar: WorkingCalendar) -> tuple[date, int]:
    """The corresponding day (Civil Code 202), and for how many days the clock stood still."""
    first = calendar.local_date(intervals[0].start)
    months = limit.amount * (12 if limit.unit == "y" else 1)
    stood = sum(
        (calendar.local_date(after.start) - calendar.local_date(before.end)).days
        for before, after in pairwise(intervals)
        if before.end is not None
    )
    return calendar.add_months(first, months), stood


def working_seconds(intervals: Iterable[Interval], calendar: WorkingCalendar, until: datetime) -> tuple[float, bool]:
    """Working seconds in which the clock ran, pauses taken out, and whether an unpublished year was touched."""
    stretches = [(i.start, i.end or until) for i in intervals]
    try:
        return sum(calendar.elapsed(start, end) for start, end in stretches), False
    except UnknownYear:
        plain = calendar.assuming_unpublished()
        return sum(plain.elapsed(start, end) for start, end in stretches), True


Pause = tuple[datetime, datetime]

_WHEN = re.compile(r"(?:(?P<share>[1-9][0-9]?)%|(?P<due>due)|\+(?P<after>[1-9][0-9]*(?:wd|wh|h|m|d)))")


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a ladder of alerts: `80%` of the limit, `due`, or `+2wd` after it."""

    written: str

    def __post_init__(self) -> None:
        match = _WHEN.fullmatch(self.written)
        if match is None:
            raise ValueError(
                f"{self.written!r} is not an alert level; write 80%, due, or a limit after due such as +2wd"
            )
        if match["after"]:
            Limit.parse(match["after"])

    @property
    def is_share(self) -> bool:
        """Whether it is a share of the limit, and not the due time or later."""
        return self.written.endswith("%")

    @property
    def told(self) -> Text:
        """What has come to pass at it."""
        if self.is_share:
            return Text(f"期限已过 {self.written}", f"{self.written} of the time limit has passed")
        if self.written == "due":
            return Text("期限届满", "The time limit has run out")
        after = Limit.parse(self.written.removeprefix("+")).told()
        return Text(f"期限届满已过{after.zh}", f"{after.en} have passed since the time limit ran out")

    def at(
        self, started_at: datetime, due_at: datetime, calendar: WorkingCalendar, pauses: tuple[Pause, ...] = ()
    ) -> datetime:
        """The instant of this level; shares are of the working time between start and due, the pauses taken out."""
        match = _WHEN.fullmatch(self.written)
        assert match is not None
        if match["due"]:
            return due_at
        # In UTC: within its own zone, Python compares and adds by the hands of the clock.
        started_at, due_at = started_at.astimezone(UTC), due_at.astimezone(UTC)
        try:
            return self._at(match, started_at, due_at, calendar, pauses)
        except UnknownYear:
            return self._at(match, started_at, due_at, calendar.assuming_unpublished(), pauses)

    def _at(
        self,
        match: re.Match[str],
        started_at: datetime,
        due_at: datetime,
        calendar: WorkingCalendar,
        pauses: tuple[Pause, ...],
    ) -> datetime:
        if match["share"]:
            if due_at <= started_at:
                return due_at
            share = int(match["share"]) / 100
            used = calendar.elapsed(started_at, due_at, pauses) * share
            return min(due_at, calendar.add(started_at, used, pauses))
        # A day's deadline may be the midnight that ends it: what follows counts from the last day itself.
        limit = Limit.parse(match["after"])
        start = due_at - timedelta(microseconds=1) if limit.unit in ("wd", "d") else due_at
        at, _ = _later(limit.unit, float(limit.amount), start, calendar)
        return at


def into_opening_hours(at: datetime, calendar: WorkingCalendar) -> datetime:
    """The same instant if the office is open, else the next opening: nobody is called at midnight."""
    try:
        return calendar.next_open(at)
    except UnknownYear:
        return calendar.assuming_unpublished().next_open(at)


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One line of the explanation of a due time; `counted` is how much of the limit it used up, in the limit's unit."""

    start: datetime
    end: datetime | None
    kind: str
    text: Text
    counted: float = 0


_STOOD_STILL = Text("中止计算", "the clock stood still")
_STANDS_STILL = Text("中止计算，尚余 {left}", "the clock stands still, with {left} left")
_USED_UP = Text(
    "期限在中止前已用完，恢复计算的当日届满",
    "the limit was used up before the clock stood still: the day it goes on is the last",
)
_CORRESPONDS = Text("自 {first} 起满{limit}，对应日为 {day}", "{limit} from {first} on, the corresponding day is {day}")
_MOVED_ON = Text(
    "中止的 {days} 天顺延至 {day}", "moved on to {day} by the {days} day(s) in which the clock stood still"
)
_MOVED_OFF_REST = Text(
    "期间的最后一日 {rest} 是法定休假日或者休息日，顺延至 {day}", "{rest} is not a working day, so it moves to {day}"
)


def trace(limit: Limit, intervals: Sequence[Interval], calendar: WorkingCalendar) -> list[TraceLine]:
    """Why the clock runs out when it does, line by line: what counted, what was skipped, where it stood.

    Where it runs out, the `counted` of its lines add up to the limit.
    """
    try:
        return _trace(limit, intervals, calendar)
    except UnknownYear as unknown:
        note = TraceLine(
            intervals[0].start,
            None,
            "provisional",
            Text(
                f"{unknown.year} 年的放假安排尚未载入，暂按每周办公日和法定节假日计算。",
                f"The holidays of {unknown.year} are not loaded; counted with the plain week and the law's holidays.",
            ),
        )
        return [note, *_trace(limit, intervals, calendar.assuming_unpublished())]


def _trace(limit: Limit, intervals: Sequence[Interval], calendar: WorkingCalendar) -> list[TraceLine]:
    lines: list[TraceLine] = []
    stopped: datetime | None = None
    left = float(limit.amount)
    for position, run in enumerate(_runs(limit, intervals, calendar)):
        if stopped:
            lines.append(TraceLine(stopped, run.interval.start, "paused", _STOOD_STILL))
        if run.out:
            at, on = run.out
            if limit.unit in ("mo", "y"):
                counted, *moved_on = _corresponding(limit, intervals[: position + 1], at, calendar)
                lines = [counted, *lines, *moved_on]
            else:
                lines += _explain(limit.unit, run.amount, Interval(run.interval.start, at), calendar, to_the_end=True)
            return [*lines, TraceLine(at, None, "due", Text(f"{on} 届满", f"runs out on {on}"))]
        used = min(run.amount, left)
        if limit.unit not in ("mo", "y"):
            lines += _explain(limit.unit, used, run.interval, calendar, to_the_end=False)
        stopped, left = run.interval.end, left - used
    assert stopped is not None
    stands = _STOOD_STILL if limit.unit in ("mo", "y") else _STANDS_STILL.with_(left=_told(left, limit.unit))
    return [*lines, TraceLine(stopped, None, "paused", stands)]


def _corresponding(
    limit: Limit, intervals: Sequence[Interval], at: datetime, calendar: WorkingCalendar
) -> Iterator[TraceLine]:
    """The corresponding day of months and years, and then what moved it on."""
    first, last = intervals[0], intervals[-1]
    day, stood = _corresponds(limit, intervals, calendar)
    told = _CORRESPONDS.with_(first=calendar.local_date(first.start), limit=limit.told(), day=day)
    ended = min(calendar.deadline(day), first.end or at)
    yield TraceLine(first.start, max(first.start, ended), "counted", told, float(limit.amount))
    later = day + timedelta(days=stood)
    begins, ends = (max(calendar.deadline(one), last.start) for one in (day, later))
    if stood:
        yield TraceLine(begins, min(at, ends), "rolled", _MOVED_ON.with_(days=stood, day=later))
    if (on := calendar.roll(later)) != later:
        yield TraceLine(min(at, ends), at, "rolled", _MOVED_OFF_REST.with_(rest=later, day=on))


def _explain(
    unit: Unit, amount: float, within: Interval, calendar: WorkingCalendar, *, to_the_end: bool
) -> list[TraceLine]:
    """The days or windows that made up the amount, cut to a stretch; only the last stretch rolls."""
    end = within.end
    assert end is not None
    first = calendar.local_date(within.start)
    if not amount:
        return [TraceLine(within.start, end, "counted", _USED_UP)] if to_the_end else []
    if unit in ("h", "m"):
        return [TraceLine(within.start, end, "counted", _told(amount, unit), amount)]
    lines: list[Counted] = (
        calendar.explain_add(within.start, amount * 3600)
        if unit == "wh"
        else calendar.explain_days(first, int(amount), _kind(unit))
    )
    an_hour = 3600 if unit == "wh" else 1
    return [
        TraceLine(
            max(line.start, within.start),
            min(line.end, end),
            line.kind,
            line.note,
            line.amount / an_hour if line.kind == "counted" else 0,
        )
        for line in lines
        if line.start < end and (to_the_end or line.kind != "rolled")
    ]
