"""Offers: helpers answer them first of all; staff ask and withdraw; a link answers without an account."""

from typing import Any, NamedTuple
from uuid import UUID

from casework.http.problems import STATUS
from casework.records import offers as records
from casework.rules.offers import STATES
from casework.rules.refusals import Invalid, NotMet, NotNow, Refusal
from casework.rules.text import Text
from casework.web import visiting
from casework.web.found import case_id_of
from casework.web.frame import frame_of
from casework.web.page import HELPERS, STAFF, Answer, Html, Page, Posted, Redirect, Visit
from casework.work import offer_answers, offer_links, offers, workflow_registry
from casework.work.service import Transaction

_MOST = 50


class Shown(NamedTuple):
    """An offer on a page: its row, what its case is about, and how it stands."""

    row: Any
    programme: Text
    matter: Text | None
    state: Text


def shown(row: Any) -> Shown:
    """Return the offer of a row of `records.offers` for a page."""
    programme = workflow_registry.of(row.workflow, row.workflow_version).title
    return Shown(row, programme, offers.matter_of(row), STATES[row.state])


def waiting(tx: Transaction) -> list[Shown]:
    """Return what a helper was asked and has not answered; nothing for others."""
    if tx.person.role not in HELPERS:
        return []
    return [shown(row) for row in records.page(tx.db, tx.person, _MOST, None, state="open")]


@Page("GET", "/offers", STAFF | HELPERS)
def listed(visit: Visit) -> Answer:
    """The caller's offers, or those of the cases that the caller sees, open ones first."""
    return _page(visit)


def _again(visit: Visit, refused: Refusal, **_: Any) -> Answer:
    return _page(visit, refused)


def _page(visit: Visit, refused: Refusal | None = None) -> Answer:
    tx = visit.tx
    found = [shown(row) for row in records.page(tx.db, tx.person, _MOST, None)]
    values = {
        "frame": frame_of(tx),
        "path": "/offers",
        "open": [one for one in found if not one.row.ended],
        "ended": [one for one in found if one.row.ended],
        "helper": tx.person.role in HELPERS,
        "problem": _why(refused) if refused else None,
    }
    return Html("offers", values, STATUS[refused.code] if refused else 200)


def _why(refused: Refusal) -> Text:
    return refused.faults[0].text if isinstance(refused, Invalid) else refused.text


@Page("POST", "/offers/<uuid:offer_id>/accept", HELPERS, again=_again)
def accept(visit: Visit, offer_id: UUID) -> Answer:
    """The case is the caller's, and opens."""
    row = offer_answers.accept(visit.tx, offer_id, {})
    return Redirect(f"/cases/{row.number}")


@Page("POST", "/offers/<uuid:offer_id>/decline", HELPERS, again=_again)
def decline(visit: Visit, offer_id: UUID) -> Answer:
    """The next candidate is asked."""
    offer_answers.decline(visit.tx, offer_id, _reason(visit.posted))
    return Redirect("/offers")


@Page("POST", "/offers/<uuid:offer_id>/withdraw", STAFF, again=_again)
def withdraw(visit: Visit, offer_id: UUID) -> Answer:
    """Nobody is asked any more; whom to ask next is chosen."""
    row = offers.withdraw(visit.tx, offer_id, _reason(visit.posted))
    return Redirect(f"/cases/{row.number}/assign")


@Page("POST", "/cases/<number>/offers", STAFF, again=_again)
def make(visit: Visit, number: str) -> Answer:
    """A candidate is asked."""
    case_id = case_id_of(visit.tx, number)
    offers.make(visit.tx, case_id, {"to": visit.posted.get("to", ""), **_reason(visit.posted)})
    return Redirect(f"/cases/{number}/assign")


def _reason(posted: Posted) -> dict[str, str]:
    reason = posted.get("reason", "").strip()
    return {"reason": reason} if reason else {}


@Page("GET", "/offer/<token>", "everybody")
def by_link(_: Posted, token: str) -> Answer:
    """What the case is about, and a button; nothing is changed by looking."""
    return _link(token)


@Page("POST", "/offer/<token>", "everybody")
def answer_by_link(posted: Posted, token: str) -> Answer:
    """The answer that the link gives."""
    try:
        visiting.visiting(lambda tx: offer_links.answer(tx, token, _reason(posted)))
    except (Invalid, NotMet, NotNow) as refused:
        return _link(token, refused)
    return Redirect(f"/offer/{token}")


def _link(token: str, refused: Refusal | None = None) -> Answer:
    def read(tx: Transaction) -> dict[str, Any]:
        row, verb = offer_links.opened(tx, token)
        over = row.state == "open" and tx.now >= row.answer_by
        return {"one": shown(row), "verb": verb, "over": over}

    values = {**visiting.visiting(read), "token": token, "problem": _why(refused) if refused else None}
    return Html("offer", values, STATUS[refused.code] if refused else 200)
