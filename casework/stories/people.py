"""Invented people and firms: those who ask for help, and those they have worked for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from casework.rules.identifiers import Sex, invent_card_number, invent_credit_code, invent_identity_number
from casework.stories.places import Place

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


def employer(rng: Random, place: Place) -> dict[str, Any]:
    """Return one of a dozen firms of a place's region, some of which appear again and again."""
    which = min(11, int(rng.paretovariate(0.9)) - 1)
    firm = Random(f"{place.region}/{which}")
    start = 2 * firm.randrange(len(_FIRST) // 2)
    return {
        "name": f"{place.city_name[:-1]}{_FIRST[start : start + 2]}{firm.choice(_TRADES)}有限公司",
        "credit_code": invent_credit_code(place.region, firm.randrange(10_000_000), registered_under="91"),
        "address": f"{place.city_name}示例路{firm.randrange(1, 300)}号",
        "legal_representative": full_name(firm, "male"),
    }


def bank_card(rng: Random) -> str:
    """Return the number of a bank card, of 19 digits."""
    return invent_card_number(rng.randrange(10**15) // 10)


class Numbers:
    """Identity numbers that nobody has yet whose number an open case keeps for itself.

    `index` gives the blind index of a number, `held` are those that are taken.
    """

    def __init__(self, index: Callable[[str], bytes], held: Iterable[bytes]) -> None:
        self._index = index
        self._held = set(held)

    def is_new(self, number: str) -> bool:
        """Whether nobody has it; from now on somebody does."""
        index = self._index(number)
        if index in self._held:
            return False
        self._held.add(index)
        return True

    def applicant(self, rng: Random, today: date, regions: Sequence[str]) -> Someone:
        """Return somebody who asks for the first time."""
        return next(one for one in iter(lambda: someone(rng, today, regions), None) if self.is_new(one.identity_number))

    def number(self, rng: Random, born: date, sex: Sex, region: str) -> str:
        """Return the number of somebody who lives with an applicant."""
        drawn = iter(lambda: invent_identity_number(born, sex, region, rng.randrange(500)), None)
        return next(number for number in drawn if self.is_new(number))
