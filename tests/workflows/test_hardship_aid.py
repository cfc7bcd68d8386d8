"""Hardship assistance as the office tells it: on file, helped, visited, out of hardship, and every other way."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import pytest

from casework.forms import join_sensitive
from casework.rules.case import Phase
from casework.rules.decide import Offer
from casework.rules.fund_operations import Allowance, Amend, Fund, Given, Pay, Release, Reserve, Return
from casework.rules.move import Move
from casework.rules.paper_names import OTHER_PAPER
from casework.rules.people import Person, Role
from casework.rules.refusals import Invalid, NotMet, NotNow, NotYours, Refusal
from casework.rules.text import LANGUAGES, Text
from casework.workflows.hardship_aid import OPEN, WORKFLOW
from casework.workflows.hardship_aid.codes import EXCLUSIONS, GRANT_KINDS
from casework.workflows.hardship_aid.intake import HardshipIntake
from casework.workflows.hardship_aid.letters import LETTERS
from casework.workflows.hardship_aid.steps import REFUSAL_GROUNDS
from tests.story import RUSHAN, STREET, Story

PREPARED = (
    ("caseworker", "accept"),
    ("caseworker", "record_visit"),
    ("caseworker", "send_check"),
    ("caseworker", "record_check"),
)
LIVING = {"kind": "living", "amount": "5000.00", "fund": "RELIEF"}
STUDY = {"kind": "study", "amount": "5000.00", "fund": "RELIEF"}
MEDICAL = {"kind": "medical", "amount": "20000.00", "fund": "RELIEF"}
SUDDEN = {"kind": "sudden", "amount": "9000.00", "fund": "RELIEF"}
RELATIVE = {"size": 3, "annual_income": "60000.00", "rigid_expenses": "10000.00", "declared_true": True}
OWNER = Text("示例省总工会", "the province's union")
SET_BY_OWNER = Text("示例规定", "an invented rule")
NOT_POOR = {"size": 3, "annual_income": "90000.00", "rigid_expenses": "0.00", "declared_true": True}


def asked(at: str = "2026-09-07 09:00", *, region: str = RUSHAN, policy: Any = None, **facts: Any) -> Story:
    """A household that has asked for assistance; before leaving no months above the line are asked for, unless said."""
    rows = {"months_above_line": None, **(policy or {})}
    return Story(at, workflow=WORKFLOW, region=region, policy=rows).opened(**facts)


def prepared(**facts: Any) -> Story:
    """A household that was visited and checked."""
    return asked(**facts).along(PREPARED)


def with_two_students(**facts: Any) -> tuple[Story, tuple[str, str]]:
    """A household with two children at school, visited and checked, and their names."""
    story = prepared(**facts)
    members = join_sensitive(HardshipIntake, story.case.facts, story.sealed)["members"]
    second = {"name": "王晓明", "relation": "child", "no_number_because": "尚未落户", "status": "junior_secondary"}
    household = {"size": 4, **facts.get("household", {})}
    story.correct("caseworker", members=[*members, second], students=2, household=household)
    [_, child] = members
    return story, (child["name"], second["name"])


def proposed(*items: Mapping[str, Any], category: str | None = "deep", **facts: Any) -> Story:
    """A household with a category and aid proposed; aid without a dossier where there is no category."""
    story = prepared(**facts)
    kept: dict[str, Any] = {"ground": None} if category else {"ground": "只有临时困难"}
    none = True if category is None else None
    story.caseworker("propose", category=category, without_dossier=none, aid=list(items) or None, **kept)
    return story


def noticed(*items: Mapping[str, Any], category: str | None = "deep", **facts: Any) -> Story:
    """The same after the notice has stood for its time."""
    story = proposed(*items, category=category, **facts)
    story.caseworker("publish")
    return the_notice_stands(story)


def the_notice_stands(story: Story) -> Story:
    """Time goes by until the notice is taken down."""
    due = story.clock("notice").due
    assert due is not None
    story.now = due.at
    story.time("take_down")
    story.now += timedelta(hours=9)
    return story


def on_file(*items: Mapping[str, Any], **facts: Any) -> Story:
    """A household on file, with this aid approved; living aid of 5,000 yuan unless said."""
    story = noticed(*(items or (LIVING,)), **facts)
    story.supervisor("approve")
    return story


def leaving(kind: str = "out_of_hardship") -> Story:
    """A household whose exit is proposed, and that was heard."""
    story = on_file(STUDY)
    pay(story)
    story.caseworker("propose_exit", kind=kind)
    story.days_pass(3)
    story.caseworker("record_hearing")
    return story


def left() -> Story:
    """A household that has left assistance and is watched."""
    story = leaving()
    story.caseworker("publish_exit")
    the_notice_stands(story)
    story.supervisor("approve_exit")
    return story


def pay(story: Story) -> None:
    """The oldest outstanding payment has reached the household."""
    story.takes("colleague" if story.case.owner is None else "caseworker", "record_payment")


def told(story: Story, who: str, name: str, **given: Any) -> Refusal:
    """A refusal whose sentence is there in both languages."""
    refusal = story.refused(who, name, **given)
    assert refusal.text.zh.strip()
    assert refusal.text.en.strip()
    return refusal


def last_day(story: Story, clock: str) -> str:
    """The last day in time of a clock that runs."""
    due = story.clock(clock).due
    assert due is not None
    return due.on.isoformat()


def codes(refusal: Refusal) -> list[str]:
    """The codes of the faults of a form."""
    assert isinstance(refusal, Invalid)
    return [fault.code for fault in refusal.faults]


def at_home_in(story: Story, who: str, path: str) -> None:
    """Somebody works for the union of this path."""
    person = story.people[who]
    story.people[who] = Person(person.id, person.username, person.name, person.role, path)


class TestTheMainRoad:
    """Asked, visited, checked, proposed, on notice, approved, paid, visited, out of hardship, closed."""

    def test_a_household_from_the_request_to_the_end_of_the_watch(self) -> None:
        story = asked()
        stops = [(story.case.state, story.case.phase, story.case.waits_for)]

        def goes(who: str, name: str, **given: Any) -> None:
            story.takes(who, name, **given)
            if story.case.state != stops[-1][0]:
                stops.append((story.case.state, story.case.phase, story.case.waits_for))

        def waits(clock: str) -> None:
            due = story.clock(clock).due
            assert due is not None
            story.now = due.at

        for who, name in (*PREPARED, ("caseworker", "propose"), ("caseworker", "publish")):
            goes(who, name)
        waits("notice")
        goes("time", "take_down")
        goes("supervisor", "approve")
        goes("caseworker", "record_payment")
        goes("caseworker", "name_contact")
        goes("caseworker", "record_contact")
        goes("applicant", "rate")
        goes("caseworker", "propose_exit", kind="out_of_hardship")
        goes("caseworker", "record_hearing")
        goes("caseworker", "publish_exit")
        waits("notice")
        goes("time", "take_down")
        goes("supervisor", "approve_exit")
        story.publish(2027)
        waits("watch")
        goes("caseworker", "record_contact")
        goes("caseworker", "close_watch")
        assert stops == [
            ("submitted", Phase.INTAKE, Role.CASEWORKER),
            ("under_review", Phase.REVIEW, Role.CASEWORKER),
            ("proposed", Phase.REVIEW, Role.CASEWORKER),
            ("on_notice", Phase.REVIEW, Role.CASEWORKER),
            ("awaiting_approval", Phase.REVIEW, Role.SUPERVISOR),
            ("active", Phase.RESOLUTION, Role.CASEWORKER),
            ("exit_hearing", Phase.RESOLUTION, Role.CASEWORKER),
            ("exit_proposed", Phase.RESOLUTION, Role.CASEWORKER),
            ("on_exit_notice", Phase.RESOLUTION, Role.CASEWORKER),
            ("awaiting_exit_approval", Phase.RESOLUTION, Role.SUPERVISOR),
            ("watching", Phase.FOLLOW_UP, Role.CASEWORKER),
            ("closed", Phase.CLOSED, None),
        ]
        assert story.case.outcome == "exited"
        assert {run.status for run in story.case.clocks if run.owed_by == "office"} == {"met", "breached"}
        assert {run.name for run in story.case.clocks if run.status == "breached"} == {"contact"}

    def test_the_first_approval_puts_the_household_on_file(self) -> None:
        story = on_file()
        assert story.case.facts["on_file_since"] == story.today.isoformat()
        assert "approved" in story.letters


class TestPapers:
    """One notice, all of it, and nothing that was given already."""

    def test_a_second_notice_needs_a_supervisor(self) -> None:
        story = asked().along((("caseworker", "ask_for_papers"), ("applicant", "supply_papers")))
        assert isinstance(told(story, "caseworker", "ask_for_papers"), NotMet)
        story.supervisor("ask_for_papers", reason="补充核实")
        assert story.case.state == "awaiting_papers"

    @pytest.mark.parametrize("name", ["身份证复印件", " 户口簿 复印件 ", "身份证\u3000复印件"])
    def test_a_paper_that_was_handed_in_is_not_asked_for_again(self, name: str) -> None:
        story = asked()
        story.caseworker("confirm_papers")
        refusal = told(story, "caseworker", "ask_for_papers", papers=["收入证明", name])
        assert isinstance(refusal, NotMet)
        assert name.strip() in refusal.text.zh
        assert "收入证明" not in refusal.text.zh

    def test_papers_that_were_supplied_are_in_the_dossier_and_not_asked_for_again(self) -> None:
        story = asked()
        story.caseworker("ask_for_papers", papers=["诊断证明"])
        story.applicant("supply_papers", papers=[{"name": "诊断证明", "copies": 2}])
        shown = {"name": OTHER_PAPER, "copies": 2}
        assert shown not in story.case.facts["papers"]
        story.caseworker("confirm_papers")
        assert shown in story.case.facts["papers"]
        assert isinstance(told(story, "supervisor", "ask_for_papers", papers=["诊断证明"], reason="再核"), NotMet)

    def test_papers_that_do_not_come_end_the_request(self) -> None:
        story = asked()
        story.caseworker("ask_for_papers")
        due = story.clock("papers").due
        assert due is not None
        story.now = due.at - timedelta(seconds=1)
        assert isinstance(told(story, "time", "lapse"), NotMet)
        story.now = due.at
        story.time("lapse")
        assert (story.case.state, story.case.outcome) == ("withdrawn", "deemed_withdrawn")
        assert "deemed_withdrawn" in story.letters


class TestTheReview:
    """The home visit, the check of the means and what excludes."""

    def test_two_different_people_visit_the_household(self) -> None:
        story = asked().along(PREPARED[:1])
        assert codes(told(story, "caseworker", "record_visit", visitors=["王建国"])) == ["too_few"]
        assert codes(told(story, "caseworker", "record_visit", visitors=["王建国", "王建国"])) == ["one_visitor"]

    def test_the_authorisation_is_signed_at_the_visit(self) -> None:
        story = asked(consent_to_check=None).along(PREPARED[:1])
        assert isinstance(told(story, "caseworker", "send_check"), NotMet)
        story.caseworker("record_visit", authorised=False)
        assert isinstance(told(story, "caseworker", "send_check"), NotMet)
        story.caseworker("record_visit")
        assert story.case.facts["consent_to_check"] == {"signed_on": "2026-09-07"}
        story.caseworker("send_check")
        assert story.clock("check").owed_by == "outside"

    def test_the_check_runs_from_the_day_on_which_it_was_sent_until_its_answer(self) -> None:
        story = asked().along(PREPARED[:2])
        assert story.case.clock("check") is None
        story.days_pass(2)
        story.caseworker("send_check")
        assert (story.clock("check").status, story.clock("check").started_at.date()) == ("running", story.today)
        story.days_pass(3)
        story.caseworker("record_check")
        assert story.clock("check").status == "met"

    def test_what_the_visitors_found_stays_sealed(self) -> None:
        story = asked().along(PREPARED[:1])
        move = story.caseworker("record_visit", finding="户主患病，住房简陋")
        assert move.sealed["finding"] == "户主患病，住房简陋"
        assert "户主患病" not in str(story.case.facts) + str(story.events)

    @pytest.mark.parametrize("missing", [("record_visit",), ("send_check", "record_check"), ("record_check",)])
    def test_nothing_is_proposed_without_a_visit_and_an_answered_check(self, missing: tuple[str, ...]) -> None:
        story = asked().along(step for step in PREPARED if step[1] not in missing)
        assert isinstance(told(story, "caseworker", "propose"), NotMet)
        assert not story.offered("caseworker")["propose"].allowed

    def test_an_answer_needs_a_question_before_it(self) -> None:
        story = asked().along(PREPARED[:2])
        assert isinstance(told(story, "caseworker", "record_check"), NotMet)
        story.caseworker("send_check")
        assert isinstance(told(story, "caseworker", "record_check", on="2026-09-06"), NotMet)

    @pytest.mark.parametrize("code", sorted(EXCLUSIONS))
    def test_what_excludes_the_household_stops_the_proposal_by_name(self, code: str) -> None:
        story = asked().along(PREPARED[:3])
        story.caseworker("record_check", exclusions=[code])
        refusal = told(story, "caseworker", "propose")
        assert isinstance(refusal, NotMet)
        assert EXCLUSIONS[code].zh in refusal.text.zh
        assert EXCLUSIONS[code].en in refusal.text.en

    def test_an_exclusion_that_was_declared_stops_it_as_well_until_it_is_corrected(self) -> None:
        story = prepared(exclusions=["car"])
        assert isinstance(told(story, "caseworker", "propose"), NotMet)
        story.correct("caseworker", exclusions=[])
        story.caseworker("propose")
        assert story.case.state == "proposed"

    def test_a_higher_income_than_was_told_is_corrected_first(self) -> None:
        story = asked().along(PREPARED[:3])
        story.caseworker("record_check", annual_income="60000.01")
        assert isinstance(told(story, "caseworker", "propose"), NotMet)
        story.correct("caseworker", household={"annual_income": "60000.01"})
        assert story.offered("caseworker")["propose"].allowed

    def test_sensitive_data_need_their_own_consent(self) -> None:
        story = prepared(consent_sensitive=None)
        assert "十四周岁" in told(story, "caseworker", "propose").text.zh
        story.correct("caseworker", consent_sensitive={"signed_on": "2026-09-07"})
        assert story.offered("caseworker")["propose"].allowed

    def test_the_visit_is_due_ten_working_days_after_the_review_began(self) -> None:
        story = asked().along(PREPARED[:1])
        due = story.clock("visit").due
        assert due is not None
        assert due.on.isoformat() == "2026-09-20"
        story.caseworker("record_visit")
        assert story.clock("visit").status == "met"

    def test_papers_asked_for_after_the_visit_do_not_make_it_due_again(self) -> None:
        story = asked().along((*PREPARED[:2], ("caseworker", "ask_for_papers")))
        story.days_pass(2)
        story.applicant("supply_papers")
        assert (story.clock("visit").generation, story.clock("visit").status) == (1, "met")


class TestTheCategory:
    """Rushan 2025: 1062 yuan a month for each head. The formula suggests, a person decides."""

    def test_the_proposal_keeps_the_whole_reckoning(self) -> None:
        sheet = proposed().case.facts["category"]
        assert (sheet["category"], sheet["by_formula"], sheet["on_ground"]) == ("deep", "deep", False)
        assert "1062" in sheet["told"]["zh-CN"]
        assert "1062" in sheet["told"]["en"]

    @pytest.mark.parametrize(
        ("household", "category"),
        [
            ({"annual_income": "68231.99"}, "deep"),
            ({"annual_income": "68232.00"}, "relative"),
            ({"annual_income": "106463.99"}, "relative"),
        ],
    )
    def test_the_category_follows_the_line(self, household: dict[str, Any], category: str) -> None:
        story = prepared(household=household)
        others = {"deep", "relative", "sudden"} - {category}
        for other in sorted(others):
            assert isinstance(told(story, "caseworker", "propose", category=other, ground=None, aid=None), NotMet)
        story.caseworker("propose", category=category, ground=None, aid=None)
        assert story.case.facts["category"]["by_formula"] == category

    def test_who_proposes_otherwise_than_the_formula_says_why(self) -> None:
        story = prepared(household=NOT_POOR)
        assert isinstance(told(story, "caseworker", "propose", category="relative", ground=None, aid=None), NotMet)
        move = story.caseworker("propose", category="relative", ground="刚失业，上年收入不反映现状", aid=None)
        sheet = story.case.facts["category"]
        assert (sheet["category"], sheet["by_formula"], sheet["on_ground"]) == ("relative", None, True)
        assert move.sealed["ground"].startswith("刚失业")
        assert "刚失业" not in str(story.case.facts)

    @pytest.mark.parametrize("region", ["370100", "110100"])
    def test_a_place_without_a_line_says_so(self, region: str) -> None:
        story = asked(region=region).along(PREPARED)
        assert "低保标准" in told(story, "caseworker", "propose").text.zh
        assert not story.offered("caseworker")["propose"].allowed

    def test_who_has_not_declared_the_truth_is_not_put_on_file(self) -> None:
        assert isinstance(told(prepared(household={"declared_true": False}), "caseworker", "propose"), NotMet)

    def test_an_unknown_identity_number_stops_the_proposal(self) -> None:
        story = prepared(applicant={"identity_number": None, "birth_date": None, "sex": None})
        assert isinstance(told(story, "caseworker", "propose"), NotMet)

    @pytest.mark.parametrize(("kind", "number"), [("hk_macao_permit", "H12345678"), ("passport", "E12345678")])
    def test_another_document_does_for_an_identity_card(self, kind: str, number: str) -> None:
        without = {"identity_number": None, "birth_date": None, "sex": None}
        by = {"document_kind": kind, "document_number": number, "document_state": "KOR"}
        story = prepared(applicant=without | by)
        assert number not in str(story.case.facts)
        story.caseworker("propose")
        assert story.case.state == "proposed"

    def test_figures_that_change_after_the_proposal_send_it_back(self) -> None:
        story = noticed()
        story.correct("caseworker", household=NOT_POOR)
        assert isinstance(told(story, "supervisor", "approve"), NotMet)
        story.supervisor("send_back")
        assert story.case.state == "under_review"


class TestTheNotice:
    """At least five working days, masked, frozen, with its own consent, and objections that are answered."""

    def test_it_stands_for_five_working_days_across_the_holidays(self) -> None:
        story = proposed()
        story.wait_until("2026-09-28 10:00")
        story.caseworker("publish")
        due = story.clock("notice").due
        assert due is not None
        assert story.case.facts["notice"]["from"] == "2026-09-28"
        assert story.case.facts["notice"]["until"] == due.on.isoformat() == "2026-10-10"
        story.now = due.at - timedelta(seconds=1)
        assert isinstance(told(story, "time", "take_down"), NotMet)
        story.now = due.at
        story.time("take_down")
        assert story.case.state == "awaiting_approval"

    def test_nobody_is_published_without_a_consent_of_its_own(self) -> None:
        story = proposed(consent_to_publish=None)
        assert isinstance(told(story, "caseworker", "publish"), NotMet)
        story.caseworker("withdraw_notice")
        assert story.case.state == "under_review"

    def test_it_shows_the_unit_a_masked_name_and_what_is_proposed_and_nothing_else(self) -> None:
        story = proposed(LIVING, STUDY)
        story.caseworker("publish")
        shown = story.case.facts["notice"]
        name = story.case.facts["applicant"]["name"]
        assert shown["name"] == f"{name[0]}*"
        assert shown["category"] == {"zh-CN": "深度困难", "en": "deep hardship"}
        assert shown["amount"] == "10000.00"
        assert shown["exit"] is None
        assert set(shown) == {
            *("subject", "unit", "name", "category", "amount", "exit"),
            *("from", "until", "provisional", "posted_at", "objections_to"),
        }
        secrets = [str(value) for value in story.sealed.values()] + [name]
        secrets += [title for kind in GRANT_KINDS.values() for title in (kind.zh, kind.en)]
        assert not [secret for secret in secrets if secret in str(shown)]

    @pytest.mark.parametrize(
        "unit",
        [
            "张三 11010519491231002X 6222021234567891233",
            "示例公司（１３８０００００００１）",
            "示例公司 6222 0212 3456 7891",
            "示例公司 护照E12345678",
            "示例公司 0531-82912345",
        ],
    )
    def test_a_unit_with_a_number_of_a_person_is_not_published_and_the_field_is_named(self, unit: str) -> None:
        story = proposed(LIVING, applicant={"work_unit": unit})
        assert "applicant.work_unit" in told(story, "caseworker", "publish").text.zh
        story.correct("caseworker", applicant={"work_unit": "示例公司"})
        story.caseworker("publish")
        assert story.case.facts["notice"]["unit"] == "示例公司"

    @pytest.mark.parametrize(
        "number", ["11010519491231002X", "138-0000-0001", "６２２２０２１２３４５６７８９１２３４"]
    )
    @pytest.mark.parametrize("field", ["posted_at", "objections_to"])
    def test_what_is_typed_for_the_public_has_no_number_of_a_person(self, field: str, number: str) -> None:
        refusal = told(proposed(LIVING), "caseworker", "publish", **{field: f"公示栏 {number}"})
        assert isinstance(refusal, Invalid)
        assert [(one.path, one.code) for one in refusal.faults] == [(field, "not_for_the_public")]

    def test_the_landline_of_the_office_stands_where_objections_go_to_and_only_there(self) -> None:
        story = proposed(LIVING)
        assert isinstance(told(story, "caseworker", "publish", posted_at="公示栏 0631-6651234"), Invalid)
        story.caseworker("publish", objections_to="帮扶中心 0631-6651234")
        assert story.case.facts["notice"]["objections_to"] == "帮扶中心 0631-6651234"

    def test_the_names_of_the_household_are_masked_in_every_field(self) -> None:
        story = prepared()
        own, spouse = story.case.facts["applicant"]["name"], story.case.facts["members"][0]["name"]
        story.correct("caseworker", applicant={"work_unit": f"乳山市{own}小吃店"})
        story.caseworker("propose", category="deep", ground=None, aid=[LIVING])
        story.caseworker("publish", posted_at=f"{own[0]} {own[1:]}小吃店门口", objections_to=f"{spouse}的单位工会")
        shown = story.case.facts["notice"]
        assert shown["unit"] == f"乳山市{own[0]}*小吃店"
        assert shown["posted_at"] == f"{own[0]}*小吃店门口"
        assert shown["objections_to"] == f"{spouse[0]}*的单位工会"

    @pytest.mark.parametrize("seed", range(8))
    @pytest.mark.parametrize("gap", ["", " ", "-", "\u3000"])
    def test_no_notice_tells_a_sealed_number_or_a_name_in_full(self, seed: int, gap: str) -> None:
        story = Story("2026-09-07 09:00", workflow=WORKFLOW, seed=seed).opened().along(PREPARED)
        names = [one["name"] for one in (story.case.facts["applicant"], *story.case.facts["members"])]
        story.caseworker("propose", category="deep", ground=None, aid=[LIVING])
        numbers = [
            str(value)
            for path, value in story.sealed.items()
            if path.endswith(("y_number", "t_number", "phone", "account"))
        ]
        assert len(numbers) >= 4
        for number in numbers:
            typed = gap.join(number[at : at + 4] for at in range(0, len(number), 4))
            assert isinstance(told(story, "caseworker", "publish", objections_to=f"帮扶中心 {typed}"), Invalid)
        story.caseworker("publish", posted_at="、".join(names), objections_to=gap.join(names[0]))
        assert not [name for name in names if name in str(story.case.facts["notice"])]

    def test_it_is_frozen(self) -> None:
        story = proposed(LIVING)
        story.caseworker("publish")
        shown = dict(story.case.facts["notice"])
        story.correct("caseworker", applicant={"work_unit": "别的单位"}, household=RELATIVE)
        assert story.case.facts["notice"] == shown

    def test_only_the_states_on_notice_publish_it(self) -> None:
        assert {state.name for state in WORKFLOW.states if state.publishes == "notice"} == {
            *("on_notice", "aid_on_notice", "on_exit_notice")
        }

    def test_a_place_cannot_shorten_it(self) -> None:
        story = asked(policy={"notice": "4wd"}).along((*PREPARED, ("caseworker", "propose")))
        assert isinstance(told(story, "caseworker", "publish"), NotMet)

    def test_it_counts_for_nobody_who_was_late(self) -> None:
        story = noticed()
        assert story.clock("notice").owed_by == "outside"

    def test_an_objection_is_examined_before_the_approval(self) -> None:
        story = proposed()
        story.caseworker("publish")
        story.caseworker("record_objection", content="该户有两套住房")
        the_notice_stands(story)
        assert "1" in told(story, "supervisor", "approve").text.zh
        story.caseworker("answer_objection", number=1, result="unfounded")
        assert isinstance(told(story, "caseworker", "answer_objection", number=1), NotMet)
        story.supervisor("approve")
        assert story.case.state == "active"
        assert "两套住房" not in str(story.case.facts) + str(story.events)

    def test_a_founded_objection_stops_it_whatever_came_of_others(self) -> None:
        story = proposed()
        story.caseworker("publish")
        story.caseworker("record_objection")
        story.caseworker("record_objection")
        story.caseworker("answer_objection", number=1, result="founded")
        story.caseworker("answer_objection", number=2, result="unfounded")
        the_notice_stands(story)
        assert "1" in told(story, "supervisor", "approve").text.zh
        story.supervisor("send_back")
        story.caseworker("propose")
        assert story.case.facts["objections"] == []

    def test_a_proposal_that_is_made_anew_is_put_on_notice_anew(self) -> None:
        story = noticed()
        story.supervisor("send_back")
        story.caseworker("propose")
        story.put("awaiting_approval")
        assert isinstance(told(story, "supervisor", "approve"), NotMet)

    def test_a_withdrawn_notice_is_gone_without_blame(self) -> None:
        story = proposed()
        story.caseworker("publish")
        story.caseworker("withdraw_notice")
        assert story.clock("notice").status == "cancelled"


class TestApproval:
    """By another than the proposer, at the level that the amount asks for."""

    def test_the_proposer_does_not_approve_what_he_proposed(self) -> None:
        story = prepared()
        story.supervisor("propose", reason="经办人请假")
        story.caseworker("publish")
        the_notice_stands(story)
        assert isinstance(told(story, "supervisor", "approve"), NotMet)
        story.takes("chief", "approve")
        assert story.case.state == "active"

    def test_the_contact_person_does_not_approve_further_aid(self) -> None:
        story = on_file(LIVING)
        story.caseworker("name_contact", to=str(story.people["supervisor"].id))
        story.caseworker("propose_aid", aid=[STUDY])
        the_notice_stands(story)
        assert isinstance(told(story, "supervisor", "approve"), NotMet)
        story.takes("chief", "approve")
        assert story.case.state == "active"

    def test_a_small_office_may_do_without_a_second_person(self) -> None:
        story = asked(policy={"decided_by_another": "false"}).along(PREPARED)
        story.supervisor("propose", reason="一人值班")
        story.supervisor("publish", reason="一人值班")
        the_notice_stands(story)
        story.supervisor("approve")
        assert story.case.state == "active"

    @pytest.mark.parametrize("amount", ["20000.00", "1.00"])
    def test_the_county_approves_medical_aid_up_to_twenty_thousand(self, amount: str) -> None:
        story = noticed({**MEDICAL, "amount": amount})
        assert not story.offered("supervisor")["endorse"].allowed
        story.supervisor("approve")
        assert story.case.state == "active"

    def test_a_cent_more_is_for_the_province_and_goes_up_through_county_and_city(self) -> None:
        story = noticed({**MEDICAL, "amount": "20000.01"})
        at_home_in(story, "superior", "370000/371000/")
        at_home_in(story, "chief", "370000/")
        refusal = told(story, "supervisor", "approve")
        assert RUSHAN in refusal.text.zh
        assert isinstance(told(story, "superior", "endorse"), NotMet)
        story.supervisor("endorse")
        assert isinstance(told(story, "supervisor", "endorse"), NotMet)
        assert isinstance(told(story, "chief", "approve"), NotMet)
        story.takes("superior", "endorse")
        assert isinstance(told(story, "superior", "approve"), NotMet)
        story.takes("chief", "approve", national_number=None, national_on=None)
        assert [one["org"] for one in story.case.facts["endorsements"]] == [RUSHAN, "371000"]
        assert story.case.state == "active"

    def test_a_county_without_a_city_level_goes_straight_to_the_province(self) -> None:
        story = noticed({**MEDICAL, "amount": "20000.01"})
        story.unsupervised = frozenset(("371000",))
        at_home_in(story, "chief", "370000/")
        story.supervisor("endorse")
        story.takes("chief", "approve")
        assert [one["org"] for one in story.case.facts["endorsements"]] == [RUSHAN]

    def test_above_fifty_thousand_the_national_union_has_approved_first(self) -> None:
        story = noticed({**MEDICAL, "amount": "50000.01"}, medical_own_share="60000.00")
        at_home_in(story, "superior", "370000/371000/")
        at_home_in(story, "chief", "370000/")
        story.supervisor("endorse")
        story.takes("superior", "endorse")
        for missing in ({"national_number": None}, {"national_on": None}):
            assert isinstance(told(story, "chief", "approve", **missing), NotMet)
        story.takes("chief", "approve", meeting=None)
        assert story.case.state == "active"

    def test_at_fifty_thousand_the_province_decides_alone(self) -> None:
        story = noticed({**MEDICAL, "amount": "50000.00"}, medical_own_share="60000.00")
        at_home_in(story, "superior", "370000/371000/")
        at_home_in(story, "chief", "370000/")
        story.supervisor("endorse")
        story.takes("superior", "endorse")
        story.takes("chief", "approve", national_number=None, national_on=None)
        assert story.case.state == "active"

    def test_a_street_sends_up_and_the_county_approves(self) -> None:
        story = asked(region=STREET).along((*PREPARED, ("caseworker", "propose"), ("caseworker", "publish")))
        the_notice_stands(story)
        assert isinstance(told(story, "supervisor", "approve"), NotMet)
        assert isinstance(told(story, "superior", "approve"), NotMet)
        story.supervisor("endorse")
        story.takes("superior", "approve")
        assert story.case.state == "active"

    def test_each_level_gets_its_own_time(self) -> None:
        story = asked(region=STREET).along((*PREPARED, ("caseworker", "propose"), ("caseworker", "publish")))
        the_notice_stands(story)
        story.days_pass(3)
        story.supervisor("endorse")
        assert [run.status for run in story.case.clocks if run.name == "approval"] == ["met", "running"]

    def test_the_endorser_is_not_the_proposer(self) -> None:
        story = asked(region=STREET).along(PREPARED)
        story.supervisor("propose", reason="经办人请假")
        story.caseworker("publish")
        the_notice_stands(story)
        assert isinstance(told(story, "supervisor", "endorse"), NotMet)
        story.takes("chief", "endorse")

    def test_a_street_whose_only_supervisor_proposed_it_is_passed_over(self) -> None:
        story = asked(region=STREET).along(PREPARED)
        del story.people["chief"]
        story.supervisor("propose", reason="经办人请假")
        story.caseworker("publish")
        the_notice_stands(story)
        assert isinstance(told(story, "supervisor", "endorse"), NotMet)
        story.takes("superior", "approve")
        assert story.case.state == "active"

    def test_where_no_level_may_decide_the_administrator_is_named(self) -> None:
        story = asked(policy={"approves_up_to_province": None}).along(PREPARED)
        story.caseworker("propose", aid=[{**MEDICAL, "amount": "20000.01"}])
        story.caseworker("publish")
        the_notice_stands(story)
        assert "管理员" in told(story, "supervisor", "approve").text.zh


class TestAmounts:
    """What a household may get in a year, by dated policy rows of the place."""

    @pytest.mark.parametrize(
        ("item", "most"),
        [
            (LIVING, "10620.00"),
            (STUDY, "10620.00"),
            (MEDICAL, "24000.00"),
            ({**LIVING, "kind": "temporary"}, "3000.00"),
        ],
    )
    def test_deep_hardship_gets_each_kind_up_to_its_bound(self, item: dict[str, str], most: str) -> None:
        story = prepared()
        over = {**item, "amount": str(Decimal(most) + Decimal("0.01"))}
        assert most in told(story, "caseworker", "propose", ground=None, aid=[over]).text.zh
        story.caseworker("propose", ground=None, aid=[{**item, "amount": most}])
        assert story.case.facts["proposed_aid"][0]["amount"] == most

    @pytest.mark.parametrize(("item", "most"), [(LIVING, "8496.00"), (STUDY, "8496.00"), (MEDICAL, "16000.00")])
    def test_relative_hardship_gets_less(self, item: dict[str, str], most: str) -> None:
        story = prepared(household=RELATIVE)
        over = {**item, "amount": str(Decimal(most) + Decimal("0.01"))}
        assert most in told(story, "caseworker", "propose", category="relative", ground=None, aid=[over]).text.zh
        story.caseworker("propose", category="relative", ground=None, aid=[{**item, "amount": most}])
        assert story.case.state == "proposed"

    def test_relative_hardship_gets_four_fifths_of_its_own_share(self) -> None:
        story = prepared(household=RELATIVE, medical_own_share="10000.00")
        over = {**MEDICAL, "amount": "8000.01"}
        assert isinstance(told(story, "caseworker", "propose", category="relative", ground=None, aid=[over]), NotMet)
        story.caseworker("propose", category="relative", ground=None, aid=[{**MEDICAL, "amount": "8000.00"}])

    def test_sudden_hardship_gets_fifteen_per_cent_of_the_cost_up_to_ten_thousand(self) -> None:
        event = {"event": "disaster", "on": "2026-08-20", "harmed": True, "harm": "disabled", "loss": "50000.00"}
        story = prepared(household=NOT_POOR, sudden=event)
        over = {**SUDDEN, "amount": "7500.01"}
        assert isinstance(told(story, "caseworker", "propose", category="sudden", ground=None, aid=[over]), NotMet)
        story.correct("caseworker", sudden={"loss": "100000.00"})
        over = {**SUDDEN, "amount": "10000.01"}
        assert isinstance(told(story, "caseworker", "propose", category="sudden", ground=None, aid=[over]), NotMet)
        story.caseworker("propose", category="sudden", ground=None, aid=[{**SUDDEN, "amount": "10000.00"}])

    def test_study_aid_is_for_each_student_by_name(self) -> None:
        assert isinstance(told(prepared(students=0), "caseworker", "propose", ground=None, aid=[STUDY]), NotMet)
        story, (one, other) = with_two_students()
        assert "哪一名" in told(story, "caseworker", "propose", ground=None, aid=[STUDY]).text.zh
        assert (
            "没有在校子女赵六"
            in told(story, "caseworker", "propose", ground=None, aid=[{**STUDY, "student": "赵六"}]).text.zh
        )
        spouse = story.case.facts["members"][0]["name"]
        for_spouse = told(story, "caseworker", "propose", ground=None, aid=[{**STUDY, "student": spouse}])
        assert f"没有在校子女{spouse}" in for_spouse.text.zh
        over = {**STUDY, "student": one, "amount": "10620.01"}
        assert "10620.00" in told(story, "caseworker", "propose", ground=None, aid=[over]).text.zh
        twice = [{**STUDY, "student": one, "amount": "100.00"}] * 2
        assert f"{one}本年度已有" in told(story, "caseworker", "propose", ground=None, aid=twice).text.zh
        story.caseworker(
            "propose", ground=None, aid=[{**STUDY, "student": name, "amount": "100.00"} for name in (one, other)]
        )
        assert [item["student"] for item in story.case.facts["proposed_aid"]] == [one, other]

    def test_a_second_student_gets_study_aid_in_the_same_year_and_none_gets_it_twice(self) -> None:
        story, (one, other) = with_two_students()
        first, second = ({**STUDY, "student": name, "amount": "100.00"} for name in (one, other))
        story.caseworker("propose", ground=None, aid=[first])
        story.caseworker("publish")
        the_notice_stands(story)
        story.supervisor("approve")
        assert f"助学救助（{one}） 100.00 元" in story.letters["approved"]["zh-CN"]["body"]
        assert f"{one}本年度已有" in told(story, "caseworker", "propose_aid", aid=[first]).text.zh
        story.caseworker("propose_aid", aid=[second])
        assert one not in str(story.case.facts["notice"])
        assert other not in str(story.case.facts["notice"])
        the_notice_stands(story)
        story.supervisor("approve")
        assert [line["student"] for line in story.case.facts["aid"]] == [one, other]
        refusal = told(story, "caseworker", "propose_aid", aid=[second])
        assert f"{other}本年度已有" in refusal.text.zh

    def test_a_student_whom_another_file_has_helped_this_year_is_not_helped_again(self) -> None:
        story, (one, other) = with_two_students()
        story.given_before = (Given("HA-2026-9", "study", Decimal("100.00"), story.today, one),)
        aid = [{**STUDY, "student": name, "amount": "100.00"} for name in (one, other)]
        assert f"{one}本年度已有" in told(story, "caseworker", "propose", ground=None, aid=aid[:1]).text.zh
        story.caseworker("propose", ground=None, aid=aid[1:])

    def test_two_students_are_one_kind_of_aid_and_both_count_for_the_budget(self) -> None:
        story, names = with_two_students(household={**RELATIVE, "size": 4, "rigid_expenses": "0.00"})
        aid = [{**STUDY, "student": name, "amount": "100.00"} for name in names]
        story.funds = {"RELIEF": Fund("RELIEF", "帮扶资金", Decimal("1000.00"), {"study": Decimal("150.00")})}
        story.caseworker("propose", category="relative", ground=None, aid=aid)
        story.caseworker("publish")
        the_notice_stands(story)
        assert "预算不足" in told(story, "supervisor", "approve").text.zh
        story.funds = {"RELIEF": Fund("RELIEF", "帮扶资金", Decimal("1000.00"), {"study": Decimal("200.00")})}
        story.supervisor("approve")

    def test_other_aid_names_no_student(self) -> None:
        refusal = told(prepared(), "caseworker", "propose", aid=[{**LIVING, "student": "王小"}])
        assert codes(refusal) == ["student_of_other_aid"]

    def test_living_aid_is_not_for_sudden_hardship(self) -> None:
        event = {"event": "disaster", "on": "2026-08-20", "harmed": True, "harm": "disabled", "loss": "50000.00"}
        story = prepared(household=NOT_POOR, sudden=event)
        assert isinstance(told(story, "caseworker", "propose", category="sudden", ground=None, aid=[LIVING]), NotMet)

    def test_no_kind_is_given_twice_in_one_proposal(self) -> None:
        assert isinstance(told(prepared(), "caseworker", "propose", aid=[STUDY, STUDY]), NotMet)

    def test_emergency_aid_is_no_kind_to_propose(self) -> None:
        refusal = told(prepared(), "caseworker", "propose", aid=[{**STUDY, "kind": "emergency"}])
        assert codes(refusal) == ["choice"]

    def test_nothing_is_paid_from_a_fund_that_cannot_pay_here(self) -> None:
        refusal = told(prepared(), "caseworker", "propose", aid=[{**STUDY, "fund": "OTHERS"}])
        assert "OTHERS" in refusal.text.zh
        assert "RELIEF" in refusal.text.zh

    def test_a_switched_off_amount_closes_the_kind(self) -> None:
        story = asked(policy={"living_months_deep": "none"}).along(PREPARED)
        assert isinstance(told(story, "caseworker", "propose", aid=[LIVING]), NotMet)


class TestFurtherAid:
    """Several kinds a year: deep hardship with earlier aid as income, relative hardship only one."""

    def test_it_goes_through_notice_and_approval_again(self) -> None:
        story = on_file(LIVING)
        story.caseworker("propose_aid", aid=[STUDY])
        assert story.case.state == "aid_on_notice"
        assert story.case.facts["notice"]["amount"] == "5000.00"
        the_notice_stands(story)
        move = story.supervisor("approve")
        assert [(claim.kind, claim.amount) for claim in reserves(move)] == [("study", Decimal("5000.00"))]
        assert [line["kind"] for line in story.case.facts["aid"]] == ["living", "study"]
        assert "aid_approved" in story.letters

    def test_a_refusal_of_further_aid_is_objected_to_once_as_the_letter_says(self) -> None:
        story = further()
        story.supervisor("refuse")
        assert "自收到本决定书之日起六十日内" in story.letters["aid_refused"]["zh-CN"]["body"]
        contact = story.clock("contact").due
        story.applicant("object")
        assert isinstance(told(story, "supervisor", "uphold"), NotMet)
        story.days_pass(1)
        story.takes("superior", "uphold")
        assert (story.case.state, story.clock("contact").due) == ("active", contact)
        assert isinstance(told(story, "applicant", "object"), NotMet)

    def test_a_refusal_of_further_aid_that_was_wrong_is_corrected(self) -> None:
        story = further()
        story.supervisor("refuse")
        story.applicant("object")
        story.takes("superior", "overturn")
        assert story.case.state == "active"
        story.caseworker("propose_aid", aid=[LIVING])

    def test_where_nothing_was_refused_there_is_nothing_to_object_to(self) -> None:
        assert isinstance(told(on_file(), "applicant", "object"), NotMet)

    def test_a_second_payment_of_the_same_kind_in_the_year_is_refused(self) -> None:
        story = on_file(LIVING)
        pay(story)
        refusal = told(story, "caseworker", "propose_aid", aid=[{**LIVING, "amount": "1.00"}])
        assert isinstance(refusal, NotMet)

    def test_a_new_year_opens_the_kind_again(self) -> None:
        story = on_file(LIVING)
        story.wait_until("2026-12-31 10:00")
        assert isinstance(told(story, "caseworker", "propose_aid", aid=[LIVING]), NotMet)
        story.wait_until("2027-01-01 10:00")
        story.caseworker("propose_aid", aid=[LIVING])
        assert story.case.state == "aid_on_notice"

    def test_a_released_payment_does_not_count(self) -> None:
        story = on_file(LIVING)
        story.supervisor("release_payment")
        story.caseworker("propose_aid", aid=[LIVING])
        assert story.case.state == "aid_on_notice"

    def test_relative_hardship_gets_one_kind_a_year(self) -> None:
        both = [{**LIVING, "amount": "100.00"}, {**STUDY, "amount": "100.00"}]
        story = prepared(household=RELATIVE)
        assert isinstance(told(story, "caseworker", "propose", category="relative", ground=None, aid=both), NotMet)
        story = on_file({**LIVING, "amount": "100.00"}, category="relative", household=RELATIVE)
        assert not story.offered("caseworker")["propose_aid"].allowed
        assert "1" in told(story, "caseworker", "propose_aid", aid=[STUDY]).text.zh

    def test_earlier_aid_counts_as_income_and_the_test_is_run_again(self) -> None:
        # 3 heads at 1062 a month: 38,232 a year; 60,000 − 30,000 = 30,000, so 8,231.99 more leave it deep.
        story = on_file({**LIVING, "amount": "8231.99"})
        story.caseworker("propose_aid", aid=[STUDY])
        assert story.case.state == "aid_on_notice"
        story = on_file({**LIVING, "amount": "8232.00"})
        assert not story.offered("caseworker")["propose_aid"].allowed
        assert "8232.00" in told(story, "caseworker", "propose_aid", aid=[STUDY]).text.zh

    def test_within_one_proposal_the_first_kind_counts_for_the_second(self) -> None:
        story = prepared()
        assert isinstance(
            told(story, "caseworker", "propose", ground=None, aid=[{**LIVING, "amount": "8232.00"}, STUDY]), NotMet
        )
        story.caseworker("propose", ground=None, aid=[{**LIVING, "amount": "8231.99"}, STUDY])

    def test_a_refusal_of_further_aid_leaves_the_file_as_it_is(self) -> None:
        story = on_file(LIVING)
        story.caseworker("propose_aid", aid=[STUDY])
        the_notice_stands(story)
        story.supervisor("refuse", ground="other")
        assert story.case.state == "active"
        assert story.case.outcome is None
        assert "aid_refused" in story.letters


class TestPayments:
    """Every payment is a line of its own: reserved, paid, returned or released."""

    def test_an_approval_reserves_each_item_and_keeps_its_line(self) -> None:
        story = noticed(LIVING, STUDY)
        version = story.case.version
        move = story.supervisor("approve")
        lines = [uuid5(story.case.id, f"{version}/{index}") for index in (0, 1)]
        assert list(move.claims) == [
            Reserve(lines[0], "RELIEF", "living", Decimal("5000.00"), story.today),
            Reserve(lines[1], "RELIEF", "study", Decimal("5000.00"), story.today),
        ]
        assert story.case.facts["proposed_aid"] == []
        assert story.case.facts["aid"][0] == {
            "line": str(lines[0]),
            "kind": "living",
            "fund": "RELIEF",
            "amount": "5000.00",
            "approved_on": story.today.isoformat(),
            "approved_by": str(story.people["supervisor"].id),
            "status": "approved",
            "settled_on": None,
        }

    def test_what_the_household_got_this_year_on_another_file_counts_here(self) -> None:
        story = noticed(LIVING)
        story.given_before = (Given("HA-2026-9", "living", Decimal("100.00"), story.today),)
        refusal = told(story, "supervisor", "approve")
        assert isinstance(refusal, NotMet)
        assert "HA-2026-9" in refusal.text.en
        assert "HA-2026-9" in refusal.text.zh
        for other in (
            Given("HA-2026-9", "study", Decimal("100.00"), story.today),
            Given("HA-2025-9", "living", Decimal("100.00"), date(story.today.year - 1, 12, 31)),
        ):
            story.given_before = (other,)
            story.as_it_stands().supervisor("approve")

    def test_a_fund_that_is_short_stops_the_approval(self) -> None:
        story = noticed(LIVING)
        story.funds = {"RELIEF": Fund("RELIEF", "帮扶资金", Decimal("4999.99"))}
        assert isinstance(told(story, "supervisor", "approve"), NotMet)
        story.funds = {"RELIEF": Fund("RELIEF", "帮扶资金", Decimal("5000.00"), {"living": Decimal("4999.99")})}
        assert isinstance(told(story, "supervisor", "approve"), NotMet)
        story.funds = {"RELIEF": Fund("RELIEF", "帮扶资金", Decimal("5000.00"), {"living": Decimal("5000.00")})}
        story.supervisor("approve")

    def test_what_is_more_than_the_owner_of_a_fund_allows_is_for_the_owner_to_approve(self) -> None:
        story = noticed(LIVING, STUDY)
        fund = story.funds["RELIEF"]

        def allowed(each: str | None, month: str | None, drawn: str = "0.00") -> Offer:
            at_a_time, a_month = (None if one is None else Decimal(one) for one in (each, month))
            level = Text("街道工会", "a street")
            allowance = Allowance(OWNER, level, at_a_time, a_month, Decimal(drawn), SET_BY_OWNER)
            story.funds = {"RELIEF": replace(fund, allowance=allowance)}
            return story.offered("supervisor")["approve"]

        # Ten thousand in one decision, though no kind of aid is more than five.
        for each, month, drawn in (("9999.99", None, "0"), ("0", None, "0"), (None, "10500.00", "500.01")):
            offer = allowed(each, month, drawn)
            assert not offer.allowed
            assert offer.because is not None
            assert OWNER.zh in offer.because.zh
            assert OWNER.en in offer.because.en
            assert isinstance(told(story, "supervisor", "approve"), NotMet)
        assert allowed("10000.00", "10500.00", "500.00").allowed
        assert allowed(None, None).allowed
        story.supervisor("approve")

    def test_aid_is_not_approved_without_the_household_s_own_account(self) -> None:
        story = noticed(LIVING, bank=None)
        assert isinstance(told(story, "supervisor", "approve"), NotMet)
        story.correct("caseworker", bank={"name": "示例银行", "account": "6222000000000000004"})
        story.supervisor("approve")

    def test_a_dossier_without_aid_needs_no_account(self) -> None:
        story = noticed(bank=None)
        move = story.supervisor("approve")
        assert (list(move.claims), story.case.facts["aid"]) == ([], [])

    def test_each_line_is_paid_or_returned_on_its_own(self) -> None:
        story = on_file(LIVING, STUDY)
        living, study = (UUID(line["line"]) for line in story.case.facts["aid"])
        move = story.caseworker("record_payment", line=str(study), on=story.today.isoformat())
        assert list(move.claims) == [Pay(study, story.today)]
        move = story.caseworker(
            "record_payment", line=str(living), result="returned", on=story.today.isoformat(), reason="户名不符"
        )
        assert list(move.claims) == [Return(living, story.today)]
        assert [line["status"] for line in story.case.facts["aid"]] == ["returned", "paid"]
        assert [line["settled_on"] for line in story.case.facts["aid"]] == [None, story.today.isoformat()]
        assert "户名不符" not in str(story.case.facts)

    def test_a_returned_payment_is_made_again_or_released(self) -> None:
        story = on_file(LIVING)
        [line] = story.case.facts["aid"]
        story.caseworker("record_payment", result="returned", reason="账号已注销")
        again = story.as_it_stands()
        again.caseworker("record_payment")
        assert again.case.facts["aid"][0]["status"] == "paid"
        move = story.supervisor("release_payment")
        assert list(move.claims) == [Release(UUID(line["line"]))]
        assert story.case.facts["aid"][0]["status"] == "released"

    def test_the_bank_s_refusal_has_a_reason(self) -> None:
        assert codes(told(on_file(), "caseworker", "record_payment", result="returned")) == ["reason_missing"]

    def test_what_is_paid_is_not_paid_again(self) -> None:
        story = on_file(LIVING, STUDY)
        [first, _] = story.case.facts["aid"]
        story.caseworker("record_payment", line=first["line"])
        assert isinstance(told(story, "caseworker", "record_payment", line=first["line"]), NotMet)
        story.caseworker("record_payment")
        for line in story.case.facts["aid"]:
            refusal = told(story, "caseworker", "record_payment", line=line["line"], result="paid", reason=None)
            assert isinstance(refusal, NotMet)

    def test_what_is_paid_may_still_come_back_but_not_before_it_was_paid(self) -> None:
        story = on_file(LIVING)
        [line] = story.case.facts["aid"]
        story.days_pass(2)
        story.caseworker("record_payment")
        early = (story.today - timedelta(days=1)).isoformat()
        assert isinstance(told(story, "caseworker", "record_payment", on=early), NotMet)
        assert isinstance(told(story, "supervisor", "record_payment"), NotMet)
        story.days_pass(3)
        move = story.caseworker("record_payment")
        assert list(move.claims) == [Return(UUID(line["line"]), story.today)]
        assert story.case.facts["aid"][0] | {"status": "returned", "settled_on": None} == story.case.facts["aid"][0]
        assert (story.clock("payment").generation, story.clock("payment").status) == (2, "running")
        story.days_pass(1)
        story.caseworker("record_payment")
        assert story.case.facts["aid"][0]["status"] == "paid"
        assert (story.clock("payment").generation, story.clock("payment").status) == (2, "met")

    def test_a_return_that_was_mistyped_is_corrected_and_the_payment_is_made(self) -> None:
        story = on_file(LIVING)
        [line] = story.case.facts["aid"]
        story.days_pass(2)
        story.caseworker("record_payment", result="returned", reason="误选")
        assert story.clock("payment").status == "running"
        story.days_pass(1)
        paid_on = (story.today - timedelta(days=1)).isoformat()
        move = story.caseworker("correct_payment", result="paid", on=paid_on, reason="结果误选，已到账")
        assert list(move.claims) == [Amend(UUID(line["line"]), "paid", date.fromisoformat(paid_on))]
        assert story.case.facts["aid"] == [line | {"status": "paid", "settled_on": paid_on}]
        assert (story.clock("payment").generation, story.clock("payment").status) == (1, "met")
        assert "结果误选" not in str(story.case.facts)

    def test_a_payment_that_was_recorded_as_paid_by_mistake_is_owed_as_before(self) -> None:
        story = on_file(LIVING)
        [line] = story.case.facts["aid"]
        story.days_pass(3)
        story.caseworker("record_payment")
        assert story.clock("payment").status == "met"
        # The bank had sent it back the day before the one that was mistyped.
        on = story.today - timedelta(days=1)
        move = story.caseworker("correct_payment", result="returned", on=on.isoformat())
        assert list(move.claims) == [Amend(UUID(line["line"]), "returned", on)]
        [owed] = story.case.facts["aid"]
        assert owed == line | {"status": "returned", "owed_again_at": owed["owed_again_at"]}
        assert (story.clock("payment").generation, story.clock("payment").status) == (2, "running")
        story.days_pass(2)
        story.caseworker("record_payment")
        assert story.case.facts["aid"][0]["status"] == "paid"
        assert (story.clock("payment").generation, story.clock("payment").status) == (2, "met")
        story.days_pass(1)
        story.caseworker("record_payment")
        assert story.case.facts["aid"][0]["came_back_on"] == story.today.isoformat()
        assert (story.clock("payment").generation, story.clock("payment").status) == (3, "running")

    def test_what_was_approved_recorded_and_corrected_on_one_day_is_owed_still(self) -> None:
        story = on_file(LIVING)
        story.caseworker("record_payment")
        assert story.clock("payment").status == "met"
        story.caseworker("correct_payment")
        assert (story.clock("payment").generation, story.clock("payment").status) == (2, "running")

    def test_a_payment_that_never_came_back_is_paid_as_if_nothing_had_come_back(self) -> None:
        story = on_file(LIVING)
        first = story.today.isoformat()
        story.caseworker("record_payment")
        story.days_pass(5)
        story.caseworker("record_payment")
        assert story.case.facts["aid"][0]["came_back_on"] == story.today.isoformat()
        story.caseworker("correct_payment", result="paid", on=first)
        [line] = story.case.facts["aid"]
        assert (line["status"], line["settled_on"], line["came_back_on"]) == ("paid", first, None)
        assert [run.status for run in story.case.clocks if run.name == "payment"] == ["met", "cancelled"]

    def test_a_mistyped_day_is_corrected_also_to_an_earlier_one(self) -> None:
        story = on_file(LIVING)
        story.days_pass(4)
        story.caseworker("record_payment")
        earlier = (story.today - timedelta(days=2)).isoformat()
        story.caseworker("correct_payment", result="paid", on=earlier)
        assert story.case.facts["aid"][0]["settled_on"] == earlier

    @pytest.mark.parametrize(
        ("given", "told_of"),
        [
            ({"result": "paid"}, "无需更正"),
            ({"result": "returned", "on": "2020-01-01"}, "早于批准"),
            ({"line": "00000000-0000-0000-0000-000000000000"}, "无可更正"),
        ],
    )
    def test_a_correction_puts_something_right(self, given: dict[str, str], told_of: str) -> None:
        story = on_file(LIVING)
        story.caseworker("record_payment")
        refusal = told(story, "caseworker", "correct_payment", **given)
        assert isinstance(refusal, NotMet)
        assert told_of in refusal.text.zh

    def test_a_correction_has_its_reason(self) -> None:
        story = on_file(LIVING)
        story.caseworker("record_payment")
        assert codes(told(story, "caseworker", "correct_payment", reason=None)) == ["required"]

    def test_nothing_is_corrected_that_was_not_recorded_or_is_released(self) -> None:
        story = on_file(LIVING)
        refusal = told(story, "caseworker", "correct_payment")
        assert isinstance(refusal, NotMet)
        assert story.offered("caseworker")["correct_payment"].because == refusal.text
        story.caseworker("record_payment", result="returned", reason="账号已注销")
        story.supervisor("release_payment")
        assert isinstance(told(story, "caseworker", "correct_payment", result="paid"), NotMet)

    def test_a_result_is_corrected_by_who_may_record_it(self) -> None:
        story = on_file(LIVING)
        story.caseworker("record_payment")
        assert isinstance(told(story, "supervisor", "correct_payment"), NotMet)
        story.caseworker("name_contact", to=str(story.people["caseworker"].id))
        assert "联系人" in told(story, "caseworker", "correct_payment").text.zh
        story.takes("colleague", "correct_payment")
        assert story.case.facts["aid"][0]["status"] == "returned"

    def test_whoever_approved_all_that_has_a_result_is_not_offered_to_correct_it(self) -> None:
        story = on_file(LIVING)
        story.caseworker("record_payment")
        story.caseworker("propose_aid", aid=[STUDY])
        the_notice_stands(story)
        story.takes("chief", "approve")
        offer = story.offered("supervisor")["correct_payment"]
        assert not offer.allowed
        assert offer.because is not None
        assert "均由您批准" in offer.because.zh
        assert story.offered("chief")["correct_payment"].allowed

    def test_whoever_approved_does_not_record_the_payment(self) -> None:
        story = on_file(LIVING)
        offer = story.offered("supervisor")["record_payment"]
        refusal = told(story, "supervisor", "record_payment")
        assert isinstance(refusal, NotMet)
        assert (offer.allowed, offer.because) == (False, refusal.text)
        story.takes("chief", "record_payment")
        assert story.case.facts["aid"][0]["status"] == "paid"

    def test_the_contact_person_does_not_record_the_payment_where_the_office_says_so(self) -> None:
        story = on_file(LIVING)
        story.caseworker("name_contact", to=str(story.people["caseworker"].id))
        refusal = told(story, "caseworker", "record_payment")
        assert isinstance(refusal, NotMet)
        assert "联系人" in refusal.text.zh
        assert story.offered("caseworker")["record_payment"].because == refusal.text
        story.takes("colleague", "record_payment")
        assert story.case.facts["aid"][0]["status"] == "paid"

    def test_where_the_office_lets_one_person_do_it_the_contact_person_records_it(self) -> None:
        story = asked(policy={"paid_by_another": "false"}).along((*PREPARED, ("caseworker", "propose")))
        story.caseworker("publish")
        the_notice_stands(story)
        story.supervisor("approve")
        story.caseworker("name_contact", to=str(story.people["caseworker"].id))
        story.caseworker("record_payment")
        assert story.case.facts["aid"][0]["status"] == "paid"

    def test_whoever_approved_one_payment_records_another_that_a_colleague_approved(self) -> None:
        story = on_file(LIVING)
        story.caseworker("propose_aid", aid=[STUDY])
        the_notice_stands(story)
        story.takes("chief", "approve")
        living, study = story.case.facts["aid"]
        assert living["approved_by"] != study["approved_by"]
        assert story.offered("supervisor")["record_payment"].allowed
        assert isinstance(told(story, "supervisor", "record_payment", line=living["line"]), NotMet)
        story.supervisor("record_payment")
        assert [line["status"] for line in story.case.facts["aid"]] == ["approved", "paid"]
        story.takes("chief", "record_payment")
        assert [line["status"] for line in story.case.facts["aid"]] == ["paid", "paid"]

    def test_where_the_office_lets_the_approver_pay_every_payment_is_open_to_him(self) -> None:
        story = on_file(LIVING, policy={"paid_by_another": "false"})
        story.supervisor("record_payment")
        assert story.case.facts["aid"][0]["status"] == "paid"

    def test_the_cashier_records_a_payment_of_a_colleagues_case_who_goes_on_owning_it(self) -> None:
        story = on_file(LIVING)
        assert story.case.owner is not None
        assert story.case.owner.username == "caseworker"
        assert isinstance(told(story, "colleague", "name_contact"), NotNow)
        story.takes("colleague", "record_payment")
        assert story.case.owner.username == "caseworker"

    def test_no_payment_is_older_than_its_approval(self) -> None:
        story = on_file(LIVING)
        before = (story.today - timedelta(days=1)).isoformat()
        assert isinstance(told(story, "caseworker", "record_payment", on=before), NotMet)

    def test_payments_can_be_recorded_wherever_the_case_stands(self) -> None:
        edge = next(edge for edge in WORKFLOW.transitions if edge.name == "record_payment")
        assert set(edge.sources) == set(WORKFLOW.by_state)

    def test_a_file_is_not_closed_over_money_on_its_way(self) -> None:
        story = on_file(LIVING)
        for who, name in (("supervisor", "strike_off"), ("caseworker", "record_death")):
            assert isinstance(told(story, who, name), NotMet)
        story.supervisor("release_payment")
        story.caseworker("record_death")
        assert (story.case.state, story.case.outcome) == ("closed", "died")
        assert story.letters.keys() == {"announced", "approved", "payment_released"}

    def test_the_payment_clock_runs_from_the_approval_to_the_last_line(self) -> None:
        story = on_file(LIVING, STUDY)
        story.days_pass(1)
        pay(story)
        assert story.clock("payment").status == "running"
        story.days_pass(1)
        pay(story)
        assert (story.clock("payment").generation, story.clock("payment").status) == (1, "met")

    def test_a_later_approval_starts_it_anew(self) -> None:
        story = on_file(LIVING)
        pay(story)
        story.caseworker("propose_aid", aid=[STUDY])
        the_notice_stands(story)
        story.supervisor("approve")
        assert [run.status for run in story.case.clocks if run.name == "payment"] == ["met", "running"]


class TestEmergency:
    """Aid first, papers after, once, and only up to the office's cap."""

    @pytest.fixture
    def awaiting(self) -> Story:
        return asked().along((("caseworker", "ask_for_papers"),))

    def test_a_supervisor_helps_before_the_papers_are_there(self, awaiting: Story) -> None:
        version = awaiting.case.version
        move = awaiting.supervisor("help_at_once", amount="2000.00")
        line = uuid5(awaiting.case.id, f"{version}/0")
        assert list(move.claims) == [Reserve(line, "RELIEF", "emergency", Decimal("2000.00"), awaiting.today)]
        assert awaiting.case.state == "awaiting_papers"
        assert "2,000.00" in awaiting.letters["helped_at_once"]["zh-CN"]["body"]
        awaiting.caseworker("record_payment")
        assert awaiting.case.facts["aid"][0]["status"] == "paid"

    def test_not_above_the_cap(self, awaiting: Story) -> None:
        assert "2000" in told(awaiting, "supervisor", "help_at_once", amount="2000.01").text.zh

    def test_not_after_it_was_given_on_another_file_this_year(self, awaiting: Story) -> None:
        awaiting.given_before = (Given("HA-2026-9", "emergency", Decimal("100.00"), awaiting.today),)
        assert not awaiting.offered("supervisor")["help_at_once"].allowed
        assert "another file" in told(awaiting, "supervisor", "help_at_once").text.en
        awaiting.given_before = (Given("HA-2025-9", "emergency", Decimal("100.00"), date(2025, 12, 31)),)
        awaiting.supervisor("help_at_once")

    def test_only_once(self, awaiting: Story) -> None:
        awaiting.supervisor("help_at_once")
        assert isinstance(told(awaiting, "supervisor", "help_at_once"), NotMet)

    def test_a_caseworker_does_not_give_it(self, awaiting: Story) -> None:
        assert isinstance(told(awaiting, "caseworker", "help_at_once"), NotYours)

    def test_the_papers_are_due_from_the_end_of_the_emergency_and_stop_the_proposal(self) -> None:
        story = prepared()
        story.supervisor("help_at_once")
        story.days_pass(7)
        assert story.case.clock("making_up") is None
        assert isinstance(told(story, "caseworker", "propose", aid=None), NotMet)
        story.caseworker("end_emergency")
        assert last_day(story, "making_up") == "2026-09-28"
        assert isinstance(told(story, "caseworker", "propose", aid=None), NotMet)
        story.caseworker("make_up_papers", papers=[{"name": "事故证明", "copies": 1}])
        assert {"name": OTHER_PAPER, "copies": 1} in story.case.facts["papers"]
        assert story.clock("making_up").status == "met"
        assert isinstance(told(story, "caseworker", "make_up_papers"), NotMet)
        story.caseworker("propose", aid=None)

    def test_without_a_cap_there_is_none(self) -> None:
        story = asked(policy={"emergency_cap": None})
        assert not story.offered("supervisor")["help_at_once"].allowed

    def test_it_counts_as_income_of_the_year(self) -> None:
        story = prepared(household={"annual_income": "68000.00"})
        story.supervisor("help_at_once", amount="500.00")
        story.caseworker("make_up_papers")
        assert isinstance(told(story, "caseworker", "propose", ground=None, aid=[STUDY]), NotMet)

    def test_it_can_still_be_settled_after_the_request_was_withdrawn(self, awaiting: Story) -> None:
        awaiting.supervisor("help_at_once")
        awaiting.applicant("withdraw")
        awaiting.caseworker("record_payment")
        assert (awaiting.case.state, awaiting.case.outcome) == ("withdrawn", "withdrawn")
        assert awaiting.case.facts["aid"][0]["status"] == "paid"

    def test_money_on_its_way_keeps_its_clock_when_the_case_is_closed(self, awaiting: Story) -> None:
        awaiting.supervisor("help_at_once")
        awaiting.applicant("withdraw")
        assert awaiting.clock("payment").status == "running"
        awaiting.caseworker("record_payment")
        assert (awaiting.clock("payment").generation, awaiting.clock("payment").status) == (1, "met")


