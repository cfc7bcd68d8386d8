"""Messages to the outside as administrators see them: how each fares, nothing of what it says, and once more."""

from typing import Any, Final
from uuid import UUID

from casework.records import outbox
from casework.records.database import Row
from casework.rules.people import Role
from casework.rules.refusals import NotFound, NotNow, NotYours
from casework.rules.text import Text
from casework.work.delivery.channels import KINDS
from casework.work.service import Transaction

WAYS: Final = {"email": Text("邮件", "mail"), **KINDS}
STATES: Final = {
    "waiting": Text("等待发送", "waiting"),
    "delivered": Text("已送达", "delivered"),
    "dead": Text("未能送达", "given up"),
    "superseded": Text("不再发送", "not sent any more"),
}
_NOT_DEAD: Final = Text(
    "只能重新发送未能送达的消息，此消息：{state}。",
    "Only a message that was given up is sent again; this one: {state}.",
)


def may_see_messages(tx: Transaction) -> None:
    """Raises `NotYours` unless the actor is an administrator."""
    if tx.person.role is not Role.ADMINISTRATOR:
        raise NotYours(Text("只有管理员可以查看发送情况。", "Only administrators see what goes outside."))


def dead_message(tx: Transaction, message_id: UUID) -> Row[Any]:
    """A dead message to a channel or user of the administrator's organisation or below, a row of `outbox.listed`.

    For others than administrators there is none. Raises `NotFound` or, while it is not dead, `NotNow`.
    """
    row = _found(tx, message_id)
    if row is None or tx.person.role is not Role.ADMINISTRATOR:
        raise NotFound()
    if row.state != "dead":
        raise NotNow(_NOT_DEAD.with_(state=STATES[row.state]))
    return row


def send_again(tx: Transaction, message: Row[Any]) -> Row[Any]:
    """The dead message waits again, under its id; raises `NotNow` where somebody else was first."""
    again = outbox.replay(tx.db, [message.id])
    row = _found(tx, message.id)
    assert row is not None
    if not again:
        raise NotNow(_NOT_DEAD.with_(state=STATES[row.state]))
    return row


def _found(tx: Transaction, message_id: UUID) -> Row[Any] | None:
    rows = outbox.listed(tx.db, [*STATES], 1, below=tx.person.org_path, only=message_id)
    return rows[0] if rows else None
