"""The people of an office: who is there, adding somebody, changing what they are and how they are reached."""

import secrets
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from casework.forms.form import Form
from casework.forms.numbers import Count, Flag
from casework.forms.posted import from_posted
from casework.forms.texts import Choice, Code, Word
from casework.http.problems import STATUS
from casework.http.query import from_cursor, text, to_cursor
from casework.records import people as records
from casework.records.database import Row
from casework.rules.people import Role
from casework.rules.refusals import Invalid, NotFound, Refusal
from casework.rules.text import Text
from casework.web.frame import frame_of, org_name
from casework.web.page import STAFF, Answer, Html, Page, Redirect, Visit
from casework.web.settings import SPOKEN, has_one
from casework.web.widgets import Filled, titles, widgets
from casework.work import people as work
from casework.work.filters import path_of_org
from casework.work.people import USER_ROLES, ChangedUser, NewUser
from casework.work.service import Transaction

_ROWS: Final = 50
_MANAGES: Final = frozenset((Role.ADMINISTRATOR,))
_LOOKS: Final = STAFF | _MANAGES | {Role.AUDITOR}
_ABOUT: Final = ("name", "role", "org")
_REACHED: Final = ("email", "digest", "language")
_OF_ONESELF: Final = frozenset(("role", "org"))
_ACTIVE: Final = {"true": Text("在岗", "Active"), "false": Text("已停用", "Deactivated")}
_DONE: Final = {
    "added": Text("已新增。", "Added."),
    "changed": Text("已保存。", "Saved."),
    "password": Text(
        "已设置初始密码，此处不再显示；请当面告知本人，由本人登录后自行修改。原有的登录均已失效。",
        "A first password is set and shown nowhere again: tell it in person, and its user chooses another one."
        " All earlier sessions have ended.",
    ),
    "left": Text(
        "已停用，登录即时失效；{let_go} 件未结案件退回待领取。",
        "Deactivated, and all sessions have ended; unclaimed again: {let_go} open cases.",
    ),
    "moved": Text("已保存；{let_go} 件未结案件退回待领取。", "Saved; unclaimed again: {let_go} open cases."),
    "back": Text("已恢复在岗。", "Active again."),
    "confirmed": Text("已确认角色。", "The role is confirmed."),
}


class PeopleQuery(Form):
    """Which people."""

    q = Word(most=60, title=Text("姓名或用户名", "Name or user name"), example="")
    role = Choice(USER_ROLES, title=Text("角色", "Role"))
    org = Code(title=Text("机构（含下级）", "Office and below"))
    active = Choice(_ACTIVE, title=Text("在岗", "Active"))
    waiting = Flag(title=Text("角色待确认", "A role to be confirmed"))
    cursor = Word(most=500, title=Text("游标", "Cursor"), example="")


class PersonQuery(Form):
    """What was done just now, to say so."""

    done = Choice(_DONE, title=Text("刚办理的事项", "What was done"))
    let_go = Count(most=1_000_000, title=Text("退回待领取的案件数", "Cases that are unclaimed again"))


@Page("GET", "/admin/people", _LOOKS, query=PeopleQuery)
def people(visit: Visit) -> Answer:
    """The people of the caller's organisation and below, by user name."""
    tx, asked = visit.tx, dict(visit.query)
    work.may_see_people(tx.person)
    key = from_cursor(asked, text)
    below = tx.person.org_path
    if "org" in asked:
        path = path_of_org(tx, asked["org"])
        below = path if path and path.startswith(below) else "nowhere"
    found = records.page(
        tx.db,
        below,
        _ROWS + 1,
        key[0] if key else None,
        _filters(asked),
        words=asked.get("q", ""),
        waiting=asked.get("waiting", False),
    )
    shown = found[:_ROWS]
    asked.pop("cursor", None)
    more = _address(asked | {"cursor": to_cursor(shown[-1].username)}) if len(found) > _ROWS else None
    return Html(
        "people",
        {
            "frame": frame_of(tx),
            "asked": asked,
            "rows": [(row, Role(row.role).told, org_name(tx, row.org_path)) for row in shown],
            "roles": USER_ROLES,
            "actives": _ACTIVE,
            "more": more,
            "manages": tx.person.role in _MANAGES,
            "looks": tx.person.role in STAFF,
        },
    )


def _filters(asked: dict[str, Any]) -> dict[str, Any]:
    active = {"active": asked["active"] == "true"} if "active" in asked else {}
    return active | ({"role": asked["role"]} if "role" in asked else {})


def _again_new(visit: Visit, refused: Refusal) -> Answer:
    return _new(visit, refused)


@Page("GET", "/admin/people/new", _MANAGES)
def new(visit: Visit) -> Answer:
    """The form for somebody new."""
    return _new(visit)


@Page("POST", "/admin/people/new", _MANAGES, again=_again_new)
def add(visit: Visit) -> Answer:
    """Somebody new, whose page says so; the first password is not shown again."""
    added = work.add_user(visit.tx, from_posted(NewUser, dict(visit.posted.lists())))
    return Redirect(f"/admin/people/{added.username}?done=added")


