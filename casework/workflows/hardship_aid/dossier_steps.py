"""What the steps on a dossier on file need: one form each."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from casework.forms.cross_field import rule
from casework.forms.example_data import ExampleData, days_ago
from casework.forms.field import when
from casework.forms.form import Form, Many, Nested
from casework.forms.numbers import Count, Day, Flag, Money
from casework.forms.papers import Paper
from casework.forms.texts import Choice, Code, Line, LongText, OneUser
from casework.rules.case import Facts
from casework.rules.people import STAFF
from casework.rules.text import Text
from casework.workflows.hardship_aid.codes import EXCLUSIONS, EXIT_KINDS, OWNS
from casework.workflows.hardship_aid.intake import Means, Sudden
from casework.workflows.hardship_aid.steps import CASH, CATEGORY_TITLES

ABSENT: Final = "absent"
VISIT: Final = "visit"
OFFICE_EXITS: Final = {
    kind: EXIT_KINDS[kind] for kind in ("out_of_hardship", "social_assistance", "lost_contact", "cancelled")
}
STRIKING_OFF: Final = {kind: EXIT_KINDS[kind] for kind in ("retired", "moved_away")}
RESULTS: Final = {
    "paid": Text("已到账", "paid"),
    "returned": Text("银行退回", "returned by the bank"),
}
CONTACTS: Final = {
    VISIT: Text("走访（上门）", "visit at the home"),
    "phone": Text("电话联系", "phone call"),
    "meeting": Text("来访面谈", "came to the office"),
}
HEARINGS: Final = {
    "in_person": Text("当面听取", "in person"),
    "by_phone": Text("电话听取", "by phone"),
    "in_writing": Text("书面意见", "in writing"),
    ABSENT: Text("经通知未到场、未答复", "invited, and neither came nor answered"),
}
CHANGES: Final = {
    "income": Text("收入变化", "income"),
    "job": Text("就业变化", "work"),
    "members": Text("家庭成员变化", "members of the household"),
    "property": Text("财产变化", "property"),
    "health": Text("健康变化", "health"),
    "address": Text("住址或联系方式变化", "address or phone"),
    "other": Text("其他", "other"),
}
_RECEIPT: Final = Text("（示例）签收1号", "Example receipt no. 1")


def _of_others(lines: list[Facts], example_data: ExampleData) -> list[Facts]:
    """The payments that another than the caller approved, where there are any: who approved does not record."""
    return [line for line in lines if line["approved_by"] != str(example_data.caller)] or lines


def _paid(line: Facts, example_data: ExampleData) -> dict[str, Any]:
    """The result of a payment that was made; cash is signed for."""
    return {
        "result": "paid",
        **({"receipt": _RECEIPT.in_(example_data.language)} if line.get("pay_by") == CASH else {}),
    }


class RecordPayment(Form):
    """The bank's answer to an ordered payment."""

    line = Code(
        required=True,
        title=Text("款项", "Payment"),
        help=Text("本案的款项编号。", "The number of the payment in this case."),
    )
    result = Choice(RESULTS, required=True, title=Text("结果", "Result"))
    on = Day(past=True, required=True, title=Text("日期", "Date"), example=days_ago(0))
    reason = Line(
        most=200,
        sensitive=True,
        title=Text("退回原因", "Why it was returned"),
        help=Text("银行退回的写明原因，例如户名不符。", "Why the bank returned it, such as a wrong name."),
        shown_when=when("result", "returned"),
    )
    receipt = Line(
        most=60,
        title=Text("本人签收单号（现金发放）", "Signed receipt (cash)"),
        example=_RECEIPT,
        help=Text("现金发放的，填本人签收单号。", "Of cash, the number of the receipt that the person signed."),
        shown_when=when("result", "paid"),
    )

    @rule("reason_missing", Text("银行退回的，请写明原因。", "Say why the bank returned it."), at="reason")
    def returned_with_reason(self, result: str, reason: str | None = None) -> bool:
        return result != "returned" or reason is not None

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """The oldest outstanding payment that another than the caller approved was made today, else one came back."""
        lines = [line for line in example_data.facts.get("aid") or () if line["status"] != "released"]
        line = min(
            _of_others(lines, example_data),
            key=lambda line: line["status"] == "paid",
            default={"line": str(UUID(int=0))},
        )
        told = {"line": line["line"], "on": example_data.today.isoformat()}
        if line.get("status") == "paid":
            return {**told, "result": "returned", "reason": example_data.says("账号已注销", "The account is closed")}
        return {**told, **_paid(line, example_data)}


