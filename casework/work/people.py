"""Who is there and who is calling: tokens, users."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from casework.forms.form import Form
from casework.forms.numbers import Flag
from casework.forms.texts import USER_PATTERN, UUID_PATTERN, Choice, Code, EmailAddress, Line, PersonName
from casework.records import admin_events, attempts, offices, people
from casework.records.database import Row, Tx
from casework.rules import folding
from casework.rules.passwords import weakness
from casework.rules.people import Actor, Person, Role
from casework.rules.refusals import Fault, Invalid, NotFound, NotMet, NotNow, NotYours, Unauthenticated
from casework.rules.text import LANGUAGES, Text
from casework.work.attempts import Allowance, count
from casework.work.leaving import let_go_of_cases
from casework.work.passwords import hash_password, matches
from casework.work.service import Transaction
from casework.work.telling import tell_raised

USER_ROLES = {
    role.value: role.told
    for role in (Role.CASEWORKER, Role.SUPERVISOR, Role.LAWYER, Role.VOLUNTEER, Role.AUDITOR, Role.ADMINISTRATOR)
}
_WHO = Text("请先登录，或者令牌已失效。", "Sign in first; there is no token, or it is wrong or has ended.")
_NEW_PASSWORD = Text("密码（至少 12 位）", "Password (12 characters or more)")
_EMAIL = Text("电子邮箱（提醒发往此处）", "Mail address, to which alerts go")
_DIGEST = Text("每日提要", "A digest each working day")
_LANGUAGE = Text("语言", "Language")
_NO_ACTIVE_USER: Final = Text("没有在岗用户 {username}。", "There is no active user {username}.")
_NO_USER: Final = Text("没有用户 {username}。", "There is no user {username}.")
_LAST_ADMINISTRATOR: Final = Text(
    "这是本机构最后一名在岗的管理员，上级也没有管理员；停用、改任或者调离后将无人能管理本机构的用户。请先在本机构或者上级机构指定另一名管理员。",
    "This is the last active administrator of this organisation, and none works above it; without one nobody could"
    " manage its users. Name another one there or above first.",
)
_CHOOSE_A_PASSWORD: Final = Text(
    "您的密码由管理员设置，请先在“个人设置”中自行修改（`PATCH /api/v1/me`）。",
    "Your password was set by an administrator. Choose your own in the settings first (`PATCH /api/v1/me`).",
)
_OLD_PASSWORD_WRONG: Final = Text("原密码不正确。", "The present password is wrong.")
_SAME_PASSWORD: Final = Text("新密码与原密码相同。", "The new password is the present one.")
_NOT_ONESELF: Final = Text(
    "不能更改自己的角色、机构或者在岗状态，请由另一名管理员办理。",
    "Nobody changes their own role, organisation or active flag; another administrator does it.",
)
_NOTHING_TO_CONFIRM: Final = Text("此用户没有待确认的角色。", "This user has no role that waits to be confirmed.")
_NOT_BOTH: Final = Text(
    "须由作出变更的管理员和本人以外的另一名管理员确认，或者在本机运行 casework user confirm {username}。",
    "Another administrator than the one who changed it, and not the user, confirms it; or the operator does, by"
    " casework user confirm {username}.",
)
_HOUR: Final = timedelta(hours=1)
_TOLD_BY_NAME: Final = frozenset(("name", "password", "email", "digest", "language"))
_OF_ONESELF: Final = ("role", "org", "active")
_LIVES_TOO_LONG: Final = Text(
    "令牌最长 {days} 天（[tokens] days）；请填写不超过此数的天数，或者先修改设置。",
    "A token lives {days} days at most ([tokens] days); ask for no more, or change the setting first.",
)
_REACHED: Final = ("email", "digest", "language")
SPOKEN: Final[dict[str, Text]] = {language: Text(language, language) for language in LANGUAGES}


class Username(Code):
    """A user name: one and the same however it is typed, `Wang.Li`, `WANG.LI` or in full width."""

    def read(self, value: Any) -> str:
        return super().read(folded(value) if isinstance(value, str) else value)


def folded(username: str) -> str:
    """A user name as it is kept and looked up: in one writing, with small letters."""
    return folding.typed(username).lower()


class NewUser(Form):
    """A new user. The password may be set here, or the user works with tokens that are issued on the machine."""

    username = Username(most=60, required=True, title=Text("用户名", "User name"), example="li.lawyer")
    name = PersonName(required=True, title=Text("姓名", "Name"))
    role = Choice(USER_ROLES, required=True, title=Text("角色", "Role"))
    org = Code(required=True, title=Text("机构代码", "Organisation code"), example="370100")
    password = Line(most=200, title=_NEW_PASSWORD, example="correct horse battery")
    email = EmailAddress(title=_EMAIL)
    digest = Flag(title=_DIGEST, example=False)
    language = Choice(SPOKEN, title=_LANGUAGE)


class ChangedUser(Form):
    """What may change of a user."""

    name = PersonName(title=Text("姓名", "Name"))
    role = Choice(USER_ROLES, title=Text("角色", "Role"))
    org = Code(title=Text("机构代码", "Organisation code"), example="370100")
    active = Flag(title=Text("在岗", "Active"))
    password = Line(most=200, title=_NEW_PASSWORD, example="correct horse battery")
    email = EmailAddress(title=_EMAIL)
    digest = Flag(title=_DIGEST, example=False)
    language = Choice(SPOKEN, title=_LANGUAGE)


class OwnChange(Form):
    """What people change of themselves; a new password needs the present one."""

    current_password = Line(most=200, title=Text("原密码", "Present password"), example="correct horse battery")
    password = Line(most=200, title=_NEW_PASSWORD, example="another horse battery")
    email = EmailAddress(title=_EMAIL)
    digest = Flag(title=_DIGEST, example=False)
    language = Choice(SPOKEN, title=_LANGUAGE)


class PasswordOfOthers(NotYours):
    """The caller's password was set by somebody else, and another one is to be chosen first."""


