"""How often somebody may try: counted in the database, so that all processes count together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from casework.records import attempts
from casework.records.vault import blind_index
from casework.rules.refusals import SlowDown
from casework.rules.text import Text
from casework.work.service import Transaction

_FIRST_WAIT: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many attempts within a window by `whose`, a name, a number or an address, as `kind` says.

    `slowing`: when they are used up, each further one waits twice as long as the one before, five seconds at first.
    Where `most` is None they are counted and none is refused. Only a keyed digest of `whose` is stored: whoever reads
    the table does not learn who was here.
    """

    kind: str
    whose: str
    most: int | None
    window: timedelta
    slowing: bool = False

    def digest(self, tx: Transaction) -> bytes:
        """Under what the attempts are counted."""
        return blind_index(tx.index_key, f"attempts:{self.kind}", self.whose)


def count(tx: Transaction, allowances: Iterable[Allowance]) -> list[int]:
    """Notes one attempt under each and gives their ids; raises `SlowDown` where one is used up, and notes none.

    Commit before looking at what was tried, so that attempts made at the same time count too.
    """
    digests = {one.digest(tx): one for one in allowances}
    attempts.lock(tx.db, digests)
    for digest, one in digests.items():
        _slow_down(tx, digest, one)
    return [attempts.note(tx.db, digest) for digest in digests]


def _slow_down(tx: Transaction, digest: bytes, one: Allowance) -> None:
    """Raises `SlowDown` with the seconds until another attempt is taken."""
    until = _until(tx, digest, one)
    if until is not None and until > tx.now:
        wait = int((until - tx.now).total_seconds()) + 1
        raise SlowDown(Text(f"尝试次数过多，请 {wait} 秒后再试。", f"Too many attempts; wait {wait} s."), wait)


def _until(tx: Transaction, digest: bytes, one: Allowance) -> datetime | None:
    """When the next attempt is taken: after its wait, or when the oldest that fills the allowance no longer counts."""
    if one.most is None:
        return None
    if one.slowing:
        many, last = attempts.made(tx.db, digest, one.window)
        if last is None or many < one.most:
            return None
        wait: timedelta = _FIRST_WAIT * 2 ** min(many - one.most, 20)
        return last + min(wait, one.window)
    oldest = attempts.last_but(tx.db, digest, one.window, one.most - 1)
    return oldest + one.window if oldest else None
