"""What an invented applicant tells: the facts of a request for legal aid, as a form that somebody filled in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from casework.stories.people import Someone, employer, someone
from casework.stories.places import Place

Facts = dict[str, Any]
# From how many claimants on representatives are named.
_MANY: Final = 10


@dataclass(frozen=True, slots=True)
class Application:
    """The filled-in form, and whether the means are small or need not be."""

    facts: Facts
    entitled: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks, when and where."""

    rng: Random
    today: date
    place: Place
    person: Someone

    def ago(self, least: int, most: int) -> date:
        return self.today - timedelta(days=self.rng.randint(least, most))

    def yuan(self, least: int, most: int) -> str:
        return f"{self.rng.randrange(least, most, 50)}.00"


def application(rng: Random, today: date, place: Place, person: Someone, line: Decimal | None) -> Application:
    """A request on that day. `line` is the hardship line in yuan a month; without one only the exempt ask."""
    asked = _Asked(rng, today, place, person)
    matter = rng.choices(list(_MATTERS), weights=[weight for weight, _, _ in _MATTERS.values()])[0]
    _, tell, exemption = _MATTERS[matter]
    facts = {
        "applicant": _applicant(asked),
        "matter": matter,
        "papers": [{"name": name, "copies": 1} for name in ("身份证复印件", "申请表")],
        **tell(asked),
    }
    if rng.random() < 0.02:
        facts["preservation_needed"] = True
    if facts.get("claimants", 1) >= _MANY:
        facts["representatives"] = [_representative(asked) for _ in range(3)]
    entitled = True
    if exemption and (line is None or rng.random() < 0.8):
        facts |= _ground(exemption)
        if exemption == "migrant_wages_or_injury" and "migrant_worker" not in facts["applicant"]["groups"]:
            facts["applicant"]["groups"].append("migrant_worker")
    elif line is None or rng.random() < 0.2:
        facts |= {"exemption": "other_by_law", "exemption_proof": "有关部门出具的证明"}
    else:
        entitled = rng.random() < 0.85
        facts["means"] = _means(rng, line, entitled)
    return Application(facts, entitled)


def _ground(of: str) -> Facts:
    """Why the means are not asked for: the matter itself, or an exemption with its proof."""
    return {"exemption": of, "exemption_proof": _PROOFS[of]} if of in _PROOFS else {"no_hardship_condition": of}


def _applicant(asked: _Asked) -> Facts:
    rng, person = asked.rng, asked.person
    age = (asked.today - person.birth_date).days // 365
    groups = [
        group
        for group, belongs in (
            ("migrant_worker", rng.random() < 0.6),
            ("woman", person.sex == "female"),
            ("elderly", age >= 60),
            ("disabled", rng.random() < 0.05),
        )
        if belongs
    ]
    return {
        "name": person.name,
        "identity_number": person.identity_number,
        "phone": person.phone,
        "sex": person.sex,
        "birth_date": person.birth_date.isoformat(),
        "address": f"示例小区{rng.randrange(1, 30)}号楼{rng.randrange(1, 5)}单元",
        "occupation": rng.choice(("钢筋工", "木工", "保洁员", "服务员", "缝纫工", "装卸工", "司机", "保安", "电焊工")),
        "groups": groups,
    }


def _representative(asked: _Asked) -> Facts:
    person = someone(asked.rng, asked.today, [f"{asked.place.region[:4]}02"])
    return {"name": person.name, "identity_number": person.identity_number, "phone": person.phone}


def _means(rng: Random, line: Decimal, entitled: bool) -> Facts:
    size = rng.randint(1, 5)
    share = rng.uniform(0.25, 0.9) if entitled else rng.uniform(1.1, 2.2)
    income = int(float(line) * share * 12 * size / 100) * 100
    return {
        "household_size": size,
        "annual_income": f"{income}.00",
        "annual_expenses": f"{int(income * rng.uniform(0.6, 1.1))}.00",
        "assets": "无商品房、无机动车",
        "declared_true": True,
    }


def _job(asked: _Asked, *, still: bool, most_days: int = 380) -> Facts:
    rng = asked.rng
    ended = asked.today if still else asked.ago(10, most_days)
    pay = asked.yuan(3200, 9500)
    return {
        "started_on": (ended - timedelta(days=rng.randint(120, 2600))).isoformat(),
        **({"still_employed": True} if still else {"ended_on": ended.isoformat()}),
        "written_contract": rng.random() < 0.45,
        "monthly_pay": pay,
        "social_insurance_paid": rng.random() < 0.3,
    }


