"""Other cases of a workflow in which a person's numbers stand, as a search by blind indexes finds them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.records.database import Query, Tx
from casework.records.locks import keys_of
from casework.rules.case import Case
from casework.rules.people import Person

KINDS: Final = ("identity_number", "document", "phone")
"""The look-ups by which two cases may be one person's."""


class Other(msgspec.Struct, frozen=True):
    """Another case with the same numbers, `by` says which; one that is closed is not `open`."""

    id: UUID
    number: str
    state: str
    open: bool
    opened_at: datetime
    org: str
    org_path: str
    by: tuple[str, ...]
    facts: Mapping[str, Any]
    walled_off: tuple[UUID, ...] | None = None

    def seen_by(self, person: Person) -> bool:
        """Whether staff see it: it lies at or below the own organisation, and no wall keeps it from them."""
        return self.org_path.startswith(person.org_path) and person.id not in (self.walled_off or ())


_DECODER: Final = msgspec.json.Decoder(list[Other])
# The function and `keep_numbers` stand in the first migration: what others have stored while a lock was waited for is
# seen by a function only that looks anew after it.
OF_CASE: Final = f"""(select casework.same_numbers(c.workflow, c.id, c.applicant_name, array_agg(l.kind),
    array_agg(l.digest)) from casework.blind_indexes l
    where l.case_id = c.id and l.kind in ({", ".join(f"'{kind}'" for kind in KINDS)}))"""
_FIND: Final = Query(f"select {OF_CASE} from casework.cases c where c.id = %(id)s", lambda others: others)
_LOOK_UP: Final = Query(
    "select casework.same_numbers(%(workflow)s, %(none)s, %(name)s, %(kinds)s, %(digests)s::bytea[])",
    lambda others: others,
)
_KEEP: Final = Query(
    """select * from casework.keep_numbers(%(workflow)s, %(id)s, %(name)s, %(kinds)s, %(digests)s::bytea[],
         %(keys)s::bigint[])""",
    lambda revision, others: (revision, others),
)


def keep(tx: Tx, case: Case, digests: Mapping[str, bytes]) -> list[Other]:
    """Keep the rules and these numbers until the end of the transaction, and return the other cases with the numbers.

    Nothing is loaded meanwhile, and nobody else opens a case in which one of the numbers stands; `digests` are those of
    a case that is not stored yet, by kind.
    """
    values = {
        "workflow": case.workflow,
        "id": case.id,
        "name": case.facts["applicant"]["name"],
        "kinds": list(digests),
        "digests": list(digests.values()),
        "keys": keys_of("twins", digests.values()),
    }
    [(tx.revision, others)] = tx.ask(_KEEP, values)
    return others_of(others)


def find(tx: Tx, case: Case) -> list[Other]:
    """Return the other cases with the numbers of a stored case, open ones and the likeliest first."""
    return [one for others in tx.ask(_FIND, {"id": case.id}) for one in others_of(others)]


def look_up(tx: Tx, workflow: str, name: str, digests: Mapping[str, bytes]) -> list[Other]:
    """Return the cases with these numbers, of somebody for whom no case is stored."""
    numbers = {"kinds": list(digests), "digests": list(digests.values())}
    values = {"workflow": workflow, "none": UUID(int=0), "name": name, **numbers}
    return [one for others in tx.ask(_LOOK_UP, values) for one in others_of(others)] if digests else []


def others_of(written: str | None) -> list[Other]:
    """Return the cases of the JSON that `same_numbers` gives."""
    return _DECODER.decode(written) if written else []
