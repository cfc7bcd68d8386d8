"""Funds as invented cases take of them: money comes in each year, and the bank gets a list a week.

Stories are told one after the other, though what happens in them happens at the same time. So a story is shown what
is left of a fund at the worst moment from its own time on, and whatever it takes is noted, to be done in the order of
time once the cases are stored.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from casework.rules.calendars import WorkingCalendar
from casework.rules.fund_operations import Fund, FundOperation, Reserve
from casework.rules.move import Move
from casework.rules.paying import MOST_LINES
from casework.rules.people import Actor, Person
from casework.stories.places import Place


@dataclass(slots=True)
class Purse:
    """A fund: who keeps it, and what is free of it from each month on and of each budget line, in yuan."""

    id: UUID
    code: str
    name: str
    path: str
    keeper: Person
    clerk: Person
    begins_with: Decimal
    free: dict[int, Decimal] = field(default_factory=dict)
    budgets: dict[tuple[int, str], Decimal] = field(default_factory=dict)

    def as_of(self, day: date) -> Fund:
        """The fund as a decision of that day may use it."""
        left = min((free for month, free in self.free.items() if month >= month_of(day)), default=Decimal())
        lines = {kind: rest for (year, kind), rest in self.budgets.items() if year == day.year}
        return Fund(self.code, self.name, left, lines)

    def take(self, kind: str, amount: Decimal, on: date) -> None:
        """From that day on it is promised."""
        for month in self.free:
            if month >= month_of(on):
                self.free[month] -= amount
        if (on.year, kind) in self.budgets:
            self.budgets[on.year, kind] -= amount


@dataclass(frozen=True, slots=True)
class ToPay:
    """A payment as it goes to the bank: of which version of a case, when it was approved, and to whom and where."""

    line: UUID
    fund: str
    case_id: UUID
    case_version: int
    case_number: str
    approved_on: str
    payee: str
    bank: str
    branch: str
    bank_code: str
    account: str


def month_of(day: date) -> int:
    """Return the number of a month, counted on over the years."""
    return day.year * 12 + day.month


@dataclass(frozen=True, slots=True)
class Taken:
    """What a move took of the funds."""

    at: datetime
    operations: Sequence[FundOperation]
    case_id: UUID
    case_version: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class TopUp:
    """Money that came in for a year, with its budget by kinds of aid."""

    at: datetime
    purse: Purse
    year: int
    amount: Decimal
    budgets: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """A list that went to the bank."""

    at: datetime
    purse: Purse
    year: int
    payments: Sequence[ToPay]


Deed = Taken | TopUp | PaymentOrder


class Treasury:
    """All funds, and what is to be done with them in the order of time."""

    def __init__(self, calendar: WorkingCalendar, now: datetime, purses: Sequence[Purse]) -> None:
        self._calendar = calendar
        self._now = now
        self._purses = {purse.code: purse for purse in sorted(purses, key=lambda purse: len(purse.path), reverse=True)}
        self._deeds: list[Deed] = []
        self._orders: dict[tuple[str, datetime], list[ToPay]] = defaultdict(list)

    def open_to(self, place: Place, at: datetime) -> dict[str, Fund]:
        """The funds of the place and of those above it as they may be used at an instant, nearest first."""
        day = self._calendar.local_date(at)
        return {purse.code: purse.as_of(day) for purse in self._purses.values() if place.path.startswith(purse.path)}

    def note(self, move: Move) -> None:
        """What a move claims is taken, and executed when its time comes."""
        for one in move.claims:
            if isinstance(one, Reserve):
                self._purses[one.fund].take(one.kind, one.amount, one.on)
        if move.claims:
            self._deeds.append(Taken(move.at, move.claims, move.case.id, move.case.version, move.actor))

    def ordered_at(self, payment: ToPay, since: datetime) -> datetime:
        """When the bank is told to make a payment that is due since then: with the next list of its fund."""
        at = self._next_list(payment.fund, since)
        while len(self._orders.get((payment.fund, at), ())) == MOST_LINES:
            at = self._next_list(payment.fund, at)
        if at <= self._now:
            self._orders[payment.fund, at].append(payment)
        return at

    def _next_list(self, code: str, after: datetime) -> datetime:
        """The list is made at the same hour of the same day of each week, or when the office opens again."""
        habit = Random(code)
        weekday, hour = habit.randint(1, 4), time(habit.randint(9, 15), habit.randrange(0, 60, 5))
        local = after.astimezone(self._calendar.tz)
        day = local.date() + timedelta(days=(weekday - local.weekday()) % 7)
        at: datetime = self._calendar.next_open(datetime.combine(day, hour, local.tzinfo))
        while at <= after:
            day += timedelta(days=7)
            at = self._calendar.next_open(datetime.combine(day, hour, local.tzinfo))
        return at

    def top_up(self, purse: Purse, year: int, amount: Decimal, budgets: Mapping[str, Decimal]) -> None:
        """Money comes in on the first working day of a year, with its budget by kinds of aid."""
        at = self._calendar.next_open(datetime(year, 1, 1, tzinfo=self._calendar.tz))
        for month in purse.free:
            if month >= month_of(date(year, 1, 1)):
                purse.free[month] += amount
        purse.budgets |= {(year, kind): share for kind, share in budgets.items()}
        self._deeds.append(TopUp(at, purse, year, amount, budgets))

    def deeds(self) -> list["Deed"]:
        """Return everything noted since the last time, in the order of time."""
        for (code, at), payments in self._orders.items():
            payments.sort(key=lambda one: (one.approved_on, one.case_number, one.line))
            self._deeds.append(PaymentOrder(at, self._purses[code], self._calendar.local_date(at).year, payments))
        noted = sorted(self._deeds, key=lambda one: one.at)
        self._orders.clear()
        self._deeds.clear()
        return noted
