"""A payment order on paper and for the bank."""

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, Final
from uuid import UUID

from xlsxwriter import Workbook

from casework.api.pages import TEMPLATES, headers_of, style
from casework.http.request_context import instant, language
from casework.rules.bank_columns import AMOUNT_IN_YUAN, COLUMNS, FOR_CSV, FOR_WORKBOOK, TOTAL
from casework.rules.chinese_amount import in_capitals
from casework.rules.text import Text
from casework.work.payments import pays_of

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
    "row": COLUMNS["serial"],
    "case": Text("案件编号", "Case"),
    "payee": COLUMNS["payee"],
    "document": Text("证件号码", "Identity document"),
    "kind": Text("类别", "Kind"),
    "amount": AMOUNT_IN_YUAN,
    "bank": COLUMNS["bank"],
    "account": Text("账号末四位", "Account ends in"),
    "status": Text("状态", "Status"),
    "signature": Text("签字", "Signature"),
    "total": TOTAL,
    "in_capitals": Text("合计（大写）", "Total in Chinese capitals"),
    "seal": Text("（盖章处）", "(place for the seal)"),
    "made_by": Text("制单", "Made by"),
    "checked_by": Text("审核", "Checked by"),
    "approved_by": Text("批准", "Approved by"),
    "date": Text("日期", "Date"),
}
_COUNT: Final = Text("共 {count} 笔", "{count} payments")
# How wide the columns of the workbook are, in characters.
_WIDTHS: Final = {
    "serial": 6,
    "payee": 16,
    "bank": 20,
    "branch": 20,
    "bank_code": 15,
    "account": 26,
    "amount": 12,
    "purpose": 36,
}


def for_bank(
    order: Any, lines: Sequence[Any], accounts: Mapping[UUID, str], columns: Sequence[str] | None = None
) -> str:
    """The payments for the bank's own program: CSV with a byte order mark, accounts in full by the payment's id."""
    file, chosen = StringIO(), columns or FOR_CSV
    rows = csv.writer(file)
    rows.writerow(COLUMNS[name].in_(language()) for name in chosen)
    for serial, line in enumerate(lines, start=1):
        cells = _cells(order, line, accounts) | {"serial": str(serial), "amount": f"{line.amount:.2f}"}
        rows.writerow(_defused(cells[name]) for name in chosen)
    # The mark makes spreadsheets read the file as UTF-8.
    return f"\ufeff{file.getvalue()}"


def as_workbook(
    order: Any, lines: Sequence[Any], accounts: Mapping[UUID, str], columns: Sequence[str] | None = None
) -> bytes:
    """The same as a workbook whose accounts and bank codes are text: spreadsheets keep 15 digits of a number.

    One row for each payment, numbered from 1, and at the end how many they are and what they come to.
    """
    file, chosen = BytesIO(), columns or FOR_WORKBOOK
    # Every text is written as text, whatever it begins with; without a time of its own the file is always the same.
    with Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"created": order.at.replace(tzinfo=None)})
        head, text = book.add_format({"bold": True, "border": 1}), book.add_format({"num_format": "@", "border": 1})
        yuan, number = book.add_format({"num_format": "0.00", "border": 1}), book.add_format({"border": 1})
        sheet = book.add_worksheet(order.number)
        last, place_of_sum = len(lines) + 1, chosen.index("amount")
        for place, name in enumerate(chosen):
            title = _SAY["amount"] if name == "amount" else COLUMNS[name]
            sheet.set_column(place, place, _WIDTHS[name])
            sheet.write_string(0, place, title.in_(language()), head)
            for row, line in enumerate(lines, start=1):
                if name == "serial":
                    sheet.write_number(row, place, row, number)
                elif name == "amount":
                    sheet.write_number(row, place, float(line.amount), yuan)
                else:
                    sheet.write_string(row, place, _cells(order, line, accounts)[name] or "", text)
        # The first two columns beside the sum say what it is, wherever the place has put the amounts.
        beside = [place for place in range(len(chosen)) if place != place_of_sum]
        sheet.write_string(last, beside[0], _SAY["total"].in_(language()), head)
        sheet.write_string(last, beside[1], _COUNT.with_(count=len(lines)).in_(language()), head)
        sheet.write_number(last, place_of_sum, float(sum((line.amount for line in lines), Decimal())), yuan)
        sheet.freeze_panes(1, 0)
    return file.getvalue()


def _cells(order: Any, line: Any, accounts: Mapping[UUID, str]) -> dict[str, str | None]:
    """What is text of a payment, by the names of the columns."""
    return {
        "payee": line.payee,
        "bank": line.bank,
        "branch": line.branch,
        "bank_code": line.bank_code,
        "account": accounts[line.line_id],
        "purpose": f"{pays_of(line).purpose} {order.number}",
    }


def _defused(cell: str | None) -> str:
    return f"'{cell}" if cell and cell.startswith(_FORMULA) else cell or ""


def to_sign(order: Any, lines: Sequence[Any]) -> str:
    """The payments as a page to be printed and signed, in the caller's language; of an account the last four digits."""
    say = {name: words.in_(language()) for name, words in _SAY.items()}
    return TEMPLATES.get_template("payment_list.html").render(
        language=language(),
        style=style("payment_list"),
        say=say,
        order=order,
        made_at=(instant(order.at) or "")[:16].replace("T", " "),
        rows=[
            {
                "case": line.case_number,
                "payee": line.payee,
                "document": line.document or "",
                "kind": _told(pays_of(line).kinds, line.kind),
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


SIGNED: Final = headers_of("payment_list")
