"""Mutants of the encoded rules, made from the register: small wrong changes that tests must notice.

A mutant is one change of one file: a limit longer or shorter by one, days of the other kind, an amount off by a cent, a
comparison turned, a role more or fewer, a guard, a letter or a sentence left out. The register (`docs/make_rules.py`)
names what each rule is made of (`clock`, `policy`, `transition`, `letter`, `code`) and the tests that show it.
"""

import runpy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.mutation.code import of_code
from tests.mutation.policies import of_policy
from tests.mutation.rows import of_clock, of_letter, of_transition
from tests.mutation.sources import Mutant

REGISTER: Final = "docs/make_rules.py"
_MUTATED: Final[Mapping[str, Any]] = {
    "clock": of_clock,
    "policy": of_policy,
    "transition": of_transition,
    "letter": of_letter,
    "code": of_code,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """An encoded rule: its name, what it is made of (`clock:legal_aid.review`, …), and its tests."""

    name: str
    made_of: tuple[str, ...]
    tests: tuple[str, ...]


def rules(root: Path) -> list[Rule]:
    """Return the encoded rules of the register, in its order."""
    register = runpy.run_path(str(root / REGISTER))["register"]()
    return [
        Rule(
            rule["rule"]["en"],
            tuple(f"{what}:{path}" for what in _MUTATED for path in _list(rule.get(what, []))),
            tuple(rule["tests"]),
        )
        for section in register["section"]
        for rule in section["rules"]
        if "why_not" not in rule
    ]


def mutants(root: Path, of: str) -> list[Mutant]:
    """Return every mutant of a thing that the register names, such as `clock:legal_aid.review`."""
    what, _, path = of.partition(":")
    made = {
        one
        for one in _MUTATED[what](root, of, path)
        if (root / one.file).read_bytes()[one.start : one.end] != one.text.encode()
    }
    return sorted(made, key=lambda one: (one.file, one.start, one.text))


def all_of(root: Path, made_of: Iterable[str]) -> list[Mutant]:
    """Return the mutants of all these things, each change once, under the first thing that gives it."""
    seen: dict[tuple[str, int, int, str], Mutant] = {}
    for of in dict.fromkeys(made_of):
        for one in mutants(root, of):
            seen.setdefault((one.file, one.start, one.end, one.text), one)
    return list(seen.values())


def _list(named: Any) -> list[str]:
    return [named] if isinstance(named, str) else list(named)
