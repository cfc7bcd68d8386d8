"""The users of the demonstration: where they work, in which role and under which name."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from casework.demo.tree import JINAN, PROVINCE, QINGDAO
from casework.rules.people import Role
from casework.stories.people import full_name
from casework.stories.places import Place

ROLE_NAMES: Final = {
    Role.CASEWORKER: "cw",
    Role.SUPERVISOR: "sv",
    Role.LAWYER: "lw",
    Role.VOLUNTEER: "vo",
    Role.AUDITOR: "au",
    Role.ADMINISTRATOR: "ad",
}
_STAFF: Final[dict[str, dict[Role, int]]] = {
    "province": {Role.CASEWORKER: 1, Role.SUPERVISOR: 1, Role.AUDITOR: 1, Role.ADMINISTRATOR: 1},
    "city": {Role.CASEWORKER: 2, Role.SUPERVISOR: 2, Role.LAWYER: 4, Role.VOLUNTEER: 2, Role.AUDITOR: 1},
    "county": {Role.CASEWORKER: 2, Role.SUPERVISOR: 1, Role.LAWYER: 1, Role.VOLUNTEER: 1},
    "street": {Role.CASEWORKER: 1},
}


@dataclass(frozen=True, slots=True)
class Post:
    """A user that the demonstration has: where, in which role, under which name."""

    username: str
    name: str
    role: Role
    org: str


def named_users() -> Iterator[Post]:
    """One user for each role in Jinan and in Qingdao, and a supervisor for the province; they may sign in."""
    for org, suffix in ((JINAN, ""), (QINGDAO, "-qd")):
        for role in ROLE_NAMES:
            yield _post(f"{role.value}{suffix}", role, org)
    yield _post("supervisor-sd", Role.SUPERVISOR, PROVINCE)


def staff(place: Place) -> Iterator[Post]:
    """The invented staff of a place; they sign in once an administrator has given them a password."""
    for role, many in _STAFF[place.kind].items():
        for number in range(1, many + 1):
            yield _post(f"{ROLE_NAMES[role]}-{place.code}-{number}", role, place.code)


def _post(username: str, role: Role, org: str) -> Post:
    rng = Random(username)
    return Post(username, full_name(rng, rng.choice(("male", "female"))), role, org)
