"""Help before the review (法律援助法 44): when a case cannot wait, and the formalities that follow afterwards."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from casework.forms.form import Form, Many
from casework.forms.papers import Paper
from casework.forms.texts import Choice, Line, LongText
from casework.rules.calendars import WorkingCalendar
from casework.rules.case import Case
from casework.rules.context import MoveContext, Verdict
from casework.rules.fact_dates import taken_on, taken_since
from casework.rules.grammar import guard
from casework.rules.text import Text
from casework.workflows.legal_aid.intake import FORMS_OF_AID, LegalAidIntake
from casework.workflows.legal_aid.labour import days_to_file
from casework.workflows.legal_aid.limitation import last_days_to_claim
from casework.workflows.legal_aid.steps import form_asked_for

BEFORE_DECISION: Final = ("submitted", "awaiting_papers", "under_review", "awaiting_decision")
BEFORE_AGREEMENT: Final = ("granted", "assigned", "change_requested_early")
AT_WORK: Final = ("in_progress", "change_requested", "release_requested")
HELPED: Final = (*BEFORE_AGREEMENT, *AT_WORK)
NOT_YET_CONCLUDED: Final = (*BEFORE_DECISION, *HELPED, "objected")
FEW: Final = timedelta(days=7)

HELPED_FIRST: Final = taken_on("help_first")
PAPERS_MADE_UP: Final = taken_since(HELPED_FIRST, "make_up_papers")


class HelpFirst(Form):
    """The decision to help at once, before the request is reviewed (法律援助法 44)."""

    form_of_aid = Choice(FORMS_OF_AID, required=True, title=Text("援助形式", "Form of aid"), example=form_asked_for)
    note = Line(title=Text("备注", "Note"), help=Text("需要说明的事项。", "Anything to be told."))


class MakeUpPapers(Form):
    """The formalities that follow help given at once: the papers that came, and what their review found."""

    papers = Many(
        Paper,
        help=Text("补办申请手续时收到的材料，一件一行。", "What came when the request was made up, a row for each."),
        row_title=Text("材料", "Paper"),
        least=1,
        most=100,
        required=True,
        title=Text("补办的材料", "Papers handed in"),
    )
    finding = LongText(
        most=4000,
        sensitive=True,
        title=Text("审查情况", "Finding"),
        help=Text("写明查明的情况和理由，审批人据此决定。", "What was found and why; the supervisor decides by it."),
    )


def pressing_days(case: Case, calendar: WorkingCalendar) -> list[date]:
    """The last days of the limitations, and of the limits to sue, appeal or ask for review (法律援助法 44)."""
    return days_to_file(case, calendar) + last_days_to_claim(case, calendar)


def cannot_wait(case: Case, calendar: WorkingCalendar, day: date) -> bool:
    """Whether article 44 holds on a day.

    Fewer than seven days remain to sue, arbitrate or ask for review; property or evidence has to be preserved or
    enforced in advance; or another circumstance that the law names.
    """
    if case.facts.get("preservation_needed") or case.facts.get("other_urgency"):
        return True
    return any(timedelta() <= last - day < FEW for last in pressing_days(case, calendar))


def is_urgent(case: Case, calendar: WorkingCalendar, day: date) -> bool:
    """Whether a case that is not concluded cannot wait, or could not when it was helped at once."""
    return case.state in NOT_YET_CONCLUDED and ("help_first" in case.taken or cannot_wait(case, calendar, day))


def seven_days_before(case: Case, calendar: WorkingCalendar) -> date | None:
    """The day with exactly seven days left of the nearest limit, after which fewer remain; None without one ahead."""
    today = calendar.local_date(case.last_at)
    ahead = [last for last in pressing_days(case, calendar) if last >= today]
    return min(ahead) - FEW if ahead else None


def turned_urgent(case: Case, calendar: WorkingCalendar) -> date | None:
    """Today for a case that is urgent, however it became so."""
    return calendar.local_date(case.last_at) if case.urgent else None


@guard(
    zh="仅在时效或者期限不足七日、需要立即申请保全或者先予执行等法定情形下，可以先行提供援助（法律援助法第44条）。",
    en="Help before the review is for cases that cannot wait: fewer than seven days to act, preservation or advance"
    " enforcement, or another circumstance that the law names (Legal Aid Law 44).",
)
def article_44_holds(at: MoveContext) -> bool:
    """法律援助法 44."""
    return cannot_wait(at.case, at.office.calendar, at.today)


def owes_papers(case: Case) -> bool:
    """Whether help was given at once and the formalities have not followed yet."""
    helped, made_up = case.taken.get("help_first"), case.taken.get("make_up_papers")
    return helped is not None and (made_up is None or made_up.at < helped.at)


@guard(
    zh="本案没有待补办的手续。",
    en="No formalities have to be made up in this case.",
)
def papers_are_owed(at: MoveContext) -> bool:
    """Only what was decided without them is made up."""
    return owes_papers(at.case)


@guard(
    zh="先行提供援助的手续尚未补办，不能办结；经济状况不符合条件的，应当终止援助。",
    en="Help was given before the review and its formalities have not been made up; where the means turn out too"
    " large, the aid is ended instead.",
)
def papers_are_made_up(at: MoveContext) -> bool:
    """法律援助法 44: the recipient makes up the formalities and the papers in time."""
    return not owes_papers(at.case)


@guard(
    zh="申请信息尚不完整，不能补办手续。",
    en="The application is not complete yet.",
)
def application_is_complete(at: MoveContext) -> Verdict:
    """What an ordinary decision would have had to know must be known when it is made up."""
    missing = [title for step in ("propose", "grant") for _, title in LegalAidIntake.missing(at.case.facts, step)]
    told = Text("、".join(title.zh for title in missing), ", ".join(title.en for title in missing))
    return Verdict(
        not missing,
        Text(f"尚缺：{told.zh}。请先补正案件信息。", f"Still unknown: {told.en}. Correct the facts first."),
    )


@guard(
    zh="补办手续的审查人与决定先行援助的人不能为同一人。",
    en="Whoever decided to help at once does not review the papers that follow.",
)
def made_up_by_another(at: MoveContext) -> bool:
    """Where the office's policy `decided_by_another` says so."""
    row, helped = at.office.policy("decided_by_another"), at.case.taken.get("help_first")
    return row is None or not row.holds() or helped is None or helped.by != at.actor.id


def grounds_of_urgency(at: MoveContext) -> Mapping[str, Any]:
    """Why the case could not wait, kept with the decision."""
    facts = at.case.facts
    last_days = [day for day in pressing_days(at.case, at.office.calendar) if timedelta() <= day - at.today < FEW]
    grounds: dict[str, Any] = {"last_days": sorted(map(str, last_days))} if last_days else {}
    if facts.get("preservation_needed"):
        grounds["preservation_needed"] = True
    if facts.get("other_urgency"):
        grounds["other_urgency"] = True
    return {"grounds": grounds}
