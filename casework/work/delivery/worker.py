"""Delivers the messages of the outbox, each until its receiver has taken it once.

Any number of processes may deliver at once. A process leases a queue (a channel, or the mail server) and sends its
messages one after another, so that a receiver that is down holds up nobody but itself. Whoever dies between sending
and noting it leaves a message that is sent again, under the same id, when the lease has ended.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf
from typing import Any, Final

import structlog

from casework.records import channels, delivery_queues, outbox
from casework.records.database import Row
from casework.records.delivery_queues import MAIL_QUEUE, DeliveryQueue
from casework.senders.failures import Reason, Rejected, Undelivered, Unreachable, noted, reason
from casework.work.delivery.channels import Channel, opened
from casework.work.delivery.transports import Batch, Send, Superfluous, batches, is_robot, most_at_once, way
from casework.work.service import Service, Transaction

_BEGINS_WITHIN_S: Final = 30
"""After this part of a lease no further message is begun; the rest of it is for the last one to end."""
_GONE: Final = reason("receiver_gone")
_LATE: Final = reason("day_over")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Posted:
    """How many messages were delivered, failed for now, died, or need not be sent any more."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0
    superseded: int = 0

    def __add__(self, other: "Posted") -> "Posted":
        return Posted(
            self.delivered + other.delivered,
            self.failed + other.failed,
            self.dead + other.dead,
            self.superseded + other.superseded,
        )


@dataclass(frozen=True, slots=True)
class _Round:
    """A leased queue and what is to be sent on it.

    `begun` and `ends` are on the monotonic clock: when it was leased, and until when a message may be begun.
    """

    queue: DeliveryQueue
    channel: Channel | None
    batches: Sequence[Batch]
    superseded: int
    leased_at: datetime
    begun: float
    ends: float

    def now(self) -> datetime:
        """The time of the service, without asking the database again."""
        return self.leased_at + timedelta(seconds=time.monotonic() - self.begun)


def deliver(service: Service, *, threads: int = 1, seconds: float = inf) -> Posted:
    """Send everything that is due, serving so many queues at a time.

    After so many seconds no further queue is taken. One that was taken is served for as long again from when its way is
    open, however long it took to open, and with one message at least.
    """
    ends = time.monotonic() + seconds
    if threads == 1:
        return _deliver(service, ends, seconds)
    with ThreadPoolExecutor(threads, thread_name_prefix="post") as pool:
        return sum(pool.map(lambda _: _deliver(service, ends, seconds), range(threads)), Posted())


def _deliver(service: Service, ends: float, seconds: float) -> Posted:
    posted = Posted()
    while (one := _next_round(service)) is not None:
        posted += _serve(service, one, seconds)
        if time.monotonic() >= ends:
            break
    return posted


def _next_round(service: Service) -> _Round | None:
    """A queue with something to send, leased; of one that was closed only one message is tried."""
    begun = time.monotonic()
    lasts = timedelta(seconds=_BEGINS_WITHIN_S + 2 * _longest(service))
    with service.transaction() as tx:
        queue = delivery_queues.lease(tx.db, lasts, mail=service.senders.mail is not None)
        if queue is None:
            return None
        channel = None if queue.id == MAIL_QUEUE else opened(tx, channels.by_id(tx.db, queue.id))
        rows = outbox.batch(tx.db, queue, 1 if queue.failures else most_at_once(channel))
        needed = _without_pointless(tx, queue, channel, rows)
        together = batches(channel, needed)
        return _Round(queue, channel, together, len(rows) - len(needed), tx.now, begun, begun + _BEGINS_WITHIN_S)


def _longest(service: Service) -> float:
    """The longest that one message takes, in seconds."""
    mail = service.senders.mail
    return max(service.senders.outside.deadline_s, mail.timeout_s if mail else 0)


def _without_pointless(
    tx: Transaction, queue: DeliveryQueue, channel: Channel | None, rows: Sequence[Row[Any]]
) -> Sequence[Row[Any]]:
    judged = [(row, _pointless(queue, channel, row, tx.today)) for row in rows]
    for why in (_GONE, _LATE):
        if needless := [row.id for row, said in judged if said == why]:
            outbox.superseded(tx.db, needless, why)
    return [row for row, why in judged if why is None]


