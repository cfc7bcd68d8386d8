"""What the office writes to others for the recipient: the official letter that goes with the helper, and the
certificate of hardship for relief from court fees.

Sources: 法律援助文书格式（司法部，2023）13; 法律援助法 53; 山东省法律援助条例 17.
"""

from typing import Final

from casework.forms.form import Form
from casework.forms.texts import Choice, Line
from casework.rules.context import MoveContext, Verdict
from casework.rules.grammar import guard
from casework.rules.text import Text
from casework.workflows.legal_aid.guards import means_test
from casework.workflows.legal_aid.intake import EXEMPTIONS, NO_MEANS_ASKED
from casework.workflows.legal_aid.urgency import HELPED, owes_papers

ADDRESSEES: Final = {
    "arbitration": Text("仲裁委员会", "arbitration commission"),
    "court": Text("人民法院", "court"),
    "employer": Text("用人单位", "employer"),
    "other": Text("其他单位", "another body"),
}
FEE_RELIEFS: Final = {
    "defer": Text("缓交", "to defer"),
    "reduce": Text("减交", "to reduce"),
    "waive": Text("免交", "to waive"),
}
HELPER_NAMED: Final = ("assigned", "in_progress")
CERTIFIABLE: Final = (*HELPED, "concluded")


class WriteOfficialLetter(Form):
    """To whom the letter goes that says who helps (form 13)."""

    kind = Choice(ADDRESSEES, required=True, title=Text("致送对象", "Kind of addressee"))
    addressee = Line(
        most=120,
        required=True,
        title=Text("单位全称", "Full name"),
        example="乳山市劳动人事争议仲裁委员会",
        open_because="It is the name of a body to which the office writes.",
        help=Text(
            "函的抬头，例如济南市历下区劳动人事争议仲裁委员会。",
            "As the letter addresses it, such as the arbitration commission of Lixia.",
        ),
    )


class CertifyHardship(Form):
    """Before which court the recipient asks for relief from its fees."""

    court = Line(
        most=120,
        required=True,
        title=Text("人民法院", "Court"),
        example="乳山市人民法院",
        open_because="It is the name of a court to which the office writes.",
        help=Text("受理案件的人民法院全称。", "The full name of the court."),
    )
    relief = Choice(FEE_RELIEFS, required=True, title=Text("申请事项", "Relief"), example="waive")


@guard(
    zh="尚未认定受援人经济困难，不能出具证明。",
    en="The recipient's hardship has not been found, so it cannot be certified.",
)
def hardship_is_found(at: MoveContext) -> Verdict:
    """What is certified was found: by the means test, or by an exemption with its proof (法律援助法 41, 42)."""
    facts = at.case.facts
    if owes_papers(at.case):
        return Verdict(False, _NOT_REVIEWED)
    if facts.get("exemption") in EXEMPTIONS:
        return Verdict("exemption_proof" in facts)
    if facts["matter"] in NO_MEANS_ASKED and "means" not in facts:
        return Verdict(False, _NOT_ASKED)
    test = means_test(at)
    return Verdict(False, test) if isinstance(test, Text) else Verdict(test.met, None if test.met else test.told())


_NOT_REVIEWED: Final = Text(
    "先行提供援助的手续尚未补办，经济状况尚未审查。",
    "Help was given before the review; the means have not been looked into yet.",
)
_NOT_ASKED: Final = Text(
    "本案不以经济困难为条件，未核查经济状况；需要证明的，请先登记经济困难状况。",
    "Hardship is no condition in this matter and nobody asked for the means; record them first.",
)
