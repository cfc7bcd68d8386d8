"""How proposals of an invented dossier are decided: notices, endorsements up the levels, approvals, objections."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from casework.rules.people import APPLICANT, Actor, Role
from casework.rules.refusals import NotMet
from casework.stories.story import Over
from casework.workflows.hardship_aid.demonstration.dossiers import Dossier

_DECISIONS: Final = ("refuse", "approve_exit", "cancel")


def approve(dossier: Dossier) -> None:
    """The proposal goes up: each union whose limit is too small endorses it, the first that may decide approves it.

    Where it no longer holds, because the year has turned or a standard has changed, it goes back.
    """
    story = dossier.story
    at = story.after_work(20)
    office = story.office(at)
    endorsed = {one["org"] for one in story.case.facts.get("endorsements") or ()}
    amount = max((Decimal(item["amount"]) for item in story.case.facts["proposed_aid"]), default=Decimal())
    for org in office.orgs.values():
        limit = office.policy(f"approves_up_to_{org.kind}")
        if not org.supervised or limit is None or org.code in endorsed:
            continue
        actor = Actor(Role.SUPERVISOR, dossier.rng.choice(story.world.staff.of(org.code, Role.SUPERVISOR)))
        if org.kind == "province" or 0 < limit.amount() >= amount:
            _approve(dossier, amount, limit.amount(), actor, at)
        else:
            dossier.take("endorse", {"opinion": "情况属实，同意上报。"}, actor, at)
        return
    raise Over


def _approve(dossier: Dossier, amount: Decimal, limit: Decimal, actor: Actor, at: datetime) -> None:
    story = dossier.story
    given = {"meeting": f"帮扶工作会议纪要〔{at.year}〕{dossier.rng.randint(1, 30)}号"}
    if amount > limit:
        given |= {
            "national_number": f"总工困函〔{at.year}〕{dossier.rng.randint(1, 90)}号",
            "national_on": story.day(at),
        }
    try:
        dossier.take("approve", given, actor, at)
    except NotMet:
        dossier.take("send_back", {"reason": "标准已调整，请重新测算"}, actor, at)


def _on_notice(dossier: Dossier) -> None:
    """The notice stands for its time; now and then somebody objects, and rarely the office takes it back."""
    story, chance = dossier.story, dossier.rng.random()
    clock = story.case.clock("notice")
    assert clock is not None
    assert clock.due is not None
    at = story.after_work(14)
    if at < clock.due.at and chance < 0.04 and not story.case.facts["objections"]:
        given = {"on": story.day(at), "content": "反映该户有门面房出租。"}
        dossier.take("record_objection", given, story.worker(), at)
    elif at < clock.due.at and chance > 0.99:
        dossier.take("withdraw_notice", {"reason": "公示内容有误，更正后重新公示"}, story.worker(), at)
    else:
        dossier.ends("notice", "take_down")


def objection_answered(dossier: Dossier) -> bool:
    """An objection to the notice is looked into, one at a time."""
    objections = dossier.case.facts.get("objections") or ()
    number = next((number for number, one in enumerate(objections, start=1) if one["result"] is None), None)
    if number is None:
        return False
    result = "founded" if dossier.chance(0.2) else "unfounded"
    given = {"number": number, "result": result, "reasons": "已走访邻里、核对房产登记。"}
    dossier.works("answer_objection", given, 10)
    return True


def objection_is_founded(dossier: Dossier) -> bool:
    """Whether an objection to the notice has turned out to be right."""
    return any(one["result"] == "founded" for one in dossier.case.facts.get("objections") or ())


def _aid_awaiting_approval(dossier: Dossier) -> None:
    chance = dossier.rng.random()
    if objection_answered(dossier):
        return
    if chance < 0.04:
        dossier.decides("send_back", {"reason": "请补充费用票据"}, 6)
    elif chance < 0.08 or objection_is_founded(dossier):
        dossier.decides("refuse", {"ground": "other", "reasons": "本年度同类帮扶已安排，建议下年度再议。"}, 10)
    else:
        approve(dossier)


def objects(dossier: Dossier) -> bool:
    """The household objects to a decision, once, if it is not too late."""
    if dossier.story.times("object"):
        return False
    try:
        dossier.take("object", {"reasons": "对决定不服，补充提交材料。"}, APPLICANT, dossier.story.in_own_time(12))
    except NotMet:
        return False
    return True


def _objected(dossier: Dossier) -> None:
    """Another supervisor than the one who decided looks into it; who is right comes back with new prospects."""
    decisions = [dossier.case.taken[name] for name in _DECISIONS if name in dossier.case.taken]
    decided = max(decisions, key=lambda one: one.at)
    name = "overturn" if dossier.chance(0.33) else "uphold"
    try:
        dossier.decides(name, {"reasons": "经复核原调查材料和补充材料。"}, 30, not_by=decided.by)
    except NotMet:  # the only supervisor decided before; the file waits for one from above
        raise Over from None
    if name == "overturn":
        dossier.agenda = {}


NEXT: Final[Mapping[str, Callable[[Dossier], None]]] = {
    "on_notice": _on_notice,
    "aid_on_notice": _on_notice,
    "on_exit_notice": _on_notice,
    "aid_awaiting_approval": _aid_awaiting_approval,
    "objected": _objected,
    "file_objected": _objected,
    "exit_objected": _objected,
}
