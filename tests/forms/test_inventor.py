"""An example speaks of one invented person whose numbers agree."""

from datetime import date
from random import Random

import pytest

from casework.forms import ExampleData
from casework.forms.form import form_of, intake_of
from casework.rules.grammar import Workflow
from casework.rules.identifiers import check_identity_number, check_phone
from casework.work import workflow_registry
from tests.english import chinese_in
from tests.forms.sample import LAWYER, TODAY, Intake, invented


def test_an_invented_person_agrees_with_the_identity_number() -> None:
    for seed in range(50):
        person = ExampleData(TODAY, Random(seed)).person
        read = check_identity_number(person.identity_number, TODAY)
        assert (read.birth_date, read.sex) == (person.birth_date, person.sex)
        assert check_phone(person.phone).kind == "mobile"


def test_the_rows_of_an_example_are_other_people_than_the_applicant() -> None:
    example = invented(3)
    assert example["members"][0]["identity_number"] != example["applicant"]["identity_number"]


def test_the_same_seed_gives_the_same_example_and_another_seed_another_person() -> None:
    assert invented(5) == invented(5)
    assert invented(5)["applicant"]["identity_number"] != invented(6)["applicant"]["identity_number"]


def test_an_example_names_the_user_that_the_caller_may_name() -> None:
    assert invented(1)["lawyer"] == LAWYER


def test_an_example_made_on_any_day_is_accepted_on_that_day() -> None:
    for day in (date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 1)):
        Intake.check(Intake.example(ExampleData(day, Random(1))), today=day)


@pytest.mark.parametrize("workflow", workflow_registry.latest(), ids=lambda one: one.key)
def test_in_english_people_write_english(workflow: Workflow) -> None:
    needed = [form_of(edge.needs) for edge in workflow.transitions if edge.needs is not None]
    for form in (intake_of(workflow), *needed):
        example = form.example(ExampleData(TODAY, Random(1), language="en"))
        assert [*chinese_in(example)] == [], form.__name__
