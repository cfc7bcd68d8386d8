"""What is taken from a household on file: a lower category, a released payment, a file struck off.

参照社会救助法 48: before aid is reduced or stopped the person is heard, and told the reasons in writing. An exit has its
own hearing, see `dossier`.
"""

from collections.abc import Mapping
from typing import Any, Final

from casework.forms.cross_field import rule
from casework.forms.example_data import ExampleData
from casework.forms.form import Form
from casework.forms.repayment import owed
from casework.forms.texts import Choice, Code, Line, LongText
from casework.rules.case import Case, Facts
from casework.rules.context import MoveContext, Verdict
from casework.rules.fact_dates import taken_on, taken_since
from casework.rules.grammar import Guard, guard
from casework.rules.text import Text
from casework.workflows.hardship_aid.codes import PAYMENT_KINDS
from casework.workflows.hardship_aid.decisions import LOWERED, RELEASED, decision_noted
from casework.workflows.hardship_aid.dossier import waited_since
from casework.workflows.hardship_aid.milestones import not_before
from casework.workflows.hardship_aid.payments import held, outstanding

STRIKE: Final = "strike_off"
DEMANDED: Final = "demand_repayment"
WITHOUT_A_FILE: Final = ("watching", "closed", "cancelled", "refused", "upheld", "withdrawn")
"""Where aid is demanded back by itself; of a household on file the cancellation says so."""

CUTS: Final = {
    LOWERED: Text("调低困难类别", "a lower category of hardship"),
    RELEASED: Text("撤销已批准的款项", "releasing an approved payment"),
    STRIKE: Text("注销档案（退休、调离）", "striking the file off (retired, moved away)"),
    DEMANDED: Text("通知退还骗取的帮扶款", "demanding back aid that was got by deceit"),
}

cut_proposed = taken_on("propose_cut")
cut_heard = taken_since(cut_proposed, "record_cut_hearing", "drop_cut", LOWERED, RELEASED, STRIKE, DEMANDED)


class ProposeCut(Form):
    """What is to be taken from the household, and why; the person is invited to be heard."""

    what = Choice(CUTS, required=True, title=Text("拟办事项", "What is proposed"))
    line = Code(title=Text("款项", "Payment"), help=Text("本案的款项编号。", "The number of the payment in this case."))
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
            "Within five working days of this letter, at our aid centre; a call or a letter will do as well",
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

    @rule("line_missing", Text("请写明是哪一笔款项（`line`）。", "Say which payment it is (`line`)."), at="line")
    def line_for_a_release(self, what: str, line: str | None = None) -> bool:
        return (what == RELEASED) == (line is not None)

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """What the facts leave to be cut: a category that was found lower, a payment, the file."""
        facts = example_data.facts
        told = {name: value for name, value in super().example(example_data).items() if name != "line"}
        lines = outstanding(facts)
        if facts.get("lower_category"):
            return {**told, "what": LOWERED}
        if lines:
            return {**told, "what": RELEASED, "line": lines[0]["line"]}
        return {**told, "what": STRIKE}


class ProposeCutAfterwards(ProposeCut):
    """The same of a household that is on file no more: a payment is released, or one that was made demanded back."""

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """A payment that is outstanding, else those that were made, else the file that is only watched."""
        facts = example_data.facts
        told = super().example(example_data)
        if outstanding(facts) or not held(facts) or owed(facts):
            return told
        return {**told, "what": DEMANDED}


@guard(
    zh="没有可以调低、撤销、注销或者要求退还的事项。",
    en="There is nothing that could be reduced, released, struck off or demanded back.",
)
def something_to_cut(at: MoveContext) -> bool:
    """A file that is open, a payment that is outstanding, or one that was made where no file is open."""
    return bool(_open_file(at) or outstanding(at.case.facts) or _demandable(at))


@guard(zh="本案没有这一事项。", en="There is no such thing here.", looks_at_given=True)
def cut_can_be_proposed(at: MoveContext) -> Verdict:
    """What is announced can be done: a category found lower, a payment that is outstanding, a file that is open."""
    what, facts = at.given["what"], at.case.facts
    if what == LOWERED:
        sentence = Text(
            "年度核查没有认定较低的类别，请先核查。", "No verification has found a lower category; verify first."
        )
        return Verdict(bool(facts.get("lower_category")), sentence)
    if what == STRIKE:
        return Verdict(_open_file(at), Text("本案没有在册的档案。", "There is no file to be struck off."))
    if what == DEMANDED:
        return Verdict(_demandable(at), _NOT_DEMANDABLE)
    known = any(line["line"] == at.given["line"] for line in outstanding(facts))
    return Verdict(known, Text("没有这笔待支付的款项。", "No such payment is outstanding."))


