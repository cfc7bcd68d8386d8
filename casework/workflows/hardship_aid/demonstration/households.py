"""Invented households in hardship: who lives together, what befell them, and what they have to live on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from casework.rules.identifiers import Sex
from casework.stories.people import Numbers, Someone, bank_card, employer, full_name
from casework.stories.places import Place

Facts = dict[str, Any]

_SIZES: Final = {1: 10, 2: 20, 3: 34, 4: 22, 5: 9, 6: 5}
_BEFALLEN: Final = {"illness": 34, "low_pay": 26, "schooling": 16, "sudden": 16, "nothing": 8}
# Net income per head against the subsistence line, from below it to where no category is met.
_SHARES: Final = {"deep": (0.3, 0.96), "relative": (1.03, 1.9), "above": (2.1, 2.9)}
_ILLNESSES: Final = ("cancer", "cardiovascular", "cerebrovascular", "uraemia", "diabetes", "lung_disease", "tumour")
_EVENTS: Final = ("sudden_illness", "sudden_illness", "major_accident", "disaster", "other_sudden")
_BANKS: Final = ("示例农商银行", "示例储蓄银行", "示例商业银行")
_PAPERS: Final = ("身份证复印件", "户口簿复印件", "困难职工家庭建档申请审批表")
# What somebody does from an age on, while still at school or before.
_AT_SCHOOL: Final = {
    19: "university",
    16: "senior_secondary",
    13: "junior_secondary",
    6: "primary",
    0: "below_school_age",
}
STUDENTS: Final = frozenset(_AT_SCHOOL.values()) - {"below_school_age"}


@dataclass(frozen=True, slots=True)
class Household:
    """The filled-in form, and what only the check of the means will find."""

    facts: Facts
    hidden: tuple[str, ...]
    more_income: Decimal


def household(rng: Random, today: date, place: Place, person: Someone, line: Decimal, numbers: Numbers) -> Household:
    """A household that asks on that day; `line` is the subsistence line of the place in yuan a month for each head."""
    home = _Home(rng, today, place, person, numbers)
    befallen = rng.choices(list(_BEFALLEN), list(_BEFALLEN.values()))[0]
    members = list(home.members())
    facts = {
        "applicant": home.applicant(members, befallen),
        "members": members,
        **home.means(1 + len(members), befallen, line),
        "students": sum(member["status"] in STUDENTS for member in members),
        "bank": {
            "holder": person.name,
            "name": rng.choice(_BANKS),
            "branch": f"第{(branch := rng.randint(1, 9))}支行",
            "bank_code": f"10245100{branch:04d}",
            "account": bank_card(rng),
        },
        "papers": [{"name": name, "copies": 1} for name in _PAPERS],
        "dossier_kind": "new",
        **home.consents(),
    }
    if facts["applicant"]["work_state"] == "migrant_worker":
        facts["migrant"] = {"in_city_since": home.ago(900, 4000), "employed_since": home.ago(250, 880)}
    hidden = (rng.choice(("car", "two_homes", "runs_business", "deposits")),) if rng.random() < 0.05 else ()
    more_income = Decimal(rng.randrange(5_000, 60_000, 100)) if rng.random() < 0.05 else Decimal()
    return Household(facts, hidden, more_income)


@dataclass(frozen=True, slots=True)
class _Home:
    """Who asks, when and where."""

    rng: Random
    today: date
    place: Place
    person: Someone
    numbers: Numbers

    @property
    def age(self) -> int:
        return (self.today - self.person.birth_date).days // 365

    def ago(self, least: int, most: int) -> str:
        return (self.today - timedelta(days=self.rng.randint(least, most))).isoformat()

    def members(self) -> Iterator[Facts]:
        """Husband or wife, children and parents, as many as their ages allow."""
        rng = self.rng
        left = rng.choices(list(_SIZES), list(_SIZES.values()))[0] - 1
        if left and self.age >= 23 and rng.random() < 0.75:
            left -= 1
            other: Sex = "female" if self.person.sex == "male" else "male"
            yield self._member("spouse", other, max(22, self.age + rng.randint(-5, 4)), full_name(rng, other))
        oldest = min(24, self.age - 22)
        while left and oldest >= 1 and rng.random() < 0.8:
            left -= 1
            sex: Sex = rng.choice(("male", "female"))
            yield self._member("child", sex, rng.randint(1, oldest), self.person.name[0] + full_name(rng, sex)[1:])
        parents: tuple[Sex, ...] = ("male", "female")
        for parent in parents[: left if self.age <= 62 else 0]:
            yield self._member("parent", parent, self.age + rng.randint(22, 30), full_name(rng, parent))

    def _member(self, relation: str, sex: Sex, age: int, name: str) -> Facts:
        rng = self.rng
        born = self.today - timedelta(days=age * 365 + rng.randint(0, 360))
        status = self._does(relation, age)
        told: Facts = {
            "name": name,
            "relation": relation,
            "identity_number": self.numbers.number(rng, born, sex, self.place.region),
            "birth_date": born.isoformat(),
            "sex": sex,
            "monthly_income": f"{rng.randrange(1800, 3600, 50)}.00" if status == "at_work" else "0.00",
            "health": rng.choice(("good", "good", "common_illness", "hypertension")),
            "status": status,
        }
        if status in STUDENTS:
            told["school_or_unit"] = "示例大学" if status == "university" else "示例学校"
        return told

    def _does(self, relation: str, age: int) -> str:
        if relation == "child" and age < 23:
            return next(status for since, status in _AT_SCHOOL.items() if age >= since)
        if relation == "parent":
            return self.rng.choice(("retired", "farming", "unable_to_work"))
        return self.rng.choice(("at_work", "jobless", "laid_off", "unable_to_work"))

    def applicant(self, members: list[Facts], befallen: str) -> Facts:
        """The worker; who is ill has an illness, and who has the age is retired."""
        rng, person = self.rng, self.person
        ill = befallen == "illness" and rng.random() < 0.6
        working = rng.choice(("at_work", "at_work", "at_work", "migrant_worker", "laid_off", "sick_leave"))
        married = any(member["relation"] == "spouse" for member in members)
        return {
            "name": person.name,
            "identity_number": person.identity_number,
            "phone": person.phone,
            "sex": person.sex,
            "birth_date": person.birth_date.isoformat(),
            "ethnicity": "回族" if rng.random() < 0.03 else "汉族",
            "political": rng.choices(("none", "party_member"), (9, 1))[0],
            "health": rng.choice(_ILLNESSES) if ill else rng.choice(("good", "common_illness")),
            "work_state": "retired" if self.age >= 60 else working,
            "housing": rng.choice(("rented", "low_rent", "self_built", "affordable", "commercial")),
            "floor_area": rng.choice(("20_to_50", "over_50_to_70")),
            "marital": "married" if married else rng.choice(("single", "divorced", "widowed")),
            "single_parent": not married and any(member["relation"] == "child" for member in members),
            "register_type": rng.choice(("urban", "resident", "rural")),
            "register_region": self.place.region,
            "address": f"示例小区{rng.randrange(1, 40)}号楼{rng.randrange(1, 5)}单元",
            "work_unit": employer(rng, self.place)["name"],
            "unit_kind": rng.choice(("private", "private", "collective", "state_owned")),
            "insured_medical": "employee" if rng.random() < 0.8 else "resident",
        }

    def means(self, size: int, befallen: str, line: Decimal) -> Facts:
        """Income, rigid expenses and what befell the household, around the subsistence line of the place."""
        rng = self.rng
        bills = {"illness": _skewed(rng, 11_000), "schooling": _skewed(rng, 9_000)}.get(befallen, 0)
        kind = {"nothing": "above", "sudden": "above"}.get(befallen) or rng.choices(("deep", "relative"), (65, 35))[0]
        net = float(line) * rng.uniform(*_SHARES[kind]) * 12 * size
        income = _hundreds(net + bills)
        cause = {"illness": "own_illness", "schooling": "schooling", "sudden": "disaster"}.get(befallen, "low_income")
        told: Facts = {
            "household": {
                "size": size,
                "annual_income": f"{income}.00",
                "rigid_expenses": f"{bills}.00",
                "zero_employment": rng.random() < 0.08,
                "able_to_self_help": rng.random() < 0.4,
                "main_cause": cause,
                "declared_true": True,
            }
        }
        if befallen == "illness":
            told["medical_own_share"] = f"{bills}.00"
        if befallen == "sudden":
            loss = _hundreds(income * rng.uniform(0.85, 1.5))
            harmed = rng.random() < 0.4
            told["sudden"] = {
                "event": rng.choice(_EVENTS),
                "on": self.ago(5, 90),
                "harmed": harmed,
                **({"harm": "disabled"} if harmed else {}),
                "loss": f"{loss}.00",
            }
        return told

    def consents(self) -> Facts:
        """Those that are signed at once; the others follow with the home visit."""
        signed = {"signed_on": self.today.isoformat()}
        likely = {"consent_to_check": 0.5, "consent_to_publish": 0.93, "consent_sensitive": 0.96}
        return {name: signed for name, likelihood in likely.items() if self.rng.random() < likelihood}


def _skewed(rng: Random, median: int) -> int:
    """An amount of a year, in hundreds of yuan: many near the median, a few several times as much."""
    return _hundreds(median * rng.lognormvariate(0.0, 0.75))


def _hundreds(amount: float) -> int:
    return max(100, int(amount / 100) * 100)
