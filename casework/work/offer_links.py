"""Links by which a helper answers an offer from a message, without an account.

A link holds no secret of its own: it is a signature, under a key of the installation, of one offer and one answer. It
ends with the offer, which is answered once; looking at it changes nothing, because programs that scan mail look too.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Any, Final, Literal
from uuid import UUID

from casework.records import offers as records
from casework.records import people
from casework.records.database import Row
from casework.rules.people import HELPERS, Actor
from casework.rules.refusals import NotFound
from casework.rules.text import Text
from casework.work import offer_answers
from casework.work.service import Transaction

Verb = Literal["accept", "decline"]
VERBS: Final[tuple[Verb, ...]] = ("accept", "decline")
_ID: Final = 16
_GONE: Final = Text("链接无效；请登录系统答复。", "This link is not valid; sign in to answer.")


def token(tx: Transaction, offer_id: UUID, verb: Verb) -> str:
    """Return the token of the link that gives this answer to an offer."""
    said = offer_id.bytes + bytes([VERBS.index(verb)])
    return urlsafe_b64encode(said + _signature(tx, said)).decode().rstrip("=")


def opened(tx: Transaction, given: str) -> tuple[Row[Any], Verb]:
    """Return the offer of a link and the answer that it gives; raises `NotFound` for what is no link of ours.

    Whoever was asked has to be there still. The actor of the transaction is that helper from now on.
    """
    try:
        raw = urlsafe_b64decode(given + "=" * (-len(given) % 4))
    except (Error, ValueError):
        raw = b""
    said = raw[: _ID + 1]
    if len(said) <= _ID or said[_ID] >= len(VERBS) or not hmac.compare_digest(raw[_ID + 1 :], _signature(tx, said)):
        raise NotFound(_GONE)
    row = records.by_id(tx.db, UUID(bytes=said[:_ID]))
    person = people.by_id(tx.db, row.user_id) if row else None
    if row is None or person is None or not person.active or person.role not in HELPERS:
        raise NotFound(_GONE)
    tx.actor = Actor(person.role, person)
    if person.id in (row.walled_off or ()):
        raise NotFound(_GONE)
    return row, VERBS[said[_ID]]


def answer(tx: Transaction, given: str, body: Any) -> Row[Any]:
    """Give the answer of a link; raises `NotFound`, and what the answer itself is refused with."""
    row, verb = opened(tx, given)
    give = offer_answers.accept if verb == "accept" else offer_answers.decline
    return give(tx, row.id, body, by_link=True)


def _signature(tx: Transaction, said: bytes) -> bytes:
    return hmac.digest(tx.key_for("offer links"), said, "sha256")
