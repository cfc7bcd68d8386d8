"""The limits of a labour dispute that law sets for others: from which step each runs, how long, and what ends it.

Nobody in the office owes them, but a lawyer must see them: what the client must not miss alarms twice before it is
over. Sources stand at each row; what was only recalled and not read says so.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from casework.forms.cross_field import rule
from casework.forms.example_data import ExampleData
from casework.forms.field import when
from casework.forms.form import Form, Many
from casework.forms.numbers import Day, Money
from casework.forms.texts import Choice, Line
from casework.rules.calendars import WorkingCalendar
from casework.rules.case import Case
from casework.rules.clocks import Interval, Limit, due
from casework.rules.grammar import ANY, Alert, Clock, FactDate
from casework.rules.people import HELPERS, Role
from casework.rules.text import Text

# How far back the dates of a working life may lie, in years: a slip of the pen is not taken for a claim of 1925.
WORKING_LIFE: Final = 60
PROCEEDINGS: Final = {
    "mediation_applied": Text("调解组织收到调解申请", "mediators got the request"),
    "mediation_failed": Text("调解未成", "mediation failed"),
    "settled": Text("达成和解或调解协议", "settled"),
    "arbitration_filed": Text("提交仲裁申请", "filed for arbitration"),
    "arbitration_accepted": Text("仲裁受理", "arbitration accepted"),
    "arbitration_refused": Text("收到仲裁不予受理通知", "got the tribunal's refusal"),
    "arbitration_withdrawn": Text("仲裁申请撤回或者按撤回处理", "arbitration withdrawn or deemed withdrawn"),
    "arbitration_hearing": Text("仲裁开庭", "arbitration hearing"),
    "award_extended": Text("仲裁审理期限经批准延长", "time for the award extended"),
    "award_received": Text("收到仲裁裁决书（非终局）", "got the award (not final)"),
    "final_award_received": Text("收到仲裁裁决书（一裁终局）", "got the award (final for the employer)"),
    "award_unmarked_received": Text(
        "收到仲裁裁决书（未载明是否终局）", "got the award (it does not say whether it is final)"
    ),
    "final_award_served": Text("用人单位收到终局裁决书", "employer got the final award"),
    "set_aside_filed": Text("用人单位申请撤销裁决", "employer asked to set the award aside"),
    "award_set_aside": Text("收到撤销仲裁裁决的裁定", "got the ruling that sets the award aside"),
    "lawsuit_filed": Text("向法院起诉", "filed in court"),
    "lawsuit_accepted": Text("法院立案", "court accepted the case"),
    "lawsuit_refused": Text(
        "收到法院不予受理或者驳回起诉的裁定", "court did not accept the case or dismissed the suit"
    ),
    "lawsuit_withdrawn": Text("撤诉或者按撤诉处理", "suit withdrawn or deemed withdrawn"),
    "court_hearing": Text("法院开庭", "court hearing"),
    "judgment_received": Text("收到一审判决书", "got the judgment"),
    "ruling_received": Text("收到可上诉的裁定书", "got a ruling open to appeal"),
    "appeal_filed": Text("提起上诉", "appealed"),
    "performance_due": Text("履行期限届满", "time to perform is over"),
    "performed": Text("已履行", "performed"),
    "enforcement_filed": Text("申请执行", "asked for enforcement"),
    "payment_order_filed": Text("法院受理支付令申请", "court accepted the request for a payment order"),
    "payment_order_served": Text("支付令送达债务人", "payment order served on the debtor"),
    "payment_order_ended": Text("已清偿、提出异议或支付令失效", "paid, objected to, or lapsed"),
    "complaint_filed": Text("向劳动保障监察机构投诉", "complained to the labour inspection"),
    "inspection_filed": Text("劳动保障监察立案", "labour inspection opened its case"),
    "inspection_extended": Text("劳动保障监察办理期限经批准延长", "time of the labour inspection extended"),
    "inspection_decided": Text("收到劳动保障监察处理结果", "got the result of the labour inspection"),
    "review_accepted": Text("行政复议受理", "request for administrative review accepted"),
    "review_received": Text("收到行政复议决定书", "got the decision on the administrative review"),
    "administrative_suit_filed": Text("提起行政诉讼", "went to court against the authority"),
    "injury_filed": Text("提出工伤认定申请", "asked to recognise the injury"),
    "injury_accepted": Text("受理工伤认定申请", "request to recognise the injury accepted"),
    "injury_accepted_clear": Text("受理工伤认定申请（事实清楚）", "accepted, the facts being clear"),
    "injury_decided": Text("收到工伤认定决定", "got the decision on the injury"),
    "injury_review_filed": Text("对工伤认定申请行政复议", "asked for review of the decision"),
    "injury_suit_filed": Text("对工伤认定提起行政诉讼", "went to court against the decision"),
    "grading_filed": Text("劳动能力鉴定委员会收到鉴定申请", "asked for the grading of disability"),
    "grading_extended": Text("劳动能力鉴定期限延长", "time for the grading extended"),
    "grading_received": Text("收到劳动能力鉴定结论", "got the grading"),
    "regrading_filed": Text("申请再次鉴定", "asked for another grading"),
}
INJURED: Final = "injured"
"""The day of the injury or of the diagnosis counts as a step, though it stands among the facts of the employment."""
INFRINGED: Final = "infringed"
"""The day on which the infringement became known counts as a step in what the labour inspection looks into."""
INSPECTED: Final = frozenset(("wages", "social_insurance"))
UNMARKED: Final = "award_unmarked_received"
_AWARDS: Final = ("award_received", "final_award_received", UNMARKED)
AWARD_ITEMS: Final = {
    "pay": Text("劳动报酬", "pay"),
    "injury_medical": Text("工伤医疗费", "medical costs of a work injury"),
    "severance": Text("经济补偿", "severance pay"),
    "damages": Text("赔偿金", "damages"),
    "labour_standards": Text(
        "执行国家劳动标准（工作时间、休息休假、社会保险等）",
        "national labour standards (working time, rest and leave, social insurance)",
    ),
    "other": Text("其他", "other"),
}
FINAL_ITEMS: Final = frozenset(("pay", "injury_medical", "severance", "damages"))
"""The items by whose amount an award is final (劳动争议调解仲裁法 47 (1))."""
STANDARDS: Final = "labour_standards"
"""The item that is final whatever its amount, if it has one (劳动争议调解仲裁法 47 (2))."""
_CAME: Final = ("judgment_received", "ruling_received", "settled")
_GONE: Final = ("lawsuit_refused", "lawsuit_withdrawn")
_SUED: Final = ("administrative_suit_filed", "injury_suit_filed")


LIMITS_RUN: Final = "The limits of the law run from it, as clocks that name it."
"""Why the days and steps of a work injury lie open."""


class AwardItem(Form):
    """An item of an award."""

    kind = Choice(AWARD_ITEMS, required=True, title=Text("裁决项目", "Item"), open_because=LIMITS_RUN)
    amount = Money(title=Text("金额", "Amount"))

    @rule(
        "amount_missing",
        Text("除执行国家劳动标准的事项外，须填写金额。", "All but an item of labour standards has an amount."),
        at="amount",
    )
    def amount_known(self, kind: str, amount: Decimal | None = None) -> bool:
        return kind == STANDARDS or amount is not None


class Proceeding(Form):
    """A step of the proceedings, and the day on which it was taken or the paper came."""

    kind = Choice(
        PROCEEDINGS, required=True, title=Text("程序节点", "Step of the proceedings"), open_because=LIMITS_RUN
    )
    on = Day(past=True, years_back=WORKING_LIFE, required=True, title=Text("日期", "Date"))
    note = Line(
        title=Text("说明", "Note"),
        help=Text("案号、承办人或者选“其他”时的说明。", "Number, judge or arbitrator, or what another step was."),
    )
    items = Many(
        AwardItem,
        least=1,
        most=20,
        title=Text("裁决各项", "Items of the award"),
        help=Text(
            "裁决书逐项列明的内容；一裁终局按各项金额判断。",
            "As the award lists them; whether it is final goes by each amount.",
        ),
        row_title=Text("裁决项", "Item"),
        sums="amount",
        shown_when=when("kind", UNMARKED),
    )

    @rule(
        "award_says_it",
        Text(
            "裁决书已载明是否终局的，以裁决书为准；仅未载明的填写各项金额。",
            "Where the award says whether it is final, that holds; only one that does not has its items recorded.",
        ),
        at="items",
    )
    def items_of_an_unmarked_award(self, kind: str, items: list[dict[str, Any]]) -> bool:
        return kind == UNMARKED

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """Any step, in the last three weeks."""
        on = example_data.today - timedelta(days=example_data.random.randrange(21))
        kind = example_data.random.choice(list(PROCEEDINGS))
        items = {"items": [{"kind": "pay", "amount": "13000.00"}]} if kind == UNMARKED else {}
        return {"kind": kind, "on": on.isoformat(), **items}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A limit that runs from the last of the steps `after` to the first of the steps `until` that follows.

    Where a body has `first` so long to answer, it runs from the last day of that time. `ours` is what the client, or
    the union for the client, must do in time. With `extended_by` it runs only once that step was taken since, with
    `unless` only while it was not. What would tell of an injury is `discreet`. What is no suit, arbitration or review
    `waits` for the review of the request, however few days remain (法律援助法 44).
    """

    name: str
    title: Text
    limit: str
    basis: Text
    after: tuple[str, ...]
    until: tuple[str, ...]
    ours: bool = False
    extended_by: str | None = None
    unless: str | None = None
    discreet: bool = False
    waits: bool = False
    first: str | None = None

    def begun(self, case: Case, calendar: WorkingCalendar) -> date | None:
        """The day from which it runs; None while it does not, or if it was over before the case came to us."""
        steps = _steps(case)
        if not steps:
            return None
        begun = max((on for kind, on in steps if kind in self.after), default=None)
        base = last_day(Limit.parse(self.first), begun, calendar) if begun and self.first else begun
        if (
            begun is None
            or base is None
            or last_day(Limit.parse(self.limit), base, calendar) < calendar.local_date(case.opened_at)
        ):
            return None
        since = {kind for kind, on in steps if on >= begun}
        if any(kind in self.until and begun <= on < base for kind, on in steps):
            return None
        applies = self.unless not in since and (self.extended_by is None or self.extended_by in since)
        return base if applies else None

    def ended(self, case: Case, calendar: WorkingCalendar) -> date | None:
        """The day on which what it waits for was done, or None."""
        base = self.begun(case, calendar)
        if base is None:
            return None
        return min((on for kind, on in _steps(case) if kind in self.until and on >= base), default=None)