class TestOnFile:
    """One contact, a visit every half-year, a verification every year."""

    def test_a_visit_needs_a_contact_and_starts_the_half_year_anew(self) -> None:
        story = on_file()
        assert isinstance(told(story, "caseworker", "record_contact"), NotMet)
        story.caseworker("name_contact")
        story.days_pass(100)
        story.caseworker("record_contact")
        assert [run.status for run in story.case.clocks if run.name == "contact"] == ["met", "running"]

    def test_further_aid_does_not_give_the_visit_more_time(self) -> None:
        story = on_file()
        due = story.clock("contact").due
        story.days_pass(30)
        story.caseworker("propose_aid", aid=[STUDY])
        assert story.clock("contact").due == due

    def test_the_yearly_verification_takes_new_figures_and_no_old_papers(self) -> None:
        story = on_file()
        papers = story.case.facts["papers"]
        story.days_pass(200)
        story.caseworker("reverify", household=RELATIVE)
        assert story.case.facts["lower_category"]["category"] == "relative"
        assert story.case.facts["household"]["rigid_expenses"] == "10000.00"
        assert story.case.facts["papers"] == papers
        assert [run.status for run in story.case.clocks if run.name == "verification"] == ["met", "running"]
        story.correct("caseworker", reason="核对", students=2)
        assert story.case.facts["lower_category"]["category"] == "relative"

    def test_who_is_no_longer_poor_must_leave_but_not_by_itself(self) -> None:
        story = on_file()
        story.days_pass(120)
        story.caseworker("reverify", household=NOT_POOR)
        assert story.case.state == "active"
        assert story.case.facts["verification"]["in_hardship"] is False
        assert not story.offered("caseworker")["propose_aid"].allowed
        assert story.clock("exit_due").status == "running"
        story.caseworker("propose_exit", kind="out_of_hardship")
        assert story.clock("exit_due").status == "met"

    def test_a_person_may_find_otherwise_than_the_figures(self) -> None:
        story = on_file()
        assert isinstance(told(story, "caseworker", "reverify", household=NOT_POOR, category="relative"), NotMet)
        story.caseworker("reverify", household=NOT_POOR, category="relative", ground="上月起全家停薪")
        assert story.case.facts["verification"]["in_hardship"] is True
        assert story.case.facts["lower_category"]["on_ground"] is True
        story.caseworker("reverify", household=RELATIVE)
        assert story.case.facts["lower_category"]["on_ground"] is False

    def test_the_household_declares_the_new_figures_true(self) -> None:
        story = on_file()
        assert isinstance(told(story, "caseworker", "reverify", household={**RELATIVE, "declared_true": None}), NotMet)

    def test_a_household_is_no_smaller_than_its_members(self) -> None:
        assert isinstance(told(on_file(), "caseworker", "reverify", household={**RELATIVE, "size": 2}), NotMet)

    def test_a_reported_change_is_looked_into(self) -> None:
        story = on_file()
        story.applicant("report_change", kind="income", description="找到新工作")
        assert story.clock("change").status == "running"
        assert "找到新工作" not in str(story.case.facts)
        story.days_pass(2)
        story.caseworker("reverify", household=RELATIVE)
        assert story.clock("change").status == "met"

    def test_a_second_report_does_not_give_the_first_more_time(self) -> None:
        story = on_file()
        story.applicant("report_change", kind="income")
        due = story.clock("change").due
        story.days_pass(29)
        story.caseworker("report_change", kind="other")
        assert (story.clock("change").generation, story.clock("change").due) == (1, due)
        story.caseworker("reverify", household=RELATIVE)
        story.days_pass(1)
        story.applicant("report_change", kind="job")
        assert [run.status for run in story.case.clocks if run.name == "change"] == ["met", "running"]

    def test_a_change_during_the_watch_is_looked_into_as_well(self) -> None:
        story = left()
        story.applicant("report_change", kind="income")
        assert story.clock("change").status == "running"
        story.caseworker("name_contact")
        story.days_pass(1)
        story.caseworker("record_contact")
        assert story.clock("change").status == "met"

    def test_twenty_reports_wait_for_a_look_and_no_more(self) -> None:
        story = on_file()
        for _ in range(20):
            story.applicant("report_change")
        assert isinstance(told(story, "applicant", "report_change"), NotMet)
        assert len([run for run in story.case.clocks if run.name == "change"]) == 1
        story.days_pass(1)
        story.caseworker("reverify", household=RELATIVE)
        story.days_pass(1)
        story.applicant("report_change")

    def test_no_more_papers_come_in_than_a_correction_takes(self) -> None:
        story = on_file()
        held = len(story.case.facts["papers"])
        papers = [{"name": f"票据（{number}）", "copies": 1} for number in range(101 - held)]
        assert "更正" in told(story, "caseworker", "reverify", household=RELATIVE, papers=papers).text.zh
        story.caseworker("reverify", household=RELATIVE, papers=papers[1:])
        story.correct("caseworker", reason="核对", students=2)

    def test_papers_asked_for_do_not_overfill_the_file_either(self) -> None:
        story = asked()
        story.caseworker("ask_for_papers")
        papers = [{"name": f"票据（{number}）", "copies": 1} for number in range(100)]
        assert isinstance(told(story, "applicant", "supply_papers", papers=papers), NotMet)

    def test_only_who_was_helped_rates_the_help(self) -> None:
        story = on_file()
        assert isinstance(told(story, "applicant", "rate"), NotMet)
        pay(story)
        story.applicant("rate", rating=4)
        assert story.case.taken["rate"].given["rating"] == 4


