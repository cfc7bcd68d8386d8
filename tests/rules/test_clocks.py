"""Limits, run intervals and due times. The dates are counted by hand on the calendars of 2024 to 2026."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.rules.calendars import BadCalendar, WorkingCalendar
from casework.rules.clocks import Due, Interval, Level, Limit, due, into_opening_hours, trace, working_seconds
from casework.rules.text import Text
from tests.story import china, clock_time

ALWAYS = [["00:00", "24:00"]]
NEW_YORK = WorkingCalendar.from_mapping(
    {
        "tz": "America/New_York",
        "week": dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ALWAYS),
    }
)


def ran(*stretches: tuple[str, str | None]) -> list[Interval]:
    """The intervals of a clock, each from one time on the wall to another, the last one perhaps still open."""
    return [Interval(clock_time(start), clock_time(end) if end else None) for start, end in stretches]


def last_day(limit: str, *stretches: tuple[str, str | None]) -> str:
    """The last day in time."""
    found = due(Limit.parse(limit), ran(*stretches), china())
    assert found is not None
    return found.on.isoformat()


@given(st.integers(1, 999), st.sampled_from(["wd", "d", "wh", "h", "m", "mo"]))
def test_a_limit_reads_as_it_is_written(amount: int, unit: str) -> None:
    assert str(Limit.parse(f"{amount}{unit}")) == f"{amount}{unit}"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "5",
        "wd",
        "5 wd",
        "5WD",
        "05d",
        "0d",
        "-1d",
        "1.5h",
        "+5d",
        "5wd\n",
        " 5wd",
        "5weeks",
        "5d5h",
        "五日",
        "٥d",
        "5wdd",
    ],
)
def test_what_is_no_limit_is_refused_with_the_ways_to_write_one(written: str) -> None:
    with pytest.raises(ValueError, match="is not a limit; write 5wd, 7d, 8wh, 2h, 30m, 6mo or 1y"):
        Limit.parse(written)


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("1d", "一日", "1 day"),
        ("60d", "六十日", "60 days"),
        ("2wd", "二个工作日", "2 working days"),
        ("100d", "100日", "100 days"),
    ],
)
def test_letters_write_a_limit_out(written: str, zh: str, en: str) -> None:
    told = Limit.parse(written).told_in_letters()
    assert (told.zh, told.en) == (zh, en)


def test_a_day_of_a_published_year_has_no_mark() -> None:
    found = due(Limit.parse("7d"), ran(("2026-03-02 09:00", None)), china())
    assert found is not None
    assert (found.told.zh, found.by.zh) == ("2026-03-09", "2026-03-09（含当日）前")


def test_of_a_long_text_that_is_no_limit_the_first_twenty_signs_are_quoted() -> None:
    with pytest.raises(ValueError, match=f"^'{'x' * 20}' is not a limit"):
        Limit.parse("x" * 1000)


@pytest.mark.parametrize("written", ["100000d", "10000wd", "1201mo", "101y", "99999y", "40000d"])
def test_a_limit_of_more_than_a_hundred_years_or_so_is_a_slip_of_the_pen(written: str) -> None:
    with pytest.raises(ValueError, match="longer than"):
        Limit.parse(written)


@pytest.mark.parametrize("written", ["36500d", "9999wd", "1200mo", "100y", "99999wh", "99999h", "99999m"])
def test_the_longest_limits_still_run_out(written: str) -> None:
    found = due(Limit.parse(written), ran(("2026-03-02 09:00", None)), china())
    assert found is not None
    assert found.at > clock_time("2026-03-02 09:00")


@pytest.mark.parametrize(
    ("limit", "start", "on"),
    [
        ("7d", "2026-02-10 09:00", "2026-02-24"),  # 17 February is a holiday, as are all days up to the 23rd
        ("7wd", "2026-02-10 09:00", "2026-02-26"),
        ("5wd", "2026-02-10 09:00", "2026-02-24"),  # Saturday 14 February is made up
        ("7d", "2026-02-07 09:00", "2026-02-14"),  # a make-up Saturday does not roll
        ("3d", "2026-09-17 23:59", "2026-09-20"),
        ("5wd", "2026-09-30 00:00", "2026-10-13"),
        ("45d", "2026-08-20 10:00", "2026-10-08"),
        ("15d", "2026-09-10 10:00", "2026-09-28"),
        ("1wd", "2026-01-01 10:00", "2026-01-04"),  # the Sunday after New Year is made up
    ],
)
def test_days_are_counted_as_the_civil_code_counts_them(limit: str, start: str, on: str) -> None:
    assert last_day(limit, (start, None)) == on


def test_a_limit_of_days_runs_out_at_midnight_after_the_last_day() -> None:
    found = due(Limit.parse("7d"), ran(("2026-03-02 09:00", None)), china())
    assert found == Due(clock_time("2026-03-10 00:00"), date(2026, 3, 9), provisional=False)


@pytest.mark.parametrize(
    ("limit", "start", "on"),
    [
        ("1y", "2024-02-29 09:00", "2025-02-28"),
        ("4y", "2020-02-29 09:00", "2024-02-29"),
        ("1mo", "2025-01-31 09:00", "2025-02-28"),
        ("1mo", "2024-01-31 09:00", "2024-02-29"),
        ("6mo", "2025-08-31 09:00", "2026-02-28"),  # a make-up Saturday: it does not roll
        ("1y", "2025-02-15 09:00", "2026-02-24"),  # rolls over the Spring Festival
        ("1mo", "2026-08-25 09:00", "2026-09-28"),  # 25 to 27 September are the Mid-Autumn days
        ("12mo", "2024-02-29 09:00", "2025-02-28"),
    ],
)
def test_months_and_years_run_to_the_corresponding_day_or_the_last_of_the_month(
    limit: str, start: str, on: str
) -> None:
    assert last_day(limit, (start, None)) == on


def test_working_hours_stand_still_at_noon_and_at_night() -> None:
    found = due(Limit.parse("8wh"), ran(("2026-03-06 15:00", None)), china())  # Friday: 2.5 hours are left
    assert found is not None
    assert found.at == clock_time("2026-03-09 15:30")
    assert found.on == date(2026, 3, 9)


def test_working_hours_that_end_at_closing_are_due_at_closing() -> None:
    found = due(Limit.parse("4wh"), ran(("2026-03-02 13:30", None)), china())
    assert found is not None
    assert found.at == clock_time("2026-03-02 17:30")


def test_elapsed_hours_do_not_care_for_opening_hours() -> None:
    found = due(Limit.parse("24h"), ran(("2026-09-30 17:00", None)), china())
    assert found == Due(clock_time("2026-10-01 17:00"), date(2026, 10, 1), provisional=False)


def test_elapsed_hours_are_absolute_when_the_wall_clock_changes() -> None:
    zone = ZoneInfo("America/New_York")
    start = datetime(2026, 3, 7, 12, tzinfo=zone)
    found = due(Limit.parse("24h"), [Interval(start)], NEW_YORK)
    assert found is not None
    assert found.at.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=24)
    assert found.at == datetime(2026, 3, 8, 13, tzinfo=zone)


def test_elapsed_hours_used_before_a_pause_are_absolute_too() -> None:
    zone = ZoneInfo("America/New_York")
    first = Interval(datetime(2026, 3, 7, 12, tzinfo=zone), datetime(2026, 3, 8, 12, tzinfo=zone))
    resumed = Interval(datetime(2026, 3, 10, 12, tzinfo=zone))
    found = due(Limit.parse("30h"), [first, resumed], NEW_YORK)
    assert found is not None
    assert found.at == datetime(2026, 3, 10, 19, tzinfo=zone)


class TestPauses:
    """The days used are, summed over the run intervals, the days after the first date of each up to its last."""

    def test_neither_the_first_day_nor_the_day_of_resuming_counts(self) -> None:
        # Used: 11 and 12 February. Left: 3 working days after the 25th: 26, 27 and Saturday the 28th, made up.
        assert last_day("5wd", ("2026-02-10 10:00", "2026-02-12 16:00"), ("2026-02-25 09:00", None)) == "2026-02-28"

    def test_the_same_pause_moves_natural_days(self) -> None:
        # Used: 2 of 7. Left: 5 after 25 February, which is Monday 2 March.
        assert last_day("7d", ("2026-02-10 10:00", "2026-02-12 16:00"), ("2026-02-25 09:00", None)) == "2026-03-02"

    def test_a_pause_within_a_day_costs_nothing_and_gains_nothing(self) -> None:
        assert last_day("5wd", ("2026-03-02 09:00", "2026-03-02 10:00"), ("2026-03-02 16:00", None)) == "2026-03-09"
        assert last_day("5wd", ("2026-03-02 09:00", None)) == "2026-03-09"

    def test_a_pause_overnight_gives_the_day_of_resuming(self) -> None:
        # Stopped on the 3rd (one day used), resumed on the 4th, which does not count: 5, 6, 9 and 10 March.
        assert last_day("5wd", ("2026-03-02 09:00", "2026-03-03 17:00"), ("2026-03-04 09:00", None)) == "2026-03-10"

    def test_a_day_of_rest_within_a_run_is_not_used_up(self) -> None:
        # Monday to Sunday the 8th uses 3, 4, 5 and 6 March: one working day is left after Wednesday the 11th.
        assert last_day("5wd", ("2026-03-02 09:00", "2026-03-08 12:00"), ("2026-03-11 09:00", None)) == "2026-03-12"

    def test_the_pause_does_not_roll_what_was_used_of_natural_days(self) -> None:
        # 13 to 20 February uses 7 days of 9, all of them holidays but one; two are left after the 24th.
        assert last_day("9d", ("2026-02-13 09:00", "2026-02-20 09:00"), ("2026-02-24 09:00", None)) == "2026-02-26"

    def test_a_clock_whose_days_are_used_up_runs_out_on_the_day_of_resuming(self) -> None:
        # 7 days after 10 February are up on the 17th, a holiday; stopped on the 20th, the roll has not come yet.
        assert last_day("7d", ("2026-02-10 09:00", "2026-02-20 09:00"), ("2026-02-26 09:00", None)) == "2026-02-26"

    def test_two_pauses_add_up(self) -> None:
        stretches = (("2026-03-02 09:00", "2026-03-03 09:00"), ("2026-03-05 09:00", "2026-03-06 09:00"))
        assert last_day("5wd", *stretches, ("2026-03-11 09:00", None)) == "2026-03-16"

    def test_working_hours_are_summed_over_the_runs(self) -> None:
        found = due(
            Limit.parse("8wh"), ran(("2026-03-02 09:00", "2026-03-02 15:00"), ("2026-03-04 08:30", None)), china()
        )
        assert found is not None
        assert found.at == clock_time("2026-03-04 12:00")  # 4.5 hours used, 3.5 left

    def test_a_year_is_moved_on_by_the_days_in_which_it_stood_still(self) -> None:
        # One year from 2 March 2025, standing still from 1 to 11 June: 12 March 2026.
        assert last_day("1y", ("2025-03-02 09:00", "2025-06-01 09:00"), ("2025-06-11 09:00", None)) == "2026-03-12"

    @pytest.mark.parametrize("limit", ["5wd", "7d", "8wh", "48h", "1mo"])
    def test_a_clock_that_stands_still_has_no_due_time(self, limit: str) -> None:
        assert due(Limit.parse(limit), ran(("2026-03-02 09:00", "2026-03-02 11:00")), china()) is None

    @pytest.mark.parametrize("limit", ["5wd", "7d", "8wh", "48h", "1mo"])
    def test_a_clock_that_ran_out_before_it_stood_still_stays_due(self, limit: str) -> None:
        running = due(Limit.parse(limit), ran(("2026-03-02 09:00", None)), china())
        stopped = ran(("2026-03-02 09:00", "2026-04-20 09:00"))
        assert due(Limit.parse(limit), stopped, china()) == running
        assert due(Limit.parse(limit), [*stopped, *ran(("2026-04-28 09:00", None))], china()) == running

    def test_a_clock_stopped_at_the_very_instant_has_run_out(self) -> None:
        stopped = ran(("2026-03-02 09:00", "2026-03-10 00:00"))
        found = due(Limit.parse("7d"), stopped, china())
        assert found is not None
        assert found.at == clock_time("2026-03-10 00:00")


class TestUnpublishedYears:
    """Holidays of 2027 are not published."""

    @pytest.mark.parametrize("limit", ["7d", "10wd", "60wh", "1mo", "1y"])
    def test_a_due_time_that_needs_them_is_provisional(self, limit: str) -> None:
        found = due(Limit.parse(limit), ran(("2026-12-25 09:00", None)), china())
        assert found is not None
        assert found.provisional

    def test_it_is_counted_with_the_plain_week_and_the_holidays_of_the_law_for_now(self) -> None:
        found = due(Limit.parse("7d"), ran(("2026-12-25 09:00", None)), china())
        assert found == Due(clock_time("2027-01-05 00:00"), date(2027, 1, 4), provisional=True)
        assert found.told.zh == "2027-01-04（暂定，以国务院办公厅公布的放假安排为准）"
        assert "provisional" in found.told.en
        assert found.by.zh == "2027-01-04（含当日）前（暂定，以国务院办公厅公布的放假安排为准）"
        assert found.by.en.startswith("the end of 2027-01-04 (provisional")

    def test_it_has_passed_on_no_day_while_it_is_provisional(self) -> None:
        at = clock_time("2027-01-05 00:00")
        assert not Due(at, date(2027, 1, 4), provisional=True).passed(at + timedelta(days=99))
        assert Due(at, date(2027, 1, 4), provisional=False).passed(at)
        assert not Due(at, date(2027, 1, 4), provisional=False).passed(at - timedelta(seconds=1))

    def test_the_holidays_of_the_law_settle_what_looks_at_no_other_day(self) -> None:
        paused = ran(("2026-12-30 09:00", "2027-01-01 10:00"), ("2027-01-01 11:00", None))
        found = due(Limit.parse("1wd"), paused, china())
        assert found == Due(clock_time("2027-01-01 00:00"), date(2026, 12, 31), provisional=False)
        assert due(Limit.parse("2wd"), paused, china()) == Due(
            clock_time("2027-01-05 00:00"), date(2027, 1, 4), provisional=True
        )

    def test_it_settles_when_the_year_is_loaded(self) -> None:
        mapping = {
            "tz": "Asia/Shanghai",
            "week": {day: [["08:30", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")},
            "holidays": ["2027-01-01"],
            "years": [2026, 2027],
        }
        found = due(Limit.parse("7d"), ran(("2026-12-25 09:00", None)), WorkingCalendar.from_mapping(mapping))
        assert found == Due(clock_time("2027-01-05 00:00"), date(2027, 1, 4), provisional=False)

    def test_one_that_ends_within_the_year_is_not(self) -> None:
        found = due(Limit.parse("4wd"), ran(("2026-12-25 09:00", None)), china())
        assert found == Due(clock_time("2027-01-01 00:00"), date(2026, 12, 31), provisional=False)

    def test_the_explanation_says_so_first(self) -> None:
        lines = trace(Limit.parse("7d"), ran(("2026-12-25 09:00", None)), china())
        assert [line.kind for line in lines] == ["provisional", "first_day", "counted", "rolled", "due"]
        assert "2027" in lines[0].text.zh
        assert "2027" in lines[0].text.en

    def test_working_time_over_the_turn_of_the_year_says_that_it_is_a_guess(self) -> None:
        spent, guessed = working_seconds(ran(("2026-12-31 08:30", None)), china(), clock_time("2027-01-04 10:30"))
        assert (spent, guessed) == (9.5 * 3600, True)


class TestTrace:
    """Why a clock runs out when it does."""

    def test_every_run_of_like_days_is_a_line_and_the_last_line_is_the_due_time(self) -> None:
        lines = trace(Limit.parse("5wd"), ran(("2026-02-10 10:00", None)), china())
        assert [line.kind for line in lines] == ["first_day", "counted", "counted", "holiday", "counted", "due"]
        assert lines[-1].start == clock_time("2026-02-25 00:00")
        assert lines[-1].text.zh == "2026-02-24 届满"
        assert lines[-1].text.en == "runs out on 2026-02-24"
        assert "调休" in lines[2].text.zh

    def test_a_pause_cuts_what_counted_before_it(self) -> None:
        stretches = (("2026-03-02 09:00", "2026-03-04 17:00"), ("2026-03-09 09:00", None))
        lines = trace(Limit.parse("5wd"), ran(*stretches), china())
        told = [(line.kind, line.text.en) for line in lines]
        assert told == [
            ("first_day", "the first day is not counted"),
            ("counted", "working days counted: 2"),
            ("paused", "the clock stood still"),
            ("first_day", "the first day is not counted"),
            ("counted", "working days counted: 3"),
            ("due", "runs out on 2026-03-12"),
        ]
        assert (lines[2].start, lines[2].end) == (clock_time("2026-03-04 17:00"), clock_time("2026-03-09 09:00"))

    def test_a_natural_limit_that_stands_still_on_a_day_of_rest_is_not_said_to_roll(self) -> None:
        stretches = (("2026-03-06 09:00", "2026-03-08 10:00"), ("2026-03-11 09:00", None))
        lines = trace(Limit.parse("7d"), ran(*stretches), china())
        assert [line.kind for line in lines] == ["first_day", "counted", "paused", "first_day", "counted", "due"]
        assert lines[1].text.en == "natural days counted: 2"
        assert lines[4].text.en == "natural days counted: 5"

    def test_working_hours_before_a_pause_are_those_that_were_used(self) -> None:
        stretches = (("2026-03-02 09:00", "2026-03-02 11:00"), ("2026-03-04 08:30", None))
        lines = trace(Limit.parse("5wh"), ran(*stretches), china())
        assert [line.kind for line in lines] == ["counted", "paused", "counted", "due"]
        assert lines[0].text.en == "2 h of opening hours counted"
        assert lines[2].text.en == "3 h of opening hours counted"

    @pytest.mark.parametrize(
        ("limit", "told"), [("5h", ["2 hour(s)", "3 hour(s)"]), ("150m", ["120 minute(s)", "30 minute(s)"])]
    )
    def test_elapsed_time_before_a_pause_is_what_was_used(self, limit: str, told: list[str]) -> None:
        stretches = (("2026-03-02 09:00", "2026-03-02 11:00"), ("2026-03-04 08:30", None))
        lines = trace(Limit.parse(limit), ran(*stretches), china())
        assert [line.kind for line in lines] == ["counted", "paused", "counted", "due"]
        assert [line.text.en for line in lines if line.kind == "counted"] == told

    def test_a_clock_that_ran_out_is_not_explained_any_further(self) -> None:
        stretches = (("2026-03-02 09:00", "2026-03-20 09:00"), ("2026-03-25 09:00", None))
        lines = trace(Limit.parse("7d"), ran(*stretches), china())
        assert [line.kind for line in lines] == ["first_day", "counted", "due"]

    def test_a_clock_that_stands_still_is_explained_without_a_due_time(self) -> None:
        lines = trace(Limit.parse("5wd"), ran(("2026-03-02 09:00", "2026-03-04 10:00")), china())
        assert [line.kind for line in lines] == ["first_day", "counted", "paused"]
        assert (lines[-1].start, lines[-1].end) == (clock_time("2026-03-04 10:00"), None)
        assert lines[-1].text == Text("中止计算，尚余 3个工作日", "the clock stands still, with 3 working day(s) left")

    def test_each_window_that_counts_is_a_line(self) -> None:
        lines = trace(Limit.parse("8wh"), ran(("2026-03-02 11:00", None)), china())
        assert [(line.start.strftime("%d %H:%M"), line.end and line.end.strftime("%H:%M")) for line in lines] == [
            ("02 11:00", "12:00"),
            ("02 13:30", "17:30"),
            ("03 08:30", "11:30"),
            ("03 11:30", None),
        ]
        assert [line.counted for line in lines] == [1, 4, 3, 0]

    def test_the_corresponding_day_of_months_is_named_and_what_moved_it_on(self) -> None:
        lines = trace(Limit.parse("6mo"), ran(("2026-04-01 09:00", None)), china())
        assert [(line.kind, line.text.en) for line in lines] == [
            ("counted", "6 month(s) from 2026-04-01 on, the corresponding day is 2026-10-01"),
            ("rolled", "2026-10-01 is not a working day, so it moves to 2026-10-08"),
            ("due", "runs out on 2026-10-08"),
        ]
        paused = (("2026-03-02 09:00", "2026-03-10 09:00"), ("2026-03-13 09:00", None))
        lines = trace(Limit.parse("1mo"), ran(*paused), china())
        assert [(line.kind, line.text.en) for line in lines] == [
            ("counted", "1 month(s) from 2026-03-02 on, the corresponding day is 2026-04-02"),
            ("paused", "the clock stood still"),
            ("rolled", "moved on to 2026-04-05 by the 3 day(s) in which the clock stood still"),
            ("rolled", "2026-04-05 is not a working day, so it moves to 2026-04-07"),
            ("due", "runs out on 2026-04-07"),
        ]

    def test_a_limit_that_a_day_of_rest_carried_into_a_pause_says_why_it_ends_when_it_goes_on(self) -> None:
        # The seventh day is 7 October, a holiday: the 8th would be the last, but on the 8th the clock is stopped.
        stretches = (("2026-09-30 09:00", "2026-10-08 10:00"), ("2026-10-20 09:00", None))
        lines = trace(Limit.parse("7d"), ran(*stretches), china())
        assert [(line.kind, line.counted) for line in lines] == [
            ("first_day", 0),
            ("counted", 7),
            ("paused", 0),
            ("counted", 0),
            ("due", 0),
        ]
        assert "used up before the clock stood still" in lines[3].text.en

    @settings(max_examples=150, deadline=None)
    @given(
        st.sampled_from(["5wd", "7d", "20d", "8wh", "30wh", "5h", "200m", "1mo", "1y"]),
        st.lists(st.integers(1, 12_000), min_size=1, max_size=6),
        st.integers(0, 500_000),
    )
    def test_lines_never_overlap_and_end_with_the_due_time(self, limit: str, minutes: list[int], offset: int) -> None:
        start = clock_time("2025-12-01 00:00") + timedelta(minutes=offset)
        times = [start]
        for step in minutes:
            times.append(times[-1] + timedelta(minutes=step))
        pairs = [times[index : index + 2] for index in range(0, len(times), 2)]
        intervals = [Interval(pair[0], pair[1] if len(pair) == 2 else None) for pair in pairs]
        lines = [line for line in trace(Limit.parse(limit), intervals, china()) if line.kind != "provisional"]
        assert all((first.end or first.start) <= second.start for first, second in pairwise(lines))
        found = due(Limit.parse(limit), intervals, china())
        assert [line.start for line in lines if line.kind == "due"] == ([found.at] if found else [])
        assert not found or lines[-1].kind == "due"
        assert not found or sum(line.counted for line in lines) == pytest.approx(Limit.parse(limit).amount)


class TestLevels:
    """The escalation_steps of a ladder of alerts."""

    def test_a_share_is_one_of_the_working_time(self) -> None:
        # 44.5 working hours lie between; 80 % are 35.6, of which Monday to Thursday are 29.5 and Friday morning 3.5.
        at = Level("80%").at(clock_time("2026-03-02 09:00"), clock_time("2026-03-10 00:00"), china())
        assert at == clock_time("2026-03-06 16:06")

    def test_a_pause_is_no_part_of_the_share(self) -> None:
        # Of 37.5 working hours 30 are 80 %: 6 on Monday until it stood still, 24 from Monday the 16th on.
        pause = (clock_time("2026-03-02 16:30"), clock_time("2026-03-16 08:30"))
        due = clock_time("2026-03-20 10:00")
        assert china().elapsed(clock_time("2026-03-02 09:00"), due, [pause]) == 37.5 * 3600
        at = Level("80%").at(clock_time("2026-03-02 09:00"), due, china(), (pause,))
        assert at == clock_time("2026-03-19 10:00")

    def test_due_is_due(self) -> None:
        assert Level("due").at(clock_time("2026-03-02 09:00"), clock_time("2026-03-10 00:00"), china()) == clock_time(
            "2026-03-10 00:00"
        )

    def test_working_days_after_due_count_from_the_last_day_itself(self) -> None:
        at = Level("+2wd").at(clock_time("2026-03-02 09:00"), clock_time("2026-03-10 00:00"), china())
        assert at == clock_time("2026-03-12 00:00")  # the 10th and the 11th have gone by

    def test_hours_after_due_count_from_the_instant(self) -> None:
        at = Level("+4h").at(clock_time("2026-03-02 09:00"), clock_time("2026-03-02 17:00"), china())
        assert at == clock_time("2026-03-02 21:00")

    def test_a_share_of_a_clock_that_was_over_before_it_began_is_due_at_once(self) -> None:
        late = clock_time("2026-03-01 09:00")
        assert Level("80%").at(clock_time("2026-03-02 09:00"), late, china()) == late

    @pytest.mark.parametrize("written", ["80", "100%", "0%", "+2", "2wd", "Due", "+1y", "+1mo", "-1wd", "80 %", ""])
    def test_what_is_no_level_is_refused(self, written: str) -> None:
        with pytest.raises(ValueError, match="is not an alert level; write 80%, due, or"):
            Level(written)

    @pytest.mark.parametrize(
        ("at", "moved"),
        [
            ("2026-03-10 00:00", "2026-03-10 08:30"),
            ("2026-03-06 17:30", "2026-03-09 08:30"),
            ("2026-03-06 12:30", "2026-03-06 13:30"),
            ("2026-02-14 09:00", "2026-02-14 09:00"),  # a make-up Saturday
            ("2026-02-15 09:00", "2026-02-24 08:30"),
            ("2027-01-02 09:00", "2027-01-04 08:30"),
        ],
    )
    def test_nobody_is_called_outside_opening_hours(self, at: str, moved: str) -> None:
        assert into_opening_hours(clock_time(at), china()) == clock_time(moved)


def test_working_seconds_leave_out_pauses_nights_and_rest() -> None:
    stretches = ran(("2026-03-06 15:00", "2026-03-06 16:00"), ("2026-03-06 17:00", None))
    assert working_seconds(stretches, china(), clock_time("2026-03-09 09:30")) == (2.5 * 3600, False)


class TestCloseOfBusiness:
    """Civil Code 203: the day ends at 24:00, or at the close of business where the calendar says so."""

    @staticmethod
    def calendar(**more: object) -> WorkingCalendar:
        week = {day: [["08:30", "12:00"], ["13:30", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
        return WorkingCalendar.from_mapping({"tz": "Asia/Shanghai", "week": week} | more)

    def test_the_deadline_is_midnight_unless_the_calendar_says_otherwise(self) -> None:
        start = (Interval(clock_time("2026-03-02 10:00")),)
        usual = due(Limit.parse("3wd"), start, self.calendar())
        early = due(Limit.parse("3wd"), start, self.calendar(close_of_business=True))
        assert usual is not None
        assert early is not None
        assert (usual.at, usual.on) == (clock_time("2026-03-06 00:00"), date(2026, 3, 5))
        assert (early.at, early.on) == (clock_time("2026-03-05 17:30"), date(2026, 3, 5))

    def test_what_follows_the_deadline_counts_from_the_last_day(self) -> None:
        calendar = self.calendar(close_of_business=True)
        at = Level("+1wd").at(clock_time("2026-03-02 10:00"), clock_time("2026-03-05 17:30"), calendar)
        assert at == clock_time("2026-03-06 17:30")

    @pytest.mark.parametrize("value", ["true", 1, None])
    def test_the_switch_is_true_or_false(self, value: object) -> None:
        with pytest.raises(BadCalendar, match=r"(?i)close_of_business"):
            self.calendar(close_of_business=value)
