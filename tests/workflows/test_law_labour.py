"""What labour and procedural law says of the limits in a dispute, reckoned by hand from the articles.

The days lie in the working weeks of March to June 2026, away from the holidays: a limit that is a day longer, a day
shorter or of the other kind of days ends on another day. The counting over holidays is told elsewhere.
"""

from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any, Final

import pytest

from casework.rules.case import ClockRun
from casework.rules.people import Role
from casework.workflows.legal_aid import WORKFLOW
from casework.workflows.legal_aid.labour import DEADLINES
from tests.story import Story

JOB: Final = {"started_on": "2020-01-06", "ended_on": None, "still_employed": True}
# The clock; the step from which it runs, and its day; the last day in time.
LAST_DAYS: Final = [
    # 劳动争议调解仲裁法 14: 自劳动争议调解组织收到调解申请之日起十五日内未达成调解协议
    ("mediation", "mediation_applied", "2026-03-02", "2026-03-17"),
    # 29: 收到仲裁申请之日起五日内 (working days: 办案规则)
    ("acceptance", "arbitration_filed", "2026-03-04", "2026-03-11"),
    # 43: 自受理仲裁申请之日起四十五日内; 经批准延期, 延长期限不得超过十五日
    ("award", "arbitration_accepted", "2026-03-02", "2026-04-16"),
    ("award_extended", "arbitration_accepted", "2026-03-09", "2026-05-08"),
    # 48, 50: 自收到仲裁裁决书之日起十五日内
    ("sue", "award_received", "2026-03-02", "2026-03-17"),
    ("sue", "final_award_received", "2026-03-02", "2026-03-17"),
    ("sue", "arbitration_refused", "2026-03-02", "2026-03-17"),
    # 49: 用人单位自收到仲裁裁决书之日起三十日内; 自收到裁定书之日起十五日内
    ("set_aside", "final_award_served", "2026-03-02", "2026-04-01"),
    ("sue_after_set_aside", "award_set_aside", "2026-03-02", "2026-03-17"),
    # 民事诉讼法 126: 七日内立案; 152: 立案之日起六个月内审结
    ("court_acceptance", "lawsuit_filed", "2026-03-04", "2026-03-11"),
    ("first_instance", "lawsuit_accepted", "2026-03-10", "2026-09-10"),
    # 171: 判决书送达之日起十五日内, 裁定书送达之日起十日内
    ("appeal_judgment", "judgment_received", "2026-03-02", "2026-03-17"),
    ("appeal_ruling", "ruling_received", "2026-03-02", "2026-03-12"),
    # 227: 受理之日起十五日内发出支付令; 债务人收到支付令之日起十五日内清偿或者异议
    ("payment_order", "payment_order_filed", "2026-03-02", "2026-03-17"),
    ("payment_order_answer", "payment_order_served", "2026-03-02", "2026-03-17"),
    # 250: 申请执行的期间为二年
    ("enforcement", "performance_due", "2024-03-05", "2026-03-05"),
    # 劳动保障监察条例 17: 立案之日起六十个工作日内完成; 可以延长三十个工作日
    ("inspection", "inspection_filed", "2026-03-02", "2026-05-28"),
    ("inspection_extended", "inspection_filed", "2026-03-02", "2026-07-10"),
    # 行政复议法 62: 自受理申请之日起六十日内
    ("review_decision", "review_accepted", "2026-03-09", "2026-05-08"),
    # 行政诉讼法 45: 收到复议决定书之日起十五日内; 复议机关逾期不作决定的, 自复议期满之日起十五日内
    ("sue_after_review", "review_received", "2026-03-02", "2026-03-17"),
    ("sue_after_overdue_review", "review_accepted", "2026-03-13", "2026-05-27"),
    # 工伤保险条例 17: 用人单位三十日内, 工伤职工、近亲属、工会组织一年内
    ("injury_report", "injured_on", "2026-03-02", "2026-04-01"),
    ("injury_report", "diagnosed_on", "2026-03-02", "2026-04-01"),
    ("injury_claim", "injured_on", "2025-03-05", "2026-03-05"),
    ("injury_claim", "diagnosed_on", "2025-03-05", "2026-03-05"),
    # 20: 自受理之日起六十日内作出决定; 事实清楚、权利义务明确的十五日内
    ("injury_decision", "injury_accepted", "2026-03-09", "2026-05-08"),
    ("injury_decision_clear", "injury_accepted_clear", "2026-03-02", "2026-03-17"),
    # 25: 自收到申请之日起六十日内作出结论, 必要时可以延长三十日; 26: 自收到鉴定结论之日起十五日内
    ("grading", "grading_filed", "2026-03-09", "2026-05-08"),
    ("grading_extended", "grading_filed", "2026-03-11", "2026-06-09"),
    ("regrading", "grading_received", "2026-03-02", "2026-03-17"),
    # 行政复议法 20: 自知道之日起六十日内; 行政诉讼法 46: 六个月内
    ("injury_review", "injury_decided", "2026-03-09", "2026-05-08"),
    ("injury_suit", "injury_decided", "2026-03-10", "2026-09-10"),
    # 劳动保障监察条例 20: 二年
    ("complaint", "known_on", "2024-03-05", "2026-03-05"),
]
# Whose right is lost by it: the client, or the union for the client, must act (the rest is for others to do).
OURS: Final = {
    "sue", "sue_after_set_aside", "appeal_judgment", "appeal_ruling", "enforcement", "complaint", "sue_after_review",
    "sue_after_overdue_review", "injury_claim", "regrading", "injury_review", "injury_suit",
}  # fmt: skip
# What tells of an injury or an illness is sensitive (个人信息保护法 28): it is not named outside.
OF_HEALTH: Final = {
    "injury_report", "injury_claim", "injury_decision", "injury_decision_clear", "grading", "grading_extended",
    "regrading", "injury_review", "injury_suit",
}  # fmt: skip
# What a court waits for after the filing comes to an end by its own answer, a settlement or a withdrawal.
COURT: Final = ["judgment_received", "ruling_received", "settled", "lawsuit_refused", "lawsuit_withdrawn"]
AWARD: Final = ["award_received", "final_award_received", "settled", "lawsuit_filed", "arbitration_withdrawn"]
TO_COURT: Final = ["lawsuit_filed", "lawsuit_accepted", "settled", "performed"]
AUTHORITY_SUED: Final = ["administrative_suit_filed", "injury_suit_filed"]
INJURY: Final = ["injury_filed", "injury_accepted", "injury_accepted_clear", "injury_decided"]
INSPECTED: Final = ["inspection_decided", "settled", "performed"]
# What ends each: the step that was waited for, or one that leaves nothing to wait for.
ENDS: Final = {
    "mediation": ["mediation_failed", "settled", "arbitration_filed"],
    "acceptance": [
        "arbitration_accepted", "arbitration_refused", "arbitration_withdrawn", "lawsuit_filed", "settled",
    ],
    "award": AWARD,
    "award_extended": AWARD,
    "sue": TO_COURT,
    "set_aside": ["set_aside_filed", "settled", "performed"],
    "sue_after_set_aside": TO_COURT,
    "court_acceptance": ["lawsuit_accepted", *COURT],
    "first_instance": COURT,
    "appeal_judgment": ["appeal_filed", "settled", "performed"],
    "appeal_ruling": ["appeal_filed", "settled"],
    "payment_order": ["payment_order_served", "payment_order_ended", "settled"],
    "payment_order_answer": ["payment_order_ended", "performed", "settled"],
    "enforcement": ["enforcement_filed", "performed"],
    "inspection": INSPECTED,
    "inspection_extended": INSPECTED,
    "review_decision": ["review_received", *AUTHORITY_SUED],
    "sue_after_review": AUTHORITY_SUED,
    "injury_report": INJURY,
    "injury_claim": INJURY,
    "injury_decision": ["injury_decided"],
    "injury_decision_clear": ["injury_decided"],
    "grading": ["grading_received"],
    "grading_extended": ["grading_received"],
    "regrading": ["regrading_filed"],
    "injury_review": ["injury_review_filed", "injury_suit_filed"],
    "injury_suit": ["injury_suit_filed", "injury_review_filed"],
    "complaint": [
        "complaint_filed", "inspection_filed", "arbitration_filed", "lawsuit_filed", "settled", "performed",
    ],
}  # fmt: skip
EXTENDED: Final = {
    "award_extended": "award_extended",
    "inspection_extended": "inspection_extended",
    "grading_extended": "grading_extended",
}
# The claim beside the matter, and the day from which its own time runs; the last day in time.
LIMITATIONS: Final = [
    # 劳动争议调解仲裁法 27: 一年, 从知道或者应当知道其权利被侵害之日起; 劳动报酬自劳动关系终止之日起
    ("limitation", {"matter": "labour_relation", "known_on": "2025-06-10"}, "2026-06-10"),
    ("limitation", {"matter": "wages", "left": "2025-06-10"}, "2026-06-10"),
    ("limitation_pay", {"matter": "dismissal", "left": "2025-06-10", "demand": "wages"}, "2026-06-10"),
    ("limitation_dismissal", {"matter": "wages", "left": "2025-06-10", "demand": "severance"}, "2026-06-10"),
    ("limitation_dismissal", {"matter": "wages", "left": "2025-06-10", "demand": "damages"}, "2026-06-10"),
    # 劳动合同法 82: owed for at most the first twelve months, so its year runs from their end
    (
        "limitation_double_wages",
        {"matter": "wages", "since": "2024-05-12", "left": "2025-06-10", "demand": "double_wages"},
        "2026-05-12",
    ),
    ("limitation_other_claims", {"matter": "wages", "known_on": "2025-06-10", "demand": "overtime"}, "2026-06-10"),
    # 民法典 188: 三年
    ("limitation_civil", {"matter": "personal_injury", "known_on": "2023-06-12"}, "2026-06-12"),
]
IN_WEEKS: Final = {clock: (step, on) for clock, step, on, _ in LAST_DAYS}


