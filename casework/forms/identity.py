"""Fields for what identifies people and firms: identity number, phone, credit code, bank account."""

import re
from abc import abstractmethod
from typing import Any, Final

from marshmallow import ValidationError

from casework.forms.example_data import ExampleData
from casework.forms.field import TODAY, FormField
from casework.forms.validation_errors import SURROGATES
from casework.rules.folding import identifier, typed
from casework.rules.identifiers import (
    BadIdentifier,
    card_number_adds_up,
    check_credit_code,
    check_document_number,
    check_identity_number,
    check_office_phone,
    check_phone,
    invent_card_number,
    invent_credit_code,
    is_card_number,
    mask_account,
    mask_document_number,
    mask_identity_number,
    mask_phone,
)
from casework.rules.refusals import Fault
from casework.rules.states import check_state
from casework.rules.text import Language, Text

IDENTITY_PATTERN: Final = "[0-9]{17}[0-9Xx]"
CREDIT_CODE_PATTERN: Final = "[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}"
DOCUMENT_PATTERN: Final = "(?=(?:[A-Z]*[0-9]){4})[0-9A-Z]{5,20}"
PHONE_PATTERN: Final = r"1[3-9][0-9]{9}|0(?:10|2[0-9]|[3-9][0-9]{2})-[1-9][0-9]{6,7}(?:-[0-9]{1,6})?|\+[1-9][0-9]{7,14}"
OFFICE_PHONE_PATTERN: Final = f"{PHONE_PATTERN}|[48]00-[0-9]{{3}}-[0-9]{{4}}|9[56][0-9]{{3,6}}|1[0-2][0-9]{{1,4}}"
BANK_CODE_PATTERN: Final = "[0-9]{12}"
STATE_PATTERN: Final = "[A-Z]{3}"
ACCOUNT_PATTERN: Final = r"(?:[0-9][ \-]?){7,31}[0-9]"


_UNREADABLE: Final = re.compile(f"[\\u0000-\\u001f\\u007f-\\u009f{SURROGATES}]")


class Identifier(FormField):
    """A text that a rule of its own checks; what the rule says is the fault that people read.

    The JSON Schema shows the usual writing; people may also type spaces, full-width digits or a small x.
    """

    longest = 60

    def read(self, value: Any) -> str:
        text = self.text(value)
        if unreadable := _UNREADABLE.search(text):
            raise self.unreadable(text, unreadable.start())
        if self.sensitive and "*" in text:
            raise self.wrong("masked")
        try:
            return self.identify(text)
        except BadIdentifier as bad:
            raise ValidationError([Fault("", bad.code, bad.text)]) from None

    @abstractmethod
    def identify(self, text: str) -> str:
        """The identifier in its usual writing; raises BadIdentifier."""


class IdentityNumber(Identifier):
    """A citizen's identity number of 18 characters (GB 11643): its check digit and birthday are right."""

    question_of = Text("{title}是多少？", "{title}: which number?")
    hint_of = Text("18 位，末位可能是 X。", "18 digits; the last may be an X.")
    width_of = 20
    kind = "identity_number"

    def identify(self, text: str) -> str:
        return check_identity_number(text, TODAY.get()).number

    def mask(self, value: Any) -> str:
        return mask_identity_number(value)

    def invent(self, example_data: ExampleData) -> str:
        return example_data.person.identity_number

    def shape(self, language: Language) -> dict[str, Any]:
        return {"pattern": self.whole(IDENTITY_PATTERN)}


class DocumentNumber(Identifier):
    """The number of a document that stands for the identity card: a passport, a travel or residence permit."""

    question_of = Text("{title}是多少？", "{title}: which number?")
    hint_of = Text("照证件上所印填写。", "As printed on the document.")
    width_of = 20

    def identify(self, text: str) -> str:
        return check_document_number(text)

    def mask(self, value: Any) -> str:
        return mask_document_number(value)

    def invent(self, example_data: ExampleData) -> str:
        return f"H{example_data.random.randrange(10**8):08d}"

    def shape(self, language: Language) -> dict[str, Any]:
        return {"pattern": self.whole(DOCUMENT_PATTERN)}


