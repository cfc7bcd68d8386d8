"""What the steps of legal aid need: one form each."""

from typing import Any, Final

from casework.forms.cross_field import rule
from casework.forms.example_data import ExampleData, days_ago
from casework.forms.field import when
from casework.forms.form import Form, Many
from casework.forms.numbers import Count, Day, Flag, Money
from casework.forms.papers import Paper, PaperName
from casework.forms.texts import Choice, Line, LongText, OneUser, OtherOrg
from casework.rules.people import Role
from casework.rules.text import Text
from casework.workflows.legal_aid.intake import FORMS_OF_AID, claimed

OPINIONS: Final = {
    "grant": Text("拟给予法律援助", "grant legal aid"),
    "refuse": Text("拟不予法律援助", "refuse legal aid"),
}
REFUSAL_GROUNDS: Final = {
    "out_of_scope": Text("不属于法律援助范围", "the matter is outside legal aid"),
    "not_hard_up": Text("不符合经济困难标准", "the means are above the hardship line"),
    "not_competent": Text("不属于本机构管辖", "another office is competent"),
    "no_basis": Text("申请缺乏事实或法律依据", "the request has no basis in fact or law"),
    "out_of_time": Text("已超过法定时效", "the limitation has run out"),
    "not_approved": Text("未经审批自行受理或者先行办结", "it was taken up or finished without approval"),
    "other": Text("其他", "other"),
}
STAGES: Final = {
    "met_client": Text("约见受援人", "met the recipient"),
    "evidence": Text("调查取证", "gathered evidence"),
    "mediation": Text("调解", "mediation"),
    "arbitration_filed": Text("申请仲裁", "filed for arbitration"),
    "arbitration_hearing": Text("仲裁开庭", "arbitration hearing"),
    "award": Text("收到仲裁裁决书（非终局）", "got the award (not final)"),
    "court": Text("法院开庭", "court hearing"),
    "enforcement": Text("执行", "enforcement"),
    "other": Text("其他", "other"),
}
REPORTED: Final = {
    "arbitration_filed": "arbitration_filed",
    "arbitration_hearing": "arbitration_hearing",
    "award": "award_received",
    "court": "court_hearing",
}
"""Which step of the proceedings a stage is: told by a report or recorded, it means the same."""
SPECIAL: Final = {
    "major_doubt": Text("证据或者法律适用存在重大疑点", "major doubt about evidence or law"),
    "mass_case": Text("群体性案件", "many people are concerned"),
    "wide_influence": Text("有重大社会影响", "wide social influence"),
    "complex": Text("其他疑难复杂情形", "otherwise complex"),
}
RESULTS: Final = {
    "won": Text("请求全部实现", "the demand was met in full"),
    "partly_won": Text("请求部分实现", "the demand was met in part"),
    "settled": Text("和解或调解结案", "settled"),
    "lost": Text("请求未获支持", "the demand was not met"),
    "advice_given": Text("已提供咨询或文书", "advice or documents were given"),
    "given_up": Text("受援人放弃", "the recipient gave up"),
}

TERMINATION_GROUNDS: Final = {
    "deceit": Text("以欺骗或者其他不正当手段获得法律援助", "aid was got by deceit or other improper means"),
    "false_evidence": Text("故意隐瞒重要事实或者提供虚假证据", "important facts were hidden or evidence was false"),
    "illegal_use": Text("利用法律援助从事违法活动", "aid was used for illegal acts"),
    "no_longer_hard_up": Text("经济状况发生变化，不再符合条件", "the recipient is no longer hard up"),
    "case_ended": Text("案件终止审理或者已经被撤销", "the case was ended or withdrawn"),
    "own_lawyer": Text("受援人自行委托律师或者其他代理人", "the recipient hired a lawyer"),
    "recipient_asks": Text("受援人有正当理由要求终止", "the recipient asks for it with good reason"),
    "other": Text("法律法规规定的其他情形", "other grounds of law"),
}
TRANSFER_GROUNDS: Final = {
    "not_competent": Text("另一机构有管辖权", "another office is competent"),
    "received_first": Text("另一机构先行收到申请", "another office received the request first"),
    "appointed": Text("上级机构指定管辖", "the office above both has said so"),
    "other": Text("其他", "other"),
}
CHANGE_GROUNDS: Final = {
    "on_leave": Text("承办人休假或者无法履职", "the helper is on leave or cannot go on"),
    "removed": Text("承办人未依法履行职责", "the helper did not do the duty"),
    "conflict": Text("存在利害关系", "a conflict of interest"),
    "other": Text("其他", "other"),
}


def form_asked_for(example_data: ExampleData) -> Any:
    """The form of aid that was asked for."""
    return example_data.facts.get("form_of_aid", "mediation_arbitration")


