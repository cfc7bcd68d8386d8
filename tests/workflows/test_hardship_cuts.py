"""Before aid is reduced or stopped the person is heard and told why: a lower category, a released payment, the file."""

from dataclasses import replace
from typing import Any

import pytest

from casework.rules.refusals import NotMet, NotNow
from tests.story import STREET, Story
from tests.workflows.test_hardship_aid import (
    LIVING,
    NOT_POOR,
    PREPARED,
    RELATIVE,
    asked,
    codes,
    found_lower,
    last_day,
    left,
    on_file,
    pay,
    prepared,
    the_notice_stands,
    told,
)


def body(story: Story, name: str, language: str = "zh-CN") -> str:
    """What a letter says."""
    return story.letters[name][language]["body"]


def line(story: Story) -> str:
    """The first payment of a dossier."""
    found: str = story.case.facts["aid"][0]["line"]
    return found


class TestALowerCategory:
    """The verification proposes, the person is heard, another decides."""

    def test_a_verification_alone_lowers_nothing(self) -> None:
        story = on_file()
        story.days_pass(200)
        story.caseworker("reverify", household=RELATIVE)
        assert story.case.facts["category"]["category"] == "deep"
        assert "先通知并听取" in told(story, "supervisor", "lower_category").text.zh
        story.caseworker("propose_cut", what="lower_category", line=None, reasons="收入增加")
        letter = body(story, "cut_hearing")
        for said in ("由深度困难调整为相对困难", "收入增加", "第四十八条"):
            assert said in letter
        assert isinstance(told(story, "supervisor", "lower_category"), NotMet)
        story.days_pass(3)
        story.caseworker("record_cut_hearing")
        story.supervisor("lower_category", reasons="核查属实")
        assert story.case.facts["category"]["category"] == "relative"
        assert (story.case.facts["lower_category"], story.case.facts["cuts"]) == (None, [])
        letter = body(story, "category_lowered")
        for said in ("经听取您的意见，本工会决定", "核查属实", "提出异议", "第四十八条"):
            assert said in letter

    def test_the_same_or_a_graver_category_holds_at_once(self) -> None:
        story = found_lower()
        story.caseworker("reverify", household={**RELATIVE, "rigid_expenses": "30000.00"})
        assert story.case.facts["category"]["category"] == "deep"
        assert story.case.facts["lower_category"] is None
        assert isinstance(told(story, "supervisor", "lower_category"), NotMet)

    def test_who_is_out_of_hardship_is_heard_before_the_exit(self) -> None:
        story = on_file()
        story.caseworker("reverify", household=NOT_POOR)
        assert story.case.facts.get("lower_category") is None
        assert story.case.facts["verification"]["in_hardship"] is False

    def test_whoever_verified_does_not_decide(self) -> None:
        story = on_file()
        story.days_pass(200)
        story.caseworker("reverify", household=RELATIVE)
        story.caseworker("propose_cut", what="lower_category", line=None)
        story.caseworker("record_cut_hearing")
        found = {**story.case.facts["lower_category"], "by": str(story.people["supervisor"].id)}
        object.__setattr__(story.case, "facts", {**story.case.facts, "lower_category": found})
        assert "提出调低类别的人" in told(story, "supervisor", "lower_category").text.zh
        story.takes("chief", "lower_category")

    def test_an_objection_brings_the_category_back(self) -> None:
        story = found_lower()
        story.caseworker("record_cut_hearing")
        story.supervisor("lower_category")
        story.applicant("object")
        kept = story.as_it_stands()
        kept.takes("superior", "uphold")
        assert kept.case.facts["category"]["category"] == "relative"
        story.takes("superior", "overturn")
        assert (story.case.state, story.case.facts["category"]["category"]) == ("active", "deep")

    def test_what_the_person_says_may_convince(self) -> None:
        story = found_lower()
        story.caseworker("record_cut_hearing")
        story.caseworker("drop_cut", reasons="医疗支出未计入")
        assert (story.case.facts["lower_category"], story.case.facts["cuts"]) == (None, [])
        assert "医疗支出未计入" in body(story, "cut_dropped")
        assert isinstance(told(story, "supervisor", "lower_category"), NotMet)


