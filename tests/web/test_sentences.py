"""What a page says to people names no route, field or header: what programs need stands apart, and is left out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from casework.rules.text import Text
from casework.web.rendering import for_people

ROOT: Final = Path(__file__).parents[2] / "casework"
PARTS: Final = ("rules", "forms", "work", "workflows", "web", "files", "matching")
# Read by administrators of files, of the command line and of deliveries, who know the names.
OF_MACHINES: Final = ("admin_files", "policy_files", "calendar_files", "delivery_errors", "calendars.py", "openapi")
MACHINE: Final = re.compile(
    r"`|JSON|Tracking-Code|If-Match|请求头|\bETag\b|(?:GET|POST|PATCH|DELETE) /|\berrors\b|\b[a-z]+_[a-z_]+\b"
)


def sentences() -> Iterator[tuple[str, str]]:
    """Every sentence in both languages that stands in the code, with `{}` for what is filled in, and its place."""
    for part in PARTS:
        for path in sorted((ROOT / part).rglob("*.py")):
            if any(name in str(path) for name in OF_MACHINES):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield from _of(node, f"{path.relative_to(ROOT)}:{node.lineno}")


def _of(call: ast.Call, place: str) -> Iterator[tuple[str, str]]:
    spoken = isinstance(call.func, ast.Name) and call.func.id == "Text"
    given = [*(call.args if spoken else ()), *(one.value for one in call.keywords if one.arg in ("zh", "en"))]
    if len(given) != 2:
        return
    pair = ["".join(_words(one)) for one in given]
    if all(pair):
        told = for_people(Text(*pair))
        yield from ((place, told.zh), (place, told.en))


def _words(node: ast.expr) -> Iterator[str]:
    for one in node.values if isinstance(node, ast.JoinedStr) else [node]:
        said = one.value if isinstance(one, ast.Constant) else "x"
        # What is filled in is not looked at: it may be a name, or a sentence of its own.
        yield re.sub(r"\{[a-z_]*\}", "x", said) if isinstance(said, str) else "x"


def test_no_sentence_for_people_names_what_only_programs_know() -> None:
    found = [(place, said) for place, said in sentences() if MACHINE.search(said)]
    assert found == []


def test_what_people_have_written_stays_as_it_is() -> None:
    theirs = "工资条（`x`）"
    assert for_people(Text(theirs, theirs)).zh == theirs
    told = for_people(Text("请写明理由（`reason`）：何时。", "Say why (`reason`), and when (`signed_on`)."))
    assert (told.zh, told.en) == ("请写明理由：何时。", "Say why, and when.")