class TestTheDaysOfEachStep:
    """How long the office has for each step, from Monday 2 November 2026 on."""

    def test_from_the_request_to_the_proposal(self) -> None:
        story = asked("2026-11-02 09:00")
        assert last_day(story, "acceptance") == "2026-11-09"
        story.along(PREPARED[:3])
        assert (last_day(story, "review"), last_day(story, "check")) == ("2026-11-30", "2026-11-30")
        story.caseworker("ask_for_papers")
        assert last_day(story, "papers") == "2026-11-16"
        assert story.clock("papers").owed_by == "applicant"

    def test_to_approve_to_pay_to_visit_and_to_verify(self) -> None:
        story = noticed(LIVING, at="2026-11-02 09:00")  # the notice has stood until the end of 9 November
        assert last_day(story, "approval") == "2026-11-24"
        story.supervisor("approve")
        assert last_day(story, "payment") == "2026-11-24"
        assert last_day(story, "contact") == "2027-05-10"
        assert last_day(story, "verification") == "2027-11-10"
        story.applicant("report_change")
        assert last_day(story, "change") == "2026-12-10"

    def test_to_propose_to_hear_and_to_publish_an_exit(self) -> None:
        story = on_file(STUDY, at="2026-11-02 09:00")
        pay(story)
        story.caseworker("reverify", household=NOT_POOR)
        assert last_day(story, "exit_due") == "2026-12-01"
        story.caseworker("propose_exit", kind="out_of_hardship")
        assert last_day(story, "hearing") == "2026-11-24"
        story.caseworker("record_hearing")
        assert last_day(story, "exit") == "2026-11-24"

    def test_to_review_an_objection(self) -> None:
        story = prepared(at="2026-11-02 09:00")
        story.caseworker("propose_refusal")
        story.supervisor("refuse")
        story.applicant("object")
        assert last_day(story, "objection_review") == "2026-12-02"


