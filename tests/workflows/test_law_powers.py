"""Who may take which step, and where: whoever else tries is told that it is not theirs, and nobody elsewhere may.

Sources: 法律援助法 12, 40 (the office decides; who asks), 43 (the applicant supplies papers), 46-50, 52, 55 (helpers).
Hardship: staff look into a household, another person decides, the household and the office never both.
Staff may do for applicants what these may do themselves, and record it as such; nobody acts for a helper or for time.
"""

from dataclasses import replace
from typing import Any, Final

import pytest

from casework.rules.grammar import NEW, Workflow
from casework.rules.refusals import NotNow, NotYours
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP
from casework.workflows.legal_aid import WORKFLOW as LEGAL_AID
from tests.story import Story

STAFF: Final = {"caseworker", "supervisor"}
HELPERS: Final = {"lawyer", "volunteer"}
WHO: Final = {
    "applicant": {"applicant"} | STAFF,
    "office": STAFF,
    "decider": {"supervisor"},
    "helper": HELPERS,
    "helper or decider": HELPERS | {"supervisor"},
    "office or helper": STAFF | HELPERS,
    "time": {"time"},
}
EVERYBODY: Final = STAFF | HELPERS | {"applicant", "auditor", "administrator", "time"}

BEFORE: Final = "submitted awaiting_papers under_review awaiting_decision"
HELPED: Final = "granted assigned change_requested_early in_progress change_requested release_requested"
FILE: Final = "file_submitted file_returned file_accepted subsidy_approved to_archive"
AFTERWARDS: Final = "closed refused terminated upheld withdrawn"
LEGAL_AID_STEPS: Final = {
    "submit": ("applicant", NEW),
    "accept": ("office", "submitted"),
    "ask_for_papers": ("office", "submitted under_review"),
    "supply_papers": ("applicant", "awaiting_papers"),
    "lapse": ("time", "awaiting_papers"),
    "propose": ("office", "under_review"),
    "send_back": ("decider", "awaiting_decision"),
    "grant": ("decider", "under_review awaiting_decision"),
    "refuse": ("decider", "under_review awaiting_decision"),
    "transfer": ("office", "submitted under_review awaiting_decision"),
    "turn_urgent": ("time", f"{BEFORE} {HELPED} objected"),
    "help_first": ("decider", BEFORE),
    "make_up_papers": ("office", f"{HELPED} concluded"),
    "record_proceeding": ("office or helper", f"{BEFORE} {HELPED} objected concluded followed_up"),
    "withdraw": ("applicant", f"{BEFORE} granted"),
    "assign": ("office", "granted"),
    "take_on": ("helper", "assigned"),
    "decline": ("helper", "assigned"),
    "engage": ("helper", "assigned"),
    "record_progress": ("helper", "in_progress"),
    "conclude": ("helper", "in_progress"),
    "reassign": ("decider", "assigned in_progress"),
    "ask_for_change": ("applicant", "assigned in_progress"),
    "allow_change": ("decider", "change_requested change_requested_early"),
    "deny_change": ("decider", "change_requested change_requested_early"),
    "ask_to_be_released": ("helper", "in_progress"),
    "allow_release": ("decider", "release_requested"),
    "deny_release": ("decider", "release_requested"),
    "terminate": ("decider", HELPED),
    "object": ("applicant", f"refused terminated {FILE} closed"),
    "record_service": ("office", "awaiting_papers refused terminated upheld"),
    "tell_receipt": ("applicant", "awaiting_papers refused terminated upheld"),
    "uphold": ("decider", "objected"),
    "overturn": ("decider", "objected"),
    "follow_up": ("office", f"concluded {FILE}"),
    "close": ("office", "followed_up"),
    "hand_in_file": ("helper or decider", "concluded followed_up file_returned closed terminated upheld"),
    "return_file": ("office", "file_submitted"),
    "accept_file": ("office", "file_submitted file_returned"),
    "approve_subsidy": ("decider", "file_accepted"),
    "waive_subsidy": ("decider", "file_accepted"),
    "pay_subsidy": ("office", "subsidy_approved"),
    "archive": ("office", "to_archive"),
    "rate": ("applicant", f"concluded followed_up {FILE} closed"),
    # 法律援助法 55, 56: complaints at any time, also when all is over
    "complain": ("applicant", f"{BEFORE} {HELPED} objected concluded followed_up {FILE} {AFTERWARDS}"),
    "answer_complaint": ("decider", f"{BEFORE} {HELPED} objected concluded followed_up {FILE} {AFTERWARDS}"),
    "issue_official_letter": ("office", "assigned in_progress"),
    "certify_hardship": ("decider", f"{HELPED} concluded"),
    "confirm_papers": ("office", f"{BEFORE} {HELPED} objected"),
    # 法律援助法 64: who got aid by deceit pays its costs
    "demand_repayment": ("decider", f"terminated upheld {FILE} closed"),
    "serve_demand": ("office", f"terminated upheld {FILE} closed"),
    "record_repayment": ("office", f"terminated upheld {FILE} closed"),
    "lift_repayment": ("decider", f"terminated upheld {FILE} closed"),
    "give_back": ("office", f"{BEFORE} {HELPED} objected concluded followed_up {FILE} {AFTERWARDS}"),
    # 个人信息保护法 44-50: at any time, also when all is over
    "request_data": ("applicant", f"{BEFORE} {HELPED} objected concluded followed_up {FILE} {AFTERWARDS}"),
    "answer_data_request": ("office", f"{BEFORE} {HELPED} objected concluded followed_up {FILE} {AFTERWARDS}"),
}

