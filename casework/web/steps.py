"""Taking a step: its form on the page of the case, filled in again where something is wrong or somebody was first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from casework.forms.field import AskedOf
from casework.forms.form import Form, form_of
from casework.forms.in_words import Group, in_words
from casework.forms.posted import from_posted
from casework.forms.texts import OneUser
from casework.records import people
from casework.records.rows import StoredCase
from casework.rules.context import DecisionContext
from casework.rules.grammar import Transition, Workflow
from casework.rules.people import HELPERS, STAFF, Person
from casework.rules.refusals import Invalid, Refusal
from casework.rules.rights import may_help
from casework.rules.text import Text
from casework.web.widgets import Filled, Widget, plainly, titles, widgets
from casework.work import workflow_registry
from casework.work.drafts import Draft
from casework.work.forms import SteppingIn
from casework.work.service import Transaction

_MOST_ORGS: Final = 500
_MOST_PEOPLE: Final = 200


@dataclass(frozen=True, slots=True)
class Chosen:
    """The step that was chosen on the page of a case, with its form; `problem` says why it was refused just now."""

    name: str
    title: Text
    to: Text
    letters: tuple[Text, ...]
    grave: bool
    fields: list[Widget]
    problem: Refusal | None = None
    faults: tuple[tuple[str, Text | None, Text], ...] = ()
    typed: tuple[Group, ...] = ()
    subject: str = ""
    assigns: bool = False
    """Whether it names who helps."""
    kept: Draft | None = None
    """What was typed before and not sent, which stands in the fields."""


def edge_of(workflow: Workflow, name: str, state: str) -> Transition | None:
    """Return the edge of this name from a state, or where there is none from there, one from elsewhere."""
    return workflow.edge(name, state) or next((one for one in workflow.transitions if one.name == name), None)


def payload_of(workflow: Workflow, edge: Transition, posted: MultiDict[str, str]) -> dict[str, Any]:
    """Return what was filled in for a step, as the body that the step takes."""
    given = dict(posted.lists())
    form = form_of(edge.needs) if edge.needs else None
    found = from_posted(form, given) if form else {}
    return from_posted(SteppingIn, given) | found


def chosen(
    tx: Transaction,
    record: StoredCase,
    office: DecisionContext,
    edge: Transition,
    *,
    needs_reason: bool,
    values: Mapping[str, Any] | None = None,
    problem: Refusal | None = None,
) -> Chosen:
    """Return the step as the page asks for it, with what was filled in and why it was refused."""
    workflow = workflow_registry.pinned(record.case)
    form = form_of(edge.needs) if edge.needs else None
    faults = tuple(problem.faults) if isinstance(problem, Invalid) else ()
    asked_of: AskedOf = "office" if tx.acting.person else "applicant"
    choices = _choices(tx, record, form, edge)
    filled = Filled(values or {}, faults, *choices, _offered(office), today=tx.today, asked_of=asked_of)
    asked = widgets(form, filled) if form else []
    if form and asked_of == "applicant":
        asked = [plainly(one, form.instance().field(one.path)) for one in asked]
    reason = needs_reason and "reason" not in (form.field_names() if form else ())
    to = edge.leads_to(record.case.state)
    return Chosen(
        name=edge.name,
        title=edge.title,
        to=workflow.by_state[to].title,
        letters=tuple(workflow.by_letter[name].called for name in edge.sends(tx.acting.role)),
        grave=workflow.by_state[to].final,
        fields=[*(widgets(SteppingIn, filled) if reason else []), *asked],
        problem=problem,
        faults=tuple(titles(_asking(form, reason), faults)),
        typed=tuple(in_words(form, values)) if form and values else (),
        assigns=edge.assigns is not None,
    )


def _asking(form: type[Form] | None, reason: bool) -> type[Form]:
    return SteppingIn if form is None or (reason and not form.field_names()) else form


def _choices(
    tx: Transaction, record: StoredCase, form: type[Form] | None, edge: Transition
) -> tuple[list[Person], dict[str, str]]:
    """The users and organisations that the form may name, where it names any."""
    asks = form is not None and any(isinstance(one, OneUser) for _, one in form.form_fields())
    orgs = {}
    if edge.transfers:
        others = (org for org in tx.rules.orgs.values() if org.code != record.case.org_code)
        orgs = {org.code: str(org.name) for org, _ in zip(others, range(_MOST_ORGS), strict=False)}
    # Applicants are told of no member of staff.
    if not asks or tx.acting.person is None:
        return [], orgs
    near = people.helpers_near(tx.db, record.case.org_path, _MOST_PEOPLE)
    staff = people.staff_above(tx.db, record.case.org_path, STAFF)
    return [one for one in (*near, *staff) if one.role not in HELPERS or may_help(one, record.case)], orgs


def _offered(office: DecisionContext) -> dict[str, dict[str, Text]]:
    funds = {fund.code: Text(fund.name, fund.name) for fund in office.funds.values()}
    return {"fund": funds} if funds else {}
