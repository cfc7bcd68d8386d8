"""Offers: asking helpers, one at a time, whether they take a case, until one does or nobody is left to be asked.

Who changes an offer has locked its case before, so that any two who do at once come one after the other.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from casework.matching.candidates import Candidate
from casework.matching.plan import Line
from casework.records import cases as stored
from casework.records import offers, people
from casework.records.database import Row
from casework.records.ids import new_id
from casework.records.rows import StoredCase
from casework.rules import offers as rules
from casework.rules.decide import Admitted, admit, decide
from casework.rules.grammar import Transition
from casework.rules.move import Move
from casework.rules.offers import STATES, Answered, Offered
from casework.rules.people import CLOCK, HELPERS, Actor, Person, Role
from casework.rules.refusals import Fault, Invalid, NotFound, NotMet, NotNow, NotYours, Refusal
from casework.rules.text import Text
from casework.work import matching, prepare, profiles, workflow_registry
from casework.work.cases import locked
from casework.work.commit import commit
from casework.work.forms import OfferThis, WithdrawOffer
from casework.work.matching import Planned
from casework.work.people import named
from casework.work.preconditions import ensure_fresh
from casework.work.service import Transaction

_BY_PLAN: Final = Text("按批量指派方案征询", "Offered by the plan of a batch")
_NOT_WAITING: Final = Text("案件不在待指派状态。", "The case does not wait for a helper.")
_ASKED_ALREADY: Final = Text(
    "已征询{name}（{username}），等待答复；另行征询的，请先撤回。",
    "{name} ({username}) has been asked and has not answered; withdraw that offer first.",
)
_OUT: Final = Text("不能征询{name}：{why}。", "{name} cannot be asked: {why}.")
_NOT_A_HELPER: Final = Text("请选择本地区在岗的律师或志愿者。", "Name an active lawyer or volunteer of this region.")
_ENDED: Final = Text("此次征询已结束：{state}。", "This offer has ended: {state}.")
_FOR_STAFF: Final = Text("只有经办人和审批人可以撤回征询。", "Only staff withdraw an offer.")


def make(tx: Transaction, case_id: UUID, given: Any) -> Row[Any]:
    """Ask a helper whether to take a case that waits for one, and return the offer.

    Who may is who may assign the case. Raises the refusal that says why not: the conditions of the assignment, and
    whatever rules the helper out.
    """
    record = locked(tx, case_id)
    admitted, edge = _handing(tx, record, given)
    _ensure_nobody_asked(tx, record)
    ensure_fresh(tx, record)
    said = OfferThis.check(admitted.body, today=tx.today)
    person = named(tx, said["to"])
    judged = candidate(matching.judged(tx, record), person)
    if person is None or judged is None:
        raise Invalid([Fault("to", "not_a_helper", _NOT_A_HELPER)])
    if judged.out:
        raise NotMet(_OUT.with_(name=person.name, why=why_out(judged)))
    return ask(tx, record, edge, person, admitted)


def carry_out(tx: Transaction, lines: Sequence[Line]) -> list[Planned]:
    """Offer each case of a plan of this transaction to whom it names, and say what came of it.

    Who is named was judged for the case with the plan. What can no longer be done, since somebody else was first, say,
    is refused by itself.
    """
    planned = []
    for line in lines:
        if line.chosen is None:
            planned.append(Planned(line))
            continue
        try:
            record = locked(tx, line.case.id)
            with tx.db.all_or_none():
                admitted, edge = _handing(tx, record, _reason(tx, record))
                _ensure_nobody_asked(tx, record)
                ask(tx, record, edge, line.chosen.helper.person, admitted)
        except Refusal as refused:
            planned.append(Planned(line, refused=refused))
        else:
            planned.append(Planned(line, done=True))
    return planned


def _reason(tx: Transaction, record: StoredCase) -> dict[str, str]:
    """Why a supervisor has a colleague's case offered."""
    owner = record.case.owner
    steps_in = tx.person.role is Role.SUPERVISOR and owner is not None and owner.id != tx.person.id
    return {"reason": _BY_PLAN.in_(tx.language)} if steps_in else {}


def _ensure_nobody_asked(tx: Transaction, record: StoredCase) -> None:
    if (already := offers.has_open(tx.db, record.case.id)) is not None:
        raise NotNow(_ASKED_ALREADY.with_(name=already.name, username=already.username))