def _steps(case: Case) -> list[tuple[str, date]]:
    facts = case.facts
    steps = [(step["kind"], date.fromisoformat(step["on"])) for step in facts.get("proceedings", ())]
    employment = facts.get("employment", {})
    if facts.get("matter") == "work_injury":
        harmed = [employment[name] for name in ("injured_on", "diagnosed_on") if name in employment]
        steps += [(INJURED, date.fromisoformat(day)) for day in harmed]
    if facts.get("matter") in INSPECTED and "known_on" in facts:
        steps.append((INFRINGED, date.fromisoformat(facts["known_on"])))
    return steps


@lru_cache(maxsize=4096)
def last_day(limit: Limit, base: date, calendar: WorkingCalendar) -> date:
    """The last day in time of a limit that runs from a day; kept, since every move of a case asks for the same."""
    last = due(limit, (Interval(datetime.combine(base, time(), calendar.tz)),), calendar)
    assert last is not None
    return last.on


def days_to_file(case: Case, calendar: WorkingCalendar) -> list[date]:
    """The last days of the suits, appeals and requests for review that the client must still bring."""
    running = ((one, one.begun(case, calendar)) for one in DEADLINES if one.ours and not one.waits)
    return [
        last_day(Limit.parse(one.limit), base, calendar)
        for one, base in running
        if base is not None and one.ended(case, calendar) is None
    ]


