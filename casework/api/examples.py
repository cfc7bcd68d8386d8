"""What a transition needs, as a schema whose example is accepted now, for this case and this caller."""

from random import Random, SystemRandom
from typing import Any, Final

from casework.forms.example_data import ExampleData
from casework.forms.form import form_of, intake_of
from casework.forms.json_schema import json_schema
from casework.forms.texts import OneUser
from casework.records import offices, people
from casework.records.rows import StoredCase
from casework.rules.context import DecisionContext
from casework.rules.decide import Offer
from casework.rules.grammar import Needs, Workflow
from casework.rules.people import HELPERS, STAFF
from casework.rules.rights import may_help
from casework.work.forms import SteppingIn
from casework.work.service import Transaction

_CHANCE: Final = SystemRandom()
_NOTHING: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {},
    "required": [],
    "additionalProperties": False,
}


def needs_schema(tx: Transaction, record: StoredCase, office: DecisionContext, offer: Offer) -> dict[str, Any]:
    """The self-contained schema of the body, `{}` where nothing is needed."""
    form = offer.transition.needs
    edge = offer.transition
    had = record.case.taken[edge.name].given.get("passed_by", ()) if edge.name in record.case.taken else ()
    more = {"other_org": offices.another(tx.db, record.case.org_path, had)} if edge.transfers else {}
    # The same case, caller and step have the same example, however often it is read.
    chance = Random(f"{record.case.id}/{record.case.version}/{tx.acting.id}/{edge.name}")
    example_data = ExampleData(
        office.calendar.local_date(tx.now),
        chance,
        _users(tx, record) if _names_users(form) else {},
        facts=record.case.facts,
        funds=tuple(office.funds),
        caller=tx.acting.id,
        language=tx.language,
        **more,
    )
    if form is None:
        schema = {**_NOTHING, "examples": [{}]}
    else:
        schema = json_schema(form_of(form), tx.language, form_of(form).example(example_data))
    return _with_reason(tx, schema, example_data) if offer.needs_reason else schema


def _with_reason(tx: Transaction, schema: dict[str, Any], example_data: ExampleData) -> dict[str, Any]:
    """A supervisor who does a colleague's work says why: in the form's own field where it has one."""
    reason = SteppingIn.schema(tx.language)["properties"]
    return {
        **schema,
        "properties": {**reason, **schema["properties"]},
        "required": [*dict.fromkeys((*schema["required"], *reason))],
        "examples": [{**SteppingIn.example(example_data), **schema["examples"][0]}],
    }


def _names_users(form: type[Needs] | None) -> bool:
    return form is not None and any(isinstance(field, OneUser) for _, field in form_of(form).form_fields())


def _users(tx: Transaction, record: StoredCase) -> dict[str, Any]:
    """A user for each role that a form may name, nearest first."""
    near = people.helpers_near(tx.db, record.case.org_path)
    staff = people.staff_above(tx.db, record.case.org_path, STAFF)
    found: dict[str, Any] = {}
    for person in (*near, *staff):
        if person.role not in HELPERS or may_help(person, record.case):
            found.setdefault(person.role.value, person.id)
    return found


def intake_schema(tx: Transaction, workflow: Workflow) -> dict[str, Any]:
    """The intake form with the facts of an invented person, another at each reading: two cases are of two people."""
    form = intake_of(workflow)
    return json_schema(form, tx.language, form.example(ExampleData(tx.today, _CHANCE, language=tx.language)))
