"""Charts as the server draws them: what stands where in an SVG, in units of its own; axes end on round numbers."""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Final, NamedTuple

from casework.rules.text import Text

WIDTH: Final = 560
_HEIGHT: Final = 240
_LEFT: Final = 56
_TOP: Final = 12
_BELOW: Final = 34
_ROW: Final = 54
_BAR: Final = 16
_MOST_TICKS: Final = 5

Stack = Sequence[tuple[str, float]]
"""What lies on top of each other: the class of each piece, and how much it is."""


class Piece(NamedTuple):
    """A rectangle of a class."""

    tone: str
    x: float
    y: float
    width: float
    height: float


class Mark(NamedTuple):
    """A text at a place; `anchor` says which part of it stands there."""

    x: float
    y: float
    text: Text
    anchor: str = "middle"


class Line(NamedTuple):
    """A line of a class from one place to another."""

    tone: str
    x1: float
    y1: float
    x2: float
    y2: float


class Chart(NamedTuple):
    """All that stands in an SVG of this size."""

    width: int
    height: int
    lines: list[Line]
    pieces: list[Piece]
    marks: list[Mark]


def axis(most: float, *, whole: bool = True) -> list[float]:
    """Return the ticks of an axis from 0 to a round number that is at least `most`; with `whole` all are whole."""
    rough = max(most, 1 if whole else 0.1) / _MOST_TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= rough * (1 - 1e-9))
    if whole:
        step = max(1, round(step))
    return [round(step * number, 6) for number in range(max(1, ceil(round(most / step, 9))) + 1)]


def columns(names: Sequence[Text], stacks: Sequence[Stack]) -> Chart:
    """Return a column for each name, whose pieces lie on top of each other."""
    ticks = axis(max((sum(value for _, value in stack) for stack in stacks), default=0))
    wide = (WIDTH - _LEFT) / max(1, len(names))
    scale = _HEIGHT / ticks[-1]
    lines = [
        Line("grid", _LEFT, _rounded(_TOP + _HEIGHT - tick * scale), WIDTH, _rounded(_TOP + _HEIGHT - tick * scale))
        for tick in ticks
    ]
    marks = [Mark(_LEFT - 8, line.y1 + 5, _number(tick), "end") for line, tick in zip(lines, ticks, strict=True)]
    pieces = []
    for place, (name, stack) in enumerate(zip(names, stacks, strict=True)):
        left, bottom = _LEFT + wide * place + wide * 0.1, float(_TOP + _HEIGHT)
        for tone, value in stack:
            if value:
                bottom -= value * scale
                size = _rounded(wide * 0.8), _rounded(value * scale)
                pieces.append(Piece(tone, _rounded(left), _rounded(bottom), *size))
        marks.append(Mark(_rounded(left + wide * 0.4), _TOP + _HEIGHT + 22, name))
    return Chart(WIDTH, _TOP + _HEIGHT + _BELOW, lines, pieces, marks)


def bars(names: Sequence[Text], stacks: Sequence[Stack], *, line: float | None = None, whole: bool = True) -> Chart:
    """Return a bar for each name, which stands above it, and a line across all of them where one is given."""
    sums = [sum(value for _, value in stack) for stack in stacks]
    ticks = axis(max([*sums, line or 0], default=0), whole=whole)
    scale = (WIDTH - _LEFT) / ticks[-1]
    bottom = _TOP + _ROW * len(names)
    lines = [Line("grid", _rounded(tick * scale), _TOP, _rounded(tick * scale), bottom) for tick in ticks]
    marks = [
        Mark(at.x1, bottom + 22, _number(tick), "start" if tick == 0 else "middle")
        for at, tick in zip(lines, ticks, strict=True)
    ]
    pieces = []
    for place, (name, stack) in enumerate(zip(names, stacks, strict=True)):
        top, left = _TOP + _ROW * place + _ROW - _BAR - 4, 0.0
        for tone, value in stack:
            if value:
                pieces.append(Piece(tone, _rounded(left), top, _rounded(value * scale), _BAR))
                left += value * scale
        marks.append(Mark(0, top - 6, name, "start"))
        marks.append(Mark(_rounded(left + 6), top + 13, _number(sums[place]), "start"))
    if line is not None:
        lines.append(Line("median", _rounded(line * scale), _TOP, _rounded(line * scale), bottom))
    return Chart(WIDTH, bottom + _BELOW, lines, pieces, marks)


def _number(value: float) -> Text:
    told = f"{value:g}" if value < 1_000 else f"{value:.0f}"
    return Text(told, told)


def _rounded(value: float) -> float:
    return round(value, 1)
