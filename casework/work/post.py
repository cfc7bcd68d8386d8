"""Delivers the messages of the outbox, each until its receiver has taken it once.

Any number of processes may deliver at once. A process leases a lane (a channel, or the mail server) and sends its
messages one after another, so that a receiver that is down holds up nobody but itself. Whoever dies between sending
and noting it leaves a message that is sent again, under the same id, when the lease has ended.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from math import inf
from typing import Any, Final

import structlog
from sqlalchemy import Row

from casework.records import channels, outbox
from casework.records.outbox import MAIL_LANE, Lane
from casework.senders import robots, webhook
from casework.senders.failures import Rejected, Undelivered, Unreachable
from casework.senders.smtp import HandIn, MailServer
from casework.work.channels import Channel, opened
from casework.work.digest import digest_told
from casework.work.messages import alert_told, webhook_body
from casework.work.service import Service, Transaction

BATCH: Final = 50
_BEGINS_WITHIN_S: Final = 30
"""After this part of a lease no further message is begun; the rest of it is for the last one to end."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 10, 3600
_GONE: Final = "the receiver is no longer there"
_LATE: Final = "the day was over"
log = structlog.get_logger()

Send = Callable[[Row[Any]], None]


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
    """A leased lane and what is to be sent on it.

    `begun` and `ends` are on the monotonic clock: when it was leased, and until when a message may be begun.
    """

    lane: Lane
    channel: Channel | None
    rows: Sequence[Row[Any]]
    leased_at: datetime
    today: date
    begun: float
    ends: float

    @property
    def now(self) -> datetime:
        """The time of the service, without asking the database again."""
        return self.leased_at + timedelta(seconds=time.monotonic() - self.begun)


def deliver(service: Service, *, threads: int = 1, seconds: float = inf) -> Posted:
    """Send everything that is due, serving so many lanes at a time; after so many seconds nothing more is begun."""
    ends = time.monotonic() + seconds
    if service.senders.mail is not None:
        with service.transaction() as tx:
            outbox.open_lane(tx.db, MAIL_LANE)
    if threads == 1:
        return _deliver(service, ends)
    with ThreadPoolExecutor(threads, thread_name_prefix="post") as pool:
        return sum(pool.map(lambda _: _deliver(service, ends), range(threads)), Posted())


def _deliver(service: Service, ends: float) -> Posted:
    posted = Posted()
    while time.monotonic() < ends and (one := _next_round(service, ends)) is not None:
        posted += _serve(service, one)
    return posted


def _next_round(service: Service, ends: float) -> _Round | None:
    """A lane with something to send, leased; of one that was closed only one message is tried."""
    begun = time.monotonic()
    lasts = timedelta(seconds=_BEGINS_WITHIN_S + 2 * _longest(service))
    with service.transaction() as tx:
        lane = outbox.lease(tx.db, lasts, mail=service.senders.mail is not None)
        if lane is None:
            return None
        rows = outbox.batch(tx.db, lane, 1 if lane.failures else BATCH)
        channel = None if lane.id == MAIL_LANE else opened(tx, channels.by_id(tx.db, lane.id))
        return _Round(lane, channel, rows, tx.now, tx.today, begun, min(ends, begun + _BEGINS_WITHIN_S))


def _longest(service: Service) -> float:
    """The longest that one message takes, in seconds."""
    mail = service.senders.mail
    return max(service.senders.outside.deadline_s, mail.timeout_s if mail else 0)


def _serve(service: Service, one: _Round) -> Posted:
    """Send what is to be sent on a lane until it is closed or the time is over, and give it back."""
    posted = Posted()
    rows = iter(one.rows)
    row = next(rows, None)
    try:
        if row is not None:
            with _way(service, one) as send:
                while row is not None and time.monotonic() <= one.ends:
                    posted += _send(service, one, row, send)
                    row = next(rows, None)
    except Unreachable as closed:
        assert row is not None
        return posted + _closed(service, one, row, closed)
    with service.transaction() as tx:
        outbox.give_back(tx.db, one.lane, worked=posted != Posted(superseded=posted.superseded))
    return posted


