"""The file of a case after its end: handed in, verified, its subsidy worked out and paid, archived.

Sources: 法律援助法 50, 52; 办理法律援助案件程序规定; the closing file of one case, one volume (聊城, 一案一卷).
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from casework.forms.cross_field import rule
from casework.forms.example_data import ExampleData, days_ago
from casework.forms.form import Form, Many
from casework.forms.numbers import Count, Day, Money
from casework.forms.texts import Choice, Line, LongText
from casework.rules.calendars import WorkingCalendar
from casework.rules.case import Case, Taken
from casework.rules.context import MoveContext, PolicyRow, Verdict
from casework.rules.fact_dates import taken_on, taken_since
from casework.rules.grammar import guard
from casework.rules.text import Text
from casework.workflows.legal_aid.guards import follows

FILE_STATES: Final = ("file_submitted", "file_returned", "file_accepted", "subsidy_approved", "to_archive")
FILE_CLOCKS: Final = ("file_check", "file_correction", "subsidy", "subsidy_payment", "archiving")
FILE_PAPERS: Final = {
    "catalogue": Text("卷宗目录", "table of contents"),
    "application": Text("法律援助申请表", "application"),
    "identity": Text("身份证明", "proof of identity"),
    "means": Text("经济困难状况说明表或者免予核查的证明", "statement of means or proof of the exemption"),
    "decision": Text("审批表、决定书", "review form and decision"),
    "commission": Text("指派通知书", "notice of assignment"),
    "power_of_attorney": Text("授权委托书、委托协议", "power of attorney and agreement"),
    "records": Text("约见、谈话、通报记录", "records of meetings and reports"),
    "pleadings": Text("仲裁申请书、起诉状、答辩状、上诉状", "applications and pleadings"),
    "evidence": Text("证据材料", "evidence"),
    "argument": Text("代理词", "written argument"),
    "outcome": Text("裁决书、判决书、调解书等", "award, judgment or settlement"),
    "report": Text("结案报告表", "closing report"),
    "other": Text("其他", "other"),
}
IN_EVERY_FILE: Final = ("catalogue", "application", "identity", "means", "decision", "power_of_attorney", "report")
COSTS: Final = {
    "travel": Text("差旅交通费", "travel"),
    "copies": Text("复印邮寄费", "copies and postage"),
    "translation": Text("翻译费", "translation"),
    "appraisal": Text("鉴定费", "appraisal"),
    "other": Text("其他", "other"),
}
SUBSIDY_STAGES: Final = {
    "advice": Text("法律咨询", "advice"),
    "drafting": Text("代拟法律文书", "drafting"),
    "mediation": Text("调解", "mediation"),
    "arbitration": Text("仲裁", "arbitration"),
    "first_instance": Text("一审", "first instance"),
    "second_instance": Text("二审", "second instance"),
    "enforcement": Text("执行", "enforcement"),
}
NO_SUBSIDY: Final = {
    "volunteer": Text("志愿者无偿承办", "a volunteer worked without pay"),
    "staff": Text("本机构或者工会工作人员承办", "the office's or the union's own staff"),
    "declined": Text("承办人放弃补贴", "the helper does without it"),
    "no_work": Text("未实际提供服务", "no service was given"),
    "other": Text("其他", "other"),
}


class FilePaper(Form):
    """A paper of the file."""

    kind = Choice(FILE_PAPERS, required=True, title=Text("材料", "Paper"))
    pages = Count(
        least=1,
        most=9999,
        title=Text("页数", "Pages"),
        help=Text("页数。", "How many pages."),
        unit=Text("页", "pages"),
    )
    note = Line(title=Text("说明", "Note"), help=Text("需要说明的事项。", "Anything to be told."))


class Cost(Form):
    """What the helper spent."""

    kind = Choice(COSTS, required=True, title=Text("费用", "Cost"))
    amount = Money(required=True, title=Text("金额", "Amount"))


class HandInFile(Form):
    """The file of the case, paper by paper, with what it cost (法律援助法 50; form 21)."""

    papers = Many(
        FilePaper,
        least=1,
        most=100,
        required=True,
        title=Text("卷宗材料", "Papers of the file"),
        help=Text("按卷宗目录逐件登记。", "By the list of the file."),
        row_title=Text("材料", "Paper"),
    )
    costs = Many(
        Cost,
        most=40,
        title=Text("办案费用", "Costs"),
        help=Text("一项费用一行，附票据。", "A row for each, with its receipt."),
        row_title=Text("费用", "Cost"),
        sums="amount",
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """What belongs into every file, and a journey."""
        papers = [{"kind": kind, "pages": example_data.random.randint(1, 9)} for kind in IN_EVERY_FILE]
        return {"papers": papers, "costs": [{"kind": "travel", "amount": "46.00"}]}


class ReturnFile(Form):
    """What is missing in the file, all of it."""

    papers = Many(
        Line(title=Text("需补正的内容", "What is missing")),
        least=1,
        most=50,
        required=True,
        title=Text("需补正的全部内容", "Everything that is missing"),
        example=[Text("授权委托书缺受援人签名", "Power of attorney without the recipient's signature")],
        help=Text("逐项写明，承办人据此补正。", "Item by item; the helper puts them right."),
    )


class ApproveSubsidy(Form):
    """For which stages the helper is paid; another amount than the rates give needs its ground."""

    stages = Many(
        Choice(SUBSIDY_STAGES, title=Text("阶段", "Stage")),
        least=1,
        most=len(SUBSIDY_STAGES),
        required=True,
        title=Text("补贴阶段", "Stages"),
        example=["arbitration"],
        help=Text("勾选实际办理的阶段。", "Tick the stages that were handled."),
    )
    amount = Money(title=Text("核定金额", "Amount set"))
    ground = LongText(
        most=500,
        title=Text("核定依据或者调整理由", "Ground of the amount"),
        help=Text("与标准不同的，写明理由。", "Why it differs from the standard."),
    )

    @rule(
        "stage_twice",
        Text("同一阶段重复填写。", "A stage is listed twice."),
        at="stages",
    )
    def stages_once(self, stages: list[str]) -> bool:
        return len(set(stages)) == len(stages)

    @rule(
        "ground_missing",
        Text("不按标准核定金额的，须写明依据。", "An amount that is set needs its ground."),
        at="ground",
    )
    def grounded(self, amount: Decimal, ground: str | None = None) -> bool:
        return ground is not None

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """An amount that somebody set, since not every place has rates."""
        return {
            "stages": ["arbitration"],
            "amount": "1200.00",
            "ground": example_data.says(
                "本地区尚无补贴标准，参照同类案件核定", "No rate is set here; as in cases of its kind"
            ),
        }


class PaySubsidy(Form):
    """The payment to the helper."""

    paid_on = Day(past=True, required=True, title=Text("发放日期", "Paid on"), example=days_ago(0))
    reference = Line(
        most=60,
        required=True,
        title=Text("凭证号", "Reference"),
        example="2026-0001",
        help=Text("付款凭证的编号。", "The number of the voucher."),
    )


class WaiveSubsidy(Form):
    """Why no subsidy is paid."""

    ground = Choice(NO_SUBSIDY, required=True, title=Text("不发放补贴的情形", "Ground"))
    note = Line(most=500, title=Text("说明", "Note"), help=Text("需要说明的事项。", "Anything to be told."))


class Archive(Form):
    """Where the file lies."""

    file_number = Line(
        most=60,
        title=Text("卷宗号", "Number of the file"),
        example=Text("2026-民-0001", "2026-C-0001"),
        open_because="The file is found in the archive by it; the number names nobody.",
        help=Text("留空由系统编号以外的，照档案室编号填写。", "As the archive numbers it."),
    )


class Rate(Form):
    """What the recipient says of the help, 1 to 5 (法律援助法 59)."""

    rating = Count(
        least=1,
        most=5,
        required=True,
        title=Text("评分（1 至 5）", "Rating (1 to 5)"),
        example=5,
        ask=Text("您打几分？", "How many points?"),
        help=Text("1 分最低，5 分最高。", "1 is the least, 5 the most."),
    )
    comment = LongText(
        most=2000,
        sensitive=True,
        title=Text("意见和建议", "Comment"),
        ask=Text("有什么意见和建议？", "What should be better?"),
        help=Text("可以不写。", "It may be left out."),
    )


@guard(
    zh="已评价过，不能重复评价。",
    en="The help has been rated already.",
)
def not_rated_yet(at: MoveContext) -> bool:
    """One rating of each recipient."""
    return "rate" not in at.case.taken


def end_of_work(case: Case) -> Taken | None:
    """What ended the work of a helper: the conclusion, or a termination after somebody had engaged; None before."""
    ends = [case.taken.get("conclude"), case.taken.get("terminate") if "engage" in case.taken else None]
    return max((end for end in ends if end is not None), key=lambda end: end.at, default=None)


def work_ended(case: Case, calendar: WorkingCalendar) -> datetime | None:
    """When the work of a helper ended, or None."""
    end = end_of_work(case)
    return end.at if end else None


CONCLUDED: Final = taken_on("conclude")
FOLLOWED_UP: Final = taken_since(CONCLUDED, "follow_up")
HANDED_IN: Final = taken_since(work_ended, "hand_in_file")


def was_followed_up(case: Case) -> bool:
    """Whether the recipient was asked since the help ended."""
    ended, asked = end_of_work(case), case.taken.get("follow_up")
    return asked is not None and (ended is None or ended.at <= asked.at)


@guard(
    zh="已回访过。",
    en="The recipient was followed up already.",
)
def not_followed_up_yet(at: MoveContext) -> bool:
    """Once is enough."""
    return not was_followed_up(at.case)


@guard(
    zh="尚未回访受援人，不能归档。",
    en="The recipient has not been followed up yet.",
)
def followed_up_before(at: MoveContext) -> bool:
    """法律援助法 59: the recipient is asked before the file is put away."""
    return was_followed_up(at.case)


@guard(
    zh="按本机构规定，须先提交并审查卷宗，再行结案。",
    en="In this office the file is handed in and verified before the case is closed.",
)
def file_may_follow(at: MoveContext) -> bool:
    """Where the office's policy `file_before_closing` demands it, a case is closed by its archived file only."""
    row = at.office.policy("file_before_closing")
    return row is None or not row.holds()


