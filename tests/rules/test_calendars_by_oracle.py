"""Working time against an oracle that shares nothing with it: a wall clock that is read step by step, and a finger.

The oracle reads the clock of a zone every few minutes, lists the stretches in which the office is open, and walks
along the list. Days it walks one by one, in the words of the Civil Code, arts 201 to 203. Questions are drawn at
random from fixed seeds, near days on which something happens to a clock or a calendar.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from casework.rules.calendars import CountKind, UnknownYear, WorkingCalendar
from casework.rules.clocks import Interval, Level, Limit, due, trace

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALL_DAY: Final = [["00:00", "24:00"]]
DAY: Final = timedelta(days=1)
MINUTE: Final = 60_000_000
HOUR: Final = 60 * MINUTE
"""Instants are microseconds since 1970 in UTC; lengths are microseconds, too."""
Stretch = tuple[int, int]

SCENES: Final = (
    ("Europe/Berlin", date(2026, 3, 29), 15),
    ("Europe/Berlin", date(2026, 10, 25), 15),
    ("America/Sao_Paulo", date(2015, 10, 18), 15),  # midnight is skipped
    ("America/Sao_Paulo", date(2015, 2, 22), 15),  # the hour before midnight comes twice
    ("America/Havana", date(2026, 11, 1), 15),  # the hour after midnight comes twice
    ("America/St_Johns", date(2008, 3, 9), 1),
    ("America/St_Johns", date(2008, 11, 2), 1),  # midnight itself comes twice
    ("Asia/Tehran", date(2015, 9, 22), 15),
    ("Australia/Lord_Howe", date(2026, 4, 5), 15),  # half an hour
    ("Antarctica/Troll", date(2026, 10, 25), 15),  # two hours
    ("Pacific/Chatham", date(2026, 9, 27), 15),  # at a quarter to three
    ("Pacific/Apia", date(2011, 12, 30), 15),  # a Friday that there was not
    ("Pacific/Kiritimati", date(1994, 12, 31), 15),  # no New Year's Eve
    ("Asia/Pyongyang", date(2018, 5, 5), 15),
    ("Asia/Shanghai", date(1991, 9, 15), 15),
    ("Asia/Shanghai", date(2026, 1, 1), 15),
    ("UTC", date(2024, 2, 29), 15),
)
"""A zone, a day on which something happens, and minutes that divide every change of that clock."""


class OutOfSight(Exception):
    """The answer lies beyond what the oracle has read off the wall."""


class Unloaded(Exception):
    """The way to the answer leads into a year that is not loaded."""


@dataclass(frozen=True)
class Wall:
    """What a clock on the wall shows from some days before a day to as many after it, and when it first does."""

    zone: str
    around: date
    step: int
    days: int
    first_shown: dict[int, int] = field(default_factory=dict)
    """Local minutes since 1970, and the instant at which they are first shown."""

    def __post_init__(self) -> None:
        tz = ZoneInfo(self.zone)
        middle = int(datetime.combine(self.around, time(), UTC).timestamp())
        for second in range(middle - self.days * 86_400, middle + self.days * 86_400, self.step * 60):
            shown = datetime.fromtimestamp(second, tz)
            self.first_shown.setdefault(minute_of(shown.date(), shown.hour * 60 + shown.minute), second * 1_000_000)

    def reaches(self, day: date, minute: int) -> int:
        """The first instant at which the clock shows that minute of that day or, where it jumps, a later one."""
        wanted = minute_of(day, minute)
        rest = wanted % self.step
        if wanted - rest in self.first_shown:
            return self.first_shown[wanted - rest] + rest * MINUTE
        for later in range(wanted, wanted + 2 * 1440):
            if later in self.first_shown:
                return self.first_shown[later]
        raise OutOfSight

    def shown(self, at: int) -> tuple[date, int]:
        """The date on the wall, and the microseconds after its midnight that the clock shows."""
        seen = datetime.fromtimestamp(at // 1_000_000, ZoneInfo(self.zone))
        return seen.date(), (seen.hour * 3600 + seen.minute * 60 + seen.second) * 1_000_000 + at % 1_000_000

    def sees(self, day: date) -> bool:
        """Whether the day was read, with two days to spare."""
        return abs(day - self.around) <= (self.days - 3) * DAY


wall_of: Final = cache(Wall)


def minute_of(day: date, minute: int) -> int:
    return (day - date(1970, 1, 1)).days * 1440 + minute


def minutes_written(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def told(at: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """In order, those that overlap or touch as one, empty ones left out."""
    found: list[Stretch] = []
    for begins, ends in sorted(stretches):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        elif begins < ends:
            found.append((begins, ends))
    return found


@dataclass(frozen=True)
class Oracle:
    """Answers by walking: every method does what the words of the promise say, however slowly."""

    mapping: dict[str, Any]
    wall: Wall
    pieces: list[Stretch] = field(default_factory=list)
    """The stretches in which the office is open."""

    def __post_init__(self) -> None:
        days = [self.wall.around + index * DAY for index in range(3 - self.wall.days, self.wall.days - 2)]
        for day in days:
            for edges in self.windows(day):
                opens, closes = (self.wall.reaches(day, minutes_written(edge)) for edge in edges)
                self.pieces.append((opens, closes))
        self.pieces[:] = joined(self.pieces)

    def windows(self, day: date) -> list[list[str]]:
        """The windows of that date: an override wins over a holiday, a holiday over the week."""
        override = self.mapping["date_overrides"].get(day.isoformat())
        usual: list[list[str]] = [] if self.rests(day) else self.mapping["week"].get(WEEKDAYS[day.weekday()], [])
        return usual if override is None else override

    def rests(self, day: date) -> bool:
        """Whether the calendar names the day as a holiday."""
        return day.isoformat() in self.mapping["holidays"] or f"{day:%m-%d}" in self.mapping["yearly_holidays"]

    def named(self, day: date) -> bool:
        """Whether the calendar says of the day itself what it is: then it is known, published year or not."""
        return self.rests(day) or day.isoformat() in self.mapping["date_overrides"]

    def loaded(self, day: date) -> bool:
        return "years" not in self.mapping or day.year in self.mapping["years"]

    def must_know(self, begins: int, ends: int) -> None:
        """Unloaded where a moment between the two lies in a year that is not loaded, or in the night out of it."""
        every = [*self.mapping["week"].values(), *self.mapping["date_overrides"].values()]
        night = max(0, *(minutes_written(closes) - 1440 for windows in every for _, closes in windows))
        day, last = self.wall.shown(begins)[0] - DAY, self.wall.shown(ends)[0]
        if not self.wall.sees(day) or not self.wall.sees(last):
            raise OutOfSight
        while day <= last:
            over = night if self.loaded(day + DAY) else 0
            if not self.loaded(day):
                first, after = self.wall.reaches(day, 0), self.wall.reaches(day + DAY, over)
                if begins < after and first < ends:
                    raise Unloaded
            day += DAY

    def running(self, pauses: list[Stretch]) -> list[Stretch]:
        """The pieces with the pauses cut out of them."""
        left = self.pieces
        for begins, ends in joined(pauses):
            before = [(opens, min(closes, begins)) for opens, closes in left]
            left = sorted(before + [(max(opens, ends), closes) for opens, closes in left])
            left = [(opens, closes) for opens, closes in left if opens < closes]
        return left

    def elapsed(self, begins: int, ends: int, pauses: list[Stretch]) -> int:
        """The time between the two in which the office is open and no pause lasts."""
        if begins < ends:
            self.must_know(begins, ends)
        return sum(max(0, min(closes, ends) - max(opens, begins)) for opens, closes in self.running(pauses))

    def add(self, start: int, budget: int, pauses: list[Stretch]) -> int:
        """The first instant at which the budget is used up; going back, the last one; with none, see `stay`."""
        if budget == 0:
            return self.stay(start)
        for opens, closes in self.running(pauses)[:: 1 if budget > 0 else -1]:
            opens, closes = (max(opens, start), closes) if budget > 0 else (opens, min(closes, start))
            length = max(0, closes - opens)
            if abs(budget) <= length:
                at = opens + budget if budget > 0 else closes + budget
                self.must_know(min(start, at), max(start, at))
                return at
            budget -= length if budget > 0 else -length
        raise OutOfSight

    def stay(self, start: int) -> int:
        """An open time or a closing stays as it is, another time moves to the next opening."""
        for moment in (start - 1, start):
            with suppress(Unloaded):
                self.must_know(moment, moment + 1)
                if any(opens <= moment < closes for opens, closes in self.pieces):
                    return start
        self.must_know(start - 1, start)
        return self.next_open(start)

    def next_open(self, start: int) -> int:
        """The first instant from the start on at which the office is open."""
        for opens, closes in self.pieces:
            if start < closes:
                self.must_know(start, max(opens, start) + 1)
                return max(opens, start)
        raise OutOfSight

    def is_working_day(self, day: date) -> bool:
        if not self.wall.sees(day):
            raise OutOfSight
        if not self.loaded(day) and not self.named(day):
            raise Unloaded
        return bool(self.windows(day))

    def working_day(self, day: date, n: int) -> date:
        """A finger moves from day to day and counts the working days, the first day not among them."""
        while n == 0 and not self.is_working_day(day):
            day += DAY
        while n:
            day += DAY if n > 0 else -DAY
            if self.is_working_day(day):
                n -= 1 if n > 0 else -1
        return day

    def count_days(self, day: date, n: int, kind: CountKind) -> date:
        """The n-th working day after the day; or n days after it and on to the end of the rest."""
        return self.working_day(day, n) if kind == "working" else self.working_day(day + n * DAY, 0)

    def add_working_days(self, start: int, n: int, end_of_day: bool, pauses: list[Stretch]) -> int:
        """The same clock time on the n-th working day, or its last closing; then the working time of each pause."""
        first, shown = self.wall.shown(start)
        day = self.working_day(first, n)
        minute, rest = divmod(shown, MINUTE)
        if end_of_day:
            due = self.wall.reaches(day, max(minutes_written(closes) for _, closes in self.windows(day)))
        elif day == first:
            due = start
        else:
            due, after = self.wall.reaches(day, minute), self.wall.reaches(day, minute + 1)
            due = min(due + rest, after)
        for begins, ends in joined(pauses):
            if begins < due and (stood := self.elapsed(max(begins, start), ends, [])):
                due = self.add(due, stood, [])
        return due

    def runs_out(self, n: int, kind: CountKind, runs: list[tuple[int, int | None]]) -> tuple[date, int] | None:
        """The last day of a limit of days that runs, stands and runs again, and the midnight that ends it."""
        used = 0
        for begins, ends in runs:
            day = self.wall.shown(begins)[0]
            last = None if ends is None else self.wall.shown(ends)[0]
            while used < n and (last is None or day < last):
                day += DAY
                used += kind == "natural" or self.is_working_day(day)
            if used >= n:
                on = self.working_day(day, 0)
                midnight = self.wall.reaches(on, 1440)
                if ends is None or midnight <= ends:
                    return on, midnight
        return None

    def hours_run_out(self, n: int, runs: list[tuple[int, int | None]]) -> int:
        """The first instant at which a limit of working hours is used up, the time between the runs left out."""
        stood = [(ends, begins) for (_, ends), (begins, _) in pairwise(runs) if ends is not None]
        return self.add(runs[0][0], n * HOUR, stood)


@dataclass(frozen=True)
class Asked:
    """The calendar, asked in the oracle's terms."""

    office: WorkingCalendar

    def elapsed(self, begins: int, ends: int, pauses: list[Stretch]) -> int:
        return round(self.office.elapsed(told(begins), told(ends), self._pauses(pauses)) * 1_000_000)

    def add(self, start: int, budget: int, pauses: list[Stretch]) -> int:
        return self._at(self.office.add(told(start), budget / 1_000_000, self._pauses(pauses)))

    def next_open(self, start: int) -> int:
        return self._at(self.office.next_open(told(start)))

    def is_working_day(self, day: date) -> bool:
        return self.office.is_working_day(day)

    def count_days(self, day: date, n: int, kind: CountKind) -> date:
        return self.office.count_days(day, n, kind)

    def add_working_days(self, start: int, n: int, end_of_day: bool, pauses: list[Stretch]) -> int:
        return self._at(self.office.add_working_days(told(start), n, end_of_day, self._pauses(pauses)))

    def runs_out(self, n: int, kind: CountKind, runs: list[tuple[int, int | None]]) -> tuple[date, int] | None:
        return self._due(Limit(n, "wd" if kind == "working" else "d"), runs)

    def hours_run_out(self, n: int, runs: list[tuple[int, int | None]]) -> int | None:
        found = self._due(Limit(n, "wh"), runs)
        return found and found[1]

    def _due(self, limit: Limit, runs: list[tuple[int, int | None]]) -> tuple[date, int] | None:
        intervals = [Interval(told(begins), None if ends is None else told(ends)) for begins, ends in runs]
        found = due(limit, intervals, self.office)
        if found and found.provisional:
            raise UnknownYear(found.on.year)
        return (found.on, self._at(found.at)) if found else None

    def _pauses(self, pauses: list[Stretch]) -> list[tuple[datetime, datetime]]:
        return [(told(begins), told(ends)) for begins, ends in pauses]

    def _at(self, answer: datetime) -> int:
        return (answer - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def some_windows(random: Random) -> list[list[str]]:
    """Office hours, whole days, nights that last into the morning, hours that touch, none, or anything at all."""
    usual: tuple[list[list[str]], ...] = (
        [["08:30", "12:00"], ["13:30", "17:30"]],
        [["09:00", "17:00"]],
        ALL_DAY,
        [["22:00", "31:00"]],
        [["00:00", "02:30"], ["02:30", "12:00"], ["23:00", "24:00"]],
        [["18:00", "24:00"], ["24:00", "26:15"]],
        [],
    )
    if random.random() < 0.7:
        return random.choice(usual)
    edges = sorted(random.sample(range(31 * 60 + 1), 2 * random.randint(1, 4)))
    clock = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in edges]
    return [[opens, closes] for opens, closes in zip(clock[::2], clock[1::2], strict=True)]


