"""Money that moves claim: funds as the rules see them, and what a move reserves, pays, returns or releases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from casework.rules.text import Text


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a union below the owner of a fund may draw of it without the owner's yes, in yuan; None: without limit.

    `each` is for one decision, `month` for all of a month, of which `drawn` is drawn already; `source` says so.
    """

    owner: Text
    level: Text
    each: Decimal | None
    month: Decimal | None
    drawn: Decimal
    source: Text

    def why_not(self, fund: str, amount: Decimal) -> Text | None:
        """Why this amount of the fund is for its owner to give, or None."""
        said = {
            "fund": fund,
            "owner": self.owner,
            "level": self.level,
            "amount": f"{amount:.2f}",
            "source": self.source,
        }
        if self.each is not None and amount > self.each:
            return _TOO_MUCH_AT_A_TIME.with_(most=f"{self.each:.2f}", **said)
        if self.month is not None and self.drawn + amount > self.month:
            return _TOO_MUCH_A_MONTH.with_(most=f"{self.month:.2f}", drawn=f"{self.drawn:.2f}", **said)
        return None


_TOO_MUCH_AT_A_TIME = Text(
    "资金 {fund} 属于{owner}，{level}一次最多可批准 {most} 元（{source}），本次为 {amount} 元。"
    "请由{owner}的审批人办理本操作，或者改用本级资金。",
    "Fund {fund} belongs to {owner}, and {level} may give at most {most} yuan of it at a time ({source}); this is"
    " {amount}. A supervisor of {owner} takes this step, or choose a fund of your own.",
)
_TOO_MUCH_A_MONTH = Text(
    "资金 {fund} 属于{owner}，{level}每月最多可批准 {most} 元（{source}），本月已批准 {drawn} 元，本次为 {amount} 元。"
    "请由{owner}的审批人办理本操作，或者改用本级资金。",
    "Fund {fund} belongs to {owner}, and {level} may give at most {most} yuan of it a month ({source}); {drawn} are"
    " given this month, and this is {amount}. A supervisor of {owner} takes this step, or choose a fund of your own.",
)


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund as it stands: what is free to be reserved, in yuan, in all and for each budget line of the year.

    `budgets` maps a kind of aid to what is free of its line; a kind without a line is bound by the fund alone. Its
    `allowance` is that of whoever decides; None for its owner and those above, who decide on their own.
    """

    code: str
    name: str
    free: Decimal
    budgets: Mapping[str, Decimal] = field(default_factory=dict)
    allowance: Allowance | None = None


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
