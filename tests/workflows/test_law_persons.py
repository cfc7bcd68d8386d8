"""Whose data ask for a consent of their own, who answers a complaint, and which document tells who somebody is.

Sources: 个人信息保护法 28, 29, 31 (health, accounts, children below fourteen); 法律援助法 56; passports.
"""

from dataclasses import replace
from typing import Any, Final

import pytest

from casework.rules.casefile import Situation
from casework.rules.refusals import Invalid
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP
from casework.workflows.hardship_aid.review import consents_to_sensitive_data
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
        situation = Situation(case, story.actor("caseworker"), story.now, story.office)
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