# fmt: off
DEADLINES: Final = (
    #        name                    title                                               limit
    #        basis; runs from; ends with
    Deadline("mediation",            Text("调解期限", "Mediation"),                      "15d",
             Text("劳动争议调解仲裁法 第14条：自收到调解申请之日起十五日未达成协议的，可以申请仲裁",
                  "Labour Dispute Mediation and Arbitration Law 14: without an agreement in fifteen days one may arbitrate"),
             ("mediation_applied",), ("mediation_failed", "settled", "arbitration_filed")),
    Deadline("acceptance",           Text("仲裁是否受理", "Whether arbitration is accepted"), "5wd",
             Text("劳动争议调解仲裁法 第29条：五日；按工作日计系据办案规则（2017），未核对原文（R）",
                  "Labour Dispute Mediation and Arbitration Law 29: five days; working days by the 2017 rules, recalled and not read (R)"),
             ("arbitration_filed",), ("arbitration_accepted", "arbitration_refused", "arbitration_withdrawn", "lawsuit_filed", "settled")),
    Deadline("award",                Text("仲裁裁决", "Award"),                          "45d",
             Text("劳动争议调解仲裁法 第43条：自受理之日起四十五日；逾期可以起诉",
                  "Labour Dispute Mediation and Arbitration Law 43: forty-five days from acceptance; later one may sue"),
             ("arbitration_accepted",), (*_AWARDS, "settled", "lawsuit_filed", "arbitration_withdrawn"), unless="award_extended"),
    Deadline("award_extended",       Text("仲裁裁决（经批准延长）", "Award, extended"),  "60d",
             Text("劳动争议调解仲裁法 第43条：四十五日，经批准延长不超过十五日",
                  "Labour Dispute Mediation and Arbitration Law 43: forty-five days and, with approval, at most fifteen more"),
             ("arbitration_accepted",), (*_AWARDS, "settled", "lawsuit_filed", "arbitration_withdrawn"), extended_by="award_extended"),
    Deadline("sue",                  Text("不服仲裁起诉", "To sue after arbitration"),   "15d",
             Text("劳动争议调解仲裁法 第48条、第50条：自收到裁决书之日起十五日；第29条对不予受理未规定期限，从严按此提示",
                  "Labour Dispute Mediation and Arbitration Law 48, 50: fifteen days from receiving the award; article 29 sets none after a refusal, so the same is shown"),
             (*_AWARDS, "arbitration_refused"), ("lawsuit_filed", "lawsuit_accepted", "settled", "performed"), ours=True),
    Deadline("set_aside",            Text("用人单位申请撤销终局裁决", "Employer may ask to set aside"), "30d",
             Text("劳动争议调解仲裁法 第49条：用人单位自收到裁决书之日起三十日",
                  "Labour Dispute Mediation and Arbitration Law 49: the employer, thirty days from receiving the award"),
             ("final_award_served",), ("set_aside_filed", "settled", "performed")),
    Deadline("sue_after_set_aside",  Text("裁决被撤销后起诉", "To sue after the award was set aside"), "15d",
             Text("劳动争议调解仲裁法 第49条第3款：自收到撤销裁决的裁定书之日起十五日",
                  "Labour Dispute Mediation and Arbitration Law 49 III: fifteen days from receiving the ruling that sets the award aside"),
             ("award_set_aside",), ("lawsuit_filed", "lawsuit_accepted", "settled", "performed"), ours=True),
    Deadline("court_acceptance",     Text("法院立案", "Court acceptance"),               "7d",
             Text("民事诉讼法 第126条：七日内立案", "Civil Procedure Law 126: accepted in seven days"),
             ("lawsuit_filed",), ("lawsuit_accepted", *_CAME, *_GONE)),
    Deadline("first_instance",       Text("一审审理", "First instance"),                 "6mo",
             Text("民事诉讼法 第152条：普通程序自立案之日起六个月", "Civil Procedure Law 152: ordinary procedure, six months from acceptance"),
             ("lawsuit_accepted",), (*_CAME, *_GONE)),
    Deadline("appeal_judgment",      Text("对判决上诉", "To appeal the judgment"),       "15d",
             Text("民事诉讼法 第171条：判决书送达之日起十五日", "Civil Procedure Law 171: fifteen days from service of the judgment"),
             ("judgment_received",), ("appeal_filed", "settled", "performed"), ours=True),
    Deadline("appeal_ruling",        Text("对裁定上诉", "To appeal the ruling"),         "10d",
             Text("民事诉讼法 第171条：裁定书送达之日起十日", "Civil Procedure Law 171: ten days from service of the ruling"),
             ("ruling_received",), ("appeal_filed", "settled"), ours=True),
    Deadline("enforcement",          Text("申请执行", "To ask for enforcement"),         "2y",
             Text("民事诉讼法 第250条：自法律文书规定的履行期限最后一日起二年", "Civil Procedure Law 250: two years from the last day set for performing"),
             ("performance_due",), ("enforcement_filed", "performed"), ours=True, waits=True),
    Deadline("payment_order",        Text("签发支付令", "Payment order issued"),         "15d",
             Text("民事诉讼法 第227条：自受理之日起十五日", "Civil Procedure Law 227: fifteen days from acceptance"),
             ("payment_order_filed",), ("payment_order_served", "payment_order_ended", "settled")),
    Deadline("payment_order_answer", Text("债务人清偿或者异议", "Debtor pays or objects"), "15d",
             Text("民事诉讼法 第227条：债务人自收到支付令之日起十五日", "Civil Procedure Law 227: the debtor, fifteen days from receiving the order"),
             ("payment_order_served",), ("payment_order_ended", "performed", "settled")),
    Deadline("complaint",            Text("向劳动保障监察投诉", "To complain to the labour inspection"), "2y",
             Text("劳动保障监察条例 第20条：违法行为发生之日起二年，连续或者继续的自终了之日起；按知道之日提示",
                  "Labour Inspection Regulation 20: two years from the infringement or its end; shown from the day of knowing"),
             (INFRINGED,), ("complaint_filed", "inspection_filed", "arbitration_filed", "lawsuit_filed", "settled", "performed"), ours=True, waits=True),
    Deadline("inspection",           Text("劳动保障监察办理", "Labour inspection"),      "60wd",
             Text("劳动保障监察条例 第17条、山东省劳动和社会保障监察条例 第18条：自立案之日起六十个工作日",
                  "Labour Inspection Regulation 17, Shandong Regulation 18: sixty working days from opening the case"),
             ("inspection_filed",), ("inspection_decided", "settled", "performed"), unless="inspection_extended"),
    Deadline("inspection_extended",  Text("劳动保障监察办理（延长）", "Labour inspection, extended"), "90wd",
             Text("劳动保障监察条例 第17条：六十个工作日，经批准延长三十个工作日",
                  "Labour Inspection Regulation 17: sixty working days and, with approval, thirty more"),
             ("inspection_filed",), ("inspection_decided", "settled", "performed"), extended_by="inspection_extended"),
    Deadline("review_decision",      Text("行政复议决定", "Decision on the review"),     "60d",
             Text("行政复议法 第62条：自受理申请之日起六十日", "Administrative Review Law 62: sixty days from acceptance"),
             ("review_accepted",), ("review_received", *_SUED)),
    Deadline("sue_after_review",     Text("对复议决定起诉", "To sue after the review"),  "15d",
             Text("行政诉讼法 第45条：自收到复议决定书之日起十五日", "Administrative Litigation Law 45: fifteen days from receiving the decision"),
             ("review_received",), _SUED, ours=True),
    Deadline("sue_after_overdue_review", Text("复议逾期后起诉", "To sue where the review is overdue"), "15d",
             Text("行政诉讼法 第45条：复议机关逾期不作决定的，自复议期满之日起十五日",
                  "Administrative Litigation Law 45: without a decision in time, fifteen days from the end of that time"),
             ("review_accepted",), _SUED, ours=True, unless="review_received", first="60d"),
    Deadline("injury_report",        Text("单位申报工伤", "Employer reports the injury"), "30d",
             Text("工伤保险条例 第17条：用人单位自事故伤害发生之日或者被诊断、鉴定为职业病之日起三十日", "Work Injury Insurance Regulation 17: the employer, thirty days from the injury or the diagnosis"),
             (INJURED,), ("injury_filed", "injury_accepted", "injury_accepted_clear", "injury_decided"), discreet=True),
    Deadline("injury_claim",         Text("申请工伤认定（职工、近亲属、工会）", "To ask that the injury be recognised"), "1y",
             Text("工伤保险条例 第17条：职工或者其近亲属、工会组织一年内可以直接提出", "Work Injury Insurance Regulation 17: the worker, kin or the union, one year"),
             (INJURED,), ("injury_filed", "injury_accepted", "injury_accepted_clear", "injury_decided"), ours=True, discreet=True, waits=True),
    Deadline("injury_decision",      Text("工伤认定", "Decision on the injury"),         "60d",
             Text("工伤保险条例 第20条：自受理之日起六十日", "Work Injury Insurance Regulation 20: sixty days from acceptance"),
             ("injury_accepted",), ("injury_decided",), discreet=True),
    Deadline("injury_decision_clear", Text("工伤认定（事实清楚）", "Decision on the injury, facts clear"), "15d",
             Text("工伤保险条例 第20条：事实清楚的，自受理之日起十五日", "Work Injury Insurance Regulation 20: fifteen days where the facts are clear"),
             ("injury_accepted_clear",), ("injury_decided",), discreet=True),
    Deadline("grading",              Text("劳动能力鉴定", "Grading of disability"),      "60d",
             Text("工伤保险条例 第25条：自收到鉴定申请之日起六十日", "Work Injury Insurance Regulation 25: sixty days from the request"),
             ("grading_filed",), ("grading_received",), unless="grading_extended", discreet=True),
    Deadline("grading_extended",     Text("劳动能力鉴定（延长）", "Grading of disability, extended"), "90d",
             Text("工伤保险条例 第25条：六十日，必要时延长三十日", "Work Injury Insurance Regulation 25: sixty days, thirty more where needed"),
             ("grading_filed",), ("grading_received",), extended_by="grading_extended", discreet=True),
    Deadline("regrading",            Text("申请再次鉴定", "To ask for another grading"), "15d",
             Text("工伤保险条例 第26条：自收到鉴定结论之日起十五日", "Work Injury Insurance Regulation 26: fifteen days from receiving the grading"),
             ("grading_received",), ("regrading_filed",), ours=True, discreet=True, waits=True),
    Deadline("injury_review",        Text("对工伤认定申请复议", "To ask for review of the decision on the injury"), "60d",
             Text("行政复议法 第20条：自知道之日起六十日", "Administrative Review Law 20: sixty days"),
             ("injury_decided",), ("injury_review_filed", "injury_suit_filed"), ours=True, discreet=True),
    Deadline("injury_suit",          Text("对工伤认定起诉", "To sue against the decision on the injury"), "6mo",
             Text("行政诉讼法 第46条：自知道之日起六个月", "Administrative Litigation Law 46: six months"),
             ("injury_decided",), ("injury_suit_filed", "injury_review_filed"), ours=True, discreet=True),
)
# fmt: on

