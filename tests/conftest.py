"""What the tests stand on: a real PostgreSQL for each worker, a fresh database for each test that asks for one."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from casework.app import log_to
from casework.embedded import PrivateServer
from casework.records.database import Database
from casework.records.upgrade import upgrade
from casework.records.vault import Keyring
from casework.senders.outside import Outside
from casework.senders.senders import Senders
from casework.settings import ROOT
from casework.work.seeds import seed
from casework.work.service import Service
from tests.receivers import LOOPBACK

# The same examples in every run, so that a change fails by what it changed; HYPOTHESIS_PROFILE=default finds others.
hypothesis.settings.register_profile("steady", derandomize=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

TEMPLATE = "casework_template"
SENDERS = Senders(Outside(LOOPBACK))
"""What the tests send with: nothing leads elsewhere than to this machine."""


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    """The log is written as in the service, but not shown; tests of the log look at their own."""
    log_to(io.StringIO())


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateServer]:
    """A throwaway server; CASEWORK_TEST_POSTGRES names the programs of another version of PostgreSQL."""
    programs = os.environ.get("CASEWORK_TEST_POSTGRES")
    home = tmp_path_factory.mktemp("postgres")
    private = PrivateServer(home, durable=False, programs=Path(programs) if programs else None)
    private.start()
    yield private
    private.remove()


def url_of(server_url: str, database: str) -> str:
    """The URL of another database of the same server."""
    return make_url(server_url).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def admin(server: PrivateServer) -> Iterator[Engine]:
    """A connection to the server that may make databases, with the migrated and seeded template made."""
    engine = create_engine(server.owner_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"create database {TEMPLATE}"))
    template = url_of(server.owner_url, TEMPLATE)
    upgrade(template, ROOT / "migrations", members=("casework_web",))
    with engine.connect() as connection:
        # For tests that need what no move makes; see tests/rewriting.py.
        connection.execute(text("grant casework_owner to casework_web"))
    database = Database(template)
    with database.transaction() as tx:
        seed(tx, ROOT / "config")
    database.close()
    yield engine
    engine.dispose()


@pytest.fixture
def database_url(server: PrivateServer, admin: Engine) -> Iterator[str]:
    """The application's URL of a fresh database."""
    name = f"test_{uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(text(f"create database {name} template {TEMPLATE}"))
    yield url_of(server.app_url, name)
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))


@pytest.fixture
def owner_url(server: PrivateServer, database_url: str) -> str:
    """The owner's URL of the same database."""
    return url_of(server.owner_url, str(make_url(database_url).database))


@pytest.fixture
def service(database_url: str) -> Iterator[Service]:
    """The service on a fresh database; its time can be moved."""
    database = Database(database_url, pool_size=12, movable_time=True)
    yield Service(database, Keyring([bytes(range(32))]), ZoneInfo("Asia/Shanghai"), senders=SENDERS)
    database.close()
