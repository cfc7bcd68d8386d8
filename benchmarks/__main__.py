"""`make bench`: one table, docs/performance.md, and status 1 where a line of the budget is exceeded."""

import argparse
import logging
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

import structlog

from benchmarks import arithmetic, budget, generator
from benchmarks.figures import Plain, Row, table
from benchmarks.memory import REQUESTS
from benchmarks.page import Circumstances, performance
from benchmarks.rounds import Plan
from benchmarks.run import Extent, everything, figures_of
from benchmarks.servers import kinds
from benchmarks.sweep import Load
from casework.settings import ROOT

_PAGE: Final = ROOT / "docs" / "performance.md"
_GROWTH: Final = 10
_FEWEST: Final = 100
"""The reference statements need some cases to choose from."""


def main() -> int:
    """Measure, print, write; gives the status."""
    asked = _arguments().parse_args()
    asked.cases = max(asked.cases, _FEWEST)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    lines = budget.read()
    circumstances = _circumstances(asked.rounds)
    extent = Extent(
        servers=asked.server or kinds(),
        sizes=sorted({asked.cases, asked.larger or _GROWTH * asked.cases}),
        plan=Plan(asked.rounds, asked.seconds, asked.writes),
        sweep=Load(asked.due, asked.others),
        requests=asked.requests,
    )
    rows: list[Row | Plain] = []
    figures: list[budget.Figure] = []
    with NamedTemporaryFile(prefix="casework-bench-", suffix=".log", delete=False) as log:
        _say(*circumstances.lines(), f"The web servers log to {log.name}.")
        for found in everything(extent, log, _tell):
            rows, figures = rows + found.rows, figures + found.figures
    judged = budget.judge(lines, figures_of(rows) + figures)
    working_time = list(arithmetic.lines())
    _say(
        "",
        table(rows),
        "",
        *working_time,
        "",
        *(f"{one.name} on {one.where}: {budget.shown(one.value)}" for one in figures),
    )
    asked.page.write_text(performance(circumstances, rows, judged, working_time), encoding="utf-8")
    Path(log.name).unlink()
    broken = budget.exceeded(judged)
    _say("", f"{asked.page} has the figures beside the budget.", *broken)
    return 1 if broken else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--cases", type=int, default=100_000, help=f"cases of the smaller office, at least {_FEWEST}")
    add("--larger", type=int, help=f"cases of the larger office, {_GROWTH} times as many unless said")
    add("--rounds", type=int, default=5, help="interleaved rounds")
    add("--seconds", type=float, default=3, help="for each reading operation in each round")
    add("--writes", type=int, default=250, help="writes of each kind, connection and round")
    add("--due", type=int, default=10_000, help="clocks that are due at once, at least 1,000")
    add("--others", type=int, default=990_000, help="clocks beside them that are not")
    add("--requests", type=int, default=REQUESTS, help="requests before the memory of a worker is looked at")
    add("--server", action="append", choices=kinds(), help="only on this server")
    add("--page", type=Path, default=_PAGE, help="where the page is written")
    return parser


def _circumstances(rounds: int) -> Circumstances:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=False)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    processors = os.cpu_count() or 1
    return Circumstances(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        commit=(commit.stdout.strip() or "unknown") + (" with changes" if changed.stdout.strip() else ""),
        machine=f"{processors} processors ({_processor()}), {memory:.0f} GiB, Python {platform.python_version()}",
        generator=generator.name(),
        rounds=rounds,
        load=os.getloadavg()[0],
        processors=processors,
    )


def _processor() -> str:
    """What the machine calls its processor."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _tell(sentence: str) -> None:
    """Say on standard error how far it is."""
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {sentence}\n")


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201 - the result is what is asked for


if __name__ == "__main__":
    sys.exit(main())
