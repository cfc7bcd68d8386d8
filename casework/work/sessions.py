"""Sessions of the pages: a token that a browser carries, and that ends when nobody uses it for a while."""

from typing import Any

from casework.records import people
from casework.rules.people import Person
from casework.work.people import new_token
from casework.work.service import Service, Transaction
from casework.work.sign_in import signed_in


def begin(service: Service, given: Any, address: str) -> str:
    """Return the token of a new session for a user name and a password; raises as `sign_in.signed_in` does."""
    return signed_in(service, given, address, begin_for)


def begin_for(tx: Transaction, person: Person) -> str:
    """Return the token of a new session for somebody who has proven who they are."""
    limits = tx.service.limits
    token, _ = new_token(tx, person, limits.session_lasts)
    people.bind_session(tx.db, token, tx.now + limits.session_idle)
    return token


def use(tx: Transaction, token: str) -> None:
    """Put off the idle end of the session that is used, noted once a minute at most."""
    people.use_session(tx.db, token, tx.service.limits.session_idle)
