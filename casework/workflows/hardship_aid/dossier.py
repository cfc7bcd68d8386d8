"""A dossier on file: its contact person, visits and verifications, and how a household leaves assistance or comes back."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from casework.forms.repayment import lifted_with
from casework.rules.case import Taken
from casework.rules.clocks import Interval, Limit, due
from casework.rules.context import MoveContext, Verdict
from casework.rules.grammar import Guard, guard
from casework.rules.hardship import Finding
from casework.rules.people import STAFF
from casework.rules.text import Text
from casework.workflows.hardship_aid.categories import FRESH, category_noted, finding, is_lower
from casework.workflows.hardship_aid.dossier_steps import ABSENT, STRIKING_OFF, VISIT, ReportChange, Reverify
from casework.workflows.hardship_aid.leaving import exit_noted_from
from casework.workflows.hardship_aid.milestones import change_looked_into, change_reported, not_before, taken_since

FIGURES: Final = ("medical_own_share", "students", "sudden")
MOST_REPORTS: Final = 20
"""As many reports of changes as wait for a look at a time."""


@guard(
    zh="代申请人撤回的，请写明理由（`reason`）：申请人何时、以何种方式提出。",
    en="To withdraw on the applicant's behalf, give as the reason (`reason`) when and how the applicant asked.",
    looks_at_given=True,
)
def says_why_on_behalf(at: MoveContext) -> bool:
    """A request does not disappear by a clerk's hand without a word."""
    return at.actor.role not in STAFF or "reason" in at.given


@guard(
    zh="代办自愿退出的，须有本人签字的书面申请；请填写签字日期（`signed_on`）。",
    en="An exit on the household's own request needs that request in writing; give the day of its signature (`signed_on`).",
    looks_at_given=True,
)
def asked_in_writing(at: MoveContext) -> bool:
    """Staff act on a paper; who asks in person over their own access has written it there."""
    return at.actor.role not in STAFF or "signed_on" in at.given


def contact_noted(at: MoveContext) -> Mapping[str, Any]:
    """The one cadre who keeps in touch with the household."""
    person = at.office.people[at.given["to"]]
    return {"contact": {"user": str(person.id), "name": person.name, "since": at.today.isoformat()}}


@guard(
    zh="请选择本机构、上级或下级机构在岗的经办人或审批人。",
    en="Name an active caseworker or supervisor of this organisation, or of one above or below it.",
    looks_at_given=True,
)
def contact_is_staff(at: MoveContext) -> bool:
    """The contact is somebody who can be compared with who proposes, decides and pays."""
    person, here = at.office.people.get(at.given["to"]), at.case.org_path
    if person is None or not person.active or person.role not in STAFF:
        return False
    return here.startswith(person.org_path) or person.org_path.startswith(here)


@guard(zh="尚未确定联系人；一户一名联系人。", en="The household has no contact person yet; name one first.")
def contact_is_named(at: MoveContext) -> bool:
    """One cadre per household (rule of the Chengdu union, 2019)."""
    return bool(at.case.facts.get("contact"))


def contact_kept(at: MoveContext) -> Mapping[str, Any]:
    """When somebody was last in touch with the household, and when it was last visited: a call is no visit."""
    on = at.given["on"].isoformat()
    visit = {"last_visit_on": max(on, at.case.facts.get("last_visit_on") or on)} if visit_made(at) else {}
    return {"last_contact_on": on, **visit}


def visit_made(at: MoveContext) -> date | None:
    """The day of the visit by which the half-year is met and begins anew, whenever it is recorded; a call is no visit.

    Every half-year the household is visited at its home (rule of the Chengdu union, 2019).
    """
    day: date = at.given["on"]
    return day if at.given["how"] == VISIT else None


@guard(
    zh="共同生活人口少于所列家庭成员加申请人本人，请先更正家庭成员。",
    en="The household is smaller than the members listed and the applicant; correct the members first.",
    looks_at_given=True,
)
def everybody_fits_in(at: MoveContext) -> bool:
    """The new size agrees with the members on file."""
    return bool(_new_facts(at)["household"].get("size", 0) > len(at.case.facts.get("members") or ()))


