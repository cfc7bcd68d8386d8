"""Correcting the facts of a case: a merge patch, checked as a whole like an intake."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from casework.forms.corrections import corrected
from casework.forms.form import intake_of
from casework.forms.validation_errors import SENTENCES, speakable
from casework.records import writing
from casework.records.rows import StoredCase
from casework.rules import case_actions
from casework.rules.decide import clean_reason
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.blind_indexes import blind_indexes_of
from casework.work.cases import locked
from casework.work.commit import commit
from casework.work.preconditions import ensure, ensure_fresh
from casework.work.sealing import full_facts
from casework.work.service import Transaction


def correct(tx: Transaction, case_id: UUID, given: Any) -> StoredCase:
    """The case after its facts were corrected by a merge patch, checked as a whole like an intake.

    Those who may correct have to say which version they have read.
    """
    record = locked(tx, case_id)
    ensure(case_actions.may_correct(record.case, tx.acting))
    ensure_fresh(tx, record, required=True)
    workflow = workflow_registry.pinned(record.case)
    office = tx.office(record)
    patch, reason = _correction(given, case_actions.correction_needs_reason(workflow, record.case, tx.acting))
    current = full_facts(tx, record, intake_of(workflow))
    move = corrected(workflow, record.case, current, patch, reason, tx.acting, tx.now, office)
    index = blind_indexes_of(move, tx.index_key)["identity_number"]
    if index is not None and "identity_number" not in record.case.facts["applicant"]:
        writing.know_identity(tx.db, record.applicant_id, index)
    return commit(tx, record, move, workflow, office)


def _correction(given: Any, needs_reason: bool) -> tuple[Mapping[str, Any], str | None]:
    """The patch and the reason of `{"facts": {…}, "reason": "…"}`."""
    body = given if isinstance(given, Mapping) else {}
    unknown = sorted(set(body) - {"facts", "reason"})
    faults = [Fault(speakable(name), "unknown", SENTENCES["unknown"]) for name in unknown]
    if not isinstance(body.get("facts"), Mapping):
        faults.append(Fault("facts", "type", SENTENCES["type"]))
    if "reason" not in body and needs_reason:
        faults.append(Fault("reason", "required", _NEEDS_REASON))
    if faults:
        raise Invalid(faults)
    return body["facts"], clean_reason(body["reason"]) if "reason" in body else None


_NEEDS_REASON = Text(
    "已公示、已作出决定、正在审批的案件，或者代他人更正时，须写明理由。",
    "After a notice or a decision, while it is being decided, or on a colleague's case, a correction needs a reason.",
)
