"""A form as rich as an intake form gets: every kind of field, groups, rows, rules and values that may follow."""

import json
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from casework.forms import (
    BankAccount,
    Choice,
    Code,
    Count,
    CreditCode,
    Day,
    ExampleData,
    Flag,
    Form,
    IdentityNumber,
    Line,
    LongText,
    Many,
    Moment,
    Money,
    Month,
    Nested,
    OneUser,
    PersonName,
    Phone,
    birth_date,
    days_ago,
    rule,
    sex,
)
from casework.forms.field import FormField
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Text

TODAY = date(2026, 3, 31)
LAWYER = "6f1c9c0e-7a53-4b7e-9a55-0c5b2f3a1d10"


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.just(10**4000) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)


def said(en: str, zh: str = "栏目") -> Text:
    return Text(zh, en)


class ApplicantForm(Form):
    name = PersonName(required=True, title=said("Name", "姓名"))
    sex = Choice({"male": said("male", "男"), "female": said("female", "女")}, title=said("Sex", "性别"), example=sex)
    birth_date = Day(past=True, title=said("Date of birth"), example=birth_date)
    identity_number = IdentityNumber(sensitive=True, needed_by="accept", title=said("Identity number", "身份证号"))
    phone = Phone(required=True, sensitive=True, title=said("Phone"))
    address = Line(sensitive=True, title=said("Address"))
    member = Flag(required=True, title=said("Union member"))
    member_number = Code(title=said("Member number"), example="JN-2024.0001")

    @rule("birth_date_disagrees", said("The date of birth differs from the identity number's."), at="birth_date")
    def the_number_carries_the_birthday(self, identity_number: str, birth_date: date) -> bool:
        return identity_number[6:14] == f"{birth_date:%Y%m%d}"

    @rule("member_number_missing", said("A member has a number."), at="member_number")
    def members_have_a_number(self, member: bool, member_number: str | None = None) -> bool:
        return not member or member_number is not None


class EmploymentForm(Form):
    employer = Line(required=True, title=said("Employer", "用人单位"), open_because="Cases are searched by it.")
    credit_code = CreditCode(title=said("Credit code"))
    started_on = Day(past=True, title=said("Started on"), example=days_ago(400))
    ended_on = Day(title=said("Ended on"), example=days_ago(20))
    still_employed = Flag(title=said("Still employed"))
    monthly_wage = Money(title=said("Monthly wage"), needed_by="grant")
    weekly_hours = Count(most=168, title=said("Hours a week"))

    @rule("ends_before_it_starts", said("Work ended before it started."), at="ended_on")
    def starts_before_it_ends(self, started_on: date, ended_on: date) -> bool:
        return started_on <= ended_on


class ArrearsRow(Form):
    month = Month(required=True, past=True, title=said("Month"))
    amount = Money(required=True, title=said("Amount"))
    note = Line(most=80, title=said("Note"), open_because="It is a word on a month.")


class MemberForm(Form):
    name = PersonName(required=True, title=said("Name"))
    identity_number = IdentityNumber(sensitive=True, needed_by="grant", title=said("Identity number"))
    income = Money(title=said("Income"), sensitive=True)
    illness = LongText(title=said("Illness"), sensitive=True)


class Intake(Form):
    applicant = Nested(ApplicantForm, required=True, title=said("Applicant", "申请人"))
    employment = Nested(EmploymentForm, title=said("Employment"), help=said("The last one", "最近一份工作"))
    arrears = Many(ArrearsRow, required=True, title=said("Arrears"))
    members = Many(MemberForm, title=said("Household"), most=20)
    diagnoses = Many(Line(sensitive=True, title=said("Diagnosis")), title=said("Diagnoses"), most=5)
    account = BankAccount(sensitive=True, title=said("Bank account"), needed_by="pay")
    kind = Choice({"wages": said("wages"), "injury": said("injury")}, required=True, title=said("Kind"))
    claim = Money(required=True, least=Decimal("0.01"), title=said("Claim"))
    balance = Money(least=Decimal(-500), most=Decimal(500), title=said("Balance"))
    region = Code(title=said("Region"), most=6)
    story = LongText(required=True, sensitive=True, title=said("Story"))
    happened_at = Moment(title=said("Happened at"))
    hearing_on = Day(title=said("Hearing on"))
    since = Month(title=said("Since"))
    people = Count(required=True, least=1, most=50, title=said("People"))
    consents = Flag(required=True, title=said("Consents"))
    lawyer = OneUser(roles=("lawyer",), title=said("Lawyer"))

    @rule("hearing_too_soon", said("A hearing lies ahead."), at="hearing_on")
    def the_hearing_lies_ahead(self, hearing_on: date, today: date) -> bool:
        return hearing_on >= today


def invented(seed: int) -> dict[str, Any]:
    """An example of the form, the same for the same seed."""
    return Intake.example(ExampleData(TODAY, Random(seed), {"lawyer": LAWYER}))


def form_of(field: FormField) -> type[Form]:
    """A form with one field, `value`."""
    return type("OneField", (Form,), {"value": field})


def outcome(payload: Any) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """The clean values, or the faults; any other exception is a test's failure."""
    try:
        return Intake.check(payload, today=TODAY), ()
    except Invalid as said_no:
        if not said_no.faults:
            raise
        return {}, said_no.faults


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def with_value_at(payload: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    changed = json.loads(json.dumps(payload))
    spot = changed
    for key in place[:-1]:
        spot = spot[key]
    spot[place[-1]] = value
    return changed
