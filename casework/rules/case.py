"""A case as the rules see it, with its clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from uuid import UUID

from casework.rules.clocks import Due, Interval, Limit, Status
from casework.rules.people import Person, Role
from casework.rules.text import Text

Facts = Mapping[str, Any]


NOTHING: Facts = MappingProxyType({})


class Phase(StrEnum):
    """Where a case stands, in the words that all workflows share."""

    INTAKE = "intake"
    REVIEW = "review"
    ASSIGNMENT = "assignment"
    RESOLUTION = "resolution"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"

    @property
    def told(self) -> Text:
        """The phase in words."""
        return _PHASES[self]


_PHASES: Final = {
    Phase.INTAKE: Text("受理", "Intake"),
    Phase.REVIEW: Text("审查", "Review"),
    Phase.ASSIGNMENT: Text("指派", "Assignment"),
    Phase.RESOLUTION: Text("承办", "Resolution"),
    Phase.FOLLOW_UP: Text("回访归档", "Follow-up"),
    Phase.CLOSED: Text("办结", "Closed"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """The last time a transition was taken: by whom, when, how often so far, and what was given (masked)."""

    by: UUID | None
    role: Role
    at: datetime
    times: int
    given: Facts


class CalendarRef(NamedTuple):
    """One version of a calendar: what a due time was counted by."""

    key: str
    version: int


@dataclass(frozen=True, slots=True)
class ClockRun:
    """One generation of a clock on one case, with the intervals in which it ran.

    `begun_at` and `begun_org`: when it was begun, and by which organisation's rules; a clock of a fact may have started
    long before. `policy_id` is the row that set its limit, if one did.
    """

    name: str
    generation: int
    owed_by: str
    limit: Limit
    intervals: tuple[Interval, ...]
    due: Due | None
    status: Status
    begun_at: datetime
    begun_org: str
    ended_at: datetime | None = None
    policy_id: int | None = None
    counted_by: CalendarRef | None = None

    @property
    def started_at(self) -> datetime:
        """From when it counts."""
        return self.intervals[0].start

    @property
    def changed_at(self) -> datetime:
        """The instant of the last thing that happened to it: it began, stood still, went on or ended."""
        last = self.intervals[-1]
        return self.ended_at or last.end or last.start

    @property
    def key(self) -> tuple[str, int]:
        """Its name and generation, which tell it from the other clocks of its case."""
        return self.name, self.generation

    @property
    def derived_from(self) -> tuple[Interval, ...]:
        """The intervals from which the due time follows: as they stood before the clock ended."""
        last = self.intervals[-1]
        if self.ended_at is None or last.end != max(self.ended_at, last.start):
            return self.intervals
        return (*self.intervals[:-1], Interval(last.start))

    @property
    def open(self) -> bool:
        """Running or paused."""
        return self.status in ("running", "paused")

    def overdue(self, as_of: datetime) -> bool:
        """Late: the due time lies before the end, or before `as_of` while it is open; never by a provisional one."""
        if self.status == "cancelled" or self.due is None or self.due.provisional:
            return False
        return self.due.at < (self.ended_at or as_of)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as a decision needs it. `state` is empty before it is opened; `facts` hold no sensitive value.

    `walled_off` are the users for whom the case does not exist, in the order of their ids.
    """

    id: UUID
    number: str
    workflow: str
    workflow_version: int
    state: str
    org_code: str
    org_path: str
    channel: str
    urgent: bool
    facts: Facts
    opened_at: datetime
    last_at: datetime
    version: int = 0
    phase: Phase = Phase.INTAKE
    waits_for: Role | None = None
    owner: Person | None = None
    assignee: Person | None = None
    outcome: str | None = None
    closed_at: datetime | None = None
    taken: Mapping[str, Taken] = field(default_factory=dict)
    clocks: tuple[ClockRun, ...] = ()
    walled_off: tuple[UUID, ...] = ()

    def clock(self, name: str) -> ClockRun | None:
        """The latest generation of a clock, or None."""
        return max(
            (clock for clock in self.clocks if clock.name == name),
            key=lambda clock: clock.generation,
            default=None,
        )
