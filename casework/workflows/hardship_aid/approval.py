"""Who approves: the levels of the union by amount, by another than the proposer, after the notice has stood."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from casework.rules.case import Case, Facts, Taken
from casework.rules.context import DecisionContext, MoveContext, TimeToObject, Verdict
from casework.rules.grammar import guard
from casework.rules.objections import last_of, objections_to
from casework.rules.people import Org
from casework.rules.text import Text
from casework.workflows.hardship_aid.aid import by_kind
from casework.workflows.hardship_aid.decisions import decision_under_review, time_to_object_on_file
from casework.workflows.hardship_aid.payments import lines_of

LEVELS: Final = {
    "street": Text("街道（乡镇）工会", "the street's or town's union"),
    "county": Text("县（市、区）总工会", "the county's union"),
    "city": Text("市总工会", "the city's union"),
    "province": Text("省总工会", "the provincial union"),
}


@dataclass(frozen=True, slots=True)
class Level:
    """A union on the way up, with what it may approve of one kind of aid, in yuan; nothing: it only endorses."""

    org: Org
    limit: Decimal

    @property
    def told(self) -> Text:
        """The level as people call it."""
        return LEVELS.get(self.org.kind, Text(self.org.code, self.org.code))

    def may_decide(self, amount: Decimal) -> bool:
        """Whether this amount is within its powers."""
        return 0 < self.limit >= amount


def ladder(at: MoveContext) -> list[Level]:
    """The unions from the case's own upwards that have a limit and a supervisor who may decide here, nearest first."""
    nearest = sorted(at.office.orgs.values(), key=lambda org: len(org.path), reverse=True)
    involved = _involved(at)
    able = [org for org in nearest if any(str(one) not in involved for one in org.supervisors)]
    rows = ((org, at.office.policy(f"approves_up_to_{org.kind}")) for org in able)
    return [Level(org, row.amount()) for org, row in rows if row]


def amount_to_approve(facts: Facts) -> Decimal:
    """The largest amount proposed of one kind, by which the level is found; nothing where only a dossier is."""
    return max(by_kind(facts.get("proposed_aid") or ()).values(), default=Decimal())


def deciding(at: MoveContext) -> Level | None:
    """The nearest level that may decide; above all limits it is the province, with the national union's approval."""
    levels, amount = ladder(at), amount_to_approve(at.case.facts)
    within = next((level for level in levels if level.may_decide(amount)), None)
    return within or next((level for level in levels if level.org.kind == "province"), None)


def endorsers(at: MoveContext) -> list[Level]:
    """The levels below the deciding one that have not endorsed the proposal yet, nearest first."""
    decides, done = deciding(at), {one["org"] for one in at.case.facts.get("endorsements") or ()}
    levels = ladder(at)
    below = levels[: levels.index(decides)] if decides else []
    return [level for level in below if level.org.code not in done]


@guard(zh="不由本级审批。", en="This is not for your level to approve.")
def for_this_level_to_approve(at: MoveContext) -> Verdict:
    """The amount is within the powers of the actor's own union, and every level below has endorsed it."""
    decides, waiting, amount = deciding(at), endorsers(at), amount_to_approve(at.case.facts)
    if decides is None:
        return Verdict(False, _NOBODY)
    if waiting:
        return Verdict(
            False,
            Text(
                f"须先由{waiting[0].told.zh}（{waiting[0].org.code}）审核上报。",
                f"First {waiting[0].told.en} ({waiting[0].org.code}) endorses it.",
            ),
        )
    levels = ladder(at)
    able = [level for level in levels[levels.index(decides) :] if level == decides or level.may_decide(amount)]
    return Verdict(_is_of(at, able), _decided_by(decides, amount))


@guard(zh="退出由有审批权限的工会批准。", en="An exit is approved by a union that may approve.")
def for_a_deciding_level(at: MoveContext) -> Verdict:
    """Exits are approved where dossiers are, from the county upwards (rule of the Chengdu union, 2019)."""
    able = [level for level in ladder(at) if level.limit > 0]
    return Verdict(_is_of(at, able), _decided_by(able[0], Decimal()) if able else _NOBODY)


@guard(zh="不由本级审核上报。", en="It is not your level's turn to endorse.")
def for_this_level_to_endorse(at: MoveContext) -> Verdict:
    """The next union on the way up, whose own limit is too small."""
    waiting = endorsers(at)
    if not waiting:
        return Verdict(False, Text("无需审核上报。", "No further endorsement is needed."))
    return Verdict(
        _is_of(at, waiting[:1]),
        Text(
            f"现由{waiting[0].told.zh}（{waiting[0].org.code}）审核上报。",
            f"It is the turn of {waiting[0].told.en} ({waiting[0].org.code}) to endorse it.",
        ),
    )


def _is_of(at: MoveContext, levels: list[Level]) -> bool:
    person = at.actor.person
    return person is not None and any(level.org.path == person.org_path for level in levels)


def _decided_by(level: Level, amount: Decimal) -> Text:
    return Text(
        f"由{level.told.zh}（{level.org.code}）审批，单类金额 {amount:.2f} 元。",
        f"{level.told.en.capitalize()} ({level.org.code}) decides: the largest amount of one kind is {amount:.2f} yuan.",
    )


