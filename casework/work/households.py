"""The people of a household, known by the blind indexes of their numbers."""

from casework.records.rows import StoredCase
from casework.rules.case import Facts
from casework.rules.grammar import Workflow
from casework.rules.move import Move
from casework.work.blind_indexes import held_numbers
from casework.work.sealing import sealed_facts
from casework.work.service import Transaction


def numbers_of(
    tx: Transaction, record: StoredCase, workflow: Workflow, sealed: Facts | None = None
) -> frozenset[bytes]:
    """Return the blind indexes of the identity numbers that the stored facts of the case have of its household.

    `sealed` are the sensitive ones, if they are read already.
    """
    full = sealed_facts(tx, record) if sealed is None else sealed
    return frozenset(held_numbers(workflow, record.case.facts, full, tx.index_key))


def numbers_after(
    tx: Transaction, record: StoredCase, move: Move, workflow: Workflow, known: frozenset[bytes] | None
) -> frozenset[bytes]:
    """Return the same as the move leaves them; those of before may be `known` from what was read for the decision."""
    if move.kind in ("opened", "corrected"):
        return frozenset(held_numbers(workflow, move.case.facts, move.sealed, tx.index_key))
    return known if known is not None else numbers_of(tx, record, workflow)
