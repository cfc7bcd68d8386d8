"""Who is there and who is calling: sign-in, tokens, users."""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Row

from casework.forms.form import Form
from casework.forms.numbers import Flag
from casework.forms.texts import USER_PATTERN, UUID_PATTERN, Choice, Code, EmailAddress, Line, PersonName
from casework.records import attempts, offices, people
from casework.records.database import Tx
from casework.rules.casefile import Actor, Person, Role
from casework.rules.refusals import Fault, Invalid, NotFound, NotYours, Unauthenticated
from casework.rules.text import LANGUAGES, Text
from casework.work.attempts import Allowance, count
from casework.work.passwords import hash_password, matches
from casework.work.service import Service, Transaction

USER_ROLES = {
    role.value: role.told
    for role in (Role.CASEWORKER, Role.SUPERVISOR, Role.LAWYER, Role.VOLUNTEER, Role.AUDITOR, Role.ADMINISTRATOR)
}
_WHO = Text("请先登录，或者令牌已失效。", "Sign in first; there is no token, or it is wrong or has ended.")
_WRONG = Text("用户名或密码不正确。", "The user name or the password is wrong.")


# A whole office may sign in from one address.
_NAMES_AT_AN_ADDRESS: Final = 10
_NEW_PASSWORD = Text("密码（至少 12 位）", "Password (12 characters or more)")
_EMAIL = Text("电子邮箱（提醒发往此处）", "Mail address, to which alerts go")
_DIGEST = Text("每日提要", "A digest each working day")
_LANGUAGE = Text("语言", "Language")
_REACHED: Final = ("email", "digest", "language")
SPOKEN: Final[dict[str, Text]] = {language: Text(language, language) for language in LANGUAGES}


class Credentials(Form):
    """What somebody signs in with; `otp` is for users with a second factor."""

    username = Line(most=100, required=True, title=Text("用户名", "User name"), example="caseworker")
    password = Line(most=200, required=True, title=Text("密码", "Password"), example="correct horse battery")
    otp = Line(most=10, title=Text("动态验证码", "One-time code"), example="")


class NewUser(Form):
    """A new user. The password may be set here, or the user works with tokens that are issued on the machine."""

    username = Code(most=60, required=True, title=Text("用户名", "User name"), example="li.lawyer")
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


def identify(tx: Transaction, token: str | None) -> None:
    """Note in the transaction who calls; raises `Unauthenticated`."""
    person = people.by_token(tx.db, token) if token else None
    if person is None:
        raise Unauthenticated(_WHO)
    tx.actor = Actor(person.role, person)


def sign_in(service: Service, given: Any, address: str) -> tuple[str, datetime]:
    """A new token and when it ends; raises `Unauthenticated`, or `SlowDown` after too many wrong passwords.

    They are counted for the name, known or not, and for the address. An attempt counts, and is committed, before
    its password is looked at, so that those made at the same time count too; the right password takes it back.
    """
    limits = service.limits
    most, window = limits.sign_in_attempts, limits.sign_in_window
    with service.transaction() as tx:
        said = Credentials.check(given, today=tx.today)
        name = Allowance("name", said["username"], most, window)
        place = Allowance("address", address, most * _NAMES_AT_AN_ADDRESS, window)
        _, from_here = count(tx, (name, place))
        found = people.by_username(tx.db, said["username"])
    # Between the transactions, because it takes long and shall hold neither lock nor connection.
    person, stored = found or (None, None)
    if matches(said["password"], stored) and person is not None and person.active:
        with service.transaction() as tx:
            # Who was deactivated, or got another password in the meantime, does not sign in with the old one.
            if people.by_username(tx.db, said["username"]) == found:
                attempts.forget_all(tx.db, name.digest(tx))
                attempts.forget(tx.db, from_here)
                return new_token(tx, person, timedelta(days=limits.token_days))
    raise Unauthenticated(_WRONG)