class CorrectPayment(Form):
    """What the bank did with a payment in truth, where something else was recorded by mistake."""

    line = Code(
        required=True,
        title=Text("款项", "Payment"),
        help=Text("本案的款项编号。", "The number of the payment in this case."),
    )
    result = Choice(RESULTS, required=True, title=Text("实际结果", "True result"))
    on = Day(past=True, required=True, title=Text("实际日期", "True date"), example=days_ago(0))
    reason = Line(
        most=200,
        sensitive=True,
        required=True,
        title=Text("更正原因", "Why it is corrected"),
        help=Text("写明理由，随案保存。", "It is kept with the case."),
    )
    receipt = Line(
        most=60,
        title=Text("本人签收单号（现金发放）", "Signed receipt (cash)"),
        example=_RECEIPT,
        help=Text("现金发放的，填本人签收单号。", "Of cash, the number of the receipt that the person signed."),
        shown_when=when("result", "paid"),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """The payment that was recorded first, and another than the caller approved, in truth had the other result."""
        lines = [line for line in example_data.facts.get("aid") or () if line["status"] in ("paid", "returned")]
        line = next(iter(_of_others(lines, example_data)), {"line": str(UUID(int=0))})
        told = {
            "line": line["line"],
            "on": example_data.today.isoformat(),
            "reason": example_data.says("结果误登，已与银行核实", "Recorded by mistake; the bank was asked"),
        }
        if line.get("status") == "paid":
            return {**told, "result": "returned"}
        return {**told, **_paid(line, example_data)}


class ReleasePayment(Form):
    """Why a payment will not be made."""

    line = Code(
        required=True,
        title=Text("款项", "Payment"),
        help=Text("本案的款项编号。", "The number of the payment in this case."),
    )
    reason = Line(
        most=500,
        sensitive=True,
        required=True,
        title=Text("撤销原因", "Reason"),
        example=Text("申请人放弃领取", "The applicant gives it up"),
        help=Text("写明理由，随案保存。", "It is kept with the case."),
    )
    signed_on = Day(
        past=True, years_back=1, title=Text("本人书面放弃的签字日期", "Waived in writing on"), example=days_ago(0)
    )
    death_proof = Line(
        title=Text("本人死亡的证明材料", "Proof of the person's death"),
        help=Text("死亡证明、户口注销证明的编号。", "The number of the certificate."),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """The oldest payment that is outstanding, which the person has waived."""
        told = {name: value for name, value in super().example(example_data).items() if name != "death_proof"}
        return {**told, "line": _outstanding_line(example_data)}


def _outstanding_line(example_data: ExampleData) -> str:
    lines = [line for line in example_data.facts.get("aid") or () if line["status"] in ("approved", "returned")]
    return str(next((line["line"] for line in lines), UUID(int=0)))


class Rating(Form):
    """How the recipient rates the help, 1 to 5."""

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


class NameContact(Form):
    """The cadre who keeps in touch with the household."""

    to = OneUser(roles=STAFF, required=True, title=Text("联系人", "Contact person"))


class RecordContact(Form):
    """A contact with the household; only a visit meets the half-year and the watch."""

    on = Day(past=True, years_back=1, required=True, title=Text("日期", "Date"), example=days_ago(0))
    how = Choice(CONTACTS, required=True, title=Text("方式", "How"), example=VISIT)
    finding = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("家庭近况", "How the household is"),
        help=Text("收入、就业、健康、上学等变化。", "What has changed in income, work, health and school."),
    )


class Reverify(Form):
    """The yearly verification: new figures and new papers; what was handed in is not asked for again."""

    household = Nested(Means, required=True, title=Text("家庭经济状况", "Means of the household"))
    medical_own_share = Money(
        sensitive=True,
        title=Text("年度医疗费用个人负担", "Own share of the year's medical bills"),
        help=Text("医保、救助报销以外的部分。", "What neither insurance nor aid paid."),
    )
    students = Count(
        most=20,
        title=Text("在校子女人数", "Children at school"),
        help=Text("从小学到大学都算。", "From primary school to university."),
        unit=Text("人", "children"),
    )
    sudden = Nested(Sudden, title=Text("突发事件", "Sudden event"))
    exclusions = Many(
        Choice(EXCLUSIONS, title=Text("排除性情形", "Ground of exclusion"), open_because=OWNS),
        most=len(EXCLUSIONS),
        title=Text("排除性情形", "Grounds of exclusion"),
        help=Text("勾选核对发现的情形。", "Tick what the check found."),
    )
    papers = Many(
        Paper,
        most=100,
        title=Text("新提交的材料", "New papers"),
        help=Text("一件一行。", "A row for each."),
        row_title=Text("材料", "Paper"),
    )
    category = Choice(CATEGORY_TITLES, title=Text("认定类别", "Category"))
    ground = LongText(
        most=2000,
        sensitive=True,
        title=Text("与测算不一致的依据", "Ground for differing from the formula"),
        help=Text("认定类别与测算不同的，写明依据。", "Why another category than the formula's."),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """The household is as it was; now and then it has come out of hardship."""
        size = 1 + len(example_data.facts.get("members") or ())
        means = {"size": size, "annual_income": "60000.00", "rigid_expenses": "30000.00", "declared_true": True}
        better = {"annual_income": "160000.00", "rigid_expenses": "0.00"}
        return {"household": {**means, **better} if example_data.random.random() < 0.3 else means}


class ReportChange(Form):
    """What has changed in the household (社会救助法 art 46)."""

    kind = Choice(
        CHANGES,
        shown_as={"health": "other"},
        required=True,
        title=Text("变化事项", "What has changed"),
        ask=Text("什么变了？", "What has changed?"),
    )
    on = Day(
        past=True,
        years_back=2,
        required=True,
        title=Text("变化日期", "Since"),
        example=days_ago(0),
        ask=Text("从哪天开始的？", "Since when?"),
    )
    description = LongText(
        most=2000,
        sensitive=True,
        required=True,
        title=Text("说明", "Description"),
        ask=Text("说说怎么变的", "Tell us how"),
        help=Text("例如找到了工作、家里添了人、搬了家。", "Such as a new job, a new member, another home."),
    )


class Leave(Form):
    """The household asks to leave assistance; where staff record it, by a request in writing."""

    signed_on = Day(
        past=True,
        years_back=1,
        title=Text("书面申请签字日期", "Request in writing signed on"),
        example=days_ago(0),
        help=Text("本人书面申请上的日期。", "The day on the written request."),
        asked_of="office",
    )
    reason = Line(
        most=500,
        sensitive=True,
        title=Text("理由", "Reason"),
        example=Text("家庭情况已好转", "The household is better off"),
        ask=Text("为什么退出？", "Why do you leave?"),
        help=Text("可以不写。", "It may be left out."),
    )


class ProposeExit(Form):
    """Why the household should leave assistance."""

    kind = Choice(OFFICE_EXITS, required=True, title=Text("退出情形", "Kind of exit"))
    above_line_since = Day(
        past=True,
        title=Text("收入连续高于困难标准起始日期（脱困填写）", "Income above the line since (out of hardship)"),
        example=days_ago(200),
        shown_when=when("kind", "out_of_hardship"),
    )
    reasons = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("理由", "Reasons"),
        help=Text("写入文书，当事人会看到。", "It stands in the letter to the person."),
    )
    hearing_at = Line(
        required=True,
        title=Text("听取意见的时间、地点和方式", "When, where and how the person is heard"),
        example=Text(
            "收到本通知后五个工作日内，本工会帮扶中心，也可以来电或者来信",
            "Within five working days of this notice, at the union's help centre, or by telephone or letter",
        ),
        help=Text(
            "写入通知，例如 12月8日上午9点，区总工会302室。",
            "It stands in the invitation, such as 8 December, 9 a.m., room 302.",
        ),
    )
    hearing_at_en = Line(
        title=Text("听取意见的时间、地点和方式（英文）", "The same in English"),
        example="within five working days of this letter, at our aid centre; a call or a letter will do as well",
        help=Text("英文通知所用，可以不填。", "For the English letter; it may be left out."),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """Out of hardship once the household has been on file for as long as that takes, or for what was untrue."""
        verified = example_data.facts.get("verification") or {}
        poor = max(example_data.facts.get("on_file_since") or "", verified.get("in_hardship_on") or "")
        long_ago = poor <= (example_data.today - timedelta(days=200)).isoformat()
        kind = example_data.random.choice(("out_of_hardship" if long_ago else "social_assistance", "cancelled"))
        return {**super().example(example_data), "kind": kind}


class RecordHearing(Form):
    """What the person says to a proposed exit (社会救助法 art 48)."""

    on = Day(past=True, years_back=1, required=True, title=Text("日期", "Date"), example=days_ago(0))
    how = Choice(HEARINGS, required=True, title=Text("听取方式", "How"))
    statement = LongText(
        most=4000,
        sensitive=True,
        title=Text("本人意见", "What the person said"),
        help=Text("照本人所说记录。", "In the person's own words."),
    )
    served_on = Day(
        past=True,
        years_back=1,
        title=Text("通知送达日期（未到场、未答复的填写）", "Invitation served on (of who neither came nor answered)"),
        example=days_ago(0),
    )

    @rule(
        "service_missing",
        Text("按未到场、未答复处理的，请填写通知送达日期。", "Say when the invitation of who stayed away was served."),
        at="served_on",
    )
    def invited_before_absent(self, how: str, served_on: date | None = None) -> bool:
        return how != ABSENT or served_on is not None

    @rule("statement_missing", Text("请记录本人意见。", "Write down what the person said."), at="statement")
    def heard_says_something(self, how: str, statement: str | None = None) -> bool:
        return how == ABSENT or statement is not None


class StrikeOff(Form):
    """Who retires or moves away is struck off, with a written notice."""

    kind = Choice(STRIKING_OFF, required=True, title=Text("注销情形", "Kind"))
    on = Day(past=True, required=True, title=Text("发生日期", "Since"), example=days_ago(0))
    signed_on = Day(
        past=True,
        years_back=1,
        title=Text("本人书面申请或者同意的签字日期", "Asked for or agreed to in writing on"),
        example=days_ago(0),
    )
    reasons = LongText(
        most=2000,
        sensitive=True,
        required=True,
        title=Text("说明", "Reasons"),
        help=Text("写入文书，当事人会看到。", "It stands in the letter to the person."),
    )


class RecordDeath(Form):
    """The applicant has died."""

    on = Day(past=True, required=True, title=Text("日期", "Date"), example=days_ago(0))
    proof = Line(
        required=True,
        title=Text("证明材料", "Proof"),
        example=Text("户口注销证明", "Certificate of cancelled registration"),
        help=Text("证明材料的名称和编号。", "Its name and number."),
    )


class CloseWatch(Form):
    """What the watch has shown."""

    steady = Flag(required=True, title=Text("脱困稳定", "Steadily out of hardship"), example=True)
    note = LongText(
        most=2000,
        sensitive=True,
        title=Text("跟踪情况", "Note"),
        help=Text("收入、就业是否稳定。", "Whether income and work are steady."),
    )