_NOBODY: Final = Text(
    "有权审批的上级工会没有在岗的审批人，请联系管理员。",
    "No union that may decide this has a supervisor; ask the administrator.",
)


@guard(
    zh="超过省级审批限额，须填写全国总工会批准文号和日期。",
    en="This is above the province's limit: give the number and date of the national union's approval.",
    looks_at_given=True,
)
def approved_by_national_union(at: MoveContext) -> bool:
    """Medical aid above the province's limit needs the national union (notice of a provincial union)."""
    decides = deciding(at)
    within = decides is not None and decides.may_decide(amount_to_approve(at.case.facts))
    return within or {"national_number", "national_on"} <= at.given.keys()


def endorsement_noted(at: MoveContext) -> Mapping[str, Any]:
    """The endorsements with this one."""
    org = endorsers(at)[0].org
    made = {"org": org.code, "kind": org.kind, "by": str(at.actor.id), "on": at.today.isoformat()}
    return {"endorsements": [*(at.case.facts.get("endorsements") or ()), made]}


def approval_noted(at: MoveContext) -> Mapping[str, Any]:
    """The dossier is on file from the first approval on; what was proposed becomes payments."""
    facts = at.case.facts
    return {
        "on_file_since": facts.get("on_file_since") or at.today.isoformat(),
        "aid": lines_of(at, facts.get("proposed_aid") or ()),
        "proposed_aid": [],
    }


def once_noted(at: MoveContext) -> Mapping[str, Any]:
    """What was proposed becomes payments, and no dossier is kept."""
    return {"aid": lines_of(at, at.case.facts.get("proposed_aid") or ()), "proposed_aid": []}


NOTICE_BEFORE: Final = {
    "awaiting_approval": "admission",
    "aid_awaiting_approval": "aid",
    "awaiting_exit_approval": "exit",
}


@guard(
    zh="这一意见没有公示满期，请退回重新公示。",
    en="This proposal has not stood on notice for its full time; send it back and publish it.",
)
def notice_has_stood(at: MoveContext) -> bool:
    """At least five working days before approval (practice of unions; exits: rule of the Chengdu union, 2019).

    What was published must be what is decided here: the notice of an exit approves no aid.
    """
    facts = at.case.facts
    return bool(facts.get("notice_over_on")) and facts.get("notice_of") == NOTICE_BEFORE[at.case.state]


@guard(zh="对公示有异议。", en="There is an objection to the notice.")
def no_objection_stands(at: MoveContext) -> Verdict:
    """Every objection was examined, and none is founded."""
    for number, objection in enumerate(at.case.facts.get("objections") or (), start=1):
        if objection["result"] is None:
            return Verdict(
                False,
                Text(
                    f"第 {number} 号异议尚未核实答复。", f"Objection {number} has not been examined and answered yet."
                ),
            )
        if objection["result"] == "founded":
            return Verdict(
                False,
                Text(
                    f"第 {number} 号异议成立，请退回或不予批准；属于退出的，请不予退出。",
                    f"Objection {number} is founded; send it back or refuse, and deny an exit.",
                ),
            )
    return Verdict(True)


@guard(
    zh="提出意见的人和该户的联系人不能审批，请由其他审批人或者上级工会审批。",
    en="Neither the proposer nor the household's contact person decides; another supervisor does, here or at the union above.",
)
def decided_by_another(at: MoveContext) -> bool:
    """Where the office's policy `decided_by_another` says so; a small office of two people must be able to work."""
    return str(at.actor.id) not in _involved(at)


def _involved(at: MoveContext) -> set[str]:
    """The ids of those who proposed it or keep in touch with the household, where they may not decide."""
    row, facts = at.office.policy("decided_by_another"), at.case.facts
    if row is None or not row.holds():
        return set()
    return {one for one in (facts.get("proposed_by"), (facts.get("contact") or {}).get("user")) if one}


OBJECTED_IN: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("refused", "objected"), ("refuse",)),
    **dict.fromkeys(("watching", "exit_objected"), ("approve_exit",)),
    "cancelled": ("cancel",),
    "closed": ("strike_off",),
    "file_objected": ("cancel", "strike_off"),
    "upheld": ("refuse", "cancel", "strike_off"),
}
"""The decisions that are objected to, served and reviewed in a state; those on file are numbered, see `decisions`."""


def decision_of_state(case: Case) -> Taken | None:
    """The decision that an objection in this state is about; what was decided beside it on the way is not."""
    if case.state == "aid_objected":
        return decision_under_review(case)
    return last_of(case.taken.get(name) for name in OBJECTED_IN.get(case.state, ()))


may_still_object, something_to_serve, served_after_decision, reviewed_by_another, _time_to_object = objections_to(
    meant=decision_of_state
)


def time_to_object(case: Case, office: DecisionContext) -> TimeToObject | None:
    """How long one may still object here; None where there is no decision, or no time is set."""
    return time_to_object_on_file(case, office) if case.state == "active" else _time_to_object(case, office)
