"""A payment order on paper and for the bank."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from io import StringIO
from typing import Any, Final
from uuid import UUID

from jinja2 import Environment, PackageLoader

from casework.api.docs import policy_for
from casework.api.speech import instant, language
from casework.rules.chinese_amount import in_capitals
from casework.rules.text import Text
from casework.workflows.hardship_aid.codes import GRANT_KINDS

_COLUMNS: Final = (
    Text("收款人", "Payee"),
    Text("开户银行", "Bank"),
    Text("支行", "Branch"),
    Text("账号", "Account"),
    Text("金额", "Amount"),
    Text("用途", "Purpose"),
)
# Spreadsheets take a cell that begins so for a formula; also in full width, as Chinese keyboards write it.
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_STATUS: Final = {
    "ordered": Text("待支付", "with the bank"),
    "paid": Text("已支付", "paid"),
    "returned": Text("已退回", "returned"),
}
_SAY: Final = {
    "title": Text("帮扶资金发放表", "List of payments"),
    "number": Text("编号", "Number"),
    "office": Text("制单机构", "Office"),
    "fund": Text("资金", "Fund"),
    "made": Text("制单时间", "Made"),
    "row": Text("序号", "No."),
    "case": Text("案件编号", "Case"),
    "payee": _COLUMNS[0],
    "kind": Text("类别", "Kind"),
    "amount": Text("金额（元）", "Amount (yuan)"),
    "bank": _COLUMNS[1],
    "account": Text("账号末四位", "Account ends in"),
    "status": Text("状态", "Status"),
    "signature": Text("签字", "Signature"),
    "total": Text("合计", "Total"),
    "in_capitals": Text("合计（大写）", "Total in Chinese capitals"),
    "seal": Text("（盖章处）", "(place for the seal)"),
    "made_by": Text("制单", "Made by"),
    "checked_by": Text("审核", "Checked by"),
    "approved_by": Text("批准", "Approved by"),
    "date": Text("日期", "Date"),
}
_TEMPLATES: Final = Environment(
    loader=PackageLoader("casework.api"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def for_bank(order: Any, lines: Sequence[Any], accounts: Mapping[UUID, str]) -> str:
    """The payments for the bank's own program: CSV with a byte order mark, accounts in full by the payment's id."""
    file = StringIO()
    rows = csv.writer(file)
    rows.writerow(column.in_(language()) for column in _COLUMNS)
    for line in lines:
        cells = (line.payee, line.bank, line.branch, accounts[line.line_id], f"{line.amount:.2f}", order.number)
        rows.writerow(map(_defused, cells))
    # The mark makes spreadsheets read the file as UTF-8.
    return f"\ufeff{file.getvalue()}"


def _defused(cell: str | None) -> str:
    return f"'{cell}" if cell and cell.startswith(_FORMULA) else cell or ""


def to_sign(order: Any, lines: Sequence[Any]) -> str:
    """The payments as a page to be printed and signed, in the caller's language; of an account the last four digits."""
    say = {name: words.in_(language()) for name, words in _SAY.items()}
    return _TEMPLATES.get_template("payment_list.html").render(
        language=language(),
        style=_style(),
        say=say,
        order=order,
        made_at=(instant(order.at) or "")[:16].replace("T", " "),
        rows=[
            {
                "case": line.case_number,
                "payee": line.payee,
                "kind": _told(GRANT_KINDS, line.kind),
                "amount": f"{line.amount:,.2f}",
                "bank": line.bank or "",
                "account": line.account[-4:],
                "status": _settled(line),
            }
            for line in lines
        ],
        total=f"{order.total:,.2f}",
        in_capitals=in_capitals(order.total),
    )


def _settled(line: Any) -> str:
    """What the bank did with the payment on this order, and when."""
    told = _told(_STATUS, line.result or "ordered")
    return f"{told} {line.settled_on}" if line.settled_on else told


def _told(words: Mapping[str, Text], code: str) -> str:
    return words[code].in_(language()) if code in words else code


@cache
def _style() -> str:
    return _TEMPLATES.get_template("payment_list.css").render()


SIGNED: Final = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy_for(_style())}
