"""The other cases of a person, judged by the workflow: what staff are told, and whether a request is there already."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from casework.records import twins as records
from casework.records.twins import KINDS, Other
from casework.records.vault import blind_index
from casework.rules.case import Case
from casework.rules.duplicates import Twin, same_person
from casework.rules.grammar import Workflow
from casework.rules.identifiers import BadIdentifier, check_identity_number, check_phone
from casework.rules.move import Move
from casework.rules.people import Person
from casework.work import workflow_registry
from casework.work.blind_indexes import blind_indexes_of
from casework.work.service import Transaction


def of_case(case: Case, others: Iterable[Other], person: Person | None) -> list[Twin]:
    """Return the open ones among other cases with the same numbers, the same requests first.

    `person` is the staff who asks, and is told of what lies at or below the own organisation only: whoever types a
    number does not learn that its owner asks for help elsewhere. None: nobody is told.
    """
    workflow = workflow_registry.pinned(case)
    found = [_twin(workflow, case, one, person) for one in others if one.open]
    found = [twin for twin in found if twin.seen or person is None]
    return sorted(found, key=lambda twin: (not twin.same_request, twin.opened_at, twin.id))


def as_typed(tx: Transaction, workflow: Workflow, applicant: Mapping[str, Any]) -> list[Twin]:
    """Return the open cases of the person whose numbers are being typed that the caller may see.

    By the identity number, or by name and telephone together; a number that is not right yet finds nobody.
    """
    name = str(applicant.get("name", ""))
    known: dict[str, str] = {}
    with suppress(BadIdentifier):
        known["identity_number"] = check_identity_number(str(applicant.get("identity_number", "")), tx.today).number
    with suppress(BadIdentifier):
        known["phone"] = check_phone(str(applicant.get("phone", ""))).number
    digests = {kind: blind_index(tx.index_key, kind, number) for kind, number in known.items()}
    found = records.look_up(tx.db, workflow.key, name, digests)
    person = {**known, "name": name}
    return [
        Twin(
            one.id,
            one.number,
            one.state,
            one.opened_at,
            one.org,
            one.by,
            seen=True,
            same_person=True,
            same_request=False,
        )
        for one in found
        if one.open and one.seen_by(tx.person) and same_person(one.by, person, one.facts["applicant"])
    ]


def digests_of(tx: Transaction, move: Move) -> dict[str, bytes]:
    """The digests, by kind, of the numbers by which a case that is about to be opened may be another's twin."""
    return {kind: digest for kind, digest in blind_indexes_of(move, tx.index_key).items() if digest and kind in KINDS}


def _twin(workflow: Workflow, case: Case, one: Other, person: Person | None) -> Twin:
    same = same_person(one.by, case.facts["applicant"], one.facts["applicant"])
    return Twin(
        one.id,
        one.number,
        one.state,
        one.opened_at,
        one.org,
        one.by,
        person is not None and one.seen_by(person),
        same_person=same,
        same_request=same and workflow.asks_the_same(case.facts, one.facts),
    )