@guard(zh="类别与测算结果不一致。", en="The category differs from the formula.", looks_at_given=True)
def verified_category_is_founded(at: MoveContext) -> Verdict:
    """The formula suggests with the new figures; who keeps another category says why (个人信息保护法 24)."""
    found = _finding_again(at)
    if isinstance(found, Text):
        return Verdict(False, found)
    if "ground" in at.given or at.given.get("category", found.category) == found.category:
        return Verdict(True)
    return Verdict(
        False,
        Text(
            f"{found.told().zh}认定类别与测算不一致的，请写明依据（`ground`）。",
            f"{found.told().en} Where the category differs from the formula, say on what ground (`ground`).",
        ),
    )


def verification_noted(at: MoveContext) -> Mapping[str, Any]:
    """The new figures and the category by them; out of hardship means an exit to propose, never one by itself.

    The category on file holds until the exit is decided.
    A lower category is proposed too: the person is heard before it is decided (社会救助法 48).
    """
    found = _finding_again(at)
    assert isinstance(found, Finding)
    new = _new_facts(at)
    category = at.given.get("category", found.category)
    in_hardship = category is not None and not new["exclusions"]
    noted = category_noted(found, category, "ground" in at.given)
    if category is None:
        of_category: dict[str, Any] = {"lower_category": None}
    elif is_lower(category, at.case.facts.get("category")):
        of_category = {"lower_category": {**noted, "by": str(at.actor.id)}}
    else:
        of_category = {"category": noted, "lower_category": None}
    return {
        **new,
        **of_category,
        "verification": {"on": at.today.isoformat(), "in_hardship": in_hardship, **exit_noted_from(at, in_hardship)},
    }


def _finding_again(at: MoveContext) -> Finding | Text:
    return finding(at, told=_new_facts(at), asked=at.today)


def _new_facts(at: MoveContext) -> dict[str, Any]:
    """The facts after a verification, as they are stored; the household declares them true anew."""
    facts, given = at.case.facts, Reverify.plain(at.given)
    household = {**(facts.get("household") or {}), "declared_true": False, **given["household"]}
    return {
        **{name: given[name] for name in FIGURES if name in given},
        "household": household,
        "exclusions": list(dict.fromkeys((*(facts.get("exclusions") or ()), *given.get("exclusions", ())))),
        "papers": [*(facts.get("papers") or ()), *given.get("papers", ())],
    }


@guard(
    zh="年度核查认定该户已不符合困难条件，应提出退出，不能再给予帮扶。",
    en="The verification found the household no longer in hardship: propose its exit; no further aid is open.",
)
def still_in_hardship(at: MoveContext) -> bool:
    """No aid to a household that the last verification found out of hardship."""
    return bool((at.case.facts.get("verification") or {}).get("in_hardship", True))


def exit_noted(at: MoveContext) -> Mapping[str, Any]:
    """The exit that the office proposes; the person is heard first (社会救助法 48)."""
    return _exit(at, at.given["kind"], own=False)


def own_exit_noted(at: MoveContext) -> Mapping[str, Any]:
    """The exit for which the household itself asks: there is nothing against which to hear it."""
    return _exit(at, "out_of_hardship", own=True)


def _exit(at: MoveContext, kind: str, *, own: bool) -> dict[str, Any]:
    today = at.today.isoformat()
    proposer = str(at.actor.id) if at.actor.id else None
    exit_ = {"kind": kind, "proposed_on": today, "own_request": own, "heard_on": None}
    return {**FRESH, "proposed_by": proposer, "exit": exit_}


@guard(zh="没有拟办的退出，请先提出退出。", en="No exit has been proposed; propose it first.")
def exit_is_proposed(at: MoveContext) -> bool:
    """What is heard, published or approved is an exit that somebody has proposed."""
    return bool(at.case.facts.get("exit"))


