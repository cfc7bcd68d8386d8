"""Cells of a file that spreadsheets open, CSV or a workbook: none of them is taken for a formula."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Final

from xlsxwriter import Workbook

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA: Final[Mapping[str, str]] = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
"""The media type of each kind of file."""

# Spreadsheets take a cell that begins so for a formula; also in full width, as Chinese keyboards write it.
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def as_csv(rows: Iterable[Iterable[str | None]]) -> str:
    """Return the rows as CSV with a byte order mark, which makes spreadsheets read it as UTF-8."""
    file = StringIO()
    csv.writer(file).writerows([_defused(cell) for cell in row] for row in rows)
    return f"\ufeff{file.getvalue()}"


def _defused(cell: str | None) -> str:
    return f"'{cell}" if cell and cell.startswith(_FORMULA) else cell or ""


def as_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """Return the rows as a workbook with headings in the first; every cell is text, whatever it begins with."""
    made = BytesIO()
    with Workbook(made, {"constant_memory": True}) as book:
        head, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet()
        # Also where nothing stands yet, so that what is typed there stays as it was typed.
        sheet.set_column(0, max(map(len, rows)) - 1, 16, text)
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(at, place, cell, text if at else head)
        sheet.freeze_panes(1, 0)
    return made.getvalue()


def file_of(rows: Sequence[Sequence[str]], kind: str) -> str | bytes:
    """Return the rows as a file of a kind, `csv` or `xlsx`."""
    return as_workbook(rows) if kind == "xlsx" else as_csv(rows)


def headers_of(name: str, kind: str) -> dict[str, str]:
    """Return the headers of such a file, which is saved under a name without its ending."""
    return {"Content-Type": MEDIA[kind], "Content-Disposition": f'attachment; filename="{name}.{kind}"'}
