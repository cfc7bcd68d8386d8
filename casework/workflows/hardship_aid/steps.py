"""What the steps up to the decision need: one form each."""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from casework.forms.cross_field import rule
from casework.forms.example_data import ExampleData, days_ago
from casework.forms.field import MASK
from casework.forms.form import Form, Many
from casework.forms.numbers import Count, Day, Flag, Money
from casework.forms.papers import Paper, PaperName
from casework.forms.texts import Choice, Code, Line, LongText, PersonName, PublicLine
from casework.rules.hardship import CATEGORIES
from casework.rules.text import Text
from casework.workflows.hardship_aid.codes import EXCLUSIONS, GRANT_KINDS, OWNS, PAID_FOR

CATEGORY_TITLES: Final[dict[str, Text]] = dict(CATEGORIES.items())
REGULAR_KINDS: Final = {kind: title for kind, title in GRANT_KINDS.items() if kind != "emergency"}
REFUSAL_GROUNDS: Final = {
    "not_hard_up": Text("不符合困难职工家庭认定标准", "the household is not in one of the categories of hardship"),
    "excluded": Text("存在排除性情形", "something excludes the household"),
    "untrue": Text("申报情况与核实情况不符", "what was told does not agree with what was found"),
    "not_competent": Text("不属于本工会受理范围", "another union is competent"),
    "other": Text("其他", "other"),
}
TRANSFER: Final = "transfer"
CASH: Final = "cash"
PAID_BY: Final = {
    TRANSFER: Text("转入本人账户（账户可以后补）", "to the applicant's own account, which may follow"),
    CASH: Text("现金，本人签收", "in cash, signed for"),
}
OBJECTION_RESULTS: Final = {
    "unfounded": Text("异议不成立", "unfounded"),
    "founded": Text("异议成立", "founded"),
}

_PAPERS: Final = (
    Text("近一年工资收入证明", "Proof of pay of the last year"),
    Text("医疗费用票据", "Receipts of treatment"),
    Text("就读学校证明", "Certificate of the school"),
)


