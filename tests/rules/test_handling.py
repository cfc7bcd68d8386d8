"""Claim, release, hand over, override and correct: who may, what changes, and what the clocks do."""

from dataclasses import replace

import pytest

from casework.rules import case_actions
from casework.rules.case import Phase
from casework.rules.grammar import STAY, Workflow
from casework.rules.people import Role
from casework.rules.refusals import Invalid, NotMet, NotNow, NotYours
from casework.work import workflow_registry
from tests.story import Story


@pytest.fixture
def story() -> Story:
    """A case that somebody has just asked for."""
    return Story("2026-03-02 09:00").opened()


def claimed(story: Story, who: str = "caseworker") -> Story:
    story.done(case_actions.claim(story.case, story.actor(who), story.now))
    return story


class TestClaiming:
    """An unowned case becomes somebody's."""

    @pytest.mark.parametrize("who", ["caseworker", "supervisor"])
    def test_staff_claim_an_unowned_case(self, story: Story, who: str) -> None:
        claimed(story, who)
        assert story.case.owner == story.people[who]
        assert story.moves[-1].kind == "claimed"
        assert story.case.version == 2

    @pytest.mark.parametrize("who", ["lawyer", "volunteer", "auditor", "administrator"])
    def test_others_do_not(self, story: Story, who: str) -> None:
        assert isinstance(case_actions.claim(story.case, story.actor(who), story.now), NotYours)

    def test_a_case_that_is_somebodys_is_not_claimed_again(self, story: Story) -> None:
        claimed(story)
        for who in ("caseworker", "colleague", "supervisor"):
            refusal = case_actions.claim(story.case, story.actor(who), story.now)
            assert isinstance(refusal, NotNow)
            assert "caseworker" in refusal.text.en

    def test_a_closed_case_is_not_claimed(self, story: Story) -> None:
        story.applicant("withdraw")
        assert isinstance(case_actions.claim(story.case, story.actor("caseworker"), story.now), NotNow)

    def test_claiming_moves_no_clock(self, story: Story) -> None:
        clocks = story.case.clocks
        assert claimed(story).case.clocks == clocks


class TestLettingGo:
    """Release and handover."""

    def test_a_released_case_is_nobodys_again(self, story: Story) -> None:
        claimed(story)
        move = story.done(case_actions.release(story.case, "休假", story.actor("caseworker"), story.now))
        assert story.case.owner is None
        assert (move.kind, move.reason) == ("released", "休假")

    def test_what_nobody_owns_cannot_be_released(self, story: Story) -> None:
        assert isinstance(case_actions.release(story.case, "休假", story.actor("caseworker"), story.now), NotNow)

    def test_the_owner_and_supervisors_may_let_go_and_nobody_else(self, story: Story) -> None:
        claimed(story)
        may = {who: case_actions.may_let_go(story.case, story.actor(who)) for who in story.people}
        assert may["caseworker"] is None
        assert may["supervisor"] is None
        assert isinstance(may["colleague"], NotNow)
        for who in ("lawyer", "volunteer", "auditor", "administrator"):
            assert isinstance(may[who], NotYours)

    def test_a_closed_case_is_not_let_go(self, story: Story) -> None:
        story.applicant("withdraw")
        assert isinstance(case_actions.may_let_go(story.case, story.actor("supervisor")), NotNow)

    def test_a_handed_over_case_has_another_owner_and_says_whose(self, story: Story) -> None:
        claimed(story)
        colleague = story.people["colleague"]
        move = story.done(case_actions.hand_over(story.case, colleague, "调岗", story.actor("caseworker"), story.now))
        assert story.case.owner == colleague
        assert move.given == {"to": str(colleague.id)}

    def test_it_is_not_handed_to_its_owner(self, story: Story) -> None:
        claimed(story)
        owner = story.people["caseworker"]
        refusal = case_actions.hand_over(story.case, owner, "调岗", story.actor("supervisor"), story.now)
        assert isinstance(refusal, NotNow)

    @pytest.mark.parametrize("who", ["lawyer", "volunteer", "auditor", "administrator"])
    def test_it_is_handed_to_staff_only(self, story: Story, who: str) -> None:
        refusal = case_actions.hand_over(story.case, story.people[who], "调岗", story.actor("supervisor"), story.now)
        assert isinstance(refusal, Invalid)
        assert [fault.path for fault in refusal.faults] == ["to"]

    def test_it_is_handed_within_the_organisation_and_upwards_only(self, story: Story) -> None:
        colleague = story.people["colleague"]
        by = story.actor("supervisor")
        above = replace(colleague, org_path="370000/371000/")
        below = replace(colleague, org_path=colleague.org_path + "371083A/")
        beside = replace(colleague, org_path="370000/370200/")
        gone = replace(colleague, active=False)
        assert not isinstance(case_actions.hand_over(story.case, above, "调岗", by, story.now), Invalid)
        for nobody in (below, beside, gone, None):
            assert isinstance(case_actions.hand_over(story.case, nobody, "调岗", by, story.now), Invalid)