class AskForPapers(Form):
    """The one-off notice: everything that is missing (法律援助法 art 43)."""

    papers = Many(
        PaperName(title=Text("材料", "Paper")),
        least=1,
        most=50,
        required=True,
        title=Text("需补充的全部材料", "Everything that is missing"),
        example=[
            Text("劳动合同或工资支付凭证", "Contract or proof of pay"),
            Text("用人单位登记信息", "Registration of the employer"),
        ],
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


class Propose(Form):
    """The finding of the review (form 8, 审查表)."""

    opinion = Choice(OPINIONS, required=True, title=Text("审查意见", "Opinion"))
    finding = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("审查情况", "Finding"),
        help=Text("写明查明的情况和理由，审批人据此决定。", "What was found and why; the supervisor decides by it."),
    )


class Grant(Form):
    """The decision to help (form 9)."""

    form_of_aid = Choice(FORMS_OF_AID, required=True, title=Text("援助形式", "Form of aid"), example=form_asked_for)
    note = Line(title=Text("备注", "Note"), help=Text("需要说明的事项。", "Anything to be told."))


class Refuse(Form):
    """The decision not to help (form 10): written, with its reasons."""

    ground = Choice(REFUSAL_GROUNDS, required=True, title=Text("不予援助的情形", "Ground"))
    reasons = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("理由", "Reasons"),
        help=Text("写入文书，当事人会看到。", "It stands in the letter to the person."),
    )


class Assign(Form):
    """Who helps (form 11)."""

    to = OneUser(roles=(Role.LAWYER, Role.VOLUNTEER), required=True, title=Text("承办人", "Lawyer or volunteer"))
    note = Line(title=Text("备注", "Note"), help=Text("需要说明的事项。", "Anything to be told."))


class Decline(Form):
    """Why the helper cannot take the case (法律援助法 art 46: not without good reason)."""

    reason = Line(
        most=500,
        sensitive=True,
        required=True,
        title=Text("理由", "Reason"),
        example=Text("与对方当事人有利害关系", "An interest shared with the other party"),
        help=Text("写明退回重办什么。", "What has to be done again."),
    )


class DeclineAssignment(Decline):
    """A helper's own: a conflict of interest is told as such, and the same helper is not named again."""

    ground = Choice(CHANGE_GROUNDS, title=Text("退回原因", "Ground"))

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """With the reason alone."""
        return Decline.example(example_data)


class Engage(Form):
    """The agreement with the recipient (form 12)."""

    engaged_on = Day(past=True, required=True, title=Text("签订日期", "Date of the agreement"))
    agreement_number = Line(
        most=60,
        title=Text("协议编号", "Number of the agreement"),
        open_because="The office numbers its agreements; the number names nobody.",
        help=Text("委托协议上的编号，没有的不填。", "As on the agreement, if it has one."),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """Signed today."""
        return {"engaged_on": example_data.today.isoformat()}


class Progress(Form):
    """What the helper did, for the office and the recipient (法律援助法 art 46; form 14)."""

    on = Day(past=True, required=True, title=Text("日期", "Date"), example=days_ago(0))
    stage = Choice(STAGES, required=True, title=Text("阶段", "Stage"))
    what = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("办理情况", "What was done"),
        help=Text("写明做了什么、下一步做什么、何时。", "What was done, what comes next, and when."),
    )
    special = Choice(SPECIAL, title=Text("须报告的情形", "Kind of case that has to be reported"))

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """An ordinary day."""
        return {name: value for name, value in super().example(example_data).items() if name != "special"}


class Conclude(Form):
    """How the case ended (form 21)."""

    result = Choice(RESULTS, required=True, title=Text("办理结果", "Result"))
    concluded_on = Day(past=True, required=True, title=Text("结案日期", "Date"))
    claimed = Money(title=Text("请求金额", "Amount claimed"))
    awarded = Money(title=Text("裁判或协议金额", "Amount awarded"))
    award_explanation = Line(
        most=500,
        title=Text("金额大于请求金额的原因", "Why more was awarded than claimed"),
        help=Text("判给的比请求的多时写明。", "Where more was awarded than claimed."),
    )
    recovered = Money(title=Text("实际到账金额", "Amount recovered"))
    report = LongText(
        sensitive=True,
        required=True,
        title=Text("办理过程", "Report"),
        help=Text("办理经过、依据和结果。", "What was done, on what ground, and with what result."),
    )

    @rule(
        "recovered_more_than_awarded",
        Text("到账金额大于裁判或协议金额。", "More was recovered than was awarded."),
        at="recovered",
    )
    def recovered_at_most(self, awarded: Any, recovered: Any) -> bool:
        return bool(recovered <= awarded)

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """Settled today and paid in full."""
        amount = claimed(example_data.facts)
        paid = "13000.00" if amount is None else f"{amount:.2f}"
        return {
            "result": "settled",
            "concluded_on": example_data.today.isoformat(),
            "awarded": paid,
            "recovered": paid,
            "report": example_data.says("经调解达成协议，款项已付清。", "Settled by mediation and paid in full."),
        }


