"""How the office stands in a few numbers, for whatever watches the service."""

from typing import Final

from casework.records.database import Tx

_OLDEST_MESSAGE: Final = """
  (select coalesce(extract(epoch from :now - min(coalesce(waits_since, try_at))), 0) from outbox
   where state = 'waiting' and coalesce(waits_since, try_at) <= :now)"""
_FIGURES: Final = f"""
select
  (select count(*) from cases where closed_at is null) as cases_open,
  (select count(*) from cases where closed_at is null and late_at < :now) as cases_overdue,
  (select count(*) from clocks where ended_at is null and wake_at <= :now)
    + (select count(*) from clocks where ended_at is null and takes is not null and not provisional
       and coalesce(retry_at, due_at) <= :now) as clocks_waiting,
  (select count(*) from clocks where ended_at is null and takes is not null and retry_at is not null)
    as clocks_put_aside,
  (select count(*) from alert_receivers where acknowledged_at is null) as alerts_unacknowledged,
  (select count(*) from outbox where state = 'waiting' and try_at <= :now) as messages_waiting,
  (select count(*) from outbox where state = 'dead') as messages_dead,
  {_OLDEST_MESSAGE} as oldest_message_seconds,
  (select count(*) from delivery_queues l left join channels h on h.id = l.id
   where l.closed_since is not null and h.active is not false) as delivery_queues_closed,
  coalesce((select extract(epoch from :now - at) from heartbeats where process = 'scheduler'), -1)
    as scheduler_silent_seconds
"""


def now(tx: Tx) -> dict[str, float]:
    """Each figure by its name."""
    row = tx.run(_FIGURES, now=tx.now).one()
    return {name: float(value) for name, value in row._mapping.items()}


def oldest_message_s(tx: Tx) -> int:
    """Return how long the oldest message to the outside has been waiting, in seconds; 0 where none is."""
    return int(tx.run(f"select {_OLDEST_MESSAGE}", now=tx.now).scalar_one())
