"""The people of a household, known by the blind indexes of their numbers."""

from casework.records.rows import Record
from casework.rules.casefile import Move
from casework.rules.grammar import Workflow
from casework.work.look_ups import held_numbers
from casework.work.sealing import sealed_facts
from casework.work.service import Transaction


def numbers_of(tx: Transaction, record: Record, workflow: Workflow) -> frozenset[bytes]:
    """Return the blind indexes of the identity numbers that the stored facts of the case have of its household."""
    return frozenset(held_numbers(workflow, record.file.facts, sealed_facts(tx, record), tx.index_key))


def numbers_after(tx: Transaction, record: Record, move: Move, workflow: Workflow) -> frozenset[bytes]:
    """Return the same as the move leaves them."""
    if move.kind in ("opened", "corrected"):
        return frozenset(held_numbers(workflow, move.case.facts, move.sealed, tx.index_key))
    return numbers_of(tx, record, workflow)
