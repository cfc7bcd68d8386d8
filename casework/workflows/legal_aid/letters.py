"""The letters of legal aid, in both languages, with the remedies that the law demands.

They are neutral: only the decision itself says that aid is granted or refused.
"""

from collections.abc import Mapping
from typing import Any, Final

from casework.forms.data_rights import DATA_LETTERS
from casework.forms.papers import announced_letter, asked_for, earlier, explained, papers_came, papers_told
from casework.rules.case import Case
from casework.rules.clocks import Limit
from casework.rules.context import DecisionContext
from casework.rules.grammar import Letter
from casework.rules.move import Move
from casework.rules.office_kinds import OfficeKind, cited, kind_of
from casework.rules.text import Text
from casework.workflows.legal_aid.intake import FORMS_OF_AID, LINKS, OPEN_MATTERS
from casework.workflows.legal_aid.steps import REFUSAL_GROUNDS, TERMINATION_GROUNDS, TRANSFER_GROUNDS

SOON = Text("尽快", "as soon as possible")
_BY: Final = Text("于 {last}", "by {last}")


def _listed(items: list[str]) -> Text:
    if not items:
        return Text("（无）", "(none)")
    lines = "\n".join(f"{number}. {item}" for number, item in enumerate(items, start=1))
    return Text(lines, lines)


def until(move: Move, clock: str) -> Text:
    """By the last day in time of a clock, or soon where no rule sets one."""
    run = move.case.clock(clock)
    return _BY.with_(last=run.due.by) if run and run.open and run.due else SOON


def _remedies(office: DecisionContext, decision: str) -> Text:
    """How to object to a refusal or a termination, by the kind of the office and the rule of the place.

    山东省法律援助条例 16 sets a time for a refusal; for a termination no rule does (法律援助法 49).
    """
    row = office.policy("objection") if decision == "refuse" else None
    by_union, timed = kind_of(office).of_a_union, row is not None
    remedies = _REMEDIES[by_union, timed]
    return remedies.with_(limit=Limit.parse(row.value).told_in_letters(), source=row.source) if row else remedies


_UNION_REMEDY = Text(
    "救济权利：您对本决定有异议的，可以{when}向作出本决定的工会的上一级工会法律援助机构书面提出（参照《中华人民共和国法律援助法》"
    "第四十九条{rule}）；您也可以直接向当地法律援助中心申请法律援助（电话 12348）。",
    "Remedies: you may object{when}, in writing, to the legal aid of the union above the one that decided (Legal Aid Law,"
    " article 49, applied by reference{rule}). You may also ask the local legal aid centre for legal aid (call 12348).",
)
_JUSTICE_REMEDY = Text(
    "救济权利：您对本决定有异议的，可以{when}向设立本机构的司法行政部门提出（《中华人民共和国法律援助法》第四十九条{rule}）；"
    "对其审查决定不服的，可以依法申请行政复议或者提起行政诉讼。",
    "Remedies: you may object{when} to the justice department that set up this office (Legal Aid Law, article 49{rule})."
    " Against its decision you may ask for administrative review or go to court.",
)
_IN_TIME = Text("自收到本决定书之日起{limit}内，", " within {limit} of receiving this decision")
_BY_RULE = Text("、{source}", "; {source}")
NOTHING = Text("", "")
_REMEDIES: Final = {
    (by_union, timed): remedy.with_(when=_IN_TIME if timed else NOTHING, rule=_BY_RULE if timed else NOTHING)
    for by_union, remedy in ((True, _UNION_REMEDY), (False, _JUSTICE_REMEDY))
    for timed in (True, False)
}
_AFTER_THE_REVIEW: Final = {
    True: Text(
        "您可以向上一级工会反映，或者向当地法律援助中心申请法律援助。",
        "You may turn to the union above, or ask the local legal aid centre for legal aid.",
    ),
    False: Text(
        "救济权利：对本决定不服的，可以自收到本决定书之日起六十日内申请行政复议，或者六个月内向人民法院提起行政诉讼。",
        "Remedies: within 60 days of receiving this decision you may ask for administrative review, or within six months"
        " go to court.",
    ),
}
_COMPLAINTS: Final = {
    True: Text(
        "认为承办人员未依法履行职责的，您可以向司法行政部门投诉；也可以向上一级工会反映。",
        "If you think that the helper does not do the duty of the law, you may complain to the justice department; you may"
        " also turn to the union above.",
    ),
    False: Text(
        "认为承办人员未依法履行职责的，您可以向司法行政部门投诉。",
        "If you think that the helper does not do the duty of the law, you may complain to the justice department.",
    ),
}
THIS_OFFICE: Final = {True: Text("本会", "this union"), False: Text("本机构", "this office")}