class TestTheExit:
    """Heard before the cut, on notice, approved by another, told with reasons, and watched for six months."""

    def test_the_person_is_invited_with_the_reasons(self) -> None:
        story = on_file()
        story.caseworker(
            "propose_exit", kind="out_of_hardship", reasons="人均收入已超过标准", hearing_at="九月三十日上午，帮扶中心"
        )
        letter = story.letters["exit_hearing"]["zh-CN"]["body"]
        assert "人均收入已超过标准" in letter
        assert "九月三十日上午" in letter
        assert "第四十八条" in letter

    def test_nobody_leaves_unheard(self) -> None:
        story = on_file()
        story.caseworker("propose_exit", kind="out_of_hardship")
        assert isinstance(told(story, "caseworker", "publish_exit"), NotNow)
        story.put("exit_proposed")
        assert isinstance(told(story, "caseworker", "publish_exit"), NotMet)
        story.put("awaiting_exit_approval")
        assert isinstance(told(story, "chief", "approve_exit"), NotMet)

    def test_who_does_not_come_was_given_the_time_to(self) -> None:
        story = on_file()
        story.caseworker("propose_exit", kind="lost_contact")
        away: dict[str, Any] = {"how": "absent", "statement": None, "served_on": story.today.isoformat()}
        assert isinstance(told(story, "caseworker", "record_hearing", **away), NotMet)
        story.days_pass(20)
        story.caseworker("record_hearing", **away)
        assert story.case.state == "exit_proposed"

    @pytest.mark.parametrize("step", ["record_hearing", "record_cut_hearing"])
    def test_the_time_to_appear_runs_from_the_receipt_of_the_invitation(self, step: str) -> None:
        story = on_file()
        sent = (story.today - timedelta(days=1)).isoformat()
        if step == "record_hearing":
            story.caseworker("propose_exit", kind="lost_contact")
        else:
            story.caseworker("propose_cut", what="strike_off", line=None)
        story.days_pass(20)
        away: dict[str, Any] = {"how": "absent", "statement": None}
        assert codes(told(story, "caseworker", step, **away, served_on=None)) == ["service_missing"]
        assert "早于" in told(story, "caseworker", step, **away, served_on=sent).text.zh
        came = story.today.isoformat()
        assert "等候" in told(story, "caseworker", step, **away, served_on=came).text.zh
        story.days_pass(20)
        story.caseworker(step, **away, served_on=came)

    def test_what_the_person_says_may_convince(self) -> None:
        story = leaving()
        story.caseworker("drop_exit")
        assert (story.case.state, story.case.facts["exit"]) == ("active", None)
        assert "exit_denied" in story.letters

    def test_who_asks_to_leave_needs_no_hearing(self) -> None:
        story = on_file()
        story.applicant("leave")
        story.caseworker("publish_exit")
        assert story.case.facts["notice"]["exit"] == {"zh-CN": "脱困", "en": "out of hardship"}
        the_notice_stands(story)
        story.supervisor("approve_exit")
        assert story.case.state == "watching"

    def test_the_receipt_of_a_request_to_leave_says_how_to_take_it_back(self) -> None:
        story = on_file()
        story.applicant("leave")
        assert "改变主意" in story.letters["leaving"]["zh-CN"]["body"]
        story.caseworker("drop_exit")
        assert story.case.state == "active"

    def test_staff_record_a_request_to_leave_by_its_signature_only(self) -> None:
        story = on_file()
        assert "书面申请" in told(story, "caseworker", "leave", signed_on=None).text.zh
        story.caseworker("leave")
        assert story.case.taken["leave"].given["signed_on"] == story.today.isoformat()

    def test_who_records_a_request_to_leave_does_not_approve_the_exit(self) -> None:
        story = on_file()
        story.supervisor("leave")
        story.caseworker("publish_exit")
        the_notice_stands(story)
        assert isinstance(told(story, "supervisor", "approve_exit"), NotMet)
        story.takes("chief", "approve_exit")

    @pytest.mark.parametrize(
        ("how", "zh", "en"),
        [
            ("own", "应您本人申请", "at your own request"),
            ("in_person", "经听取您的意见", "you were heard"),
            ("absent", "未到场也未答复", "neither came nor answered"),
        ],
    )
    def test_the_decision_says_how_the_person_was_heard(self, how: str, zh: str, en: str) -> None:
        story = on_file()
        if how == "own":
            story.applicant("leave")
        else:
            story.caseworker("propose_exit", kind="out_of_hardship")
            invited = story.today.isoformat()
            story.days_pass(10)
            story.caseworker("record_hearing", how=how, served_on=invited)
        story.caseworker("publish_exit")
        the_notice_stands(story)
        story.supervisor("approve_exit")
        letter = story.letters["exit_notice"]
        assert zh in letter["zh-CN"]["body"]
        assert en in letter["en"]["body"]
        assert ("heard" in letter["en"]["body"]) == (how != "own")

    def test_without_consent_the_exit_is_published_without_the_name(self) -> None:
        story = leaving()
        story.correct("caseworker", reason="本人撤回同意", consent_to_publish=None)
        story.caseworker("publish_exit")
        assert story.case.facts["notice"]["name"] == {"zh-CN": "（未同意公开姓名）", "en": "(the name is not public)"}

    def test_the_proposer_does_not_approve_the_exit(self) -> None:
        story = on_file(STUDY)
        story.supervisor("propose_exit", kind="out_of_hardship", reason="经办人请假")
        story.along((("caseworker", "record_hearing"), ("caseworker", "publish_exit")))
        the_notice_stands(story)
        assert isinstance(told(story, "supervisor", "approve_exit"), NotMet)
        story.takes("chief", "approve_exit")

    def test_a_street_does_not_approve_an_exit(self) -> None:
        story = asked(region=STREET).along((*PREPARED, ("caseworker", "propose"), ("caseworker", "publish")))
        the_notice_stands(story)
        story.supervisor("endorse")
        story.takes("superior", "approve")
        story.caseworker("propose_exit", kind="out_of_hardship")
        story.along((("caseworker", "record_hearing"), ("caseworker", "publish_exit")))
        the_notice_stands(story)
        assert isinstance(told(story, "supervisor", "approve_exit"), NotMet)
        story.takes("superior", "approve_exit")
        assert story.case.state == "watching"

    def test_the_decision_tells_reasons_and_remedies(self) -> None:
        story = leaving()
        story.caseworker("publish_exit")
        the_notice_stands(story)
        story.supervisor("approve_exit", reasons="家庭收入稳定超过标准")
        letter = story.letters["exit_notice"]
        assert "家庭收入稳定超过标准" in letter["zh-CN"]["body"]
        assert "自收到本决定书之日起六十日内" in letter["zh-CN"]["body"]
        assert "Within 60 days" in letter["en"]["body"]

    def test_a_supervisor_may_keep_the_household_on_file(self) -> None:
        story = leaving()
        story.caseworker("publish_exit")
        the_notice_stands(story)
        story.supervisor("deny_exit")
        assert (story.case.state, story.case.facts["exit"], story.case.facts["notice"]) == ("active", None, None)

    def test_the_watch_lasts_six_months_and_needs_a_visit(self) -> None:
        story = left()
        story.publish(2027)
        due = story.clock("watch").due
        assert due is not None
        story.caseworker("name_contact")
        story.now = due.at - timedelta(seconds=1)
        assert isinstance(told(story, "caseworker", "close_watch"), NotMet)
        story.caseworker("record_contact")
        assert str(due.on) in told(story, "caseworker", "close_watch").text.zh
        story.now = due.at
        story.caseworker("close_watch")
        assert (story.case.state, story.case.outcome) == ("closed", "exited")

    def test_who_falls_back_into_hardship_is_taken_up_again_at_once(self) -> None:
        story = left()
        story.days_pass(40)
        story.caseworker("fall_back")
        assert (story.case.state, story.case.facts["dossier_kind"]) == ("under_review", "returned")
        assert isinstance(told(story, "caseworker", "propose"), NotMet)
        assert story.clock("visit").status == "running"
        story.along((*PREPARED[1:], ("caseworker", "propose"), ("caseworker", "publish")))
        the_notice_stands(story)
        story.supervisor("approve")
        assert (story.case.state, story.case.facts["on_file_since"]) == ("active", story.today.isoformat())

    def test_an_earlier_exit_does_not_answer_a_later_verification(self) -> None:
        story = leaving()
        story.caseworker("publish_exit")
        the_notice_stands(story)
        story.supervisor("approve_exit")
        story.applicant("object")
        story.takes("superior", "overturn")
        story.days_pass(90)
        story.caseworker("reverify", household=NOT_POOR)
        assert story.clock("exit_due").status == "running"

    def test_an_objection_to_the_exit_is_reviewed_by_another_and_stops_the_watch(self) -> None:
        story = left()
        story.applicant("object")
        assert story.clock("watch").status == "paused"
        assert isinstance(told(story, "supervisor", "overturn"), NotMet)
        kept = story.as_it_stands()
        kept.takes("superior", "uphold")
        assert (kept.case.state, kept.clock("watch").status) == ("watching", "running")
        story.takes("superior", "overturn")
        assert (story.case.state, story.case.facts["exit"]) == ("active", None)

    def test_an_exit_is_reviewed_once(self) -> None:
        story = left()
        story.applicant("object")
        story.takes("superior", "uphold")
        assert isinstance(told(story, "applicant", "object"), NotMet)
        assert story.clock("watch").status == "running"

    def test_a_cancellation_that_is_overturned_puts_the_household_back_on_file(self) -> None:
        story = leaving("cancelled")
        story.along((("caseworker", "submit_cancellation"), ("supervisor", "cancel"), ("applicant", "object")))
        assert isinstance(told(story, "supervisor", "overturn"), NotMet)
        kept = story.as_it_stands()
        kept.takes("superior", "uphold")
        assert (kept.case.state, kept.case.outcome) == ("upheld", "upheld")
        story.takes("superior", "overturn")
        assert (story.case.state, story.case.outcome, story.case.closed_at) == ("active", None, None)
        assert [story.clock(name).status for name in ("contact", "verification")] == ["running", "running"]

    def test_who_was_struck_off_may_object_as_the_letter_says(self) -> None:
        story = on_file()
        pay(story)
        story.supervisor("strike_off", kind="moved_away")
        assert "自收到本决定书之日起六十日内" in story.letters["struck_off"]["zh-CN"]["body"]
        late = story.as_it_stands()
        late.caseworker("record_service", on=str(late.today))
        late.days_pass(65)
        assert isinstance(told(late, "applicant", "object"), NotMet)
        story.days_pass(65)
        story.applicant("object")
        assert isinstance(told(story, "supervisor", "overturn"), NotMet)
        story.takes("superior", "overturn")
        assert story.case.state == "active"

    def test_who_was_not_struck_off_has_nothing_to_object_to_at_the_end(self) -> None:
        story = on_file()
        pay(story)
        story.caseworker("record_death")
        assert isinstance(told(story, "caseworker", "object"), NotMet)

    def test_a_cancellation_for_untruth_is_heard_decided_by_another_and_not_published(self) -> None:
        story = leaving("cancelled")
        assert isinstance(told(story, "caseworker", "publish_exit"), NotMet)
        story.caseworker("submit_cancellation")
        assert isinstance(told(story, "supervisor", "approve_exit"), NotMet)
        story.supervisor("cancel")
        assert (story.case.state, story.case.outcome) == ("cancelled", "cancelled")
        assert "申报不实" in story.letters["cancelled"]["zh-CN"]["body"]

    def test_an_exit_is_no_cancellation(self) -> None:
        story = leaving()
        assert isinstance(told(story, "caseworker", "submit_cancellation"), NotMet)

    @pytest.mark.parametrize("kind", ["retired", "moved_away"])
    def test_who_retires_or_moves_away_is_struck_off_in_writing(self, kind: str) -> None:
        story = on_file()
        pay(story)
        story.supervisor("strike_off", kind=kind)
        assert (story.case.state, story.case.outcome) == ("closed", kind)
        assert "struck_off" in story.letters

    def test_the_dead_are_neither_heard_nor_written_to(self) -> None:
        assert {edge.letter for edge in WORKFLOW.transitions if edge.name == "record_death"} == {()}
        for state in OPEN:
            assert WORKFLOW.edge("record_death", state) is not None


