"""Mutants of the encoded rules, made from the register: small wrong changes that tests must notice.

A mutant is one change of one file: a limit longer or shorter by one, days of the other kind, an amount off by one, a
comparison turned, a role that may no longer act, a guard left out. `docs/rules.toml` names what each rule is made of
(`clock`, `policy`, `transition`, `code`) and the tests that show it.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

REGISTER: Final = "docs/rules.toml"
POLICIES: Final = "config/policies"
MOST_ENTRIES: Final = 6
"""As many entries of a table are taken out one by one; a longer one is a list of the same kind."""

_LIMIT: Final = re.compile(r"([1-9][0-9]*)(wd|wh|mo|d|h|m|y)")
_OTHER_DAYS: Final = {"d": "wd", "wd": "d"}
_TURNED: Final = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: in `file` the bytes from `start` to `end` become `text`. `of` is what the register names."""

    of: str
    kind: str
    file: str
    start: int
    end: int
    text: str
    line: int

    @property
    def told(self) -> str:
        """Where it is and what it says, on one line."""
        return f"{self.of}: {self.kind} at {self.file}:{self.line} -> {' '.join(self.text.split()) or '(nothing)'}"

    def applied(self, source: bytes) -> bytes:
        """Return the file's content with the change made."""
        return source[: self.start] + self.text.encode() + source[self.end :]


@dataclass(frozen=True, slots=True)
class Rule:
    """An encoded rule: its name, what it is made of (`clock:legal_aid.review`, …), and its tests."""

    name: str
    made_of: tuple[str, ...]
    tests: tuple[str, ...]


def rules(root: Path) -> list[Rule]:
    """Return the encoded rules of the register, in its order."""
    register = tomllib.loads((root / REGISTER).read_text(encoding="utf-8"))
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
    made = _MUTATED[what](root, of, path)
    return sorted(set(made), key=lambda one: (one.file, one.start, one.text))


def _list(named: Any) -> list[str]:
    return [named] if isinstance(named, str) else list(named)


class _Source:
    """A file with its syntax tree, and where the nodes lie in its bytes."""

    def __init__(self, root: Path, file: str) -> None:
        self.file = file
        self.content = (root / file).read_bytes()
        self.tree = ast.parse(self.content)
        self._lines = [0]
        for line in self.content.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def text(self, node: ast.expr | ast.stmt) -> str:
        start, end = self._span(node)
        return self.content[start:end].decode()

    def _span(self, node: Any) -> tuple[int, int]:
        return (
            self._lines[node.lineno - 1] + node.col_offset,
            self._lines[node.end_lineno - 1] + node.end_col_offset,
        )

    def instead(self, of: str, kind: str, node: Any, text: str) -> Mutant:
        """Return the mutant in which this text stands in the place of a node."""
        return Mutant(of, kind, self.file, *self._span(node), text, node.lineno)

    def between(self, of: str, kind: str, left: ast.expr, right: ast.expr, text: str) -> Mutant:
        """Return the mutant in which an operator between two operands is another."""
        start, end = self._span(left)[1], self._span(right)[0]
        # Brackets around the operands stay.
        inner = self.content[start:end].decode()
        head = re.match(r"[\s)]*", inner)
        tail = re.search(r"[\s(]*$", inner)
        assert head is not None
        assert tail is not None
        return Mutant(
            of, kind, self.file, start + len(head[0].encode()), end - len(tail[0].encode()), text, left.lineno
        )


def _of_policy(root: Path, of: str, path: str) -> Iterator[Mutant]:
    """Each row of a policy with another value: a limit, an amount or a switch."""
    workflow, _, name = path.partition(".")
    for file in sorted((root / POLICIES).rglob("*.toml")):
        relative = file.relative_to(root).as_posix()
        content = file.read_text(encoding="utf-8")
        for block in re.finditer(r"\[\[policy\]\].*?(?=\[\[policy\]\]|\Z)", content, re.DOTALL):
            row = tomllib.loads(block[0])["policy"][0]
            if row["name"] != name or row["workflow"] not in (workflow, "*"):
                continue
            value = re.search(r'^value = "([^"]*)"', block[0], re.MULTILINE)
            if value is None:
                continue
            start = len(content[: block.start() + value.start(1)].encode())
            line = content.count("\n", 0, block.start() + value.start(1)) + 1
            for kind, other in _other_values(value[1]):
                yield Mutant(of, kind, relative, start, start + len(value[1].encode()), other, line)


