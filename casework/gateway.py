"""Stands before the application in each web worker: takes requests in whole, lets so many in at once, sheds the rest.

An ASGI application around a WSGI one. Slow senders and slow readers cost a connection and no thread: a body is read
to its end, within its length and time, before a thread is asked for, and an answer is built whole before it is sent.
What did not arrive whole is not done. Whoever would wait too long for a thread is told to come again, and health is
answered without one.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from urllib.parse import unquote_to_bytes
from uuid import uuid4
from wsgiref.types import WSGIApplication, WSGIEnvironment

import msgspec
import structlog
from flask import Flask

from casework.http.problems import STATUS, document
from casework.http.request_context import spoken
from casework.http.uploads import MOST_OF_BODY, UPLOAD_ENDS
from casework.processes import Watchdog
from casework.rules.text import Language, Text
from casework.settings import Settings
from casework.work.health import Watch, examine, fit
from casework.work.service import Service

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Probe = Callable[[], tuple[int, dict[str, Any]]]

_AGAIN_S: Final = 2
_log = structlog.get_logger()

_TWO_HOSTS = Text("请求须有且只有一个 Host 请求头。", "A request has one Host header and no more.")
_ODD_PATH = Text(
    "地址中不得有空的路径段（//）或转义的斜杠（%2F、%5C）。",
    "An address has no empty segment (//) and no escaped slash (%2F, %5C).",
)
_CUT = Text("请求内容没有完整到达。", "The body did not arrive whole.")
_SLOW = Text(
    "请求内容在 {seconds} 秒内没有传完，未作处理。", "The body did not arrive within {seconds} s; nothing was done."
)
_LARGE = Text("请求内容过大。", "The body is too large.")
_BUSY = Text("系统繁忙，请求未作处理，请稍后重试。", "The service is busy and nothing was done; try again in a moment.")


class Refused(Exception):
    """A request that does not reach the application."""

    def __init__(self, status: int, code: str, detail: Text) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail


class _Gone(Exception):
    """Nobody waits for an answer any more."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a worker lets in. Lengths in bytes, times in seconds.

    `threads`: so many requests are worked on at once. `body_s`: how long a body may take to arrive; `wait_s`: how long
    a request waits for a thread; `answer_s`: how long an answer may take to be read.

    A file may be as long as `upload_bytes` and take `upload_s` to arrive, at the addresses to which files are sent. So
    many of them arrive at once as `uploads` says, and half the threads at most work on them.
    """

    threads: int
    body_bytes: int
    body_s: float = 10
    wait_s: float = 2
    answer_s: float = 60
    upload_bytes: int = MOST_OF_BODY
    upload_s: float = 90
    uploads: int = 8


class Gateway:
    """The ASGI application. `language` is the office's; `probes` are answered at once, by their paths."""

    def __init__(self, application: WSGIApplication, bounds: Bounds, language: Language = "zh-CN") -> None:
        self._application = application
        self._bounds = bounds
        self._language: Language = language
        self.probes: dict[str, Probe] = {}
        self._threads = ThreadPoolExecutor(bounds.threads, thread_name_prefix="request")
        self._free = asyncio.Semaphore(bounds.threads)
        self._arriving = asyncio.Semaphore(bounds.uploads)
        self._looked_into = asyncio.Semaphore(max(1, bounds.threads // 2))
        self._numbers = itertools.count()
        self._began: dict[int, float] = {}
        self.waiting = 0
        """How many requests wait for a thread."""

    def longest_s(self) -> float:
        """Return for how long the oldest of the requests in work has been worked on; 0 where there is none."""
        now = time.monotonic()
        return now - min(self._began.copy().values(), default=now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            try:
                answer = await self._answer(scope, receive)
            except Refused as refused:
                answer = self._problem(scope, refused)
            except _Gone:
                return
            async with asyncio.timeout(self._bounds.answer_s):
                await _send(send, *answer)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, Headers, bytes]:
        if probe := self.probes.get(scope["path"]):
            status, told = probe()
            return status, [(b"content-type", b"application/json"), (b"cache-control", b"no-store")], _json(told)
        ensure_plain(scope)
        if not _sends_file(scope):
            body = await self._body(scope, receive, self._bounds.body_bytes, self._bounds.body_s)
            return await self._worked_on(environ_of(scope, body))
        async with _taken(self._arriving, self._bounds.wait_s):
            body = await self._body(scope, receive, self._bounds.upload_bytes, self._bounds.upload_s)
            async with _taken(self._looked_into, self._bounds.upload_s):
                return await self._worked_on(environ_of(scope, body))

    async def _worked_on(self, environ: WSGIEnvironment) -> tuple[int, Headers, bytes]:
        """The answer of the application, from a thread."""
        await self._enter()
        number = next(self._numbers)
        self._began[number] = time.monotonic()
        work = asyncio.get_running_loop().run_in_executor(self._threads, run, self._application, environ)
        # The thread is taken until it has finished, whether or not somebody still waits for its answer.
        work.add_done_callback(lambda _: self._leave(number))
        return await asyncio.shield(work)

    async def _body(self, scope: Scope, receive: Receive, most: int, within_s: float) -> bytes:
        """Return the whole body; raises `Refused` where it is longer than it may be, or does not arrive in time."""
        announced = _announced(scope["headers"])
        if announced is not None and announced > most:
            raise Refused(413, "too_large", _LARGE)
        parts, length, more = list[bytes](), 0, True
        try:
            async with asyncio.timeout(within_s):
                while more:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise _Gone
                    parts.append(message.get("body", b""))
                    length += len(parts[-1])
                    if length > most:
                        raise Refused(413, "too_large", _LARGE)
                    more = message.get("more_body", False)
        except TimeoutError:
            raise Refused(408, "malformed", _SLOW.with_(seconds=f"{within_s:g}")) from None
        if announced is not None and length != announced:
            raise Refused(400, "malformed", _CUT)
        return b"".join(parts)

    async def _enter(self) -> None:
        """Take a thread, or raise `Refused` where none becomes free in time."""
        if not self._free.locked():
            await self._free.acquire()
            return
        self.waiting += 1
        try:
            async with asyncio.timeout(self._bounds.wait_s):
                await self._free.acquire()
        except TimeoutError:
            raise Refused(503, "unavailable", _BUSY) from None
        finally:
            self.waiting -= 1

    def _leave(self, number: int) -> None:
        self._began.pop(number, None)
        self._free.release()

    def _problem(self, scope: Scope, refused: Refused) -> tuple[int, Headers, bytes]:
        """The problem document of a request that does not reach the application, and the end of its connection.

        What is left of its body would be taken for the next request.
        """
        wanted = b",".join(value for name, value in scope["headers"] if name == b"accept-language").decode("latin-1")
        language = spoken(wanted, self._language)
        request_id = uuid4().hex
        told = document(refused.status, refused.code, refused.detail, language, request_id)
        _log.info("refused", request_id=request_id, method=scope["method"], status=refused.status)
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-language", language.encode()),
            (b"x-request-id", request_id.encode()),
            (b"cache-control", b"no-store"),
        ]
        if refused.status == STATUS["unavailable"]:
            headers.append((b"retry-after", str(_AGAIN_S).encode()))
        else:
            headers.append((b"connection", b"close"))
        return refused.status, headers, _json(told)


@asynccontextmanager
async def _taken(places: asyncio.Semaphore, within_s: float) -> AsyncIterator[None]:
    """Have one of the places meanwhile; raises `Refused` where none becomes free in time."""
    try:
        async with asyncio.timeout(within_s):
            await places.acquire()
    except TimeoutError:
        raise Refused(503, "unavailable", _BUSY) from None
    try:
        yield
    finally:
        places.release()


def _sends_file(scope: Scope) -> bool:
    """Whether a file may be in the body: only there is room for one."""
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    ends = scope["path"].rstrip("/").endswith(UPLOAD_ENDS)
    return bool(scope["method"] == "POST" and ends and kind.lower().startswith(b"multipart/form-data"))


def ensure_plain(scope: Scope) -> None:
    """Raise `Refused` for what servers and proxies read differently: two hosts, empty segments, escaped slashes.

    The parser refuses a length beside chunks, lines without a carriage return and headers that are folded.
    """
    hosts = sum(name == b"host" for name, _ in scope["headers"])
    if hosts > 1 or (hosts == 0 and scope["http_version"] == "1.1"):
        raise Refused(400, "malformed", _TWO_HOSTS)
    path = scope["raw_path"].lower()
    if b"//" in path or b"%2f" in path or b"%5c" in path:
        raise Refused(400, "malformed", _ODD_PATH)


def environ_of(scope: Scope, body: bytes) -> WSGIEnvironment:
    """Return the request as WSGI has it (PEP 3333), with the whole body."""
    host, port = scope.get("server") or ("", None)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        # With an underscore it would pass for the header that a proxy has set.
        if name in (b"content-length", b"transfer-encoding") or b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


def run(application: WSGIApplication, environ: WSGIEnvironment) -> tuple[int, Headers, bytes]:
    """Return status, headers and the whole body of the application's answer."""
    began: list[tuple[int, Headers]] = []

    def start(status: str, headers: Iterable[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        told = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        began[:] = [(int(status.split(" ", 1)[0]), told)]
        return written.append

    written: list[bytes] = []
    pieces = application(environ, start)
    try:
        written += pieces
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
    [(status, headers)] = began
    return status, headers, b"".join(written)


def _announced(headers: Headers) -> int | None:
    return next((int(value) for name, value in headers if name == b"content-length" and value.isdigit()), None)


def _json(told: Any) -> bytes:
    return msgspec.json.encode(told)


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    if not any(name == b"content-length" for name, _ in headers):
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def in_worker(app: Flask, service: Service, settings: Settings) -> Gateway:
    """Return the gateway of a web worker, with its health watched and whatever hangs in it ended."""
    schema_version = app.extensions["casework"].schema_version
    apart = service.database.unpooled()
    watch = Watch(lambda: examine(apart, service, schema_version), service.database.let_go)
    gateway = Gateway(app, Bounds(settings.web.threads, settings.web.max_body_bytes), settings.office.language)
    gateway.probes["/healthz"] = lambda: (200, {"status": "ok"})

    def readiness() -> tuple[int, dict[str, Any]]:
        state = watch.state
        return 200 if fit(state) else 503, {**state, "waiting_requests": gateway.waiting}

    gateway.probes["/readyz"] = readiness
    watch.start()
    Watchdog(gateway.longest_s, settings.web.request_timeout_s).start()
    return gateway
