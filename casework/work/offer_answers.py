"""What a helper answers to an offer, or leaves unanswered, and who is asked next."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from casework.records import offers as records
from casework.records import people
from casework.records.database import Row
from casework.records.rows import StoredCase
from casework.rules.decide import Admitted, decide
from casework.rules.grammar import STAY, Transition
from casework.rules.offers import STATES, TURNED_DOWN, Answered
from casework.rules.people import CLOCK, HELPERS, STAFF, Actor, Person, Role
from casework.rules.refusals import NotMet, NotNow, NotYours, Refusal
from casework.rules.text import Text
from casework.work import matching, prepare, workflow_registry
from casework.work.conflicts import commit_checked
from casework.work.forms import DeclineOffer, TakeOffer
from casework.work.offers import ask, candidate, edge_of, end, found, open_now, seen, why_out
from casework.work.recalculation import caught_up
from casework.work.service import Transaction

_OUT_OF_IT: Final = Text("您现在不能承办此案：{why}。", "You cannot take this case now: {why}.")
_NO_LONGER: Final = Text("您已不在可征询的人员之列。", "You are no longer among those who can be asked.")
_TOO_LATE: Final = Text("答复期限已过。", "The time to answer is over.")
_FOR_THE_ASKED: Final = Text("只有被征询的人可以答复。", "Only whoever was asked can answer.")


def accept(tx: Transaction, offer_id: UUID, given: Any, *, by_link: bool = False) -> Row[Any]:
    """Take the case that was offered to the actor: the offer is accepted, and the case assigned and taken on.

    The assignment is the deed of whoever made the offer; all its conditions hold again, and nothing rules the helper
    out by now. Raises the refusal that says why not.
    """
    row, record = _to_answer(tx, offer_id)
    TakeOffer.check(given, today=tx.today)
    me = tx.person
    # Two cases that one helper accepts at once are counted one after the other.
    people.lock(tx.db, me.id)
    judged = candidate(matching.judged(tx, record, asked=False), me)
    if judged is None or judged.out:
        raise NotMet(_OUT_OF_IT.with_(why=why_out(judged)) if judged else _NO_LONGER)
    record = end(tx, record, row, "accepted", tx.acting, by_link=by_link)
    edge = edge_of(record)
    record = _take(tx, record, edge, _maker(tx, row), {str(edge.assigns): str(me.id)})
    if (taking_on := _taking_on(record)) is not None:
        _take(tx, record, taking_on, tx.acting, {})
    return found(tx, offer_id)


def decline(tx: Transaction, offer_id: UUID, given: Any, *, by_link: bool = False) -> Row[Any]:
    """Leave the case to others, with a reason; the next candidate is asked."""
    row, record = _to_answer(tx, offer_id)
    said = DeclineOffer.check(given, today=tx.today)
    _pass_on(tx, record, row, "declined", tx.acting, said["reason"], by_link=by_link)
    return found(tx, offer_id)


def lapse(tx: Transaction, offer_id: UUID) -> bool:
    """End an offer that was not answered in time and ask the next candidate; for time. False where it has ended."""
    row = found(tx, offer_id)
    record = caught_up(tx, records.lock_case(tx.db, row.case_id))
    row = found(tx, offer_id)
    if row.state != "open" or tx.now < row.answer_by:
        return False
    _pass_on(tx, record, row, "expired", CLOCK)
    return True


def go_on(tx: Transaction, case_id: UUID) -> bool:
    """Ask somebody about a case for which nobody was left, where somebody can take it by now; for time."""
    record = caught_up(tx, records.lock_case(tx.db, case_id))
    row = records.last_of(tx.db, case_id)
    if row is None or row.state not in TURNED_DOWN:
        return False
    following = next(_able(tx, record, row), None)
    if following is None:
        return False
    edge = edge_of(record)
    ask(tx, record, edge, following, _on_behalf(tx, record, edge, row), after=row)
    return True


def _to_answer(tx: Transaction, offer_id: UUID) -> tuple[Row[Any], StoredCase]:
    """An open offer to the actor and its case, locked."""
    row = seen(tx, offer_id)
    if tx.person.role not in HELPERS:
        raise NotYours(_FOR_THE_ASKED)
    record = caught_up(tx, records.lock_case(tx.db, row.case_id))
    row = open_now(tx, offer_id)
    if tx.now >= row.answer_by:
        raise NotNow(_TOO_LATE)
    return row, record


def _taking_on(record: StoredCase) -> Transition | None:
    """The step by which a helper says no more than to work on the case from now on, where the programme has one."""
    edges = workflow_registry.pinned(record.case).leaving(record.case.state)
    return next((one for one in edges if one.to == STAY and not one.needs and set(one.by) <= set(HELPERS)), None)


def _pass_on(
    tx: Transaction,
    record: StoredCase,
    row: Row[Any],
    state: Answered,
    actor: Actor,
    reason: str | None = None,
    *,
    by_link: bool = False,
) -> None:
    """End an offer without a yes, and ask the best of those who were not asked before."""
    following = next(_able(tx, record, row), None)
    record = end(tx, record, row, state, actor, reason, by_link=by_link, following=following)
    if following is not None:
        edge = edge_of(record)
        ask(tx, record, edge, following, _on_behalf(tx, record, edge, row), after=row)


def _able(tx: Transaction, record: StoredCase, row: Row[Any]) -> Iterator[Person]:
    """Those who could be asked next, the best first."""
    if matching.handing_from(record) is None:
        return
    edge = edge_of(record)
    admitted = _on_behalf(tx, record, edge, row)
    before = records.left_by(tx.db, [record.case.id], STATES).get(record.case.id, set())
    for one in matching.judged(tx, record):
        person = one.helper.person
        if one.out or person.id in before:
            continue
        answers, office = prepare.for_move(tx, record, admitted, {str(edge.assigns): str(person.id)})
        try:
            decide(admitted, answers, office)
        except Refusal:
            continue
        yield person


def _on_behalf(tx: Transaction, record: StoredCase, edge: Transition, row: Row[Any]) -> Admitted:
    """The assignment by whoever stands behind an offer, as it was admitted then."""
    return Admitted(workflow_registry.pinned(record.case), edge, record.case, _maker(tx, row), tx.now, {})


def _maker(tx: Transaction, row: Row[Any]) -> Actor:
    person = people.by_id(tx.db, row.made_by)
    assert person is not None
    return Actor(person.role if person.role in STAFF else Role.CASEWORKER, person)


def _take(tx: Transaction, record: StoredCase, edge: Transition, actor: Actor, answers: dict[str, Any]) -> StoredCase:
    """The case after a step that follows from the yes; whose it is stays so, also where the actor has left since."""
    admitted = Admitted(workflow_registry.pinned(record.case), edge, record.case, actor, tx.now, {})
    given, office = prepare.for_move(tx, record, admitted, answers)
    move = decide(admitted, given, office)
    move = replace(move, case=replace(move.case, owner=record.case.owner))
    return commit_checked(tx, record, move, admitted.workflow, office)
