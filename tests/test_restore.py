"""A backup is restored into an empty cluster by the page of docs/backup.md, and nothing is missing in it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest
from sqlalchemy import create_engine, make_url, text

from casework.embedded import PrivateServer
from casework.embedded.binaries import for_new_data
from casework.records.database import Database
from casework.records.vault import Keyring
from casework.work.service import Service
from tests.cli.terminal import Terminal
from tests.conftest import SENDERS
from tests.work.offices import Province, shandong

KEY: Final = bytes(range(32))


def programs() -> Path:
    """The folder of pg_dump and pg_restore, of the version under test."""
    named = os.environ.get("CASEWORK_TEST_POSTGRES")
    return Path(named) if named else for_new_data(None)


def run(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([programs() / program, *words], capture_output=True, text=True, timeout=120)


def plain(url: str) -> str:
    """The URL as PostgreSQL's own programs take it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def counts(url: str) -> dict[str, int]:
    """How many rows each table has."""
    engine = create_engine(url)
    with engine.connect() as connection:
        names = connection.execute(text("select relname from pg_stat_user_tables where schemaname = 'casework'"))
        found = {name: connection.execute(text(f"select count(*) from casework.{name}")) for name in names.scalars()}
        told = {name: rows.scalar_one() for name, rows in found.items()}
    engine.dispose()
    return told


@pytest.fixture
def another(tmp_path: Path) -> Iterator[PrivateServer]:
    """An empty cluster, in which nobody has made our roles."""
    named = os.environ.get("CASEWORK_TEST_POSTGRES")
    server = PrivateServer(tmp_path / "another", durable=False, programs=Path(named) if named else None)
    server.start()
    yield server
    server.remove()


@pytest.fixture
def dump(service: Service, owner_url: str, tmp_path: Path) -> tuple[Path, Province]:
    """The backup of an office with three cases, one of them granted."""
    province = shandong(service)
    for _ in range(3):
        province.open_case("li")
    granted = province.open_case("li")
    province.grant("li", "zhao", granted)
    file = tmp_path / "casework.dump"
    done = run("pg_dump", "--format=custom", f"--file={file}", plain(owner_url))
    assert done.returncode == 0, done.stderr
    return file, province


def test_a_backup_is_restored_by_the_page(
    dump: tuple[Path, Province], owner_url: str, another: PrivateServer, tmp_path: Path
) -> None:
    file, province = dump
    at = {"CASEWORK_DATABASE_URL": plain(another.owner_url), "CASEWORK_ENCRYPTION_KEYS": KEY.hex()}
    terminal = Terminal(tmp_path / "home")

    terminal.says("roles", **at)
    done = run("pg_restore", "--clean", "--if-exists", f"--dbname={plain(another.owner_url)}", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert counts(another.owner_url) == counts(owner_url)

    member = make_url(another.app_url).username
    terminal.says("roles", "--member", str(member), **at)
    assert terminal("doctor", **at).returncode == 0

    # It goes on where it was: the keys open, the numbers follow, and nobody is in the way of the application's role.
    database = Database(another.app_url, movable_time=True)
    service = Service(database, Keyring([KEY]), province.service.zone, senders=SENDERS)
    restored = Province(service, province.people, Random(9))
    try:
        new = restored.open_case("li")
        restored.grant("li", "zhao", new)
        with service.transaction() as tx:
            numbers = tx.db.run("select number from cases order by number").scalars().all()
            assert [int(number[-6:]) for number in numbers] == [1, 2, 3, 4, 5]
    finally:
        database.close()
    wrong = terminal("doctor", **at | {"CASEWORK_ENCRYPTION_KEYS": "00" * 32})
    assert wrong.returncode == 1
    assert "CASEWORK_ENCRYPTION_KEYS" in wrong.stdout


def test_a_restore_without_the_roles_is_told_what_is_missing_and_mended(
    dump: tuple[Path, Province], owner_url: str, another: PrivateServer, tmp_path: Path
) -> None:
    file, _ = dump
    at = {"CASEWORK_DATABASE_URL": plain(another.owner_url), "CASEWORK_ENCRYPTION_KEYS": KEY.hex()}
    terminal = Terminal(tmp_path / "home")
    assert run("pg_restore", f"--dbname={plain(another.owner_url)}", str(file)).returncode == 1

    for command in (("doctor",), ("sweep",), ("web",), ("keys", "list"), ("user", "list")):
        told = terminal.script(*command, **at)
        assert told.returncode == 1, command
        assert "Traceback" not in told.stdout + told.stderr, command
    terminal.says("roles", **at)
    done = run("pg_restore", "--clean", "--if-exists", f"--dbname={plain(another.owner_url)}", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert counts(another.owner_url) == counts(owner_url)
    assert terminal.script("database", "upgrade", **at).returncode == 0
