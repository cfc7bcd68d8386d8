"""Offers of cases to helpers, as they are stored; whoever changes one has locked its case."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, false, select, text

from casework.records.cases import locked_record, locking
from casework.records.database import Tx
from casework.records.rows import StoredCase
from casework.records.tables import cases, offers, orgs, users
from casework.records.visibility import no_wall, visible
from casework.rules.offers import TURNED_DOWN
from casework.rules.people import HELPERS, Person

_maker = users.alias("maker")
_LOCKED: Final = locking("c.id = %(id)s")
_VIEW: Final = select(
    *offers.columns,
    (offers.c.state != "open").label("ended"),
    users.c.username,
    users.c.name,
    _maker.c.username.label("maker_username"),
    _maker.c.name.label("maker_name"),
    cases.c.number,
    cases.c.workflow,
    cases.c.workflow_version,
    cases.c.facts,
    cases.c.urgent,
    cases.c.due_on,
    cases.c.walled_off,
    orgs.c.code.label("org"),
    orgs.c.region,
    orgs.c.name.label("org_name"),
    orgs.c.phone,
).select_from(
    offers.join(cases, cases.c.id == offers.c.case_id)
    .join(orgs, orgs.c.id == cases.c.org_id)
    .join(users, users.c.id == offers.c.user_id)
    .join(_maker, _maker.c.id == offers.c.made_by)
)


def add(tx: Tx, row: dict[str, Any]) -> None:
    """Store a new offer."""
    tx.run(offers.insert().values(**row))


def end(tx: Tx, offer_id: UUID, state: str, seq: int, *, by_link: bool) -> None:
    """The open offer has ended by this event of its case."""
    tx.run(
        offers.update()
        .where(offers.c.id == offer_id, offers.c.state == "open")
        .values(state=state, ended_at=tx.now, ended_seq=seq, by_link=by_link)
    )


def withdraw_open(tx: Tx, case_id: UUID, seq: int) -> None:
    """The open offer of a case, if there is one, is withdrawn by an event that took the case from where it waits."""
    tx.run(
        "update offers set state = 'withdrawn', ended_at = :now, ended_seq = :seq"
        " where case_id = :case and state = 'open'",
        case=case_id,
        seq=seq,
        now=tx.now,
    )


def by_id(tx: Tx, offer_id: UUID) -> Row[Any] | None:
    """Return the offer of this id with what is shown of its case, whoever asks."""
    return tx.one(_VIEW.where(offers.c.id == offer_id))


def lock_case(tx: Tx, case_id: UUID) -> StoredCase:
    """Return the case of an offer and keep others from it until the end; for those who hold the offer, and for time."""
    [row] = tx.ask(_LOCKED, {"id": case_id})
    return locked_record(tx, row)


def of_case(tx: Tx, case_id: UUID) -> Sequence[Row[Any]]:
    """Return the offers of a case, the newest first."""
    return tx.all(_VIEW.where(offers.c.case_id == case_id).order_by(offers.c.made_at.desc(), offers.c.id))


def page(
    tx: Tx,
    person: Person,
    limit: int,
    after: tuple[bool, datetime, UUID] | None,
    *,
    state: str | None = None,
    number: str | None = None,
) -> Sequence[Row[Any]]:
    """Return a helper's own offers, or those of the cases that somebody sees: open ones first, the newest first."""
    ended = offers.c.state != "open"
    query = _VIEW.where(_theirs(person)).order_by(ended, offers.c.made_at.desc(), offers.c.id).limit(limit)
    if state is not None:
        query = query.where(offers.c.state == state)
    if number is not None:
        query = query.where(cases.c.number == number)
    if after is not None:
        was_ended, at, offer_id = after
        older = (offers.c.made_at < at) | ((offers.c.made_at == at) & (offers.c.id > offer_id))
        query = query.where(((ended == was_ended) & older) | (false() if was_ended else ended))
    return tx.all(query)


def _theirs(person: Person) -> ColumnElement[bool]:
    return and_(offers.c.user_id == person.id, no_wall(person.id)) if person.role in HELPERS else visible(person)


def count_open(tx: Tx, user_id: UUID) -> int:
    """Return how many offers wait for an answer of this helper."""
    return int(
        tx.run("select count(*) from offers where user_id = :user and state = 'open'", user=user_id).scalar_one()
    )


def left_by(tx: Tx, case_ids: Collection[UUID], states: Collection[str]) -> dict[UUID, set[UUID]]:
    """Return for each of these cases the users who have left an offer of it in one of these states."""
    rows = tx.all(
        "select case_id, user_id from offers where case_id = any(:cases) and state = any(:states)",
        cases=list(case_ids),
        states=list(states),
    )
    found: dict[UUID, set[UUID]] = {}
    for row in rows:
        found.setdefault(row.case_id, set()).add(row.user_id)
    return found


def has_open(tx: Tx, case_id: UUID) -> Row[Any] | None:
    """Return the open offer of a case; None where there is none."""
    return tx.one(_VIEW.where(offers.c.case_id == case_id, offers.c.state == "open"))


def nobody_left(tx: Tx, limit: int) -> list[UUID]:
    """Return the cases whose last offer was turned down and that nobody else could be asked about, as they are served.

    The most urgent first, among these those that the law puts first, then what is due first.
    """
    newer = offers.alias("newer")
    last_was_turned_down = exists().where(
        offers.c.case_id == cases.c.id,
        offers.c.state.in_(TURNED_DOWN),
        ~exists().where(newer.c.case_id == offers.c.case_id, newer.c.made_seq > offers.c.made_seq),
    )
    query = (
        select(cases.c.id)
        .where(cases.c.closed_at.is_(None), cases.c.assignee_id.is_(None), last_was_turned_down)
        .order_by(cases.c.urgent.desc(), cases.c.first_in_line.desc(), cases.c.due_key, cases.c.id)
        .limit(limit)
    )
    return list(tx.run(query).scalars())


def last_of(tx: Tx, case_id: UUID) -> Row[Any] | None:
    """Return the last offer of a case; None where there was none."""
    return tx.one(_VIEW.where(offers.c.case_id == case_id).order_by(offers.c.made_seq.desc()).limit(1))


def unanswered(tx: Tx, limit: int) -> list[UUID]:
    """Return offers whose time to answer is over, the longest first."""
    over = text("state = 'open' and coalesce(retry_at, answer_by) <= :now").bindparams(now=tx.now)
    order = text("coalesce(retry_at, answer_by), id")
    return list(tx.run(select(offers.c.id).where(over).order_by(order).limit(limit)).scalars())


def put_off(tx: Tx, offer_id: UUID, wait: timedelta) -> None:
    """Time tries this offer again after a while."""
    tx.run("update offers set retry_at = :at where id = :id and state = 'open'", id=offer_id, at=tx.now + wait)