def identify(tx: Transaction, *, own_account: bool = False) -> None:
    """Note in the transaction who calls, by the token with which it was begun; raises `Unauthenticated`.

    Raises `PasswordOfOthers` in production while the caller's password is one that somebody else has set, but for the
    caller's own account, where another one can be chosen.
    """
    found = people.caller(tx.db)
    if found is None:
        raise Unauthenticated(_WHO)
    person, password_is_first = found
    if password_is_first and tx.service.limits.own_passwords and not own_account:
        raise PasswordOfOthers(_CHOOSE_A_PASSWORD)
    tx.actor = Actor(person.role, person)


def new_token(tx: Transaction, person: Person, lasts: timedelta) -> tuple[str, datetime]:
    """A token of 256 random bits for this person; only its digest is kept."""
    token = f"cw_{secrets.token_urlsafe(32)}"
    expires_at = tx.now + lasts
    people.keep_token(tx.db, token, person.id, expires_at)
    return token, expires_at


def named(tx: Transaction, written: Any) -> Person | None:
    """The user of this id or username, active or not; None where there is none, or it is no name of a user at all."""
    if not re.fullmatch(USER_PATTERN, said := folded(str(written))):
        return None
    if re.fullmatch(UUID_PATTERN, said):
        return people.by_id(tx.db, UUID(said))
    found = people.by_username(tx.db, said)
    return found[0] if found else None


def issue_token(tx: Transaction, username: str, lasts: timedelta) -> str:
    """A token for a user of this name, for the command line; raises `NotFound`, and `Invalid` for too long a life."""
    longest = tx.service.limits.token_days
    if lasts > timedelta(days=longest):
        raise Invalid([Fault("days", "too_long", _LIVES_TOO_LONG.with_(days=longest))])
    person = _active(tx, username)
    token, expires_at = new_token(tx, person, lasts)
    until = {"until": expires_at.isoformat()}
    admin_events.add(tx.db, tx.actor_id, "token_issued", person.username, [person.org_path], until)
    return token


