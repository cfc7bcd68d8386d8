"""What the verbs beside the transitions need."""

from typing import Any

from casework.forms.example_data import ExampleData
from casework.forms.form import Form, Many
from casework.forms.identity import CreditCode
from casework.forms.numbers import Flag
from casework.forms.texts import Choice, Code, LongText, OneUser, Word
from casework.rules.case import Phase
from casework.rules.parties import ROLES
from casework.rules.people import HELPERS, STAFF
from casework.rules.text import Text
from casework.rules.walls import KEPT_OUT

_REASON = Text("理由", "Reason")
_IN_THE_LOG = "It stands in the log of disclosures, for those who watch over it (docs/decisions/0013)."
CHANNELS = {
    "online": Text("网上", "online"),
    "walk_in": Text("窗口", "walk-in"),
    "hotline": Text("热线", "hotline"),
    "referral": Text("转介", "referral"),
}


OPEN_PHASES = {phase.value: Text(phase.value, phase.value) for phase in Phase if phase is not Phase.CLOSED}


class QueuePart(Form):
    """Which part of the queue."""

    workflow = Code(title=Text("流程", "Workflow"), example="legal_aid")
    org = Code(title=Text("机构（含下级）", "Organisation and below"), example="370100")
    phase = Choice(OPEN_PHASES, title=Text("阶段", "Phase"), example="intake")


class ClaimThis(Form):
    """Nothing needs to be said."""


class Release(Form):
    """Why the case goes back to the queue."""

    reason = LongText(
        most=500, required=True, title=_REASON, example=Text("休假，退回待领取", "On leave; back to whoever claims it")
    )


class Handover(Form):
    """Who owns the case from now on, and why."""

    to = OneUser(roles=STAFF, required=True, title=Text("移交给", "To"))
    reason = LongText(most=500, required=True, title=_REASON, example=Text("岗位调整", "Change of posts"))


class Override(Form):
    """Into which state a supervisor brings the case, and why."""

    to_state = Code(required=True, title=Text("目标状态", "State"))
    reason = LongText(
        most=500, required=True, title=_REASON, example=Text("误操作，退回审查", "A slip; back to the review")
    )


class SteppingIn(Form):
    """Why a supervisor does a colleague's own work."""

    reason = LongText(
        most=500,
        required=True,
        title=_REASON,
        example=Text("经办人休假，代为办理", "Done for a colleague who is on leave"),
    )


class NewCase(Form):
    """A new case: for which workflow and organisation, how it came, and its facts."""

    workflow = Code(required=True, title=Text("流程", "Workflow"), example="legal_aid")
    org = Code(required=True, title=Text("机构代码", "Organisation code"), example="370100")
    channel = Choice(CHANNELS, required=True, title=Text("渠道", "Channel"))
    urgent = Flag(title=Text("紧急", "Urgent"), example=False)
    duplicate_reason = LongText(
        most=500,
        title=Text("重复登记的理由", "Why it is opened again"),
        help=Text(
            "同一申请人的同一申请已在办理的，写明理由才能另行登记。",
            "Where the same request of this person is open, it is opened again only with a reason.",
        ),
        example=Text("另一工程的欠薪", "Pay owed for another site"),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """A request that nobody has made before."""
        return {name: value for name, value in super().example(example_data).items() if name != "duplicate_reason"}


class NewNote(Form):
    """A note on a case."""

    text = LongText(
        required=True, title=Text("内容", "Text"), example=Text("已电话联系申请人。", "The applicant was called.")
    )


class NewMessage(Form):
    """What an applicant writes to the office, or the office to the applicant."""

    text = LongText(
        most=2_000,
        required=True,
        title=Text("留言内容", "Message"),
        example=Text("工资条找到了，周五送到贵处可以吗？", "I have found the pay slips; may I bring them on Friday?"),
    )


class RaiseWall(Form):
    """Who is kept from the case, and why."""

    username = OneUser(roles=KEPT_OUT, required=True, title=Text("回避的人", "Who is kept out"))
    reason = LongText(
        most=500, required=True, title=_REASON, example=Text("与用人单位负责人系近亲属", "Close kin of the employer")
    )


class LiftWall(Form):
    """Why somebody may see the case again."""

    reason = LongText(
        most=500, required=True, title=_REASON, example=Text("经核实，系同名的另一人", "Looked into: another person")
    )


class NewParty(Form):
    """A further party of a case."""

    role = Choice(ROLES, required=True, title=Text("身份", "Role"))
    organisation = Flag(title=Text("是单位", "It is an organisation"), example=True)
    name = Word(
        most=100,
        required=True,
        title=Text("姓名或者单位名称", "Name"),
        example=Text("示例控股有限公司", "Example Holdings Ltd"),
    )
    credit_code = CreditCode(title=Text("统一社会信用代码", "Unified social credit code"))


class RemoveParty(Form):
    """Why a party is removed from a case."""

    reason = LongText(
        most=500, required=True, title=_REASON, example=Text("登记有误，与本案无关", "A slip; not of this case")
    )


class RemoveFile(Form):
    """Why a file is removed from a case."""

    reason = LongText(
        most=500, required=True, title=_REASON, example=Text("传错了人的材料", "It belongs to somebody else")
    )


class WithdrawFile(Form):
    """Why the applicant removes a file, if there is a reason to tell."""

    reason = LongText(most=500, title=_REASON, example=Text("拍得不清楚", "It cannot be read"))


class Disclosure(Form):
    """Which sensitive values are to be shown (none named: all), and why."""

    paths = Many(Word(title=Text("字段", "Field")), most=50, title=Text("字段", "Fields"), example=[])
    reason = LongText(
        most=500,
        required=True,
        title=_REASON,
        example=Text("核对身份信息", "To check the identity"),
        open_because=_IN_THE_LOG,
    )


class PersonalData(Form):
    """Why a copy of a person's data is made."""

    reason = LongText(
        most=500,
        required=True,
        title=_REASON,
        example=Text("本人申请查阅、复制个人信息", "The person asks for a copy of the own data"),
        open_because=_IN_THE_LOG,
    )


class OfferThis(Form):
    """Who is asked whether to take the case."""

    to = OneUser(roles=HELPERS, required=True, title=Text("征询", "Whom to ask"))


class TakeOffer(Form):
    """Nothing needs to be said."""


class DeclineOffer(Form):
    """Why the helper leaves the case to others."""

    reason = LongText(
        most=500,
        required=True,
        title=_REASON,
        example=Text("近期开庭较多，无法按时办理", "Too many hearings in the coming weeks"),
    )


class WithdrawOffer(Form):
    """Why an offer is taken back."""

    reason = LongText(
        most=500, required=True, title=_REASON, example=Text("当事人另有选择", "The recipient wishes somebody else")
    )
