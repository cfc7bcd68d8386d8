"""Messages on their way to somebody: leased lane by lane, marked one by one, listed, and sent again on request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from casework.records.database import Tx

MAIL_LANE: Final = UUID(int=0)
"""The lane of all mail, which goes through one server; any other lane has the id of its channel."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane that is ours until then; `failures` counts how often it was closed since it was last open."""

    id: UUID
    failures: int
    until: datetime


def open_lane(tx: Tx, lane_id: UUID) -> None:
    """There is such a lane from now on."""
    tx.run("insert into lanes (id) values (:id) on conflict do nothing", id=lane_id)


# The lanes that work come first, and of these the one that was served longest ago.
_LEASE = """
update lanes set leased_until = :until where id = (
  select l.id from lanes l
  where (l.leased_until is null or l.leased_until <= :now) and (l.retry_at is null or l.retry_at <= :now)
    and (:mail or l.id <> :mail_lane)
    and exists (select from outbox o where o.lane_id = l.id and o.state = 'waiting' and o.try_at <= :now)
  order by l.failures, l.leased_until nulls first limit 1
  for update skip locked)
returning id, failures, leased_until
"""


def lease(tx: Tx, lasts: timedelta, *, mail: bool) -> Lane | None:
    """A lane with something to send that nobody works in, leased; None if there is none. `mail`: also that of mail."""
    row = tx.one(_LEASE, now=tx.now, until=tx.now + lasts, mail=mail, mail_lane=MAIL_LANE)
    return Lane(row.id, row.failures, row.leased_until) if row else None


def give_back(tx: Tx, lane: Lane, *, worked: bool) -> None:
    """The lane is free again, unless somebody else has it since our lease ended; `worked`: something went through."""
    tx.run(
        """update lanes set leased_until = :now, retry_at = null, failures = case when :worked then 0 else failures end
           where id = :id and leased_until = :until""",
        now=tx.now,
        worked=worked,
        id=lane.id,
        until=lane.until,
    )


def close(tx: Tx, lane: Lane, wait: timedelta) -> None:
    """The lane is free, but closed for so long."""
    tx.run(
        """update lanes set leased_until = :now, retry_at = :retry_at, failures = least(failures + 1, 1000)
           where id = :id and leased_until = :until""",
        now=tx.now,
        retry_at=tx.now + wait,
        id=lane.id,
        until=lane.until,
    )


def reopen(tx: Tx, lane_ids: Iterable[UUID]) -> None:
    """These lanes are tried again at once."""
    tx.run("update lanes set retry_at = null, failures = 0 where id = any(:ids)", ids=list(lane_ids))


# What a message says is taken from rows that are only ever added to, as they stood when it was written: so it says the
# same at every attempt.
_BATCH = """
select o.id, o.channel, o.receiver_id, o.case_id, o.alert_id, o.event_seq, o.digest_on, o.seq, o.attempts, o.at,
  c.number, c.workflow, c.workflow_version, a.clock, a.generation, a.level, e.seq as as_of, e.kind, e.payload,
  d.due_at, d.due_on, d.provisional, u.email, u.language, u.active
from outbox o
left join cases c on c.id = o.case_id
left join alerts a on a.id = o.alert_id
left join lateral (
  select e.seq, e.kind, e.payload from events e
  where e.case_id = o.case_id and (o.event_seq is null and e.at <= a.at or e.seq = o.event_seq)
  order by e.seq desc limit 1) e on true
left join clocks k on k.case_id = o.case_id and k.name = a.clock and k.generation = a.generation
left join lateral (
  select d.due_at, d.due_on, d.provisional from due_times d
  where d.clock_id = k.id and d.recorded_at <= a.at order by d.position desc limit 1) d on true
left join users u on u.id = o.receiver_id
where o.lane_id = :lane and o.state = 'waiting' and o.try_at <= :now
order by o.try_at, o.case_id, o.seq limit :limit
"""


def batch(tx: Tx, lane: Lane, limit: int) -> Sequence[Row[Any]]:
    """What is to be sent on this lane now, the longest due first, with what there is to say."""
    return tx.all(_BATCH, lane=lane.id, now=tx.now, limit=limit)


def delivered(tx: Tx, message_id: UUID) -> None:
    """The receiver has taken the message."""
    tx.run(
        """update outbox set state = 'delivered', attempts = attempts + 1, delivered_at = :now, last_error = null
           where id = :id and state = 'waiting'""",
        now=tx.now,
        id=message_id,
    )


def failed(tx: Tx, message_id: UUID, why: str, wait: timedelta, most: int) -> bool:
    """An attempt has failed: the message is tried again after the wait, or is dead after the last of `most` attempts.

    True if it is dead.
    """
    row = tx.one(
        """update outbox set attempts = attempts + 1, last_error = :why, try_at = :try_at,
             state = case when attempts + 1 >= :most then 'dead' else 'waiting' end
           where id = :id and state = 'waiting' returning state""",
        why=why,
        try_at=tx.now + wait,
        most=most,
        id=message_id,
    )
    return row is not None and row.state == "dead"


def superseded(tx: Tx, message_id: UUID, why: str) -> None:
    """The message need not be sent any more."""
    tx.run(
        "update outbox set state = 'superseded', last_error = :why where id = :id and state = 'waiting'",
        why=why,
        id=message_id,
    )


_LISTED = """
select o.id, o.state, o.channel, coalesce(u.username, h.name) as receiver, c.number, a.clock, a.level, o.event_seq,
  o.digest_on, o.attempts, o.at, o.try_at, o.delivered_at, o.last_error
from outbox o
left join users u on u.id = o.receiver_id
left join channels h on h.id = o.receiver_id
left join cases c on c.id = o.case_id
left join alerts a on a.id = o.alert_id
where o.channel <> 'inbox' and o.state = any(:states) order by o.at desc, o.id limit :limit
"""


def listed(tx: Tx, states: Sequence[str], limit: int) -> Sequence[Row[Any]]:
    """Messages that go outside in these states, the newest first."""
    return tx.all(_LISTED, states=list(states), limit=limit)


def replay(tx: Tx, message_ids: Sequence[UUID] | None) -> list[UUID]:
    """The dead messages of these ids (None: all) wait again, as if they had never been tried; gives their ids."""
    rows = tx.all(
        """update outbox set state = 'waiting', attempts = 0, try_at = :now
           where state = 'dead' and (:all or id = any(:ids)) returning id, lane_id""",
        now=tx.now,
        all=message_ids is None,
        ids=list(message_ids or ()),
    )
    reopen(tx, {row.lane_id for row in rows})
    return [row.id for row in rows]


def of_alerts(tx: Tx, alert_ids: list[UUID]) -> dict[UUID, list[Row[Any]]]:
    """How each alert went out: `channel, receiver, state, attempts, delivered_at`."""
    rows = tx.all(
        """select o.alert_id, o.channel, coalesce(u.username, h.name) as receiver, o.state, o.attempts, o.delivered_at
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
        """insert into outbox (id, channel, receiver_id, lane_id, digest_on, state, at, try_at)
           select gen_random_uuid(), 'email', u.id, :lane, :day, 'waiting', :now, :now
           from users u join orgs o on o.id = u.org_id
           where u.active and u.digest and u.email is not null and o.calendar = :calendar
             and not exists (select from outbox x where x.receiver_id = u.id and x.digest_on = :day)
           on conflict do nothing""",
        lane=MAIL_LANE,
        day=day,
        calendar=calendar,
        now=tx.now,
    ).rowcount
