"""The load: eight connections that send prepared requests, by wrk where it is installed, else by our own client."""

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from benchmarks.client import SEPARATOR
from benchmarks.office import CONNECTIONS, Request
from casework.settings import ROOT

_SCRIPT: Final = Path(__file__).with_name("wrk.lua")
_LONGEST_S: Final = 3600
"""So long requests that are sent once may take in all."""


@dataclass(frozen=True, slots=True)
class Load:
    """What the generator saw: requests answered, seconds in all, milliseconds, and CPU seconds of its own."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu_s: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def name() -> str:
    """Return what generates the load here."""
    return "wrk" if shutil.which("wrk") else "benchmarks/client.py (wrk is not installed)"


def send(port: int, requests: Iterable[Request], *, seconds: float | None = None) -> Load:
    """Send the requests in turns, again and again for so many whole seconds, or each of them once.

    Raises RuntimeError where one is refused or lost: what is measured must be what was asked for.
    """
    how, lasts = ("once", _LONGEST_S) if seconds is None else ("again", max(1, round(seconds)))
    with NamedTemporaryFile() as file:
        file.write(SEPARATOR.join(request.raw() for request in requests))
        file.flush()
        before = _cpu_of_children()
        done = subprocess.run(
            _command(port, file.name, how, lasts), capture_output=True, text=True, cwd=ROOT, check=False
        )
        used = _cpu_of_children() - before
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise RuntimeError(f"The generator ended with status {done.returncode}: {done.stdout}{done.stderr}")
    told = json.loads(lines[-1])
    if told["refused"] or told["lost"] or not told["requests"]:
        raise RuntimeError(f"Requests were refused or lost: {told}")
    return Load(told["requests"], told["seconds"], told["p50"], told["p99"], used)


def _command(port: int, file: str, how: str, seconds: int) -> list[str]:
    if not shutil.which("wrk"):
        return [sys.executable, "-m", "benchmarks.client", str(port), file, how, str(seconds)]
    options = ["-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--timeout", "30s", "-s", str(_SCRIPT)]
    return ["wrk", *options, f"http://127.0.0.1:{port}", "--", file, how]


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
