"""The lines of a table that somebody sends: CSV as spreadsheets write it, or the first sheet of a workbook."""

import csv
from dataclasses import dataclass
from typing import Final

from casework.rules.text import Text
from casework.work.workbooks import MOST_UNPACKED, LostDigits, NotAWorkbook, first_sheet

_NO_TEXT: Final = Text(
    "不是 UTF-8 或 GB18030 编码的文字，请另存为 CSV（UTF-8）",
    "it is text neither in UTF-8 nor in GB18030; save it as CSV (UTF-8)",
)
_NO_TABLE: Final = Text(
    "既不是 CSV 文件，也不是可读的工作簿（.xlsx）；其他格式的请另存为 .xlsx 或者 CSV（UTF-8）",
    "it is neither a CSV nor a workbook (.xlsx) that can be read; save it as .xlsx or as CSV (UTF-8)",
)
_LOST_DIGITS: Final = Text(
    "第 {row} 行有超过 15 位的数字，电子表格已丢失其末位；请将该列设为文本后重新填写",
    "row {row} has a number of more than 15 digits, of which spreadsheets lose the end; write the column as text",
)
_LONG_LINE: Final = Text("第 {line} 行超过 {most} 个字符", "line {line} has more than {most} characters")
_LONG_CELL: Final = Text(
    "第 {line} 行有超过 {most} 个字符的单元格", "line {line} has a cell of more than {most} characters"
)
_WIDE: Final = Text("第 {line} 行超过 {most} 列", "line {line} has more than {most} columns")
_TOO_LONG: Final = Text("文件超过 {most} KB，请分成几份", "it is larger than {most} KB; make it several")
_LONGEST_LINE: Final = 20_000
_MOST_COLUMNS: Final = 200

Lines = list[tuple[int, list[str]]]
"""The number of each line, counted from 1, with its cells."""


class BadTable(ValueError):
    """What was sent cannot be read as a table; `text` says why, without a full stop."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True)
class Table:
    """How large a table may be, and what is said of one that is too large, no table, or without the ends of numbers."""

    most_bytes: int
    longest_cell: int
    most_unpacked: int = MOST_UNPACKED
    too_long: Text = _TOO_LONG
    no_table: Text = _NO_TABLE
    lost_digits: Text = _LOST_DIGITS

    def lines(self, raw: bytes) -> Lines:
        """Return the lines, told by what is in the file and not by its name; raises `BadTable`.

        How long everything is is looked at before anything else is done with it: to normalise a text without end takes
        as long.
        """
        if len(raw) > self.most_bytes:
            raise BadTable(self.too_long.with_(most=self.most_bytes // 1024))
        found = self._sheet(raw) if raw.startswith(b"PK") else self._csv(raw)
        for line, cells in found:
            if len(cells) > _MOST_COLUMNS:
                raise BadTable(_WIDE.with_(line=line, most=_MOST_COLUMNS))
            if any(len(cell) > self.longest_cell for cell in cells):
                raise self._long_cell(line)
        return found

    def _long_cell(self, line: int) -> BadTable:
        return BadTable(_LONG_CELL.with_(line=line, most=self.longest_cell))

    def _sheet(self, raw: bytes) -> Lines:
        try:
            return first_sheet(raw, self.most_unpacked)
        except LostDigits as lost:
            raise BadTable(self.lost_digits.with_(row=lost.row)) from lost
        except NotAWorkbook as wrong:
            raise BadTable(self.no_table) from wrong

    def _csv(self, raw: bytes) -> Lines:
        lines = self._text(raw).splitlines(keepends=True)
        for number, line in enumerate(lines, start=1):
            if len(line) > _LONGEST_LINE:
                raise BadTable(_LONG_LINE.with_(line=number, most=_LONGEST_LINE))
        found = csv.reader(lines)
        try:
            return [(found.line_num, row) for row in found]
        except csv.Error as wrong:
            # A quotation mark that is never closed takes in all lines after it.
            if str(wrong).startswith("field larger"):
                raise self._long_cell(found.line_num) from wrong
            raise BadTable(self.no_table) from wrong

    def _text(self, raw: bytes) -> str:
        if b"\x00" in raw:
            raise BadTable(self.no_table)
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise BadTable(_NO_TEXT)
