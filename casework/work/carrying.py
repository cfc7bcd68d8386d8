"""What was posted when nobody was signed in any more: it goes with the page on which one signs in again, sealed.

It is bound to the address that it was posted to and to whose form it was, lasts a quarter of an hour, and is then shown
in its form again, unsent. Neither files nor passwords go with it.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from casework.records.vault import NotOpened, seal, unseal
from casework.work import drafts
from casework.work.drafts import Posted
from casework.work.service import Transaction

LASTS: Final = timedelta(minutes=15)
_LONGEST: Final = 600_000
_NEVER: Final = ("password", "current_password", "again")


@dataclass(frozen=True, slots=True)
class Carried:
    """What was posted, and the mark of whose form it was."""

    whose: str
    fields: dict[str, list[str]]


def carry(tx: Transaction, address: str, whose: str, fields: Posted) -> str:
    """Return what was posted to an address, sealed; empty where it is too long to be kept."""
    plain = {name: list(values) for name, values in fields.items() if name.rpartition(".")[2] not in _NEVER}
    if drafts.too_long(plain):
        return ""
    said = {"whose": whose, "until": (tx.now + LASTS).timestamp(), "fields": plain}
    sealed = seal(tx.key_for("carried"), _place(address), said)
    return urlsafe_b64encode(sealed).decode() if len(sealed) <= _LONGEST else ""


def opened(tx: Transaction, address: str, carried: str) -> Carried | None:
    """Return what was posted to this address; None for what we did not seal for it, or too long ago."""
    try:
        said: Mapping[str, Any] = unseal(tx.key_for("carried"), _place(address), urlsafe_b64decode(carried))
    except (NotOpened, binascii.Error, ValueError):
        return None
    return Carried(said["whose"], said["fields"]) if said["until"] > tx.now.timestamp() else None


def keep(tx: Transaction, owner: str, address: str, fields: Posted) -> None:
    """Keep it for whoever has signed in, to be shown once more."""
    drafts.keep(tx, owner, _subject(address), fields)


def find(tx: Transaction, owner: str, address: str) -> dict[str, list[str]] | None:
    """Return what somebody had posted to this address; None where it was nothing, or too long ago."""
    kept = drafts.find(tx, owner, _subject(address))
    return kept.fields if kept and kept.at > tx.now - LASTS else None


def drop(tx: Transaction, owner: str, address: str) -> None:
    """Forget it: it was sent."""
    drafts.drop(tx, owner, _subject(address))


def _place(address: str) -> str:
    return f"carried:{address}"


def _subject(address: str) -> str:
    return f"{drafts.TYPED} {address}"