def act_as(tx: Transaction, username: str) -> None:
    """Note in the transaction that this user acts, for the command line; raises `NotFound`."""
    person = _active(tx, username)
    tx.actor = Actor(person.role, person)


def _active(tx: Transaction, username: str) -> Person:
    found = people.by_username(tx.db, folded(username))
    if found is None or not found[0].active:
        raise NotFound(_NO_ACTIVE_USER.with_(username=username))
    return found[0]


def may_see_people(person: Person) -> None:
    """Raises `NotYours` unless this person may see users: staff, auditors and administrators."""
    if person.role in (Role.LAWYER, Role.VOLUNTEER):
        raise NotYours(Text("您无权查看用户。", "You may not see users."))


def may_see_disclosures(person: Person) -> None:
    """Raises `NotYours` unless this person may read who has seen sensitive values: supervisors and auditors."""
    if person.role not in (Role.SUPERVISOR, Role.AUDITOR):
        sentence = Text("只有审批人和审计员可以查看此记录。", "Only supervisors and auditors read this log.")
        raise NotYours(sentence)


def may_see_admin_events(person: Person) -> None:
    """Raises `NotYours` unless this person may read the administrative chain: administrators and auditors."""
    if person.role not in (Role.ADMINISTRATOR, Role.AUDITOR):
        sentence = Text("只有管理员和审计员可以查看管理记录。", "Only administrators and auditors read this log.")
        raise NotYours(sentence)


def _may_change_people(tx: Transaction) -> None:
    if tx.person.role is not Role.ADMINISTRATOR:
        raise NotYours(Text("只有管理员可以管理用户。", "Only administrators manage users."))


def add_user(tx: Transaction, given: Any) -> Row[Any]:
    """A new user below the administrator's organisation."""
    _may_change_people(tx)
    said = NewUser.check(given, today=tx.today)
    org = org_below(tx.db, said["org"], tx.person.org_path)
    return create_user(tx, said, org)


def create_user(tx: Transaction, said: Mapping[str, Any], org: Row[Any]) -> Row[Any]:
    """A new user in an organisation; raises `Invalid` when the name is taken."""
    row = {
        "id": uuid4(),
        "username": said["username"],
        "name": said.get("name", said["username"]),
        "role": said["role"],
        "org_id": org.id,
        "password_hash": _hashed(said, said["username"]),
        "password_is_first": said.get("password") is not None,
        "active": True,
        "created_at": tx.now,
        **{name: said[name] for name in _REACHED if name in said},
    }
    if not people.add(tx.db, row):
        raise Invalid([Fault("username", "taken", Text("用户名已被使用。", "This user name is taken."))])
    added = {"role": said["role"], "org": org.code, "password": row["password_is_first"]}
    admin_events.add(tx.db, tx.actor_id, "user_added", row["username"], [org.path], added)
    return _view(tx, row["id"])


def _hashed(said: Mapping[str, Any], username: str) -> str | None:
    password = said.get("password")
    if password is None:
        return None
    if fault := weakness(password, username):
        raise Invalid([fault])
    return hash_password(password)


def org_below(db: Tx, code: str, org_path: str) -> Row[Any]:
    """The organisation of this code at or below a path; raises `Invalid`."""
    org = offices.org(db, code)
    if org is None or not org.path.startswith(org_path):
        sentence = Text("没有这个机构，或不在您的管辖范围内。", "No such organisation, or outside your own.")
        raise Invalid([Fault("org", "unknown_org", sentence)])
    return org


@dataclass(frozen=True, slots=True)
class Changed:
    """A user as changed, with the open cases that stay in their hands, and how many are in nobody's hands now."""

    user: Row[Any]
    open_cases: int
    let_go: int


