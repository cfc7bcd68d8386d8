"""The mutants that change nothing, each with the reason; they are not counted."""

from collections.abc import Mapping
from typing import Final

EQUIVALENT: Final[Mapping[str, str]] = {}
"""The reason by how the mutant is told, without its line."""