def some_calendar(random: Random, zone: str, around: date) -> dict[str, Any]:
    """A week, holidays and overrides near the day, and sometimes years that are not loaded."""
    near = [around + index * DAY for index in range(-20, 21)]
    years = random.choice(([around.year], [around.year - 1], [around.year - 1, around.year], None, None, None))
    return {
        "tz": zone,
        "week": {name: some_windows(random) for name in random.sample(WEEKDAYS, random.choice((0, 1, 4, 6, 6)))}
        | {random.choice(WEEKDAYS): [["09:00", "17:00"]]},
        "holidays": [day.isoformat() for day in random.sample(near, random.randint(0, 9))],
        "yearly_holidays": [f"{day:%m-%d}" for day in random.sample(near, random.randint(0, 3))],
        "date_overrides": {day.isoformat(): some_windows(random) for day in random.sample(near, random.randint(0, 5))},
    } | ({} if years is None else {"years": years})


def some_instant(random: Random, oracle: Oracle) -> int:
    """A time near the day, mostly one at which something begins or ends, or one just beside it."""
    day = oracle.wall.around + random.randint(-12, 12) * DAY
    at = oracle.wall.reaches(day, 0) + random.randrange(-24, 24) * HOUR + random.randrange(HOUR)
    near = [edge for piece in oracle.pieces for edge in piece if abs(edge - at) < 60 * HOUR]
    near += [
        oracle.wall.reaches(date(day.year + late, 1, 1), 0) for late in (0, 1) if day.month == 12 * late + 1 - late
    ]
    if not near or random.random() < 0.4:
        return at
    return random.choice(near) + random.choice((0, 0, 0, 1, -1, 1_000_000, -MINUTE))


