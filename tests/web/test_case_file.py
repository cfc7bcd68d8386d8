"""The file of a case is printed with masks, says on each page who printed it, and is logged."""

import re
from typing import Any

import pytest

from tests.web.conftest import Pages, Visitor, sign_in
from tests.web.test_desk import numbers_on
from tests.web.test_letters import printed_pages, readings
from tests.web.test_steps import taken_up


@pytest.fixture(scope="module")
def opened(pages: Pages) -> tuple[Visitor, str]:
    return taken_up(pages)


def test_the_file_has_all_parts_and_nothing_sealed(pages: Pages, opened: tuple[Visitor, str]) -> None:
    visitor, number = opened
    before = readings(pages, number)
    answer = visitor.get(f"/cases/{number}/print")
    assert answer.status_code == 200
    for part in ("一、案情", "二、期限", "三、办理记录", "四、文书目录"):
        assert answer.text.count(part) == 2
    assert re.search(r"\d{4}年\d{1,2}月\d{1,2}日 \d\d:\d\d，[^<]+：提交申请，案件进入“已提交”", answer.text)
    assert "申请材料接收凭证" in answer.text
    assert not re.search(r"(?<!\d)\d{17}[\dX](?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)", answer.text)
    assert readings(pages, number) == before + 1


def test_whoever_sees_the_case_prints_it_and_the_log_says_so(pages: Pages, opened: tuple[Visitor, str]) -> None:
    _, number = opened
    assert pages.signed_in("lawyer").get(f"/cases/{number}/print").status_code == 404
    before = readings(pages, number)
    assert pages.signed_in("auditor").get(f"/cases/{number}/print").status_code == 200
    with pages.service.transaction() as tx:
        last = tx.db.one(
            """select d.paths, d.reason, u.username from disclosures d join cases c on c.id = d.case_id
               join users u on u.id = d.user_id where c.number = :n order by d.id desc limit 1""",
            n=number,
        )
    assert last is not None
    assert (list(last.paths), last.reason, last.username) == (["file"], "printed", "auditor")
    assert readings(pages, number) == before + 1


def test_each_page_says_who_printed_it(browser: Any, address: str, pages: Pages) -> None:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    sign_in(context, address, "caseworker", "zh-CN")
    page = context.new_page()
    number = numbers_on(pages.signed_in("caseworker").get("/cases").text)[0]
    page.goto(f"{address}/cases/{number}/print")
    assert 3 <= printed_pages(page) <= 8
    # Chromium repeats the foot of a table where it may not be broken.
    page.emulate_media(media="print")
    foot = "(({display, breakInside}) => [display, breakInside])(getComputedStyle(document.querySelector('.pagefoot')))"
    assert page.evaluate(foot) == ["table-footer-group", "avoid"]
    assert "打印" in page.inner_text(".pagefoot")
    context.close()
