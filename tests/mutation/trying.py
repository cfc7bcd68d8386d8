"""Tries mutants: each in a copy of the project, in a process forked from one that has loaded the healthy project.

There whatever imports the changed file, directly or not, is loaded anew. A mutant costs half a second, not two.
"""

import ast
import contextlib
import gc
import importlib
import io
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Final

import pytest

from tests.mutation.sources import Mutant

ROOT: Final = Path(__file__).parents[2]
IN_MEMORY: Final = ("tests/rules/", "tests/forms/", "tests/workflows/")
_LONG: Final = (
    "tests/workflows/test_walks.py",
    "tests/rules/test_calendars.py",
    "tests/rules/test_calendars_by_oracle.py",
)
"""The long walks and the counting of hours are tried only where a rule names them."""
_LAW: Final = "tests/workflows/test_law"
_BY_ROW: Final = "tests/workflows/test_law_powers.py"
"""Long, and no row of it says anything of another thing."""
_MOST_CPU_S: Final = 120
_MOST_S: Final = 1800
"""A mutant whose tests reckon or wait longer runs for ever: it is noticed."""


class Fate(StrEnum):
    """What became of a mutant: a test failed, none did, or the project could not even be loaded with it."""

    CAUGHT = "caught"
    SURVIVED = "survived"
    STILLBORN = "stillborn"


@dataclass(frozen=True, slots=True)
class Tried:
    """A mutant, what became of it, and whether the tests that its rules name sufficed for that.

    It is not `healthy` where the tests that caught it fail without it, too.
    """

    mutant: Mutant
    fate: Fate
    by_named: bool = False
    healthy: bool = True


class Place:
    """A copy of the project in which this process works from now on; what the tests in memory need is loaded."""

    def __init__(self, at: Path) -> None:
        leave = shutil.ignore_patterns(".git", ".venv", "__pycache__", "*.egg-info", "instance", "*_cache")
        self.root = Path(shutil.copytree(ROOT, at, ignore=leave))
        os.chdir(self.root)
        os.environ["PYTHONPATH"] = str(self.root)  # A service that a test starts is that of the copy, too.
        sys.path[:] = [str(self.root), *(one for one in sys.path if one not in ("", str(ROOT)))]
        for name in [one for one in sys.modules if one.partition(".")[0] in ("tests", "casework")]:
            if not name.startswith("tests.mutation"):
                del sys.modules[name]
        self._imports = {
            _module(file.relative_to(self.root)): set(_imported(file))
            for folder in ("casework", "tests")
            for file in sorted((self.root / folder).rglob("*.py"))
        }
        # These it finds by looking for them.
        self._imports["casework.work.workflow_registry"] |= {
            one for one in self._imports if "casework.workflows." in one
        }
        for file in self.in_memory():
            importlib.import_module(_module(Path(file)))
        _pytest(["tests/rules/test_chinese_amount.py"])  # What pytest itself loads at its first run is loaded, too.
        # A child that collects garbage would copy all that it shares with this process: that takes four times as long.
        gc.collect()
        gc.freeze()
        gc.disable()
        self._healthy: set[str] = set()

    def in_memory(self) -> list[str]:
        """The files of tests that need no database, without the longest."""
        files = (file for folder in IN_MEMORY for file in sorted((self.root / folder).glob("test_*.py")))
        return [name for file in files if (name := file.relative_to(self.root).as_posix()) not in _LONG]

    def fate(self, changed: str, tests: Sequence[str]) -> Fate:
        """What becomes of the project in these tests, once this file of it was changed."""
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            try:
                resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S, _MOST_CPU_S))
                signal.alarm(_MOST_S)
                self._forget(changed, all(test.startswith((*IN_MEMORY, "-k")) for test in tests))
                os.write(writing, str(_pytest(tests)).encode())
            finally:
                os._exit(0)
        os.close(writing)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as pipe:
            status = pipe.read().decode()
        # 5: none of the rows is of this thing.
        survived = {"0": Fate.SURVIVED, "5": Fate.SURVIVED}
        return {**survived, "1": Fate.CAUGHT, "": Fate.CAUGHT}.get(status, Fate.STILLBORN)

    def with_mutant(self, mutant: Mutant, tests: Sequence[str]) -> Fate:
        """What becomes of the project with a mutant in these tests."""
        file = self.root / mutant.file
        source, stat = file.read_bytes(), file.stat()
        file.write_bytes(mutant.applied(source))
        try:
            return self.fate(mutant.file, tests)
        finally:
            file.write_bytes(source)
            # As old as it was, so that what was compiled of it still holds.
            os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    def passes(self, tests: Sequence[str]) -> bool:
        """Whether these tests pass without any mutant; each is asked once, while nothing is changed."""
        fresh = [test for test in tests if test not in self._healthy and not test.startswith("-k")]
        if fresh and self.fate("", fresh) is not Fate.SURVIVED:
            return False
        self._healthy.update(fresh)
        return True

    def _forget(self, changed: str, in_memory: bool) -> None:
        """Whatever looks at this file is loaded again when it is next asked for.

        That is everything where it is no module, and for tests not `in_memory`: the interface keeps a list of parts.
        """
        forgotten = {_module(Path(changed))} if in_memory and changed.endswith(".py") else set(self._imports)
        while more := {name for name, of in self._imports.items() if of & forgotten} - forgotten:
            forgotten |= more
        for name in forgotten & set(sys.modules):
            del sys.modules[name]
            package, _, module = name.rpartition(".")
            if hasattr(sys.modules.get(package), module):
                delattr(sys.modules[package], module)


