"""What goes into a decision, and what comes out of it: people, the case file, the office, the move."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from uuid import UUID

from casework.rules.calendars import WorkingCalendar
from casework.rules.claims import Claim, Fund, Given
from casework.rules.clocks import Due, Interval, Limit, Status
from casework.rules.text import Text

Facts = Mapping[str, Any]
NOTHING: Facts = MappingProxyType({})
NO_LIMIT: Final = "none"
"""The value of a policy row by which a place does without what a wider one has set."""


class Role(StrEnum):
    """Who somebody is to a case."""

    APPLICANT = "applicant"
    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    LAWYER = "lawyer"
    VOLUNTEER = "volunteer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    CLOCK = "clock"

    @property
    def told(self) -> Text:
        """The role as people call it."""
        return _ROLE_TITLES[self]


_ROLE_TITLES = {
    Role.APPLICANT: Text("申请人", "applicant"),
    Role.CASEWORKER: Text("经办人", "caseworker"),
    Role.SUPERVISOR: Text("审批人", "supervisor"),
    Role.LAWYER: Text("律师", "lawyer"),
    Role.VOLUNTEER: Text("志愿者", "volunteer"),
    Role.AUDITOR: Text("审计员", "auditor"),
    Role.ADMINISTRATOR: Text("管理员", "administrator"),
    Role.CLOCK: Text("时钟", "clock"),
}

STAFF = (Role.CASEWORKER, Role.SUPERVISOR)
HELPERS = (Role.LAWYER, Role.VOLUNTEER)


class Phase(StrEnum):
    """Where a case stands, in the words that all workflows share."""

    INTAKE = "intake"
    REVIEW = "review"
    ASSIGNMENT = "assignment"
    RESOLUTION = "resolution"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Person:
    """A user as the rules see one. `org_path` is the codes from the root down, `370000/370100/`."""

    id: UUID
    username: str
    name: str
    role: Role
    org_path: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Org:
    """An organisation as the rules see one; `kind` is its level, such as `city`.

    `supervisors`: its active ones; `staffed`: a caseworker or a supervisor works there.
    """

    id: UUID
    code: str
    path: str
    kind: str
    region: str
    calendar: str
    name: str
    supervisors: Collection[UUID] = ()
    staffed: bool = True

    @property
    def supervised(self) -> bool:
        """Whether it has a supervisor."""
        return bool(self.supervisors)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person in a role, the applicant, or time."""

    role: Role
    person: Person | None = None

    @property
    def id(self) -> UUID | None:
        """The user's id; None for the applicant and for time."""
        return self.person.id if self.person else None


CLOCK = Actor(Role.CLOCK)
APPLICANT = Actor(Role.APPLICANT)


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
class CaseFile:
    """A case as a decision needs it. `state` is empty before it is opened; `facts` hold no sensitive value."""

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

    def clock(self, name: str) -> ClockRun | None:
        """The latest generation of a clock, or None."""
        return max(
            (clock for clock in self.clocks if clock.name == name),
            key=lambda clock: clock.generation,
            default=None,
        )


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A dated amount, limit or switch for a place, with the source that says so."""

    id: int
    workflow: str
    name: str
    place: str
    from_date: date
    value: str
    source: Text

    def amount(self) -> Decimal:
        """The value in yuan or as a number."""
        return Decimal(self.value)

    def holds(self) -> bool:
        """The value of a switch."""
        return self.value == "true"


@dataclass(frozen=True, slots=True)
class Office:
    """What is in force where and when the decision is taken, and what was looked up for it.

    `people` are those named; `orgs` the case's own organisation and those above it, by code; `funds` those that may
    pay for it, by code; `given_before` what the household got this year on its other files; `papers_before` what
    the applicant handed in for other cases; `destination` the organisation to which it is to be transferred.
    """

    calendar: WorkingCalendar
    policies: Mapping[str, PolicyRow]
    counts_by: CalendarRef | None = None
    last_year: Mapping[str, PolicyRow] = field(default_factory=dict)
    people: Mapping[UUID, Person] = field(default_factory=dict)
    orgs: Mapping[str, Org] = field(default_factory=dict)
    funds: Mapping[str, Fund] = field(default_factory=dict)
    given_before: tuple[Given, ...] = ()
    papers_before: tuple["EarlierPaper", ...] = ()
    destination: "Destination | None" = None

    def policy(self, name: str) -> PolicyRow | None:
        """The row in force for this office, or None when nobody has set one or the place does without it."""
        return _set(self.policies.get(name))

    def policy_last_year(self, name: str) -> PolicyRow | None:
        """The row that was in force for this office at the end of the previous year, or None."""
        return _set(self.last_year.get(name))


def _set(row: PolicyRow | None) -> PolicyRow | None:
    return None if row is None or row.value == NO_LIMIT else row


class EarlierPaper(NamedTuple):
    """A paper that the applicant handed in for another case, and the number of that case."""

    name: str
    copies: int
    number: str


@dataclass(frozen=True, slots=True)
class Destination:
    """The organisation that gets a case, and what is in force there."""

    org: Org
    office: Office


@dataclass(frozen=True, slots=True)
class Situation:
    """What a guard looks at. `given` is empty while a transition is only being offered."""

    case: CaseFile
    actor: Actor
    now: datetime
    office: Office
    given: Facts = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The local date of the office."""
        return self.office.calendar.local_date(self.now)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a guard holds, and why, when it has more to say than its own sentence."""

    holds: bool
    because: Text | None = None


class TimeToObject(NamedTuple):
    """How long a decision may still be objected to, as people are told; `due` is None while the time has not begun."""

    told: Text
    due: Due | None = None


@dataclass(frozen=True, slots=True)
class ClockChange:
    """What a move did to one clock: `started`, `paused`, `resumed`, `rederived`, `met`, `breached` or `cancelled`.

    `settled`: it had ended while its due time was provisional, and is judged now that the year is known.
    """

    change: str
    clock: ClockRun


@dataclass(frozen=True, slots=True)
class Move:
    """What a decision changes; `records` writes it down in one transaction. `case` is the file afterwards.

    `kind` is what happened (`opened`, `transition`, `overridden`, `corrected`, `claimed`, `released`, `handed_over`,
    `let_go`, `code_issued`, `rederived`). `given` holds sensitive values masked; `sealed` holds them in full, by path,
    for the vault, and `replaced` those that a correction replaced: nothing that was accepted is lost. `updated` are the
    facts that a transition changed, `claims` what it takes of what others may want too, `transferred_to` the
    organisation that gets the case.
    """

    kind: str
    before: CaseFile
    case: CaseFile
    at: datetime
    actor: Actor
    transition: str | None = None
    on_behalf: bool = False
    given: Facts = field(default_factory=dict)
    sealed: Facts = field(default_factory=dict)
    replaced: Facts = field(default_factory=dict)
    updated: Facts = field(default_factory=dict)
    reason: str | None = None
    letters: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    transferred_to: Org | None = None
    clock_changes: tuple[ClockChange, ...] = ()


def standing_of(case: CaseFile) -> dict[str, Any]:
    """Where the case stands, in the form that every event carries."""
    return {
        "state": case.state,
        "phase": case.phase.value,
        "waits_for": case.waits_for.value if case.waits_for else None,
        "org": case.org_code,
        "owner": str(case.owner.id) if case.owner else None,
        "assignee": str(case.assignee.id) if case.assignee else None,
        "outcome": case.outcome,
    }