def _other_values(written: str) -> Iterator[tuple[str, str]]:
    if written in ("true", "false"):
        yield "switch", "false" if written == "true" else "true"
        return
    if limit := _LIMIT.fullmatch(written):
        yield from _other_limits(limit)
        return
    try:
        amount = Decimal(written)
    except InvalidOperation:
        return
    step = Decimal(1).scaleb(int(amount.as_tuple().exponent)) if amount != amount.to_integral() else Decimal("0.01")
    yield "amount", str(amount + step)
    yield "amount", str(amount - step)


def _other_limits(limit: re.Match[str]) -> Iterator[tuple[str, str]]:
    amount, unit = int(limit[1]), limit[2]
    yield "limit", f"{amount + 1}{unit}"
    if amount > 1:
        yield "limit", f"{amount - 1}{unit}"
    if unit in _OTHER_DAYS:
        yield "day kind", f"{amount}{_OTHER_DAYS[unit]}"


def _of_clock(root: Path, of: str, path: str) -> Iterator[Mutant]:
    """A clock's own limit or the rows that set it, the states in which it runs or pauses, and what it takes."""
    key, _, name = path.partition(".")
    for source, row in _rows(root, key, ("Clock", "Deadline"), name):
        for part in (*row.args[1:], *(word.value for word in row.keywords)):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                if limit := _LIMIT.fullmatch(part.value):
                    for kind, other in _other_limits(limit):
                        yield source.instead(of, kind, part, repr(other))
            elif isinstance(part, ast.Call) and getattr(part.func, "id", "") == "policy":
                [policy] = part.args
                yield from _of_policy(root, of, f"{key}.{ast.literal_eval(policy)}")
            elif isinstance(part, ast.Tuple):
                yield from _fewer(source, of, "states", part)
        for word in row.keywords:
            if word.arg in ("pauses", "take", "unless", "extended_by", "stop"):
                yield source.instead(of, word.arg, word.value, "None")
            if word.arg == "owed_by":
                other = "outside" if ast.literal_eval(word.value) != "outside" else "office"
                yield source.instead(of, "owed by", word.value, repr(other))


def _fewer(source: _Source, of: str, kind: str, row: ast.Tuple) -> Iterator[Mutant]:
    """A tuple with each of its entries left out in turn; constants, names and whole groups only."""
    if len(row.elts) < 2 or len(row.elts) > MOST_ENTRIES:
        return
    for left_out in row.elts:
        if isinstance(left_out, ast.Constant | ast.Name | ast.Attribute | ast.Starred):
            rest = ", ".join(source.text(one) for one in row.elts if one is not left_out)
            yield source.instead(of, kind, row, f"({rest},)")


def _of_transition(root: Path, of: str, path: str) -> Iterator[Mutant]:
    """A transition by nobody or fewer roles, without each of its guards, and without what follows from it."""
    key, _, name = path.partition(".")
    for source, row in _rows(root, key, ("Transition",), name):
        for word in row.keywords:
            if word.arg == "by":
                yield source.instead(of, "roles", word.value, "Role.AUDITOR")
                if isinstance(word.value, ast.Tuple):
                    yield from _fewer(source, of, "roles", word.value)
            elif word.arg == "when":
                if isinstance(word.value, ast.Tuple) and len(word.value.elts) > 1:
                    for left_out in word.value.elts:
                        rest = ", ".join(source.text(one) for one in word.value.elts if one is not left_out)
                        yield source.instead(of, f"guard {source.text(left_out)}", word.value, f"({rest},)")
                else:
                    yield source.instead(of, f"guard {source.text(word.value)}", word.value, "()")
            elif word.arg in ("letter", "restarts", "cancels"):
                yield source.instead(of, word.arg, word.value, "()")
            elif word.arg == "outcome":
                yield source.instead(of, word.arg, word.value, "None")


