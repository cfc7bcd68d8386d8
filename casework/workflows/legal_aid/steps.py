"""What the steps of legal aid need: one form each."""

from datetime import date, timedelta
from typing import Any, Final

from casework.forms.across import rule
from casework.forms.form import Form, Many
from casework.forms.inventor import Inventor
from casework.forms.numbers import Count, Day, Flag, Money
from casework.forms.texts import Choice, Line, LongText, OneUser
from casework.rules.casefile import Role
from casework.rules.text import Text
from casework.workflows.legal_aid.intake import FORMS_OF_AID, Paper

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
    "other": Text("其他", "other"),
}
STAGES: Final = {
    "met_client": Text("约见受援人", "met the recipient"),
    "evidence": Text("调查取证", "gathered evidence"),
    "mediation": Text("调解", "mediation"),
    "arbitration_filed": Text("申请仲裁", "filed for arbitration"),
    "arbitration_hearing": Text("仲裁开庭", "arbitration hearing"),
    "award": Text("收到裁决", "received the award"),
    "court": Text("诉讼", "in court"),
    "enforcement": Text("执行", "enforcement"),
    "other": Text("其他", "other"),
}
RESULTS: Final = {
    "won": Text("请求全部实现", "the demand was met in full"),
    "partly_won": Text("请求部分实现", "the demand was met in part"),
    "settled": Text("和解或调解结案", "settled"),
    "lost": Text("请求未获支持", "the demand was not met"),
    "advice_given": Text("已提供咨询或文书", "advice or documents were given"),
    "given_up": Text("受援人放弃", "the recipient gave up"),
}


class AskForPapers(Form):
    """The one-off notice: everything that is missing (法律援助法 art 43)."""

    papers = Many(
        Line(title=Text("材料", "Paper")),
        least=1,
        most=50,
        required=True,
        title=Text("需补充的全部材料", "Everything that is missing"),
        example=["劳动合同或工资支付凭证", "用人单位登记信息"],
    )
    explanation = LongText(most=2000, title=Text("说明", "Explanation"))


class SupplyPapers(Form):
    """The papers that have come in."""

    papers = Many(Paper, least=1, most=100, required=True, title=Text("补充的材料", "Papers supplied"))


class Propose(Form):
    """The finding of the review (form 8, 审查表)."""

    opinion = Choice(OPINIONS, required=True, title=Text("审查意见", "Opinion"))
    finding = LongText(most=4000, sensitive=True, required=True, title=Text("审查情况", "Finding"))


class Grant(Form):
    """The decision to help (form 9)."""

    form_of_aid = Choice(FORMS_OF_AID, required=True, title=Text("援助形式", "Form of aid"))
    note = Line(title=Text("备注", "Note"))


class Refuse(Form):
    """The decision not to help (form 10): written, with its reasons."""

    ground = Choice(REFUSAL_GROUNDS, required=True, title=Text("不予援助的情形", "Ground"))
    reasons = LongText(most=4000, sensitive=True, required=True, title=Text("理由", "Reasons"))


class Assign(Form):
    """Who helps (form 11)."""

    to = OneUser(roles=(Role.LAWYER, Role.VOLUNTEER), required=True, title=Text("承办人", "Lawyer or volunteer"))
    note = Line(title=Text("备注", "Note"))


class Decline(Form):
    """Why the helper cannot take the case (法律援助法 art 20: not without good reason)."""

    reason = Line(most=500, required=True, title=Text("理由", "Reason"), example="与对方当事人有利害关系")


class Engage(Form):
    """The agreement with the recipient (form 12)."""

    engaged_on = Day(past=True, required=True, title=Text("签订日期", "Date of the agreement"))
    agreement_number = Line(most=60, title=Text("协议编号", "Number of the agreement"))

    @classmethod
    def example(cls, inventor: Inventor) -> dict[str, Any]:
        """Signed today."""
        return {"engaged_on": inventor.today.isoformat()}


class Progress(Form):
    """What the helper did, for the office and the recipient (法律援助法 art 46; form 14)."""

    on = Day(past=True, required=True, title=Text("日期", "Date"))
    stage = Choice(STAGES, required=True, title=Text("阶段", "Stage"))
    what = LongText(most=4000, sensitive=True, required=True, title=Text("办理情况", "What was done"))


class Conclude(Form):
    """How the case ended (form 21)."""

    result = Choice(RESULTS, required=True, title=Text("办理结果", "Result"))
    concluded_on = Day(past=True, required=True, title=Text("结案日期", "Date"))
    awarded = Money(title=Text("裁判或协议金额（元）", "Amount awarded (yuan)"))
    recovered = Money(title=Text("实际到账金额（元）", "Amount recovered (yuan)"))
    report = LongText(sensitive=True, required=True, title=Text("办理过程", "Report"))

    @rule(
        "recovered_more_than_awarded",
        Text("到账金额大于裁判或协议金额。", "More was recovered than was awarded."),
        at="recovered",
    )
    def recovered_at_most(self, awarded: Any, recovered: Any) -> bool:
        return bool(recovered <= awarded)

    @classmethod
    def example(cls, inventor: Inventor) -> dict[str, Any]:
        """Settled yesterday and paid."""
        yesterday: date = inventor.today - timedelta(days=1)
        return {
            "result": "settled",
            "concluded_on": yesterday.isoformat(),
            "awarded": "13000.00",
            "recovered": "13000.00",
            "report": "经调解达成协议，款项已付清。",
        }


class FollowUp(Form):
    """The visit to the recipient (form 32): reached or not, and how they rate the help, 1 to 5."""

    reached = Flag(required=True, title=Text("是否联系到受援人", "Recipient reached"), example=True)
    rating = Count(least=1, most=5, title=Text("评分（1 至 5）", "Rating (1 to 5)"), example=5)
    comment = LongText(most=2000, sensitive=True, title=Text("意见和建议", "Comment"))

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


class Withdraw(Form):
    """The applicant no longer asks."""

    reason = Line(most=500, title=Text("撤回理由", "Reason"), example="已自行和解")
