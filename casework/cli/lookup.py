"""What the doctor says, one line each."""

from dataclasses import dataclass
from typing import Final, Literal

from casework.rules.text import Text

MARKS: Final = {"good": "ok ", "notice": "-- ", "bad": "!! "}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, whether it is as it should be, and else what to do."""

    grade: Literal["good", "notice", "bad"]
    text: Text


def good(zh: str, en: str) -> Finding:
    """It is as it should be."""
    return Finding("good", Text(zh, en))
