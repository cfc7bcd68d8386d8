"""A whole run: on each server the office at each size, the sweep, and what is held on disk and in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Final

from benchmarks import memory, sweep
from benchmarks.budget import Figure
from benchmarks.figures import Plain, Row, growth
from benchmarks.rounds import Plan, measure
from benchmarks.servers import TEMPLATE, Server, running

_FEW: Final = 5
"""So many cases there are when the sweep copies one of them."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured; `sizes` are numbers of cases, the smaller first."""

    servers: Sequence[str]
    sizes: Sequence[int]
    plan: Plan
    sweep: sweep.Load
    requests: int
    """So many are sent before the memory of a web worker is looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on one server: rows of the table, and single figures."""

    rows: list[Row | Plain]
    figures: list[Figure]


def everything(extent: Extent, log: IO[bytes], tell: Callable[[str], None]) -> Iterator[Found]:
    """Give what was found, server by server; `tell` gets a sentence where another part begins.

    `log` gets what the web servers say.
    """
    for kind in extent.servers:
        with running(kind) as server:
            yield _on(server, extent, log, tell)


def _on(server: Server, extent: Extent, log: IO[bytes], tell: Callable[[str], None]) -> Found:
    server.casework("database", "upgrade")
    empty = server.size(TEMPLATE)
    server.casework("demo", "load", "--cases", str(_FEW))
    tell(f"{server.name}: sweeping {extent.sweep.due:,} due clocks beside {extent.sweep.others:,} others")
    rows: list[Row | Plain] = list(sweep.measure(server, extent.sweep))
    figures: list[Figure] = []
    loaded = _FEW
    for size in extent.sizes:
        tell(f"{server.name}: loading {size - loaded:,} cases")
        # The few that the sweep needed are among the first: their pages were not full.
        before, had = (empty, 0) if loaded == _FEW else (server.size(TEMPLATE), loaded)
        server.casework("demo", "load", "--cases", str(size - loaded), "--seed", str(size))
        server.tidy(TEMPLATE)
        where = f"{server.name}, {size:,} cases"
        figures.append(Figure("database.kb_a_case", where, (server.size(TEMPLATE) - before) / (size - had) / 1000))
        loaded = size
        rows += measure(server, size, extent.plan, log, tell)
    tell(f"{server.name}: looking at the memory")
    figures.append(Figure("memory.worker_mb", server.name, memory.worker_mb(server, log, extent.requests)))
    figures.append(Figure("memory.idle_mb", server.name, memory.idle_mb(server, log)))
    return Found(rows, figures)


def figures_of(rows: Sequence[Row | Plain]) -> list[Figure]:
    """Return the figures of the rows that the budget may speak of."""
    found = [figure for row in rows for figure in _of(row)]
    kept = growth(rows)
    return found + [Figure(f"{key}.kept", server, share) for (server, key), share in kept.items()]


def _of(row: Row | Plain) -> Iterator[Figure]:
    where = f"{row.server}, {row.cases:,} cases"
    if isinstance(row, Plain):
        yield Figure(f"{row.key}.rate", where, row.rate)
        return
    yield Figure(f"{row.key}.statements", where, row.statements)
    named = {
        "of_ideal": row.middle(lambda one: one.of_ideal),
        "own_of_reference": row.middle(lambda one: one.own_of_reference),
        "p99_ms": row.middle(lambda one: one.p99_ms),
    }
    for name, value in named.items():
        if value is not None:
            yield Figure(f"{row.key}.{name}", where, value)
