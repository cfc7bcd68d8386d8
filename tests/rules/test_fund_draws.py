"""What a union below the owner of a fund may draw of it, by the owner's policies and by what was drawn."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from casework.rules.context import PolicyRow
from casework.rules.fund_draws import allowance_of, beyond_allowance, drawn_by
from casework.rules.fund_operations import Fund, Pay, Reserve
from casework.rules.text import Text

OWNER = Text("示例省总工会", "the province's union")
SOURCE = Text("示例规定", "an invented rule")
LINE = UUID(int=1)
TODAY = date(2026, 7, 6)


def policies(**values: str) -> dict[str, PolicyRow]:
    return {
        name: PolicyRow(number, "hardship_aid", name, "370000", TODAY, value, SOURCE)
        for number, (name, value) in enumerate(values.items())
    }


def test_each_and_month_bind_to_the_cent_and_none_does_not() -> None:
    rows = policies(draws_street_each="500.00", draws_street_month="800.00")
    allowance = allowance_of(OWNER, "street", rows, Decimal("300.00"))
    assert allowance.why_not("RELIEF", Decimal("500.00")) is None
    too_much = allowance.why_not("RELIEF", Decimal("500.01"))
    assert too_much is not None
    for words in (too_much.zh, too_much.en):
        assert all(part in words for part in ("RELIEF", "500.00", "500.01"))
    assert OWNER.en in too_much.en
    assert SOURCE.zh in too_much.zh
    month = allowance_of(OWNER, "street", rows, Decimal("300.01")).why_not("RELIEF", Decimal("500.00"))
    assert month is not None
    assert all(part in month.en for part in ("800.00", "300.01"))
    free = policies(draws_street_each="none", draws_street_month="none")
    assert allowance_of(OWNER, "street", free, Decimal(10**9)).why_not("RELIEF", Decimal(10**9)) is None


def test_a_level_of_which_the_owner_says_nothing_or_only_half_draws_nothing() -> None:
    for rows in ({}, policies(draws_street_each="500.00"), policies(draws_county_each="1", draws_county_month="1")):
        assert allowance_of(OWNER, "street", rows, Decimal()).why_not("RELIEF", Decimal("0.01")) is not None
    both = policies(draws_post_office_each="500.00", draws_post_office_month="500.00")
    assert allowance_of(OWNER, "post_office", both, Decimal()).why_not("RELIEF", Decimal("0.01")) is not None


def test_what_one_decision_gives_of_a_fund_counts_together_and_only_what_it_gives() -> None:
    claims = (
        Reserve(LINE, "RELIEF", "living", Decimal("300.00"), TODAY),
        Reserve(LINE, "RELIEF", "study", Decimal("200.01"), TODAY),
        Reserve(LINE, "OTHER", "living", Decimal("10.00"), TODAY),
        Pay(LINE, TODAY),
    )
    sums = drawn_by(claims)
    assert sums == {"RELIEF": Decimal("500.01"), "OTHER": Decimal("10.00")}
    rows = policies(draws_street_each="500.00", draws_street_month="none")
    fund = Fund("RELIEF", "帮扶资金", Decimal(10**6), {}, allowance_of(OWNER, "street", rows, Decimal()))
    own = Fund("OTHER", "帮扶资金", Decimal(10**6))
    assert beyond_allowance({"RELIEF": fund, "OTHER": own}, sums) is not None
    assert beyond_allowance({"RELIEF": own, "OTHER": own}, sums) is None
