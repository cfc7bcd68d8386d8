"""What is done to a case that is there: take a transition, claim, release, hand over, override."""

from typing import Any
from uuid import UUID

from casework.records import cases
from casework.records.rows import StoredCase
from casework.rules import case_actions
from casework.rules.context import DecisionContext
from casework.rules.decide import Offer, admit, check, decide, offers
from casework.rules.move import Move
from casework.rules.refusals import Refusal
from casework.work import prepare, workflow_registry
from casework.work.commit import commit
from casework.work.conflicts import commit_checked
from casework.work.forms import ClaimThis, Handover, Override, Release
from casework.work.people import named
from casework.work.preconditions import ensure, ensure_fresh, moved
from casework.work.recalculation import caught_up
from casework.work.service import Transaction


def locked(tx: Transaction, case_id: UUID) -> StoredCase:
    """The case, kept from others until the end and brought up to the rules that hold; raises `NotFound`."""
    return caught_up(tx, cases.get(tx.db, case_id, tx.person, lock=True))


def take_transition(tx: Transaction, case_id: UUID, name: str, given: Any) -> StoredCase:
    """The case after the transition; raises the refusal that says why not."""
    record = locked(tx, case_id)
    return apply(tx, record, name, given)


def apply(tx: Transaction, record: StoredCase, name: str, body: Any) -> StoredCase:
    """The case, which is locked, after the transition: admitted, checked, prepared, decided and committed.

    Whether this can be done here, and by whom, is told before whether the caller has read the case as it is.
    """
    workflow = workflow_registry.pinned(record.case)
    admitted = admit(workflow, record.case, name, body, tx.acting, tx.now)
    ensure_fresh(tx, record)
    given = check(admitted, tx.rules.calendars[record.calendar].calendar.local_date(tx.now))
    answers, office = prepare.for_move(tx, record, admitted, given)
    return commit_checked(tx, record, decide(admitted, answers, office), workflow, office)


def claim(tx: Transaction, case_id: UUID, given: Any) -> StoredCase:
    """The case, now the actor's; raises `NotNow`, which names the owner, where it is in somebody's hands."""
    record = locked(tx, case_id)
    move = moved(case_actions.claim(record.case, tx.acting, tx.now))
    ensure_fresh(tx, record)
    ClaimThis.check(given, today=tx.today)
    return _handled(tx, record, move)


def release(tx: Transaction, case_id: UUID, given: Any) -> StoredCase:
    """The case goes back to the queue of its organisation."""
    record = locked(tx, case_id)
    ensure(case_actions.may_release(record.case, tx.acting))
    ensure_fresh(tx, record)
    said = Release.check(given, today=tx.today)
    return _handled(tx, record, case_actions.release(record.case, said["reason"], tx.acting, tx.now))


def hand_over(tx: Transaction, case_id: UUID, given: Any) -> StoredCase:
    """The case gets another owner."""
    record = locked(tx, case_id)
    ensure(case_actions.may_let_go(record.case, tx.acting))
    ensure_fresh(tx, record)
    said = Handover.check(given, today=tx.today)
    to = named(tx, said["to"])
    return _handled(tx, record, case_actions.hand_over(record.case, to, said["reason"], tx.acting, tx.now))


def override(tx: Transaction, case_id: UUID, given: Any) -> StoredCase:
    """A supervisor brings the case into a state by no edge."""
    record = locked(tx, case_id)
    ensure(case_actions.may_override(tx.acting))
    ensure_fresh(tx, record)
    said = Override.check(given, today=tx.today)
    workflow = workflow_registry.pinned(record.case)
    return _handled(
        tx,
        record,
        case_actions.override(
            workflow, record.case, said["to_state"], said["reason"], tx.acting, tx.now, tx.office(record)
        ),
    )


def _handled(tx: Transaction, record: StoredCase, decision: Move | Refusal) -> StoredCase:
    return commit(tx, record, moved(decision), workflow_registry.pinned(record.case), tx.office(record))


def offered(tx: Transaction, record: StoredCase) -> tuple[list[Offer], DecisionContext]:
    """Every transition from where the case stands, judged for the actor in this office."""
    workflow = workflow_registry.pinned(record.case)
    office = prepare.for_offers(tx, record)
    return offers(workflow, record.case, tx.acting, tx.now, office), office