class FollowUp(Form):
    """The visit to the recipient (form 32): reached or not, and how they rate the help, 1 to 5."""

    reached = Flag(required=True, title=Text("是否联系到受援人", "Recipient reached"), example=True)
    rating = Count(
        least=1,
        most=5,
        title=Text("评分（1 至 5）", "Rating (1 to 5)"),
        example=5,
        ask=Text("受援人打几分？", "How many points does the recipient give?"),
        help=Text("1 分最低，5 分最高。", "1 is the least, 5 the most."),
        shown_when=when("reached", "true"),
    )
    comment = LongText(
        most=2000,
        sensitive=True,
        title=Text("意见和建议", "Comment"),
        ask=Text("受援人有什么意见？", "What does the recipient say?"),
        help=Text("照受援人所说记录。", "In the recipient's own words."),
        shown_when=when("reached", "true"),
    )

    @rule(
        "rating_missing",
        Text("已联系到受援人的，请填写评分。", "A recipient who was reached gives a rating."),
        at="rating",
    )
    def rated_when_reached(self, reached: bool, rating: int | None = None) -> bool:
        return not reached or rating is not None

    @rule(
        "rating_of_nobody",
        Text("未联系到受援人的，不能填写评分。", "Nobody was reached, so there is no rating."),
        at="rating",
    )
    def no_rating_of_nobody(self, reached: bool, rating: int) -> bool:
        return reached


class Transfer(Form):
    """To which office the case goes, and why; the person is not sent there (山东省法律援助条例 11, 12, 14)."""

    to_org = OtherOrg(required=True, title=Text("移送至（机构代码）", "To (code of the organisation)"))
    ground = Choice(TRANSFER_GROUNDS, required=True, title=Text("移送情形", "Ground"))
    reason = Line(
        most=500,
        sensitive=True,
        required=True,
        title=Text("理由", "Reason"),
        example=Text("用人单位在该市", "The employer is in that city"),
        help=Text("写明理由，随案保存。", "It is kept with the case."),
    )


class Withdraw(Form):
    """The applicant no longer asks."""

    reason = Line(
        most=500,
        sensitive=True,
        title=Text("撤回理由", "Reason"),
        example=Text("已自行和解", "Settled between the parties"),
        ask=Text("为什么撤回？", "Why do you withdraw?"),
        help=Text("可以不写。", "It may be left out."),
    )


class Reassign(Form):
    """Why the office takes the case from the one who helps (form 17, 更换法律援助人员通知书)."""

    ground = Choice(CHANGE_GROUNDS, required=True, title=Text("更换原因", "Ground"))
    note = Line(
        most=500,
        title=Text("说明", "Note"),
        example=Text("承办人自下周起休假", "The helper is on leave from next week"),
        help=Text("需要说明的事项。", "Anything to be told."),
    )


class AskForChange(Form):
    """Why the recipient asks for another lawyer (法律援助法 art 55; form 16)."""

    reasons = LongText(
        most=2000,
        sensitive=True,
        required=True,
        title=Text("更换理由", "Reasons"),
        ask=Text("您为什么想换承办人？", "Why do you want somebody else?"),
        help=Text("例如联系不上、有利害关系。", "Such as no answer, or a conflict of interest."),
    )


class AskToBeReleased(Form):
    """Why a helper who has signed cannot go on; not without good reason (法律援助法 art 46)."""

    ground = Choice(CHANGE_GROUNDS, required=True, title=Text("退出原因", "Ground"), example="on_leave")
    reasons = LongText(
        most=2000,
        sensitive=True,
        required=True,
        title=Text("退出理由", "Reasons"),
        help=Text("写入文书，当事人会看到。", "It stands in the letter to the person."),
    )


class Terminate(Form):
    """The decision to end the aid (法律援助法 art 48; form 18): written, with its reasons."""

    ground = Choice(TERMINATION_GROUNDS, required=True, title=Text("终止情形", "Ground"), example="case_ended")
    reasons = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("理由", "Reasons"),
        help=Text("写入文书，当事人会看到。", "It stands in the letter to the person."),
    )


class Objection(Form):
    """What the applicant objects to a refusal or a termination (法律援助法 art 49)."""

    reasons = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("异议理由", "Reasons"),
        ask=Text("您为什么不同意？", "Why do you disagree?"),
        help=Text("写明哪里不对、有什么依据。", "What is wrong, and what shows it."),
    )


class Review(Form):
    """The decision on an objection or on a request, with its reasons (form 20)."""

    reasons = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("审查理由", "Reasons"),
        help=Text("写入文书，当事人会看到。", "It stands in the letter to the person."),
    )
