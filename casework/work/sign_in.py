"""Signing in and out.

A wrong password counts for the name at the address, for the name and for the address. At an address a name is tried
ten times and then ever more slowly, so that nobody is locked out elsewhere; from all addresses together a hundred times
an hour, and from one address all names a thousand times. The last two are not felt by whoever has signed in from there
before. See docs/decisions/0043-signing-in-slows-down.md.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from casework.forms.form import Form
from casework.forms.texts import Line, Word
from casework.records import admin_events, attempts, people
from casework.rules.people import Person
from casework.rules.refusals import Fault, Invalid, Unauthenticated
from casework.rules.text import Text
from casework.work.attempts import Allowance, count
from casework.work.passwords import matches
from casework.work.people import folded, new_token
from casework.work.service import Service, Transaction

T = TypeVar("T")
_WRONG: Final = Text("用户名或密码不正确。", "The user name or the password is wrong.")
_NO_SECOND_FACTOR: Final = Text(
    "系统尚不核验动态验证码，请不填此项。", "One-time codes are not checked here; leave this out."
)
_HOUR: Final = timedelta(hours=1)
# A whole office may sign in from one address.
_NAMES_AT_AN_ADDRESS: Final = 10


class Credentials(Form):
    """What somebody signs in with; `otp` is refused until there is a second factor to be checked."""

    username = Word(most=100, required=True, title=Text("用户名", "User name"), example="caseworker")
    password = Line(most=200, required=True, title=Text("密码", "Password"), example="correct horse battery")
    otp = Line(most=10, title=Text("动态验证码", "One-time code"), example="")


def sign_in(service: Service, given: Any, address: str) -> tuple[str, datetime]:
    """A new token of the API and when it ends; raises as `signed_in` does."""
    lasts = timedelta(days=service.limits.token_days)
    return signed_in(service, given, address, lambda tx, person: new_token(tx, person, lasts))


def signed_in(service: Service, given: Any, address: str, issue: Callable[[Transaction, Person], T]) -> T:
    """What is issued to whoever gives the right password.

    Raises `Unauthenticated`, or `SlowDown` after too many wrong passwords. An attempt counts, and is committed, before
    its password is looked at, so that those made at the same time count too; the right password takes it back. A name
    that nobody has is counted like any other.
    """
    with service.transaction() as tx:
        said = Credentials.check(given, today=tx.today)
        if "otp" in said:
            raise Invalid([Fault("otp", "not_supported", _NO_SECOND_FACTOR)])
        username = folded(said["username"])
        here, *others = _allowances(tx, username, address)
        _, *elsewhere = count(tx, (here, *others))
        found = people.by_username(tx.db, username)
    # Between the transactions, because it takes long and shall hold neither lock nor connection.
    person, stored = found or (None, None)
    if matches(said["password"], stored) and person is not None and person.active:
        with service.transaction() as tx:
            # Who was deactivated, or got another password in the meantime, does not sign in with the old one.
            if people.by_username(tx.db, username) == found:
                attempts.forget_all(tx.db, here.digest(tx))
                attempts.forget(tx.db, elsewhere)
                attempts.remember(tx.db, here.digest(tx))
                return issue(tx, person)
    raise Unauthenticated(_WRONG)


def _allowances(tx: Transaction, username: str, address: str) -> Iterator[Allowance]:
    """For the name at this address, for the name and for the address, in this order."""
    limits = tx.service.limits
    here = Allowance("name at address", f"{address} {username}", limits.sign_in_attempts, _HOUR, slowing=True)
    yield here
    known = attempts.is_known(tx.db, here.digest(tx), limits.known_for)
    for kind, whose, names in (("name", username, 1), ("address", address, _NAMES_AT_AN_ADDRESS)):
        yield Allowance(kind, whose, None if known else limits.sign_ins_an_hour * names, _HOUR)


def sign_out(tx: Transaction, token: str) -> None:
    """The token with which the caller has come is no token any more."""
    people.end_token(tx.db, token)


def sign_out_everywhere(tx: Transaction) -> None:
    """No token of the caller is one any more."""
    people.end_tokens(tx.db, tx.person.id)
    admin_events.add(tx.db, tx.actor_id, "tokens_ended", tx.person.username, [tx.person.org_path])
