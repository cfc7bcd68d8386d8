"""Organisations and users."""

from typing import Any
from uuid import UUID

from casework.api.answers.administration import AdminEvent, admin_event
from casework.api.answers.members import page_of
from casework.api.answers.people import HandedOver, Org, User, colleague, org, user
from casework.api.endpoint import Answer, Call, Endpoint, listed
from casework.forms.form import Form
from casework.forms.numbers import Flag
from casework.forms.texts import Choice, Code
from casework.http.query import Page, from_cursor, text, whole
from casework.records import admin_events as chain
from casework.records import offices
from casework.records import people as records
from casework.rules.people import Role
from casework.rules.text import Text
from casework.work import holders, people


class OrgFilters(Page):
    """Which organisations."""

    below = Code(title=Text("机构（含下级）", "Organisation and below"))


@Endpoint("GET", "/orgs", Text("机构", "Organisations"), answer=page_of(Org), query=OrgFilters)
def orgs(call: Call) -> Answer:
    """The tree, from the root down; names of organisations are no secret."""
    top = offices.org(call.tx.db, call.query["below"]) if "below" in call.query else None
    prefix = (top.path if top else "nowhere") if "below" in call.query else ""
    key = from_cursor(call.query, text)
    rows = offices.org_page(call.tx.db, prefix, call.limit + 1, key[0] if key else None)
    return listed(call, rows, org, "path")


class UserFilters(Page):
    """Which users."""

    username = people.Username(most=60, title=Text("用户名", "User name"))
    role = Choice(people.USER_ROLES, title=Text("角色", "Role"))
    active = Flag(title=Text("在岗", "Active"))


@Endpoint("GET", "/users", Text("用户", "Users"), answer=page_of(User), query=UserFilters, refuses=(403,))
def users(call: Call) -> Answer:
    """The users of my organisation and below, by name."""
    people.may_see_people(call.tx.person)
    key = from_cursor(call.query, text)
    filters: dict[str, Any] = {name: call.query[name] for name in ("username", "role", "active") if name in call.query}
    rows = records.page(call.tx.db, call.tx.person.org_path, call.limit + 1, key[0] if key else None, filters)
    me = call.tx.person
    manages = me.role is Role.ADMINISTRATOR
    return listed(call, rows, lambda row: user(row) if manages or row.id == me.id else colleague(row), "username")


@Endpoint("POST", "/users", Text("新增用户", "Add a user"), answer=User, status=201, body=people.NewUser)
def add_user(call: Call) -> Answer:
    """A new user below the administrator's organisation."""
    return Answer(user(people.add_user(call.tx, call.body)), 201)


@Endpoint("PATCH", "/users/<uuid:user_id>", Text("修改用户", "Change a user"), answer=User, body=people.ChangedUser)
def change_user(call: Call, user_id: UUID) -> Answer:
    """A changed user; deactivating ends the tokens at once.

    Open cases of somebody who may own them no longer are in nobody's hands from then on, and wait in the queue. What
    is assigned to a helper stays assigned.
    """
    changed = people.change_user(call.tx, user_id, call.body)
    return Answer(user(changed.user, open_cases=changed.open_cases, let_go=changed.let_go))


@Endpoint(
    "POST",
    "/users/<uuid:user_id>/handover",
    Text("移交某人承办的案件", "Hand over what somebody owns"),
    answer=HandedOver,
    body=holders.HandoverOfSeveral,
    refuses=(403, 409),
    note=Text(
        "请假、调离前移交：全部未结案件，或者只移交列出的案件；有一件不能移交的，均不移交。",
        "Before leave or another post: all open cases, or those that are named; all of them or none.",
    ),
)
def hand_over(call: Call, user_id: UUID) -> Answer:
    """All open cases of a user, or some, get another owner."""
    return Answer(HandedOver(holders.hand_over_all(call.tx, user_id, call.body)))


class Confirm(Form):
    """Nothing needs to be said."""


@Endpoint(
    "POST",
    "/users/<uuid:user_id>/confirm-role",
    Text("确认用户的角色", "Confirm the role of a user"),
    answer=User,
    body=Confirm,
    refuses=(409,),
)
def confirm_role(call: Call, user_id: UUID) -> Answer:
    """A user whose changed role or organisation another administrator confirms; sensitive values of earlier cases are
    shown from then on.
    """
    confirmed = people.confirm_role(call.tx, user_id)
    Confirm.check(call.body, today=call.tx.today)
    return Answer(user(confirmed))


@Endpoint(
    "GET",
    "/admin/events",
    Text("管理记录", "The administrative chain"),
    answer=page_of(AdminEvent),
    query=Page,
    refuses=(403,),
)
def admin_events(call: Call) -> Answer:
    """Changes to people, organisations, channels, rules and keys that concern my organisation and below, the newest
    first; for administrators and auditors.
    """
    people.may_see_admin_events(call.tx.person)
    key = from_cursor(call.query, whole)
    rows = chain.page(call.tx.db, call.tx.person.org_path, call.limit + 1, key[0] if key else None)
    return listed(call, rows, admin_event, "seq")


@Endpoint("GET", "/me", Text("我的账户", "My own account"), answer=User)
def me(call: Call) -> Answer:
    """Who is signed in."""
    return Answer(user(records.view(call.tx.db, call.tx.person.id)))


@Endpoint(
    "PATCH",
    "/me",
    Text("修改我的密码、邮箱或语言", "Change my password, address or language"),
    answer=User,
    body=people.OwnChange,
    refuses=(429,),
)
def change_me(call: Call) -> Answer:
    """Me as changed; another password ends all tokens, this one too, so that one signs in again."""
    return Answer(user(people.change_myself(call.tx, call.body)))
