"""The course of an invented dossier on file: visits, verifications, further aid, and what ends it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from casework.rules.people import APPLICANT, Role
from casework.stories.story import Over
from casework.workflows.hardship_aid.demonstration.dossiers import Dossier

_EXITS: Final = {
    "out_of_hardship": 50,
    "leave": 12,
    "social_assistance": 8,
    "lost_contact": 5,
    "cancelled": 7,
    "retired": 6,
    "moved_away": 5,
    "died": 7,
}
_REASONS: Final = {
    "out_of_hardship": "家庭收入已稳定高于认定标准。",
    "social_assistance": "家庭已纳入低保，转由民政部门救助。",
    "lost_contact": "多次走访、电话均无法联系。",
    "cancelled": "经核实，申报的家庭成员收入不实。",
}


def active(dossier: Dossier) -> None:
    """Whatever comes first of what the household and its contact person have before them, or of the payments."""
    if not dossier.agenda:
        dossier.agenda = _plans(dossier)
    payment, name = dossier.awaited(), min(dossier.agenda, key=dossier.agenda.__getitem__)
    if payment and payment.at <= dossier.agenda[name]:
        dossier.settle(payment)
        return
    planned = dossier.agenda.pop(name)
    at = max(planned, dossier.case.last_at + timedelta(minutes=dossier.rng.randint(10, 90)))
    _DEEDS[name](dossier, dossier.story.at_the_desk(at))


def _plans(dossier: Dossier) -> dict[str, datetime]:
    """What lies before a household that has just come on file."""
    plans = {
        "visit": dossier.later(100, 175),
        "verify": _in_a_year(dossier),
        "leave": dossier.later(60, 240 if dossier.chance(0.3) else 900),
        "more_aid": dossier.later(45, 400),
    }
    if not dossier.case.facts.get("contact"):
        plans["name_contact"] = dossier.later(1, 12)
    if dossier.chance(0.25):
        plans["rate"] = dossier.later(30, 90)
    if dossier.chance(0.15):
        plans["report"] = dossier.later(30, 300)
    return plans


def _in_a_year(dossier: Dossier) -> datetime:
    """Before the year is over, but for one in twelve."""
    return dossier.later(366, 400) if dossier.chance(0.08) else dossier.later(320, 358)


def name_contact(dossier: Dossier, at: datetime) -> None:
    """Somebody of the office keeps in touch with the household."""
    story = dossier.story
    person = story.world.staff.one(dossier.rng, story.opening.place, Role.CASEWORKER)
    if person is None:
        raise Over
    dossier.take("name_contact", {"to": str(person.id)}, story.worker(), at, named=person)


def visit(dossier: Dossier, at: datetime) -> None:
    """A visit every half-year; one in twelve comes late."""
    story = dossier.story
    how = dossier.rng.choices(("visit", "phone", "meeting"), (8, 1, 1))[0]
    if how != "visit":
        called = {"on": story.day(at), "how": how, "finding": "约定上门走访时间，家庭暂无变化。"}
        dossier.take("record_contact", called, story.worker(), at)
        at = story.after_work(30)
    given = {"on": story.day(at), "how": "visit", "finding": "家庭生活平稳，已了解就医就学情况。"}
    dossier.take("record_contact", given, story.worker(), at)
    dossier.agenda["visit"] = dossier.later(185, 230) if dossier.chance(0.08) else dossier.later(120, 176)


def _verify(dossier: Dossier, at: datetime) -> None:
    """After a year the household tells its figures anew; who is out of hardship is to leave."""
    story = dossier.story
    before = story.case.facts["household"]
    factor = Decimal(dossier.rng.choices((100, 104, 240), (40, 40, 20))[0]) / 100
    income = (Decimal(before["annual_income"]) * factor).quantize(Decimal("0.01"))
    means = {"size": before["size"], "annual_income": f"{income}", "declared_true": True}
    dossier.take("reverify", {"household": {**means, "rigid_expenses": before["rigid_expenses"]}}, story.worker(), at)
    if story.case.facts["verification"]["in_hardship"]:
        dossier.agenda["verify"] = _in_a_year(dossier)
    else:
        dossier.agenda["leave"] = dossier.later(2, 18)


def _more_aid(dossier: Dossier, at: datetime) -> None:
    """Further aid in another season, where the rules leave some open."""
    story, facts = dossier.story, dossier.case.facts
    dossier.agenda["more_aid"] = dossier.later(150, 400)
    if not (facts.get("verification") or {}).get("in_hardship", True):
        return
    items = dossier.items(at, facts["category"]["category"], 1)
    if items:
        given = {**dossier.notice, "aid": items, "finding": "家庭支出压力较大，建议帮扶。"}
        dossier.take("propose_aid", given, story.worker(), at)


def _rate(dossier: Dossier, at: datetime) -> None:
    """Who was helped says how it was."""
    paid = any(line["status"] == "paid" for line in dossier.case.facts["aid"])
    if paid and not dossier.story.times("rate"):
        rating = dossier.rng.choices((5, 4, 3, 2, 1), (60, 25, 9, 4, 2))[0]
        dossier.take("rate", {"rating": rating}, APPLICANT, at)


def _report(dossier: Dossier, at: datetime) -> None:
    """The household tells that something has changed, and is visited for it."""
    kind = dossier.rng.choice(("income", "job", "members", "health", "address"))
    given = {
        "kind": kind,
        "on": dossier.story.day(at - timedelta(days=dossier.rng.randint(1, 25))),
        "description": "家庭情况有变化。",
    }
    dossier.take("report_change", given, APPLICANT, at)
    dossier.agenda["visit"] = dossier.later(3, 25)


def _leave(dossier: Dossier, at: datetime) -> None:
    """The household leaves assistance: by its own wish, by the office's proposal, or because somebody has gone."""
    story = dossier.story
    out = not (story.case.facts.get("verification") or {}).get("in_hardship", True)
    kind = "out_of_hardship" if out else dossier.rng.choices(list(_EXITS), list(_EXITS.values()))[0]
    facts = story.case.facts
    poor = max(facts["on_file_since"] or "", (facts.get("verification") or {}).get("in_hardship_on") or "")
    above_since = story.day(at - timedelta(days=210))
    if kind == "leave" or (kind == "out_of_hardship" and above_since < poor):
        dossier.take("leave", {"reason": "子女已就业，家庭收入好转"}, APPLICANT, at)
        return
    if kind in _REASONS:
        given = {"kind": kind, "reasons": _REASONS[kind], "hearing_at": "收到通知后五个工作日内，本工会帮扶中心"}
        if kind == "out_of_hardship":
            given["above_line_since"] = above_since
        dossier.take("propose_exit", given, story.worker(), at)
        return
    dossier.settle_all()
    at = max(at, story.after_work(8))
    if kind == "died":
        dossier.take("record_death", {"on": story.day(at), "proof": "户口注销证明"}, story.worker(), at)
    else:
        given = {"kind": kind, "on": story.day(at), "signed_on": story.day(at), "reasons": "已核实人事档案。"}
        dossier.take("strike_off", given, story.staff(Role.SUPERVISOR), at)


_DEEDS: Final[Mapping[str, Callable[[Dossier, datetime], None]]] = {
    "name_contact": name_contact,
    "visit": visit,
    "verify": _verify,
    "more_aid": _more_aid,
    "rate": _rate,
    "report": _report,
    "leave": _leave,
}