def some_pauses(random: Random, oracle: Oracle) -> list[Stretch]:
    """Pauses in any order: apart, overlapping, touching, empty, at edges and in the night."""
    ends = [sorted(some_instant(random, oracle) for _ in range(2)) for _ in range(random.randint(0, 3))]
    pauses = [(begins, ends) for begins, ends in ends]
    pauses += [(end, end + random.choice((0, 1, HOUR, 25 * HOUR))) for _, end in pauses if random.random() < 0.3]
    random.shuffle(pauses)
    return pauses


def hours(random: Random, oracle: Oracle) -> Iterator[tuple[Any, ...]]:
    start, end, pauses = some_instant(random, oracle), some_instant(random, oracle), some_pauses(random, oracle)
    budget = random.choice((1, MINUTE, HOUR, 8 * HOUR, random.randrange(1, 250 * HOUR)))
    yield "next_open", start
    yield "add", start, 0, []
    for stood in ([], pauses):
        yield "elapsed", start, end, stood
        yield "add", start, budget, stood
        yield "add", start, -budget, stood


def days(random: Random, oracle: Oracle) -> Iterator[tuple[Any, ...]]:
    start, n, end_of_day = some_instant(random, oracle), random.choice((0, 1, 2, 3, 5, 7, 15)), random.random() < 0.5
    day = oracle.wall.shown(start)[0]
    yield "is_working_day", day
    yield "count_days", day, n, "working"
    yield "count_days", day, n, "natural"
    yield "add_working_days", start, n, end_of_day, []
    yield "add_working_days", start, -n, end_of_day, []
    yield "add_working_days", start, n, end_of_day and n > 0, some_pauses(random, oracle)


