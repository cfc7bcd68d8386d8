"""The SLA report as plain text, for a terminal: columns line up though a Chinese character is two cells wide."""

from collections.abc import Mapping
from typing import Any, Final
from unicodedata import east_asian_width

from casework.rules.text import Language, Text

_TITLES: Final = {
    "workflow": Text("流程", "Workflow"),
    "org": Text("机构", "Office"),
    "clock": Text("时限", "Clock"),
    "month": Text("月份", "Month"),
    "owner": Text("经办人", "Owner"),
    "started": Text("起算", "Started"),
    "met": Text("按期", "Met"),
    "breached": Text("逾期", "Breached"),
    "open": Text("未到期", "Open"),
    "cancelled": Text("取消", "Cancelled"),
    "provisional": Text("暂定", "Provisional"),
    "breach_rate": Text("逾期率", "Breach rate"),
    "median_working_hours": Text("工时中位数", "Median hours"),
    "p90_working_hours": Text("工时90分位", "90% hours"),
}
_CAPTION = Text(
    "{start} 起、{end} 前起算的时限，截至 {as_of}（{zone}）",
    "Clocks started from {start} until before {end}, as of {as_of} ({zone})",
)
_TOTAL = Text("合计", "Total")
_GAP: Final = "  "


def as_table(report: Mapping[str, Any], language: Language) -> str:
    """The report's rows and total under their titles; keys to the left, figures to the right, `-` for none."""
    total, rows = report["total"], report["rows"]
    keys = [name for name in rows[0] if name not in total] if rows else []
    body = rows if keys else []  # without keys the only row is the total
    lines = [
        [*([_TITLES[key].in_(language) for key in keys] or [""]), *(_TITLES[name].in_(language) for name in total)],
        *([*(row[key] or "-" for key in keys), *_cells(row, total)] for row in body),
        [_TOTAL.in_(language), *("" for _ in keys[1:]), *_cells(total, total)],
    ]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    left = max(len(keys), 1)
    caption = _CAPTION.in_(language, start=report["from"], end=report["to"], as_of=report["as_of"], zone=report["zone"])
    return "\n".join([caption, "", *(_line(cells, widths, left) for cells in lines)]) + "\n"


def _cells(figures: Mapping[str, Any], names: Mapping[str, Any]) -> list[str]:
    return [_cell(name, figures[name]) for name in names]


def _cell(name: str, value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.2%}" if name == "breach_rate" else str(value)


def _line(cells: list[str], widths: list[int], left: int) -> str:
    padded = []
    for position, (cell, wide) in enumerate(zip(cells, widths, strict=True)):
        room = " " * (wide - width(cell))
        padded.append(cell + room if position < left else room + cell)
    return _GAP.join(padded).rstrip()


def width(text: str) -> int:
    """How many cells of a terminal the text takes."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
