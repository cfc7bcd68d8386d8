"""Delivery queues: one for each receiver's server, leased by one process at a time, closed when nothing goes through.

The queue of mail leads to the mail server, and every database has it; any other has the id of its channel.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.records.database import Tx

MAIL_QUEUE: Final = UUID(int=0)
_SHORTEST_WAIT: Final = timedelta(seconds=10)
_LONGEST_WAIT: Final = timedelta(hours=1)
# A lease that ends later than any that is taken now is none: it was taken before the clock was set back.
_SLACK: Final = timedelta(minutes=1)
_HOLDING: Final = 7_221_004


@dataclass(frozen=True, slots=True)
class DeliveryQueue:
    """A queue that is ours until then; `failures` counts how often it was closed since it was last open."""

    id: UUID
    failures: int
    until: datetime


# The queues that work come first, and of these the one that was served longest ago. Of those that are closed one is
# tried at a time, or a few that hang would occupy everybody who delivers.
_LEASE = """
update delivery_queues set leased_until = :until where id = (
  select l.id from delivery_queues l
  where not coalesce(l.leased_until > :now and l.leased_until < :beyond, false)
    and (l.retry_at is null or l.retry_at <= :now)
    and (:mail or l.id <> :mail_queue)
    and (l.failures = 0 or not exists (select from delivery_queues x
      where x.failures > 0 and x.leased_until > :now and x.leased_until < :beyond))
    and exists (select from outbox o where o.queue_id = l.id and o.state = 'waiting' and o.try_at <= :now)
  order by l.failures, l.leased_until nulls first limit 1
  for update skip locked)
returning id, failures, leased_until
"""


def lease(tx: Tx, lasts: timedelta, *, mail: bool) -> DeliveryQueue | None:
    """A queue with something to send that nobody works in, leased; None if there is none. `mail`: also that of mail."""
    until = tx.now + lasts
    row = tx.one(_LEASE, now=tx.now, until=until, beyond=until + _SLACK, mail=mail, mail_queue=MAIL_QUEUE)
    return DeliveryQueue(row.id, row.failures, row.leased_until) if row else None


def give_back(tx: Tx, queue: DeliveryQueue, *, worked: bool, rest: timedelta = timedelta()) -> None:
    """The queue is free again, after a rest, unless somebody else has it since our lease ended.

    `worked`: its receiver has answered, so that it is closed no longer.
    """
    opened = ", failures = 0, closed_since = null, last_error = null" if worked else ""
    tx.run(
        f"update delivery_queues set leased_until = :now, retry_at = :retry_at{opened}"
        " where id = :id and leased_until = :until",
        now=tx.now,
        retry_at=tx.now + rest if rest else None,
        id=queue.id,
        until=queue.until,
    )


# A message waits in vain since it was due and the way closed, tried or not. What came due while nobody delivered is not
# old.
_CLOSE = """
with ours as (
  update delivery_queues set leased_until = :now, failures = least(failures + 1, 1000),
    last_error = cast(:why as jsonb), closed_since = coalesce(closed_since, :now),
    retry_at = :now + greatest(:wait, least(:longest, :shortest * power(2, least(failures, 20))) * :chance)
  where id = :id and leased_until = :until returning id, closed_since)
update outbox o set state = 'dead', last_error = cast(:why as jsonb) from ours
where o.queue_id = ours.id and o.state = 'waiting'
  and coalesce(o.waits_since, greatest(o.try_at, ours.closed_since)) <= :before
"""


def close(tx: Tx, queue: DeliveryQueue, why: Mapping[str, Any], keep: timedelta, wait: timedelta = timedelta()) -> int:
    """The queue is free, but closed for a while, longer each time and for `wait` at least; gives how many messages are
    dead by that.

    Dead is what has waited in vain for as long as messages are kept.
    """
    times = {"until": queue.until, "now": tx.now, "before": tx.now - keep, "wait": wait}
    return tx.run(_CLOSE, id=queue.id, why=msgspec.json.encode(why).decode(), **times, **waits()).rowcount


def waits() -> dict[str, object]:
    """Half of each wait is by chance, so that not everybody comes back at once."""
    return {"shortest": _SHORTEST_WAIT, "longest": _LONGEST_WAIT, "chance": random.uniform(0.5, 1)}


def reopen(tx: Tx, queue_ids: Iterable[UUID]) -> None:
    """These queues are tried again at once."""
    tx.run("update delivery_queues set retry_at = null, failures = 0 where id = any(:ids)", ids=list(queue_ids))


def hold(tx: Tx, queue_id: UUID) -> bool:
    """Whether the queue is ours until the end of the transaction: nobody works in it, nor holds another one meanwhile.

    One that rests is not to be had; one that is closed is, because whoever asks wants to know why.
    """
    row = tx.one(
        """select pg_try_advisory_xact_lock(:key) as ours from delivery_queues
           where id = :id and (leased_until is null or leased_until <= :now)
             and (failures > 0 or retry_at is null or retry_at <= :now)
           for update skip locked""",
        key=_HOLDING,
        id=queue_id,
        now=tx.now,
    )
    return row is not None and row.ours


def free_queue(tx: Tx, queue_id: UUID, *, worked: bool, rest: timedelta) -> None:
    """The queue that was held rests; `worked`: its receiver has taken something, so that it is closed no longer."""
    change = "failures = 0, closed_since = null, last_error = null, retry_at" if worked else "retry_at"
    kept = "null" if worked else "retry_at"
    tx.run(
        f"update delivery_queues set {change} = greatest({kept}, cast(:until as timestamptz)) where id = :id",
        until=tx.now + rest if rest else None,
        id=queue_id,
    )