_SEEN: Final = (Alert("due", (Role.CASEWORKER, *HELPERS)),)
_NOT_MISSED: Final = (
    Alert("60%", (Role.CASEWORKER, *HELPERS), urgent=True),
    Alert("90%", (Role.CASEWORKER, *HELPERS), urgent=True),
    Alert("due", (Role.CASEWORKER, *HELPERS, Role.SUPERVISOR), urgent=True),
)


def _clock(deadline: Deadline) -> Clock:
    return Clock(
        deadline.name,
        deadline.title,
        ANY,
        deadline.limit,
        deadline.basis,
        owed_by="outside",
        start=_fact(deadline, "begun"),
        stop=_fact(deadline, "ended"),
        alerts=_NOT_MISSED if deadline.ours else _SEEN,
        guards_right=deadline.ours,
        discreet=deadline.discreet,
    )


def _fact(deadline: Deadline, which: str) -> FactDate:
    """The date under a name that tells what it looks at, so that the workflow's fingerprint tells it from others."""

    def fact(case: Case, calendar: WorkingCalendar) -> date | None:
        return deadline.begun(case, calendar) if which == "begun" else deadline.ended(case, calendar)

    steps = deadline.after if which == "begun" else deadline.until
    fact.__qualname__ = f"{which}({deadline.name}){(steps, deadline.extended_by, deadline.unless)}"
    return fact


LABOUR_CLOCKS: Final = tuple(map(_clock, DEADLINES))
