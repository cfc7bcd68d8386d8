"""Mutants of the dated policy rows: each with another value."""

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from tests.mutation.sources import LIMIT, Mutant, other_limits

POLICIES: Final = "config/policies"
_OTHER_WORDS: Final = {
    "true": "false",
    "false": "true",
    "union_legal_aid": "justice_agency",
    "union_station": "justice_agency",
    "justice_agency": "union_legal_aid",
}


def of_policy(root: Path, of: str, path: str) -> Iterator[Mutant]:
    """Give each row of a policy with another value: a limit, an amount, a switch or a word."""
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
    if written in _OTHER_WORDS:
        yield "switch", _OTHER_WORDS[written]
        return
    if limit := LIMIT.fullmatch(written):
        yield from other_limits(limit)
        return
    if "{year}" in written:
        yield "numbering", written.replace("{year}", "")
        yield "numbering", written.replace("{kind}", "")
        return
    try:
        amount = Decimal(written)
    except InvalidOperation:
        return
    step = Decimal(1).scaleb(int(amount.as_tuple().exponent)) if amount != amount.to_integral() else Decimal("0.01")
    yield "amount", str(amount + step)
    if amount:
        yield "amount", str(amount - step)