class TestAReleasedPayment:
    """Nobody's money is taken back unheard; who waives it says so in writing."""

    def test_it_is_not_released_before_the_person_was_heard(self) -> None:
        story = on_file(LIVING)
        unheard: dict[str, Any] = {"signed_on": None, "reason": "另有救助"}
        assert "先通知并听取" in told(story, "supervisor", "release_payment", **unheard).text.zh
        story.caseworker("propose_cut", what="release_payment", line=line(story))
        assert "撤销已批准、尚未支付的生活救助 5000.00 元" in body(story, "cut_hearing")
        assert isinstance(told(story, "supervisor", "release_payment", **unheard), NotMet)
        away: dict[str, Any] = {"how": "absent", "statement": None, "served_on": story.today.isoformat()}
        assert isinstance(told(story, "caseworker", "record_cut_hearing", **away), NotMet)
        story.days_pass(9)
        story.caseworker("record_cut_hearing", **away)
        story.supervisor("release_payment", **unheard)
        assert story.case.facts["cuts"] == []
        letter = body(story, "payment_released")
        for said in ("未到场也未答复，本工会决定撤销", "另有救助", "提出异议"):
            assert said in letter

    @pytest.mark.parametrize(
        ("instead", "said"),
        [
            ({"signed_on": "2026-09-14"}, "因您本人书面放弃，"),
            ({"signed_on": None, "death_proof": "死亡证明"}, "已去世"),
        ],
    )
    def test_who_waives_it_or_has_died_is_not_invited(self, instead: dict[str, Any], said: str) -> None:
        story = on_file(LIVING)
        story.supervisor("release_payment", **instead)
        assert story.case.facts["aid"][0]["status"] == "released"
        assert said in body(story, "payment_released")

    def test_the_hearing_is_about_this_payment(self) -> None:
        story = on_file(LIVING, {"kind": "study", "amount": "5000.00", "fund": "RELIEF"})
        first, second = (one["line"] for one in story.case.facts["aid"])
        story.caseworker("propose_cut", what="release_payment", line=first)
        story.caseworker("record_cut_hearing")
        assert isinstance(told(story, "supervisor", "release_payment", line=second, signed_on=None), NotMet)
        story.supervisor("release_payment", line=first, signed_on=None)

    def test_one_may_object_to_it(self) -> None:
        story = on_file(LIVING)
        story.caseworker("propose_cut", what="release_payment", line=line(story))
        story.caseworker("record_cut_hearing")
        story.supervisor("release_payment", signed_on=None)
        story.applicant("object")
        story.takes("superior", "overturn")
        assert (story.case.state, story.case.facts["category"]["category"]) == ("active", "deep")

    def test_after_the_exit_the_letter_promises_no_review_that_is_not_open(self) -> None:
        story = left()
        story.put("active")
        story.caseworker("propose_aid", aid=[LIVING])
        due = story.clock("notice").due
        assert due is not None
        story.now = due.at
        story.time("take_down")
        story.supervisor("approve")
        story.put("watching")
        story.supervisor("release_payment", line=story.case.facts["aid"][-1]["line"])
        assert "您可以向上一级工会反映。" in body(story, "payment_released")


class TestAFileStruckOff:
    """Who retires or moves away is heard too, unless they have asked for it."""

    def test_nobody_is_struck_off_unheard(self) -> None:
        story = on_file()
        pay(story)
        assert "先通知并听取" in told(story, "supervisor", "strike_off", signed_on=None).text.zh
        story.caseworker("propose_cut", what="strike_off", line=None)
        story.caseworker("record_cut_hearing")
        story.supervisor("strike_off", signed_on=None)
        assert "予以注销。经听取您的意见，作出本决定。" in body(story, "struck_off")

    def test_who_has_agreed_in_writing_is_struck_off(self) -> None:
        story = on_file()
        pay(story)
        story.supervisor("strike_off")
        assert "予以注销。应您本人书面申请或者经您书面同意，作出本决定。" in body(story, "struck_off")


def lowered_and_released() -> Story:
    """A household whose category was lowered, and of whose aid a payment was released on the next day."""
    story = found_lower()
    story.caseworker("record_cut_hearing")
    story.supervisor("lower_category")
    story.days_pass(1)
    story.takes("chief", "release_payment")
    return story


