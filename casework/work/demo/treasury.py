"""The funds of the invented unions: money comes in each year, dossiers take of it, and the bank gets a list a week.

Stories are told one after the other, though what happens in them happens at the same time. So a story is shown what
is left of a fund at the worst moment from its own time on, and whatever it claims is executed in the order of time
once the cases are stored: by the same functions as any claim, told that it is the time of the deed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Final
from uuid import UUID

from casework.records import funds, offices, payments
from casework.records.database import Tx
from casework.records.ids import new_id
from casework.records.rows import Row
from casework.records.vault import order_place, seal
from casework.rules.calendars import WorkingCalendar
from casework.rules.fund_operations import Fund, FundOperation, Reserve
from casework.rules.identifiers import mask_account
from casework.rules.move import Move
from casework.rules.people import Actor, Person, Role
from casework.work.demo.staff import Staff
from casework.work.demo.tree import CITIES, JINAN, PROVINCE, QINGDAO, Place, fixed_id, places
from casework.work.payments import MOST_LINES, next_number
from casework.work.service import Transaction

_FUNDS: Final = {
    PROVINCE: "RELIEF-SD",
    JINAN: "RELIEF-JN",
    QINGDAO: "RELIEF-QD",
    "370600": "RELIEF-YT",
    "370700": "RELIEF-WF",
    "371300": "RELIEF-LY",
}
# What part of a year's money may go to a kind of aid; the other kinds share what is left.
_BUDGETS: Final = {"living": Decimal("0.4"), "medical": Decimal("0.4")}
_A_YEAR_FOR_EACH_CASE: Final = 1800
_LEAST: Final = Decimal(400_000)


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
        left = min((free for month, free in self.free.items() if month >= _month(day)), default=Decimal())
        lines = {kind: rest for (year, kind), rest in self.budgets.items() if year == day.year}
        return Fund(self.code, self.name, left, lines)

    def take(self, kind: str, amount: Decimal, on: date) -> None:
        """From that day on it is promised."""
        for month in self.free:
            if month >= _month(on):
                self.free[month] -= amount
        if (on.year, kind) in self.budgets:
            self.budgets[on.year, kind] -= amount


@dataclass(frozen=True, slots=True)
class ToPay:
    """A payment as it goes to the bank: of which case, since when it is approved, and to whom and where."""

    line: UUID
    fund: str
    case_id: UUID
    case_number: str
    approved_on: str
    payee: str
    bank: str
    branch: str
    bank_code: str
    account: str

    def on_order(self, order_id: UUID, key: bytes) -> Row:
        """The row of the order; `key` is that of the applicant."""
        return {
            "line_id": self.line,
            "payee": self.payee,
            "bank": self.bank,
            "branch": self.branch,
            "bank_code": self.bank_code,
            "account": mask_account(self.account),
            "sealed": seal(key, order_place(order_id, self.line), self.account),
        }


def _month(day: date) -> int:
    return day.year * 12 + day.month


class Treasury:
    """All funds, and what is to be done with them in the order of time."""

    def __init__(self, calendar: WorkingCalendar, now: datetime, rng: Random, purses: Sequence[Purse]) -> None:
        self._calendar = calendar
        self._now = now
        self._rng = rng
        self._purses = {purse.code: purse for purse in sorted(purses, key=lambda purse: len(purse.path), reverse=True)}
        self._deeds: list[tuple[datetime, Callable[[Tx], object]]] = []
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
            self._deeds.append((move.at, partial(_claim, move.claims, move.case.id, move.actor)))

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

    def top_up(self, purse: Purse, year: int, amount: Decimal) -> None:
        """Money comes in on the first working day of a year, with its budget."""
        at = self._calendar.next_open(datetime(year, 1, 1, tzinfo=self._calendar.tz))
        for month in purse.free:
            if month >= _month(date(year, 1, 1)):
                purse.free[month] += amount
        shares = {kind: amount * share for kind, share in _BUDGETS.items()}
        purse.budgets |= {(year, kind): share for kind, share in shares.items()}
        self._deeds.append((at, partial(_top_up, purse, year, amount, shares)))

    def settle(self, tx: Transaction, keys: Mapping[UUID, bytes]) -> None:
        """Do everything noted so far in the order of time.

        The cases are stored, and these are the keys of their applicants.
        """
        for (code, at), payments_due in sorted(self._orders.items()):
            payments_due.sort(key=lambda one: (one.approved_on, one.case_number, one.line))
            order_id, year = new_id(at, self._rng.getrandbits(74)), self._calendar.local_date(at).year
            lines = [one.on_order(order_id, keys[one.case_id]) for one in payments_due]
            self._deeds.append((at, partial(_order, self._purses[code], order_id, lines, year)))
        for at, deed in sorted(self._deeds, key=lambda one: one[0]):
            deed(replace(tx.db, now=at))
        self._orders.clear()
        self._deeds.clear()


def _claim(claims: Sequence[FundOperation], case_id: UUID, actor: Actor, tx: Tx) -> None:
    funds.claim(tx, claims, case_id, actor)


def _top_up(purse: Purse, year: int, amount: Decimal, shares: dict[str, Decimal], tx: Tx) -> None:
    funds.top_up(tx, purse.id, amount, f"{year}年度预算安排", Actor(Role.SUPERVISOR, purse.keeper))
    for kind, share in shares.items():
        funds.set_budget(tx, purse.id, year, kind, share)


def _order(purse: Purse, order_id: UUID, lines: list[Row], year: int, tx: Tx) -> None:
    payments.make(tx, order_id, next_number(tx, purse.code, year), purse.id, lines, purse.clerk)


def open_funds(
    tx: Transaction, calendar: WorkingCalendar, staff: Staff, cases: int, since: datetime, now: datetime, rng: Random
) -> Treasury:
    """The funds with what is in them, new ones where they are missing, and money for each year that has none yet.

    How much comes in a year follows from how many cases are loaded.
    """
    purses = list(_purses(tx, staff))
    treasury = Treasury(calendar, now, rng, purses)
    first, last = calendar.local_date(since), calendar.local_date(now)
    budgets = funds.budgets(tx.db, [purse.id for purse in purses])
    shares = _shares()
    for purse in purses:
        purse.free = dict.fromkeys(range(_month(first), _month(last) + 1), purse.begins_with)
        purse.budgets = {(line.year, line.kind): line.amount - line.committed for line in budgets[purse.id]}
        years = {line.year for line in budgets[purse.id]}
        amount = max(_LEAST, round(Decimal(cases * _A_YEAR_FOR_EACH_CASE * shares[purse.code]), -4))
        for year in range(first.year, last.year + 1):
            if year not in years:
                treasury.top_up(purse, year, amount)
    return treasury


def _purses(tx: Transaction, staff: Staff) -> Iterator[Purse]:
    """The funds as they are kept, by their organisations' supervisors and clerks."""
    org_ids, root = offices.org_ids(tx.db), next(places()).path
    for place in places():
        keepers, clerks = staff.of(place.code, Role.SUPERVISOR), staff.of(place.code, Role.CASEWORKER)
        if place.code not in _FUNDS or not keepers or not clerks:
            continue
        code, name = _FUNDS[place.code], f"{CITIES.get(place.code, '山东省')}困难职工帮扶资金"
        funds.add(tx.db, {"id": fixed_id(f"fund/{code}"), "code": code, "name": name, "org_id": org_ids[place.code]})
        if stored := funds.by_code(tx.db, code, root):
            free = stored.balance - stored.reserved
            yield Purse(stored.id, code, name, stored.org_path, keepers[0], clerks[0], free)


def _shares() -> dict[str, float]:
    """Which part of the work is in reach of each fund and of none below it."""
    found: dict[str, float] = defaultdict(float)
    for place in places():
        found[next(_FUNDS[code] for code in place.chain if code in _FUNDS)] += place.share
    return {code: share / sum(found.values()) for code, share in found.items()}
