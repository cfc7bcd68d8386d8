"""The public notice: what is shown, for how long, and how objections to it are kept.

A notice never shows an identity number, an account, a phone, an illness or an address (个人信息保护法 25; a county
procuratorate took such notices to task in 2025), nor a name of the household in full, whatever field it was typed
into. It is a frozen copy: later corrections do not change what was shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from casework.rules.case import Facts
from casework.rules.clocks import Due, Interval, Limit, due
from casework.rules.context import MoveContext, Verdict
from casework.rules.grammar import guard
from casework.rules.identifiers import mask_name
from casework.rules.publishing import personal_number, without_names
from casework.rules.text import Text
from casework.workflows.hardship_aid.categories import FRESH, items_noted, proposal_dropped
from casework.workflows.hardship_aid.codes import EXIT_KINDS

SUBJECTS: Final = {
    "admission": Text("拟认定困难职工家庭", "to be put on file as a household in hardship"),
    "aid": Text("拟给予帮扶", "aid to be given"),
    "exit": Text("拟退出困难职工帮扶", "to leave hardship assistance"),
}
_NUMBER_IN_UNIT: Final = Text(
    "“工作单位”（`applicant.work_unit`）将公示，其中有{what}，请先更正。",
    "The place of work (`applicant.work_unit`) is shown to the public and contains {what}; correct it first.",
)
WITHHELD: Final = Text("（未同意公开姓名）", "(the name is not public)")


@guard(
    zh="尚无同意公示的单独同意书；未经同意不得公示姓名。",
    en="The separate consent to the public notice is missing; no name is published without it.",
)
def consents_to_notice(at: MoveContext) -> bool:
    """个人信息保护法 25: publishing needs a consent of its own."""
    return bool((at.case.facts.get("consent_to_publish") or {}).get("signed_on"))


@guard(
    zh="公示期限尚未设定或者设定过短，请联系管理员。",
    en="The time of a notice is not set or too short; ask the administrator.",
)
def notice_is_long_enough(at: MoveContext) -> bool:
    """No shorter than the policy `notice_least`, counted from now."""
    until, least = _last_day(at, "notice"), _last_day(at, "notice_least")
    return until is not None and (least is None or until.on >= least.on)


@guard(
    zh="工作单位一栏中有不能公示的内容，请先更正。",
    en="The place of work contains what is not for the public; correct it first.",
)
def unit_is_for_the_public(at: MoveContext) -> Verdict:
    """No number that leads to a person is published, whatever field it was typed into (个人信息保护法 25)."""
    what = personal_number(at.case.facts["applicant"].get("work_unit") or "")
    return Verdict(what is None, _NUMBER_IN_UNIT.with_(what=what) if what else None)


def _last_day(at: MoveContext, name: str) -> Due | None:
    """When a limit would run out that begins with this move."""
    row = at.office.policy(name)
    if row is None:
        return None
    begins = max(at.now, at.case.last_at)
    return due(Limit.parse(row.value), (Interval(begins),), at.office.calendar)


def admission_published(at: MoveContext) -> Mapping[str, Any]:
    """The notice of a proposed category and its aid."""
    return {**FRESH, **_published(at, "admission", at.case.facts.get("proposed_aid") or ())}


def aid_published(at: MoveContext) -> Mapping[str, Any]:
    """Further aid, proposed and put on notice in one."""
    items = items_noted(at.given["aid"])
    return {
        **FRESH,
        "proposed_by": str(at.actor.id),
        "proposed_aid": items,
        **_published(at, "aid", items),
    }


def exit_published(at: MoveContext) -> Mapping[str, Any]:
    """The notice of an exit; who does not consent to it is shown without a name."""
    kind = EXIT_KINDS[at.case.facts["exit"]["kind"]]
    shown = _published(at, "exit", ())
    return {**FRESH, **shown, "notice": {**shown["notice"], "amount": None, "exit": kind.both()}}


def _published(at: MoveContext, subject: str, items: Sequence[Facts]) -> dict[str, Any]:
    return {"notice_of": subject, "notice": _snapshot(at, subject, items)}


def _snapshot(at: MoveContext, subject: str, items: Sequence[Facts]) -> dict[str, Any]:
    facts = at.case.facts
    household = list(_names(facts))
    posted_at = without_names(at.given["posted_at"], household)
    unit = facts["applicant"].get("work_unit") or (facts.get("platform") or {}).get("union")
    if facts.get("without_dossier"):
        subject = "aid"
    name = mask_name(facts["applicant"]["name"]) if consents_to_notice.judge(at).holds else WITHHELD.both()
    category, until = facts.get("category") or {}, _last_day(at, "notice")
    return {
        "subject": SUBJECTS[subject].both(),
        # A one-person business often bears the name of its owner.
        "unit": without_names(unit, household) if unit else posted_at,
        "name": name,
        "category": category.get("title"),
        "amount": f"{sum((Decimal(item['amount']) for item in items), Decimal()):.2f}",
        # Not the kinds of aid: medical aid tells the neighbours of an illness.
        "exit": None,
        "from": at.office.calendar.local_date(max(at.now, at.case.last_at)).isoformat(),
        "until": until.on.isoformat() if until else None,
        "provisional": until.provisional if until else False,
        "posted_at": posted_at,
        "objections_to": without_names(at.given["objections_to"], household),
    }


def _names(facts: Facts) -> Iterator[str]:
    """The people of the household by name, and in whose name the account is."""
    yield from (one["name"] for one in (facts["applicant"], *(facts.get("members") or ())) if one.get("name"))
    if holder := (facts.get("bank") or {}).get("holder"):
        yield holder


def notice_taken_down(at: MoveContext) -> Mapping[str, Any]:
    """The day on which the notice had stood for its full time; a state that published nothing ends no notice."""
    stood = at.case.clock("notice")
    over = at.case.facts.get("notice") and stood and stood.due and stood.due.passed(at.now)
    return {"notice_over_on": at.today.isoformat() if over else None}


def consent_withdrawn(at: MoveContext) -> Mapping[str, Any]:
    """The notice goes with the consent (个人信息保护法 15); a proposal is made anew once there is another consent."""
    return {**proposal_dropped(at), "consent_to_publish": {}}


def objection_noted(at: MoveContext) -> Mapping[str, Any]:
    """The objections with a new one; what it says and who made it stay with the step."""
    made = {"on": at.given["on"].isoformat(), "result": None}
    return {"objections": [*(at.case.facts.get("objections") or ()), made]}


@guard(zh="没有待答复的异议。", en="No objection waits for an answer.")
def objection_is_open(at: MoveContext) -> bool:
    """An answer belongs to an objection."""
    return any(one["result"] is None for one in at.case.facts.get("objections") or ())


@guard(zh="没有这一号待答复的异议。", en="No objection of this number waits for an answer.", looks_at_given=True)
def objection_is_known(at: MoveContext) -> Verdict | bool:
    """Objections are numbered in the order in which they came."""
    known = at.case.facts["objections"]
    number = at.given["number"]
    return bool(number <= len(known) and known[number - 1]["result"] is None)


def objection_answered(at: MoveContext) -> Mapping[str, Any]:
    """The objections with the result of one."""
    known = at.case.facts["objections"]
    here = at.given["number"] - 1
    return {
        "objections": [
            {**one, "result": at.given["result"]} if number == here else one for number, one in enumerate(known)
        ]
    }