class TestWhichDecision:
    """An objection, its review and the service belong to the decision that is meant."""

    def test_an_objection_to_the_lower_category_gives_it_back_though_a_payment_was_released_since(self) -> None:
        story = lowered_and_released()
        assert "2. 撤销款项" in told(story, "applicant", "object", decision=None).text.zh
        assert isinstance(told(story, "applicant", "object", decision=3), NotMet)
        story.applicant("object", decision=1)
        story.takes("superior", "overturn")
        assert story.case.facts["category"]["category"] == "deep"

    def test_an_objection_to_the_release_leaves_the_lower_category(self) -> None:
        story = lowered_and_released()
        story.applicant("object", decision=2)
        story.takes("superior", "overturn")
        assert story.case.facts["category"]["category"] == "relative"
        story.applicant("object")
        story.takes("superior", "uphold")
        assert [one["review"] for one in story.case.facts["decisions"]] == ["upheld", "overturned"]
        assert isinstance(told(story, "applicant", "object"), NotMet)

    def test_a_later_verification_is_not_undone_by_an_objection_to_an_older_decision(self) -> None:
        story = lowered_and_released()
        story.caseworker("reverify", household={**RELATIVE, "rigid_expenses": "30000.00"})
        story.applicant("object", decision=1)
        story.takes("superior", "overturn")
        assert story.case.facts["category"]["by_formula"] == "deep"

    def test_each_has_its_own_day_of_receipt(self) -> None:
        story = lowered_and_released()
        story.publish(2027)
        assert "1. 调低困难类别" in told(story, "caseworker", "record_service", decision=None).text.zh
        assert "早于" in told(story, "caseworker", "record_service", decision=2, on="2026-01-01").text.zh
        story.caseworker("record_service", decision=2, on=str(story.today))
        story.days_pass(65)
        assert isinstance(told(story, "applicant", "object", decision=2), NotMet)
        story.applicant("tell_receipt", decision=None, on=str(story.today))
        story.applicant("object", decision=None)
        assert [one["objected"] for one in story.case.facts["decisions"]] == [True, False]

    def test_once_all_are_too_late_the_last_day_is_told(self) -> None:
        story = lowered_and_released()
        story.publish(2027)
        for decision in (1, 2):
            story.caseworker("record_service", decision=decision, on=str(story.today))
        story.days_pass(70)
        refusal = told(story, "applicant", "object", decision=2)
        assert isinstance(refusal, NotMet)
        assert "提出异议的期限于" in refusal.text.zh

    def test_it_is_reviewed_by_another_than_who_made_it(self) -> None:
        story = lowered_and_released()
        story.unsupervised = frozenset({"370000", "371000"})
        story.applicant("object", decision=1)
        assert isinstance(told(story, "supervisor", "overturn"), NotMet)
        story.takes("chief", "overturn")

    def test_a_release_after_a_refusal_gives_no_new_time_to_object_to_the_refusal(self) -> None:
        story = prepared()
        story.supervisor("help_at_once")
        story.caseworker("propose_refusal")
        story.supervisor("refuse")
        story.caseworker("record_service", on=str(story.today))
        story.days_pass(65)
        story.takes("chief", "release_payment")
        assert "期限" in told(story, "applicant", "object").text.zh