def matter_of(move: Move) -> Text:
    return OPEN_MATTERS[move.case.facts["matter"]]


def _receipt(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    matter, number = matter_of(move), move.case.number
    asked = Text(
        f"您关于“{matter.zh}”的法律援助申请（案号 {number}）已收到。收到的材料如下：",
        f"we have received your request for legal aid in the matter “{matter.en}” (case {number})."
        " These papers were handed in:",
    )
    return {
        "received": papers_came(move, asked),
        "papers": _listed(papers_told(move)),
        "earlier": earlier(move, office),
    }


def _papers_needed(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    papers = _listed(asked_for(move))
    return {"matter": matter_of(move), "papers": papers, "explained": explained(move), "until": until(move, "papers")}


def _matter_only(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {"matter": matter_of(move), "cited": cited(office)}


def _withdrawn(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {"matter": matter_of(move), "not_theirs": _NOT_THEIRS if move.on_behalf else NOTHING}


_NOT_THEIRS: Final = Text(
    "撤回由工作人员代为登记；如果您没有提出撤回，请告知我们，经核实确非您本人意愿的，我们将恢复办理。",
    " The withdrawal was recorded by the office for you. If you did not ask for it, tell us: once it is found that it was"
    " not your will, we take the request up again.",
)


def _granted(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {"matter": matter_of(move), "form_of_aid": FORMS_OF_AID[move.given["form_of_aid"]]}


def _refused(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {
        "matter": matter_of(move),
        "ground": REFUSAL_GROUNDS[move.given["ground"]],
        "reasons": move.sealed["reasons"],
        "remedies": _remedies(office, "refuse"),
    }


def _assigned(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    assert move.case.assignee is not None
    row, station = office.policy("engagement"), kind_of(office) is OfficeKind.UNION_STATION
    within = _WITHIN.with_(limit=Limit.parse(row.value).told_in_letters()) if row else SOON
    form = _COMMISSION_BY_STATION if station else _COMMISSION
    return {
        "matter": matter_of(move),
        "helper": move.case.assignee.name,
        "within": within,
        "form": form,
        "liable": _liable_too(move.case),
    }


def _liable_too(case: Case) -> Text:
    """Who answers beside the employer, for the helper to claim from; nothing where nobody is known to."""
    contractor = case.facts.get("contractor")
    return _LIABLE.with_(name=contractor["name"], link=LINKS[contractor["link"]]) if contractor else NOTHING


_LIABLE: Final = Text(
    "另可以请求{name}承担用工主体责任：{link}。",
    " {name} can be claimed from too: {link}.",
)


_WITHIN: Final = Text("自指派之日起{limit}内", "within {limit} of the assignment")
_COMMISSION: Final = Text("指派通知书", "Notice of assignment")
_COMMISSION_BY_STATION: Final = Text("工会法律援助服务案件委派函", "Letter of commission of the union's legal aid")


def _terminated(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {
        "matter": matter_of(move),
        "ground": TERMINATION_GROUNDS[move.given["ground"]],
        "reasons": move.sealed["reasons"],
        "remedies": _remedies(office, "terminate"),
        "cited": cited(office),
        "this_office": THIS_OFFICE[kind_of(office).of_a_union],
    }


def _change_denied(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    complaints = _COMPLAINTS[kind_of(office).of_a_union]
    return {"matter": matter_of(move), "reasons": move.sealed["reasons"], "complaints": complaints}


def _release_denied(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {"matter": matter_of(move), "helper": former_helper(move), "reasons": move.sealed["reasons"]}


def _reviewed(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    ended = "terminate" in move.case.taken
    return {
        "matter": matter_of(move),
        "reasons": move.sealed["reasons"],
        "remedies": _AFTER_THE_REVIEW[kind_of(office).of_a_union],
        "aid": _GOES_ON if ended else _IS_GRANTED,
    }


_GOES_ON: Final = Text("继续提供法律援助", "legal aid goes on")
_IS_GRANTED: Final = Text("给予法律援助", "legal aid is granted")


def _helped_first(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    form = FORMS_OF_AID[move.given["form_of_aid"]]
    return {
        "matter": matter_of(move),
        "form_of_aid": form,
        "until": until(move, "making_up"),
        "cited": cited(office),
    }


def _transferred(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    assert move.transferred_to is not None
    ground = TRANSFER_GROUNDS[move.given["ground"]]
    return {"matter": matter_of(move), "ground": ground, "to": move.transferred_to.name}


def _lawyer_changed(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {"matter": matter_of(move), "helper": former_helper(move), "until": until(move, "assignment")}


def former_helper(move: Move) -> str | Text:
    """Who has helped so far; nobody is known where a supervisor brought the case here."""
    return move.before.assignee.name if move.before.assignee else _NOBODY


_NOBODY = Text("原承办人员", "the former helper")


def _objection_received(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    answers = (until(move, clock) for clock in ("objection_by_law", "objection_review"))
    first = min((answer for answer in answers if answer != SOON), key=lambda answer: answer.zh, default=SOON)
    return {"matter": matter_of(move), "until": first}


def _request(move: Move) -> Text:
    matter, number = matter_of(move), move.case.number
    return Text(
        f"您关于“{matter.zh}”的法律援助申请（案号 {number}）",
        f"your request for legal aid in the matter “{matter.en}” (case {number})",
    )


LETTERS = (
    announced_letter(_request),
    *DATA_LETTERS,
    Letter(
        "receipt",
        Text("申请材料接收凭证", "Receipt for papers"),
        Text(
            "{applicant}：\n\n{received}\n\n{papers}{earlier}\n\n我们将依法审查，并书面告知结果。\n\n{office}\n{date}",
            "{applicant},\n\n{received}\n\n{papers}{earlier}\n\nWe will examine the request and tell you the result in"
            " writing.\n\n{office}\n{date}",
        ),
        fill=_receipt,
    ),
    Letter(
        "papers_needed",
        Text("补充材料通知书", "Notice of missing papers"),
        Text(
            "{applicant}：\n\n您的申请（案号 {number}，{matter}）经审查，尚需补充以下全部材料：\n\n{papers}{explained}\n\n请{until}提交。"
            "逾期未补充的，视为撤回申请；撤回后仍可重新申请。\n\n{office}\n{date}",
            "{applicant},\n\nto examine your request (case {number}, {matter}) we need all of the following, and"
            " nothing more:\n\n{papers}{explained}\n\nPlease hand them in {until}. If they do not come, the request counts"
            " as withdrawn; you may ask again.\n\n{office}\n{date}",
        ),
        fill=_papers_needed,
    ),
    Letter(
        "deemed_withdrawn",
        Text("视为撤回申请通知书", "The request counts as withdrawn"),
        Text(
            "{applicant}：\n\n您的申请（案号 {number}，{matter}）所需材料在期限内未补充，{cited}《中华人民共和国法律援助法》"
            "第四十三条，视为撤回申请。您可以备齐材料后重新申请。\n\n{office}\n{date}",
            "{applicant},\n\nthe papers needed for your request (case {number}, {matter}) did not come in time. By"
            " article 43 of the Legal Aid Law, {cited}the request counts as withdrawn. You may ask again with the papers."
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
        "commission",
        Text("{form}", "{form}"),
        Text(
            "{letter_number}\n\n{helper}及所在机构：\n\n现指派您承办{applicant}的法律援助案件（案号 {number}，{matter}）。{liable}请{within}约见"
            "受援人并签订委托协议，及时通报办理情况，办结后提交卷宗。不得收取受援人任何费用或者财物，无正当理由不得拒绝、拖延或者终止"
            "提供法律援助。\n\n{office}\n{date}",
            "{letter_number}\n\nTo {helper} and the firm,\n\nyou are assigned the legal aid case of {applicant} (case"
            " {number}, {matter}).{liable} Please meet the recipient and sign the agreement {within}, report on progress, and hand"
            " in the file at the end. Take no fee and no gift from the recipient, and do not refuse, delay or stop without"
            " good reason.\n\n{office}\n{date}",
        ),
        numbered=True,
        kind="指",
        to_applicant=False,
        listed=Text("指派通知书（委派函）", "Notice of assignment"),
        fill=_assigned,
    ),
    Letter(
        "assigned",
        Text("承办人员告知书", "Who handles your case"),
        Text(
            "{applicant}：\n\n您的法律援助案件（案号 {number}，{matter}）由{helper}承办。承办人员将{within}约见您并签订委托协议。"
            "承办人员不得向您收取任何费用或财物；您有权了解办理进度，并可依法申请更换承办人员。\n\n{office}\n{date}",
            "{applicant},\n\nyour case (case {number}, {matter}) will be handled by {helper}, who meets you and signs the"
            " agreement with you {within}. You owe no fee and no gift. You may ask about progress, and you may ask for"
            " another lawyer.\n\n{office}\n{date}",
        ),
        fill=_assigned,
    ),
    Letter(
        "change_denied",
        Text("不予更换承办人员通知书", "Notice that the lawyer is not changed"),
        Text(
            "{applicant}：\n\n您就案件 {number}（{matter}）提出的更换承办人员申请，经审查不予更换。理由：\n\n{reasons}\n\n"
            "{complaints}\n\n{office}\n{date}",
            "{applicant},\n\nyour request for another lawyer in case {number} ({matter}) was examined; the lawyer is not"
            " changed. Reasons:\n\n{reasons}\n\n{complaints}\n\n{office}\n{date}",
        ),
        fill=_change_denied,
    ),
    Letter(
        "release_denied",
        Text("不同意退出承办通知书", "Notice that the helper is not released"),
        Text(
            "{helper}：\n\n您就{applicant}的法律援助案件（案号 {number}，{matter}）提出的退出承办申请，经审查不予同意，请继续承办。理由："
            "\n\n{reasons}\n\n{office}\n{date}",
            "{helper},\n\nyour request to be released from the legal aid case of {applicant} (case {number}, {matter}) was"
            " examined; please go on with the case. Reasons:\n\n{reasons}\n\n{office}\n{date}",
        ),
        to_applicant=False,
        fill=_release_denied,
    ),
    Letter(
        "terminated",
        Text("终止法律援助决定书", "Decision to end legal aid"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您的法律援助案件（案号 {number}，{matter}）出现下列情形：{ground}。{cited}"
            "《中华人民共和国法律援助法》第四十八条，{this_office}决定终止法律援助。理由：\n\n{reasons}\n\n{remedies}\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nin your legal aid case (case {number}, {matter}) this has come to pass:"
            " {ground}. By article 48 of the Legal Aid Law, {cited}{this_office} ends the legal aid. Reasons:\n\n{reasons}\n\n{remedies}\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_terminated,
    ),
    Letter(
        "help_first",
        Text("先行提供法律援助决定书", "Decision to help before the review"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您就“{matter}”提出的法律援助申请（案号 {number}）情况紧急，{cited}《中华人民共和国"
            "法律援助法》第四十四条，决定先行提供法律援助，援助形式：{form_of_aid}。请{until}补办有关手续、补充有关材料；经"
            "审查不符合条件的，将终止法律援助。法律援助不收取任何费用。\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nyour request for legal aid in the matter “{matter}” (case {number}) cannot"
            " wait. By article 44 of the Legal Aid Law, {cited}you are helped before it is reviewed, in this form: {form_of_aid}."
            " Please make up the formalities and the papers {until}; if the conditions turn out not to be"
            " met, the aid will be ended. Legal aid is free of charge.\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_helped_first,
    ),
    Letter(
        "transferred",
        Text("移送告知书", "Notice that the request is handled elsewhere"),
        Text(
            "{applicant}：\n\n您的法律援助申请（案号 {number}，{matter}）因{ground}，已连同全部材料移送至{to}继续办理。您无需"
            "重新申请或者再次提交材料，案号和查询方式不变；该机构将与您联系。如有疑问，可以向本机构或者拨打 12348 询问。"
            "\n\n{office}\n{date}",
            "{applicant},\n\nyour request for legal aid (case {number}, {matter}) has gone with all its papers to"
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
            "{applicant}：\n\n您的法律援助申请（案号 {number}，{matter}）已按您的意愿撤回。今后仍有需要的，可以重新申请。"
            "{not_theirs}\n\n{office}\n{date}",
            "{applicant},\n\nyour request for legal aid (case {number}, {matter}) has been withdrawn as you wished. You may"
            " ask again whenever you need it.{not_theirs}\n\n{office}\n{date}",
        ),
        fill=_withdrawn,
    ),
    Letter(
        "lawyer_changed",
        Text("更换法律援助人员通知书", "Notice that another lawyer is named"),
        Text(
            "{applicant}：\n\n您的法律援助案件（案号 {number}，{matter}）不再由{helper}承办。我们将{until}另行指派承办"
            "人员并告知您；已提交的材料由新的承办人员接收，您无需重新提交。\n\n{office}\n{date}",
            "{applicant},\n\nyour case (case {number}, {matter}) will no longer be handled by {helper}. Somebody"
            " else is named {until}, and you will be told. Your papers go to the new helper; you need not hand"
            " them in again.\n\n{office}\n{date}",
        ),
        fill=_lawyer_changed,
    ),
    Letter(
        "objection_received",
        Text("异议受理通知书", "Your objection has come in"),
        Text(
            "{applicant}：\n\n您就案件 {number}（{matter}）提出的异议已收到，我们将依法审查，并{until}书面答复您。"
            "\n\n{office}\n{date}",
            "{applicant},\n\nyour objection in case {number} ({matter}) has come in. We review it as the law"
            " demands, and you will have a written answer {until}.\n\n{office}\n{date}",
        ),
        fill=_objection_received,
    ),
    Letter(
        "objection_dismissed",
        Text("异议审查决定书（维持）", "Decision on the objection: upheld"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您就案件 {number}（{matter}）提出的异议，经审查，维持原决定。理由：\n\n{reasons}"
            "\n\n{remedies}\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nyour objection in case {number} ({matter}) was reviewed; the decision"
            " stands. Reasons:\n\n{reasons}\n\n{remedies}\n\n{office}\n{date}",
        ),
        numbered=True,
        kind="异",
        of_reviewer=True,
        fill=_reviewed,
    ),
    Letter(
        "objection_allowed",
        Text("异议审查决定书（纠正）", "Decision on the objection: corrected"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您就案件 {number}（{matter}）提出的异议成立，原决定予以纠正，{aid}。理由："
            "\n\n{reasons}\n\n承办人员确定后将另行通知。\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nyour objection in case {number} ({matter}) is right: the decision is"
            " corrected and {aid}. Reasons:\n\n{reasons}\n\nYou will be told who takes the case."
            "\n\n{office}\n{date}",
        ),
        numbered=True,
        kind="异",
        of_reviewer=True,
        fill=_reviewed,
    ),
)
