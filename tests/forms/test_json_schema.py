"""The JSON Schema says what the form takes, and the examples are taken by both."""

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from casework.forms import (
    BankAccount,
    BankCode,
    Choice,
    Code,
    Day,
    IdentityNumber,
    Line,
    LongText,
    Moment,
    Money,
    Month,
    OneUser,
    PersonName,
    Phone,
    json_schema,
)
from casework.forms.field import FormField
from casework.rules.refusals import Invalid
from tests.forms.sample import ANY_JSON, TODAY, Intake, form_of, invented, outcome, places, said, with_value_at

RULES_OF_THE_SAMPLE = {"member_number_missing", "birth_date_disagrees"}
CHECKER = Draft202012Validator.FORMAT_CHECKER
SCHEMA = Draft202012Validator(json_schema(Intake, "en"), format_checker=CHECKER)


@pytest.mark.parametrize("seed", range(200))
def test_an_invented_example_is_taken_by_the_form_and_by_its_schema(seed: int) -> None:
    example = json.loads(json.dumps(invented(seed)))
    SCHEMA.validate(example)
    clean = Intake.check(example, today=TODAY)
    assert clean.keys() == Intake.field_names()


def test_the_schema_is_a_valid_schema_without_references() -> None:
    for language in ("zh-CN", "en"):
        schema = json_schema(Intake, language, invented(1))
        Draft202012Validator.check_schema(schema)
        assert "$ref" not in json.dumps(schema)
        assert schema["examples"] == [invented(1)]


def test_titles_are_in_the_language_of_the_reader() -> None:
    assert json_schema(Intake, "zh-CN")["properties"]["applicant"]["title"] == "申请人"
    employment = json_schema(Intake, "en")["properties"]["employment"]
    assert (employment["title"], employment["description"]) == ("Employment", "The last one")


def test_the_schema_says_what_is_sensitive_what_may_follow_and_who_may_be_named() -> None:
    properties = json_schema(Intake, "en")["properties"]
    number = properties["applicant"]["properties"]["identity_number"]
    assert number["x-sensitive"] is True
    assert number["x-needed-by"] == "accept"
    assert properties["lawyer"]["x-roles"] == ["lawyer"]
    assert properties["kind"]["enum"] == ["wages", "injury"]
    assert properties["kind"]["oneOf"][0] == {"const": "wages", "title": "wages"}


FIELDS = [
    Line(title=said("Value")),
    LongText(title=said("Value")),
    PersonName(title=said("Value")),
    Code(title=said("Value"), most=6),
    Choice({"a": said("A"), "b": said("B")}, title=said("Value")),
    OneUser(title=said("Value")),
    Money(title=said("Value")),
    Money(title=said("Value"), least=-(10**12)),
    Day(title=said("Value")),
    Month(title=said("Value")),
    Moment(title=said("Value")),
    Phone(title=said("Value")),
    BankAccount(title=said("Value")),
    BankCode(title=said("Value")),
]


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: type(field).__name__)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_text_that_the_schema_takes_the_form_takes(field: FormField, required: bool, data: st.DataObject) -> None:
    field.required = required
    form = form_of(field)
    shape = field.schema("en")
    texts = st.from_regex(shape["pattern"]) if "pattern" in shape else st.sampled_from(shape["enum"])
    value = data.draw(texts)
    assume(Draft202012Validator(shape, format_checker=CHECKER).is_valid(value))
    form.check({"value": value}, today=TODAY)


@pytest.mark.parametrize("value", ["", " ", None, "abc", "2026-01-01", "370102199001010019", 5])
def test_form_and_schema_agree_on_a_required_text(value: Any) -> None:
    form = form_of(Line(title=said("Value"), required=True))
    valid = Draft202012Validator(json_schema(form, "en")).is_valid({"value": value})
    if valid:
        assert form.check({"value": value}, today=TODAY) == {"value": value}
    else:
        with pytest.raises(Invalid):
            form.check({"value": value}, today=TODAY)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), value=ANY_JSON, seed=st.integers(0, 20))
def test_what_the_form_stores_its_schema_takes(data: st.DataObject, value: Any, seed: int) -> None:
    payload = invented(seed)
    place = data.draw(st.sampled_from(places(payload)))
    clean = outcome(with_value_at(payload, place, value))[0] or outcome(payload)[0]
    SCHEMA.validate(Intake.plain(clean))


@pytest.mark.parametrize("value", [None, True, False, 0, 7, -1, 10**15, 0.5, 5.5, [], {}, [None], [{}]])
def test_but_for_the_writing_of_texts_form_and_schema_judge_alike(value: Any) -> None:
    payload = invented(1)
    for place in places(payload):
        changed = with_value_at(payload, place, value)
        codes = {fault.code for fault in outcome(changed)[1]} - RULES_OF_THE_SAMPLE
        assert SCHEMA.is_valid(changed) == (not codes), place


def test_the_schema_shows_the_usual_writing_of_an_identity_number() -> None:
    shape = Draft202012Validator(IdentityNumber(title=said("Value"), required=True).schema("en"))
    assert shape.is_valid("37010219900101001X")
    assert not shape.is_valid("3701021990010100")
