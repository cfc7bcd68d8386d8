"""Users and their tokens."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from casework.records.database import Tx
from casework.records.tables import calendar_feeds, cases, orgs, tokens, users
from casework.rules.people import Person, Role

PERSON = (
    users.c.id,
    users.c.username,
    users.c.name,
    users.c.role,
    users.c.active,
    orgs.c.path.label("org_path"),
)
WITH_ORG = users.join(orgs, users.c.org_id == orgs.c.id)


def person_of(row: Any) -> Person:
    """The person of a row that has the columns of `PERSON`."""
    walled = getattr(row, "walled", True)
    return Person(row.id, row.username, row.name, Role(row.role), row.org_path, row.active, walled)


def by_id(tx: Tx, user_id: UUID) -> Person | None:
    """The user of this id, active or not."""
    row = tx.one(select(*PERSON).select_from(WITH_ORG).where(users.c.id == user_id))
    return person_of(row) if row else None


def by_ids(tx: Tx, user_ids: Iterable[UUID]) -> dict[UUID, Person]:
    """The users of these ids, active or not."""
    rows = tx.all(select(*PERSON).select_from(WITH_ORG).where(users.c.id.in_([*user_ids])))
    return {row.id: person_of(row) for row in rows}


def by_username(tx: Tx, username: str) -> tuple[Person, str | None] | None:
    """The user of this name and the hash of the password."""
    row = tx.one(select(*PERSON, users.c.password_hash).select_from(WITH_ORG).where(users.c.username == username))
    return (person_of(row), row.password_hash) if row else None


def digest_of(token: str) -> bytes:
    """What is stored of a token: tokens are 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def caller(tx: Tx) -> tuple[Person, bool] | None:
    """The active user with whose valid token the transaction was begun, and whether somebody else set the password."""
    return (person_of(tx.caller), tx.caller.password_is_first) if tx.caller else None


def keep_token(tx: Tx, token: str, user_id: UUID, expires_at: datetime) -> None:
    """Store a new token by its digest."""
    tx.run(insert(tokens).values(digest=digest_of(token), user_id=user_id, created_at=tx.now, expires_at=expires_at))


def add(tx: Tx, row: dict[str, Any]) -> bool:
    """Store a new user; False when the name is taken."""
    statement = upsert(users).values(**row).on_conflict_do_nothing(index_elements=["username"])
    return tx.run(statement.returning(users.c.id)).first() is not None


def change(tx: Tx, user_id: UUID, values: dict[str, Any]) -> None:
    """Change columns of a user; deactivating ends the tokens at once, because they are looked up with it."""
    tx.run(update(users).where(users.c.id == user_id).values(**values))


def lock(tx: Tx, user_id: UUID) -> None:
    """Keep everybody else from changing this user, and from giving the user a case, until the end.

    Whoever merely names the user, in an event or at the end of a clock, is not kept waiting.
    """
    tx.run(select(users.c.id).where(users.c.id == user_id).with_for_update(key_share=True))


def lock_named(tx: Tx, usernames: Collection[str]) -> None:
    """The same of many, in one order, so that two who lock many do not wait for each other."""
    named = select(users.c.id).where(users.c.username.in_(usernames)).order_by(users.c.id)
    tx.run(named.with_for_update(key_share=True))


def below(tx: Tx, path: str, usernames: Collection[str] | None = None) -> Sequence[Row[Any]]:
    """Return everybody at and below a path by username, as administrators see them; of some usernames only."""
    query = (
        select(*VIEW)
        .select_from(WITH_ORG)
        .where(orgs.c.path.startswith(path, autoescape=True))
        .order_by(users.c.username)
    )
    return tx.all(query if usernames is None else query.where(users.c.username.in_(usernames)))


def note_wall(tx: Tx, user_id: UUID) -> None:
    """A wall keeps this user from a case: from now on lists look whether one does."""
    tx.run(update(users).where(users.c.id == user_id, ~users.c.walled).values(walled=True))


def raised(tx: Tx, user_id: UUID) -> tuple[datetime | None, UUID | None]:
    """Since when this user has a role or place that nobody else has confirmed, and who gave it; None where one has."""
    row = tx.run(select(users.c.raised_at, users.c.raised_by).where(users.c.id == user_id)).one()
    return row.raised_at, row.raised_by


def another_administrator(tx: Tx, person: Person) -> bool:
    """Whether another active administrator manages the users of this one's organisation: one from there or above it.

    Nobody of them can stop being one before this transaction ends.
    """
    others = select(*PERSON).select_from(WITH_ORG).where(users.c.role == "administrator").order_by(users.c.id)
    return any(
        row.active and row.id != person.id and person.org_path.startswith(row.org_path)
        for row in tx.all(others.with_for_update(of=users))
    )


