"""Amounts in Chinese capitals."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.rules.chinese_amount import in_capitals


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("0.55", "伍角伍分"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("105.30", "壹佰零伍元叁角整"),
        ("1000", "壹仟元整"),
        ("1000.00", "壹仟元整"),
        ("1001.01", "壹仟零壹元零壹分"),
        ("1010.10", "壹仟零壹拾元壹角整"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("10000", "壹万元整"),
        ("10500", "壹万零伍佰元整"),
        ("100000", "壹拾万元整"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("10000001", "壹仟万零壹元整"),
        ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("110000000", "壹亿壹仟万元整"),
        ("1000000000000", "壹万亿元整"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_an_amount_stands_on_a_voucher_in_capitals(amount: str, said: str) -> None:
    assert in_capitals(Decimal(amount)) == said


@pytest.mark.parametrize("amount", ["-1", "0.001", "NaN", "Infinity", "10000000000000000"])
def test_what_no_voucher_can_bear_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="yuan"):
        in_capitals(Decimal(amount))


@given(st.decimals(0, 10**12, places=2))
def test_no_zero_is_said_twice_and_only_cents_go_without_the_closing_word(amount: Decimal) -> None:
    said = in_capitals(amount)
    assert "零零" not in said
    assert said.endswith("分") == bool(int(amount * 100) % 10)
    assert said.endswith("整") != said.endswith("分")
