"""What the applications must tell, what of it must not lie open, and on which days they contradict themselves.

Sources: 法律援助文书格式 2, 4 (name, matter); 劳动争议调解仲裁法 27, 28; 个人信息保护法 28 (who somebody is, the
account, health and whereabouts), and what people tell of themselves in their own words.
"""

from typing import Any, Final

import pytest

from casework.forms import Form, data_rights
from casework.rules.refusals import Invalid
from casework.workflows.hardship_aid import intake as hardship
from casework.workflows.hardship_aid import steps
from casework.workflows.legal_aid import intake as legal
from tests.story import Story

# The form; what cannot be left out; what is sealed; what cannot lie in the future.
FORMS: Final[list[tuple[type[Form], str, str, str]]] = [
    (
        legal.Applicant,
        "name",
        "document_number identity_number phone other_contact birth_date residence address health safe_contact"
        " ethnicity work_unit occupation",
        "birth_date",
    ),
    (legal.Agent, "name relation", "phone relation", ""),
    (legal.Representative, "name", "identity_number phone", ""),
    (legal.Means, "", "assets debts", ""),
    (legal.Arrears, "month amount", "", "month"),
    (legal.Contractor, "name link", "address phone", ""),
    (legal.Demand, "kind", "note", ""),
    (legal.Evidence, "name", "name proves", ""),
    (legal.Suspension, "begins reason", "reason", "begins ends"),
    (legal.Employment, "", "", "started_on ended_on injured_on diagnosed_on"),
    (
        legal.LegalAidIntake,
        "applicant matter",
        "story reason matter matter_other no_hardship_condition no_representatives other_urgency exemption_proof",
        "known_on",
    ),
    (
        hardship.Applicant,
        "name",
        "document_number identity_number phone other_contact birth_date health disability_kind disability_level"
        " address safe_contact ethnicity work_state industry union_card worker_number",
        "birth_date joined_work_on",
    ),
    (
        hardship.Member,
        "name",
        "document_number identity_number relation_other no_number_because birth_date phone health"
        " ethnicity work_state school_or_unit education",
        "birth_date contract_since",
    ),
    (hardship.Bank, "", "account", ""),
    (hardship.Platform, "", "platform", "since"),
    (steps.Propose, "finding", "ground finding", ""),
    (data_rights.AnswerData, "answer", "reasons done", ""),
    (hardship.HardshipIntake, "applicant", "medical_own_share", ""),
]
# What may be unknown at first, and must be known by then.
LATER: Final[list[tuple[type[Form], dict[str, str]]]] = [
    (legal.Applicant, {"identity_number": "grant", "phone": "assign"}),
    (legal.LegalAidIntake, {"story": "propose"}),
    (hardship.Applicant, {"identity_number": "propose"}),
]
JOB: Final = {"started_on": "2020-03-02", "ended_on": "2026-02-27", "still_employed": False}


def name_of(form: type[Form]) -> str:
    return f"{form.__module__.split('.')[-2]}-{form.__name__}"


@pytest.mark.parametrize(
    ("form", "required", "sealed", "past"), [pytest.param(*row, id=name_of(row[0])) for row in FORMS]
)
def test_what_a_form_asks_and_seals(form: type[Form], required: str, sealed: str, past: str) -> None:
    fields = dict(form.form_fields())
    assert {name for name, field in fields.items() if field.required} == set(required.split())
    assert {name for name, field in fields.items() if field.sensitive} == set(sealed.split())
    assert {name for name, field in fields.items() if getattr(field, "past", False)} == set(past.split())


@pytest.mark.parametrize(("form", "by"), [pytest.param(*row, id=name_of(row[0])) for row in LATER])
def test_what_may_follow_and_until_when(form: type[Form], by: dict[str, str]) -> None:
    assert {name: field.needed_by for name, field in form.form_fields() if field.needed_by} == by


def faults(**given: Any) -> list[str]:
    """The codes with which an application of 2 March 2026 is refused; none where it is taken in."""
    try:
        Story("2026-03-02 09:00").opened(**({"arrears": None} | given))
    except Invalid as refused:
        return [fault.code for fault in refused.faults]
    return []


