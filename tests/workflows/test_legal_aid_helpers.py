"""Another helper: asked for as soon as one is named, and the way out for a helper who cannot go on."""

import pytest

from casework.rules.people import Role
from casework.rules.refusals import Invalid, NotMet, NotNow, NotYours
from tests.story import Story

TO_ASSIGNED = (("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign"))
TO_ENGAGED = (*TO_ASSIGNED, ("lawyer", "engage"))


@pytest.fixture
def assigned() -> Story:
    """A lawyer is named and has not signed yet."""
    return Story("2026-03-02 09:00").opened().along(TO_ASSIGNED)


@pytest.fixture
def engaged() -> Story:
    """A lawyer has signed."""
    return Story("2026-03-02 09:00").opened().along(TO_ENGAGED)


class TestAnotherLawyerBeforeTheAgreement:
    """法律援助法 55: once somebody is named, another may be asked for, as the letter of assignment says."""

    def test_it_is_open_as_the_letter_says(self, assigned: Story) -> None:
        assert "可依法申请更换承办人员" in assigned.letters["assigned"]["zh-CN"]["body"]
        assert assigned.offered("applicant")["ask_for_change"].allowed
        assigned.applicant("ask_for_change")
        assert assigned.case.waits_for is Role.SUPERVISOR
        assert str(assigned.clock("change").limit) == "5wd"

    def test_meanwhile_the_helper_is_not_late_and_afterwards_goes_on_where_it_stood(self, assigned: Story) -> None:
        assert str(assigned.clock("engagement").due.on) == "2026-03-09"  # the seventh is a Saturday
        assigned.days_pass(1)
        assigned.applicant("ask_for_change")
        assert [assigned.clock(name).status for name in ("engagement", "start")] == ["paused", "paused"]
        assert isinstance(assigned.refused("lawyer", "engage"), NotNow)
        assigned.days_pass(6)
        assigned.supervisor("deny_change")
        assert (assigned.case.state, assigned.case.waits_for) == ("assigned", Role.LAWYER)
        clocks = {name: assigned.clock(name) for name in ("engagement", "start")}
        assert {name: (run.status, run.generation) for name, run in clocks.items()} == {
            "engagement": ("running", 1),
            "start": ("running", 1),
        }
        assert str(clocks["engagement"].due.on) == "2026-03-13"
        assert "change_denied" in assigned.letters
        assigned.lawyer("engage")

    def test_where_it_is_allowed_another_is_named_and_has_the_whole_time(self, assigned: Story) -> None:
        assigned.applicant("ask_for_change")
        assigned.days_pass(1)
        assigned.supervisor("allow_change", ground="conflict")
        assert (assigned.case.state, assigned.case.assignee) == ("granted", None)
        assert [assigned.clock(name).status for name in ("engagement", "start", "change")] == [
            "cancelled",
            "cancelled",
            "met",
        ]
        assigned.caseworker("assign", to=str(assigned.people["other_lawyer"].id))
        assert (assigned.clock("engagement").generation, str(assigned.clock("engagement").due.on)) == (2, "2026-03-09")

    def test_after_the_agreement_what_is_denied_leads_back_to_work(self, engaged: Story) -> None:
        engaged.applicant("ask_for_change")
        engaged.supervisor("deny_change")
        assert engaged.case.state == "in_progress"

    def test_the_aid_may_be_ended_meanwhile(self, assigned: Story) -> None:
        assigned.applicant("ask_for_change")
        assigned.supervisor("terminate")
        assert not any(run.open for run in assigned.case.clocks)