_NOT_DEMANDABLE: Final = Text(
    "没有可以要求退还的帮扶：在册的，请提出取消档案；已决定退还的，无需再次听取意见。",
    "No aid can be demanded back here: of a household on file propose the cancellation; what is decided already needs"
    " no other hearing.",
)


def _demandable(at: MoveContext) -> bool:
    """Aid was paid, and no decision has asked it back."""
    return at.case.state in WITHOUT_A_FILE and held(at.case.facts) > 0 and not owed(at.case.facts)


def _open_file(at: MoveContext) -> bool:
    return bool(at.case.facts.get("on_file_since")) and at.case.closed_at is None


def cut_noted(at: MoveContext) -> Mapping[str, Any]:
    """The cuts that are proposed, with this one, about which the person has not been heard."""
    cut = {
        "what": at.given["what"],
        "line": at.given.get("line"),
        "proposed_on": at.today.isoformat(),
        "proposed_by": str(at.actor.id),
        "heard_on": None,
        "heard": None,
    }
    return {"cuts": [*other_cuts(at.case.facts, cut["what"], cut["line"]), cut]}


def other_cuts(facts: Facts, what: str, line: str | None = None) -> list[Facts]:
    """The cuts that are proposed beside this one."""
    return [one for one in facts.get("cuts") or () if (one["what"], one["line"]) != (what, line)]


@guard(zh="没有待听取意见的拟办事项。", en="Nothing waits for a hearing.")
def cut_waits_for_a_hearing(at: MoveContext) -> bool:
    """A hearing is about what was announced."""
    return any(one["heard_on"] is None for one in at.case.facts.get("cuts") or ())


@guard(
    zh="听取意见的日期不能早于通知的日期。", en="The hearing cannot be older than its invitation.", looks_at_given=True
)
def cut_heard_after_proposed(at: MoveContext) -> bool:
    """The hearing is about the proposal."""
    waiting = [one["proposed_on"] for one in at.case.facts["cuts"] if one["heard_on"] is None]
    return not_before(at, at.given["on"], max(waiting))


waited_for_the_absent_from_a_cut = waited_since("propose_cut")


def cut_hearing_noted(at: MoveContext) -> Mapping[str, Any]:
    """That the person was heard about everything that was announced; what was said stays with the step."""
    heard = {"heard_on": at.given["on"].isoformat(), "heard": at.given["how"]}
    return {"cuts": [one if one["heard_on"] else {**one, **heard} for one in at.case.facts["cuts"]]}


@guard(zh="没有拟办的调低、撤销或者注销。", en="Nothing is proposed that could be dropped.")
def some_cut_is_proposed(at: MoveContext) -> bool:
    """What was announced can be dropped, once the person has convinced the office."""
    return bool(at.case.facts.get("cuts"))


def cuts_dropped(at: MoveContext) -> Mapping[str, Any]:
    """Everything stays as it was; a category that was found lower is not taken."""
    return {"cuts": [], "lower_category": None}


@guard(
    zh="撤销款项前须先通知并听取本人意见（`propose_cut`、`record_cut_hearing`）；本人书面放弃的，请填写签字日期（`signed_on`），"
    "本人死亡的，请填写证明材料（`death_proof`）。",
    en="Before a payment is released the person is invited and heard (`propose_cut`, `record_cut_hearing`); where the"
    " person has waived it in writing give the day of the signature (`signed_on`), after a death its proof"
    " (`death_proof`).",
    looks_at_given=True,
)
def heard_before_release(at: MoveContext) -> bool:
    """社会救助法 48; whoever waives the money has said so."""
    return (
        bool({"signed_on", "death_proof"} & at.given.keys()) or heard(at.case, RELEASED, at.given["line"]) is not None
    )


@guard(
    zh="注销档案前须先通知并听取本人意见（`propose_cut`、`record_cut_hearing`）；本人书面申请或者同意的，请填写签字日期（`signed_on`）。",
    en="Before a file is struck off the person is invited and heard (`propose_cut`, `record_cut_hearing`); where the"
    " person has asked for it or agreed in writing, give the day of the signature (`signed_on`).",
    looks_at_given=True,
)
def heard_before_striking_off(at: MoveContext) -> bool:
    """社会救助法 48; whoever asks for it has said so."""
    return "signed_on" in at.given or heard(at.case, STRIKE) is not None


