"""Writes docs/rules.md: every rule with its source, how its days are counted, where it is in the code, and its test.

`docs/rules.toml` is the register. A rule names what it is made of: a `clock` or a `policy` of a workflow, from whose
rows in `config/policies` the values are taken, or a function in the `code`; and the `tests` that show it. A rule that
is not encoded says why in `why_not`. Whatever does not exist is refused, so that the page cannot promise it.
"""

import ast
import importlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from casework.cli.rules import policies_of
from casework.rules.casefile import PolicyRow
from casework.rules.clocks import Limit
from casework.rules.grammar import NO_LIMIT, Clock, PolicyLimit
from casework.rules.text import Text
from casework.settings import ROOT
from casework.work import programmes

REGISTER: Final = ROOT / "docs" / "rules.toml"
PAGE: Final = ROOT / "docs" / "rules.md"
_DAYS: Final = {
    "wd": Text("工作日", "working days"),
    "d": Text("自然日，末日遇休息日顺延", "natural days, the last one rolls over rest days"),
    "wh": Text("工作小时", "working hours"),
    "h": Text("小时", "elapsed hours"),
    "m": Text("分钟", "elapsed minutes"),
    "mo": Text("月，至对应日", "months, to the corresponding day"),
    "y": Text("年，至对应日", "years, to the corresponding day"),
}
_FIELDS: Final = {"rule", "source", "clock", "policy", "code", "tests", "why_not", "value", "days"}
_HEAD: Final = """# Rules 规则

Generated from [rules.toml](rules.toml) and the policies in `config/policies` by `make docs`; a test refuses this page
when it differs. What is tagged R in its source was only recalled, not read: an administrator has to confirm it.

本页由 `make docs` 生成。来源中标有 R 的内容未经核对原文，须由管理员确认。
"""
_COLUMNS: Final = (
    "| Rule 规则 | Source 依据 | Value 数值 | Days 日数计算 | Code 代码 | Tests 测试 |\n|---|---|---|---|---|---|"
)
_LEFT_OUT: Final = "| Rule 规则 | Source 依据 | Why not encoded 未编码的原因 |\n|---|---|---|"


class BadRegister(ValueError):
    """The register names something that does not exist; the message says which rule and what."""


@dataclass(frozen=True, slots=True)
class _Value:
    """What a rule amounts to, and how its days are counted."""

    told: str = "–"
    days: str = "–"


def page(register: Mapping[str, Any]) -> str:
    """The page as Markdown; raises `BadRegister`."""
    policies = policies_of(sorted((ROOT / "config" / "policies").rglob("*.toml")))
    parts = [_HEAD]
    for section in register["section"]:
        rules = [_checked(rule) for rule in section["rules"]]
        encoded = [rule for rule in rules if "why_not" not in rule]
        left_out = [rule for rule in rules if "why_not" in rule]
        parts.append(f"\n## {section['title']}\n")
        if encoded:
            parts.append("\n".join([_COLUMNS, *(_row(rule, policies) for rule in encoded)]) + "\n")
        if left_out:
            rows = [_cells(rule["rule"], rule["source"], rule["why_not"]) for rule in left_out]
            parts.append("\n".join(["\nNot encoded 未编码：\n", _LEFT_OUT, *rows]) + "\n")
    return "".join(parts)


def _checked(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    name = rule.get("rule", "?")
    unknown = set(rule) - _FIELDS
    if unknown or not {"rule", "source"} <= set(rule):
        raise BadRegister(f"{name}: unknown {sorted(unknown)}, or no rule and source")
    if ("why_not" in rule) == bool(rule.get("tests")):
        raise BadRegister(f"{name}: a rule has tests, or says why it is not encoded")
    if "why_not" not in rule and not {"clock", "policy", "code"} & set(rule):
        raise BadRegister(f"{name}: says neither clock, policy nor code")
    return rule


def _row(rule: Mapping[str, Any], policies: list[PolicyRow]) -> str:
    where = []
    value = _Value(rule.get("value", "–"), rule.get("days", "–"))
    if "clock" in rule:
        clock, file = _clock(rule["clock"])
        name = clock.limit.name if isinstance(clock.limit, PolicyLimit) else None
        value = _of_rows(rule["clock"], name, policies) if name else _of_limits([str(clock.limit)], [str(clock.limit)])
        where.append(f"clock `{rule['clock']}` in {_link(file)}")
    if "policy" in rule:
        workflow, _, name = rule["policy"].partition(".")
        value = _of_rows(rule["policy"], name, policies, "*" if workflow == "any" else workflow)
        where.append(f"policy `{name}`")
    if "code" in rule:
        file, thing = _code(rule["code"])
        where.append(f"`{thing}` in {_link(file)}")
    tests = "<br>".join(_test(one) for one in rule["tests"])
    return _cells(rule["rule"], rule["source"], value.told, value.days, "; ".join(where), tests)


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _clock(path: str) -> tuple[Clock, Path]:
    key, _, name = path.partition(".")
    workflow = programmes.newest(key)
    if name not in workflow.by_clock:
        raise BadRegister(f"{path} is no clock")
    module = importlib.import_module(f"casework.workflows.{key}")
    return workflow.by_clock[name], Path(str(module.__file__))


def _of_rows(path: str, name: str, policies: list[PolicyRow], workflow: str | None = None) -> _Value:
    workflow = workflow or path.partition(".")[0]
    rows = [row for row in policies if row.name == name and row.workflow in (workflow, "*")]
    if not rows:
        raise BadRegister(f"{path} has no row in config/policies")
    rows.sort(key=lambda row: (row.place, row.from_date))
    told = [f"{row.value} ({row.place}, {row.from_date})" for row in rows]
    return _of_limits(told, [row.value for row in rows])


def _of_limits(told: list[str], written: list[str]) -> _Value:
    units: dict[str, None] = {}
    for value in written:
        if value != NO_LIMIT and value[-1:].isalpha() and value[:1].isdigit():
            units[Limit.parse(value).unit] = None
    days = "; ".join(f"{_DAYS[unit].en} {_DAYS[unit].zh}" for unit in units)
    return _Value("<br>".join(told), days or "–")


def _code(path: str) -> tuple[Path, str]:
    module_name, _, thing = path.partition(":")
    module = importlib.import_module(module_name)
    found: Any = module
    for step in thing.split("."):
        found = getattr(found, step, None)
    if found is None:
        raise BadRegister(f"{path} does not exist")
    return Path(str(module.__file__)), thing


def _test(path: str) -> str:
    file, *names = path.split("::")
    tree: ast.AST = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    for name in names:
        found = next((node for node in _defined(tree) if node.name == name), None)
        if found is None:
            raise BadRegister(f"{path} does not exist")
        tree = found
    return f"[{names[-1]}](../{file})"


def _defined(tree: ast.AST) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    return (node for node in ast.iter_child_nodes(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef))


def _link(file: Path) -> str:
    own = file.relative_to(ROOT)
    return f"[{own}](../{own})"


if __name__ == "__main__":
    PAGE.write_text(page(tomllib.loads(REGISTER.read_text(encoding="utf-8"))), encoding="utf-8")
