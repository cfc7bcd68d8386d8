"""The web workers: the command that starts them, and how one that is stuck or left alone ends.

Granian starts a worker again that has ended, and lets the others answer meanwhile. Neither it nor a driver's
time-out ends a request that hangs (a database that freezes keeps its connections open), and its workers would
outlive it if it were killed; `Watchdog` does both from within the worker.
"""

import faulthandler
import itertools
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from casework.api.callers import UNREADABLE
from casework.launch import bound
from casework.settings import ROOT

_DRAIN_S = 10  # for the requests in flight when the service stops
_LARGEST_HEAD_BYTES = 65_536


def web_command(host: str, port: int, workers: int, threads: int) -> list[str]:
    """What to run as a child of this process: the web server, which drains and ends when this process ends.

    It serves `app` of wsgi.py. It exits by itself, with status 1, where the address is taken, the application
    does not load, or a worker ends within five seconds of being started again.
    """
    options = {
        "--interface": "wsgi",
        "--http": "1",
        "--host": host,
        "--port": port,
        "--workers": workers,
        "--blocking-threads": threads,
        "--respawn-interval": 0.5,
        "--workers-kill-timeout": _DRAIN_S,
        "--http1-buffer-size": _LARGEST_HEAD_BYTES,
        "--log-level": "warning",
    }
    named = [f"{name}={value}" for name, value in options.items()]
    flags = ["--respawn-failed-workers", "--no-ws"]
    server = [sys.executable, "-P", "-m", "granian", *named, *flags, f"{ROOT / 'wsgi'}:app"]
    return bound(server, ends_by=signal.SIGTERM)


class Watchdog:
    """Wraps a WSGI application. A request that lasts longer than `limit_s`, its answer's body included, ends its
    worker and with it the worker's other requests; a worker whose server has gone finishes its requests and ends.

    Ending the process is the only way to end a thread that waits in a system call. The stack of each thread,
    without values, goes to standard error.
    """

    def __init__(self, application: WSGIApplication, limit_s: float) -> None:
        self._application = application
        self._limit_s = limit_s
        self._server = os.getppid()
        self._numbers = itertools.count()
        self._began: dict[int, float] = {}
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = next(self._numbers)
        self._began[request] = time.monotonic()
        try:
            body = self._application(environ, start_response)
        except BaseException:
            del self._began[request]
            raise
        return _Answer(body, self._began, request)

    def _watch(self) -> None:
        me = os.getpid()
        while os.getppid() == self._server:
            time.sleep(min(1, self._limit_s / 4))
            longest = time.monotonic() - min(self._began.copy().values(), default=time.monotonic())
            if longest > self._limit_s:
                sys.stderr.write(f"A request has lasted {longest:.0f} s; this worker ends.\n")
                faulthandler.dump_traceback()
                os.kill(me, signal.SIGKILL)
        os.kill(me, signal.SIGTERM)
        time.sleep(_DRAIN_S)
        os.kill(me, signal.SIGKILL)


def marked(application: WSGIApplication) -> WSGIApplication:
    """The application, which is told of headers that could not be read.

    Granian gives an empty text for a value with a byte above 0x7F, as if nothing had been said.
    """

    def run(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        for name, value in environ.items():
            if value == "" and name.startswith("HTTP_"):
                environ[name] = UNREADABLE
        return application(environ, start_response)

    return run


class _Answer:
    """The body of an answer; the request has ended when the server closes it."""

    def __init__(self, body: Iterable[bytes], began: dict[int, float], request: int) -> None:
        self._body = body
        self._began = began
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            self._began.pop(self._request, None)
