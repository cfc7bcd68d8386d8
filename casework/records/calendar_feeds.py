"""Who may read the own deadlines without signing in, and which these are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert

from casework.records.database import Tx
from casework.records.people import PERSON, WITH_ORG, digest_of
from casework.records.tables import calendar_feeds, users
from casework.rules.people import HELPERS, Person, Role

_MOST_TO_DECIDE = 200
_MOST = 1_000


def keep(tx: Tx, user_id: UUID, token: str) -> None:
    """From now on this token finds the deadlines of the user, and no earlier one does."""
    values = {"digest": digest_of(token), "at": tx.now}
    statement = insert(calendar_feeds).values(user_id=user_id, **values)
    tx.run(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))


def end(tx: Tx, user_id: UUID) -> None:
    """No token finds the deadlines of the user any more."""
    tx.run(delete(calendar_feeds).where(calendar_feeds.c.user_id == user_id))


def since(tx: Tx, user_id: UUID) -> datetime | None:
    """Since when the user has a feed; None where there is none."""
    found = tx.one(select(calendar_feeds.c.at).where(calendar_feeds.c.user_id == user_id))
    return found.at if found else None


def reader(tx: Tx, token: str) -> Row[Any] | None:
    """The active user whose deadlines this token finds, with `language`; None where there is none."""
    query = (
        select(*PERSON, users.c.language)
        .select_from(WITH_ORG.join(calendar_feeds, calendar_feeds.c.user_id == users.c.id))
        .where(calendar_feeds.c.digest == digest_of(token), users.c.active)
    )
    return tx.one(query)


def deadlines(tx: Tx, person: Person) -> Sequence[Row[Any]]:
    """The running clocks of the cases that somebody has in hand, and of those that wait for a supervisor's decision.

    What waits in the queue for whoever claims it is nobody's deadline yet. Soonest first.
    """
    helps = person.role in HELPERS
    return tx.all(
        """select c.id, c.number, c.workflow, c.workflow_version, c.updated_at, k.name, k.generation, k.due_on,
             k.provisional
           from (
             select id from casework.cases where not :helps and owner_id = :me and closed_at is null
             union select id from casework.cases where :helps and assignee_id = :me and closed_at is null
             union (select case_id from casework.queue_entries
               where :decides and org_code = :org and turn = 'supervisor' order by due_key, case_id limit :to_decide)
           ) as mine
           join casework.cases c on c.id = mine.id and (c.walled_off is null or :me <> all(c.walled_off))
             and (c.walled_off is null or cast(:me as uuid) <> all(c.walled_off))
           join casework.orgs o on o.id = c.org_id and (:helps or starts_with(o.path, :path))
           join casework.clocks k on k.case_id = c.id and k.status = 'running' and k.due_on is not null
           order by k.due_on, c.number, k.name limit :most""",
        helps=helps,
        decides=person.role is Role.SUPERVISOR,
        me=person.id,
        path=person.org_path,
        org=person.org_path.rstrip("/").rpartition("/")[2],
        to_decide=_MOST_TO_DECIDE,
        most=_MOST,
    )
