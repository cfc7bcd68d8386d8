"""Telling people what somebody else did to a case of theirs: an alert, written with the move that it tells of."""

from casework.records import alerts
from casework.records.alerts import NewAlert
from casework.records.ids import new_id
from casework.rules.clocks import into_opening_hours
from casework.rules.context import DecisionContext
from casework.rules.grammar import Workflow
from casework.rules.move import Move
from casework.rules.telling import whom_to_tell
from casework.work.service import Transaction


def tell(tx: Transaction, move: Move, workflow: Workflow, office: DecisionContext) -> None:
    """The people whom the move concerns have it on their lists, and messages go out when their office opens.

    To be said after the move was written, in its transaction. One statement where anybody is told, none otherwise.
    """
    telling = whom_to_tell(workflow, move)
    if telling is None:
        return
    there = office.destination.office if move.transferred_to and office.destination else office
    roles = [person.role for person in telling.people] + ([telling.turn] if telling.turn else [])
    due = telling.clock.due if telling.clock else None
    alert = NewAlert(
        id=new_id(),
        case_id=move.case.id,
        clock=telling.clock.name if telling.clock else None,
        generation=telling.clock.generation if telling.clock else None,
        send_at=into_opening_hours(tx.now, there.calendar),
        roles=list(dict.fromkeys(role.value for role in roles)),
        receivers=[person.id for person in telling.people],
        due_at=due.at if due else None,
        due_on=due.on if due else None,
        provisional=due.provisional if due else None,
        event_seq=move.case.version,
        turn=telling.turn.value if telling.turn else None,
        actor=move.actor.id,
    )
    alerts.add(tx.db, [alert], mail=tx.service.senders.mail is not None)
