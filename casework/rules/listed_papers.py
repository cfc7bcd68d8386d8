"""The papers on the list of a programme: which ones, by which step, and on which facts they hang."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.rules.case import Facts
from casework.rules.text import Text

OTHER: Final = "other"
"""The code of whatever is none of the papers on a list."""


@dataclass(frozen=True, slots=True)
class ListedPaper:
    """A paper that a programme asks for, for one of the `steps` by which it should be there.

    `needed`: it is missing until it is there; else it is taken where somebody has it. It is on the list only `where`
    the fact at this path has one of these values. `help` says what will do.
    """

    code: str
    title: Text
    steps: tuple[str, ...]
    needed: bool = True
    where: tuple[str, frozenset[str]] | None = None
    help: Text | None = None

    def concerns(self, facts: Facts) -> bool:
        """Whether it is on the list by these facts; what is not known yet asks for nothing."""
        if self.where is None:
            return True
        path, wanted = self.where
        found: Any = facts
        for step in path.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
        return bool(wanted.intersection(map(str, found if isinstance(found, list | tuple) else [found])))
