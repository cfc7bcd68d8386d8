"""A deadline for a whole conversation, however slowly the other side drips."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Timer


@contextmanager
def cut_off(seconds: float, connection: Callable[[], socket.socket | None]) -> Iterator[Event]:
    """Inside, the connection ends after so many seconds; the event says that it did.

    A time-out of a socket begins anew with every byte. Here another thread shuts the connection down, and whoever
    waits for it wakes up.
    """
    cut = Event()

    def shut() -> None:
        cut.set()
        with suppress(OSError):
            if (one := connection()) is not None:
                one.shutdown(socket.SHUT_RDWR)

    timer = Timer(max(0, seconds), shut)
    timer.daemon = True
    timer.start()
    try:
        yield cut
    finally:
        timer.cancel()
        timer.join()
