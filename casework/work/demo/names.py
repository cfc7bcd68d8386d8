"""Invented people and firms: the staff of each union, those who ask for help, and those they have worked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from casework.rules.identifiers import Sex, invent_credit_code, invent_identity_number
from casework.rules.people import Role
from casework.work.demo.tree import CITIES, JINAN, PROVINCE, QINGDAO, Place

_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
_GIVEN: Final[dict[Sex, str]] = {
    "male": "伟强磊洋勇军杰涛超明刚平辉鹏华飞斌波宇浩凯健俊帆帅旭宁龙林建国志文海东立振永",
    "female": "芳娜敏静丽艳娟霞秀燕玲桂英梅兰红雪琳晶莹倩婷颖慧巧美凤洁云莲真环春淑珍",
}
_MOBILE: Final = ("130", "131", "135", "138", "139", "150", "152", "158", "159", "178", "186", "188")
_TRADES: Final = (
    "建筑劳务",
    "装饰工程",
    "餐饮管理",
    "物流",
    "服装",
    "食品",
    "物业服务",
    "机械制造",
    "保洁服务",
    "电子",
)
_FIRST: Final = "晨光恒泰宏远鑫盛瑞祥安顺佳和永兴华茂金辉聚源天成"

ROLE_NAMES: Final = {
    Role.CASEWORKER: "cw",
    Role.SUPERVISOR: "sv",
    Role.LAWYER: "lw",
    Role.VOLUNTEER: "vo",
    Role.AUDITOR: "au",
    Role.ADMINISTRATOR: "ad",
}
_STAFF: Final[dict[str, dict[Role, int]]] = {
    "province": {Role.CASEWORKER: 1, Role.SUPERVISOR: 1, Role.AUDITOR: 1, Role.ADMINISTRATOR: 1},
    "city": {Role.CASEWORKER: 2, Role.SUPERVISOR: 2, Role.LAWYER: 4, Role.VOLUNTEER: 2, Role.AUDITOR: 1},
    "county": {Role.CASEWORKER: 2, Role.SUPERVISOR: 1, Role.LAWYER: 1, Role.VOLUNTEER: 1},
    "street": {Role.CASEWORKER: 1},
}


@dataclass(frozen=True, slots=True)
class Post:
    """A user that the demonstration has: where, in which role, under which name."""

    username: str
    name: str
    role: Role
    org: str


def named_users() -> Iterator[Post]:
    """One user for each role in Jinan and in Qingdao, and a supervisor for the province; they may sign in."""
    for org, suffix in ((JINAN, ""), (QINGDAO, "-qd")):
        for role in ROLE_NAMES:
            yield _post(f"{role.value}{suffix}", role, org)
    yield _post("supervisor-sd", Role.SUPERVISOR, PROVINCE)


def staff(place: Place) -> Iterator[Post]:
    """The invented staff of a place; they sign in once an administrator has given them a password."""
    for role, many in _STAFF[place.kind].items():
        for number in range(1, many + 1):
            yield _post(f"{ROLE_NAMES[role]}-{place.code}-{number}", role, place.code)


def _post(username: str, role: Role, org: str) -> Post:
    rng = Random(username)
    return Post(username, full_name(rng, rng.choice(("male", "female"))), role, org)


def full_name(rng: Random, sex: Sex) -> str:
    """A name of two or three characters."""
    given = "".join(rng.choices(_GIVEN[sex], k=1 if rng.random() < 0.25 else 2))
    return rng.choice(_SURNAMES) + given


def another_name(rng: Random, sex: Sex, than: str) -> str:
    """The name of somebody else, where two people must be told apart by their names."""
    return next(name for name in iter(lambda: full_name(rng, sex), None) if name != than)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person who asks for help."""

    name: str
    sex: Sex
    birth_date: date
    identity_number: str
    phone: str


def someone(rng: Random, today: date, regions: Sequence[str]) -> Someone:
    """A grown-up person from one of these regions, 21 to 70 years old on that day."""
    sex: Sex = "male" if rng.random() < 0.6 else "female"
    birth_date = today - timedelta(days=rng.randint(21 * 366, 70 * 365))
    return Someone(
        name=full_name(rng, sex),
        sex=sex,
        birth_date=birth_date,
        identity_number=invent_identity_number(birth_date, sex, rng.choice(regions), rng.randrange(500)),
        phone=mobile(rng),
    )


def mobile(rng: Random) -> str:
    """The number of a mobile phone."""
    return rng.choice(_MOBILE) + f"{rng.randrange(10**8):08d}"


def employer(rng: Random, region: str) -> dict[str, Any]:
    """One of a dozen firms of a region, some of which appear again and again."""
    which = min(11, int(rng.paretovariate(0.9)) - 1)
    firm = Random(f"{region}/{which}")
    city = CITIES.get(f"{region[:4]}00", "济南市")
    start = 2 * firm.randrange(len(_FIRST) // 2)
    return {
        "name": f"{city[:-1]}{_FIRST[start : start + 2]}{firm.choice(_TRADES)}有限公司",
        "credit_code": invent_credit_code(region, firm.randrange(10_000_000), registered_under="91"),
        "address": f"{city}示例路{firm.randrange(1, 300)}号",
        "legal_representative": full_name(firm, "male"),
    }
