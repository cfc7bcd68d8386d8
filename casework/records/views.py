"""What somebody keeps of the lists of cases: filters under a name, and at which version a case was looked at."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from casework.records.database import Query, Tx
from casework.records.org_tree import OrgTree
from casework.records.tables import views
from casework.records.visibility import seen
from casework.rules.people import HELPERS, Person

_LOOKED: Final = Query(
    "select l.case_id::text, l.version from casework.looks l where l.user_id = %(user)s and l.case_id = any(%(ids)s)",
    lambda case_id, version: (case_id, version),
)
# A repetition writes nothing.
_LOOK: Final = Query(
    """insert into casework.looks (user_id, case_id, version, at) values (%(user)s, %(case)s, %(version)s, %(now)s)
       on conflict (user_id, case_id) do update set version = excluded.version, at = excluded.at
       where looks.version < excluded.version returning 1""",
    int,
)


# The last ones that one may still see; of a case that is being assigned a helper sees no name.
_LAST: Final = """select c.number, case when c.phase = 'assignment' and {helper} then c.number else c.applicant_name end
from (select * from casework.looks l where l.user_id = %(user)s order by l.at desc limit 50) as l
join casework.cases c on c.id = l.case_id{where} order by l.at desc limit {limit}"""


class Looked(NamedTuple):
    """A case that somebody has looked at."""

    number: str
    name: str


@lru_cache(100)
def _last(where: tuple[str, ...], helper: bool, limit: int) -> Query[Looked]:
    return Query(_LAST.format(helper=helper, where="".join(f" and {one}" for one in where), limit=limit), Looked)


def looked_at_last(tx: Tx, person: Person, tree: OrgTree, limit: int) -> list[Looked]:
    """Return the visible cases that somebody has looked at last, the latest first."""
    found = seen(person, tree)
    if found is None:
        return []
    query = _last(found.where, person.role in HELPERS, limit)
    return tx.ask(query, {**found.values, "user": person.id})


def keep(tx: Tx, user_id: UUID, name: str, query: Mapping[str, Any]) -> None:
    """Store the filters of a view, in the place of those of the same name."""
    row = insert(views).values(user_id=user_id, name=name, query=dict(query), at=tx.now)
    fresh = {"query": row.excluded.query, "at": row.excluded.at}
    tx.run(row.on_conflict_do_update(index_elements=["user_id", "name"], set_=fresh))


def of_user(tx: Tx, user_id: UUID) -> Sequence[Row[Any]]:
    """The views of somebody, by name: `name, query`."""
    return tx.all(select(views.c.name, views.c.query).where(views.c.user_id == user_id).order_by(views.c.name))


def count(tx: Tx, user_id: UUID, but: str) -> int:
    """How many views somebody has beside the one of this name."""
    found = select(func.count()).where(views.c.user_id == user_id, views.c.name != but)
    return int(tx.run(found).scalar_one())


def drop(tx: Tx, user_id: UUID, name: str) -> bool:
    """Forget a view; whether there was one."""
    return bool(tx.run(delete(views).where(views.c.user_id == user_id, views.c.name == name)).rowcount)


def look(tx: Tx, user_id: UUID, case_id: UUID, version: int) -> None:
    """Note that somebody has looked at a case as it stands at this version."""
    tx.ask(_LOOK, {"user": user_id, "case": case_id, "version": version, "now": tx.now})


def looked(tx: Tx, user_id: UUID, case_ids: Iterable[str]) -> dict[str, int]:
    """Return by the ids of these cases the version at which somebody looked last; none of who never did."""
    ids = [UUID(one) for one in case_ids]
    return dict(tx.ask(_LOOKED, {"user": user_id, "ids": ids})) if ids else {}