class AskForPapers(Form):
    """The one-off notice: everything that is missing, and nothing that was given already."""

    papers = Many(
        PaperName(title=Text("材料", "Paper")),
        least=1,
        most=50,
        required=True,
        title=Text("需补充的全部材料", "Everything that is missing"),
        example=list(_PAPERS[:2]),
        help=Text("一次写全：再次告知须由审批人办理。", "All at once; a supervisor has to ask a second time."),
    )
    explanation = LongText(
        most=2000,
        sensitive=True,
        title=Text("说明", "Explanation"),
        help=Text(
            "写入告知书：为什么需要、到哪里开。", "It stands in the letter: why it is needed, and where to get it."
        ),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """Papers that have not come in yet."""
        held = {paper["name"] for paper in example_data.facts.get("papers") or ()}
        known = [paper.in_(example_data.language) for paper in _PAPERS]
        others = (
            example_data.says(f"其他证明材料（{number}）", f"Another proof ({number})") for number in range(1, 999)
        )
        more = next(name for name in others if name not in held)
        return {"papers": [name for name in known if name not in held] or [more]}


class SupplyPapers(Form):
    """The papers that have come in."""

    papers = Many(
        Paper,
        least=1,
        most=100,
        required=True,
        title=Text("补充的材料", "Papers supplied"),
        ask=Text("您补交了哪些材料？", "Which papers do you hand in?"),
        help=Text("一件一行。", "A row for each."),
        row_title=Text("材料", "Paper"),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """One of those that were asked for."""
        return {"papers": [{"name": _PAPERS[0].in_(example_data.language), "copies": 1}]}


class HelpAtOnce(Form):
    """Emergency aid before the papers (社会救助法 art 50)."""

    amount = Money(least=1, required=True, title=Text("金额", "Amount"), example="500.00")
    fund = Code(
        required=True,
        title=Text("资金", "Fund"),
        example=lambda example_data: next(iter(example_data.funds), "RELIEF"),
        help=Text("从哪笔资金支付。", "Which fund pays."),
    )
    reason = LongText(
        most=2000,
        sensitive=True,
        required=True,
        title=Text("紧急情况", "Why it cannot wait"),
        help=Text("写明危及什么、为什么不能等审批。", "What is in danger, and why it cannot wait for the approval."),
    )
    pay_by = Choice(PAID_BY, title=Text("支付方式", "Paid by"), example=TRANSFER)


class EndEmergency(Form):
    """The emergency is over; from this day the papers are due (社会救助法 art 50)."""

    on = Day(past=True, years_back=1, required=True, title=Text("解除日期", "Over since"), example=days_ago(0))
    note = LongText(
        most=2000,
        sensitive=True,
        title=Text("情况说明", "Note"),
        help=Text("紧急情况怎样解除。", "How the emergency ended."),
    )


class RecordVisit(Form):
    """The home visit: two different people, what they found, and the authorisation signed there."""

    on = Day(past=True, years_back=1, required=True, title=Text("入户日期", "Date of the visit"), example=days_ago(0))
    visitors = Many(
        PersonName(title=Text("调查人", "Visitor")),
        least=2,
        most=5,
        required=True,
        title=Text("调查人（至少两人签字）", "Visitors (two at least sign)"),
        example=["示例甲", "示例乙"],
        help=Text("至少两人，须签字。", "Two at least, who sign."),
    )
    as_told = Flag(
        required=True,
        title=Text("与申报一致", "As the household told"),
        example=True,
        help=Text("与申请表所填一致的选“是”。", "Yes where it agrees with the application."),
    )
    finding = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("调查情况", "Finding"),
        help=Text("住房、家庭成员、收入、病情等实际情况。", "What was found of home, members, income and health."),
    )
    authorised = Flag(
        required=True,
        title=Text("当面签署核对授权委托书", "Authorisation to check the means signed in person"),
        example=True,
        help=Text("当面签署的委托书须随档保存。", "What was signed in person is kept with the file."),
    )

    @rule(
        "one_visitor", Text("须由两名不同的人员入户调查。", "Two different people visit the household."), at="visitors"
    )
    def two_people(self, visitors: list[str]) -> bool:
        return len(set(visitors)) >= 2


class SendCheck(Form):
    """The hand-over to the civil affairs' centre that checks means."""

    on = Day(past=True, years_back=1, required=True, title=Text("送交日期", "Sent on"), example=days_ago(0))
    to = Line(
        required=True,
        title=Text("核对机构", "Checked by"),
        example=Text("居民家庭经济状况核对中心", "Centre that checks the means of households"),
        help=Text("例如民政局居民家庭经济状况核对中心。", "Such as the checking centre of the civil affairs bureau."),
    )
    reference = Line(
        most=60, title=Text("送交文号", "Reference"), help=Text("送交函的文号。", "The number of the letter.")
    )


class RecordCheck(Form):
    """The answer of the centre."""

    on = Day(past=True, years_back=1, required=True, title=Text("反馈日期", "Answered on"), example=days_ago(0))
    annual_income = Money(
        title=Text("核对的家庭年收入", "Annual income as checked"),
        example=lambda example_data: (example_data.facts.get("household") or {}).get("annual_income", "30000.00"),
    )
    exclusions = Many(
        Choice(EXCLUSIONS, title=Text("排除性情形", "Ground of exclusion"), open_because=OWNS),
        most=len(EXCLUSIONS),
        title=Text("核对发现的排除性情形", "Grounds of exclusion found"),
        example=[],
        help=Text("勾选核对报告中的情形。", "Tick what the report found."),
    )
    note = LongText(
        most=4000,
        sensitive=True,
        title=Text("核对情况", "Note"),
        help=Text("与申报不同之处。", "Where it differs from what was told."),
    )


class Item(Form):
    """One kind of aid with its amount and the fund that pays it; study aid is for one student."""

    kind = Choice(REGULAR_KINDS, required=True, title=Text("帮扶类别", "Kind"), open_because=PAID_FOR)
    amount = Money(least=1, required=True, title=Text("金额", "Amount"))
    fund = Code(required=True, title=Text("资金", "Fund"), help=Text("从哪笔资金支付。", "Which fund pays."))
    student = PersonName(
        title=Text("学生", "Student"),
        help=Text(
            "助学救助给予哪一名学生，按家庭成员中的姓名填写。", "For whom study aid is, as listed among the members."
        ),
    )

    @rule(
        "student_of_other_aid",
        Text("只有助学救助写明学生。", "Only study aid names a student."),
        at="student",
    )
    def only_study_has_a_student(self, kind: str, student: str) -> bool:
        return kind == "study"


MOST_ITEMS: Final = 30
"""As many items as a proposal takes: one of each kind, and study aid for each student."""


def next_item(example_data: ExampleData) -> dict[str, Any]:
    """An example of aid that is open to the household by its facts."""
    facts = example_data.facts
    category = (facts.get("category") or {}).get("category", "deep")
    held = {line["kind"] for line in _this_year(example_data)} - {"study"}
    student = _next_student(example_data)
    share, loss = facts.get("medical_own_share"), (facts.get("sudden") or {}).get("loss")
    open_kinds = {
        "living": "1000.00" if category != "sudden" else None,
        "study": "1000.00" if category != "sudden" and student else None,
        "medical": _tenth(share) if category != "sudden" else None,
        "sudden": _tenth(loss) if category == "sudden" else None,
        "temporary": "1000.00",
        **dict.fromkeys(("warmth", "training", "placement"), "100.00"),
    }
    found = ((kind, amount) for kind, amount in open_kinds.items() if amount and kind not in held)
    kind, amount = next(found, ("living", "1000.00"))
    item = {"kind": kind, "amount": amount, "fund": next(iter(example_data.funds), "RELIEF")}
    return {**item, "student": student} if kind == "study" else item


def _next_student(example_data: ExampleData) -> str | None:
    """A member who may be given study aid, or None where each child at school has got it this year."""
    helped = [line.get("student") for line in _this_year(example_data) if line["kind"] == "study"]
    if len(helped) >= (example_data.facts.get("students") or 0):
        return None
    names = [one["name"] for one in example_data.facts.get("members") or () if one.get("relation") == "child"]
    return next((name for name in names if name not in helped), None)


def _this_year(example_data: ExampleData) -> list[Mapping[str, Any]]:
    lines = example_data.facts.get("aid") or ()
    year = f"{example_data.today.year}-"
    return [line for line in lines if line["approved_on"].startswith(year) and line["status"] != "released"]


def _tenth(written: str | None) -> str | None:
    """A tenth of a cost, which every share leaves open; None where that is less than a yuan, or is not told."""
    part = (Decimal(written if written and written != MASK else 0) / 10).quantize(Decimal("0.01"), ROUND_DOWN)
    return f"{min(part, Decimal(1000)):.2f}" if part >= 1 else None


FAR_ABOVE: Final = 100_000
"""Yuan a year for a household, less its rigid expenses; by this much an example tells who is no case for a dossier."""


class Propose(Form):
    """The finding of the review: category, aid, and why, where a person decides otherwise than the formula."""

    category = Choice(CATEGORY_TITLES, title=Text("拟定困难类别", "Category proposed"))
    without_dossier = Flag(
        title=Text("不建档，仅给予帮扶", "Aid without a dossier"),
        help=Text(
            "突发性、临时性困难职工和新就业形态劳动者，未达到建档标准的。",
            "For sudden or temporary hardship and platform workers below the tests of a dossier.",
        ),
    )
    ground = LongText(
        most=2000,
        sensitive=True,
        title=Text("与测算不一致的依据", "Ground for differing from the formula"),
        help=Text("拟定类别与测算不同的，写明依据。", "Why another category than the formula's."),
    )
    aid = Many(
        Item,
        most=MOST_ITEMS,
        title=Text("拟给予的帮扶", "Aid proposed"),
        help=Text("一类帮扶一行。", "A row for each kind."),
        row_title=Text("帮扶", "Aid"),
        sums="amount",
    )
    finding = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("初审意见", "Finding"),
        help=Text("写明查明的情况和理由，审批人据此决定。", "What was found and why; the supervisor decides by it."),
    )

    @rule(
        "category_or_none",
        Text("建档的写明困难类别，不建档的不写。", "A dossier has a category; aid without one has none."),
        at="category",
    )
    def a_dossier_has_a_category(self, category: str | None = None, without_dossier: bool = False) -> bool:
        return (category is None) == without_dossier

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """A proposal that stands whatever the formula finds; with aid where none was given this year.

        Without a dossier where the income is far above the line.
        """
        means = example_data.facts.get("household") or {}
        income = Decimal(means.get("annual_income", 0)) - Decimal(means.get("rigid_expenses", 0))
        if not _this_year(example_data) and not example_data.facts.get("sudden") and income >= FAR_ABOVE:
            item = {"kind": "temporary", "amount": "1000.00", "fund": next(iter(example_data.funds), "RELIEF")}
            return {
                "without_dossier": True,
                "ground": example_data.says("入户调查和集体研究的意见。", "What the visit and the meeting found."),
                "aid": [item],
                "finding": example_data.says("情况属实。", "It is as they say."),
            }
        return {
            "category": "deep",
            "ground": example_data.says("入户调查和集体研究的意见。", "What the visit and the meeting found."),
            "aid": [] if _this_year(example_data) else [next_item(example_data)],
            "finding": example_data.says("情况属实。", "It is as it was told."),
        }


