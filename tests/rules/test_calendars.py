"""Working time: the public vectors, the conventions at the edges, and properties against slow, plain oracles."""

import json
import timeit
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casework.rules.calendars import BadCalendar, UnknownYear, WorkingCalendar, compose
from casework.rules.openings import composed

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "working_time.json").read_text("utf-8"))
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE = [["08:30", "12:00"], ["13:30", "17:30"]]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def calendar(
    tz: str = "Asia/Shanghai", windows: Any = OFFICE, days: Any = WEEKDAYS[:5], **rest: Any
) -> WorkingCalendar:
    return WorkingCalendar.from_mapping({"tz": tz, "week": dict.fromkeys(days, windows)} | rest)


def answer(vector: dict[str, Any]) -> datetime | float:
    asked = WorkingCalendar.from_mapping(VECTORS["calendars"][vector["calendar"]])
    pauses = [(at(begins), at(ends)) for begins, ends in vector.get("pauses_utc", ())]
    start = at(vector.get("start") or vector["target"])
    match vector["kind"]:
        case "due":
            return asked.add(start, vector["duration_seconds"], pauses)
        case "before":
            return asked.add(start, -vector["duration_seconds"], pauses)
        case "elapsed":
            return asked.elapsed(start, at(vector["end"]), pauses)
        case "next_open":
            return asked.next_open(start)
        case "due_business_days":
            return asked.add_working_days(start, vector["business_days"], vector["end_of_working_day"], pauses)
        case "escalation_level" if vector["offset_business_days"] is None:
            return asked.add(start, vector["offset_seconds"])
        case "escalation_level":
            return asked.add_working_days(start, vector["offset_business_days"])
        case kind:
            raise AssertionError(f"a vector of unknown kind: {kind}")


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["id"])
def test_the_answers_of_public_test_suites_are_ours_too(vector: dict[str, Any]) -> None:
    expected = next(vector[key] for key in ("expected_due", "expected", "expected_seconds") if key in vector)
    assert answer(vector) == (at(expected) if isinstance(expected, str) else expected)


def test_a_budget_that_ends_at_closing_is_due_at_closing_and_back_at_opening() -> None:
    office = calendar()
    opening, closing = at("2026-03-09T08:30+08:00"), at("2026-03-09T17:30+08:00")

    assert office.add(opening, 7.5 * 3600) == closing
    assert office.add(closing, -7.5 * 3600) == opening


def test_no_budget_leaves_an_open_time_and_a_closing_alone_and_moves_others_to_the_next_opening() -> None:
    office = calendar()
    assert office.add(at("2026-03-09T10:00+08:00"), 0) == at("2026-03-09T10:00+08:00")
    assert office.add(at("2026-03-09T17:30+08:00"), 0) == at("2026-03-09T17:30+08:00")
    assert office.add(at("2026-03-09T17:31+08:00"), 0) == at("2026-03-10T08:30+08:00")


def test_microseconds_are_kept() -> None:
    start = at("2026-03-09T17:29:59.999999+08:00")
    assert calendar().add(start, 0.000003) == at("2026-03-10T08:30:00.000002+08:00")
    assert calendar().elapsed(start, at("2026-03-10T08:30:00.000002+08:00")) == 0.000003


def test_the_answer_is_told_in_the_zone_of_the_question() -> None:
    assert calendar().add(at("2026-03-09T02:00:00+00:00"), 3600).utcoffset() == timedelta(0)
    assert calendar().add(at("2026-03-09T10:00:00+08:00"), 3600).utcoffset() == timedelta(hours=8)


def test_a_reversed_range_has_no_working_time() -> None:
    assert calendar().elapsed(at("2026-03-10T12:00+08:00"), at("2026-03-09T12:00+08:00")) == 0


def test_a_night_shift_that_meets_the_morning_shift_counts_once() -> None:
    mixed = calendar("UTC", [["06:00", "10:00"], ["22:00", "31:00"]], WEEKDAYS)
    assert mixed.elapsed(at("2026-03-09T00:00Z"), at("2026-03-10T00:00Z")) == 12 * 3600
    assert mixed.add(at("2026-03-09T22:00Z"), 12 * 3600) == at("2026-03-10T10:00Z")


