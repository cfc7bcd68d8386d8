"""What belongs to a case and is only ever added to: events, notes, letters, disclosures."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, insert, or_, select, tuple_

from casework.records.database import Tx
from casework.records.tables import cases, disclosures, events, letters, notes, orgs, users, vault
from casework.records.visibility import visible
from casework.rules.messages import KINDS
from casework.rules.people import Person


def event_page(tx: Tx, case_id: UUID, limit: int, after: int | None) -> Sequence[Row[Any]]:
    """Events in their order, at most `limit`, after a sequence number."""
    query = (
        select(events, users.c.username, users.c.name.label("actor_name"))
        .select_from(events.outerjoin(users, events.c.actor_id == users.c.id))
        .where(events.c.case_id == case_id)
        .order_by(events.c.seq)
        .limit(limit)
    )
    return tx.all(query.where(events.c.seq > after) if after is not None else query)


def message_page(tx: Tx, case_id: UUID, limit: int | None = None, after: int | None = None) -> Sequence[Row[Any]]:
    """The events that are messages with what is `sealed` of each, oldest first; all of them without a limit."""
    query = (
        select(events, users.c.username, users.c.name.label("actor_name"), vault.c.sealed)
        .select_from(
            events.join(
                vault,
                and_(vault.c.case_id == events.c.case_id, vault.c.part == func.concat("events.", events.c.seq)),
            ).outerjoin(users, events.c.actor_id == users.c.id)
        )
        .where(events.c.case_id == case_id, events.c.kind.in_(KINDS))
        .order_by(events.c.seq)
        .limit(limit)
    )
    return tx.all(query.where(events.c.seq > after) if after is not None else query)


def events_of(tx: Tx, case_id: UUID, kind: str) -> Sequence[Row[Any]]:
    """The events of this kind of a case, oldest first."""
    return tx.all(select(events).where(events.c.case_id == case_id, events.c.kind == kind).order_by(events.c.seq))


def count_events(tx: Tx, case_id: UUID, kind: str, since: datetime) -> int:
    """How many events of this kind the case has since then."""
    query = select(func.count()).where(events.c.case_id == case_id, events.c.kind == kind, events.c.at >= since)
    return int(tx.run(query).scalar_one())


def identity_was_checked(tx: Tx, case_id: UUID, ways: Sequence[str]) -> bool:
    """Whether staff have given out a tracking code after checking the applicant's identity in one of these ways."""
    way = events.c.payload["given"]["identity_checked"].astext
    query = select(events.c.seq).where(events.c.case_id == case_id, events.c.kind == "code_issued", way.in_(ways))
    return tx.one(query.limit(1)) is not None


def standings(tx: Tx, case_id: UUID) -> Sequence[Row[Any]]:
    """Whose the case was after each event, in their order: `at, owner, assignee`, ids as text or null."""
    whose = (events.c.payload["owner"].astext.label("owner"), events.c.payload["assignee"].astext.label("assignee"))
    return tx.all(select(events.c.at, *whose).where(events.c.case_id == case_id).order_by(events.c.seq))


def own_steps(tx: Tx, case_id: UUID) -> Sequence[Row[Any]]:
    """The events of the transitions that the applicant took, or staff for the applicant, in their order."""
    own = or_(events.c.actor_role == "applicant", events.c.payload["on_behalf_of"].astext == "applicant")
    query = select(events).where(events.c.case_id == case_id, events.c.kind == "transition", own)
    return tx.all(query.order_by(events.c.seq))


def steps_taken(tx: Tx, case_id: UUID, names: Sequence[str]) -> Sequence[Row[Any]]:
    """The events of these transitions in order, with `actor_name`, `office` and `kind_of_org` of who took them."""
    query = (
        select(events, users.c.name.label("actor_name"), orgs.c.name.label("office"), orgs.c.kind.label("kind_of_org"))
        .select_from(events.join(users, events.c.actor_id == users.c.id).join(orgs, orgs.c.id == users.c.org_id))
        .where(
            events.c.case_id == case_id,
            events.c.kind == "transition",
            events.c.payload["transition"].astext.in_(names),
        )
    )
    return tx.all(query.order_by(events.c.seq))


def add_note(tx: Tx, note_id: UUID, case_id: UUID, author_id: UUID, sealed: bytes) -> None:
    """Store a note."""
    tx.run(insert(notes).values(id=note_id, case_id=case_id, author_id=author_id, sealed=sealed, at=tx.now))


