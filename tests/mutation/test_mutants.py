"""The tool that mutates the encoded rules: which small changes it makes of what a rule is made of."""

from dataclasses import replace
from pathlib import Path

import pytest

from casework.settings import ROOT
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import mutants, rules
from tests.mutation.sources import Mutant
from tests.mutation.trying import Fate, tried

TABLE = """
WORKFLOW = Workflow(
    transitions=(
        Transition("grant", Text("给予", "Grant"), "a", "b", by=(Role.A, Role.B), when=(small, by_another), letter="g"),
    ),
    clocks=(
        Clock("review", Text("审查", "Review"), ("a", "b"), "7d", Text("法", "law"), pauses="c"),
        Clock("papers", Text("材料", "Papers"), "c", policy("papers"), Text("法", "law"), take="lapse"),
    ),
)
"""
GUARDS = """
LEAST = 5


def small(income: int, of_age: bool) -> bool:
    return income < 2 * LEAST and not of_age
"""
POLICIES = """
[[policy]]
workflow = "aid"
name = "papers"
place = "CN"
from = 2022-01-01
value = "10wd"
source = { zh = "法", en = "law" }

[[policy]]
workflow = "*"
name = "line"
place = "CN"
from = 2022-01-01
value = "1062"
source = { zh = "法", en = "law" }
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "casework" / "workflows" / "aid"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(TABLE, encoding="utf-8")
    (folder / "guards.py").write_text(GUARDS, encoding="utf-8")
    policies = tmp_path / "config" / "policies"
    policies.mkdir(parents=True)
    (policies / "aid.toml").write_text(POLICIES, encoding="utf-8")
    return tmp_path


def lines(project: Path, of: str) -> set[str]:
    """The line in which each mutant stands, as it makes it."""

    def changed(one: Mutant) -> str:
        text = one.applied((project / one.file).read_bytes()).decode()
        return " ".join(text.splitlines()[one.line - 1].split())

    return {changed(one) for one in mutants(project, of)}


def test_a_limit_is_longer_shorter_and_of_other_days(project: Path) -> None:
    made = lines(project, "clock:aid.review")
    assert {one.partition(', Text("法')[0].rpartition(", ")[2] for one in made} >= {"'8d'", "'6d'", "'7wd'"}
    assert any('("a",)' in one for one in made)
    assert any('("b",)' in one for one in made)
    assert any("pauses=()" in one for one in made)


def test_a_clock_whose_limit_is_a_policy_is_mutated_in_its_rows(project: Path) -> None:
    made = lines(project, "clock:aid.papers")
    assert {'value = "11wd"', 'value = "9wd"', 'value = "10d"'} < made
    assert any("take=None" in one for one in made)
    assert lines(project, "policy:aid.line") == {'value = "1062.01"', 'value = "1061.99"'}


def test_a_transition_loses_each_role_and_each_guard(project: Path) -> None:
    made = lines(project, "transition:aid.grant")
    for change in (
        "by=Role.AUDITOR",
        "by=(Role.A,)",
        "by=(Role.B,)",
        "when=(small,)",
        "when=(by_another,)",
        "letter=()",
    ):
        assert any(change in one for one in made), change


def test_a_function_has_each_comparison_connective_number_and_negation_turned(project: Path) -> None:
    assert lines(project, "code:casework.workflows.aid.guards:small") == {
        "return income <= 2 * LEAST and not of_age",
        "return income < 3 * LEAST and not of_age",
        "return income < 1 * LEAST and not of_age",
        "return income < 2 * LEAST or not of_age",
        "return income < 2 * LEAST and (of_age)",
    }
    assert lines(project, "code:casework.workflows.aid.guards:LEAST") == {"LEAST = 6", "LEAST = 4"}


def test_every_mutant_of_the_register_changes_its_file_and_leaves_it_readable() -> None:
    things = {of for rule in rules(ROOT) for of in rule.made_of}
    made = [one for of in sorted(things) for one in mutants(ROOT, of)]
    assert len(made) > 1500
    for one in made:
        source = (ROOT / one.file).read_bytes()
        changed = one.applied(source)
        assert changed != source, one
        if one.file.endswith(".py"):
            compile(changed, one.file, "exec")


def test_what_changes_nothing_still_stands_where_it_is_told() -> None:
    made = [one for of in {of for rule in rules(ROOT) for of in rule.made_of} for one in mutants(ROOT, of)]
    told = {one.told((ROOT / one.file).read_bytes()) for one in made}
    assert set(EQUIVALENT) <= told
    assert len(EQUIVALENT) < len(made) / 100


def test_a_mutant_is_noticed_by_what_imports_its_file_and_what_changes_nothing_is_not() -> None:
    [roles, *_] = [one for one in mutants(ROOT, "transition:legal_aid.accept") if one.kind == "roles"]
    [line, *_] = mutants(ROOT, "policy:legal_aid.hardship_multiple")
    nothing = replace(line, start=0, end=0, text="# nothing")
    named = ["tests/workflows/test_law_powers.py::test_who_may"]
    found = {one.mutant: one for one in tried([(roles, named), (line, []), (nothing, [])], jobs=1)}
    assert (found[roles].fate, found[roles].by_named) == (Fate.CAUGHT, True)
    assert (found[line].fate, found[line].by_named) == (Fate.CAUGHT, False)
    assert found[nothing].fate is Fate.SURVIVED