def limits(random: Random, oracle: Oracle) -> Iterator[tuple[Any, ...]]:
    # Where a year is not loaded the clock runs on at last: while it stands nothing is due, provisionally or not.
    edges = random.choice((1, 3, 5) if "years" in oracle.mapping else (1, 2, 3, 4, 5))
    times: list[int | None] = [*sorted(some_instant(random, oracle) for _ in range(edges)), *[None] * (edges % 2)]
    runs = list(zip(times[::2], times[1::2], strict=True))
    for kind in ("working", "natural"):
        yield "runs_out", random.choice((1, 2, 3, 5, 7, 15)), kind, runs
    if edges % 2:
        yield "hours_run_out", random.choice((1, 2, 8, 24, 40)), runs


def compared(oracle: Oracle, asked: Asked, question: str, *given: Any) -> bool:
    """Whether both could answer; what they answer must be the same."""
    about = f"{question} {given} in {oracle.mapping}"
    try:
        walked = getattr(oracle, question)(*given)
    except OutOfSight:
        return False
    except Unloaded:
        with pytest.raises(UnknownYear):
            pytest.fail(f"{getattr(asked, question)(*given)} for {about}")
        return True
    answer = getattr(asked, question)(*given)
    assert answer == walked, about
    return True


@pytest.mark.parametrize("questions", [hours, days, limits], ids=lambda questions: questions.__name__)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: f"{scene[0]} {scene[1]}")
def test_the_calendar_answers_as_the_oracle_walks(scene: tuple[str, date, int], questions: Any) -> None:
    answered = []
    for seed in range(8):
        random = Random(f"{scene} {seed}")
        oracle = Oracle(some_calendar(random, scene[0], scene[1]), wall_of(*scene, 45))
        asked = Asked(WorkingCalendar.from_mapping(oracle.mapping))
        for _ in range(8):
            answered += [compared(oracle, asked, *question) for question in questions(random, oracle)]
    assert answered.count(True) > 0.6 * len(answered)


