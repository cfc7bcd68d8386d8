"""The bank's answer as CSV or as a workbook: the file of the order, which an officer or the bank has completed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from casework.rules import folding
from casework.rules.bank_columns import AMOUNT_IN_YUAN, ANSWERED, COLUMNS, TOTAL
from casework.rules.text import Text
from casework.work.admin_files import BadFile
from casework.work.bank_answers import RESULTS
from casework.work.sheet_cells import as_day
from casework.work.sheet_files import BadTable, Lines, Table

TITLES: Final[Mapping[str, Text]] = {
    **{name: COLUMNS[name] for name in ("serial", "payee", "account", "amount")},
    **ANSWERED,
}
"""The columns that are read; others, the bank's own too, are passed over."""

_NEEDED: Final = ("account", "amount", "result")
_NOT_CSV: Final = Text(
    "既不是 CSV 文件，也不是可读的工作簿（.xlsx）；其他格式的请另存为 .xlsx 或者 CSV（UTF-8），并保持账号列为文本",
    "it is neither a CSV nor a workbook (.xlsx) that can be read; save it as .xlsx or as CSV (UTF-8), with the accounts"
    " kept as text",
)
_LOST_DIGITS: Final = Text(
    "第 {row} 行有超过 15 位的数字，电子表格已丢失其末位；账号列须为文本，请以支付单导出的文件重新填写",
    "row {row} has a number of more than 15 digits, of which spreadsheets lose the end; accounts have to be text:"
    " complete the file of the order again",
)
_TOO_LONG: Final = Text("文件超过 1 MB，请核对是否本单的回盘", "it is larger than 1 MB; see whether it is the answer")
_TABLE: Final = Table(1_048_576, 500, too_long=_TOO_LONG, no_table=_NOT_CSV, lost_digits=_LOST_DIGITS)
_LACKS: Final = Text(
    "首行缺少这些列：{columns}；请在支付单导出的文件上加填结果、日期、原因",
    "the first line lacks these columns: {columns}; complete the file of the order by result, date and reason",
)
_REPEATS: Final = Text("首行有两列都是“{column}”，请只保留一列", "two columns of the first line are {column}; keep one")


def _by_key(words: Mapping[str, Sequence[Text]]) -> dict[str, str]:
    """What each of these words stands for, in either language, by how it is folded for comparing."""
    return {folding.key(said): name for name, texts in words.items() for text in texts for said in (text.zh, text.en)}


_COLUMN: Final = _by_key(
    {name: (text,) for name, text in TITLES.items()} | {"amount": (TITLES["amount"], AMOUNT_IN_YUAN)}
)
_RESULT: Final = _by_key(
    {
        "paid": (
            RESULTS["paid"],
            Text("成功", "success"),
            Text("交易成功", "succeeded"),
            Text("支付成功", "successful"),
        ),
        "returned": (RESULTS["returned"], Text("失败", "failed"), Text("交易失败", "failure"), Text("退回", "refused")),
    }
)
_ENDS: Final = frozenset(map(folding.key, (TOTAL.zh, TOTAL.en)))


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """The rows of the file as `BankAnswer` takes them, and on which line of the file each ends, counted from 1."""

    rows: Sequence[Mapping[str, Any]]
    lines: Sequence[int]


def read(file: Path) -> AnswerFile:
    """The rows of a workbook's first sheet, or of a CSV file in UTF-8 or GB18030 (as Chinese spreadsheets save it).

    Columns are found by their titles in either language, empty lines and the line of the total passed over. Raises
    `BadFile`.
    """
    cells = [(line, [cell.strip() for cell in row]) for line, row in _lines(file)]
    written = [(line, row) for line, row in cells if any(row)]
    names = _names(file, written[0][1] if written else [])
    payments = [(line, row) for line, row in written[1:] if not _ends(row)]
    return AnswerFile([dict(_row(names, row)) for _, row in payments], [line for line, _ in payments])


def _ends(row: Sequence[str]) -> bool:
    """Whether this is the line of the total: one of its cells says so, in whichever column the place has it."""
    return any(folding.key(cell) in _ENDS for cell in row)


def _lines(file: Path) -> Lines:
    """The cells of each line with its number: of the sheet, or that on which it ends in the file."""
    with file.open("rb") as opened:
        raw = opened.read(_TABLE.most_bytes + 1)
    try:
        return _TABLE.lines(raw)
    except BadTable as wrong:
        raise BadFile(file.name, wrong.text) from wrong


def _names(file: Path, titles: Sequence[str]) -> list[str | None]:
    names = [_COLUMN.get(folding.key(title)) for title in titles]
    for name in TITLES:
        if names.count(name) > 1:
            raise BadFile(file.name, _REPEATS.with_(column=TITLES[name]))
    if lacking := [TITLES[name] for name in _NEEDED if name not in names]:
        columns = Text("、".join(one.zh for one in lacking), ", ".join(one.en for one in lacking))
        raise BadFile(file.name, _LACKS.with_(columns=columns))
    return names


def _row(names: Sequence[str | None], cells: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """The cells of the columns that are read; what is empty was not said."""
    for name, cell in zip(names, cells, strict=False):
        # The quotation mark keeps spreadsheets from taking a cell for a number or a formula.
        said = cell.removeprefix("'")
        if name is not None and said:
            yield name, _READ.get(name, str)(said)


def _serial(said: str) -> int | str:
    number = folding.typed(said)
    return int(number) if re.fullmatch("[0-9]{1,4}", number) else said


def _amount(said: str) -> str:
    return folding.typed(said).replace(",", "")


def _result(said: str) -> str:
    return _RESULT.get(folding.key(said), said)


_READ: Final = {"serial": _serial, "amount": _amount, "result": _result, "on": as_day}
