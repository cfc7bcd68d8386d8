"""Handing over several cases at once: those that were ticked in a list, to one colleague, for one reason."""

from collections.abc import Mapping
from typing import Any, Final

from casework.forms.form import Form, Many
from casework.forms.posted import from_posted
from casework.forms.texts import Code
from casework.http.problems import STATUS
from casework.records import people
from casework.rules import case_actions
from casework.rules.people import STAFF as STAFF_ROLES
from casework.rules.refusals import Invalid, NotMet, Refusal
from casework.rules.text import Text
from casework.web.found import case_of
from casework.web.frame import frame_of
from casework.web.page import STAFF, Answer, Html, Page, Redirect, Visit
from casework.web.widgets import Filled, titles, widgets
from casework.work import cases
from casework.work.forms import Handover
from casework.work.service import Transaction

_MOST: Final = 50
_NONE: Final = Text("请先在列表中勾选要移交的案件。", "Tick the cases in a list first.")
_NOT_YOURS: Final = Text("{number} 不由您移交，没有移交任何案件。", "{number} is not yours to hand over; none was.")


class Ticked(Form):
    """The cases that were ticked, by number."""

    number = Many(Code(title=Text("案号", "Number")), most=_MOST, title=Text("案号", "Numbers"), example=[])


@Page("GET", "/hand-over", STAFF, query=Ticked)
def several(visit: Visit) -> Answer:
    """The cases that were ticked, and to whom they go."""
    return _page(visit.tx, visit.query.get("number", []), {})


def _again(visit: Visit, refused: Refusal) -> Answer:
    """The same as it was filled in, with why nothing was handed over."""
    given = dict(visit.posted.lists())
    return _page(visit.tx, _numbers(visit), from_posted(Handover, given), refused)


@Page("POST", "/hand-over", STAFF, again=_again)
def hand_over(visit: Visit) -> Answer:
    """All of them are the colleague's, or none."""
    tx, numbers = visit.tx, _numbers(visit)
    if not numbers:
        raise NotMet(_NONE)
    given = from_posted(Handover, dict(visit.posted.lists()))
    Handover.check(given, today=tx.today)
    for number in numbers:
        record = case_of(tx, number)
        if case_actions.may_let_go(record.case, tx.acting):
            raise NotMet(_NOT_YOURS.with_(number=number))
        cases.hand_over(tx, record.case.id, given)
    return Redirect("/desk")


def _numbers(visit: Visit) -> list[str]:
    """What was ticked, each once and in a fixed order, so that two who hand over do not wait for each other."""
    said: Mapping[str, Any] = Ticked.check({"number": visit.posted.getlist("number")}, today=visit.tx.today)
    return sorted(set(said["number"]))


def _page(tx: Transaction, numbers: list[str], values: dict[str, Any], refused: Refusal | None = None) -> Answer:
    found = [case_of(tx, number).case for number in numbers]
    staff = people.staff_above(tx.db, tx.person.org_path, tuple(STAFF_ROLES))
    colleagues = [one for one in staff if one.id != tx.actor_id]
    faults = tuple(refused.faults) if isinstance(refused, Invalid) else ()
    return Html(
        "several",
        {
            "frame": frame_of(tx),
            "cases": found,
            "fields": widgets(Handover, Filled(values, faults, colleagues)),
            "faults": titles(Handover, faults),
            "problem": refused,
        },
        STATUS[refused.code] if refused else 200,
    )
