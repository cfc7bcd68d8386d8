"""The budget: what may not be exceeded today, and beside it where it shall go."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

FILE: Final = Path(__file__).with_name("budget.toml")

Verdict = Literal["met", "short", "exceeded"]
"""The target is met; it is not, but the line is kept; or the line is exceeded."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the budget: `most` or `least` may not be exceeded where there is one, `target` is where it shall go.

    `upper` says whether smaller is better.
    """

    name: str
    upper: bool
    limit: float | None
    target: float

    def judge(self, value: float) -> Verdict:
        """Return how a figure stands to the line."""
        if self._beyond(value, self.target):
            return "exceeded" if self.limit is not None and self._beyond(value, self.limit) else "short"
        return "met"

    def _beyond(self, value: float, bound: float) -> bool:
        return value > bound if self.upper else value < bound


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure that a line of the budget may speak of, and where it was measured."""

    name: str
    where: str
    value: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A figure beside its line."""

    line: Line
    figure: Figure
    verdict: Verdict


def read(file: Path = FILE) -> dict[str, Line]:
    """Return the lines by name, such as `open.statements`; raises ValueError for one that says too much or too little.

    A line says `target` and one of `most` and `least`, or `target` and which way is better: `better = "less"`.
    """
    sections = tomllib.loads(file.read_text(encoding="utf-8"))
    found = (_line(f"{section}.{name}", said) for section, lines in sections.items() for name, said in lines.items())
    return {line.name: line for line in found}


def _line(name: str, said: Mapping[str, object]) -> Line:
    match said:
        case {"most": int() | float() as most, "target": int() | float() as target, **more} if not more:
            line = Line(name, True, most, target)
        case {"least": int() | float() as least, "target": int() | float() as target, **more} if not more:
            line = Line(name, False, least, target)
        case {"better": "less" | "more" as better, "target": int() | float() as target, **more} if not more:
            line = Line(name, better == "less", None, target)
        case _:
            raise ValueError(f"budget.toml: {name} says target and one of most, least and better, and nothing else.")
    if line.limit is not None and (line.target > line.limit if line.upper else line.target < line.limit):
        raise ValueError(f"budget.toml: the target of {name} lies beyond its line; the line is then the target.")
    return line


def judge(lines: Mapping[str, Line], figures: Iterable[Figure]) -> list[Judged]:
    """Return the figures of which a line speaks, each beside it, in the order of the lines."""
    order = {name: place for place, name in enumerate(lines)}
    judged = [
        Judged(lines[figure.name], figure, lines[figure.name].judge(figure.value))
        for figure in figures
        if figure.name in lines
    ]
    return sorted(judged, key=lambda one: order[one.line.name])


def exceeded(judged: Sequence[Judged]) -> list[str]:
    """Return a sentence for each line that is exceeded."""
    return [
        f"{one.line.name} is {shown(one.figure.value)} on {one.figure.where}, and benchmarks/budget.toml allows "
        f"{'at most' if one.line.upper else 'at least'} {shown(one.line.limit)}."
        for one in judged
        if one.verdict == "exceeded"
    ]


def shown(value: float | None) -> str:
    """Return a figure with as many digits as it deserves."""
    if value is None:
        return "–"
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