class TestRefusals:
    """In writing, with reasons, and open to an objection that another reviews."""

    @pytest.fixture
    def refused(self) -> Story:
        story = prepared(exclusions=["two_homes"])
        story.caseworker("propose_refusal", ground="excluded")
        story.supervisor("refuse", ground="excluded", reasons="登记有两套住房")
        return story

    def test_the_letter_tells_ground_reasons_and_remedies(self, refused: Story) -> None:
        assert (refused.case.state, refused.case.outcome) == ("refused", "refused")
        letter = refused.letters["refused"]["zh-CN"]["body"]
        assert REFUSAL_GROUNDS["excluded"].zh in letter
        assert "登记有两套住房" in letter
        assert "第四十五条" in letter
        assert "自收到本决定书之日起六十日内" in letter

    def test_a_proposed_refusal_cannot_be_approved(self) -> None:
        story = prepared()
        story.caseworker("propose_refusal")
        assert isinstance(told(story, "supervisor", "approve"), NotMet)

    def test_who_proposed_the_refusal_does_not_decide_it(self) -> None:
        story = prepared()
        story.supervisor("propose_refusal", reason="代办")
        assert isinstance(told(story, "supervisor", "refuse"), NotMet)
        story.takes("chief", "refuse")

    def test_an_objection_is_reviewed_one_level_above_the_union_that_decided(self) -> None:
        for who in ("supervisor", "chief"):
            story = prepared()
            story.caseworker("propose_refusal")
            story.takes(who, "refuse")
            story.applicant("object")
            for other in ("supervisor", "chief"):
                assert "上一级工会" in told(story, other, "uphold").text.zh
            story.takes("superior", "uphold")

    def test_where_the_union_above_decided_its_own_superior_reviews(self) -> None:
        story = prepared()
        story.caseworker("propose_refusal")
        story.takes("superior", "refuse")
        story.applicant("object")
        for who in ("supervisor", "chief", "superior"):
            assert "上一级工会" in told(story, who, "uphold").text.zh
        at_home_in(story, "chief", "370000/")
        story.takes("chief", "uphold")

    def test_where_nobody_supervises_above_another_supervisor_reviews(self) -> None:
        story = prepared()
        story.caseworker("propose_refusal")
        story.supervisor("refuse")
        story.unsupervised = frozenset({"370000", "371000"})
        story.applicant("object")
        assert isinstance(told(story, "supervisor", "uphold"), NotMet)
        story.takes("chief", "uphold")

    def test_an_objection_is_reviewed_by_another(self, refused: Story) -> None:
        refused.applicant("object")
        assert isinstance(told(refused, "supervisor", "overturn"), NotMet)
        kept = refused.as_it_stands()
        kept.takes("superior", "uphold")
        assert (kept.case.state, kept.case.outcome) == ("upheld", "upheld")
        refused.takes("superior", "overturn")
        assert (refused.case.state, refused.case.closed_at) == ("under_review", None)

    def test_what_was_published_before_a_refusal_that_falls_counts_no_more(self) -> None:
        story = noticed(LIVING)
        story.supervisor("refuse")
        story.applicant("object")
        story.takes("superior", "overturn")
        assert (story.case.state, story.case.facts["notice"]) == ("under_review", None)

    def test_the_time_to_object_has_not_begun_while_nobody_knows_that_the_letter_came(self, refused: Story) -> None:
        refused.days_pass(400)
        assert refused.offered("applicant")["object"].allowed

    def test_the_time_to_object_counts_from_the_day_that_the_applicant_says(self, refused: Story) -> None:
        refused.days_pass(20)
        refused.applicant("tell_receipt", on=str(refused.today))
        refused.days_pass(60)
        assert refused.offered("applicant")["object"].allowed
        refused.days_pass(5)
        assert isinstance(told(refused, "applicant", "object"), NotMet)

    def test_the_time_to_object_counts_from_the_service_once_it_is_recorded(self, refused: Story) -> None:
        refused.days_pass(20)
        refused.caseworker("record_service", on=str(refused.today), how="in_person")
        assert (refused.case.state, refused.case.outcome) == ("refused", "refused")
        refused.days_pass(60)
        assert refused.offered("applicant")["object"].allowed
        refused.days_pass(5)
        assert isinstance(told(refused, "applicant", "object"), NotMet)

    def test_the_applicant_withdraws_until_the_decision(self) -> None:
        story = noticed()
        story.applicant("withdraw")
        assert (story.case.state, story.case.outcome) == ("withdrawn", "withdrawn")
        assert isinstance(told(on_file(), "applicant", "withdraw"), NotNow)

    def test_a_withdrawal_is_confirmed_and_says_what_to_do_if_nobody_asked_for_it(self) -> None:
        story = asked()
        assert "reason" in told(story, "caseworker", "withdraw", reason=None).text.zh
        silent = story.as_it_stands()
        silent.applicant("withdraw", reason=None)
        assert silent.case.state == "withdrawn"
        story.caseworker("withdraw", reason="申请人来电提出")
        assert "没有提出撤回" in story.letters["withdrawn"]["zh-CN"]["body"]
        assert "经核实确非您本人意愿的，我们将恢复办理。" in story.letters["withdrawn"]["zh-CN"]["body"]
        assert "it was not your will, we take the request up again" in story.letters["withdrawn"]["en"]["body"]


