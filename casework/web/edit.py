"""Correcting the facts of a case in the sections of its intake form; what is masked and not touched stays."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from casework.forms.form import intake_of
from casework.forms.posted import correction_from_posted, from_posted
from casework.http.problems import STATUS
from casework.records.rows import StoredCase
from casework.rules import case_actions
from casework.rules.grammar import Workflow
from casework.rules.refusals import Fault, Invalid, Refusal
from casework.web.found import case_of, version_of
from casework.web.frame import frame_of
from casework.web.intake import sections_of
from casework.web.meanwhile import differences, since
from casework.web.page import STAFF, Answer, Html, Page, Redirect, Visit
from casework.web.widgets import Filled, titles, widgets
from casework.work import corrections, drafts, workflow_registry
from casework.work.forms import SteppingIn
from casework.work.preconditions import ensure
from casework.work.service import Transaction

_FACTS: Final = "facts"


@Page("GET", "/cases/<number>/edit", STAFF)
def edit(visit: Visit, number: str) -> Answer:
    """The facts as they are shown, to be corrected by those who may; or as they were typed before and not sent."""
    tx = visit.tx
    record = case_of(tx, number)
    kept = drafts.find(tx, drafts.of_user(tx), _subject(number))
    if kept is None:
        return _page(tx, record, _Typed(record.case.facts, {}, record.case.version))
    return _page(tx, record, replace(_typed(record, kept.fields), seen=kept.version, kept_at=kept.at))


def _again(visit: Visit, refused: Refusal, number: str) -> Answer:
    """What was filled in, with why it was refused and, where somebody was first, what is registered by now."""
    record = case_of(visit.tx, number)
    seen = max(version_of(visit.posted), default=None)
    return _page(visit.tx, record, replace(_typed(record, dict(visit.posted.lists())), seen=seen), refused)


@Page("POST", "/cases/<number>/edit", STAFF, again=_again)
def correct(visit: Visit, number: str) -> Answer:
    """The facts are corrected on the version that the form was made for."""
    tx = visit.tx
    record = case_of(tx, number)
    given = dict(visit.posted.lists())
    tx.if_match = version_of(visit.posted)
    form = intake_of(workflow_registry.pinned(record.case))
    patch = correction_from_posted(form, given, record.case.facts, _FACTS)
    corrections.correct(tx, record.case.id, {"facts": patch, **from_posted(SteppingIn, given)})
    drafts.drop(tx, drafts.of_user(tx), _subject(number))
    return Redirect(f"/cases/{number}")


@dataclass(frozen=True, slots=True)
class _Typed:
    """What stands in the form: the facts and the reason, for which version they were typed, and when they were kept."""

    facts: Any
    reason: dict[str, Any]
    seen: int | None = None
    kept_at: datetime | None = None


def _typed(record: StoredCase, given: Mapping[str, list[str]]) -> _Typed:
    form = intake_of(workflow_registry.pinned(record.case))
    return _Typed(from_posted(form, given, _FACTS), from_posted(SteppingIn, given))


def _subject(number: str) -> str:
    """Under what the draft of a correction is kept."""
    return f"edit {number}"


def _page(tx: Transaction, record: StoredCase, typed: _Typed, refused: Refusal | None = None) -> Answer:
    ensure(case_actions.may_correct(record.case, tx.acting))
    workflow = workflow_registry.pinned(record.case)
    form, needs_reason = intake_of(workflow), _needs_reason(tx, record, workflow)
    found = refused.faults if isinstance(refused, Invalid) else []
    of_reason = [one for one in found if one.path == "reason" and needs_reason and not typed.reason]
    of_facts = [
        Fault(f"{_FACTS}.{one.path.removeprefix(f'{_FACTS}.')}", one.code, one.text)
        for one in found
        if one not in of_reason
    ]
    first = typed.seen is not None and typed.seen < record.case.version
    return Html(
        "edit",
        {
            "frame": frame_of(tx),
            "case": record.case,
            # What is registered by now is told, so that whoever sends this again has seen it.
            "version": record.case.version,
            "meanwhile": since(tx, record, typed.seen or 0) if first else [],
            "differences": differences(form, record.case.facts, typed.facts) if first else [],
            "reason": widgets(SteppingIn, Filled(typed.reason, of_reason)) if needs_reason else [],
            "sections": sections_of(form, widgets(form, Filled(typed.facts, of_facts, today=tx.today), _FACTS), _FACTS),
            "kept_at": typed.kept_at,
            "subject": _subject(record.case.number),
            "path": f"/cases/{record.case.number}/edit",
            "state": workflow.by_state[record.case.state].title,
            "faults": titles(SteppingIn, of_reason) + titles(form, of_facts, _FACTS),
            "problem": refused,
        },
        STATUS[refused.code] if refused else 200,
    )


def _needs_reason(tx: Transaction, record: StoredCase, workflow: Workflow) -> bool:
    return case_actions.correction_needs_reason(workflow, record.case, tx.acting)
