"""Every field says in both languages what is asked and how it is answered; applicants are asked what they can know."""

import json
import re
from typing import Any

import pytest

from casework.forms.asking import Application, field_at
from casework.forms.form import Form, Many, Nested, declared, form_of, intake_of
from casework.forms.json_schema import json_schema
from casework.forms.posted import from_posted
from casework.forms.texts import Choice
from casework.rules.people import Role
from casework.rules.text import Text
from casework.work import workflow_registry

WORKFLOWS = workflow_registry.latest()
HAN = re.compile(r"[㐀-鿿]")
# What these may hold is told by nothing but their words.
OPEN_TO_ALL = ("line", "text", "count", "code", "rows")


def forms() -> dict[type[Form], bool]:
    """The forms of all programmes, and whether applicants fill them in."""
    found: dict[type[Form], bool] = {}
    for workflow in WORKFLOWS:
        found[intake_of(workflow)] = True
        for edge in workflow.transitions:
            if edge.needs:
                form = form_of(edge.needs)
                found[form] = found.get(form, False) or Role.APPLICANT in edge.by
    return found


FORMS = forms()
FIELDS = [
    pytest.param(form, path, field, by_applicants, id=f"{form.__module__.split('.')[2]}-{form.__name__}-{path}")
    for form, by_applicants in FORMS.items()
    for path, field in declared(form)
    if not path.endswith("*")
]


def of_office(form: type[Form], path: str) -> bool:
    """Whether the field, or a group or list above it, is for the office to know."""
    fields = dict(declared(form))
    steps = path.split(".")
    above = (fields.get(".".join(steps[: at + 1])) for at in range(len(steps)))
    return any(one is not None and one.asked_of == "office" for one in above)


def said_in_both(text: Text | None) -> bool:
    return text is not None and bool(HAN.search(text.zh)) and bool(text.en.strip()) and not HAN.search(text.en)


@pytest.mark.parametrize(("form", "path", "field", "by_applicants"), FIELDS)
def test_a_field_has_its_words_in_both_languages(form: type[Form], path: str, field: Any, by_applicants: bool) -> None:
    assert said_in_both(field.title)
    assert said_in_both(field.question)
    assert said_in_both(field.hint)
    if by_applicants and not of_office(form, path):
        assert said_in_both(field.ask), "applicants are asked in words of their own"
    if field.kind in OPEN_TO_ALL and type(field).__name__ in (
        "Line",
        "LongText",
        "PublicLine",
        "Count",
        "Code",
        "Many",
    ):
        assert said_in_both(field.help), "nothing but its own words says how this is filled in"


@pytest.mark.parametrize(("form", "path", "field", "by_applicants"), FIELDS)
def test_what_a_field_hangs_on_is_there(form: type[Form], path: str, field: Any, by_applicants: bool) -> None:
    del by_applicants
    fields = dict(declared(form))
    if field.shown_when:
        beside = f"{path.rpartition('.')[0]}.{field.shown_when.path}".lstrip(".")
        other = fields.get(beside) or fields[field.shown_when.path]
        known = other.options if isinstance(other, Choice) else {"true": "", "false": ""}
        assert field.shown_when.values <= known.keys()
    if isinstance(field, Many) and isinstance(field.item, Nested):
        rows = field.item.form.field_names()
        assert field.sums is None or field.sums in rows
        assert field.offers is None or {field.offers.key, *field.offers.beside} <= rows
    if isinstance(field, Choice) and "other" in field.options and len(field.options) > 12:
        note = f"{path.rpartition('.')[0]}.note".lstrip(".")
        assert note in fields or any(one.shown_when and one.shown_when.values == {"other"} for one in fields.values())


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda one: one.key)
def test_each_field_of_an_intake_stands_in_one_section(workflow: Any) -> None:
    form = intake_of(workflow)
    paths = [path for section in form.sections for path in section.paths]
    assert [path for path in paths if field_at(form, path) is None] == []
    for name, field in form.form_fields():
        inner = [f"{name}.{one}" for one in field.form.field_names()] if isinstance(field, Nested) else []
        cut = any(path.startswith(f"{name}.") for path in paths)
        for path in inner if cut else [name]:
            assert paths.count(path) == 1, path
    assert json_schema(form, "en")["x-sections"][0]["fields"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda one: one.key)
def test_applicants_are_not_asked_what_only_the_office_knows(workflow: Any) -> None:
    form = intake_of(workflow)
    asked = [ask.path for part in workflow.application.of(form) for ask in part.asks]
    derived = [ask.path for part in Application(Text("", ""), Text("", "")).of(form) for ask in part.asks]
    assert [path for path in (*asked, *derived) if of_office(form, path)] == []
    for name in ("proceedings", "exclusions", "dossier_kind", "papers", "consent_to_check", "consent_sensitive"):
        if name in form.field_names():
            assert form.instance().field(name).asked_of == "office"


def test_the_schema_says_what_a_page_needs() -> None:
    schema = json_schema(intake_of(workflow_registry.newest("legal_aid")), "en")["properties"]
    arrears = schema["arrears"]
    assert arrears["x-shown-when"] == {"path": "matter", "values": ["wages"]}
    assert arrears["x-offers"]["months"] == 8
    assert arrears["x-sum"] == "amount"
    pay = schema["employment"]["properties"]["monthly_pay"]
    assert (pay["title"], pay["x-unit"], pay["x-input-mode"]) == ("Monthly pay", "yuan", "decimal")
    assert pay["x-ask"] == "What pay a month was agreed?"
    assert schema["matter"]["x-groups"][0]["values"][0] == "wages"
    assert schema["proceedings"]["x-asked-of"] == "office"
    assert "x-asked-of" not in schema["story"]
    assert schema["applicant"]["properties"]["phone"]["x-autocomplete"] == "tel"
    json.dumps(schema)


def test_an_amount_beside_an_offered_month_means_that_month() -> None:
    form = intake_of(workflow_registry.newest("legal_aid"))
    posted = {
        "arrears.0.offered": ["2026-11"],
        "arrears.0.amount": ["6500元"],
        "arrears.1.offered": ["2026-10"],
        "arrears.1.amount": [""],
        "arrears.2.offered": ["2026-09"],
        "arrears.2.month": ["2026-09"],
        "arrears.2.amount": ["3,000"],
    }
    assert from_posted(form, posted)["arrears"] == [
        {"month": "2026-11", "amount": "6500"},
        {"month": "2026-09", "amount": "3000"},
    ]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda one: one.key)
def test_each_policy_is_called_by_words(workflow: Any) -> None:
    assert [name for name in workflow.policy_kinds if not said_in_both(workflow.title_of_policy(name))] == []
