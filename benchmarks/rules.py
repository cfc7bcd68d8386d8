"""How long a write waits while rules are loaded: `python -m benchmarks.rules --open 10000`, a table to print.

Two clerks claim and release cases over HTTP, one after another, while another process loads a calendar with three more
holidays, which moves clocks of most open cases. Told are the slowest hundredth and the longest of their requests,
before and meanwhile.
"""

import argparse
import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog

from benchmarks.office import Office, Request, Writer, office
from benchmarks.servers import Server, running, written
from benchmarks.sweep import open_cases
from casework.app import service_of
from casework.settings import ROOT

_CLERKS: Final = 2
_WRITES: Final = 20
"""So many cases has each clerk to claim and release in turn."""
_QUIET_S: Final = 5.0


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.rules", description=__doc__)
    asked.add_argument("--cases", type=int, default=2_000, help="cases of the demonstration")
    asked.add_argument("--open", type=int, default=10_000, help="open cases beside them, of which each has to move")
    asked.add_argument("--seconds", type=float, help="break the load off after so long")
    given = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with running("private") as server:
        server.casework("database", "upgrade")
        server.casework("demo", "load", "--cases", str(given.cases))
        url = written(server.app("casework"))
        service = service_of(server.settings, url)
        open_cases(service, "BENCH-OPEN-", given.open, ["review"], ahead="30 days")
        service.database.close()
        server.tidy("casework")
        with office(server.settings, url) as asking:
            writers = asking.prepare(_WRITES).writers["ours"][:_CLERKS]
            file = _three_more_holidays(asking, writers[0].token, server.settings.home)
        clerks = [_Clerk(server, url, writer) for writer in writers]
        for clerk in clerks:
            clerk.start()
        time.sleep(_QUIET_S)
        began = time.perf_counter()
        told = _loaded(server, file, given.seconds)
        ended = time.perf_counter()
        for clerk in clerks:
            clerk.stop()
    before = [took for clerk in clerks for at, took in clerk.took if at + took < began]
    meanwhile = [took for clerk in clerks for at, took in clerk.took if at + took >= began and at < ended]
    _say(f"{given.cases} cases and {given.open} open ones, in {ended - began:.0f} s: {told}")
    _say("| writes | number | median ms | slowest hundredth ms | longest ms |")
    _say("| --- | ---: | ---: | ---: | ---: |")
    _say(_row("before", before))
    _say(_row("while rules are loaded", meanwhile))


class _Clerk(threading.Thread):
    """Claims and releases cases one after another, and notes when each request began and what it took."""

    def __init__(self, server: Server, url: str, writer: Writer) -> None:
        super().__init__(daemon=True)
        self.took: list[tuple[float, float]] = []
        self._server, self._url, self._writer = server, url, writer
        self._stopped = threading.Event()

    def run(self) -> None:
        """Go on until stopped."""
        with office(self._server.settings, self._url) as asking:
            turn = 0
            while not self._stopped.is_set():
                case = self._writer.waiting[turn % len(self._writer.waiting)]
                for step, body in (("claim", {}), ("release", {"reason": "基准测试"})):
                    self._ask(asking, Request("POST", f"/cases/{case}/{step}", self._writer.token, body))
                turn += 1

    def stop(self) -> None:
        """Finish the request that is asked."""
        self._stopped.set()
        self.join()

    def _ask(self, asking: Office, request: Request) -> None:
        began = time.perf_counter()
        asking.ask(request)
        self.took.append((began, time.perf_counter() - began))


def _three_more_holidays(asking: Office, token: str, folder: Path) -> Path:
    """The published year of today with three more days off from tomorrow on, as a file."""
    today = datetime.now(UTC).date()
    published = asking.ask(Request("GET", "/calendars/china", token))["published"]
    [year] = [one for one in published if one["year"] == today.year]
    off = [today + timedelta(days=days) for days in range(1, 15)]
    more = [day for day in off if day.year == today.year and day.weekday() < 5][:3]
    file = folder / f"cn-{today.year}.json"
    holidays = sorted({*year["holidays"], *map(str, more)})
    file.write_text(json.dumps({**year, "holidays": holidays}), encoding="utf-8")
    return file


def _loaded(server: Server, file: Path, seconds: float | None) -> str:
    """Load it by the command, as another process; what it says of the clocks, or how far it is after so long."""
    environment = server.settings.environment(server.settings.port, "")
    del environment["CASEWORK_DATABASE_URL"]
    command = [sys.executable, "-m", "casework.cli", "--language", "en", "calendar", "load", str(file)]
    try:
        done = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired as broken_off:
        return f"broken off; {(broken_off.stderr or b'').decode().strip().splitlines()[-1:]}"
    if done.returncode:
        raise RuntimeError(done.stdout[-1000:] + done.stderr[-2000:])
    return " ".join(done.stdout.splitlines()[1:])


def _row(title: str, took: Sequence[float]) -> str:
    ordered = sorted(took)
    middle, slow = (ordered[int(len(ordered) * share)] for share in (0.5, 0.99))
    return f"| {title} | {len(took)} | {middle * 1e3:.1f} | {slow * 1e3:.1f} | {ordered[-1] * 1e3:.1f} |"


def _say(line: Any) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