@guard(
    zh="调低困难类别前须先通知并听取本人意见（`propose_cut`、`record_cut_hearing`）。",
    en="Before the category is lowered the person is invited and heard (`propose_cut`, `record_cut_hearing`).",
)
def heard_before_lowering(at: MoveContext) -> bool:
    """社会救助法 48: heard before a cut."""
    return heard(at.case, LOWERED) is not None


def heard(case: Case, what: str, line: str | None = None) -> str | None:
    """How the person was heard about this, or None where that has not been."""
    return _announced(case, what, line).get("heard")


def _announced(case: Case, what: str, line: str | None) -> Facts:
    """The cut of this kind that was announced; nothing where none was."""
    cuts = case.facts.get("cuts") or ()
    return next((one for one in cuts if (one["what"], one["line"]) == (what, line)), {})


def announced_by_another(what: str) -> Guard:
    """The guard that whoever proposed a cut of this kind does not decide on it."""

    @guard(
        zh="提出这一事项的人不能决定，请由其他审批人或者上级工会决定。",
        en="Whoever proposed this does not decide on it; another supervisor does, here or at the union above.",
        looks_at_given=what == RELEASED,
    )
    def cut_decided_by_another(at: MoveContext) -> bool:
        row = at.office.policy("decided_by_another")
        line = at.given["line"] if what == RELEASED else None
        if what == RELEASED and {"signed_on", "death_proof"} & at.given.keys():
            return True  # nothing of this rests on what the office has proposed
        return row is None or not row.holds() or _announced(at.case, what, line).get("proposed_by") != str(at.actor.id)

    return cut_decided_by_another


lowering_by_another = announced_by_another(LOWERED)
release_by_another = announced_by_another(RELEASED)
striking_off_by_another = announced_by_another(STRIKE)


@guard(zh="年度核查没有认定较低的类别。", en="No verification has found a lower category.")
def category_to_lower(at: MoveContext) -> bool:
    """The verification proposes, the decision lowers."""
    return bool(at.case.facts.get("lower_category"))


@guard(
    zh="核查并提出调低类别的人不能批准，请由其他审批人批准。",
    en="Whoever verified the household and found the lower category does not decide on it; another supervisor does.",
)
def lowered_by_another(at: MoveContext) -> bool:
    """Where the office's policy `decided_by_another` says so."""
    row = at.office.policy("decided_by_another")
    by = (at.case.facts.get("lower_category") or {}).get("by")
    return row is None or not row.holds() or by != str(at.actor.id)


def lowered(at: MoveContext) -> Mapping[str, Any]:
    """The lower category holds; the one before is kept with the decision, for an objection."""
    facts = at.case.facts
    category = {name: value for name, value in facts["lower_category"].items() if name != "by"}
    return {
        **decision_noted(at, LOWERED, to=category["category"], category_before=facts["category"]),
        "category": category,
        "lower_category": None,
        "cuts": other_cuts(facts, LOWERED),
    }


def told(facts: Facts, what: str, line: str | None) -> Text:
    """What is to be done, as a letter says it."""
    if what == LOWERED:
        here, there = facts["category"]["title"], facts["lower_category"]["title"]
        return Text(
            f"将您家庭的困难类别由{here['zh-CN']}调整为{there['zh-CN']}",
            f"to change the category of your household from {here['en']} to {there['en']}",
        )
    if what == STRIKE:
        return Text("注销您的困难职工档案", "to strike off your file")
    if what == DEMANDED:
        return Text("要求您退还已领取的帮扶款", "to demand back aid that you have received")
    return payment_told(facts, line)


def considered(facts: Facts, what: str, line: str | None) -> Text:
    """The same for an invitation, before anything is decided."""
    cut = told(facts, what, line)
    verb, _, rest = cut.en.removeprefix("to ").partition(" ")
    return Text(cut.zh, f"{_CONSIDERED[verb]} {rest}")


_CONSIDERED: Final = {"change": "changing", "strike": "striking", "release": "releasing", "demand": "demanding"}


def payment_told(facts: Facts, line: str | None) -> Text:
    """Which approved payment is released, as a letter says it."""
    one = next(one for one in facts["aid"] if one["line"] == line)
    kind, amount = PAYMENT_KINDS[one["kind"]], one["amount"]
    return Text(
        f"撤销已批准、尚未支付的{kind.zh} {amount} 元", f"to release the approved {kind.en} aid of {amount} yuan"
    )
