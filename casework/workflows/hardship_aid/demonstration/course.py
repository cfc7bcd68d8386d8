"""The course of an invented request for hardship assistance, from the application to the decision."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from casework.rules.case_actions import claim, hand_over, release
from casework.rules.grammar import NEW
from casework.rules.people import APPLICANT, Role
from casework.stories.people import another_name
from casework.stories.story import Over, Story
from casework.workflows.hardship_aid.demonstration import approvals, exit_course
from casework.workflows.hardship_aid.demonstration.approvals import (
    approve,
    objection_answered,
    objection_is_founded,
    objects,
)
from casework.workflows.hardship_aid.demonstration.dossiers import Dossier
from casework.workflows.hardship_aid.demonstration.households import household
from casework.workflows.hardship_aid.demonstration.on_file_course import active

_LEFT_LYING: Final = timedelta(days=120)
_ABOUT: Final = Decimal(900)
"""Around what households live where the subsistence line is not known, and their files wait for it."""

_PAPERS: Final = ("近一年工资收入证明", "医疗费用票据", "就读学校证明", "疾病诊断证明", "学费缴费票据", "银行卡复印件")
_CONSENTS: Final = ("consent_to_publish", "consent_sensitive")
_REASONS: Final = {
    "not_hard_up": "经测算，家庭人均月收入不低于认定标准。",
    "excluded": "经核对，家庭存在不予认定的情形。",
    "other": "经会议研究，暂不符合建档条件。",
}


def tell(story: Story) -> None:
    """Let the case go its way up to now."""
    dossier = _open(story)
    try:
        while not _left_lying(dossier) and _goes_on(dossier):
            pass
    except Over:
        dossier.catch_up()
    dossier.time_goes_on()


def _goes_on(dossier: Dossier) -> bool:
    """The next move, if there is one: a payment that is due, what comes next in this state, or an objection."""
    case, payment = dossier.case, dossier.awaited()
    if payment and (case.closed_at or payment.at <= case.last_at):
        dossier.settle(payment)
    elif case.closed_at is None:
        _NEXT[case.state](dossier)
    else:
        return case.state in ("refused", "cancelled") and dossier.chance(0.15) and objects(dossier)
    return True


def _open(story: Story) -> Dossier:
    opening = story.opening
    office = story.office(opening.at)
    standard = office.policy("subsistence_line")
    line = standard.amount() if standard else _ABOUT
    today = office.calendar.local_date(opening.at)
    home = household(story.rng, today, opening.place, opening.person, line, story.world.numbers)
    [edge] = story.world.workflow.leaving(NEW)
    actor = APPLICANT if opening.channel == "online" else story.staff(Role.CASEWORKER)
    dossier = Dossier(story, home)
    dossier.take(edge.name, home.facts, actor, opening.at)
    return dossier


def _left_lying(dossier: Dossier) -> bool:
    """Now and then the office forgets a file of these months, and its clocks run out."""
    case = dossier.case
    lies = dossier.chance(0.006) and case.last_at > dossier.story.world.now - _LEFT_LYING
    return lies and case.waits_for is not Role.APPLICANT and case.closed_at is None


def _submitted(dossier: Dossier) -> None:
    story, chance = dossier.story, dossier.rng.random()
    if _helped_at_once(dossier):
        return
    if story.case.owner is None and chance < 0.15:
        actor, at = story.worker(), story.after_work(3)
        story.note(lambda: claim(story.case, actor, at), at, story.office(at))
    elif story.case.owner is not None and chance < 0.1:
        actor, at = story.worker(), story.after_work(4)
        story.note(lambda: release(story.case, "外出学习，退回待领取", actor, at), at, story.office(at))
    elif 0.15 <= chance < 0.18:
        _withdraw(dossier)
    elif 0.18 <= chance < 0.3:
        _ask_for_papers(dossier)
    else:
        dossier.works("accept", {}, 8)


def _awaiting_papers(dossier: Dossier) -> None:
    story = dossier.story
    actor, at = APPLICANT, story.in_own_time(6)
    if dossier.chance(0.6):
        actor, at = story.worker(), story.at_the_desk(at)
    clock = story.case.clock("papers")
    if clock is not None and clock.due is not None and clock.due.passed(at):
        dossier.ends("papers", "lapse")
        return
    papers = [{"name": name, "copies": 1} for name in story.case.taken["ask_for_papers"].given["papers"]]
    dossier.take("supply_papers", {"papers": papers}, actor, at)


def _under_review(dossier: Dossier) -> None:
    story, facts, chance = dossier.story, dossier.case.facts, dossier.rng.random()
    check = facts.get("check") or {}
    if _helped_at_once(dossier) or _made_up(dossier):
        return
    if chance < 0.02 and not story.times("ask_for_papers"):
        _ask_for_papers(dossier)
    elif 0.02 <= chance < 0.03:
        _withdraw(dossier)
    elif 0.03 <= chance < 0.05 and not facts.get("visit"):
        _hand_over(dossier)
    elif not facts.get("visit"):
        _visit(dossier)
    elif not check:
        at = story.after_work(6)
        given = {"on": story.day(at), "to": "居民家庭经济状况核对中心"}
        dossier.take("send_check", given, story.worker(), at)
    elif not check["answered_on"]:
        _answer_of_check(dossier)
    elif missing := [name for name in _CONSENTS if not facts.get(name)]:
        at = story.after_work(5)
        signed = {name: {"signed_on": story.day(at)} for name in missing}
        story.correct(signed, "补签同意书", story.worker(), at)
    else:
        _propose(dossier)


def _visit(dossier: Dossier) -> None:
    story = dossier.story
    at, worker = story.after_work(16), story.worker()
    assert worker.person is not None
    given = {
        "on": story.day(at),
        "visitors": [worker.person.name, another_name(dossier.rng, "female", worker.person.name)],
        "as_told": dossier.chance(0.93),
        "finding": "家中情况与申报基本一致，已拍照留存。",
        "authorised": True,
    }
    dossier.take("record_visit", given, worker, at)


def _answer_of_check(dossier: Dossier) -> None:
    """The centre answers; where it has found more income than told, the figures are corrected."""
    story, home = dossier.story, dossier.home
    told = Decimal(story.case.facts["household"]["annual_income"])
    at, more = story.after_work(42), home.more_income if not story.times("record_check") else Decimal()
    given: dict[str, Any] = {"on": story.day(at), "annual_income": f"{told + more:.2f}"}
    if home.hidden:
        given["exclusions"] = list(home.hidden)
    dossier.take("record_check", given, story.worker(), at)
    if more:
        right = {"household": {"annual_income": f"{told + more:.2f}"}}
        story.correct(right, "按核对结果更正家庭收入", story.worker(), story.after_work(5))


def _propose(dossier: Dossier) -> None:
    """What the formula finds; after a successful objection somebody may see more than the formula does."""
    story = dossier.story
    at = story.after_work(9)
    if story.office(at).policy("subsistence_line") is None:
        raise Over
    category, excluded = dossier.category(at), bool(story.case.facts.get("exclusions"))
    given: dict[str, Any] = {"finding": "情况属实，建议建档帮扶。"}
    if category is None and not excluded and story.times("overturn"):
        category, given["ground"] = "relative", "经复核，家庭有未计入的长期护理支出。"
    if category is None or excluded:
        ground = "excluded" if excluded else "not_hard_up"
        dossier.take("propose_refusal", {"ground": ground, "finding": _REASONS[ground]}, story.worker(), at)
        return
    most = dossier.rng.choices((0, 1, 2), (12, 60, 28))[0]
    given |= {"category": category, "aid": dossier.items(at, category, most)}
    dossier.take("propose", given, story.worker(), at)


def _proposed(dossier: Dossier) -> None:
    if dossier.chance(0.015):
        dossier.works("withdraw_notice", {"reason": "家庭成员信息需核实"}, 4)
        return
    dossier.works("publish", dossier.notice, 6)


def _awaiting_approval(dossier: Dossier) -> None:
    story, facts, chance = dossier.story, dossier.case.facts, dossier.rng.random()
    if objection_answered(dossier):
        return
    founded = objection_is_founded(dossier)
    if (chance < 0.03 or founded) and not story.times("send_back"):
        dossier.decides("send_back", {"reason": "请补充核实家庭收入和公示异议"}, 6)
    elif not facts.get("notice_over_on") or founded or chance > 0.98:
        taken = story.case.taken.get("propose_refusal")
        ground = taken.given["ground"] if taken and not facts.get("notice_over_on") else "other"
        dossier.decides("refuse", {"ground": ground, "reasons": _REASONS[ground]}, 14)
    else:
        approve(dossier)


_NEXT: Final[Mapping[str, Callable[[Dossier], None]]] = {
    "submitted": _submitted,
    "awaiting_papers": _awaiting_papers,
    "under_review": _under_review,
    "proposed": _proposed,
    "awaiting_approval": _awaiting_approval,
    "active": active,
    **approvals.NEXT,
    **exit_course.NEXT,
}


def _withdraw(dossier: Dossier) -> None:
    story = dossier.story
    actor, at = APPLICANT, story.in_own_time(3)
    if dossier.chance(0.5):
        actor, at = story.worker(), story.at_the_desk(at)
    dossier.take("withdraw", {"reason": "家庭情况已好转"}, actor, at)


def _hand_over(dossier: Dossier) -> None:
    story = dossier.story
    actor, at = story.worker(), story.after_work(3)
    to = story.world.staff.one(dossier.rng, story.opening.place, Role.CASEWORKER, actor.id)
    if to is not None:
        story.note(lambda: hand_over(story.case, to, "分工调整", actor, at), at, story.office(at))


def _ask_for_papers(dossier: Dossier) -> None:
    papers = dossier.rng.sample(_PAPERS, dossier.rng.randint(1, 3))
    dossier.works("ask_for_papers", {"papers": papers}, 6)


def _helped_at_once(dossier: Dossier) -> bool:
    """Who cannot wait is helped at once, where the rules in force know such help."""
    story = dossier.story
    at = story.after_work(2)
    office = story.office(at)
    cap = office.policy("emergency_cap")
    if story.case.owner is None or story.times("help_at_once") or cap is None or not dossier.chance(0.02):
        return False
    amount = min(cap.amount(), Decimal(dossier.rng.randrange(500, 2001, 100)))
    fund = next((one for one in office.funds.values() if one.free >= amount), None)
    if fund is None:
        return False
    given = {"amount": f"{amount:.2f}", "fund": fund.code, "reason": "突发重病住院，无力支付押金。"}
    dossier.take("help_at_once", given, story.staff(Role.SUPERVISOR), at)
    return True


def _made_up(dossier: Dossier) -> bool:
    """The papers of emergency aid follow within days."""
    story = dossier.story
    if story.times("help_at_once") <= story.times("make_up_papers"):
        return False
    dossier.works("make_up_papers", {"papers": [{"name": "住院证明", "copies": 1}]}, 25)
    return True
