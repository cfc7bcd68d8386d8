"""The page of a case: head, clocks, what can be done next, facts and what happened; and taking a step there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from casework.forms.form import Form, form_of, intake_of
from casework.forms.in_words import Group, in_words
from casework.forms.texts import Code, Word
from casework.http.problems import STATUS
from casework.records import cases as records
from casework.records import history, views
from casework.records.rows import StoredCase
from casework.rules import case_actions
from casework.rules.case import Phase, Taken
from casework.rules.context import DecisionContext
from casework.rules.decide import Offer
from casework.rules.grammar import Workflow
from casework.rules.messages import KINDS
from casework.rules.parties import ROLES, further_parties, may_change_parties
from casework.rules.people import Role
from casework.rules.refusals import Invalid, NotFound, NotNow, Refusal, Stale
from casework.rules.rights import as_seen, sees_matter_only
from casework.rules.text import Text
from casework.web.clocks import clocks_of
from casework.web.found import case_id_of, version_of
from casework.web.frame import frame_of
from casework.web.hands import may_act
from casework.web.letters import letters_of
from casework.web.neighbours import neighbours
from casework.web.page import HELPERS, STAFF, Answer, Html, Page, Redirect, Visit
from casework.web.sensitive import shown_of
from casework.web.steps import Chosen, chosen, edge_of, payload_of
from casework.web.timeline import Happened, timeline_of
from casework.work import case_documents, cases, drafts, files, twins, workflow_registry
from casework.work.preconditions import NOT_FOR_AUDITORS
from casework.work.service import Transaction

_MOST_EVENTS: Final = 200
_MOST_TWINS: Final = 20
_MOST_NOTES: Final = 50
_READERS: Final = STAFF | HELPERS | {Role.AUDITOR}
_FOR_THE_STEP: Final = Text("办理“{step}”", "For the step: {step}")
_NO_SUCH_STEP: Final = Text("没有这一步。", "There is no such step.")


class Step(NamedTuple):
    """A transition from where the case stands: allowed, or why not."""

    name: str
    title: Text
    to: Text
    allowed: bool
    because: Text | None
    grave: bool


class Before(NamedTuple):
    """The step that was taken last, with what was said at it, as whoever goes on reads it."""

    title: Text
    at: Any
    groups: list[Group]


class CaseQuery(Form):
    """Which step was done just now, to say so."""

    done = Code(title=Text("刚办理的步骤", "The step that was taken"))
    view = Word(most=500, title=Text("所在列表", "The list from which it was opened"), example="")


@Page("GET", "/cases/<number>", _READERS, query=CaseQuery)
def case(visit: Visit, number: str) -> Answer:
    """Everything that its readers may see of a case; of the steps the first one that is possible is open."""
    return _page(visit, number)


@Page("GET", "/cases/<number>/do/<step>", STAFF | HELPERS, query=CaseQuery)
def step_form(visit: Visit, number: str, step: str) -> Answer:
    """The same with the form of this step."""
    return _page(visit, number, step)


def _again(visit: Visit, refused: Refusal, number: str, step: str) -> Answer:
    """The form as it was filled in, with why it was refused."""
    return _page(visit, number, step, refused)


@Page("POST", "/cases/<number>/do/<step>", STAFF | HELPERS, again=_again)
def take(visit: Visit, number: str, step: str) -> Answer:
    """The step is taken on the version that the form was made for."""
    tx, posted = visit.tx, visit.posted
    record, _ = _found(tx, number)
    workflow = workflow_registry.pinned(record.case)
    edge = edge_of(workflow, step, record.case.state)
    if edge is None:
        raise NotFound(_NO_SUCH_STEP)
    tx.if_match = version_of(posted)
    cases.take_transition(tx, record.case.id, step, payload_of(workflow, edge, posted))
    drafts.drop(tx, drafts.of_user(tx), _subject(number, step))
    view = {"view": posted["view"]} if posted.get("view") else {}
    return Redirect(f"/cases/{number}?{urlencode({'done': step, **view})}")


@Page("POST", "/cases/<number>/claim", STAFF)
def claim(visit: Visit, number: str) -> Answer:
    """The case is the caller's."""
    record, _ = _found(visit.tx, number)
    cases.claim(visit.tx, record.case.id, {})
    return Redirect(f"/cases/{number}")


def _note_again(visit: Visit, refused: Refusal, number: str) -> Answer:
    return _page(visit, number, note_refused=refused)


@Page("POST", "/cases/<number>/notes", STAFF | HELPERS, again=_note_again)
def note(visit: Visit, number: str) -> Answer:
    """A note on the case."""
    record, _ = _found(visit.tx, number)
    case_documents.add_note(visit.tx, record.case.id, {"text": visit.posted.get("text", "")})
    return Redirect(f"/cases/{number}#notes")


