"""docs/performance.md: what was measured, when and where, beside the budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.budget import Judged, shown
from benchmarks.figures import HEADS, Plain, Row, cells, growth, markdown

_HOW: Final = """\
The real web server answers with the workers of the default configuration, authenticated, scoped, with its request log
on, over 8 connections; generator, web server and database share the machine. Every round has each operation as F, P,
ours and R one after the other, on a fresh copy of the office; a figure is the median of the rounds.

- **F** is a bare Flask view under the same server, **P** our own statements of the operation in `pgbench -M prepared`
  with 8 connections, **R** the reference statement in `benchmarks/reference`, **H** = 1/(1/F + 1/P).
- *stmts* are the statements of a request without BEGIN and COMMIT, *web us* and *db us* the CPU of the web server and
  of PostgreSQL in microseconds a request, *gen* the generator's share of all the CPU that was used.
- A due clock is swept without HTTP, in the larger office beside clocks that are not due; its P is its alerts inserted
  without looking at any case."""
_VERDICTS: Final = {"met": "met", "short": "not yet", "exceeded": "**exceeded**"}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When, on what and how it was measured. `load` is how many processes wanted to run just before, on average."""

    date: str
    commit: str
    machine: str
    generator: str
    rounds: int
    load: float
    processors: int

    @property
    def busy(self) -> bool:
        """Whether the machine had other things to do, so that the figures mean little."""
        return self.load > 0.25 * self.processors

    def lines(self) -> list[str]:
        """Return what one has to know to read the figures."""
        told = [
            f"{self.date}, commit {self.commit}, {self.machine}; {self.rounds} rounds; load by {self.generator}.",
        ]
        if self.busy:
            told.append(
                f"The machine was busy: {self.load:.1f} processes wanted to run on {self.processors} processors before"
                " the run began. These figures say little."
            )
        return told


def performance(
    circumstances: Circumstances, rows: Sequence[Row | Plain], judged: Sequence[Judged], working_time: Sequence[str]
) -> str:
    """Return the whole page."""
    parts = [
        "# Performance",
        "`make bench` writes this page.",
        "\n\n".join(circumstances.lines()),
        _HOW,
        markdown(HEADS, [cells(row) for row in rows]),
    ]
    kept = growth(rows)
    if kept:
        titles = {row.key: row.title for row in rows}
        lines = [(server, titles[key], f"{share:.2f}") for (server, key), share in kept.items()]
        parts += ["## Growth", "What share of its rate an operation keeps at the larger size."]
        parts.append(markdown(("server", "operation", "kept"), lines, 2))
    parts += [
        "## Budget",
        "A line of `benchmarks/budget.toml` may not be exceeded; the target beside it is where it shall go.",
        markdown(("figure", "on", "measured", "line", "target", "target is"), [_budgeted(one) for one in judged], 2),
    ]
    parts += ["## Working time", "In this process, without a database.", "\n".join(["```", *working_time, "```"])]
    return "\n\n".join(parts) + "\n"


def _budgeted(one: Judged) -> tuple[str, ...]:
    sign = "≤" if one.line.upper else "≥"
    line = "–" if one.line.limit is None else f"{sign} {shown(one.line.limit)}"
    figure = one.figure
    return (
        figure.name,
        figure.where,
        shown(figure.value),
        line,
        f"{sign} {shown(one.line.target)}",
        _VERDICTS[one.verdict],
    )