def open_cases(tx: Tx, user_id: UUID) -> int:
    """How many cases that are not closed are in the hands of this user, as owner or assignee."""
    mine = (cases.c.owner_id == user_id) | (cases.c.assignee_id == user_id)
    return int(tx.run(select(func.count()).where(mine, cases.c.phase != "closed")).scalar_one())


_USE_FOR: Final = timedelta(minutes=1)


def bind_session(tx: Tx, token: str, idle_until: datetime) -> None:
    """Make a token that of a session: it ends before its time where nobody uses it."""
    tx.run(update(tokens).where(tokens.c.digest == digest_of(token)).values(idle_until=idle_until))


def use_session(tx: Tx, token: str, idle: timedelta) -> None:
    """Put off the idle end of a session, noted again only after a minute."""
    noted = tokens.c.idle_until < tx.now + idle - _USE_FOR
    tx.run(update(tokens).where(tokens.c.digest == digest_of(token), noted).values(idle_until=tx.now + idle))


def end_token(tx: Tx, token: str) -> None:
    """This token is gone."""
    tx.run(tokens.delete().where(tokens.c.digest == digest_of(token)))


def end_tokens(tx: Tx, user_id: UUID) -> None:
    """All tokens of a user are gone, and the address of the deadlines, which opens without one."""
    tx.run(tokens.delete().where(tokens.c.user_id == user_id))
    tx.run(calendar_feeds.delete().where(calendar_feeds.c.user_id == user_id))


def purge(tx: Tx) -> None:
    """Forget the tokens that have ended."""
    tx.run(tokens.delete().where((tokens.c.expires_at <= tx.now) | (tokens.c.idle_until <= tx.now)))


VIEW = (
    *PERSON,
    orgs.c.code.label("org"),
    users.c.email,
    users.c.digest,
    users.c.language,
    users.c.password_is_first,
    users.c.raised_at,
    users.c.created_at,
)


def view(tx: Tx, user_id: UUID) -> Row[Any] | None:
    """One user as administrators see it."""
    return tx.one(select(*VIEW).select_from(WITH_ORG).where(users.c.id == user_id))


def page(
    tx: Tx,
    org_prefix: str,
    limit: int,
    after: str | None,
    filters: dict[str, Any],
    *,
    words: str = "",
    waiting: bool = False,
) -> list[Row[Any]]:
    """Users below an organisation by username, at most `limit`, after the given name.

    With `words` in their name or user name, and `waiting` for those whose role or place is still to be confirmed.
    """
    query = (
        select(*VIEW)
        .select_from(WITH_ORG)
        .where(orgs.c.path.startswith(org_prefix, autoescape=True))
        .order_by(users.c.username)
        .limit(limit)
    )
    if after is not None:
        query = query.where(users.c.username > after)
    for name, value in filters.items():
        query = query.where(users.c[name] == value)
    if words:
        named = (users.c.name, words), (users.c.username, words.lower())
        query = query.where(or_(*(column.contains(said, autoescape=True) for column, said in named)))
    if waiting:
        query = query.where(users.c.raised_at.is_not(None))
    return list(tx.all(query))


def helpers_near(tx: Tx, org_path: str, limit: int = 20) -> list[Person]:
    """Active lawyers and volunteers of the same branch of the tree, nearest first."""
    return _near(tx, org_path, ("lawyer", "volunteer"), limit, below=True)


def staff_above(tx: Tx, org_path: str, roles: tuple[str, ...], limit: int = 200) -> list[Person]:
    """Active people of these roles in the organisation and those above it, nearest first."""
    return _near(tx, org_path, roles, limit, below=False)


def _near(tx: Tx, org_path: str, roles: tuple[str, ...], limit: int, *, below: bool) -> list[Person]:
    codes = org_path.rstrip("/").split("/")
    above = ["/".join(codes[: n + 1]) + "/" for n in range(len(codes))]
    branch: ColumnElement[bool] = orgs.c.path.in_(above)
    if below:
        branch |= orgs.c.path.startswith(org_path, autoescape=True)
    rows = tx.all(
        select(*PERSON)
        .select_from(WITH_ORG)
        .where(users.c.active, users.c.role.in_(roles), branch)
        .order_by(orgs.c.path.desc(), users.c.username)
        .limit(limit)
    )
    return [person_of(row) for row in rows]
