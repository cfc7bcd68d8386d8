"""Helpers as a match sees them: who is within reach of a case, what they have in hand, whom they have helped."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import insert

from casework.records.database import Tx
from casework.records.people import WITH_ORG
from casework.records.tables import cases, offers, orgs, profiles, users
from casework.records.visibility import below, visible
from casework.rules.people import HELPERS, Person, Role

_MOST_PAST: Final = 20_000
"""So many past cases of all helpers together are looked at, the latest ones."""


def city_of(path: str) -> str:
    """Return the city in which an organisation lies, or itself above one: of it `within_reach` finds the same."""
    return "/".join(path.split("/")[:2]).rstrip("/") + "/"


def keep_profile(tx: Tx, user_id: UUID, sealed: bytes) -> None:
    """Store what is known of a helper, in the place of what was known before."""
    row = insert(profiles).values(user_id=user_id, sealed=sealed, at=tx.now)
    fresh = {name: row.excluded[name] for name in ("sealed", "at")}
    tx.run(row.on_conflict_do_update(index_elements=["user_id"], set_=fresh))


def profile(tx: Tx, user_id: UUID) -> bytes | None:
    """Return what is known of a helper, sealed; None where nothing is."""
    row = tx.one(select(profiles.c.sealed).where(profiles.c.user_id == user_id))
    return row.sealed if row else None


def profiles_below(tx: Tx, path: str, usernames: Collection[str] | None = None) -> Sequence[Row[Any]]:
    """Return the active helpers at and below a path by username, each with the sealed profile or None.

    With `usernames` those of them only. A row has `id, username, sealed`.
    """
    query = (
        select(users.c.id, users.c.username, profiles.c.sealed)
        .select_from(WITH_ORG.outerjoin(profiles, profiles.c.user_id == users.c.id))
        .where(users.c.active, users.c.role.in_(HELPERS), orgs.c.path.startswith(path, autoescape=True))
        .order_by(users.c.username)
    )
    return tx.all(query if usernames is None else query.where(users.c.username.in_(usernames)))


def within_reach(tx: Tx, path: str, handed: Collection[str], week: datetime, lately: datetime) -> Sequence[Row[Any]]:
    """Return the active helpers of the city of an organisation and of those above it, by username.

    `handed` are the transitions by which a case is given to a helper. A row has the columns of a person, `region`, the
    `sealed` profile or None, how many cases are `open`, were given since `week` began, and since `lately`, and how many
    offers wait for an answer (`asked`).
    """
    city = city_of(path)
    return tx.all(
        """
        select u.id, u.username, u.name, u.role, u.active, o.path as org_path, o.region, p.sealed,
          coalesce(mine.open, 0) as open, coalesce(mine.week, 0) as week, coalesce(mine.lately, 0) as lately,
          (select count(*) from offers f where f.user_id = u.id and f.state = 'open') as asked
        from users u
        join orgs o on o.id = u.org_id
        left join profiles p on p.user_id = u.id
        left join lateral (
          select count(*) filter (where closed_at is null) as open, count(*) filter (where given_at >= :week) as week,
            count(*) filter (where given_at >= :lately) as lately
          from (
            select c.closed_at, (select max(cast(t.value ->> 'at' as timestamptz)) from jsonb_each(c.taken) t
                                 where t.key = any(cast(:handed as text[]))) as given_at
            from cases c where c.assignee_id = u.id) as given) as mine on true
        where u.active and u.role = any(:helpers)
          and (starts_with(o.path, :city) or starts_with(:path, o.path))
        order by u.username
        """,
        path=path, city=city, handed=list(handed), week=week, lately=lately, helpers=[role.value for role in HELPERS],
    )  # fmt: skip


def past_cases(tx: Tx, helpers: Collection[UUID], paths: Collection[str], but: Collection[UUID]) -> Sequence[Row[Any]]:
    """Return the cases that these helpers have or had until their end, the latest first, but for some.

    A row has `assignee_id, number, org_path, walled_off, applicant_id, applicant_name` and `named`: what stands at each
    of the `paths` of the facts.
    """
    return tx.all(
        """
        select c.assignee_id, c.number, o.path as org_path, c.walled_off, c.applicant_id, c.applicant_name,
          (select jsonb_object_agg(path, c.facts #> string_to_array(path, '.'))
           from unnest(cast(:paths as text[])) as path
           where c.facts #> string_to_array(path, '.') is not null) as named
        from cases c join orgs o on o.id = c.org_id
        where c.assignee_id = any(cast(:helpers as uuid[])) and not c.id = any(cast(:but as uuid[]))
        order by c.opened_at desc limit :most
        """,
        helpers=list(helpers), paths=list(paths), but=list(but), most=_MOST_PAST,
    )  # fmt: skip


def open_cases_of(tx: Tx, user_id: UUID) -> list[UUID]:
    """Return the open cases that a helper works on, by id."""
    query = select(cases.c.id).where(cases.c.assignee_id == user_id, cases.c.closed_at.is_(None)).order_by(cases.c.id)
    return list(tx.run(query).scalars())


def _may_give_away(person: Person) -> ColumnElement[bool]:
    """A colleague's case is given away by the colleague or a supervisor."""
    if person.role is Role.CASEWORKER:
        return or_(cases.c.owner_id.is_(None), cases.c.owner_id == person.id)
    return true()


def waiting(tx: Tx, person: Person, path: str, states: Collection[tuple[str, str]], most: int) -> list[UUID]:
    """Return the cases in these states (workflow, state) at an organisation and below that this person may give away.

    Those that somebody helps with, or is asked to, are left out.

    At most `most` of those that this person sees: the most urgent first, among these those that the law puts first,
    then what is due first.
    """
    query = (
        select(cases.c.id)
        .where(
            visible(person),
            cases.c.org_id.in_(below(path)),
            tuple_(cases.c.workflow, cases.c.state).in_(list(states)),
            cases.c.assignee_id.is_(None),
            cases.c.closed_at.is_(None),
            ~exists().where(offers.c.case_id == cases.c.id, offers.c.state == "open"),
            _may_give_away(person),
        )
        .order_by(cases.c.urgent.desc(), cases.c.first_in_line.desc(), cases.c.due_key, cases.c.id)
        .limit(most)
    )
    return list(tx.run(query).scalars())
