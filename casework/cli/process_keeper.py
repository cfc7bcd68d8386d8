"""Keeps the processes of an installation running until somebody asks to stop, then stops them in order."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Protocol, Self

import psycopg
import structlog

from casework.embedded import NoServer, PrivateServer
from casework.settings import ROOT

_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 30.0
_STEADY_S: Final = 60.0
"""A process that ran so long did not end because of how it was started."""
_LOOK_AT_SERVER_EVERY_S: Final = 5.0
_log = structlog.get_logger()


def asking() -> tuple[signal.Signals, ...]:
    """The signals by which somebody asks to stop; a hang-up is none where we were told to ignore it (nohup)."""
    hangs_up = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    return signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if hangs_up else ())


class Signals:
    """Inside, requests to stop are read like messages, in the main thread, and break into nothing."""

    def __enter__(self) -> Self:
        self._asking = asking()
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._wakeup_before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        # A handler in Python, even an idle one, is what makes the number appear in the pipe.
        self._before: dict[int, Any] = {
            number: signal.signal(number, lambda *_: None) for number in (*self._asking, signal.SIGCHLD)
        }
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        os.close(self._read)
        os.close(self._write)

    def asked(self, within_s: float) -> bool:
        """Whether somebody asks to stop within that time; it returns early too when a child ends."""
        select.select([self._read], [], [], max(0.0, within_s))
        try:
            return not set(self._asking).isdisjoint(os.read(self._read, 1000))
        except BlockingIOError:
            return False


class Kept(Protocol):
    """Something that is kept running."""

    def look_after(self) -> None:
        """Start it again where it has ended."""


class Process:
    """A child process. It is started again when it ends, each time after a longer wait, up to half a minute.

    It has a session of its own, so that Ctrl-C in the terminal reaches us alone and the order of stopping is ours.
    """

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], *, drain_s: float) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._drain_s = drain_s
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._next_start: float | None = None
        self._wait_s = _FIRST_WAIT_S

    def start(self) -> None:
        """Start it; its standard output goes to our standard error."""
        self._process = subprocess.Popen(
            self._command,
            env=dict(self._environment),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            start_new_session=True,
        )
        self._started_at = time.monotonic()
        self._next_start = None

    def runs(self) -> bool:
        """Whether it runs just now."""
        return self._process is not None and self._process.poll() is None

    def look_after(self) -> None:
        """Start it again where it has ended and its wait is over."""
        if self.runs():
            return
        now = time.monotonic()
        if self._next_start is None:
            if now - self._started_at > _STEADY_S:
                self._wait_s = _FIRST_WAIT_S
            status = self._process.returncode if self._process else None
            _log.warning("process_ended", process=self.name, status=status, starts_again_in_s=self._wait_s)
            self._next_start = now + self._wait_s
            self._wait_s = min(_LONGEST_WAIT_S, 2 * self._wait_s)
        if now >= self._next_start:
            self.start()

    def stop(self, signals: Signals) -> None:
        """Ask it to end and wait for that; it is killed when its time is up, or when somebody asks again."""
        if self._process is None:
            return
        if self.runs():
            self._process.terminate()
        limit = time.monotonic() + self._drain_s
        while self.runs() and time.monotonic() < limit and not signals.asked(limit - time.monotonic()):
            pass
        if self.runs():
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Server:
    """The private PostgreSQL, which another command may have started and stopped again."""

    def __init__(self, server: PrivateServer) -> None:
        self._server = server
        self._next_look = 0.0

    def look_after(self) -> None:
        """Every few seconds, start it again where it has ended."""
        if time.monotonic() < self._next_look:
            return
        try:
            if not self._server.running():
                _log.warning("postgresql_ended")
                self._server.start()
        except (NoServer, psycopg.OperationalError) as wrong:
            _log.error("postgresql_does_not_start", why=str(wrong))
        self._next_look = time.monotonic() + _LOOK_AT_SERVER_EVERY_S
