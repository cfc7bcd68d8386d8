"""What supervisors, administrators and auditors do from the first click to the last, as their guides say it."""

import re
from random import Random
from uuid import uuid4

from casework.forms.example_data import ExampleData
from casework.forms.form import form_of
from casework.work import workflow_registry
from tests.web.conftest import PASSWORD, Pages, Visitor, lived
from tests.web.test_reports import cases_behind, rows_of
from tests.web.test_steps import step

YEAR = """
year = 2027
source = "试算用的放假安排"
holidays = [2027-01-01, 2027-02-06, 2027-02-07]
make_up_days = [2027-02-20]
"""


def with_password(pages: Pages, username: str) -> Visitor:
    visitor = pages.visitor()
    visitor.get("/sign-in")
    assert visitor.post("/sign-in", username=username, password=PASSWORD).status_code == 303
    return visitor


def added(admin: Visitor, role: str) -> str:
    """Somebody whom an administrator has added on the page."""
    name = f"s{uuid4().hex[:10]}"
    assert "/admin/people/new" in admin.get("/admin/people").text
    admin.get("/admin/people/new")
    said = {"username": name, "name": "赵未名", "role": role, "org": "370100", "password": PASSWORD}
    assert admin.post("/admin/people/new", **said).location == f"/admin/people/{name}?done=added"
    return name


def test_a_supervisor_decides_reads_the_month_opens_its_cases_and_takes_a_file(pages: Pages) -> None:
    case = lived(pages, ("caseworker", "accept"), ("caseworker", "propose"))
    supervisor = pages.signed_in("supervisor")
    assert f"/cases/{case.number}/do/grant" in supervisor.get(f"/cases/{case.number}").text
    edge = workflow_registry.newest("legal_aid").edge("grant", case.state)
    assert edge is not None
    assert edge.needs is not None
    with pages.service.transaction() as tx:
        data = ExampleData(tx.today, Random(7), facts=case.facts)
    said = {name: str(value) for name, value in form_of(edge.needs).example(data).items() if value is not None}
    decided = supervisor.post(f"/cases/{case.number}/do/grant", **step(supervisor, case.number, "grant"), **said)
    assert decided.location == f"/cases/{case.number}?done=grant", decided.text
    assert f"/cases/{case.number}/do/grant" not in supervisor.get(f"/cases/{case.number}").text

    month = rows_of(supervisor.get("/reports?month=2026-10").text)[1:]
    said_number, leads_to = next(cell for row in month for cell in row if cell[1].startswith("/cases?"))
    assert len(cases_behind(supervisor, leads_to)) == int(said_number)
    assert supervisor.get("/reports?month=2026-10&format=csv").content_type == "text/csv; charset=utf-8"
    taken = supervisor.get("/cases/file?open=true&workflow=legal_aid&format=csv")
    assert taken.status_code == 200
    assert case.number in taken.text


def test_an_administrator_tries_next_year_adds_people_has_a_role_confirmed_and_ends_somebodys_work(
    pages: Pages,
) -> None:
    admin = pages.signed_in("administrator")
    assert "/admin/people" in admin.get("/desk").text
    assert 'name="text"' in admin.get("/admin/calendars/china").text
    tried = admin.post("/admin/calendars/china", text=YEAR)
    assert tried.status_code == 200
    assert "未作任何更改" in tried.text
    assert "试算用的放假安排" not in admin.get("/admin/calendars/china").text

    leaver, second = added(admin, "caseworker"), added(admin, "caseworker")
    theirs = with_password(pages, leaver)
    theirs.get("/desk")
    number = theirs.post("/desk/claim", workflow="").location.split("/")[2].partition("?")[0]

    admin.get(f"/admin/people/{second}")
    assert admin.post(f"/admin/people/{second}", role="supervisor").status_code == 303
    assert "角色待确认" in admin.get(f"/admin/people/{second}").text
    assert f"/admin/people/{second}" in admin.get(f"/admin/people?waiting=true&q={second}").text
    assert admin.post(f"/admin/people/{second}/confirm-role").status_code == 403

    admin.get(f"/admin/people/{leaver}")
    left = admin.post(f"/admin/people/{leaver}", active="false")
    assert "1 件未结案件退回待领取" in admin.get(left.location).text
    assert theirs.get("/desk").location == "/sign-in"
    assert f'action="/cases/{number}/claim"' in pages.signed_in("caseworker").get(f"/cases/{number}").text
    assert f'<td class="num">{leaver}</td>' in admin.get(f"/audit?q={leaver}&kind=user_added").text


def test_an_auditor_checks_the_chains_reads_who_saw_what_and_is_refused_what_is_sensitive(pages: Pages) -> None:
    auditor = pages.signed_in("auditor")
    found = re.search(r'href="/cases/(LA-\d{4}-\d{6})', auditor.get("/cases?workflow=legal_aid&open=true").text)
    assert found
    number, reason = found[1], f"核对身份 {uuid4().hex[:8]}"
    page = auditor.get(f"/cases/{number}").text
    assert "/sensitive" not in page
    assert "/do/" not in page
    for path in ("sensitive", "claim", "notes"):
        assert auditor.post(f"/cases/{number}/{path}", reason=reason).status_code == 403

    caseworker = pages.signed_in("caseworker")
    caseworker.get(f"/cases/{number}")
    assert caseworker.post(f"/cases/{number}/sensitive", reason=reason).status_code == 200
    assert reason in auditor.get(f"/audit/access?number={number}&user=caseworker").text

    assert auditor.get(f"/cases/{number}/history").status_code == 200
    assert "已核对 1 个案件，没有矛盾" in auditor.get(f"/audit?number={number}").text
    assert "管理记录没有矛盾" in auditor.get("/audit?verify=administration").text
    assert auditor.get("/reports").status_code == 200
    assert auditor.get("/admin/channels").status_code == 403
