"""What a person asks about the own personal data, and the office's answer (个人信息保护法 44–50), in both programmes.

It changes no state and is open after the case is closed, too.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from casework.forms.cross_field import rule
from casework.forms.example_data import ExampleData
from casework.forms.field import when
from casework.forms.form import Form, Many
from casework.forms.texts import Choice, LongText
from casework.rules.calendars import WorkingCalendar
from casework.rules.case import Case
from casework.rules.context import DecisionContext, MoveContext
from casework.rules.fact_dates import taken_on
from casework.rules.grammar import EVERYWHERE, STAY, Alert, Clock, Letter, Transition, guard, policy
from casework.rules.move import Move
from casework.rules.office_kinds import kind_of
from casework.rules.people import Role
from casework.rules.text import Text

REQUESTS: Final = {
    "copy": Text("查阅、复制", "see the data, or get a copy"),
    "correction": Text("更正、补充", "correct or complete the data"),
    "restriction": Text("限制或者拒绝处理", "restrict or refuse the use of the data"),
    "deletion": Text("删除", "delete the data"),
    "explanation": Text("解释说明处理规则", "explain the rules by which the data are used"),
}
ANSWERS: Final = {
    "granted": Text("同意", "granted"),
    "partly": Text("部分同意", "granted in part"),
    "refused": Text("不同意", "refused"),
}


class RequestData(Form):
    """What is asked for (个人信息保护法 44–48)."""

    kinds = Many(
        Choice(REQUESTS, title=Text("请求事项", "Request")),
        least=1,
        most=len(REQUESTS),
        required=True,
        title=Text("请求事项", "Requests"),
        example=["copy"],
        ask=Text("您要我们做什么？", "What do you ask for?"),
        help=Text("可以多选。", "As many as apply."),
    )
    what = LongText(
        most=2000,
        sensitive=True,
        title=Text("具体内容", "Which data, and how"),
        ask=Text("是哪些内容？", "Which data, and how?"),
        help=Text("例如要复制哪些材料、更正哪一项。", "Such as which papers to copy, or what to correct."),
    )


class AnswerData(Form):
    """The answer; what is refused is refused with reasons (个人信息保护法 50)."""

    answer = Choice(ANSWERS, required=True, title=Text("答复", "Answer"))
    done = LongText(
        most=2000,
        sensitive=True,
        title=Text("办理情况", "What was done"),
        help=Text("写明提供、更正、删除了什么。", "What was handed over, corrected or deleted."),
    )
    reasons = LongText(
        most=4000,
        sensitive=True,
        title=Text("不同意的理由", "Reasons for what is refused"),
        help=Text(
            "不同意或者部分同意的填写，写入答复。", "Where it is refused in whole or part; it stands in the answer."
        ),
        shown_when=when("answer", "partly", "refused"),
    )

    @rule(
        "reasons_missing",
        Text("不同意或者部分同意的，须写明理由。", "What is refused, or refused in part, needs its reasons."),
        at="reasons",
    )
    def reasons_where_refused(self, answer: str, reasons: str | None = None) -> bool:
        return answer == "granted" or bool(reasons)

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """The data were shown."""
        return {"answer": "granted", "done": example_data.says("已提供个人信息副本。", "A copy was handed over.")}


def is_open(case: Case) -> bool:
    """Whether a request waits for its answer: each has one, and none is asked before the last is answered."""
    asked, answered = (case.taken.get(name) for name in ("request_data", "answer_data_request"))
    return asked is not None and asked.times > (answered.times if answered else 0)


def data_answered(case: Case, calendar: WorkingCalendar) -> datetime | None:
    """When the last request was answered, or None."""
    answered = case.taken.get("answer_data_request")
    return answered.at if answered and not is_open(case) else None


@guard(
    zh="此前的个人信息请求正在办理；请在答复后再提出，急事请直接联系本机构。",
    en="Your last request about personal data is being looked into; ask again after its answer, or call the office.",
)
def answered_before(at: MoveContext) -> bool:
    """One request at a time, each of which may ask for several things."""
    return not is_open(at.case)


@guard(zh="没有待答复的个人信息请求。", en="No request about personal data waits for an answer.")
def data_are_asked_for(at: MoveContext) -> bool:
    """An answer belongs to a request."""
    return is_open(at.case)


DATA_TRANSITIONS: Final = (
    Transition(
        "request_data",
        Text("提出个人信息请求", "Ask about personal data"),
        EVERYWHERE,
        STAY,
        by=(Role.APPLICANT, Role.CASEWORKER),
        needs=RequestData,
        when=answered_before,
        letter="data_request_received",
        shared=True,
    ),
    Transition(
        "answer_data_request",
        Text("答复个人信息请求", "Answer about personal data"),
        EVERYWHERE,
        STAY,
        by=Role.CASEWORKER,
        needs=AnswerData,
        when=data_are_asked_for,
        letter="data_request_answered",
        shared=True,
    ),
)
DATA_CLOCK: Final = Clock(
    "data_request",
    Text("答复个人信息请求", "Answer about personal data"),
    EVERYWHERE,
    policy("data_request"),
    Text("个人信息保护法 第50条", "Personal Information Protection Law 50"),
    start=taken_on("request_data"),
    stop=data_answered,
    alerts=(
        Alert("80%", Role.CASEWORKER),
        Alert("due", (Role.CASEWORKER, Role.SUPERVISOR)),
        Alert("+2wd", Role.SUPERVISOR),
        Alert("+5wd", Role.SUPERVISOR, above=True),
    ),
)


def _kinds(given: Mapping[str, Any]) -> Text:
    kinds = [REQUESTS[kind] for kind in given["kinds"]]
    return Text("；".join(kind.zh for kind in kinds), "; ".join(kind.en for kind in kinds))


def _received(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    run = move.case.clock("data_request")
    due = run.due.by if run and run.open and run.due else None
    by_when = _BY.with_(last=due) if due else _SOON
    return {"kinds": _kinds(move.given), "by_when": by_when}


_BY: Final = Text("于 {last}", "by {last}")
_SOON: Final = Text("及时", "without delay")


def _answered(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    asked = move.before.taken["request_data"]
    reasons, done = move.sealed.get("reasons"), move.sealed.get("done")
    asked_on: date = office.calendar.local_date(asked.at)
    return {
        "on": str(asked_on),
        "kinds": _kinds(asked.given),
        "answer": ANSWERS[move.given["answer"]],
        "done": _DONE.with_(done=done) if done else _NOTHING,
        "reasons": _REASONS.with_(reasons=reasons) if reasons else _NOTHING,
        "remedy": _NOTHING if move.given["answer"] == "granted" else _REMEDIES[kind_of(office).of_a_union],
    }


_NOTHING: Final = Text("", "")
_DONE: Final = Text("\n\n办理情况：{done}", "\n\nWhat was done: {done}")
_REASONS: Final = Text("\n\n理由：{reasons}", "\n\nReasons: {reasons}")
_REMEDY: Final = Text(
    "\n\n您对不同意的部分有异议的，可以向{above}反映，也可以依法向人民法院提起诉讼（《中华人民共和国个人信息保护法》第五十条）。",
    "\n\nAgainst what is refused you may turn to {above}, or go to court (Personal Information Protection Law,"
    " article 50).",
)
_REMEDIES: Final = {
    True: _REMEDY.with_(above=Text("上一级工会", "the union above")),
    False: _REMEDY.with_(above=Text("设立本机构的司法行政部门", "the justice department that set up this office")),
}
"""By whether a union answers: each kind of office has another body above it."""
DATA_LETTERS: Final = (
    Letter(
        "data_request_received",
        Text("个人信息请求收到告知书", "Your request about personal data"),
        Text(
            "{applicant}：\n\n您就案件 {number} 提出的个人信息请求已收到，请求事项：{kinds}。我们将{by_when}书面答复；"
            "不同意的，将说明理由。\n\n{office}\n{date}",
            "{applicant},\n\nwe have your request about personal data in case {number}: {kinds}. You will have our"
            " written answer {by_when}; what is refused is refused with reasons.\n\n{office}\n{date}",
        ),
        fill=_received,
    ),
    Letter(
        "data_request_answered",
        Text("个人信息请求答复书", "Answer to your request about personal data"),
        Text(
            "{applicant}：\n\n您于 {on} 就案件 {number} 提出的个人信息请求（{kinds}），答复如下：{answer}。"
            "{done}{reasons}{remedy}\n\n{office}\n{date}",
            "{applicant},\n\nour answer to your request of {on} about personal data in case {number} ({kinds}):"
            " {answer}.{done}{reasons}{remedy}\n\n{office}\n{date}",
        ),
        fill=_answered,
    ),
)
