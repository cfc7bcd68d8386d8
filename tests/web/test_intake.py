"""A case is taken in on one page; what was typed and not sent is kept sealed and comes back."""

import re
from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from casework.forms.example_data import ExampleData
from casework.forms.form import intake_of
from casework.forms.posted import from_posted
from casework.records import drafts
from casework.work import workflow_registry
from casework.work.drafts import KEPT_FOR
from tests.web.conftest import Pages, Visitor

WORKFLOWS = workflow_registry.latest()


def example(pages: Pages, workflow: Any) -> dict[str, Any]:
    with pages.service.transaction() as tx:
        today = tx.today
    facts: dict[str, Any] = intake_of(workflow).example(ExampleData(today, Random(uuid4().int)))
    return facts


def posted(value: Any, path: str) -> dict[str, list[str]]:
    """What a page posts of a JSON value."""
    if isinstance(value, Mapping):
        return {k: v for name, inner in value.items() for k, v in posted(inner, f"{path}.{name}").items()}
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return {k: v for at, row in enumerate(value) for k, v in posted(row, f"{path}.{at}").items()}
    values = value if isinstance(value, list) else [value]
    return {path: [str(one).lower() if isinstance(one, bool) else str(one) for one in values]}


def began(pages: Pages, workflow: Any, who: str = "caseworker") -> tuple[Visitor, str]:
    visitor = pages.signed_in(who)
    text = visitor.get(f"/cases/new/{workflow.key}").text
    found = re.search(r'name="once" value="([^"]+)"', text)
    assert found
    return visitor, found[1]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda one: one.key)
def test_what_the_page_posts_is_what_the_form_reads(pages: Pages, workflow: Any) -> None:
    for _ in range(5):
        facts = example(pages, workflow)
        form = intake_of(workflow)
        with pages.service.transaction() as tx:
            read = form.check(from_posted(form, posted(facts, "facts"), "facts"), today=tx.today)
            assert read == form.check(facts, today=tx.today)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda one: one.key)
def test_a_case_is_taken_in_once_however_often_one_clicks(pages: Pages, workflow: Any) -> None:
    visitor, once = began(pages, workflow)
    fields = posted(example(pages, workflow), "facts") | {"org": ["370100"], "channel": ["walk_in"], "once": [once]}
    locations = {visitor.post(f"/cases/new/{workflow.key}", **fields).location for _ in range(2)}
    [location] = locations
    assert re.fullmatch(r"/cases/[A-Z]+-\d{4}-\d+", location)
    assert visitor.get(location).status_code == 200


def test_what_is_wrong_is_told_by_section_and_everything_typed_stays(pages: Pages) -> None:
    workflow = workflow_registry.newest("legal_aid")
    visitor, once = began(pages, workflow)
    fields = posted(example(pages, workflow), "facts") | {"org": ["370100"], "once": [once]}
    fields["facts.applicant.identity_number"] = ["370102199001010000"]
    answer = visitor.post("/cases/new/legal_aid", **fields)
    assert answer.status_code == 422
    assert "申请人：身份证件号码" in answer.text
    assert 'value="370102199001010000"' in answer.text
    for name in ("facts.applicant.name", "facts.employer.name"):
        assert f'value="{fields[name][0]}"' in answer.text
    links = re.findall(r'<li><a href="#(f-[^"]+)">', answer.text)
    assert len(links) == 2
    assert all(f'id="{link}"' in answer.text for link in links)


def test_the_same_request_again_is_told_and_opened_with_a_reason(pages: Pages) -> None:
    workflow = workflow_registry.newest("legal_aid")
    facts = posted(example(pages, workflow), "facts") | {"org": ["370100"], "channel": ["walk_in"]}
    visitor, once = began(pages, workflow)
    first = visitor.post("/cases/new/legal_aid", **facts, once=once).location
    visitor, once = began(pages, workflow)
    again = visitor.post("/cases/new/legal_aid", **facts, once=once)
    assert again.status_code == 409
    assert f'href="{first}"' in again.text
    assert 'name="duplicate_reason"' in again.text
    answer = visitor.post("/cases/new/legal_aid", **facts, once=once, duplicate_reason="另一工程的欠薪")
    assert answer.status_code == 303
    assert answer.location != first


