"""Organisations, limits and calendars are read, and what a text of rules would move is told and changes nothing."""

import re
from typing import Any

import pytest

from casework.records import offices
from casework.work import previews
from tests.web.conftest import Pages

ROW = """
[[policy]]
workflow = "legal_aid"
name = "review_by_law"
place = "CN"
from = {day}
value = "{value}"
source = {{ zh = "试算用的依据", en = "A source to try" }}
"""
YEAR = """
year = 2027
source = "试算用的放假安排"
holidays = [2027-01-01, 2027-02-06, 2027-02-07]
make_up_days = [2027-02-20]
"""


def loaded(pages: Pages) -> tuple[int, Any]:
    """How many rows are loaded, and the calendar that counts."""
    with pages.service.transaction() as tx:
        return len(offices.all_policies(tx.db)), offices.latest_calendars(tx.db)["china"].ref


@pytest.mark.parametrize("who", ["administrator", "auditor", "caseworker", "supervisor"])
def test_the_rules_are_read_by_everybody_who_works_by_them_and_tried_by_administrators(pages: Pages, who: str) -> None:
    visitor = pages.signed_in(who)
    for path in ("/admin/policies", "/admin/calendars/china"):
        page = visitor.get(path)
        assert page.status_code == 200
        assert ('name="text"' in page.text) == (who == "administrator")
    policies = visitor.get("/admin/policies").text
    assert '<th scope="row">最低生活保障标准（每人每月） <small class="mono">subsistence_line</small>' in policies


def test_organisations_are_listed_as_a_tree_with_where_they_are_reached(pages: Pages) -> None:
    visitor = pages.signed_in("administrator")
    page = visitor.get("/admin/orgs?below=370100").text
    assert page.index("济南市总工会</th>") < page.index("历下区总工会</th>") < page.index("解放路街道总工会</th>")
    assert "青岛市总工会</th>" not in page
    assert "没有这个机构" in visitor.get("/admin/orgs?below=999999").text

    seen, address = 0, "/admin/orgs?below="
    while address:
        answer = visitor.get(address)
        assert answer.status_code == 200
        seen += answer.text.count('<th scope="row"')
        further = re.search(r'href="(/admin/orgs\?[^"]*cursor[^"]*)"', answer.text)
        address = further[1].replace("&amp;", "&") if further else ""
    with pages.service.transaction() as tx:
        assert seen == len(offices.all_orgs(tx.db))


def test_limits_are_those_that_count_for_a_place_on_a_day(pages: Pages) -> None:
    visitor = pages.signed_in("auditor")
    asked = "/admin/policies?workflow=legal_aid&name=review"
    assert "山东省法律援助条例 第15条" in visitor.get(f"{asked}&place=370100&on=2026-01-01").text
    assert "没有符合条件的条目" in visitor.get(f"{asked}&place=370100&on=2010-01-01").text
    everything = visitor.get(f"{asked}&place=370100&on=2010-01-01&all=true").text
    assert "不适用" in everything
    assert "山东省法律援助条例 第15条" in everything


def test_a_calendar_shows_hours_years_sources_and_make_up_days(pages: Pages) -> None:
    page = pages.signed_in("auditor").get("/admin/calendars/china").text
    assert "国办发明电〔2025〕7号" in page
    assert "02-14" in page
    assert "周一" in page
    assert pages.signed_in("auditor").get("/admin/calendars/nowhere").status_code == 404
    assert pages.signed_in("auditor").get("/admin/calendars/china?version=999").status_code == 404


def test_what_policies_would_move_is_counted_and_nothing_is_changed(pages: Pages) -> None:
    visitor, before = pages.signed_in("administrator"), loaded(pages)
    visitor.get("/admin/policies")
    answer = visitor.post("/admin/policies", text=ROW.format(day="2022-01-01", value="30d"))
    assert answer.status_code == 200
    assert "未作任何更改" in answer.text
    assert re.search(r"<td>7d</td><td>30d</td>", answer.text)
    assert "推后" in answer.text
    assert not re.search(r"LA-20\d\d-\d{6}", answer.text)
    same = ROW.format(day="2022-01-01", value="7d").replace(
        '"试算用的依据", en = "A source to try"',
        '"法律援助法 第43条：自收到申请之日起七日", en = "Legal Aid Law 43: seven days from receipt"',
    )
    assert "没有变化" in visitor.post("/admin/policies", text=same).text
    assert loaded(pages) == before


def test_what_a_year_would_move_is_counted_and_nothing_is_changed(pages: Pages) -> None:
    visitor, before = pages.signed_in("administrator"), loaded(pages)
    visitor.get("/admin/calendars/china")
    answer = visitor.post("/admin/calendars/china", text=YEAR)
    assert answer.status_code == 200
    assert f"会有第 {before[1].version + 1} 版" in answer.text
    assert "到期不变，不再暂定" in answer.text or "推后" in answer.text
    assert loaded(pages) == before


@pytest.mark.parametrize("path", ["/admin/policies", "/admin/calendars/china"])
@pytest.mark.parametrize("text", ["", "not = = toml", "year = 2027", '[[policy]]\nname = "x"'])
def test_a_text_that_cannot_be_loaded_is_shown_again_with_what_is_wrong(pages: Pages, path: str, text: str) -> None:
    visitor = pages.signed_in("administrator")
    visitor.get(path)
    answer = visitor.post(path, text=text)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert '<div class="summary"' in answer.text
    if text:
        assert text.split("\n")[0].replace('"', "&#34;") in answer.text


def test_more_cases_than_a_page_waits_for_are_tried_at_the_machine(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "MOST_CASES", 1)
    visitor = pages.signed_in("administrator")
    visitor.get("/admin/policies")
    answer = visitor.post("/admin/policies", text=ROW.format(day="2022-01-01", value="30d"))
    assert answer.status_code == 422
    assert "casework policy load --preview" in answer.text
