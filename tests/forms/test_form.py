"""A form names all its faults at once, keeps its rules, and survives every JSON value."""

import ast
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema

import casework.forms
from casework.forms import Day, Form, Line, needed_by, rule
from casework.forms.field import FormField
from casework.forms.validation_errors import MOST_FAULTS, SENTENCES
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import LANGUAGES, Text
from tests.forms.sample import ANY_JSON, TODAY, EmploymentForm, Intake, invented, outcome, places, said, with_value_at


def faults_of(form: type[Form], payload: Any) -> tuple[Fault, ...]:
    with pytest.raises(Invalid) as said_no:
        form.check(payload, today=TODAY)
    return said_no.value.faults


def accepted_again_or_told_why(payload: Any) -> None:
    clean, faults = outcome(payload)
    for fault in faults:
        f"{fault.path} {fault.code}".encode()
        assert all(fault.text.in_(language).encode() for language in LANGUAGES)
    if not faults:
        stored = json.loads(json.dumps(Intake.plain(clean), ensure_ascii=False).encode())
        assert Intake.check(stored, today=TODAY) == clean


@settings(max_examples=150, deadline=None)
@given(payload=ANY_JSON)
def test_any_json_is_taken_or_refused_in_sentences(payload: Any) -> None:
    accepted_again_or_told_why(payload)


@settings(max_examples=400, deadline=None)
@given(data=st.data(), value=ANY_JSON, seed=st.integers(0, 50))
def test_any_json_in_any_place_of_a_good_form_is_taken_or_refused_in_sentences(
    data: st.DataObject, value: Any, seed: int
) -> None:
    payload = invented(seed)
    place = data.draw(st.sampled_from(places(payload)))
    accepted_again_or_told_why(with_value_at(payload, place, value))


def test_a_deep_nest_is_refused_like_any_wrong_value() -> None:
    nest: Any = []
    for _ in range(5000):
        nest = [nest]
    payload = invented(1) | {"story": nest, "members": nest, "applicant": {"name": nest}}
    assert ("story", "not_text") in [(fault.path, fault.code) for fault in faults_of(Intake, payload)]


def test_all_wrong_fields_are_named_at_once_in_the_order_of_the_form() -> None:
    payload = invented(1)
    payload["applicant"]["identity_number"] = "370102199001010019"
    payload["arrears"].append({"month": "2026-13", "amount": 1.5, "from": "x"})
    payload["colour"] = "red"
    payload["people"] = 0
    assert [(fault.path, fault.code) for fault in faults_of(Intake, payload)] == [
        ("applicant.identity_number", "checksum"),
        ("arrears.1.month", "month"),
        ("arrears.1.amount", "money_float"),
        ("people", "count_range"),
        ("arrears.1.from", "unknown"),
        ("colour", "unknown"),
    ]


def test_a_hostile_key_is_echoed_short_and_encodable() -> None:
    (fault,) = faults_of(EmploymentForm, {"employer": "Lu Feng", "\ud800\x00" + "k" * 500: 1})
    assert fault.path == "\ufffd\ufffd" + "k" * 58 + "…"


def test_a_flood_of_unknown_fields_is_answered_with_a_hundred_faults() -> None:
    assert len(faults_of(Intake, {f"x{number}": 1 for number in range(5000)})) == MOST_FAULTS


def test_unknown_values_are_left_out_whether_absent_null_or_blank() -> None:
    clean = EmploymentForm.check({"employer": "Lu Feng", "ended_on": None, "started_on": ""}, today=TODAY)
    assert clean == {"employer": "Lu Feng"}


def test_a_rule_across_fields_names_its_place() -> None:
    payload = invented(1)
    payload["employment"] |= {"started_on": "2025-05-02", "ended_on": "2025-05-01"}
    (fault,) = faults_of(Intake, payload)
    assert (fault.path, fault.code) == ("employment.ended_on", "ends_before_it_starts")
    assert fault.text.en == "Work ended before it started."


def test_a_rule_is_asked_although_another_field_is_wrong() -> None:
    payload = invented(1)
    payload["employment"] |= {"started_on": "2025-05-02", "ended_on": "2025-05-01", "weekly_hours": 999}
    assert [fault.path for fault in faults_of(Intake, payload)] == [
        "employment.weekly_hours",
        "employment.ended_on",
    ]