def _module(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")


def _imported(file: Path) -> Iterator[str]:
    """The names of modules that a file imports; of `from a import b` also a.b, which may be one."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _pytest(tests: Sequence[str]) -> int:
    """Run these tests in this process until one fails, and give the exit status."""
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=no", "--assert=plain", "-x"]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return int(pytest.main([*options, *tests]))


_Stages = Iterator[tuple[Sequence[str], bool]]
"""What is tried one after the other, the cheapest first, and whether the rules of the mutant name it."""


def _near(place: Place, mutant: Mutant, named: Sequence[str]) -> _Stages:
    """The rows of the tables of the law for this very thing, then the whole tables; the other tests in memory.

    At last the files in which these stand, and all tables.
    """
    law = [test for test in named if test.startswith(_LAW)]
    what, _, thing = mutant.of.partition(":")
    if what in ("clock", "transition", "letter"):
        yield [f"-k={thing.replace('.', '-')}", *law], True
    yield [test for test in law if not test.startswith(_BY_ROW)], True
    yield [test for test in named if test.startswith(IN_MEMORY) and test not in law], True
    yield _beside(place, named), False


def _far(place: Place, mutant: Mutant, named: Sequence[str]) -> _Stages:
    """What needs a database, and all other tests in memory."""
    yield [test for test in named if not test.startswith(IN_MEMORY)], True
    yield [file for file in place.in_memory() if file not in (*_beside(place, named), _BY_ROW)], False


def _beside(place: Place, named: Sequence[str]) -> list[str]:
    files = {test.partition("::")[0] for test in named if not test.startswith(_BY_ROW)}
    return [file for file in place.in_memory() if file in files or (file.startswith(_LAW) and file != _BY_ROW)]


def _noticed(place: Place, mutant: Mutant, stages: _Stages) -> Tried | None:
    """What becomes of a mutant in these tests; None where none of them notices it."""
    for tests, by_named in stages:
        if any("::" in test or "/" in test for test in tests):
            found = place.with_mutant(mutant, tests)
            if found is not Fate.SURVIVED:
                return Tried(mutant, found, by_named=by_named, healthy=place.passes(tests))
    return None


def _work(at: Path, made: Sequence[tuple[Mutant, Sequence[str]]], done: "Queue[Tried]") -> None:
    """Try these mutants in a copy of the project at this place, first all against what is near, which is cheap."""
    place = Place(at)
    sys.dont_write_bytecode = True
    left = list(made)
    for stages in (_near, _far):
        unnoticed = []
        for mutant, named in left:
            if found := _noticed(place, mutant, stages(place, mutant, named)):
                done.put(found)
            else:
                unnoticed.append((mutant, named))
        left = unnoticed
    for mutant, _ in left:
        done.put(Tried(mutant, Fate.SURVIVED))


def tried(made: Sequence[tuple[Mutant, Sequence[str]]], jobs: int) -> Iterator[Tried]:
    """Try each mutant against the tests that its rules name, so many at a time; gives each as it is done."""
    forked = multiprocessing.get_context("fork")
    done: Queue[Tried] = forked.Queue()
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        workers = [
            forked.Process(target=_work, args=(Path(place) / str(index), made[index::jobs], done))
            for index in range(jobs)
        ]
        for worker in workers:
            worker.start()
        for _ in made:
            yield done.get()
        for worker in workers:
            worker.join()
