"""Telling people what somebody else did to a case of theirs: an alert, written with the move that it tells of."""

from typing import Any

from casework.records import alerts, people
from casework.records.alerts import NewAlert
from casework.records.database import Row
from casework.records.ids import new_id
from casework.rules.clocks import into_opening_hours
from casework.rules.context import DecisionContext
from casework.rules.grammar import Workflow
from casework.rules.move import Move
from casework.rules.people import Person, Role
from casework.rules.telling import Telling, whom_to_tell
from casework.work.service import Transaction


def tell(tx: Transaction, move: Move, workflow: Workflow, office: DecisionContext) -> None:
    """The people whom the move concerns have it on their lists, and messages go out when their office opens.

    To be said after the move was written, in its transaction. One statement where anybody is told, none otherwise.
    """
    telling = whom_to_tell(workflow, move)
    above = _supervisors_above(tx, move) if move.kind == "overridden" else ()
    if telling is None:
        if not above:
            return
        telling = Telling((), None, None)
    there = office.destination.office if move.transferred_to and office.destination else office
    told = list({person.id: person for person in (*telling.people, *above)}.values())
    roles = [person.role for person in told] + ([telling.turn] if telling.turn else [])
    due = telling.clock.due if telling.clock else None
    alert = NewAlert(
        id=new_id(),
        case_id=move.case.id,
        clock=telling.clock.name if telling.clock else None,
        generation=telling.clock.generation if telling.clock else None,
        send_at=into_opening_hours(tx.now, there.calendar),
        roles=list(dict.fromkeys(role.value for role in roles)),
        receivers=[person.id for person in told],
        due_at=due.at if due else None,
        due_on=due.on if due else None,
        provisional=due.provisional if due else None,
        event_seq=move.case.version,
        turn=telling.turn.value if telling.turn else None,
        actor=move.actor.id,
    )
    alerts.add(tx.db, [alert], mail=tx.service.senders.mail is not None)


def tell_raised(tx: Transaction, seq: int, raised: Row[Any]) -> None:
    """The supervisors of the place are told of the administrative event by which a user there was raised, once.

    Where none works there it is those of the next organisation above that has one; neither whoever was raised nor
    whoever did it. To be said after the event was written, in its transaction.
    """
    nobody = (raised.id, tx.actor_id)
    others = [one for one in people.staff_above(tx.db, raised.org_path, (Role.SUPERVISOR,)) if one.id not in nobody]
    nearest = [one.id for one in others if one.org_path == others[0].org_path]
    if nearest:
        calendar = tx.rules.calendars[tx.rules.orgs[raised.org].calendar].calendar
        send_at = into_opening_hours(tx.now, calendar)
        alerts.add_administrative(tx.db, new_id(), seq, nearest, send_at, mail=tx.service.senders.mail is not None)


def _supervisors_above(tx: Transaction, move: Move) -> list[Person]:
    """The supervisors of the next organisation above that has any; where none has, the others of this one."""
    path = move.case.org_path
    others = [one for one in people.staff_above(tx.db, path, (Role.SUPERVISOR,)) if one.id != move.actor.id]
    found = [one for one in others if one.org_path != path] or others
    return [one for one in found if one.org_path == found[0].org_path]