def _labour(asked: _Asked, job: Facts, story: str, demands: list[Facts]) -> Facts:
    facts: Facts = {
        "form_of_aid": asked.rng.choice(("mediation_arbitration", "mediation_arbitration", "litigation", "drafting")),
        "story": story,
        "employer": employer(asked.rng, asked.place),
        "employment": job,
        "demands": demands,
        "evidence": [{"name": "考勤表", "proves": "出勤天数", "holder": "worker"}],
        "claimants": 1,
    }
    if asked.rng.random() < 0.3:
        step = asked.rng.choice(("claimed", "asked_authority", "mediation"))
        facts["previous_steps"] = [{"kind": step, "on": asked.ago(3, 90).isoformat()}]
    return facts


def _wages(asked: _Asked) -> Facts:
    rng = asked.rng
    job = _job(asked, still=rng.random() < 0.2)
    first, last = date.fromisoformat(job["started_on"]), date.fromisoformat(job.get("ended_on", str(asked.today)))
    within = (last.year - first.year) * 12 + last.month - first.month + 1
    many = min(within, rng.choices((rng.randint(1, 4), rng.randint(5, 12), rng.randint(13, 60)), (70, 22, 8))[0])
    owed = job["monthly_pay"]
    arrears = [{"month": _month_before(last, back), "amount": owed} for back in reversed(range(many))]
    total = f"{Decimal(owed) * many:.2f}"
    told = _labour(asked, job, f"被拖欠{many}个月工资，多次催要无果。", [{"kind": "wages", "amount": total}])
    return told | {"arrears": arrears, "claimants": 1 if rng.random() < 0.9 else rng.randint(2, 40)}


def _month_before(day: date, back: int) -> str:
    year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
    return f"{year}-{month + 1:02d}"


def _injury(asked: _Asked) -> Facts:
    job = _job(asked, still=asked.rng.random() < 0.5)
    injured = max(date.fromisoformat(job["started_on"]), asked.ago(20, 330))
    if "ended_on" in job:
        injured = min(injured, date.fromisoformat(job["ended_on"]))
    job["injured_on"] = injured.isoformat()
    demands = [{"kind": "injury_benefits", "amount": asked.yuan(8000, 180_000)}]
    return _labour(asked, job, "工作中受伤，单位未申报工伤，也未支付医疗费。", demands) | {"known_on": str(injured)}


def _dismissal(asked: _Asked) -> Facts:
    job = _job(asked, still=False)
    demands = [
        {"kind": "severance", "amount": asked.yuan(5000, 60_000)},
        {"kind": "damages", "amount": asked.yuan(5000, 60_000)},
    ]
    told = _labour(asked, job, "单位口头通知不用再来上班，没有说明理由。", demands)
    return told | {"known_on": job["ended_on"]}


def _labour_relation(asked: _Asked) -> Facts:
    job = _job(asked, still=asked.rng.random() < 0.3)
    demands = [{"kind": "double_wages", "amount": asked.yuan(10_000, 70_000)}]
    told = _labour(asked, job, "单位不承认劳动关系，未签订书面劳动合同。", demands)
    return told | {"known_on": asked.ago(5, 300).isoformat()}


def _insurance(asked: _Asked) -> Facts:
    job = _job(asked, still=asked.rng.random() < 0.6)
    told = _labour(asked, job, "入职以来单位一直未缴纳社会保险。", [{"kind": "social_insurance"}])
    return told | {"known_on": asked.ago(5, 320).isoformat()}


def _other(story: str, form_of_aid: str) -> Callable[[_Asked], Facts]:
    def tell(asked: _Asked) -> Facts:
        return {"form_of_aid": form_of_aid, "story": story, "known_on": asked.ago(5, 200).isoformat()}

    return tell


_PROOFS: Final = {
    "migrant_wages_or_injury": "居住证及工资表",
    "no_steady_income": "社区出具的生活来源证明",
    "on_assistance": "低保证",
}
# How many of a hundred ask about the matter, what they tell, and which exemption from the means test may fit.
_MATTERS: Final[dict[str, tuple[int, Callable[[_Asked], Facts], str | None]]] = {
    "wages": (46, _wages, "migrant_wages_or_injury"),
    "work_injury": (15, _injury, "migrant_wages_or_injury"),
    "dismissal": (13, _dismissal, None),
    "labour_relation": (9, _labour_relation, None),
    "social_insurance": (5, _insurance, None),
    "personal_injury": (3, _other("骑车上班途中被撞伤，对方拒绝赔偿。", "litigation"), None),
    "maintenance": (3, _other("子女多年不支付赡养费。", "litigation"), "no_steady_income"),
    "social_assistance": (2, _other("低保申请未获批准，希望复核。", "drafting"), "on_assistance"),
    "union_rights": (1, _other("任工会主席期间被单位调岗降薪。", "advice"), None),
    "domestic_violence": (1, _other("长期遭受家庭暴力，希望申请人身安全保护令。", "litigation"), "domestic_violence"),
    "other": (2, _other("咨询劳务合同纠纷的处理办法。", "advice"), None),
}
