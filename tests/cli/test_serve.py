"""The whole service as one command: it starts, is signed in to, survives, stops in order, and leaves nothing behind."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

import pytest

from casework.embedded import PrivateServer
from casework.settings import ROOT
from tests.cli.terminal import LONGEST_S, SCRIPT, Terminal, alive, environment, tree_of, until

ORDERLY_S = 15


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """`casework serve --demo` in a home, on a free port."""

    def __init__(self, home: Path, **more: str) -> None:
        self.port = free_port()
        self.log = home.with_name(f"{home.name}.log")
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [SCRIPT, "serve", "--demo", "--port", str(self.port)],
                env=environment(home, **more),
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )

    def printed_until(self, words: str) -> str:
        """What it prints on standard output up to a line with these words."""
        assert self.process.stdout is not None
        printed = ""
        for line in self.process.stdout:
            printed += line
            if words in line:
                return printed
        raise AssertionError(f"It ended without {words!r}: {printed}{self.log.read_text()}")

    def get(self, path: str, method: str = "GET", body: Any = None, token: str = "") -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except OSError:
            return 0, None
        finally:
            connection.close()

    def ready(self) -> bool:
        """Whether it answers, with a scheduler that beats."""
        status, told = self.get("/readyz")
        return (status, told and told["scheduler"]) == (200, "ok")

    def stop(self, *requests: signal.Signals) -> int:
        """Ask it to stop and give its exit status; nothing that it started may be left."""
        all_of_it = tree_of(self.process.pid)
        for request in requests:
            self.process.send_signal(request)
        status = self.process.wait(ORDERLY_S)
        assert alive(all_of_it) == set()
        return status

    def child(self, words: str) -> int:
        """The child process whose command line has these words."""
        for pid in sorted(tree_of(self.process.pid) - {self.process.pid}):
            if words in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "):
                return pid
        raise AssertionError(f"no child runs {words}")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home of its own, whose data are removed afterwards."""
    home = tmp_path / "home"
    yield home
    PrivateServer(home).remove()


@pytest.fixture
def running(home: Path) -> Iterator[list[Running]]:
    """What a test started; ended at the latest when the test is over."""
    started: list[Running] = []
    yield started
    for one in started:
        with one.process:
            one.process.kill()


def test_the_demonstration_from_its_first_start_to_a_crash_and_on(home: Path, running: list[Running]) -> None:
    first = Running(home)
    running.append(first)
    printed = first.printed_until("ready at")
    assert printed.endswith(f"The service is ready at http://127.0.0.1:{first.port}\n")
    assert "cases 20." in printed
    password = re.search(r"^supervisor-sd +(\S+)$", printed, re.MULTILINE)
    assert password is not None
    credentials = {"username": "supervisor-sd", "password": password[1]}
    status, signed_in = first.get("/api/v1/auth/token", "POST", credentials)
    assert status == 200
    status, found = first.get("/api/v1/cases", token=signed_in["access_token"])
    assert (status, len(found["items"])) == (200, 20)
    assert until(first.ready)
    assert first.stop(signal.SIGTERM) == 0

    second = Running(home)
    running.append(second)
    assert second.printed_until("ready at").startswith("The service is ready at ")
    assert until(second.ready)
    all_of_it = tree_of(second.process.pid)
    second.process.kill()
    second.process.wait()
    assert until(lambda: alive(all_of_it) == set(), seconds=30)

    third = Running(home)
    running.append(third)
    third.printed_until("ready at")
    assert third.get("/api/v1/cases", token=signed_in["access_token"])[0] == 200
    assert third.stop(signal.SIGINT, signal.SIGINT) == 0


def test_what_ends_is_started_again(home: Path, running: list[Running]) -> None:
    one = Running(home)
    running.append(one)
    one.printed_until("ready at")
    assert until(one.ready)

    for words in ("-m uvicorn", "-m casework.cli scheduler", "/bin/postgres -D"):
        ended = one.child(words)
        subprocess.run(["kill", "-KILL", str(ended)], check=True)
        assert until(lambda pid=ended: alive({pid}) == set())  # type: ignore[misc]
        assert until(lambda words=words: has_child(one, words) and one.ready()), words  # type: ignore[misc]
    assert one.process.poll() is None
    assert one.stop(signal.SIGTERM) == 0


