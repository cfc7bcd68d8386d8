"""Letters are listed without a reading, opened with one, and printed as GB/T 9704 lays down."""

import re
from typing import Any, Final

import pytest

from casework.web.letters import sheet_of
from casework.work import workflow_registry
from tests.web.conftest import Pages, Visitor, sign_in
from tests.web.test_steps import step, taken_up

LINES: Final = 22
CHARACTERS: Final = 28
_LETTER: Final = re.compile(r'href="(/cases/[^/"]+/letters/[0-9a-f-]{36})"')


def readings(pages: Pages, number: str) -> int:
    with pages.service.transaction() as tx:
        return int(
            tx.db.run(
                "select count(*) from disclosures d join cases c on c.id = d.case_id where c.number = :n", n=number
            ).scalar_one()
        )


def letter_of(visitor: Visitor, number: str) -> str:
    """The address of the latest letter of the case."""
    found = _LETTER.search(visitor.get(f"/cases/{number}").text)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def written(pages: Pages) -> tuple[Visitor, str]:
    """A case whose applicant was asked for a paper."""
    visitor, number = taken_up(pages)
    answer = visitor.post(
        f"/cases/{number}/do/ask_for_papers", **step(visitor, number, "ask_for_papers"), papers="工资流水复印件"
    )
    assert answer.status_code == 303, answer.text
    return visitor, number


def test_letters_are_listed_without_what_they_say_and_without_a_reading(
    pages: Pages, written: tuple[Visitor, str]
) -> None:
    visitor, number = written
    before = readings(pages, number)
    text = visitor.get(f"/cases/{number}").text
    assert "补充材料通知书" in text
    assert "逾期未补充的" not in text
    assert readings(pages, number) == before


def test_a_letter_is_opened_with_a_line_in_the_log(pages: Pages, written: tuple[Visitor, str]) -> None:
    visitor, number = written
    before = readings(pages, number)
    answer = visitor.get(letter_of(visitor, number))
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert "1. 工资流水复印件" in answer.text
    assert readings(pages, number) == before + 1
    sheet = answer.text.split('<article class="sheet">')[1]
    assert re.search(r"请于\d{4}年\d{1,2}月\d{1,2}日（含当日）前", sheet)
    assert not re.search(r"\d{4}-\d{2}-\d{2}", sheet)


def test_the_record_of_service_names_its_letter_and_is_no_reading(pages: Pages, written: tuple[Visitor, str]) -> None:
    visitor, number = written
    address = letter_of(visitor, number)
    before = readings(pages, number)
    text = visitor.get(f"{address}/service").text
    assert "补充材料通知书" in text
    assert "工资流水复印件" not in text
    assert readings(pages, number) == before
    assert pages.signed_in("auditor").get(f"{address}/service").status_code == 403


def test_a_letter_is_found_under_its_own_case_and_by_who_sees_that(pages: Pages, written: tuple[Visitor, str]) -> None:
    visitor, number = written
    address = letter_of(visitor, number)
    _, other = taken_up(pages)
    before = readings(pages, number)
    assert visitor.get(address.replace(number, other)).status_code == 404
    assert pages.signed_in("lawyer").get(address).status_code == 404
    auditor = pages.signed_in("auditor")
    assert "补充材料通知书" in auditor.get(f"/cases/{number}").text
    assert address not in auditor.get(f"/cases/{number}").text
    refused = auditor.get(address)
    assert refused.status_code == 403
    assert "审计员不查看敏感信息" in refused.text
    assert readings(pages, number) == before


@pytest.mark.parametrize("workflow", workflow_registry.latest(), ids=lambda one: one.key)
def test_every_letter_has_a_name_without_blanks_and_falls_into_its_blocks(workflow: Any) -> None:
    for letter in workflow.letters:
        for language in ("zh-CN", "en"):
            assert "{" not in letter.called.in_(language, applicant="", number=""), letter.name
        body = letter.body.zh.replace("{office}", "联系电话：0531-55501234。\n\n济南市总工会").replace(
            "{date}", "2026-12-04"
        )
        sheet = sheet_of(body.replace("{letter_number}", "（2026）济工援决字第1号"), "（2026）济工援决字第1号", "zh-CN")
        assert sheet.signature == ["济南市总工会", "2026年12月4日"]
        assert sheet.salutation is None or sheet.salutation.endswith("：")
        assert "（2026）济工援决字第1号" not in sheet.paragraphs
        assert sheet.paragraphs[-1] == "联系电话：0531-55501234。"


@pytest.mark.parametrize(
    ("language", "said", "written_out"),
    [
        ("zh-CN", "请于 2026-12-04（含当日）前提交。", "请于2026年12月4日（含当日）前提交。"),
        ("zh-CN", "案号 LA-2026-000123，2026-13-45", "案号 LA-2026-000123，2026-13-45"),
        ("en", "by the end of 2026-12-04 at last", "by the end of 4 December 2026 at last"),
    ],
)
def test_days_are_written_out(language: Any, said: str, written_out: str) -> None:
    assert list(sheet_of(f"{said}\n\n署名", None, language).paragraphs) == [written_out]


def printed_pages(page: Any) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True)))


@pytest.fixture
def opened(browser: Any, address: str, written: tuple[Visitor, str]) -> Any:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    sign_in(context, address, "caseworker", "zh-CN")
    page = context.new_page()
    page.goto(address + letter_of(*written))
    yield page
    context.close()


def test_letter_and_record_of_service_are_printed_on_a_page_each(opened: Any) -> None:
    assert printed_pages(opened) == 1
    opened.goto(f"{opened.url}/service")
    assert printed_pages(opened) == 1


def test_a_page_has_22_lines_of_28_characters(opened: Any) -> None:
    for characters, wanted in ((LINES * CHARACTERS, 1), (LINES * CHARACTERS + 1, 2)):
        text = "字" * characters
        opened.evaluate(f"document.querySelector('.sheet').innerHTML = '<p class=to>{text}</p>'")
        assert printed_pages(opened) == wanted


def test_what_small_screens_change_is_not_printed(opened: Any) -> None:
    opened.set_viewport_size({"width": 360, "height": 740})
    opened.emulate_media(media="print")
    sizes = opened.evaluate(
        "['h1', '.to'].map(one => getComputedStyle(document.querySelector('.sheet ' + one)).fontSize)"
    )
    assert [float(one.removesuffix("px")) * 72 / 96 for one in sizes] == pytest.approx([22, 16], abs=0.1)


def test_the_button_prints_and_without_scripts_the_page_says_how(
    browser: Any, address: str, written: tuple[Visitor, str]
) -> None:
    for scripts in (True, False):
        context = browser.new_context(locale="zh-CN", java_script_enabled=scripts)
        sign_in(context, address, "caseworker", "zh-CN")
        page = context.new_page()
        page.goto(address + letter_of(*written))
        assert page.is_visible("[data-print]") is scripts
        assert page.is_visible("text=Ctrl+P") is not scripts
        if scripts:
            page.evaluate("window.print = () => { document.title = 'printed' }")
            page.click("[data-print]")
            assert page.title() == "printed"
        context.close()