@Page("GET", "/cases/<number>/notes", STAFF | HELPERS)
def notes(visit: Visit, number: str) -> Answer:
    """The notes of a case, which is noted as a reading of what may be sensitive."""
    return _page(visit, number, read_notes=True)


def _not_shown(visit: Visit, refused: Refusal, number: str) -> Answer:
    return _page(visit, number, _step_posted(visit), not_shown=refused)


@Page("POST", "/cases/<number>/sensitive", STAFF | HELPERS, again=_not_shown)
def sensitive(visit: Visit, number: str) -> Answer:
    """The page with what is sealed, on this answer only; who asked and why is logged.

    The reason is what was written, or the step that is open: reading is a part of deciding.
    """
    tx = visit.tx
    record, _ = _found(tx, number)
    step = _step_posted(visit)
    reason = visit.posted.get("reason", "").strip()
    if step and not reason:
        offers, _ = _offers(tx, record)
        offer = next((one for one in offers if one.allowed and one.transition.name == step), None)
        reason = _FOR_THE_STEP.with_(step=offer.transition.title).in_(tx.language) if offer else ""
    values = case_documents.disclose(tx, record.case.id, {"reason": reason} if reason else {})
    return _page(visit, number, step, values=values)


def _why(refused: Refusal) -> Text:
    return refused.faults[0].text if isinstance(refused, Invalid) else refused.text


def _step_posted(visit: Visit) -> str | None:
    return visit.posted.get("step") or None


def _page(
    visit: Visit,
    number: str,
    step: str | None = None,
    refused: Refusal | None = None,
    *,
    read_notes: bool = False,
    values: Mapping[str, Any] | None = None,
    not_shown: Refusal | None = None,
    note_refused: Refusal | None = None,
) -> Answer:
    tx, problem = visit.tx, refused or not_shown or note_refused
    record, others = _found(tx, number)
    workflow = workflow_registry.pinned(record.case)
    whole, record = record, replace(record, case=as_seen(workflow, record.case, tx.person))
    running, ended = clocks_of(tx, record, workflow)
    offers, office = _offers(tx, whole)
    steps = [_step(workflow, record, one) for one in offers]
    first = max(0, record.case.version - _MOST_EVENTS)
    # Who sees the matter only is told of no step either: what was said at it names people.
    matter_only = sees_matter_only(workflow, whole.case, tx.person)
    events = [] if matter_only else history.event_page(tx.db, record.case.id, _MOST_EVENTS, first)
    timeline = timeline_of(record, workflow, events)
    open_step = _chosen(visit, record, offers, office, step, refused) if office else None
    done = visit.query.get("done")
    view = visit.query.get("view") or visit.posted.get("view", "")
    views.look(tx.db, tx.person.id, record.case.id, record.case.version)
    return Html(
        "case",
        {
            "frame": frame_of(tx),
            "case": record.case,
            "workflow": workflow,
            "state": workflow.by_state[record.case.state],
            "phases": list(Phase),
            "org": tx.rules.orgs[record.case.org_code].name,
            "running": running,
            "ended": ended,
            "possible": [one for one in steps if one.allowed],
            "refused": [one for one in steps if not one.allowed],
            "chosen": open_step,
            "why_not": next((one for one in steps if one.name == step and not one.allowed), None),
            "meanwhile": _meanwhile(visit, timeline) if isinstance(refused, NotNow | Stale) else [],
            "still_possible": step is None or any(one.allowed and one.name == step for one in steps),
            "before": None if matter_only else _before(workflow, record),
            "done": edge_of(workflow, done, record.case.state) if done else None,
            "groups": in_words(intake_of(workflow), record.case.facts),
            "shown": shown_of(workflow, record.case.facts, events, values) if values is not None else None,
            "not_shown": _why(not_shown) if not_shown else None,
            "auditor": NOT_FOR_AUDITORS if tx.person.role is Role.AUDITOR else None,
            "list": neighbours(tx, view, number) if view else None,
            "path": f"/cases/{number}/do/{step}" if step else f"/cases/{number}",
            "twins": twins.of_case(record.case, others, tx.person)[:_MOST_TWINS],
            "timeline": timeline,
            "listed": None if matter_only else files.papers_of_case(record, files.of_case(tx, whole)),
            "asked": [row.kind for row in events if row.kind in KINDS],
            "parties": further_parties(record.case.facts),
            "party_roles": ROLES,
            "may_add_parties": not matter_only and may_change_parties(record.case, tx.acting) is None,
            "letters": [] if matter_only else letters_of(visit, record),
            "may_edit": case_actions.may_correct(whole.case, tx.acting) is None,
            "may_hand": may_act(tx, whole),
            "may_print": not matter_only,
            "may_read": tx.person.role in STAFF | HELPERS and not matter_only,
            "notes": _notes(tx, record) if read_notes else None,
            "may_claim": tx.person.role in STAFF and record.case.owner is None and record.case.closed_at is None,
            "note_refused": _why(note_refused) if note_refused else None,
            "note_typed": visit.posted.get("text", "") if note_refused else "",
            "may_write": tx.person.role in STAFF | HELPERS,
        },
        STATUS[problem.code] if problem else 200,
    )


