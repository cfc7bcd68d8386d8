"""Following an application: by number and code, then its progress, letters, and the applicant's own steps."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple
from uuid import UUID

from flask import redirect, request
from werkzeug.datastructures import MultiDict

from casework.forms.form import form_of
from casework.http.callers import caller_network
from casework.http.problems import STATUS
from casework.http.wiring import wiring
from casework.records import cases, files
from casework.records.rows import StoredCase
from casework.rules.case import Phase
from casework.rules.grammar import Transition
from casework.rules.messages import WRITERS
from casework.rules.refusals import (
    Invalid,
    NotFound,
    NotMet,
    NotNow,
    NotYours,
    Refusal,
    SlowDown,
    Stale,
    Unauthenticated,
)
from casework.rules.text import Text
from casework.web import typed, visiting
from casework.web.clocks import Clock, clocks_of
from casework.web.page import Answer, Html, Page, Redirect
from casework.web.steps import Chosen, chosen, edge_of, payload_of
from casework.work import applications, carrying, messages, paper_list, workflow_registry
from casework.work.paper_list import PaperOnList
from casework.work.service import Transaction

_ASK_AGAIN = Text("请重新输入案号和查询码。", "Give the number and the code again.")
_PAPERS: Final = "papers"
_DONE = Text("已提交。", "It is sent.")


class OwnStep(NamedTuple):
    """A step that the applicant may take."""

    name: str
    title: Text


class Unwritten(NamedTuple):
    """A message that was typed and not sent, and why not."""

    text: str
    refused: Refusal

    @property
    def why(self) -> Text:
        """What the applicant is told."""
        return self.refused.faults[0].text if isinstance(self.refused, Invalid) else self.refused.text


@Page("GET", "/track", "everybody")
def track(_: MultiDict[str, str]) -> Answer:
    """Where one gives the number and the code."""
    return _ask()


@Page("POST", "/track", "everybody")
def identify(posted: MultiDict[str, str]) -> Answer:
    """The application, for half an hour; the code is posted, and never in an address."""
    number, code = posted.get("number", ""), posted.get("code", "")
    service = wiring().service
    try:
        case_id = applications.identify(service, number, applications.typed_code(service, code), caller_network())
    except (NotFound, Invalid, SlowDown) as refused:
        text = _NOT_FOUND if isinstance(refused, NotFound) else refused.text
        return _ask(number[:100], text, STATUS[refused.code], posted)
    found, typed_at = visiting.visiting(lambda tx: _identified(tx, case_id, posted))
    answer = redirect(typed_at or f"/track/{found}", 303)
    visiting.keep_ticket(answer, case_id, found)
    return answer


def _identified(tx: Transaction, case_id: UUID, posted: MultiDict[str, str]) -> tuple[str, str | None]:
    """The number of the case, and where what was sent too late stands again, if anything was."""
    number, address = cases.get_for_applicant(tx.db, case_id).case.number, posted.get("next", "")
    found = carrying.opened(tx, address, posted.get("carried", ""))
    if found is None or found.whose != number:
        return number, None
    carrying.keep(tx, owner_of(case_id), address, found.fields)
    return number, address


def _ask(
    number: str = "", problem: Text | None = None, status: int = 200, carried: Mapping[str, str] | None = None
) -> Html:
    """Where one gives the number and the code; `carried` is what was sent too late, and to where."""
    with_it = {name: (carried or {}).get(name, "") for name in ("carried", "next")}
    return Html("track", {"problem": problem, "number": number, "path": "/track", **with_it}, status)


def ended(posted: MultiDict[str, str], number: str) -> Answer:
    """The code was given too long ago: it is asked for again, and what was typed goes with the question."""
    fields = {name: values for name, values in posted.lists() if name not in typed.HIDDEN}
    address = request.path
    sealed = visiting.visiting(lambda tx: carrying.carry(tx, address, number, fields))
    if not sealed:
        raise Unauthenticated(_ASK_AGAIN)
    return _ask(number, None, 401, {"carried": sealed, "next": address})


def owner_of(case_id: UUID) -> str:
    """Whose it is, what an applicant has typed."""
    return f"applicant {case_id}"


_NOT_FOUND = Text(
    "没有找到；请核对案号和查询码。查询码丢了的，带身份证到受理的工会补办。",
    "Nothing was found; check the number and the code. If the code is lost, bring your identity card to the union.",
)


@Page("GET", "/track/<number>", "everybody")
def application(_: MultiDict[str, str], number: str) -> Answer:
    """Where the application stands, what is asked of the applicant and until when, and the letters."""
    case_id = case_of_ticket(number)
    return visiting.visiting(lambda tx: application_page(tx, case_id))


@Page("GET", "/track/<number>/do/<step>", "everybody")
def step_form(_: MultiDict[str, str], number: str, step: str) -> Answer:
    """The form of a step of the applicant's own, as it was typed where it was sent too late."""
    case_id, address = case_of_ticket(number), request.path

    def shown(tx: Transaction) -> Answer:
        fields = carrying.find(tx, owner_of(case_id), address)
        if fields is None:
            return application_page(tx, case_id, step)
        return replace(application_page(tx, case_id, step, MultiDict(fields), typed.Unsent()), status=200)

    return visiting.visiting(shown)