def _send(service: Service, one: _Round, row: Row[Any], send: Send) -> Posted:
    """Send one message and note what became of it; raises `Unreachable`, with nothing noted."""
    if pointless := _pointless(one, row):
        with service.transaction() as tx:
            outbox.superseded(tx.db, row.id, pointless)
        return Posted(superseded=1)
    try:
        send(row)
    except Unreachable:
        raise
    except Undelivered as refused:
        return _failed(service, row, refused.why, final=isinstance(refused, Rejected))
    except Exception as broken:
        # One message that cannot be written must not keep the others of its lane.
        log.exception("message_broken", message=str(row.id))
        return _failed(service, row, f"it could not be written ({type(broken).__name__})", final=False)
    with service.transaction() as tx:
        outbox.delivered(tx.db, row.id)
    return Posted(delivered=1)


def _failed(service: Service, row: Row[Any], why: str, *, final: bool) -> Posted:
    with service.transaction() as tx:
        return _note_failure(tx, row, why, final=final)


def _closed(service: Service, one: _Round, row: Row[Any], closed: Unreachable) -> Posted:
    """The lane is left alone for a while, longer each time, and so is the message that was being sent."""
    with service.transaction() as tx:
        outbox.close(tx.db, one.lane, _wait(one.lane.failures))
        return _note_failure(tx, row, closed.why, final=False)


def _note_failure(tx: Transaction, row: Row[Any], why: str, *, final: bool) -> Posted:
    most = 0 if final else tx.service.limits.post_attempts
    if outbox.failed(tx.db, row.id, why, _wait(row.attempts), most):
        log.error("message_dead", message=str(row.id), channel=row.channel, why=why)
        return Posted(dead=1)
    return Posted(failed=1)


def _wait(failures: int) -> timedelta:
    """Twice as long each time up to an hour, and half of it by chance, so that not everybody comes back at once."""
    longest = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(failures, 20))
    return timedelta(seconds=longest * random.uniform(0.5, 1))


def _pointless(one: _Round, row: Row[Any]) -> str | None:
    """Why a message need not be sent any more, if so. An alert is sent also when its clock has ended: it was due."""
    if one.lane.id == MAIL_LANE:
        there = row.active and row.email is not None
    else:
        there = one.channel is not None and one.channel.active
    if not there:
        return _GONE
    return _LATE if row.digest_on is not None and row.digest_on < one.today else None


@contextmanager
def _way(service: Service, one: _Round) -> Iterator[Send]:
    """What sends a message on a lane; raises `Unreachable`."""
    server = service.senders.mail
    if one.channel is not None:
        yield partial(_to_channel, service, one, one.channel)
    elif one.lane.id == MAIL_LANE and server is not None:
        with server.session(_BEGINS_WITHIN_S + _longest(service)) as hand_in:
            yield partial(_by_mail, service, server, hand_in)
    else:
        yield _never


def _never(_row: Row[Any]) -> None:
    """Nothing is sent to a channel that was removed: what waits for it is superseded before."""
    raise Rejected(_GONE)


def _to_channel(service: Service, one: _Round, channel: Channel, row: Row[Any]) -> None:
    outside = service.senders.outside
    address, secret = channel.way
    if channel.kind == "webhook":
        body = webhook_body(row, service.zone)
        webhook.send(outside, address, secret or "", body, message=row.id, seq=row.seq, at=one.now)
    else:
        subject, text = alert_told(row, channel.language, service.zone)
        robots.send(outside, channel.kind, address, secret, f"{subject}\n{text}", at=one.now)


def _by_mail(service: Service, server: MailServer, hand_in: HandIn, row: Row[Any]) -> None:
    subject, text = _told(service, row)
    hand_in(server.mail(row.id, row.email, subject, text, language=row.language, at=row.at))


def _told(service: Service, row: Row[Any]) -> tuple[str, str]:
    if row.digest_on is None:
        return alert_told(row, row.language, service.zone)
    with service.transaction() as tx:
        return digest_told(tx, row.receiver_id, row.digest_on, row.language)
