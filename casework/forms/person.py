"""What every form about a person shares: the identity number agrees with the birthday and the sex beside it."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from casework.forms.cross_field import rule
from casework.forms.example_data import ExampleData
from casework.forms.field import when
from casework.forms.form import Form
from casework.forms.identity import DocumentNumber, IssuingState
from casework.forms.texts import Choice
from casework.rules.text import Text

SEX: Final[Mapping[str, Text]] = MappingProxyType({"male": Text("男", "male"), "female": Text("女", "female")})


DOCUMENTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "hk_macao_permit": Text("港澳居民来往内地通行证", "mainland travel permit of Hong Kong and Macao residents"),
        "taiwan_permit": Text("台湾居民来往大陆通行证", "mainland travel permit of Taiwan residents"),
        "residence_permit": Text("港澳台居民居住证", "residence permit of Hong Kong, Macao and Taiwan residents"),
        "permanent_residence": Text("外国人永久居留身份证", "permanent residence card of foreigners"),
        "passport": Text("护照", "passport"),
        "other": Text("其他有效身份证件", "another valid identity document"),
    }
)


ANY_DOCUMENT: Final = when("document_kind", *DOCUMENTS)


ISSUED_ANYWHERE: Final = frozenset(("passport", "other"))
"""The kinds of which many states number their own. All others are China's; so is one of which nobody says it."""


class Identified(Form):
    """Base of a form with `identity_number`, `birth_date` and `sex` (one of `SEX`), which must agree (GB 11643).

    Whoever has no identity card is known by another document: its kind, the state that issued it and its number
    together.
    """

    document_kind = Choice(
        DOCUMENTS,
        title=Text("其他身份证件类型", "Kind of another identity document"),
        ask=Text("您没有身份证的话，用哪种证件？", "Without an identity card: which document do you have?"),
        help=Text("有居民身份证的不填。", "Leave it out if there is an identity card."),
    )
    document_number = DocumentNumber(
        sensitive=True,
        title=Text("其他身份证件号码", "Number of that document"),
        ask=Text("这个证件的号码是多少？", "What is its number?"),
        help=Text("照证件上所印填写。", "As printed on the document."),
        shown_when=ANY_DOCUMENT,
    )
    document_state = IssuingState(
        title=Text("其他身份证件签发国家（地区）", "State that issued that document"),
        help=Text(
            "证件上所印的三位字母代码；护照须填写。",
            "The three letters printed in it; needed for passports.",
        ),
        ask=Text("这个证件是哪里签发的？", "Which state issued it?"),
        shown_when=ANY_DOCUMENT,
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """Somebody with an identity number, who needs no other document."""
        without = ("document_kind", "document_number", "document_state")
        return {name: value for name, value in super().example(example_data).items() if name not in without}

    @rule(
        "document_in_part",
        Text("其他身份证件的类型和号码须一并填写。", "Give the kind and the number of the other document together."),
        at="document_number",
    )
    def document_whole(self, document_kind: str | None = None, document_number: str | None = None) -> bool:
        return (document_kind is None) == (document_number is None)

    @rule(
        "document_state_missing",
        Text(
            "护照须填写签发国家（地区）的三位字母代码，例如 VNM（越南）。",
            "Of a passport give the three letters of the state that issued it, such as VNM.",
        ),
        at="document_state",
    )
    def document_state_known(self, document_kind: str, document_state: str | None = None) -> bool:
        return document_kind != "passport" or document_state is not None

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