def begun(clock: str, step: str, on: str, **facts: Any) -> Story:
    """A case in which this step was taken on this day, and on the same day somebody asks for help."""
    extended = [{"kind": EXTENDED[clock], "on": on}] if clock in EXTENDED else []
    if step in ("injured_on", "diagnosed_on"):
        facts |= {"matter": "work_injury", "exemption": None, "employment": JOB | {step: on}}
    elif step == "known_on":
        facts |= {"known_on": on, "proceedings": []}
    else:
        facts |= {"proceedings": [{"kind": step, "on": on}, *extended]}
    return Story(f"{on} 09:00").opened(**({"employment": JOB, "arrears": None} | facts))


def last_day(run: ClockRun) -> str:
    assert run.due is not None
    return str(run.due.on)


@pytest.mark.parametrize(("clock", "step", "on", "last"), LAST_DAYS)
def test_the_last_day_by_the_article(clock: str, step: str, on: str, last: str) -> None:
    run = begun(clock, step, on).clock(clock)
    assert (last_day(run), run.owed_by, run.status) == (last, "outside", "running")


@pytest.mark.parametrize(("clock", "claim", "last"), LIMITATIONS)
def test_the_last_day_to_claim(clock: str, claim: dict[str, str], last: str) -> None:
    left = claim.get("left")
    job = {"started_on": claim.get("since", "2020-01-06"), "ended_on": left, "still_employed": not left}
    demands = [{"kind": claim["demand"], "amount": "1000.00"}] if "demand" in claim else None
    facts = {"matter": claim["matter"], "known_on": claim.get("known_on"), "demands": demands}
    story = Story("2026-03-02 09:00").opened(employment=job, arrears=None, exemption=None, proceedings=None, **facts)
    assert last_day(story.clock(clock)) == last


