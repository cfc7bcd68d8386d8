"""The gateway by itself: what reaches the application, what is shed, and what is answered without a thread."""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from casework.api.answers.problems import Problem
from casework.gateway import Bounds, Gateway

Head = list[tuple[bytes, bytes]]
HOST: Head = [(b"host", b"localhost")]
NARROW = Bounds(threads=1, body_bytes=20)


def run(main: Coroutine[Any, Any, Any]) -> Any:
    """Run in a thread of its own: where a browser was opened before, this one's loop is taken."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, main).result()


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "application/json")])
    told = {name: value for name, value in environ.items() if isinstance(value, str)}
    return [json.dumps(told | {"body": body.decode("latin-1")}).encode()]


class Client:
    """Speaks ASGI with a gateway; `pieces` of a body come one by one, and None is a connection that is lost."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    async def ask(
        self, path: str = "/", headers: Head = HOST, pieces: Iterable[bytes | None] = (b"",), slow_s: float = 0
    ) -> tuple[int, dict[bytes, bytes], Any]:
        """Return status, headers and JSON of the answer; status 0 where there is none."""
        coming, said = list(pieces), list[Any]()

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(slow_s)
            piece = coming.pop(0)
            if piece is None:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": piece, "more_body": bool(coming)}

        async def send(message: Any) -> None:
            said.append(message)

        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "headers": headers,
            "path": path, "raw_path": path.encode(), "query_string": b"a=1", "client": ("203.0.113.7", 5),
            "server": None,
        }  # fmt: skip
        await self.gateway(scope, receive, send)
        if not said:
            return 0, {}, None
        return said[0]["status"], dict(said[0]["headers"]), json.loads(said[1]["body"])


def ask(application: Any = echo, bounds: Bounds = NARROW, **request: Any) -> tuple[int, dict[bytes, bytes], Any]:
    async def once() -> tuple[int, dict[bytes, bytes], Any]:
        return await Client(Gateway(application, bounds)).ask(**request)

    return run(once())


def length(many: int) -> Head:
    return [*HOST, (b"content-length", str(many).encode())]


def test_a_request_arrives_whole_and_once() -> None:
    headers = [*length(6), (b"x-forwarded-for", b"198.51.100.1"), (b"x_forwarded_for", b"127.0.0.1")]
    status, _, told = ask(path="/a%20b", headers=headers, pieces=[b"abc", b"", b"def"])

    assert (status, told["body"], told["CONTENT_LENGTH"]) == (200, "abcdef", "6")
    assert (told["PATH_INFO"], told["QUERY_STRING"], told["REMOTE_ADDR"]) == ("/a b", "a=1", "203.0.113.7")
    # A header with an underscore does not pass for the one that a proxy has set.
    assert told["HTTP_X_FORWARDED_FOR"] == "198.51.100.1"


def test_chunks_are_told_as_a_length() -> None:
    status, _, told = ask(headers=[*HOST, (b"transfer-encoding", b"chunked")], pieces=[b"abc", b"d"])

    assert (status, told["body"], told["CONTENT_LENGTH"]) == (200, "abcd", "4")
    assert "HTTP_TRANSFER_ENCODING" not in told


def test_a_language_without_end_is_not_read_to_its_end() -> None:
    status, said, _ = ask(application=None, headers=[*length(99), (b"accept-language", b"en, " * 10_000)])

    assert (status, said[b"content-language"]) == (413, b"en")


@pytest.mark.parametrize("pieces", [[None], [b"abc", None]])
def test_what_did_not_arrive_whole_is_not_done(pieces: list[bytes | None]) -> None:
    assert ask(application=None, headers=length(6), pieces=pieces)[0] == 0


def test_a_body_of_another_length_than_announced_is_refused() -> None:
    assert ask(application=None, headers=length(6), pieces=[b"abc"])[0] == 400


@pytest.mark.parametrize(("headers", "pieces"), [(length(21), [b""]), (HOST, [b"x" * 15, b"x" * 15, b""])])
def test_a_body_that_is_too_long_is_refused_and_its_connection_ended(headers: Head, pieces: list[bytes]) -> None:
    status, said, told = ask(application=None, headers=headers, pieces=pieces)

    assert (status, told["code"], said[b"connection"]) == (413, "too_large", b"close")


def test_a_body_that_takes_too_long_is_refused_in_the_callers_language() -> None:
    headers = [*length(3), (b"accept-language", b"en-GB")]
    status, _, told = ask(
        application=None, bounds=Bounds(1, 20, body_s=0.05), headers=headers, pieces=[b"a", b"b", b"c"], slow_s=0.04
    )

    assert (status, told["detail"]) == (408, "The body did not arrive within 0.05 s; nothing was done.")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("//api/v1/cases", HOST),
        ("/api//v1", HOST),
        ("/api%2Fv1", HOST),
        ("/api%5cv1", HOST),
        ("/", [*HOST, *HOST]),
        ("/", []),
    ],
)
def test_what_servers_read_differently_is_refused(path: str, headers: Head) -> None:
    status, _, told = ask(application=None, path=path, headers=headers)

    assert (status, told["code"]) == (400, "malformed")
    assert msgspec.convert(told, Problem).status == 400, "as the application refuses"


def test_who_would_wait_too_long_is_told_to_come_again_and_probes_never_wait() -> None:
    held = threading.Event()

    def slow(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        held.wait(20)
        return echo(environ, start)

    async def crowd() -> None:
        gateway = Gateway(slow, Bounds(2, 20, wait_s=0.1))
        gateway.probes["/healthz"] = lambda: (200, {"status": "ok"})
        client = Client(gateway)
        asked = [asyncio.create_task(client.ask()) for _ in range(6)]
        done, waiting = await asyncio.wait(asked, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        while len(done) < 4:
            done, waiting = await asyncio.wait(asked, timeout=0.05)
        told = [one.result() for one in done]
        assert [(status, said[b"retry-after"]) for status, said, _ in told] == [(503, b"2")] * 4
        assert (await client.ask("/healthz"))[0] == 200
        assert gateway.longest_s() > 0
        held.set()
        assert [(await one)[0] for one in waiting] == [200, 200]
        assert (gateway.longest_s(), gateway.waiting) == (0, 0)
        assert (await client.ask())[0] == 200

    run(crowd())


FILE: Head = [*HOST, (b"content-type", b"multipart/form-data; boundary=x")]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [("/cases/LA-1/files", FILE, 200), ("/cases/LA-1/notes", FILE, 413), ("/cases/LA-1/files", HOST, 413)],
)
def test_only_where_files_are_sent_may_a_body_be_long(path: str, headers: Head, status: int) -> None:
    assert ask(path=path, headers=headers, pieces=[b"x" * 30])[0] == status
    assert ask(bounds=Bounds(1, 20, upload_bytes=25), path=path, headers=headers, pieces=[b"x" * 30])[0] == 413


def test_files_leave_a_thread_to_everybody_else() -> None:
    held = threading.Event()

    def slow(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].endswith("/files"):
            held.wait(20)
        return echo(environ, start)

    async def crowd() -> None:
        client = Client(Gateway(slow, Bounds(2, 20, wait_s=0.1, uploads=3)))
        sent = [asyncio.create_task(client.ask("/cases/LA-1/files", FILE, [b"x" * 30])) for _ in range(4)]
        await asyncio.sleep(0.3)
        assert (await client.ask())[0] == 200
        held.set()
        assert sorted([(await one)[0] for one in sent]) == [200, 200, 200, 503]

    run(crowd())
