"""The letters of hardship assistance, in both languages, with the reasons and remedies that the law demands.

They are neutral, and none holds an illness, an identity number or an account; only decisions say what was decided.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from casework.forms.data_rights import DATA_LETTERS
from casework.forms.papers import announced_letter, asked_for, earlier, explained, papers_came, papers_told
from casework.forms.repayment import owed, owed_to_person
from casework.rules.case import Facts
from casework.rules.clocks import Limit
from casework.rules.context import DecisionContext
from casework.rules.grammar import Letter
from casework.rules.move import Move
from casework.rules.text import Text
from casework.workflows.hardship_aid import cuts
from casework.workflows.hardship_aid.codes import EXIT_KINDS, PAYMENT_KINDS
from casework.workflows.hardship_aid.decisions import LOWERED, RELEASED
from casework.workflows.hardship_aid.dossier_steps import ABSENT
from casework.workflows.hardship_aid.steps import CASH, CATEGORY_TITLES, REFUSAL_GROUNDS, TRANSFER

HEARD_HOW = {
    "own_request": Text("应您本人申请，", "at your own request"),
    "waived": Text("因您本人书面放弃，", "as you have waived it in writing"),
    "agreed": Text("应您本人书面申请或者经您书面同意，", "at your request or with your consent in writing"),
    "heard": Text("经听取您的意见", "after you were heard"),
    ABSENT: Text(
        "经通知您陈述意见，您未到场也未答复，", "after you were invited to be heard and neither came nor answered"
    ),
}
GONE_BECAUSE = {
    "retired": Text("您已退休", "you have retired"),
    "moved_away": Text("您已调离原单位", "you have left your unit"),
}


def _listed(items: Sequence[Text]) -> Text:
    if not items:
        return Text("（无）", "(none)")
    zh, en = (enumerate([one.in_(language) for one in items], start=1) for language in ("zh-CN", "en"))
    return Text("\n".join(f"{n}. {one}" for n, one in zh), "\n".join(f"{n}. {one}" for n, one in en))


def _papers(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    number = move.case.number
    asked = Text(
        f"您的困难职工帮扶申请（案号 {number}）及以下材料已收到：",
        f"we have received your request for assistance (case {number}) and these papers:",
    )
    return {
        "received": papers_came(move, asked),
        "earlier": earlier(move, office),
        "papers": _listed([Text(one, one) for one in papers_told(move)]),
    }


def _day_due(move: Move, name: str) -> Text | None:
    """The last day of a clock that runs; None where the place has set no limit."""
    clock = move.case.clock(name)
    return clock.due.by if clock and clock.open and clock.due else None


def _papers_needed(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    papers = _listed([Text(one, one) for one in asked_for(move)])
    last = _day_due(move, "papers")
    if last is None:
        by_when = Text("请尽快提交。", "Please hand them in as soon as you can.")
        return {"papers": papers, "explained": explained(move), "by_when": by_when}
    return {
        "papers": papers,
        "explained": explained(move),
        "by_when": Text(
            f"请于 {last.zh}提交。逾期未补充的，视为撤回申请；撤回后仍可重新申请。",
            f"Please hand them in by {last.en}. If they do not come, the request counts as withdrawn; you may"
            " ask again.",
        ),
    }


def _nothing_more(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {}


def _aid(items: Sequence[Facts]) -> Text:
    return _listed([_item(one) for one in items])


def _item(item: Facts) -> Text:
    kind, student = PAYMENT_KINDS[item["kind"]], item.get("student")
    zh, en = (f"（{student}）", f" ({student})") if student else ("", "")
    return Text(f"{kind.zh}{zh} {_yuan(item)} 元", f"{kind.en}{en}: {_yuan(item)} yuan")


def _yuan(item: Facts) -> str:
    return f"{Decimal(item['amount']):,.2f}"


def _helped_at_once(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    row = office.policy("making_up")
    by_when = _SOON
    if row:
        time = Limit.parse(row.value).told()
        by_when = Text(f"于解除后{time.zh}届满之日（含当日）前将有关材料交本工会", f"within {time.en} of its end")
    return {"amount": _yuan(move.given), "way": _WAYS[move.given.get("pay_by", TRANSFER)], "by_when": by_when}


def _papers_after_emergency(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    last = _day_due(move, "making_up")
    if last is None:
        return {"by_when": _SOON}
    return {"by_when": Text(f"于 {last.zh}将有关材料交本工会", f"by {last.en}")}


_SOON = Text("尽快将有关材料交本工会", "as soon as you can")
_WAYS = {
    TRANSFER: Text(
        "转入您本人的银行账户（尚未提供账户的，可以随后提供）",
        "paid into your own account, of which you may tell us later",
    ),
    CASH: Text("以现金发放，由您本人签收", "paid to you in cash, for which you sign"),
}


def _approved(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    category = (move.case.facts.get("category") or {}).get("category")
    return {
        "category": CATEGORY_TITLES[category] if category else Text("–", "–"),
        "aid": _aid(move.before.facts.get("proposed_aid") or ()),
        "paid": _PAID if move.before.facts.get("proposed_aid") else Text("", ""),
    }


_PAID = Text("帮扶款转入您本人的银行账户。", "It is paid into your own account. ")


def _refused(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {
        "ground": REFUSAL_GROUNDS[move.given["ground"]],
        "reasons": move.sealed["reasons"],
        "remedy": _remedy(office),
    }


def _remedy(office: DecisionContext) -> Text:
    """To whom and until when one may object, by the rule of the place."""
    row = office.policy("objection")
    if row is None:
        return Text(
            "您可以通过本工会书面或者口头提出异议，由上一级工会审查；也可以直接向上一级工会反映。",
            "You may object through this office, in writing or in person; the union above it reviews the objection. You"
            " may also turn to that union yourself.",
        )
    time = Limit.parse(row.value).told_in_letters()
    return Text(
        f"您可以自收到本决定书之日起{time.zh}内，通过本工会书面或者口头提出异议，由上一级工会审查；也可以直接向上一级工会反映。",
        f"Within {time.en} of receiving this decision you may object through this office, in writing or in person; the"
        " union above it reviews the objection. You may also turn to that union yourself.",
    )


def _exit_hearing(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {
        "kind": EXIT_KINDS[move.given["kind"]],
        "reasons": move.sealed["reasons"],
        "hearing": _as_given(move.sealed["hearing_at"], move.sealed.get("hearing_at_en")),
    }


def _as_given(zh: str, en: str | None) -> Text:
    """What somebody wrote for the letter; what came in Chinese only is told in Chinese, and said to be."""
    return Text(zh, en or (zh if zh.isascii() else f"as told in Chinese, {zh}"))


def _exit_decided(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    exit_ = move.before.facts["exit"]
    how = "own_request" if exit_["own_request"] else ABSENT if exit_.get("heard") == ABSENT else "heard"
    return {
        "kind": EXIT_KINDS[exit_["kind"]],
        "heard": HEARD_HOW[how],
        "reasons": move.sealed["reasons"],
        "repay": _repay_told(move),
        "remedy": _remedy(office),
    }


def _repay_told(move: Move) -> Text:
    """What the decision asks back, where it does: it is decided here, and so are its remedies."""
    if not move.given.get("repay"):
        return Text("", "")
    amount = f"{Decimal(move.given['repay']):,.2f}"
    return Text(
        f"\n\n应退还已领取的帮扶款 {amount} 元，退还的期限和方式另行书面通知。",
        f"\n\nOf the aid received {amount} yuan are to be paid back; when and how is told in another letter.",
    )


def _heard_how(move: Move, what: str, line: str | None = None) -> Text:
    """How the person was heard before a cut, or what stands in place of a hearing."""
    if "death_proof" in move.given:
        return Text("因申请人已去世", "as the applicant has died")
    absent = cuts.heard(move.before, what, line) == ABSENT
    in_writing = "waived" if what == RELEASED else "agreed"
    how = HEARD_HOW[in_writing if "signed_on" in move.given else ABSENT if absent else "heard"]
    return Text(how.zh.rstrip("，"), how.en)


def _cut_hearing(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {
        "cut": cuts.considered(move.before.facts, move.given["what"], move.given.get("line")),
        "reasons": move.sealed["reasons"],
        "hearing": _as_given(move.sealed["hearing_at"], move.sealed.get("hearing_at_en")),
    }


def _category_lowered(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {
        "cut": cuts.told(move.before.facts, LOWERED, None),
        "heard": _heard_how(move, LOWERED),
        "reasons": move.sealed["reasons"],
        "remedy": _remedy(office),
    }


def _payment_released(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    line = move.given["line"]
    return {
        "cut": cuts.payment_told(move.before.facts, line),
        "kin": _KIN if "death_proof" in move.given or move.before.outcome == "died" else Text("", ""),
        "heard": _heard_how(move, RELEASED, line),
        "reasons": move.sealed["reason"],
        "remedy": _remedy(office) if move.before.state == "active" else _TO_THE_UNION_ABOVE,
    }


_KIN = Text("（已故）的近亲属", "To the kin of the late ")
_TO_THE_UNION_ABOVE = Text("您可以向上一级工会反映。", "You may turn to the union above this office.")


def _struck_off(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    because = GONE_BECAUSE[move.given["kind"]]
    heard = _heard_how(move, cuts.STRIKE)
    return {"because": because, "heard": heard, "reasons": move.sealed["reasons"], "remedy": _remedy(office)}


def _repayment_demand(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    last = _day_due(move, "repayment")
    by_when = Text(f"于 {last.zh}", f"by {last.en}") if last else Text("尽快", "soon")
    return {
        "because": _demanded_because(move),
        "amount": f"{owed(move.case.facts):,.2f}",
        "by_when": by_when,
        "pay_to": _as_given(move.sealed["pay_to"], None),
        "reasons": move.sealed["reasons"],
        "remedy": _TO_THE_UNION_ABOVE,
    }


def _demanded_because(move: Move) -> Text:
    """The cancellation that has decided it, else the decision itself and how the person was heard before it."""
    number = move.case.number
    if move.case.facts["repayment"]["decision"] != cuts.DEMANDED:
        return Text(
            f"您的困难职工档案（案号 {number}）因申报不实已被取消。",
            f"your file (case {number}) was cancelled as what was told was untrue.",
        )
    heard = _heard_how(move, cuts.DEMANDED)
    return Text(
        f"经核实，您就案件 {number} 领取的帮扶款系以虚报、隐瞒等手段取得。{heard.zh}，本工会决定要求退还。",
        f"as was found, aid on case {number} was got by untrue statements or concealment; {heard.en}, it was decided"
        " to demand it back.",
    )


def _repayment_lifted(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    back = owed_to_person(move.case.facts)
    goes_back = _GOES_BACK.with_(amount=f"{back:,.2f}") if back else Text("", "")
    return {"reasons": move.sealed["reasons"], "goes_back": goes_back}


_GOES_BACK = Text(
    "您已退还的 {amount} 元将返还给您。", " The {amount} yuan that you have paid back will be returned to you."
)


def _given_back(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {"amount": f"{owed_to_person(move.before.facts):,.2f}"}


def _reasons(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {"reasons": move.sealed["reasons"]}


def _request(move: Move) -> Text:
    number = move.case.number
    return Text(f"您的困难职工帮扶申请（案号 {number}）", f"your request for assistance (case {number})")


LETTERS = (
    announced_letter(_request),
    *DATA_LETTERS,
    Letter(
        "receipt",
        Text("申请材料接收凭证", "Receipt for papers"),
        Text(
            "{applicant}：\n\n{received}\n\n{papers}{earlier}\n\n"
            "我们将上门了解情况并依法核对，结果另行书面告知。已提交的材料不会要求您再次提交。\n\n{office}\n{date}",
            "{applicant},\n\n{received}\n\n{papers}{earlier}\n\nWe will visit you and check the particulars, and tell you the result in writing. You will not be asked"
            " again for what you have handed in.\n\n{office}\n{date}",
        ),
        fill=_papers,
    ),
    Letter(
        "papers_needed",
        Text("补充材料通知书", "Notice of missing papers"),
        Text(
            "{applicant}：\n\n您的申请（案号 {number}）尚需补充以下全部材料：\n\n{papers}{explained}\n\n{by_when}"
            "准备材料有困难的，请与我们联系，我们会协助您。\n\n{office}\n{date}",
            "{applicant},\n\nfor your request (case {number}) we need all of the following, and nothing more:\n\n{papers}"
            "{explained}\n\n{by_when} If they are hard to get, tell us and we will help.\n\n{office}\n{date}",
        ),
        fill=_papers_needed,
    ),
    Letter(
        "deemed_withdrawn",
        Text("视为撤回申请通知书", "The request counts as withdrawn"),
        Text(
            "{applicant}：\n\n您的申请（案号 {number}）所需材料在期限内未补充，按撤回申请处理。您可以备齐材料后重新申请，"
            "已提交的材料无需再次提交。\n\n{office}\n{date}",
            "{applicant},\n\nthe papers needed for your request (case {number}) did not come in time, and the request counts"
            " as withdrawn. You may ask again with the papers; those that you have handed in need not come again."
            "\n\n{office}\n{date}",
        ),
        fill=_nothing_more,
    ),
    Letter(
        "withdrawn",
        Text("撤回申请确认书", "Confirmation that the request is withdrawn"),
        Text(
            "{applicant}：\n\n您的申请（案号 {number}）已按您的意愿撤回。您可以随时重新申请，已提交的材料无需再次提交。"
            "如果您没有提出撤回，请告知本工会或者上一级工会；经核实确非您本人意愿的，我们将恢复办理。\n\n{office}\n{date}",
            "{applicant},\n\nas you asked, your request (case {number}) is withdrawn. You may ask again at any time; what you"
            " have handed in need not come again. If you did not ask for this, tell this office or the union above it: once it"
            " is found that it was not your will, we take the request up again.\n\n{office}\n{date}",
        ),
        fill=_nothing_more,
    ),
    Letter(
        "leaving",
        Text("自愿退出申请接收凭证", "Receipt for a request to leave"),
        Text(
            "{applicant}：\n\n本工会收到您自愿退出帮扶的申请（案号 {number}），经公示和审批后另行书面告知结果；此前您的档案不变。"
            "如果您没有提出退出，或者改变主意，请告知本工会或者上一级工会，我们将停止办理退出。\n\n{office}\n{date}",
            "{applicant},\n\nwe have your request to leave assistance (case {number}). It goes through a public notice and a"
            " decision, of which you hear in writing; until then your file stands. If you did not ask for this or have"
            " changed your mind, tell this office or the union above it, and we will not go on with it."
            "\n\n{office}\n{date}",
        ),
        fill=_nothing_more,
    ),
    Letter(
        "helped_at_once",
        Text("先行救助通知书", "Notice of aid in advance"),
        Text(
            "{applicant}：\n\n鉴于您家庭的紧急情况，本工会决定先行给予救助 {amount} 元（案号 {number}），{way}。"
            "参照《中华人民共和国社会救助法》第五十条，紧急情况解除后，请您补充说明有关情况，并{by_when}。\n\n{office}\n{date}",
            "{applicant},\n\nas your household needs help at once, this office gives {amount} yuan in advance (case"
            " {number}), {way}. With reference to article 50 of the Social Assistance Law the papers follow once the emergency"
            " is over: then please tell us more, and hand them in {by_when}.\n\n{office}\n{date}",
        ),
        fill=_helped_at_once,
    ),
    Letter(
        "papers_after_emergency",
        Text("补齐先行救助材料通知书", "Notice to make up the papers"),
        Text(
            "{applicant}：\n\n您家庭的紧急情况（案号 {number}）已经解除。参照《中华人民共和国社会救助法》第五十条，紧急情况解除后，"
            "请您补充说明有关情况，并{by_when}。准备材料有困难的，请与我们联系，我们会协助您。\n\n{office}\n{date}",
            "{applicant},\n\nthe emergency of your household (case {number}) is over. With reference to article 50 of the"
            " Social Assistance Law please tell us more about it now, and hand in the papers {by_when}. If they are hard to"
            " get, tell us and we will help.\n\n{office}\n{date}",
        ),
        fill=_papers_after_emergency,
    ),
    Letter(
        "approved",
        Text("困难职工认定及帮扶通知书", "Notice that the household is on file"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您的申请（案号 {number}）经公示和审批，您的家庭被认定为{category}职工家庭。给予的帮扶：\n\n{aid}\n\n"
            "{paid}本工会将确定一名联系人，至少每半年走访一次，每年核查一次。家庭情况发生变化的，请及时告知"
            "（参照《中华人民共和国社会救助法》第四十六条）。\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nafter the public notice, your request (case {number}) was approved. Category:"
            " {category}. Aid given:\n\n{aid}\n\n{paid}One of us will be your contact and visit you"
            " every half-year at least; the file is verified once a year. Please tell us when things change in your"
            " household (Social Assistance Law 46 by reference).\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_approved,
    ),
    Letter(
        "helped_once",
        Text("帮扶通知书（不建档）", "Notice of aid without a dossier"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您的申请（案号 {number}）经公示和审批，本工会决定给予以下帮扶，不建立困难职工档案：\n\n{aid}\n\n"
            "帮扶款转入您本人的银行账户。家庭情况发生变化的，可以随时再次申请。\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nafter the public notice, this aid was approved on your request (case"
            " {number}), without a dossier:\n\n{aid}\n\nIt is paid into your own account. You may ask again at any time when"
            " things change in your household.\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_approved,
    ),
    Letter(
        "aid_approved",
        Text("帮扶通知书", "Notice of aid"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n经公示和审批，您的档案（案号 {number}，{category}）新增帮扶：\n\n{aid}\n\n"
            "帮扶款转入您本人的银行账户。\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nafter the public notice, further aid was approved on your file (case {number},"
            " {category}):\n\n{aid}\n\nIt is paid into your own account.\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_approved,
    ),
    Letter(
        "refused",
        Text("不予帮扶决定书", "Decision to refuse assistance"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您的申请（案号 {number}）经审查不予认定（{ground}）。参照《中华人民共和国社会救助法》"
            "第四十五条书面说明理由：\n\n{reasons}\n\n救济途径：{remedy}情况变化后可以重新申请。\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nyour request (case {number}) was examined and is refused ({ground}). With"
            " reference to article 45 of the Social Assistance Law these are the reasons:\n\n{reasons}\n\nRemedies: {remedy} When things"
            " change you may ask again.\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_refused,
    ),
    Letter(
        "aid_refused",
        Text("不予新增帮扶决定书", "Decision to refuse further aid"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您的档案（案号 {number}）此次拟新增的帮扶未获批准（{ground}），档案不受影响。理由："
            "\n\n{reasons}\n\n救济途径：{remedy}\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nthe further aid proposed on your file (case {number}) was not approved"
            " ({ground}); the file itself stands. Reasons:\n\n{reasons}\n\nRemedies: {remedy}\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_refused,
    ),
    Letter(
        "exit_hearing",
        Text("听取意见通知书", "Invitation to be heard"),
        Text(
            "{applicant}：\n\n本工会拟对您的档案（案号 {number}）作退出处理，情形：{kind}。理由：\n\n{reasons}\n\n在作出决定之前，"
            "参照《中华人民共和国社会救助法》第四十八条，请您陈述意见：{hearing}。您可以带人陪同，也可以提交材料。\n\n{office}\n{date}",
            "{applicant},\n\nthis office is considering closing your file (case {number}): {kind}. Reasons:\n\n{reasons}\n\nBefore"
            " anything is decided you are heard (Social Assistance Law 48 by reference): {hearing}. You may bring somebody along,"
            " and hand in papers.\n\n{office}\n{date}",
        ),
        fill=_exit_hearing,
    ),
    Letter(
        "exit_notice",
        Text("退出帮扶决定书", "Decision that assistance ends"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n{heard}并经公示和审批，本工会决定您的家庭退出困难职工帮扶（案号 {number}），情形为：{kind}。理由："
            "\n\n{reasons}\n\n此后本工会将跟踪走访至少六个月；其间再次陷入困难的，请立即告知，我们随即重新办理。\n\n救济途径：{remedy}"
            "\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\n{heard}, and after the public notice, it was decided that assistance on"
            " your file (case {number}) ends: {kind}. Reasons:\n\n{reasons}\n\nFor at least six months we will visit you;"
            " if hardship comes back, tell us and we begin again at once.\n\nRemedies: {remedy}\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_exit_decided,
    ),
    Letter(
        "cancelled",
        Text("取消帮扶决定书", "Decision to cancel the file"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n经核实，申报情况与实际不符，本工会决定取消您的困难职工档案（案号 {number}）。情形：{kind}。{heard}作出本决定。"
            "理由：\n\n{reasons}{repay}\n\n救济途径：{remedy}\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nas was found, what was told does not agree with the facts; {heard} it was decided to"
            " cancel your file (case {number}): {kind}. Reasons:\n\n{reasons}{repay}\n\nRemedies: {remedy}\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_exit_decided,
    ),
    Letter(
        "repayment_demand",
        Text("退还帮扶款通知书", "Demand to pay aid back"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n{because}参照《中华人民共和国社会救助法》"
            "第六十一条至第六十五条，请您{by_when}退还帮扶款 {amount} 元：{pay_to}。理由：\n\n{reasons}\n\n确有困难的，可以与本工会商定"
            "分期退还。{remedy}\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\n{because} With"
            " reference to articles 61 to 65 of the Social Assistance Law please pay back {amount} yuan {by_when}: {pay_to}."
            " Reasons:\n\n{reasons}\n\nIf you cannot pay at once, agree with this office on instalments. {remedy}"
            "\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_repayment_demand,
    ),
    Letter(
        "repayment_lifted",
        Text("撤销退还决定通知书", "Notice that nothing is to be paid back"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n本工会此前要求您退还帮扶款的决定（案号 {number}）予以撤销，您无需退还。{goes_back}"
            "理由：\n\n{reasons}\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nthe decision that you are to pay aid back (case {number}) is lifted: nothing"
            " is to be paid back.{goes_back} Reasons:\n\n{reasons}\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_repayment_lifted,
    ),
    Letter(
        "given_back",
        Text("返还款项通知书", "Notice that money goes back to you"),
        Text(
            "{applicant}：\n\n您此前退还的 {amount} 元（案号 {number}）无需退还，现予返还，转入您本人的银行账户。尚未提供账户的，"
            "请与我们联系。\n\n{office}\n{date}",
            "{applicant},\n\nthe {amount} yuan that you had paid back (case {number}) are not owed and go back to you, into"
            " your own account. If we do not know it yet, please tell us.\n\n{office}\n{date}",
        ),
        fill=_given_back,
    ),
    Letter(
        "exit_denied",
        Text("继续帮扶通知书", "Notice that assistance goes on"),
        Text(
            "{applicant}：\n\n您的档案（案号 {number}）经审查不作退出处理，帮扶继续。理由：\n\n{reasons}\n\n{office}\n{date}",
            "{applicant},\n\nafter examination your file (case {number}) is not closed; assistance goes on. Reasons:\n\n"
            "{reasons}\n\n{office}\n{date}",
        ),
        fill=_reasons,
    ),
    Letter(
        "struck_off",
        Text("注销档案决定书", "Decision that the file is struck off"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n因{because}，您的困难职工档案（案号 {number}）予以注销。{heard}，作出本决定。说明：\n\n{reasons}\n\n调入新单位的，可以由新"
            "单位工会继续办理。\n\n救济途径：{remedy}\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nas {because}, your file (case {number}) is struck off; this was decided {heard}. Explanation:\n\n{reasons}\n\nIf"
            " you have moved to another unit, its union can go on with it.\n\nRemedies: {remedy}\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_struck_off,
    ),
    Letter(
        "cut_hearing",
        Text("听取意见通知书", "Invitation to be heard"),
        Text(
            "{applicant}：\n\n本工会拟{cut}（案号 {number}）。理由：\n\n{reasons}\n\n在作出决定之前，参照《中华人民共和国社会救助法》"
            "第四十八条，请您陈述意见：{hearing}。您可以带人陪同，也可以提交材料。\n\n{office}\n{date}",
            "{applicant},\n\nthis office is considering {cut} (case {number}). Reasons:\n\n{reasons}\n\nBefore anything is"
            " decided you are heard (Social Assistance Law 48 by reference): {hearing}. You may bring somebody along, and"
            " hand in papers.\n\n{office}\n{date}",
        ),
        fill=_cut_hearing,
    ),
    Letter(
        "cut_dropped",
        Text("维持帮扶不变通知书", "Notice that nothing changes"),
        Text(
            "{applicant}：\n\n经审查，本工会不再办理此前通知您的事项，您的档案（案号 {number}）和帮扶不变。理由：\n\n{reasons}"
            "\n\n{office}\n{date}",
            "{applicant},\n\nwhat we had told you of will not be done: your file (case {number}) and your aid stay as they"
            " are. Reasons:\n\n{reasons}\n\n{office}\n{date}",
        ),
        fill=_reasons,
    ),
    Letter(
        "category_lowered",
        Text("困难类别调整决定书", "Decision on the category"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n{heard}，本工会决定{cut}（案号 {number}）。参照《中华人民共和国社会救助法》第四十八条"
            "书面说明理由：\n\n{reasons}\n\n救济途径：{remedy}\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\n{heard}, it was decided {cut} (case {number}). With reference to article 48"
            " of the Social Assistance Law these are the reasons:\n\n{reasons}\n\nRemedies: {remedy}\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_category_lowered,
    ),
    Letter(
        "payment_released",
        Text("撤销款项决定书", "Decision that a payment is released"),
        Text(
            "{letter_number}\n\n{applicant}{kin}：\n\n{heard}，本工会决定{cut}（案号 {number}）。参照《中华人民共和国社会救助法》第四十八条"
            "书面说明理由：\n\n{reasons}\n\n救济途径：{remedy}\n\n{office}\n{date}",
            "{letter_number}\n\n{kin}{applicant},\n\n{heard}, it was decided {cut} (case {number}). With reference to article 48"
            " of the Social Assistance Law these are the reasons:\n\n{reasons}\n\nRemedies: {remedy}\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_payment_released,
    ),
    Letter(
        "fallen_back",
        Text("重新受理通知书", "Notice that the file is taken up again"),
        Text(
            "{applicant}：\n\n您反映的家庭困难情况（案号 {number}）已重新受理。我们将再次上门了解情况；已提交的材料无需再次提交。"
            "\n\n{office}\n{date}",
            "{applicant},\n\nwe have taken your file (case {number}) up again and will visit you. The papers that you have"
            " handed in need not come again.\n\n{office}\n{date}",
        ),
        fill=_nothing_more,
    ),
    Letter(
        "objection_dismissed",
        Text("异议审查决定书（维持）", "Decision on the objection: upheld"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您就案件 {number} 提出的异议，经审查，维持原决定。理由：\n\n{reasons}\n\n"
            "您可以向上一级工会反映；认为合法权益受到侵害的，可以依法寻求救济。\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nyour objection in case {number} was examined; the decision"
            " stands. Reasons:\n\n{reasons}\n\nYou may turn to the union above this office, and to the"
            " remedies of the law where your rights are hurt.\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_reasons,
        of_reviewer=True,
    ),
    Letter(
        "objection_allowed",
        Text("异议审查决定书（纠正）", "Decision on the objection: corrected"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您就案件 {number} 提出的异议成立，原决定予以纠正，案件继续办理。理由：\n\n{reasons}"
            "\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nyour objection in case {number} is right: the decision is corrected and the case"
            " goes on. Reasons:\n\n{reasons}\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_reasons,
        of_reviewer=True,
    ),
)
