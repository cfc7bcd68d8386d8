"""Messages on their way to somebody: taken queue by queue, marked as they go, listed, and sent again on request."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row

from casework.records.database import Tx
from casework.records.delivery_queues import MAIL_QUEUE, DeliveryQueue, reopen, waits
from casework.rules.people import HELPERS


def closed_queues(tx: Tx) -> Sequence[Row[Any]]:
    """Ways on which nothing goes through, closed longest first.

    `id, channel, name, closed_since, retry_at, failures, last_error, waiting`; `name` is null for mail.
    """
    return tx.all(
        """select l.id, coalesce(h.kind, 'email') as channel, h.name, l.closed_since, l.retry_at, l.failures,
             l.last_error, (select count(*) from outbox o where o.queue_id = l.id and o.state = 'waiting') as waiting
           from delivery_queues l left join channels h on h.id = l.id
           where l.closed_since is not null and (h.active or l.id = :mail_queue) order by l.closed_since, l.id""",
        mail_queue=MAIL_QUEUE,
    )


def oldest_waiting(tx: Tx) -> datetime | None:
    """Since when the message that waits longest could have gone out; None if none waits that could."""
    found: datetime | None = tx.run(
        """select min(coalesce(waits_since, try_at)) from outbox
           where state = 'waiting' and coalesce(waits_since, try_at) <= :now""",
        now=tx.now,
    ).scalar_one()
    return found


# What a message says is taken from rows that are only ever added to, as they stood when it was written: so it says the
# same at every attempt.
_BATCH = """
select o.id, o.channel, o.receiver_id, o.case_id, o.alert_id, o.event_seq, o.digest_on, o.seq, o.attempts, o.at,
  c.number, c.workflow, c.workflow_version, a.clock, a.generation, a.level, e.seq as as_of, e.kind, e.actor_role,
  e.payload, d.due_at, d.due_on, d.provisional, a.admin_seq, ad.subject,
  ad.payload as admin_payload, u.email, u.language, u.active
from outbox o
left join cases c on c.id = o.case_id
left join alerts a on a.id = o.alert_id
left join admin_events ad on ad.seq = a.admin_seq
left join users u on u.id = o.receiver_id
left join lateral (
  select e.seq, e.at, e.kind, e.actor_role, e.payload from events e
  where e.case_id = o.case_id and (a.level is not null and e.at <= a.at or e.seq = coalesce(o.event_seq, a.event_seq))
  order by e.seq desc limit 1) e on true
-- What is due after an event is told to those who owe it, and to channels.
left join clocks k on k.case_id = o.case_id and k.name = a.clock and k.generation = a.generation
  and (a.level is not null or u.id is null or (k.owed_by = 'helper') = (u.role = any(:helpers)))
left join lateral (select a.due_at, a.due_on, a.provisional where k.case_id is not null) d on true
where o.queue_id = :queue and o.state = 'waiting' and o.try_at <= :now
order by o.try_at, o.case_id, o.seq limit :limit
"""


def batch(tx: Tx, queue: DeliveryQueue, limit: int) -> Sequence[Row[Any]]:
    """What is to be sent on this queue now, the longest due first, with what there is to say."""
    return tx.all(_BATCH, queue=queue.id, now=tx.now, limit=limit, helpers=list(HELPERS))


def delivered(tx: Tx, message_ids: Sequence[UUID]) -> None:
    """The receiver has taken these messages."""
    tx.run(
        """update outbox set state = 'delivered', attempts = attempts + 1, delivered_at = :now, last_error = null
           where id = any(:ids) and state = 'waiting'""",
        now=tx.now,
        ids=list(message_ids),
    )


# It waits in vain since it was due and either the way had closed or it was tried. It is tried again after as long as it
# has waited: one on which its receiver chokes, and so closes the way for the others, does so less and less often.
_FAILED = """
with tried as (
  select o.id, coalesce(o.waits_since, greatest(o.try_at, coalesce(l.closed_since, :now))) as since
  from outbox o join delivery_queues l on l.id = o.queue_id
  where o.id = any(:ids) and o.state = 'waiting' for update of o)
update outbox o set last_error = cast(:why as jsonb), attempts = o.attempts + :counted, waits_since = tried.since,
  try_at = :now + least(:longest, greatest(:shortest, :now - tried.since)) * :chance,
  state = case when o.attempts + :counted >= :most or tried.since <= :before then 'dead' else 'waiting' end
