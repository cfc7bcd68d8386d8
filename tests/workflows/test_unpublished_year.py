"""What nobody may lose or decide on a day that is only guessed, told as stories over New Year 2027.

Sources: 全国年节及纪念日放假办法; 法律援助法 43; 民法典 203; 社会救助法 48.
"""

from datetime import date

from casework.rules.refusals import NotMet
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP_AID
from tests.story import Story
from tests.workflows.test_hardship_aid import leaving, left, proposed

MARK = "（暂定，以国务院办公厅公布的放假安排为准）"


def test_the_letter_that_asks_for_papers_says_that_the_day_is_provisional() -> None:
    for workflow in (None, HARDSHIP_AID):
        story = Story("2026-12-18 09:00", **({} if workflow is None else {"workflow": workflow})).opened()
        story.caseworker("ask_for_papers", papers=["低收入声明"])
        told = story.letters["papers_needed"]
        assert f"2027-01-04（含当日）前{MARK}提交" in told["zh-CN"]["body"]
        assert "2027-01-04 (provisional" in told["en"]["body"]


def test_a_firm_day_is_told_without_a_mark() -> None:
    story = Story("2026-11-18 09:00").opened()
    story.caseworker("ask_for_papers")
    assert "暂定" not in story.letters["papers_needed"]["zh-CN"]["body"]


def test_a_notice_does_not_come_down_on_a_guessed_day() -> None:
    story = proposed()
    story.wait_until("2026-12-28 09:00")
    story.caseworker("publish")
    assert story.case.facts["notice"]["provisional"]
    story.wait_until("2027-01-20 09:00")
    assert isinstance(story.refused("time", "take_down"), NotMet)
    story.publish(2027, off=[date(2027, 1, 4)])
    story.time("take_down")
    assert story.case.facts["notice_over_on"] == "2027-01-20"
    assert story.case.state == "awaiting_approval"


def test_nobody_counts_as_absent_before_a_day_that_is_firm() -> None:
    story = leaving()
    story.wait_until("2026-12-28 09:00")
    story.caseworker("drop_exit")
    story.caseworker("propose_exit", kind="out_of_hardship")
    story.wait_until("2027-01-20 09:00")
    away = {"how": "absent", "statement": None, "served_on": "2026-12-28"}
    refusal = story.refused("caseworker", "record_hearing", **away)
    assert "暂定" in refusal.text.zh
    story.publish(2027)
    story.caseworker("record_hearing", **away)


def test_a_watch_does_not_end_on_a_guessed_day() -> None:
    story = left()
    story.caseworker("name_contact")
    story.wait_until("2027-03-26 09:00")
    story.caseworker("record_contact")
    assert "暂定" in story.refused("caseworker", "close_watch").text.zh
    story.publish(2027)
    story.caseworker("close_watch")
