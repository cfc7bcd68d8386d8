"""Yes or no: the order of refusals, whose case it is, what time may do, and what a move says."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from casework.rules.move import Move
from casework.rules.people import Role
from casework.rules.refusals import Invalid, NotFound, NotMet, NotNow, NotYours, Refusal
from tests.story import Story

NOT_A_USER = UUID("00000000-0000-4000-8000-000000000000")


@pytest.fixture
def story() -> Story:
    """A case that somebody has just asked for."""
    return Story().opened()


def under_review(**facts: Any) -> Story:
    story = Story().opened(**facts)
    story.caseworker("accept")
    return story


class TestOrderOfRefusals:
    """State, role, ownership, form, guards: nobody fills in a form for a step that is not theirs."""

    def test_a_transition_that_does_not_exist_is_not_found(self, story: Story) -> None:
        assert isinstance(story.refused("auditor", "promote"), NotFound)

    def test_the_state_comes_before_the_role(self, story: Story) -> None:
        refusal = story.refused("auditor", "close")
        assert isinstance(refusal, NotNow)
        assert "已提交" in refusal.text.zh
        assert "submitted" in refusal.text.en

    def test_the_role_comes_before_the_owner(self) -> None:
        story = under_review()
        story.caseworker("propose")
        refusal = story.refused("colleague", "grant")
        assert isinstance(refusal, NotYours)
        assert refusal.text.zh == "此操作由审批人办理。"
        assert refusal.text.en == "This is for: supervisor."

    def test_the_owner_comes_before_the_form(self) -> None:
        story = under_review()
        refusal = story.decides("colleague", "propose", {"nonsense": True})
        assert isinstance(refusal, NotNow)
        assert "caseworker" in refusal.text.en

    def test_the_form_comes_before_what_is_unknown(self) -> None:
        story = under_review(applicant={"identity_number": None, "birth_date": None, "sex": None})
        assert isinstance(story.decides("supervisor", "grant", {"form_of_aid": "magic"}), Invalid)
        assert isinstance(story.refused("supervisor", "grant"), NotMet)

    def test_the_form_comes_before_the_guards(self) -> None:
        story = under_review(exemption=None)
        assert isinstance(story.decides("supervisor", "grant", {}), Invalid)
        assert isinstance(story.refused("supervisor", "grant"), NotMet)

    def test_a_helper_who_may_not_help_is_a_fault_of_the_form(self) -> None:
        story = under_review(applicant={"phone": None})
        story.supervisor("grant")
        refusal = story.refused("caseworker", "assign", to=str(NOT_A_USER))
        assert isinstance(refusal, Invalid)
        assert [fault.path for fault in refusal.faults] == ["to"]

    @pytest.mark.parametrize("given", [None, [], "x", 5, {"x": 1}, {"": ""}])
    def test_a_step_without_a_form_takes_an_empty_object(self, story: Story, given: Any) -> None:
        assert isinstance(story.decides("caseworker", "accept", given), Invalid)

    @pytest.mark.parametrize("given", [None, [], "x", 5, {"papers": []}, {"papers": [None]}, {"nonsense": 1}])
    def test_nothing_that_is_posted_breaks_a_form(self, story: Story, given: Any) -> None:
        refusal = story.decides("caseworker", "ask_for_papers", given)
        assert isinstance(refusal, Invalid)
        assert refusal.faults

    def test_a_refusal_changes_nothing(self, story: Story) -> None:
        before = story.case
        story.refused("auditor", "accept")
        assert story.case is before


class TestOwners:
    """Whose case it is."""

    def test_a_new_case_is_nobodys(self, story: Story) -> None:
        assert story.case.owner is None

    def test_acting_on_an_unowned_case_makes_you_its_owner(self, story: Story) -> None:
        story.caseworker("accept")
        assert story.case.owner == story.people["caseworker"]

    def test_an_applicant_who_acts_does_not_become_the_owner(self, story: Story) -> None:
        story.applicant("withdraw")
        assert story.case.owner is None

    def test_a_supervisor_needs_a_reason_for_a_colleagues_work(self) -> None:
        story = under_review()
        refusal = story.refused("supervisor", "propose")
        assert isinstance(refusal, NotNow)
        assert "示例caseworker（caseworker）" in refusal.text.zh
        assert "reason" in refusal.text.en
        assert story.offered("supervisor")["propose"].needs_reason

    def test_with_a_reason_a_supervisor_steps_in_and_the_owner_stays(self) -> None:
        story = under_review()
        move = story.supervisor("propose", reason="经办人请假")
        assert move.reason == "经办人请假"
        assert "reason" not in move.given
        assert story.case.owner == story.people["caseworker"]

    def test_a_form_with_a_reason_of_its_own_is_reason_enough(self) -> None:
        story = under_review()
        move = story.supervisor("withdraw", reason="申请人来电撤回")
        assert move.reason is None
        assert (move.given["reason"], move.sealed["reason"]) == ("***", "申请人来电撤回")

    def test_a_reason_that_nobody_asked_for_is_an_unknown_field(self) -> None:
        story = under_review()
        refusal = story.decides("caseworker", "propose", story.form("propose", {}) | {"reason": "随手写的"})
        assert isinstance(refusal, Invalid)
        assert [(fault.path, fault.code) for fault in refusal.faults] == [("reason", "unknown")]

    @pytest.mark.parametrize("gone", [{"active": False}, {"org_path": "370000/370200/"}])
    def test_an_owner_who_is_gone_keeps_nobody_out(self, gone: dict[str, Any]) -> None:
        story = under_review()
        story.case = replace(story.case, owner=replace(story.people["colleague"], **gone))
        story.caseworker("propose")
        assert story.case.owner == story.people["caseworker"]

    @pytest.mark.parametrize("reason", [None, "", "   "])
    def test_an_empty_reason_is_none(self, reason: str | None) -> None:
        story = under_review()
        assert isinstance(story.decides("supervisor", "withdraw", {"reason": reason}), NotNow)

    @pytest.mark.parametrize("reason", ["", " ", None, 5, "x" * 501, "a\x00b", ["x"], "\u202e倒写"])
    def test_a_reason_is_said_in_words(self, reason: Any) -> None:
        story = under_review()
        given = story.form("propose", {}) | {"reason": reason}
        refusal = story.decides("supervisor", "propose", given)
        assert isinstance(refusal, Invalid)
        assert [fault.path for fault in refusal.faults] == ["reason"]

    def test_the_owner_needs_no_reason_and_neither_does_a_decision(self) -> None:
        story = under_review()
        assert not story.offered("caseworker")["propose"].needs_reason
        assert not story.offered("supervisor")["grant"].needs_reason
        story.caseworker("propose")
        assert story.supervisor("grant").reason is None


class TestOnBehalf:
    """Staff may do for applicants what applicants do, recorded as such."""

    @pytest.mark.parametrize("who", ["caseworker", "supervisor"])
    def test_staff_supply_papers_on_behalf_of_the_applicant(self, who: str) -> None:
        story = Story().opened()
        story.takes(who, "ask_for_papers")
        move = story.takes(who, "supply_papers")
        assert move.on_behalf
        assert story.events[-1]["payload"]["on_behalf_of"] == "applicant"
        assert move.actor.role is story.people[who].role

    def test_applicants_act_for_themselves(self, story: Story) -> None:
        story.caseworker("ask_for_papers")
        assert not story.applicant("supply_papers").on_behalf

    def test_the_offices_own_work_is_on_nobodys_behalf(self, story: Story) -> None:
        assert not story.caseworker("accept").on_behalf


class TestHelpers:
    """Lawyers and volunteers act on the cases that are assigned to them."""

    @pytest.fixture
    def assigned(self) -> Story:
        return under_review().along((("supervisor", "grant"), ("caseworker", "assign")))

    def test_a_helper_who_is_not_assigned_is_refused(self, assigned: Story) -> None:
        for who in ("other_lawyer", "volunteer", "foreign_lawyer"):
            refusal = assigned.refused(who, "engage")
            assert isinstance(refusal, NotYours)
            assert refusal.text.zh == "此案没有指派给您。"

    def test_it_is_the_turn_of_the_role_that_helps(self, assigned: Story) -> None:
        turns = [assigned.case.waits_for]
        assigned.lawyer("decline")
        turns.append(assigned.case.waits_for)
        assigned.caseworker("assign", to=str(assigned.people["volunteer"].id))
        turns.append(assigned.case.waits_for)
        assert turns == [Role.LAWYER, Role.CASEWORKER, Role.VOLUNTEER]

    def test_whoever_declines_helps_no_longer(self, assigned: Story) -> None:
        assigned.lawyer("decline")
        assert assigned.case.assignee is None
        assert isinstance(assigned.refused("lawyer", "engage"), NotNow)

    @pytest.mark.parametrize("who", ["caseworker", "supervisor", "auditor", "foreign_lawyer"])
    def test_only_helpers_of_this_branch_of_the_tree_are_assigned(self, who: str) -> None:
        story = under_review().along((("supervisor", "grant"),))
        refusal = story.refused("caseworker", "assign", to=str(story.people[who].id))
        assert isinstance(refusal, Invalid)
        assert [(fault.path, fault.code) for fault in refusal.faults] == [("to", "not_a_helper")]


class TestTime:
    """Time takes its own transitions, when they are due, and no others."""

    @pytest.fixture
    def waiting(self) -> Story:
        story = Story("2026-03-04 10:00").opened()
        story.caseworker("ask_for_papers")
        return story

    def test_not_a_second_before_the_end_of_the_last_day(self, waiting: Story) -> None:
        waiting.wait_until("2026-03-18 23:59:59")
        refusal = waiting.refused("time", "lapse")
        assert isinstance(refusal, NotMet)
        assert refusal.text.zh == "期限尚未届满。"

    def test_at_the_end_of_the_last_day(self, waiting: Story) -> None:
        waiting.wait_until("2026-03-19 00:00")
        assert waiting.offered("time")["lapse"].allowed
        assert waiting.time("lapse").actor.role is Role.CLOCK
        assert waiting.case.state == "withdrawn"

    def test_nobody_else_takes_it(self, waiting: Story) -> None:
        waiting.wait_until("2026-03-19 00:00")
        for who in ("applicant", "caseworker", "supervisor", "lawyer", "auditor"):
            assert isinstance(waiting.refused(who, "lapse"), NotYours)

    def test_it_takes_nothing_that_is_not_marked_for_it(self, waiting: Story) -> None:
        waiting.days_pass(400)
        for name in ("supply_papers", "withdraw"):
            assert isinstance(waiting.refused("time", name), NotYours)

    def test_a_clock_of_an_earlier_round_is_no_reason(self, waiting: Story) -> None:
        waiting.applicant("supply_papers")
        waiting.wait_until("2026-03-30 10:00")
        waiting.supervisor("ask_for_papers", reason="还缺一份合同")
        assert waiting.clock("papers").generation == 2
        assert isinstance(waiting.refused("time", "lapse"), NotMet)


class TestMoves:
    """What a move says."""

    def test_sensitive_values_are_masked_in_the_facts_and_sealed_in_full(self, story: Story) -> None:
        [move] = story.moves
        number = move.sealed["applicant.identity_number"]
        assert len(number) == 18
        assert number not in str(move.case.facts)
        assert number not in str(move.given)
        assert number not in str(story.events)

    def test_how_often_a_step_was_taken_is_counted(self, story: Story) -> None:
        story.caseworker("ask_for_papers")
        story.applicant("supply_papers")
        story.supervisor("ask_for_papers", reason="还缺一份合同")
        taken = story.case.taken["ask_for_papers"]
        assert (taken.times, taken.role, taken.by) == (2, Role.SUPERVISOR, story.people["supervisor"].id)

    def test_a_move_never_lies_before_the_last_one(self, story: Story) -> None:
        opened = story.now
        story.wait_until("2026-03-01 09:00")
        assert story.caseworker("accept").at == opened
        assert story.case.last_at == opened

    def test_nor_does_a_correction_and_it_makes_a_version(self, story: Story) -> None:
        before, opened = story.case, story.now
        story.wait_until("2026-03-01 09:00")
        move = story.correct("caseworker", story="补充经过")
        assert (move.at, move.case.last_at, move.case.version) == (opened, opened, before.version + 1)

    def test_a_closed_case_allows_nothing_but_says_so(self, story: Story) -> None:
        story.applicant("withdraw")
        assert story.case.closed_at == story.now
        assert story.case.outcome == "withdrawn"
        # What concerns the case no more, but the person: complaints, personal data, what was paid and not owed.
        still = {"complain", "answer_complaint", "request_data", "answer_data_request", "give_back"}
        assert story.offered("supervisor").keys() <= still
        assert isinstance(story.refused("supervisor", "accept"), NotNow)

    def test_an_offer_tells_the_same_reason_as_the_refusal(self) -> None:
        story = under_review(exemption=None)
        offer = story.offered("supervisor")["grant"]
        assert not offer.allowed
        assert offer.because == story.refused("supervisor", "grant").text

    def test_deciding_gives_back_the_refusal_instead_of_raising_it(self, story: Story) -> None:
        assert isinstance(story.decides("auditor", "accept", {}), Refusal)
        assert isinstance(story.decides("caseworker", "accept", {}), Move)
