"""What auditors look at: checks of the records, the administrative chain, who saw what, and the chain of a case."""

import hashlib
import html
import json
import re
from typing import Any
from uuid import uuid4

import pytest

from casework.records import admin_events, history, offices, people
from casework.work import audit
from casework.work.people import act_as, create_user
from tests.web.conftest import Pages


def some_case(pages: Pages, org: str = "370100") -> tuple[Any, str]:
    """The id and number of a case at or below an organisation."""
    with pages.service.transaction() as tx:
        place = offices.org(tx.db, org)
        assert place is not None
        row = tx.db.one(
            "select c.id, c.number from cases c join orgs o on o.id = c.org_id where starts_with(o.path, :path)"
            " order by c.number limit 1",
            path=place.path,
        )
        assert row is not None
    return row.id, row.number


def looked_at(pages: Pages, case_id: Any, username: str, reason: str, paths: list[str]) -> None:
    with pages.service.transaction() as tx:
        found = people.by_username(tx.db, username)
        assert found is not None
        history.note_disclosure(tx.db, case_id, found[0].id, paths, reason)


def test_a_case_and_all_that_one_sees_are_checked(pages: Pages) -> None:
    auditor, (_, number) = pages.signed_in("auditor"), some_case(pages)
    assert "已核对 1 个案件，没有矛盾" in auditor.get(f"/audit?number={number.lower()}").text
    assert "没有找到案件" in auditor.get("/audit?number=LA-1999-000001").text
    elsewhere = some_case(pages, "370200")[1]
    assert "没有找到案件" in auditor.get(f"/audit?number={elsewhere}").text
    assert "管理记录没有矛盾" in auditor.get("/audit?verify=administration").text

    counted, address = 0, "/audit?verify=cases"
    while address:
        page = auditor.get(address)
        found = re.search(r"已核对 (\d+) 个案件，没有矛盾", page.text)
        assert found, page.text
        assert int(found[1]) <= 200
        counted += int(found[1])
        further = re.search(r'href="(/audit\?verify=cases&amp;cursor=[^"]+)"', page.text)
        address = html.unescape(further[1]) if further else ""
    with pages.service.transaction() as tx:
        act_as(tx, "auditor")
        assert (
            counted
            == tx.db.run(
                "select count(*) from cases c join orgs o on o.id = c.org_id where starts_with(o.path, :path)",
                path=tx.person.org_path,
            ).scalar_one()
        )


