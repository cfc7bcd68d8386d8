"""The letters of legal aid, in both languages, with the remedies that the law demands.

They are neutral: only the decision itself says that aid is granted or refused.
"""

from collections.abc import Mapping
from typing import Any

from casework.rules.casefile import Move, Office
from casework.rules.clocks import Limit
from casework.rules.grammar import Letter
from casework.rules.text import Text
from casework.workflows.legal_aid.intake import FORMS_OF_AID, MATTERS
from casework.workflows.legal_aid.steps import REFUSAL_GROUNDS, TERMINATION_GROUNDS, TRANSFER_GROUNDS

SOON = Text("尽快", "as soon as possible")


def _listed(items: list[str]) -> Text:
    if not items:
        return Text("（无）", "(none)")
    lines = "\n".join(f"{number}. {item}" for number, item in enumerate(items, start=1))
    return Text(lines, lines)


def _until(move: Move, clock: str) -> Text:
    """The last day in time of a clock, or soon where no rule sets one."""
    run = move.case.clock(clock)
    return run.due.told if run and run.open and run.due else SOON


def _remedies(office: Office) -> Text:
    """How to object to a refusal or a termination: by the rule of the place, and by national law where it has none."""
    row = office.policy("objection")
    if row is None:
        return _NATIONAL_REMEDIES
    limit = Limit.parse(row.value)
    return _LOCAL_REMEDIES.with_(
        limit=Text(_numeral(limit.amount) + limit.told().zh.lstrip("0123456789"), limit.told().en.replace("(s)", "s")),
        source=row.source,
    )


def _numeral(number: int) -> str:
    """The number as letters write it, 三十; from a hundred on in digits."""
    tens, ones = divmod(number, 10)
    if tens > 9:
        return str(number)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十") + (_DIGITS[ones] if ones else "")


_DIGITS = "零一二三四五六七八九"
_NATIONAL_REMEDIES = Text(
    "救济权利：您对本决定有异议的，可以向设立本机构的司法行政部门提出（《中华人民共和国法律援助法》第四十九条）；对其审查决定不服"
    "的，可以依法申请行政复议或者提起行政诉讼。",
    "Remedies: you may object to the justice department that set up this office (Legal Aid Law, article 49). Against"
    " its decision you may ask for administrative review or go to court.",
)
_LOCAL_REMEDIES = Text(
    "救济权利：您对本决定有异议的，可以自收到本决定书之日起{limit}内，向设立本机构的司法行政部门提出（《中华人民共和国法律援助法》"
    "第四十九条；{source}）；对其审查决定不服的，可以依法申请行政复议或者提起行政诉讼。",
    "Remedies: within {limit} of receiving this decision you may object to the justice department that set up this"
    " office (Legal Aid Law, article 49; {source}). Against its decision you may ask for administrative review or go"
    " to court.",
)


def _matter(move: Move) -> Text:
    return MATTERS[move.case.facts["matter"]]


def _receipt(move: Move, office: Office) -> Mapping[str, Any]:
    papers = move.given.get("papers", [])
    return {
        "matter": _matter(move),
        "papers": _listed([f"{paper['name']} × {paper['copies']}" for paper in papers]),
    }


def _papers_needed(move: Move, office: Office) -> Mapping[str, Any]:
    return {"matter": _matter(move), "papers": _listed(move.given["papers"]), "until": _until(move, "papers")}


def _matter_only(move: Move, office: Office) -> Mapping[str, Any]:
    return {"matter": _matter(move)}


def _granted(move: Move, office: Office) -> Mapping[str, Any]:
    return {"matter": _matter(move), "form_of_aid": FORMS_OF_AID[move.given["form_of_aid"]]}


def _refused(move: Move, office: Office) -> Mapping[str, Any]:
    return {
        "matter": _matter(move),
        "ground": REFUSAL_GROUNDS[move.given["ground"]],
        "reasons": move.sealed["reasons"],
        "remedies": _remedies(office),
    }


def _assigned(move: Move, office: Office) -> Mapping[str, Any]:
    assert move.case.assignee is not None
    return {"matter": _matter(move), "helper": move.case.assignee.name}


def _terminated(move: Move, office: Office) -> Mapping[str, Any]:
    return {
        "matter": _matter(move),
        "ground": TERMINATION_GROUNDS[move.given["ground"]],
        "reasons": move.sealed["reasons"],
        "remedies": _remedies(office),
    }


def _reasons(move: Move, office: Office) -> Mapping[str, Any]:
    return {"matter": _matter(move), "reasons": move.sealed["reasons"]}


def _helped_first(move: Move, office: Office) -> Mapping[str, Any]:
    form = FORMS_OF_AID[move.given["form_of_aid"]]
    return {"matter": _matter(move), "form_of_aid": form, "until": _until(move, "making_up")}


def _transferred(move: Move, office: Office) -> Mapping[str, Any]:
    assert move.transferred_to is not None
    ground = TRANSFER_GROUNDS[move.given["ground"]]
    return {"matter": _matter(move), "ground": ground, "to": move.transferred_to.name}


