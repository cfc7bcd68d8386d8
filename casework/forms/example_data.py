"""People who do not exist, for examples that a form accepts today."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from casework.rules.identifiers import Sex, invent_identity_number
from casework.rules.text import Language, Text

_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "male": ("建国", "志强", "海涛", "文斌", "立军", "晓东", "振华", "永亮"),
        "female": ("秀英", "桂兰", "晓燕", "雪梅", "红霞", "丽娟", "淑珍", "春玲"),
    }
)
_REGIONS: Final = ("370102", "370103", "370202", "370213", "370302", "370602")
_MOBILE_PREFIXES: Final = ("130", "135", "138", "150", "159", "186", "188")
_WORKING_AGE_DAYS: Final = (20 * 366, 58 * 365)


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person of working age, whose identity number agrees with sex and date of birth."""

    name: str
    sex: Sex
    birth_date: date
    identity_number: str
    phone: str


class ExampleData:
    """Makes up one example: its day, its chance, the users who may be named, and the person it is about.

    `users` gives the id of an eligible user for a role; for a role that it does not know a random id stands. `facts`
    are those of the case that the form is about, `funds` the codes of the funds that may pay for it, `other_org` is
    the code of an organisation that is not its own, `caller` the id of the user who will fill the form in. What people
    write is in `language`; names are Chinese, as they are.
    """

    def __init__(
        self,
        today: date,
        random: Random,
        users: Mapping[str, UUID | str] = MappingProxyType({}),
        *,
        facts: Mapping[str, Any] = MappingProxyType({}),
        funds: Sequence[str] = (),
        other_org: str = "370200",
        caller: UUID | None = None,
        language: Language = "zh-CN",
    ) -> None:
        self.today = today
        self.random = random
        self.users = users
        self.facts = facts
        self.funds = funds
        self.other_org = other_org
        self.caller = caller
        self.language: Language = language
        self.person = self._invent_person()

    def someone_else(self) -> "ExampleData":
        """The same case and day, but about another person: for the next row, or the next example."""
        return ExampleData(
            self.today,
            self.random,
            self.users,
            facts=self.facts,
            funds=self.funds,
            other_org=self.other_org,
            caller=self.caller,
            language=self.language,
        )

    def says(self, zh: str, en: str) -> str:
        """What somebody writes, in the language of the example."""
        return Text(zh, en).in_(self.language)

    def user(self, roles: tuple[str, ...]) -> str:
        """The id of a user who has one of the roles."""
        for role in roles or tuple(self.users):
            if role in self.users:
                return str(self.users[role])
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def _invent_person(self) -> Person:
        sex: Sex = "male" if self.random.random() < 0.5 else "female"
        birth_date = self.today - timedelta(days=self.random.randint(*_WORKING_AGE_DAYS))
        return Person(
            name=self.random.choice(_SURNAMES) + self.random.choice(_GIVEN[sex]),
            sex=sex,
            birth_date=birth_date,
            identity_number=invent_identity_number(
                birth_date, sex, self.random.choice(_REGIONS), self.random.randrange(500)
            ),
            phone=self.random.choice(_MOBILE_PREFIXES) + f"{self.random.randrange(10**8):08d}",
        )


def birth_date(example_data: ExampleData) -> Any:
    """An `example=` for the date of birth of the person whom the example is about."""
    return example_data.person.birth_date.isoformat()


def sex(example_data: ExampleData) -> Any:
    """An `example=` for a choice between `male` and `female`."""
    return example_data.person.sex


def days_ago(days: int) -> Callable[[ExampleData], str]:
    """An `example=` for a date so many days before today; a negative number looks ahead."""
    return lambda example_data: (example_data.today - timedelta(days=days)).isoformat()