class ProposeRefusal(Form):
    """The finding that the household cannot be put on file."""

    ground = Choice(REFUSAL_GROUNDS, required=True, title=Text("不予帮扶的情形", "Ground"))
    finding = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("初审意见", "Finding"),
        help=Text("写明查明的情况和理由，审批人据此决定。", "What was found and why; the supervisor decides by it."),
    )


class Publish(Form):
    """Where the notice is posted, and where objections go."""

    posted_at = PublicLine(
        required=True,
        title=Text("公示地点", "Posted at"),
        example=Text("示例社区公示栏", "Board of the Example Community"),
        help=Text("单位公示栏、社区公示栏或者网站栏目。", "The notice board of the unit or community, or the page."),
    )
    objections_to = PublicLine(
        landlines=True,
        required=True,
        title=Text("异议受理单位和方式", "Objections to"),
        example=Text("本工会帮扶中心（工作时间来访）", "At the union's help centre, in opening hours"),
        help=Text(
            "单位名称和固定电话，公示期内有人接听。",
            "Name and landline of the office, answered while the notice is up.",
        ),
    )


class ProposeAid(Publish):
    """Further aid for a household on file, and its notice."""

    aid = Many(
        Item,
        least=1,
        most=MOST_ITEMS,
        required=True,
        title=Text("拟给予的帮扶", "Aid proposed"),
        help=Text("一类帮扶一行。", "A row for each kind."),
        row_title=Text("帮扶", "Aid"),
        sums="amount",
    )
    finding = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("意见", "Finding"),
        help=Text("写明查明的情况和理由，审批人据此决定。", "What was found and why; the supervisor decides by it."),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """One more kind of aid."""
        return {**super().example(example_data), "aid": [next_item(example_data)]}


