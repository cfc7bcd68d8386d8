"""Mutants of code: functions, forms and tables."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.mutation.sources import LIMIT, Mutant, Source, other_limits, source_of

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
_OTHER_SIGN: Final = {ast.Add: "-", ast.Sub: "+", ast.BitOr: "&", ast.BitAnd: "|"}
_APART: Final = ("most", "least", "years_back", "digits", "places", "example")
_OTHER_CALL: Final = {"max": "min", "min": "max", "any": "all", "all": "any"}


def of_code(root: Path, of: str, path: str) -> Iterator[Mutant]:
    """Give a function with each comparison, number and connective turned, a weaker form, a shorter table."""
    module, _, thing = path.partition(":")
    file = module.replace(".", "/")
    relative = f"{file}.py" if (root / f"{file}.py").exists() else f"{file}/__init__.py"
    source = source_of(root, relative)
    found: Any = source.tree
    for step in thing.split("."):
        found = _defined(found, step)
        if found is None:
            return
    if isinstance(found, ast.FunctionDef | ast.ClassDef):
        yield from list(_turned(source, of, found)) or _mute(source, of, found)
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


def _turned(source: Source, of: str, found: ast.FunctionDef | ast.ClassDef) -> Iterator[Mutant]:
    types = [getattr(node, name, None) for node in ast.walk(found) for name in ("annotation", "returns")]
    # How long a text and how many rows a form takes is no rule of law, nor is the example that it makes up.
    words = [node.value for node in ast.walk(found) if isinstance(node, ast.keyword) and node.arg in _APART]
    examples = [node for node in ast.walk(found) if getattr(node, "name", "") == "example"]
    apart = {
        id(node) for one in (*found.decorator_list, *filter(None, types), *words, *examples) for node in ast.walk(one)
    }
    for node in ast.walk(found):
        if id(node) not in apart:
            yield from _operators(source, of, node)
            yield from _values(source, of, node)
            if isinstance(found, ast.ClassDef) and isinstance(node, ast.keyword):
                yield from _weaker(source, of, node)


def _mute(source: Source, of: str, found: ast.FunctionDef | ast.ClassDef) -> Iterator[Mutant]:
    """A function in which nothing is reckoned: it gives nothing instead."""
    for node in ast.walk(found):
        if isinstance(node, ast.Return) and node.value is not None:
            yield source.instead(of, "answer", node.value, "None")


def _operators(source: Source, of: str, node: ast.AST) -> Iterator[Mutant]:
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
            yield source.between(of, "comparison", left, right, _TURNED[type(operator)])
    elif isinstance(node, ast.BoolOp):
        other = "or" if isinstance(node.op, ast.And) else "and"
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield source.between(of, "connective", left, right, other)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield source.instead(of, "negation", node, f"({source.text(node.operand)})")
    elif isinstance(node, ast.BinOp) and type(node.op) in _OTHER_SIGN:
        yield source.between(of, "sign", node.left, node.right, _OTHER_SIGN[type(node.op)])
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _OTHER_CALL:
        yield source.instead(of, "sign", node.func, _OTHER_CALL[node.func.id])
    elif isinstance(node, ast.IfExp):
        yield source.instead(of, "condition", node, f"({source.text(node.orelse)})")
        yield source.instead(of, "condition", node, f"({source.text(node.body)})")
    elif isinstance(node, ast.Raise):
        yield source.instead(of, "refusal", node, "pass")


def _values(source: Source, of: str, node: ast.AST) -> Iterator[Mutant]:
    if not isinstance(node, ast.Constant):
        return
    if type(node.value) is bool:
        yield source.instead(of, "answer", node, str(not node.value))
    elif type(node.value) is int:
        yield source.instead(of, "number", node, str(node.value + 1))
        if node.value:
            yield source.instead(of, "number", node, str(node.value - 1))


def _weaker(source: Source, of: str, field: ast.keyword) -> Iterator[Mutant]:
    if field.arg == "needed_by":
        yield source.instead(of, "field needed_by", field.value, "None")


def _smaller(source: Source, of: str, value: ast.expr) -> Iterator[Mutant]:
    """A table with each entry left out, a number off by one, a limit longer or shorter."""
    if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "Workflow":
        # Its rows are mutated one by one, by their names; here only that they are there.
        for word in value.keywords:
            if word.arg in ("transitions", "clocks") and isinstance(word.value, ast.Tuple):
                yield from source.fewer(of, "entry", word.value)
        return
    for node in ast.walk(value):
        yield from _values(source, of, node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (limit := LIMIT.fullmatch(node.value)):
            for kind, other in other_limits(limit):
                yield source.instead(of, kind, node, repr(other))
        elif isinstance(node, ast.Dict) and len(node.keys) > 1:
            yield from source.shorter(of, "entry", node)
        elif isinstance(node, ast.Tuple | ast.List | ast.Set):
            yield from source.fewer(of, "entry", node)
