"""The office that is asked: its people with their tokens, cases to read, and cases that wait to be moved and claimed.

All is made through the HTTP interface in this process, so that nothing here depends on how the service keeps it.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from casework.app import create_app, service_of
from casework.settings import Settings
from casework.work import people
from casework.work.service import Service

CONNECTIONS: Final = 8
WORKFLOW: Final = "legal_aid"
# Caseworkers of the demonstration: of the province, of cities and of a county, who read.
_READERS: Final = ("370000", "370100", "370200", "370300", "370400", "370500", "370600", "370102")
# Of cities, who write; each of a place of its own, so that what one writes is what was foreseen, whatever others do.
_WRITERS: Final = {
    "ours": ("370100", "370200", "370300", "370400", "370500", "370600", "370700", "370800"),
    "replay": ("370900", "371000", "371100", "371300", "371400", "371500", "371600", "371700"),
    "spare": ("370102",),
}
_READ_BY_EACH: Final = 200

Side = Literal["ours", "replay", "spare"]
"""Who writes: those who are measured, those whose statements are recorded and sent again, or one who warms up."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request below /api/v1; `body` is sent as JSON."""

    method: str
    path: str
    token: str
    body: Any = None

    def raw(self) -> bytes:
        """Return the bytes that are sent on a connection that stays open."""
        sent = b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()
        lines = [f"{self.method} /api/v1{self.path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {self.token}"]
        if sent:
            lines += ["Content-Type: application/json", f"Content-Length: {len(sent)}"]
        return "\r\n".join([*lines, "", ""]).encode() + sent


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads, with cases and names that are there to be seen."""

    token: str
    cases: list[str]
    names: list[str]


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who writes, with cases that wait for the first transition and the bodies of cases to open."""

    token: str
    waiting: list[str]
    bodies: list[Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Who asks for what; there are as many writers of a side as connections, and one to spare."""

    readers: list[Reader]
    writers: dict[Side, list[Writer]]


class Office:
    """The application on one database, asked in this process."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service = service
        self._client = create_app(service, settings).test_client()

    def ask(self, request: Request) -> Any:
        """Return the JSON of the answer; raises AssertionError where it is not a good one, or empty."""
        answer = self._client.open(
            f"/api/v1{request.path}",
            method=request.method,
            json=request.body,
            headers={"Authorization": f"Bearer {request.token}"},
        )
        assert answer.status_code in (200, 201), f"{request.method} {request.path}: {answer.get_data(as_text=True)}"
        return answer.json

    def prepare(self, writes: int) -> Prepared:
        """Open what each writer needs for that many writes of each kind, and look up what there is to be read."""
        writers: dict[Side, list[Writer]] = {
            "ours": [self._writer(org, writes) for org in _WRITERS["ours"]],
            "replay": [self._writer(org, writes) for org in _WRITERS["replay"]],
            "spare": [self._writer(org, 1) for org in _WRITERS["spare"]],
        }
        return Prepared([self._reader(org) for org in _READERS], writers)

    def _reader(self, org: str) -> Reader:
        token = self._token(org)
        found = self.ask(Request("GET", f"/cases?limit={_READ_BY_EACH}&sort=-opened_at", token))["items"]
        return Reader(token, [case["id"] for case in found], [case["applicant"]["name"] for case in found])

    def _writer(self, org: str, writes: int) -> Writer:
        token = self._token(org)
        # As many to be moved as to be claimed, and a few more, since the last claim must not find the queue empty.
        opened = [
            self.ask(Request("POST", "/cases", token, self._body(token, org)))["id"] for _ in range(2 * writes + 8)
        ]
        return Writer(token, opened[:writes], [self._body(token, org) for _ in range(writes)])

    def _body(self, token: str, org: str) -> Any:
        """A case of somebody new."""
        facts = self.ask(Request("GET", f"/workflows/{WORKFLOW}", token))["intake"]["examples"][0]
        return {"workflow": WORKFLOW, "org": org, "channel": "hotline", "facts": facts}

    def _token(self, org: str) -> str:
        return self.token_of(f"cw-{org}-1")

    def token_of(self, username: str) -> str:
        """Return a token of somebody of the demonstration."""
        with self._service.transaction() as tx:
            return people.issue_token(tx, username, timedelta(days=1))


@contextmanager
def office(settings: Settings, database_url: str) -> Iterator[Office]:
    """Give the office on this database, with its connections closed afterwards."""
    service = service_of(settings, database_url)
    try:
        yield Office(service, settings)
    finally:
        service.database.close()


def in_turn(by_connection: Sequence[Sequence[Request]]) -> list[Request]:
    """Return the requests of all connections in turns: number `connection + connections × turn`."""
    return [request for turn in zip(*by_connection, strict=True) for request in turn]
