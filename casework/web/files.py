"""Photographs and documents of a case on a page of their own: which are there, looking at them, adding, removing."""

from uuid import UUID

from casework.http.problems import STATUS
from casework.rules import files as rules
from casework.rules.refusals import Refusal
from casework.web.found import case_id_of, case_of
from casework.web.frame import frame_of
from casework.web.page import HELPERS, STAFF, Answer, Html, Page, Redirect, Visit
from casework.web.papers import answer_with, papers_shown, values_of
from casework.work import file_links, files

_LOOK: str = "/files/"


@Page("GET", "/cases/<number>/files", STAFF | HELPERS)
def case_files(visit: Visit, number: str) -> Answer:
    """The list of papers with the files of the case; that they were listed is logged, and each look at one too."""
    return _page(visit, number)


def _again(visit: Visit, refused: Refusal, number: str, file_id: UUID | None = None) -> Answer:
    return _page(visit, number, refused)


@Page("POST", "/cases/<number>/files", STAFF | HELPERS, again=_again, takes_file=True)
def add(visit: Visit, number: str) -> Answer:
    """A file is added for one of the papers."""
    files.add(visit.tx, case_id_of(visit.tx, number), visit.posted.file())
    return Redirect(f"/cases/{number}/files")


@Page("POST", "/cases/<number>/files/<uuid:file_id>/remove", STAFF | HELPERS, again=_again)
def remove(visit: Visit, number: str, file_id: UUID) -> Answer:
    """A file is removed, with the reason."""
    reason = visit.posted.get("reason", "").strip()
    files.remove(visit.tx, case_id_of(visit.tx, number), file_id, {"reason": reason} if reason else {})
    return Redirect(f"/cases/{number}/files")


@Page("GET", "/files/<token>", STAFF | HELPERS)
def look(visit: Visit, token: str) -> Answer:
    """The file of a link; that it was looked at is logged."""
    return answer_with(file_links.look(visit.tx, token))


def _page(visit: Visit, number: str, refused: Refusal | None = None) -> Answer:
    tx = visit.tx
    record = case_of(tx, number)
    rows = files.of_case(tx, record)
    removable = [row.id for row in rows if rules.may_remove(record.case, row.added_by, tx.acting) is None]
    papers = files.papers_of_case(record, rows)
    problem = (visit.posted.get("paper", ""), refused) if refused else None
    shown = papers_shown(papers, file_links.shown(tx, record, rows), _LOOK, removable, problem)
    values = {
        "frame": frame_of(tx),
        "case": record.case,
        "at": f"/cases/{number}/files",
        "asks_reason": True,
        **values_of(shown, refused),
    }
    return Html("files", values, STATUS[refused.code] if refused else 200)
