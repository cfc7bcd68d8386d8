"""A mutant, and the Python source in which most of them are made."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

MOST_ENTRIES: Final = 6
"""As many entries of a table are taken out, one by one; of a longer one so many, evenly spread."""
LIMIT: Final = re.compile(r"([1-9][0-9]*)(wd|wh|mo|d|h|m|y)")
_OTHER_DAYS: Final = {"d": "wd", "wd": "d"}
_AROUND: Final = 30
_Entry = TypeVar("_Entry")


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

    def told(self, source: bytes) -> str:
        """What it is made of and what it changes, in its surroundings; the same as long as they are."""
        start, was, end = (source[: self.start], source[self.start : self.end], source[self.end :])
        before, after = start.decode()[-_AROUND:], end.decode()[:_AROUND]
        changed = f"{before}«{was.decode()} -> {self.text or '(nothing)'}»{after}"
        return f"{self.of}: {self.kind}: {' '.join(changed.split())}"

    def applied(self, source: bytes) -> bytes:
        """Return the file's content with the change made."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def evenly(entries: Sequence[_Entry], most: int = MOST_ENTRIES) -> list[_Entry]:
    """Return at most so many of the entries, the first and the last among them."""
    if len(entries) <= most:
        return list(entries)
    return [entries[index * (len(entries) - 1) // (most - 1)] for index in range(most)]


def other_limits(limit: re.Match[str]) -> Iterator[tuple[str, str]]:
    """Give the limits beside this one: longer and shorter by one, and in days of the other kind."""
    amount, unit = int(limit[1]), limit[2]
    yield "limit", f"{amount + 1}{unit}"
    if amount > 1:
        yield "limit", f"{amount - 1}{unit}"
    if unit in _OTHER_DAYS:
        yield "day kind", f"{amount}{_OTHER_DAYS[unit]}"


@cache
def source_of(root: Path, file: str) -> "Source":
    """Return a file of the project as it is before any mutant, read once."""
    return Source(root, file)


class Source:
    """A file with its syntax tree, and where the nodes lie in its bytes."""

    def __init__(self, root: Path, file: str) -> None:
        self.file = file
        self.content = (root / file).read_bytes()
        self.tree = ast.parse(self.content)
        self.calls = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        self._lines = [0]
        for line in self.content.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def text(self, node: ast.expr | ast.stmt) -> str:
        """Return how a node is written."""
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

    def fewer(self, of: str, kind: str, row: ast.Tuple | ast.List | ast.Set) -> Iterator[Mutant]:
        """Give the mutants in which one entry of a tuple, a list or a set is missing."""
        if len(row.elts) < 2:
            return
        opened, closed = {ast.Tuple: "()", ast.List: "[]", ast.Set: "{}"}[type(row)]
        if len(row.elts) == 2:
            for kept in row.elts:
                yield self.instead(of, kind, row, f"{opened}{self.text(kept)},{closed}")
            return
        for index in evenly(range(len(row.elts))):
            yield self._cut(of, kind, row.elts, index)

    def _cut(self, of: str, kind: str, entries: Sequence[ast.expr], index: int) -> Mutant:
        """The mutant without one entry of several, and without the comma beside it."""
        start, end = self._span(entries[index])
        if index + 1 < len(entries):
            end = self._span(entries[index + 1])[0]
        else:
            start = self._span(entries[index - 1])[1]
        return Mutant(of, kind, self.file, start, end, "", entries[index].lineno)

    def shorter(self, of: str, kind: str, table: ast.Dict) -> Iterator[Mutant]:
        """Give the mutants in which one entry of a dictionary is missing."""
        for index in evenly(range(len(table.keys))):
            key, value = table.keys[index], table.values[index]
            start = self._span(key)[0] if key else self._span(value)[0] - len("**")
            yield Mutant(of, kind, self.file, start, self._after(self._span(value)[1]), "", value.lineno)

    def _after(self, end: int) -> int:
        """Where the comma that follows ends; here where none does."""
        comma = re.match(rb"\s*,", self.content[end:])
        return end + comma.end() if comma else end