def _found(tx: Transaction, number: str) -> tuple[StoredCase, Any]:
    """The case of this number as the caller may see it, with other cases of the same person; raises `NotFound`."""
    case_id = case_id_of(tx, number)
    if tx.person.role in STAFF:
        return records.with_others(tx.db, case_id, tx.person)
    return records.get(tx.db, case_id, tx.person), ()


def _offers(tx: Transaction, record: StoredCase) -> tuple[list[Offer], DecisionContext | None]:
    """What can be done from here, and what not; steps that time alone takes are nobody's."""
    if tx.person.role not in STAFF | HELPERS:
        return [], None
    offers, office = cases.offered(tx, record)
    workflow = workflow_registry.pinned(record.case)
    shown = [one for one in offers if not one.transition.by_time_alone]
    return sorted(shown, key=lambda one: _way(workflow, record, one)), office


def _way(workflow: Workflow, record: StoredCase, offer: Offer) -> int:
    """Where a step leads, by the order of the states: on, nowhere else, back, or to an end; so they are offered."""
    to = offer.transition.leads_to(record.case.state)
    order = [state.name for state in workflow.states]
    if workflow.by_state[to].final and not workflow.by_state[record.case.state].final:
        return 3
    here, there = order.index(record.case.state), order.index(to)
    return 0 if there > here else 1 if there == here else 2


def _step(workflow: Workflow, record: StoredCase, offer: Offer) -> Step:
    edge = offer.transition
    to = workflow.by_state[edge.leads_to(record.case.state)]
    return Step(edge.name, edge.title, to.title, offer.allowed, offer.because, to.final)


def _chosen(
    visit: Visit,
    record: StoredCase,
    offers: list[Offer],
    office: DecisionContext,
    name: str | None,
    refused: Refusal | None,
) -> Chosen | None:
    """The step of this name, or without one the first that is possible and leads on."""
    workflow = workflow_registry.pinned(record.case)
    allowed = [one for one in offers if one.allowed]
    if name is None:
        # What leads back or to an end is nobody's first thought.
        offer = next((one for one in allowed if _way(workflow, record, one) < 2), None)
    else:
        offer = next((one for one in allowed if one.transition.name == name), None)
    edge = offer.transition if offer else edge_of(workflow, name or "", record.case.state)
    if edge is None or (offer is None and refused is None):
        return None
    tx = visit.tx
    subject = _subject(record.case.number, edge.name)
    kept = None if refused else drafts.find(tx, drafts.of_user(tx), subject)
    values = payload_of(workflow, edge, MultiDict(kept.fields) if kept else visit.posted) if refused or kept else None
    needs_reason = offer is not None and offer.needs_reason
    shown = chosen(tx, record, office, edge, needs_reason=needs_reason, values=values, problem=refused)
    return replace(shown, subject=subject, kept=kept)


def _subject(number: str, step: str) -> str:
    """Under what the draft of a step is kept."""
    return f"step {number} {step}"


def _meanwhile(visit: Visit, timeline: list[Happened]) -> list[Happened]:
    """What happened since the form was made."""
    seen = max(version_of(visit.posted), default=0)
    return [one for one in timeline if seen and one.seq > seen]


def _before(workflow: Workflow, record: StoredCase) -> Before | None:
    """What was said at the step that was taken last, where it said anything."""
    latest: tuple[str, Taken] | None = max(record.case.taken.items(), key=lambda one: one[1].at, default=None)
    if latest is None:
        return None
    name, taken = latest
    edge = edge_of(workflow, name, record.case.state)
    if edge is None or edge.needs is None or not taken.given:
        return None
    return Before(edge.title, taken.at, in_words(form_of(edge.needs), taken.given))


def _notes(tx: Transaction, record: StoredCase) -> list[tuple[Any, str]]:
    rows = history.note_page(tx.db, record.case.id, _MOST_NOTES, None)
    return list(zip(rows, case_documents.read_notes(tx, record, rows), strict=True))