def new_token(tx: Transaction, person: Person, lasts: timedelta) -> tuple[str, datetime]:
    """A token of 256 random bits for this person; only its digest is kept."""
    token = f"cw_{secrets.token_urlsafe(32)}"
    expires_at = tx.now + lasts
    people.keep_token(tx.db, token, person.id, expires_at)
    return token, expires_at


def named(tx: Transaction, written: Any) -> Person | None:
    """The user of this id or username, active or not; None where there is none, or it is no name of a user at all."""
    if not re.fullmatch(USER_PATTERN, said := str(written).strip()):
        return None
    if re.fullmatch(UUID_PATTERN, said):
        return people.by_id(tx.db, UUID(said))
    found = people.by_username(tx.db, said)
    return found[0] if found else None


def issue_token(tx: Transaction, username: str, lasts: timedelta) -> str:
    """A token for a user of this name, for the command line; raises `NotFound`."""
    found = people.by_username(tx.db, username)
    if found is None or not found[0].active:
        raise NotFound(Text(f"没有在岗用户 {username}。", f"There is no active user {username}."))
    return new_token(tx, found[0], lasts)[0]


def may_see_people(person: Person) -> None:
    """Raises `NotYours` unless this person may see users: staff, auditors and administrators."""
    if person.role in (Role.LAWYER, Role.VOLUNTEER):
        raise NotYours(Text("您无权查看用户。", "You may not see users."))


def may_see_disclosures(person: Person) -> None:
    """Raises `NotYours` unless this person may read who has seen sensitive values: supervisors and auditors."""
    if person.role not in (Role.SUPERVISOR, Role.AUDITOR):
        sentence = Text("只有审批人和审计员可以查看此记录。", "Only supervisors and auditors read this log.")
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
        "password_hash": _hashed(said),
        "active": True,
        "created_at": tx.now,
        **{name: said[name] for name in _REACHED if name in said},
    }
    if not people.add(tx.db, row):
        raise Invalid([Fault("username", "taken", Text("用户名已被使用。", "This user name is taken."))])
    found = people.view(tx.db, row["id"])
    assert found is not None
    return found


def _hashed(said: Mapping[str, Any]) -> str | None:
    password = said.get("password")
    if password is None:
        return None
    if len(password) < 12:
        sentence = Text("密码至少 12 位。", "A password has 12 characters or more.")
        raise Invalid([Fault("password", "too_short", sentence)])
    return hash_password(password)


def org_below(db: Tx, code: str, org_path: str) -> Row[Any]:
    """The organisation of this code at or below a path; raises `Invalid`."""
    org = offices.org(db, code)
    if org is None or not org.path.startswith(org_path):
        sentence = Text("没有这个机构，或不在您的管辖范围内。", "No such organisation, or outside your own.")
        raise Invalid([Fault("org", "unknown_org", sentence)])
    return org


def change_user(tx: Transaction, user_id: UUID, given: Any) -> Row[Any]:
    """The user as changed. A deactivated user's tokens end at once."""
    found = people.by_id(tx.db, user_id)
    if found is None or not found.org_path.startswith(tx.person.org_path):
        raise NotFound()
    may_see_people(tx.person)
    _may_change_people(tx)
    said = ChangedUser.check(given, today=tx.today)
    values: dict[str, Any] = {name: said[name] for name in ("name", "role", *_REACHED) if name in said}
    if "email" in given and "email" not in said:
        values["email"] = None  # null: mail goes there no longer
    if "org" in said:
        values["org_id"] = org_below(tx.db, said["org"], tx.person.org_path).id
    if "password" in said:
        values["password_hash"] = _hashed(said)
    if "active" in said:
        values["active"] = said["active"]
    if values:
        people.change(tx.db, user_id, values)
    if "active" in said or "password" in said or "role" in said:
        people.end_tokens(tx.db, user_id)
    row = people.view(tx.db, user_id)
    assert row is not None
    return row
