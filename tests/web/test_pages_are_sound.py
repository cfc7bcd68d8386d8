"""Every page in both sizes and languages: no barrier that axe knows, nothing from elsewhere, nothing sideways."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from casework.records.people import by_username
from casework.work.sessions import begin_for
from tests.web.conftest import Pages

AXE = Axe()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"phone": (360, 740), "desk": (1366, 768)}
PAGES = [
    (None, "/"),
    (None, "/sign-in"),
    (None, "/help/legal_aid"),
    (None, "/help/hardship_aid"),
    (None, "/track"),
    (None, "/privacy"),
    (None, "/accessibility"),
    (None, "/resume"),
    ("caseworker", "/desk"),
    ("caseworker", "/desk?view=late"),
    ("caseworker", "/alerts"),
    ("caseworker", "/cases"),
    ("caseworker", "/cases?q=nothing"),
    ("caseworker", "/cases?open=true&workflow=legal_aid"),
    ("caseworker", "/keys"),
    ("supervisor", "/hand-over"),
    ("caseworker", "{case}"),
    ("caseworker", "/cases/new/legal_aid"),
    ("caseworker", "/cases/new/hardship_aid"),
    ("caseworker", "{letter}"),
    ("caseworker", "{letter}/service"),
    ("caseworker", "{case}/print"),
    ("caseworker", "{case}/files"),
    ("caseworker", "{case}/messages"),
    ("supervisor", "{case}"),
    ("supervisor", "{case}/hands"),
    ("supervisor", "{case}/parties"),
    ("caseworker", "{case}/assign"),
    ("supervisor", "/assignments"),
    ("caseworker", "/offers"),
    ("supervisor", "{case}/edit"),
    ("supervisor", "/desk"),
    ("lawyer", "/desk"),
    ("auditor", "/cases"),
    ("caseworker", "/settings"),
    ("supervisor", "/cases?open=true&owner=none"),
    ("supervisor", "/reports"),
    ("supervisor", "/reports/sla"),
    ("auditor", "/reports/ageing"),
    ("supervisor", "/reports/workload"),
    ("supervisor", "/reports/helpers"),
    ("supervisor", "/reports/funnel"),
    ("supervisor", "/reports/sla/cases"),
    ("administrator", "/audit"),
    ("auditor", "/audit?verify=cases"),
    ("auditor", "/audit/access"),
    ("auditor", "{case}/history"),
    ("administrator", "/admin/orgs"),
    ("administrator", "/admin/policies"),
    ("administrator", "/admin/calendars"),
    ("administrator", "/admin/calendars/china"),
    ("administrator", "/admin/channels"),
    ("administrator", "/admin/messages"),
    ("administrator", "/admin/people"),
    ("administrator", "/admin/people/new"),
    ("administrator", "/admin/tables"),
    ("lawyer", "/people/lawyer/profile"),
    ("supervisor", "/people/lawyer/profile"),
    ("administrator", "/admin/people/caseworker"),
    ("supervisor", "/payments"),
    ("supervisor", "{order}"),
    ("supervisor", "{order}/print"),
    ("supervisor", "{order}/paid"),
    ("supervisor", "/payments/new"),
    ("auditor", "/funds"),
    ("supervisor", "{fund}"),
    ("caseworker", "/nothing-here"),
]


@pytest.fixture(params=[(size, lang) for size in SIZES for lang in ("zh-CN", "en")], ids="-".join, scope="module")
def context(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    size, lang = request.param
    width, height = SIZES[size]
    opened = browser.new_context(
        viewport={"width": width, "height": height}, locale=lang, timezone_id="Asia/Shanghai", is_mobile=size == "phone"
    )
    yield opened, lang
    opened.close()


@pytest.fixture(scope="module")
def tokens(pages: Pages) -> dict[str, str]:
    """A session for each user who looks at a page."""
    with pages.service.transaction() as tx:
        found = {name: by_username(tx.db, name) for name in {name for name, _ in PAGES if name}}
        return {name: begin_for(tx, there[0]) for name, there in found.items() if there}


@pytest.mark.parametrize(("username", "path"), PAGES)
def test_a_page_is_sound(context: Any, address: str, tokens: dict[str, str], username: str | None, path: str) -> None:
    opened, language = context
    cookies = {"casework-language": language} | ({"casework-session": tokens[username]} if username else {})
    opened.clear_cookies()
    opened.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    page = opened.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(address) else said.append(asked.url))
    if "{" in path:
        page.goto(f"{address}/cases")
        case = page.get_attribute(".queue .name a", "href").partition("?")[0]
        path = path.replace("{case}", case)
        if "{letter}" in path:
            page.goto(address + case)
            path = path.replace("{letter}", page.get_attribute(".letters a", "href"))
        for name in ("order", "fund"):
            if f"{{{name}}}" in path:
                page.goto(f"{address}/{'payments' if name == 'order' else 'funds'}")
                path = path.replace(f"{{{name}}}", page.get_attribute("tbody th a", "href"))
    answer = page.goto(address + path)
    if answer.status == 404:
        said[:] = [one for one in said if "404" not in one]

    found = AXE.run(page, options={"runOnly": RULES}).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert said == []
    assert page.get_attribute("html", "lang") == language
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.close()
