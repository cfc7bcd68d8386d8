"""Lists: views under a name, a file, what has changed since one looked, the next case; the palette and its keys."""

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from casework.work import workflow_registry
from tests.web.conftest import Pages, Visitor, sign_in
from tests.web.test_intake import began, example, posted


@pytest.fixture
def clerk(pages: Pages) -> Visitor:
    visitor = pages.signed_in("caseworker")
    visitor.get("/cases")
    return visitor


def numbers(text: str) -> list[str]:
    return re.findall(r'<td class="num">([^<]+)</td>', text)


def test_filters_are_kept_under_a_name_by_one_person(pages: Pages, clerk: Visitor) -> None:
    kept = clerk.post("/views", name="未办结法援", workflow="legal_aid", open="true", q="王")
    assert kept.location == "/cases?workflow=legal_aid&open=true"
    assert "未办结法援" in clerk.get("/desk").text
    text = clerk.get(kept.location).text
    assert re.search(r'href="/cases\?workflow=legal_aid&amp;open=true" aria-current="true">未办结法援<', text)
    assert "未办结法援" not in pages.signed_in("supervisor").get("/cases").text
    for wrong in ({"name": "x"}, {"name": "", "open": "true"}, {"name": "x", "workflow": "nothing"}):
        refused = clerk.post("/views", **wrong)
        assert refused.status_code == 422
        assert 'id="summary"' in refused.text
    clerk.post("/views/drop", name="未办结法援")
    assert "未办结法援" not in clerk.get("/cases").text


def logged_lists(pages: Pages) -> int:
    """How many cases were taken out in files, as the log has it."""
    with pages.service.transaction() as tx:
        return int(tx.db.run("select count(*) from disclosures where paths = array['list']").scalar_one())


def test_a_file_has_the_cases_of_the_list_masked_and_is_logged(pages: Pages, clerk: Visitor) -> None:
    shown = numbers(clerk.get("/cases?workflow=legal_aid&open=true&urgent=true").text)
    assert shown
    before = logged_lists(pages)
    file = clerk.get("/cases/file?workflow=legal_aid&open=true&urgent=true&format=csv")
    rows = file.text.lstrip("\ufeff").splitlines()
    assert [row.split(",")[0] for row in rows[1:]][: len(shown)] == shown
    assert re.search(r"1\d\d\*{4}\d{4}", file.text)
    assert not re.search(r"\d{17}[\dX]|\b1[3-9]\d{9}\b", file.text)
    assert logged_lists(pages) - before == len(rows) - 1
    book = clerk.client.get("/cases/file?workflow=legal_aid&open=true&urgent=true&format=xlsx")
    assert shown[0] in ZipFile(BytesIO(book.data)).read("xl/worksheets/sheet1.xml").decode()
    assert pages.signed_in("lawyer").get("/cases/file").status_code == 403


def test_what_has_changed_since_one_looked_is_marked_and_the_next_case_follows(pages: Pages, clerk: Visitor) -> None:
    with pages.service.transaction() as tx:
        # What other tests have looked at and changed.
        tx.db.run("update looks l set version = c.version from cases c where c.id = l.case_id")
    view = "/cases?workflow=legal_aid&open=true"
    addresses = re.findall(r'href="(/cases/LA[^"]+)"', clerk.get(view).text)
    first, second = (one.replace("&amp;", "&") for one in addresses[:2])
    text = clerk.get(first).text
    assert f'data-key="]" href="{second.partition("?")[0]}?' in text
    assert 'data-key="["' not in text
    assert 'data-key="["' in clerk.get(second).text
    assert "有更新" not in clerk.get(view).text
    number = first.partition("?")[0].rpartition("/")[2]
    with pages.service.transaction() as tx:
        older = "update looks set version = version - 1 where case_id = (select id from cases where number = :number)"
        tx.db.run(older, number=number)
    marked = re.findall(r"<tr.*?</tr>", clerk.get(view).text, re.DOTALL)
    assert [numbers(row) for row in marked if "有更新" in row] == [[number]]
    clerk.get(first)
    assert "有更新" not in clerk.get(view).text
    assert number in clerk.get("/recent").text
    assert 'data-key="]"' not in clerk.get(f"/cases/{number}?view=https://elsewhere.example/").text