class TestLetters:
    """In both languages, neutral, and without what nobody else may read."""

    def test_a_switched_off_limit_leaves_no_trace_in_the_letter(self) -> None:
        story = asked(policy={"papers": "none", "making_up": "none"})
        story.caseworker("ask_for_papers")
        story.supervisor("help_at_once")
        asking, helping = story.letters["papers_needed"], story.letters["helped_at_once"]
        assert "请尽快提交" in asking["zh-CN"]["body"]
        assert not [word for word in ("逾期", "含当日") if word in asking["zh-CN"]["body"]]
        assert "withdrawn" not in asking["en"]["body"]
        assert "尽快将有关材料交本工会" in helping["zh-CN"]["body"]
        assert "含当日" not in helping["zh-CN"]["body"]

    def test_no_letter_holds_a_secret_and_every_blank_is_filled(self) -> None:
        seen: dict[str, dict[str, dict[str, str]]] = {}
        for story in every_road():
            secrets = [value for value in story.sealed.values() if isinstance(value, str) and len(value) > 6]
            for name, letter in story.letters.items():
                seen[name] = letter
                for language in LANGUAGES:
                    body = letter[language]["body"]
                    assert not [secret for secret in secrets if secret in body], name
                    assert "{" not in body
                    assert "None" not in body
        assert seen.keys() == {letter.name for letter in LETTERS}