class TestOverriding:
    """A supervisor steps in."""

    @pytest.mark.parametrize("who", ["caseworker", "lawyer", "auditor", "administrator", "applicant", "time"])
    def test_only_a_supervisor_may(self, story: Story, who: str) -> None:
        assert isinstance(case_actions.may_override(story.actor(who)), NotYours)

    def test_a_closed_case_is_opened_again_with_a_reason(self, story: Story) -> None:
        story.applicant("withdraw")
        move = story.override("supervisor", "under_review", "申请人改变主意")
        assert (move.kind, move.reason, move.transition) == ("overridden", "申请人改变主意", None)
        assert (story.case.state, story.case.phase) == ("under_review", Phase.REVIEW)
        assert story.case.closed_at is None
        assert story.case.outcome is None
        assert story.case.waits_for is Role.CASEWORKER

    def test_its_clocks_begin_anew(self, story: Story) -> None:
        story.applicant("withdraw")
        assert story.clock("review_by_law").status == "cancelled"
        story.days_pass(3)
        story.override("supervisor", "under_review")
        again = story.clock("review_by_law")
        assert (again.generation, again.status, again.started_at) == (2, "running", story.now)

    def test_clocks_that_run_no_longer_are_cancelled_and_never_met(self, story: Story) -> None:
        story.put("granted")
        assert story.clock("review_by_law").status == "cancelled"
        assert story.clock("assignment").status == "running"

    def test_back_where_nobody_helps_yet_the_helper_is_released(self, story: Story) -> None:
        for who, name in (("caseworker", "accept"), ("caseworker", "propose"), ("supervisor", "grant")):
            getattr(story, who)(name)
        story.caseworker("assign")
        assert story.case.assignee is not None
        story.override("supervisor", "under_review")
        assert story.case.assignee is None

    def test_clocks_that_run_there_too_go_on(self, story: Story) -> None:
        before = story.clock("review_by_law")
        story.override("supervisor", "under_review")
        assert story.clock("review_by_law") == before

    @pytest.mark.parametrize("state", ["", "nowhere", "NEW", "Submitted"])
    def test_a_state_that_does_not_exist_is_a_fault_of_the_form(self, story: Story, state: str) -> None:
        refusal = case_actions.override(
            story.workflow, story.case, state, "x", story.actor("supervisor"), story.now, story.office
        )
        assert isinstance(refusal, Invalid)
        assert [fault.path for fault in refusal.faults] == ["to_state"]

    def test_where_it_stands_already_it_is_not_brought(self, story: Story) -> None:
        with pytest.raises(NotNow):
            story.override("supervisor", "submitted")

    @pytest.mark.parametrize("workflow", workflow_registry.latest(), ids=lambda one: one.key)
    def test_no_decision_is_made_by_it_and_no_step_skipped(self, workflow: Workflow) -> None:
        decided = {edge.to for edge in workflow.transitions if edge.decides and edge.to not in (STAY, "under_review")}
        for state in {*decided, *workflow.by_state} - {"submitted", "under_review"}:
            story = Story("2026-03-02 09:00", workflow=workflow).opened()
            before = story.case
            with pytest.raises(NotMet, match="by the steps and decisions"):
                story.override("supervisor", state)
            assert story.case == before

    @pytest.mark.parametrize("workflow", workflow_registry.latest(), ids=lambda one: one.key)
    def test_no_review_of_an_objection_is_ended_by_it(self, workflow: Workflow) -> None:
        for state in workflow.reviewed_above:
            story = Story("2026-03-02 09:00", workflow=workflow).opened()
            story.put(state)
            with pytest.raises(NotMet, match="whoever reviews it decides"):
                story.override("supervisor", "under_review")

    @pytest.mark.parametrize("state", ["assigned", "in_progress"])
    def test_where_a_helper_works_somebody_must_be_assigned(self, story: Story, state: str) -> None:
        with pytest.raises(NotMet, match="none is assigned"):
            story.put(state)


class TestCorrecting:
    """The facts are put right, and the clocks that start from them follow."""

    def test_the_owner_and_supervisors_may(self, story: Story) -> None:
        claimed(story)
        may = {who: case_actions.may_correct(story.case, story.actor(who)) for who in story.people}
        assert may["caseworker"] is None
        assert may["supervisor"] is None
        assert isinstance(may["colleague"], NotNow)
        for who in ("lawyer", "volunteer", "auditor", "administrator"):
            assert isinstance(may[who], NotYours)

    def test_a_reason_is_needed_after_a_decision_and_on_a_colleagues_case(self, story: Story) -> None:
        owner, other = story.actor("caseworker"), story.actor("supervisor")
        claimed(story)
        assert not case_actions.correction_needs_reason(story.workflow, story.case, owner)
        assert case_actions.correction_needs_reason(story.workflow, story.case, other)
        story.along((("caseworker", "accept"), ("supervisor", "grant")))
        assert case_actions.correction_needs_reason(story.workflow, story.case, owner)

    def test_correcting_an_unowned_case_makes_you_its_owner(self, story: Story) -> None:
        story.correct("caseworker", story="更正后的案情")
        assert story.case.owner == story.people["caseworker"]

    def test_a_correction_changes_no_state_and_says_what_it_changed(self, story: Story) -> None:
        state, clocks = story.case.state, story.case.clocks
        move = story.correct("caseworker", claimants=3)
        assert (story.case.state, story.case.clocks) == (state, clocks)
        assert story.case.facts["claimants"] == 3
        assert story.events[-1]["payload"]["given"] == {"changed": {"claimants": 3}}
        assert move.kind == "corrected"
