"""What legal aid has cost is paid back by who got it by deceit; see `forms.repayment`.

法律援助法 64: the justice department has the costs paid; 山东省法律援助条例 24: the aid is ended and its costs are paid
back in full. A union, which can order nobody and fine nobody, asks for them by reference.
"""

from collections.abc import Mapping
from typing import Any, Final

from casework.forms.example_data import days_ago
from casework.forms.form import Form
from casework.forms.numbers import Day
from casework.forms.repayment import amount_fits, lifted, owed, owed_to_person
from casework.forms.texts import Line
from casework.rules.context import DecisionContext, MoveContext, Verdict
from casework.rules.grammar import Letter, guard
from casework.rules.move import Move
from casework.rules.office_kinds import cited, kind_of
from casework.rules.text import Text
from casework.workflows.legal_aid.closing import FILE_STATES
from casework.workflows.legal_aid.letters import THIS_OFFICE, matter_of, until

AFTER_TERMINATION: Final = ("terminated", "upheld", *FILE_STATES, "closed")
DECEIT: Final = "deceit"


class GiveBack(Form):
    """The payment by which money went back."""

    paid_on = Day(past=True, required=True, title=Text("返还日期", "Paid on"), example=days_ago(0))
    reference = Line(
        most=60,
        required=True,
        title=Text("凭证号", "Reference"),
        example="2026-0001",
        help=Text("付款凭证的编号。", "The number of the voucher."),
    )


@guard(
    zh="援助不是因以欺骗手段获得而终止的，不要求退还费用。",
    en="The aid was not terminated as got by deceit; nothing is asked back.",
)
def terminated_for_deceit(at: MoveContext) -> bool:
    """Only who got the aid by deceit pays for it, and only while that decision stands."""
    ended = at.case.taken.get("terminate")
    later = (at.case.taken.get(name) for name in ("overturn", "conclude"))
    stands = ended is not None and not any(one and one.at > ended.at for one in later)
    return stands and ended is not None and ended.given["ground"] == DECEIT


@guard(zh="应退还金额不符。", en="The amount does not fit.", looks_at_given=True)
def costs_are_told(at: MoveContext) -> Verdict:
    """The first demand says how much; the reasons set out of what."""
    return amount_fits(at)


def costs_lifted(at: MoveContext) -> Mapping[str, Any]:
    """With the termination falls what it asked back."""
    return {"repayment": lifted(at)} if at.case.facts.get("repayment") else {}


def _demand(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {
        "matter": matter_of(move),
        "amount": f"{owed(move.case.facts):,.2f}",
        "until": until(move, "repayment"),
        "pay_to": Text(move.sealed["pay_to"], move.sealed["pay_to"]),
        "reasons": move.sealed["reasons"],
        "cited": cited(office),
        "this_office": THIS_OFFICE[kind_of(office).of_a_union],
        "remedies": _REMEDIES[kind_of(office).of_a_union],
    }


_REMEDIES: Final = {
    True: Text("您可以向上一级工会反映。", "You may turn to the union above."),
    False: Text("您可以依法申请行政复议或者提起行政诉讼。", "You may ask for administrative review or go to court."),
}


def _lifted(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    back = owed_to_person(move.case.facts)
    goes_back = _GOES_BACK.with_(amount=f"{back:,.2f}") if back else Text("", "")
    return {"matter": matter_of(move), "reasons": move.sealed["reasons"], "goes_back": goes_back}


_GOES_BACK: Final = Text(
    "您已支付的 {amount} 元将返还给您。", " The {amount} yuan that you have paid will be returned to you."
)


def _gone_back(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    return {"matter": matter_of(move), "amount": f"{owed_to_person(move.before.facts):,.2f}"}


REPAYMENT_LETTERS: Final = (
    Letter(
        "costs_demand",
        Text("退还法律援助费用通知书", "Demand to pay the costs of legal aid"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n您的法律援助案件（案号 {number}，{matter}）因以欺骗手段获得法律援助已被终止。{cited}"
            "《中华人民共和国法律援助法》第六十四条，{this_office}要求您{until}支付已实施法律援助的费用"
            " {amount} 元：{pay_to}。理由：\n\n{reasons}\n\n确有困难的，可以与{this_office}商定分期支付。{remedies}"
            "\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nyour legal aid (case {number}, {matter}) was terminated as it had been got by"
            " deceit. By article 64 of the Legal Aid Law, {cited}{this_office} asks"
            " you to pay its costs, {amount} yuan, {until}: {pay_to}. Reasons:\n\n{reasons}\n\nIf you cannot pay at once,"
            " agree with {this_office} on instalments. {remedies}\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_demand,
    ),
    Letter(
        "costs_lifted",
        Text("撤销退还费用决定通知书", "Notice that no costs are to be paid"),
        Text(
            "{letter_number}\n\n{applicant}：\n\n此前要求您支付法律援助费用的决定（案号 {number}，{matter}）予以撤销，您无需支付。"
            "{goes_back}理由：\n\n{reasons}\n\n{office}\n{date}",
            "{letter_number}\n\n{applicant},\n\nthe decision that you are to pay the costs of legal aid (case {number},"
            " {matter}) is lifted: nothing is to be paid.{goes_back} Reasons:\n\n{reasons}\n\n{office}\n{date}",
        ),
        numbered=True,
        fill=_lifted,
    ),
    Letter(
        "costs_given_back",
        Text("返还款项通知书", "Notice that money went back to you"),
        Text(
            "{applicant}：\n\n您此前支付的 {amount} 元（案号 {number}，{matter}）无需支付，已返还给您。\n\n{office}\n{date}",
            "{applicant},\n\nthe {amount} yuan that you had paid (case {number}, {matter}) were not owed and have gone back"
            " to you.\n\n{office}\n{date}",
        ),
        fill=_gone_back,
    ),
)
