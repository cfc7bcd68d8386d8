"""What every form about a person shares: the identity number agrees with the birthday and the sex beside it."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from casework.forms.across import rule
from casework.forms.form import Form
from casework.rules.text import Text

SEX: Final[Mapping[str, Text]] = MappingProxyType({"male": Text("男", "male"), "female": Text("女", "female")})


class Identified(Form):
    """Base of a form with `identity_number`, `birth_date` and `sex` (one of `SEX`), which must agree (GB 11643)."""

    @rule(
        "birth_date_disagrees",
        Text(
            "出生日期与身份证号不一致，请核对。",
            "The date of birth does not agree with the identity number; check both.",
        ),
        at="birth_date",
    )
    def birth_date_agrees(self, identity_number: str, birth_date: date) -> bool:
        return identity_number[6:14] == f"{birth_date:%Y%m%d}"

    @rule(
        "sex_disagrees",
        Text("性别与身份证号不一致，请核对。", "The sex does not agree with the identity number; check both."),
        at="sex",
    )
    def sex_agrees(self, identity_number: str, sex: str) -> bool:
        return int(identity_number[16]) % 2 == (sex == "male")