def _new(visit: Visit, refused: Refusal | None = None) -> Answer:
    tx = visit.tx
    values = from_posted(NewUser, dict(visit.posted.lists()))
    values.pop("password", None)
    faults = tuple(refused.faults) if isinstance(refused, Invalid) else ()
    values = {"language": "zh-CN", "org": _own_org(tx), **values}
    return Html(
        "person_new",
        {
            "frame": frame_of(tx),
            "fields": widgets(NewUser, Filled(values, faults, offered=_offered(tx))),
            "problem": refused,
            "faults": titles(NewUser, faults),
            "once": secrets.token_urlsafe(24),
        },
        STATUS[refused.code] if refused else 200,
    )


@Page("GET", "/admin/people/<username>", _MANAGES, query=PersonQuery)
def person(visit: Visit, username: str) -> Answer:
    """One of them: what may be changed, the cases in their hands, and a role that waits to be confirmed."""
    return _person(visit, username)


def _again(visit: Visit, refused: Refusal, username: str) -> Answer:
    return _person(visit, username, refused)


@Page("POST", "/admin/people/<username>", _MANAGES, again=_again)
def change(visit: Visit, username: str) -> Answer:
    """What differs from before is changed."""
    row = _found(visit.tx, username)
    given = _given(visit, row)
    changed = work.change_user(visit.tx, row.id, given)
    done = "changed"
    if "active" in given:
        done = "back" if given["active"] else "left"
    elif "password" in given:
        done = "password"
    elif changed.let_go:
        done = "moved"
    return Redirect(f"/admin/people/{username}?{urlencode({'done': done, 'let_go': changed.let_go})}")


@Page("POST", "/admin/people/<username>/confirm-role", _MANAGES, again=_again)
def confirm_role(visit: Visit, username: str) -> Answer:
    """The role that somebody else gave counts in full."""
    work.confirm_role(visit.tx, _found(visit.tx, username).id)
    return Redirect(f"/admin/people/{username}?done=confirmed")


def _person(visit: Visit, username: str, refused: Refusal | None = None) -> Answer:
    tx, row = visit.tx, _found(visit.tx, username)
    faults = tuple(refused.faults) if isinstance(refused, Invalid) else ()
    values = _values(row) | (_given(visit, row) if refused else {})
    fields = {one.path: one for one in widgets(ChangedUser, Filled(values, faults, offered=_offered(tx)))}
    oneself = row.id == tx.person.id
    _, raised_by = records.raised(tx.db, row.id)
    raiser = records.by_id(tx.db, raised_by) if raised_by else None
    return Html(
        "person",
        {
            "frame": frame_of(tx),
            "row": row,
            "role": Role(row.role).told,
            "org": org_name(tx, row.org_path),
            "oneself": oneself,
            "about": [has_one(fields[name]) for name in _ABOUT if not (oneself and name in _OF_ONESELF)],
            "reached": [has_one(fields[name]) for name in _REACHED],
            "password": replace(fields["password"], required=True),
            "open_cases": records.open_cases(tx.db, row.id),
            "may_own": Role(row.role) in STAFF,
            "raiser": raiser.name if raiser else "",
            "may_confirm": tx.person.id not in (row.id, raised_by),
            "problem": refused,
            "faults": titles(ChangedUser, faults),
            "done": _told(visit),
        },
        STATUS[refused.code] if refused else 200,
    )


def _told(visit: Visit) -> Text | None:
    done = visit.query.get("done")
    return _DONE[done].with_(let_go=visit.query.get("let_go", 0)) if done else None


def _found(tx: Transaction, username: str) -> Row[Any]:
    """The user of this name below the caller's organisation; raises `NotFound`."""
    found = records.by_username(tx.db, work.folded(username))
    if found is None or not found[0].org_path.startswith(tx.person.org_path):
        raise NotFound
    row = records.view(tx.db, found[0].id)
    assert row is not None
    return row


def _values(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*_ABOUT, *_REACHED, "active")}


def _given(visit: Visit, row: Row[Any]) -> dict[str, Any]:
    """What was filled in otherwise than it is: what stays as it was ends no session."""
    said = from_posted(ChangedUser, dict(visit.posted.lists()))
    if "email" in visit.posted:
        said.setdefault("email", None)
    known = _values(row)
    return {name: value for name, value in said.items() if name not in known or known[name] != value}


def _offered(tx: Transaction) -> dict[str, dict[str, Text]]:
    mine = (org for org in tx.rules.orgs.values() if org.path.startswith(tx.person.org_path))
    return {"org": {org.code: Text(str(org.name), str(org.name)) for org in mine}, "language": SPOKEN}


def _own_org(tx: Transaction) -> str:
    return tx.person.org_path.rstrip("/").rpartition("/")[2]


def _address(asked: dict[str, Any]) -> str:
    said = {name: str(value).lower() if isinstance(value, bool) else value for name, value in asked.items()}
    return f"/admin/people?{urlencode(said)}"
