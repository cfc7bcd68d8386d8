"""The database of this installation: reached or started, brought up to date, and the service on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import ProgrammingError

from casework.app import MIGRATIONS, service_of
from casework.embedded import PrivateServer
from casework.records.upgrade import current, newest, upgrade
from casework.rules.refusals import Refusal
from casework.rules.text import Text
from casework.settings import ROOT, Settings
from casework.work import programmes
from casework.work.seeds import seed
from casework.work.service import Service

_BEHIND = Text(
    "数据库的版本是 {found}，本程序需要 {wanted}。请先运行：casework database upgrade",
    "The database has version {found}, and this program needs {wanted}. Run: casework database upgrade",
)
_EMPTY = Text("空", "none")
_SEED_LOCK: Final = 7_221_002


@dataclass(frozen=True, slots=True)
class Installation:
    """A database that can be reached: under which address one migrates, and under which the service works."""

    settings: Settings
    owner_url: str
    app_url: str
    server: PrivateServer | None

    def version(self) -> str | None:
        """The version of the tables; None when there are none."""
        engine = create_engine(self.app_url, connect_args={"connect_timeout": 5})
        try:
            with engine.connect() as connection:
                return current(connection)
        except ProgrammingError:  # the login may not see tables that others have made
            return None
        finally:
            engine.dispose()

    def bring_up_to_date(self) -> None:
        """The newest tables, and the calendars and policies that everybody starts with."""
        if self.version() != newest(MIGRATIONS):
            worker = str(make_url(self.app_url).username)
            upgrade(self.owner_url, MIGRATIONS, members=(worker,) if self.server else ())
        with self.service() as service, service.transaction() as tx:
            # Two processes that start at once seed one after the other.
            tx.db.run("select pg_advisory_xact_lock(:key)", key=_SEED_LOCK)
            seed(tx.db, ROOT / "config")

    @contextmanager
    def service(self) -> Iterator[Service]:
        """The service, with its connections closed afterwards."""
        service = service_of(self.settings, self.app_url)
        try:
            yield service
        finally:
            service.database.close()


@contextmanager
def installed(settings: Settings) -> Iterator[Installation]:
    """The installation with its database as it is. A private server that did not run runs inside the block."""
    if settings.database_url:
        yield Installation(settings, settings.database_url, settings.database_url, None)
        return
    with PrivateServer(settings.home, durable=settings.kind != "test") as server:
        yield Installation(settings, server.owner_url, server.app_url, server)


def has_database(settings: Settings) -> bool:
    """Whether this installation has a database already, its own server's or one that is named; none is made."""
    return settings.database_url is not None or PrivateServer(settings.home).known


@contextmanager
def working(settings: Settings) -> Iterator[Service]:
    """The service, ready to work. An outdated private database is upgraded, but not in production; others refuse."""
    with installed(settings) as installation:
        found, wanted = installation.version(), newest(MIGRATIONS)
        if found != wanted:
            if installation.server is None or settings.kind == "production":
                raise Refusal(_BEHIND.with_(found=found or _EMPTY, wanted=wanted))
            installation.bring_up_to_date()
        with installation.service() as service:
            with service.transaction() as tx:
                programmes.register(tx.db)
            yield service