def test_ten_thousand_hours_end_where_the_oracle_has_walked_them() -> None:
    answered, wall = [], wall_of("Europe/Berlin", date(2026, 6, 30), 60, 2200)
    for seed in range(6):
        random = Random(seed)
        oracle = Oracle(some_calendar(random, wall.zone, wall.around) | {"years": list(range(2019, 2034))}, wall)
        asked = Asked(WorkingCalendar.from_mapping(oracle.mapping))
        start, budget = some_instant(random, oracle), random.randrange(5_000, 10_001) * HOUR
        answered += [
            compared(oracle, asked, "add", start, budget, []),
            compared(oracle, asked, "add", start, -budget, []),
            compared(oracle, asked, "elapsed", start, start + budget, []),
            compared(oracle, asked, "elapsed", start - budget, start, some_pauses(random, oracle)),
        ]
    assert answered.count(True) > 12


# What the suites of help desks and of libraries for business hours ask, worked out by hand. 9 March 2026 is a Monday.


def weekly(days: tuple[str, ...], *windows: list[str], tz: str = "UTC") -> dict[str, Any]:
    return {"tz": tz, "week": {day: [*windows] for day in days}}


NINE: Final = weekly(WEEKDAYS[:5], ["09:00", "17:00"])
NIGHT: Final = weekly(WEEKDAYS[:5], ["23:00", "31:00"])
NIGHT_MEAL: Final = weekly(WEEKDAYS[:5], ["23:00", "26:00"], ["27:00", "31:00"])
WEDNESDAY: Final = weekly(("wed",), ["09:00", "17:00"])
BERLIN: Final = weekly(WEEKDAYS, *ALL_DAY, tz="Europe/Berlin")
SMALL_HOURS: Final = weekly(WEEKDAYS, ["02:10", "02:50"], tz="Europe/Berlin")


