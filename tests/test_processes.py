"""The watchdog of a web worker, in worker processes of its own."""

import signal
import subprocess
import sys

from casework.launch import bound
from casework.settings import ROOT

WORKER = """
import ctypes, multiprocessing, os, sys, threading, time
from casework import processes
from casework.processes import Watchdog

processes._STUCK_S = 1
longest = 0.0
Watchdog(lambda: longest, limit_s=0.4).start()
"""


def worker(then: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WORKER + then]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)


def test_a_request_that_hangs_ends_its_worker_and_says_where_it_hung() -> None:
    ended = worker("longest = 0.5\ndef hangs():\n    threading.Event().wait(20)\nhangs()")

    assert ended.returncode == -9
    assert "A request has lasted" in ended.stderr
    assert "in hangs" in ended.stderr


def test_whoever_keeps_the_interpreters_lock_ends_the_worker_and_is_named() -> None:
    ended = worker("def greedy():\n    ctypes.PyDLL(None).sleep(20)\ngreedy()")

    assert ended.returncode == 1
    assert "in greedy" in ended.stderr


def test_requests_that_end_in_time_leave_the_worker_alone() -> None:
    ended = worker("end = time.monotonic() + 1.5\nwhile time.monotonic() < end:\n    longest = 0.3\n")

    assert ended.returncode == 0, ended.stderr


def test_a_worker_whose_server_has_gone_ends() -> None:
    server = (
        "import multiprocessing, os, sys, threading, time\n"
        "from casework.processes import Watchdog\n"
        "def work():\n"
        "    Watchdog(lambda: 0.0, 5).start()\n"
        "    print(os.getpid(), flush=True)\n"
        "    threading.Event().wait()\n"
        "multiprocessing.get_context('fork').Process(target=work).start()\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", server], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert int(process.stdout.readline()) > 0

    process.kill()

    # The worker holds the other end of this pipe: reading ends when it does.
    assert process.communicate(timeout=30)[0] == ""


def test_a_worker_whose_server_has_gone_before_it_was_loaded_ends_too() -> None:
    server = (
        "import multiprocessing, os, signal, sys, threading, time\n"
        "from casework.processes import Watchdog\n"
        "def work():\n"
        "    while os.getppid() == server: time.sleep(0.01)\n"
        "    print(os.getpid(), flush=True)\n"
        "    Watchdog(lambda: 0.0, 5).start()\n"
        "    threading.Event().wait()\n"
        "server = os.getpid()\n"
        "multiprocessing.get_context('fork').Process(target=work).start()\n"
        "os.kill(server, signal.SIGKILL)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", server], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    # Reading ends when the worker does, which holds the other end of the pipe.
    assert int(process.communicate(timeout=30)[0]) > 0


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