def test_staff_are_told_of_open_cases_while_they_type(pages: Pages) -> None:
    workflow = workflow_registry.newest("legal_aid")
    facts = example(pages, workflow)
    clerk, once = began(pages, workflow)
    opened = clerk.post("/cases/new/legal_aid", **posted(facts, "facts"), org="370100", channel="walk_in", once=once)
    assert opened.status_code == 303, re.findall(r'<li><a href="#f.*', opened.text)
    number = opened.location.rpartition("/")[2]
    applicant: dict[str, Any] = facts["applicant"]

    def told(who: Visitor, **said: str) -> str:
        who.get("/cases/new/legal_aid")
        given = {f"facts.applicant.{name}": value for name, value in said.items()}
        return who.post("/cases/new/legal_aid/twins", **given).text

    assert number in told(clerk, identity_number=applicant["identity_number"])
    assert number in told(clerk, name=applicant["name"], phone=applicant["phone"])
    assert number not in told(clerk, name="李四", phone=applicant["phone"])
    assert number not in told(clerk, identity_number=applicant["identity_number"][:17])
    assert number not in told(pages.signed_in("caseworker-qd"), identity_number=applicant["identity_number"])
    again = clerk.post("/cases/new/legal_aid", **posted({"applicant": applicant}, "facts"), org="370100")
    assert again.status_code == 422
    assert f'href="/cases/{number}"' in again.text
    assert pages.visitor().post("/cases/new/legal_aid/twins").status_code in (303, 401, 403)


def test_keys_are_listed_and_switched_off(clerk: Visitor) -> None:
    text = clerk.get("/keys").text
    assert "Ctrl" in text
    assert 'data-keys="off"' not in text
    clerk.post("/keys", off="true")
    assert 'data-keys="off"' in clerk.get("/desk").text
    clerk.post("/keys", off="false")
    assert 'data-keys="off"' not in clerk.get("/desk").text


def test_the_palette_finds_by_initials_and_keys_do_nothing_while_one_types(browser: Any, address: str) -> None:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1366, "height": 768})
    sign_in(context, address, "caseworker", "zh-CN")
    page = context.new_page()
    page.goto(f"{address}/desk")
    page.keyboard.press("Control+k")
    page.keyboard.type("tx")
    assert page.locator("#palette li:not([hidden])").first.inner_text().startswith("提醒")
    page.keyboard.press("Enter")
    page.wait_for_url("**/alerts")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/desk")
    page.focus("#q")
    page.keyboard.type("?gd]")
    assert page.url.endswith("/desk")
    assert page.input_value("#q") == "?gd]"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_url("**/keys")
    context.close()


def test_several_cases_are_handed_over_or_none(pages: Pages) -> None:
    visitor = pages.signed_in("supervisor")
    text = visitor.get("/cases?open=true&workflow=legal_aid").text
    numbers_there = re.findall(r'form="several" name="number" value="([^"]+)"', text)[:2]
    assert len(numbers_there) == 2
    page = visitor.get(f"/hand-over?number={numbers_there[0]}&number={numbers_there[1]}").text
    assert all(number in page for number in numbers_there)
    colleagues = re.findall(r'<option value="([0-9a-f-]{36})"', page)

    def owners() -> list[str]:
        with pages.service.transaction() as tx:
            found = "select owner_id::text from cases where number = any(:numbers)"
            return list(tx.db.run(found, numbers=numbers_there).scalars())

    before = owners()
    without_reason = visitor.post("/hand-over", number=numbers_there, to=colleagues[0])
    assert without_reason.status_code == 422
    assert without_reason.text.count('type="hidden" name="number"') == 2
    strange = [*numbers_there, "LA-2020-000001"]
    assert visitor.post("/hand-over", number=strange, to=colleagues[0], reason="岗位调整").status_code == 404
    assert owners() == before
    for to in colleagues:
        answer = visitor.post("/hand-over", number=numbers_there, to=to, reason="岗位调整")
        if answer.status_code == 303:
            assert owners() == [to, to]
            break
        assert owners() == before
    else:
        pytest.fail("nobody could take both")


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_file_of_a_list_without_cases_has_its_heads_alone(clerk: Visitor, format: str) -> None:
    answer = clerk.client.get(f"/cases/file?q=没有这个人&format={format}")
    assert answer.status_code == 200
    if format == "csv":
        assert len(answer.text.splitlines()) == 1


@pytest.mark.parametrize("view", ["//[", "http://[", "/cases//["])
def test_a_case_is_shown_whatever_is_said_of_the_list_it_was_opened_from(clerk: Visitor, view: str) -> None:
    number = numbers(clerk.get("/cases").text)[0]
    answer = clerk.client.get(f"/cases/{number}", query_string={"view": view})
    assert answer.status_code == 200
    assert 'data-key="]"' not in answer.text
