"""Whoever receives what is sent: programs that listen on loopback and behave as they are told."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from ssl import SSLContext
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from casework.senders.addresses import Network
from tests.running import free_port

LOOPBACK: Final[tuple[Network, ...]] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
Behaviour = Callable[["Receiver", BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Received:
    """A request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


def answers(status: int, body: Any = None, **headers: str) -> Behaviour:
    """Answers at once, with JSON if there is something to say."""

    def behave(_: "Receiver", request: BaseHTTPRequestHandler) -> None:
        said = b"" if body is None else json.dumps(body).encode()
        request.send_response(status)
        for name, value in {"Content-Length": str(len(said)), **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(said)

    return behave


def hangs(receiver: "Receiver", _: BaseHTTPRequestHandler) -> None:
    """Takes the request and says nothing."""
    receiver.over.wait(30)


def drips(receiver: "Receiver", request: BaseHTTPRequestHandler) -> None:
    """Begins to answer and goes on forever, a byte at a time."""
    with suppress(OSError):
        request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not receiver.over.wait(0.02):
            request.wfile.write(b"a")
            request.wfile.flush()


@dataclass
class Receiver:
    """A web server that notes what it gets and behaves in turn as listed, and then as the last."""

    behaviours: list[Behaviour]
    port: int = 0
    received: list[Received] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    scheme: str = "http"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.port}/hook?key=of-the-group"

    def take(self, request: BaseHTTPRequestHandler) -> None:
        """Note a request and behave; one whose sender died before all of it had come is nobody's word."""
        length = int(request.headers["Content-Length"])
        body = request.rfile.read(length)
        if len(body) < length:
            return
        behave = self.behaviours[min(len(self.received), len(self.behaviours) - 1)]
        self.received.append(Received(request.path, dict(request.headers), body))
        behave(self, request)


@contextmanager
def receiver(*behaviours: Behaviour, tls: SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver that listens until the block ends; it answers 200 unless told otherwise."""
    one = Receiver(list(behaviours) or [answers(200)], scheme="https" if tls else "http")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            one.take(self)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    one.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield one
    finally:
        one.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Mailbox:
    """What a mail server does with a mail: `refuse` gives the answer to a recipient, `refuse_sender` to any sender.

    Without them all are taken. It greets whoever connects after so many seconds.
    """

    port: int = 0
    greets_after_s: float = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refuse: Callable[[str], str | None] = lambda _: None
    refuse_sender: str | None = None
    sessions: int = 0
    cuts: Callable[[int], bool] = lambda _: False
    """Whether it takes the mail of this number and then cuts the connection without an answer."""

    async def handle_EHLO(
        self, server: SMTP, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        return self.refuse_sender or "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if (refused := self.refuse(address)) is not None:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        if self.cuts(len(self.mails)):
            server.transport.abort()
        return "250 OK"


class _MailController(Controller):
    def factory(self) -> SMTP:
        return _Patient(self.handler, **self.SMTP_kwargs)


class _Patient(SMTP):
    """Lets callers wait for the greeting."""

    async def _handle_client(self) -> None:
        await asyncio.sleep(self.event_handler.greets_after_s)
        await super()._handle_client()


@contextmanager
def mailbox(*, greets_after_s: float = 0, **options: Any) -> Iterator[Mailbox]:
    """A mail server on loopback until the block ends; further options are those of aiosmtpd's controller."""
    box = Mailbox(port=free_port(), greets_after_s=greets_after_s)
    controller = _MailController(box, hostname="127.0.0.1", port=box.port, **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
