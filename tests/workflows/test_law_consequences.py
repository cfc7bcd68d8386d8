"""What follows from each step: which letter goes out, what it decides, how the case ends, which limits end with it.

Sources: 法律援助法 43 (视为撤回), 44 (先行提供), 45-49, 55; 山东省法律援助条例 14-16; 社会救助法 45, 48, 50.
A decision in writing has its letter, and after it facts are corrected with a reason only.
"""

from typing import Final

import pytest

from casework.rules.grammar import Workflow
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP
from casework.workflows.legal_aid import WORKFLOW as LEGAL_AID

# The letters of a step; `step@state` where it depends on where it is taken.
LETTERS: Final = {
    "legal_aid": {
        "submit": "receipt",
        "ask_for_papers": "papers_needed",
        "supply_papers": "receipt",
        "lapse": "deemed_withdrawn",
        "grant": "granted",
        "refuse": "refused",
        "transfer": "transferred",
        "help_first": "help_first",
        "make_up_papers": "receipt",
        "withdraw": "withdrawn",
        "assign": "commission assigned",
        "reassign": "lawyer_changed",
        "allow_change": "lawyer_changed",
        "deny_change": "change_denied",
        "allow_release": "lawyer_changed",
        "deny_release": "release_denied",
        "terminate": "terminated",
        "object": "objection_received",
        "uphold": "objection_dismissed",
        "overturn": "objection_allowed",
        "complain": "complaint_received",
        "answer_complaint": "complaint_answered",
        "issue_official_letter": "official_letter",
        "certify_hardship": "hardship_certificate",
        "demand_repayment": "costs_demand",
        "lift_repayment": "costs_lifted",
        "give_back": "costs_given_back",
        "confirm_papers": "receipt",
        "request_data": "data_request_received",
        "answer_data_request": "data_request_answered",
    },
    "hardship_aid": {
        "submit": "receipt",
        "ask_for_papers": "papers_needed",
        "supply_papers": "receipt",
        "lapse": "deemed_withdrawn",
        "help_at_once": "helped_at_once",
        "help_once": "helped_once",
        "propose_cut": "cut_hearing",
        "drop_cut": "cut_dropped",
        "lower_category": "category_lowered",
        "release_payment": "payment_released",
        "demand_repayment": "repayment_demand",
        "lift_repayment": "repayment_lifted",
        "give_back": "given_back",
        "end_emergency": "papers_after_emergency",
        "approve@awaiting_approval": "approved",
        "approve@aid_awaiting_approval": "aid_approved",
        "refuse@awaiting_approval": "refused",
        "refuse@aid_awaiting_approval": "aid_refused",
        "withdraw": "withdrawn",
        "propose_exit": "exit_hearing",
        "leave": "leaving",
        "drop_exit": "exit_denied",
        "approve_exit": "exit_notice",
        "cancel": "cancelled",
        "deny_exit": "exit_denied",
        "strike_off": "struck_off",
        "fall_back": "fallen_back",
        "uphold": "objection_dismissed",
        "overturn": "objection_allowed",
        "confirm_papers": "receipt",
        "request_data": "data_request_received",
        "answer_data_request": "data_request_answered",
    },
}
DECISIONS: Final = {
    "legal_aid": "grant refuse help_first terminate uphold overturn demand_repayment lift_repayment",
    "hardship_aid": "help_at_once approve help_once refuse lower_category approve_exit"
    " cancel deny_exit strike_off uphold overturn demand_repayment lift_repayment",
}
# How a case ends: a word, or what the form says.
OUTCOMES: Final = {
    "legal_aid": {
        "lapse": "deemed_withdrawn",
        "refuse": "refused",
        "withdraw": "withdrawn",
        "conclude": "(result)",
        "terminate": "terminated",
        "uphold": "upheld",
    },
    "hardship_aid": {
        "lapse": "deemed_withdrawn",
        "refuse@awaiting_approval": "refused",
        "withdraw": "withdrawn",
        "cancel": "cancelled",
        "strike_off": "(kind)",
        "record_death": "died",
        "help_once": "helped_once",
        "close_watch": "exited",
        "uphold@objected": "upheld",
        "uphold@file_objected": "upheld",
    },
}
REVIEWS: Final = "review_by_law review first_review second_review"
LIMITATIONS: Final = (
    "limitation limitation_pay limitation_dismissal limitation_double_wages limitation_other_claims limitation_civil"
)
FILE: Final = ("file_submitted", "file_returned", "file_accepted", "subsidy_approved", "to_archive", "closed")
FILE_CLOCKS: Final = "file_check file_correction subsidy subsidy_payment archiving"
# Limits that a step makes pointless, and those that it starts anew; the others end in time or late.
# 送达: the time to bring papers runs from the receipt of the notice.
RECEIVED: Final = {"record_service@awaiting_papers": "papers", "tell_receipt@awaiting_papers": "papers"}
CANCELLED: Final = {
    "legal_aid": {
        **RECEIVED,
        "lapse": f"{REVIEWS} {LIMITATIONS}",
        "refuse": LIMITATIONS,
        "transfer": REVIEWS,
        "help_first": "papers",
        "withdraw": "*",
        "decline": "engagement start",
        "reassign": "engagement start progress",
        "allow_change": "engagement start progress",
        "allow_release": "progress",
        "terminate": "*",
        **dict.fromkeys((f"object@{state}" for state in FILE), FILE_CLOCKS),
        "uphold": LIMITATIONS,
        "close": LIMITATIONS,
    },
    "hardship_aid": {
        **RECEIVED,
        "lapse": "review",
        "withdraw_notice": "notice",
        "withdraw_consent": "notice",
        "withdraw": "*",
        "strike_off": "*",
        "record_death": "*",
    },
}
ANEW: Final = {
    "legal_aid": {"transfer": REVIEWS, "record_progress": "progress", **RECEIVED},
    "hardship_aid": {**RECEIVED, "endorse": "approval", "record_contact": "contact", "reverify": "verification"},
}
WITHOUT_A_HELPER: Final = {
    "legal_aid": {"decline", "reassign", "allow_change", "allow_release", "terminate", "overturn"},
    "hardship_aid": set(),
}
# What the cashier, or whoever answers for personal data, does on a case that a colleague owns.
BY_ANY_COLLEAGUE: Final = {
    "legal_aid": {"pay_subsidy", "record_repayment", "give_back", "request_data", "answer_data_request"},
    "hardship_aid": {"record_payment", "correct_payment", "record_repayment", "request_data", "answer_data_request"},
}
PROGRAMMES: Final = pytest.mark.parametrize("workflow", [LEGAL_AID, HARDSHIP], ids=["legal_aid", "hardship_aid"])