class RecordObjection(Form):
    """Somebody objects to a notice."""

    on = Day(past=True, years_back=1, required=True, title=Text("收到日期", "Received on"), example=days_ago(0))
    content = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("异议内容", "What is objected"),
        help=Text("照异议人所说记录。", "As it was put forward."),
    )


class AnswerObjection(Form):
    """What came of an objection."""

    number = Count(
        least=1,
        most=999,
        required=True,
        title=Text("异议序号", "Number of the objection"),
        help=Text("第几项异议，按收到的先后。", "Which one, in the order in which they came."),
    )
    result = Choice(OBJECTION_RESULTS, required=True, title=Text("核实结果", "Result"))
    reasons = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("核实情况和理由", "Reasons"),
        help=Text("写入文书，当事人会看到。", "It stands in the letter to the person."),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """The first objection that waits for an answer, found to be nothing."""
        known = example_data.facts.get("objections") or ()
        first = next((number for number, one in enumerate(known, start=1) if one["result"] is None), 1)
        return {**super().example(example_data), "number": first}


class Endorse(Form):
    """The opinion with which a union sends a proposal up."""

    opinion = LongText(
        most=2000,
        sensitive=True,
        required=True,
        title=Text("审核意见", "Opinion"),
        help=Text("写明同意与否及理由。", "Whether it is endorsed, and why."),
    )


class Approve(Form):
    """The approval; above the province's limit with the national union's own."""

    opinion = LongText(
        most=2000,
        sensitive=True,
        title=Text("审批意见", "Opinion"),
        help=Text("写入审批表。", "It stands in the form of approval."),
    )
    meeting = Line(
        most=100,
        title=Text("会议纪要编号", "Minutes of the meeting"),
        help=Text("集体研究的会议纪要编号。", "Of the meeting that decided."),
    )
    national_number = Line(
        most=60,
        title=Text("全国总工会批准文号", "Number of the national union's approval"),
        help=Text("须报全国总工会批准的填写。", "Where the national union has to approve."),
    )
    national_on = Day(past=True, title=Text("全国总工会批准日期", "Date of the national union's approval"))

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """With the national union's approval, which may always be given."""
        return {
            "meeting": example_data.says("（示例）1号", "Example no. 1"),
            "national_number": example_data.says("（示例）总工发1号", "Example of the national union, no. 1"),
            "national_on": example_data.today.isoformat(),
        }


class Reason(Form):
    """Why something is taken back, in a line."""

    reason = Line(
        most=500,
        sensitive=True,
        required=True,
        title=Text("理由", "Reason"),
        example=Text("需要补充调查", "More has to be found out"),
        help=Text("写明理由，随案保存。", "It is kept with the case."),
    )


class Withdraw(Form):
    """The applicant no longer asks."""

    reason = Line(
        most=500,
        sensitive=True,
        title=Text("撤回理由", "Reason"),
        example=Text("家庭情况已好转", "The household is better off"),
        ask=Text("为什么撤回？", "Why do you withdraw?"),
        help=Text("可以不写。", "It may be left out."),
    )


class Refuse(Form):
    """The decision not to help: written, with its reasons (社会救助法 art 45)."""

    ground = Choice(REFUSAL_GROUNDS, required=True, title=Text("不予帮扶的情形", "Ground"))
    reasons = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("理由", "Reasons"),
        help=Text("写入文书，当事人会看到。", "It stands in the letter to the person."),
    )


class Reasons(Form):
    """A decision or an objection, with its reasons."""

    reasons = LongText(
        ask=Text("您的理由是什么？", "What are your reasons?"),
        most=4000,
        sensitive=True,
        required=True,
        title=Text("理由", "Reasons"),
        help=Text("写入文书，当事人会看到。", "It stands in the letter to the person."),
    )
