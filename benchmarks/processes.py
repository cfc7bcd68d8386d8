"""The web servers that are measured, and what processes use: seconds of CPU, and memory."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from casework.processes import web_command
from casework.settings import ROOT, Settings

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_LONGEST_START_S: Final = 60
_BARE: Final = "benchmarks.bare:gateway"


@contextmanager
def web(settings: Settings, database_url: str, log: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Give the port and the process id of the real web server on this database; its request log goes to `log`."""
    port = free_port()
    command = web_command("127.0.0.1", port, settings.web.workers)
    with _serving(command, settings.environment(port, database_url), port, log) as process:
        yield port, process


@contextmanager
def bare(settings: Settings, log: IO[bytes]) -> Iterator[int]:
    """Give the port of the same web server, with as many workers and threads, that serves the bare view."""
    port = free_port()
    command = web_command("127.0.0.1", port, settings.web.workers)
    with _serving([*command[:-1], _BARE], settings.environment(port, ""), port, log):
        yield port


@contextmanager
def _serving(command: list[str], environment: Mapping[str, str], port: int, log: IO[bytes]) -> Iterator[int]:
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_until_ready(process, port)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    """Return once it answers there; raises RuntimeError where it ends or takes too long."""
    limit = time.monotonic() + _LONGEST_START_S
    while not _ready(port):
        if process.poll() is not None or time.monotonic() > limit:
            raise RuntimeError(f"The web server did not start; its log says why. It was {process.args!r}.")
        time.sleep(0.1)


def free_port() -> int:
    """Return a port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ready(port: int) -> bool:
    with suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.client.OK
        finally:
            connection.close()
    return False


def tree(process: int) -> list[int]:
    """Return the process and all that it started and that still run."""
    found = [process]
    for parent in found:
        with suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def parent_of(process: int) -> int:
    """Return the id of the process that started this one."""
    return int(_stat(process)[1])


def cpu_s(process: int) -> float:
    """Return the seconds of CPU that a process and all that it started have used, those that have ended included."""
    used = 0.0
    for one in tree(process):
        with suppress(OSError):
            used += sum(map(int, _stat(one)[11:15])) / _TICKS
    return used


def memory_mb(process: int) -> float:
    """Return the memory of one process in megabytes, with its share of what it shares with others.

    A process that has ended since it was listed, as PostgreSQL's helpers do, holds none.
    """
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    for line in told:
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError(f"Nothing tells what process {process} holds.")


def _stat(process: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may hold blanks: the state, the parent, …"""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
