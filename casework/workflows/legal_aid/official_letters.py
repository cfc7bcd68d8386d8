"""The letters about complaints, and those that the office writes to others for the recipient."""

from collections.abc import Mapping
from typing import Any, Final

from casework.rules.context import DecisionContext
from casework.rules.grammar import Letter
from casework.rules.move import Move
from casework.rules.office_kinds import cited, kind_of
from casework.rules.text import Text
from casework.workflows.legal_aid.complaints import COMPLAINED_OF, COMPLAINT_FINDINGS
from casework.workflows.legal_aid.intake import EXEMPTIONS
from casework.workflows.legal_aid.letters import NOTHING, THIS_OFFICE, former_helper, matter_of, until
from casework.workflows.legal_aid.official import FEE_RELIEFS


def _complaint_received(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    about = COMPLAINED_OF[move.given["about"]]
    return {"matter": matter_of(move), "about": about, "until": until(move, "complaint_answer")}


def _complaint_answered(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {
        "matter": matter_of(move),
        "about": COMPLAINED_OF[move.given["about"]],
        "finding": COMPLAINT_FINDINGS[move.given["finding"]],
        "answer": move.sealed["answer"],
        "further": _FURTHER[kind_of(office).of_a_union],
    }


_FURTHER: Final = {
    True: Text(
        "对处理结果不满意的，您可以向上一级工会反映，也可以向司法行政部门投诉。",
        "If this does not satisfy you, you may turn to the union above or complain to the justice department.",
    ),
    False: Text(
        "对处理结果不满意的，您可以向司法行政部门投诉。",
        "If this does not satisfy you, you may complain to the justice department.",
    ),
}


def _official_letter(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    employer = move.case.facts.get("employer")
    return {
        "matter": matter_of(move),
        "addressee": move.given["addressee"],
        "against": _AGAINST.with_(name=employer["name"]) if employer else NOTHING,
        "helper": former_helper(move),
        "this_office": THIS_OFFICE[kind_of(office).of_a_union],
        "ask": _ASKED[move.given["kind"]],
    }


_AGAINST: Final = Text("与{name}", " against {name}")
_SUPPORT: Final = Text("请依法予以支持。", "Please give such support as the law provides.")
_ASKED: Final = {
    "arbitration": _SUPPORT,
    "court": _SUPPORT,
    "employer": Text(
        "请贵单位依法予以配合，并可以与承办人员联系协商解决。",
        "Please cooperate as the law demands; you may settle the matter with the helper.",
    ),
    "other": Text("请依法予以协助。", "Please assist as the law provides."),
}


def _hardship_certificate(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    exemption, row = move.case.facts.get("exemption"), office.policy("fee_relief")
    return {
        "matter": matter_of(move),
        "court": move.given["court"],
        "relief": FEE_RELIEFS[move.given["relief"]],
        "finding": _EXEMPT.with_(exemption=EXEMPTIONS[exemption]) if exemption in EXEMPTIONS else _HARD_UP,
        "this_office": THIS_OFFICE[kind_of(office).of_a_union],
        "cited": cited(office),
        "rule": _BY_RULE_TOO.with_(source=row.source) if row is not None and row.holds() else NOTHING,
    }


_HARD_UP: Final = Text(
    "其家庭经济状况符合法律援助经济困难标准",
    "the means of the household are below the hardship line of legal aid",
)
_EXEMPT: Final = Text(
    "其属于{exemption}，免予核查经济困难状况", "the applicant is exempt from the check of means: {exemption}"
)
_BY_RULE_TOO: Final = Text("和{source}", " and {source}")

OFFICIAL_LETTERS: Final = (
    Letter(
        "complaint_received",
        Text("投诉受理告知书", "Your complaint has come in"),
        Text(
            "{applicant}：\n\n您就案件 {number}（{matter}）对{about}的投诉已收到，我们将调查处理，并{until}书面告知您结果。"
            "\n\n{office}\n{date}",
            "{applicant},\n\nyour complaint about {about} in case {number} ({matter}) has come in. We look into it, and you"
            " will be told the result in writing {until}.\n\n{office}\n{date}",
        ),
        fill=_complaint_received,
    ),
    Letter(
        "complaint_answered",
        Text("投诉处理结果告知书", "Answer to your complaint"),
        Text(
            "{applicant}：\n\n您就案件 {number}（{matter}）对{about}的投诉，经调查：{finding}。处理结果：\n\n{answer}\n\n{further}"
            "\n\n{office}\n{date}",
            "{applicant},\n\nyour complaint about {about} in case {number} ({matter}) was looked into: {finding}. What was"
            " done:\n\n{answer}\n\n{further}\n\n{office}\n{date}",
        ),
        fill=_complaint_answered,
    ),
    Letter(
        "official_letter",
        Text("法律援助公函", "Official letter of legal aid"),
        Text(
            "{letter_number}\n\n{addressee}：\n\n{applicant}{against}“{matter}”一案（案号 {number}），{this_office}已给予法律援助，并指派"
            "{helper}承办。{ask}特此函告。\n\n{office}\n{date}",
            "{letter_number}\n\nTo {addressee},\n\nlegal aid has been given to {applicant} in the matter “{matter}”{against}"
            " (case {number}) by {this_office}, and {helper} is named to handle the case. {ask}\n\n{office}\n{date}",
        ),
        numbered=True,
        kind="函",
        to_applicant=False,
        fill=_official_letter,
    ),
    Letter(
        "hardship_certificate",
        Text("经济困难证明", "Certificate of hardship"),
        Text(
            "{letter_number}\n\n{court}：\n\n{applicant}因“{matter}”一案（案号 {number}）申请法律援助，经审查，{finding}，{this_office}已给予"
            "法律援助。{applicant}拟向你院申请{relief}诉讼费用。{cited}《中华人民共和国法律援助法》第五十三条{rule}，特此证明。"
            "\n\n{office}\n{date}",
            "{letter_number}\n\nTo {court},\n\n{applicant} has asked for legal aid in the matter “{matter}” (case {number})."
            " The review has found that {finding}, and {this_office} has given the aid. {applicant} asks you {relief} the"
            " court fees. By article 53 of the Legal Aid Law{rule}, {cited}this is certified.\n\n{office}\n{date}",
        ),
        numbered=True,
        kind="证",
        fill=_hardship_certificate,
    ),
)
