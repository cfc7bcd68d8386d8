"""The walls of a case, as its events tell of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from casework.records.database import Tx
from casework.rules.walls import LIFTED, RAISED


def of_case(tx: Tx, case_id: UUID) -> Sequence[Row[Any]]:
    """Return every wall that was raised in a case, oldest first.

    A row has of whom it keeps out `user_id, username, name`, of each of its two events `raised_` and `lifted_` `at`,
    `seq`, `id, username, name` of the actor and what is `sealed`; of one that stands those of the second are None.
    """
    return tx.all(
        """
        with told as (
          select e.seq, e.at, e.kind, v.sealed, cast(e.payload -> 'given' ->> 'user' as uuid) as of,
            b.id, b.username, b.name,
            lead(e.seq) over (partition by e.payload -> 'given' ->> 'user' order by e.seq) as next
          from events e left join vault v on v.case_id = e.case_id and v.part = 'events.' || e.seq
          left join users b on b.id = e.actor_id
          where e.case_id = :case and e.kind in (:raised, :lifted))
        select u.id as user_id, u.username, u.name,
          r.seq as raised_seq, r.at as raised_at, r.sealed as raised_sealed, r.id as raised_id,
          r.username as raised_username, r.name as raised_name,
          l.seq as lifted_seq, l.at as lifted_at, l.sealed as lifted_sealed, l.id as lifted_id,
          l.username as lifted_username, l.name as lifted_name
        from told r join users u on u.id = r.of left join told l on l.seq = r.next
        where r.kind = :raised order by r.seq
        """,
        case=case_id,
        raised=RAISED,
        lifted=LIFTED,
    )