@Page("POST", "/track/<number>/do/<step>", "everybody")
def take(posted: MultiDict[str, str], number: str, step: str) -> Answer:
    """The step is taken; where it is refused the form comes back as it was filled in."""
    case_id = visiting.ticket(number)
    if case_id is None:
        return ended(posted, number)

    def taken(tx: Transaction) -> Answer:
        record = cases.get_for_applicant(tx.db, case_id)
        workflow = workflow_registry.pinned(record.case)
        edge = edge_of(workflow, step, record.case.state)
        if edge is None:
            raise NotFound
        version = posted.get("version", "")
        tx.if_match = frozenset({int(version)} if version.isdigit() and len(version) < 10 else ())
        applications.take(tx, case_id, step, payload_of(workflow, edge, posted))
        carrying.drop(tx, owner_of(case_id), request.path)
        return Redirect(f"/track/{number}")

    try:
        return visiting.visiting(taken)
    except (Invalid, NotMet, NotNow, NotYours, Stale) as refused:
        problem = refused
    return visiting.visiting(lambda tx: application_page(tx, case_id, step, posted, problem))


@Page("GET", "/leave", "everybody")
def leave(_: MultiDict[str, str]) -> Answer:
    """Everything that this browser knows of us is forgotten, and another site opens."""
    answer = redirect(wiring().leave_to, 303)
    visiting.forget(answer)
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


def case_of_ticket(number: str) -> UUID:
    """The case of this number; raises `Unauthenticated` where its code was not given in this browser, or long ago."""
    found = visiting.ticket(number)
    if found is None:
        raise Unauthenticated(_ASK_AGAIN)
    return found


def application_page(
    tx: Transaction,
    case_id: UUID,
    step: str | None = None,
    posted: MultiDict[str, str] | None = None,
    refused: Refusal | None = None,
    *,
    message: Unwritten | None = None,
) -> Html:
    """Where the application stands, with the form of a step, and a message that was typed and not sent."""
    record = cases.get_for_applicant(tx.db, case_id)
    workflow = workflow_registry.pinned(record.case)
    offers, office = applications.own_steps(tx, record)
    allowed = {one.transition.name: one for one in offers if one.allowed}
    awaited = applications.papers_awaited(tx, record)
    listed = paper_list.of_applicant(workflow, record.case, files.of_case(tx.db, case_id), awaited)
    shown: Chosen | None = None
    edge = edge_of(workflow, step, record.case.state) if step else None
    if edge is not None and (edge.name in allowed or refused):
        values = payload_of(workflow, edge, posted) if posted is not None else _sent_in(edge, listed)
        shown = chosen(tx, record, office, edge, needs_reason=False, values=values, problem=refused)
    org, problem = tx.rules.orgs[record.case.org_code], refused or (message.refused if message else None)
    return Html(
        "application",
        {
            "case": record.case,
            "workflow": workflow,
            "state": workflow.by_state[record.case.state],
            "phases": list(Phase),
            "office": org,
            "steps": [OwnStep(name, one.transition.title) for name, one in allowed.items()],
            "chosen": shown,
            "owed": _owed(tx, record),
            "papers": awaited,
            "listed": listed,
            "letters": applications.own_letters(tx, record),
            "messages": messages.own(tx, record),
            "writers": WRITERS,
            "unwritten": message,
            "once": secrets.token_urlsafe(24),
        },
        STATUS[problem.code] if problem else 200,
    )


def _sent_in(edge: Transition, listed: Sequence[PaperOnList]) -> dict[str, Any] | None:
    """The papers asked for of which there are files, filled into a form that asks which ones come."""
    names = paper_list.sent_in(listed)
    if not names or edge.needs is None or _PAPERS not in form_of(edge.needs).field_names():
        return None
    return {_PAPERS: [{"name": name, "copies": 1} for name in names]}


def _owed(tx: Transaction, record: StoredCase) -> list[Clock]:
    """The clocks that wait for the applicant."""
    workflow = workflow_registry.pinned(record.case)
    names = {run.name for run in applications.owed(record)}
    running, _ = clocks_of(tx, record, workflow)
    return [one for one in running if one.name in names]