def withdraw(tx: Transaction, offer_id: UUID, given: Any) -> Row[Any]:
    """Take an offer back, with a reason; by those who may assign the case. Nobody else is asked by that."""
    row = seen(tx, offer_id)
    if tx.person.role in HELPERS:
        raise NotYours(_FOR_STAFF)
    record = locked(tx, row.case_id)
    row = open_now(tx, offer_id)
    _handing(tx, record, given)
    ensure_fresh(tx, record)
    said = WithdrawOffer.check(given, today=tx.today)
    end(tx, record, row, "withdrawn", tx.acting, said["reason"])
    return found(tx, offer_id)


def seen(tx: Transaction, offer_id: UUID) -> Row[Any]:
    """Return an offer to the actor, or of a case that the actor sees; raises `NotFound`."""
    row = found(tx, offer_id)
    if tx.person.role in HELPERS:
        if row.user_id != tx.person.id or tx.person.id in (row.walled_off or ()):
            raise NotFound
    else:
        stored.get(tx.db, row.case_id, tx.person)
    return row


def found(tx: Transaction, offer_id: UUID) -> Row[Any]:
    row = offers.by_id(tx.db, offer_id)
    if row is None:
        raise NotFound
    return row


def open_now(tx: Transaction, offer_id: UUID) -> Row[Any]:
    """The offer as it stands once its case is locked; raises `NotNow` where it has ended."""
    row = found(tx, offer_id)
    if row.state != "open":
        raise NotNow(_ENDED.with_(state=STATES[row.state]))
    return row


def _handing(tx: Transaction, record: StoredCase, given: Any) -> tuple[Admitted, Transition]:
    """The step by which the case is assigned, as far as state, role and ownership admit the actor to it."""
    edge = edge_of(record)
    return admit(workflow_registry.pinned(record.case), record.case, edge.name, given, tx.acting, tx.now), edge


def edge_of(record: StoredCase) -> Transition:
    edge = matching.handing_from(record)
    if edge is None or edge.assigns is None:
        raise NotNow(_NOT_WAITING)
    return edge


def candidate(judged: list[Candidate], person: Person | None) -> Candidate | None:
    return next((one for one in judged if person and one.helper.person.id == person.id), None)


def why_out(found: Candidate) -> Text:
    return Text("；".join(one.zh for one in found.out), "; ".join(one.en for one in found.out))


def ask(
    tx: Transaction,
    record: StoredCase,
    edge: Transition,
    person: Person,
    admitted: Admitted,
    after: Row[Any] | None = None,
) -> Row[Any]:
    """Make the offer, whose case could be assigned to this person now."""
    workflow = admitted.workflow
    answers, office = prepare.for_move(tx, record, admitted, {str(edge.assigns): str(person.id)})
    decide(admitted, answers, office)
    until = rules.answer_due(office, tx.now)
    offer = Offered(new_id(), person, after.id if after else None)
    actor = CLOCK if after else admitted.actor
    move = rules.made(record.case, offer, until, admitted.reason, actor, tx.now)
    row = {
        "id": offer.id,
        "case_id": record.case.id,
        "user_id": person.id,
        "made_by": admitted.actor.id,
        "made_at": move.at,
        "answer_by": until.at,
        "answer_on": until.on,
        "made_seq": move.case.version,
    }
    offers.add(tx.db, row)
    commit(tx, record, move, workflow, office)
    return found(tx, offer.id)


def end(
    tx: Transaction,
    record: StoredCase,
    row: Row[Any],
    state: Answered,
    actor: Actor,
    reason: str | None = None,
    *,
    by_link: bool = False,
    following: Person | None = None,
) -> StoredCase:
    asked = people.by_id(tx.db, row.user_id)
    assert asked is not None
    move: Move = rules.ended(
        record.case, Offered(row.id, asked), state, reason, actor, tx.now, by_link=by_link, following=following
    )
    offers.end(tx.db, row.id, state, move.case.version, by_link=by_link)
    return commit(tx, record, move, workflow_registry.pinned(record.case), tx.office(record))


def matter_of(row: Row[Any]) -> Text | None:
    """Return what the case of an offer is about, of a row of `records.offers`; nothing else of it is told before."""
    workflow = workflow_registry.of(row.workflow, row.workflow_version)
    titles = profiles.matters()
    return next((titles.get(str(row.facts[name])) for name in workflow.matter if row.facts.get(name)), None)
