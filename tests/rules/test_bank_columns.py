"""The columns of the file for the bank, as an office chooses them."""

import pytest

from casework.rules.bank_columns import COLUMNS, FOR_CSV, FOR_WORKBOOK, chosen
from casework.rules.policy_kinds import PolicyKind


@pytest.mark.parametrize("names", [FOR_CSV, FOR_WORKBOOK, ("amount", "account", "payee")], ids=",".join)
def test_they_are_taken_in_the_order_in_which_they_are_written(names: tuple[str, ...]) -> None:
    assert chosen(",".join(names)) == names
    assert PolicyKind.COLUMNS.fault(",".join(names)) is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "none",
        "payee,account",
        "payee,amount",
        "account,amount",
        "payee,account,amount,holder",
        "payee,account,amount,payee",
        "payee,account,amount,",
    ],
)
def test_unknown_and_repeated_ones_and_those_by_which_nobody_can_pay_are_refused(value: str) -> None:
    assert chosen(value) is None
    why = PolicyKind.COLUMNS.fault(value)
    assert why is not None
    assert all(name in why.zh and name in why.en for name in COLUMNS)
