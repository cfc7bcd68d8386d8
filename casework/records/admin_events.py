"""The administrative chain: who changed people, organisations, channels, rules and keys, one event after the other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, insert, or_, select

from casework.records.database import Tx
from casework.records.event_chain import GENESIS, administrative, chained
from casework.records.tables import admin_events, users

KINDS: Final = (
    "user_added",
    "user_changed",
    "profile_changed",
    "role_confirmed",
    "password_chosen",
    "token_issued",
    "tokens_ended",
    "clock_put_aside",
    "organisations_loaded",
    "channel_added",
    "channel_changed",
    "channel_removed",
    "policies_loaded",
    "calendar_loaded",
    "keys_rotated",
)
# Not taken by anybody else; see `offices.lock_rules` for the other one.
_LOCK: Final = 7221004


def add(
    tx: Tx, actor_id: UUID | None, kind: str, subject: str, places: Sequence[str] = (), payload: Mapping[str, Any] = {}
) -> int:
    """Append an event, in the transaction of the change that it tells of, and return its number.

    Whoever else appends waits until its end.

    `actor_id` is None for the operator at the command line, `places` are the paths of the organisations concerned
    (none: everybody), and `payload` is JSON without anything secret. To be the last that a verb changes, since it
    locks.
    """
    tx.run("select pg_advisory_xact_lock(:lock)", lock=_LOCK)
    last = tx.one(select(admin_events.c.seq, admin_events.c.hash).order_by(admin_events.c.seq.desc()).limit(1))
    seq, before = (last.seq + 1, last.hash) if last else (1, GENESIS)
    body = administrative(seq, tx.now, kind, actor_id, subject, places, payload)
    row = {"seq": seq, "at": tx.now, "kind": kind, "actor_id": actor_id, "subject": subject, "payload": dict(payload)}
    tx.run(insert(admin_events).values(**row, places=list(places), prev_hash=before, hash=chained(before, body)))
    return seq


def add_once(tx: Tx, kind: str, subject: str, places: Sequence[str], payload: Mapping[str, Any]) -> None:
    """Append an event of the service itself, unless the same was said before."""
    same = (admin_events.c.kind == kind, admin_events.c.subject == subject, admin_events.c.payload == dict(payload))
    if tx.one(select(admin_events.c.seq).where(*same).limit(1)) is None:
        add(tx, None, kind, subject, places, payload)


def page(
    tx: Tx,
    org_path: str,
    limit: int,
    before: int | None = None,
    *,
    kind: str = "",
    words: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Sequence[Row[Any]]:
    """Events that concern the organisations at and below a path, or everybody, the newest first, at most `limit`.

    Of a kind, with `words` in what was changed or in the user name of who did it, from `since` and before `until`: each
    unless left out.
    """
    place = func.unnest(admin_events.c.places).column_valued("place")
    wanted = [or_(admin_events.c.places == [], select(place).where(func.starts_with(place, org_path)).exists())]
    if before is not None:
        wanted.append(admin_events.c.seq < before)
    if kind:
        wanted.append(admin_events.c.kind == kind)
    if words:
        told = (admin_events.c.subject, users.c.username)
        wanted.append(or_(*(column.icontains(words, autoescape=True) for column in told)))
    if since is not None:
        wanted.append(admin_events.c.at >= since)
    if until is not None:
        wanted.append(admin_events.c.at < until)
    return tx.all(
        select(admin_events, users.c.username, users.c.name.label("actor_name"))
        .select_from(admin_events.outerjoin(users, admin_events.c.actor_id == users.c.id))
        .where(*wanted)
        .order_by(admin_events.c.seq.desc())
        .limit(limit)
    )


def some(tx: Tx, after: int, limit: int) -> Sequence[Row[Any]]:
    """Events of the chain in its order, at most `limit`, after a sequence number."""
    query = select(admin_events).where(admin_events.c.seq > after).order_by(admin_events.c.seq).limit(limit)
    return tx.all(query)
