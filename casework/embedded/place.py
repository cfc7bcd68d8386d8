"""Where the private server lives and as whom it runs.

An ordinary user's server runs as that user, with its data in `CASEWORK_HOME/postgres`. PostgreSQL refuses to
run as root, so root's server runs as the system user `casework`: in the same folder where everybody may enter
it, else (a clone in root's home) below /var/lib/casework, and a file in CASEWORK_HOME says where.
"""

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from casework.embedded.errors import NoServer
from casework.settings import kept

_USER = "casework"
_SHARED = Path("/var/lib/casework")
_POINTER = "postgres.location"
_SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_SOCKET = 107  # bytes in the path of a socket, of which the kernel's sockaddr_un has room for 108


@dataclass(frozen=True)
class Place:
    """The server's folder, the user it runs as (None: the one we are), the folder that root's servers share."""

    folder: Path
    user: pwd.struct_passwd | None = None
    shared: Path | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def sockets(self) -> Path:
        """The folder of the socket: in ours, or a private one in /tmp where that would be too long a path.

        A comma would part two folders in PostgreSQL's setting.
        """
        inside = self.folder / "socket"
        if len(os.fsencode(inside / _SOCKET_NAME)) <= _LONGEST_SOCKET and "," not in str(inside):
            return inside
        return Path("/tmp", f"casework-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]}")

    def prepare(self) -> None:
        """Makes the folders, closed to everybody but the server's user."""
        for folder in (self.folder, self.sockets):
            self._make_private(folder)

    def give(self, path: Path) -> None:
        """Hands a file or folder that we made to the server's user."""
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def _make_private(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700)
            self.give(folder)
        except FileExistsError:
            owner = self.user.pw_uid if self.user else os.geteuid()
            found = folder.lstat()
            if folder.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
                raise NoServer(
                    f"{folder} 应为用户 {_name_of(owner)} 的目录，他人不得进入；现属于 {_name_of(found.st_uid)}，"
                    f"权限为 {found.st_mode & 0o777:o}。请以该用户启动，或在 CASEWORK_HOME 中另行指定目录。",
                    f"{folder} must be a folder of user {_name_of(owner)} that nobody else may enter; it "
                    f"belongs to {_name_of(found.st_uid)} with mode {found.st_mode & 0o777:o}. Start as "
                    "that user, or name another folder in CASEWORK_HOME.",
                ) from None


def place_for(home: Path) -> Place:
    """The place of the server of this CASEWORK_HOME, chosen the first time; NoServer where there is none."""
    try:
        home.mkdir(mode=0o711, parents=True, exist_ok=True)
        with locked(home):
            return _place_of_root(home) if os.geteuid() == 0 else _place_of_user(home)
    except PermissionError as error:
        raise NoServer(
            f"用户 {_name_of(os.geteuid())} 不能使用 {error.filename}。请以其所有者启动，"
            "或在 CASEWORK_HOME 中另行指定目录。",
            f"{error.filename} may not be used by user {_name_of(os.geteuid())}. Start as its owner, or "
            "name another folder in CASEWORK_HOME.",
        ) from error


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """One process at a time decides about the server of this home."""
    lock = os.open(home / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _place_of_user(home: Path) -> Place:
    if (home / _POINTER).exists():
        raise NoServer(
            f"{home} 的数据库服务最初由 root 启动。请以 root 启动，或在 CASEWORK_HOME 中另行指定目录。",
            f"The server of {home} was first started by root. Start as root, or name another folder in CASEWORK_HOME.",
        )
    if _name_of(os.geteuid()) == str(os.geteuid()):
        raise NoServer(
            f"PostgreSQL 不能以用户 {os.geteuid()} 运行，/etc/passwd 中没有该用户。请添加，"
            "或在 CASEWORK_DATABASE_URL 中指定数据库。",
            f"PostgreSQL cannot run as user {os.geteuid()}, which has no entry in /etc/passwd. Add one, or "
            "name a database in CASEWORK_DATABASE_URL.",
        )
    return Place(home / "postgres")


def _place_of_root(home: Path) -> Place:
    user = _system_user()
    _SHARED.mkdir(exist_ok=True)
    _SHARED.chmod(0o755)  # whatever root's umask is, the user has to pass through
    inside, pointer = home / "postgres", home / _POINTER
    if not pointer.exists() and (inside.exists() or _open_to_all(home)):
        return Place(inside, user, _SHARED)
    folder = Path(kept(pointer, lambda: str(_SHARED / secrets.token_hex(4))))
    if not folder.exists() and (home / "postgres.passwords").exists():
        raise NoServer(
            f"按 {pointer} 所写，自带数据库的数据应在 {folder} 中，却不在。请从备份恢复，"
            "或换一个 CASEWORK_HOME 从头开始。",
            f"The data of the private server should be in {folder}, as {pointer} says, and are not there. "
            "Restore them from a backup, or start empty with a new CASEWORK_HOME.",
        )
    return Place(folder, user, _SHARED)


def _open_to_all(folder: Path) -> bool:
    return all(step.stat().st_mode & 0o001 for step in [folder, *folder.parents])


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(_USER)
    except KeyError:
        pass
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program:
        account = ["--system", "--user-group", "--no-create-home", "--home-dir", str(_SHARED), _USER]
        subprocess.run([program, "--shell", "/usr/sbin/nologin", *account], capture_output=True, timeout=60)
    try:
        return pwd.getpwnam(_USER)  # made by us, or by another process at the same time
    except KeyError:
        raise NoServer(
            f"PostgreSQL 不能以 root 运行，也无法建立系统用户 {_USER}。请执行：adduser "
            f"--system --group --no-create-home {_USER}",
            f"PostgreSQL does not run as root, and the system user {_USER} could not be made. Run: adduser "
            f"--system --group --no-create-home {_USER}",
        ) from None


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
