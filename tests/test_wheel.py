"""A wheel starts anywhere: built from the source archive, installed afresh, served in an empty folder."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

import pytest

from casework.embedded import PrivateServer
from casework.settings import ROOT
from tests.running import free_port

_LONGEST_S: Final = 120
_SOURCES: Final = (
    *("casework", "config", "migrations"),
    *("LICENSE", "MANIFEST.in", "README.md", "pyproject.toml", "requirements.in", "setup.py", "wsgi.py"),
)
_ARCHIVE: Final = "import sys; from setuptools import build_meta; print(build_meta.build_sdist(sys.argv[1]))"


def run(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_LONGEST_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `python -m build` makes it: a source archive, and the wheel from that archive."""
    folder = tmp_path_factory.mktemp("build")
    sources = folder / "sources"
    sources.mkdir()
    for name in _SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, sources / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, sources / name)
    run(sys.executable, "-c", _ARCHIVE, folder, folder=sources)
    (archive,) = folder.glob("casework-*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    offline = ["--no-deps", "--no-index", "--no-build-isolation", "--quiet"]
    run(sys.executable, "-m", "pip", "wheel", *offline, "--wheel-dir", folder, unpacked, folder=folder)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment that has the wheel, and reads what it depends on from ours."""
    environment = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", environment, folder=environment)
    python = environment / "bin" / "python"
    packages = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=environment).strip()
    )
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    offline = ["--no-deps", "--no-index", "--quiet"]
    run(sys.executable, "-m", "pip", "--python", python, "install", *offline, wheel, folder=environment)
    return environment / "bin"


def outside(folder: Path, **more: str) -> dict[str, str]:
    """An environment in which nothing leads back to this checkout."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("CASEWORK_", "PYTHON"))}
    return plain | {"HOME": str(folder), **more}


def test_an_installed_wheel_serves_the_demonstration_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    folder, port = tmp_path / "empty", free_port()
    folder.mkdir()
    few = tmp_path / "few.toml"
    few.write_text('[demo]\ncases = 5\n[office]\nlanguage = "en"\n[web]\nworkers = 1\n', encoding="utf-8")
    environ = outside(folder, CASEWORK_CONFIG=str(few), PORT=str(port), LANG="C.UTF-8")
    log = tmp_path / "log"
    try:
        with log.open("w") as errors:
            process = subprocess.Popen(
                [installed / "casework", "serve", "--demo"],
                cwd=folder,
                env=environ,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "ready at" in line:
                break
        password = re.search(r"^caseworker +(\S+)$", said, re.MULTILINE)
        assert password is not None, said + log.read_text()
        body = json.dumps({"username": "caseworker", "password": password[1]}).encode()
        address = f"http://127.0.0.1:{port}"
        request = Request(f"{address}/api/v1/auth/token", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=30) as answer:
            assert json.load(answer)["access_token"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(_LONGEST_S) == 0
        assert {one.name for one in folder.iterdir()} == {"instance"}
    finally:
        process.kill()
        process.communicate()
        PrivateServer(folder / "instance").remove()


def test_an_installed_wheel_knows_its_calendars_policies_and_workflows(installed: Path, tmp_path: Path) -> None:
    environ = outside(tmp_path, LANG="C.UTF-8")
    told = [
        subprocess.run(
            [installed / "casework", "--language", "en", *words],
            cwd=tmp_path,
            env=environ,
            text=True,
            capture_output=True,
            timeout=_LONGEST_S,
            check=False,
        )
        for words in (("clock", "due", "--from", "2026-02-10", "--limit", "5wd"), ("workflow", "check"))
    ]
    assert [one.returncode for one in told] == [0, 0], told
    assert "2026-02-24" in told[0].stdout
