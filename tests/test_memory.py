"""A web worker of the real service does not grow: after twenty thousand requests it needs what it needed after two."""

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from tests.day import CONFIG, Day, living

FIRST: Final = 2_000
ALL: Final = 20_000
CLIENTS: Final = 4
MOST_GROWTH: Final = 1.10
# Everybody here comes from one address.
PUBLIC: Final = (
    "[public]\nvisits = 100_000\nopenings_an_hour = 100_000\nuploads_an_hour = 100_000\nwrong_codes = 100_000\n"
)
APPLICATION: Final = {"workflow": "legal_aid", "org": "370100"}


class Client:
    """One kept-alive connection, and a caseworker who does what caseworkers do, mistakes included."""

    def __init__(self, day: Day) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", day.running.port, timeout=30)
        self.token = day.tokens["caseworker"]
        self.sent = 0
        self.work = self.rounds()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def send(self, number: int) -> None:
        """So many requests more."""
        for _ in range(number):
            next(self.work)

    def ask(
        self, method: str, path: str, body: Any = None, status: int = 200, token: str | None = None, code: str = ""
    ) -> Any:
        """The JSON of one answer, which must have this status."""
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token or self.token}"}
        headers |= {"Tracking-Code": code} if code else {}
        where = path[1:] if path.startswith("//") else f"/api/v1{path}"
        self.connection.request(method, where, raw, headers)
        answer = self.connection.getresponse()
        said = answer.read()
        assert answer.status == status, (method, path, answer.status, said[:500])
        self.sent += 1
        return json.loads(said) if said[:1] == b"{" else said

    def rounds(self) -> Iterator[Any]:
        """Over and over: a case and an application without an account, what is asked of them, and what costs little."""
        while True:
            claim = APPLICATION | {"channel": "hotline", "facts": self.invented()}
            yield
            at = f"/cases/{self.ask('POST', '/cases', claim, 201)['id']}"
            yield
            yield self.ask("POST", f"{at}/transitions/accept", {})
            yield from self.little(at)
            offered = {one["name"]: one for one in self.ask("GET", f"{at}/transitions")["items"]}
            yield
            papers = offered["ask_for_papers"]["needs"]["examples"][0]
            yield self.ask("POST", f"{at}/transitions/ask_for_papers", papers)
            yield self.ask("POST", f"{at}/transitions/ask_for_papers", papers, 409)
            yield from self.little(at)
            yield self.ask("GET", at)
            yield self.ask("GET", f"{at}/events")
            yield self.ask("GET", f"/cases/{uuid4()}", None, 404)
            yield from self.little(at)
            yield self.ask("GET", "/cases?limit=10&sort=-opened_at")
            yield self.ask("GET", "/queue?limit=10")
            yield self.ask("GET", "/calendars/china/due?from=2026-03-02&limit=5wd")
            yield self.ask("POST", "/cases", APPLICATION | {"facts": {"applicant": uuid4().hex}}, 422)
            yield from self.little(at)
            application = APPLICATION | {"facts": self.invented()}
            yield
            mine = self.ask("POST", "/public/applications", application, 201)
            yield
            yield self.ask("GET", f"/public/applications/{mine['number']}", code=mine["tracking_code"])
            yield self.ask("GET", f"/public/applications/{mine['number']}", None, 404, code=uuid4().hex)
            yield self.ask("GET", "//metrics")
            yield from self.little(at)

    def little(self, at: str) -> Iterator[Any]:
        """Small questions, and bad ones, of which hardly two are alike."""
        yield self.ask("POST", "/cases", b'{"workflow": ', 400)
        yield self.ask("GET", f"/cases?colour={uuid4()}", None, 422)
        yield self.ask("GET", f"/{uuid4()}", None, 404)
        yield self.ask("DELETE", at, None, 405)
        yield self.ask("PUT", f"/{uuid4()}/{uuid4()}", None, 404)
        yield self.ask("GET", at, None, 401, token=uuid4().hex)
        yield self.ask("GET", "/openapi.json")
        yield self.ask("GET", "/public/notices")
        yield self.ask("GET", "//healthz")

    def invented(self) -> Any:
        """The facts of somebody new."""
        return self.ask("GET", "/workflows/legal_aid")["intake"]["examples"][0]


def worker_of(day: Day) -> int:
    """The process id of the only web worker, a child of the service."""
    [worker] = [child for child in children(day.running.process.pid) if b"uvicorn" in command(child)]
    assert children(worker) == []
    return worker


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def command(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def held_kib(process: int) -> int:
    """What of the process is in memory."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Rss:"))


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with living(tmp_path / "office", config=CONFIG + PUBLIC) as found:
        yield found


def test_a_worker_holds_no_more_after_twenty_thousand_requests_than_after_two_thousand(day: Day) -> None:
    worker = worker_of(day)
    with ThreadPoolExecutor(CLIENTS) as pool, ExitStack() as ends:
        clients = [ends.enter_context(Client(day)) for _ in range(CLIENTS)]

        def held_after(number: int) -> int:
            list(pool.map(Client.send, clients, [number // CLIENTS] * CLIENTS))
            return held_kib(worker)

        early, late = held_after(FIRST), held_after(ALL - FIRST)

    assert worker_of(day) == worker
    assert sum(client.sent for client in clients) >= ALL
    assert late <= early * MOST_GROWTH, f"{early} KiB after {FIRST} requests, {late} KiB after {ALL}"