def _lawyer_changed(move: Move, office: Office) -> Mapping[str, Any]:
    helper = move.before.assignee.name if move.before.assignee else _NOBODY
    return {"matter": _matter(move), "helper": helper, "until": _until(move, "assignment")}


_NOBODY = Text("原承办人员", "the former helper")


def _objection_received(move: Move, office: Office) -> Mapping[str, Any]:
    answers = (_until(move, clock) for clock in ("objection_by_law", "objection_review"))
    until = min((answer for answer in answers if answer != SOON), key=lambda answer: answer.zh, default=SOON)
    return {"matter": _matter(move), "until": until}


LETTERS = (
    Letter(
        "receipt",
        Text("申请材料接收凭证", "Receipt for papers"),
        Text(
            "{applicant}：\n\n您关于“{matter}”的法律援助申请（案号 {number}）已收到。收到的材料如下：\n\n{papers}\n\n"
            "我们将依法审查，并书面告知结果。\n\n{office}\n{date}",
            "{applicant},\n\nwe have received your request for legal aid in the matter “{matter}” (case {number})."
            " These papers were handed in:\n\n{papers}\n\nWe will examine the request and tell you the result in"
            " writing.\n\n{office}\n{date}",
        ),
        fill=_receipt,
    ),
    Letter(
        "papers_needed",
        Text("补充材料通知书", "Notice of missing papers"),
        Text(
            "{applicant}：\n\n您的申请（案号 {number}，{matter}）经审查，尚需补充以下全部材料：\n\n{papers}\n\n请于"
            " {until}（含当日）前提交。逾期未补充的，视为撤回申请；撤回后仍可重新申请。\n\n{office}\n{date}",
            "{applicant},\n\nto examine your request (case {number}, {matter}) we need all of the following, and"
            " nothing more:\n\n{papers}\n\nPlease hand them in by the end of {until}. If they do not come, the request counts"
            " as withdrawn; you may ask again.\n\n{office}\n{date}",
        ),
        fill=_papers_needed,
    ),
    Letter(
        "deemed_withdrawn",
        Text("视为撤回申请通知书", "The request counts as withdrawn"),
        Text(
            "{applicant}：\n\n您的申请（案号 {number}，{matter}）所需材料在期限内未补充，依照《中华人民共和国法律援助法》"
            "第四十三条，视为撤回申请。您可以备齐材料后重新申请。\n\n{office}\n{date}",
            "{applicant},\n\nthe papers needed for your request (case {number}, {matter}) did not come in time. By"
            " article 43 of the Legal Aid Law the request counts as withdrawn. You may ask again with the papers."
            "\n\n{office}\n{date}",
        ),
        fill=_matter_only,
    ),
    Letter(
        "granted",
        Text("给予法律援助决定书", "Decision to grant legal aid"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您就“{matter}”提出的法律援助申请（案号 {number}）符合条件，决定给予法律"
            "援助，援助形式：{form_of_aid}。承办人员确定后将另行通知。法律援助不收取任何费用。\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nyour request for legal aid in the matter “{matter}” (case {number})"
            " meets the conditions. Legal aid is granted in this form: {form_of_aid}. You will be told who takes the"
            " case. Legal aid is free of charge.\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_granted,
    ),
    Letter(
        "refused",
        Text("不予法律援助决定书", "Decision to refuse legal aid"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您就“{matter}”提出的法律援助申请（案号 {number}）经审查不符合条件"
            "（{ground}），决定不予法律援助。理由：\n\n{reasons}\n\n{remedies}\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nyour request for legal aid in the matter “{matter}” (case {number})"
            " does not meet the conditions ({ground}), and legal aid is refused. Reasons:\n\n{reasons}\n\n{remedies}"
            "\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_refused,
    ),
    Letter(
        "assigned",
        Text("指派通知书", "Notice of assignment"),
        Text(
            "{applicant}：\n\n您的法律援助案件（案号 {number}，{matter}）由{helper}承办，将尽快与您约见并签订委托协议。"
            "承办人员不得向您收取任何费用或财物；您有权了解办理进度，并可依法申请更换承办人员。\n\n{office}\n{date}",
            "{applicant},\n\nyour case (case {number}, {matter}) will be handled by {helper}, who will soon meet you"
            " and sign the agreement. You owe no fee and no gift. You may ask about progress, and you may ask for"
            " another lawyer.\n\n{office}\n{date}",
        ),
        fill=_assigned,
    ),
    Letter(
        "change_denied",
        Text("不予更换承办人员通知书", "Notice that the lawyer is not changed"),
        Text(
            "{applicant}：\n\n您就案件 {number}（{matter}）提出的更换承办人员申请，经审查不予更换。理由：\n\n{reasons}\n\n"
            "您可以向本机构投诉。\n\n{office}\n{date}",
            "{applicant},\n\nyour request for another lawyer in case {number} ({matter}) was examined; the lawyer is not"
            " changed. Reasons:\n\n{reasons}\n\nYou may complain to this office.\n\n{office}\n{date}",
        ),
        fill=_reasons,
    ),
    Letter(
        "terminated",
        Text("终止法律援助决定书", "Decision to end legal aid"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您的法律援助案件（案号 {number}，{matter}）因{ground}，决定终止法律援助。理由："
            "\n\n{reasons}\n\n{remedies}\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nlegal aid in your case (case {number}, {matter}) is ended: {ground}."
            " Reasons:\n\n{reasons}\n\n{remedies}\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_terminated,
    ),
    Letter(
        "help_first",
        Text("先行提供法律援助决定书", "Decision to help before the review"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您就“{matter}”提出的法律援助申请（案号 {number}）情况紧急，依照《中华人民共和国"
            "法律援助法》第四十四条，决定先行提供法律援助，援助形式：{form_of_aid}。请于 {until}（含当日）前补办有关手续、补充有关材料；经"
            "审查不符合条件的，将终止法律援助。法律援助不收取任何费用。\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nyour request for legal aid in the matter “{matter}” (case {number}) cannot"
            " wait. By article 44 of the Legal Aid Law you are helped before it is reviewed, in this form: {form_of_aid}."
            " Please make up the formalities and the papers by the end of {until}; if the conditions turn out not to be"
            " met, the aid will be ended. Legal aid is free of charge.\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_helped_first,
    ),
    Letter(
        "transferred",
        Text("移送告知书", "Notice that the request is handled elsewhere"),
        Text(
            "{applicant}：\n\n您的法律援助申请（案号 {number}，{matter}）因{ground}，已连同全部材料移送至机构 {to} 继续办理。您无需"
            "重新申请或者再次提交材料，案号和查询方式不变；该机构将与您联系。如有疑问，可以向本机构或者拨打 12348 询问。"
            "\n\n{office}\n{date}",
            "{applicant},\n\nyour request for legal aid (case {number}, {matter}) has gone with all its papers to office"
            " {to}, which takes it from here: {ground}. You need not ask again nor hand anything in a second time; the"
            " number of the case stays the same, and that office will contact you. With questions, ask us or call"
            " 12348.\n\n{office}\n{date}",
        ),
        fill=_transferred,
    ),
    Letter(
        "withdrawn",
        Text("撤回申请确认书", "The request is withdrawn"),
        Text(
            "{applicant}：\n\n您的法律援助申请（案号 {number}，{matter}）已按您的意思撤回。今后仍有需要的，可以重新申请。"
            "\n\n{office}\n{date}",
            "{applicant},\n\nyour request for legal aid (case {number}, {matter}) has been withdrawn as you wished. You may"
            " ask again whenever you need it.\n\n{office}\n{date}",
        ),
        fill=_matter_only,
    ),
    Letter(
        "lawyer_changed",
        Text("更换法律援助人员通知书", "Notice that another lawyer is named"),
        Text(
            "{applicant}：\n\n您的法律援助案件（案号 {number}，{matter}）不再由{helper}承办。我们将于 {until}（含当日）前另行指派承办"
            "人员并告知您；已提交的材料由新的承办人员接收，您无需重新提交。\n\n{office}\n{date}",
            "{applicant},\n\nyour case (case {number}, {matter}) will no longer be handled by {helper}. By the end of"
            " {until} somebody else is named, and you will be told. Your papers go to the new helper; you need not hand"
            " them in again.\n\n{office}\n{date}",
        ),
        fill=_lawyer_changed,
    ),
    Letter(
        "objection_received",
        Text("异议受理通知书", "Your objection has come in"),
        Text(
            "{applicant}：\n\n您就案件 {number}（{matter}）提出的异议已收到，我们将依法审查，并于 {until}（含当日）前书面答复您。"
            "\n\n{office}\n{date}",
            "{applicant},\n\nyour objection in case {number} ({matter}) has come in. We review it as the law"
            " demands, and you will have a written answer by the end of {until}.\n\n{office}\n{date}",
        ),
        fill=_objection_received,
    ),
    Letter(
        "objection_dismissed",
        Text("异议审查决定书（维持）", "Decision on the objection: upheld"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您就案件 {number}（{matter}）提出的异议，经审查，维持原决定。理由：\n\n{reasons}"
            "\n\n救济权利：对本决定不服的，可以自收到之日起六十日内依法申请行政复议，或者提起行政诉讼。\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nyour objection in case {number} ({matter}) was reviewed; the decision"
            " stands. Reasons:\n\n{reasons}\n\nRemedies: within sixty days of receiving this decision you may ask for"
            " administrative review, or go to court.\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_reasons,
    ),
    Letter(
        "objection_allowed",
        Text("异议审查决定书（纠正）", "Decision on the objection: corrected"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您就案件 {number}（{matter}）提出的异议成立，原决定予以纠正，给予法律援助。理由："
            "\n\n{reasons}\n\n承办人员确定后将另行通知。\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nyour objection in case {number} ({matter}) is right: the decision is"
            " corrected and legal aid is granted. Reasons:\n\n{reasons}\n\nYou will be told who takes the case."
            "\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_reasons,
    ),
)