def change_user(tx: Transaction, user_id: UUID, given: Any) -> Changed:
    """The user as changed. A deactivated user's tokens end at once.

    Who gets another role, or a place that is not below the old one, sees nothing sensitive of cases opened before
    until another administrator confirms it. Raises `NotYours` for whoever would change the own role, organisation or
    active flag, and `NotMet` for the last active administrator of an organisation that has none above, who stays one
    there.
    """
    found = people.by_id(tx.db, user_id)
    if found is None or not found.org_path.startswith(tx.person.org_path):
        raise NotFound()
    may_see_people(tx.person)
    _may_change_people(tx)
    return _changed_below(tx, found, given, tx.person.org_path)


def change_below(tx: Transaction, org_path: str, username: str, given: Any) -> Changed:
    """The user of this name at or below a path as changed; raises `NotFound`, and as `change_user` does."""
    found = people.by_username(tx.db, folded(username))
    if found is None or not found[0].org_path.startswith(org_path):
        raise NotFound(_NO_USER.with_(username=username))
    return _changed_below(tx, found[0], given, org_path)


def _changed_below(tx: Transaction, person: Person, given: Any, org_path: str) -> Changed:
    if person.id == tx.actor_id and any(name in _given(given) for name in _OF_ONESELF):
        raise NotYours(_NOT_ONESELF)
    said = ChangedUser.check(given, today=tx.today)
    org = org_below(tx.db, said["org"], org_path) if "org" in said else None
    return _changed(tx, person, said, given, org)


def change_by_name(tx: Transaction, username: str, said: Mapping[str, Any]) -> Changed:
    """The user of this name as changed, from the machine itself; raises `NotFound`, or `NotMet` as `change_user`."""
    found = people.by_username(tx.db, folded(username))
    if found is None:
        raise NotFound(_NO_USER.with_(username=username))
    return _changed(tx, found[0], said, said, None)


def confirm_role(tx: Transaction, user_id: UUID) -> Row[Any]:
    """The user whose role and organisation another administrator has confirmed, who sees what is sensitive from now on.

    Raises `NotNow` where there is nothing to confirm, `NotYours` for the user and for whoever made the change.
    """
    found = people.by_id(tx.db, user_id)
    if found is None or not found.org_path.startswith(tx.person.org_path):
        raise NotFound()
    may_see_people(tx.person)
    people.lock(tx.db, user_id)
    raised_at, raised_by = people.raised(tx.db, user_id)
    if raised_at is None:
        raise NotNow(_NOTHING_TO_CONFIRM)
    _may_change_people(tx)
    if tx.person.id in (user_id, raised_by):
        raise NotYours(_NOT_BOTH.with_(username=found.username))
    return _confirmed(tx, found)


def confirm_by_name(tx: Transaction, username: str) -> Row[Any]:
    """The same by the operator of the machine; raises `NotFound` and `NotNow`."""
    found = people.by_username(tx.db, folded(username))
    if found is None:
        raise NotFound(_NO_USER.with_(username=username))
    people.lock(tx.db, found[0].id)
    if people.raised(tx.db, found[0].id)[0] is None:
        raise NotNow(_NOTHING_TO_CONFIRM)
    return _confirmed(tx, found[0])


def _confirmed(tx: Transaction, person: Person) -> Row[Any]:
    people.change(tx.db, person.id, {"raised_at": None, "raised_by": None})
    admin_events.add(tx.db, tx.actor_id, "role_confirmed", person.username, [person.org_path], {"role": person.role})
    return _view(tx, person.id)


