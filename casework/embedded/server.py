"""The private PostgreSQL server of one CASEWORK_HOME: started or adopted, and stopped."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from casework.embedded import cluster
from casework.embedded.errors import NoServer
from casework.embedded.place import Place, locked, place_for
from casework.settings import kept

_ADMIN, _WEB, _DATABASE = "casework_admin", "casework_web", "casework"
_PORT = 5432  # only names the socket: the server listens on no network address
_LONGEST_START_S = 60  # also for replaying the log after a crash, which max_wal_size bounds
_LARGEST_LOG_BYTES = 10_000_000

_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "jit": "off",  # compiling costs more than the short statements of an office take
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # the details of an error quote the row that was refused
}
_THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PrivateServer:
    """A PostgreSQL for one CASEWORK_HOME, reached by a socket that only its own user and root can open.

    `start` uses the server that already runs for this home, or else starts one that ends with this process;
    call it from a thread that lives as long as the server shall (the main one). `programs` names the folder
    of another PostgreSQL for new data. Not `durable` is for tests: quick, and lost when the machine crashes.
    """

    def __init__(self, home: Path, *, durable: bool = True, programs: Path | None = None) -> None:
        self._home = home.absolute()
        self._durable = durable
        self._programs = programs
        self._started: subprocess.Popen[bytes] | None = None

    @property
    def owner_url(self) -> str:
        """SQLAlchemy's URL for the role that migrates and makes databases."""
        return self._url(_ADMIN)

    @property
    def app_url(self) -> str:
        """SQLAlchemy's URL for the role that the service works as; it has only what it is granted."""
        return self._url(_WEB)

    @property
    def known(self) -> bool:
        """Whether a server was ever started for this home; to ask makes nothing."""
        return self._password_file.exists()

    def start(self) -> None:
        """Returns once a server runs and is ready, ours or one that ran already. NoServer says why not."""
        place = self._place
        with locked(self._home):
            place.prepare()
            if not self._runs_already():
                cluster.clear_away_the_dead(place, f".s.PGSQL.{_PORT}.lock")
                if not cluster.has_data(place):
                    password = self._passwords[_ADMIN]
                    cluster.make_data(place, _ADMIN, password, self._programs, durable=self._durable)
                self._launch()
            self._make_role_and_database()

    def running(self) -> bool:
        """Whether the server on our socket is the one of our data."""
        try:
            with self._connect() as connection:
                reported = connection.execute("SHOW data_directory").fetchone()
                return reported is not None and Path(reported[0]).resolve() == self._place.data.resolve()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise NoServer(
                    f"{self._place.data} 中的数据与 {self._password_file} 中的密码不符，其中之一来自别处。"
                    "请从同一份备份恢复两者。",
                    f"The data in {self._place.data} do not know the password in {self._password_file}: one of "
                    f"them is from elsewhere. Restore both from the same backup.",
                ) from error
            return False

    def stop(self) -> None:
        """Ends the server in order if this object started it: open transactions are rolled back."""
        server, self._started = self._started, None
        if server is None:
            return
        for request, seconds in ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            server.send_signal(request)  # our child: the number is not another's until we have waited for it
            with suppress(subprocess.TimeoutExpired):
                server.wait(seconds)
                return

    def remove(self) -> None:
        """Stops the server and deletes its data: for tests."""
        self.stop()
        for folder in (self._place.folder, self._place.sockets):
            shutil.rmtree(folder, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @cached_property
    def _place(self) -> Place:
        return place_for(self._home)

    @property
    def _password_file(self) -> Path:
        return self._home / "postgres.passwords"

    @cached_property
    def _passwords(self) -> dict[str, str]:
        if cluster.has_data(self._place) and not self._password_file.exists():
            raise NoServer(
                f"缺少 {self._password_file}，没有它就打不开自带数据库的数据。请从备份恢复，"
                "或换一个 CASEWORK_HOME 从头开始。",
                f"{self._password_file} is missing, and the data of the private server cannot be opened without "
                f"it. Restore it from a backup, or start empty with a new CASEWORK_HOME.",
            )
        new = {role: secrets.token_urlsafe(24) for role in (_ADMIN, _WEB)}
        passwords: dict[str, str] = json.loads(kept(self._password_file, lambda: json.dumps(new)))
        return passwords

    def _url(self, role: str) -> str:
        sockets = quote(str(self._place.sockets), safe="")
        return f"postgresql+psycopg://{role}:{self._passwords[role]}@/{_DATABASE}?host={sockets}&port={_PORT}"

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self._place.sockets),
            port=_PORT,
            user=_ADMIN,
            password=self._passwords[_ADMIN],
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )

    def _runs_already(self) -> bool:
        """Waits while a server of our data starts, shuts down or leaves its last processes behind."""
        limit = time.monotonic() + _LONGEST_START_S
        while not self.running():
            working = cluster.processes_in(self._place.data)
            if not working:
                return False
            if time.monotonic() > limit:
                raise NoServer(
                    f"PostgreSQL（进程 {working[0]}）正在使用 {self._place.data}，却没有应答。它不是由本程序启动的，"
                    "未予处理：请查明后结束它，再重新启动。",
                    f"PostgreSQL works on {self._place.data} (process {working[0]}) and does not answer. It was "
                    f"not started here and is left alone: see what it is, end it, and start again.",
                )
            time.sleep(0.05)
        return True

    def _launch(self) -> None:
        self.stop()  # a server of ours that was killed is waited for
        settings = _SETTINGS if self._durable else _SETTINGS | _THROWAWAY
        command = cluster.server_command(self._place, settings, self._programs)
        log_file = self._home / "postgres.log"
        if log_file.exists() and log_file.stat().st_size > _LARGEST_LOG_BYTES:
            log_file.replace(self._home / "postgres.log.1")
        with os.fdopen(os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            began = log_file.stat().st_size
            self._started = subprocess.Popen(
                command,
                cwd="/",
                env=cluster.ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        limit = time.monotonic() + _LONGEST_START_S
        while not self.running():
            if self._started.poll() is not None or time.monotonic() > limit:
                self.stop()
                said = log_file.read_bytes()[began:].decode(errors="replace").strip()
                raise NoServer(
                    f"自带的 PostgreSQL 没有启动；{log_file} 的末尾是：{said[-1000:]}",
                    f"The private PostgreSQL did not start; {log_file} ends with: {said[-1000:]}",
                )
            time.sleep(0.02)

    def _make_role_and_database(self) -> None:
        """Makes what is missing, so also what a first start left out that was cut short after the data."""
        with self._connect() as admin:
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [_WEB]).fetchone():
                made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                admin.execute(made.format(sql.Identifier(_WEB), self._passwords[_WEB]))
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_DATABASE]).fetchone():
                admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_DATABASE)))
