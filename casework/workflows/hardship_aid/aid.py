"""How much aid of which kind is open to a household in a year.

Every amount is a dated policy row of the place. The rules for several kinds of aid are those of a provincial union's
notice; `config/policies/hardship_aid.toml` says which of its figures need to be confirmed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from casework.rules.case import Facts
from casework.rules.context import MoveContext, PolicyRow, Verdict
from casework.rules.folding import same_name
from casework.rules.fund_draws import beyond_allowance
from casework.rules.fund_operations import Given
from casework.rules.grammar import guard
from casework.rules.text import Text
from casework.workflows.hardship_aid.categories import finding
from casework.workflows.hardship_aid.codes import GRANT_KINDS, RESTORED

CENT: Final = Decimal("0.01")
EMERGENCY: Final = "emergency"
STUDY: Final = "study"
REGULAR: Final = tuple(kind for kind in GRANT_KINDS if kind != EMERGENCY)


@dataclass(frozen=True, slots=True)
class Bound:
    """The most that may be given of a kind in a year, in yuan, and the reckoning behind it."""

    most: Decimal
    told: Text


def granted(at: MoveContext) -> list[Given]:
    """What the household was given this year and what was not released again, on this file and on its others."""
    own = [
        Given(
            at.case.number,
            line["kind"],
            Decimal(line["amount"]),
            date.fromisoformat(line["approved_on"]),
            line.get("student"),
        )
        for line in at.case.facts.get("aid", ())
        if line["status"] != "released"
    ]
    return [one for one in (*at.office.given_before, *own) if one.kind != RESTORED and one.on.year == at.today.year]


def bound(at: MoveContext, category: str | None, kind: str) -> Bound | Text:
    """The most of this kind for this category, or why there is none."""
    if kind in ("living", "study"):
        return _months_of_the_line(at, category, kind)
    if kind == "medical":
        share = at.office.policy(f"medical_share_{category}")
        return _share_of(
            (at.office.sealed or {}).get("medical_own_share"), share, at.office.policy(f"medical_cap_{category}"), kind
        )
    if kind == "sudden":
        category = category or kind
        share = at.office.policy(f"sudden_aid_share_{category}")
        loss = (at.case.facts.get("sudden") or {}).get("loss")
        return _share_of(loss, share, at.office.policy(f"sudden_aid_cap_{category}"), kind)
    cap = at.office.policy(f"{kind}_cap")
    return Bound(cap.amount(), _cap_told(cap)) if cap else _not_open(kind)


def _months_of_the_line(at: MoveContext, category: str | None, kind: str) -> Bound | Text:
    months, line = at.office.policy(f"{kind}_months_{category}"), at.office.policy("subsistence_line")
    if months is None:
        return _not_open(kind)
    if line is None:
        return Text("本地区的低保标准尚未设定。", "The subsistence line is not set for this place.")
    heads = ("，每名学生", " for each student") if kind == STUDY else ("", "")
    return Bound(
        months.amount() * line.amount(),
        Text(
            f"{months.value} 个月 × 低保标准 {line.value} 元{heads[0]}（{months.source.zh}）",
            f"{months.value} months × the subsistence line {line.value}{heads[1]} ({months.source.en})",
        ),
    )


def _share_of(base: Any, share: PolicyRow | None, cap: PolicyRow | None, kind: str) -> Bound | Text:
    if share is None:
        return _not_open(kind)
    if base is None or not Decimal(base):
        return Text(
            f"尚缺{GRANT_KINDS[kind].zh}所依据的费用金额。",
            f"The cost on which {GRANT_KINDS[kind].en} aid is based is unknown.",
        )
    most = (Decimal(base) * share.amount()).quantize(CENT, ROUND_DOWN)
    told = Text(f"{base} 元 × {share.value}（{share.source.zh}）", f"{base} × {share.value} ({share.source.en})")
    if cap is None or most <= cap.amount():
        return Bound(most, told)
    return Bound(cap.amount(), _cap_told(cap))


def _cap_told(cap: PolicyRow) -> Text:
    return Text(f"上限 {cap.value} 元（{cap.source.zh}）", f"at most {cap.value} yuan ({cap.source.en})")


def _not_open(kind: str) -> Text:
    return Text(
        f"本地区规定中没有适用于该类别的{GRANT_KINDS[kind].zh}。",
        f"No rule in force here opens {GRANT_KINDS[kind].en} aid to this category.",
    )


def why_not(at: MoveContext, category: str | None, items: Sequence[Facts]) -> Text | None:
    """Why these items (`kind`, `amount` as text, `student`) may not be given this year, or None.

    One payment of a kind a year, of study aid one for each student; where a place limits the kinds, no more of them;
    where earlier grants count as income, the household must still be in deep hardship with them.
    """
    given = granted(at)
    files = {one.kind: one.file for one in given if one.kind != EMERGENCY}
    kinds = list(files)
    students = [one.student for one in given if one.kind == STUDY]
    spent = sum((one.amount for one in given), Decimal())
    most_kinds = at.office.policy(f"kinds_a_year_{category}")
    for item in items:
        kind, amount = item["kind"], Decimal(item["amount"])
        if kind == STUDY:
            if refusal := _no_student(at, students, item.get("student")):
                return refusal
            students.append(item.get("student"))
        elif kind in kinds:
            return Text(
                f"该家庭本年度已有{GRANT_KINDS[kind].zh}（{files.get(kind, at.case.number)}），同一类帮扶一年一次。",
                f"The household has {GRANT_KINDS[kind].en} aid this year already"
                f" ({files.get(kind, at.case.number)}); each kind is given once a year.",
            )
        if most_kinds and kind not in kinds and len(kinds) >= most_kinds.amount():
            return Text(
                f"该类别家庭一年最多享受 {most_kinds.value} 类帮扶（{most_kinds.source.zh}）。",
                f"This category gets at most {most_kinds.value} kind(s) of aid a year ({most_kinds.source.en}).",
            )
        if refusal := _with_grants_as_income(at, category, spent) or too_much(at, category, kind, amount):
            return refusal
        if kind not in kinds:
            kinds.append(kind)
        spent += amount
    return None


def _no_student(at: MoveContext, helped: Sequence[str | None], student: str | None) -> Text | None:
    """Why study aid may not be given for this student beside those `helped` this year, or None.

    The only student of a household need not be named; of several each is, as listed among the members.
    """
    students = at.case.facts.get("students") or 0
    if not students:
        return Text("家庭没有在校子女。", "No child of the household is at school.")
    if student is None and students > 1:
        return Text(
            "在校子女不止一名，请写明助学救助给予哪一名学生（`student`）。",
            "More than one child is at school: say for which student the study aid is (`student`).",
        )
    if student is not None and not any(same_name(student, name) for name in at_school(at.case.facts)):
        return Text(
            f"家庭成员中没有在校子女{student}，请先更正家庭成员（关系、在读情况）。",
            f"{student} is no child or member at school of the household; correct the members first (relation, status).",
        )
    if any(student is not None and one is not None and same_name(student, one) for one in helped):
        return Text(
            f"{student}本年度已有助学救助，每名学生一年一次。",
            f"{student} has study aid this year already; it is given once a year for each student.",
        )
    if len(helped) >= students:
        return Text(
            f"在校子女 {students} 名，本年度均已有助学救助，每名学生一年一次。",
            f"Each of the {students} student(s) has study aid this year already; it is given once a year for each.",
        )
    return None


def at_school(facts: Facts) -> list[str]:
    """The names of the members who are at school, or are children of whom it is not said where they are."""
    members = facts.get("members") or ()
    return [
        one["name"]
        for one in members
        if one.get("status") in AT_SCHOOL or ("status" not in one and one.get("relation") == "child")
    ]


def _with_grants_as_income(at: MoveContext, category: str | None, spent: Decimal) -> Text | None:
    row = at.office.policy("grants_count_as_income")
    if category != "deep" or not spent or row is None or not row.holds():
        return None
    again = finding(at, more_income=spent)
    if isinstance(again, Text) or again.category == "deep":
        return again if isinstance(again, Text) else None
    return Text(
        f"本年度已获帮扶 {spent:.2f} 元计入收入后重新测算：{again.told().zh}不能再给予其他类别的帮扶（{row.source.zh}）。",
        f"With the aid of this year, {spent:.2f} yuan, counted as income: {again.told().en} No further kind can be"
        f" given ({row.source.en}).",
    )


def too_much(at: MoveContext, category: str | None, kind: str, amount: Decimal) -> Text | None:
    """Why this amount is more than a household of this category may get of the kind, or None."""
    most = bound(at, category, kind)
    if isinstance(most, Text):
        return most
    if amount <= most.most:
        return None
    return Text(
        f"{GRANT_KINDS[kind].zh} {amount:.2f} 元超过限额 {most.most:.2f} 元：{most.told.zh}。",
        f"{amount:.2f} yuan of {GRANT_KINDS[kind].en} aid is more than {most.most:.2f}: {most.told.en}.",
    )


def unknown_fund(at: MoveContext, codes: Iterator[str]) -> Text | None:
    """Which of these funds cannot pay for the case, or None."""
    unknown = sorted({code for code in codes if code not in at.office.funds})
    if not unknown:
        return None
    known = ", ".join(at.office.funds) or "–"
    return Text(
        f"资金 {', '.join(unknown)} 不存在或不能用于本案；可用：{known}。",
        f"Fund {', '.join(unknown)} does not exist or cannot pay here; choose of: {known}.",
    )


@guard(zh="拟定的帮扶不符合规定。", en="The aid proposed is not within the rules.", looks_at_given=True)
def aid_within_bounds(at: MoveContext) -> Verdict:
    """Kinds, amounts and funds of a proposal; the category is the one proposed with it, else the one on file."""
    items = [{**one, "amount": str(one["amount"])} for one in at.given.get("aid", ())]
    category = at.given.get("category") or (at.case.facts.get("category") or {}).get("category")
    refusal = unknown_fund(at, (one["fund"] for one in items)) or why_not(at, category, items)
    return Verdict(refusal is None, refusal)


AT_SCHOOL: Final = frozenset(("university", "vocational_school", "senior_secondary", "junior_secondary", "primary"))
FOR_ANYBODY: Final = frozenset(("sudden", "temporary"))
FOR_PLATFORM_WORKERS: Final = FOR_ANYBODY | {"training", "placement", "warmth"}
"""The kinds of aid that need no dossier: for sudden and temporary hardship, and for platform workers."""


@guard(zh="不建档的帮扶不符合规定。", en="Aid without a dossier is not within the rules.", looks_at_given=True)
def may_go_without_dossier(at: MoveContext) -> Verdict:
    """Where the place says so: sudden and temporary hardship, and platform workers (rules of the national union, 2022)."""
    if not at.given.get("without_dossier"):
        return Verdict(True)
    row, platform = at.office.policy("aid_without_dossier"), at.case.facts.get("platform")
    open_kinds = FOR_PLATFORM_WORKERS if platform else FOR_ANYBODY
    kinds = {one["kind"] for one in at.given.get("aid", ())}
    if row is None or not row.holds():
        return Verdict(False, Text("本地区规定先建档、后帮扶。", "In this place a household is put on file first."))
    told = [GRANT_KINDS[kind] for kind in GRANT_KINDS if kind in open_kinds]
    return Verdict(
        bool(kinds) and kinds <= open_kinds,
        Text(
            f"不建档的，只能给予{'、'.join(one.zh for one in told)}（{row.source.zh}）。",
            f"Without a dossier only these kinds of aid are open: {', '.join(one.en for one in told)} ({row.source.en}).",
        ),
    )


@guard(
    zh="该意见不建档，请办理“给予帮扶（不建档）”（`help_once`）。",
    en="No dossier is proposed; help without one (`help_once`).",
)
def dossier_is_proposed(at: MoveContext) -> bool:
    """What was put on notice is what is decided."""
    return not at.case.facts.get("without_dossier")


@guard(zh="该意见拟建档，请办理“批准建档和帮扶”（`approve`）。", en="A dossier is proposed; approve it (`approve`).")
def no_dossier_is_proposed(at: MoveContext) -> bool:
    """What was put on notice is what is decided."""
    return bool(at.case.facts.get("without_dossier"))


@guard(zh="本年度没有可以再给予的帮扶。", en="No further aid is open to the household this year.")
def some_aid_is_open(at: MoveContext) -> Verdict:
    """Whether any kind could still be given, however little."""
    category = (at.case.facts.get("category") or {}).get("category")
    if category is None:
        return Verdict(False, Text("尚未认定困难类别。", "The household has no category of hardship."))
    if not at.office.funds:
        return Verdict(False, _NO_FUND)
    students: list[str | None] = [None, *at_school(at.case.facts)]
    probes = [(kind, student) for kind in REGULAR for student in (students if kind == STUDY else [None])]
    refusals = [
        why_not(at, category, [{"kind": kind, "amount": str(CENT), "student": student}]) for kind, student in probes
    ]
    told = dict.fromkeys(one for one in refusals if one)
    return Verdict(None in refusals, Text("".join(one.zh for one in told), " ".join(one.en for one in told)))


_NO_FUND: Final = Text("没有可用于本案的资金。", "No fund may pay for this case.")


@guard(zh="拟定的帮扶已不符合规定，请退回。", en="The aid proposed is no longer within the rules; send it back.")
def aid_still_within_bounds(at: MoveContext) -> Verdict:
    """The same on the day of approval: a year may have turned, or other aid been given."""
    items = at.case.facts.get("proposed_aid") or ()
    category = (at.case.facts.get("category") or {}).get("category")
    refusal = (
        why_not(at, category, items)
        or unknown_fund(at, (one["fund"] for one in items))
        or short_of_funds(at, items)
        or for_the_owner_to_give(at, items)
    )
    return Verdict(refusal is None, refusal)


def by_kind(items: Sequence[Facts]) -> dict[str, Decimal]:
    """What these items come to for each kind, in yuan: study aid may be for several students."""
    sums: dict[str, Decimal] = {}
    for item in items:
        sums[item["kind"]] = sums.get(item["kind"], Decimal()) + Decimal(item["amount"])
    return sums


def for_the_owner_to_give(at: MoveContext, items: Sequence[Facts]) -> Text | None:
    """Why whoever decides may not draw these items without the yes of the fund's owner, or None."""
    sums: dict[str, Decimal] = {}
    for item in items:
        sums[item["fund"]] = sums.get(item["fund"], Decimal()) + Decimal(item["amount"])
    return beyond_allowance(at.office.funds, sums)


def short_of_funds(at: MoveContext, items: Sequence[Facts]) -> Text | None:
    """Which fund, or budget line of one, has not enough left."""
    for code in {item["fund"] for item in items}:
        fund = at.office.funds[code]
        sums = by_kind([item for item in items if item["fund"] == code])
        over_budget = [kind for kind, amount in sums.items() if amount > fund.budgets.get(kind, amount)]
        if sum(sums.values()) > fund.free or over_budget:
            return Text(
                f"资金 {code}（{fund.name}）余额或预算不足。",
                f"Fund {code} ({fund.name}) or its budget has not enough left.",
            )
    return None
