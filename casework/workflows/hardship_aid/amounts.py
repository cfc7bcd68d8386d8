"""The dated amounts of the place, where one is set and not switched off."""

from casework.rules.casefile import PolicyRow, Situation


def in_force(at: Situation, name: str) -> PolicyRow | None:
    """The row of this name in force for the office; None where nobody has set one, or a place does without it."""
    return at.office.policy(name)
