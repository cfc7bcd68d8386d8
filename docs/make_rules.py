"""Writes docs/rules.md: every rule with its source, how its days are counted, where it is in the code, and its test.

The register is the `rules.toml` of each programme's folder, by its `order`, and after them `docs/rules.toml` with what
belongs to no one programme. A rule names what it is made of: a `clock`, `policy`, `transition` or `letter` of a
workflow, or a thing in the `code`, or several of each; and the `tests` that show it. The values of clocks and policies
are taken from `config/policies`. A rule that is not encoded says why in `why_not`. Whatever does not exist is refused,
so that the page cannot promise it.
"""

import ast
import importlib
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from casework import workflows
from casework.cli.rules import policies_of
from casework.rules.clocks import Limit
from casework.rules.context import NO_LIMIT, PolicyRow
from casework.rules.grammar import PolicyLimit, Workflow
from casework.rules.text import Text
from casework.settings import ROOT
from casework.work import workflow_registry

COMMON: Final = ROOT / "docs" / "rules.toml"
"""The rules that belong to no one programme."""
PAGE: Final = ROOT / "docs" / "rules.md"
MUTANTS: Final = ROOT / "docs" / "mutants.toml"
"""How many mutants of the encoded rules were made and caught; `python -m tests.mutation --write` writes it."""
_POLICIES: Final = ROOT / "config" / "policies"
_DAYS: Final = {
    "wd": Text("工作日", "working days"),
    "d": Text("自然日，末日遇休息日顺延", "natural days, the last one rolls over rest days"),
    "wh": Text("工作小时", "working hours"),
    "h": Text("小时", "elapsed hours"),
    "m": Text("分钟", "elapsed minutes"),
    "mo": Text("月，至对应日，末日顺延", "months, to the corresponding day, rolled"),
    "y": Text("年，至对应日，末日顺延", "years, to the corresponding day, rolled"),
}
_TO_CONFIRM: Final = ("待核对", "待确认", "（R）", "(R)", "to confirm", "to be confirmed")
_RECALLED: Final = re.compile(r"(?:^|; )R ")
_MADE_OF: Final = ("clock", "policy", "transition", "letter", "code")
_FIELDS: Final = {"rule", "source", "tests", "why_not", "value", "days", *_MADE_OF}
_HEAD: Final = """# Rules 规则

Generated from [rules.toml](rules.toml), the `rules.toml` of each programme and the policies in `config/policies` by
`make docs`; a test refuses this page when it differs. A value stands with the place (`CN` or a GB/T 2260 code) and the
day from which it holds; a value in *italics* belongs to a variant that an administrator may load. What is tagged R in
its source was only recalled, not read: an administrator has to confirm it.

本页由 `make docs` 生成。数值后注明地区（`CN` 或 GB/T 2260 代码）和起用日期；*斜体*为可选方案中的数值，须由管理员载入。
来源中标有 R 的内容未经核对原文，须由管理员确认。
"""
_COLUMNS: Final = (
    "| Rule 规则 | Source 依据 | Value 数值 | Days 日数计算 | Code 代码 | Tests 测试 |\n|---|---|---|---|---|---|"
)
_LEFT_OUT: Final = "| Rule 规则 | Source 依据 | Why not encoded 未编码的原因 |\n|---|---|---|"


class BadRegister(ValueError):
    """The register names something that does not exist; the message says which rule and what."""


@dataclass(frozen=True, slots=True)
class _Policies:
    """The rows that are loaded by themselves, and those of the variants."""

    usual: list[PolicyRow]
    variants: list[PolicyRow]

    @classmethod
    def read(cls) -> "_Policies":
        usual = sorted(_POLICIES.glob("*.toml"))
        return cls(policies_of(usual), policies_of(sorted(set(_POLICIES.rglob("*.toml")) - set(usual))))

    def told(self, path: str, name: str, before: str) -> list[tuple[str, str]]:
        """The value of each row of a policy, and how it is told, by place and day. Raises `BadRegister`."""
        workflow, *_ = path.partition(".")
        found = [
            (row.place, str(row.from_date), row.value, mark)
            for rows, mark in ((self.usual, ""), (self.variants, "*"))
            for row in rows
            if row.name == name and row.workflow in (workflow, "*")
        ]
        if not found:
            raise BadRegister(f"{path} has no row in config/policies")
        return [
            (value, f"{before}{mark}{value} ({place}, {since}){mark}") for place, since, value, mark in sorted(found)
        ]


