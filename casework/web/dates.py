"""Days as people here read them: the last day in time with its weekday, and how near it is."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from casework.rules.calendars import WorkingCalendar
from casework.rules.clocks import Limit
from casework.rules.text import Text

Tone = Literal["late", "today", "soon", "calm"]
SOON_DAYS: Final = 3
_WEEKDAYS: Final = (
    Text("周一", "Mon"),
    Text("周二", "Tue"),
    Text("周三", "Wed"),
    Text("周四", "Thu"),
    Text("周五", "Fri"),
    Text("周六", "Sat"),
    Text("周日", "Sun"),
)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Nearness(NamedTuple):
    """How near a due day is, in words, and how urgent that looks."""

    text: Text
    tone: Tone


def day(which: date, today: date) -> Text:
    """Return `12月4日（周五）`, with the year only where it is another one than today's."""
    weekday = _WEEKDAYS[which.weekday()]
    other = which.year != today.year
    zh = f"{f'{which.year}年' if other else ''}{which.month}月{which.day}日（{weekday.zh}）"
    en = f"{weekday.en} {which.day} {_MONTHS[which.month - 1]}{f' {which.year}' if other else ''}"
    return Text(zh, en)


def written_out(which: date) -> Text:
    """Return `2026年12月4日` or `4 December 2026`, as letters have it."""
    zh = f"{which.year}年{which.month}月{which.day}日"
    return Text(zh, f"{which.day} {which:%B} {which.year}")


def moment(at: datetime, today: date) -> str:
    """Return `11-30 08:39`, with the year where it is another one; `at` is in the office's zone."""
    return f"{at:%m-%d %H:%M}" if at.year == today.year else f"{at:%Y-%m-%d %H:%M}"


def working_days(limit: Limit, calendar: WorkingCalendar) -> Callable[[date, date], int] | None:
    """Return what counts the days after one and up to another for a limit in working days; None for any other limit."""
    if limit.unit != "wd":
        return None
    counting = calendar.assuming_unpublished()
    return lambda first, last: counting.days_between(first, last, "working")


def nearness(
    due_on: date, today: date, *, late: bool = False, working_days: Callable[[date, date], int] | None = None
) -> Nearness:
    """Return how far away the last day in time is: in working days where the clock counts those, else in days.

    `working_days` counts them after its first day and up to its last. `late`: the time of day has passed too.
    """
    count = working_days or (lambda first, last: (last - first).days)
    unit = Text("个工作日", " working day") if working_days else Text(" 天", " day")
    if due_on < today:
        days = count(due_on, today)
        return Nearness(_amount("已逾期", days, unit, "late") if days else Text("已逾期", "late"), "late")
    if due_on == today:
        return Nearness(Text("已逾期", "late"), "late") if late else Nearness(Text("今天到期", "due today"), "today")
    days = count(today, due_on)
    if (due_on - today).days == 1:
        return Nearness(Text("明天到期", "due tomorrow"), "soon")
    return Nearness(_amount("还有", days, unit, "left"), "soon" if days <= SOON_DAYS else "calm")


def _amount(zh: str, days: int, unit: Text, en: str) -> Text:
    plural = "" if days == 1 else "s"
    return Text(
        f"{zh} {days}{unit.zh}" if unit.zh.startswith(" ") else f"{zh} {days} {unit.zh}",
        f"{days}{unit.en}{plural} {en}",
    )
