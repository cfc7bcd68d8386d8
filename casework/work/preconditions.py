"""What must hold before anything is written: the decision is a move, and the caller has read the case as it is."""

from datetime import datetime
from typing import Final

from casework.records import people
from casework.records.rows import StoredCase
from casework.rules.move import Move
from casework.rules.refusals import NotYours, PreconditionMissing, Refusal, Stale
from casework.rules.text import Text
from casework.work.service import Transaction


def moved(decision: Move | Refusal) -> Move:
    """The move of a decision; raises the refusal that it is instead."""
    if isinstance(decision, Refusal):
        raise decision
    return decision


def ensure_fresh(tx: Transaction, record: StoredCase, *, required: bool = False) -> None:
    """Raises `Stale` where the caller has read another version, `PreconditionMissing` where it is required to say."""
    if required and tx.if_match is None:
        raise PreconditionMissing(
            Text("请在 If-Match 中给出您读到的 ETag。", "Give the ETag that you have read in If-Match.")
        )
    if isinstance(tx.if_match, frozenset) and record.case.version not in tx.if_match:
        raise Stale(
            Text(
                "此案在您读取之后已有变动，请重新读取后再试。",
                "The case has changed since you read it; read it again and repeat.",
            )
        )


def ensure_confirmed(tx: Transaction, opened_at: datetime) -> None:
    """Raises `NotYours` for what is sensitive of a case opened before the reader's role, while nobody confirmed that.

    So nobody reads on one administrator's word alone.
    """
    raised_at, _ = people.raised(tx.db, tx.person.id)
    if raised_at is not None and opened_at < raised_at:
        raise NotYours(_UNCONFIRMED)


_UNCONFIRMED: Final = Text(
    "您的角色或者机构有变更；查看此前案件的敏感信息，须先由另一名管理员确认（POST /users/{id}/confirm-role）。",
    "Your role or organisation was changed; what is sensitive of cases of before is shown once another administrator"
    " has confirmed it (POST /users/{id}/confirm-role).",
)


def ensure(refusal: Refusal | None) -> None:
    """Raises the refusal if there is one."""
    if refusal:
        raise refusal
