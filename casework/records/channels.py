"""Channels: programs and chat groups outside to which alerts and events are sent."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from casework.records.database import Tx
from casework.records.tables import channels, delivery_queues, orgs

_VIEW = select(
    channels,
    orgs.c.code.label("org"),
    orgs.c.path.label("org_path"),
    delivery_queues.c.failures,
    delivery_queues.c.retry_at,
).select_from(
    channels.join(orgs, channels.c.org_id == orgs.c.id).outerjoin(
        delivery_queues, delivery_queues.c.id == channels.c.id
    )
)


def page(tx: Tx, org_path: str, limit: int, after: UUID | None) -> list[Row[Any]]:
    """The channels of the organisations at and below a path that were not removed, by id."""
    query = _VIEW.where(orgs.c.path.startswith(org_path, autoescape=True), channels.c.sealed.is_not(None))
    query = query.order_by(channels.c.id).limit(limit)
    return list(tx.all(query.where(channels.c.id > after) if after else query))


def by_id(tx: Tx, channel_id: UUID) -> Row[Any] | None:
    """A channel that was not removed, with `org`, `org_path` and how its queue fares."""
    return tx.one(_VIEW.where(channels.c.id == channel_id, channels.c.sealed.is_not(None)))


def add(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a new channel, with its queue."""
    tx.run(insert(channels).values(**row, created_at=tx.now))
    tx.run(insert(delivery_queues).values(id=row["id"]))


def change(tx: Tx, channel_id: UUID, values: Mapping[str, Any]) -> None:
    """Change columns of a channel."""
    tx.run(update(channels).where(channels.c.id == channel_id).values(**values))
