"""What breaks around the service, on purpose: the trials that take a while. All of it is on this machine, and bounded.

docs/promises.md says which other tests hold what was broken.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from casework.embedded import PrivateServer
from casework.settings import ROOT
from tests.cli.terminal import SCRIPT, alive, environment, tree_of, until
from tests.cli.test_serve import Running, free_port

pytestmark = pytest.mark.nightly


class Swallowing:
    """Stands between a program and PostgreSQL, and swallows for a while what goes through.

    The connections of before and of meanwhile stay open and dead, as when a firewall has forgotten them; what is
    connected afterwards works.
    """

    def __init__(self, place: Path, behind: str) -> None:
        self._behind = behind
        self._age = 0
        self._swallows = False
        self._ends: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(place))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def swallow(self, seconds: float) -> None:
        self._age += 1
        self._swallows = True
        sleep(seconds)
        self._age += 1
        self._swallows = False

    def close(self) -> None:
        for one in (self._listener, *self._ends):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                there = socket.socket(socket.AF_UNIX)
                there.connect(self._behind)
                self._ends += here, there
                for ends in ((here, there), (there, here)):
                    threading.Thread(target=self._pass_on, args=(*ends, self._age), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, age: int) -> None:
        with suppress(OSError):
            while said := source.recv(65_536):
                if age == self._age and not self._swallows:
                    sink.sendall(said)
            if age == self._age:
                sink.shutdown(socket.SHUT_WR)


@contextmanager
def swallowing(folder: Path, url: str) -> Iterator[tuple[Swallowing, str]]:
    """One before the private server of this URL, and the URL that leads through it."""
    behind = make_url(url)
    place, port = Path(str(behind.query["host"])), behind.query.get("port", "5432")
    one = Swallowing(folder / f".s.PGSQL.{port}", str(place / f".s.PGSQL.{port}"))
    try:
        yield one, behind.update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)
    finally:
        one.close()


def test_a_scheduler_whose_connections_are_swallowed_works_on_over_new_ones(
    database_url: str, owner_url: str, tmp_path: Path
) -> None:
    def beaten() -> Any:
        engine = create_engine(owner_url, poolclass=NullPool)
        with engine.begin() as connection:
            return connection.execute(text("select max(at) from casework.heartbeats where process = 'sweep'")).scalar()

    with swallowing(tmp_path, database_url) as (between, through):
        asked = environment(tmp_path / "home", CASEWORK_ENV="test", CASEWORK_DATABASE_URL=through)
        command = [sys.executable, "-m", "casework.cli", "scheduler"]
        with subprocess.Popen(command, env=asked, cwd=ROOT, stderr=subprocess.DEVNULL) as one:
            try:
                assert until(beaten, seconds=60)
                for _ in range(2):
                    between.swallow(14)
                    last = beaten()
                    assert until(lambda last=last: beaten() > last, seconds=40)  # type: ignore[misc]
                assert one.poll() is None
                began = monotonic()
                one.terminate()
                assert one.wait(30) == 0
                assert monotonic() - began < 15
            finally:
                one.kill()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home of its own, whose data are removed afterwards."""
    yield tmp_path / "home"
    PrivateServer(tmp_path / "home").remove()


@contextmanager
def two_workers(home: Path, tmp_path: Path) -> Iterator[Running]:
    """The demonstration with two web workers."""
    config = tmp_path / "two.toml"
    config.write_text('[office]\nlanguage = "en"\n[web]\nworkers = 2\n[demo]\ncases = 20\n')
    one = Running(home, CASEWORK_CONFIG=str(config))
    try:
        one.printed_until("ready at")
        assert until(one.ready)
        yield one
        assert one.stop(signal.SIGTERM) == 0
    finally:
        with one.process:
            one.process.kill()


def workers(one: Running) -> set[int]:
    """The web workers: what the server's first process has started, but for the helper that tidies up after it."""
    found = set()
    for pid in tree_of(one.child("-m uvicorn")) - {one.child("-m uvicorn")}:
        with suppress(OSError):
            if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text():
                found.add(pid)
    return found


def answers_soon(one: Running, within_s: float = 5) -> bool:
    return until(lambda: one.get("/healthz")[0] == 200, seconds=within_s)


def test_a_worker_that_is_stopped_hangs_nobody_for_long_and_is_replaced(home: Path, tmp_path: Path) -> None:
    with two_workers(home, tmp_path) as one:
        before = workers(one)
        assert len(before) == 2
        stopped = min(before)
        os.kill(stopped, signal.SIGSTOP)
        assert all(answers_soon(one) for _ in range(20))
        assert until(lambda: alive({stopped}) == set() and len(workers(one)) == 2, seconds=60)
        assert all(answers_soon(one) for _ in range(20))


def test_workers_that_are_killed_again_and_again_are_started_again_at_once(home: Path, tmp_path: Path) -> None:
    with two_workers(home, tmp_path) as one:
        keeper = one.child("-m uvicorn")
        for _ in range(8):
            assert until(lambda: len(workers(one)) == 2, seconds=20)
            for pid in workers(one):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            sleep(1.1)
        assert until(lambda: one.get("/healthz")[0] == 200, seconds=20)
        assert one.child("-m uvicorn") == keeper
        assert one.process.poll() is None


def test_a_keeper_that_is_killed_while_the_server_loads_leaves_the_port_free(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    try:
        command = [SCRIPT, "serve", "--demo", "--port", str(port)]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT}
        with subprocess.Popen(command, env=environment(home), start_new_session=True, **quiet) as keeper:
            assert until(lambda: any("uvicorn" in said for said in commands(tree_of(keeper.pid))), seconds=120)
            all_of_it = tree_of(keeper.pid)
            keeper.kill()
        assert until(lambda: free(port), seconds=5)
        assert until(lambda: alive(all_of_it) == set(), seconds=30)
    finally:
        PrivateServer(home).remove()


def commands(pids: set[int]) -> Iterator[str]:
    for pid in pids:
        with suppress(OSError):
            yield re.sub("\0", " ", Path(f"/proc/{pid}/cmdline").read_text())


def free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False
