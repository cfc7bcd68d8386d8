"""What must hold before each step: one that no row names may be taken by whoever may, wherever it is open.

Sources: 法律援助法 31, 32, 34, 40, 42 (to whom help is granted), 43 (one notice of what is missing), 44 (help at once
and its papers afterwards), 46-50, 55, 56; 山东省法律援助条例 11, 12, 16; 劳动争议调解仲裁法 7, 27.
Hardship: 社会救助法 41, 48, 50, 61-65; the unions' rules on dossiers, notices and levels of approval;
个人信息保护法 29, 44-50. What each question asks is tried with the programme that asks it.
"""

from typing import Final

import pytest

from casework.rules.grammar import Workflow
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP
from casework.workflows.legal_aid import WORKFLOW as LEGAL_AID

FILE: Final = "file_submitted file_returned file_accepted subsidy_approved to_archive"
# By `step`, or by `step@states` where it depends on where the step is taken.
LEGAL_AID_STEPS: Final = {
    # 43: everything missing is asked for once; 社会救助法 62: what was handed in is not asked for again
    "ask_for_papers": "not_asked_before nothing_asked_twice",
    "supply_papers": "room_for_papers",
    "confirm_papers": "papers_are_announced received_since_opened room_for_papers",
    # 调解仲裁法 7: from ten workers on
    "propose": "representatives_are_known",
    # 31, 34, 40: small means, a child represented; 调解仲裁法 27: in time; by another than the reviewer
    "grant": "decided_by_another means_are_small claim_is_large_enough claim_is_in_time representatives_are_known"
    " children_are_represented",
    # 司法部 2026-02: who claims pay is not sent away for the place
    "refuse": "decided_by_another no_worker_is_sent_away out_of_time_is_true",
    # 条例 11, 12
    "transfer": "not_pushed_about quarrel_is_decided_above",
    # 44: what a grant asks is looked at when the papers are made up, by another than who helped
    "help_first": "article_44_holds",
    "make_up_papers": "papers_are_owed application_is_complete means_are_small claim_is_large_enough claim_is_in_time"
    " representatives_are_known children_are_represented made_up_by_another room_for_papers",
    "record_proceeding": "room_for_a_proceeding",
    "record_progress": "room_for_a_proceeding",
    # 律师法 39
    "assign": "gave_it_back_for_no_conflict",
    "take_on": "not_taken_on_yet",
    "engage": "engaged_after_assigned",
    "conclude": "concluded_after_engaged papers_are_made_up award_is_explained",
    # 49, 条例 16
    "object@refused terminated": "may_still_object",
    f"object@{FILE} closed": "termination_is_open may_still_object",
    "record_service@refused terminated upheld": "something_to_serve served_after_decision",
    "tell_receipt@refused terminated upheld": "something_to_serve served_after_decision",
    # 送达: the time to bring papers runs from the receipt of the notice, of which the applicant tells once
    "record_service@awaiting_papers": "notice_came_after_sent",
    "tell_receipt@awaiting_papers": "receipt_is_unknown notice_came_after_sent",
    "uphold": "reviewed_by_another",
    "overturn": "reviewed_by_another",
    # 50, 52, and who pays is not who approved
    "close": "file_may_follow",
    "hand_in_file": "file_is_owed",
    f"follow_up@{FILE}": "not_followed_up_yet",
    "approve_subsidy": "amount_is_known",
    "pay_subsidy": "paid_by_another paid_after_approval",
    "archive": "followed_up_before",
    # 55, 56
    "complain": "no_complaint_is_open",
    "answer_complaint": "complaint_is_open answered_by_another",
    "certify_hardship": "hardship_is_found",
    # 64: who got aid by deceit pays its costs
    "demand_repayment": "terminated_for_deceit costs_are_told",
    "serve_demand": "repayment_is_demanded demand_served_after_made",
    "record_repayment": "repayment_is_owed no_more_than_owed",
    "lift_repayment": "repayment_stands lifted_by_another",
    "give_back": "something_goes_back",
    "rate": "not_rated_yet",
    # 个人信息保护法 44-50
    "request_data": "answered_before",
    "answer_data_request": "data_are_asked_for",
}
ON_NOTICE: Final = "consents_to_notice notice_is_long_enough unit_is_for_the_public"
AID: Final = "nothing_excludes aid_can_be_paid aid_still_within_bounds"
APPROVAL: Final = "for_this_level_to_approve decided_by_another approved_by_national_union"
ADMISSION: Final = (
    f"notice_has_stood no_objection_stands still_as_published still_as_proposed income_as_checked {AID} {APPROVAL}"
)
PAYMENT: Final = "not_by_the_contact line_paid_by_another line_has_where_to_go cash_is_signed_for"
HARDSHIP_STEPS: Final = {
    "record_service@awaiting_papers": "notice_came_after_sent",
    "tell_receipt@awaiting_papers": "receipt_is_unknown notice_came_after_sent",
    # 社会救助法 62 with 41: what is checked elsewhere is not asked for; platform workers have no contract to show
    "ask_for_papers": "not_asked_before nothing_asked_twice nothing_asked_that_is_checked"
    " no_contract_of_a_platform_worker",
    "supply_papers": "room_for_papers",
    "confirm_papers": "papers_are_announced received_since_opened room_for_papers",
    # 社会救助法 50
    "help_at_once": "applicant_is_known not_helped_before emergency_aid_is_open within_emergency_cap",
    "end_emergency": "emergency_lasts over_after_help",
    "make_up_papers": "emergency_papers_missing room_for_papers",
    # 社会救助法 41
    "send_check": "check_is_authorised",
    "record_check": "check_is_under_way answered_after_sent",
    # 入户调查, 经济状况核对, 不予建档的情形, 个人信息保护法 29
    "propose": "everybody_is_known platform_work_is_proven visited_at_home means_checked income_as_checked"
    " nothing_excludes emergency_papers_made_up consents_to_sensitive_data category_can_be_worked_out"
    " may_go_without_dossier category_is_founded aid_within_bounds",
    # 公示, 个人信息保护法 25
    "publish": ON_NOTICE,
    "withdraw_consent": "consents_to_notice",
    "answer_objection": "objection_is_open objection_is_known",
    # 审核, 审批: after the notice, at the level that it takes, by another than who proposed
    "endorse": "notice_has_stood still_as_published for_this_level_to_endorse decided_by_another",
    "approve@awaiting_approval": f"dossier_is_proposed {ADMISSION}",
    "help_once": f"no_dossier_is_proposed {ADMISSION}",
    "approve@aid_awaiting_approval": f"notice_has_stood no_objection_stands still_as_published {AID} {APPROVAL}",
    "refuse": "decided_by_another",
    "withdraw": "says_why_on_behalf",
    "propose_aid": "still_in_hardship category_can_be_worked_out nothing_excludes some_aid_is_open aid_within_bounds"
    f" {ON_NOTICE}",
    # 每半年走访一次, 每年核查一次
    "name_contact": "contact_is_staff",
    "record_contact": "contact_is_named since_on_file",
    "reverify": "category_can_be_worked_out everybody_fits_in verified_category_is_founded room_for_papers",
    "report_change": "room_for_a_report",
    # who pays is neither who approved nor the contact person
    "record_payment": f"something_to_record paid_by_another line_takes_the_result settled_after_approval {PAYMENT}",
    "correct_payment": "something_to_correct corrected_by_another line_is_recorded line_differs"
    f" corrected_after_approval {PAYMENT}",
    # 社会救助法 48: whoever is to get less is heard first
    "release_payment": "something_outstanding line_is_outstanding heard_before_release for_a_deciding_level"
    " decided_by_another cut_decided_by_another",
    "propose_cut": "something_to_cut cut_can_be_proposed",
    "record_cut_hearing": "cut_waits_for_a_hearing cut_heard_after_proposed waited_for_the_absent",
    "drop_cut": "some_cut_is_proposed",
    "lower_category": "category_to_lower heard_before_lowering for_a_deciding_level lowered_by_another"
    " cut_decided_by_another",
    "strike_off": "nothing_outstanding heard_before_striking_off for_a_deciding_level decided_by_another"
    " cut_decided_by_another",
    # 退出: heard, published, decided; a cancellation is not published
    "propose_exit": "above_the_line_long_enough",
    "leave": "asked_in_writing",
    "record_hearing": "exit_is_proposed heard_after_proposed waited_for_the_absent",
    "publish_exit": "exit_is_proposed person_was_heard exit_is_published notice_is_long_enough unit_is_for_the_public",
    "submit_cancellation": "exit_is_a_cancellation person_was_heard",
    "approve_exit": "exit_is_proposed exit_is_published person_was_heard notice_has_stood no_objection_stands"
    " for_a_deciding_level decided_by_another",
    "cancel": "exit_is_a_cancellation person_was_heard nothing_outstanding for_a_deciding_level decided_by_another"
    " repaid_within_paid",
    "record_death": "nothing_outstanding",
    "close_watch": "nothing_outstanding visited_during_the_watch watched_long_enough",
    # 社会救助法 61-65
    "demand_repayment": "aid_may_be_demanded demand_may_be_decided demand_within_paid",
    "serve_demand": "repayment_is_demanded demand_served_after_made",
    "record_repayment": "repayment_is_owed repayment_fits",
    "lift_repayment": "repayment_stands for_a_deciding_level lifted_by_another",
    "give_back": "something_goes_back for_a_deciding_level funds_give_it_back",
    # objections to a refusal, a cancellation, an end of the file, a decision on aid, an exit
    "object@refused cancelled": "may_still_object",
    "object@closed": "was_struck_off may_still_object",
    "object@active": "some_decision_is_open decision_is_named",
    "object@watching": "exit_not_reviewed_yet may_still_object",
    **dict.fromkeys(
        (f"{step}@refused cancelled closed watching upheld" for step in ("record_service", "tell_receipt")),
        "something_to_serve served_after_decision",
    ),
    **dict.fromkeys(
        (f"{step}@active" for step in ("record_service", "tell_receipt")),
        "some_decision_to_serve service_names_decision decision_served_after_made",
    ),
    "uphold": "reviewed_by_another",
    "overturn": "reviewed_by_another",
    "rate": "has_received_aid not_rated_since",
    "request_data": "answered_before",
    "answer_data_request": "data_are_asked_for",
}
TABLES: Final = ((LEGAL_AID, LEGAL_AID_STEPS), (HARDSHIP, HARDSHIP_STEPS))
ROWS: Final = [
    pytest.param(workflow, name, id=f"{workflow.key}-{name}")
    for workflow, _ in TABLES
    for name in sorted(workflow.names)
]


def required(workflow: Workflow, name: str) -> dict[str, set[str]]:
    """What the table asks of a step, by the state in which it is taken."""
    [table] = [steps for one, steps in TABLES if one is workflow]
    found = {state: set(table.get(name, "").split()) for state in sources(workflow, name)}
    rows = ((key.partition("@"), words) for key, words in table.items())
    found |= {
        state: set(words.split()) for (step, _, states), words in rows if step == name for state in states.split()
    }
    return found


def sources(workflow: Workflow, name: str) -> list[str]:
    return [state for edge in workflow.transitions if edge.name == name for state in edge.sources]


@pytest.mark.parametrize(("workflow", "name"), ROWS)
def test_what_must_hold_before_it(workflow: Workflow, name: str) -> None:
    asked = {state: workflow.edge(name, state).when for state in sources(workflow, name)}
    assert {state: {one.name for one in when} for state, when in asked.items()} == required(workflow, name)


def test_every_row_is_of_a_step() -> None:
    for workflow, table in TABLES:
        assert {key.partition("@")[0] for key in table} <= workflow.names
