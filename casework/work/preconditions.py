"""What must hold before anything is written: the decision is a move, and the caller has read the case as it is."""

from datetime import datetime
from typing import Final

from casework.records import people
from casework.records.rows import StoredCase
from casework.rules.case import Case
from casework.rules.move import Move
from casework.rules.people import Role
from casework.rules.refusals import NotYours, PreconditionMissing, Refusal, Stale
from casework.rules.rights import sees_matter_only
from casework.rules.text import Text
from casework.work import workflow_registry
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
            Text("请注明您读到的是哪个版本（`If-Match`）。", "Say which version you have read (`If-Match`).")
        )
    if isinstance(tx.if_match, frozenset) and record.case.version not in tx.if_match:
        raise Stale(
            Text(
                "此案在您读取之后已有变动，请重新读取后再试。",
                "The case has changed since you read it; read it again and repeat.",
            )
        )


def ensure_may_read(tx: Transaction, case: Case) -> None:
    """Raises `NotYours` for what is sensitive of a case: for auditors, for helpers who have not taken it on, and as
    `ensure_confirmed` does.
    """
    if tx.person.role is Role.AUDITOR:
        raise NotYours(NOT_FOR_AUDITORS)
    ensure_taken_on(tx, case)
    ensure_confirmed(tx, case.opened_at)


def ensure_taken_on(tx: Transaction, case: Case) -> None:
    """Raises `NotYours` for a helper who sees the matter only, until the case was taken on."""
    if sees_matter_only(workflow_registry.pinned(case), case, tx.person):
        raise NotYours(_NOT_TAKEN_ON)


NOT_FOR_AUDITORS: Final = Text(
    "审计员不查看敏感信息；谁查看过什么，见查看记录。",
    "What is sensitive is not shown to auditors; the log says who has seen what.",
)
"""Said to auditors in place of what is sensitive."""
_NOT_TAKEN_ON: Final = Text(
    "接受指派（`take_on`）之前只能看到案由；不能承办的，请退回（`decline`）。",
    "Until you take the case on (`take_on`) you see the matter only; give it back (`decline`) if you cannot.",
)


def ensure_confirmed(tx: Transaction, opened_at: datetime) -> None:
    """Raises `NotYours` for what is sensitive of a case opened before the reader's role, while nobody confirmed that.

    So nobody reads on one administrator's word alone.
    """
    raised_at, _ = people.raised(tx.db, tx.person.id)
    if raised_at is not None and opened_at < raised_at:
        raise NotYours(_UNCONFIRMED)


_UNCONFIRMED: Final = Text(
    "您的角色或者机构有变更；查看此前案件的敏感信息，须先由另一名管理员确认，请与其联系"
    "（`POST /users/ID/confirm-role`）。",
    "Your role or organisation was changed; what is sensitive of cases of before is shown once another administrator"
    " has confirmed it; ask one (`POST /users/ID/confirm-role`).",
)


def ensure(refusal: Refusal | None) -> None:
    """Raises the refusal if there is one."""
    if refusal:
        raise refusal
