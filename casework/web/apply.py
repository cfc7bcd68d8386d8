"""Applying without an account: the guide, one part after the other, the check, and the number with its code."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, NamedTuple

from flask import redirect, request
from werkzeug.datastructures import MultiDict

from casework.forms.asking import Application, Ask, Part, check_part, field_at
from casework.forms.form import Form, intake_of
from casework.forms.in_words import Group, in_words
from casework.forms.posted import from_posted
from casework.http.callers import caller_network
from casework.http.request_context import language
from casework.http.transactions import transacted
from casework.http.wiring import wiring
from casework.rules.clocks import Limit
from casework.rules.grammar import NEW, Clock, Workflow
from casework.rules.people import APPLICANT, Role
from casework.rules.refusals import Fault, Invalid, NotFound, NotMet, SlowDown
from casework.rules.text import Text
from casework.web import visiting
from casework.web.page import Answer, Html, Page, Redirect
from casework.web.widgets import Filled, Widget, flat, plainly, titles, widgets
from casework.work import applications, drafts, files, workflow_registry
from casework.work.service import Transaction

_READY: Final = Text("身份证。", "Your identity card.")
_ORG: Final = "org"
_TRUE: Final = "true"
_TOLD_AGAIN_FOR: Final = timedelta(hours=1)
_NOT_CONFIRMED: Final = Text("请先勾选确认。", "Tick the boxes first.")
_NO_ORG: Final = Text("请选择由哪个工会办理。", "Choose the union that is to help.")


class Programme(NamedTuple):
    """A programme that people apply for by themselves."""

    workflow: Workflow
    application: Application
    parts: tuple[Part, ...]


class Task(NamedTuple):
    """A part of the application, and whether it was filled in."""

    part: Part
    done: bool


def programmes() -> list[Programme]:
    """Return the programmes that an applicant may open."""
    return [_of(one) for one in workflow_registry.latest() if any(Role.APPLICANT in e.by for e in one.leaving(NEW))]


def _of(workflow: Workflow) -> Programme:
    application = workflow.application or Application(workflow.title, _READY)
    return Programme(workflow, application, application.of(intake_of(workflow)))


def programme_of(key: str) -> Programme:
    found = next((one for one in programmes() if one.workflow.key == key), None)
    if found is None:
        raise NotFound
    return found


@Page("GET", "/help/<workflow>", "everybody")
def guide(_: MultiDict[str, str], workflow: str) -> Answer:
    """What the programme is, what it costs, how long it takes, what to have at hand."""
    programme = programme_of(workflow)
    return Html("guide", {"programme": programme, "answer_within": _first_clock(programme.workflow)})


@Page("GET", "/apply/<workflow>", "everybody")
def typed_address(_: MultiDict[str, str], workflow: str) -> Answer:
    """Whoever types or keeps this address comes to the guide, from which one applies."""
    return redirect(f"/help/{programme_of(workflow).workflow.key}", 302)


@Page("POST", "/apply/<workflow>", "everybody")
def begin(_: MultiDict[str, str], workflow: str) -> Answer:
    """A new draft, found again by its code."""
    programme = programme_of(workflow)
    code = visiting.new_code()
    visiting.visiting(lambda tx: drafts.keep(tx, visiting.owner_of(tx, code), subject_of(programme), {}))
    answer = redirect(f"/apply/{workflow}/org", 303)
    visiting.keep_draft_code(answer, code)
    return answer


@Page("GET", "/apply/<workflow>/org", "everybody")
def org(_: MultiDict[str, str], workflow: str) -> Answer:
    """Which union is to help."""
    programme = programme_of(workflow)
    return visiting.visiting(lambda tx: _org_page(tx, programme, draft_fields(tx, programme)))


@Page("POST", "/apply/<workflow>/org", "everybody")
def choose_org(posted: MultiDict[str, str], workflow: str) -> Answer:
    """The union is kept, and the parts follow."""
    programme = programme_of(workflow)

    def keep(tx: Transaction) -> Answer:
        fields, chosen = draft_fields(tx, programme), posted.get(_ORG, "")
        if chosen not in tx.rules.orgs:
            return _org_page(tx, programme, fields, _NO_ORG)
        _keep(tx, programme, {**fields, _ORG: [chosen]})
        return Redirect(f"/apply/{workflow}/tasks")

    return visiting.visiting(keep)


@Page("GET", "/apply/<workflow>/tasks", "everybody")
def tasks(_: MultiDict[str, str], workflow: str) -> Answer:
    """The parts, in any order, with what is filled in already."""
    programme = programme_of(workflow)

    def page(tx: Transaction) -> Answer:
        fields = draft_fields(tx, programme)
        found = _tasks(programme, fields)
        values = {"programme": programme, "tasks": found, "code": visiting.draft_code()}
        sent = files.many_of_draft(tx, visiting.owner_of(tx, visiting.draft_code()), subject_of(programme))
        return Html("tasks", values | {"done": sum(one.done for one in found), "files": sent})

    return visiting.visiting(page)


@Page("GET", "/apply/<workflow>/<key>", "everybody")
def part(_: MultiDict[str, str], workflow: str, key: str) -> Answer:
    """The questions of one part."""
    programme = programme_of(workflow)
    return visiting.visiting(lambda tx: _part_page(tx, programme, _part(programme, key), draft_fields(tx, programme)))


@Page("POST", "/apply/<workflow>/<key>", "everybody")
def answer_part(posted: MultiDict[str, str], workflow: str, key: str) -> Answer:
    """What was answered is kept; with faults the part comes back, else the next one or the check follows."""
    programme = programme_of(workflow)
    asked = _part(programme, key)

    def keep(tx: Transaction) -> Answer:
        fields = _without(draft_fields(tx, programme), asked)
        fields |= {name: values for name, values in posted.lists() if _is_of(name, asked)}
        _keep(tx, programme, fields)
        if posted.get("later"):
            return Redirect(f"/apply/{workflow}/tasks")
        values = from_posted(intake_of(programme.workflow), fields)
        paths = [one.path for one in asked.asked(values)]
        if faults := check_part(intake_of(programme.workflow), values, paths, tx.today):
            return _part_page(tx, programme, asked, fields, faults)
        if posted.get("back") == "check":
            return Redirect(f"/apply/{workflow}/check")
        return Redirect(_next(programme, asked, values))

    return visiting.visiting(keep)


@Page("GET", "/apply/<workflow>/check", "everybody")
def check(_: MultiDict[str, str], workflow: str) -> Answer:
    """Everything that was filled in, to be looked at once more."""
    programme = programme_of(workflow)
    return visiting.visiting(lambda tx: _check_page(tx, programme, draft_fields(tx, programme)))


@Page("POST", "/apply/<workflow>/check", "everybody")
def send(posted: MultiDict[str, str], workflow: str) -> Answer:
    """The application is sent; its number and code are told this once."""
    programme = programme_of(workflow)
    service = wiring().service
    if posted.get("truth") != _TRUE or posted.get("consent") != _TRUE:
        refusal = NotMet(_NOT_CONFIRMED)
        return visiting.visiting(lambda tx: _check_page(tx, programme, draft_fields(tx, programme), refusal))

    def sent(tx: Transaction) -> Answer:
        tx.language = language()
        owner = visiting.owner_of(tx, visiting.draft_code())
        if _sent(tx, programme) is not None:
            return Redirect(f"/apply/{workflow}/done")
        fields = draft_fields(tx, programme)
        chosen = fields.get(_ORG, [""])[0]
        facts = from_posted(intake_of(programme.workflow), fields)
        given = {"workflow": programme.workflow.key, _ORG: chosen, "facts": facts}
        number, code, record = applications.open_application(tx, given, "")
        if record is not None:
            files.hand_over(tx, record, owner, subject_of(programme))
        # Told again to this browser for a while: an answer that was lost on its way must not take the code with it.
        drafts.keep(tx, owner, _done_subject(programme), {"number": [number], "code": [code or ""], _ORG: [chosen]})
        drafts.drop(tx, owner, subject_of(programme))
        return Redirect(f"/apply/{workflow}/done")

    try:
        with applications.opening(service, caller_network()):
            return transacted(sent, APPLICANT)
    except (Invalid, NotMet, SlowDown) as refused:
        refusal_of = refused
    return visiting.visiting(lambda tx: _check_page(tx, programme, draft_fields(tx, programme), refusal_of))


@Page("GET", "/apply/<workflow>/done", "everybody")
def done(_: MultiDict[str, str], workflow: str) -> Answer:
    """The number and the code of what was sent from this browser within the hour."""
    programme = programme_of(workflow)

    def page(tx: Transaction) -> Answer:
        kept = _sent(tx, programme)
        if kept is None:
            raise NotFound(_NOT_BEGUN)
        office = tx.rules.orgs[kept.fields[_ORG][0]]
        told = {"number": kept.fields["number"][0], "code": kept.fields["code"][0]}
        return Html("sent", {"programme": programme, "office": office, **told})

    return visiting.visiting(page)


@Page("GET", "/resume", "everybody")
def resume(_: MultiDict[str, str]) -> Answer:
    """Where one types the code of a draft."""
    return Html("resume", {"problem": None})


@Page("POST", "/resume", "everybody")
def go_on(posted: MultiDict[str, str]) -> Answer:
    """The draft of this code, in this browser from now on."""
    code = visiting.typed_code(posted.get("code", ""))

    def found(tx: Transaction) -> str | None:
        owner = visiting.owner_of(tx, code)
        keys = [one.workflow.key for one in programmes()]
        return next((key for key in keys if drafts.find(tx, owner, f"apply {key}")), None)

    workflow = visiting.visiting(found) if code else None
    if workflow is None:
        visiting.wrong_code()
        return Html("resume", {"problem": _NO_DRAFT}, 404)
    answer = redirect(f"/apply/{workflow}/tasks", 303)
    visiting.keep_draft_code(answer, code)
    return answer


@Page("POST", "/apply/<workflow>/drop", "everybody")
def drop(_: MultiDict[str, str], workflow: str) -> Answer:
    """What was filled in is deleted."""
    programme = programme_of(workflow)
    code = visiting.draft_code()
    visiting.visiting(lambda tx: drafts.drop(tx, visiting.owner_of(tx, code), subject_of(programme)))
    answer = redirect("/", 303)
    visiting.forget(answer)
    return answer


_NO_DRAFT: Final = Text(
    "没有找到；请核对口令。超过 30 天没有提交的内容已自动删除。",
    "Nothing was found; check the code. What is not sent within 30 days is deleted.",
)


def subject_of(programme: Programme) -> str:
    return f"apply {programme.workflow.key}"


def _done_subject(programme: Programme) -> str:
    return f"sent {programme.workflow.key}"


def _sent(tx: Transaction, programme: Programme) -> drafts.Draft | None:
    """What was sent from this browser not long ago, with its code; None where nothing was."""
    code = visiting.draft_code()
    kept = drafts.find(tx, visiting.owner_of(tx, code), _done_subject(programme)) if code else None
    return kept if kept and tx.now - kept.at < _TOLD_AGAIN_FOR else None


def draft_fields(tx: Transaction, programme: Programme) -> dict[str, list[str]]:
    """What was filled in in this browser; raises `NotFound` where nothing was begun, or it was sent or deleted."""
    code = visiting.draft_code()
    kept = drafts.find(tx, visiting.owner_of(tx, code), subject_of(programme)) if code else None
    if kept is None:
        raise NotFound(_NOT_BEGUN)
    return kept.fields


_NOT_BEGUN: Final = Text(
    "这里没有正在填写的申请：可能已经提交、删除，或者浏览器关闭过。可用口令接着填，或重新开始。",
    "No application is being filled in here: it was sent or deleted, or the browser was closed. Go on by your code, or"
    " begin anew.",
)


def _keep(tx: Transaction, programme: Programme, fields: Mapping[str, list[str]]) -> None:
    drafts.keep(tx, visiting.owner_of(tx, visiting.draft_code()), subject_of(programme), fields)


def _part(programme: Programme, key: str) -> Part:
    found = next((one for one in programme.parts if one.key == key), None)
    if found is None:
        raise NotFound
    return found


def _is_of(name: str, asked: Part) -> bool:
    return any(name == ask.path or name.startswith(f"{ask.path}.") for ask in asked.asks)


def _without(fields: Mapping[str, list[str]], asked: Part) -> dict[str, list[str]]:
    return {name: values for name, values in fields.items() if not _is_of(name, asked)}


def _tasks(programme: Programme, fields: Mapping[str, list[str]]) -> list[Task]:
    values = from_posted(intake_of(programme.workflow), fields)
    shown = [one for one in programme.parts if one.asked(values)]
    return [Task(one, any(_is_of(name, one) and any(said) for name, said in fields.items())) for one in shown]


def _next(programme: Programme, asked: Part, values: Mapping[str, Any]) -> str:
    """The part after this one of which something is asked, else the check."""
    at = programme.parts.index(asked)
    following = next((one.key for one in programme.parts[at + 1 :] if one.asked(values)), "check")
    return f"/apply/{programme.workflow.key}/{following}"


def _part_page(
    tx: Transaction,
    programme: Programme,
    asked: Part,
    fields: Mapping[str, list[str]],
    faults: list[Fault] | None = None,
) -> Answer:
    form = intake_of(programme.workflow)
    values = from_posted(form, fields)
    filled = Filled(values, faults or (), today=tx.today, asked_of="applicant")
    whole = {one.path: one for one in flat(widgets(form, filled))}
    shown = [one for one in programme.parts if one.asked(values)]
    at = shown.index(asked) if asked in shown else 0
    before = shown[at - 1].key if at else "tasks"
    return Html(
        "part",
        {
            "programme": programme,
            "part": asked,
            "fields": [_plain(form, whole[ask.path], ask) for ask in asked.asked(values) if ask.path in whole],
            "faults": titles(form, faults or []),
            "before": before,
            "number": at + 1,
            "of": len(shown),
            "back": request.args.get("back", "") if request.method == "GET" else request.form.get("back", ""),
        },
        422 if faults else 200,
    )


def _plain(form: type[Form], widget: Widget, ask: Ask) -> Widget:
    """The widget with the questions that people understand; what it holds is asked in the same way."""
    found = field_at(form, ask.path)
    return replace(plainly(widget, found), title=ask.question or widget.title, help=ask.help or widget.help)


def _org_page(
    tx: Transaction, programme: Programme, fields: Mapping[str, list[str]], problem: Text | None = None
) -> Answer:
    chosen = fields.get(_ORG, [""])[0]
    offices = [(org.code, org.name, org.path.count("/") - 1) for org in tx.rules.orgs.values()]
    values = {"programme": programme, "offices": offices, "chosen": chosen, "problem": problem}
    return Html("which_office", values, 422 if problem else 200)


def _check_page(
    tx: Transaction,
    programme: Programme,
    fields: Mapping[str, list[str]],
    refused: Invalid | NotMet | SlowDown | None = None,
) -> Answer:
    form = intake_of(programme.workflow)
    values = from_posted(form, fields)
    faults = []
    if isinstance(refused, Invalid):
        faults = [replace(one, path=one.path.removeprefix("facts.")) for one in refused.faults]
    org = tx.rules.orgs.get(fields.get(_ORG, [""])[0])
    sections = [(one, _told(programme, one, values)) for one in programme.parts if one.asked(values)]
    return Html(
        "check",
        {
            "programme": programme,
            "office": org.name if org else None,
            "sections": sections,
            "faults": [
                (_where(programme, one.path), title, text)
                for one, (_, title, text) in zip(faults, titles(form, faults), strict=True)
            ],
            "problem": refused,
            "once": secrets.token_urlsafe(24),
        },
        422 if refused else 200,
    )


def _told(programme: Programme, asked: Part, values: Mapping[str, Any]) -> list[Group]:
    """What was filled in at one part, in words."""
    form = intake_of(programme.workflow)
    kept: dict[str, Any] = {}
    for ask in asked.asks:
        first, _, rest = ask.path.partition(".")
        inner = values.get(first)
        if not rest and inner is not None:
            kept[first] = inner
        elif isinstance(inner, Mapping) and rest in inner:
            kept.setdefault(first, {})[rest] = inner[rest]
    return in_words(form, kept)


def _where(programme: Programme, path: str) -> str:
    """The page on which a field is asked for."""
    group = f"{path}."
    asks = [(one.key, ask.path) for one in programme.parts for ask in one.asks]
    of_field = (key for key, at in asks if path == at or path.startswith(f"{at}.") or at.startswith(group))
    found = next(of_field, None)
    key = programme.workflow.key
    return f"/apply/{key}/{found}?back=check" if found else f"/apply/{key}/{'org' if path == _ORG else 'tasks'}"


def _first_clock(workflow: Workflow) -> Clock | None:
    """The clock by which the office owes its first answer."""
    [opening] = workflow.leaving(NEW)
    state = opening.to
    return next(
        (
            one
            for one in workflow.clocks
            if state in one.runs_in and one.owed_by == "office" and isinstance(one.limit, Limit)
        ),
        None,
    )
