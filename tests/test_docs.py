"""The documents tell the truth: links lead somewhere, decisions are numbered, the glossary knows our words."""

import importlib.util
import re
import tomllib
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from casework.api.answers.history import EVENT_KINDS
from casework.cli.rules import policies_of
from casework.rules.case import Phase
from casework.rules.grammar import PolicyLimit
from casework.rules.people import Role
from casework.settings import ROOT
from casework.work import workflow_registry

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_of_ours_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    ours = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    missing = [target for target in ours if not (page.parent / target).exists()]
    assert missing == []


def test_decisions_are_numbered_once_and_say_what_they_decide() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [page.name[:4] for page in pages]
    assert len(numbers) == len(set(numbers)) > 0
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.name[:4]} "), page.name
        for part in ("Context", "Decision", "Consequences"):
            assert part in text, f"{page.name} has no {part}"


def test_the_glossary_has_every_role_and_the_words_of_a_case() -> None:
    words = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = {word.strip() for row in re.findall(r"^\| ([^|]+) \|", words, re.MULTILINE) for word in row.split(",")}
    people = {role.value for role in Role} - {"lawyer", "volunteer", "clock"}
    assert people <= rows
    assert {"case", "clock", "alert", "queue", "override", "phase"} <= rows
    for phase in Phase:
        assert phase.value.replace("_", "-") in words


@pytest.mark.parametrize("column", [1, 2])
def test_the_glossary_defines_every_word_once(column: int) -> None:
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [line.split("|") for line in lines if line.startswith("|")][2:]
    words = Counter(word.strip() for row in rows for word in re.split("[,、]", row[column]))
    assert len(words) >= len(rows) > 0
    assert [word for word, times in words.items() if times > 1] == []


def test_each_release_lists_what_was_added_changed_and_fixed_in_this_order() -> None:
    releases = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1:]
    assert releases[0].startswith("Unreleased\n")
    for release in releases:
        name, *lines = [line for line in release.splitlines() if line]
        parts = [line for line in lines if not line.startswith(("- ", "  "))]
        assert parts == [f"### {part}" for part in ("Added", "Changed", "Fixed") if f"### {part}" in lines], name
        assert [line for line in lines if re.match(r"- (Added|Changed|Fixed):", line)] == [], name


def test_the_table_of_webhooks_has_every_kind_once() -> None:
    page = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[a-z]+\.[a-z_]+`[^|]*) \|", page, re.MULTILINE)
    told = [kind for row in rows for kind in re.findall(r"`case\.([a-z_]+)`", row)]
    assert sorted(told) == sorted(EVENT_KINDS)


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_the_two_commands(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "make run" in text
    assert "make test" in text


def test_both_readmes_take_the_same_tour() -> None:
    english, chinese = (
        re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
        for name in ("README.md", "README.zh-CN.md")
    )
    assert english == chinese


def script(name: str) -> ModuleType:
    """A module of docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rules() -> ModuleType:
    """What writes the page of rules."""
    return script("make_rules")


def test_the_picture_of_the_house_is_what_the_imports_say() -> None:
    architecture = script("make_architecture")
    assert architecture.PAGE.read_text(encoding="utf-8") == architecture.page(), "run make docs"


def test_the_page_of_rules_is_what_the_register_and_the_policies_say(rules: ModuleType) -> None:
    assert rules.PAGE.read_text(encoding="utf-8") == rules.page(rules.register()), "run make docs"


@pytest.mark.parametrize(
    ("source", "unsure"),
    [
        ("R GB 11643", True),
        ("法律援助法 55; R 办理法律援助案件程序规定（2023）", True),
        ("劳动争议调解仲裁法 29：按工作日计未核对原文（R）", True),
        ("Shandong, to be confirmed", True),
        ("法律援助法 46; 本机构设定 set by the office", False),
        ("EUR 5", False),
    ],
)
def test_what_was_only_recalled_is_counted_as_to_be_confirmed(rules: ModuleType, source: str, unsure: bool) -> None:
    assert rules.to_confirm(source) is unsure


@pytest.fixture(scope="module")
def register(rules: ModuleType) -> list[dict[str, Any]]:
    """Every rule of the register."""
    return [rule for section in rules.register()["section"] for rule in section["rules"]]


def test_every_clock_and_every_policy_has_its_rule(rules: ModuleType, register: list[dict[str, Any]]) -> None:
    clocks = {path for rule in register for path in rules.named(rule, "clock")}
    assert clocks == {f"{one.key}.{clock.name}" for one in workflow_registry.latest() for clock in one.clocks}
    limits = {
        (one.key, clock.limit.name)
        for one in workflow_registry.latest()
        for clock in one.clocks
        if isinstance(clock.limit, PolicyLimit)
    }
    named = {tuple(path.split(".")) for rule in register for path in rules.named(rule, "policy")}
    rows = policies_of(sorted((ROOT / "config" / "policies").rglob("*.toml")))
    told = {("any" if row.workflow == "*" else row.workflow, row.name) for row in rows}
    assert told - limits - named == set()


def test_every_step_that_decides_has_its_rule(rules: ModuleType, register: list[dict[str, Any]]) -> None:
    named = {path for rule in register for path in rules.named(rule, "transition")}
    decides = {
        f"{one.key}.{edge.name}" for one in workflow_registry.latest() for edge in one.transitions if edge.decides
    }
    assert decides - named == set()


def test_the_clocks_and_steps_that_a_programme_names_are_its_own(rules: ModuleType) -> None:
    for one in workflow_registry.latest():
        file = ROOT / "casework" / "workflows" / one.key / "rules.toml"
        own = [
            rule for section in tomllib.loads(file.read_text(encoding="utf-8"))["section"] for rule in section["rules"]
        ]
        named = [path for rule in own for what in ("clock", "transition") for path in rules.named(rule, what)]
        assert named
        assert {path.partition(".")[0] for path in named} == {one.key}


def test_no_rule_stands_there_twice(register: list[dict[str, Any]]) -> None:
    for language in ("zh", "en"):
        said = [rule["rule"][language] for rule in register]
        assert len(said) == len(set(said))


RULE = {"rule": {"zh": "规则", "en": "r"}, "source": "s", "clock": "legal_aid.review", "tests": ["tests/test_docs.py"]}


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (RULE | {"clock": "legal_aid.reviews"}, "legal_aid.reviews is no clock"),
        (RULE | {"policy": "legal_aid.revue"}, "has no row in config/policies"),
        (RULE | {"transition": ["legal_aid.grant", "legal_aid.grunt"]}, "legal_aid.grunt is no transition"),
        (RULE | {"letter": "hardship_aid.letter"}, "hardship_aid.letter is no letter"),
        (RULE | {"code": "casework.rules.clocks:dew"}, "casework.rules.clocks:dew does not exist"),
        (RULE | {"tests": ["tests/test_docs.py::test_nothing"]}, "tests/test_docs.py::test_nothing does not exist"),
        (RULE | {"tests": []}, "has tests, or says why"),
        (RULE | {"rule": {"en": "r"}}, "is said in zh and in en"),
        ({name: RULE[name] for name in ("rule", "source", "tests")}, "says neither clock"),
        ({"rule": RULE["rule"], "source": "s", "clock": "x", "why_not": RULE["rule"]}, "or both"),
        (RULE | {"wy_not": "x"}, "unknown"),
    ],
)
def test_a_rule_that_names_what_does_not_exist_is_refused(rules: ModuleType, rule: dict[str, Any], told: str) -> None:
    with pytest.raises(rules.BadRegister, match=told):
        rules.page({"section": [{"title": "t", "rules": [rule]}]})
