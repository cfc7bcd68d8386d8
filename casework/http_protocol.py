"""HTTP as a worker reads it: what uvicorn does, and no head without an end.

The parser takes a head of any length, for as long as it likes to take. Here a head has so many bytes and so many
seconds; a line that never ends costs its own connection and nothing else.
"""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_BYTES: Final = 65_536
_MOST_S: Final = 10.0


class Protocol(HttpToolsProtocol):
    """One connection."""

    _head: int | None = None
    """How many bytes of the head have come; None while no head is being read."""
    _late: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Read on, and close the connection where the head grows too long."""
        # The cycle of a request is there from the end of its head on, and stays until the next.
        if self._head is None and not getattr(self.cycle, "more_body", False):
            self._head = 0
            self._late = self.loop.call_later(_MOST_S, self._give_up)
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > _MOST_BYTES:
            self._give_up()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        super().on_headers_complete()
        self._ended()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self._ended()
        super().connection_lost(exc)

    def _ended(self) -> None:
        self._head = None
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        if self._head is not None and not self.transport.is_closing():
            self.transport.abort()
