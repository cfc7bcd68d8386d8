"""A payment order on paper and for the bank."""

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from io import BytesIO, StringIO
from typing import Any, Final
from uuid import UUID

from jinja2 import Environment, PackageLoader
from xlsxwriter import Workbook

from casework.api.docs import policy_for
from casework.api.speech import instant, language
from casework.rules.chinese_amount import in_capitals
from casework.rules.text import Text
from casework.workflows.hardship_aid.codes import GRANT_KINDS

_PURPOSE: Final = "困难职工帮扶金"
"""What the payee reads on the statement, in the bank's language whoever makes the file."""

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
    "document": Text("证件号码", "Identity document"),
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
_COUNT: Final = Text("共 {count} 笔", "{count} payments")
# The columns of the workbook with their widths in characters.
_SHEET: Final = (
    (_SAY["row"], 6),
    (_COLUMNS[0], 16),
    (_COLUMNS[1], 20),
    (_COLUMNS[2], 20),
    (Text("联行号", "Bank code"), 15),
    (_COLUMNS[3], 26),
    (_SAY["amount"], 12),
    (_COLUMNS[5], 36),
)
_TEMPLATES: Final = Environment(
    loader=PackageLoader("casework.api"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def for_bank(order: Any, lines: Sequence[Any], accounts: Mapping[UUID, str]) -> str:
    """The payments for the bank's own program: CSV with a byte order mark, accounts in full by the payment's id."""
    file = StringIO()
    rows = csv.writer(file)
    rows.writerow(column.in_(language()) for column in _COLUMNS)
    for line in lines:
        cells = (line.payee, line.bank, line.branch, accounts[line.line_id], f"{line.amount:.2f}", _purpose(order))
        rows.writerow(map(_defused, cells))
    # The mark makes spreadsheets read the file as UTF-8.
    return f"\ufeff{file.getvalue()}"


def as_workbook(order: Any, lines: Sequence[Any], accounts: Mapping[UUID, str]) -> bytes:
    """The same as a workbook whose accounts and bank codes are text: spreadsheets keep 15 digits of a number.

    One row for each payment, numbered from 1, and at the end how many they are and what they come to.
    """
    file = BytesIO()
    # Every text is written as text, whatever it begins with; without a time of its own the file is always the same.
    with Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"created": order.at.replace(tzinfo=None)})
        head, text = book.add_format({"bold": True, "border": 1}), book.add_format({"num_format": "@", "border": 1})
        yuan, number = book.add_format({"num_format": "0.00", "border": 1}), book.add_format({"border": 1})
        sheet = book.add_worksheet(order.number)
        for place, (title, width) in enumerate(_SHEET):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title.in_(language()), head)
        for row, line in enumerate(lines, start=1):
            sheet.write_number(row, 0, row, number)
            cells = (line.payee, line.bank, line.branch, line.bank_code, accounts[line.line_id])
            for place, cell in enumerate(cells, start=1):
                sheet.write_string(row, place, cell or "", text)
            sheet.write_number(row, 6, float(line.amount), yuan)
            sheet.write_string(row, 7, _purpose(order), text)
        last = len(lines) + 1
        sheet.write_string(last, 0, _SAY["total"].in_(language()), head)
        sheet.write_string(last, 1, _COUNT.with_(count=len(lines)).in_(language()), head)
        sheet.write_number(last, 6, float(sum((line.amount for line in lines), Decimal())), yuan)
        sheet.freeze_panes(1, 0)
    return file.getvalue()


def _purpose(order: Any) -> str:
    return f"{_PURPOSE} {order.number}"


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
                "document": line.document or "",
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
