"""Drafts: what somebody has typed into a form, kept sealed until it is sent, for thirty days at most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from casework.records import drafts
from casework.records.vault import seal, unseal
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Text
from casework.work.service import Transaction

KEPT_FOR: Final = timedelta(days=30)
TYPED: Final = "typed"
"""Begins the subject of what was posted too late, which is kept for minutes; see `carrying`."""
_LONGEST: Final = 400_000
_TOO_LONG: Final = Text("草稿过长，未能保存。", "The draft is too long and was not kept.")

Posted = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed: the fields as a page posts them, on which version of the case, and when it was kept."""

    fields: dict[str, list[str]]
    version: int | None
    at: datetime


def keep(tx: Transaction, owner: str, subject: str, fields: Posted, version: int | None = None) -> None:
    """Keep what was typed into a form, in the place of what was typed before; raises `Invalid` where it is too long."""
    plain = {name: list(values) for name, values in fields.items()}
    if too_long(plain):
        raise Invalid([Fault("", "too_long", _TOO_LONG)])
    drafts.keep(tx.db, owner, subject, version, seal(tx.key_for("drafts"), _place(owner, subject), plain))


def too_long(fields: Posted) -> bool:
    """Whether this is more than is kept of one form."""
    return sum(len(name) + sum(map(len, values)) for name, values in fields.items()) > _LONGEST


def find(tx: Transaction, owner: str, subject: str) -> Draft | None:
    """Return what was typed into a form and not sent; None where nothing was."""
    row = drafts.find(tx.db, owner, subject)
    if row is None:
        return None
    return Draft(unseal(tx.key_for("drafts"), _place(owner, subject), row.sealed), row.version, row.at)


def drop(tx: Transaction, owner: str, subject: str) -> bool:
    """Forget what was typed into a form; whether there was anything."""
    return drafts.drop(tx.db, owner, subject)


def of_user(tx: Transaction) -> str:
    """Return whose the drafts of the caller are."""
    return f"user {tx.person.id}"


def _place(owner: str, subject: str) -> str:
    return f"drafts.sealed:{owner}:{subject}"
