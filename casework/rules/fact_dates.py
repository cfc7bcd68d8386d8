"""Deeds in the history of a case, for clocks that start or stop by one instead of a state."""

from datetime import date, datetime

from casework.rules.calendars import WorkingCalendar
from casework.rules.case import Case
from casework.rules.grammar import FactDate


def taken_on(*names: str) -> FactDate:
    """The instant at which one of these transitions was last taken, or None while none has been."""

    def last(case: Case, calendar: WorkingCalendar) -> datetime | None:
        return max((case.taken[name].at for name in names if name in case.taken), default=None)

    return _named(last, "taken_on", names)


def taken_since(start: FactDate, *names: str) -> FactDate:
    """The instant at which one of these transitions was last taken, unless that was before `start`."""
    last_taken = taken_on(*names)

    def since(case: Case, calendar: WorkingCalendar) -> date | None:
        begun, last = start(case, calendar), last_taken(case, calendar)
        if begun is None or not isinstance(last, datetime):
            return None
        in_time = begun <= (last if isinstance(begun, datetime) else calendar.local_date(last))
        return last if in_time else None

    return _named(since, f"taken_since({start.__qualname__})", names)


def _named(fact: FactDate, kind: str, names: tuple[str, ...]) -> FactDate:
    """The function under a name that says what it looks at, so that a workflow's fingerprint tells it from others."""
    fact.__qualname__ = f"{kind}{names}"
    return fact
