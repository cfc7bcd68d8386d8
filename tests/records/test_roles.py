"""The roles are made in one step where the login may, and told whole where it may not."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from casework.embedded import PrivateServer
from casework.records.database import Database
from casework.records.roles import lacking
from casework.records.upgrade import NotUpgraded, current, make_roles, needed, newest, upgrade
from casework.settings import ROOT

MIGRATIONS = ROOT / "migrations"
WHOLE = [
    "create role casework_owner nologin",
    "create role casework_app nologin",
    'grant casework_owner to "Desk-1"',
    'grant casework_app to "Desk-1"',
    "create schema casework authorization casework_owner",
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateServer]:
    """A server of its own: roles belong to a whole server, and here they must not be there yet."""
    server = PrivateServer(tmp_path_factory.mktemp("roles"), durable=False)
    server.start()
    yield server
    server.remove()


@pytest.fixture
def as_admin(cluster: PrivateServer) -> Iterator[Callable[..., None]]:
    """Runs statements as the superuser, in any database; the roles are gone again after the test."""
    databases: list[str] = []

    def run(*statements: str, database: str = "casework") -> None:
        engine = create_engine(make_url(cluster.owner_url).set(database=database), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
                databases.extend([statement.split()[2]] if statement.startswith("create database") else [])
        engine.dispose()

    yield run
    run(*(f"drop database {name} with (force)" for name in databases))
    run('drop role if exists "Desk-1"', "drop role if exists casework_owner", "drop role if exists casework_app")


def login(cluster: PrivateServer, as_admin: Callable[..., None], rights: str, *, owns: bool) -> str:
    """The address of a new database, as the login "Desk-1" with these rights of its own."""
    name = f"office_{uuid4().hex[:8]}"
    as_admin(f"create role \"Desk-1\" login password 'desk' {rights}", f"create database {name}")
    if owns:
        as_admin(f'alter database {name} owner to "Desk-1"')
    return make_url(cluster.owner_url).set(username="Desk-1", password="desk", database=name).render_as_string(False)


def version(url: str) -> str | None:
    engine = create_engine(url)
    with engine.connect() as connection:
        assert lacking(connection) == []
        found = current(connection)
    engine.dispose()
    return found


def test_a_superuser_upgrades_in_one_step(cluster: PrivateServer, as_admin: Callable[..., None]) -> None:
    url = login(cluster, as_admin, "superuser", owns=False)
    assert needed(url) == [one for one in WHOLE if not one.startswith("grant")]

    upgrade(url, MIGRATIONS)

    assert needed(url) == []
    assert version(url) == newest(MIGRATIONS)


def test_the_owner_of_the_database_who_may_make_roles_upgrades_in_one_step(
    cluster: PrivateServer, as_admin: Callable[..., None]
) -> None:
    url = login(cluster, as_admin, "createrole", owns=True)
    assert needed(url) == WHOLE

    make_roles(url)
    assert needed(url) == []
    upgrade(url, MIGRATIONS)

    assert version(url) == newest(MIGRATIONS)


@pytest.mark.parametrize("rights", ["", "createrole"])
def test_who_may_not_do_it_all_is_told_all_of_it_at_once(
    cluster: PrivateServer, as_admin: Callable[..., None], rights: str
) -> None:
    url = login(cluster, as_admin, rights, owns=False)

    with pytest.raises(NotUpgraded) as refused:
        upgrade(url, MIGRATIONS)
    script = refused.value.text.en.split("try again:\n")[1]
    assert script == "\n".join(f"{one};" for one in WHOLE)
    assert refused.value.text.zh.endswith(script)
    assert needed(url) == WHOLE

    as_admin(*script.splitlines(), database=make_url(url).database)
    upgrade(url, MIGRATIONS)
    assert version(url) == newest(MIGRATIONS)


def test_another_login_works_as_the_application_and_owns_nothing(
    cluster: PrivateServer, as_admin: Callable[..., None]
) -> None:
    url = login(cluster, as_admin, "superuser", owns=False)
    upgrade(url, MIGRATIONS)
    as_admin("drop role if exists worker", "create role worker login password 'worker'")
    theirs = make_url(url).set(username="worker", password="worker").render_as_string(False)
    engine = create_engine(theirs)
    with engine.connect() as connection:
        assert lacking(connection) == ["grant casework_app to worker"]
    engine.dispose()

    make_roles(url, members=("worker",))

    assert version(theirs) == newest(MIGRATIONS)
    database = Database(theirs)
    with database.transaction() as tx:
        assert tx.run("select count(*) from users").scalar_one() == 0
    database.close()
    as_admin("revoke casework_app from worker", "drop role worker")


def test_a_login_that_does_not_inherit_is_given_the_applications_rights(
    cluster: PrivateServer, as_admin: Callable[..., None]
) -> None:
    url = login(cluster, as_admin, "superuser", owns=False)
    upgrade(url, MIGRATIONS)
    as_admin("create role worker login noinherit password 'worker'", "grant casework_app to worker")
    theirs = make_url(url).set(username="worker", password="worker").render_as_string(False)
    engine = create_engine(theirs)
    with engine.connect() as connection:
        cure = lacking(connection)
    assert cure == ["grant casework_app to worker with inherit true, set true"]

    as_admin(*cure)

    with engine.connect() as connection:
        assert lacking(connection) == []
    engine.dispose()
    database = Database(theirs)
    with database.work(b"nobody's token") as tx:
        assert tx.caller is None
    database.close()
    as_admin("revoke casework_app from worker", "drop role worker")
