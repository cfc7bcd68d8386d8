"""Users, organisations, and the token of somebody who signs in."""

from typing import Annotated, Any, Literal

from casework.api.answers.members import (
    Address,
    CaseNumber,
    Flag,
    Id,
    Instant,
    Name,
    Number,
    OrgCode,
    OrgName,
    Shape,
    Telephone,
    Username,
    like,
    one_of,
    told,
)
from casework.records.offices import parent_of
from casework.rules import people
from casework.rules.text import LANGUAGES
from casework.work.people import USER_ROLES


class Person(Shape):
    """A user in a few words."""

    id: Id
    username: Username
    name: Name


def person(one: people.Person | None) -> Person | None:
    """The user in a few words."""
    return Person.of(one) if one else None


def named(user_id: Any, username: Any, name: Any) -> Person | None:
    """The user whom a row names; None where it names nobody."""
    return Person(str(user_id), username, name) if user_id else None


class User(Shape):
    """A user as staff and administrators see it; `open_cases` and `let_go` only where somebody was changed."""

    id: Id
    username: Username
    name: Name
    role: Annotated[str, one_of(USER_ROLES)]
    org: OrgCode
    active: Flag
    email: Annotated[
        str | None, like("zhang@example.org", "仅本人和管理员可见", "Shown to the user and to administrators only")
    ]
    digest: Annotated[Flag, told("每日提要", "A digest each working day")]
    language: Annotated[str, one_of(LANGUAGES)]
    password_is_first: Annotated[Flag, told("密码由他人设置，尚未自行修改", "The password was set by somebody else")]
    raised_at: Annotated[
        Instant | None,
        told("角色或机构变更且尚待确认的时间", "Since when a changed role or organisation waits to be confirmed"),
    ]
    open_cases: Annotated[
        Number | None, told("修改用户后：其承办的未结案件数", "After a change: open cases that stay in their hands")
    ]
    let_go: Annotated[
        Number | None, told("修改用户后：不再由其经办的案件数", "After a change: cases that are now in nobody's hands")
    ]
    created_at: Instant


def user(row: Any, open_cases: int | None = None, let_go: int | None = None) -> User:
    """The user of a row of `records.people`."""
    return User.of(row, open_cases=open_cases, let_go=let_go)


def colleague(row: Any) -> User:
    """The same for whoever does not manage users: where mail goes to is the user's own matter."""
    return User.of(row, open_cases=None, let_go=None, email=None)


class HandedOver(Shape):
    """The cases that have another owner now."""

    cases: Annotated[list[CaseNumber], told("已移交的案件", "The numbers of the cases that were handed over")]


class Org(Shape):
    """An organisation."""

    code: OrgCode
    region: Annotated[OrgCode, told("行政区划代码", "The GB/T 2260 code")]
    name: OrgName
    kind: Annotated[str, like("city")]
    parent: Annotated[str | None, like("370000")]
    calendar: Annotated[str, like("china", "所用日历", "The calendar by which it counts")]
    own_calendar: Annotated[str | None, like("china", "本机构的日历；空则随上级", "Its own; null: that from above")]
    phone: Annotated[Telephone | None, told("联系电话", "Telephone")]
    address: Annotated[Address | None, told("联系地址", "Address")]
    seal_name: Annotated[OrgName | None, told("印章名称；空则同名称", "On its seal; null: its name")]


def org(row: Any) -> Org:
    """The organisation of a row of `records.offices`."""
    return Org.of(row, parent=parent_of(row.path))


class CalendarFeed(Shape):
    """Where a calendar program finds the deadlines of a user."""

    address: Annotated[str, like("https://casework.example.org/calendar/AbC1.ics", "只告知这一次", "Told this once")]


class Token(Shape):
    """By which a user is known from now on."""

    access_token: Annotated[str, like("cw_…")]
    token_type: Literal["Bearer"]
    expires_at: Instant
