"""The watchdog of a web worker, in worker processes of its own."""

import signal
import subprocess
import sys

from casework.launch import bound
from casework.settings import ROOT

WORKER = """
import os, sys, threading, time
from casework.processes import Watchdog

def application(environ, start_response):
    if environ["PATH_INFO"] == "/stuck":
        os.read(os.pipe()[0], 1)
    return Body()

class Body:
    def __iter__(self):
        return iter([b"answer"])
    def close(self):
        print("closed", flush=True)

guarded = Watchdog(application, limit_s=0.4)
"""


def worker(then: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WORKER + then]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)


def test_a_request_that_hangs_ends_its_worker_and_says_where_it_hung() -> None:
    ended = worker("guarded({'PATH_INFO': '/stuck'}, None)")

    assert ended.returncode == -9
    assert "A request has lasted" in ended.stderr
    assert "in application" in ended.stderr


def test_an_answer_that_nobody_finishes_counts_as_a_request_that_lasts() -> None:
    ended = worker("body = guarded({'PATH_INFO': '/'}, None)\nthreading.Event().wait(20)")

    assert ended.returncode == -9


def test_requests_that_end_in_time_leave_the_worker_alone() -> None:
    ended = worker(
        "end = time.monotonic() + 1.2\n"
        "while time.monotonic() < end:\n"
        "    body = guarded({'PATH_INFO': '/'}, None)\n"
        "    assert list(body) == [b'answer']\n"
        "    body.close()\n"
    )

    assert ended.returncode == 0
    assert set(ended.stdout.split()) == {"closed"}


def test_a_worker_whose_server_has_gone_ends() -> None:
    server = (
        "import subprocess, sys\nworker = subprocess.Popen([sys.executable, '-c', sys.argv[1]])\nsys.stdin.readline()\n"
    )
    lives = WORKER + "print(os.getpid(), flush=True)\nthreading.Event().wait()"
    process = subprocess.Popen(
        [sys.executable, "-c", server, lives], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert int(process.stdout.readline()) > 0

    process.kill()

    # The worker holds the other end of this pipe: reading ends when it does.
    assert process.communicate(timeout=30)[0] == ""


def test_a_program_is_told_when_the_process_that_started_it_ends() -> None:
    starter = (
        "import signal, subprocess, sys\n"
        "from casework.launch import bound\n"
        "told = \"trap 'echo told; exit' TERM; echo ready; while :; do sleep 0.05; done\"\n"
        "subprocess.Popen(bound(['/bin/sh', '-c', told], ends_by=signal.SIGTERM))\n"
        "sys.stdin.readline()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", starter], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"

    process.kill()

    assert process.communicate(timeout=30)[0] == "told\n"


def test_a_program_whose_starter_has_gone_already_is_not_begun() -> None:
    command = bound(["/bin/echo", "begun"], ends_by=signal.SIGTERM)
    command[4] = "1"

    assert subprocess.run(command, capture_output=True, text=True).stdout == ""
