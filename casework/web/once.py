"""Done once: what is posted again with the same key gets the answer of the first time."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Final

from casework.http import problems
from casework.records import idempotency
from casework.rules.text import Text
from casework.web.page import Answer, Redirect
from casework.work.service import Transaction

UNREADABLE: Final = Text("提交的内容无法读取。", "What was posted cannot be read.")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")


def once(tx: Transaction, who: str, address: str, key: str, do: Callable[[], Answer]) -> Answer:
    """Do it, and keep where that led to; to what `who` posted before with this key, answer that and do nothing.

    Without a key it is done each time. Raises `Malformed` for a key that no form of ours has.
    """
    if not key:
        return do()
    if not _KEY.fullmatch(key):
        raise problems.Malformed(UNREADABLE)
    caller, place = f"page {who}", hashlib.sha256(address.encode()).hexdigest()
    earlier = idempotency.claim(tx.db, caller, place, key, b"", tx.service.limits.keep_answers)
    if earlier is not None and earlier.headers:
        return Redirect(earlier.headers["Location"])
    answered = do()
    if isinstance(answered, Redirect):
        idempotency.keep(tx.db, caller, place, key, 303, json.dumps({"Location": answered.address}), b"")
    return answered
