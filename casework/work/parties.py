"""Further parties of a case: added, removed, listed, and compared at once with whoever has the case in hand."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from casework.records import cases, ids
from casework.records.rows import StoredCase
from casework.rules import parties as rules
from casework.rules.people import CLOCK
from casework.rules.text import Text
from casework.work import conflicts, matching, walls, workflow_registry
from casework.work.cases import locked
from casework.work.commit import commit
from casework.work.forms import NewParty, RemoveParty
from casework.work.preconditions import ensure, ensure_fresh, ensure_taken_on, moved
from casework.work.service import Transaction

_IS_CLOSE: Final = Text(
    "本案新增的相关人员与承办人存在利益冲突（系统比对）",
    "A party that was added to this case is in conflict with its helper (found by the check)",
)


def of_case(tx: Transaction, case_id: UUID) -> Sequence[Mapping[str, Any]]:
    """Return the further parties of a case, in the order in which they came.

    For whoever sees the facts of the case; raises `NotFound`, and `NotYours` for a helper before it was taken on.
    """
    record = cases.get(tx.db, case_id, tx.person)
    ensure_taken_on(tx, record.case)
    return rules.further_parties(record.case.facts)


def add(tx: Transaction, case_id: UUID, given: Any) -> tuple[StoredCase, Mapping[str, Any]]:
    """Return the case after a party was added, and the party; raises the refusal that says why not.

    The party is compared at once with the helper of the case and with its owner. Who is taken to be in conflict is kept
    from the case by a wall; what is alike only is on its record.
    """
    record = _opened(tx, case_id)
    said = NewParty.plain(NewParty.check(given, today=tx.today))
    party = {"id": str(ids.new_id()), "organisation": False, **said}
    move = moved(rules.add_party(record.case, party, tx.acting, tx.now))
    record = commit(tx, record, move, workflow_registry.pinned(record.case), tx.office(record))
    return _compared(tx, record, party), party


def remove(tx: Transaction, case_id: UUID, party_id: UUID, given: Any) -> tuple[StoredCase, Mapping[str, Any]]:
    """Return the case after a party was removed, with a reason, and the party; raises the refusal that says why not."""
    record = _opened(tx, case_id)
    reason = RemoveParty.check(given, today=tx.today)["reason"]
    move = moved(rules.remove_party(record.case, party_id, reason, tx.acting, tx.now))
    party = next(one for one in rules.further_parties(record.case.facts) if one["id"] == str(party_id))
    return commit(tx, record, move, workflow_registry.pinned(record.case), tx.office(record)), party


def _opened(tx: Transaction, case_id: UUID) -> StoredCase:
    record = locked(tx, case_id)
    ensure_taken_on(tx, record.case)
    ensure(rules.may_change_parties(record.case, tx.acting))
    ensure_fresh(tx, record)
    return record


def _compared(tx: Transaction, record: StoredCase, party: Mapping[str, Any]) -> StoredCase:
    """The case after the party was compared: with all that is known of its helper, and with the name of its owner."""
    owner, helper = record.case.owner, record.case.assignee
    if owner is not None:
        found = matching.conflicts_of_name(owner, party)
        record = conflicts.note(tx, record, "party", owner, found, CLOCK)
    if helper is None:
        return record
    found = matching.conflicts_of(tx, record, helper, party)
    record = conflicts.note(tx, record, "party", helper, found, CLOCK)
    if found and found[0].sure and helper.id not in record.case.walled_off:
        record = walls.raised(tx, record, helper, _IS_CLOSE.in_(tx.language), CLOCK)
    return record
