"""Further parties of a case, on a page of the case: who is there, adding one, and removing one with a reason."""

from typing import Any
from uuid import UUID

from casework.forms.posted import from_posted
from casework.http.problems import STATUS
from casework.rules.parties import ROLES, may_change_parties
from casework.rules.refusals import Fault, Invalid, Refusal
from casework.web.found import case_id_of, case_of, version_of
from casework.web.frame import frame_of
from casework.web.page import HELPERS, STAFF, Answer, Html, Page, Redirect, Visit
from casework.web.widgets import Filled, titles, widgets
from casework.work import parties
from casework.work.forms import NewParty, RemoveParty

_ADDED = "party"
_REMOVED = "remove"


@Page("GET", "/cases/<number>/parties", STAFF | HELPERS)
def case_parties(visit: Visit, number: str) -> Answer:
    """Who is there, and the form that adds somebody."""
    return _page(visit, number)


def _again(visit: Visit, refused: Refusal, number: str, party_id: UUID | None = None) -> Answer:
    return _page(visit, number, refused, added=party_id is None)


@Page("POST", "/cases/<number>/parties", STAFF | HELPERS, again=_again)
def add(visit: Visit, number: str) -> Answer:
    """Somebody is added; a helper whom that keeps from the case finds it nowhere."""
    tx = visit.tx
    tx.if_match = version_of(visit.posted)
    parties.add(tx, case_id_of(tx, number), _given(visit))
    return Redirect(f"/cases/{number}/parties")


@Page("POST", "/cases/<number>/parties/<uuid:party_id>/remove", STAFF | HELPERS, again=_again)
def remove(visit: Visit, number: str, party_id: UUID) -> Answer:
    """Somebody is there no longer."""
    tx = visit.tx
    tx.if_match = version_of(visit.posted)
    said = from_posted(RemoveParty, dict(visit.posted.lists()), _REMOVED)
    parties.remove(tx, case_id_of(tx, number), party_id, said)
    return Redirect(f"/cases/{number}/parties")


def _given(visit: Visit) -> dict[str, Any]:
    return from_posted(NewParty, dict(visit.posted.lists()), _ADDED)


def _page(visit: Visit, number: str, refused: Refusal | None = None, *, added: bool = False) -> Answer:
    tx = visit.tx
    record = case_of(tx, number)
    found = parties.of_case(tx, record.case.id)
    faults = refused.faults if isinstance(refused, Invalid) and added else []
    placed = [Fault(f"{_ADDED}.{one.path}", one.code, one.text) for one in faults]
    why_not = may_change_parties(record.case, tx.acting)
    values = {
        "frame": frame_of(tx),
        "path": f"/cases/{number}/parties",
        "case": record.case,
        "parties": found,
        "roles": ROLES,
        "why_not": why_not.text if why_not else None,
        "fields": widgets(NewParty, Filled(_given(visit) if added else {}, placed), _ADDED),
        "faults": titles(NewParty, placed, _ADDED),
        "problem": (refused.faults[0].text if isinstance(refused, Invalid) else refused.text) if refused else None,
    }
    return Html("case_parties", values, STATUS[refused.code] if refused else 200)
