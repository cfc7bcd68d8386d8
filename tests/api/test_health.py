"""Readiness says what is the matter with the database, and does not wait in the queue of the requests."""

from contextlib import ExitStack
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, create_engine, text

from casework.app import MIGRATIONS, create_app
from casework.embedded import PrivateServer
from casework.records import alerts, attempts
from casework.records.database import Database
from casework.records.upgrade import newest
from casework.records.vault import Keyring
from casework.rules.refusals import Unavailable
from casework.work import health
from casework.work.service import Service
from tests.conftest import url_of


def readiness(url: str, *, busy: bool = False) -> tuple[int, str]:
    """The status and what is said of the database; `busy` takes every connection of the pool first."""
    database = Database(url, pool_size=2, pool_timeout=0.2)
    app = create_app(Service(database, Keyring([bytes(range(32))]), ZoneInfo("Asia/Shanghai")))
    with ExitStack() as held:
        held.callback(database.close)
        for _ in range(2 if busy else 0):
            held.enter_context(database.transaction())
        answer = app.test_client().get("/readyz")
    return answer.status_code, answer.get_json()["database"]


def test_a_migrated_database_is_ready(database_url: str) -> None:
    assert readiness(database_url) == (200, "ok")


def test_a_busy_service_is_still_ready(database_url: str) -> None:
    assert readiness(database_url, busy=True) == (200, "ok")


def test_a_database_without_tables_is_behind(server: PrivateServer, admin: Engine) -> None:
    with admin.connect() as connection:
        connection.execute(text("create database nothing_in_it"))
    try:
        assert readiness(url_of(server.app_url, "nothing_in_it")) == (503, "behind")
    finally:
        with admin.connect() as connection:
            connection.execute(text("drop database nothing_in_it with (force)"))


def test_a_database_of_another_version_is_behind(database_url: str, owner_url: str) -> None:
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        connection.execute(text("update casework.alembic_version set version_num = 'older'"))
    engine.dispose()
    assert readiness(database_url) == (503, "behind")


def test_a_login_that_may_not_work_as_the_application_is_told_so(
    server: PrivateServer, admin: Engine, database_url: str
) -> None:
    with admin.connect() as connection:
        connection.execute(text("create role stranger login password 'stranger'"))
    url = database_url.replace(database_url.split("//")[1].split("@")[0], "stranger:stranger")
    try:
        assert readiness(url) == (503, "no_rights")
    finally:
        with admin.connect() as connection:
            connection.execute(text("drop role stranger"))


@pytest.mark.parametrize(
    "taken",
    ["update on casework.cases", "insert on casework.events", "select on casework.users", "usage on schema casework"],
)
def test_a_right_that_the_application_lacks_makes_it_unready(database_url: str, owner_url: str, taken: str) -> None:
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        connection.execute(text(f"revoke {taken} from casework_app"))
    engine.dispose()
    assert readiness(database_url) == (503, "no_rights")


def test_a_key_that_does_not_open_the_database_makes_it_unready(service: Service, database_url: str) -> None:
    with service.transaction() as tx:
        assert tx.index_key

    told = create_app(Service(service.database, Keyring([b"k" * 32]), service.zone)).test_client().get("/readyz")
    assert (told.status_code, told.get_json()["keys"]) == (503, "wrong")

    newer = Service(service.database, Keyring([b"k" * 32, bytes(range(32))]), service.zone)
    told = create_app(newer).test_client().get("/readyz")
    assert (told.status_code, told.get_json()["keys"]) == (200, "ok")


def test_a_database_that_is_not_there_is_unreachable(server: PrivateServer, admin: Engine) -> None:
    assert readiness(url_of(server.app_url, "no_such_database")) == (503, "unreachable")


def test_a_look_that_fails_or_is_refused_at_once_takes_no_connection_from_anybody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "_EVERY_S", 0.02)
    lost, looks = Event(), iter(range(1000))
    seen = Event()

    def look() -> dict[str, Any]:
        if (number := next(looks)) == 0:
            raise ZeroDivisionError
        if number > 5:
            seen.set()
        return {"database": "unreachable"}

    watch = health.Watch(look, lost.set)
    watch.start()
    assert seen.wait(20)
    assert watch.state["database"] == "unreachable"
    assert not lost.is_set()

    monkeypatch.setattr(health, "_SLOW_S", -1)
    assert lost.wait(20)


def test_a_disk_that_takes_nothing_more_is_told_for_a_while(
    service: Service, database_url: str, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def writing() -> str:
        apart = service.database.unpooled()
        return str(health.examine(apart, service, newest(MIGRATIONS))["writing"])

    engine = create_engine(owner_url)
    with engine.begin() as connection:
        connection.execute(text(_FULL))
    engine.dispose()
    assert writing() == "ok"
    with pytest.raises(Unavailable), service.transaction() as tx:
        attempts.note(tx.db, b"x")
    assert writing() == "refused"
    monkeypatch.setattr("casework.records.database._LATELY_S", 0)
    assert writing() == "ok"


# What a full disk says where somebody writes; 53100 is disk_full.
_FULL = """
create function casework.full_disk() returns trigger language plpgsql as $$
begin raise exception 'No space left on device' using errcode = '53100'; end $$;
create trigger full_disk before insert on casework.sign_ins for each row execute function casework.full_disk()
"""


def test_a_scheduler_that_lives_and_does_not_work_is_told_from_one_that_is_silent(service: Service) -> None:
    apart = service.database.unpooled()

    def scheduler() -> str:
        return str(health.examine(apart, service, newest(MIGRATIONS))["scheduler"])

    assert scheduler() == "silent"
    with service.transaction() as tx:
        alerts.beat(tx.db, health.SCHEDULER)
    assert scheduler() == "stuck"
    with service.transaction() as tx:
        alerts.beat(tx.db, health.SWEEP)
    assert scheduler() == "ok"
