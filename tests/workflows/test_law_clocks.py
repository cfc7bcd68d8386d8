"""In which part of a case each limit runs and rests, who owes what it waits for, and who is told before it is late.

Sources: 法律援助法 43 (the review rests while papers are awaited), 44, 46, 48-50, 52, 59; 社会救助法 46, 48, 50.
The office's own ladder: whoever owes it at four fifths of the time, the supervisor with them when it is over, the
supervisor after two working days and the organisation above after five.
"""

from typing import Final

import pytest

from casework.rules.grammar import ANY, Workflow
from casework.rules.people import Role
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP
from casework.workflows.legal_aid import WORKFLOW as LEGAL_AID

CASEWORKER, SUPERVISOR, HELPERS = Role.CASEWORKER, Role.SUPERVISOR, (Role.LAWYER, Role.VOLUNTEER)
LATE: Final = [("+2wd", {SUPERVISOR}, False), ("+5wd", {SUPERVISOR}, True)]
LADDERS: Final = {
    "office": [("80%", {CASEWORKER}, False), ("due", {CASEWORKER, SUPERVISOR}, False), *LATE],
    "helper": [("80%", {*HELPERS}, False), ("due", {*HELPERS, CASEWORKER, SUPERVISOR}, False), *LATE],
    "decider": [("80%", {SUPERVISOR}, False), ("due", {SUPERVISOR}, False), *LATE],
    "papers": [("80%", {CASEWORKER}, False)],
    "papers due": [("80%", {CASEWORKER}, False), ("due", {CASEWORKER, SUPERVISOR}, False)],
    "reminder": [("80%", {CASEWORKER}, False), ("due", {CASEWORKER}, False)],
    "complaint": [
        ("80%", {SUPERVISOR}, False),
        ("due", {SUPERVISOR}, False),
        ("+2wd", {SUPERVISOR}, True),
    ],
    "notice": [("due", {CASEWORKER}, False)],
    "limitation": [
        ("80%", {CASEWORKER, *HELPERS}, False),
        ("95%", {CASEWORKER, *HELPERS, SUPERVISOR}, False),
        ("due", {CASEWORKER, *HELPERS, SUPERVISOR}, False),
    ],
    "everybody": [("due", {CASEWORKER, *HELPERS, SUPERVISOR}, False)],
}
BEFORE: Final = "submitted awaiting_papers under_review awaiting_decision"
HELPED: Final = "granted assigned change_requested_early in_progress change_requested release_requested"
FILE: Final = "file_submitted file_returned file_accepted subsidy_approved to_archive"
ON_FILE: Final = (
    "active aid_on_notice aid_awaiting_approval aid_objected"
    " exit_hearing exit_proposed on_exit_notice awaiting_exit_approval"
)
ALIVE: Final = (
    "submitted awaiting_papers under_review proposed on_notice awaiting_approval"
    f" {ON_FILE} watching exit_objected objected file_objected"
)
UNDISPUTED: Final = (
    "submitted awaiting_papers under_review proposed on_notice awaiting_approval active aid_on_notice"
    " aid_awaiting_approval exit_hearing exit_proposed on_exit_notice awaiting_exit_approval watching"
)
OVER: Final = "closed cancelled refused upheld withdrawn"
# The clock; where it runs; where it rests; who owes what it waits for; who is told.
LEGAL_AID_CLOCKS: Final = {
    "review_by_law": ("submitted under_review awaiting_decision", "awaiting_papers", "office", "office"),
    "review": ("under_review awaiting_decision", "awaiting_papers", "office", "office"),
    "first_review": ("submitted under_review", "awaiting_papers", "office", "office"),
    "second_review": ("awaiting_decision", "", "office", "office"),
    "papers": ("awaiting_papers", "", "applicant", "papers"),
    "assignment": ("granted", "", "office", "office"),
    "engagement": ("assigned", "change_requested_early", "helper", "helper"),
    "start": ("assigned", "change_requested_early", "helper", "helper"),
    "progress": ("in_progress", "change_requested release_requested", "helper", "helper"),
    "change": ("change_requested change_requested_early", "", "office", "office"),
    "release": ("release_requested", "", "office", "office"),
    "objection_by_law": ("objected", "", "office", "office"),
    "objection_review": ("objected", "", "office", "office"),
    "making_up": (f"{HELPED} concluded", "", "applicant", "papers due"),
    "follow_up": (f"concluded followed_up {FILE}", "", "office", "office"),
    "closing_papers": (f"concluded followed_up {FILE} closed terminated upheld", "", "helper", "helper"),
    "file_check": ("file_submitted", "", "office", "office"),
    "file_correction": ("file_returned", "", "helper", "helper"),
    "subsidy": ("file_accepted", "", "office", "office"),
    "subsidy_payment": ("subsidy_approved", "", "office", "office"),
    "archiving": ("to_archive", "", "office", "office"),
    "closing": ("concluded followed_up", "", "office", "office"),
    "complaint_answer": (
        f"{BEFORE} {HELPED} objected concluded followed_up {FILE} closed refused terminated upheld withdrawn",
        "",
        "office",
        "complaint",
    ),
    "data_request": (
        f"{BEFORE} {HELPED} objected concluded followed_up {FILE} closed refused terminated upheld withdrawn",
        "",
        "office",
        "office",
    ),
    "repayment": (f"terminated upheld {FILE} closed", "", "applicant", "reminder"),
    "giving_back": (
        f"{BEFORE} {HELPED} objected concluded followed_up {FILE} closed refused terminated upheld withdrawn",
        "",
        "office",
        "office",
    ),
    "limitation": ("*", "", "outside", "limitation"),
    "limitation_pay": ("*", "", "outside", "limitation"),
    "limitation_dismissal": ("*", "", "outside", "limitation"),
    "limitation_double_wages": ("*", "", "outside", "limitation"),
    "limitation_other_claims": ("*", "", "outside", "limitation"),
    "limitation_civil": ("*", "", "outside", "limitation"),
    "urgency": (f"{BEFORE} {HELPED} objected", "", "outside", "everybody"),
}
HARDSHIP_CLOCKS: Final = {
    "acceptance": ("submitted", "", "office", "office"),
    "papers": ("awaiting_papers", "", "applicant", "papers"),
    "review": ("under_review proposed", "awaiting_papers", "office", "office"),
    "visit": ("under_review", "", "office", "office"),
    "check": ("under_review", "", "outside", "reminder"),
    "making_up": ("*", "", "office", "office"),
    "emergency": ("*", "", "office", "reminder"),
    "notice": ("on_notice aid_on_notice on_exit_notice", "", "outside", "notice"),
    "approval": ("awaiting_approval aid_awaiting_approval awaiting_exit_approval", "", "office", "decider"),
    "payment": (f"{ALIVE} {OVER}", "", "office", "office"),
    "contact": (f"{ON_FILE} watching exit_objected", "", "office", "office"),
    "verification": (ON_FILE, "", "office", "office"),
    "change": (f"{ON_FILE} watching exit_objected", "", "office", "office"),
    "exit_due": (ON_FILE, "", "office", "office"),
    "hearing": ("exit_hearing", "", "office", "office"),
    "exit": ("exit_proposed", "", "office", "office"),
    "data_request": (f"{ALIVE} {OVER}", "", "office", "office"),
    "cut_hearing": (f"{ALIVE} {OVER}", "", "office", "office"),
    "repayment": (f"{UNDISPUTED} {OVER}", "", "applicant", "reminder"),
    "giving_back": (f"{ALIVE} {OVER}", "", "office", "office"),
    "watch": ("watching", "exit_objected", "outside", "reminder"),
    "objection_review": ("objected file_objected exit_objected aid_objected", "", "office", "decider"),
}
TAKEN_BY_TIME: Final = {
    ("legal_aid", "papers"): "lapse",
    ("legal_aid", "urgency"): "turn_urgent",
    ("hardship_aid", "papers"): "lapse",
    ("hardship_aid", "notice"): "take_down",
}
SIDE_BY_SIDE: Final = {
    "review_by_law": "review",
    "review": "review_by_law",
    "objection_by_law": "objection_review",
    "objection_review": "objection_by_law",
}
ROWS: Final = [
    pytest.param(workflow, name, *row, id=f"{workflow.key}-{name}")
    for workflow, clocks in ((LEGAL_AID, LEGAL_AID_CLOCKS), (HARDSHIP, HARDSHIP_CLOCKS))
    for name, row in clocks.items()
]


