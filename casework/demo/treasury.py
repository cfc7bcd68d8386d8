"""The funds of the demonstration, and what its stories have done with them, in the order of time.

It is done by the same functions as in any office, told that it is the time of the deed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Final
from uuid import UUID

from casework.demo.tree import CITIES, JINAN, PROVINCE, QINGDAO, fixed_id, places
from casework.records import funds, offices, payments
from casework.records.database import Tx
from casework.records.ids import new_id
from casework.records.rows import Row
from casework.records.vault import order_place, seal
from casework.rules.calendars import WorkingCalendar
from casework.rules.identifiers import mask_account
from casework.rules.people import Actor, Role
from casework.stories.staff import Staff
from casework.stories.treasury import Deed, PaymentOrder, Purse, Taken, ToPay, TopUp, Treasury, month_of
from casework.work.payments import next_number
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


def open_funds(
    tx: Transaction, calendar: WorkingCalendar, staff: Staff, cases: int, since: datetime, now: datetime
) -> Treasury:
    """The funds with what is in them, new ones where they are missing, and money for each year that has none yet.

    How much comes in a year follows from how many cases are loaded.
    """
    purses = list(_purses(tx, staff))
    treasury = Treasury(calendar, now, purses)
    first, last = calendar.local_date(since), calendar.local_date(now)
    budgets = funds.budgets(tx.db, [purse.id for purse in purses])
    shares = _shares()
    for purse in purses:
        purse.free = dict.fromkeys(range(month_of(first), month_of(last) + 1), purse.begins_with)
        purse.budgets = {(line.year, line.kind): line.amount - line.committed for line in budgets[purse.id]}
        years = {line.year for line in budgets[purse.id]}
        amount = max(_LEAST, round(Decimal(cases * _A_YEAR_FOR_EACH_CASE * shares[purse.code]), -4))
        for year in range(first.year, last.year + 1):
            if year not in years:
                treasury.top_up(purse, year, amount, {kind: amount * share for kind, share in _BUDGETS.items()})
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


def settle(tx: Transaction, treasury: Treasury, keys: Mapping[UUID, bytes], rng: Random) -> None:
    """Do everything that the treasury has noted; the cases are stored, and `keys` are those of their applicants."""
    for deed in treasury.deeds():
        _do(replace(tx.db, now=deed.at), deed, keys, rng)


def _do(tx: Tx, deed: Deed, keys: Mapping[UUID, bytes], rng: Random) -> None:
    match deed:
        case Taken():
            funds.claim(tx, deed.operations, deed.case_id, deed.case_version, deed.actor)
        case TopUp(purse=purse):
            keeper = Actor(Role.SUPERVISOR, purse.keeper)
            funds.top_up(tx, purse.id, deed.amount, f"{deed.year}年度预算安排", keeper)
            for kind, share in deed.budgets.items():
                funds.set_budget(tx, purse.id, deed.year, kind, share)
        case PaymentOrder(purse=purse):
            order_id = new_id(deed.at, rng.getrandbits(74))
            lines = [_line(one, order_id, keys[one.case_id]) for one in deed.payments]
            payments.make(tx, order_id, next_number(tx, purse.code, deed.year), purse.id, lines, purse.clerk)


def _line(payment: ToPay, order_id: UUID, key: bytes) -> Row:
    return {
        "line_id": payment.line,
        "case_id": payment.case_id,
        "payee": payment.payee,
        "bank": payment.bank,
        "branch": payment.branch,
        "bank_code": payment.bank_code,
        "account": mask_account(payment.account),
        "sealed": seal(key, order_place(order_id, payment.line), payment.account),
        "case_version": payment.case_version,
        "payee_change": None,
    }