def test_a_rule_is_not_asked_about_a_field_that_is_wrong_by_itself() -> None:
    payload = invented(1)
    payload["applicant"]["member_number"] = "no number!"
    assert [(fault.path, fault.code) for fault in faults_of(Intake, payload)] == [("applicant.member_number", "code")]


@pytest.mark.parametrize("unknown", [None, "", "  "])
def test_a_rule_about_an_unknown_value_is_asked_however_it_is_left_out(unknown: str | None) -> None:
    payload = invented(1)
    payload["applicant"]["member_number"] = unknown
    (fault,) = faults_of(Intake, payload)
    assert (fault.path, fault.code) == ("applicant.member_number", "member_number_missing")


def test_a_rule_that_mentions_no_field_stops_the_form_from_being_built() -> None:
    class Misspelt(Form):
        start = Day(title=said("Start"))

        @rule("late", said("Late."), at="strat")
        def holds(self, start: date) -> bool:
            return start.year > 2000

    with pytest.raises(ValueError, match="Misspelt: rule late mentions strat"):
        Misspelt.field_names()


def test_each_thread_checks_with_its_own_today() -> None:
    class Past(Form):
        day = Day(past=True, required=True, title=said("Day"))

    def right(number: int) -> bool:
        today = TODAY + timedelta(days=number)
        Past.check({"day": today.isoformat()}, today=today)
        with pytest.raises(Invalid):
            Past.check({"day": (today + timedelta(days=1)).isoformat()}, today=today)
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(right, range(200)))


def test_what_may_follow_is_asked_for_by_its_transition() -> None:
    assert [path for path, _ in needed_by(Intake, "grant")] == [
        "employment.monthly_wage",
        "members.*.identity_number",
    ]
    payload = invented(1)
    del payload["employment"]["monthly_wage"]
    payload["members"] = [{"name": "王秀英"}, payload["members"][0]]
    facts = Intake.plain(Intake.check(payload, today=TODAY))
    assert [path for path, _ in Intake.missing(facts, "grant")] == [
        "employment.monthly_wage",
        "members.0.identity_number",
    ]
    assert Intake.missing(facts, "pay") == []


def test_a_group_that_is_not_there_lacks_nothing() -> None:
    payload = invented(1)
    del payload["employment"]
    payload["members"] = []
    assert Intake.missing(Intake.plain(Intake.check(payload, today=TODAY)), "grant") == []


def test_a_form_is_built_once() -> None:
    assert Intake.instance() is Intake.instance()
    assert Intake.instance() is not EmploymentForm.instance()


def test_a_field_may_be_called_as_a_method_of_forms_is() -> None:
    class Clash(Form):
        check = Line(title=said("Cheque"))  # type: ignore[assignment]
        fields = Line(title=said("Fields"))  # type: ignore[assignment]
        rules = Line(title=said("Rules"))  # type: ignore[assignment]

    assert Clash.check({"check": "a", "fields": "b"}, today=TODAY) == {"check": "a", "fields": "b"}


def every_field_class(base: type[FormField] = FormField) -> list[type[FormField]]:
    return [base, *(one for child in base.__subclasses__() for one in every_field_class(child))]


def test_every_error_of_every_field_has_a_sentence_in_both_languages() -> None:
    codes = {code for kind in every_field_class() for one in kind.__mro__ for code in _messages(one)}
    codes |= {code for code in Schema().error_messages if code != "invalid"}
    assert codes <= SENTENCES.keys()
    assert all(isinstance(text, Text) and text.zh and text.en for text in SENTENCES.values())


def _messages(kind: type) -> Mapping[str, Any]:
    return getattr(kind, "default_error_messages", {})


def test_every_code_that_a_field_says_is_in_the_catalogue_and_no_other() -> None:
    folder = Path(casework.forms.__file__).parent
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.glob("*.py")]
    calls = [
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", None) == "wrong" or getattr(node.func, "id", None) == "fault")
    ]
    said_codes = {
        part.value
        for call in calls
        for part in ast.walk(call.args[0])
        if isinstance(part, ast.Constant) and part.value in SENTENCES
    }
    from_marshmallow = {"null", "validator_failed"}
    assert said_codes == SENTENCES.keys() - from_marshmallow
