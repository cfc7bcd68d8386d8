"""The course of an invented request for legal aid: what happens next in each state, and how often."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Final

from casework.rules.case_actions import claim, hand_over, override, release
from casework.rules.grammar import NEW
from casework.rules.people import APPLICANT, CLOCK, Role
from casework.rules.refusals import NotMet
from casework.stories.story import Over, Story
from casework.workflows.legal_aid.demonstration.applications import Application, application

_LEFT_LYING: Final = timedelta(days=120)
_LATELY: Final = timedelta(days=4)
_PAPERS: Final = ("劳动合同或工资支付凭证", "用人单位登记信息", "银行流水", "诊断证明", "考勤记录", "居住证")
_STAGES: Final = ("met_client", "evidence", "mediation", "arbitration_filed", "arbitration_hearing", "award")
_RESULTS: Final = {"won": 25, "partly_won": 20, "settled": 38, "lost": 7, "advice_given": 6, "given_up": 4}
_PROCEEDINGS: Final = ("arbitration_filed", "arbitration_accepted", "award_received", "lawsuit_filed")
_FILE: Final = ("catalogue", "application", "identity", "means", "decision", "power_of_attorney", "records", "report")
_PAID_FOR: Final = {
    "advice": ("advice",),
    "drafting": ("drafting",),
    "mediation_arbitration": ("mediation", "arbitration"),
    "litigation": ("arbitration", "first_instance"),
}
_GROUNDS: Final = ("out_of_scope", "no_basis")
_TAKEN_UP_AGAIN: Final = {"deemed_withdrawn": "补正材料因邮寄延误，恢复审查"}
_ENDED_BY: Final = ("own_lawyer", "case_ended", "recipient_asks", "no_longer_hard_up")


def tell(story: Story) -> None:
    """Let the case go its way up to now."""
    with suppress(Over):
        asked = _open(story)
        while not _left_lying(story) and (story.case.closed_at is None or _goes_on(story, asked)):
            _NEXT[story.case.state](story, asked)
    with suppress(Over):
        _turn_urgent(story)


def _turn_urgent(story: Story) -> None:
    """Time goes on where nobody acts: a case left with fewer than seven days to a limit has turned urgent."""
    clock = story.case.clock("urgency")
    if clock is not None and clock.open and clock.due is not None and not clock.due.provisional:
        story.take("turn_urgent", {}, CLOCK, clock.due.at + timedelta(seconds=story.rng.randint(1, 5)))


def _open(story: Story) -> Application:
    opening = story.opening
    office = story.office(opening.at)
    standard, multiple = office.policy_last_year("subsistence_line"), office.policy("hardship_multiple")
    line = standard.amount() * multiple.amount() if standard and multiple else None
    today = office.calendar.local_date(opening.at)
    asked = application(story.rng, today, opening.place, opening.person, line)
    [edge] = story.world.workflow.leaving(NEW)
    actor = APPLICANT if opening.channel == "online" else story.staff(Role.CASEWORKER)
    story.take(edge.name, asked.facts, actor, opening.at)
    return asked


def _left_lying(story: Story) -> bool:
    """Now and then the office or a helper forgets a file of these months, and its clocks run out."""
    lies = story.rng.random() < 0.01 and story.case.last_at > story.world.now - _LEFT_LYING
    return lies and story.case.waits_for is not Role.APPLICANT


def _goes_on(story: Story, asked: Application) -> bool:
    """Whether a closed case is taken up again: by an objection, a supervisor who steps in, or the file that is owed."""
    return _objects(story) or _taken_up_again(story) or _hands_in_what_is_owed(story, asked)


def _hands_in_what_is_owed(story: Story, asked: Application) -> bool:
    """Few helpers forget the file of a case that was closed without it."""
    owed = story.case.clock("closing_papers")
    if owed is None or not owed.open or story.rng.random() < 0.03:
        return False
    _hand_in_file(story, asked)
    return True


def _objects(story: Story) -> bool:
    """Now and then an applicant objects to a refusal or a termination, once."""
    if story.case.state not in ("refused", "terminated") or story.times("object") or story.rng.random() > 0.2:
        return False
    try:
        story.take("object", {"reasons": "对决定理由不服，补充提交证据。"}, APPLICANT, story.in_own_time(8))
    except NotMet:  # too late
        return False
    return True


def _taken_up_again(story: Story) -> bool:
    """Rarely a supervisor steps in for a case that was deemed withdrawn, once."""
    reason = _TAKEN_UP_AGAIN.get(story.case.outcome or "")
    if reason is None or any(told.move.kind == "overridden" for told in story.told) or story.rng.random() > 0.06:
        return False
    actor, at = story.staff(Role.SUPERVISOR), story.after_work(20)
    office = story.office(at)
    workflow = story.world.workflow
    story.note(lambda: override(workflow, story.case, "under_review", reason, actor, at, office), at, office)
    return True


def _submitted(story: Story, asked: Application) -> None:
    chance = story.rng.random()
    if _helped_first(story, asked):
        return
    if story.case.owner is None and chance < 0.15:
        _claim(story)
    elif story.case.owner is not None and chance > 0.8:
        _release(story)
    elif 0.15 <= chance < 0.18:
        _withdraw(story)
    elif 0.18 <= chance < 0.25:
        _ask_for_papers(story)
    else:
        story.take("accept", {}, story.worker(), story.after_work(4))


def _awaiting_papers(story: Story, asked: Application) -> None:
    actor, at = APPLICANT, story.in_own_time(6.5)
    if story.rng.random() < 0.6:
        actor, at = story.worker(), story.at_the_desk(at)
    clock = story.case.clock("papers")
    if clock is not None and clock.due is not None and clock.due.passed(at):
        story.take("lapse", {}, CLOCK, clock.due.at + timedelta(seconds=story.rng.randint(1, 5)))
        return
    papers = [{"name": name, "copies": 1} for name in story.case.taken["ask_for_papers"].given["papers"]]
    story.take("supply_papers", {"papers": papers}, actor, at)


def _under_review(story: Story, asked: Application) -> None:
    chance = story.rng.random()
    if _helped_first(story, asked):
        return
    if chance < 0.14 and not story.times("ask_for_papers"):
        _ask_for_papers(story)
    elif 0.14 <= chance < 0.17:
        _hand_over(story)
    elif 0.17 <= chance < 0.22 and not story.times("propose"):
        _decide(story, asked, hours=12)
    else:
        opinion = "grant" if asked.entitled else "refuse"
        given = {"opinion": opinion, "finding": "已核对材料，并电话核实用工情况。"}
        story.take("propose", given, story.worker(), story.after_work(9))


def _awaiting_decision(story: Story, asked: Application) -> None:
    chance = story.rng.random()
    if chance < 0.05 and not story.times("send_back"):
        given = {"reason": "请补充核实欠薪月份"}
        story.take("send_back", given, story.staff(Role.SUPERVISOR), story.after_work(5))
    elif chance > 0.99:
        _withdraw(story)
    else:
        _decide(story, asked, hours=7)


def _granted(story: Story, asked: Application) -> None:
    if story.rng.random() < 0.015:
        _withdraw(story)
        return
    helper = story.world.staff.helper(story.rng, story.opening.place)
    # Of what was granted in the last days half waits for a helper yet.
    if helper is None or (story.world.now - story.case.last_at < _LATELY and story.rng.random() < 0.5):
        raise Over
    story.take("assign", {"to": str(helper.id)}, story.worker(), story.after_work(7), named=helper)


def _assigned(story: Story, asked: Application) -> None:
    if story.rng.random() < 0.06 and not story.times("decline"):
        story.take("decline", {"reason": "与对方当事人有利害关系"}, story.helper(), story.after_work(6))
        return
    at = story.after_work(9)
    story.take("engage", {"engaged_on": story.day(at)}, story.helper(), at)


def _in_progress(story: Story, asked: Application) -> None:
    if story.times("help_first") > story.times("make_up_papers"):
        _make_up_papers(story)
        return
    chance = story.rng.random()
    if chance < 0.02 and not story.times("ask_for_change"):
        story.take("ask_for_change", {"reasons": "与承办人沟通不畅。"}, APPLICANT, story.in_own_time(6))
        return
    if chance < 0.03 and not story.times("reassign"):
        given = {"ground": "on_leave", "note": "承办人自下周起休假"}
        story.take("reassign", given, story.staff(Role.SUPERVISOR), story.after_work(8))
        return
    if chance < 0.05:
        given = {"ground": story.rng.choice(_ENDED_BY), "reasons": "经核实，符合终止法律援助的情形。"}
        story.take("terminate", given, story.staff(Role.SUPERVISOR), story.after_work(8))
        return
    if 0.1 <= chance < 0.25 and story.times("record_proceeding") < len(_PROCEEDINGS):
        at = story.after_work(50)
        kind = _PROCEEDINGS[story.times("record_proceeding")]
        story.take("record_proceeding", {"kind": kind, "on": story.day(at)}, story.helper(), at)
        return
    done = story.times("record_progress")
    if done and story.rng.random() < 0.5:
        _conclude(story)
        return
    at = story.after_work(85)
    stage = _STAGES[min(done + story.rng.randrange(2), len(_STAGES) - 1)]
    given = {"on": story.day(at), "stage": stage, "what": "已与受援人沟通，并整理证据材料。"}
    story.take("record_progress", given, story.helper(), at)


def _change_requested(story: Story, asked: Application) -> None:
    if story.rng.random() < 0.5:
        given, name = {"ground": "other", "note": "受援人申请更换"}, "allow_change"
    else:
        given, name = {"reasons": "承办人已依法履职，经沟通达成谅解。"}, "deny_change"
    story.take(name, given, story.staff(Role.SUPERVISOR), story.after_work(14))


def _objected(story: Story, asked: Application) -> None:
    decided = story.case.taken.get("terminate") or story.case.taken["refuse"]
    actor = story.reviewer(decided.by)
    name = "overturn" if story.rng.random() < 0.35 else "uphold"
    try:
        story.take(name, {"reasons": "经复核原审查材料及补充证据。"}, actor, story.after_work(16))
    except NotMet:  # the only supervisor of the office decided before; the file waits for one from above
        raise Over from None


def _concluded(story: Story, asked: Application) -> None:
    if story.rng.random() < 0.15:
        _hand_in_file(story, asked)
    else:
        _follow_up(story)


def _follow_up(story: Story) -> None:
    reached = story.rng.random() < 0.92
    rated = {"rating": story.rng.choices((5, 4, 3, 2, 1), (60, 24, 9, 4, 3))[0]} if reached else {}
    story.take("follow_up", {"reached": reached, **rated}, story.worker(), story.after_work(40))


def _followed_up(story: Story, asked: Application) -> None:
    chance = story.rng.random()
    if chance < 0.08 and not story.times("rate"):
        story.take("rate", {"rating": story.rng.randint(3, 5)}, APPLICANT, story.in_own_time(5))
    elif chance < 0.6:
        _hand_in_file(story, asked)
    else:
        story.take("close", {}, story.worker(), story.after_work(60))


def _hand_in_file(story: Story, asked: Application) -> None:
    papers = [{"kind": kind, "pages": story.rng.randint(1, 12)} for kind in _FILE]
    given = {"papers": papers, "costs": [{"kind": "travel", "amount": f"{story.rng.randrange(10, 400)}.00"}]}
    story.take("hand_in_file", given, story.helper(), story.after_work(80))


def _file_submitted(story: Story, asked: Application) -> None:
    if story.rng.random() < 0.2 and not story.times("return_file"):
        story.take("return_file", {"papers": ["授权委托书缺受援人签名"]}, story.worker(), story.after_work(50))
    else:
        story.take("accept_file", {}, story.worker(), story.after_work(60))


def _file_accepted(story: Story, asked: Application) -> None:
    actor, at = story.staff(Role.SUPERVISOR), story.after_work(30)
    if story.helper().role is Role.VOLUNTEER:
        story.take("waive_subsidy", {"ground": "volunteer"}, actor, at)
        return
    stages = _PAID_FOR.get(asked.facts["form_of_aid"], ("advice",))
    try:
        story.take("approve_subsidy", {"stages": list(stages)}, actor, at)
    except NotMet:  # no rate on the day of conclusion
        set_by = {"amount": "600.00", "ground": "参照同类案件核定"}
        story.take("approve_subsidy", {"stages": list(stages), **set_by}, actor, at)


def _subsidy_approved(story: Story, asked: Application) -> None:
    at = story.after_work(70)
    given = {"paid_on": story.day(at), "reference": f"{story.rng.randrange(10**8):08d}"}
    try:
        story.take("pay_subsidy", given, story.worker(), at)
    except NotMet:  # its owner approved it; the payment waits for somebody else
        raise Over from None


def _to_archive(story: Story, asked: Application) -> None:
    if story.times("follow_up"):
        story.take("archive", {}, story.worker(), story.after_work(40))
    else:
        _follow_up(story)


_NEXT: Final[Mapping[str, Callable[[Story, Application], None]]] = {
    "submitted": _submitted,
    "awaiting_papers": _awaiting_papers,
    "under_review": _under_review,
    "awaiting_decision": _awaiting_decision,
    "granted": _granted,
    "assigned": _assigned,
    "in_progress": _in_progress,
    "change_requested": _change_requested,
    "objected": _objected,
    "concluded": _concluded,
    "followed_up": _followed_up,
    "file_submitted": _file_submitted,
    "file_returned": _hand_in_file,
    "file_accepted": _file_accepted,
    "subsidy_approved": _subsidy_approved,
    "to_archive": _to_archive,
}


def _helped_first(story: Story, asked: Application) -> bool:
    """Whether a supervisor helps at once because the case cannot wait; its owner sees to the papers afterwards."""
    owner = story.case.owner
    if not story.case.urgent or owner is None or owner.role is Role.SUPERVISOR or story.rng.random() < 0.3:
        return False
    given = {"form_of_aid": asked.facts["form_of_aid"]}
    try:
        story.take("help_first", given, story.staff(Role.SUPERVISOR), story.after_work(2))
    except NotMet:  # urgent for another reason than the law's
        return False
    return True


def _make_up_papers(story: Story) -> None:
    papers = [{"name": "经济困难状况说明表", "copies": 1}]
    try:
        story.take("make_up_papers", {"papers": papers}, story.worker(), story.after_work(20))
    except NotMet:
        given = {"ground": "no_longer_hard_up", "reasons": "经审查，经济状况不符合法律援助条件。"}
        story.take("terminate", given, story.staff(Role.SUPERVISOR), story.after_work(8))


def _claim(story: Story) -> None:
    actor, at = story.worker(), story.after_work(3)
    story.note(lambda: claim(story.case, actor, at), at, story.office(at))


def _release(story: Story) -> None:
    actor, at = story.worker(), story.after_work(4)
    story.note(lambda: release(story.case, "休假，退回待领取", actor, at), at, story.office(at))


def _hand_over(story: Story) -> None:
    actor, at = story.worker(), story.after_work(3)
    to = story.world.staff.one(story.rng, story.opening.place, Role.CASEWORKER, actor.id)
    if to is not None:
        story.note(lambda: hand_over(story.case, to, "岗位调整", actor, at), at, story.office(at))


def _withdraw(story: Story) -> None:
    actor, at = APPLICANT, story.in_own_time(3)
    if story.rng.random() < 0.5:
        actor, at = story.worker(), story.at_the_desk(at)
    story.take("withdraw", {"reason": "已自行和解"}, actor, at)


def _ask_for_papers(story: Story) -> None:
    papers = story.rng.sample(_PAPERS, story.rng.randint(1, 3))
    story.take("ask_for_papers", {"papers": papers}, story.worker(), story.after_work(6))


def _decide(story: Story, asked: Application, hours: float) -> None:
    at = story.after_work(hours)
    proposed = story.case.taken.get("propose")
    actor = story.staff(Role.SUPERVISOR, not_by=proposed.by if proposed else None)
    ground = "not_hard_up"
    if asked.entitled:
        ground = story.rng.choice(_GROUNDS)
        if story.rng.random() > 0.05:
            try:
                story.take("grant", {"form_of_aid": asked.facts["form_of_aid"]}, actor, at)
            except NotMet:
                ground = "not_hard_up"
            else:
                return
    story.take("refuse", {"ground": ground, "reasons": "经审查，申请事项不符合法律援助条件。"}, actor, at)


def _conclude(story: Story) -> None:
    at = story.after_work(30)
    result = story.rng.choices(list(_RESULTS), list(_RESULTS.values()))[0]
    given = {"result": result, "concluded_on": story.day(at), "report": "已按委托事项办结，材料归档。"}
    asked_for = sum(Decimal(row.get("amount", "0")) for row in story.case.facts.get("demands", ()))
    if result in ("won", "partly_won", "settled") and asked_for:
        awarded = asked_for if result == "won" else asked_for * story.rng.choice((5, 7, 8)) // 10
        paid = story.rng.choice((awarded, awarded, awarded // 2, Decimal(0)))
        given |= {"awarded": f"{awarded:.2f}", "recovered": f"{paid:.2f}"}
    story.take("conclude", given, story.helper(), at)
