"""Who could take a case, and the plan for all cases that wait for a helper."""

import secrets
from typing import Final

from casework.http.problems import STATUS
from casework.records import offers as records
from casework.rules.people import Role
from casework.rules.refusals import Refusal
from casework.rules.rights import is_colleagues, steps_in
from casework.web.found import case_of
from casework.web.frame import frame_of
from casework.web.offers import shown
from casework.web.page import STAFF, Answer, Html, Page, Visit
from casework.work import matching, offers

_SHOWN: Final = 8
"""So many candidates are read through; the others are folded."""


@Page("GET", "/cases/<number>/assign", STAFF)
def candidates(visit: Visit, number: str) -> Answer:
    """Everybody within reach, the best first, each with why; those who cannot take the case stand apart."""
    tx = visit.tx
    record = case_of(tx, number)
    found = matching.candidates_for(tx, record.case.id)
    edge = matching.handing_from(record)
    theirs = is_colleagues(record.case, tx.acting)
    return Html(
        "candidates",
        {
            "frame": frame_of(tx),
            "path": f"/cases/{number}/assign",
            "case": record.case,
            "step": edge.name if edge else None,
            "may_give": edge is not None and (edge.shared or not theirs or tx.person.role is Role.SUPERVISOR),
            "needs_reason": edge is not None and steps_in(edge, record.case, tx.acting),
            "field": edge.assigns if edge else None,
            "once": secrets.token_urlsafe(24),
            "able": [one for one in found if not one.out],
            "shown": _SHOWN,
            "unable": [one for one in found if one.out],
            "offers": [shown(row) for row in records.of_case(tx.db, record.case.id)],
        },
    )


@Page("GET", "/assignments", STAFF)
def plan(visit: Visit) -> Answer:
    """The plan beside what everybody has in hand today; nothing is changed by looking."""
    return _plan(visit, [matching.Planned(line) for line in matching.plan_for(visit.tx, None)])


def _again(visit: Visit, refused: Refusal) -> Answer:
    return _plan(visit, [matching.Planned(line) for line in matching.plan_for(visit.tx, None)], refused)


@Page("POST", "/assignments", STAFF, again=_again)
def carry_out(visit: Visit) -> Answer:
    """Each case that was ticked is offered to whom the plan names for it, and what came of each is told."""
    tx = visit.tx
    ticked = {tuple(one.partition("=")[::2]) for one in visit.posted.getlist("line")}
    lines = [
        line
        for line in matching.plan_for(tx, None, alone=True)
        if line.chosen and (str(line.case.id), line.chosen.helper.person.username) in ticked
    ]
    return _plan(visit, offers.carry_out(tx, lines))


def _plan(visit: Visit, planned: list[matching.Planned], refused: Refusal | None = None) -> Answer:
    load = {
        one.helper.person.username: one.helper
        for row in planned
        for one in row.line.case.candidates
        if row.line.case.candidates
    }
    more: dict[str, int] = {}
    for row in planned:
        if row.line.chosen:
            name = row.line.chosen.helper.person.username
            more[name] = more.get(name, 0) + 1
    context = {
        "frame": frame_of(visit.tx),
        "path": "/assignments",
        "planned": planned,
        "given": any(one.done or one.refused for one in planned),
        "load": [
            (helper, more.get(name, 0))
            for name, helper in sorted(load.items(), key=lambda one: (-more.get(one[0], 0), -one[1].open, one[0]))
        ],
        "problem": refused,
    }
    return Html("plan", context, STATUS[refused.code] if refused else 200)
