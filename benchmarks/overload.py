"""What a crowd does to those who are answered: `python -m benchmarks.overload`, a table in docs/promises.md.

Eight connections and then 256, each with one request under way, read queue, cases and search from the web server with
the workers of the default configuration. Whoever would wait longer than two seconds for a thread is told 503.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime
from tempfile import NamedTemporaryFile
from typing import Any, Final

import structlog

from benchmarks.client import CONNECTIONS, SEPARATOR
from benchmarks.office import Prepared, office
from benchmarks.operations import mixed
from benchmarks.processes import web
from benchmarks.servers import TEMPLATE, running, written
from casework.settings import ROOT

_PAGE: Final = ROOT / "docs" / "promises.md"
_BEGIN: Final = "<!-- overload -->"
_END: Final = "<!-- end of overload -->"
_CROWD: Final = 256
_WAIT_MS: Final = 2_000


def main() -> int:
    """Measure, print, and return 1 where the crowd's slowest hundredth is over its bound."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.overload", description=__doc__)
    asked.add_argument("--cases", type=int, default=3_000, help="cases of the demonstration")
    asked.add_argument("--seconds", type=float, default=20)
    given = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with running("private") as server, NamedTemporaryFile() as log:
        server.casework("database", "upgrade")
        server.casework("demo", "load", "--cases", str(given.cases))
        server.tidy(TEMPLATE)
        url = written(server.app(TEMPLATE))
        with office(server.settings, url) as here:
            prepared = here.prepare(writes=1)
        with web(server.settings, url, log) as (port, _):
            _sent(port, prepared, CONNECTIONS, 2)
            few, many = (_sent(port, prepared, number, given.seconds) for number in (CONNECTIONS, _CROWD))
    bound = 3 * few["p99"] + _WAIT_MS
    table = "\n".join(
        (
            "| connections | answered a second | p50 ms | p99 ms | told to come again |",
            "| ---: | ---: | ---: | ---: | ---: |",
            _row(CONNECTIONS, few),
            _row(_CROWD, many),
            "",
            f"p99 of the crowd may be {bound:,.0f} ms. {datetime.now(UTC):%Y-%m-%d}, {given.cases:,} cases,"
            f" {os.cpu_count()} processors.",
        )
    )
    sys.stdout.write(f"{table}\n")
    head, _, rest = _PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    _PAGE.write_text(f"{head}{_BEGIN}\n\n{table}\n\n{_END}{rest.partition(_END)[2]}", encoding="utf-8")
    return int(many["p99"] > bound)


def _sent(port: int, prepared: Prepared, connections: int, seconds: float) -> dict[str, Any]:
    """What the client of ours saw, in a process of its own."""
    with NamedTemporaryFile() as file:
        file.write(SEPARATOR.join(request.raw() for request in mixed(prepared, 600)))
        file.flush()
        command = [sys.executable, "-m", "benchmarks.client", str(port), file.name, "again", str(seconds)]
        done = subprocess.run([*command, str(connections)], capture_output=True, text=True, cwd=ROOT, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    if found["refused"] > found["shed"]:
        raise RuntimeError(f"Requests were refused: {found}")
    return found


def _row(connections: int, found: dict[str, Any]) -> str:
    answered = found["requests"] / found["seconds"]
    return f"| {connections} | {answered:,.0f} | {found['p50']:,.1f} | {found['p99']:,.1f} | {found['shed']} |"


if __name__ == "__main__":
    sys.exit(main())
