"""An office of the demonstration, its pages over HTTP, and a browser that looks at them."""

import os
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import sync_playwright
from sqlalchemy import Engine, text
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from casework.app import create_app
from casework.demo import load
from casework.embedded import PrivateServer
from casework.forms.example_data import ExampleData
from casework.forms.form import form_of, intake_of
from casework.records import offices
from casework.records.database import Database
from casework.records.people import by_username
from casework.records.vault import Keyring
from casework.rules.people import Actor, Person
from casework.settings import Settings
from casework.work import intake, workflow_registry
from casework.work.cases import take_transition
from casework.work.people import create_user
from casework.work.service import Service, Transaction
from tests.conftest import TEMPLATE, url_of

NOW: Final = datetime.fromisoformat("2026-11-16T15:00:00+08:00")
CASES: Final = 1_200
LIVED: Final = 150
NO_BROWSER: Final = (
    "No Chromium: install it with  sudo apt-get install chromium fonts-noto-cjk  or name one in CASEWORK_CHROMIUM."
)
_TOKEN: Final = re.compile(r'name="anti-forgery" value="([^"]+)"')


@dataclass
class Pages:
    """The pages of an office, asked without a browser."""

    app: Flask
    service: Service

    def visitor(self) -> "Visitor":
        """Somebody with a browser of their own, in which nobody is signed in."""
        return Visitor(self.app.test_client())

    def signed_in(self, username: str) -> "Visitor":
        """The same, signed in as a user of the demonstration."""
        visitor = self.visitor()
        visitor.get("/sign-in")
        answer = visitor.post("/sign-in/demonstration", username=username)
        assert answer.status_code == 303, answer.text
        return visitor


@dataclass
class Visitor:
    """Keeps cookies, and the token against forgery of the page that was looked at last."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        answer = self.client.get(path, headers={name.replace("_", "-"): said for name, said in headers.items()})
        if found := _TOKEN.search(answer.text):
            self.token = found[1]
        return answer

    def post(self, path: str, *, headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
        return self.client.post(path, data={"anti-forgery": self.token, **fields}, headers=headers)


@pytest.fixture(scope="session")
def pages(server: PrivateServer, admin: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """One office of the demonstration for all tests of a process, which mind what they leave behind."""
    name = f"pages_{uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(text(f"create database {name} template {TEMPLATE}"))
    database = Database(url_of(server.app_url, name), movable_time=True, pool_size=12)
    service = Service(database, Keyring([bytes(range(32))]), ZoneInfo("Asia/Shanghai"))
    with service.transaction() as tx:
        tx.db.run("insert into time_offset (value) values (:at - clock_timestamp())", at=NOW)
    load(service, cases=CASES, seed=7, now=NOW, lived=LIVED)
    settings = Settings.load({"CASEWORK_ENV": "demo", "CASEWORK_HOME": str(tmp_path_factory.mktemp("home"))})
    yield Pages(create_app(service, settings), service)
    database.close()
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))


PASSWORD: Final = "correct horse battery"


@pytest.fixture
def username(pages: Pages) -> str:
    """A new caseworker of a city, whose password an administrator has set."""
    name = f"u{uuid4().hex[:10]}"
    with pages.service.transaction() as tx:
        org = offices.org(tx.db, "370100")
        assert org is not None
        create_user(tx, {"username": name, "name": "钱未名", "role": "caseworker", "password": PASSWORD}, org)
    return name


@pytest.fixture(scope="session")
def address(pages: Pages) -> Iterator[str]:
    """Where a browser reaches the pages."""
    http = make_server("127.0.0.1", 0, pages.app, threaded=True)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, one for each process of the tests."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CASEWORK_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_BROWSER)
    arguments = ["--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=path, args=[*arguments, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        )
        yield started
        started.close()


def sign_in(context: Any, address: str, username: str | None, language: str) -> None:
    """Have a browser speak a language, and sign in as a user of the demonstration; None signs nobody in."""
    context.clear_cookies()
    context.add_cookies([{"name": "casework-language", "value": language, "url": address}])
    if username is None:
        return
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.click(f'button[name=username][value="{username}"]')
    page.wait_for_load_state()
    page.close()


def lived(pages: Pages, *steps: tuple[str, str]) -> Any:
    """A legal aid case of an invented person after these steps, each by a user of the demonstration."""
    chance, workflow = Random(uuid4().int), workflow_registry.newest("legal_aid")
    users = {role: _person(pages, role) for role in ("caseworker", "supervisor", "lawyer")}

    def act(tx: Transaction, who: str) -> None:
        tx.actor = Actor(users[who].role, users[who])

    with pages.service.transaction() as tx:
        act(tx, "caseworker")
        facts = intake_of(workflow).example(ExampleData(tx.today, chance))
        given = {"workflow": "legal_aid", "org": "370100", "channel": "walk_in", "facts": facts}
        case = intake.open_case(tx, given)[0].case
    for who, name in steps:
        with pages.service.transaction() as tx:
            act(tx, who)
            edge = workflow.edge(name, case.state)
            assert edge is not None
            data = ExampleData(tx.today, chance, {"lawyer": users["lawyer"].id}, facts=case.facts)
            given = form_of(edge.needs).example(data) if edge.needs else {}
            more = {"to": "lawyer"} if name == "assign" else {}
            case = take_transition(tx, case.id, name, given | more).case
    return case


def _person(pages: Pages, username: str) -> Person:
    with pages.service.transaction() as tx:
        known = by_username(tx.db, username)
    assert known is not None
    return known[0]