def test_a_draft_is_sealed_comes_back_and_is_gone_when_sent(pages: Pages) -> None:
    workflow = workflow_registry.newest("legal_aid")
    visitor, once = began(pages, workflow, "caseworker-qd")
    name = "王秀英"
    kept = visitor.post("/drafts", subject="new legal_aid", **{"facts.applicant.name": name})
    assert re.fullmatch(r"\d\d:\d\d", kept.text)
    with pages.service.transaction() as tx:
        rows = tx.db.run("select owner, subject, sealed from drafts where subject = 'new legal_aid'").all()
    assert all(name.encode() not in row.sealed for row in rows)
    text = visitor.get("/cases/new/legal_aid").text
    assert f'value="{name}"' in text
    assert "接着上次没有提交的内容" in text
    assert f'value="{name}"' not in pages.signed_in("caseworker").get("/cases/new/legal_aid").text

    fields = posted(example(pages, workflow), "facts") | {"org": ["370200"], "channel": ["walk_in"], "once": [once]}
    assert visitor.post("/cases/new/legal_aid", **fields).status_code == 303
    assert "接着上次没有提交的内容" not in visitor.get("/cases/new/legal_aid").text


def test_a_draft_is_dropped_on_request_and_after_thirty_days(pages: Pages) -> None:
    visitor = pages.signed_in("caseworker-qd")
    visitor.get("/cases/new/hardship_aid")
    visitor.post("/drafts", subject="new hardship_aid", **{"facts.applicant.name": "王秀英"})
    visitor.post("/drafts/drop", subject="new hardship_aid", next="/cases/new/hardship_aid")
    assert "王秀英" not in visitor.get("/cases/new/hardship_aid").text
    visitor.post("/drafts", subject="new hardship_aid", **{"facts.applicant.name": "王秀英"})
    with pages.service.transaction() as tx:
        tx.db.run("update drafts set at = at - :past", past=KEPT_FOR + timedelta(minutes=1))
        assert drafts.purge(tx.db, KEPT_FOR) >= 1


def test_a_draft_is_of_a_form_and_not_longer_than_one(pages: Pages) -> None:
    visitor = pages.signed_in("caseworker")
    visitor.get("/desk")
    assert visitor.post("/drafts", subject="anything").status_code == 404
    assert visitor.post("/drafts", subject="new legal_aid", story="a" * 400_001).status_code == 422


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda one: one.key)
def test_a_form_that_nobody_filled_in_shows_nobody(pages: Pages, workflow: Any) -> None:
    """The examples of the schema are of invented people, and stand on no page."""
    text = pages.signed_in("caseworker").get(f"/cases/new/{workflow.key}").text
    inputs = [
        one for one in re.findall(r'<input[^>]*name="facts\.[^>]*>', text) if not re.search("radio|checkbox", one)
    ]
    filled = [one for one in inputs if re.search(r' value="[^"]+"', one)]
    assert inputs
    assert all(one.endswith('.offered"') or "hidden" in one for one in filled), filled
    assert not re.findall(r"<textarea[^>]*>[^<]+</textarea>", text)


def test_months_and_evidence_are_ticked_and_long_choices_stand_in_groups(pages: Pages) -> None:
    visitor, once = began(pages, workflow_registry.newest("legal_aid"))
    text = visitor.get("/cases/new/legal_aid").text
    offered = re.findall(r'type="checkbox" name="(facts\.arrears\.\d+)\.month" value="(\d{4}-\d\d)"', text)
    assert [month for _, month in offered][:2] == ["2026-11", "2026-10"]
    assert 'value="劳动合同"' in text
    assert '<optgroup label="劳动争议">' in text
    facts = example(pages, workflow_registry.newest("legal_aid"))
    del facts["arrears"], facts["employment"]["ended_on"], facts["employment"]["still_employed"]
    [first, second, *_] = offered
    fields = posted(facts, "facts") | {
        f"{first[0]}.offered": [first[1]],
        f"{first[0]}.month": [first[1]],
        f"{first[0]}.amount": ["6,500元"],
        f"{second[0]}.offered": [second[1]],
    }
    answer = visitor.post("/cases/new/legal_aid", **fields, org="370100", channel="walk_in", once=once)
    assert answer.status_code == 303, re.findall('class="error".*', answer.text)
    shown = visitor.get(answer.location).text
    assert "6,500.00 元" in shown
    assert shown.count("2026-10") == 0
