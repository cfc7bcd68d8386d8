"""Whose data ask for a consent of their own, who answers a complaint or an objection, which document tells who one is.

Sources: 个人信息保护法 28, 29, 31 (health, accounts, children below fourteen); 法律援助法 12, 49, 56; passports.
"""

from dataclasses import replace
from typing import Any, Final

import pytest

from casework.forms.repayment import lifted_by_another
from casework.rules.context import MoveContext, Verdict
from casework.rules.office_kinds import OfficeKind, kind_of
from casework.rules.refusals import Invalid, NotMet
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP
from casework.workflows.hardship_aid.categories import still_as_proposed
from casework.workflows.hardship_aid.cuts import lowered_by_another
from casework.workflows.hardship_aid.review import consents_to_sensitive_data
from casework.workflows.legal_aid import WORKFLOW as LEGAL_AID
from tests.story import Story

NOBODY_SICK: Final = {"name": "王明", "birth_date": "1985-**-**"}


@pytest.mark.parametrize(
    ("facts", "asks"),
    [
        ({"applicant": NOBODY_SICK}, False),
        ({"applicant": NOBODY_SICK | {"health": "serious_illness"}}, True),
        ({"applicant": NOBODY_SICK, "members": [{"name": "王芳", "health": "common_illness"}]}, True),
        ({"applicant": NOBODY_SICK, "members": [{"name": "王芳", "birth_date": "2012-**-**"}]}, True),
        ({"applicant": NOBODY_SICK, "members": [{"name": "王芳", "birth_date": "2011-**-**"}]}, False),
        ({"applicant": NOBODY_SICK, "members": [{"name": "王芳"}]}, False),
        ({"applicant": NOBODY_SICK, "bank": {"account": "6222 **** 1234"}}, True),
    ],
)
def test_what_is_sensitive_needs_a_consent_of_its_own(facts: dict[str, Any], asks: bool) -> None:
    story = Story("2026-09-07 09:00", workflow=HARDSHIP)

    def holds(**more: Any) -> bool:
        case = replace(story.case, facts=facts | more)
        situation = MoveContext(case, story.actor("caseworker"), story.now, story.office)
        return consents_to_sensitive_data.judge(situation).holds

    assert holds() is not asks
    assert holds(consent_sensitive={"form": "paper"}) is not asks
    assert holds(consent_sensitive={"signed_on": "2026-09-07"})


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"document_kind": "passport", "document_number": "E12345678", "document_state": "VNM"}, None),
        ({"document_kind": "passport", "document_number": "E12345678"}, "document_state_missing"),
        ({"document_kind": "passport", "document_state": "VNM"}, "document_in_part"),
        ({"document_number": "E12345678"}, "document_in_part"),
    ],
)
def test_a_document_is_told_as_a_whole(document: dict[str, str], code: str | None) -> None:
    person = {"identity_number": None, "birth_date": None, "sex": None, **document}
    try:
        Story("2026-03-02 09:00").opened(applicant=person)
        found = []
    except Invalid as refused:
        found = [fault.code for fault in refused.faults]
    assert found == ([code] if code else [])


def test_a_complaint_about_the_office_is_answered_by_whoever_did_not_decide_last() -> None:
    story = (
        Story("2026-03-02 09:00")
        .opened(form_of_aid="advice")
        .along([("caseworker", "accept"), ("caseworker", "propose"), ("supervisor", "grant")])
    )
    story.days_pass(1)
    story.takes("chief", "terminate")
    story.applicant("complain", about="office")
    assert not story.offered("chief")["answer_complaint"].allowed
    assert story.offered("supervisor")["answer_complaint"].allowed


@pytest.mark.parametrize("policy", [None, "false"])
@pytest.mark.parametrize("step", ["uphold", "overturn"])
def test_where_the_office_does_not_ask_for_another_whoever_decided_answers_and_reviews(
    policy: str | None, step: str
) -> None:
    story = Story("2026-03-02 09:00", policy={"decided_by_another": policy}).opened()
    story.unsupervised = frozenset({"371000", "370000"})
    story.along([("caseworker", "accept"), ("supervisor", "refuse")])
    story.applicant("complain", about="office")
    story.supervisor("answer_complaint")
    story.applicant("object")
    story.supervisor(step)


@pytest.mark.parametrize(("policy", "may"), [("true", False), ("false", True), (None, True)])
def test_who_did_the_step_before_decides_only_where_the_office_does_not_ask_for_another(
    policy: str | None, may: bool
) -> None:
    story = Story("2026-09-07 09:00", workflow=HARDSHIP, policy={"decided_by_another": policy})
    by = {"by": str(story.actor("supervisor").id)}
    case = replace(story.case, facts={"repayment": by, "lower_category": by})
    for who, holds in (("supervisor", may), ("chief", True)):
        situation = MoveContext(case, story.actor(who), story.now, story.office)
        assert [one.judge(situation).holds for one in (lifted_by_another, lowered_by_another)] == [holds, holds]


def test_where_nobody_has_decided_anybody_above_reviews() -> None:
    story = Story("2026-03-02 09:00").opened()
    story.put("objected")
    assert isinstance(story.refused("supervisor", "uphold"), NotMet)
    assert story.offered("superior")["uphold"].allowed
    story.unsupervised = frozenset({"371000", "370000"})
    assert story.offered("supervisor")["uphold"].allowed


@pytest.mark.parametrize(
    ("policy", "kind"), [(None, OfficeKind.UNION_LEGAL_AID), *((one.value, one) for one in OfficeKind)]
)
def test_an_office_of_which_nothing_is_said_is_a_unions(policy: str | None, kind: OfficeKind) -> None:
    office = Story("2026-03-02 09:00", policy={"office_kind": policy}).office
    assert kind_of(office) is kind


def test_what_cannot_be_worked_out_any_more_is_not_as_it_was_proposed() -> None:
    story = Story("2026-09-07 09:00", workflow=HARDSHIP).opened()

    def judged(by_formula: str, **household: Any) -> Verdict:
        facts = {"category": {"by_formula": by_formula}, "household": {**story.case.facts["household"], **household}}
        case = replace(story.case, facts={**story.case.facts, **facts})
        return still_as_proposed.judge(MoveContext(case, story.actor("supervisor"), story.now, story.office))

    before = MoveContext(story.case, story.actor("supervisor"), story.now, story.office)
    assert not still_as_proposed.judge(before).holds
    assert judged("deep").holds
    assert not judged("relative").holds
    undeclared = judged("deep", declared_true=False)
    assert not undeclared.holds
    assert undeclared.because is not None
    assert "诚信承诺" in undeclared.because.zh


def test_what_would_tell_of_a_death_or_an_illness_is_not_named_to_the_outside() -> None:
    injuries = (
        "injury_report injury_claim injury_decision injury_decision_clear injury_review injury_suit"
        " grading grading_extended regrading"
    )
    for workflow, steps, clocks in ((LEGAL_AID, "", injuries), (HARDSHIP, "record_death", "")):
        assert {edge.name for edge in workflow.transitions if edge.discreet} == set(steps.split())
        assert {clock.name for clock in workflow.clocks if clock.discreet} == set(clocks.split())
