"""Mutants of the rows of a workflow: its clocks, transitions and letters."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.mutation.policies import of_policy
from tests.mutation.sources import LIMIT, Mutant, Source, evenly, other_limits, source_of

_CLOCKS: Final = ("Clock", "Deadline", "Limitation")
_WITHOUT: Final[Mapping[str, str]] = {
    **dict.fromkeys(("pauses", "letter", "restarts", "cancels", "alerts"), "()"),
    **dict.fromkeys(("take", "unless", "extended_by", "start", "stop", "beside", "outcome", "outcome_field"), "None"),
    **dict.fromkeys(("restarts_from", "records_extra", "updates", "claims", "assigns", "transfers"), "None"),
    **dict.fromkeys(("ours", "discreet", "guards_right", "suspends", "decides", "releases", "shared"), "False"),
    **dict.fromkeys(("numbered", "of_reviewer"), "False"),
    "to_applicant": "True",
}
"""What stands in a row where a part of it is left out."""
_MOST_SENTENCES: Final = 4


def of_clock(root: Path, of: str, path: str) -> Iterator[Mutant]:
    """Give a clock with another limit, in fewer states, and without each of the things that follow from it."""
    key, _, name = path.partition(".")
    for source, row in _rows(root, key, _CLOCKS, name):
        for part in (*row.args[1:], *(word.value for word in row.keywords)):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                if limit := LIMIT.fullmatch(part.value):
                    for kind, other in other_limits(limit):
                        yield source.instead(of, kind, part, repr(other))
            elif isinstance(part, ast.Call) and getattr(part.func, "id", "") == "policy":
                [policy] = part.args
                yield from of_policy(root, of, f"{key}.{ast.literal_eval(policy)}")
            elif isinstance(part, ast.Tuple):
                yield from source.fewer(of, "states", part)
        for word in row.keywords:
            if word.arg == "owed_by":
                other = "outside" if ast.literal_eval(word.value) != "outside" else "office"
                yield source.instead(of, "owed by", word.value, repr(other))
        yield from _without(source, of, row)


def of_transition(root: Path, of: str, path: str) -> Iterator[Mutant]:
    """Give a transition from fewer states, by others, without each guard and each thing that follows from it."""
    key, _, name = path.partition(".")
    for source, row in _rows(root, key, ("Transition",), name):
        states = row.args[2]
        if isinstance(states, ast.Tuple):
            yield from source.fewer(of, "from", states)
        for word in row.keywords:
            if word.arg == "by":
                yield from _by_others(source, of, word.value)
            elif word.arg == "when":
                if isinstance(word.value, ast.Tuple) and len(word.value.elts) > 1:
                    for left_out in word.value.elts:
                        rest = ", ".join(source.text(one) for one in word.value.elts if one is not left_out)
                        yield source.instead(of, f"guard {source.text(left_out)}", word.value, f"({rest},)")
                else:
                    yield source.instead(of, f"guard {source.text(word.value)}", word.value, "()")
        yield from _without(source, of, row)


def of_letter(root: Path, of: str, path: str) -> Iterator[Mutant]:
    """Give a letter without each of its sentences, in either language, and without its number."""
    key, _, name = path.partition(".")
    for source, row in _rows(root, key, ("Letter",), name):
        body = row.args[2]
        assert isinstance(body, ast.Call)
        for part in body.args:
            written = ast.literal_eval(part)
            for said in evenly(list(_sentences(written)), _MOST_SENTENCES):
                yield source.instead(of, "sentence", part, repr(written.replace(said, "", 1)))
        yield from _without(source, of, row)


def _sentences(written: str) -> Iterator[str]:
    """Give the sentences that say something of their own: no salutation, no signature, no mere blank to be filled."""
    for one in re.findall(r"[^。.\n]*[^。.\n\s][^。.\n]*[。.]?", written):
        if len(re.sub(r"\{\w+\}|\W", "", one)) > 3 or re.fullmatch(r"\{(?!office|date|applicant)\w+\}", one.strip()):
            yield one


def _without(source: Source, of: str, row: ast.Call) -> Iterator[Mutant]:
    for word in row.keywords:
        if word.arg in _WITHOUT:
            yield source.instead(of, word.arg, word.value, _WITHOUT[word.arg])


def _by_others(source: Source, of: str, by: ast.expr) -> Iterator[Mutant]:
    """Nobody who acts, fewer roles, and one more; what another role may do anyway is no change."""
    written = source.text(by)
    named = [source.text(one) for one in by.elts] if isinstance(by, ast.Tuple) else [written]
    yield source.instead(of, "roles", by, "Role.AUDITOR")
    for left_out in named if len(named) > 1 else ():
        # Staff may do whatever applicants may (`rules/rights.py`), so leaving them out changes nothing.
        if not ("APPLICANT" in named and left_out in ("CASEWORKER", "SUPERVISOR")):
            rest = ", ".join(one for one in named if one != left_out)
            yield source.instead(of, "roles", by, f"({rest},)")
    every = ", ".join(f"*{one}" if one in ("HELPER", "HELPERS") else one for one in named)
    if "APPLICANT" not in named:
        yield source.instead(of, "roles", by, f"({every}, Role.APPLICANT)")
        if "CASEWORKER" not in named:
            yield source.instead(of, "roles", by, f"({every}, Role.CASEWORKER)")


def _rows(root: Path, key: str, kinds: tuple[str, ...], name: str) -> Iterator[tuple[Source, ast.Call]]:
    """The rows of a workflow's tables, wherever in its folder they stand."""
    folder = root / "casework" / "workflows" / key
    for file in sorted(folder.glob("*.py")):
        source = source_of(root, file.relative_to(root).as_posix())
        for node in source.calls:
            if (
                getattr(node.func, "id", "") in kinds
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and node.args[0].value == name
            ):
                yield source, node