@pytest.mark.parametrize(("workflow", "name", "runs", "rests", "owed_by", "ladder"), ROWS)
def test_where_it_runs_and_rests_and_who_owes_it(
    workflow: Workflow, name: str, runs: str, rests: str, owed_by: str, ladder: str
) -> None:
    clock = workflow.by_clock[name]
    if runs == "*":
        assert clock.runs_in == ANY
    else:
        assert {state for state in workflow.by_state if workflow.runs(clock, state)} == set(runs.split())
    assert (set(clock.pauses), clock.owed_by) == (set(rests.split()), owed_by)


@pytest.mark.parametrize(("workflow", "name", "runs", "rests", "owed_by", "ladder"), ROWS)
def test_who_is_told_and_when(workflow: Workflow, name: str, runs: str, rests: str, owed_by: str, ladder: str) -> None:
    alerts = workflow.by_clock[name].alerts
    assert [(alert.level, set(alert.to), alert.above) for alert in alerts] == LADDERS[ladder]
    assert {alert.urgent for alert in alerts} == {ladder in ("limitation", "everybody")}


@pytest.mark.parametrize("workflow", [LEGAL_AID, HARDSHIP], ids=["legal_aid", "hardship_aid"])
def test_what_time_does_by_itself(workflow: Workflow) -> None:
    taken = {(workflow.key, clock.name): clock.take for clock in workflow.clocks if clock.take}
    assert taken == {key: step for key, step in TAKEN_BY_TIME.items() if key[0] == workflow.key}


def test_which_limits_are_shown_side_by_side() -> None:
    assert {clock.name: clock.beside for clock in LEGAL_AID.clocks if clock.beside} == SIDE_BY_SIDE
    assert not any(clock.beside for clock in HARDSHIP.clocks)
