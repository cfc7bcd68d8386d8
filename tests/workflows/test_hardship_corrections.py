"""Approvals rest on what was published and checked; nobody loses their number; consent can be taken back."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from casework.rules import case_actions
from casework.rules.context import MoveContext
from casework.rules.people import Person, Role
from casework.rules.refusals import Invalid, NotMet
from casework.workflows.hardship_aid.corrections import everybody_is_known
from tests.story import STREET, Story
from tests.workflows.test_hardship_aid import (
    LIVING,
    PREPARED,
    STUDY,
    asked,
    codes,
    leaving,
    noticed,
    on_file,
    prepared,
    proposed,
    the_notice_stands,
    told,
)

SOMEBODY_ELSE: dict[str, Any] = {
    "applicant": {"name": "赵六", "identity_number": "11010519491231002X", "sex": None, "birth_date": None},
    "bank": {"holder": "赵六", "account": "6222020200112230"},
}


class TestAfterTheNotice:
    """What was published is what is approved."""

    def test_another_person_is_not_approved_on_the_notice_of_the_first(self) -> None:
        story = noticed(LIVING)
        story.correct("caseworker", reason="姓名有误", **SOMEBODY_ELSE)
        assert "申请人" in told(story, "supervisor", "approve").text.zh
        story.supervisor("send_back")
        story.caseworker("propose", aid=[LIVING])
        story.caseworker("publish")
        assert story.case.facts["notice"]["name"] == "赵*"
        the_notice_stands(story)
        story.supervisor("approve")
        assert story.case.state == "active"

    def test_a_number_whose_mask_stays_the_same_counts_as_another(self) -> None:
        applicant = {"identity_number": "370102198001010015", "sex": None, "birth_date": None}
        story = noticed(applicant=applicant)
        shown = story.case.facts["applicant"]["identity_number"]
        story.correct("caseworker", reason="号码有误", applicant={"identity_number": "370102198001280015"})
        assert story.case.facts["applicant"]["identity_number"] == shown
        assert isinstance(told(story, "supervisor", "approve"), NotMet)

    @pytest.mark.parametrize(
        "patch",
        [
            {"household": {"annual_income": "60000.01"}},
            {"members": None},
            {"medical_own_share": "23000.00"},
            {"students": 2},
            {"sudden": {"loss": "100.00"}},
        ],
    )
    def test_figures_that_leave_the_category_as_it_is_send_it_back_too(self, patch: dict[str, Any]) -> None:
        story = noticed(LIVING)
        story.correct("caseworker", reason="更正", **patch)
        assert "公示后更正过" in told(story, "supervisor", "approve").text.zh

    def test_further_aid_rests_on_its_notice_as_well(self) -> None:
        story = on_file(STUDY)
        story.caseworker("propose_aid", aid=[LIVING])
        the_notice_stands(story)
        story.correct("caseworker", reason="更正", **SOMEBODY_ELSE)
        assert "公示后更正过" in told(story, "supervisor", "approve").text.zh

    def test_the_street_does_not_endorse_it_either(self) -> None:
        story = asked(region=STREET).along((*PREPARED, ("caseworker", "propose"), ("caseworker", "publish")))
        the_notice_stands(story)
        story.correct("caseworker", reason="更正", students=2)
        assert "公示后更正过" in told(story, "supervisor", "endorse").text.zh

    def test_what_was_not_published_is_corrected_without_a_new_notice(self) -> None:
        story = noticed(LIVING)
        story.correct("caseworker", reason="换号", applicant={"phone": "13800138000"}, bank={"branch": "别的支行"})
        story.supervisor("approve")
        assert story.case.state == "active"

    def test_a_correction_says_why_while_it_is_published_or_decided(self) -> None:
        story = proposed(LIVING)
        worker = story.actor("caseworker")
        assert not case_actions.correction_needs_reason(story.workflow, story.case, worker)
        story.caseworker("publish")
        assert case_actions.correction_needs_reason(story.workflow, story.case, worker)
        the_notice_stands(story)
        assert case_actions.correction_needs_reason(story.workflow, story.case, worker)

    def test_an_income_below_the_checked_one_is_not_approved(self) -> None:
        story = prepared()
        story.caseworker("propose", aid=[LIVING])
        story.correct("caseworker", household={"annual_income": "59999.99"})
        story.caseworker("publish")
        the_notice_stands(story)
        assert "核对" in told(story, "supervisor", "approve").text.zh


class TestWithoutANotice:
    """Nothing published means nothing approved, however the case came there."""

    def test_a_state_that_published_nothing_lets_nothing_be_approved(self) -> None:
        story = proposed(LIVING)
        story.put("on_notice")
        the_notice_stands(story)
        assert story.case.facts["notice_over_on"] is None
        assert "公示" in told(story, "chief", "approve").text.zh

    def test_the_notice_of_an_exit_approves_no_aid(self) -> None:
        story = leaving()
        story.caseworker("publish_exit")
        the_notice_stands(story)
        story.put("aid_awaiting_approval")
        assert "公示" in told(story, "chief", "approve").text.zh

    @pytest.mark.parametrize(
        ("who", "name", "stands"),
        [
            ("caseworker", "withdraw_notice", False),
            ("applicant", "withdraw_consent", False),
            ("supervisor", "send_back", True),
            ("supervisor", "refuse", True),
        ],
    )
    def test_a_proposal_of_aid_that_is_over_leaves_nothing_to_approve(self, who: str, name: str, stands: bool) -> None:
        story = on_file(STUDY)
        story.caseworker("propose_aid", aid=[LIVING])
        if stands:
            the_notice_stands(story)
        story.takes(who, name)
        assert story.case.state == "active"
        assert (story.case.facts["proposed_aid"], story.case.facts["notice"]) == ([], None)

    @pytest.mark.parametrize("name", ["withdraw_notice", "send_back"])
    def test_nor_does_a_proposal_of_admission(self, name: str) -> None:
        story = proposed(LIVING)
        story.caseworker("publish")
        if name == "send_back":
            the_notice_stands(story)
        story.takes("supervisor" if name == "send_back" else "caseworker", name)
        assert story.case.state == "under_review"
        assert (story.case.facts["proposed_aid"], story.case.facts["notice"]) == ([], None)

    def test_nor_does_the_notice_of_an_exit_that_was_taken_down(self) -> None:
        story = leaving()
        story.caseworker("publish_exit")
        story.caseworker("withdraw_notice")
        assert (story.case.state, story.case.facts["notice"]) == ("exit_proposed", None)

    def test_whoever_proposed_a_refusal_does_not_refuse(self) -> None:
        story = prepared()
        story.supervisor("propose_refusal", reason="经办人请假")
        assert isinstance(told(story, "supervisor", "refuse"), NotMet)
        story.takes("chief", "refuse")


class TestIdentityNumbers:
    """One household, one dossier, by real name."""

    def test_no_emergency_aid_to_somebody_without_a_number(self) -> None:
        story = asked(applicant={"identity_number": None, "sex": None, "birth_date": None})
        assert "申请人" in told(story, "supervisor", "help_at_once").text.zh
        assert not story.offered("supervisor")["help_at_once"].allowed

    def test_every_member_has_a_number_or_a_reason_why_there_is_none(self) -> None:
        story = prepared(members=[{"name": "李四", "relation": "spouse"}], household={"size": 2})
        assert "李四" in told(story, "caseworker", "propose").text.en
        story.correct("caseworker", members=[{"name": "李四", "no_number_because": "尚未落户"}])
        story.caseworker("propose")
        assert story.case.state == "proposed"
        assert "尚未落户" not in str(story.case.facts)

    @pytest.mark.parametrize(
        ("known_by", "known"),
        [({}, False), ({"identity_number": "110105********002X"}, True), ({"document_number": "H*******8"}, True)],
    )
    def test_the_applicant_has_a_number_whatever_else_is_known(self, known_by: dict[str, str], known: bool) -> None:
        story = asked()
        case = replace(story.case, facts={"applicant": {"name": "赵六", "sex": "male", **known_by}})
        verdict = everybody_is_known.judge(MoveContext(case, story.actor("caseworker"), story.now, story.office))
        assert verdict.holds is known
        assert verdict.because is not None
        assert ("赵六" in verdict.because.zh) is not known

    @pytest.mark.parametrize("taken", ["propose", "help_at_once"])
    def test_a_number_is_corrected_but_not_removed(self, taken: str) -> None:
        story = prepared()
        story.takes("supervisor" if taken == "help_at_once" else "caseworker", taken)
        name = story.case.facts["applicant"]["name"]
        unmasked = [{"name": one["name"], "no_number_because": "不详"} for one in story.case.facts["members"]]
        for patch in ({"applicant": {"identity_number": None}}, {"members": unmasked}):
            with pytest.raises(NotMet, match="not removed or left out"):
                story.correct("caseworker", reason="更正", **patch)
        story.correct("caseworker", reason="号码有误", applicant={**SOMEBODY_ELSE["applicant"], "name": name})

    def test_members_leave_the_household_with_a_reason(self) -> None:
        story = proposed()
        with pytest.raises(Invalid) as refused:
            story.correct("caseworker", members=None)
        assert codes(refused.value) == ["required"]
        story.correct("caseworker", reason="离婚分户", members=None)
        assert "members" not in story.case.facts


class TestConsent:
    """Consent to the notice can be taken back at any time (个人信息保护法 15)."""

    def test_the_notice_goes_with_the_consent(self) -> None:
        story = proposed(LIVING)
        story.caseworker("publish")
        story.applicant("withdraw_consent")
        assert (story.case.state, story.case.facts["notice"]) == ("under_review", None)
        assert story.clock("notice").status == "cancelled"
        story.caseworker("propose")
        assert isinstance(told(story, "caseworker", "publish"), NotMet)
        story.correct("caseworker", consent_to_publish={"signed_on": story.today.isoformat()})
        story.caseworker("publish")
        assert story.case.state == "on_notice"

    def test_an_exit_is_published_again_without_the_name(self) -> None:
        story = leaving()
        story.caseworker("publish_exit")
        story.applicant("withdraw_consent")
        assert story.case.state == "exit_proposed"
        story.caseworker("publish_exit")
        assert story.case.facts["notice"]["name"] == {"zh-CN": "（未同意公开姓名）", "en": "(the name is not public)"}
        assert not story.offered("applicant")["withdraw_consent"].allowed

    def test_a_correction_does_not_take_the_consent_from_a_notice_that_stands(self) -> None:
        story = proposed(LIVING)
        story.caseworker("publish")
        with pytest.raises(NotMet, match="withdraw_consent"):
            story.correct("caseworker", reason="撤回", consent_to_publish=None)


class TestWhatTheCheckFound:
    """It is taken back by another check, not by a correction."""

    def test_a_correction_does_not_wipe_it_out(self) -> None:
        story = asked().along(PREPARED[:3])
        story.caseworker("record_check", exclusions=["private_school"])
        story.correct("caseworker", exclusions=[])
        assert isinstance(told(story, "caseworker", "propose"), NotMet)
        story.caseworker("send_check")
        assert story.case.facts["check"]["exclusions"] == ["private_school"]
        story.caseworker("record_check", exclusions=[])
        story.caseworker("propose")
        assert story.case.state == "proposed"


class TestTheContactPerson:
    """A user who is there, by the name that the office knows."""

    def test_the_name_is_the_users_own(self) -> None:
        story = on_file()
        story.caseworker("name_contact", to=str(story.people["colleague"].id))
        contact = story.case.facts["contact"]
        assert (contact["user"], contact["name"]) == (str(story.people["colleague"].id), "示例colleague")

    @pytest.mark.parametrize("who", ["nobody", "lawyer", "left", "elsewhere"])
    def test_nobody_else_is_named(self, who: str) -> None:
        story = on_file()
        assert isinstance(told(story, "caseworker", "name_contact", to=str(_stranger(story, who))), NotMet)


def _stranger(story: Story, who: str) -> UUID:
    """The id of nobody, of a lawyer, of staff who have left, or of staff of another place."""
    if who == "nobody":
        return uuid4()
    if who == "lawyer":
        return story.people["lawyer"].id
    path = "370000/370200/" if who == "elsewhere" else story.case.org_path
    story.people[who] = Person(uuid4(), who, f"示例{who}", Role.CASEWORKER, path, active=who != "left")
    return story.people[who].id
