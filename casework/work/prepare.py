"""Everything that a decision needs besides the case, read before it is decided and only then."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from casework.forms.form import form_of
from casework.forms.texts import OneUser
from casework.records import funds, offices, twins
from casework.records.rows import StoredCase
from casework.rules.case import Facts
from casework.rules.context import DecisionContext, Destination
from casework.rules.decide import Admitted
from casework.rules.grammar import Transition, Workflow
from casework.rules.papers import nothing_asked_twice
from casework.rules.people import Person
from casework.work import workflow_registry
from casework.work.fund_draws import open_funds
from casework.work.households import numbers_of
from casework.work.papers import handed_in_before, papers_in_full
from casework.work.people import named
from casework.work.sealing import sealed_facts
from casework.work.service import Transaction


def for_move(tx: Transaction, record: StoredCase, admitted: Admitted, answers: Facts) -> tuple[Facts, DecisionContext]:
    """Return the answers with the users whom they name by their ids, and the office with all that the move needs."""
    workflow, edge = admitted.workflow, admitted.edge
    people = _named(tx, edge, answers)
    office = _office(tx, record, workflow, people.values(), claiming=edge.claims is not None)
    if nothing_asked_twice in edge.when:
        before = handed_in_before(tx, record.case, twins.find(tx.db, record.case))
        office = replace(office, papers_before=before, papers_here=papers_in_full(tx, record))
    if edge.transfers:
        office = replace(office, destination=_destination(tx, record, answers.get(edge.transfers)))
    return {**answers, **{name: person.id for name, person in people.items()}}, office


def for_offers(tx: Transaction, record: StoredCase) -> DecisionContext:
    """Return the office by which the transitions from where the case stands are judged."""
    return _office(tx, record, workflow_registry.pinned(record.case))


def _named(tx: Transaction, edge: Transition, answers: Facts) -> dict[str, Person]:
    """The users whom the answers name, by the field; whoever is not found is left out."""
    if edge.needs is None:
        return {}
    fields = [name for name, field in form_of(edge.needs).form_fields() if isinstance(field, OneUser)]
    return {name: person for name in fields if name in answers and (person := named(tx, answers[name]))}


def _office(
    tx: Transaction, record: StoredCase, workflow: Workflow, people: Iterable[Person] = (), *, claiming: bool = False
) -> DecisionContext:
    """What is in force for the case, with the money and the organisations above where its decisions need them.

    While somebody is `claiming` money for a household, nobody else does on another file.
    """
    office = tx.office(record, people)
    path = record.case.org_path
    if workflow.grants_money or record.case.state in workflow.reviewed_above:
        office = replace(office, orgs=offices.above(tx.db, path))
    if not workflow.grants_money:
        return office
    today = office.calendar.local_date(tx.now)
    sealed = sealed_facts(tx, record)
    numbers = numbers_of(tx, record, workflow, sealed)
    if claiming:
        funds.lock_household(tx.db, numbers)
    return replace(
        office,
        funds=open_funds(tx, record, today),
        household=numbers,
        sealed=sealed,
        given_before=funds.given_before(tx.db, record.case.id, numbers, today.year),
    )


def _destination(tx: Transaction, record: StoredCase, code: Any) -> Destination | None:
    """The organisation to which the case is to be handed, and what is in force there; None where there is none."""
    org = offices.known_org(tx.db, code) if isinstance(code, str) else None
    return Destination(org, tx.office_at(record.case.workflow, org.code, org.region, org.calendar)) if org else None
