"""The calendars that the office starts with: every day of 2024 to 2026, and the legal counting on them."""

import tomllib
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import holidays
import pytest

from casework.rules.calendars import CountKind, UnknownYear, WorkingCalendar, compose

FILES = Path(__file__).parents[2] / "config" / "calendars"
YEARS = (2024, 2025, 2026)


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((FILES / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def china() -> WorkingCalendar:
    mapping = compose(read("china.toml"), [read(f"cn-{year}.toml") for year in YEARS])
    return WorkingCalendar.from_mapping(mapping)


@pytest.mark.parametrize(("year", "working_days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_every_day_is_what_an_independent_table_says(china: WorkingCalendar, year: int, working_days: int) -> None:
    first = date(year, 1, 1)
    days = [first + timedelta(days=index) for index in range((date(year + 1, 1, 1) - first).days)]
    working = [day for day in days if china.is_working_day(day)]
    assert working == [day for day in days if chinese_calendar.is_workday(day)]
    assert len(working) == working_days


@pytest.mark.parametrize("year", YEARS)
def test_a_published_year_names_its_notice(year: int) -> None:
    assert f"国务院办公厅关于{year}年部分节假日安排的通知" in read(f"cn-{year}.toml")["source"]


@pytest.mark.parametrize(
    ("start", "n", "kind", "last"),
    [
        ("2026-02-10", 7, "natural", "2026-02-24"),
        ("2026-02-10", 7, "working", "2026-02-26"),
        ("2026-02-10", 5, "working", "2026-02-24"),
        ("2026-02-07", 7, "natural", "2026-02-14"),
        ("2026-02-07", 7, "working", "2026-02-24"),
        ("2026-02-13", 3, "natural", "2026-02-24"),
        ("2026-02-13", 3, "working", "2026-02-25"),
        ("2026-09-17", 3, "natural", "2026-09-20"),
        ("2026-09-17", 3, "working", "2026-09-21"),
        ("2026-09-30", 7, "natural", "2026-10-08"),
        ("2026-09-30", 7, "working", "2026-10-15"),
        ("2026-09-30", 5, "working", "2026-10-13"),
        ("2026-04-24", 7, "natural", "2026-05-06"),
        ("2026-04-24", 7, "working", "2026-05-08"),
        ("2026-05-02", 7, "natural", "2026-05-09"),
        ("2026-05-02", 7, "working", "2026-05-13"),
        ("2025-12-26", 7, "natural", "2026-01-04"),
        ("2025-12-26", 7, "working", "2026-01-07"),
        ("2026-08-20", 45, "natural", "2026-10-08"),
        ("2026-08-20", 45, "working", "2026-10-28"),
        ("2026-09-10", 15, "natural", "2026-09-28"),
        ("2026-09-10", 15, "working", "2026-10-08"),
        ("2026-02-05", 15, "natural", "2026-02-24"),
        ("2026-02-05", 15, "working", "2026-03-04"),
        ("2026-01-01", 3, "working", "2026-01-06"),
        ("2026-05-01", 5, "working", "2026-05-11"),
        ("2025-09-26", 5, "working", "2025-10-10"),
        ("2024-02-08", 7, "working", "2024-02-23"),
        ("2024-09-27", 10, "working", "2024-10-16"),
    ],
)
def test_the_first_day_does_not_count_and_the_last_moves_over_days_of_rest(
    china: WorkingCalendar, start: str, n: int, kind: CountKind, last: str
) -> None:
    assert china.count_days(date.fromisoformat(start), n, kind) == date.fromisoformat(last)


def test_a_year_from_a_leap_day_ends_on_the_last_of_february(china: WorkingCalendar) -> None:
    assert china.add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_a_make_up_saturday_keeps_the_hours_of_a_monday(china: WorkingCalendar) -> None:
    assert china.closing(date(2026, 2, 14)).isoformat() == "2026-02-14T17:30:00+08:00"
    assert china.openings.windows(date(2026, 2, 14)) == china.openings.windows(date(2026, 2, 9))


def test_a_week_after_christmas_2026_waits_for_the_notice_of_2027(china: WorkingCalendar) -> None:
    with pytest.raises(UnknownYear, match="2027"):
        china.count_days(date(2026, 12, 25), 7, "natural")
    assert china.assuming_unpublished().count_days(date(2026, 12, 25), 7, "natural") == date(2027, 1, 4)


@pytest.mark.parametrize("year", range(2025, 2037))
def test_the_holidays_of_the_law_are_days_of_rest_before_the_year_is_published(
    china: WorkingCalendar, year: int
) -> None:
    by_law = {
        day
        for day, name in holidays.country_holidays("CN", years=year, observed=False, language="zh_CN").items()
        if "休息日" not in name
    }
    fixed = {date(year, month, day) for month, day in ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))}
    assert fixed < by_law
    assert not any(china.is_working_day(day) for day in by_law)
    known = set()
    for index in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        with suppress(UnknownYear):
            day = date(year, 1, 1) + timedelta(days=index)
            china.is_working_day(day)
            known.add(day)
    assert year in YEARS or known == by_law, "of an unpublished year nothing else is known"


def test_an_explanation_tells_the_first_day_the_make_up_saturday_and_the_holiday(china: WorkingCalendar) -> None:
    lines = china.explain_days(date(2026, 2, 10), 7, "working")
    assert [(line.kind, line.amount) for line in lines] == [
        ("first_day", 1),
        ("counted", 3),
        ("counted", 1),
        ("holiday", 9),
        ("counted", 3),
    ]
    assert lines[2].note.zh == "调休上班，计入 1 个工作日"
    assert lines[3].note.en == "holidays not counted: 9"


def test_an_explanation_of_natural_days_tells_where_the_last_day_moved(china: WorkingCalendar) -> None:
    lines = china.explain_days(date(2026, 2, 10), 7, "natural")
    assert [line.kind for line in lines] == ["first_day", "counted", "rolled"]
    assert lines[-1].note.zh == "期间的最后一日 2026-02-17 是法定休假日或者休息日，顺延至 2026-02-24"


def test_an_explanation_of_hours_tells_holidays_pauses_and_make_up_days(china: WorkingCalendar) -> None:
    start = china.close_of(date(2026, 2, 12)) + timedelta(hours=9, minutes=30)
    pause = (start + timedelta(hours=4, minutes=30), start + timedelta(hours=5))
    lines = china.explain_add(start, 15 * 3600, [pause])
    assert [(line.kind, line.amount) for line in lines] == [
        ("counted", 2.5 * 3600),
        ("counted", 1800),
        ("paused", 1800),
        ("counted", 3 * 3600),
        ("counted", 3.5 * 3600),
        ("counted", 4 * 3600),
        ("holiday", 0),
        ("counted", 5400),
    ]
    assert lines[2].note.en == "the clock stood still; 30 min of opening hours not counted"