@guard(
    zh="听取意见的日期不能早于提出退出的日期。",
    en="The hearing cannot be older than the proposal.",
    looks_at_given=True,
)
def heard_after_proposed(at: MoveContext) -> bool:
    """The hearing is about the proposal."""
    return not_before(at, at.given["on"], at.case.facts["exit"]["proposed_on"])


_SERVED_BEFORE: Final = Text(
    "通知送达日期（`served_on`）不能早于通知之日。",
    "The invitation cannot have been served before it was made (`served_on`).",
)


def waited_since(invitation: str) -> Guard:
    """The guard that who does not appear was given the time that the office has set, from the receipt of this invitation."""

    @guard(zh="通知后等候的时间未满。", en="The time to appear is not over.", looks_at_given=True)
    def waited_for_the_absent(at: MoveContext) -> Verdict:
        row, invited = at.office.policy("hearing_wait"), at.case.taken.get(invitation)
        if at.given["how"] != ABSENT or invited is None:
            return Verdict(True)
        served: date = at.given["served_on"]
        if not not_before(at, served, _day_of(at, invited)):
            return Verdict(False, _SERVED_BEFORE)
        if row is None:
            return Verdict(True)
        begun = datetime.combine(served, time(), at.office.calendar.tz)
        last = due(Limit.parse(row.value), (Interval(begun),), at.office.calendar)
        if last is None or last.passed(at.now):
            return Verdict(True)
        return Verdict(
            False,
            Text(
                f"须等候至 {last.told.zh} 届满，方可按未到场处理（{row.source.zh}）。",
                f"Wait until the end of {last.told.en} before the person counts as absent ({row.source.en}).",
            ),
        )

    return waited_for_the_absent


waited_for_the_absent = waited_since("propose_exit")


def hearing_noted(at: MoveContext) -> Mapping[str, Any]:
    """That the person was heard; what was said stays with the step."""
    return {"exit": {**at.case.facts["exit"], "heard_on": at.given["on"].isoformat(), "heard": at.given["how"]}}


@guard(
    zh="尚未听取本人意见。停止帮扶前须听取本人意见；请不再提出退出，重新提出并通知本人。",
    en="The person has not been heard, and nobody's aid is stopped before: drop the exit, propose it anew and hear the person.",
)
def person_was_heard(at: MoveContext) -> bool:
    """社会救助法 48: heard before a cut or stop; whoever asks to leave has said so."""
    exit_ = at.case.facts.get("exit") or {}
    return bool(exit_.get("own_request") or exit_.get("heard_on"))


@guard(zh="因申报不实取消的不公示，请直接提请审批。", en="A cancellation is not published; put it to the decision.")
def exit_is_published(at: MoveContext) -> bool:
    """Nobody is pilloried: a cancellation for untruth is decided after the hearing, without a notice."""
    return (at.case.facts.get("exit") or {}).get("kind") != "cancelled"


@guard(zh="仅适用于因申报不实取消。", en="This is for a cancellation for untruth only.")
def exit_is_a_cancellation(at: MoveContext) -> bool:
    """The other exits go through a notice."""
    return (at.case.facts.get("exit") or {}).get("kind") == "cancelled"


@guard(
    zh="本案不是退休、调离注销，没有可以异议的注销决定。", en="The file was not struck off; there is no such decision."
)
def was_struck_off(at: MoveContext) -> bool:
    """Only who was struck off objects to it; a watch that ended was objected to before."""
    return at.case.outcome in STRIKING_OFF


@guard(
    zh="对退出的异议已经审查过；仍有意见的，可以向上一级工会反映。",
    en="An objection to this exit was reviewed already; you may turn to the union above.",
)
def exit_not_reviewed_yet(at: MoveContext) -> bool:
    """The office reviews its decision once; the watch is not stopped again and again."""
    return taken_since(at.case, "uphold", "approve_exit") is None


