"""Working time, whatever the length; the floor is adding a timedelta."""

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from benchmarks.measure import row, timed
from casework.rules.calendars import WorkingCalendar, compose
from casework.rules.clocks import Interval, Limit, due
from casework.settings import ROOT


def lines() -> Iterator[str]:
    """A line for each length."""
    folder = ROOT / "config" / "calendars"
    base = tomllib.loads((folder / "china.toml").read_text(encoding="utf-8"))
    years = [tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("cn-*.toml"))]
    calendar = WorkingCalendar.from_mapping(compose(base, years)).assuming_unpublished()
    start = datetime(2024, 3, 5, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    floor = timed("datetime + timedelta", lambda: start + timedelta(hours=1), calls=5000)
    for hours in (1, 100, 10_000):
        add = partial(calendar.add, start, hours * 3600)
        yield row(timed(f"add {hours} working hours", add, calls=500), floor)
    limit, intervals = Limit.parse("5wd"), (Interval(start),)
    yield row(timed("due time of 5 working days", lambda: due(limit, intervals, calendar), calls=500), floor)
