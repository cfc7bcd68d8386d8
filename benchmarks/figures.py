"""The figures of a run, and the table that shows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final


@dataclass(frozen=True, slots=True)
class Round:
    """One round of an operation. Rates are a second, times of an answer in ms, CPU in microseconds a request.

    `bare` is F, `own` P and `reference` R; the last is None where there is no reference statement. `generator` is its
    share of all the CPU that generator, web server and database used.
    """

    ours: float
    p50_ms: float
    p99_ms: float
    web_us: float
    database_us: float
    generator: float
    bare: float
    own: float
    reference: float | None = None

    @property
    def ideal(self) -> float:
        """H: what a bare view and our own statements would give one after the other."""
        return 1 / (1 / self.bare + 1 / self.own)

    @property
    def of_ideal(self) -> float:
        """us/H"""
        return self.ours / self.ideal

    @property
    def own_of_reference(self) -> float | None:
        """P/R"""
        return None if self.reference is None else self.own / self.reference


@dataclass(frozen=True, slots=True)
class Row:
    """An operation on one server at one size, with all its rounds."""

    server: str
    cases: int
    key: str
    title: str
    statements: int
    rounds: tuple[Round, ...]

    def middle(self, of: Callable[[Round], float | None]) -> float | None:
        """Return the median of a figure over the rounds, None where it was not measured."""
        values = [value for value in map(of, self.rounds) if value is not None]
        return median(values) if values else None


@dataclass(frozen=True, slots=True)
class Plain:
    """A row of which only the rate was measured, and for P what it cannot do without."""

    server: str
    cases: int
    key: str
    title: str
    rate: float
    own: float | None = None


HEADS: Final = (
    "server", "cases", "operation", "ours/s", "p50 ms", "p99 ms", "stmts", "web us", "db us", "gen", "F/s", "P/s",
    "R/s", "H/s", "us/H", "P/R",
)  # fmt: skip
_TEXTS: Final = 3
"""So many columns from the left hold words."""


def cells(row: Row | Plain) -> tuple[str, ...]:
    """Return what the table shows of a row, medians of its rounds."""
    named = (row.server, f"{row.cases:,}", row.title)
    if isinstance(row, Plain):
        return (*named, _rate(row.rate), *["–"] * 7, _rate(row.own), *["–"] * 4)
    return (
        *named,
        _rate(row.middle(lambda one: one.ours)),
        _time(row.middle(lambda one: one.p50_ms)),
        _time(row.middle(lambda one: one.p99_ms)),
        str(row.statements),
        _rate(row.middle(lambda one: one.web_us)),
        _rate(row.middle(lambda one: one.database_us)),
        f"{100 * (row.middle(lambda one: one.generator) or 0):.0f} %",
        _rate(row.middle(lambda one: one.bare)),
        _rate(row.middle(lambda one: one.own)),
        _rate(row.middle(lambda one: one.reference)),
        _rate(row.middle(lambda one: one.ideal)),
        _share(row.middle(lambda one: one.of_ideal)),
        _share(row.middle(lambda one: one.own_of_reference)),
    )


def table(rows: Sequence[Row | Plain]) -> str:
    """Return the table for a terminal."""
    lines = [HEADS, *map(cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < _TEXTS and column != 1 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def markdown(heads: Sequence[str], lines: Sequence[Sequence[str]], texts: int = _TEXTS) -> str:
    """Return a table for a page, the columns after the first `texts` aligned to the right."""
    rule = ["---" if column < texts else "---:" for column in range(len(heads))]
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, rule, *lines))


def growth(rows: Sequence[Row | Plain]) -> dict[tuple[str, str], float]:
    """Return what share of its rate each operation keeps from its smallest to its largest size, by server and key."""
    sizes: dict[tuple[str, str], dict[int, float]] = {}
    for row in rows:
        sizes.setdefault((row.server, row.key), {})[row.cases] = _ours(row)
    return {of: rates[max(rates)] / rates[min(rates)] for of, rates in sizes.items() if len(rates) > 1}


def _ours(row: Row | Plain) -> float:
    return row.rate if isinstance(row, Plain) else row.middle(lambda one: one.ours) or 0


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _time(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"