class TestAskToBeReleased:
    """Who has signed does not stop without good reason (法律援助法 46): the office decides."""

    def test_a_helper_who_has_signed_asks_with_reasons(self, engaged: Story) -> None:
        without = engaged.refused("lawyer", "ask_to_be_released", reasons=None)
        assert isinstance(without, Invalid)
        assert [(fault.path, fault.code) for fault in without.faults] == [("reasons", "required")]
        move = engaged.lawyer("ask_to_be_released", reasons="本人与对方当事人新近存在利害关系。")
        assert move.given["reasons"] == "***"
        assert (engaged.case.state, engaged.case.waits_for) == ("release_requested", Role.SUPERVISOR)
        assert (str(engaged.clock("release").limit), engaged.clock("release").owed_by) == ("5wd", "office")
        assert engaged.clock("progress").status == "paused"

    def test_a_volunteer_may_too_and_nobody_else(self) -> None:
        story = Story().opened().along(TO_ASSIGNED[:2])
        story.caseworker("assign", to=str(story.people["volunteer"].id))
        story.volunteer("engage")
        for who in ("applicant", "caseworker", "supervisor", "other_lawyer"):
            assert isinstance(story.refused(who, "ask_to_be_released"), NotYours)
        story.volunteer("ask_to_be_released")
        assert isinstance(story.refused("volunteer", "allow_release"), NotYours)

    def test_before_the_agreement_the_assignment_is_given_back_instead(self, assigned: Story) -> None:
        assert isinstance(assigned.refused("lawyer", "ask_to_be_released"), NotNow)
        assert assigned.offered("lawyer")["decline"].allowed

    def test_where_it_is_allowed_the_case_is_granted_and_the_recipient_is_told(self, engaged: Story) -> None:
        engaged.lawyer("ask_to_be_released")
        move = engaged.supervisor("allow_release", ground="conflict")
        assert (engaged.case.state, engaged.case.assignee) == ("granted", None)
        assert (engaged.clock("release").status, engaged.clock("progress").status) == ("met", "cancelled")
        assert engaged.clock("assignment").generation == 2
        assert move.letters == ("lawyer_changed",)
        letter = engaged.letters["lawyer_changed"]
        assert "不再由示例lawyer承办" in letter["zh-CN"]["body"]
        assert "no longer be handled by 示例lawyer" in letter["en"]["body"]

    def test_where_it_is_denied_the_helper_is_told_and_not_the_recipient(self, engaged: Story) -> None:
        engaged.lawyer("ask_to_be_released")
        move = engaged.supervisor("deny_release", reasons="理由不充分，请继续承办。")
        assert (engaged.case.state, engaged.case.waits_for) == ("in_progress", Role.LAWYER)
        assert engaged.clock("progress").status == "running"
        assert move.letters == ("release_denied",)
        letter = engaged.letters["release_denied"]
        assert letter["zh-CN"]["body"].startswith("示例lawyer：")
        assert "理由不充分，请继续承办。" in letter["zh-CN"]["body"]
        assert letter["en"]["body"].startswith("示例lawyer,")
        assert not engaged.workflow.by_letter["release_denied"].to_applicant


class TestConflict:
    """律师法 39: whoever gave the case back for a conflict of interest is not named for it again."""

    def test_who_declined_for_it_is_not_named_again_and_others_are(self, assigned: Story) -> None:
        assigned.lawyer("decline", ground="conflict")
        again = assigned.refused("caseworker", "assign", to=str(assigned.people["lawyer"].id))
        assert isinstance(again, NotMet)
        assert "利害关系" in again.text.zh
        assigned.caseworker("assign", to=str(assigned.people["other_lawyer"].id))
        assert assigned.case.assignee == assigned.people["other_lawyer"]

    @pytest.mark.parametrize(("asked", "allowed"), [("conflict", "other"), ("other", "conflict")])
    def test_nor_who_was_released_for_it_whoever_of_the_two_says_so(
        self, engaged: Story, asked: str, allowed: str
    ) -> None:
        engaged.lawyer("ask_to_be_released", ground=asked)
        engaged.supervisor("allow_release", ground=allowed)
        assert isinstance(engaged.refused("caseworker", "assign", to=str(engaged.people["lawyer"].id)), NotMet)

    def test_who_was_on_leave_may_be_named_again(self, engaged: Story) -> None:
        engaged.lawyer("ask_to_be_released", ground="on_leave")
        engaged.supervisor("allow_release", ground="on_leave")
        engaged.caseworker("assign", to=str(engaged.people["lawyer"].id))
        engaged.lawyer("decline", ground="on_leave")
        engaged.caseworker("assign", to=str(engaged.people["lawyer"].id))

    def test_a_release_that_was_denied_bars_nobody(self, engaged: Story) -> None:
        engaged.lawyer("ask_to_be_released", ground="conflict")
        engaged.supervisor("deny_release")
        engaged.supervisor("reassign", ground="other")
        engaged.caseworker("assign", to=str(engaged.people["lawyer"].id))
