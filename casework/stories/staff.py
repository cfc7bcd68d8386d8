"""Who of the staff does what: the choice that an office makes when a case needs somebody."""

from collections import defaultdict
from collections.abc import Iterable
from random import Random
from uuid import UUID

from casework.rules.people import HELPERS, Person, Role
from casework.stories.places import Place


class Staff:
    """The active users by organisation and role."""

    def __init__(self, people: Iterable[tuple[str, Person]]) -> None:
        self._at: dict[tuple[str, Role], list[Person]] = defaultdict(list)
        for org, person in people:
            self._at[org, person.role].append(person)

    def of(self, code: str, role: Role) -> list[Person]:
        """Those of this role in the organisation itself."""
        return self._at.get((code, role), [])

    def one(
        self, rng: Random, place: Place, role: Role, not_by: UUID | None = None, *, above: bool = False
    ) -> Person | None:
        """Somebody of the nearest organisation, or the nearest `above`, that has such people but `not_by`, or None."""
        for code in place.chain[1:] if above else place.chain:
            found = [person for person in self.of(code, role) if person.id != not_by]
            if found:
                return rng.choice(found)
        return None

    def helper(self, rng: Random, place: Place) -> Person | None:
        """A lawyer or volunteer of the place or of those above it, lawyers more often; None where there is none."""
        near = [person for code in place.chain for role in HELPERS for person in self.of(code, role)]
        weights = [3 if person.role is Role.LAWYER else 1 for person in near]
        return rng.choices(near, weights)[0] if near else None
