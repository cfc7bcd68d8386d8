"""What somebody leaves behind who may own cases no longer: deactivated, moved, or in another role."""

from typing import Final
from uuid import UUID

from casework.records import cases
from casework.rules.case_actions import let_go
from casework.rules.people import Actor, Role
from casework.work import workflow_registry
from casework.work.commit import commit
from casework.work.recalculation import catch_up
from casework.work.service import Transaction

_MACHINE: Final = Actor(Role.ADMINISTRATOR)
"""Who changes people at the command line: an administrator without a user of the service."""


def let_go_of_cases(tx: Transaction, owner_id: UUID) -> int:
    """See to it that no open case stays with an owner who may own it no longer; gives how many were let go.

    Each gets an event `let_go` in this transaction, so that a queue need not ask whether an owner is still there.
    The rules must be kept and the user locked, so that nobody gives them another case meanwhile.
    """
    records = cases.several(tx.db, cases.lock_open_of(tx.db, owner_id))
    records |= {record.case.id: record for record in catch_up(tx, records.values())}
    moves = [(one, let_go(one.case, tx.actor or _MACHINE, tx.now)) for _, one in sorted(records.items())]
    for record, move in moves:
        if move is not None:
            commit(tx, record, move, workflow_registry.pinned(record.case), tx.office(record))
    return sum(move is not None for _, move in moves)
