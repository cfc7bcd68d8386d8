"""What an organisation below the owner of a fund may draw of it without the owner's yes.

The owner says so by dated policy rows of its own place, for each level of the tree: how much at a time, for all that
one decision gives, and how much a month, for all that the organisation decides. A level of which it says nothing draws
nothing. Beyond that the owner's supervisors decide. No law sets amounts; the rows are the owner's own rule.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from casework.rules.context import NO_LIMIT, PolicyRow
from casework.rules.fund_operations import Allowance, Fund, FundOperation, Reserve
from casework.rules.policy_kinds import PolicyKind
from casework.rules.text import Text

LEVELS: Final[Mapping[str, Text]] = {
    "enterprise": Text("企业工会", "a union of an enterprise"),
    "street": Text("街道（乡镇）工会", "a union of a street or town"),
    "county": Text("县（市、区）总工会", "a union of a county"),
    "city": Text("市总工会", "a union of a city"),
}
DRAWS: Final[Mapping[str, PolicyKind]] = {
    f"draws_{level}_{what}": PolicyKind.AMOUNT for level in LEVELS for what in ("each", "month")
}
"""The policies of whoever owns a fund: in yuan, or `none` for no limit."""


def allowance_of(owner: Text, level: str, policies: Mapping[str, PolicyRow], drawn: Decimal) -> Allowance:
    """What a union of this level may draw; `policies` are those in force where the owner is, `drawn` this month's."""
    each, month = (policies.get(f"draws_{level}_{what}") for what in ("each", "month"))
    if level not in LEVELS or each is None or month is None:
        return Allowance(owner, LEVELS.get(level, Text(level, level)), Decimal(), Decimal(), drawn, _SAYS_NOTHING)
    return Allowance(owner, LEVELS[level], _amount(each), _amount(month), drawn, each.source)


def _amount(row: PolicyRow) -> Decimal | None:
    return None if row.value == NO_LIMIT else row.amount()


_SAYS_NOTHING: Final = Text("资金所属工会未作规定", "its owner says nothing of that level")


def beyond_allowance(funds: Mapping[str, Fund], sums: Mapping[str, Decimal]) -> Text | None:
    """Why these sums, in yuan by fund, are not for whoever decides to give, or None."""
    told = ((code, amount, funds[code].allowance) for code, amount in sums.items() if code in funds)
    refusals = (allowance.why_not(code, amount) for code, amount, allowance in told if allowance)
    return next((one for one in refusals if one), None)


def drawn_by(claims: Iterable[FundOperation]) -> dict[str, Decimal]:
    """What a move draws of each fund, in yuan."""
    sums: dict[str, Decimal] = {}
    for one in claims:
        if isinstance(one, Reserve):
            sums[one.fund] = sums.get(one.fund, Decimal()) + one.amount
    return sums
