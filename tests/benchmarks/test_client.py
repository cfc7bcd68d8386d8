"""The client for machines without wrk sends what it was given, eight at a time."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import pytest

from benchmarks.client import CONNECTIONS, run
from benchmarks.office import Request, in_turn


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[bytes] = []
        self.callers: set[int] = set()
        self.lock = Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.bodies.append(body)
            self.server.callers.add(self.client_address[1])
        assert self.headers["Authorization"] == "Bearer secret"
        self.send_response(409 if b"refuse" in body else 503 if b"shed" in body else 200)
        self.send_header("Content-Length", "70000")
        self.end_headers()
        self.wfile.write(b"x" * 70_000)

    def log_message(self, *said: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        thread = Thread(target=found.serve_forever)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def requests(*bodies: str) -> list[bytes]:
    return [Request("POST", "/cases", "secret", {"名": body}).raw() for body in bodies]


def test_each_request_is_sent_once_over_eight_connections(server: Server) -> None:
    bodies = [str(number) for number in range(50)]
    told = run(server.server_address[1], requests(*bodies), once=True, seconds=0)
    assert told["requests"] == 50
    assert sorted(server.bodies) == sorted(f'{{"名": "{body}"}}'.encode() for body in bodies)
    assert len(server.callers) == CONNECTIONS
    assert 0 < told["p50"] <= told["p99"]


def test_what_is_refused_is_counted(server: Server) -> None:
    told = run(server.server_address[1], requests("good", "refuse", "refuse"), once=True, seconds=0)
    assert (told["requests"], told["refused"], told["shed"]) == (3, 2, 0)


def test_what_is_shed_is_told_apart_from_what_is_answered(server: Server) -> None:
    sent = requests(*["good"] * 40, *["shed"] * 20)
    told = run(server.server_address[1], sent, once=True, seconds=0, connections=20)
    assert (told["requests"], told["refused"], told["shed"]) == (40, 20, 20)
    assert len(server.callers) == 20


def test_a_few_requests_are_sent_again_and_again_until_the_time_is_up(server: Server) -> None:
    told = run(server.server_address[1], requests("a", "b"), once=False, seconds=0.2)
    assert told["requests"] == len(server.bodies) >= CONNECTIONS
    assert told["seconds"] >= 0.2


def test_connections_take_turns() -> None:
    first, second = ([Request("GET", f"/{who}{n}", "") for n in range(2)] for who in "ab")
    assert [request.path for request in in_turn([first, second])] == ["/a0", "/b0", "/a1", "/b1"]