def note_page(tx: Tx, case_id: UUID, limit: int, after: tuple[datetime, UUID] | None) -> Sequence[Row[Any]]:
    """Notes with their authors, oldest first."""
    query = (
        select(notes, users.c.username, users.c.name.label("author_name"))
        .select_from(notes.join(users, notes.c.author_id == users.c.id))
        .where(notes.c.case_id == case_id)
        .order_by(notes.c.at, notes.c.id)
        .limit(limit)
    )
    return tx.all(query.where(tuple_(notes.c.at, notes.c.id) > after) if after else query)


def letter_page(
    tx: Tx, case_id: UUID, limit: int | None = None, after: tuple[datetime, UUID] | None = None
) -> Sequence[Row[Any]]:
    """Letters, oldest first; all of them without a limit."""
    query = select(letters).where(letters.c.case_id == case_id).order_by(letters.c.at, letters.c.id).limit(limit)
    return tx.all(query.where(tuple_(letters.c.at, letters.c.id) > after) if after else query)


def letters_of(tx: Tx, case_id: UUID) -> Sequence[Row[Any]]:
    """The letters of a case without what they say, oldest first: `id, name, number, at`."""
    columns = (letters.c.id, letters.c.name, letters.c.number, letters.c.at)
    return tx.all(select(*columns).where(letters.c.case_id == case_id).order_by(letters.c.at, letters.c.id))


def letter(tx: Tx, case_id: UUID, letter_id: UUID) -> Row[Any] | None:
    """One letter of the case, or None."""
    return tx.one(select(letters).where(letters.c.case_id == case_id, letters.c.id == letter_id))


def next_serial(tx: Tx, scope: str) -> int:
    """The next number of a series without gaps; the row stays locked until what it numbers is written."""
    return int(
        tx.run(
            "insert into counters (scope, value) values (:scope, 1)"
            " on conflict (scope) do update set value = counters.value + 1 returning value",
            scope=scope,
        ).scalar_one()
    )


def note_disclosure(tx: Tx, case_id: UUID, user_id: UUID, paths: list[str], reason: str) -> None:
    """Log that somebody asked to see sensitive values."""
    note_disclosures(tx, [case_id], user_id, paths, reason)


def note_disclosures(tx: Tx, case_ids: Iterable[UUID], user_id: UUID, paths: list[str], reason: str) -> None:
    """Log the same of several cases, with each of them."""
    tx.run(
        """insert into disclosures (case_id, user_id, paths, reason, at)
           select id, :user_id, :paths, :reason, :at from unnest(cast(:case_ids as uuid[])) as id""",
        case_ids=list(case_ids),
        user_id=user_id,
        paths=paths,
        reason=reason,
        at=tx.now,
    )


def disclosure_page(tx: Tx, case_id: UUID, limit: int, after: int | None) -> Sequence[Row[Any]]:
    """The log of who asked to see sensitive values, oldest first, at most `limit`, after an id."""
    query = (
        select(disclosures, users.c.username, users.c.name.label("user_name"))
        .select_from(disclosures.join(users, disclosures.c.user_id == users.c.id))
        .where(disclosures.c.case_id == case_id)
        .order_by(disclosures.c.id)
        .limit(limit)
    )
    return tx.all(query.where(disclosures.c.id > after) if after is not None else query)


def disclosures_seen(
    tx: Tx,
    person: Person,
    limit: int,
    before: int | None = None,
    *,
    username: str = "",
    case_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Sequence[Row[Any]]:
    """The log of the cases that this person sees with `number`, `workflow` and its version, the newest first.

    Of a user, of a case, from `since` and before `until`: each unless left out; at most `limit`, before an id.
    """
    wanted = [visible(person)]
    if before is not None:
        wanted.append(disclosures.c.id < before)
    if username:
        wanted.append(users.c.username == username)
    if case_id is not None:
        wanted.append(disclosures.c.case_id == case_id)
    if since is not None:
        wanted.append(disclosures.c.at >= since)
    if until is not None:
        wanted.append(disclosures.c.at < until)
    return tx.all(
        select(
            disclosures,
            users.c.username,
            users.c.name.label("user_name"),
            cases.c.number,
            cases.c.workflow,
            cases.c.workflow_version,
        )
        .select_from(
            disclosures.join(users, disclosures.c.user_id == users.c.id).join(
                cases, disclosures.c.case_id == cases.c.id
            )
        )
        .where(*wanted)
        .order_by(disclosures.c.id.desc())
        .limit(limit)
    )
