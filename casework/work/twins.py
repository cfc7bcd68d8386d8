"""The other cases of a person, judged by the workflow: what staff are told, and whether a request is there already."""

from collections.abc import Mapping
from typing import Any

from casework.records import twins
from casework.records.twins import KINDS
from casework.rules.casefile import CaseFile, Move
from casework.rules.duplicates import Twin, same_person
from casework.rules.grammar import Workflow
from casework.work import programmes
from casework.work.look_ups import look_ups_of
from casework.work.service import Transaction


def of_case(tx: Transaction, case: CaseFile) -> list[Twin]:
    """Other open cases of this kind with the same numbers; the same requests first."""
    return _judged(programmes.pinned(case), case, twins.find(tx.db, case, tx.acting.person))


def of_opening(tx: Transaction, workflow: Workflow, move: Move) -> list[Twin]:
    """The same for a case that is about to be opened; until the end nobody else opens one with these numbers."""
    digests = digests_of(tx, move)
    if not digests:
        return []
    twins.lock(tx.db, digests.values())
    return _judged(workflow, move.case, twins.find(tx.db, move.case, tx.acting.person, digests))


def digests_of(tx: Transaction, move: Move) -> dict[str, bytes]:
    """The digests, by kind, of the numbers by which a case that is about to be opened may be another's twin."""
    return {kind: digest for kind, digest in look_ups_of(move, tx.index_key).items() if digest and kind in KINDS}


def _judged(workflow: Workflow, case: CaseFile, rows: list[Any]) -> list[Twin]:
    found = [_twin(workflow, case.facts, row) for row in rows]
    return sorted(found, key=lambda twin: (not twin.same_request, twin.opened_at, twin.id))


def _twin(workflow: Workflow, facts: Mapping[str, Any], row: Any) -> Twin:
    person = same_person(row.by, facts["applicant"], row.facts["applicant"])
    return Twin(
        row.id,
        row.number,
        row.state,
        row.opened_at,
        row.org_code,
        row.by,
        row.seen,
        same_person=person,
        same_request=person and workflow.asks_the_same(facts, row.facts),
    )
