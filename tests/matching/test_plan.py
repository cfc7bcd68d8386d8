"""The plan of a batch is the best one there is, and is made quickly."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from random import Random
from uuid import UUID

import pytest

from casework.matching.candidates import Candidate, Helper, Part
from casework.matching.plan import Line, Waiting, plan
from casework.matching.profiles import Profile
from casework.rules.people import Person, Role
from casework.rules.text import Text

SAID = Text("因", "because")


def helper(name: str, most_open: int | None = None, **more: int) -> Helper:
    person = Person(UUID(int=hash(name) % 2**60), name, name, Role.LAWYER, "370000/370100/")
    return Helper(person, "370102", Profile(most_open=most_open), **more)


def judged(one: Helper, score: int, *, out: bool = False) -> Candidate:
    return Candidate(one, [SAID] if out else [], [], [Part("match_field", Decimal(score), Decimal(100), SAID)])


def waiting(number: int, *candidates: Candidate) -> Waiting:
    return Waiting(UUID(int=number), f"LA-{number}", candidates)


def names(lines: Sequence[Line]) -> list[str | None]:
    return [line.chosen.helper.person.username if line.chosen else None for line in lines]


def test_the_first_case_is_served_even_where_a_later_one_fits_better() -> None:
    one = helper("a", most_open=1)
    assert names(plan([waiting(1, judged(one, 1)), waiting(2, judged(one, 99))])) == ["a", None]


def test_nobody_is_given_away_to_whom_somebody_else_could_be_given() -> None:
    one, other = helper("a", most_open=1), helper("b", most_open=1)
    lines = plan([waiting(1, judged(one, 90), judged(other, 10)), waiting(2, judged(one, 5))])
    assert names(lines) == ["b", "a"]
    assert lines[0].runner_up is not None
    assert lines[0].runner_up.helper is one


def test_who_cannot_take_it_is_neither_chosen_nor_runner_up() -> None:
    lines = plan([waiting(1, judged(helper("a"), 90, out=True))])
    assert names(lines) == [None]
    assert lines[0].runner_up is None


def test_capacity_counts_what_is_in_hand_and_this_week() -> None:
    busy = helper("a", most_open=3, open=2)
    weekly = Helper(busy.person, "370102", Profile(most_a_week=2), week=1)
    for one in (busy, weekly):
        assert names(plan([waiting(n, judged(one, 1)) for n in range(3)])) == ["a", None, None]


def test_further_cases_of_a_batch_go_to_others() -> None:
    one, other = helper("a"), helper("b")
    cases = [waiting(n, judged(one, 50), judged(other, 45)) for n in range(4)]
    assert Counter(names(plan(cases))) == {"a": 4}
    assert Counter(names(plan(cases, {"a": Decimal(10), "b": Decimal(10)}))) == {"a": 2, "b": 2}


@pytest.mark.parametrize("seed", range(60))
def test_no_plan_is_better(seed: int) -> None:
    """Against every plan there is, by who is served first and then by the sum of scores."""
    rng = Random(seed)
    helpers = [helper(name, most_open=rng.choice((1, 1, 2))) for name in "abc"[: rng.randint(1, 3)]]
    further = {one.person.username: Decimal(rng.randint(0, 20)) for one in helpers}
    cases = [
        waiting(n, *(judged(one, rng.randint(0, 50), out=rng.random() < 0.3) for one in helpers))
        for n in range(rng.randint(1, 5))
    ]

    def worth(chosen: Sequence[Candidate | None]) -> tuple[list[bool], Decimal] | None:
        many = Counter(one.helper.person.username for one in chosen if one)
        if any(many[one.person.username] > one.profile.most_open for one in helpers):
            return None
        taken_off = sum((further[name] * (n * (n - 1) // 2) for name, n in many.items()), Decimal(0))
        return [one is not None for one in chosen], sum((one.score for one in chosen if one), -taken_off)

    every = product(*([None, *(one for one in case.candidates if not one.out)] for case in cases))
    best = max(found for found in map(worth, every) if found)
    assert worth([line.chosen for line in plan(cases, further)]) == best


def test_a_batch_of_an_office_needs_no_thought_of_every_pair() -> None:
    """500 cases and 200 people: as many lines, nobody over the bound, all served whom capacity allows."""
    rng = Random(1)
    helpers = [helper(f"h{n}", most_open=rng.randint(1, 4)) for n in range(200)]
    cases = [
        waiting(n, *(judged(one, rng.randint(0, 100), out=rng.random() < 0.5) for one in helpers)) for n in range(500)
    ]
    lines = plan(cases)
    many = Counter(name for name in names(lines) if name)
    assert all(many[one.person.username] <= one.profile.most_open for one in helpers)
    assert sum(many.values()) == min(500, sum(one.profile.most_open for one in helpers))
