"""The one transaction of a request."""

from collections.abc import Callable
from typing import TypeVar

from casework.http.wiring import wiring
from casework.records.database import Locked
from casework.rules.people import Actor
from casework.work.service import Transaction

_Answer = TypeVar("_Answer")


def transacted(do: Callable[[Transaction], _Answer], actor: Actor | None = None, token: str | None = None) -> _Answer:
    """Do it in one transaction, which waits a while for somebody else's lock only if enough others do not wait.

    What is locked may keep whoever wants it, and never all threads of a worker. The first attempt has changed nothing.
    Raises `Locked` where it is not to wait.
    """
    here = wiring()
    try:
        with here.service.transaction(actor, token, at_once=True) as tx:
            return do(tx)
    except Locked:
        if not here.may_wait.acquire(blocking=False):
            raise
    try:
        with here.service.transaction(actor, token) as tx:
            return do(tx)
    finally:
        here.may_wait.release()
