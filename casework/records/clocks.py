"""How the clocks of a case are stored: all of them with it, and of each the narrow row that time and reports read."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from casework.rules.case import CalendarRef, ClockRun
from casework.rules.clocks import Due, Interval, Limit, Status, working_seconds
from casework.rules.clockwork import wake_at
from casework.rules.grammar import Clock


class StoredClock(msgspec.Struct, omit_defaults=True):
    """A clock as it stands on the row of its case, in JSON: every instant in UTC, `until` of a due time the last day.

    `ran` holds the beginnings and ends of the intervals, of which the last has no end while the clock runs.
    """

    name: str
    generation: int
    owed_by: str
    status: Status
    limit: str
    ran: list[datetime]
    begun_at: datetime
    begun_org: str
    due_at: datetime | None = None
    due_on: date | None = None
    provisional: bool = False
    ended_at: datetime | None = None
    policy: int | None = None
    calendar: str | None = None
    calendar_version: int | None = None


_DECODER: Final = msgspec.json.Decoder(list[StoredClock])
_limit = lru_cache(1000)(Limit.parse)


def stored(runs: tuple[ClockRun, ...]) -> str:
    """Return the JSON in which the clocks of a case are kept."""
    return msgspec.json.encode([_stored(run) for run in runs]).decode()


def runs_of(written: str) -> tuple[ClockRun, ...]:
    """Return the clocks of what `stored` has made of them, oldest first."""
    runs = map(_run, _DECODER.decode(written))
    return tuple(sorted(runs, key=lambda run: (run.started_at, *run.key)))


def _stored(run: ClockRun) -> StoredClock:
    due, counted_by = run.due, run.counted_by
    return StoredClock(
        name=run.name,
        generation=run.generation,
        owed_by=run.owed_by,
        status=run.status,
        limit=str(run.limit),
        ran=[at.astimezone(UTC) for one in run.intervals for at in (one.start, one.end) if at],
        begun_at=run.begun_at.astimezone(UTC),
        begun_org=run.begun_org,
        due_at=due.at.astimezone(UTC) if due else None,
        due_on=due.on if due else None,
        provisional=due.provisional if due else False,
        ended_at=run.ended_at.astimezone(UTC) if run.ended_at else None,
        policy=run.policy_id,
        calendar=counted_by.key if counted_by else None,
        calendar_version=counted_by.version if counted_by else None,
    )


def _run(one: StoredClock) -> ClockRun:
    starts, ends = one.ran[::2], one.ran[1::2]
    return ClockRun(
        name=one.name,
        generation=one.generation,
        owed_by=one.owed_by,
        limit=_limit(one.limit),
        intervals=tuple(
            Interval(start, ends[place] if place < len(ends) else None) for place, start in enumerate(starts)
        ),
        due=Due(one.due_at, one.due_on, one.provisional) if one.due_at and one.due_on else None,
        status=one.status,
        begun_at=one.begun_at,
        begun_org=one.begun_org,
        ended_at=one.ended_at,
        policy_id=one.policy,
        counted_by=CalendarRef(one.calendar, one.calendar_version)
        if one.calendar and one.calendar_version is not None
        else None,
    )


class Keeper(NamedTuple):
    """Who answers for a clock as it ends: the organisation and owner of its case."""

    org_id: Any
    owner_id: Any


def narrow_row(case_id: Any, clock: Clock, run: ClockRun, calendar: Any, keeper: Keeper) -> dict[str, Any]:
    """Return the row of `clocks`: when it is to be looked at, and for reports how it went.

    One that has ended keeps its organisation, its owner and its working time.
    """
    ended = run.ended_at is not None
    spent = working_seconds(run.intervals, calendar, run.ended_at)[0] if run.ended_at else None
    return {
        "case_id": case_id,
        "name": run.name,
        "generation": run.generation,
        "owed_by": run.owed_by,
        "status": run.status,
        "started_at": run.started_at,
        "due_at": run.due.at if run.due else None,
        "due_on": run.due.on if run.due else None,
        "provisional": run.due.provisional if run.due else False,
        "ended_at": run.ended_at,
        "working_seconds": None if spent is None else int(spent),
        "end_org_id": keeper.org_id if ended else None,
        "end_owner_id": keeper.owner_id if ended else None,
        "wake_at": wake_at(clock, run, calendar),
        "takes": clock.take if run.status == "running" else None,
    }
