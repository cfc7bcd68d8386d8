"""The data of the private server and the command that serves them."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from casework.embedded import binaries
from casework.embedded.errors import NoServer
from casework.embedded.place import Place
from casework.launch import bound

# Neither PGDATA nor a locale or library path of ours may reach the programs.
ENVIRONMENT: Mapping[str, str] = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def has_data(place: Place) -> bool:
    return (place.data / "PG_VERSION").exists()


def make_data(place: Place, admin: str, password: str, programs: Path | None, *, durable: bool) -> None:
    """New data under the final name, or none: a start that is cut short leaves nothing half made."""
    if place.data.exists():
        raise NoServer(
            f"{place.data} 中的内容不是 PostgreSQL 的数据。请移走后重新启动。",
            f"{place.data} holds something that is not PostgreSQL's. Move it away and start again.",
        )
    unfinished = Path(tempfile.mkdtemp(dir=place.folder, prefix="unfinished-"))
    password_file = unfinished / "password"
    password_file.write_text(password)
    for path in (unfinished, password_file):
        place.give(path)
    made = unfinished / "data"
    initdb: list[str | Path] = [
        (programs or binaries.for_new_data(place.shared)) / "initdb",
        f"--pgdata={made}",
        f"--username={admin}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        *([] if durable else ["--no-sync"]),
    ]
    said = ""
    for locale in ("--locale=C.UTF-8", "--locale=C"):  # an old C library has only the latter, which sorts alike
        command = bound([*initdb, locale], ends_by=signal.SIGTERM, user=place.user)
        done = subprocess.run(command, cwd="/", env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
        if done.returncode == 0:
            made.rename(place.data)
            shutil.rmtree(unfinished)
            return
        said = said or done.stderr.strip()
        shutil.rmtree(made, ignore_errors=True)
    raise NoServer(
        f"PostgreSQL 无法在 {place.folder} 中建立数据：{said}",
        f"PostgreSQL could not make its data in {place.folder}: {said}",
    )


def server_command(place: Place, settings: Mapping[str, str], programs: Path | None) -> list[str]:
    """What to run: programs of the version that wrote the data, ending in order when this process ends."""
    major = int((place.data / "PG_VERSION").read_text())
    fit = programs if programs and binaries.major_of(programs) == major else None
    postgres = (fit or binaries.for_data_of(major, place.shared)) / "postgres"
    options = [f"--{name}={value}" for name, value in settings.items()]
    return bound([postgres, "-D", place.data, "-k", place.sockets, *options], ends_by=signal.SIGINT, user=place.user)


def clear_away_the_dead(place: Place, socket_lock: str) -> None:
    """Removes what a server that was killed left, once `processes_in` is empty.

    PostgreSQL itself refuses to start where the number in a lock file has since gone to another process of
    the same user, so the files of a dead server go. No process is asked or signalled by that number.
    """
    for stale in (place.data / "postmaster.pid", place.sockets / socket_lock):
        stale.unlink(missing_ok=True)
    for unfinished in place.folder.glob("unfinished-*"):
        shutil.rmtree(unfinished, ignore_errors=True)


def processes_in(data: Path) -> list[int]:
    """The PostgreSQL processes that work in a data folder, which is the working folder of each of them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            if process.joinpath("comm").read_text().startswith("postgres") and _works_in(process, data):
                found.append(int(process.name))
    return found


def _works_in(process: Path, data: Path) -> bool:
    try:
        return process.joinpath("cwd").samefile(data)
    except PermissionError:  # root in a container may not look; but a server's first process names its folder
        return os.fsencode(data) in process.joinpath("cmdline").read_bytes().split(b"\0")
