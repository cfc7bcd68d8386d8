"""The documents tell the truth: links lead somewhere, decisions are numbered, the glossary knows our words."""

import re
from pathlib import Path

import pytest

from casework.rules.casefile import Phase, Role
from casework.settings import ROOT

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
