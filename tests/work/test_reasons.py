"""Why something did not go out is told in both languages, with the cure, whichever sender noted it."""

import ast
import re
from pathlib import Path

import pytest

import casework
from casework.senders.addresses import REFUSALS
from casework.work.delivery.reasons import told, with_cure

HAN = re.compile("[\u4e00-\u9fff]")
# What is called with a reason, and what gives one.
TAKES_A_REASON = {"Rejected", "Deferred", "Unreachable", "Superfluous", "_NotOffered", "_failed"}
GIVES_A_REASON = {("smtp.py", "_told"), ("post.py", "_pointless")}


def written(node: ast.AST, named: dict[str, list[str]]) -> list[str]:
    """The sentences inside an expression, also those of named constants, with 7 for whatever is filled in."""
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)]
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and " " in node.value else []
    if isinstance(node, ast.Name):
        return named.get(node.id, [])
    return [found for child in ast.iter_child_nodes(node) for found in written(child, named)]


def reasons_in(file: Path) -> set[str]:
    """Every reason that a module notes."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    named: dict[str, list[str]] = {}
    for line in tree.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None:
            named[line.target.id] = written(line.value, {})
    places: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in TAKES_A_REASON:
            places += node.args
        if isinstance(node, ast.FunctionDef) and (file.name, node.name) in GIVES_A_REASON:
            places += [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value]
    return {said for place in places for said in written(place, named)}


def test_every_reason_that_a_sender_notes_is_known_in_chinese() -> None:
    root = Path(casework.__file__).parent
    files = [*root.glob("senders/*.py"), *root.glob("work/delivery/*.py")]
    reasons = {refusal.en for refusal in REFUSALS}.union(*map(reasons_in, files))
    assert {"answered 7", "the mail server answered 7", "the mail server does not offer STARTTLS"} <= reasons
    assert {"the day was over", "it could not be written (7)", "no answer in time"} <= reasons
    assert [why for why in reasons if not HAN.search(told(why).zh) or told(why).en != why] == []


@pytest.mark.parametrize(
    ("why", "zh", "en"),
    [
        ("answered code 310000", "答复代码 310000", "keyword"),
        ("answered 404", "答复 404", "address and secret"),
        ("the mail server does not offer STARTTLS", "邮件服务器不提供 STARTTLS", 'Set tls in [smtp] to "tls"'),
        ("The host name does not resolve.", "无法解析该主机名。", "The host name does not resolve."),
    ],
)
def test_a_reason_keeps_its_figures_and_names_the_cure(why: str, zh: str, en: str) -> None:
    assert with_cure(why).zh.startswith(zh)
    assert with_cure(why).en.startswith(why)
    assert en in with_cure(why).en


def test_what_nobody_knows_is_told_as_it_was_noted() -> None:
    assert told("something else").zh == told("something else").en == "something else"
    assert with_cure("something else").zh == "something else"
