"""Tokens against forged posts: what a page of ours has in its forms, and no other site can know.

A token tells for whose cookie the form was made and, where somebody was signed in, for whom.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Final
from uuid import UUID

from flask import request

from casework.http.wiring import wiring
from casework.rules.refusals import NotYours
from casework.rules.text import Text

FIELD: Final = "anti-forgery"
_SIZE: Final = 32
_MARK: Final = 16
_FORGED: Final = Text(
    "此页面已过期，或者请求不是从本系统的页面发出的；未作任何更改，请重新打开页面后再提交。",
    "This page is too old, or the request came from another site. Nothing was changed: open the page again.",
)


class Forged(NotYours):
    """No page of ours, or one that was made for another session."""

    def __init__(self) -> None:
        super().__init__(_FORGED)


def token_for(bearer: str, user_id: UUID | None = None) -> str:
    """Return a token for the forms of whoever carries this cookie, and of the user who does where that is known.

    It is masked anew each time, so that a compressed page does not give it away (CVE-2013-3587).
    """
    mask, mark = secrets.token_bytes(_SIZE), _mark(user_id) if user_id else b""
    return urlsafe_b64encode(mask + _xor(mask, _of(bearer, mark)) + mark).decode()


def ensure_from_here() -> None:
    """Raises `Forged` where the browser says that another site has posted this."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forged


def ensure_ours(bearer: str, given: str) -> None:
    """Raises `Forged` unless the form was one of ours, made for whoever carries this cookie."""
    ensure_from_here()
    raw = _raw(given)
    mask, masked, mark = raw[:_SIZE], raw[_SIZE : 2 * _SIZE], raw[2 * _SIZE :]
    if not bearer or len(masked) != _SIZE or not hmac.compare_digest(_xor(mask, masked), _of(bearer, mark)):
        raise Forged


def whose(given: str) -> str:
    """Return the mark of the user for whom a form was made; empty for one that says none.

    Nobody but us can make it for a user: where it is another's, or invented, `is_for` is false for everybody here.
    """
    mark = _raw(given)[2 * _SIZE :]
    return mark.hex() if len(mark) == _MARK else ""


def is_for(mark: str, user_id: UUID) -> bool:
    """Whether this is the mark of this user."""
    return hmac.compare_digest(mark, _mark(user_id).hex())


def _raw(given: str) -> bytes:
    try:
        return urlsafe_b64decode(given)
    except (Error, ValueError):
        return b""


def _mark(user_id: UUID) -> bytes:
    return hmac.digest(wiring().secret, b"whose:" + user_id.bytes, "sha256")[:_MARK]


def _of(bearer: str, mark: bytes) -> bytes:
    return hmac.digest(wiring().secret, b"form:" + bearer.encode() + b":" + mark, "sha256")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
