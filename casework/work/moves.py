"""Writing a move down: rows, sealed values, blind indexes and letters, in the open transaction."""

import re
from collections.abc import Mapping
from typing import Any

from casework.forms.form import Form
from casework.forms.sensitive import join_sensitive
from casework.records import cases, funds, holds, writing
from casework.records.rows import Record, rows_of, sealed_parts
from casework.records.vault import applicant_place, blind_index, case_place, seal, unseal
from casework.rules.casefile import Move, Office
from casework.rules.grammar import Needs, Workflow
from casework.rules.refusals import Refusal, Stale
from casework.rules.text import Text
from casework.work.letters import write_letters
from casework.work.service import Transaction

LOOK_UPS = {"identity_number": "applicant.identity_number", "phone": "applicant.phone"}


def moved(decision: Move | Refusal) -> Move:
    """The move of a decision; raises the refusal that it is instead."""
    if isinstance(decision, Refusal):
        raise decision
    return decision


def ensure_fresh(record: Record, if_match: frozenset[int] | None) -> None:
    """Raises `Stale` unless the caller has seen this version; None: the caller does not say."""
    if if_match is not None and record.file.version not in if_match:
        raise Stale(
            Text(
                "此案在您读取之后已有变动，请重新读取后再试。",
                "The case has changed since you read it; read it again and repeat.",
            )
        )


def write_down(tx: Transaction, record: Record, move: Move, workflow: Workflow, office: Office) -> Record:
    """The case as it stands after the move was written; raises `NotNow` if somebody else was first."""
    rows = rows_of(record, move, workflow, office)
    key = applicant_key(tx, record)
    letters = write_letters(tx, record, move, workflow, office, key)
    index_key = tx.index_key
    _hold(tx, record, move, workflow, key)
    funds.claim(tx.db, move.claims, move.case.id, move.actor)
    writing.write(tx.db, rows, sealed=sealed_of(move, key), look_ups=look_ups_of(move, index_key), letters=letters)
    return writing.after(record, move, rows)


def _hold(tx: Transaction, record: Record, move: Move, workflow: Workflow, key: bytes) -> None:
    """Sees to it that no other open case has one of the identity numbers of this one."""
    if not workflow.one_open_case_per:
        return
    if move.case.closed_at:
        if not move.before.closed_at:
            holds.keep(tx.db, workflow.key, move.case.id, ())
        return
    known: Mapping[str, Any] = move.sealed
    if move.kind not in ("opened", "corrected"):
        if not move.before.closed_at:
            return
        parts = cases.sealed_parts(tx.db, move.case.id)
        known = unseal(key, case_place(move.case.id, "facts"), parts["facts"])
    holds.keep(tx.db, workflow.key, move.case.id, held_numbers(workflow, known, tx.index_key))


def held_numbers(workflow: Workflow, sealed: Mapping[str, Any], index_key: bytes) -> set[bytes]:
    """The blind indexes of the identity numbers that an open case of this workflow keeps for itself."""
    patterns = [re.compile(re.escape(path).replace(r"\*", "[0-9]+")) for path in workflow.one_open_case_per]
    return {
        blind_index(index_key, "identity_number", value)
        for path, value in sealed.items()
        if any(pattern.fullmatch(path) for pattern in patterns)
    }


def applicant_key(tx: Transaction, record: Record) -> bytes:
    """The key under which everything sensitive of this case is sealed."""
    return tx.service.keyring.unwrap(applicant_place(record.applicant_id), record.applicant_key)


def sealed_of(move: Move, key: bytes) -> dict[str, bytes]:
    """What a move puts into the vault, by part, sealed under the applicant's key."""
    parts = sealed_parts(move).items()
    return {part: seal(key, case_place(move.case.id, part), dict(values)) for part, values in parts}


def look_ups_of(move: Move, index_key: bytes) -> dict[str, bytes | None]:
    """The blind indexes of what the case is found by; None for what is no longer known."""
    if move.kind not in ("opened", "corrected"):
        return {}
    return {
        kind: blind_index(index_key, kind, move.sealed[path]) if path in move.sealed else None
        for kind, path in LOOK_UPS.items()
    }


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
