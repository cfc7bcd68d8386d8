"""Decisions that leave a household on file with less: each is objected to, served and reviewed by itself.

A refusal of further aid, a lower category and a released payment may follow one another, so that the last of them is
not the one that somebody means. They are numbered, and kept with their service and their review.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from casework.forms.example_data import ExampleData
from casework.forms.form import Form
from casework.forms.numbers import Count
from casework.forms.service import RecordService, TellReceipt
from casework.forms.texts import LongText
from casework.rules.case import Case, Facts, Taken
from casework.rules.context import DecisionContext, MoveContext, TimeToObject, Verdict
from casework.rules.grammar import guard
from casework.rules.objections import still_open, time_from
from casework.rules.people import Role
from casework.rules.text import Text
from casework.workflows.hardship_aid.categories import proposal_dropped

REFUSED: Final = "refuse"
LOWERED: Final = "lower_category"
RELEASED: Final = "release_payment"
DECIDED: Final = {
    REFUSED: Text("不予新增帮扶", "further aid refused"),
    LOWERED: Text("调低困难类别", "a lower category"),
    RELEASED: Text("撤销款项", "a payment released"),
}
_NUMBER: Final = Text("决定序号（有多项决定的填写）", "Number of the decision (where there are several)")


class ObjectToDecision(Form):
    """Why a decision is wrong, and which one where there are several."""

    reasons = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("理由", "Reasons"),
        ask=Text("您为什么不同意？", "Why do you disagree?"),
        help=Text("写明哪里不对、有什么依据。", "What is wrong, and what shows it."),
    )
    decision = Count(
        least=1,
        most=999,
        title=_NUMBER,
        ask=Text("对哪一项决定？", "Which decision?"),
        help=Text("只有一项决定的不填。", "Leave it out where there is but one."),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """One that was not objected to, and that came last if any has come."""
        return _example(
            super().example(example_data), [one for one in _made(example_data.facts) if not one["objected"]]
        )


class RecordServiceOnFile(RecordService):
    """The day on which one of the decisions, or its review, reached the applicant."""

    decision = Count(
        least=1, most=999, title=_NUMBER, help=Text("只有一项决定的不填。", "Left out where there is but one.")
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """One that is not known to have come."""
        return _example(super().example(example_data), _made(example_data.facts))


class TellReceiptOnFile(TellReceipt):
    """The day on which one of the decisions, or its review, came, as the applicant says."""

    decision = Count(
        least=1,
        most=999,
        title=_NUMBER,
        ask=Text("收到的是哪一项决定？", "Which decision did you get?"),
        help=Text("只有一项决定的不填。", "Leave it out where there is but one."),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """One that is not known to have come."""
        return _example(super().example(example_data), _made(example_data.facts))


def _example(told: dict[str, Any], made: list[Facts]) -> dict[str, Any]:
    unknown = [one for one in made if not _received(one)]
    one = next(iter(unknown), None) or max(made, key=lambda one: _received(one) or "", default=None)
    return {**told, "decision": one["number"]} if one else {name: told[name] for name in told if name != "decision"}


def decision_noted(at: MoveContext, what: str, **more: Any) -> dict[str, Any]:
    """The decisions with this one: what was decided, by whom and when; `more` tells what a review needs."""
    known = _decisions(at.case)
    made = {
        "number": len(known) + 1,
        "what": what,
        "by": str(at.actor.id),
        "at": max(at.now, at.case.last_at).isoformat(),
        "objected": False,
        "review": None,
        "reviewed_at": None,
        **more,
    }
    return {"decisions": [*known, made]}


def aid_refusal_noted(at: MoveContext) -> Mapping[str, Any]:
    """Nothing is left of the proposal, and its refusal may be objected to."""
    return {**proposal_dropped(at), **decision_noted(at, REFUSED)}


def decision_under_review(case: Case) -> Taken | None:
    """The decision whose objection waits for its answer, as a deed."""
    one = next((one for one in _decisions(case) if _waits(one)), None)
    if one is None:
        return None
    return Taken(UUID(one["by"]), Role.SUPERVISOR, datetime.fromisoformat(one["at"]), 1, {})


@guard(
    zh="没有尚未审查、仍可提出异议的不予新增帮扶、调低类别或者撤销款项的决定。",
    en="There is no refusal of further aid, lower category or released payment that may still be objected to.",
)
def some_decision_is_open(at: MoveContext) -> Verdict:
    """An objection belongs to a decision, is made in time, and is reviewed once."""
    verdicts = [still_open(at, _time(one, at.office)) for one in _unreviewed(at.case)]
    late = next((one.because for one in reversed(verdicts) if not one.holds), None)
    return Verdict(any(one.holds for one in verdicts), late)


@guard(zh="请写明对哪一项决定提出异议（`decision`）。", en="Say to which decision (`decision`).", looks_at_given=True)
def decision_is_named(at: MoveContext) -> Verdict:
    """The decision that is meant may be objected to; it is named where more than one may."""
    return _named(at, _open(at), _open(at))


def objection_to_decision_noted(at: MoveContext) -> Mapping[str, Any]:
    """Which decision is under review."""
    return _changed(at, _meant(at, _open(at)), objected=True)


def decision_upheld(at: MoveContext) -> Mapping[str, Any]:
    """The review with the decision that stands."""
    return _reviewed(at, "upheld")


def decision_overturned(at: MoveContext) -> Mapping[str, Any]:
    """The review; the category before holds again where it was lowered by this decision and no other since.

    A released payment and refused aid are proposed anew.
    """
    one = next((one for one in _decisions(at.case) if _waits(one)), None)
    noted = _reviewed(at, "overturned")
    now = (at.case.facts.get("category") or {}).get("category")
    if one is None or one["what"] != LOWERED or now != one["to"]:
        return noted
    return {**noted, "category": one["category_before"]}


@guard(zh="没有待送达的决定。", en="There is no decision to be served.")
def some_decision_to_serve(at: MoveContext) -> bool:
    """A service belongs to a decision or to its review."""
    return bool(_decisions(at.case))


@guard(zh="请写明是哪一项决定（`decision`）。", en="Say which decision it is (`decision`).", looks_at_given=True)
def service_names_decision(at: MoveContext) -> Verdict:
    """It is named where more than one has not been received."""
    return _named(at, _to_serve(at.case), _decisions(at.case))


@guard(
    zh="送达日期不能早于作出决定之日。",
    en="The decision cannot have been served before it was made.",
    looks_at_given=True,
)
def decision_served_after_made(at: MoveContext) -> bool:
    """What is served is the decision, or its review once there is one."""
    one = _meant(at, _to_serve(at.case))
    return bool(at.given["on"] >= min(_made_on(at, one), at.today))


def service_of_decision_noted(at: MoveContext) -> Mapping[str, Any]:
    """When the decision, or its review, came: as the office proves it, or as the applicant says."""
    one = _meant(at, _to_serve(at.case))
    name = "told_on" if at.actor.role is Role.APPLICANT else "served_on"
    return _changed(at, one, **{f"review_{name}" if one["review"] else name: at.given["on"].isoformat()})


def time_to_object_on_file(case: Case, office: DecisionContext) -> TimeToObject | None:
    """How long the decision may be objected to whose time ends first, else the last one; None where there is none."""
    times = [time for one in _unreviewed(case) if (time := _time(one, office))]
    begun = sorted((time for time in times if time.due), key=lambda time: time.due.at if time.due else case.last_at)
    return next(iter([*begun, *times[-1:]]), None)


def _decisions(case: Case) -> list[Facts]:
    return _made(case.facts)


def _made(facts: Facts) -> list[Facts]:
    return list(facts.get("decisions") or ())


def _waits(one: Facts) -> bool:
    return bool(one["objected"] and not one["review"])


def _unreviewed(case: Case) -> list[Facts]:
    return [one for one in _decisions(case) if not one["objected"]]


def _open(at: MoveContext) -> list[Facts]:
    return [one for one in _unreviewed(at.case) if still_open(at, _time(one, at.office)).holds]


def _to_serve(case: Case) -> list[Facts]:
    """The decisions that nobody knows to have come, else all of them: a day may be put right."""
    known = _decisions(case)
    return [one for one in known if not _received(one)] or known


def _received(one: Facts) -> str | None:
    review = "review_" if one["review"] else ""
    return one.get(f"{review}served_on") or one.get(f"{review}told_on")


def _time(one: Facts, office: DecisionContext) -> TimeToObject | None:
    received = _received(one)
    return time_from(office, date.fromisoformat(received) if received else None)


def _named(at: MoveContext, likely: list[Facts], allowed: list[Facts]) -> Verdict:
    """Whether it is said which of the `allowed` is meant; where only one is likely nothing need be said."""
    number = at.given.get("decision")
    told = [(one["number"], DECIDED[one["what"]], _made_on(at, one)) for one in allowed]
    return Verdict(
        len(likely) == 1 if number is None else any(one["number"] == number for one in allowed),
        Text(
            f"请写明是哪一项决定（`decision`）：{'；'.join(f'{n}. {what.zh}（{day}）' for n, what, day in told)}。",
            f"Say which decision it is (`decision`): {'; '.join(f'{n}. {what.en} ({day})' for n, what, day in told)}.",
        ),
    )


def _meant(at: MoveContext, likely: list[Facts]) -> Facts:
    number = at.given.get("decision")
    return next(one for one in (likely if number is None else _decisions(at.case)) if number in (None, one["number"]))


def _made_on(at: MoveContext, one: Facts) -> date:
    """The day of the decision, or of its review once there is one."""
    return at.office.calendar.local_date(datetime.fromisoformat(one["reviewed_at"] or one["at"]))


def _reviewed(at: MoveContext, review: str) -> dict[str, Any]:
    one = next((one for one in _decisions(at.case) if _waits(one)), None)
    return _changed(at, one, review=review, reviewed_at=max(at.now, at.case.last_at).isoformat()) if one else {}


def _changed(at: MoveContext, one: Facts, **news: Any) -> dict[str, Any]:
    return {"decisions": [{**known, **news} if known is one else known for known in _decisions(at.case)]}
