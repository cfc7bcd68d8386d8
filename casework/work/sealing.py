"""What is sealed of a case: under the applicant's key, part by part."""

from collections.abc import Mapping
from typing import Any

from casework.forms.form import Form
from casework.forms.sensitive import join_sensitive
from casework.records import cases
from casework.records.rows import StoredCase
from casework.records.vault import applicant_place, case_place, seal, unseal
from casework.rules.case import Facts
from casework.rules.move import Move
from casework.work.service import Transaction


def applicant_key(tx: Transaction, record: StoredCase) -> bytes:
    """Return the key under which everything sensitive of this case is sealed."""
    return tx.service.keyring.unwrap(applicant_place(record.applicant_id), record.applicant_key)


def sealed_of(move: Move, key: bytes, parts: Mapping[str, Facts]) -> dict[str, bytes]:
    """Return the parts that a move puts into the vault, sealed under the applicant's key."""
    return {part: seal(key, case_place(move.case.id, part), dict(values)) for part, values in parts.items()}


def sealed_facts(tx: Transaction, record: StoredCase) -> dict[str, Any]:
    """Return the sensitive facts of the case in full, by their paths."""
    sealed = cases.sealed_parts(tx.db, record.case.id).get("facts")
    if sealed is None:
        return {}
    opened: dict[str, Any] = unseal(applicant_key(tx, record), case_place(record.case.id, "facts"), sealed)
    return opened


def sealed_by_part(tx: Transaction, record: StoredCase) -> dict[str, dict[str, Any]]:
    """Return what is sealed of a case: of its facts, and of each event as `events.7`, by path."""
    key = applicant_key(tx, record)
    parts = cases.sealed_parts(tx.db, record.case.id).items()
    return {part: unseal(key, case_place(record.case.id, part), sealed) for part, sealed in parts}


def full_facts(tx: Transaction, record: StoredCase, form: type[Form]) -> dict[str, Any]:
    """Return the facts with their sensitive values, for checking a correction or for a disclosure."""
    return join_sensitive(form, record.case.facts, sealed_facts(tx, record))
