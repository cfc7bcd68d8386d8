"""Steps are taken on the page of a case: once each, on the version that was read, and nothing typed is lost."""

import re
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from casework.forms.example_data import ExampleData
from casework.forms.form import form_of, intake_of
from casework.forms.posted import from_posted
from casework.records.people import by_username
from casework.rules.people import Actor
from casework.web.widgets import Filled, widgets
from casework.work import intake, workflow_registry
from tests.web.conftest import Pages, Visitor

_VERSION = re.compile(r'name="version" value="(\d+)"')
_ONCE = re.compile(r'name="once" value="([^"]+)"')


def taken_up(pages: Pages, who: str = "caseworker") -> tuple[Visitor, str]:
    """A legal aid case of an invented person, opened and claimed by somebody."""
    chance = Random(uuid4().int)
    with pages.service.transaction() as tx:
        found = by_username(tx.db, who)
        assert found is not None
        tx.actor = Actor(found[0].role, found[0])
        facts = intake_of(workflow_registry.newest("legal_aid")).example(ExampleData(tx.today, chance))
        given = {"workflow": "legal_aid", "org": "370100", "channel": "walk_in", "facts": facts}
        number = intake.open_case(tx, given)[0].case.number
    visitor = pages.signed_in(who)
    visitor.get(f"/cases/{number}")
    assert visitor.post(f"/cases/{number}/claim").location == f"/cases/{number}"
    return visitor, number


def step(visitor: Visitor, number: str, name: str) -> dict[str, Any]:
    """The hidden fields of the form of a step."""
    text = visitor.get(f"/cases/{number}/do/{name}").text
    version, once = _VERSION.search(text), _ONCE.search(text)
    assert version
    assert once
    return {"version": version[1], "once": once[1]}


def state_of(pages: Pages, number: str) -> tuple[str, int]:
    with pages.service.transaction() as tx:
        row = tx.db.one("select state, version from cases where number = :number", number=number)
        assert row is not None
        return row.state, row.version


@pytest.fixture
def claimed(pages: Pages) -> tuple[Visitor, str]:
    return taken_up(pages)


def test_a_step_is_taken_and_the_page_says_so(pages: Pages, claimed: tuple[Visitor, str]) -> None:
    visitor, number = claimed
    hidden = step(visitor, number, "accept")
    answer = visitor.post(f"/cases/{number}/do/accept", **hidden)
    assert (answer.status_code, answer.location) == (303, f"/cases/{number}?done=accept")
    assert "已办理：" in visitor.get(answer.location).text
    assert state_of(pages, number)[0] == "under_review"


def test_a_double_click_acts_once(pages: Pages, claimed: tuple[Visitor, str]) -> None:
    visitor, number = claimed
    hidden = step(visitor, number, "accept")
    before = state_of(pages, number)[1]
    locations = {visitor.post(f"/cases/{number}/do/accept", **hidden).location for _ in range(3)}
    assert locations == {f"/cases/{number}?done=accept"}
    assert state_of(pages, number)[1] == before + 1


def test_what_is_wrong_is_said_at_its_field_and_the_typing_stays(pages: Pages, claimed: tuple[Visitor, str]) -> None:
    visitor, number = claimed
    hidden = step(visitor, number, "request_data")
    before = state_of(pages, number)
    typed = f"请提供全部材料{uuid4().hex}"
    answer = visitor.post(f"/cases/{number}/do/request_data", **hidden, what=typed, kinds="nonsense")
    assert answer.status_code == 422
    assert "<title>错误：" in answer.text
    assert typed in answer.text
    links = re.findall(r'<li><a href="#([^"]+)">', answer.text)
    assert links
    assert all(f'id="{link}"' in answer.text for link in links)
    assert state_of(pages, number) == before


