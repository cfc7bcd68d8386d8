"""A calendar that every program reads: lines, folding, escapes, whole days, and a UID that stays."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from casework.rules.icalendar import Deadline, calendar
from casework.rules.text import Text
from tests.ical import parsed

ONE = Deadline(
    case_id=UUID(int=1),
    number="LA-2026-000001",
    clock="injury_appeal",
    generation=1,
    title=Text(
        "审查；期限，含\\和很长很长很长很长很长很长很长很长很长很长的名称", "Review; of a, b\\c\nand more" + " on" * 40
    ),
    on=date(2026, 12, 31),
    provisional=True,
    changed_at=datetime(2026, 12, 1, 8, 0, 5, 999, UTC),
)


def test_it_is_a_calendar_as_the_standard_writes_one_in_both_languages() -> None:
    for language, tail in (("zh-CN", "（暂定）"), ("en", " (provisional)")):
        head, [event] = parsed(calendar([ONE], language).encode())
        assert event["SUMMARY"] == f"{ONE.number} {ONE.title.in_(language)}{tail}"
        assert (event["DTSTART"], event["DTEND"]) == (date(2026, 12, 31), date(2027, 1, 1))
        assert event["DTSTAMP"] == datetime(2026, 12, 1, 8, 0, 5, tzinfo=UTC)
        assert head["REFRESH-INTERVAL"] == "PT1H"
        assert head["METHOD"] == "PUBLISH"


def test_a_clock_keeps_its_uid_when_its_day_moves_and_no_other_has_it() -> None:
    moved = replace(ONE, on=date(2027, 1, 4), provisional=False, changed_at=datetime(2026, 12, 2, tzinfo=UTC))
    others = [replace(ONE, generation=2), replace(ONE, clock="review"), replace(ONE, case_id=UUID(int=2))]
    _, events = parsed(calendar([ONE, *others], "en").encode())
    _, [again] = parsed(calendar([moved], "en").encode())
    assert events[0]["UID"] == again["UID"]
    assert "injury" not in str([one["UID"] for one in events])


def test_without_deadlines_it_is_an_empty_calendar() -> None:
    assert parsed(calendar([], "zh-CN").encode())[1] == []