def test_a_case_that_was_tampered_with_is_named(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    auditor, (_, number) = pages.signed_in("auditor"), some_case(pages)
    monkeypatch.setattr(audit, "_broken_at", lambda stored: 2 if stored.record.case.number == number else None)
    sentence = f"{number}：第 2 条办理记录与校验链不符"
    assert sentence in auditor.get(f"/audit?number={number}").text
    assert sentence in auditor.get(f"/cases/{number}/history").text
    monkeypatch.setattr(audit, "_admin_broken_at", lambda tx: 3)
    assert "第 3 条管理记录与校验链不符" in pages.signed_in("administrator").get("/audit?verify=administration").text


def test_administrators_see_the_administrative_chain_and_check_no_cases(pages: Pages) -> None:
    admin, (_, number) = pages.signed_in("administrator"), some_case(pages)
    for query in (f"number={number}", "verify=cases"):
        page = admin.get(f"/audit?{query}")
        assert page.status_code == 200
        assert "已核对" not in page.text
    assert 'name="number"' not in page.text


def test_the_administrative_chain_is_filtered(pages: Pages) -> None:
    name = f"a{uuid4().hex[:10]}"
    with pages.service.transaction() as tx:
        act_as(tx, "administrator")
        org = offices.org(tx.db, "370100")
        assert org is not None
        create_user(tx, {"username": name, "name": "赵未名", "role": "caseworker"}, org)
        day = tx.today.isoformat()
        [event] = admin_events.page(tx.db, "", 1, words=name)
    auditor = pages.signed_in("auditor")
    subject = f'<td class="num">{name}</td>'
    for query in (f"q={name}", f"q={name}&kind=user_added", f"q={name}&since={day}&until={day}", "q=administrator"):
        page = auditor.get(f"/audit?{query}").text
        assert subject in page, query
    assert event.hash.hex()[:12] in page
    for query in (f"q={name}&kind=user_changed", f"q={name}&until=2020-01-01", f"q={name}&since=2199-01-01"):
        assert subject not in auditor.get(f"/audit?{query}").text, query
    assert subject not in pages.signed_in("auditor-qd").get(f"/audit?q={name}").text


def test_who_saw_what_is_told_of_the_cases_that_one_watches_over(pages: Pages) -> None:
    case_id, number = some_case(pages)
    reason = f"核对收入 {uuid4().hex[:8]}"
    looked_at(pages, case_id, "caseworker", reason, ["applicant.identity_number", "notes"])
    with pages.service.transaction() as tx:
        day = tx.today.isoformat()
    for who in ("auditor", "supervisor", "supervisor-sd"):
        visitor = pages.signed_in(who)
        page = visitor.get(f"/audit/access?number={number}").text
        assert reason in page
        assert "备注" in page
        for query in ("user=caseworker", f"since={day}&until={day}", f"user=CASEWORKER&number={number}"):
            assert reason in visitor.get(f"/audit/access?{query}").text, query
        for query in ("user=lawyer", "until=2020-01-01", "number=LA-1999-000001"):
            assert reason not in visitor.get(f"/audit/access?{query}").text, query
    assert reason not in pages.signed_in("auditor-qd").get(f"/audit/access?number={number}").text
    assert reason not in pages.signed_in("supervisor-qd").get("/audit/access").text


@pytest.mark.parametrize("path", ["/audit", "/audit/access", "/admin/people", "/cases"])
def test_one_place_of_the_navigation_is_the_present_one(pages: Pages, path: str) -> None:
    text = pages.signed_in("auditor").get(path).text
    nav = text[text.index('<nav class="main"') : text.index("</nav>")]
    assert re.findall(r'href="([^"]+)" aria-current', nav) == [path]


def test_a_long_log_goes_on(pages: Pages) -> None:
    case_id, number = some_case(pages)
    for n in range(60):
        looked_at(pages, case_id, "lawyer", f"第{n}次查看", ["notes"])
    auditor = pages.signed_in("auditor")
    address = f"/audit/access?user=lawyer&number={number}&since=&until="
    seen: list[str] = []
    while address:
        page = auditor.get(address)
        assert page.status_code == 200
        seen += re.findall(r"第(\d+)次查看", page.text)
        further = re.search(r'href="(/audit/access\?[^"]*cursor[^"]*)"', page.text)
        address = html.unescape(further[1]) if further else ""
    assert seen == [str(n) for n in reversed(range(60))]


@pytest.mark.parametrize("who", ["auditor", "supervisor"])
def test_the_chain_of_a_case_says_what_each_hash_covers(pages: Pages, who: str) -> None:
    case_id, number = some_case(pages)
    visitor = pages.signed_in(who)
    assert f"/cases/{number}/history" in visitor.get(f"/cases/{number}").text
    page = visitor.get(f"/cases/{number}/history").text
    assert "已核对：记录链完整" in page
    covered = [
        json.loads(html.unescape(one)) for one in re.findall(r'<pre class="covered"[^>]*>(.*?)</pre>', page, re.DOTALL)
    ]
    with pages.service.transaction() as tx:
        events = history.event_page(tx.db, case_id, 50, None)
    assert len(covered) == len(events) > 0
    before = bytes(32)
    for said, event in zip(covered, events, strict=True):
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        before = hashlib.sha256(before + text.encode()).digest()
        assert event.hash == before
        assert before.hex() in page


def test_the_chain_of_a_case_elsewhere_is_not_found(pages: Pages) -> None:
    _, number = some_case(pages, "370200")
    assert pages.signed_in("auditor").get(f"/cases/{number}/history").status_code == 404
    assert f"/cases/{number}/history" not in pages.signed_in("caseworker-qd").get(f"/cases/{number}").text
