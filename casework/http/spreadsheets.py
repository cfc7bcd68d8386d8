"""Cells of a CSV file that spreadsheets open: none of them is taken for a formula."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Final

# Spreadsheets take a cell that begins so for a formula; also in full width, as Chinese keyboards write it.
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def as_csv(rows: Iterable[Iterable[str | None]]) -> str:
    """Return the rows as CSV with a byte order mark, which makes spreadsheets read it as UTF-8."""
    file = StringIO()
    csv.writer(file).writerows([_defused(cell) for cell in row] for row in rows)
    return f"\ufeff{file.getvalue()}"


def _defused(cell: str | None) -> str:
    return f"'{cell}" if cell and cell.startswith(_FORMULA) else cell or ""