@pytest.mark.parametrize(
    ("mapping", "start", "hours", "ends"),
    [
        (NINE, "2026-03-09T09:00Z", 8, "2026-03-09T17:00Z"),
        (NINE, "2026-03-09T17:00Z", 1, "2026-03-10T10:00Z"),
        (NINE, "2026-03-09T16:59:59Z", 1, "2026-03-10T09:59:59Z"),
        (NINE, "2026-03-07T12:06Z", 40, "2026-03-13T17:00Z"),
        (NINE, "2026-03-09T09:00Z", -1, "2026-03-06T16:00Z"),
        (NINE, "2026-03-09T04:30Z", -1, "2026-03-06T16:00Z"),
        (NINE, "2026-03-08T12:06Z", -1, "2026-03-06T16:00Z"),
        (NINE, "2026-03-09T17:30Z", -8, "2026-03-09T09:00Z"),
        (NINE, "2026-03-09T17:00Z", -16, "2026-03-06T09:00Z"),
        (NINE | {"holidays": ["2026-03-06", "2026-03-09"]}, "2026-03-05T16:30Z", 1, "2026-03-10T09:30Z"),
        (NINE | {"yearly_holidays": ["02-29"]}, "2024-02-28T16:00Z", 2, "2024-03-01T10:00Z"),
        (NINE | {"yearly_holidays": ["02-29"]}, "2025-02-28T16:00Z", 2, "2025-03-03T10:00Z"),
        (NINE | {"date_overrides": {"2026-03-10": []}}, "2026-03-09T16:00Z", 2, "2026-03-11T10:00Z"),
        (NINE | {"date_overrides": {"2026-03-14": ALL_DAY}}, "2026-03-13T16:00Z", 26, "2026-03-16T10:00Z"),
        (NIGHT, "2026-03-09T23:00Z", 8, "2026-03-10T07:00Z"),
        (NIGHT, "2026-03-13T23:00Z", 10, "2026-03-17T01:00Z"),
        (NIGHT, "2026-03-10T03:00Z", -5, "2026-03-07T06:00Z"),
        (NIGHT | {"holidays": ["2026-03-10"]}, "2026-03-09T23:00Z", 9, "2026-03-12T00:00Z"),
        (NIGHT_MEAL, "2026-03-09T23:00Z", 4, "2026-03-10T04:00Z"),
        (WEDNESDAY, "2026-03-12T00:00Z", 9, "2026-03-25T10:00Z"),
        (WEDNESDAY, "2026-03-12T00:00Z", -9, "2026-03-04T16:00Z"),
        (WEDNESDAY, "2027-01-02T00:00Z", -52 * 8, "2026-01-07T09:00Z"),
        (BERLIN, "2026-03-29T00:00+01:00", 24, "2026-03-30T01:00+02:00"),
        (BERLIN, "2026-10-25T00:00+02:00", 24, "2026-10-25T23:00+01:00"),
        (BERLIN, "2026-10-26T00:00+01:00", -24, "2026-10-25T01:00+02:00"),
        (SMALL_HOURS, "2026-03-28T12:00+01:00", 0, "2026-03-30T02:10+02:00"),
        (SMALL_HOURS, "2026-10-25T00:00+02:00", 1, "2026-10-26T02:30+01:00"),
    ],
)
def test_hours_end_where_they_do_by_hand(mapping: dict[str, Any], start: str, hours: int, ends: str) -> None:
    office = WorkingCalendar.from_mapping(mapping)
    assert office.add(datetime.fromisoformat(start), hours * 3600) == datetime.fromisoformat(ends)


@pytest.mark.parametrize(
    ("mapping", "start", "end", "hours"),
    [
        (NINE, "2026-03-02T00:00Z", "2026-03-09T00:00Z", 40),
        (NINE, "2026-03-07T00:00Z", "2026-03-08T23:00Z", 0),
        (NINE, "2026-03-09T17:00Z", "2026-03-10T09:00Z", 0),
        (NINE, "2026-03-09T12:00Z", "2026-03-09T12:00Z", 0),
        (NINE, "2026-03-10T12:00Z", "2026-03-09T12:00Z", 0),
        (NIGHT, "2026-03-09T00:00Z", "2026-03-10T00:00Z", 1),
        (NIGHT, "2026-03-10T00:00Z", "2026-03-11T00:00Z", 8),
        (NIGHT, "2026-03-14T00:00Z", "2026-03-16T00:00Z", 7),
        (BERLIN, "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", 23),
        (BERLIN, "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", 25),
        (BERLIN | {"tz": "Australia/Lord_Howe"}, "2026-04-05T00:00+11:00", "2026-04-06T00:00+10:30", 24.5),
        (BERLIN | {"tz": "Pacific/Apia"}, "2011-12-29T00:00-10:00", "2011-12-31T00:00+14:00", 24),
    ],
)
def test_hours_between_two_times_are_what_they_are_by_hand(
    mapping: dict[str, Any], start: str, end: str, hours: float
) -> None:
    office = WorkingCalendar.from_mapping(mapping)
    assert office.elapsed(datetime.fromisoformat(start), datetime.fromisoformat(end)) == hours * 3600


