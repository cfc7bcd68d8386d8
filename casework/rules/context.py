"""What a decision is taken with beside the case: policies, calendar, and what was looked up for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from casework.rules.calendars import WorkingCalendar
from casework.rules.case import CalendarRef, Case, Facts
from casework.rules.clocks import Due
from casework.rules.fund_operations import Fund, Given
from casework.rules.people import Actor, Org, Person
from casework.rules.text import Text

NO_LIMIT: Final = "none"
"""The value of a policy row by which a place does without what a wider one has set."""


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
class DecisionContext:
    """What is in force where and when the decision is taken, and what was looked up for it.

    `people` are those named; `orgs` the case's own organisation and those above it, by code; `funds` those that may
    pay for it, by code; `household` the blind indexes of the numbers of the household, None where no money is given;
    `given_before` what it got this year on its other files; `papers_before` what the applicant handed in for other
    cases; `papers_here` the names in full of those of this case, where it has to be known what was handed in;
    `destination` the organisation to which it is to be transferred; `sealed` the sensitive facts of the case in full,
    by path, where its decisions rest on some of them.
    """

    calendar: WorkingCalendar
    policies: Mapping[str, PolicyRow]
    counts_by: CalendarRef | None = None
    last_year: Mapping[str, PolicyRow] = field(default_factory=dict)
    people: Mapping[UUID, Person] = field(default_factory=dict)
    orgs: Mapping[str, Org] = field(default_factory=dict)
    funds: Mapping[str, Fund] = field(default_factory=dict)
    household: frozenset[bytes] | None = None
    given_before: tuple[Given, ...] = ()
    papers_before: tuple["EarlierPaper", ...] = ()
    papers_here: tuple[str, ...] = ()
    destination: "Destination | None" = None
    sealed: Facts | None = None

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
    office: DecisionContext


@dataclass(frozen=True, slots=True)
class MoveContext:
    """What a guard looks at. `given` is empty while a transition is only being offered."""

    case: Case
    actor: Actor
    now: datetime
    office: DecisionContext
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
