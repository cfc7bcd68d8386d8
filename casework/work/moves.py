"""Writing a move down: rows, sealed values, blind indexes and letters, in the open transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from casework.forms.form import Form
from casework.forms.sensitive import join_sensitive
from casework.records import cases, funds, holds, payments, writing
from casework.records.rows import Record, rows_of, sealed_parts
from casework.records.vault import applicant_place, case_place, seal, unseal
from casework.rules.casefile import STAFF, Facts, Move, Office
from casework.rules.claims import Amend, Pay, Reserve, Return
from casework.rules.grammar import Needs, Workflow
from casework.rules.refusals import NotMet, PreconditionMissing, Refusal, Stale
from casework.rules.text import Text
from casework.work.letters import write_letters
from casework.work.look_ups import held_numbers, look_ups_of
from casework.work.service import Transaction
from casework.work.telling import tell


def moved(decision: Move | Refusal) -> Move:
    """The move of a decision; raises the refusal that it is instead."""
    if isinstance(decision, Refusal):
        raise decision
    return decision


def ensure_fresh(tx: Transaction, record: Record, *, required: bool = False) -> None:
    """Raises `Stale` where the caller has read another version, `PreconditionMissing` where it is required to say."""
    if required and tx.if_match is None:
        raise PreconditionMissing(
            Text("请在 If-Match 中给出您读到的 ETag。", "Give the ETag that you have read in If-Match.")
        )
    if isinstance(tx.if_match, frozenset) and record.file.version not in tx.if_match:
        raise Stale(
            Text(
                "此案在您读取之后已有变动，请重新读取后再试。",
                "The case has changed since you read it; read it again and repeat.",
            )
        )


def write_down(
    tx: Transaction,
    record: Record,
    move: Move,
    workflow: Workflow,
    office: Office,
    next_serial: Callable[[str], int] | None = None,
) -> Record:
    """The case as it stands after the move was written; raises `NotNow` if somebody else was first.

    `next_serial` gives the numbers of letters that were reserved for the move, if any were.
    """
    rows = rows_of(record, move, workflow, office)
    parts = sealed_parts(move)
    key = applicant_key(tx, record) if parts or move.letters else b""
    letters = write_letters(tx, record, move, workflow, office, key, next_serial)
    look_ups = look_ups_of(move, tx.index_key)
    _hold(tx, record, move, workflow)
    funds.claim(tx.db, move.claims, move.case.id, move.actor)
    _ensure_ordered(tx, move, office)
    _note_household(tx, record, move, workflow)
    writing.write(tx.db, rows, sealed=sealed_of(move, key, parts), look_ups=look_ups, letters=letters)
    tell(tx, move, workflow, office)
    return writing.after(record, move, rows)


def _hold(tx: Transaction, record: Record, move: Move, workflow: Workflow) -> None:
    """Sees to it that no two open cases that staff have taken up share an identity number.

    What applicants send in takes nothing: with somebody's number they would learn whether that household has a case,
    or shut it out. The next step of staff that brings the case further does.
    """
    if not workflow.one_open_case_per:
        return
    if move.case.closed_at:
        if not move.before.closed_at:
            holds.keep(tx.db, workflow.key, move.case.id, ())
        return
    if move.actor.role not in STAFF:
        return
    if move.kind in ("opened", "corrected"):
        numbers = held_numbers(workflow, move.case.facts, move.sealed, tx.index_key)
    elif move.case.state != move.before.state or _reserves(move):
        numbers = household(tx, record, workflow)
    else:
        return
    holds.keep(tx.db, workflow.key, move.case.id, numbers)


def _reserves(move: Move) -> bool:
    return any(isinstance(one, Reserve) for one in move.claims)


def _ensure_ordered(tx: Transaction, move: Move, office: Office) -> None:
    """Raises `NotMet` where the bank is to have paid or returned something before it was ordered."""
    for one in move.claims:
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


def _note_household(tx: Transaction, record: Record, move: Move, workflow: Workflow) -> None:
    """Sees to it that what the case has got counts for everybody in the household, also for who is added later."""
    if _reserves(move):
        funds.note_household(tx.db, move.case.id, household(tx, record, workflow))
    elif move.kind == "corrected" and workflow.grants_money:
        numbers = held_numbers(workflow, move.case.facts, move.sealed, tx.index_key)
        funds.note_household(tx.db, move.case.id, numbers)


def household(tx: Transaction, record: Record, workflow: Workflow) -> set[bytes]:
    """The blind indexes of the identity numbers that the stored facts of the case have of its household."""
    place = case_place(record.file.id, "facts")
    sealed = cases.sealed_parts(tx.db, record.file.id).get("facts")
    known = unseal(applicant_key(tx, record), place, sealed) if sealed else {}
    return held_numbers(workflow, record.file.facts, known, tx.index_key)


def applicant_key(tx: Transaction, record: Record) -> bytes:
    """The key under which everything sensitive of this case is sealed."""
    return tx.service.keyring.unwrap(applicant_place(record.applicant_id), record.applicant_key)


def sealed_of(move: Move, key: bytes, parts: Mapping[str, Facts]) -> dict[str, bytes]:
    """What a move puts into the vault, by part, sealed under the applicant's key."""
    return {part: seal(key, case_place(move.case.id, part), dict(values)) for part, values in parts.items()}


def ensure(refusal: Refusal | None) -> None:
    """Raises the refusal if there is one."""
    if refusal:
        raise refusal


def form_of(needs: type[Needs]) -> type[Form]:
    """The form of what is needed; the rules know it only as something that checks."""
    assert issubclass(needs, Form)
    return needs


def intake_of(workflow: Workflow) -> type[Form]:
    """The intake form."""
    return form_of(workflow.intake)


def full_facts(tx: Transaction, record: Record, form: type[Form]) -> dict[str, Any]:
    """The facts with their sensitive values, for checking a correction or for a disclosure."""
    parts = cases.sealed_parts(tx.db, record.file.id)
    sealed = (
        unseal(applicant_key(tx, record), case_place(record.file.id, "facts"), parts["facts"])
        if "facts" in parts
        else {}
    )
    return join_sensitive(form, record.file.facts, sealed)
