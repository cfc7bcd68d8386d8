"""Correcting the facts of a case in the sections of its intake form; what is masked and not touched stays."""

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
from casework.web.page import STAFF, Answer, Html, Page, Redirect, Visit
from casework.web.widgets import Filled, titles, widgets
from casework.work import corrections, workflow_registry
from casework.work.forms import SteppingIn
from casework.work.preconditions import ensure
from casework.work.service import Transaction

_FACTS: Final = "facts"


@Page("GET", "/cases/<number>/edit", STAFF)
def edit(visit: Visit, number: str) -> Answer:
    """The facts as they are shown, to be corrected by those who may."""
    record = case_of(visit.tx, number)
    return _page(visit.tx, record, str(record.case.version), record.case.facts, {})


def _again(visit: Visit, refused: Refusal, number: str) -> Answer:
    """What was filled in, with why it was refused; the version stays, so that nothing newer is written over."""
    record = case_of(visit.tx, number)
    given = dict(visit.posted.lists())
    facts = from_posted(intake_of(workflow_registry.pinned(record.case)), given, _FACTS)
    return _page(visit.tx, record, visit.posted.get("version", ""), facts, from_posted(SteppingIn, given), refused)


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
    return Redirect(f"/cases/{number}")


def _page(
    tx: Transaction, record: StoredCase, version: str, facts: Any, said: dict[str, Any], refused: Refusal | None = None
) -> Answer:
    ensure(case_actions.may_correct(record.case, tx.acting))
    workflow = workflow_registry.pinned(record.case)
    form, needs_reason = intake_of(workflow), _needs_reason(tx, record, workflow)
    found = refused.faults if isinstance(refused, Invalid) else []
    of_reason = [one for one in found if one.path == "reason" and needs_reason and not said]
    of_facts = [
        Fault(f"{_FACTS}.{one.path.removeprefix(f'{_FACTS}.')}", one.code, one.text)
        for one in found
        if one not in of_reason
    ]
    return Html(
        "edit",
        {
            "frame": frame_of(tx),
            "case": record.case,
            "version": version,
            "reason": widgets(SteppingIn, Filled(said, of_reason)) if needs_reason else [],
            "sections": sections_of(form, widgets(form, Filled(facts, of_facts, today=tx.today), _FACTS), _FACTS),
            "faults": titles(SteppingIn, of_reason) + titles(form, of_facts, _FACTS),
            "problem": refused,
        },
        STATUS[refused.code] if refused else 200,
    )


def _needs_reason(tx: Transaction, record: StoredCase, workflow: Workflow) -> bool:
    return case_actions.correction_needs_reason(workflow, record.case, tx.acting)
