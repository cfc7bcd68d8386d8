"""What is done to a case that is there: take a transition, claim, release, hand over, override."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from casework.forms.texts import OneUser
from casework.records import cases, funds, offices, twins
from casework.records.rows import Record
from casework.rules import handling
from casework.rules.casefile import Destination, Move, Office, Person
from casework.rules.decide import Offer, decide, offers
from casework.rules.grammar import Workflow
from casework.rules.papers import nothing_asked_twice
from casework.rules.refusals import NotFound, NotNow, NotYours, Refusal
from casework.work import programmes
from casework.work.forms import ClaimThis, Handover, Override, Release
from casework.work.moves import ensure, ensure_fresh, form_of, household, moved, write_down
from casework.work.papers import handed_in_before
from casework.work.people import named
from casework.work.service import Transaction


def take_transition(tx: Transaction, case_id: UUID, name: str, given: Any) -> Record:
    """The case after the transition; raises the refusal that says why not."""
    record = cases.get(tx.db, case_id, tx.person, lock=True)
    return apply(tx, record, name, given)


def apply(tx: Transaction, record: Record, name: str, given: Any) -> Record:
    """Decide and write down a transition on a case that is locked.

    Whether this can be done here, and by whom, is told before whether the caller has read the case as it is.
    """
    workflow = programmes.pinned(record.file)
    given, named = _named(tx, workflow, record, name, given)
    edge = workflow.edge(name, record.file.state)
    found = looked_up(tx, record, workflow, named, claiming=edge is not None and edge.claims is not None)
    if edge is not None and nothing_asked_twice in edge.when:
        found = replace(found, papers_before=handed_in_before(tx, record.file, twins.find(tx.db, record.file)))
    office = _destined(tx, found, record, name, given)
    decision = decide(workflow, record.file, name, given, tx.acting, tx.now, office)
    if not isinstance(decision, NotFound | NotNow | NotYours):
        ensure_fresh(tx, record)
    return write_down(tx, record, moved(decision), workflow, office)


def _named(tx: Transaction, workflow: Workflow, record: Record, name: str, given: Any) -> tuple[Any, list[Person]]:
    """What is given with the users whom it names by their ids, however they were written, and these users."""
    edge = workflow.edge(name, record.file.state)
    if edge is None or edge.needs is None or not isinstance(given, Mapping):
        return given, []
    fields = [name for name, field in form_of(edge.needs).form_fields() if isinstance(field, OneUser)]
    found = {name: person for name in fields if (person := named(tx, given.get(name)))}
    return {**given, **{name: str(person.id) for name, person in found.items()}}, list(found.values())


def looked_up(
    tx: Transaction, record: Record, workflow: Workflow, named: Iterable[Person] = (), *, claiming: bool = False
) -> Office:
    """What is in force for the case, with the money and the organisations above where its decisions need them.

    While somebody is `claiming` money for a household, nobody else does on another file.
    """
    office = tx.office(record, named)
    if record.file.state in workflow.reviewed_above:
        office = replace(office, orgs=offices.above(tx.db, record.file.org_path))
    if not workflow.grants_money:
        return office
    path, year = record.file.org_path, office.calendar.local_date(tx.now).year
    numbers = household(tx, record, workflow)
    if claiming:
        funds.lock_household(tx.db, numbers)
    return replace(
        office,
        orgs=offices.above(tx.db, path),
        funds=funds.open_to(tx.db, path, year),
        given_before=funds.given_before(tx.db, record.file.id, numbers, year),
    )


def _destined(tx: Transaction, office: Office, record: Record, name: str, given: Any) -> Office:
    """With the organisation that the form names, where the transition hands the case to another one."""
    edge = programmes.pinned(record.file).edge(name, record.file.state)
    code = given.get(edge.transfers) if edge and edge.transfers and isinstance(given, Mapping) else None
    org = offices.known_org(tx.db, code) if isinstance(code, str) and "\x00" not in code else None
    if org is None:
        return office
    there = tx.office_at(record.file.workflow, org.code, org.region, org.calendar)
    return replace(office, destination=Destination(org, there))


def claim(tx: Transaction, case_id: UUID, given: Any) -> Record:
    """The case, now the actor's; raises `NotNow`, which names the owner, where it is in somebody's hands."""
    record = cases.get(tx.db, case_id, tx.person, lock=True)
    move = moved(handling.claim(record.file, tx.acting, tx.now))
    ensure_fresh(tx, record)
    ClaimThis.check(given, today=tx.today)
    return _handled(tx, record, move)


def release(tx: Transaction, case_id: UUID, given: Any) -> Record:
    """The case goes back to the queue of its organisation."""
    record = cases.get(tx.db, case_id, tx.person, lock=True)
    ensure(handling.may_release(record.file, tx.acting))
    ensure_fresh(tx, record)
    said = Release.check(given, today=tx.today)
    return _handled(tx, record, handling.release(record.file, said["reason"], tx.acting, tx.now))


def hand_over(tx: Transaction, case_id: UUID, given: Any) -> Record:
    """The case gets another owner."""
    record = cases.get(tx.db, case_id, tx.person, lock=True)
    ensure(handling.may_let_go(record.file, tx.acting))
    ensure_fresh(tx, record)
    said = Handover.check(given, today=tx.today)
    to = named(tx, said["to"])
    return _handled(tx, record, handling.hand_over(record.file, to, said["reason"], tx.acting, tx.now))


def override(tx: Transaction, case_id: UUID, given: Any) -> Record:
    """A supervisor brings the case into a state by no edge."""
    record = cases.get(tx.db, case_id, tx.person, lock=True)
    ensure(handling.may_override(tx.acting))
    ensure_fresh(tx, record)
    said = Override.check(given, today=tx.today)
    workflow = programmes.pinned(record.file)
    return _handled(
        tx,
        record,
        handling.override(
            workflow, record.file, said["to_state"], said["reason"], tx.acting, tx.now, tx.office(record)
        ),
    )


def _handled(tx: Transaction, record: Record, decision: Move | Refusal) -> Record:
    return write_down(tx, record, moved(decision), programmes.pinned(record.file), tx.office(record))


def offered(tx: Transaction, record: Record) -> tuple[list[Offer], Office]:
    """Every transition from where the case stands, judged for the actor in this office."""
    workflow = programmes.pinned(record.file)
    office = looked_up(tx, record, workflow)
    return offers(workflow, record.file, tx.acting, tx.now, office), office
