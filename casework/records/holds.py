"""Holds: the identity numbers of which no two open cases of a workflow may share one (一户一档)."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, bindparam, text

from casework.records.database import Tx
from casework.rules.refusals import NotNow
from casework.rules.text import Text

_TAKE = text(
    """with gone as (
         delete from open_case_holds where case_id = :case_id and not (digest = any(:digests)))
       , taken as (
         insert into open_case_holds (workflow, digest, case_id)
         select :workflow, digest, :case_id from unnest(:digests) as x(digest) order by digest
         on conflict (workflow, digest) do nothing returning 1)
       select count(*) from taken"""
).bindparams(bindparam("digests", type_=ARRAY(LargeBinary)))
_OTHERS = text(
    """select c.number, o.name from open_case_holds h join cases c on c.id = h.case_id join orgs o on o.id = c.org_id
       where h.workflow = :workflow and h.digest = any(:digests) and h.case_id <> :case_id order by c.number limit 1"""
).bindparams(bindparam("digests", type_=ARRAY(LargeBinary)))


class HeldElsewhere(NotNow):
    """Another open case has one of these numbers; the text names it, which only staff may read."""


def keep(tx: Tx, workflow: str, case_id: UUID, digests: Collection[bytes], told: Text) -> None:
    """The case holds exactly these numbers from now on.

    Raises `HeldElsewhere` where another case has one: it is `told` with the `{number}` of that and its `{office}`.

    Of two who open at once the second waits here until the first has committed.
    """
    ordered = sorted(set(digests))
    tx.run(_TAKE, workflow=workflow, case_id=case_id, digests=ordered)
    other = tx.one(_OTHERS, workflow=workflow, case_id=case_id, digests=ordered) if ordered else None
    if other is not None:
        raise HeldElsewhere(told.with_(number=other.number, office=other.name))


def let_go(tx: Tx, case_id: UUID) -> None:
    """The case holds nothing from now on."""
    tx.run("delete from open_case_holds where case_id = :case_id", case_id=case_id)