def has_child(one: Running, words: str) -> bool:
    try:
        return one.child(words) > 0
    except (AssertionError, OSError):
        return False


def test_whoever_interrupts_the_first_start_has_the_passwords_and_no_process_left(
    home: Path, running: list[Running], tmp_path: Path
) -> None:
    many = tmp_path / "many.toml"
    many.write_text('[office]\nlanguage = "en"\n[demo]\ncases = 100000\n')
    one = Running(home, CASEWORK_CONFIG=str(many))
    running.append(one)
    assert re.search(r"^caseworker +\S{16}$", one.printed_until("supervisor-sd"), re.MULTILINE)
    # It does not listen yet, but will; two services on one port would each get half of the requests.
    told = Terminal(tmp_path / "another").refuses("serve", "--port", str(one.port))
    assert told.startswith(f"Port {one.port} of 127.0.0.1 cannot be used (Address already in use).")

    assert one.stop(signal.SIGTERM) == 0
    assert "Traceback" not in one.log.read_text()


def test_a_port_that_is_taken_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = Terminal(tmp_path).refuses("serve", "--demo", "--port", str(port))

    assert told.startswith(f"Port {port} of 127.0.0.1 cannot be used (Address already in use).")
    assert not (tmp_path / "postgres.lock").exists()


def test_an_address_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    told = Terminal(tmp_path).refuses("serve", "--host", "203.0.113.9")

    assert told.startswith("Port 8000 of 203.0.113.9 cannot be used (Cannot assign requested address).")


def test_the_scheduler_alone_stops_promptly_and_the_web_server_alone_answers(office: Terminal) -> None:
    office.says("sweep")
    log = office.home / "scheduler.log"
    with log.open("w") as errors:
        process = subprocess.Popen([SCRIPT, "scheduler"], env=environment(office.home), cwd=ROOT, stderr=errors)
    assert until(lambda: "scheduler_started" in log.read_text())
    began = monotonic()
    process.terminate()
    assert process.wait(LONGEST_S) == 0
    assert monotonic() - began < ORDERLY_S
    assert "scheduler_stopped" in log.read_text()

    port = free_port()
    web_alone = [SCRIPT, "web", "--port", str(port)]
    with subprocess.Popen(
        web_alone,
        env=environment(office.home),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as web:
        assert web.stdout is not None
        assert web.stdout.readline() == f"The service is ready at http://127.0.0.1:{port}\n"
        all_of_it = tree_of(web.pid)
        web.terminate()
        assert web.wait(ORDERLY_S) == 0
    assert alive(all_of_it) == set()
    assert PrivateServer(office.home).running()


def test_a_database_that_freezes_is_noticed_left_behind_and_found_again(home: Path, running: list[Running]) -> None:
    one = Running(home)
    running.append(one)
    password = re.search(r"^supervisor-sd +(\S+)$", one.printed_until("ready at"), re.MULTILINE)
    assert password is not None
    status, signed_in = one.get("/api/v1/auth/token", "POST", {"username": "supervisor-sd", "password": password[1]})
    assert status == 200
    assert until(one.ready)
    frozen = tree_of(one.child("/bin/postgres -D"))
    try:
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        asked = [
            Thread(target=one.get, args=("/api/v1/queue", "GET", None, signed_in["access_token"])) for _ in range(6)
        ]
        for thread in asked:
            thread.start()
        assert until(lambda: one.get("/readyz")[0] == 503)
        assert one.get("/readyz")[1]["database"] == "unreachable"
        assert one.get("/healthz")[0] == 200
        # Who waits for its answer is let go, and told so.
        for thread in asked:
            thread.join(LONGEST_S)
        assert not any(thread.is_alive() for thread in asked)
        assert one.get("/api/v1/queue", token=signed_in["access_token"])[0] == 503
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    assert until(one.ready)
    assert one.get("/api/v1/queue", token=signed_in["access_token"])[0] == 200
    assert one.stop(signal.SIGTERM) == 0
