"""`casework` as a person at a terminal uses it, and the processes that it leaves running or not."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import structlog
from click.testing import CliRunner

from casework.cli import main
from casework.settings import ROOT

SCRIPT = Path(sys.executable).with_name("casework")
LONGEST_S = 120


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment with this home, a demonstration, English as in every unnamed language, and what is named."""
    ours = ("CASEWORK_", "PORT", "LC_", "LANG")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    config = home / "english.toml"
    home.mkdir(exist_ok=True, mode=0o711)
    config.write_text('[office]\nlanguage = "en"\n[web]\nworkers = 1\n[demo]\ncases = 20\n')
    return plain | {"CASEWORK_ENV": "demo", "CASEWORK_HOME": str(home), "CASEWORK_CONFIG": str(config)} | more


@dataclass(frozen=True)
class Done:
    """How a command ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


class Terminal:
    """Runs `casework` for one home, in this process: loading the program takes longer than most commands."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *words: str | Path, **more: str) -> Done:
        asked = environment(self.home, **more)
        unset = dict.fromkeys(os.environ.keys() - asked.keys())
        answer = CliRunner(env=asked | unset).invoke(main, list(map(str, words)), catch_exceptions=False)
        structlog.reset_defaults()
        return Done(answer.exit_code, answer.stdout, answer.stderr)

    def script(self, *words: str | Path, **more: str) -> Done:
        """The same by the console script, in a process of its own."""
        done = subprocess.run(
            [SCRIPT, *words],
            env=environment(self.home, **more),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def says(self, *words: str | Path, **more: str) -> str:
        """What a command that succeeds prints."""
        done = self(*words, **more)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refuses(self, *words: str | Path, **more: str) -> str:
        """The one sentence with which a command that cannot go on ends."""
        done = self(*words, **more)
        assert done.returncode == 1, done.stdout
        assert len(done.stderr.splitlines()) == 1, done.stderr
        return done.stderr.strip()


def until(condition: Callable[[], bool], seconds: float = LONGEST_S) -> bool:
    """Whether the condition comes true within that time."""
    limit = monotonic() + seconds
    while not condition():
        if monotonic() > limit:
            return False
    return True


def tree_of(pid: int) -> set[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found, fresh = set[int](), [pid]
    while fresh:
        one = fresh.pop()
        found.add(one)
        fresh += children.get(one, [])
    return found


def alive(pids: set[int]) -> set[int]:
    """Which of these processes have not ended."""
    left = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if state != "Z":
            left.add(pid)
    return left
