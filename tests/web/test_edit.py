"""Facts are corrected on a page: a mask sent back changes nothing, and nothing sealed is lost or shown."""

import re
from html import unescape
from html.parser import HTMLParser
from random import Random
from typing import Any

import pytest

from casework.forms.example_data import ExampleData
from casework.forms.form import intake_of
from casework.forms.patch import merge_patch
from casework.forms.posted import correction_from_posted
from casework.records import cases as records
from casework.rules.grammar import Workflow
from casework.web.widgets import Filled, Widget, widgets
from casework.work import workflow_registry
from casework.work.sealing import full_facts
from tests.web.conftest import Pages, Visitor
from tests.web.test_desk import as_user
from tests.web.test_sensitive import _IDENTITY
from tests.web.test_steps import state_of, taken_up

WORKFLOWS = workflow_registry.latest()


def sent_back(fields: list[Widget]) -> dict[str, list[str]]:
    """What a browser posts of a form in which nobody has changed anything."""
    found: dict[str, list[str]] = {}
    for one in fields:
        if one.fields:
            found |= sent_back(list(one.fields))
        for row in one.rows:
            found |= sent_back(list(row))
        if one.values:
            found[one.path] = list(one.values)
        elif one.options:
            found[one.path] = [option.value for option in one.options if option.chosen]
        elif one.kind not in ("group", "rows"):
            found[one.path] = [one.value]
    return found


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda one: one.key)
@pytest.mark.parametrize("seed", range(12))
def test_a_form_that_is_sent_back_untouched_says_what_it_showed(pages: Pages, workflow: Workflow, seed: int) -> None:
    form = intake_of(workflow)
    with pages.service.transaction() as tx:
        today = tx.today
    clean = form.check(form.example(ExampleData(today, Random(seed))), today=today)
    shown, _ = form.split(clean)
    patch = correction_from_posted(form, sent_back(widgets(form, Filled(shown), "facts")), shown, "facts")
    full = form.plain(clean)
    assert form.check(merge_patch(form, full, patch), today=today) == clean


class _Fields(HTMLParser):
    """The fields of a page as a browser would post them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.text: str | None = None
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        one = dict(attrs)
        if tag == "input" and one.get("name") and (one.get("type") not in ("radio", "checkbox") or "checked" in one):
            self.found.append((one["name"], one.get("value") or ""))
        elif tag == "textarea":
            self.text = one["name"]
        elif tag == "select":
            self.select = one["name"]
        elif tag == "option" and "selected" in one and self.select:
            self.found.append((self.select, one["value"] or ""))

    def handle_data(self, data: str) -> None:
        if self.text:
            self.found.append((self.text, data))
            self.text = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.text = None


def form_of_page(visitor: Visitor, number: str) -> dict[str, list[str]]:
    answer = visitor.get(f"/cases/{number}/edit")
    assert answer.status_code == 200
    assert not _IDENTITY.search(answer.text)
    parser = _Fields()
    parser.feed(answer.text.split('class="move"')[1].split("</form>")[0])
    fields: dict[str, list[str]] = {}
    for name, value in parser.found:
        fields.setdefault(name, []).append(unescape(value))
    fields.pop("anti-forgery")
    return fields


def facts(pages: Pages, number: str) -> dict[str, Any]:
    with pages.service.transaction() as tx:
        as_user(pages, tx, "caseworker")
        case_id = records.id_of(tx.db, number)
        assert case_id is not None
        record = records.get(tx.db, case_id, tx.person)
        return full_facts(tx, record, intake_of(workflow_registry.pinned(record.case)))


def test_one_fact_is_corrected_and_all_else_stays(pages: Pages) -> None:
    visitor, number = taken_up(pages)
    before = facts(pages, number)
    fields = form_of_page(visitor, number)
    assert "***" in str(fields["facts.story"])
    fields["facts.applicant.phone"] = ["13900001234"]
    answer = visitor.post(f"/cases/{number}/edit", **fields)
    assert answer.status_code == 303, re.findall(r'class="summary".*?</div>', answer.text, re.DOTALL)
    after = facts(pages, number)
    assert after["applicant"].pop("phone") == "13900001234"
    before["applicant"].pop("phone")
    assert after == before
    assert "更正案情" in visitor.get(f"/cases/{number}").text


def test_what_is_wrong_is_said_at_its_field_and_changes_nothing(pages: Pages) -> None:
    visitor, number = taken_up(pages)
    before, version = facts(pages, number), state_of(pages, number)
    fields = form_of_page(visitor, number)
    answer = visitor.post(f"/cases/{number}/edit", **fields | {"facts.applicant.phone": ["12"]})
    assert answer.status_code == 422
    assert 'href="#f-facts-applicant-phone"' in answer.text
    assert 'id="f-facts-applicant-phone"' in answer.text
    fields["version"] = ["1"]
    stale = visitor.post(f"/cases/{number}/edit", **fields)
    assert stale.status_code == 412
    assert 'id="meanwhile-h"' in stale.text
    del fields["version"]
    assert visitor.post(f"/cases/{number}/edit", **fields).status_code == 412
    assert (facts(pages, number), state_of(pages, number)) == (before, version)


def test_a_supervisor_says_why_a_colleagues_case_is_corrected(pages: Pages) -> None:
    visitor, number = taken_up(pages)
    assert f"/cases/{number}/edit" in visitor.get(f"/cases/{number}").text
    supervisor = pages.signed_in("supervisor")
    fields = form_of_page(supervisor, number)
    fields["facts.applicant.phone"] = ["13900001234"]
    answer = supervisor.post(f"/cases/{number}/edit", **fields)
    assert answer.status_code == 422
    assert 'href="#f-reason"' in answer.text
    assert supervisor.post(f"/cases/{number}/edit", **fields | {"reason": ["经办人请假"]}).status_code == 303
    assert facts(pages, number)["applicant"]["phone"] == "13900001234"