def exit_dropped(at: MoveContext) -> Mapping[str, Any]:
    """The household stays on file; a verification that found otherwise is overruled by this decision."""
    verified = at.case.facts.get("verification")
    return {
        **FRESH,
        "exit": None,
        "keep_until": None,
        "verification": {**verified, "in_hardship": True, "in_hardship_on": at.today.isoformat()} if verified else None,
    }


def file_restored(at: MoveContext) -> Mapping[str, Any]:
    """The same once the end of the file falls, and with a cancellation what it asked back."""
    return {**exit_dropped(at), **lifted_with("cancel", at)}


@guard(zh="跟踪期未满。", en="The watch is not over.")
def watched_long_enough(at: MoveContext) -> Verdict:
    """At least six months after the exit (rule of the Chengdu union, 2019)."""
    run = at.case.clock("watch")
    if run is None or run.due is None or run.due.passed(at.now):
        return Verdict(True)
    row = at.office.policy("watch")
    because = Text(f"（{row.source.zh}）", f" ({row.source.en})") if row else Text("", "")
    return Verdict(
        False,
        Text(
            f"跟踪期至 {run.due.told.zh} 届满{because.zh}，此前不能结案。",
            f"The watch lasts until the end of {run.due.told.en}{because.en}; the case is not closed before.",
        ),
    )


@guard(
    zh="跟踪期内尚无走访记录（电话联系、来访面谈不算走访），请先走访并登记。",
    en="The household was not visited during the watch (a call or a talk at the office is no visit); visit it first.",
)
def visited_during_the_watch(at: MoveContext) -> bool:
    """The watch is a visit with its record (rule of the Chengdu union, 2019), not a waiting time."""
    left, visited = at.case.taken.get("approve_exit"), at.case.facts.get("last_visit_on")
    if visited is None:
        return False
    return left is None or not_before(at, date.fromisoformat(visited), _day_of(at, left))


def _day_of(at: MoveContext, taken: Taken) -> str:
    return at.office.calendar.local_date(taken.at).isoformat()


def review_begins_anew(at: MoveContext) -> Mapping[str, Any]:
    """The dossier of a household that has fallen back: its papers stay, visit and check are made again."""
    return {
        **FRESH,
        "dossier_kind": "returned",
        "proposed_aid": [],
        "cuts": [],
        "decisions": [],
        **dict.fromkeys(("on_file_since", "visit", "check", "exit", "verification", "lower_category", "keep_until")),
    }


def change_noted(at: MoveContext) -> Mapping[str, Any]:
    """The changes that the household has reported (社会救助法 46); the details stay with the step."""
    reported = {"kind": ReportChange.split(at.given)[0]["kind"], "on": at.given["on"].isoformat()}
    since, waiting = change_reported(at.case, at.office.calendar), _reports_waiting(at)
    begun = since if since and waiting else max(at.now, at.case.last_at)
    return {
        "changes": [*at.case.facts.get("changes", ()), reported],
        "change_reports": {"since": begun.isoformat(), "waiting": waiting + 1},
    }


@guard(
    zh="此前报告的变化较多，工会正在核实；请等核实后再报告，急事请直接联系本工会。",
    en="We have your reports and will look into them; please wait for that, or call this office if it is urgent.",
)
def room_for_a_report(at: MoveContext) -> bool:
    """So many reports wait for a look at a time; the file does not grow without bound."""
    return _reports_waiting(at) < MOST_REPORTS


def _reports_waiting(at: MoveContext) -> int:
    """How many reports have come that nobody has looked into."""
    if change_looked_into(at.case, at.office.calendar):
        return 0
    return int((at.case.facts.get("change_reports") or {}).get("waiting", 0))


@guard(zh="联系日期不能早于建档日期。", en="A contact cannot be older than the dossier.", looks_at_given=True)
def since_on_file(at: MoveContext) -> bool:
    """A contact belongs to the time on file."""
    since = at.case.facts.get("on_file_since")
    return since is None or not_before(at, at.given["on"], since)
