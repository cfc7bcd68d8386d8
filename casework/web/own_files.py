"""What applicants send in: while they fill in an application, and afterwards, when the office asks for more."""

from uuid import UUID

from werkzeug.datastructures import MultiDict

from casework.forms.form import intake_of
from casework.forms.posted import from_posted
from casework.http.callers import caller_network
from casework.http.problems import STATUS
from casework.http.wiring import wiring
from casework.records import cases
from casework.records import files as records
from casework.rules import files as rules
from casework.rules.refusals import Invalid, NotFound, NotNow, NotYours, Refusal, SlowDown
from casework.web import visiting
from casework.web.apply import Programme, draft_fields, programme_of, subject_of
from casework.web.page import Answer, Html, Page, Posted, Redirect
from casework.web.papers import PaperShown, answer_with, papers_shown, values_of
from casework.web.track import case_of_ticket
from casework.work import applications, file_links, files, paper_list, workflow_registry
from casework.work.service import Transaction

_SAID = (Invalid, NotNow, NotYours, SlowDown)


@Page("GET", "/track/<number>/files", "everybody")
def own_files(_: MultiDict[str, str], number: str) -> Answer:
    """The papers of the application, with what was sent in."""
    case_id = case_of_ticket(number)
    return visiting.visiting(lambda tx: _of_case(tx, number, case_id))


@Page("POST", "/track/<number>/files", "everybody", takes_file=True)
def add(posted: Posted, number: str) -> Answer:
    """A file is sent in for one of the papers."""
    case_id = case_of_ticket(number)

    def added(tx: Transaction) -> Answer:
        awaited = applications.papers_awaited(tx, cases.get_for_applicant(tx.db, case_id))
        files.add_own(tx, case_id, posted.file(), awaited)
        return Redirect(f"/track/{number}/files")

    try:
        _look_into(posted)
        return visiting.visiting(added)
    except _SAID as refused:
        problem = refused
    return visiting.visiting(lambda tx: _of_case(tx, number, case_id, (posted.get("paper", ""), problem)))


@Page("POST", "/track/<number>/files/<uuid:file_id>/remove", "everybody")
def remove(_: MultiDict[str, str], number: str, file_id: UUID) -> Answer:
    """What was sent in is removed."""
    case_id = case_of_ticket(number)
    visiting.visiting(lambda tx: files.remove_own(tx, case_id, file_id, {}))
    return Redirect(f"/track/{number}/files")


@Page("GET", "/track/<number>/files/<token>", "everybody")
def look(_: MultiDict[str, str], number: str, token: str) -> Answer:
    """What was sent in, by its link."""
    case_id = case_of_ticket(number)
    return answer_with(visiting.visiting(lambda tx: file_links.look_own(tx, case_id, token)))


@Page("GET", "/apply/<workflow>/files", "everybody")
def draft_files(_: MultiDict[str, str], workflow: str) -> Answer:
    """The papers that go with an application, while it is filled in."""
    programme = programme_of(workflow)
    return visiting.visiting(lambda tx: _of_draft(tx, programme))


@Page("POST", "/apply/<workflow>/files", "everybody", takes_file=True)
def add_to_draft(posted: Posted, workflow: str) -> Answer:
    """A file is added to what will be sent."""
    programme = programme_of(workflow)

    def added(tx: Transaction) -> Answer:
        owner, subject = _owner(tx), subject_of(programme)
        papers = _papers_of_draft(tx, programme)
        files.add_to_draft(tx, owner, subject, posted.file(), papers)
        return Redirect(f"/apply/{workflow}/files")

    try:
        # Before anything is looked into: that there is a draft.
        visiting.visiting(lambda tx: draft_fields(tx, programme))
        _look_into(posted)
        return visiting.visiting(added)
    except _SAID as refused:
        problem = refused
    return visiting.visiting(lambda tx: _of_draft(tx, programme, (posted.get("paper", ""), problem)))


@Page("POST", "/apply/<workflow>/files/<uuid:file_id>/remove", "everybody")
def remove_from_draft(_: MultiDict[str, str], workflow: str, file_id: UUID) -> Answer:
    """A file is taken out of what will be sent."""
    programme = programme_of(workflow)
    visiting.visiting(lambda tx: files.remove_from_draft(tx, _owner(tx), subject_of(programme), file_id))
    return Redirect(f"/apply/{workflow}/files")


@Page("GET", "/apply/<workflow>/files/<token>", "everybody")
def look_at_draft(_: MultiDict[str, str], workflow: str, token: str) -> Answer:
    """What was added, by its link."""
    programme_of(workflow)
    return answer_with(visiting.visiting(lambda tx: file_links.look_at_draft(tx, _owner(tx), token)))


def _look_into(posted: Posted) -> None:
    """Count the file and find out whether it may be kept, outside of any transaction; raises `SlowDown`."""
    if posted.upload is None:
        raise NotFound
    applications.count_upload(wiring().service, caller_network())
    posted.upload.examine()


def _owner(tx: Transaction) -> str:
    return visiting.owner_of(tx, visiting.draft_code())


def _papers_of_draft(tx: Transaction, programme: Programme) -> list[paper_list.PaperOnList]:
    fields = draft_fields(tx, programme)
    rows = records.of_draft(tx.db, _owner(tx), subject_of(programme))
    return paper_list.of_draft(programme.workflow, from_posted(intake_of(programme.workflow), fields), rows)


def _of_draft(tx: Transaction, programme: Programme, refused: tuple[str, Refusal] | None = None) -> Answer:
    papers, key = _papers_of_draft(tx, programme), programme.workflow.key
    rows = [row for paper in papers for row in paper.files]
    listed = file_links.shown_of_draft(tx, _owner(tx), rows)
    shown = papers_shown(papers, listed, f"/apply/{key}/files/", [row.id for row in rows], refused)
    at = {"at": f"/apply/{key}/files", "back": f"/apply/{key}/tasks", "of": programme.workflow.title, "number": None}
    return _answer({**at, "may_add": True}, shown, refused)


def _of_case(tx: Transaction, number: str, case_id: UUID, refused: tuple[str, Refusal] | None = None) -> Answer:
    record = cases.get_for_applicant(tx.db, case_id)
    workflow, rows = workflow_registry.pinned(record.case), records.of_case(tx.db, case_id)
    papers = paper_list.of_applicant(workflow, record.case, rows, applications.papers_awaited(tx, record))
    removable = [row.id for row in rows if rules.may_remove(record.case, row.added_by, tx.acting) is None]
    listed = file_links.shown_own(tx, record, rows)
    shown = papers_shown(papers, listed, f"/track/{number}/files/", removable, refused)
    may_add = rules.may_add(record.case, tx.acting) is None
    at = {"at": f"/track/{number}/files", "back": f"/track/{number}", "of": workflow.title, "number": number}
    return _answer({**at, "may_add": may_add}, shown, refused)


def _answer(values: dict[str, object], shown: list[PaperShown], refused: tuple[str, Refusal] | None) -> Answer:
    problem = refused[1] if refused else None
    told = {**values, "asks_reason": False, **values_of(shown, problem)}
    return Html("own_files", told, STATUS[problem.code] if problem else 200)
