"""Pages for whoever comes without an account: counted by address, and remembered by cookies that hold no name.

A draft of an application is found by a code that the applicant may write down; an application that was sent, for half
an hour after its number and tracking code were given, by a sealed ticket. Neither stands in an address.
"""

import hmac
import json
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Final, TypeVar
from uuid import UUID

from werkzeug.wrappers import Response

from casework.http.callers import caller_network
from casework.http.request_context import language
from casework.http.transactions import transacted
from casework.http.wiring import wiring
from casework.rules import folding
from casework.rules.people import APPLICANT
from casework.web import cookies
from casework.work import applications
from casework.work.service import Transaction

_Answer = TypeVar("_Answer")
_CHARACTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _IN_A_GROUP = 3, 4
_DRAFT: Final = "casework-draft"
_TICKET: Final = "casework-application"
_LASTS_S: Final = 30 * 60
_LONGEST_CODE: Final = 60


def visiting(do: Callable[[Transaction], _Answer]) -> _Answer:
    """Do it in one transaction of somebody without an account, whose visit is counted; raises `SlowDown`."""
    applications.visit(wiring().service, caller_network())

    def within(tx: Transaction) -> _Answer:
        tx.language = language()
        return do(tx)

    return transacted(within, APPLICANT)


def new_code() -> str:
    """Return a code by which a draft is found again: 60 bits, in characters that nobody mistakes for one another."""
    groups = ("".join(secrets.choice(_CHARACTERS) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def typed_code(given: str) -> str:
    """Return a code as it was made, however it is typed; empty for what is none."""
    plain = folding.identifier(given[:_LONGEST_CODE]).replace("-", "")
    if len(plain) != _GROUPS * _IN_A_GROUP or not set(plain) <= set(_CHARACTERS):
        return ""
    return "-".join(plain[at : at + _IN_A_GROUP] for at in range(0, len(plain), _IN_A_GROUP))


def owner_of(tx: Transaction, code: str) -> str:
    """Return whose the drafts are that are found by a code: a digest, so that the table does not give it away."""
    return f"code {hmac.digest(tx.key_for('draft codes'), code.encode(), 'sha256').hex()}"


def wrong_code() -> None:
    """Count a code that finds nothing, for the address; raises `SlowDown` after too many."""
    applications.wrong_code(wiring().service, caller_network())


def draft_code() -> str:
    """The code of the draft that is filled in in this browser; empty where there is none."""
    return typed_code(cookies.read(_DRAFT))


def keep_draft_code(response: Response, code: str) -> None:
    """Remember the draft until the browser is closed."""
    cookies.keep(response, _DRAFT, code)


def keep_ticket(response: Response, case_id: UUID, number: str) -> None:
    """Remember for half an hour that the code of this application was given."""
    said = json.dumps([str(case_id), number, int(time.time()) + _LASTS_S]).encode()
    cookies.keep(response, _TICKET, urlsafe_b64encode(_signature(said) + said).decode())


def ticket(number: str) -> UUID | None:
    """The case of this number whose code was given in this browser not long ago; None for any other."""
    try:
        raw = urlsafe_b64decode(cookies.read(_TICKET))
    except ValueError:
        return None
    said = raw[32:]
    if not said or not hmac.compare_digest(raw[:32], _signature(said)):
        return None
    case_id, its_number, until = json.loads(said)
    return UUID(case_id) if its_number == number and until > time.time() else None


def forget(response: Response) -> None:
    """Forget what was filled in and followed in this browser."""
    for name in (_DRAFT, _TICKET):
        cookies.keep(response, name, "", max_age=0)


def _signature(said: bytes) -> bytes:
    return hmac.digest(wiring().secret, b"ticket:" + said, "sha256")
