"""The real service for the tests that live in it: `casework serve` on a free port, spoken to over HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from casework.settings import ROOT

_LONGEST_START_S: Final = 120
_LONGEST_STOP_S: Final = 30


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass
class Running:
    """A service that runs."""

    process: subprocess.Popen[str]
    port: int
    home: Path
    environ: dict[str, str]
    said: str = ""

    def call(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Answer:
        """One request below /api/v1, or anywhere with a path that begins with `//`."""
        where = path[1:] if path.startswith("//") else f"/api/v1{path}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = "application/json"
        request = Request(f"http://127.0.0.1:{self.port}{where}", data, sent, method=method)
        try:
            with urlopen(request, timeout=30) as response:
                return Answer(response.status, response.headers, _read(response.read()))
        except HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.headers, _read(refused.read()))

    def command(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """A command of the console script in the same installation."""
        return subprocess.run(
            [sys.executable, "-m", "casework.cli", *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=120,
            cwd=ROOT,
            check=False,
            **options,
        )


def _read(raw: bytes) -> Any:
    return json.loads(raw) if raw else None


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, kind: str, config: str, *arguments: str) -> Iterator[Running]:
    """`casework serve` until the block ends; then it must stop by itself, in order and with status 0."""
    home.mkdir(exist_ok=True)
    overlay = home / "config.toml"
    overlay.write_text(config, encoding="utf-8")
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CASEWORK_")}
    environ |= {
        "CASEWORK_ENV": kind,
        "CASEWORK_HOME": str(home / "instance"),
        "CASEWORK_CONFIG": str(overlay),
        "PORT": str(port),
    }
    with open(home / "log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "casework.cli", "serve", *arguments],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
        )
        running = Running(process, port, home, environ)
        try:
            _wait_until_ready(running)
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                running.said += process.communicate(timeout=_LONGEST_STOP_S)[0]
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                raise
    assert process.returncode == 0, (home / "log").read_text(encoding="utf-8")[-4000:]


def _wait_until_ready(running: Running) -> None:
    assert running.process.stdout is not None
    limit = time.monotonic() + _LONGEST_START_S
    for line in running.process.stdout:
        running.said += line
        if f":{running.port}" in line:
            return
        assert time.monotonic() < limit, running.said
    raise AssertionError((running.home / "log").read_text(encoding="utf-8")[-4000:])


def until(answer: Any, *, within_s: float = 30) -> Any:
    """What `answer()` gives as soon as it is true; the service works in other processes, so we have to ask again."""
    limit = time.monotonic() + within_s
    while not (found := answer()):
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.1)
    return found
