"""Webhooks: JSON with a signature over the time and the body, so that a receiver knows who sent it and when."""

import hashlib
import hmac
from datetime import datetime
from typing import Final
from uuid import UUID

from casework.senders.outside import Outside

TOLERANCE_S: Final = 300


def sign(secret: str, at: int, body: bytes) -> str:
    """The header `Casework-Signature` for a body that is sent `at`, in seconds since 1970: `t=…,v1=…`."""
    return f"t={at},v1={hmac.new(secret.encode(), b'%d.' % at + body, hashlib.sha256).hexdigest()}"


def verify(secret: str, header: str, body: bytes, now: float) -> bool:
    """Whether the header signs this body under the secret, within five minutes of `now`, seconds since 1970."""
    stamp = header.partition(",")[0].removeprefix("t=")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 13) or abs(now - int(stamp)) > TOLERANCE_S:
        return False
    return hmac.compare_digest(sign(secret, int(stamp), body).encode(), header.encode())


def send(outside: Outside, url: str, secret: str, body: bytes, *, message: UUID, seq: int | None, at: datetime) -> None:
    """Send a body; raises what `Outside.post` does."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Casework-Signature": sign(secret, int(at.timestamp()), body),
        "Casework-Event-Id": str(message),
    }
    outside.post(url, body, headers | ({"Casework-Sequence": str(seq)} if seq is not None else {}))