def _rows(root: Path, key: str, kinds: tuple[str, ...], name: str) -> Iterator[tuple[_Source, ast.Call]]:
    """The rows of a workflow's tables, wherever in its folder they stand."""
    folder = root / "casework" / "workflows" / key
    for file in sorted(folder.glob("*.py")):
        source = _Source(root, file.relative_to(root).as_posix())
        for node in ast.walk(source.tree):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in kinds
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and node.args[0].value == name
            ):
                yield source, node


def _of_code(root: Path, of: str, path: str) -> Iterator[Mutant]:
    """A function with each comparison, number and connective turned; a form with weaker fields; a shorter table."""
    module, _, thing = path.partition(":")
    file = module.replace(".", "/")
    relative = f"{file}.py" if (root / f"{file}.py").exists() else f"{file}/__init__.py"
    source = _Source(root, relative)
    found: Any = source.tree
    for step in thing.split("."):
        found = _defined(found, step)
        if found is None:
            return
    if isinstance(found, ast.FunctionDef | ast.ClassDef):
        yield from _turned(source, of, found)
    else:
        yield from _smaller(source, of, found)


def _defined(within: Any, name: str) -> Any:
    """The function or class of this name, or the value that a name is given."""
    for node in getattr(within, "body", ()):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return node
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(getattr(target, "id", None) == name for target in targets):
            return node.value
    return None


def _turned(source: _Source, of: str, found: ast.FunctionDef | ast.ClassDef) -> Iterator[Mutant]:
    decorators = {id(node) for one in found.decorator_list for node in ast.walk(one)}
    for node in ast.walk(found):
        if id(node) in decorators:
            continue
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
                yield source.between(of, "comparison", left, right, f" {_TURNED[type(operator)]} ".strip())
        elif isinstance(node, ast.BoolOp):
            other = "or" if isinstance(node.op, ast.And) else "and"
            for left, right in zip(node.values, node.values[1:], strict=False):
                yield source.between(of, "connective", left, right, other)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield source.instead(of, "negation", node, f"({source.text(node.operand)})")
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            yield source.instead(of, "number", node, str(node.value + 1))
        elif isinstance(node, ast.Constant) and type(node.value) is bool and isinstance(found, ast.FunctionDef):
            yield source.instead(of, "answer", node, str(not node.value))
        elif isinstance(node, ast.keyword) and node.arg in ("required", "past") and isinstance(found, ast.ClassDef):
            yield source.instead(of, f"field {node.arg}", node.value, "False")
        elif isinstance(node, ast.keyword) and node.arg == "needed_by":
            yield source.instead(of, "field needed_by", node.value, "None")


def _smaller(source: _Source, of: str, value: ast.expr) -> Iterator[Mutant]:
    """A table with each entry left out, a number off by one."""
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            yield source.instead(of, "number", node, str(node.value + 1))
        elif isinstance(node, ast.Dict) and len(node.keys) > 1:
            for left_out in node.keys[:MOST_ENTRIES]:
                rest = ", ".join(
                    f"{source.text(key)}: {source.text(one)}"
                    for key, one in zip(node.keys, node.values, strict=True)
                    if key is not None and key is not left_out
                )
                yield source.instead(of, "entry", node, f"{{{rest}}}")
        elif isinstance(node, ast.Tuple):
            yield from _fewer(source, of, "entry", node)


_MUTATED: Final[Mapping[str, Any]] = {
    "clock": _of_clock,
    "policy": _of_policy,
    "transition": _of_transition,
    "code": _of_code,
}


def all_of(root: Path, made_of: Iterable[str]) -> list[Mutant]:
    """Return the mutants of all these things, each change once, under the first thing that gives it."""
    seen: dict[tuple[str, int, int, str], Mutant] = {}
    for of in dict.fromkeys(made_of):
        for one in mutants(root, of):
            seen.setdefault((one.file, one.start, one.end, one.text), one)
    return list(seen.values())