def every_road() -> list[Story]:
    """Stories that between them send every letter."""
    lapsed = asked()
    lapsed.caseworker("confirm_papers")
    lapsed.applicant("request_data")
    lapsed.caseworker("answer_data_request", done=None)
    lapsed.caseworker("ask_for_papers")
    lapsed.supervisor("help_at_once")
    lapsed.caseworker("end_emergency")
    due = lapsed.clock("papers").due
    assert due is not None
    lapsed.now = due.at
    lapsed.time("lapse")
    back = left()
    back.caseworker("fall_back")
    kept = leaving()
    kept.caseworker("drop_exit")
    struck = on_file()
    pay(struck)
    struck.supervisor("strike_off")
    struck.caseworker("propose_cut")
    struck.caseworker("record_cut_hearing")
    struck.supervisor("demand_repayment")
    struck.caseworker("record_repayment")
    struck.takes("chief", "lift_repayment")
    struck.supervisor("give_back")
    cancelled = leaving("cancelled")
    cancelled.caseworker("submit_cancellation")
    cancelled.supervisor("cancel")
    cancelled.supervisor("demand_repayment")
    cancelled.takes("colleague", "record_repayment")
    cancelled.applicant("object")
    upheld = cancelled.as_it_stands()
    upheld.takes("superior", "uphold")
    cancelled.takes("superior", "overturn")
    no_more, more = further(), further()
    no_more.supervisor("refuse")
    more.supervisor("approve")
    refused = prepared()
    refused.caseworker("propose_refusal")
    refused.supervisor("refuse")
    lower = found_lower()
    lower.caseworker("record_cut_hearing")
    spared = lower.as_it_stands()
    spared.caseworker("drop_cut")
    lower.supervisor("lower_category")
    lower.supervisor("release_payment")
    watched = left()
    watched.caseworker("name_contact")
    watched.caseworker("record_contact")
    watched.publish(2027)
    watched.days_pass(190)
    watched.caseworker("close_watch")
    once = noticed({"kind": "temporary", "amount": "1000.00", "fund": "RELIEF"}, category=None)
    once.supervisor("help_once")
    withdrawn, going = asked(), on_file()
    withdrawn.applicant("withdraw")
    going.applicant("leave")
    return [
        lapsed,
        withdrawn,
        going,
        back,
        kept,
        struck,
        cancelled,
        upheld,
        no_more,
        more,
        refused,
        lower,
        spared,
        once,
    ]


def found_lower() -> Story:
    """A household in deep hardship that a verification has found in relative hardship, and that is invited."""
    story = on_file(LIVING)
    story.days_pass(200)
    story.caseworker("reverify", household=RELATIVE)
    story.caseworker("propose_cut", what="lower_category", line=None)
    return story


def further() -> Story:
    """A household on file for which more aid has stood on notice."""
    story = on_file(STUDY)
    story.caseworker("propose_aid", aid=[{**LIVING, "amount": "1000.00"}])
    return the_notice_stands(story)


def reserves(move: Move) -> list[Reserve]:
    """What a move reserves."""
    return [claim for claim in move.claims if isinstance(claim, Reserve)]
