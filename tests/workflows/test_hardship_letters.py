"""The letters of hardship assistance in the words of an official, unions citing the law by reference (参照)."""

import pytest

from casework.rules.clocks import Limit
from casework.rules.grammar import Letter
from casework.workflows.hardship_aid.letters import LETTERS
from tests.story import Story
from tests.workflows.test_hardship_aid import RELATIVE, leaving, left, on_file, pay, prepared


def body(story: Story, name: str, language: str = "zh-CN") -> str:
    """The text of a letter that was sent."""
    return story.letters[name][language]["body"]


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.name)
def test_no_letter_says_that_a_law_binds_which_unions_apply_by_reference(letter: Letter) -> None:
    assert "依照" not in letter.body.zh
    assert "By article" not in letter.body.en


def test_the_exit_is_told_as_a_decision_and_a_visit_is_promised() -> None:
    story = left()
    number = story.case.number
    sentence = f"经听取您的意见并经公示和审批，本工会决定您的家庭退出困难职工帮扶（案号 {number}），情形为：脱困。"
    assert sentence in body(story, "exit_notice")
    assert "we will visit you" in body(story, "exit_notice", "en")


def test_a_cancellation_says_that_what_was_told_is_not_so() -> None:
    story = leaving("cancelled")
    story.caseworker("submit_cancellation")
    story.supervisor("cancel")
    told = body(story, "cancelled")
    assert f"经核实，申报情况与实际不符，本工会决定取消您的困难职工档案（案号 {story.case.number}）。" in told
    assert "申报不实" in told


@pytest.mark.parametrize(("kind", "because"), [("moved_away", "因您已调离原单位"), ("retired", "因您已退休")])
def test_who_is_struck_off_is_told_why(kind: str, because: str) -> None:
    story = on_file()
    pay(story)
    story.supervisor("strike_off", kind=kind)
    assert f"{because}，您的困难职工档案（案号 {story.case.number}）予以注销。" in body(story, "struck_off")


def test_the_approval_names_the_category_and_the_half_yearly_visit() -> None:
    assert "您的家庭被认定为深度困难职工家庭。" in body(on_file(), "approved")
    assert "至少每半年走访一次" in body(on_file(), "approved")
    relative = on_file(
        {"kind": "living", "amount": "100.00", "fund": "RELIEF"}, category="relative", household=RELATIVE
    )
    assert "您的家庭被认定为相对困难职工家庭。" in body(relative, "approved")


def test_a_decision_says_within_how_many_days_one_may_object() -> None:
    story = prepared()
    story.caseworker("propose_refusal")
    story.supervisor("refuse")
    assert "自收到本决定书之日起六十日内" in body(story, "refused")
    assert "Within 60 days" in body(story, "refused", "en")


def test_where_one_is_heard_is_told_in_both_languages_or_said_to_be_in_chinese() -> None:
    story = on_file()
    alone = story.as_it_stands()
    story.caseworker("propose_exit", hearing_at="九月三十日上午，帮扶中心", hearing_at_en="30 September, at the centre")
    assert "30 September, at the centre" in body(story, "exit_hearing", "en")
    assert "九月三十日" not in body(story, "exit_hearing", "en")
    alone.caseworker("propose_exit", hearing_at="九月三十日上午，帮扶中心", hearing_at_en=None)
    assert "as told in Chinese, 九月三十日上午" in body(alone, "exit_hearing", "en")


@pytest.mark.parametrize(
    ("limit", "zh", "en"),
    [("60d", "六十日", "60 days"), ("1mo", "一个月", "1 month"), ("15wd", "十五个工作日", "15 working days"),
     ("120d", "120日", "120 days"), ("10d", "十日", "10 days"), ("21d", "二十一日", "21 days")],
)  # fmt: skip
def test_a_limit_is_written_as_letters_write_it(limit: str, zh: str, en: str) -> None:
    told = Limit.parse(limit).told_in_letters()
    assert (told.zh, told.en) == (zh, en)
