"""A client for machines without wrk; it prints what wrk.lua does.

`python -m benchmarks.client PORT FILE again|once SECONDS [CONNECTIONS]` has eight connections unless said, each with
one request under way, and sends the prepared requests of the file in their order.
"""

import json
import re
import selectors
import socket
import sys
import time
from itertools import count
from pathlib import Path
from typing import Final

SEPARATOR: Final = b"\x1e"
CONNECTIONS: Final = 8
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_LONGEST_ANSWER_S: Final = 30


class Connection:
    """A connection with one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_LONGEST_ANSWER_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0
        self._got = b""

    def send(self, request: bytes) -> None:
        """Send the next request."""
        self._got = b""
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """Read what is there; give the status once the answer is whole. Raises ConnectionError at its end."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("The server closed a connection.")
        self._got += piece
        head, separator, body = self._got.partition(b"\r\n\r\n")
        if not separator:
            return None
        length = _LENGTH.search(head)
        return int(head[9:12]) if len(body) >= (int(length[1]) if length else 0) else None


def run(
    port: int, requests: list[bytes], *, once: bool, seconds: float, connections: int = CONNECTIONS
) -> dict[str, float]:
    """Send the requests, each once, or again and again for so many seconds; give what wrk.lua prints.

    `shed` are the answers 503 among those that are refused; the milliseconds are those of all others.
    """
    took: list[float] = []
    refused = shed = 0
    numbers = iter(range(len(requests))) if once else count()
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _, number in zip(range(connections), numbers, strict=False):
            connection = Connection(port)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(requests[number % len(requests)])
        while selector.get_map():
            for key, _ in selector.select(_LONGEST_ANSWER_S):
                status = key.data.receive()
                if status is None:
                    continue
                if status == 503:
                    shed += 1
                else:
                    took.append(time.perf_counter() - key.data.began)
                refused += status >= 400
                over = not once and time.perf_counter() - began > seconds
                following = None if over else next(numbers, None)
                if following is None:
                    selector.unregister(key.data.socket)
                    key.data.socket.close()
                else:
                    key.data.send(requests[following % len(requests)])
    return _told(sorted(took), time.perf_counter() - began, refused) | {"shed": shed}


def _told(took: list[float], seconds: float, refused: int) -> dict[str, float]:
    def percentile(share: float) -> float:
        return round(1000 * took[min(len(took) - 1, int(share * len(took)))], 3)

    figures = {"requests": len(took), "seconds": seconds, "p50": percentile(0.5), "p99": percentile(0.99)}
    return figures | {"refused": refused, "lost": 0}


if __name__ == "__main__":
    port, file, how, seconds, *connections = sys.argv[1:]
    said = run(
        int(port),
        Path(file).read_bytes().split(SEPARATOR),
        once=how == "once",
        seconds=float(seconds),
        connections=int(connections[0]) if connections else CONNECTIONS,
    )
    sys.stdout.write(json.dumps(said) + "\n")
