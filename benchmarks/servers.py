"""The PostgreSQL servers that are measured on: the private one and a system one, each with its databases."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from benchmarks.processes import parent_of
from casework.embedded import PrivateServer, system_binaries
from casework.settings import ROOT, Settings

TEMPLATE: Final = "casework"
"""The database with the loaded office, of which every round gets a copy."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, durable as in production, and the settings of the service on it."""

    kind: str
    version: int
    settings: Settings
    owner_url: URL
    app_url: URL
    postmaster: int

    @property
    def name(self) -> str:
        """`private 18`"""
        return f"{self.kind} {self.version}"

    def app(self, database: str) -> URL:
        """Return where the service reaches a database."""
        return self.app_url.set(database=database)

    def owner(self, database: str) -> URL:
        """Return where its owner reaches a database."""
        return self.owner_url.set(database=database)

    @contextmanager
    def connected(self, database: str) -> Iterator[psycopg.Connection[Any]]:
        """Give a connection of the owner to a database, each statement of it a transaction."""
        url = written(self.owner(database).set(drivername="postgresql"))
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        """Give a copy of the office that is gone afterwards."""
        self._run("postgres", "create database {} template {}", name, TEMPLATE)
        try:
            yield name
        finally:
            self._run("postgres", "drop database {} with (force)", name)

    def make(self, name: str) -> None:
        """Make an empty database."""
        self._run("postgres", "create database {}", name)

    def drop(self, name: str) -> None:
        """Remove a database where there is one."""
        self._run("postgres", "drop database if exists {} with (force)", name)

    def tidy(self, database: str) -> None:
        """Do what autovacuum does after a while."""
        self._run(database, "vacuum analyze")

    def size(self, database: str) -> int:
        """Return the bytes of a database, indexes included."""
        return int(self._one("select pg_database_size(%s)", database))

    def rows_written(self, database: str) -> int:
        """Return how many rows connections that have ended have written in a database since it was made."""
        counted = "select tup_inserted + tup_updated + tup_deleted from pg_stat_database where datname = %s"
        return int(self._one(counted, database))

    def casework(self, *arguments: str) -> None:
        """Run a command of the service on the office; raises RuntimeError with what it said where it fails."""
        environment = self.settings.environment(self.settings.port, "")
        del environment["CASEWORK_DATABASE_URL"]  # so that it comes to this server as the owner
        command = [sys.executable, "-m", "casework.cli", *arguments]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"casework {' '.join(arguments)}: {done.stdout[-1000:]}{done.stderr[-2000:]}")

    def _run(self, database: str, statement: str, *names: str) -> None:
        with self.connected(database) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _one(self, query: str, *values: str) -> Any:
        with self.connected("postgres") as connection:
            row = connection.execute(query.encode(), values).fetchone()
            assert row is not None
            return row[0]


def written(url: URL) -> str:
    """Return a URL with its password."""
    return url.render_as_string(hide_password=False)


def kinds() -> list[str]:
    """Return the servers that there are on this machine."""
    return ["private", *(["system"] if system_binaries() else [])]


@contextmanager
def running(kind: str) -> Iterator[Server]:
    """Give a new server of this kind, with an empty office, that is gone afterwards."""
    programs = system_binaries()[0] if kind == "system" else None
    with TemporaryDirectory() as home:
        settings = Settings.load({"CASEWORK_ENV": "demo", "CASEWORK_HOME": home})
        private = PrivateServer(Path(home), programs=programs)
        private.start()
        try:
            yield _found(kind, settings, private)
        finally:
            private.remove()


def _found(kind: str, settings: Settings, private: PrivateServer) -> Server:
    with psycopg.connect(written(make_url(private.owner_url).set(drivername="postgresql"))) as connection:
        backend, version = connection.info.backend_pid, connection.info.server_version // 10_000
        postmaster = parent_of(backend)
    return Server(kind, version, settings, make_url(private.owner_url), make_url(private.app_url), postmaster)
