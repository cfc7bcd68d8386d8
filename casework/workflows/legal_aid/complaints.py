"""Complaints of the recipient about the office or the helper, and their answer (法律援助法 55, 56)."""

from collections.abc import Mapping
from typing import Any, Final

from casework.forms.form import Form
from casework.forms.texts import Choice, LongText
from casework.rules.case import Case
from casework.rules.context import MoveContext
from casework.rules.fact_dates import taken_on, taken_since
from casework.rules.grammar import guard
from casework.rules.text import Text
from casework.workflows.legal_aid.closing import FILE_STATES
from casework.workflows.legal_aid.urgency import NOT_YET_CONCLUDED

COMPLAINABLE: Final = (
    *NOT_YET_CONCLUDED,
    "concluded",
    "followed_up",
    *FILE_STATES,
    "closed",
    "refused",
    "terminated",
    "upheld",
    "withdrawn",
)
"""Every state: a complaint is heard whatever has become of the case."""
COMPLAINED_OF: Final = {
    "office": Text("法律援助机构", "the office"),
    "helper": Text("承办人员", "the helper"),
}
COMPLAINT_FINDINGS: Final = {
    "founded": Text("投诉属实", "the complaint is founded"),
    "partly": Text("投诉部分属实", "the complaint is founded in part"),
    "unfounded": Text("投诉不属实", "the complaint is not founded"),
}
COMPLAINED: Final = taken_on("complain")
COMPLAINT_ANSWERED: Final = taken_since(COMPLAINED, "answer_complaint")


class Complain(Form):
    """About whom the recipient complains, and why."""

    about = Choice(
        COMPLAINED_OF, required=True, title=Text("投诉对象", "About"), ask=Text("您要投诉谁？", "Whom is it about?")
    )
    reasons = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("投诉事由", "Complaint"),
        ask=Text("说说是怎么回事", "Tell us what happened"),
        help=Text("写明时间、人、事情经过。", "When, who and what happened."),
    )


class AnswerComplaint(Form):
    """What was found and done; the recipient is told."""

    finding = Choice(COMPLAINT_FINDINGS, required=True, title=Text("调查结论", "Finding"))
    answer = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("处理结果", "What was done"),
        help=Text("怎样处理、如何改正，写入答复。", "What was done and put right; it stands in the answer."),
    )


def awaits_answer(case: Case) -> bool:
    """Whether a complaint was made that nobody has answered yet."""
    made, answered = case.taken.get("complain"), case.taken.get("answer_complaint")
    return made is not None and (answered is None or answered.times < made.times)


@guard(
    zh="上一件投诉尚未答复，请将新的情况告知经办人员。",
    en="The complaint before this one is not answered yet; tell the office what is new.",
)
def no_complaint_is_open(at: MoveContext) -> bool:
    """One complaint after the other, so that each has its answer."""
    return not awaits_answer(at.case)


@guard(
    zh="没有待答复的投诉。",
    en="There is no complaint to answer.",
)
def complaint_is_open(at: MoveContext) -> bool:
    """An answer belongs to a complaint."""
    return awaits_answer(at.case)


@guard(
    zh="对机构的投诉不能由作出决定的人答复，请由其他审批人或者上级机构答复。",
    en="A complaint about the office is not answered by whoever decided; another supervisor does, here or above.",
)
def answered_by_another(at: MoveContext) -> bool:
    """Where the office's policy `decided_by_another` says so; a complaint about the helper is for any supervisor."""
    row, made = at.office.policy("decided_by_another"), at.case.taken.get("complain")
    if row is None or not row.holds() or made is None or made.given["about"] != "office":
        return True
    decided = (at.case.taken.get(name) for name in ("grant", "help_first", "refuse", "terminate"))
    last = max((one for one in decided if one), key=lambda one: one.at, default=None)
    return last is None or last.by != at.actor.id


def complaint_answered(at: MoveContext) -> Mapping[str, Any]:
    """About whom the complaint was that is answered."""
    return {"about": at.case.taken["complain"].given["about"]}