def test_full_days_lose_no_minute_at_midnight_or_at_new_year() -> None:
    always = calendar("UTC", [["00:00", "24:00"]], WEEKDAYS)
    assert always.add(at("2025-12-31T12:00Z"), 86400) == at("2026-01-01T12:00Z")
    assert always.add(at("2025-12-31T12:00Z"), 43200) == at("2026-01-01T00:00Z")
    assert always.add(at("2026-01-01T00:00Z"), -43200) == at("2025-12-31T12:00Z")


def test_an_override_wins_over_a_holiday_and_an_empty_one_closes_the_day() -> None:
    office = calendar(
        holidays=["2026-03-09"],
        yearly_holidays=["03-10"],
        date_overrides={"2026-03-09": [["09:00", "10:00"]], "2026-03-11": [], "2026-03-14": OFFICE},
    )
    days = [date(2026, 3, day) for day in range(9, 15)]
    assert [office.is_working_day(day) for day in days] == [True, False, False, True, True, True]
    assert office.add(at("2026-03-09T08:00+08:00"), 5400) == at("2026-03-12T09:00+08:00")


def test_a_pause_begins_and_ends_anywhere_and_overlapping_pauses_count_once() -> None:
    office = calendar()
    pauses = [
        (at("2026-03-09T14:00+08:00"), at("2026-03-09T15:00+08:00")),
        (at("2026-03-07T00:00+08:00"), at("2026-03-09T09:30+08:00")),
        (at("2026-03-09T14:30+08:00"), at("2026-03-10T09:30+08:00")),
    ]
    start = at("2026-03-09T08:30+08:00")

    due = office.add(start, 4 * 3600, pauses)

    assert due == at("2026-03-10T10:30+08:00")
    assert office.elapsed(start, due, pauses) == 4 * 3600
    assert office.add(start, 4 * 3600, iter(pauses)) == due


def test_a_pause_that_begins_when_time_is_up_changes_nothing() -> None:
    due = at("2026-03-09T10:30+08:00")
    assert calendar().add(at("2026-03-09T08:30+08:00"), 7200, [(due, at("2026-03-11T08:30+08:00"))]) == due


def test_going_back_passes_over_pauses_as_well() -> None:
    pause = (at("2026-03-09T09:00+08:00"), at("2026-03-09T10:00+08:00"))
    assert calendar().add(at("2026-03-09T11:00+08:00"), -7200, [pause]) == at("2026-03-06T17:00+08:00")


def test_working_days_keep_the_clock_time_and_pauses_add_their_working_time() -> None:
    office, start = calendar(), at("2026-03-05T10:00+08:00")
    pause = (at("2026-03-09T10:00+08:00"), at("2026-03-09T11:00+08:00"))

    assert office.add_working_days(start, 3) == at("2026-03-10T10:00+08:00")
    assert office.add_working_days(start, 3, pauses=[pause]) == at("2026-03-10T11:00+08:00")
    assert office.add_working_days(start, 3, end_of_day=True) == at("2026-03-10T17:30+08:00")
    assert office.add_working_days(start, -3) == at("2026-03-02T10:00+08:00")


def test_a_start_on_a_closed_day_has_its_first_working_day_as_day_one() -> None:
    assert calendar().add_working_days(at("2026-03-07T10:00+08:00"), 1) == at("2026-03-09T10:00+08:00")
    assert calendar().add_working_days(at("2026-03-07T10:00+08:00"), 0) == at("2026-03-09T10:00+08:00")
    assert calendar().count_days(date(2026, 3, 7), 0, "working") == date(2026, 3, 9)


def test_the_day_ends_at_local_midnight_even_where_the_clock_skips_it() -> None:
    assert calendar().close_of(date(2026, 3, 9)) == at("2026-03-10T00:00+08:00")
    brazil = calendar("America/Sao_Paulo")
    assert brazil.close_of(date(2015, 10, 17)).isoformat() == "2015-10-18T01:00:00-02:00"


def test_a_local_date_is_the_office_s_own() -> None:
    assert calendar().local_date(at("2026-03-09T16:00:00+00:00")) == date(2026, 3, 10)


def test_months_end_on_the_corresponding_day_or_the_month_s_last() -> None:
    office = calendar()
    assert office.add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert office.add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert office.add_months(date(2026, 1, 15), -2) == date(2025, 11, 15)
    assert office.add_months(date(2026, 10, 31), 14) == date(2027, 12, 31)


