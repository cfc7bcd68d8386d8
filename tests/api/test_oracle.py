"""Every endpoint about a case, asked by every kind of user about every kind of case of a generated office.

The oracle knows the table of roles in words of its own, and sees who is where and which case is whose by plain SQL.
What one does not see is not there; what one's role may never do is never done nor asked to be filled in better; what
it may is never called missing. Bodies are such that no form takes them, so that nothing changes.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.api.endpoint import ENDPOINTS, Endpoint
from casework.app import create_app
from casework.demo import load
from casework.embedded import PrivateServer
from casework.records import people
from casework.records.database import Database
from casework.records.vault import Keyring
from casework.rules.people import Actor
from casework.web.page import PAGES
from casework.work.people import new_token
from casework.work.service import Service
from casework.work.walls import put_up
from tests.conftest import TEMPLATE, url_of

NOW: Final = datetime.fromisoformat("2026-11-16T15:00:00+08:00")
CASES, LIVED = 900, 300
STAFF: Final = {"caseworker", "supervisor"}
HELPERS: Final = {"lawyer", "volunteer"}
SEEING: Final = STAFF | HELPERS | {"auditor"}
NO_FORM_TAKES_THIS: Final = {"unheard_of": 1}
MISSING: Final = UUID(int=1)
NOBODY: Final = "nobody-of-this-name"

# Who may ever do it to a case that they see.
MAY: Final[dict[str, set[str]]] = {
    "GET /cases/<uuid:case_id>": SEEING,
    "GET /cases/<uuid:case_id>/events": SEEING,
    "GET /cases/<uuid:case_id>/holders": SEEING,
    "GET /cases/<uuid:case_id>/clocks": SEEING,
    "GET /cases/<uuid:case_id>/alerts": SEEING,
    "GET /cases/<uuid:case_id>/transitions": SEEING,
    "GET /cases/<uuid:case_id>/candidates": STAFF,
    "POST /cases/<uuid:case_id>/offers": STAFF,
    "GET /cases/<uuid:case_id>/notes": STAFF | HELPERS,
    "GET /cases/<uuid:case_id>/messages": STAFF | HELPERS,
    "POST /cases/<uuid:case_id>/messages": STAFF | HELPERS,
    "GET /cases/<uuid:case_id>/letters": STAFF | HELPERS,
    "GET /cases/<uuid:case_id>/approval-sheet": SEEING,  # An empty form; with opinions on it, who may read those.
    "GET /cases/<uuid:case_id>/disclosures": {"supervisor", "auditor"},
    "GET /cases/<uuid:case_id>/files": SEEING,
    "POST /cases/<uuid:case_id>/files": STAFF | HELPERS,
    "DELETE /cases/<uuid:case_id>/files/<uuid:file_id>": STAFF | HELPERS,
    "POST /cases/<uuid:case_id>/files/<uuid:file_id>/link": STAFF | HELPERS,
    "POST /cases/<uuid:case_id>/notes": STAFF | HELPERS,
    "POST /cases/<uuid:case_id>/disclosures": STAFF | HELPERS,
    "POST /cases/<uuid:case_id>/personal-data": STAFF,
    "POST /cases/<uuid:case_id>/tracking-code": STAFF,
    "POST /cases/<uuid:case_id>/transitions/<name>": STAFF | HELPERS,
    "POST /cases/<uuid:case_id>/claim": STAFF,
    "POST /cases/<uuid:case_id>/release": STAFF,
    "POST /cases/<uuid:case_id>/handover": STAFF,
    "POST /cases/<uuid:case_id>/override": {"supervisor"},
    "GET /cases/<uuid:case_id>/parties": SEEING,
    "POST /cases/<uuid:case_id>/parties": STAFF | HELPERS,
    "DELETE /cases/<uuid:case_id>/parties/<uuid:party_id>": STAFF | HELPERS,
    "GET /cases/<uuid:case_id>/conflict-checks": STAFF | {"auditor"},
    "GET /cases/<uuid:case_id>/walls": {"supervisor"},
    "POST /cases/<uuid:case_id>/walls": {"supervisor"},
    "DELETE /cases/<uuid:case_id>/walls/<username>": {"supervisor"},
    "PATCH /cases/<uuid:case_id>": STAFF,
}


@dataclass(frozen=True)
class User:
    """Somebody of the office, with a token."""

    id: UUID
    role: str
    path: str
    token: str


@dataclass(frozen=True)
class Stored:
    """A case as SQL tells of it."""

    id: UUID
    number: str
    path: str
    assignee: UUID | None
    walled_off: frozenset[UUID]
    formerly: frozenset[UUID]
    """Who had it in hand and has it no longer, by what its events say."""


@dataclass
class Office:
    """An office of the demonstration, some of its users of every role and level, and some of its cases."""

    app: Flask
    users: list[User]
    cases: list[Stored]

    def ask(self, user: User, one: Endpoint, case_id: UUID) -> Any:
        path, headers = address(one, case_id), {"Authorization": f"Bearer {user.token}", "If-Match": "*"}
        body: dict[str, Any] = {} if one.method == "GET" else {"json": NO_FORM_TAKES_THIS}
        if one.takes_file:
            body = {"data": {"paper": "identity", "file": (BytesIO(b"<html>"), "card.jpg")}}
        return self.app.test_client().open(f"/api/v1{path}", method=one.method, headers=headers, **body)


@pytest.fixture(scope="module")
def office(server: PrivateServer, admin: Engine) -> Any:
    name = f"oracle_{uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(text(f"create database {name} template {TEMPLATE}"))
    database = Database(url_of(server.app_url, name), movable_time=True, pool_size=4)
    service = Service(database, Keyring([bytes(range(32))]), ZoneInfo("Asia/Shanghai"))
    with service.transaction() as tx:
        tx.db.run("insert into time_offset (value) values (:at - clock_timestamp())", at=NOW)
    load(service, cases=CASES, seed=11, now=NOW, lived=LIVED)
    users = _users(service)
    _raise_walls(service, users)
    yield Office(create_app(service), users, _cases(service))
    database.close()
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))


def _users(service: Service) -> list[User]:
    """Two of every role at every level of the tree where there are so many, and who has most cases assigned."""
    with service.transaction() as tx:
        rows = tx.db.all(
            """select id, role, path from (
                 select u.id, u.role, o.path, row_number() over (partition by u.role, o.kind order by u.username) as n,
                   row_number() over (partition by u.role order by
                     (select count(*) from cases c where u.id in (c.assignee_id, c.owner_id)) desc, u.username) as busy
                 from users u join orgs o on o.id = u.org_id where u.active) as ranked
               where n <= 2 or busy <= 3 order by role, path, id"""
        )
        found = []
        for row in rows:
            person = people.by_id(tx.db, row.id)
            assert person is not None
            found.append(User(row.id, row.role, row.path, new_token(tx, person, timedelta(days=1))[0]))
    return found


def _raise_walls(service: Service, users: list[User]) -> None:
    """Of what each of these users sees, a wall keeps from them every ninth case, and of what a helper has, a third."""
    with service.transaction() as tx:
        above = next(user for user in users if user.role == "supervisor" and user.path.count("/") == 1)
        by_id = {user.id: user for user in users}
        rows = tx.db.all(
            """select c.id, u.id as user_id from cases c join orgs o on o.id = c.org_id
               join users u on u.id = any(:users) join orgs home on home.id = u.org_id
               where (u.id in (c.owner_id, c.assignee_id) or starts_with(o.path, home.path) and u.role in
                 ('caseworker', 'supervisor', 'auditor')) and u.id <> :above
                 and get_byte(decode(md5(c.number || u.username), 'hex'), 0) % (case when u.id = c.assignee_id then 3
                   else 9 end) = 0 and get_byte(decode(md5(c.number), 'hex'), 1) % 4 = 0
               order by c.number, u.username limit 150""",
            users=list(by_id),
            above=above.id,
        )
        person = people.by_id(tx.db, above.id)
        assert person is not None
        tx.actor = Actor(person.role, person)
        for row in rows:
            put_up(tx, row.id, {"username": str(row.user_id), "reason": "有利害关系"})


def _cases(service: Service) -> list[Stored]:
    """Four of every state of every programme, some of them with a helper, closed ones, and with walls or given back."""
    with service.transaction() as tx:
        rows = tx.db.all(
            """select id, number, path, assignee_id, walled_off, array(
                 select distinct cast(h.hand as uuid) from events e,
                   unnest(array[e.payload ->> 'owner', e.payload ->> 'assignee']) as h (hand)
                 where e.case_id = ranked.id and h.hand is not null) as hands from (
                 select c.id, c.number, o.path, c.assignee_id, c.walled_off, row_number() over (
                   partition by c.workflow, c.state, c.assignee_id is null, c.walled_off is null
                   order by md5(c.number)) as n
                 from cases c join orgs o on o.id = c.org_id) as ranked
               where n <= (case when walled_off is null then 4 else 2 end)
               order by number"""
        )
    return [
        Stored(
            row.id,
            row.number,
            row.path,
            row.assignee_id,
            frozenset(row.walled_off or ()),
            frozenset(row.hands) - {row.assignee_id},
        )
        for row in rows
    ]


def sees(user: User, case: Stored) -> bool:
    """Staff and auditors: their organisation and below; helpers: what is assigned to them; administrators: none.

    Nobody what a wall keeps from them.
    """
    if user.id in case.walled_off:
        return False
    if user.role in HELPERS:
        return case.assignee == user.id
    return user.role in STAFF | {"auditor"} and case.path.startswith(user.path)


def about_cases() -> list[Endpoint]:
    return [one for one in ENDPOINTS if one.path.startswith("/cases/<uuid:case_id>")]


def address(one: Endpoint, case_id: UUID) -> str:
    path = one.path.replace("<uuid:case_id>", str(case_id)).replace("<uuid:file_id>", str(MISSING))
    return path.replace("<name>", "accept").replace("<username>", NOBODY).replace("<uuid:party_id>", str(MISSING))


def fault(user: User, case: Stored, one: Endpoint, answer: Any) -> str | None:
    """What is wrong with an answer, by the oracle; None where nothing is."""
    status, may = answer.status_code, MAY[f"{one.method} {one.path}"]
    if status >= 500:
        return f"{status}"
    if not sees(user, case):
        return None if status == 404 else f"{status} for what is not there"
    if status == 404 and one.path.endswith("/approval-sheet"):
        return None  # Not every programme has one, and which has is no secret.
    named = "<uuid:file_id>" in one.path or one.path.endswith(("<username>", "<uuid:party_id>"))
    if status == 404 and named and user.role in may:
        return None  # No case of the office has this file or party, nobody is kept out of one who is not there.
    if user.role not in may:
        return None if status in (403, 409) else f"{status} for a role that may not"
    if one.method == "GET":
        return None if status in (200, 403) else f"{status} for a role that may"
    return None if status in (403, 409, 422) else f"{status} by a body that no form takes"


def probes(office: Office, each: int) -> tuple[Counter[str], list[str]]:
    """Ask everything, of which one in `each`; the number of answers by kind, and what is wrong with them."""
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    chance = Random(3)
    for user in office.users:
        for case in office.cases:
            for one in about_cases():
                if each > 1 and chance.randrange(each):
                    continue
                answer = office.ask(user, one, case.id)
                counted["seen" if sees(user, case) else "unseen"] += 1
                if found := fault(user, case, one, answer):
                    wrong.append(f"{user.role} at {user.path}, {one.method} {one.path} of {case.path}: {found}")
    return counted, wrong


def test_every_endpoint_about_a_case_has_its_row() -> None:
    assert {f"{one.method} {one.path}" for one in about_cases()} == set(MAY)


def test_the_office_has_every_role_at_several_places_and_cases_of_every_kind(office: Office) -> None:
    assert Counter(user.role for user in office.users).keys() == SEEING | {"administrator"}
    assert len({user.path for user in office.users}) > 5
    assert len(office.cases) > 40
    assert any(sees(user, case) for user in office.users for case in office.cases if user.role in HELPERS)
    kept_out = Counter(user.role for user in office.users for case in office.cases if user.id in case.walled_off)
    assert kept_out.keys() >= STAFF | {"auditor", "lawyer"}
    assert any(user.id in case.formerly for user in office.users for case in office.cases if user.role in HELPERS)


def test_every_endpoint_does_for_a_user_what_the_table_of_roles_says(office: Office) -> None:
    counted, wrong = probes(office, 25)
    assert wrong == []
    assert min(counted["seen"], counted["unseen"]) > 200


@pytest.mark.nightly
def test_every_endpoint_does_so_in_fifty_thousand_probes(office: Office) -> None:
    counted, wrong = probes(office, 1)
    assert wrong == []
    assert sum(counted.values()) >= 50_000


def test_what_is_not_yours_looks_like_what_is_not_there(office: Office) -> None:
    chance = Random(5)
    for user in office.users:
        hidden = [case for case in office.cases if not sees(user, case)]
        for case in chance.sample(hidden, min(2, len(hidden))):
            for one in about_cases():
                told = [office.ask(user, one, at) for at in (case.id, MISSING)]
                assert [answer.status_code for answer in told] == [404, 404]
                first, second = ({k: v for k, v in one.get_json().items() if k != "request_id"} for one in told)
                assert first == second


def test_no_page_of_a_case_shows_what_the_api_would_refuse(office: Office) -> None:
    chance = Random(7)
    shown = Counter[int]()
    paths = [one for one in PAGES if one.method == "GET" and one.path.startswith("/cases/<number>")]
    for user in office.users:
        client = office.app.test_client()
        client.set_cookie("casework-session", user.token)
        for case in chance.sample(office.cases, 6):
            for one in paths:
                path = re.sub(r"<uuid:[a-z_]+>", str(MISSING), one.path.replace("<number>", case.number))
                answer = client.get(path.replace("<step>", "accept"))
                shown[answer.status_code] += 1
                if user.role not in one.roles:
                    assert answer.status_code == 403, (user.role, path)
                elif not sees(user, case):
                    assert answer.status_code == 404, (user.role, path)
                else:
                    assert answer.status_code in (200, 403, 404, 409), (user.role, path)
                    assert answer.status_code != 404 or "<uuid:" in one.path, (user.role, path)
    assert shown[200] > 50
    assert shown[404] > 50