def change_myself(tx: Transaction, given: Any) -> Row[Any]:
    """The caller as changed by themselves. Another password ends all tokens but needs the present one.

    Raises `SlowDown` after too many wrong ones, as signing in does: whoever finds an open session does not guess on.
    """
    said = OwnChange.check(given, today=tx.today)
    values = _reached(said, given)
    if "password" in said:
        found = people.by_username(tx.db, tx.person.username)
        assert found is not None
        tried = Allowance("own password", str(tx.person.id), tx.service.limits.sign_in_attempts, _HOUR, slowing=True)
        # Apart, so that it counts though what is refused is taken back.
        with tx.service.transaction() as apart:
            count(apart, [tried])
        if not matches(said.get("current_password", ""), found[1]):
            raise Invalid([Fault("current_password", "wrong", _OLD_PASSWORD_WRONG)])
        attempts.forget_all(tx.db, tried.digest(tx))
        if said["password"] == said["current_password"]:
            raise Invalid([Fault("password", "same", _SAME_PASSWORD)])
        values |= {"password_hash": _hashed(said, tx.person.username), "password_is_first": False}
    if values:
        people.change(tx.db, tx.person.id, values)
    if "password" in said:
        people.end_tokens(tx.db, tx.person.id)
        admin_events.add(tx.db, tx.actor_id, "password_chosen", tx.person.username, [tx.person.org_path])
    return _view(tx, tx.person.id)


def _changed(
    tx: Transaction,
    person: Person,
    said: Mapping[str, Any],
    given: Mapping[str, Any],
    org: Row[Any] | None,
) -> Changed:
    moves = org is not None and org.path != person.org_path
    if person.role is Role.ADMINISTRATOR and person.active:
        stays = said.get("active", True) and said.get("role", person.role) == Role.ADMINISTRATOR and not moves
        if not stays and not people.another_administrator(tx.db, person):
            raise NotMet(_LAST_ADMINISTRATOR)
    values = {name: said[name] for name in ("name", "role", "active") if name in said} | _reached(said, given)
    if org is not None:
        values["org_id"] = org.id
    # Whoever has another role, or sees other organisations than before.
    if said.get("role", person.role) != person.role or (org is not None and not org.path.startswith(person.org_path)):
        values |= {"raised_at": tx.now, "raised_by": tx.actor_id}
    if "password" in said:
        values |= {"password_hash": _hashed(said, person.username), "password_is_first": True}
    let_go = 0
    if values:
        concerns_cases = values.keys() & {"role", "active", "org_id"}
        if concerns_cases:
            # Before the user is locked, as everybody keeps the rules first.
            offices.keep_rules(tx.db)
            people.lock(tx.db, person.id)
        people.change(tx.db, person.id, values)
        let_go = let_go_of_cases(tx, person.id) if concerns_cases else 0
    if "active" in said or "password" in said or "role" in said:
        people.end_tokens(tx.db, person.id)
    after = _view(tx, person.id)
    if values:
        seq = _note_change(tx, person, after, values)
        if "raised_at" in values:
            tell_raised(tx, seq, after)
    return Changed(after, people.open_cases(tx.db, person.id), let_go)


def _note_change(tx: Transaction, before: Person, after: Row[Any], values: Mapping[str, Any]) -> int:
    """Tell the administrative chain what became of a user, and return the number of the event.

    Of name, address and password it tells only that they changed.
    """
    told = {
        "role": [str(before.role), after.role],
        "org": [offices.last_code(before.org_path), after.org],
        "active": [before.active, after.active],
    }
    changed = {name: pair for name, pair in told.items() if pair[0] != pair[1]}
    others = {"password" if name == "password_hash" else name for name in values} & _TOLD_BY_NAME
    places = list(dict.fromkeys((before.org_path, after.org_path)))
    payload = changed | ({"others": sorted(others)} if others else {})
    return admin_events.add(tx.db, tx.actor_id, "user_changed", before.username, places, payload)


def _given(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {}


def _reached(said: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: said[name] for name in _REACHED if name in said}
    if "email" in given and "email" not in said:
        values["email"] = None  # null: mail goes there no longer
    return values


def _view(tx: Transaction, user_id: UUID) -> Row[Any]:
    row = people.view(tx.db, user_id)
    assert row is not None
    return row
