"""What is sealed is shown on one answer, for a reason that is logged, and nowhere else."""

import re
from typing import Any

import pytest

from casework.records import cases as records
from casework.work import case_documents, cases
from tests.web.conftest import Pages, Visitor, sign_in
from tests.web.test_desk import as_user
from tests.web.test_letters import readings
from tests.web.test_steps import taken_up

_IDENTITY = re.compile(r"(?<![\d*])\d{17}[\dX](?!\d)")


@pytest.fixture(scope="module")
def opened(pages: Pages) -> tuple[Visitor, str]:
    return taken_up(pages)


def sealed(pages: Pages, number: str) -> dict[str, Any]:
    """What is sealed of the case, which is a reading too."""
    with pages.service.transaction() as tx:
        as_user(pages, tx, "caseworker")
        case_id = records.id_of(tx.db, number)
        assert case_id is not None
        return case_documents.disclose(tx, case_id, {"reason": "核对"})


def last(pages: Pages, number: str) -> str:
    with pages.service.transaction() as tx:
        row = tx.db.one(
            "select reason from disclosures d join cases c on c.id = d.case_id where number = :n order by d.id desc"
            " limit 1",
            n=number,
        )
        assert row is not None
        return str(row.reason)


def test_one_click_shows_it_for_the_step_that_is_open_and_the_next_page_does_not(
    pages: Pages, opened: tuple[Visitor, str]
) -> None:
    visitor, number = opened
    values = sealed(pages, number)
    before = readings(pages, number)
    page = visitor.get(f"/cases/{number}").text
    assert values["story"] not in page
    step = re.search(r'name="step" value="([^"]+)"', page)
    assert step
    answer = visitor.post(f"/cases/{number}/sensitive", step=step[1])
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    for path in ("story", "applicant.identity_number", "applicant.phone"):
        assert values[path] in answer.text
    assert readings(pages, number) == before + 1
    assert re.fullmatch("办理“.+”", last(pages, number))
    again = visitor.get(f"/cases/{number}").text
    assert values["story"] not in again
    assert not _IDENTITY.search(again)
    assert readings(pages, number) == before + 1


def test_what_was_said_at_the_steps_is_shown_with_its_title(pages: Pages) -> None:
    visitor, number = taken_up(pages)
    with pages.service.transaction() as tx:
        case_id = records.id_of(as_user(pages, tx, "caseworker").db, number)
        assert case_id is not None
        cases.release(tx, case_id, {"reason": "外出学习，请同事接手"})
    visitor.get(f"/cases/{number}")
    text = visitor.post(f"/cases/{number}/sensitive", reason="核对").text
    assert "<dt>理由</dt><dd>外出学习，请同事接手</dd>" in text


def test_another_reason_is_written(pages: Pages, opened: tuple[Visitor, str]) -> None:
    visitor, number = opened
    visitor.get(f"/cases/{number}")
    assert visitor.post(f"/cases/{number}/sensitive", step="accept", reason="核对身份信息").status_code == 200
    assert last(pages, number) == "核对身份信息"


@pytest.mark.parametrize("fields", [{}, {"reason": " "}, {"step": "close"}, {"step": "nonsense"}])
def test_without_a_reason_or_a_step_that_can_be_taken_nothing_is_shown(
    pages: Pages, opened: tuple[Visitor, str], fields: dict[str, str]
) -> None:
    visitor, number = opened
    before = readings(pages, number)
    visitor.get(f"/cases/{number}")
    answer = visitor.post(f"/cases/{number}/sensitive", **fields)
    assert answer.status_code == 422
    assert not _IDENTITY.search(answer.text)
    assert "请填写" in answer.text.split('class="notice warn" role="alert">')[1].split("</div>")[0]
    assert readings(pages, number) == before


def test_an_auditor_and_an_unconfirmed_role_get_the_sentence(pages: Pages, opened: tuple[Visitor, str]) -> None:
    visitor, number = opened
    before = readings(pages, number)
    auditor = pages.signed_in("auditor")
    text = auditor.get(f"/cases/{number}").text
    assert "审计员不查看敏感信息" in text
    assert "/sensitive" not in text
    assert auditor.post(f"/cases/{number}/sensitive", reason="核对").status_code == 403

    def raise_to(at: Any) -> None:
        with pages.service.transaction() as tx:
            tx.db.run("update users set raised_at = :at where username = 'caseworker'", at=at)

    with pages.service.transaction() as tx:
        now = tx.now
    raise_to(now)
    try:
        visitor.get(f"/cases/{number}")
        answer = visitor.post(f"/cases/{number}/sensitive", reason="核对")
        assert answer.status_code == 403
        assert "须先由另一名管理员确认" in answer.text
        assert not _IDENTITY.search(answer.text)
    finally:
        raise_to(None)
    assert readings(pages, number) == before


def test_after_five_minutes_it_is_hidden(browser: Any, address: str, opened: tuple[Visitor, str]) -> None:
    context = browser.new_context(locale="zh-CN")
    sign_in(context, address, "caseworker", "zh-CN")
    page = context.new_page()
    page.clock.install()
    page.goto(f"{address}/cases/{opened[1]}")
    page.click(".disclose button")
    assert _IDENTITY.search(page.inner_text(".facts"))
    page.clock.run_for(4 * 60 * 1000)
    assert _IDENTITY.search(page.inner_text(".facts"))
    page.clock.run_for(61 * 1000)
    assert not _IDENTITY.search(page.content())
    assert page.is_visible(".masked")
    context.close()
