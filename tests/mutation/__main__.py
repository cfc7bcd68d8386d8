"""Tries every mutant of the encoded rules against the tests of its rules and the stories of the programmes.

`python -m tests.mutation`; a rule counts as encoded only if a test fails without it.

Each mutant is written into a copy of the project and its tests run there in a process of its own, which was forked from
one that has loaded the libraries and nothing of the project. Exits 1 when fewer than `--least` per cent are caught.
`--write` keeps the figures in docs/mutants.toml, from which docs/rules.md tells them.
"""

import argparse
import contextlib
import io
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Final

# What the tests load of others, so that it is loaded once. Nothing of the project may be among it.
import alembic  # noqa: F401
import click  # noqa: F401
import cryptography.hazmat.primitives.ciphers.aead  # noqa: F401
import flask  # noqa: F401
import granian  # noqa: F401
import hypothesis  # noqa: F401
import marshmallow  # noqa: F401
import msgspec  # noqa: F401
import psycopg  # noqa: F401
import pytest
import sqlalchemy  # noqa: F401
import structlog  # noqa: F401
import transitions  # noqa: F401

from tests.mutation.mutants import Mutant, Rule, all_of, rules

ROOT: Final = Path(__file__).parents[2]
FIGURES: Final = "docs/mutants.toml"
IN_MEMORY: Final = ("tests/rules/", "tests/forms/", "tests/workflows/")
OTHERS: Final = (
    "tests/workflows",
    "tests/rules",
    *(
        f"--ignore=tests/{file}.py"
        for file in ("workflows/test_walks", "rules/test_calendars", "rules/test_calendars_by_oracle")
    ),
)
"""What else tells a programme's rules in memory; the long walks and the counting of hours are left out."""
LONGEST_S: Final = 300
"""A mutant whose tests take longer runs for ever: it is noticed."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A mutant, and the first tests that failed by it; all where they could not even be collected or never ended."""

    mutant: Mutant
    failed: frozenset[str]

    @property
    def caught(self) -> bool:
        """Whether any test noticed."""
        return bool(self.failed)


class _Failures:
    """A pytest plugin that notes which tests did not pass."""

    def __init__(self) -> None:
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid.partition("[")[0])


def _run(folder: Path, tests: Sequence[str], into: int) -> None:
    """Run these tests of a copy of the project in this process; writes the exit status and the tests that failed."""
    noted = _Failures()
    os.setsid()
    os.chdir(folder)
    sys.dont_write_bytecode = True
    sys.path[:] = [str(folder), *(one for one in sys.path if one not in ("", str(ROOT)))]
    for name in [one for one in sys.modules if one.partition(".")[0] in ("tests", "casework")]:
        del sys.modules[name]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        status = pytest.main(
            ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=no", "--assert=plain", "-x", *tests],
            plugins=[noted],
        )
    os.write(into, "\n".join([str(int(status)), *sorted(noted.failed)]).encode())


def _failed(folder: Path, tests: Sequence[str]) -> frozenset[str]:
    """Return which of these tests of a copy of the project fail; all of them where they never end or cannot begin."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            _run(folder, tests, writing)
        finally:
            os._exit(0)
    os.close(writing)
    deadline = time.monotonic() + LONGEST_S
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > deadline:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            break
        time.sleep(0.02)
    with os.fdopen(reading, "rb") as pipe:
        status, *failed = pipe.read().decode().splitlines() or [""]
    return frozenset(failed if status in ("0", "1") else tests)


def _copied(into: Path) -> Path:
    """A copy of what the tests need, without what git ignores."""
    leave = shutil.ignore_patterns(".git", ".venv", "__pycache__", "*.egg-info", "instance", "*_cache")
    return Path(shutil.copytree(ROOT, into, ignore=leave))


def _work(place: Path, made: Sequence[tuple[Mutant, Sequence[str]]], done: "Queue[Tried]") -> None:
    """Try these mutants, one after the other, in a copy of the project at this place."""
    copy = _copied(place)
    for mutant, tests in made:
        file = copy / mutant.file
        source = file.read_bytes()
        file.write_bytes(mutant.applied(source))
        # The rule's own tests in memory first, then the others in memory, and those that need a database at last.
        quick = [test for test in tests if test.startswith(IN_MEMORY)]
        slow = [test for test in tests if test not in quick]
        stages = (stage for stage in (quick, OTHERS, slow) if stage)
        done.put(Tried(mutant, next(filter(None, (_failed(copy, stage) for stage in stages)), frozenset())))
        file.write_bytes(source)


def tried(made: Sequence[tuple[Mutant, Sequence[str]]], jobs: int) -> Iterator[Tried]:
    """Try each mutant against its tests, so many at a time; gives each as it is done."""
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


def tests_by_thing(found: Sequence[Rule]) -> Mapping[str, list[str]]:
    """Return the tests of all rules that are made of a thing, by the thing."""
    by_thing: dict[str, list[str]] = {}
    for rule in found:
        for of in rule.made_of:
            by_thing.setdefault(of, []).extend(rule.tests)
    return {of: sorted(set(tests)) for of, tests in by_thing.items()}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--least", type=float, default=95.0, help="per cent that must be caught")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--only", default="", help="only things of the register whose name holds this text")
    parser.add_argument("--sample", type=int, default=0, help="only so many, drawn by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {FIGURES}")
    return parser.parse_args()


def main() -> int:
    """Try the mutants and tell what came of them."""
    asked = _asked()
    by_thing = tests_by_thing(rules(ROOT))
    things = [of for of in by_thing if asked.only in of]
    made = [(one, by_thing[one.of]) for one in all_of(ROOT, things)]
    if asked.sample:
        made = random.Random(asked.seed).sample(made, min(asked.sample, len(made)))
    healthy = sorted({test for _, tests in made for test in tests})
    sys.stderr.write(f"{len(made)} mutants of {len(things)} things, {len(healthy)} tests\n")
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        if broken := _failed(_copied(Path(place) / "healthy"), healthy):
            sys.stderr.write("These fail without any mutant:\n" + "\n".join(sorted(broken)) + "\n")
            return 1
    found: list[Tried] = []
    for one in tried(made, asked.jobs):
        found.append(one)
        if not one.caught:
            sys.stdout.write(f"not caught: {one.mutant.told}\n")
            sys.stdout.flush()
        if len(found) % 100 == 0:
            sys.stderr.write(f"{len(found)} tried, {sum(one.caught for one in found)} caught\n")
    caught = sum(one.caught for one in found)
    share = 100 * caught / len(found) if found else 100.0
    sys.stdout.write(f"{caught} of {len(found)} mutants caught: {share:.1f} %\n")
    if asked.write:
        (ROOT / FIGURES).write_text(_figures(found), encoding="utf-8")
    return 0 if share >= asked.least else 1


def _figures(found: Sequence[Tried]) -> str:
    """The figures as TOML: how many mutants of each kind were made, and how many of them were caught."""
    made = Counter(one.mutant.kind.partition(" ")[0] for one in found)
    caught = Counter(one.mutant.kind.partition(" ")[0] for one in found if one.caught)
    lines = [
        "# Written by `python -m tests.mutation --write`; docs/rules.md tells it.",
        f"made = {len(found)}",
        f"caught = {sum(caught.values())}",
        "",
        "[kinds]",
        *(f'"{kind}" = [{number}, {caught[kind]}]' for kind, number in sorted(made.items())),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
