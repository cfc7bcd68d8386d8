"""The API as its callers meet it: a province with two cities, and a user for each role with a token."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from casework.api import examples
from casework.app import create_app
from casework.embedded import PrivateServer
from casework.records import offices, people
from casework.records.database import Database
from casework.records.vault import Keyring
from casework.rules.people import Role
from casework.work.people import create_user, new_token
from casework.work.service import Service
from tests.api.described import ensure_described
from tests.conftest import SENDERS, TEMPLATE, url_of

ORGS: Final = {
    "370000": ("370000/", "province"),
    "370100": ("370000/370100/", "city"),
    "370200": ("370000/370200/", "city"),
}
ROLES: Final = ("caseworker", "supervisor", "lawyer", "volunteer", "auditor", "administrator")
USERS: Final = {
    **{role: (role, "370100") for role in ROLES},
    **{f"{role}-qd": (role, "370200") for role in ROLES},
    "supervisor-sd": ("supervisor", "370000"),
}
PASSWORD: Final = "correct horse battery"


class Api:
    """The application, with the token and the id of every user by username."""

    def __init__(self, app: Flask, service: Service) -> None:
        self.app = app
        self.service = service
        self.tokens: dict[str, str] = {}
        self.ids: dict[str, UUID] = {}

    def call(
        self,
        who: str | None,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """The answer to a user (None: nobody), from a path below `/api/v1`; it must be as it is described."""
        said = {"Accept-Language": "en", **(headers or {})}
        if who is not None:
            said["Authorization"] = f"Bearer {self.tokens[who]}"
        if body is not None:
            said.setdefault("Content-Type", "application/json")
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        answer = self.app.test_client().open(f"/api/v1{path}", method=method, data=raw, headers=said)
        ensure_described(self.app, answer)
        return answer

    def get(self, who: str | None, path: str) -> Any:
        """The JSON of an answer that must be a success."""
        answer = self.call(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def post(self, who: str | None, path: str, body: Any = None) -> Any:
        """The JSON of what was done."""
        answer = self.call(who, "POST", path, body)
        assert answer.status_code in (200, 201), answer.text
        return answer.get_json()

    def new_case(self, who: str = "caseworker", org: str = "370100", **changed: Any) -> Any:
        """A case of an invented person, opened by this user."""
        facts = self.get(who, "/workflows/legal_aid")["intake"]["examples"][0] | changed
        return self.post(who, "/cases", {"workflow": "legal_aid", "org": org, "channel": "walk_in", "facts": facts})

    def needs(self, who: str, case: Any, name: str) -> Any:
        """The schema of what a transition needs from this user now."""
        offered = self.get(who, f"/cases/{case['id']}/transitions")["items"]
        return next(one["needs"] for one in offered if one["name"] == name)

    def take(self, who: str, case: Any, name: str, **changed: Any) -> Any:
        """The case after a transition that was given the example of what it needs, with these changes."""
        given = self.needs(who, case, name)["examples"][0] | changed
        return self.post(who, f"/cases/{case['id']}/transitions/{name}", given)

    def days_pass(self, days: int) -> None:
        """Time moves on."""
        self.seconds_pass(days * 86_400)

    def seconds_pass(self, seconds: float) -> None:
        """Time moves on by less than a day."""
        with self.service.transaction() as tx:
            tx.db.run("update time_offset set value = value + :passed", passed=timedelta(seconds=seconds))


def staffed(service: Service) -> Api:
    """The API on Monday 2 March 2026, nine o'clock. Everybody's password is `PASSWORD` where one is needed."""
    with service.transaction() as tx:
        tx.db.run("insert into time_offset (value) values (:at - clock_timestamp())", at=_at("2026-03-02 09:00"))
    api = Api(create_app(service), service)
    with service.transaction() as tx:
        ids = {code: uuid4() for code in ORGS}
        offices.store_orgs(tx.db, [_org(code, ids) for code in ORGS])
        for username, (role, code) in USERS.items():
            said = {"username": username, "name": f"示例{Role(role).told.zh}", "role": role}
            if username == "caseworker":
                said["password"] = PASSWORD
            org = offices.org(tx.db, code)
            assert org is not None
            api.ids[username] = create_user(tx, said, org).id
            person = people.by_id(tx.db, api.ids[username])
            assert person is not None
            api.tokens[username] = new_token(tx, person, timedelta(days=900))[0]
    return api


@pytest.fixture(autouse=True)
def chance(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples are invented from a seed of the test's own: the same ones in every run."""
    monkeypatch.setattr(examples, "_CHANCE", Random(request.node.nodeid))


@pytest.fixture
def api(service: Service) -> Api:
    """A fresh office for each test."""
    return staffed(service)


@contextmanager
def office_on(server: PrivateServer, admin: Engine, **options: Any) -> Iterator[Api]:
    """An office on a database of its own, opened with these options of `Database`."""
    name = f"api_{uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(text(f"create database {name} template {TEMPLATE}"))
    database = Database(url_of(server.app_url, name), movable_time=True, **{"pool_size": 12, **options})
    try:
        keyring = Keyring([bytes(range(32))])
        yield staffed(Service(database, keyring, ZoneInfo("Asia/Shanghai"), senders=SENDERS))
    finally:
        database.close()
        with admin.connect() as connection:
            connection.execute(text(f"drop database {name} with (force)"))


@pytest.fixture(scope="module")
def shared(server: PrivateServer, admin: Engine) -> Iterator[Api]:
    """One office for all tests of a module, none of which minds what another leaves behind."""
    with office_on(server, admin) as office:
        yield office


def _at(written: str) -> datetime:
    return datetime.fromisoformat(f"{written}+08:00")


def _org(code: str, ids: Mapping[str, UUID]) -> dict[str, Any]:
    path, kind = ORGS[code]
    return {
        "id": ids[code],
        "code": code,
        "region": code,
        "name": f"{code}总工会",
        "kind": kind,
        "parent_id": None if kind == "province" else ids["370000"],
        "path": path,
        "own_calendar": "china" if kind == "province" else None,
    }
