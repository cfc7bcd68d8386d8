"""Working time and legal days: add and measure opening hours, count working and natural days, and say why.

Conventions, all in one place:
- Windows are half-open. A budget used up exactly at closing is due at that closing, not at the next opening;
  going back, it ends at the opening, not at the closing before.
- No budget at all (0 seconds) leaves a time that is open or a closing as it is and moves any other to the
  next opening.
- Time is absolute: over a change of the clock a window is as long as it really lasted.
- Seconds are exact to the microsecond. Answers come in the zone of the time that was asked about.
- Days count as in the Civil Code, arts 201 to 203: the first day is not counted, and a last natural day that
  is a day of rest moves to the next day that is not. Make-up working days are working days.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby
from math import isfinite
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from casework.rules.openings import (
    DAY,
    EPOCH,
    MICROSECOND,
    BadCalendar,
    DayKind,
    Openings,
    Timetable,
    UnknownYear,
    compose,
    instant_of,
    microseconds,
)
from casework.rules.text import Text

__all__ = [
    "BadCalendar",
    "CountKind",
    "Counted",
    "Pauses",
    "UnknownYear",
    "WorkingCalendar",
    "compose",
    "corresponding_day",
]

CountKind = Literal["working", "natural"]
Pauses = Iterable[tuple[datetime, datetime | None]]
"""Stretches in which the clock stands, in any order; one that has not ended (None) is a ValueError."""
LineKind = Literal["counted", "first_day", "holiday", "rest", "rolled", "paused"]

_FURTHEST: Final = 100
"""Years that one question may span: more is a slip of the pen and would take seconds to answer."""
_MOST_LINES: Final = 200

_LINE_KINDS: Final[dict[DayKind, LineKind]] = {
    "working": "counted",
    "make_up": "counted",
    "holiday": "holiday",
    "rest": "rest",
}
_COUNTED_TIME: Final[dict[DayKind, Text]] = {
    "working": Text("计入办公时间 {amount}", "{amount} of opening hours counted"),
    "make_up": Text("调休上班日，计入办公时间 {amount}", "make-up working day, {amount} of opening hours counted"),
    "holiday": Text("节假日，不计时", "holiday, not counted"),
    "rest": Text("休息日或办公时间以外，不计时", "day of rest or outside opening hours, not counted"),
}
_COUNTED_DAYS: Final[dict[DayKind | CountKind, Text]] = {
    "working": Text("计入 {amount} 个工作日", "working days counted: {amount}"),
    "make_up": Text("调休上班，计入 {amount} 个工作日", "make-up working days counted: {amount}"),
    "natural": Text("计入 {amount} 个自然日", "natural days counted: {amount}"),
    "holiday": Text("节假日 {amount} 天，不计入", "holidays not counted: {amount}"),
    "rest": Text("休息日 {amount} 天，不计入", "days of rest not counted: {amount}"),
}
_FIRST_DAY: Final = Text("开始的当日不计入", "the first day is not counted")
_ROLLED: Final = Text(
    "期间的最后一日 {rest} 是法定休假日或者休息日，顺延至 {last}",
    "the last day {rest} is not a working day, so it moves to {last}",
)
_PAUSED: Final = Text(
    "暂停，其间办公时间 {amount} 不计入", "the clock stood still; {amount} of opening hours not counted"
)
_LEFT_OUT: Final = Text("其间 {lines} 段从略，共计入 {amount}", "{lines} lines left out, {amount} counted in them")
_SOME_DAYS: Final = Text("{amount} 天", "{amount} day(s)")


@dataclass(frozen=True, slots=True)
class Counted:
    """One line of an explanation: what the time from `start` to `end` counted for.

    `amount` is in seconds of working time (`explain_add`) or in days (`explain_days`): what was counted, or,
    for the kinds that do not count, what was left out.
    """

    start: datetime
    end: datetime
    amount: float
    kind: LineKind
    note: Text


@dataclass(frozen=True)
class WorkingCalendar:
    """An office's opening hours, ready to count with. Immutable, hashable, safe between threads.

    A year is laid out when it is first needed and then kept, so that adding ten thousand hours is a few
    look-ups. Methods raise UnknownYear where the answer needs a year whose holidays are not loaded, and
    ValueError for naive datetimes and for questions that span more than 100 years.
    """

    openings: Openings
    assumes: bool = True
    _timetables: dict[int, Timetable] = field(default_factory=dict, init=False, compare=False, repr=False)
    _working_days: dict[int, tuple[int, ...]] = field(default_factory=dict, init=False, compare=False, repr=False)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> "WorkingCalendar":
        """The calendar of a mapping: `tz, week, holidays, yearly_holidays, date_overrides, years, close_of_business`.

        ValueError, in a sentence that names the place, for anything else and for a calendar that never opens.
        """
        return cls(Openings.from_mapping(mapping))

    @property
    def tz(self) -> ZoneInfo:
        """The office's zone."""
        return self.openings.tz

    def assuming_unpublished(self) -> "WorkingCalendar":
        """The same calendar with every unknown year on its plain weekly pattern and yearly holidays.

        For provisional due times only: whoever uses it marks the result provisional and computes it again
        when the year is published. Raises UnknownYear where the calendar is `firm`.
        """
        if not self.assumes:
            raise UnknownYear(max(self.openings.years or ()) + 1)
        return self._assumed

    @cached_property
    def firm(self) -> "WorkingCalendar":
        """The same calendar for whoever asks whether an answer is firm: it assumes nothing of an unknown year."""
        return self if self.openings.years is None else replace(self, assumes=False)

    @cached_property
    def _assumed(self) -> "WorkingCalendar":
        return WorkingCalendar(replace(self.openings, years=None))

    def add(self, start: datetime, seconds: float, pauses: Pauses = ()) -> datetime:
        """When `seconds` of working time are used up, counted from `start`; negative seconds go back."""
        at, budget = microseconds(start), _budget(seconds)
        if budget > 0:
            due = self._forward(at, budget)
        elif budget < 0:
            due = self._backward(at, -budget)
        else:
            due = self._unmoved(at)
        return _told(self._past(pauses, at, due), start)

    def elapsed(self, start: datetime, end: datetime, pauses: Pauses = ()) -> float:
        """Seconds of working time from `start` to `end` outside `pauses`; 0 for a reversed range."""
        begins, ends = microseconds(start), microseconds(end)
        stood = sum(self._worked(max(begins, p), min(ends, q)) for p, q in _merged(pauses))
        return (self._worked(begins, ends) - stood) / 1_000_000

    def add_working_days(self, start: datetime, n: int, end_of_day: bool = False, pauses: Pauses = ()) -> datetime:
        """The same clock time `n` working days on (back for negative `n`), or that day's last closing.

        The days are counted from the local date of `start`, which is not counted itself; `n` = 0 is that
        date or the next working day. Then the working time of the pauses that begin before the time is up is
        added.
        """
        at = microseconds(start)
        local = self._in_zone(at)
        day = self._working_day(local.date(), n)
        if end_of_day:
            due = microseconds(self.closing(day))
        elif day == local.date():
            due = at
        else:
            due = instant_of(datetime.combine(day, local.time()), self.tz)
        return _told(self._past(pauses, at, due), start)

    def next_open(self, at: datetime) -> datetime:
        """`at` if the office is open then, else the next opening; the instant of closing is closed."""
        return _told(self._next_open(microseconds(at)), at)

    def is_working_day(self, day: date) -> bool:
        """Whether the office opens at all on that date, make-up days and short days included.

        UnknownYear where its year is not loaded, unless the calendar names the day itself, as it does the law's
        yearly holidays.
        """
        return bool(self.openings.windows(day))

    def count_days(self, start_date: date, n: int, kind: CountKind) -> date:
        """The last day of a limit of `n` days that begins on `start_date` (Civil Code 201, 203).

        `working`: the n-th working day after it. `natural`: n days after it, moved over rest days to the next
        working day. `n` = 0 is `start_date` itself, moved likewise; negative `n` is a ValueError.
        """
        if n < 0:
            raise BadCalendar(Text(f"天数不能为负：{n}。", f"A number of days cannot be negative: {n}."))
        if _checked(kind) == "working":
            return self._working_day(start_date, n)
        return self.roll(_later(start_date, n))

    def roll(self, day: date) -> date:
        """`day` if it is a working day, else the next one (Civil Code 203)."""
        return self._working_day(day, 0)

    def days_between(self, first: date, last: date, kind: CountKind) -> int:
        """How many days of that kind lie after `first` up to and including `last`; 0 for a reversed range."""
        if _checked(kind) == "natural" or last <= first:
            return max(0, (last - first).days)
        after, until = first.toordinal(), last.toordinal()
        return sum(self._counted(year, after, until) for year in range((first + DAY).year, last.year + 1))

    def add_months(self, day: date, months: int) -> date:
        """The corresponding day that many months on; not rolled."""
        return corresponding_day(day, months)

    def local_date(self, at: datetime) -> date:
        """The date on the office's wall at that instant."""
        return self._in_zone(microseconds(at)).date()

    def close_of(self, day: date) -> datetime:
        """The end of that date (24:00) in the office's zone, which is the first instant of the next day."""
        return self._in_zone(self._midnight(_later(day, 1)))

    def deadline(self, day: date) -> datetime:
        """The instant at which a limit that ends on that date runs out (Civil Code 203).

        24:00, or where the calendar says `close_of_business` the last closing of a day on which the office opens.
        """
        if self.openings.close_of_business and self.openings.windows(day):
            return self.closing(day)
        return self.close_of(day)

    def closing(self, day: date) -> datetime:
        """When the office closes for the last time on that working day; ValueError on a day of rest."""
        windows = self.openings.windows(day)
        if not windows:
            raise BadCalendar(Text(f"{day} 不是工作日。", f"The office does not open on {day}."))
        closes = datetime.combine(day, time()) + timedelta(minutes=windows[-1][1])
        return self._in_zone(instant_of(closes, self.tz))

    def explain_add(self, start: datetime, seconds: float, pauses: Pauses = ()) -> list[Counted]:
        """How `add` came to its answer, in order of time; the `counted` amounts add up to `seconds`.

        Each window is a line, runs of days without one are too; what lies between two windows of a day is left to be
        understood. A long explanation leaves out its middle and says so.
        """
        at, due = microseconds(start), microseconds(self.add(start, seconds, pauses))
        cursor, end = sorted((at, due))
        lines: list[Counted] = []
        for begins, ends in _merged(pauses):
            begins, ends = max(begins, cursor), min(ends, end)
            if begins < ends:
                lines += self._stretch(cursor, begins)
                stood = self._worked(begins, ends) / 1_000_000
                note = _PAUSED.with_(amount=_spelled(stood))
                lines.append(Counted(self._in_zone(begins), self._in_zone(ends), stood, "paused", note))
                cursor = ends
        return _shortened(lines + self._stretch(cursor, end), _spelled)

    def explain_days(self, start_date: date, n: int, kind: CountKind) -> list[Counted]:
        """How `count_days` came to its answer, in order of time; the `counted` amounts add up to `n`."""
        last = self.count_days(start_date, n, kind)
        counted_to = last if kind == "working" and n else _later(start_date, n)
        lines = [self._days(start_date, start_date, "first_day", _FIRST_DAY)]
        if kind == "natural" and n:
            lines.append(self._days(_later(start_date, 1), counted_to, "counted", _COUNTED_DAYS["natural"]))
        elif n:
            days = [_later(start_date, index + 1) for index in range((last - start_date).days)]
            for day_kind, group in groupby(days, self.openings.kind):
                run = list(group)
                lines.append(self._days(run[0], run[-1], _LINE_KINDS[day_kind], _COUNTED_DAYS[day_kind]))
        if counted_to < last:
            note = _ROLLED.with_(rest=counted_to, last=last)
            lines.append(self._days(_later(counted_to, 1), last, "rolled", note))
        return _shortened(lines, lambda days: _SOME_DAYS.with_(amount=int(days)))

    def _days(self, first: date, last: date, kind: LineKind, note: Text) -> Counted:
        midnight, days = self._in_zone(self._midnight(first)), (last - first).days + 1
        return Counted(midnight, self.close_of(last), days, kind, note.with_(amount=days))

    def _stretch(self, begins: int, ends: int) -> list[Counted]:
        """The lines of a stretch in which the clock ran: a line for each window, one for a run of days without any."""
        pieces: list[tuple[DayKind, int, int, int]] = []
        day = self._in_zone(begins).date()
        while begins < ends:
            until = min(ends, self._midnight(_later(day, 1)))
            # Not so where the clock skips the day, or goes back over midnight and shows its end once more.
            if begins < until:
                worked = self._worked(begins, until)
                pieces.append((_label(self.openings.kind(day), worked), begins, until, worked))
                begins = until
            day = _later(day, 1)
        lines = []
        for label, group in groupby(pieces, lambda piece: piece[0]):
            run = list(group)
            spans = [(run[0][1], run[-1][2])]
            if run[0][3]:
                spans = [window for _, first, last, _ in run for window in self._open_within(first, last)]
            for opens, closes in spans:
                seconds = (closes - opens) / 1_000_000 if run[0][3] else 0
                note = _COUNTED_TIME[label].with_(amount=_spelled(seconds))
                lines.append(Counted(self._in_zone(opens), self._in_zone(closes), seconds, _LINE_KINDS[label], note))
        return lines

    def _open_within(self, begins: int, ends: int) -> Iterator[tuple[int, int]]:
        """The openings that lie in a stretch of no more than a day, cut to it."""
        while begins < ends:
            table = self._at(begins)
            for opens, closes in table.openings(begins, ends):
                yield max(opens, begins), min(closes, ends)
            begins = table.ends

    def _in_zone(self, at: int) -> datetime:
        return (EPOCH + at * MICROSECOND).astimezone(self.tz)

    def _midnight(self, day: date) -> int:
        return instant_of(datetime.combine(day, time()), self.tz)

    def _timetable(self, year: int) -> Timetable:
        table = self._timetables.get(year)
        if table is None:
            table = self._timetables[year] = self.openings.timetable(year)
        return table

    def _days_of(self, year: int) -> tuple[int, ...]:
        days = self._working_days.get(year)
        if days is None:
            days = self._working_days[year] = self.openings.working_days(year)
        return days

    def _at(self, at: int) -> Timetable:
        """The year in which that instant lies."""
        table = self._timetable(self._in_zone(at).year)
        while at < table.begins:
            table = self._timetable(table.year - 1)
        while at >= table.ends:
            table = self._timetable(table.year + 1)
        return table

    def _worked(self, begins: int, ends: int) -> int:
        if ends <= begins:
            return 0
        table = self._at(begins)
        total = -table.worked(begins)
        for year in _years(table.year, 1):
            table = self._timetable(year)
            if ends <= table.ends:
                return total + table.worked(ends)
            total += table.total
        raise _too_far()

    def _forward(self, at: int, budget: int) -> int:
        table = self._at(at)
        budget += table.worked(at)
        for year in _years(table.year, 1):
            table = self._timetable(year)
            if budget <= table.total:
                return table.earliest(budget)
            budget -= table.total
        raise _too_far()

    def _backward(self, at: int, budget: int) -> int:
        # The instant before: going back from midnight on 1 January does not need the new year.
        table = self._at(at - 1)
        owed = budget - table.worked(at)
        if owed <= 0:
            return table.latest(-owed)
        for year in _years(table.year - 1, -1):
            table = self._timetable(year)
            if owed <= table.total:
                return table.latest(table.total - owed)
            owed -= table.total
        raise _too_far()

    def _next_open(self, at: int) -> int:
        table = self._at(at)
        worked = table.worked(at)
        for year in _years(table.year, 1):
            table = self._timetable(year)
            if worked < table.total:
                return table.latest(worked)
            worked = 0
        raise _too_far()

    def _unmoved(self, at: int) -> int:
        """Where no budget leads: an open time and a closing stay, another time moves to the next opening."""
        try:
            opening = self._next_open(at)
        except UnknownYear:
            # A closing at New Year needs only the year that it ends.
            if not self._ends_work(at):
                raise
            return at
        return at if opening == at or self._ends_work(at) else opening

    def _ends_work(self, at: int) -> bool:
        """Whether the office is open right up to that instant."""
        table = self._at(at - 1)
        worked = table.worked(at)
        return worked > 0 and table.earliest(worked) == at

    def _past(self, pauses: Pauses, at: int, due: int) -> int:
        """`due`, counted from `at`, moved by the working time of the pauses that begin before it comes."""
        merged = _merged(pauses)
        if due >= at:
            for begins, ends in merged:
                if at < ends and begins < due and (stood := self._worked(max(at, begins), ends)):
                    due = self._forward(due, stood)
        else:
            for begins, ends in reversed(merged):
                if begins < at and due < ends and (stood := self._worked(begins, min(at, ends))):
                    due = self._backward(due, stood)
        return due

    def _working_day(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it for negative n); for 0 the first one from `day` on."""
        step, left = (-1, -n) if n < 0 else (1, max(n, 1))
        first = _later(day, step if n else 0)
        for year in _years(first.year, step):
            last, left = self._nth(year, first.toordinal(), step, left)
            if last is not None:
                return date.fromordinal(last)
        raise _too_far()

    def _nth(self, year: int, at: int, step: int, n: int) -> tuple[int | None, int]:
        """The n-th working day of the year from the ordinal `at` on, forward or back; else None and how many it lacks.

        Of a year that was not published the days that the calendar names itself can be told; UnknownYear at the first
        other one.
        """
        try:
            days = self._days_of(year)
        except UnknownYear:
            first, last = _ends(year)
            for one in range(max(at, first), last + 1) if step > 0 else range(min(at, last), first - 1, -1):
                n -= self.is_working_day(date.fromordinal(one))
                if not n:
                    return one, 0
            return None, n
        passed = bisect_left(days, at) if step > 0 else len(days) - bisect_right(days, at)
        if n > len(days) - passed:
            return None, n - (len(days) - passed)
        return days[passed + n - 1] if step > 0 else days[-passed - n], 0

    def _counted(self, year: int, after: int, until: int) -> int:
        """How many working days of the year lie after one ordinal up to another; see `_nth`."""
        try:
            days = self._days_of(year)
        except UnknownYear:
            first, last = _ends(year)
            return sum(
                self.is_working_day(date.fromordinal(one)) for one in range(max(after + 1, first), min(until, last) + 1)
            )
        return bisect_right(days, until) - bisect_right(days, after)


def _ends(year: int) -> tuple[int, int]:
    """The ordinals of the first and the last day of a year."""
    return date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()


def _told(at: int, like: datetime) -> datetime:
    return (EPOCH + at * MICROSECOND).astimezone(like.tzinfo)


def _years(first: int, step: int) -> Iterator[int]:
    for year in range(first, first + step * (_FURTHEST + 1), step):
        if not 1 < year < 9999:
            return
        yield year


def _too_far() -> BadCalendar:
    return BadCalendar(
        Text(
            f"计算跨度超过 {_FURTHEST} 年或超出历法范围，请检查期限与日期。",
            f"This spans more than {_FURTHEST} years or leaves the calendar; check the limit and the dates.",
        )
    )


def _later(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise _too_far() from None


def corresponding_day(day: date, months: int) -> date:
    """Return the same day that many months on, or back if negative, else the last of its month (Civil Code 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 0 < year <= 9999:
        raise _too_far()
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _checked(kind: CountKind) -> CountKind:
    if kind not in ("working", "natural"):
        raise BadCalendar(
            Text(f"“{kind}”不是日的种类，请用 working 或 natural。", f"{kind!r} days: say working or natural.")
        )
    return kind


def _budget(seconds: float) -> int:
    if isinstance(seconds, int):
        return seconds * 1_000_000
    if not isfinite(seconds):
        raise BadCalendar(Text(f"秒数无效：{seconds}。", f"{seconds} is not a number of seconds."))
    return round(seconds * 1_000_000)


def _merged(pauses: Pauses) -> list[tuple[int, int]]:
    """The pauses as instants, in order, overlapping ones joined."""
    stretches = []
    for begins, ends in pauses:
        if ends is None or microseconds(ends) < microseconds(begins):
            raise BadCalendar(
                Text(
                    f"自 {begins} 起的暂停没有结束或结束早于开始。",
                    f"The pause that begins at {begins} has no end, or ends before it begins.",
                )
            )
        stretches.append((microseconds(begins), microseconds(ends)))
    merged: list[tuple[int, int]] = []
    for first, last in sorted(stretches):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _label(kind: DayKind, worked: int) -> DayKind:
    """What a day is called in an explanation of hours: a working day may lie outside the hours asked."""
    if worked:
        return "make_up" if kind == "make_up" else "working"
    return "holiday" if kind == "holiday" else "rest"


def _spelled(seconds: float) -> Text:
    """A length of time in hours, minutes and seconds, without the parts that are zero."""
    whole = int(seconds)
    rest = str(round(seconds % 60, 6)).removesuffix(".0")
    parts = [
        (str(whole // 3600), " 小时", " h"),
        (str(whole // 60 % 60), " 分钟", " min"),
        (rest, " 秒", " s"),
    ]
    told = [part for part in parts if part[0] != "0"] or parts[1:2]
    return Text(" ".join(n + zh for n, zh, _ in told), " ".join(n + en for n, _, en in told))


def _shortened(lines: list[Counted], tell: Callable[[float], Text]) -> list[Counted]:
    """At most 60 lines: the middle of more becomes one line with what was counted in it."""
    if len(lines) <= _MOST_LINES:
        return lines
    head, tail = lines[: _MOST_LINES // 2], lines[1 - _MOST_LINES // 2 :]
    middle = lines[len(head) : len(lines) - len(tail)]
    amount = sum(line.amount for line in middle if line.kind == "counted")
    note = _LEFT_OUT.with_(lines=len(middle), amount=tell(amount))
    return [*head, Counted(middle[0].start, middle[-1].end, amount, "counted", note), *tail]