@pytest.mark.parametrize(
    ("pauses", "ends"),
    [
        ([("2026-03-06T10:00Z", "2026-03-08T10:00Z")], "2026-03-09T13:00Z"),
        ([("2026-03-09T13:00Z", "2026-03-20T10:00Z")], "2026-03-09T13:00Z"),
        ([("2026-03-09T12:59Z", "2026-03-09T13:59Z")], "2026-03-09T14:00Z"),
        ([("2026-03-09T10:00Z", "2026-03-09T10:00Z")], "2026-03-09T13:00Z"),
        ([("2026-03-09T11:00Z", "2026-03-09T12:00Z"), ("2026-03-09T10:00Z", "2026-03-09T11:00Z")], "2026-03-09T15:00Z"),
        ([("2026-03-09T10:00Z", "2026-03-09T12:00Z"), ("2026-03-09T11:00Z", "2026-03-09T11:30Z")], "2026-03-09T15:00Z"),
        ([("2026-03-09T10:00Z", "2026-03-10T08:00Z")], "2026-03-10T12:00Z"),
        ([("2026-03-08T10:00Z", "2026-03-11T17:00Z")], "2026-03-12T13:00Z"),
        ([("2026-03-09T12:00Z", "2026-03-09T16:00Z"), ("2026-03-09T16:30Z", "2026-03-10T09:30Z")], "2026-03-10T10:00Z"),
    ],
)
def test_four_hours_from_monday_s_opening_wait_for_every_pause_once(pauses: list[tuple[str, str]], ends: str) -> None:
    stood = [(datetime.fromisoformat(begins), datetime.fromisoformat(resumes)) for begins, resumes in pauses]
    start, office = datetime(2026, 3, 9, 9, tzinfo=UTC), WorkingCalendar.from_mapping(NINE)
    assert office.add(start, 4 * 3600, stood) == datetime.fromisoformat(ends)
    assert office.elapsed(start, datetime.fromisoformat(ends), stood) == 4 * 3600


@pytest.mark.parametrize(
    ("start", "n", "end_of_day", "ends"),
    [
        ("2026-03-06T10:00Z", 1, False, "2026-03-09T10:00Z"),
        ("2026-03-06T10:00Z", 5, True, "2026-03-13T17:00Z"),
        ("2026-03-09T10:00Z", -1, False, "2026-03-06T10:00Z"),
        ("2026-03-07T10:00Z", -1, True, "2026-03-06T17:00Z"),
        ("2026-03-08T10:00Z", 1, False, "2026-03-09T10:00Z"),
        ("2026-03-09T23:30Z", 1, False, "2026-03-10T23:30Z"),
        ("2026-03-09T10:00:30.5Z", 10, False, "2026-03-23T10:00:30.5Z"),
        ("2026-03-09T10:00Z", 0, False, "2026-03-09T10:00Z"),
        ("2026-03-09T10:00Z", 0, True, "2026-03-09T17:00Z"),
    ],
)
def test_working_days_end_where_they_do_by_hand(start: str, n: int, end_of_day: bool, ends: str) -> None:
    office = WorkingCalendar.from_mapping(NINE)
    assert office.add_working_days(datetime.fromisoformat(start), n, end_of_day) == datetime.fromisoformat(ends)


# What the search found.


def always(zone: str, **rest: Any) -> WorkingCalendar:
    return WorkingCalendar.from_mapping(weekly(WEEKDAYS, *ALL_DAY, tz=zone) | rest)


def test_an_office_that_is_open_at_new_year_needs_no_year_before_to_say_so() -> None:
    new_year = datetime(2026, 1, 1, tzinfo=UTC)
    assert always("UTC", years=[2026]).add(new_year, 0) == new_year


def test_a_closing_at_new_year_needs_no_year_after_to_say_so() -> None:
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    assert always("UTC", years=[2026]).add(new_year, 0) == new_year


def test_whether_a_year_that_is_not_loaded_ended_in_a_closing_is_not_guessed() -> None:
    office = always("UTC", years=[2026], holidays=["2026-01-01"])
    with pytest.raises(UnknownYear, match="2025"):
        office.add(datetime(2026, 1, 1, tzinfo=UTC), 0)