@guard(
    zh="此案没有待提交的卷宗。",
    en="No file of this case is to be handed in.",
)
def file_is_owed(at: MoveContext) -> bool:
    """法律援助法 50: the file of a case in which somebody worked is owed until it is in.

    Also after the case was closed, or the aid terminated: what was done until then is put on file and paid (52).
    """
    ended, archived = end_of_work(at.case), at.case.taken.get("archive")
    return at.case.state in _ON_THE_WAY or (ended is not None and (archived is None or archived.at < ended.at))


_ON_THE_WAY: Final = ("concluded", "followed_up", "file_returned")


@guard(
    zh="援助未被终止，或者对终止决定已提出过异议。",
    en="The aid was not terminated, or somebody has objected to that already.",
)
def termination_is_open(at: MoveContext) -> bool:
    """法律援助法 49 sets no time to object to a termination: putting its file in order takes nothing away."""
    terminated = at.case.taken.get("terminate")
    later = (at.case.taken.get(name) for name in ("conclude", "object"))
    return terminated is not None and all(one is None or one.at < terminated.at for one in later)


def file_sheet(at: MoveContext) -> Mapping[str, Any]:
    """What every file has and this one lacks, and the sum of the costs."""
    listed = {paper["kind"] for paper in at.given["papers"]}
    costs = sum((cost["amount"] for cost in at.given.get("costs", ())), Decimal(0))
    return {"lacks": [kind for kind in IN_EVERY_FILE if kind not in listed], "costs_total": f"{costs:.2f}"}


