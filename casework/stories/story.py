"""An invented case as it goes: who acts and when, one move after another by the same rules as a real one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from casework.forms.corrections import corrected
from casework.forms.form import intake_of
from casework.forms.sensitive import join_sensitive
from casework.rules.calendars import WorkingCalendar
from casework.rules.case import NOTHING, Case, Facts
from casework.rules.case_actions import new_case
from casework.rules.context import DecisionContext
from casework.rules.decide import attempt
from casework.rules.grammar import Workflow
from casework.rules.move import Move
from casework.rules.people import Actor, Person, Role
from casework.rules.refusals import Refusal
from casework.stories.people import Numbers, Someone
from casework.stories.places import Place
from casework.stories.staff import Staff
from casework.stories.treasury import Treasury


@dataclass(frozen=True, slots=True)
class World:
    """What all stories of a workflow share.

    `office` gives what was in force at a place at an instant; `treasury` keeps the funds, and `numbers` knows who
    has an open case that nobody else may have.
    """

    workflow: Workflow
    calendar: WorkingCalendar
    now: datetime
    staff: Staff
    office: Callable[[Place, datetime], DecisionContext]
    treasury: Treasury
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Opening:
    """How a case begins: by which workflow, its number, when, where, by which way, and who asks."""

    workflow: str
    case_id: UUID
    number: str
    at: datetime
    place: Place
    channel: str
    urgent: bool
    person: Someone


@dataclass(frozen=True, slots=True)
class Told:
    """A move of a story and the office in which it was made."""

    move: Move
    office: DecisionContext


@dataclass(frozen=True, slots=True)
class Demonstration:
    """How a programme shows itself in the demonstration: `DEMONSTRATION` of the package `demonstration` in its folder.

    `share` is how many of its cases are opened, against other programmes; `tell` lets a story that has not begun go its
    way up to now. Cases are opened where `opened_at` says so; `once` where nobody asks a second time.
    """

    share: int
    tell: Callable[["Story"], None]
    opened_at: Callable[[Place], bool] = lambda place: True
    once: bool = False


class Over(Exception):
    """The next step lies in the future, or nobody is there to take it."""


class Story:
    """One case and its moves so far. The same opening and the same chance give the same moves."""

    def __init__(self, world: World, rng: Random, opening: Opening) -> None:
        self.world = world
        self.rng = rng
        self.opening = opening
        self.told: list[Told] = []
        self.sealed: Facts = NOTHING
        self.case: Case = new_case(
            case_id=opening.case_id,
            number=opening.number,
            workflow=world.workflow,
            org_code=opening.place.code,
            org_path=opening.place.path,
            channel=opening.channel,
            urgent=opening.urgent,
            now=opening.at,
        )
        self._pace = Random(opening.place.code).uniform(0.75, 1.3) * (0.6 if opening.urgent else 1.0)

    def times(self, name: str) -> int:
        """How often a transition has been taken."""
        taken = self.case.taken.get(name)
        return taken.times if taken else 0

    def office(self, at: datetime) -> DecisionContext:
        """What was in force here."""
        office = self.world.office(self.opening.place, at)
        return replace(office, sealed=self.sealed) if self.world.workflow.grants_money else office

    def take(self, name: str, given: Any, actor: Actor, at: datetime, named: Person | None = None) -> None:
        """Take a transition; raises `Over` in the future, or the refusal."""
        office = self.office(at)
        if named is not None:
            office = replace(office, people={named.id: named})
        self.note(
            lambda: attempt(self.world.workflow, self.case, name, given, actor, at, office),
            at,
            office,
        )

    def note(self, deed: Callable[[], Move | Refusal], at: datetime, office: DecisionContext) -> None:
        """Do it and keep the move; raises `Over` in the future, or the refusal."""
        if at > self.world.now:
            raise Over
        decision = deed()
        if isinstance(decision, Refusal):
            raise decision
        self.case = decision.case
        self.told.append(Told(decision, office))
        if decision.kind in ("opened", "corrected"):
            self.sealed = decision.sealed
        elif decision.resealed:
            self.sealed = decision.resealed

    def correct(self, patch: Mapping[str, Any], reason: str, actor: Actor, at: datetime) -> None:
        """Correct the facts by a merge patch, checked as a whole like an intake; raises `Over` in the future."""
        office, workflow = self.office(at), self.world.workflow
        full = join_sensitive(intake_of(workflow), self.case.facts, self.sealed)
        self.note(lambda: corrected(workflow, self.case, full, patch, reason, actor, at, office), at, office)

    def worker(self) -> Actor:
        """The owner, or before there is one a caseworker of the place."""
        owner = self.case.owner
        return Actor(owner.role, owner) if owner else self.staff(Role.CASEWORKER)

    def staff(self, role: Role, not_by: UUID | None = None) -> Actor:
        """Somebody of the role from the nearest organisation, other than `not_by`; raises `Over` if nobody is there."""
        person = self.world.staff.one(self.rng, self.opening.place, role, not_by)
        if person is None:
            raise Over
        return Actor(role, person)

    def reviewer(self, decided_by: UUID | None) -> Actor:
        """A supervisor of the nearest organisation above that has one, else another one; raises `Over`."""
        place = self.opening.place
        person = self.world.staff.one(self.rng, place, Role.SUPERVISOR, above=True)
        return Actor(Role.SUPERVISOR, person) if person else self.staff(Role.SUPERVISOR, not_by=decided_by)

    def helper(self) -> Actor:
        """The lawyer or volunteer who has the case."""
        assert self.case.assignee is not None
        return Actor(self.case.assignee.role, self.case.assignee)

    def day(self, at: datetime) -> str:
        """The local date, as forms want it."""
        return self.world.calendar.local_date(at).isoformat()

    def after_work(self, hours: float) -> datetime:
        """Some working hours after the last step; `hours` is the median, and a few take several times as long."""
        spent = self.rng.lognormvariate(0.0, 0.5) * hours * self._pace
        if self.rng.random() < 0.03:
            spent *= self.rng.uniform(3, 7)
        return self.world.calendar.add(self.case.last_at, 60 + round(spent * 3600))

    def at_the_desk(self, at: datetime) -> datetime:
        """Within the next opening hours after `at`."""
        return self.world.calendar.add(at, self.rng.randint(60, 7200))

    def in_own_time(self, days: float) -> datetime:
        """Some days after the last step, between eight in the morning and ten at night; `days` is the median."""
        last = self.case.last_at.astimezone(self.world.calendar.tz)
        later = last + timedelta(days=self.rng.lognormvariate(0.0, 0.6) * days)
        morning = datetime.combine(later.date(), time(8), later.tzinfo)
        return max(last + timedelta(minutes=30), morning + timedelta(seconds=self.rng.randrange(14 * 3600)))