@pytest.mark.parametrize(("asked", "runs"), [("2026-03-17 23:59", True), ("2026-03-18 00:00", False)])
def test_what_was_over_before_help_was_asked_for_no_longer_runs(asked: str, runs: bool) -> None:
    proceedings = [{"kind": "award_received", "on": "2026-03-02"}]
    story = Story(asked).opened(employment=JOB, arrears=None, proceedings=proceedings)
    assert (story.case.clock("sue") is not None) is runs


def test_every_limit_is_reckoned() -> None:
    assert {row[0] for row in LAST_DAYS} == {deadline.name for deadline in DEADLINES}


@pytest.mark.parametrize(
    ("clock", "end"), list(chain.from_iterable([(clock, end) for end in ends] for clock, ends in ENDS.items()))
)
def test_what_ends_the_waiting(clock: str, end: str) -> None:
    step, on = IN_WEEKS[clock]
    story = begun(clock, step, on)
    assert story.clock(clock).status == "running"
    story.days_pass(1)
    story.caseworker("record_proceeding", kind=end, on=str(story.today))
    assert story.clock(clock).status == "met"


@pytest.mark.parametrize("clock", sorted(ENDS))
def test_an_unrelated_step_does_not(clock: str) -> None:
    step, on = IN_WEEKS[clock]
    story = begun(clock, step, on)
    story.days_pass(1)
    story.caseworker("record_proceeding", kind="court_hearing", on=str(story.today))
    assert story.clock(clock).status == "running"


@pytest.mark.parametrize("clock", [deadline.name for deadline in DEADLINES])
def test_the_client_is_warned_twice_of_what_only_the_client_can_miss(clock: str) -> None:
    alerts = WORKFLOW.by_clock[clock].alerts
    ladder = [(alert.level, alert.urgent, Role.SUPERVISOR in alert.to) for alert in alerts]
    if clock in OURS:
        assert ladder == [("60%", True, False), ("90%", True, False), ("due", True, True)]
    else:
        assert ladder == [("due", False, False)]
    assert all({Role.CASEWORKER, Role.LAWYER, Role.VOLUNTEER} <= set(alert.to) for alert in alerts)
    assert WORKFLOW.by_clock[clock].guards_right is (clock in OURS)


@pytest.mark.parametrize("clock", [deadline.name for deadline in DEADLINES])
def test_what_tells_of_an_injury_is_not_named_outside(clock: str) -> None:
    assert WORKFLOW.by_clock[clock].discreet is (clock in OF_HEALTH)


def test_what_is_done_on_the_first_day_is_done_in_time_and_once() -> None:
    steps = [("award_received", "2026-03-02"), ("lawsuit_filed", "2026-03-02"), ("lawsuit_filed", "2026-03-05")]
    story = Story("2026-03-05 09:00")
    case = replace(story.case, facts={"proceedings": [{"kind": kind, "on": on} for kind, on in steps]})
    [sue] = [one for one in DEADLINES if one.name == "sue"]
    day = date(2026, 3, 2)
    assert (sue.begun(case, story.office.calendar), sue.ended(case, story.office.calendar)) == (day, day)