def _ended_on(at: MoveContext) -> date:
    """The day on which the work ended: as the helper says, or that of the termination."""
    end = end_of_work(at.case)
    if end is None:
        return at.today
    given: str | None = end.given.get("concluded_on")
    return date.fromisoformat(given) if given else at.office.calendar.local_date(end.at)


def _rate(at: MoveContext, stage: str) -> PolicyRow | None:
    """The rate of a stage in force on the day of conclusion; None where none was, or nobody can tell.

    The office knows what is in force today and what was at the end of last year. A row that began on the day or before
    was in force on it; where a newer one has come since, that of last year tells of days up to its end.
    """
    day, name = _ended_on(at), f"subsidy_{stage}"
    now, then = at.office.policy(name), at.office.policy_last_year(name)
    if now is not None and now.from_date <= day:
        return now
    return then if then is not None and then.from_date <= day < date(at.today.year, 1, 1) else None


def _unrated(at: MoveContext) -> Iterator[str]:
    return (stage for stage in at.given["stages"] if _rate(at, stage) is None)


@guard(
    zh="所列阶段没有补贴标准，请填写核定金额及依据。",
    en="There is no rate for a stage; give the amount and its ground.",
    looks_at_given=True,
)
def amount_is_known(at: MoveContext) -> Verdict | bool:
    """Worked out from the dated rates of the stages, or set with its ground."""
    if "amount" in at.given:
        return True
    titles = [SUBSIDY_STAGES[stage] for stage in _unrated(at)]
    return Verdict(
        not titles,
        Text(
            f"办结之日没有下列阶段的补贴标准：{'、'.join(title.zh for title in titles)}。请填写核定金额及依据。",
            f"On the day of conclusion there was no rate for: {', '.join(title.en for title in titles)}."
            " Give the amount and its ground.",
        ),
    )


def subsidy_sheet(at: MoveContext) -> Mapping[str, Any]:
    """The amount in yuan, free of tax, and the rates in force on the day of conclusion from which it follows."""
    rated = {stage: row for stage in at.given["stages"] if (row := _rate(at, stage)) is not None}
    amount = at.given.get("amount", sum((row.amount() for row in rated.values()), Decimal(0)))
    rates = [
        {"stage": stage, "rate": f"{row.amount():.2f}", "source": row.source.both()} for stage, row in rated.items()
    ]
    return {"amount": f"{amount:.2f}", "rates": rates, "tax": _TAX_FREE.both()}


_TAX_FREE: Final = Text(
    "法律援助补贴免征增值税和个人所得税（法律援助法第52条）。",
    "The subsidy is free of value added tax and income tax (Legal Aid Law 52).",
)


@guard(
    zh="审批补贴的人不能办理发放。",
    en="Whoever approved the subsidy does not pay it.",
)
def paid_by_another(at: MoveContext) -> bool:
    """Where the office's policy `paid_by_another` says so; a small office of two people must be able to work."""
    row, approved = at.office.policy("paid_by_another"), at.case.taken.get("approve_subsidy")
    return row is None or not row.holds() or approved is None or approved.by != at.actor.id


@guard(
    zh="发放日期不能早于审批之日。",
    en="The subsidy cannot be paid before it was approved.",
    looks_at_given=True,
)
def paid_after_approval(at: MoveContext) -> bool:
    """The payment follows the approval."""
    approved = at.case.taken.get("approve_subsidy")
    return approved is None or follows(at, "paid_on", at.office.calendar.local_date(approved.at))
