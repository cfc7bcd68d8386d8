"""Who takes which case, for a whole batch: lateness first, then fit, load and fairness, under capacity and conflicts.

Two steps, each of which is optimal. Which cases are served follows from their order: the first one that can be served
is, then the second one if both can be, and so on; such sets are those of a transversal matroid, so that no later case
is worth an earlier one. Who serves them is the assignment with the largest sum of scores, where each further case of a
helper counts less by what it adds to the load.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Final
from uuid import UUID

from casework.matching.candidates import Candidate, Helper
from casework.rules.text import Text

USUAL_MOST: Final = 10
"""So many cases of one batch a helper is given who has said no bound."""

_NEVER: Final = -1e9


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that waits for a helper, with everybody judged for it; for people what it is about and when it is due."""

    id: UUID
    number: str
    candidates: Sequence[Candidate]
    matter: Text | None = None
    due_on: date | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What the plan says of one case. `chosen` is None where nobody can take it; `runner_up` is the next best one."""

    case: Waiting
    chosen: Candidate | None
    runner_up: Candidate | None


def plan(waiting: Sequence[Waiting], further: Mapping[str, Decimal] | None = None) -> list[Line]:
    """Return a line for each case, in the order that is given: the first one is served before all others.

    `further`: what each further case of a batch takes off the score of a helper, by username; nothing where it is not
    said.
    """
    helpers, fits = _by_helper(waiting)
    free = [_free(helper) for helper in helpers]
    served = _served(fits, free)
    chosen = _assigned(
        [fits[case] for case in served],
        free,
        [float((further or {}).get(helper.person.username, 0)) for helper in helpers],
    )
    by_case = dict(zip(served, chosen, strict=True))
    lines = []
    for place, case in enumerate(waiting):
        able = {one.helper.person.username: one for one in case.candidates if not one.out}
        mine = able.get(helpers[by_case[place]].person.username) if place in by_case else None
        others = [one for one in able.values() if one is not mine]
        lines.append(Line(case, mine, max(others, key=lambda one: one.score, default=None)))
    return lines


def _by_helper(waiting: Sequence[Waiting]) -> tuple[list[Helper], list[dict[int, float]]]:
    """The helpers, and for each case the scores of those who can take it, by their places."""
    places: dict[str, int] = {}
    helpers: list[Helper] = []
    fits: list[dict[int, float]] = []
    for case in waiting:
        fit = {}
        for one in case.candidates:
            if one.out:
                continue
            name = one.helper.person.username
            if name not in places:
                places[name] = len(helpers)
                helpers.append(one.helper)
            fit[places[name]] = float(one.score)
        fits.append(fit)
    return helpers, fits


def _free(helper: Helper) -> int:
    """How many more cases a helper can take."""
    profile = helper.profile
    bounds = [USUAL_MOST]
    if profile.most_open is not None:
        bounds.append(profile.most_open - helper.open - helper.asked)
    if profile.most_a_week is not None:
        bounds.append(profile.most_a_week - helper.week - helper.asked)
    return max(0, min(bounds))


def _served(fits: Sequence[Mapping[int, float]], free: Sequence[int]) -> list[int]:
    """The cases that are served, the earliest ones that can be served together (augmenting paths)."""
    holders: list[set[int]] = [set() for _ in free]

    def take(case: int, asked: set[int]) -> bool:
        for helper in fits[case]:
            if helper in asked:
                continue
            asked.add(helper)
            if len(holders[helper]) < free[helper]:
                holders[helper].add(case)
                return True
            for other in sorted(holders[helper]):
                if take(other, asked):
                    holders[helper].remove(other)
                    holders[helper].add(case)
                    return True
        return False

    return [case for case in range(len(fits)) if take(case, set())]


def _assigned(fits: Sequence[Mapping[int, float]], free: Sequence[int], further: Sequence[float]) -> list[int]:
    """For each case the place of its helper, so that the sum of scores is the largest."""
    if not fits:
        return []
    # Read by the few processes that make plans, and by no other.
    import numpy  # noqa: PLC0415
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    many = [min(one, len(fits)) for one in free]
    begins = [0, *accumulate(many)]
    scores = numpy.full((len(fits), begins[-1]), _NEVER)
    for row, fit in enumerate(fits):
        for helper, score in fit.items():
            scores[row, begins[helper] : begins[helper + 1]] = score - further[helper] * numpy.arange(many[helper])
    _, columns = linear_sum_assignment(scores, maximize=True)
    return [bisect_right(begins, column) - 1 for column in columns]