def test_whoever_comes_second_is_told_who_was_first_and_keeps_the_typing(
    pages: Pages, claimed: tuple[Visitor, str]
) -> None:
    visitor, number = claimed
    late = step(visitor, number, "request_data")
    early = step(visitor, number, "accept")
    visitor.post(f"/cases/{number}/do/accept", **early)
    typed = f"请提供全部材料{uuid4().hex}"
    answer = visitor.post(f"/cases/{number}/do/request_data", **late, kinds="copy", what=typed)
    assert answer.status_code == 412
    assert typed in answer.text
    summary = answer.text.split('id="summary"')[1].split("</div>")[0]
    assert "受理" in summary
    # Sent again from the page that came back, it is done.
    again = {"version": _VERSION.search(answer.text)[1], "once": _ONCE.search(answer.text)[1]}  # type: ignore[index]
    visitor.token = re.search(r'name="anti-forgery" value="([^"]+)"', answer.text)[1]  # type: ignore[index]
    assert visitor.post(f"/cases/{number}/do/request_data", **again, kinds="copy", what=typed).status_code == 303


def test_a_step_that_is_not_possible_any_more_keeps_the_typing_for_a_note(
    pages: Pages, claimed: tuple[Visitor, str]
) -> None:
    visitor, number = claimed
    hidden = step(visitor, number, "ask_for_papers")
    visitor.post(f"/cases/{number}/do/accept", **step(visitor, number, "accept"))
    visitor.post(
        f"/cases/{number}/do/withdraw", **step(visitor, number, "withdraw"), reason="不再需要", note="不再需要"
    )
    if state_of(pages, number)[0] == "under_review":
        pytest.fail("the case was not withdrawn")
    typed = f"身份证复印件{uuid4().hex[:6]}"
    answer = visitor.post(f"/cases/{number}/do/ask_for_papers", **hidden, papers=typed)
    assert answer.status_code in (409, 412)
    assert typed in answer.text
    assert "存为备注" in answer.text


def test_a_form_without_the_version_it_was_made_for_does_nothing(pages: Pages, claimed: tuple[Visitor, str]) -> None:
    visitor, number = claimed
    before = state_of(pages, number)
    visitor.get(f"/cases/{number}/do/accept")
    assert visitor.post(f"/cases/{number}/do/accept").status_code == 412
    assert state_of(pages, number) == before


def test_a_note_is_kept_and_read_with_a_line_in_the_log(pages: Pages, claimed: tuple[Visitor, str]) -> None:
    visitor, number = claimed
    text = f"已电话联系{uuid4().hex}"
    visitor.get(f"/cases/{number}")
    assert visitor.post(f"/cases/{number}/notes", text=text).status_code == 303
    assert text not in visitor.get(f"/cases/{number}").text
    assert text in visitor.get(f"/cases/{number}/notes").text
    with pages.service.transaction() as tx:
        read = tx.db.run(
            "select count(*) from disclosures d join cases c on c.id = d.case_id where c.number = :n", n=number
        )
        assert read.scalar_one() >= 1


MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_markup_that_somebody_typed_is_text(pages: Pages, claimed: tuple[Visitor, str]) -> None:
    visitor, number = claimed
    visitor.get(f"/cases/{number}")
    visitor.post(f"/cases/{number}/notes", text=MARKUP)
    text = visitor.get(f"/cases/{number}/notes").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    answer = visitor.post(f"/cases/{number}/do/request_data", **step(visitor, number, "request_data"), what=MARKUP)
    assert "<img src=x" not in answer.text


@pytest.mark.parametrize("workflow", workflow_registry.latest(), ids=lambda one: one.key)
def test_every_step_of_every_programme_has_a_form_that_can_be_filled_in(workflow: Any) -> None:
    for edge in workflow.transitions:
        if edge.needs is None:
            continue
        form = form_of(edge.needs)
        asked = widgets(form, Filled())
        assert [one.path for one in asked] == [name for name, _ in form.form_fields()]
        assert from_posted(form, {one.path: [""] for one in asked}) == {}
