"""The course of an invented dossier that leaves assistance: the hearing, the exit, and the half-year of watching."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from casework.rules.refusals import NotMet
from casework.stories.story import Over
from casework.workflows.hardship_aid.demonstration.approvals import objection_answered, objection_is_founded, objects
from casework.workflows.hardship_aid.demonstration.dossiers import Dossier
from casework.workflows.hardship_aid.demonstration.on_file_course import name_contact, visit


def _exit_hearing(dossier: Dossier) -> None:
    story = dossier.story
    if dossier.chance(0.06):
        dossier.works("drop_exit", {"reasons": "经听取意见，家庭仍有较大困难。"}, 20)
        _think_again(dossier)
        return
    how = dossier.rng.choices(("in_person", "by_phone", "in_writing", "absent"), (60, 20, 10, 10))[0]
    at = story.after_work(60 if how == "absent" else 26)
    given: dict[str, Any] = {"on": story.day(at), "how": how}
    said = {"statement": "本人知悉，没有其他意见。"}
    away = {"served_on": dossier.case.facts["exit"]["proposed_on"]}
    try:
        dossier.take("record_hearing", given | (away if how == "absent" else said), story.worker(), at)
    except NotMet:  # the time to appear is not over; the person answers a call
        dossier.take("record_hearing", {**given, "how": "by_phone", **said}, story.worker(), at)


def _think_again(dossier: Dossier) -> None:
    dossier.agenda["leave"] = dossier.later(120, 500)


def _exit_proposed(dossier: Dossier) -> None:
    if dossier.case.facts["exit"]["kind"] == "cancelled":
        dossier.works("submit_cancellation", {}, 8)
        return
    dossier.works("publish_exit", dossier.notice, 12)


def _awaiting_exit_approval(dossier: Dossier) -> None:
    if objection_answered(dossier):
        return
    if dossier.chance(0.07) or objection_is_founded(dossier):
        dossier.decides("deny_exit", {"reasons": "经研究，该户仍符合困难条件。"}, 14)
        _think_again(dossier)
    elif dossier.case.facts["exit"]["kind"] == "cancelled":
        dossier.settle_all()
        dossier.decides("cancel", {"reasons": "经核实并听取本人意见，申报不实。"}, 14)
    else:
        dossier.decides("approve_exit", {"reasons": "公示期满无异议，符合退出条件。"}, 14)
        dossier.agenda = {"visit": dossier.later(40, 150)}


def _watching(dossier: Dossier) -> None:
    """Half a year in which somebody looks after the household once more; a few object, a few fall back."""
    story, chance = dossier.story, dossier.rng.random()
    clock = story.case.clock("watch")
    assert clock is not None
    assert clock.due is not None
    planned = dossier.agenda.pop("visit", None)
    if planned is not None and chance < 0.07 and objects(dossier):
        dossier.agenda["visit"] = planned
    elif planned is not None:
        at = story.at_the_desk(max(planned, dossier.case.last_at))
        if not story.case.facts.get("contact"):
            name_contact(dossier, at)
            at = story.after_work(8)
        visit(dossier, at)
        del dossier.agenda["visit"]
    elif chance < 0.15:
        dossier.agenda = {}
        at = story.at_the_desk(dossier.later(5, 60))
        dossier.take("fall_back", {"reasons": "家庭成员突患重病，再度陷入困难。"}, story.worker(), at)
    elif clock.due.provisional:
        raise Over
    else:
        dossier.settle_all()
        at = max(story.after_work(8), story.at_the_desk(clock.due.at + timedelta(days=dossier.rng.uniform(0, 15))))
        dossier.take("close_watch", {"steady": True, "note": "收入稳定，无返困风险。"}, story.worker(), at)


NEXT: Final[Mapping[str, Callable[[Dossier], None]]] = {
    "exit_hearing": _exit_hearing,
    "exit_proposed": _exit_proposed,
    "awaiting_exit_approval": _awaiting_exit_approval,
    "watching": _watching,
}