class IssuingState(Identifier):
    """The state or body that issued a document, by the three letters that stand in it (ISO 3166-1, ICAO 9303)."""

    question_of = Text("{title}是哪里？", "{title}: which?")
    hint_of = Text("证件上所印的三位字母代码。", "The three letters printed in it.")
    width_of = 6
    coded = True

    def identify(self, text: str) -> str:
        return check_state(text)

    def invent(self, example_data: ExampleData) -> str:
        return "VNM"

    def shape(self, language: Language) -> dict[str, Any]:
        return {"pattern": self.whole(STATE_PATTERN)}


class Phone(Identifier):
    """A mobile or land line number of the mainland, or one abroad with its country code."""

    question_of = Text("{title}是多少？", "{title}: which number?")
    hint_of = Text(
        "手机写 11 位号码，座机写区号，例如 0531-12345678。",
        "A mobile number of 11 digits, or a landline with its area code, such as 0531-12345678.",
    )
    width_of = 20
    input_mode_of = "tel"
    kind = "phone"

    def identify(self, text: str) -> str:
        return check_phone(text).number

    def mask(self, value: Any) -> str:
        return mask_phone(value)

    def invent(self, example_data: ExampleData) -> str:
        return example_data.person.phone

    def shape(self, language: Language) -> dict[str, Any]:
        return {"pattern": self.whole(PHONE_PATTERN)}


class OfficePhone(Phone):
    """The telephone of a firm or office: also 400 and 800 numbers, and short numbers such as 95588."""

    def identify(self, text: str) -> str:
        return check_office_phone(text).number

    def shape(self, language: Language) -> dict[str, Any]:
        return {"pattern": self.whole(OFFICE_PHONE_PATTERN)}


class CreditCode(Identifier):
    """A unified social credit code of 18 characters (GB 32100), with its check character."""

    question_of = Text("{title}是多少？", "{title}: which code?")
    hint_of = Text("营业执照上的 18 位代码。", "The 18 characters on the business licence.")
    width_of = 22
    coded = True

    def identify(self, text: str) -> str:
        return check_credit_code(text).code

    def invent(self, example_data: ExampleData) -> str:
        return invent_credit_code("370100", example_data.random.randrange(10_000_000), registered_under="91")

    def shape(self, language: Language) -> dict[str, Any]:
        return {"pattern": self.whole(CREDIT_CODE_PATTERN)}


class BankCode(Identifier):
    """The number of a branch in the banks' payment system (联行号): 12 digits, spaces and hyphens dropped."""

    question_of = Text("{title}是多少？", "{title}: which code?")
    hint_of = Text("12 位数字，可向开户支行询问。", "12 digits; the branch knows them.")
    width_of = 16
    input_mode_of = "numeric"
    coded = True

    def identify(self, text: str) -> str:
        code = identifier(text).replace("-", "")
        if not re.fullmatch(BANK_CODE_PATTERN, code):
            raise self.wrong("bank_code")
        return code

    def invent(self, example_data: ExampleData) -> str:
        return f"102{example_data.random.randrange(10**9):09d}"

    def shape(self, language: Language) -> dict[str, Any]:
        return {"pattern": self.whole(BANK_CODE_PATTERN)}


class BankAccount(Identifier):
    """A bank account: 8 to 32 digits, spaces and hyphens between them dropped.

    A bank card (`is_card_number`) has its check digit; passbooks and settlement accounts have none.
    """

    question_of = Text("{title}是多少？", "{title}: which number?")
    hint_of = Text("8 至 32 位数字，可以带空格。", "8 to 32 digits; spaces do no harm.")
    width_of = 26
    input_mode_of = "numeric"

    def identify(self, text: str) -> str:
        if not re.fullmatch(ACCOUNT_PATTERN, " ".join(typed(text).split())):
            raise self.wrong("bank_account")
        number = identifier(text).replace("-", "")
        if is_card_number(number) and not card_number_adds_up(number):
            raise self.wrong("card_number")
        return number

    def mask(self, value: Any) -> str:
        return mask_account(value)

    def invent(self, example_data: ExampleData) -> str:
        return invent_card_number(example_data.random.randrange(10**14))

    def shape(self, language: Language) -> dict[str, Any]:
        return {"pattern": self.whole(ACCOUNT_PATTERN)}
