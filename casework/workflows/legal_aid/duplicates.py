"""When somebody asks for legal aid twice in one matter."""

from casework.rules import folding
from casework.rules.case import Facts


def is_same_request(one: Facts, other: Facts) -> bool:
    """Whether two requests of one person are about one matter with one other side.

    What is entered as "other" may be anything, so that two of these are never known to be the same.
    """
    same_matter = one["matter"] == other["matter"] != "other"
    return same_matter and _same_side(one.get("employer"), other.get("employer"))


def _same_side(one: Facts | None, other: Facts | None) -> bool:
    """By credit codes where both are known, else by name; nobody named twice is the same, too."""
    if not one or not other:
        return not one and not other
    if "credit_code" in one and "credit_code" in other:
        return bool(one["credit_code"] == other["credit_code"])
    return folding.key(one["name"]) == folding.key(other["name"])
