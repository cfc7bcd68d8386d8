"""Tries every mutant of the encoded rules against the tests of its rules, then all others that need no database.

`python -m tests.mutation`; a rule counts as encoded only if a test fails without it.

A mutant with which the project cannot even be loaded is left out of the count. Exits 1 when fewer than `--least` per
cent of the others are caught. `--write` keeps the figures in docs/mutants.toml, from which docs/rules.md tells them.
"""

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from casework.rules.text import Text
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import Rule, all_of, rules
from tests.mutation.sources import Mutant
from tests.mutation.trying import ROOT, Fate, Tried, tried

FIGURES: Final = "docs/mutants.toml"
_BY_NAMED: Final = "caught by its tests"
_WHOLE: Final = Text("一次完整运行", "one whole run")
_AGAIN: Final = Text(
    "承接先前的运行，先前已发现的未重试", "a run that did not try again what an earlier one had caught"
)


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
    parser.add_argument("--again", type=Path, help="not those again that an earlier run caught, whose output this is")
    parser.add_argument("--sample", type=int, default=0, help="only so many, drawn by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {FIGURES}")
    return parser.parse_args()


def main() -> int:
    """Try the mutants and tell what came of them."""
    asked = _asked()
    by_thing = tests_by_thing(rules(ROOT))
    things = [of for of in by_thing if asked.only in of]
    made = [(one, by_thing[one.of]) for one in all_of(ROOT, things) if _told(one) not in EQUIVALENT]
    if asked.sample:
        made = random.Random(asked.seed).sample(made, min(asked.sample, len(made)))
    found = _caught_before(asked.again, [one for one, _ in made]) if asked.again else []
    known = {one.mutant for one in found}
    made = [(one, tests) for one, tests in made if one not in known]
    named = sorted({test for _, tests in made for test in tests})
    sys.stderr.write(f"{len(made)} mutants of {len(things)} things, {len(named)} tests\n")
    for one in tried(made, asked.jobs):
        found.append(one)
        if not one.healthy:
            sys.stderr.write(f"Its tests fail without it, too: {_told(one.mutant)}\n")
            return 1
        fate = _BY_NAMED if one.by_named and one.fate is Fate.CAUGHT else one.fate
        sys.stdout.write(f"{fate}: {_told(one.mutant)} # {one.mutant.file}:{one.mutant.line}\n")
        sys.stdout.flush()
        if len(found) % 100 == 0:
            sys.stderr.write(f"{len(found)} tried, {_caught(found)} caught\n")
    alive = [one for one in found if one.fate is not Fate.STILLBORN]
    share = 100 * _caught(alive) / len(alive) if alive else 100.0
    sys.stdout.write(
        f"{_caught(alive)} of {len(alive)} mutants caught: {share:.1f} %, {sum(one.by_named for one in alive)} of them"
        f" by the tests that their rules name; {len(found) - len(alive)} could not be loaded\n"
    )
    if asked.write:
        (ROOT / FIGURES).write_text(_figures(alive, _AGAIN if asked.again else _WHOLE), encoding="utf-8")
    return 0 if share >= asked.least else 1


def _caught_before(output: Path, made: Sequence[Mutant]) -> list[Tried]:
    """Those of the mutants that an earlier run caught. That holds as long as tests are only added since."""
    fates: dict[str, set[str]] = {}
    for line in output.read_text(encoding="utf-8").splitlines():
        fate, _, told = line.rpartition(" # ")[0].partition(": ")
        fates.setdefault(told, set()).add(fate)
    return [
        Tried(one, Fate.CAUGHT, by_named=fates[told] == {_BY_NAMED})
        for one in made
        if (told := _told(one)) in fates and fates[told] <= {_BY_NAMED, Fate.CAUGHT}
    ]


def _told(mutant: Mutant) -> str:
    return mutant.told((ROOT / mutant.file).read_bytes())


def _caught(found: Sequence[Tried]) -> int:
    return sum(one.fate is Fate.CAUGHT for one in found)


def _figures(found: Sequence[Tried], how: Text) -> str:
    """The figures as TOML: how they were found, how many mutants of each kind were made and how many caught."""
    made = Counter(one.mutant.kind.partition(" ")[0] for one in found)
    caught = Counter(one.mutant.kind.partition(" ")[0] for one in found if one.fate is Fate.CAUGHT)
    lines = [
        "# docs/rules.md tells it; `python -m tests.mutation --write` writes it anew.",
        f'how = {{ zh = "{how.zh}", en = "{how.en}" }}',
        f"made = {len(found)}",
        f"caught = {sum(caught.values())}",
        "",
        "[kinds]",
        *(f'"{kind}" = [{number}, {caught[kind]}]' for kind, number in sorted(made.items())),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
