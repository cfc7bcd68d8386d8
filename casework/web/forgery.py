"""Tokens against forged posts: what a page of ours has in its forms, and no other site can know."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Final

from flask import request

from casework.http.wiring import wiring
from casework.rules.refusals import NotYours
from casework.rules.text import Text

FIELD: Final = "anti-forgery"
_SIZE: Final = 32
_FORGED: Final = Text(
    "此页面已过期，或者请求不是从本系统的页面发出的；未作任何更改，请重新打开页面后再提交。",
    "This page is too old, or the request came from another site. Nothing was changed: open the page again.",
)


def token_for(bearer: str) -> str:
    """Return a token for the forms of whoever carries this cookie.

    It is masked anew each time, so that a compressed page does not give it away (CVE-2013-3587).
    """
    mask = secrets.token_bytes(_SIZE)
    return urlsafe_b64encode(mask + _xor(mask, _of(bearer))).decode()


def ensure_ours(bearer: str, given: str) -> None:
    """Raises `NotYours` unless the form was one of ours, made for whoever carries this cookie."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotYours(_FORGED)
    try:
        raw = urlsafe_b64decode(given)
    except (Error, ValueError):
        raw = b""
    mask, masked = raw[:_SIZE], raw[_SIZE:]
    if not bearer or len(masked) != _SIZE or not hmac.compare_digest(_xor(mask, masked), _of(bearer)):
        raise NotYours(_FORGED)


def _of(bearer: str) -> bytes:
    return hmac.digest(wiring().secret, b"form:" + bearer.encode(), "sha256")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
