"""Taking in a new case: who, where and how it came, and the facts in sections."""

import secrets
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from casework.forms.form import Form, intake_of
from casework.forms.posted import from_posted
from casework.forms.texts import Choice, Code
from casework.forms.validation_errors import join
from casework.http.problems import STATUS
from casework.rules.duplicates import Duplicate, Twin
from casework.rules.grammar import Workflow
from casework.rules.refusals import Invalid, NotFound, Refusal
from casework.rules.text import Text
from casework.web.frame import frame_of
from casework.web.page import STAFF, Answer, Html, Page, Redirect, Visit
from casework.web.widgets import Filled, Widget, flat, titles, widgets
from casework.work import drafts, forms, intake, twins, workflow_registry
from casework.work.forms import NewCase
from casework.work.service import Transaction

_FACTS: Final = "facts"
_FIRST: Final = Text("申请事项", "The request")
_MOST_TWINS: Final = 10
_SHELL: Final = ("org", "channel", "urgent")


class Section(NamedTuple):
    """A part of the intake form with a title of its own."""

    id: str
    title: Text
    fields: list[Widget]


class IntakeQuery(Form):
    """What a start page may say: for which organisation, and how the request came."""

    org = Code(title=Text("机构", "Office"))
    channel = Choice(forms.CHANNELS, title=Text("渠道", "Channel"))


@Page("GET", "/cases/new/<workflow>", STAFF, query=IntakeQuery)
def new(visit: Visit, workflow: str) -> Answer:
    """The intake form, with what was typed before and not sent."""
    tx = visit.tx
    programme = _programme(workflow)
    kept = drafts.find(tx, drafts.of_user(tx), _subject(workflow))
    posted = kept.fields if kept else {}
    values = _values(programme, posted) if kept else dict(visit.query)
    return _page(tx, programme, values, kept_at=kept.at if kept else None)


def _again(visit: Visit, refused: Refusal, workflow: str) -> Answer:
    """The form as it was filled in, with why it was refused."""
    programme = _programme(workflow)
    return _page(visit.tx, programme, _values(programme, dict(visit.posted.lists())), refused)


@Page("POST", "/cases/new/<workflow>", STAFF, again=_again)
def open_case(visit: Visit, workflow: str) -> Answer:
    """The case is opened, and its page shows it."""
    tx = visit.tx
    given = _values(_programme(workflow), dict(visit.posted.lists()))
    record, _ = intake.open_case(tx, {"workflow": workflow, **given})
    drafts.drop(tx, drafts.of_user(tx), _subject(workflow))
    return Redirect(f"/cases/{record.case.number}")


@Page("POST", "/cases/new/<workflow>/twins", STAFF)
def alike(visit: Visit, workflow: str) -> Answer:
    """The open cases of the person whose number, or name and telephone, stands in the form so far: a part of a page."""
    programme = _programme(workflow)
    return Html("twins", {"alike": _alike(visit.tx, programme, _values(programme, dict(visit.posted.lists())))})


def _alike(tx: Transaction, programme: Workflow, values: Mapping[str, Any]) -> list[Twin]:
    applicant = values.get(_FACTS, {}).get("applicant", {})
    return twins.as_typed(tx, programme, applicant)[:_MOST_TWINS] if applicant else []


def _programme(key: str) -> Workflow:
    try:
        return workflow_registry.newest(key)
    except KeyError:
        raise NotFound from None


def _subject(workflow: str) -> str:
    return f"new {workflow}"


def _values(workflow: Workflow, posted: Mapping[str, list[str]]) -> dict[str, Any]:
    """What was filled in, as the body that opens a case."""
    said = from_posted(NewCase, posted)
    said.pop("workflow", None)
    return {**said, _FACTS: from_posted(intake_of(workflow), posted, _FACTS)}


def _page(
    tx: Transaction,
    workflow: Workflow,
    values: dict[str, Any],
    refused: Refusal | None = None,
    kept_at: Any = None,
) -> Answer:
    faults = tuple(refused.faults) if isinstance(refused, Invalid) else ()
    offices = {org.code: str(org.name) for org in tx.rules.orgs.values() if org.path.startswith(tx.person.org_path)}
    shell = Filled(
        {"org": tx.person.org_path.rstrip("/").rpartition("/")[2], **values},
        faults,
        offered={
            "org": {code: Text(name, name) for code, name in offices.items()},
        },
    )
    about = [one for one in widgets(NewCase, shell) if one.path in _SHELL]
    again = isinstance(refused, Duplicate) or "duplicate_reason" in values
    if again:
        about += [one for one in widgets(NewCase, shell) if one.path == "duplicate_reason"]
    form = intake_of(workflow)
    sections = sections_of(form, widgets(form, Filled(values.get(_FACTS, {}), faults, today=tx.today), _FACTS), _FACTS)
    return Html(
        "intake",
        {
            "frame": frame_of(tx),
            "workflow": workflow,
            "about": about,
            "sections": sections,
            "once": secrets.token_urlsafe(24),
            "problem": refused,
            "faults": titles(NewCase, [one for one in faults if not one.path.startswith(f"{_FACTS}.")])
            + titles(form, [one for one in faults if one.path.startswith(f"{_FACTS}.")], _FACTS),
            "twins": list[Twin](refused.of) if isinstance(refused, Duplicate) else [],
            "alike": [] if isinstance(refused, Duplicate) else _alike(tx, workflow, values),
            "kept_at": kept_at,
            "subject": _subject(workflow.key),
        },
        STATUS[refused.code] if refused else 200,
    )


def sections_of(form: type[Form], fields: list[Widget], path: str) -> list[Section]:
    """Return the sections of a form that stands at `path`; of one without, what stands in no group, then each group."""
    by_path = {one.path: one for one in flat(fields)}
    parts = []
    for section in form.sections:
        found = [by_path[at] for one in section.paths if (at := join(path, one)) in by_path]
        inside = found[0].fields if len(found) == 1 and found[0].kind == "group" else found
        parts.append(Section(f"section-{section.key}", section.title, list(inside)))
    return [one for one in parts if one.fields] if parts else _by_groups(fields)


def _by_groups(fields: list[Widget]) -> list[Section]:
    alone = [one for one in fields if one.kind not in ("group", "rows")]
    parts = [
        Section(one.id, one.title, list(one.fields) if one.kind == "group" else [one])
        for one in fields
        if one.kind in ("group", "rows")
    ]
    return ([Section("section-first", _FIRST, alone)] if alone else []) + parts