def test_a_clock_time_in_the_skipped_hour_is_the_jump_to_the_microsecond() -> None:
    saturday = datetime.fromisoformat("2026-03-28T02:30:00.250001+01:00")
    jump = datetime.fromisoformat("2026-03-29T03:00:00+02:00")
    assert always("Europe/Berlin").add_working_days(saturday, 1) == jump


def test_a_time_that_its_clock_skips_counts_like_the_instant_it_stands_for() -> None:
    office = always("Europe/Berlin")
    skipped = datetime(2026, 3, 29, 2, 30, tzinfo=office.tz)
    friday = datetime(2011, 12, 30, 12, tzinfo=ZoneInfo("Pacific/Apia"))  # a day that the islands left out

    answer = office.add_working_days(skipped, 1)

    assert answer == office.add_working_days(skipped.astimezone(UTC), 1)
    assert answer.isoformat() == "2026-03-30T03:30:00+02:00"
    assert always("Pacific/Apia").local_date(friday) == date(2011, 12, 31)


def test_a_limit_that_stops_in_the_repeated_hour_has_not_yet_run_out_in_its_second_half() -> None:
    office = always("Europe/Berlin")
    stopped = datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=office.tz)  # two and a half hours after midnight
    run = Interval(datetime(2026, 10, 25, tzinfo=office.tz), stopped)
    resumed = Interval(datetime(2026, 10, 26, tzinfo=office.tz))
    for limit in ("3h", "3wh"):
        found = due(Limit.parse(limit), [run, resumed], office)
        assert found is not None
        assert found.at == datetime.fromisoformat("2026-10-26T00:30+01:00")
        assert due(Limit.parse(limit), [run], office) is None
        assert trace(Limit.parse(limit), [run, resumed], office)[-1].start == found.at


def test_an_alert_a_day_after_a_skipped_midnight_comes_a_day_after() -> None:
    office = always("America/Sao_Paulo")
    started = datetime(2015, 10, 14, 9, tzinfo=office.tz)
    found = due(Limit.parse("3d"), [Interval(started)], office)
    assert found is not None
    assert found.at.isoformat() == "2015-10-18T01:00:00-02:00"
    for written in ("+1d", "+1wd"):
        assert Level(written).at(started, found.at, office) == datetime.fromisoformat("2015-10-19T00:00-02:00")


def test_an_alert_in_the_repeated_hour_comes_at_its_share_of_the_time() -> None:
    office = always("Europe/Berlin")
    started = datetime(2026, 10, 25, 1, 45, tzinfo=office.tz)
    due_at = datetime(2026, 10, 25, 2, 15, fold=1, tzinfo=office.tz)  # an hour and a half after the start
    assert Level("50%").at(started, due_at, office) == datetime.fromisoformat("2026-10-25T02:30+02:00")


def test_days_that_a_limit_left_unused_before_it_stood_do_not_make_it_provisional() -> None:
    office = always("Asia/Shanghai", years=[2026])
    run = Interval(datetime(2025, 12, 26, 9, tzinfo=office.tz), datetime(2025, 12, 28, 9, tzinfo=office.tz))
    found = due(Limit.parse("5d"), [run, Interval(datetime(2026, 1, 5, 9, tzinfo=office.tz))], office)
    assert found is not None
    assert (found.on, found.provisional) == (date(2026, 1, 8), False)


def test_a_limit_that_ran_out_in_a_loaded_year_is_not_provisional_for_being_stopped_in_the_next() -> None:
    office = always("Asia/Shanghai", years=[2026])
    for limit in ("2d", "2wd", "48wh"):
        started, stopped = datetime(2026, 12, 28, tzinfo=office.tz), datetime(2027, 1, 4, tzinfo=office.tz)
        found = due(Limit.parse(limit), [Interval(started, stopped)], office)
        assert found is not None
        assert not found.provisional, limit


def test_an_explanation_over_a_repeated_midnight_never_turns_back() -> None:
    begins = datetime(2008, 11, 2, 2, 40, tzinfo=UTC)
    lines = always("America/St_Johns").explain_add(begins, 6 * 3600)
    edges = [edge.astimezone(UTC) for line in lines for edge in (line.start, line.end)]
    assert edges == sorted(edges)
    assert edges[0] == begins
    assert all(earlier < later for earlier, later in pairwise(edges[::2]))
