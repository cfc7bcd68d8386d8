"""What a helper newly declares is compared with the cases that the helper works on."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from casework.records import matching as records
from casework.records import offers, people
from casework.rules.people import CLOCK, Person
from casework.rules.text import Text
from casework.work import conflicts, matching, profiles, walls
from casework.work.recalculation import caught_up
from casework.work.service import Transaction

_DECLARED: Final = Text(
    "执业档案新增的关系人与本案当事人一致（系统比对）",
    "Somebody who was newly declared in the profile is a party of this case (found by the check)",
)


def change(tx: Transaction, user_id: UUID, given: Any) -> dict[str, Any]:
    """Return a profile as changed, with what follows from it; raises what `profiles.change` does."""
    before = profiles.relations_of(tx, user_id)
    said = profiles.change(tx, user_id, given)
    person = people.by_id(tx.db, user_id)
    assert person is not None
    look_again(tx, person, before)
    return said


def change_of(tx: Transaction, person: Person, said: Mapping[str, Any]) -> None:
    """The same of what was checked already."""
    before = profiles.relations_of(tx, person.id)
    profiles.change_of(tx, person, said)
    look_again(tx, person, before)


def look_again(tx: Transaction, person: Person, before: list[Any]) -> None:
    """Compare the relations that were not declared `before` with the parties of all open cases of the helper.

    What is found is on the record of the case. Who is a party keeps the helper from it: a wall rises by itself, and the
    supervisors are told.
    """
    fresh = [one for one in profiles.relations_of(tx, person.id) if one not in before]
    for case_id in records.open_cases_of(tx.db, person.id) if fresh else ():
        record = caught_up(tx, offers.lock_case(tx.db, case_id))
        if record.case.assignee is None or record.case.assignee.id != person.id or record.case.closed_at:
            continue
        found = matching.conflicts_with(record, person, fresh)
        record = conflicts.note(tx, record, "profile", person, found, CLOCK)
        if found and found[0].sure and person.id not in record.case.walled_off:
            walls.raised(tx, record, person, _DECLARED.in_(tx.language), CLOCK)