@pytest.mark.parametrize(
    ("employment", "code"),
    [
        ({"ended_on": "2020-03-02"}, None),  # somebody who left on the first day
        ({"ended_on": "2020-03-01"}, "ends_before_it_starts"),
        ({"still_employed": True}, "employed_and_left"),
        ({"injured_on": "2020-03-02"}, None),
        ({"injured_on": "2020-03-01"}, "injured_before_employed"),
        ({"injured_on": "2026-02-27"}, None),
        ({"injured_on": "2026-02-28"}, "injured_after_leaving"),
        ({"diagnosed_on": "2020-03-02"}, None),
        ({"diagnosed_on": "2020-03-01"}, "diagnosed_before_employed"),
        ({"diagnosed_on": "2026-03-01"}, None),  # a disease may show after the work has ended
    ],
)
def test_the_days_of_a_job(employment: dict[str, Any], code: str | None) -> None:
    assert faults(matter="work_injury", exemption=None, employment=JOB | employment) == ([code] if code else [])


@pytest.mark.parametrize(
    ("month", "code"),
    [
        ("2020-03", None),
        ("2020-02", "arrears_outside_employment"),
        ("2026-02", None),
        ("2026-03", "arrears_outside_employment"),
    ],
)
def test_pay_is_owed_for_months_of_the_job(month: str, code: str | None) -> None:
    owed = [{"month": month, "amount": "0.01"}]
    assert faults(employment=JOB, arrears=owed) == ([code] if code else [])


def test_every_month_lies_within_the_job() -> None:
    def owed(*months: str) -> list[str]:
        return faults(employment=JOB, arrears=[{"month": month, "amount": "1.00"} for month in months])

    assert owed("2020-02", "2021-01") == ["arrears_outside_employment"]
    assert owed("2021-01", "2026-03") == ["arrears_outside_employment"]


@pytest.mark.parametrize(("born", "code"), [("2020-03-01", None), ("2020-03-02", "employed_before_born")])
def test_nobody_works_before_the_birth(born: str, code: str | None) -> None:
    person = {"identity_number": None, "birth_date": born, "sex": None}
    assert faults(applicant=person, employment=JOB) == ([code] if code else [])


@pytest.mark.parametrize(
    ("matter", "code"), [("wages", None), ("work_injury", None), ("personal_injury", "contractor_of_nobody")]
)
def test_a_contractor_answers_in_labour_matters(matter: str, code: str | None) -> None:
    given = {"employment": None, "exemption": None, "contractor": {"name": "示例建筑公司", "link": "subcontracted"}}
    assert faults(matter=matter, **given) == ([code] if code else [])


@pytest.mark.parametrize(("amount", "code"), [("0.01", None), ("0.00", "nothing_owed")])
def test_something_is_owed(amount: str, code: str | None) -> None:
    assert faults(employment=JOB, arrears=[{"month": "2026-01", "amount": amount}]) == ([code] if code else [])


def test_a_month_is_listed_once() -> None:
    twice = [{"month": "2026-01", "amount": "1.00"}, {"month": "2026-01", "amount": "2.00"}]
    assert faults(employment=JOB, arrears=twice) == ["month_twice"]


@pytest.mark.parametrize(
    ("months", "path"),
    [
        (("2026-01", "2026-02", "2026-01"), "arrears.2.month"),
        (("2026-01", "2026-03"), "arrears.1.month"),
        (("2020-02", "2026-01"), "arrears.0.month"),
    ],
)
def test_what_is_wrong_with_the_months_is_told_of_its_row(months: tuple[str, ...], path: str) -> None:
    owed = [{"month": month, "amount": "1.00"} for month in months]
    with pytest.raises(Invalid) as refused:
        Story("2026-03-02 09:00").opened(employment=JOB, arrears=owed)
    assert [fault.path for fault in refused.value.faults] == [path]


@pytest.mark.parametrize(("ends", "code"), [("2025-06-02", None), ("2025-06-01", "ends_before_it_begins")])
def test_a_suspension_ends_after_it_begins(ends: str, code: str | None) -> None:
    stretch = [{"begins": "2025-06-02", "ends": ends, "reason": "住院治疗"}]
    assert faults(employment=JOB, suspensions=stretch) == ([code] if code else [])
