"""Means tests: strictly below the line, compared to the cent and beyond, and told so that anybody can check them."""

from decimal import Decimal

import pytest

from casework.rules.eligibility import MeansTest
from casework.rules.text import Text

LINE_TOLD = Text("困难标准", "the hardship line")


def means(income: str, size: int, line: str = "2124") -> MeansTest:
    return MeansTest(Decimal(income), size, Decimal(line), LINE_TOLD)


@pytest.mark.parametrize(
    ("income", "size", "line", "met"),
    [
        ("25487.99", 1, "2124", True),
        ("25488.00", 1, "2124", False),
        ("25488.01", 1, "2124", False),
        ("76463.99", 3, "2124", True),
        ("76464.00", 3, "2124", False),
        ("76464.01", 3, "2124", False),
        ("0", 1, "2124", True),
        ("60000.00", 3, "2124", True),  # 1666.67 a month for each
        ("80000.00", 3, "2124", False),  # 2222.22
        ("84083.99", 7, "1001", True),
        ("84084.00", 7, "1001", False),
        ("12743.99", 1, "1062", True),
        ("0", 1, "0", False),
    ],
)
def test_the_line_itself_is_too_much_and_a_cent_less_is_not(income: str, size: int, line: str, met: bool) -> None:
    assert means(income, size, line).met is met


@pytest.mark.parametrize("size", [1, 2, 3, 7, 11, 30])
def test_what_people_read_never_contradicts_the_decision(size: int) -> None:
    at_the_line = Decimal(2124) * 12 * size
    for cents in range(-40, 41):
        test = means(str(at_the_line + Decimal(cents) / 100), size)
        assert (test.per_head < Decimal("2124.00")) is test.met


def test_the_reckoning_is_told_in_both_languages() -> None:
    told = means("60000.00", 3).told()
    assert told.zh == "家庭人均月收入 60000.00 ÷ 12 ÷ 3 = 1666.66 < 2124.00 元（困难标准）。"
    assert told.en == "Monthly income per head 60000.00 ÷ 12 ÷ 3 = 1666.66 < 2124.00 yuan (the hardship line)."


def test_an_income_above_the_line_is_told_with_the_other_sign() -> None:
    assert "= 2222.22 ≥ 2124.00" in means("80000.00", 3).told().en


def test_the_sheet_keeps_every_figure_as_text() -> None:
    sheet = means("76463.99", 3).sheet()
    assert sheet["annual_income"] == "76463.99"
    assert sheet["household_size"] == 3
    assert sheet["per_head"] == "2123.99"
    assert sheet["line"] == "2124.00"
    assert sheet["met"] is True
    assert set(sheet["told"]) == {"zh-CN", "en"}
