"""Messages between the applicant and whoever handles the case, on a page of the case; reading them is logged."""

from casework.http.problems import STATUS
from casework.records import history
from casework.rules import messages as rules
from casework.rules.refusals import Invalid, Refusal
from casework.web.found import case_id_of, case_of
from casework.web.frame import frame_of
from casework.web.page import HELPERS, STAFF, Answer, Html, Page, Redirect, Visit
from casework.work import drafts, messages


@Page("GET", "/cases/<number>/messages", STAFF | HELPERS)
def case_messages(visit: Visit, number: str) -> Answer:
    """What the applicant wrote and what was answered."""
    return _page(visit, number)


def _again(visit: Visit, refused: Refusal, number: str) -> Answer:
    return _page(visit, number, refused)


@Page("POST", "/cases/<number>/messages", STAFF | HELPERS, again=_again)
def write(visit: Visit, number: str) -> Answer:
    """A message to the applicant."""
    messages.write(visit.tx, case_id_of(visit.tx, number), {"text": visit.posted.get("text", "")})
    drafts.drop(visit.tx, drafts.of_user(visit.tx), _subject(number))
    return Redirect(f"/cases/{number}/messages")


def _subject(number: str) -> str:
    """Under what the draft of a message is kept."""
    return f"message {number}"


def _typed(visit: Visit, number: str) -> str:
    """What was posted and not taken, else what was typed and not sent."""
    if "text" in visit.posted:
        return visit.posted["text"]
    kept = drafts.find(visit.tx, drafts.of_user(visit.tx), _subject(number))
    return kept.fields.get("text", [""])[0] if kept else ""


def _page(visit: Visit, number: str, refused: Refusal | None = None) -> Answer:
    tx = visit.tx
    record = case_of(tx, number)
    found = messages.read(tx, record, history.message_page(tx.db, record.case.id))
    why_not = rules.may_write(record.case, tx.acting)
    values = {
        "frame": frame_of(tx),
        "path": f"/cases/{number}/messages",
        "case": record.case,
        "messages": found,
        "writers": rules.WRITERS,
        "why_not": why_not.text if why_not else None,
        "problem": refused.faults[0].text if isinstance(refused, Invalid) else refused.text if refused else None,
        "typed": _typed(visit, number),
        "subject": _subject(number),
    }
    return Html("case_messages", values, STATUS[refused.code] if refused else 200)
