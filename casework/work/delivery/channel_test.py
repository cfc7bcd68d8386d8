"""Trying a channel: one message about no case, sent at once and beside the outbox, and what its receiver said."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from casework.records import channels as records
from casework.records import delivery_queues
from casework.records.database import Row
from casework.records.ids import new_id
from casework.rules.people import Role
from casework.rules.refusals import NotFound, NotNow, SlowDown
from casework.rules.text import Text
from casework.senders import robots, webhook
from casework.senders.failures import Undelivered
from casework.work.attempts import Allowance, count
from casework.work.delivery.channels import Channel, opened
from casework.work.delivery.delivery_errors import with_cure
from casework.work.service import Transaction

_BUSY: Final = Text(
    "此渠道正在发送消息，或正在试发另一渠道，请稍后再试。",
    "Messages are being sent to this channel, or another one is being tried; try again in a moment.",
)
_SAID: Final = Text(
    "【案件提醒】试发：渠道“{name}”可以在这里发送案件提醒。",
    "[Casework] A test: the channel {name} can speak of alerts here.",
)


@dataclass(frozen=True, slots=True)
class Tried:
    """Whether the receiver took it, and else why not."""

    delivered: bool
    because: Text | None


def channel_to_try(tx: Transaction, channel_id: UUID) -> Row[Any]:
    """A channel of the administrator's organisation or below; `NotFound` for everybody else."""
    row = records.by_id(tx.db, channel_id)
    if row is None or tx.person.role is not Role.ADMINISTRATOR or not row.org_path.startswith(tx.person.org_path):
        raise NotFound()
    return row


def try_channel(tx: Transaction, row: Row[Any]) -> Tried:
    """Send the message, also where the channel is switched off or was left alone after failures.

    Once it was taken, what waits for the channel goes out, too. One channel of an installation is tried at a time,
    because meanwhile a connection of the database waits for the receiver, for as long as one attempt may take. Raises
    `NotNow` where it is not this one's turn.
    """
    if not delivery_queues.hold(tx.db, row.id):
        raise NotNow(_BUSY)
    # Chat groups take some 20 messages a minute, and who tries a program by hand needs no more either.
    every = tx.service.limits.robot_every
    try:
        count(tx, [Allowance("tries", str(row.id), 1, every)])
    except SlowDown as soon:
        raise NotNow(soon.text) from soon
    channel = opened(tx, row)
    assert channel is not None
    because = None
    try:
        _send(tx, row, channel)
    except Undelivered as refused:
        because = with_cure(refused.why)
    rest = timedelta() if row.kind == "webhook" else every
    delivery_queues.free_queue(tx.db, row.id, worked=because is None, rest=rest)
    return Tried(because is None, because)


def _send(tx: Transaction, row: Row[Any], channel: Channel) -> None:
    outside, (address, secret) = tx.service.senders.outside, channel.way
    if channel.kind == "webhook":
        message = new_id()
        webhook.send(outside, address, secret or "", _body(tx, row, message), message=message, seq=None, at=tx.now)
    else:
        robots.send(outside, channel.kind, address, secret, _SAID.in_(channel.language, name=row.name), at=tx.now)


def _body(tx: Transaction, row: Row[Any], message: UUID) -> bytes:
    """The body of a webhook: `id, type, at, channel {id, name}`."""
    said = {
        "id": str(message),
        "type": "channel.tried",
        "at": tx.now.astimezone(tx.service.zone).isoformat(),
        "channel": {"id": str(row.id), "name": row.name},
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