def told(workflow: Workflow, part: str) -> dict[tuple[str, str], str]:
    """What each edge of the programme says of this, in words, by its name and the state in which it is taken."""
    found = {}
    for edge in workflow.transitions:
        named = getattr(edge, part)
        if part == "outcome" and edge.outcome_field:
            named = f"({edge.outcome_field})"
        for state in edge.sources:
            if named:
                found[edge.name, state] = named if isinstance(named, str) else " ".join(sorted(named))
    return found


def by_edge(workflow: Workflow, table: dict[str, str]) -> dict[tuple[str, str], str]:
    """The same from a table by step, or by step and state."""
    return {
        (edge.name, state): words
        for edge in workflow.transitions
        for state in edge.sources
        if (words := table.get(f"{edge.name}@{state}", table.get(edge.name)))
    }


def in_order(words: str) -> str:
    return " ".join(sorted(words.split()))


@PROGRAMMES
@pytest.mark.parametrize(
    ("part", "table"), [("letter", LETTERS), ("outcome", OUTCOMES), ("cancels", CANCELLED), ("restarts", ANEW)]
)
def test_what_follows(workflow: Workflow, part: str, table: dict[str, dict[str, str]]) -> None:
    expected = {edge: in_order(words) for edge, words in by_edge(workflow, table[workflow.key]).items()}
    assert told(workflow, part) == expected


@PROGRAMMES
def test_after_which_steps_facts_are_corrected_with_a_reason_only(workflow: Workflow) -> None:
    assert {edge.name for edge in workflow.transitions if edge.decides} == set(DECISIONS[workflow.key].split())
    assert {edge.decides for edge in workflow.transitions if edge.name in DECISIONS[workflow.key].split()} == {True}


@PROGRAMMES
def test_after_which_steps_nobody_is_named_as_helper(workflow: Workflow) -> None:
    assert {edge.name for edge in workflow.transitions if edge.releases} == WITHOUT_A_HELPER[workflow.key]


@PROGRAMMES
def test_what_any_colleague_may_do_on_a_case_of_somebody_else(workflow: Workflow) -> None:
    assert {edge.name for edge in workflow.transitions if edge.shared} == BY_ANY_COLLEAGUE[workflow.key]
