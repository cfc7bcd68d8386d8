"""Money that moves claim: funds as the rules see them, and what a move reserves, pays, returns or releases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund as it stands: what is free to be reserved, in yuan, in all and for each budget line of the year.

    `budgets` maps a kind of aid to what is free of its line; a kind without a line is bound by the fund alone.
    """

    code: str
    name: str
    free: Decimal
    budgets: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """A payment to a household that was approved and not released: on which file, of which kind, in yuan, and when.

    `student` is for whom study aid was given, where that was said.
    """

    file: str
    kind: str
    amount: Decimal
    on: date
    student: str | None = None


@dataclass(frozen=True, slots=True)
class FundOperation:
    """What a move takes of what others may want too; each is a conditional UPDATE whose missing row is a refusal.

    `line` is the payment it is about: `Reserve` makes one, the others change it.
    """

    line: UUID


@dataclass(frozen=True, slots=True)
class Reserve(FundOperation):
    """Money of a fund, in yuan, kept for a payment of this kind to the applicant; `on` is the day of approval."""

    fund: str
    kind: str
    amount: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class Release(FundOperation):
    """The money of a payment that will not be made goes back to its fund."""


@dataclass(frozen=True, slots=True)
class Pay(FundOperation):
    """An ordered payment has reached the applicant on a day, or one `in_cash` was handed over without an order."""

    on: date
    in_cash: bool = False


@dataclass(frozen=True, slots=True)
class Return(FundOperation):
    """The bank has returned a payment, before or after it was recorded as paid.

    Its money stays reserved, or is reserved again, until it is ordered again or released.
    """

    on: date


@dataclass(frozen=True, slots=True)
class Amend(FundOperation):
    """What was recorded of a payment was mistyped: in truth it was `paid` or `returned` on a day.

    A wrong result is undone by an entry of its own in the ledger; a wrong day moves no money.
    """

    result: str
    on: date


@dataclass(frozen=True, slots=True)
class Repay(FundOperation):
    """The household has paid back of a payment that was made, in yuan; the fund has it again, with a note."""

    amount: Decimal
    note: str
