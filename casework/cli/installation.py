"""The database of this installation: reached or started, brought up to date, and the service on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from casework.app import MIGRATIONS, service_of
from casework.embedded import PrivateServer
from casework.records import readiness
from casework.records.database import Tx
from casework.records.readiness import Look
from casework.records.upgrade import as_script, login_of, newest, seed_alone, upgrade
from casework.rules.refusals import Refusal
from casework.rules.text import Text
from casework.settings import ROOT, Settings
from casework.work import recalculation, workflow_registry
from casework.work.seeds import seed
from casework.work.service import Service

_BEHIND = Text(
    "数据库的版本是 {found}，本程序需要 {wanted}。请先运行：casework database upgrade",
    "The database has version {found}, and this program needs {wanted}. Run: casework database upgrade",
)
_EMPTY = Text("空", "none")
_NO_RIGHTS = Text(
    "数据库登录名或 casework_app 缺少权限。请由数据库管理员在本库中执行：\n{sql}",
    "The database login or casework_app lacks rights. Have a database administrator run in this database:\n{sql}",
)


@dataclass(frozen=True, slots=True)
class Installation:
    """A database that can be reached: under which address one migrates, and under which the service works."""

    settings: Settings
    owner_url: str
    app_url: str
    server: PrivateServer | None

    def look(self) -> Look:
        """What one finds in the database under the service's login; raises `Unreachable`."""
        return readiness.look(self.app_url)

    def bring_up_to_date(self) -> None:
        """The newest tables, and the calendars and policies that everybody starts with."""
        if self.look().version != newest(MIGRATIONS):
            upgrade(self.owner_url, MIGRATIONS, members=(login_of(self.app_url),) if self.server else ())
        with self.service() as service:
            recalculation.load(service, lambda tx: _seed(service, tx))

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


def _seed(service: Service, tx: Tx) -> None:
    seed_alone(tx)
    service.ensure_keys_open(tx)
    seed(tx, ROOT / "config")


def has_database(settings: Settings) -> bool:
    """Whether this installation has a database already, its own server's or one that is named; none is made."""
    return settings.database_url is not None or PrivateServer(settings.home).known


def told(look: Look, wanted: str) -> Text:
    """Why a database cannot be worked with, and the cure."""
    if look.lacking:
        return _NO_RIGHTS.with_(sql=as_script(look.lacking))
    return _BEHIND.with_(found=look.version or _EMPTY, wanted=wanted)


@contextmanager
def working(settings: Settings) -> Iterator[Service]:
    """The service, ready to work. An outdated private database is upgraded, but not in production; others refuse."""
    with installed(settings) as installation:
        look, wanted = installation.look(), newest(MIGRATIONS)
        if look.version != wanted:
            if installation.server is None or settings.kind == "production":
                raise Refusal(told(look, wanted))
            installation.bring_up_to_date()
        with installation.service() as service:
            with service.transaction() as tx:
                service.ensure_keys_open(tx.db)
                workflow_registry.register(tx.db)
            yield service
