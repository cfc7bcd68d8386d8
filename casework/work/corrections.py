"""Correcting the facts of a case: a merge patch, checked as a whole like an intake."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from casework.forms.form import Form
from casework.forms.patch import merge_patch
from casework.forms.sensitive import join_sensitive, split_sensitive
from casework.forms.validation_errors import SENTENCES, speakable
from casework.records import cases, writing
from casework.records.rows import StoredCase
from casework.rules import case_actions
from casework.rules.case import Case
from casework.rules.context import DecisionContext
from casework.rules.decide import clean_reason
from casework.rules.grammar import Workflow
from casework.rules.move import Move
from casework.rules.people import Actor
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.blind_indexes import look_ups_of
from casework.work.commit import commit
from casework.work.preconditions import ensure, ensure_fresh
from casework.work.sealing import full_facts
from casework.work.service import Transaction
from casework.work.workflow_registry import intake_of


def correct(tx: Transaction, case_id: UUID, given: Any) -> StoredCase:
    """The case after its facts were corrected by a merge patch, checked as a whole like an intake.

    Those who may correct have to say which version they have read.
    """
    record = cases.get(tx.db, case_id, tx.person, lock=True)
    ensure(case_actions.may_correct(record.file, tx.acting))
    ensure_fresh(tx, record, required=True)
    workflow = workflow_registry.pinned(record.file)
    office = tx.office(record)
    patch, reason = _correction(given, case_actions.correction_needs_reason(workflow, record.file, tx.acting))
    current = full_facts(tx, record, intake_of(workflow))
    move = corrected(workflow, record.file, current, patch, reason, tx.acting, tx.now, office)
    index = look_ups_of(move, tx.index_key)["identity_number"]
    if index is not None and "identity_number" not in record.file.facts["applicant"]:
        writing.know_identity(tx.db, record.applicant_id, index)
    return commit(tx, record, move, workflow, office)


def corrected(
    workflow: Workflow,
    case: Case,
    current: Mapping[str, Any],
    patch: Mapping[str, Any],
    reason: str | None,
    actor: Actor,
    now: datetime,
    office: DecisionContext,
) -> Move:
    """The move of a correction that this actor may make; raises `Invalid`. `current` are the facts in full."""
    form = intake_of(workflow)
    own = {name: value for name, value in current.items() if name in form.field_names()}
    clean = form.check(merge_patch(form, own, patch), today=office.calendar.local_date(now))
    facts, sealed = form.split(clean)
    replaced = _replaced(form, own, sealed)
    changed = _differences(own, join_sensitive(form, facts, sealed), facts)
    # What transitions have added to the facts is theirs and stays as it is.
    facts = {**{name: value for name, value in current.items() if name not in own}, **facts}
    return case_actions.correct(workflow, case, facts, sealed, replaced, changed, reason, actor, now, office)


def _replaced(form: type[Form], current: Mapping[str, Any], sealed: Mapping[str, Any]) -> dict[str, Any]:
    """The sensitive values that a correction changes or removes."""
    before = split_sensitive(form, current)[1]
    return {path: value for path, value in before.items() if sealed.get(path) != value}


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


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """What changed, for the event: the fields at the top as they are shown now, sensitive values masked."""
    names = sorted({*before, *after})
    return {"changed": {name: shown.get(name) for name in names if before.get(name) != after.get(name)}}