from tried where o.id = tried.id returning o.state
"""


def failed(
    tx: Tx, message_ids: Sequence[UUID], why: Mapping[str, Any], keep: timedelta, *, most: int, counted: bool = True
) -> tuple[int, int]:
    """An attempt at these messages has failed; gives how many wait to be tried again, and how many are dead.

    Dead is what has waited in vain for as long as messages are kept, or was tried `most` times; an attempt that says
    nothing of the message is not `counted`. `why` is a reason as `casework.senders.failures` has it.
    """
    rows = tx.all(
        _FAILED,
        ids=list(message_ids),
        why=msgspec.json.encode(why).decode(),
        counted=int(counted),
        most=most,
        now=tx.now,
        before=tx.now - keep,
        **waits(),
    )
    dead = sum(row.state == "dead" for row in rows)
    return len(rows) - dead, dead


def superseded(tx: Tx, message_ids: Sequence[UUID], why: Mapping[str, Any]) -> None:
    """These messages need not be sent any more."""
    tx.run(
        """update outbox set state = 'superseded', last_error = cast(:why as jsonb)
           where id = any(:ids) and state = 'waiting'""",
        why=msgspec.json.encode(why).decode(),
        ids=list(message_ids),
    )


_LISTED = """
select o.id, o.state, o.channel, h.id as channel_id, coalesce(u.username, h.name) as receiver, c.number, a.clock,
  a.level, coalesce(o.event_seq, a.event_seq) as event_seq, o.digest_on, o.attempts, o.at, o.try_at, o.delivered_at,
  o.last_error
from outbox o
left join users u on u.id = o.receiver_id
left join channels h on h.id = o.receiver_id
join orgs home on home.id = coalesce(u.org_id, h.org_id)
left join cases c on c.id = o.case_id
left join alerts a on a.id = o.alert_id
where o.channel <> 'inbox' and starts_with(home.path, :below) and o.state = any(:states)
  and o.channel = coalesce(:kind, o.channel) and o.receiver_id = coalesce(:channel_id, o.receiver_id)
  and o.id = coalesce(:only, o.id) and (cast(:before as timestamptz) is null or (o.at, o.id) < (:before, :beyond))
order by o.at desc, o.id desc limit :limit
"""


def listed(
    tx: Tx,
    states: Sequence[str],
    limit: int,
    *,
    below: str = "",
    kind: str | None = None,
    channel_id: UUID | None = None,
    only: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
) -> Sequence[Row[Any]]:
    """Messages that go outside in these states, the newest first.

    Of receivers whose organisation lies at or below this path, of one kind (`email`, `webhook` …), to one channel, with
    this id, after the one with this `at` and `id`: each unless left out.
    """
    before, beyond = after or (None, None)
    return tx.all(
        _LISTED,
        states=list(states),
        limit=limit,
        below=below,
        kind=kind,
        channel_id=channel_id,
        only=only,
        before=before,
        beyond=beyond,
    )


def replay(tx: Tx, message_ids: Sequence[UUID] | None, *, channel_id: UUID | None = None) -> list[UUID]:
    """The dead messages of these ids (None: all, or all to one channel) wait again, as if they had never been tried.

    Gives their ids.
    """
    rows = tx.all(
        """update outbox set state = 'waiting', attempts = 0, waits_since = null, try_at = :now
           where state = 'dead' and (:all or id = any(:ids)) and receiver_id = coalesce(:channel_id, receiver_id)
           returning id, queue_id""",
        now=tx.now,
        all=message_ids is None,
        ids=list(message_ids or ()),
        channel_id=channel_id,
    )
    reopen(tx, {row.queue_id for row in rows})
    return [row.id for row in rows]


def of_alerts(tx: Tx, alert_ids: list[UUID]) -> dict[UUID, list[Row[Any]]]:
    """How each alert went out: `channel, receiver, state, attempts, last_error, delivered_at`."""
    rows = tx.all(
        """select o.alert_id, o.channel, coalesce(u.username, h.name) as receiver, o.state, o.attempts, o.last_error,
             o.delivered_at
           from outbox o left join users u on u.id = o.receiver_id left join channels h on h.id = o.receiver_id
           where o.alert_id = any(:ids) order by o.channel, receiver, o.id""",
        ids=alert_ids,
    )
    found: dict[UUID, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.alert_id, []).append(row)
    return found


def add_digests(tx: Tx, calendar: str, day: date) -> int:
    """A digest of this day for everybody of this calendar who wants one and has none yet; gives how many are new."""
    return tx.run(
        """insert into outbox (id, channel, receiver_id, queue_id, digest_on, state, at, try_at)
           select gen_random_uuid(), 'email', u.id, :queue, :day, 'waiting', :now, :now
           from users u join orgs o on o.id = u.org_id
           where u.active and u.digest and u.email is not null and o.calendar = :calendar
             and not exists (select from outbox x where x.receiver_id = u.id and x.digest_on = :day)
           on conflict do nothing""",
        queue=MAIL_QUEUE,
        day=day,
        calendar=calendar,
        now=tx.now,
    ).rowcount
