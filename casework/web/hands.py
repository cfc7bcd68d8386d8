"""In whose hands a case is: handing it over, giving it back to the queue, and a supervisor's stepping in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from casework.forms.form import Form
from casework.forms.posted import from_posted
from casework.http.problems import STATUS
from casework.records import people
from casework.records.rows import StoredCase
from casework.rules import case_actions
from casework.rules.move import Move
from casework.rules.people import Person, Role
from casework.rules.refusals import Fault, Invalid, NotYours, Refusal
from casework.rules.rights import may_own
from casework.rules.text import Text
from casework.rules.walls import may_wall
from casework.web.found import case_of, version_of
from casework.web.frame import frame_of
from casework.web.page import STAFF, Answer, Html, Page, Redirect, Visit
from casework.web.widgets import Filled, Widget, titles, widgets
from casework.work import cases, holders, walls, workflow_registry
from casework.work.forms import Handover, LiftWall, Override, RaiseWall, Release
from casework.work.service import Transaction

_MOST_HELPERS: Final = 500
_NOTHING: Final = Text("这一件不由您移交或者退回。", "This case is not yours to hand over or to give back.")
_HELD_AS: Final = {"owner": Text("经办", "Owner"), "assignee": Text("承办", "Helper")}


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done here: its form, and what does it."""

    name: str
    title: Text
    form: type[Form]
    do: Callable[[Transaction, UUID, Any], Any]


_ACTS: Final = {
    one.name: one
    for one in (
        Act("hand-over", Text("移交", "Hand over"), Handover, cases.hand_over),
        Act("release", Text("退回待领取", "Give back to the queue"), Release, cases.release),
        Act("override", Text("直接变更状态", "Set the state"), Override, cases.override),
        Act("wall", Text("设置回避", "Keep somebody from the case"), RaiseWall, walls.put_up),
    )
}


@dataclass(frozen=True, slots=True)
class Offered:
    """An act that the caller may do, with the fields of its form."""

    name: str
    title: Text
    fields: list[Widget]


@Page("GET", "/cases/<number>/hands", STAFF)
def hands(visit: Visit, number: str) -> Answer:
    """What the caller may do about whose the case is."""
    return _page(visit, number)


def _again(act: Act) -> Callable[..., Answer]:
    def again(visit: Visit, refused: Refusal, number: str) -> Answer:
        return _page(visit, number, act, refused)

    return again


def _declare(act: Act) -> None:
    @Page("POST", f"/cases/<number>/{act.name}", STAFF, again=_again(act))
    def done(visit: Visit, number: str) -> Answer:
        tx = visit.tx
        tx.if_match = version_of(visit.posted)
        act.do(tx, case_of(tx, number).case.id, _given(act, visit))
        return Redirect(f"/cases/{number}")


for _one in _ACTS.values():
    _declare(_one)


def _not_lifted(visit: Visit, refused: Refusal, number: str, username: str) -> Answer:
    return _page(visit, number, refused=refused)


@Page("POST", "/cases/<number>/walls/<username>/lift", STAFF, again=_not_lifted)
def lift(visit: Visit, number: str, username: str) -> Answer:
    """Somebody sees the case again."""
    tx = visit.tx
    tx.if_match = version_of(visit.posted)
    walls.lift(tx, case_of(tx, number).case.id, username, from_posted(LiftWall, dict(visit.posted.lists()), "lift"))
    return Redirect(f"/cases/{number}/hands")


def may_act(tx: Transaction, record: StoredCase) -> bool:
    """Whether there is anything on this page for the caller."""
    if tx.person.role not in STAFF:
        return False
    return tx.person.role is Role.SUPERVISOR or case_actions.may_let_go(record.case, tx.acting) is None


def _given(act: Act, visit: Visit) -> dict[str, Any]:
    return from_posted(act.form, dict(visit.posted.lists()), act.name)


def _page(visit: Visit, number: str, act: Act | None = None, refused: Refusal | None = None) -> Answer:
    tx = visit.tx
    record = case_of(tx, number)
    if not may_act(tx, record):
        raise NotYours(_NOTHING)
    faults = refused.faults if isinstance(refused, Invalid) else []
    placed = [Fault(f"{act.name}.{one.path}", one.code, one.text) for one in faults] if act else []
    values = {act.name: _given(act, visit)} if act else {}
    return Html(
        "hands",
        {
            "frame": frame_of(tx),
            "path": f"/cases/{number}/hands",
            "case": record.case,
            "held": [(one, _HELD_AS[one.held_as]) for one in holders.of_case(tx, record)],
            "walls": walls.of_case(tx, record.case.id) if tx.person.role is Role.SUPERVISOR else [],
            "acts": _offered(tx, record, values, placed),
            "faults": titles(act.form, placed, act.name) if act else [],
            "problem": refused,
        },
        STATUS[refused.code] if refused else 200,
    )


def _offered(
    tx: Transaction, record: StoredCase, values: Mapping[str, Mapping[str, Any]], faults: list[Fault]
) -> list[Offered]:
    """What would not be refused as things stand."""
    states = _states(tx, record)
    near = [
        one
        for one in people.staff_above(tx.db, record.case.org_path, tuple(STAFF))
        if may_own(one, record.case) and (record.case.owner is None or one.id != record.case.owner.id)
    ]
    possible = {
        "hand-over": case_actions.may_let_go(record.case, tx.acting) is None and near,
        "release": case_actions.may_release(record.case, tx.acting) is None,
        "override": states,
        "wall": may_wall(tx.acting) is None,
    }
    reached = {"wall": _within_reach(tx, record)} if possible["wall"] else {}

    def filled(act: Act) -> Filled:
        return Filled(
            values.get(act.name, {}), faults, reached.get(act.name, near), offered={"override.to_state": states}
        )

    return [
        Offered(act.name, act.title, widgets(act.form, filled(act), act.name))
        for act in _ACTS.values()
        if possible[act.name]
    ]


def _within_reach(tx: Transaction, record: StoredCase) -> list[Person]:
    """Whom a wall could keep from the case: staff and auditors here and above, helpers of the branch."""
    path, roles = record.case.org_path, (*STAFF, Role.AUDITOR)
    found = [*people.staff_above(tx.db, path, roles), *people.helpers_near(tx.db, path, _MOST_HELPERS)]
    return [one for one in found if one.id not in (tx.person.id, *record.case.walled_off)]


def _states(tx: Transaction, record: StoredCase) -> dict[str, Text]:
    """Into which states the caller may bring the case."""
    if case_actions.may_override(tx.acting):
        return {}
    workflow, office = workflow_registry.pinned(record.case), tx.office(record)
    return {
        state.name: state.title
        for state in workflow.states
        if isinstance(case_actions.override(workflow, record.case, state.name, "", tx.acting, tx.now, office), Move)
    }