def register() -> dict[str, Any]:
    """The sections of every programme, by the `order` that its file gives or else by name, and then the common ones."""
    files = sorted(file for folder in workflows.__path__ for file in Path(folder).glob("*/rules.toml"))
    read = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    read.sort(key=lambda one: one.get("order", math.inf))
    read.append(tomllib.loads(COMMON.read_text(encoding="utf-8")))
    return {"section": [section for one in read for section in one["section"]]}


def page(register: Mapping[str, Any]) -> str:
    """The page as Markdown; raises `BadRegister`."""
    policies = _Policies.read()
    parts = [_HEAD]
    for section in register["section"]:
        rules = [_checked(rule) for rule in section["rules"]]
        encoded = [rule for rule in rules if "why_not" not in rule]
        left_out = [rule for rule in rules if "why_not" in rule]
        parts.append(f"\n## {section['title']}\n")
        if encoded:
            parts.append("\n".join(["", _COLUMNS, *(_row(rule, policies) for rule in encoded)]) + "\n")
        if left_out:
            rows = [_cells(_told(rule["rule"]), rule["source"], _told(rule["why_not"])) for rule in left_out]
            parts.append("\n".join(["\nNot encoded 未编码：\n", _LEFT_OUT, *rows]) + "\n")
    return "".join([parts[0], _counted(register), *parts[1:]])


def _counted(register: Mapping[str, Any]) -> str:
    """How many rules are encoded, how many of them rest on a source to confirm, and how many mutants were caught."""
    every = [rule for section in register["section"] for rule in section["rules"]]
    encoded = [rule for rule in every if "why_not" not in rule]
    policies = _Policies.read()
    unsure = [rule for rule in encoded if any(map(to_confirm, _sources(rule, policies)))]
    counted = (
        f"\n| Encoded 已编码 | of these to confirm 其中待确认 | Not encoded 未编码 |\n|---|---|---|\n"
        f"| {len(encoded)} | {len(unsure)} | {len(every) - len(encoded)} |\n"
    )
    return counted + (_noticed(tomllib.loads(MUTANTS.read_text(encoding="utf-8"))) if MUTANTS.exists() else "")


def to_confirm(source: str) -> bool:
    """Whether a source was only recalled, in whole or in part, or says itself that it is to be confirmed."""
    return bool(_RECALLED.search(source)) or any(mark in source for mark in _TO_CONFIRM)


def _noticed(tried: Mapping[str, Any]) -> str:
    """How many mutants of the encoded rules tests have noticed, by kind."""
    share = f"{100 * tried['caught'] / tried['made']:.1f} %"
    kinds = "; ".join(f"{kind} {caught}/{made}" for kind, (made, caught) in tried["kinds"].items())
    return (
        f"\nMutants of the encoded rules, of which tests notice {tried['caught']} of {tried['made']}"
        f" ({share}): {kinds}. Found by {tried['how']['en']}; `make nightly` tries them all.\n\n"
        f"对已编码规则逐一作微小改动，其测试发现 {tried['made']} 处中的 {tried['caught']} 处（{share}）；"
        f"来源：{tried['how']['zh']}。\n"
    )


def _sources(rule: Mapping[str, Any], policies: _Policies) -> Iterator[str]:
    """The source that the rule names, and those of the rows that set its values."""
    yield rule["source"]
    names = {(path.partition(".")[0], path.partition(".")[2]) for path in named(rule, "policy")}
    for path in named(rule, "clock"):
        workflow, name = _of_workflow(path)
        limit = workflow.by_clock[name].limit
        if isinstance(limit, PolicyLimit):
            names.add((workflow.key, limit.name))
    for row in policies.usual:
        if any(row.name == name and row.workflow in (key, "*") for key, name in names):
            yield row.source.zh


