"""The columns of the file for the bank, by the names under which an office chooses them, and of the bank's answer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from casework.rules.text import Text

COLUMNS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "serial": Text("序号", "No."),
        "payee": Text("收款人", "Payee"),
        "bank": Text("开户银行", "Bank"),
        "branch": Text("支行", "Branch"),
        "bank_code": Text("联行号", "Bank code"),
        "account": Text("账号", "Account"),
        "amount": Text("金额", "Amount"),
        "purpose": Text("用途", "Purpose"),
    }
)
AMOUNT_IN_YUAN: Final = Text("金额（元）", "Amount (yuan)")
"""How the workbook and the list to be signed name the amount."""
ANSWERED: Final[Mapping[str, Text]] = MappingProxyType(
    {"result": Text("结果", "Result"), "on": Text("日期", "Date"), "reason": Text("原因", "Reason")}
)
"""What the bank's answer has beside them."""
TOTAL: Final = Text("合计", "Total")
"""How the line begins that is no payment."""

FOR_CSV: Final = ("payee", "bank", "branch", "account", "amount", "purpose")
FOR_WORKBOOK: Final = tuple(COLUMNS)
"""What either has where the place of the fund has no policy `bank_columns`."""
_NEEDED: Final = frozenset(("payee", "account", "amount"))


def chosen(value: str) -> tuple[str, ...] | None:
    """The columns of a policy such as `serial,payee,account,amount`, in its order; None where it is none.

    Each is known and there once; without payee, account and amount no bank can pay.
    """
    names = tuple(value.split(","))
    sound = len(names) == len(set(names)) and _NEEDED <= set(names) <= COLUMNS.keys()
    return names if sound else None
