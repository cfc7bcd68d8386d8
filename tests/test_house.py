"""Facts about the source as a whole that neither the linter nor the import contracts can state."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.settings import ROOT

MODULES = sorted((ROOT / "casework").rglob("*.py"))
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def nodes(module: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(module.read_text(encoding="utf-8")))


def readers_of_the_environment() -> set[str]:
    return {
        module.relative_to(ROOT).as_posix()
        for module in MODULES
        for node in nodes(module)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.environb", "os.getenv")
    }


def test_only_the_settings_read_the_environment() -> None:
    assert readers_of_the_environment() == {"casework/settings/settings.py"}


def test_no_import_is_only_for_the_type_checker() -> None:
    hidden = {
        module.name
        for module in MODULES
        for node in nodes(module)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    }

    assert hidden == set()


def test_only_the_records_hold_sql() -> None:
    sql = re.compile(
        r"\s*(select\s.*\sfrom\s|insert into\s|update\s+\S+\s+set\s|delete from\s|lock table\s)", re.DOTALL
    )
    holders = {
        module.relative_to(ROOT / "casework").parts[0]
        for module in MODULES
        for node in nodes(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and sql.match(node.value)
    }

    assert holders == {"records"}


def test_no_module_is_named_for_nothing() -> None:
    empty_words = {"utils", "util", "helpers", "common", "base", "managers", "misc"}

    assert {module.stem for module in MODULES} & empty_words == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pinned_package_has_its_hashes_and_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text()
    pins = [part for part in re.split(r"\n(?=[a-z])", text) if re.match(r"[a-z]", part)]

    assert len(pins) > 20
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin or "==" not in pin] == []
    assert "://" not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_every_wanted_package_is_pinned(lock: str) -> None:
    wanted = re.findall(r"^[a-z][a-z0-9-]*", (ROOT / lock.replace(".txt", ".in")).read_text(), re.MULTILINE)
    pinned = re.findall(r"^([a-z][a-z0-9-]*)==", (ROOT / lock).read_text(), re.MULTILINE)

    assert set(wanted) - set(pinned) == set()


def test_every_module_stands_on_a_floor_that_the_import_check_knows() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = next(contract for contract in contracts if contract["type"] == "layers")
    known = {name.strip("() ") for layer in floors["layers"] for name in layer.split("|")}
    here = {
        path.stem for path in (ROOT / "casework").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert here - {"__init__"} <= known
    assert floors["exhaustive"] is True
