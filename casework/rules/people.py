"""Who acts on a case: roles, people, organisations."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from casework.rules.text import Text


class Role(StrEnum):
    """Who somebody is to a case."""

    APPLICANT = "applicant"
    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    LAWYER = "lawyer"
    VOLUNTEER = "volunteer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    CLOCK = "clock"

    @property
    def told(self) -> Text:
        """The role as people call it."""
        return _ROLE_TITLES[self]


_ROLE_TITLES = {
    Role.APPLICANT: Text("申请人", "applicant"),
    Role.CASEWORKER: Text("经办人", "caseworker"),
    Role.SUPERVISOR: Text("审批人", "supervisor"),
    Role.LAWYER: Text("律师", "lawyer"),
    Role.VOLUNTEER: Text("志愿者", "volunteer"),
    Role.AUDITOR: Text("审计员", "auditor"),
    Role.ADMINISTRATOR: Text("管理员", "administrator"),
    Role.CLOCK: Text("时钟", "clock"),
}


STAFF = (Role.CASEWORKER, Role.SUPERVISOR)


HELPERS = (Role.LAWYER, Role.VOLUNTEER)


@dataclass(frozen=True, slots=True)
class Person:
    """A user as the rules see one. `org_path` is the codes from the root down, `370000/370100/`.

    `walled`: a wall may keep this user from cases; false only where it is known that none does.
    """

    id: UUID
    username: str
    name: str
    role: Role
    org_path: str
    active: bool = True
    walled: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Org:
    """An organisation as the rules see one; `kind` is its level, such as `city`.

    `supervisors`: its active ones; `staffed`: a caseworker or a supervisor works there.
    """

    id: UUID
    code: str
    path: str
    kind: str
    region: str
    calendar: str
    name: str
    supervisors: Collection[UUID] = ()
    staffed: bool = True

    @property
    def supervised(self) -> bool:
        """Whether it has a supervisor."""
        return bool(self.supervisors)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person in a role, the applicant, or time."""

    role: Role
    person: Person | None = None

    @property
    def id(self) -> UUID | None:
        """The user's id; None for the applicant and for time."""
        return self.person.id if self.person else None


CLOCK = Actor(Role.CLOCK)


APPLICANT = Actor(Role.APPLICANT)
