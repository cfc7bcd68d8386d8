"""The budget is read strictly, and a run that exceeds a line of it says so."""

import ast
from pathlib import Path

import pytest

from benchmarks import budget
from benchmarks.budget import Figure, Line
from benchmarks.operations import OPERATIONS
from benchmarks.page import Circumstances, performance

BUDGET = """
[open]
statements = { most = 11, target = 4 }
of_ideal = { least = 0.05, target = 0.30 }
kept = { better = "more", target = 0.8 }
[search]
p99_ms = { better = "less", target = 50 }
"""
QUIET = Circumstances("2026-11-30", "abc1234", "2 processors", "wrk", 5, 0.1, 2)


@pytest.fixture
def lines(tmp_path: Path) -> dict[str, Line]:
    file = tmp_path / "budget.toml"
    file.write_text(BUDGET, encoding="utf-8")
    return budget.read(file)


@pytest.mark.parametrize(
    ("name", "value", "verdict"),
    [
        ("open.statements", 4, "met"),
        ("open.statements", 5, "short"),
        ("open.statements", 11, "short"),
        ("open.statements", 12, "exceeded"),
        ("open.of_ideal", 0.3, "met"),
        ("open.of_ideal", 0.05, "short"),
        ("open.of_ideal", 0.049, "exceeded"),
        ("open.kept", 0.1, "short"),
        ("search.p99_ms", 50, "met"),
        ("search.p99_ms", 1_000, "short"),
    ],
)
def test_a_figure_meets_its_target_falls_short_or_exceeds_its_line(
    lines: dict[str, Line], name: str, value: float, verdict: str
) -> None:
    assert lines[name].judge(value) == verdict


def test_what_exceeds_its_line_is_told_with_where_and_what_is_allowed(lines: dict[str, Line]) -> None:
    figures = [Figure("open.of_ideal", "private 18, 10 cases", 0.01), Figure("nothing.known", "x", 1)]
    judged = budget.judge(lines, [*figures, Figure("open.statements", "private 18, 10 cases", 12)])
    assert [one.line.name for one in judged] == ["open.statements", "open.of_ideal"]
    statements, ideal = budget.exceeded(judged)
    assert statements.startswith("open.statements is 12 on private 18, 10 cases")
    assert "at most 11" in statements
    assert "at least 0.05" in ideal
    assert budget.exceeded(budget.judge(lines, [Figure("open.statements", "x", 11)])) == []


def test_the_page_tells_line_and_target_beside_what_was_measured(lines: dict[str, Line]) -> None:
    figures = [Figure("open.statements", "private 18", 12), Figure("search.p99_ms", "private 18", 70)]
    page = performance(QUIET, [], budget.judge(lines, figures), [])
    assert "| open.statements | private 18 | 12 | ≤ 11 | ≤ 4 | **exceeded** |" in page
    assert "| search.p99_ms | private 18 | 70 | – | ≤ 50 | not yet |" in page
    assert "2026-11-30, commit abc1234, 2 processors; 5 rounds; load by wrk." in page


def test_a_busy_machine_is_told(lines: dict[str, Line]) -> None:
    busy = Circumstances("2026-11-30", "abc1234", "2 processors", "wrk", 5, 9.5, 2)
    assert "The machine was busy" in performance(busy, [], [], [])
    assert "The machine was busy" not in performance(QUIET, [], [], [])


@pytest.mark.parametrize(
    "said",
    [
        "{ most = 4 }",
        "{ target = 4 }",
        "{ most = 4, least = 3, target = 4 }",
        '{ better = "other", target = 4 }',
        '{ most = "4", target = 4 }',
        "{ most = 4, target = 5 }",
        "{ least = 4, target = 3 }",
    ],
)
def test_a_line_that_says_too_much_or_too_little_is_refused(tmp_path: Path, said: str) -> None:
    file = tmp_path / "budget.toml"
    file.write_text(f"[open]\nstatements = {said}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"open\.statements"):
        budget.read(file)


def test_every_operation_has_its_lines() -> None:
    named = set(budget.read())
    for operation in OPERATIONS:
        wanted = {"statements", "rows", "rows_grow", "of_ideal", "kept"}
        wanted |= {"own_of_reference"} if operation.reference else set()
        assert {f"{operation.key}.{name}" for name in wanted} <= named


def test_the_benchmark_asks_the_service_over_http_and_by_the_command_line() -> None:
    """So that how the service keeps its cases may change; the sweep, which has no such interface, is made by SQL."""
    inner = {
        module.name
        for module in (Path(budget.__file__).parent).glob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("casework.records")
    }
    assert inner == {"sweep.py"}
