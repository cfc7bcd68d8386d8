"""Who could take a case, and why not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from casework.matching import conflicts
from casework.matching.candidates import WEIGHTS, Candidate, Helper, Need, candidates
from casework.matching.conflicts import Party, PastCase
from casework.matching.profiles import Absence, Profile, Relation
from casework.rules.people import Person, Role
from casework.rules.text import Text

TODAY = date(2026, 11, 30)
EVEN = dict.fromkeys(WEIGHTS, Decimal(10))
RECIPIENT = Party("recipient", "person", "王晓明")
EMPLOYER = Party("opponent", "organisation", "山东华茂服装有限公司", "91371502MC6490438N")
NEED = Need("wages", Text("拖欠工资", "unpaid wages"), "370102", (RECIPIENT, EMPLOYER))


def helper(username: str = "li", name: str = "李律", region: str = "370102", **more: Any) -> Helper:
    profile = more.pop("profile", Profile())
    return Helper(Person(UUID(int=len(username)), username, name, Role.LAWYER, "370000/"), region, profile, **more)


def judged(one: Helper, need: Need = NEED) -> Candidate:
    return candidates([one], need, TODAY, EVEN)[0]


@pytest.mark.parametrize(
    ("profile", "sentence"),
    [
        (Profile(licence_until=date(2026, 11, 29)), "执业证已于 2026-11-29 到期"),
        (Profile(absences=[Absence(date(2026, 11, 30), date(2026, 12, 4))]), "请假至 2026-12-04"),
        (Profile(most_open=3), "在办 3 件，已满"),
        (Profile(most_a_week=2), "本周已接 2 件，已满"),
        (Profile(opted_out=["wages"]), "不承办此类事项"),
        (Profile(fields=["injury"]), "不在其业务范围"),
        (Profile(places=["3702"]), "不在其服务地区"),
        (Profile(relations=[Relation("employer", "organisation", "华茂服装")]), "存在利益冲突"),
    ],
)
def test_a_helper_is_out_with_the_reason(profile: Profile, sentence: str) -> None:
    assert [one.in_("zh-CN") for one in judged(helper(profile=profile, open=3, week=2)).out] == [sentence]


@pytest.mark.parametrize(
    "profile",
    [
        Profile(licence_until=TODAY),
        Profile(absences=[Absence(date(2026, 12, 1), date(2026, 12, 4))]),
        Profile(most_open=4, most_a_week=3),
        Profile(fields=["wages", "injury"], places=["3701", "3702"], opted_out=["injury"]),
        Profile(relations=[Relation("former_client", "person", "王晓明")]),
        Profile(relations=[Relation("employer", "organisation", "山东华丰服装有限公司")]),
    ],
)
def test_a_helper_is_not_out(profile: Profile) -> None:
    assert judged(helper(profile=profile, open=3, week=2)).out == []


def test_whoever_has_helped_the_other_side_or_stood_against_the_recipient_is_out() -> None:
    employer_helped = PastCase("LA-1", (Party("recipient", "organisation", "华茂服装"),))
    same_number = PastCase("LA-2", (Party("recipient", "organisation", "已更名公司", EMPLOYER.number),))
    recipient_opposed = PastCase("LA-3", (Party("opponent", "person", "王晓明"),))
    for past in (employer_helped, same_number, recipient_opposed):
        found = judged(helper(past=[past]))
        assert found.out, past
        assert past.number in found.conflicts[0].sentence.in_("zh-CN")
    again = PastCase("LA-4", (RECIPIENT, EMPLOYER))
    assert judged(helper(past=[again])).conflicts == []


def test_of_a_case_that_is_not_seen_no_number_and_no_name_is_told() -> None:
    past = PastCase("", (Party("recipient", "organisation", "华茂服装聊城分公司"),))
    [found] = judged(helper(past=[past])).conflicts
    assert found.sure
    assert "聊城" not in found.sentence.in_("zh-CN")
    again = Need(NEED.field, NEED.field_title, NEED.region, NEED.parties, known_to={"li": ""})
    part = candidates([helper()], again, TODAY, EVEN)[0].parts[-2]
    assert (part.points, part.sentence.in_("zh-CN")) == (10, "在其他机构帮助过此人")


def test_a_namesake_and_a_name_that_is_nearly_the_same_are_shown_and_rule_nobody_out() -> None:
    for one in (helper(name="王晓明"), helper(profile=Profile(relations=[Relation("kin", "person", "王小明")]))):
        found = judged(one)
        assert not found.out
        assert [conflict.sure for conflict in found.conflicts] == [False]


def test_the_best_come_first_and_those_who_are_out_last() -> None:
    best = helper("best", profile=Profile(fields=["wages"]))
    far = helper("far", region="370202", profile=Profile(fields=["wages"]), open=5, lately=4)
    out = helper("out", profile=Profile(opted_out=["wages"]))
    found = candidates([out, far, best], NEED, TODAY, EVEN)
    assert [one.helper.person.username for one in found] == ["best", "far", "out"]
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True) or found[2].out


def test_a_score_is_the_sum_of_its_parts_and_each_says_why() -> None:
    found = judged(helper(profile=Profile(fields=["wages"], languages=["聊城话"]), open=5))
    assert found.score == sum(part.points for part in found.parts)
    assert {part.name: part.points for part in found.parts} == {
        "match_field": 10, "match_place": 10, "match_language": 10, "match_load": 5, "match_fairness": 10,
        "match_continuity": 0, "match_wish": 0,
    }  # fmt: skip
    assert [part.sentence.in_("zh-CN") for part in found.parts] == [
        "办理拖欠工资", "同县（区）", "无特别的语言需要", "在办 5 件", "近六个月接 0 件", "未帮助过此人",
        "受援人没有点援",
    ]  # fmt: skip


def test_whoever_has_fewer_cases_lately_and_whoever_knows_the_recipient_gains() -> None:
    busy, idle = helper("busy", lately=6), helper("idle", lately=0)
    assert [one.helper.person.username for one in candidates([busy, idle], NEED, TODAY, EVEN)] == ["idle", "busy"]
    known = Need(NEED.field, NEED.field_title, NEED.region, NEED.parties, known_to={"busy": "LA-9"})
    assert candidates([busy, idle], known, TODAY, {**EVEN, "match_fairness": Decimal(5)})[0].helper is busy


@pytest.mark.parametrize(
    ("spoken", "points", "told"),
    [
        (["聊城话", "手语"], 10, "会所需的语言"),
        (["聊城方言"], 5, "会部分所需的语言"),
        (["英语"], 0, "不会所需的语言"),
        ([], 0, "不会所需的语言"),
    ],
)
def test_the_recipients_language_and_wish_count(spoken: list[str], points: int, told: str) -> None:
    """Which language it is, is not told: signing tells of a disability."""
    asks = replace(NEED, languages=["聊城话", "手语"], wished="王　芳")
    one, other = helper("one", profile=Profile(languages=spoken)), helper("other")
    one, other = (replace(who, person=replace(who.person, name=name)) for who, name in ((one, "王芳"), (other, "王方")))
    found = {who.helper.person.username: who.parts for who in candidates([one, other], asks, TODAY, EVEN)}
    language, wish = (
        next(part for part in found["one"] if part.name == f"match_{name}") for name in ("language", "wish")
    )
    assert (language.points, language.sentence.zh) == (points, told)
    assert (wish.points, wish.sentence.zh) == (10, "受援人点援")
    assert found["other"][-1].points == 0


def test_what_has_no_weight_counts_nothing() -> None:
    assert [part.name for part in candidates([helper()], NEED, TODAY, {"match_load": Decimal(3)})[0].parts] == [
        "match_load"
    ]


def test_an_employer_of_many_cases_is_not_compared_with_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """To stand against the same employer again is no conflict, and large employers stand in thousands of cases."""
    compared = []
    monkeypatch.setattr(conflicts, "likeness", lambda *names: compared.append(names) or 1.0)
    assert judged(helper(past=[PastCase(f"LA-{number}", [EMPLOYER]) for number in range(1_000)])).conflicts == []
    assert compared == []
