"""Writing a move down, once: what it does beside its case, then the case with its event, letters and sealed values."""

from collections.abc import Callable, Iterable

from casework.records import funds, holds, offers, payments, writing
from casework.records.rows import StoredCase, rows_of, sealed_parts
from casework.rules.context import DecisionContext
from casework.rules.effects import HoldNumbers, LetNumbersGo, MoveMoney, NoteHousehold, WithdrawOffer, effects_of
from casework.rules.fund_operations import Amend, FundOperation, Pay, Return
from casework.rules.grammar import Workflow
from casework.rules.move import Move
from casework.rules.refusals import NotMet
from casework.rules.text import Text
from casework.work import households
from casework.work.blind_indexes import blind_indexes_of
from casework.work.fund_draws import ensure_allowed
from casework.work.letters import write_letters
from casework.work.sealing import applicant_key, sealed_of
from casework.work.service import Transaction
from casework.work.telling import tell


def commit(
    tx: Transaction,
    record: StoredCase,
    move: Move,
    workflow: Workflow,
    office: DecisionContext,
    next_serial: Callable[[str], int] | None = None,
) -> StoredCase:
    """Return the case as it stands after the move was written; raises `NotNow` if somebody else was first.

    `next_serial` gives the numbers of letters that were reserved for the move, if any were.
    """
    parts = sealed_parts(move)
    key = applicant_key(tx, record) if parts or move.letters else b""
    letters = write_letters(tx, record, move, workflow, office, key, next_serial)
    _take_effect(tx, record, move, workflow, office)
    rows = rows_of(record, move, workflow, office)
    blind_indexes = blind_indexes_of(move, tx.index_key)
    writing.write(tx.db, rows, sealed=sealed_of(move, key, parts), blind_indexes=blind_indexes, letters=letters)
    tell(tx, move, workflow, office)
    return writing.after(record, move, rows)


def _take_effect(tx: Transaction, record: StoredCase, move: Move, workflow: Workflow, office: DecisionContext) -> None:
    """Do what the move does beside its case, one after another; raises the refusal of the first that cannot be done."""
    effects = effects_of(workflow, move)
    concerned = any(isinstance(one, HoldNumbers | NoteHousehold) for one in effects)
    numbers = frozenset[bytes]()
    if concerned:
        numbers = households.numbers_after(tx, record, move, workflow, office.household)
    case = move.case
    for effect in effects:
        match effect:
            case HoldNumbers():
                holds.keep(tx.db, workflow.key, case.id, numbers, workflow.held_elsewhere)
            case LetNumbersGo():
                holds.let_go(tx.db, case.id)
            case MoveMoney(claims):
                funds.claim(tx.db, claims, case.id, case.version, move.actor)
                ensure_allowed(tx, move, office)
                _ensure_ordered(tx, claims, move, office)
            case NoteHousehold():
                funds.note_household(tx.db, case.id, numbers)
            case WithdrawOffer():
                offers.withdraw_open(tx.db, case.id, case.version)


def _ensure_ordered(tx: Transaction, claims: Iterable[FundOperation], move: Move, office: DecisionContext) -> None:
    """Raises `NotMet` where the bank is to have paid or returned something before it was ordered."""
    for one in claims:
        if isinstance(one, Pay | Return | Amend):
            at = payments.ordered_at(tx.db, one.line)
            ordered = office.calendar.local_date(at) if at else one.on
            # Not against the day of the deed itself, even where the time was set back.
            if one.on < min(ordered, office.calendar.local_date(move.at)):
                raise NotMet(
                    Text(
                        f"该款项于 {ordered} 列入支付单，到账或退回日期不能更早，请核对。",
                        f"This payment was ordered on {ordered}; it was not paid or returned before. Check the date.",
                    )
                )