class TestWhoDecides:
    """Another than whoever proposed the cut, at a level that may decide; nobody ends what is under review."""

    @pytest.mark.parametrize("what", ["release_payment", "strike_off", "lower_category"])
    def test_whoever_proposed_a_cut_does_not_decide_on_it(self, what: str) -> None:
        story = found_lower() if what == "lower_category" else on_file(LIVING)
        if what == "strike_off":
            pay(story)
        story.supervisor(
            "propose_cut", reason="经办人请假", what=what, line=line(story) if what == "release_payment" else None
        )
        story.caseworker("record_cut_hearing")
        unsigned: dict[str, Any] = {} if what == "lower_category" else {"signed_on": None}
        assert "提出这一事项的人" in told(story, "supervisor", what, **unsigned).text.zh
        # Of several payments the form says which one is meant.
        assert story.offered("supervisor")[what].allowed is (what == "release_payment")
        small = story.as_it_stands()
        small.rows = tuple(
            replace(row, value="false") if row.name == "decided_by_another" else row for row in story.rows
        )
        small.supervisor(what, **unsigned)
        story.takes("chief", what, **unsigned)

    def test_what_the_person_waives_in_writing_rests_on_no_proposal(self) -> None:
        story = on_file(LIVING)
        story.supervisor("propose_cut", reason="经办人请假", what="release_payment", line=line(story))
        story.supervisor("release_payment", signed_on=str(story.today))
        assert story.case.facts["aid"][0]["status"] == "released"

    @pytest.mark.parametrize("what", ["release_payment", "strike_off"])
    def test_the_contact_person_does_not_decide(self, what: str) -> None:
        story = on_file(LIVING)
        story.caseworker("name_contact", to=str(story.people["supervisor"].id))
        if what == "strike_off":
            pay(story)
        assert "联系人" in told(story, "supervisor", what).text.zh
        story.takes("chief", what)

    @pytest.mark.parametrize("what", ["release_payment", "strike_off"])
    def test_a_level_that_may_not_approve_does_not_decide(self, what: str) -> None:
        story = asked(region=STREET).along((*PREPARED, ("caseworker", "propose"), ("caseworker", "publish")))
        the_notice_stands(story)
        story.supervisor("endorse")
        story.takes("superior", "approve")
        if what == "strike_off":
            pay(story)
        assert "审批" in told(story, "supervisor", what).text.zh
        story.takes("superior", what)

    def test_a_file_is_not_struck_off_while_an_objection_is_under_review(self) -> None:
        story = found_lower()
        pay(story)
        story.caseworker("record_cut_hearing")
        story.supervisor("lower_category")
        story.applicant("object")
        assert isinstance(told(story, "chief", "strike_off"), NotNow)
        exited = left()
        exited.applicant("object")
        assert isinstance(told(exited, "chief", "strike_off"), NotNow)


class TestTheWords:
    """Whom a letter is to, and what it says of the person."""

    def test_after_a_death_it_goes_to_the_kin(self) -> None:
        story = on_file(LIVING)
        story.supervisor("release_payment", signed_on=None, death_proof="死亡证明")
        assert "（已故）的近亲属：" in body(story, "payment_released")
        assert "To the kin of the late " in body(story, "payment_released", "en")

    def test_nobody_is_said_to_have_been_heard_who_was_not(self) -> None:
        story = found_lower()
        assert "is considering changing the category" in body(story, "cut_hearing", "en")
        story.caseworker("drop_cut")
        assert "听取意见" not in body(story, "cut_dropped")

    def test_the_notice_of_a_file_without_aid_promises_no_transfer(self) -> None:
        with_aid = on_file(LIVING)
        assert "帮扶款转入" in body(with_aid, "approved")
        assert "参照《中华人民共和国社会救助法》第四十六条" in body(with_aid, "approved")
        without = prepared()
        without.caseworker("propose", aid=None)
        without.caseworker("publish")
        the_notice_stands(without)
        without.supervisor("approve")
        assert "转入" not in body(without, "approved")


class TestTheInvitation:
    """It is about something that can be done, and the hearing has its days."""

    def test_what_cannot_be_done_is_not_announced(self) -> None:
        story = on_file(LIVING)
        assert (
            "没有认定较低的类别" in told(story, "caseworker", "propose_cut", what="lower_category", line=None).text.zh
        )
        assert codes(told(story, "caseworker", "propose_cut", what="release_payment", line=None)) == ["line_missing"]
        nothing = "00000000-0000-4000-8000-000000000000"
        assert isinstance(told(story, "caseworker", "propose_cut", what="release_payment", line=nothing), NotMet)
        assert isinstance(told(story, "caseworker", "record_cut_hearing"), NotMet)
        assert isinstance(told(story, "caseworker", "drop_cut"), NotMet)

    def test_the_hearing_has_ten_working_days(self) -> None:
        story = on_file()
        story.caseworker("propose_cut", what="strike_off", line=None)
        assert story.today.isoformat() == "2026-09-15"
        assert last_day(story, "cut_hearing") == "2026-09-29"
        story.days_pass(1)
        story.caseworker("record_cut_hearing")
        assert story.clock("cut_hearing").status == "met"

    def test_a_hearing_is_not_older_than_its_invitation(self) -> None:
        story = found_lower()
        assert "早于" in told(story, "caseworker", "record_cut_hearing", on="2026-09-30").text.zh