ASKED: Final = "submitted awaiting_papers under_review"
DECIDING: Final = "proposed on_notice awaiting_approval"
ON_FILE: Final = (
    "active aid_on_notice aid_awaiting_approval aid_objected"
    " exit_hearing exit_proposed on_exit_notice awaiting_exit_approval"
)
WATCHED: Final = "watching exit_objected"
ALIVE: Final = f"{ASKED} {DECIDING} {ON_FILE} {WATCHED} objected file_objected"
UNDISPUTED: Final = " ".join(state for state in ALIVE.split() if not state.endswith("objected"))
OVER: Final = "closed cancelled refused upheld withdrawn"
PUBLISHED: Final = (
    "on_notice awaiting_approval aid_on_notice aid_awaiting_approval on_exit_notice awaiting_exit_approval"
)
DECIDED: Final = "refused cancelled closed active watching upheld"
HARDSHIP_STEPS: Final = {
    "submit": ("applicant", NEW),
    "accept": ("office", "submitted"),
    "ask_for_papers": ("office", "submitted under_review"),
    "supply_papers": ("applicant", "awaiting_papers"),
    "lapse": ("time", "awaiting_papers"),
    "help_at_once": ("decider", f"{ASKED} {DECIDING} {ON_FILE}"),
    "end_emergency": ("office", ALIVE),
    "make_up_papers": ("office", ALIVE),
    "record_visit": ("office", "under_review"),
    "send_check": ("office", "under_review"),
    "record_check": ("office", "under_review"),
    "propose": ("office", "under_review"),
    "propose_refusal": ("office", "under_review"),
    "publish": ("office", "proposed"),
    "take_down": ("time", "on_notice aid_on_notice on_exit_notice"),
    "withdraw_notice": ("office", "proposed on_notice aid_on_notice on_exit_notice"),
    "withdraw_consent": ("applicant", "on_notice aid_on_notice on_exit_notice"),
    "record_objection": ("office", PUBLISHED),
    "answer_objection": ("office", PUBLISHED),
    "endorse": ("decider", "awaiting_approval aid_awaiting_approval"),
    "approve": ("decider", "awaiting_approval aid_awaiting_approval"),
    "send_back": ("decider", "awaiting_approval aid_awaiting_approval"),
    "refuse": ("decider", "awaiting_approval aid_awaiting_approval"),
    "withdraw": ("applicant", f"{ASKED} {DECIDING}"),
    "propose_aid": ("office", "active"),
    "name_contact": ("office", f"{ON_FILE} {WATCHED}"),
    "record_contact": ("office", f"{ON_FILE} {WATCHED}"),
    "reverify": ("office", "active"),
    "report_change": ("applicant", f"{ON_FILE} {WATCHED}"),
    "record_payment": ("office", f"{ALIVE} {OVER}"),
    "correct_payment": ("office", f"{ALIVE} {OVER}"),
    "release_payment": ("decider", f"{ALIVE} {OVER}"),
    "propose_exit": ("office", "active"),
    "leave": ("applicant", "active"),
    "record_hearing": ("office", "exit_hearing"),
    "drop_exit": ("office", "exit_hearing exit_proposed"),
    "publish_exit": ("office", "exit_proposed"),
    "submit_cancellation": ("office", "exit_proposed"),
    "approve_exit": ("decider", "awaiting_exit_approval"),
    "cancel": ("decider", "awaiting_exit_approval"),
    "deny_exit": ("decider", "awaiting_exit_approval"),
    "strike_off": ("decider", f"{ON_FILE.replace('aid_objected', '')} watching"),
    "record_death": ("office", ALIVE),
    "fall_back": ("office", "watching"),
    "close_watch": ("office", "watching"),
    "object": ("applicant", "refused cancelled closed active watching"),
    "record_service": ("office", f"awaiting_papers {DECIDED}"),
    "tell_receipt": ("applicant", f"awaiting_papers {DECIDED}"),
    "uphold": ("decider", "objected file_objected exit_objected aid_objected"),
    "overturn": ("decider", "objected file_objected exit_objected aid_objected"),
    "rate": ("applicant", f"{ON_FILE} {WATCHED} closed"),
    "confirm_papers": ("office", f"{ASKED} {DECIDING} {ON_FILE}"),
    "help_once": ("decider", "awaiting_approval"),
    # 社会救助法 48: whoever is to get less is heard first; 61-65: what was got by deceit is paid back
    "propose_cut": ("office", f"{ALIVE} {OVER}"),
    "record_cut_hearing": ("office", f"{ALIVE} {OVER}"),
    "drop_cut": ("office", f"{ALIVE} {OVER}"),
    "lower_category": ("decider", "active"),
    "demand_repayment": ("decider", f"watching {OVER}"),
    "serve_demand": ("office", f"{UNDISPUTED} {OVER}"),
    "record_repayment": ("office", f"{UNDISPUTED} {OVER}"),
    "lift_repayment": ("decider", f"{UNDISPUTED} {OVER}"),
    "give_back": ("decider", f"{ALIVE} {OVER}"),
    "request_data": ("applicant", f"{ALIVE} {OVER}"),
    "answer_data_request": ("office", f"{ALIVE} {OVER}"),
}
ROWS: Final = [
    pytest.param(workflow, name, who, states.split() or [NEW], id=f"{workflow.key}-{name}")
    for workflow, steps in ((LEGAL_AID, LEGAL_AID_STEPS), (HARDSHIP, HARDSHIP_STEPS))
    for name, (who, states) in steps.items()
]


def tried(workflow: Workflow, state: str, who: str, name: str) -> Any:
    """What comes of an empty form there; the case is in the hands of whoever of the helpers tries."""
    story = Story(workflow=workflow)
    helper = story.people[who] if who in HELPERS else None
    case = replace(story.case, state=state, assignee=helper)
    return story.decides(who, name, {}, case)


def test_every_step_of_both_programmes_is_told() -> None:
    assert set(LEGAL_AID_STEPS) == LEGAL_AID.names
    assert set(HARDSHIP_STEPS) == HARDSHIP.names


@pytest.mark.parametrize(("workflow", "name", "who", "states"), ROWS)
def test_who_may(workflow: Workflow, name: str, who: str, states: list[str]) -> None:
    for state in states:
        may = {one for one in EVERYBODY if not isinstance(tried(workflow, state, one, name), NotYours)}
        assert may == WHO[who], state


@pytest.mark.parametrize(("workflow", "name", "who", "states"), ROWS)
def test_where(workflow: Workflow, name: str, who: str, states: list[str]) -> None:
    actor = min(WHO[who])
    found = {
        state for state in (NEW, *workflow.by_state) if not isinstance(tried(workflow, state, actor, name), NotNow)
    }
    assert found == set(states)
