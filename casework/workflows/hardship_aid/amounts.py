"""The dated amounts of the place, where one is set and not switched off."""

from casework.rules.casefile import PolicyRow, Situation
from casework.rules.grammar import NO_LIMIT


def in_force(at: Situation, name: str) -> PolicyRow | None:
    """The row of this name in force for the office; None where nobody has set one, or a place does without it."""
    row = at.office.policy(name)
    return None if row is None or row.value == NO_LIMIT else row
