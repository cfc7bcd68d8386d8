"""Lived in a browser with its scripts switched off: whoever applies or acts needs none."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from casework.rules.identifiers import invent_identity_number


@pytest.fixture
def plain(browser: Any) -> Iterator[Any]:
    """A phone without scripts."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="zh-CN", timezone_id="Asia/Shanghai", java_script_enabled=False
    )
    context.set_default_timeout(20_000)
    yield context
    context.close()


def someone() -> str:
    return invent_identity_number(date(1990, 3, 7), "female", "370102", Random(uuid4().int).randrange(500))


def test_a_worker_applies_stops_goes_on_elsewhere_sends_and_withdraws(plain: Any, browser: Any, address: str) -> None:
    page = plain.new_page()
    page.goto(address)
    page.click("a[href='/help/legal_aid']")
    page.click("button.wide")
    page.select_option("#org", "370100")
    page.click("button.wide")
    code = page.inner_text(".inset .mono")
    page.click(".tasks a >> nth=0")
    page.fill("[name='applicant.name']", "王秀英")
    page.fill("[name='applicant.identity_number']", someone())
    page.click("button[name=later]")
    assert page.url.endswith("/tasks")

    elsewhere = browser.new_context(java_script_enabled=False, locale="zh-CN")
    phone = elsewhere.new_page()
    phone.goto(f"{address}/resume")
    phone.fill("#code", code)
    phone.click("button.wide")
    phone.click(".tasks a >> nth=1")
    phone.select_option("[name=matter]", "wages")
    phone.click("button.wide")
    phone.fill("textarea[name=story]", "老板欠我三个月工资")
    phone.click("button.wide")
    phone.fill("[name='employer.name']", "济南示例建筑公司")
    phone.click("button.wide")
    phone.goto(f"{address}/apply/legal_aid/check")
    assert "王秀英" in phone.inner_text("main")
    phone.check("[name=truth]")
    phone.check("[name=consent]")
    phone.click("button.wide")
    number, tracking = phone.inner_text(".guide .mono >> nth=0"), phone.inner_text(".guide .code")

    phone.goto(f"{address}/track")
    phone.fill("#number", number)
    phone.fill("#code", tracking)
    phone.click("button.wide")
    phone.click(".tasks a >> nth=0")
    for field in phone.locator("main form textarea, main form input:not([type=hidden]):not([type=radio])").all():
        field.fill("已经拿到工资")
    phone.click("main form button.wide")
    assert "撤回" in phone.inner_text("h1")
    elsewhere.close()


def test_a_clerk_takes_a_case_in_and_takes_a_step(plain: Any, address: str) -> None:
    page = plain.new_page()
    page.goto(f"{address}/sign-in")
    page.click("button[name=username][value=caseworker]")
    page.goto(f"{address}/cases/new/legal_aid")
    page.check("[name=channel][value=walk_in]")
    page.select_option("[name='facts.matter']", "wages")
    page.fill("[name='facts.applicant.name']", "王秀英")
    page.fill("[name='facts.applicant.identity_number']", someone())
    page.fill("[name='facts.employer.name']", "济南示例建筑公司")
    page.click("form.move .buttons button")
    assert "/cases/LA-" in page.url, page.inner_text("main")[:400]
    page.click(".next .claim button")
    page.click(".moves a >> nth=0")
    page.click("form.move .buttons button")
    assert "已办理：受理" in page.inner_text("main")


def test_what_is_typed_is_kept_while_it_is_typed(browser: Any, address: str) -> None:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.click("button[name=username][value=caseworker-qd]")
    page.goto(f"{address}/cases/new/legal_aid")
    page.fill("[name='facts.applicant.name']", "李建国")
    page.locator("[data-saved]", has_text="已自动保存").wait_for()
    page.goto(f"{address}/cases/new/legal_aid")
    assert page.input_value("[name='facts.applicant.name']") == "李建国"
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    context.close()


def test_the_desk_is_worked_by_keys(browser: Any, address: str) -> None:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.click("button[name=username][value=supervisor-sd]")
    page.goto(f"{address}/desk")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.get_attribute(".queue tbody tr >> nth=1 >> a", "href")
    assert page.evaluate("document.activeElement.getAttribute('href')") == second
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("jc")
    assert page.input_value("#q") == "jc"
    context.close()
