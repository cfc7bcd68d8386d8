"""By what people are found and told apart without being readable: blind indexes of their numbers."""

import re
from collections.abc import Mapping
from typing import Any, Final

from casework.forms.person import ISSUED_ANYWHERE
from casework.records.vault import blind_index
from casework.rules.case import Facts
from casework.rules.grammar import Workflow
from casework.rules.move import Move

_GIVEN: Final = ("identity_number", "document_number", "phone")
_TAIL: Final = 4
CHINA: Final = "CHN"
_CITIZENS: Final = re.compile("[0-9]{17}[0-9X]")


def blind_indexes_of(move: Move, index_key: bytes) -> dict[str, bytes | None]:
    """The blind indexes of what the case is found by; None for what is no longer known; see `known_by`."""
    known = known_by(move)
    return {kind: blind_index(index_key, kind, value) if value else None for kind, value in known.items()}


def known_by(move: Move) -> dict[str, str | None]:
    """Return the numbers by which the case is found after the move; None for what is no longer known.

    `document_number` is what people search for; `document` tells two people apart whose documents have one number.
    `phone_tail` are the last digits of a phone where its mask shows them.
    """
    if move.kind not in ("opened", "corrected"):
        return {}
    found = {kind: move.sealed.get(f"applicant.{kind}") for kind in _GIVEN}
    document = found["document_number"]
    return found | {
        "document": document and _document(move.case.facts["applicant"], document),
        "phone_tail": phone_tail(found["phone"] or ""),
    }


def phone_tail(written: str) -> str | None:
    """Return the last four digits of a phone, or of what may be its end; None of a landline's, which stay masked."""
    tail = written[-_TAIL:]
    return tail if len(tail) == _TAIL and tail.isascii() and tail.isdigit() and "-" not in written else None


def held_numbers(workflow: Workflow, facts: Facts, sealed: Mapping[str, Any], index_key: bytes) -> set[bytes]:
    """The blind indexes of the identity and document numbers that an open case of this workflow keeps for itself."""
    patterns = [re.compile(re.escape(path).replace(r"\*", "[0-9]+")) for path in workflow.one_open_case_per]
    held = [path for path in sealed if any(pattern.fullmatch(path) for pattern in patterns)]
    return {_held(facts, path, sealed[path], index_key) for path in held}


def _held(facts: Facts, path: str, number: str, index_key: bytes) -> bytes:
    whose, _, field = path.rpartition(".")
    # A residence permit carries a number like a citizen's: whichever field it was typed into, it is the same one.
    if field == "identity_number" or _CITIZENS.fullmatch(number):
        return blind_index(index_key, "identity_number", number)
    return blind_index(index_key, "document", _document(_person(facts, whose), number))


def _person(facts: Any, path: str) -> Facts:
    for step in path.split("."):
        facts = facts[int(step)] if isinstance(facts, list) else facts[step]
    return dict(facts)


def _document(person: Facts, number: str) -> str:
    """A document as no two people have it: its kind, the state that issued it, and its number."""
    kind = person["document_kind"]
    state = person.get("document_state", CHINA) if kind in ISSUED_ANYWHERE else CHINA
    return f"{kind}:{state}:{number}"
