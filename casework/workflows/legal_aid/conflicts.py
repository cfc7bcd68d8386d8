"""Whoever gave a case back for a conflict of interest is not named for it again.

Sources: 律师法 39: no lawyer acts where his or her own interests, or those of close kin, are in conflict (R: recalled,
not read); of volunteers the office asks the same.
"""

from typing import Any, Final

from casework.rules.case import Case, Taken
from casework.rules.context import MoveContext
from casework.rules.grammar import guard

CONFLICT: Final = "conflict"
"""The ground of that name, of a helper who gives a case back and of the office that releases one."""


@guard(
    zh="该承办人已因与本案存在利害关系退回或者退出承办，请指派他人。",
    en="This helper gave the case back for a conflict of interest; name somebody else.",
    looks_at_given=True,
)
def gave_it_back_for_no_conflict(at: MoveContext) -> bool:
    """As far as the last who declined and the last who was released say so."""
    named = at.office.people.get(at.given["to"])
    return named is None or named.id not in _in_conflict(at.case)


def _in_conflict(case: Case) -> set[Any]:
    declined, asked, released = (case.taken.get(name) for name in ("decline", "ask_to_be_released", "allow_release"))
    found = {declined.by} if _says_so(declined) and declined else set()
    if asked and released and released.at >= asked.at and (_says_so(asked) or _says_so(released)):
        found.add(asked.by)
    return found


def _says_so(taken: Taken | None) -> bool:
    return taken is not None and taken.given.get("ground") == CONFLICT
