"""The web workers: the command that starts them, and how one that is stuck or left alone ends.

uvicorn's first process starts a worker again that has ended or does not answer it, and replaces all on SIGHUP, one
after the other. It ends no request that hangs (a database that freezes keeps its connections open), and its workers
would outlive it if it were killed; `Watchdog` does both from within the worker.
"""

import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from typing import Final

from casework.launch import bound
from casework.settings import ROOT

_DRAIN_S: Final = 10  # for the requests in flight when the service stops
_KEEP_ALIVE_S: Final = 75
_STUCK_S: Final = 10
"""No thread of a worker has run for so long: it holds the interpreter's lock."""
_SILENT_S: Final = 20
"""A worker has not answered its server for so long."""


def web_command(host: str, port: int, workers: int) -> list[str]:
    """What to run as a child of this process: the web server, which drains and ends when this process ends.

    It serves `gateway` of wsgi.py. It exits by itself where the address is taken or the application does not load.
    """
    options = {
        "--app-dir": ROOT,
        "--host": host,
        "--port": port,
        "--workers": workers,
        "--http": "casework.http_protocol:Protocol",
        "--loop": "uvloop",
        "--ws": "none",
        "--timeout-keep-alive": _KEEP_ALIVE_S,
        "--timeout-graceful-shutdown": _DRAIN_S,
        "--timeout-worker-healthcheck": _SILENT_S,
        "--log-level": "warning",
    }
    named = [f"{name}={value}" for name, value in options.items()]
    flags = ["--no-access-log", "--no-server-header", "--no-proxy-headers"]
    server = [sys.executable, "-P", "-m", "uvicorn", *named, *flags, "wsgi:gateway"]
    return bound(server, ends_by=signal.SIGTERM)


class Watchdog:
    """Ends this worker when a request lasts longer than `limit_s`, or when nothing in it runs any more.

    `longest_s` gives for how long the oldest request has lasted. A worker whose server has gone finishes its requests
    and ends. Ending the process is the only way to end a thread that waits in a system call or never gives back the
    interpreter's lock. The stack of each thread, without values, goes to standard error.
    """

    def __init__(self, longest_s: Callable[[], float], limit_s: float) -> None:
        self._longest_s = longest_s
        self._limit_s = limit_s

    def start(self) -> None:
        """Begin to watch."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        if server := multiprocessing.parent_process():
            threading.Thread(target=_end_after, args=(server.sentinel,), name="parent", daemon=True).start()

    def _watch(self) -> None:
        while True:
            # A timer outside the interpreter, which nobody puts off who keeps its lock.
            faulthandler.dump_traceback_later(_STUCK_S, exit=True)
            time.sleep(min(1, self._limit_s / 4))
            longest = self._longest_s()
            if longest > self._limit_s:
                sys.stderr.write(f"A request has lasted {longest:.0f} s; this worker ends.\n")
                faulthandler.dump_traceback()
                os.kill(os.getpid(), signal.SIGKILL)


def _end_after(server: int) -> None:
    wait([server])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_DRAIN_S)
    os.kill(os.getpid(), signal.SIGKILL)
