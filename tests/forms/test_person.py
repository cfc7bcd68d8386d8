"""A form about a person: what the identity number tells agrees with what stands beside it."""

from datetime import date
from typing import Any

import pytest

from casework.forms import SEX, Choice, Day, Identified, IdentityNumber
from casework.rules.identifiers import invent_identity_number
from casework.rules.refusals import Invalid
from casework.rules.text import Text

TODAY = date(2026, 3, 2)
WOMAN = invent_identity_number(date(1984, 5, 6), "female", "370102", 7)
FOREIGNER = invent_identity_number(date(1984, 5, 6), "female", "911370", 7)


class Somebody(Identified):
    identity_number = IdentityNumber(title=Text("身份证号码", "Identity number"))
    birth_date = Day(title=Text("出生日期", "Date of birth"))
    sex = Choice(SEX, title=Text("性别", "Sex"))


def faults(**given: Any) -> list[tuple[str, str]]:
    """Path and code of each fault."""
    try:
        Somebody.check(given, today=TODAY)
    except Invalid as refusal:
        return [(fault.path, fault.code) for fault in refusal.faults]
    return []


@pytest.mark.parametrize("number", [WOMAN, FOREIGNER])
def test_birthday_and_sex_of_the_number_are_those_of_the_person(number: str) -> None:
    right = {"identity_number": number, "birth_date": "1984-05-06", "sex": "female"}
    assert faults(**right) == []
    assert faults(**right | {"birth_date": "1984-06-05"}) == [("birth_date", "birth_date_disagrees")]
    assert faults(**right | {"sex": "male"}) == [("sex", "sex_disagrees")]


@pytest.mark.parametrize("known", [{"identity_number": WOMAN}, {"birth_date": "1990-01-01", "sex": "male"}, {}])
def test_what_is_not_known_disagrees_with_nothing(known: dict[str, str]) -> None:
    assert faults(**known) == []