def _pointless(queue: DeliveryQueue, channel: Channel | None, row: Row[Any], today: date) -> Reason | None:
    """Why a message need not be sent any more, if so. An alert is sent also when its clock has ended: it was due."""
    if queue.id == MAIL_QUEUE and not (row.active and row.email is not None):
        return _GONE
    if queue.id != MAIL_QUEUE and not (channel is not None and channel.active):
        return _GONE
    return _LATE if row.digest_on is not None and row.digest_on < today else None


def _serve(service: Service, one: _Round, seconds: float) -> Posted:
    """Send what is to be sent on a queue until it is closed or the time is over, and give it back."""
    posted = Posted(superseded=one.superseded)
    if one.batches:
        batch = one.batches[0]
        try:
            with way(service, one.channel, _BEGINS_WITHIN_S + _longest(service), one.now) as send:
                opened_at = time.monotonic()
                if opened_at >= one.ends:
                    raise Unreachable(reason("slow_to_open" if one.channel else "mail_slow_to_open"))
                ends = min(one.ends, opened_at + seconds)
                for batch in one.batches:
                    posted += _send(service, batch, send)
                    if time.monotonic() >= ends:
                        break
        except Unreachable as closed:
            return posted + _closed(service, one.queue, batch, closed)
    rest = service.limits.robot_every if is_robot(one.channel) else timedelta()
    with service.transaction() as tx:
        delivery_queues.give_back(tx.db, one.queue, worked=bool(one.batches), rest=rest)
    return posted


def _send(service: Service, batch: Batch, send: Send) -> Posted:
    """Send one batch and note what became of it; raises `Unreachable`, with nothing noted."""
    try:
        send(batch)
    except Unreachable:
        raise
    except Superfluous as needless:
        with service.transaction() as tx:
            outbox.superseded(tx.db, _ids(batch), needless.why)
        return Posted(superseded=len(batch))
    except Undelivered as refused:
        return _failed(service, batch, refused.why, final=isinstance(refused, Rejected) and len(batch) == 1)
    except Exception as broken:
        # One message that cannot be written must not keep the others of its queue.
        log.exception("message_broken", messages=[str(one) for one in _ids(batch)])
        return _failed(service, batch, reason("not_written", kind=type(broken).__name__), final=False)
    with service.transaction() as tx:
        outbox.delivered(tx.db, _ids(batch))
    return Posted(delivered=len(batch))


def _failed(service: Service, batch: Batch, why: Reason, *, final: bool) -> Posted:
    limits = service.limits
    most = 0 if final else limits.post_attempts
    with service.transaction() as tx:
        waiting, dead = outbox.failed(tx.db, _ids(batch), why, limits.post_keep, most=most)
    _log_dead(batch, dead, why)
    return Posted(failed=waiting, dead=dead)


def _closed(service: Service, queue: DeliveryQueue, batch: Batch, closed: Unreachable) -> Posted:
    """The queue is left alone for a while, longer each time and as long as its receiver asked for; what was being sent
    waits behind the others."""
    limits, why, wait = service.limits, closed.why, timedelta(seconds=closed.wait_s)
    with service.transaction() as tx:
        waiting, dead = outbox.failed(
            tx.db, _ids(batch), why, limits.post_keep, most=limits.post_attempts, counted=False
        )
        dead += delivery_queues.close(tx.db, queue, why, limits.post_keep, wait)
    if queue.failures == 0:
        log.warning("delivery_queue_closed", queue=str(queue.id), channel=batch[0].channel, why=noted(why))
    _log_dead(batch, dead, why)
    return Posted(failed=waiting, dead=dead)


def _log_dead(batch: Batch, dead: int, why: Reason) -> None:
    if dead:
        log.error("messages_dead", messages=dead, channel=batch[0].channel, why=noted(why))


def _ids(batch: Batch) -> list[Any]:
    return [row.id for row in batch]
