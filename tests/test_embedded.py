"""The private PostgreSQL, with real servers: each test has its own CASEWORK_HOME."""

import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.pool import NullPool

from casework.embedded import NoServer, PrivateServer, system_binaries
from casework.settings import ROOT

# A process of its own that starts the server, says which process serves, and stops it when its input ends.
ANOTHER_PROCESS = """
import sys
from pathlib import Path
from casework.embedded import PrivateServer
from tests.test_embedded import first_line

with PrivateServer(Path(sys.argv[1])) as server:
    print(first_line(server), flush=True)
    sys.stdin.read()
"""

Serve = Callable[..., PrivateServer]


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def setting(server: PrivateServer, name: str) -> str:
    return str(ask(server.owner_url, f"SHOW {name}")[0][0])


def first_line(server: PrivateServer) -> int:
    """The number of the serving process, which PostgreSQL writes first into its lock file."""
    return int(str(ask(server.owner_url, "SELECT pg_read_file('postmaster.pid')")[0][0]).split()[0])


def another_process(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ANOTHER_PROCESS, str(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Below a folder that only we may enter, as pytest makes them."""
    return tmp_path / "home"


@pytest.fixture
def serve(home: Path) -> Iterator[Serve]:
    """Starts a server for the home (or another one); what it made is deleted after the test."""
    servers: list[PrivateServer] = []

    def start(folder: Path = home, *, durable: bool = False, programs: Path | None = None) -> PrivateServer:
        server = PrivateServer(folder, durable=durable, programs=programs)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()
    if servers:
        servers[0].remove()


def test_the_service_role_comes_with_no_rights_of_its_own(serve: Serve) -> None:
    server = serve()

    assert ask(
        server.owner_url,
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles WHERE rolname = 'casework_web'",
    ) == [(False, False, False, True)]
    assert ask(server.app_url, "SELECT current_user::text, current_database()::text") == [("casework_web", "casework")]
    with pytest.raises(ProgrammingError, match="permission denied for schema public"):
        ask(server.app_url, "CREATE TABLE mine (n int)")


def test_the_server_is_reached_by_a_private_socket_and_a_password_only(serve: Serve, home: Path) -> None:
    server = serve()

    assert setting(server, "listen_addresses") == ""
    assert ask(server.owner_url, "SELECT DISTINCT auth_method FROM pg_hba_file_rules") == [("scram-sha-256",)]
    sockets = Path(setting(server, "unix_socket_directories"))
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "postgres.passwords").stat().st_mode) == 0o600
    assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= 107


def test_what_was_committed_is_there_after_a_restart(serve: Serve) -> None:
    server = serve(durable=True)
    ask(server.owner_url, "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    assert not server.running()

    again = serve(durable=True)

    assert again.running()
    assert ask(again.owner_url, "SELECT n FROM kept") == [(7,)]
    assert setting(again, "fsync") == "on"


def test_a_killed_server_is_started_again_with_all_that_was_committed(serve: Serve) -> None:
    server = serve(durable=True)
    ask(server.owner_url, "CREATE TABLE kept AS SELECT 7 AS n")

    os.kill(first_line(server), signal.SIGKILL)
    server.start()

    assert ask(server.owner_url, "SELECT n FROM kept") == [(7,)]


def test_a_killed_application_leaves_nothing_in_the_way_of_the_next(serve: Serve, home: Path) -> None:
    application = another_process(home)
    assert application.stdout
    process = int(application.stdout.readline())
    url = PrivateServer(home).owner_url
    ask(url, "CREATE TABLE kept AS SELECT 7 AS n")

    application.kill()
    application.communicate()
    server = serve()

    assert ask(server.owner_url, "SELECT n FROM kept") == [(7,)]
    assert first_line(server) != process


def test_a_stranger_that_got_the_number_of_a_dead_server_is_left_alone(serve: Serve) -> None:
    server = serve()
    data = Path(setting(server, "data_directory"))
    lock = data / "postmaster.pid"
    written = lock.read_text()
    server.stop()
    owner = data.stat()
    stranger = subprocess.Popen(["/bin/sleep", "60"], user=owner.st_uid if os.geteuid() == 0 else None, cwd="/")
    lock.write_text(re.sub(r"\A\d+", str(stranger.pid), written))
    os.chown(lock, owner.st_uid, owner.st_gid)

    try:
        server.start()
        server.stop()

        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_two_processes_that_start_at_once_share_one_server(home: Path, serve: Serve) -> None:
    both = [another_process(home) for _ in range(2)]
    lines = [process.stdout.readline() for process in both if process.stdout]
    for process in both:
        process.communicate()

    assert lines[0] == lines[1] != ""
    assert [process.returncode for process in both] == [0, 0]
    assert serve().running()


def test_only_the_one_who_started_the_server_stops_it(serve: Serve) -> None:
    first, second = serve(), serve()
    assert first_line(first) == first_line(second)

    second.stop()
    assert first.running()

    first.stop()
    assert not second.running()


def test_a_first_start_that_is_cut_short_is_begun_afresh(serve: Serve, home: Path) -> None:
    application = another_process(home)
    unfinished = [home / "postgres", *([Path("/var/lib/casework")] if os.geteuid() == 0 else [])]
    limit = time.monotonic() + 30
    while not any(folder.glob("**/unfinished-*/data/base") for folder in unfinished):
        assert time.monotonic() < limit
    application.kill()
    application.communicate()

    server = serve()

    data = Path(setting(server, "data_directory"))
    assert ask(server.app_url, "SELECT 1") == [(1,)]
    assert sorted(path.name for path in data.parent.iterdir()) == ["data", "socket"]


def test_a_home_that_only_root_may_enter_is_served_and_stays_closed(serve: Serve, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    server = serve(closed / "home")

    assert server.running()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert Path(setting(server, "data_directory")).stat().st_uid != 0


def test_the_data_lie_in_a_home_that_everybody_may_enter(serve: Serve) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)

        server = serve(Path(folder, "home"))

        assert setting(server, "data_directory") == f"{folder}/home/postgres/data"
        server.stop()


def test_a_home_with_a_long_and_strange_name_is_served(serve: Serve, tmp_path: Path) -> None:
    assert serve(tmp_path / ("职工 服务, 一 % 二" * 4) / "home").running()


def test_the_data_stay_with_the_version_that_wrote_them(serve: Serve, home: Path) -> None:
    other_version = next(iter(system_binaries(minimum=15)), None)
    server = serve(programs=other_version)
    version = setting(server, "server_version_num")
    server.stop()

    assert setting(serve(), "server_version_num") == version


def test_data_of_a_version_that_nobody_can_run_are_refused_in_a_sentence(serve: Serve) -> None:
    server = serve()
    data = Path(setting(server, "data_directory"))
    server.stop()
    (data / "PG_VERSION").write_text("99\n")

    with pytest.raises(NoServer, match=r"written by PostgreSQL 99.*apt-get install postgresql-99"):
        server.start()


def test_a_password_file_from_elsewhere_is_refused_in_a_sentence(serve: Serve, home: Path) -> None:
    server = serve()
    (home / "postgres.passwords").write_text('{"casework_admin": "wrong", "casework_web": "wrong"}')

    with pytest.raises(NoServer, match="do not know the password"):
        PrivateServer(home).start()
    assert server.running()


def test_lost_passwords_are_not_made_anew_for_data_that_need_the_old_ones(serve: Serve, home: Path) -> None:
    serve().stop()
    (home / "postgres.passwords").unlink()

    with pytest.raises(NoServer, match="passwords is missing"):
        PrivateServer(home).start()


def test_what_a_failing_row_holds_stays_out_of_the_servers_log(serve: Serve, home: Path) -> None:
    server = serve()
    ask(server.owner_url, "CREATE TABLE people (number text PRIMARY KEY)")
    engine = create_engine(server.owner_url, poolclass=NullPool)
    for _ in range(2):
        with suppress(IntegrityError), engine.begin() as connection:
            connection.execute(text("INSERT INTO people VALUES (:number)"), {"number": "37010219700220507X"})
    server.stop()

    said = (home / "postgres.log").read_text()
    assert "duplicate key value" in said
    assert "37010219700220507X" not in said
