"""Public notices: the facts that cases publish while they stand in a state that does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from casework.records.database import Tx

# A notice ends with its last day whether or not anything has moved the case on by then; while that day is provisional
# it stands. The last day is that of the clock that takes the case on, which follows the calendar, and where no clock
# does, the one that was announced. The order is that of the time
# since when a case stands there; what tells apart two of the same time gives away nothing of them. The states are
# named twice, because by the second name the index of open cases finds them.
_PAGE = """
with shown as (
  select c.workflow, md5(c.id::text) as mark, o.code as org, o.name as org_name, o.phone, o.address,
         c.facts -> p.fact || jsonb_strip_nulls(
           jsonb_build_object('until', k.due_on::text, 'provisional', k.provisional)) as notice,
         (select max(e.at) from events e where e.case_id = c.id and e.payload ->> 'state' = c.state
            and e.payload ->> 'from' is distinct from c.state) as since
  from unnest(cast(:workflows as text[]), cast(:versions as int[]), cast(:states as text[]), cast(:facts as text[]),
         cast(:clocks as text[])) as p(workflow, version, state, fact, clock)
  join cases c on (c.workflow, c.workflow_version, c.state) = (p.workflow, p.version, p.state)
  join orgs o on o.id = c.org_id
  left join lateral (select k.due_on, k.provisional from clocks k
    where k.case_id = c.id and k.ended_at is null and k.name = p.clock) k on true
  where c.state = any(:states) and c.closed_at is null and starts_with(o.path, :below)
    and coalesce(
      k.provisional or k.due_on >= cast(:today as date),
      cast(c.facts -> p.fact ->> 'until' as date) >= cast(:today as date)))
select *, md5(mark || extract(epoch from since)::text)::uuid as id from shown
where cast(:before as timestamptz) is null or (since, mark) < (:before, :mark)
order by since desc, mark desc limit :limit
"""


@dataclass(frozen=True, slots=True)
class Publishing:
    """A state in which cases of a version of a workflow publish a fact, until this clock takes them on, if one does."""

    workflow: str
    version: int
    state: str
    fact: str
    clock: str | None


def page(
    tx: Tx, places: Sequence[Publishing], below: str, today: date, limit: int, after: tuple[datetime, str] | None
) -> Sequence[Row[Any]]:
    """Notices at and below a path, newest first, at most `limit`, after a key.

    `id` (of this notice, from which the case cannot be told), `workflow, notice, since, mark`, and of the organisation
    `org, org_name, phone, address`.
    """
    before, mark = after or (None, "")
    return tx.all(
        _PAGE,
        workflows=[one.workflow for one in places],
        versions=[one.version for one in places],
        states=[one.state for one in places],
        facts=[one.fact for one in places],
        clocks=[one.clock for one in places],
        below=below,
        today=today.isoformat(),
        before=before,
        mark=mark,
        limit=limit,
    )