def test_an_edge_in_the_skipped_hour_is_the_instant_of_the_jump() -> None:
    night = calendar("Europe/Berlin", [["02:30", "10:00"]], WEEKDAYS)
    assert night.next_open(at("2026-03-29T00:00+01:00")) == at("2026-03-29T03:00+02:00")


def test_an_edge_in_the_repeated_hour_is_its_first_showing() -> None:
    night = calendar("Europe/Berlin", [["02:30", "10:00"]], WEEKDAYS)
    assert night.next_open(at("2026-10-25T00:00+02:00")) == at("2026-10-25T02:30+02:00")
    assert night.elapsed(at("2026-10-25T00:00+02:00"), at("2026-10-25T12:00+01:00")) == 8.5 * 3600


@pytest.mark.parametrize(
    "ask",
    [
        lambda office, naive: office.add(naive, 60),
        lambda office, naive: office.elapsed(naive, at("2026-03-09T10:00Z")),
        lambda office, naive: office.elapsed(at("2026-03-09T10:00Z"), naive),
        lambda office, naive: office.add_working_days(naive, 1),
        lambda office, naive: office.next_open(naive),
        lambda office, naive: office.local_date(naive),
        lambda office, naive: office.add(at("2026-03-09T10:00Z"), 60, [(naive, naive)]),
    ],
)
def test_a_time_without_a_zone_is_refused(ask: Any) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        ask(calendar(), datetime(2026, 3, 9, 10))  # noqa: DTZ001 - this is what is refused


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda c, t: c.add(t, 60, [(t, None)]), "no end"),
        (lambda c, t: c.add(t, 60, [(t, t - timedelta(1))]), "ends before it begins"),
        (lambda c, t: c.add(t, float("nan")), "not a number of seconds"),
        (lambda c, t: c.add(datetime.max.replace(tzinfo=UTC), 1), "year 9999 is out of range"),
        (lambda c, t: c.local_date(datetime.min.replace(tzinfo=UTC)), "year 1 is out of range"),
        (lambda c, t: c.elapsed(t, datetime.max.replace(tzinfo=UTC)), "year 9999 is out of range"),
        (lambda c, t: c.close_of(date.max), "leaves the calendar"),
        (lambda c, t: c.add(t, 10**12), "more than 100 years"),
        (lambda c, t: c.add(t, -(10**12)), "more than 100 years"),
        (lambda c, t: c.add_working_days(t, 10**6), "more than 100 years"),
        (lambda c, t: c.elapsed(t, t.replace(year=2300)), "more than 100 years"),
        (lambda c, t: c.count_days(t.date(), 10**9, "natural"), "more than 100 years"),
        (lambda c, t: c.count_days(t.date(), -1, "natural"), "cannot be negative"),
        (lambda c, t: c.count_days(t.date(), 1, "lunar"), "say working or natural"),
        (lambda c, t: c.closing(date(2026, 3, 8)), "does not open on 2026-03-08"),
    ],
)
def test_a_question_without_sense_is_refused_in_a_sentence(ask: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ask(calendar(), at("2026-03-09T10:00+08:00"))


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ([], "must be a table"),
        ({"tz": "UTC", "week": {}}, "no opening"),
        ({"tz": "UTC", "week": {"mon": []}, "date_overrides": {"2026-01-01": []}}, "no opening"),
        ({"tz": "UTC", "week": {"mon": OFFICE}, "holiday": []}, "'holiday' in the calendar is unknown"),
        ({"tz": "UTC", "week": {"monday": OFFICE}}, "'monday' in week is unknown"),
        ({"week": {"mon": OFFICE}}, "Tz None is no time zone"),
        ({"tz": "Mars/Olympus", "week": {"mon": OFFICE}}, "Tz 'Mars/Olympus' is no time zone"),
        ({"tz": "../etc/passwd", "week": {"mon": OFFICE}}, "is no time zone"),
        ({"tz": "America", "week": {"mon": OFFICE}}, "is no time zone"),
        ({"tz": "UTC", "week": {"mon": "08:00-12:00"}}, "Week.mon must be a list"),
        ({"tz": "UTC", "week": {"mon": [["08:00"]]}}, r"Week.mon needs windows written \[opens, closes\]"),
        ({"tz": "UTC", "week": {"mon": [["8:00", "12:00"]]}}, "'8:00' in week.mon is no time"),
        ({"tz": "UTC", "week": {"mon": [["08:00", "31:01"]]}}, "'31:01' in week.mon is no time"),
        ({"tz": "UTC", "week": {"mon": [["08:00", "12:60"]]}}, "'12:60' in week.mon is no time"),
        ({"tz": "UTC", "week": {"mon": [["12:00", "08:00"]]}}, "12:00–08:00 does not close after it opens"),
        ({"tz": "UTC", "week": {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}}, "Week.mon has windows that overlap"),
        ({"tz": "UTC", "week": {"mon": OFFICE}, "holidays": ["2026-02-30"]}, "'2026-02-30' in holidays is no date"),
        ({"tz": "UTC", "week": {"mon": OFFICE}, "holidays": "2026-02-03"}, "Key holidays must be a list"),
        ({"tz": "UTC", "week": {"mon": OFFICE}, "yearly_holidays": ["13-01"]}, "'13-01' in yearly_holidays"),
        ({"tz": "UTC", "week": {"mon": OFFICE}, "date_overrides": {"soon": []}}, "'soon' in date_overrides"),
        ({"tz": "UTC", "week": {"mon": OFFICE}, "date_overrides": {"2026-01-01": [["a", "b"]]}}, "2026-01-01 is no"),
        ({"tz": "UTC", "week": {"mon": OFFICE}, "years": ["2026"]}, "'2026' in years is no year"),
        ({"tz": "UTC", "week": {"mon": OFFICE}, "years": [True]}, "True in years is no year"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_naming_the_place(mapping: Any, says: str) -> None:
    with pytest.raises(BadCalendar, match=says) as refused:
        WorkingCalendar.from_mapping(mapping)
    assert refused.value.text.zh.endswith("。")


def test_an_unknown_year_is_never_guessed() -> None:
    office = calendar(years=[2026])
    last = at("2026-12-31T17:00+08:00")

    assert office.add(last, 1800) == at("2026-12-31T17:30+08:00")
    assert office.elapsed(last, at("2027-01-01T00:00+08:00")) == 1800
    assert office.add(at("2027-01-01T00:00+08:00"), -1800) == last
    assert office.count_days(date(2025, 12, 31), 1, "working") == date(2026, 1, 1)
    for ask in (
        lambda: office.add(last, 1801),
        lambda: office.next_open(at("2026-12-31T17:30+08:00")),
        lambda: office.elapsed(last, at("2027-01-01T00:00:01+08:00")),
        lambda: office.add_working_days(last, 1),
        lambda: office.count_days(date(2026, 12, 28), 5, "natural"),
        lambda: office.count_days(date(2026, 12, 28), 5, "working"),
        lambda: office.days_between(date(2026, 12, 28), date(2027, 1, 2), "working"),
        lambda: office.is_working_day(date(2027, 1, 1)),
    ):
        with pytest.raises(UnknownYear, match="2027") as unknown:
            ask()
        assert unknown.value.year == 2027


def test_only_the_hours_that_hang_on_an_unknown_year_are_unknown() -> None:
    night = calendar("UTC", [["22:00", "31:00"]], WEEKDAYS, years=[2026])
    assert night.add(at("2026-01-01T07:00Z"), 3600) == at("2026-01-01T23:00Z")
    with pytest.raises(UnknownYear, match="2025"):
        night.next_open(at("2026-01-01T06:59Z"))


def test_a_provisional_answer_uses_the_plain_week_and_the_yearly_holidays_of_unknown_years() -> None:
    office = calendar(years=[2026], holidays=["2026-12-31"], yearly_holidays=["01-01"])
    assumed = office.assuming_unpublished()
    assert assumed.count_days(date(2026, 12, 30), 1, "working") == date(2027, 1, 4)
    assert office.assuming_unpublished() is assumed
    with pytest.raises(UnknownYear):
        office.roll(date(2027, 1, 1))


def test_equal_calendars_are_equal_and_hash_alike_whatever_they_were_asked() -> None:
    first, second = calendar(holidays=["2026-03-09"]), calendar(holidays=[date(2026, 3, 9)])
    first.add(at("2026-03-09T10:00+08:00"), 60)
    assert first == second
    assert hash(first) == hash(second)
    assert first != calendar()


def test_ten_thousand_hours_cost_about_what_one_hour_costs() -> None:
    office, start = calendar(), at("2026-03-09T10:00+08:00")

    def cost(hours: int) -> float:
        return min(timeit.repeat(lambda: office.add(start, hours * 3600), number=200, repeat=7))

    assert cost(10_000) < 5 * cost(1)


def test_office_hours_and_published_years_make_one_calendar() -> None:
    base = {
        "key": "x",
        "title": {"zh": "某", "en": "X"},
        "tz": "Asia/Shanghai",
        "make_up_week": "fri",
        "week": {"mon": OFFICE, "fri": [["09:00", "12:00"]]},
        "date_overrides": {"2026-02-28": [["10:00", "11:00"]]},
    }
    years = [
        {"year": 2026, "source": "a notice", "holidays": [date(2025, 12, 31)], "make_up_days": ["2026-02-14"]},
        {"year": 2025, "source": "another", "holidays": ["2025-01-01"]},
    ]
    composed_mapping = {
        "tz": "Asia/Shanghai",
        "week": base["week"],
        "holidays": ["2025-01-01", "2025-12-31"],
        "date_overrides": {"2026-02-14": [["09:00", "12:00"]], "2026-02-28": [["10:00", "11:00"]]},
        "years": [2025, 2026],
    }
    assert compose(base, years) == composed_mapping
    assert composed(base | {"published": years}) == composed_mapping


def test_a_calendar_that_is_given_as_it_counts_counts_as_it_is_given() -> None:
    plain = {"tz": "UTC", "week": {"mon": OFFICE}}
    assert composed(plain | {"source": "a house rule"}) == plain


NOTICE = {"source": "a notice", "holidays": ["2026-01-01"]}


@pytest.mark.parametrize(
    ("base", "years", "says"),
    [
        ({"titel": "x"}, [], "'titel' in the office hours is unknown"),
        ({}, [{"year": 2026, "holiday": []}], "'holiday' in a published year is unknown"),
        ({}, [{"year": 2026, **NOTICE}, {"year": 2026, **NOTICE}], "Year 2026 is given twice"),
        ({}, [{"year": 2026, **NOTICE, "holidays": ["2027-01-01"]}], "2027-01-01 in 2026.holidays does not belong"),
        ({}, [{"year": 2026, **NOTICE, "make_up_days": ["2026-01-01"]}], "both a holiday and"),
        ({"make_up_week": "sun"}, [], "'sun' has no windows"),
        ({"make_up_week": ["mon"]}, [], r"\['mon'\] has no windows"),
        ({"week": {"tue": OFFICE}}, [{"year": 2026, **NOTICE, "make_up_days": ["2026-01-04"]}], "'mon' has no windows"),
        ({}, [NOTICE], "None in years is no year"),
        ({}, [{"year": 2026, "holidays": ["2026-01-01"]}], "Year 2026 does not name its source"),
        ({}, [{"year": 2026, **NOTICE, "source": " "}], "Year 2026 does not name its source"),
        ({}, [{"year": 2026, **NOTICE, "source": "a\x00"}], "Year 2026 does not name its source"),
        ({}, [{"year": 2026, **NOTICE, "holidays": []}], "Year 2026 has no holiday"),
    ],
)
def test_years_that_do_not_fit_are_refused_naming_the_place(base: Any, years: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        compose({"tz": "UTC", "week": {"mon": OFFICE}} | base, years)


# What follows compares quick answers with slow ones: a watcher who looks at the wall clock every ten minutes,
# and a finger that moves over a calendar day by day.

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Atlantic/Azores",
    "Pacific/Apia",
    "Asia/Pyongyang",
)
STEP = timedelta(minutes=10)


def clock_changes(zone: str) -> list[datetime]:
    tz = ZoneInfo(zone)
    days = [datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(28 * 365)]
    return [
        day
        for day, following in pairwise(days)
        if day.astimezone(tz).utcoffset() != following.astimezone(tz).utcoffset()
    ]


@cache
def wall_clock(zone: str, around: datetime) -> list[tuple[datetime, datetime]]:
    """Every ten minutes from three days before to three days after: the instant and the local time shown."""
    tz, first = ZoneInfo(zone), around - timedelta(days=3)
    instants = [first + STEP * step for step in range(6 * 144)]
    return [(instant, instant.astimezone(tz).replace(tzinfo=None)) for instant in instants]


def watched(zone: str, around: datetime, windows: list[tuple[int, int]]) -> list[datetime]:
    """The steps in the middle two days at which a watcher saw the office open."""
    shown = wall_clock(zone, around)
    first, last = shown[0][1].date(), shown[-1][1].date()
    days = [first + timedelta(days=index) for index in range((last - first).days)]

    def reached(day: date, minutes: int) -> datetime:
        local = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - a wall clock's
        return next((instant for instant, seen in shown if seen >= local), shown[-1][0])

    spans = [(reached(day, opens), reached(day, closes)) for day in days for opens, closes in windows]
    middle = [instant for instant, _ in shown if abs(instant - around) < timedelta(days=1)]
    return [instant for instant in middle if any(opens <= instant < closes for opens, closes in spans)]


@pytest.mark.parametrize("zone", ZONES)
def test_over_every_change_of_the_clock_time_counts_as_a_patient_watcher_counts_it(zone: str) -> None:
    windows = [(10, 150), (150, 600), (22 * 60 + 30, 25 * 60)]
    written = [["00:10", "02:30"], ["02:30", "10:00"], ["22:30", "25:00"]]
    office = calendar(zone, written, WEEKDAYS)
    changes = clock_changes(zone)
    assert changes
    for around in changes:
        seen = watched(zone, around, windows)
        begins = around - timedelta(days=1) + STEP
        assert office.elapsed(begins, around + timedelta(days=1)) == len(seen) * 600, around
        assert office.add(seen[0], 600 * len(seen)) == seen[-1] + STEP
        assert office.add(seen[-1] + STEP, -600 * len(seen)) == seen[0]


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@st.composite
def day_windows(draw: st.DrawFn) -> list[list[str]]:
    edges = draw(st.lists(st.integers(0, 31 * 60), max_size=6, unique=True).map(sorted))
    return [[clock(opens), clock(closes)] for opens, closes in zip(edges[::2], edges[1::2], strict=False)]


NEAR = st.dates(date(2025, 12, 1), date(2026, 12, 31))


def minutes(clock: str) -> int:
    """Of `HH:MM`."""
    hours, over = clock.split(":")
    return 60 * int(hours) + int(over)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    mapping: dict[str, Any] = {
        "tz": draw(st.sampled_from((*ZONES, "UTC", "Asia/Shanghai"))),
        "week": draw(st.dictionaries(st.sampled_from(WEEKDAYS), day_windows(), min_size=1)),
        "holidays": draw(st.lists(NEAR, max_size=8)),
        "yearly_holidays": draw(st.lists(NEAR.map(lambda day: f"{day:%m-%d}"), max_size=3)),
        "date_overrides": draw(st.dictionaries(NEAR.map(date.isoformat), day_windows(), max_size=4)),
    }
    # With less than an hour a week, what the tests add would span more than the hundred years of one question.
    assume(sum(minutes(closes) - minutes(opens) for day in mapping["week"].values() for opens, closes in day) >= 60)
    return WorkingCalendar.from_mapping(mapping)


INSTANTS = st.integers(0, 2 * 365 * 86400 * 1_000_000).map(
    lambda micro: datetime(2025, 6, 1, tzinfo=UTC) + timedelta(microseconds=micro)
)
SECONDS = st.one_of(
    st.integers(0, 5_000_000), st.integers(0, 10**12).map(lambda micro: micro / 1_000_000), st.sampled_from([0, 3600])
)


@settings(max_examples=80, deadline=None)
@given(calendars(), INSTANTS, SECONDS)
def test_what_is_added_is_what_has_elapsed_forwards_and_back(
    office: WorkingCalendar, start: datetime, seconds: float
) -> None:
    assert office.elapsed(start, office.add(start, seconds)) == seconds
    assert office.elapsed(office.add(start, -seconds), start) == (seconds or 0)
    if seconds:
        assert office.add(office.add(start, seconds), -seconds) == office.next_open(start)


@settings(max_examples=80, deadline=None)
@given(calendars(), INSTANTS, st.integers(0, 5_000_000), st.integers(0, 5_000_000))
def test_adding_twice_is_adding_once_and_later_is_never_sooner(
    office: WorkingCalendar, start: datetime, first: int, second: int
) -> None:
    halfway = office.add(start, first)
    assert office.add(halfway, second) == office.add(start, first + second)
    assert office.add(start, min(first, second)) <= office.add(start, max(first, second))
    later = start + timedelta(seconds=second)
    assert office.add(start, first) <= office.add(later, first)


@settings(max_examples=60, deadline=None)
@given(
    calendars(),
    INSTANTS,
    st.integers(1, 2_000_000),
    st.lists(st.tuples(st.integers(-500_000, 3_000_000), st.integers(0, 900_000)), max_size=4),
)
def test_with_pauses_what_is_added_is_still_what_has_elapsed(
    office: WorkingCalendar, start: datetime, seconds: int, drawn: list[tuple[int, int]]
) -> None:
    moments = [(start + timedelta(seconds=begins), timedelta(seconds=length)) for begins, length in drawn]
    pauses = [(begins, begins + length) for begins, length in moments]

    due = office.add(start, seconds, pauses)

    assert office.elapsed(start, due, pauses) == seconds
    assert office.elapsed(start, due - timedelta(microseconds=1), pauses) < seconds
    assert due >= office.add(start, seconds)


@settings(max_examples=60, deadline=None)
@given(calendars(), NEAR, st.integers(0, 60))
def test_days_are_counted_as_a_finger_counts_them_on_the_wall(office: WorkingCalendar, start: date, n: int) -> None:
    def next_working(day: date) -> date:
        while not office.is_working_day(day):
            day += timedelta(days=1)
        return day

    finger = start
    for _ in range(n):
        finger = next_working(finger + timedelta(days=1))
    working = finger if n else next_working(start)
    natural = next_working(start + timedelta(days=n))
    between = [start + timedelta(days=day + 1) for day in range((natural - start).days)]

    assert office.count_days(start, n, "working") == working
    assert office.count_days(start, n, "natural") == natural
    assert office.days_between(start, natural, "working") == sum(map(office.is_working_day, between))
    assert office.days_between(start, natural, "natural") == len(between)
    assert office.days_between(natural, start, "working") == 0
    noon = datetime(working.year, working.month, working.day, 12, tzinfo=office.tz)
    assert office.add_working_days(office.add_working_days(noon, n), -n) == noon


@settings(max_examples=60, deadline=None)
@given(calendars(), INSTANTS, st.integers(1, 3_000_000), st.integers(0, 400_000))
def test_an_explanation_of_hours_adds_up_and_leaves_out_no_window(
    office: WorkingCalendar, start: datetime, seconds: int, pause: int
) -> None:
    pauses = [(start + timedelta(seconds=pause), start + timedelta(seconds=2 * pause))]
    lines = office.explain_add(start, seconds, pauses)

    assert sum(line.amount for line in lines if line.kind == "counted") == pytest.approx(seconds, abs=1e-5)
    due = office.add(start, seconds, pauses)
    assert lines[-1].end == due
    ends = [start, *(line.end for line in lines)]
    assert all(office.elapsed(end, line.start) == 0 for end, line in zip(ends, lines, strict=False))
    assert all(end.astimezone(UTC) <= line.start.astimezone(UTC) for end, line in zip(ends, lines, strict=False))
    assert len(lines) <= 200


@settings(max_examples=60, deadline=None)
@given(calendars(), NEAR, st.integers(0, 300), st.sampled_from(["working", "natural"]))
def test_an_explanation_of_days_adds_up_and_leaves_no_gap(
    office: WorkingCalendar, start: date, n: int, kind: Any
) -> None:
    lines = office.explain_days(start, n, kind)

    assert lines[0].kind == "first_day"
    assert sum(line.amount for line in lines if line.kind == "counted") == n
    assert lines[-1].end == office.close_of(office.count_days(start, n, kind))
    assert all(earlier.end == later.start for earlier, later in pairwise(lines))
    assert len(lines) <= 200