def _checked(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    name = rule.get("rule", {}).get("en", "?")
    unknown = set(rule) - _FIELDS
    if unknown or not {"rule", "source"} <= set(rule):
        raise BadRegister(f"{name}: unknown {sorted(unknown)}, or no rule and source")
    if any(set(rule[told]) != {"zh", "en"} for told in ("rule", "why_not") if told in rule):
        raise BadRegister(f"{name}: a rule, and why it is not encoded, is said in zh and in en")
    if ("why_not" in rule) == bool(rule.get("tests")):
        raise BadRegister(f"{name}: a rule has tests, or says why it is not encoded")
    if ("why_not" in rule) == bool(set(_MADE_OF) & set(rule)):
        raise BadRegister(f"{name}: says neither {', '.join(_MADE_OF)} nor why it is not encoded, or both")
    return rule


def named(rule: Mapping[str, Any], what: str) -> list[str]:
    """The paths that a rule names under `clock`, `policy`, `transition`, `letter` or `code`."""
    paths = rule.get(what, [])
    return [paths] if isinstance(paths, str) else list(paths)


def _row(rule: Mapping[str, Any], policies: _Policies) -> str:
    values: list[tuple[str, str]] = []
    where = []
    several = len(named(rule, "clock") + named(rule, "policy")) > 1
    for path in named(rule, "clock"):
        workflow, name = _of_workflow(path)
        if name not in workflow.by_clock:
            raise BadRegister(f"{path} is no clock")
        limit = workflow.by_clock[name].limit
        before = f"{name}: " if several else ""
        own = [(str(limit), f"{before}{limit}")]
        values += policies.told(path, limit.name, before) if isinstance(limit, PolicyLimit) else own
        where.append(_linked("clock", path))
    for path in named(rule, "policy"):
        name = path.partition(".")[2]
        values += policies.told(path, name, f"{name}: " if several else "")
        where.append(f"policy `{path}`")
    for path in named(rule, "transition"):
        workflow, name = _of_workflow(path)
        if name not in {edge.name for edge in workflow.transitions}:
            raise BadRegister(f"{path} is no transition")
        where.append(_linked("transition", path))
    for path in named(rule, "letter"):
        workflow, name = _of_workflow(path)
        if name not in workflow.by_letter:
            raise BadRegister(f"{path} is no letter")
        where.append(_linked("letter", path))
    where += [_code(path) for path in named(rule, "code")]
    value = rule.get("value") or "<br>".join(dict.fromkeys(told for _, told in values)) or "–"
    days = rule.get("days") or _days([written for written, _ in values])
    tests = "<br>".join(_test(one) for one in rule["tests"])
    return _cells(_told(rule["rule"]), rule["source"], value, days, "<br>".join(where), tests)


def _told(both: Mapping[str, str]) -> str:
    return f"{both['zh']}<br>{both['en']}"


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _of_workflow(path: str) -> tuple[Workflow, str]:
    key, _, name = path.partition(".")
    return workflow_registry.newest(key), name


def _linked(what: str, path: str) -> str:
    key, _, name = path.partition(".")
    return f"{what} [{name}](../casework/workflows/{key}/__init__.py)"


def _days(written: list[str]) -> str:
    units: dict[str, None] = {}
    for value in written:
        if value != NO_LIMIT and value[-1:].isalpha() and value[:1].isdigit():
            units[Limit.parse(value).unit] = None
    return "; ".join(f"{_DAYS[unit].zh} {_DAYS[unit].en}" for unit in units) or "–"


def _code(path: str) -> str:
    module_name, _, thing = path.partition(":")
    found: Any = importlib.import_module(module_name)
    file = Path(str(found.__file__)).relative_to(ROOT)
    for step in thing.split("."):
        found = getattr(found, step, None)
    if found is None:
        raise BadRegister(f"{path} does not exist")
    return f"`{thing}` in [{file}](../{file})"


def _test(path: str) -> str:
    file, *names = path.split("::")
    tree = _tree(file)
    for name in names:
        found = next((node for node in _defined(tree) if node.name == name), None)
        if found is None:
            raise BadRegister(f"{path} does not exist")
        tree = found
    return f"[{names[-1]}](../{file})"


@cache
def _tree(file: str) -> ast.AST:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def _defined(tree: ast.AST) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    return (node for node in ast.iter_child_nodes(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef))


if __name__ == "__main__":
    PAGE.write_text(page(register()), encoding="utf-8")
