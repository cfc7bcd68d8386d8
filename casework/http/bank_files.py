"""A payment order for the bank: CSV for its own program, or a workbook."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from xlsxwriter import Workbook

from casework.http.request_context import language
from casework.http.spreadsheets import MEDIA, as_csv
from casework.rules.bank_columns import AMOUNT_IN_YUAN, COLUMNS, FOR_CSV, FOR_WORKBOOK, TOTAL
from casework.rules.text import Text
from casework.work.payments import pays_of

FORMATS: Final = {
    "csv": Text("银行代发文件（CSV）", "For the bank (CSV)"),
    "xlsx": Text("银行代发文件（XLSX，账号为文本）", "For the bank (XLSX, accounts as text)"),
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


def headers_of(order: Any, shape: str) -> dict[str, str]:
    """Return the headers of the file of an order in one of the `FORMATS`."""
    name = f"{order.number}.{shape}"
    return {"Content-Type": MEDIA[shape], "Content-Disposition": f'attachment; filename="{name}"'}


def for_bank(
    order: Any, lines: Sequence[Any], accounts: Mapping[UUID, str], columns: Sequence[str] | None = None
) -> str:
    """The payments for the bank's own program: CSV with a byte order mark, accounts in full by the payment's id."""
    chosen, rows = columns or FOR_CSV, []
    for serial, line in enumerate(lines, start=1):
        cells = _cells(order, line, accounts) | {"serial": str(serial), "amount": f"{line.amount:.2f}"}
        rows.append([cells[name] for name in chosen])
    return as_csv([[COLUMNS[name].in_(language()) for name in chosen], *rows])


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
            title = AMOUNT_IN_YUAN if name == "amount" else COLUMNS[name]
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
        sheet.write_string(last, beside[0], TOTAL.in_(language()), head)
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
