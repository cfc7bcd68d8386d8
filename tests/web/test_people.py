"""The people of an office: found, added, changed, deactivated, and confirmed in a role by somebody else."""

import re
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from casework.records import offices, people
from casework.work.people import create_user
from tests.web.conftest import Pages, Visitor

PASSWORD = "correct horse battery"
OTHER = "quiet lantern meadow 47"


def somebody(pages: Pages, role: str = "caseworker", org: str = "370100", **more: Any) -> str:
    name = f"p{uuid4().hex[:10]}"
    with pages.service.transaction() as tx:
        place = offices.org(tx.db, org)
        assert place is not None
        create_user(tx, {"username": name, "name": "赵未名", "role": role, "password": PASSWORD, **more}, place)
    return name


def stored(pages: Pages, username: str) -> Any:
    with pages.service.transaction() as tx:
        found = people.by_username(tx.db, username)
        return found and people.view(tx.db, found[0].id)


def change(visitor: Visitor, username: str, **said: str) -> TestResponse:
    visitor.get(f"/admin/people/{username}")
    return visitor.post(f"/admin/people/{username}", **said)


def sign_in(pages: Pages, username: str, password: str = PASSWORD) -> Visitor:
    visitor = pages.visitor()
    visitor.get("/sign-in")
    visitor.post("/sign-in", username=username, password=password)
    return visitor


def test_people_are_found_by_words_role_office_and_what_waits(pages: Pages) -> None:
    admin, one = pages.signed_in("administrator"), somebody(pages, "lawyer")
    for query in (f"q={one[3:]}", f"q={one.upper()}", f"q={one}&role=lawyer&active=true&org=370100"):
        assert f"/admin/people/{one}" in admin.get(f"/admin/people?{query}").text
    for query in (f"q={one}&role=auditor", f"q={one}&active=false", f"q={one}&waiting=true", f"q={one}&org=370102"):
        assert "没有符合条件的人员" in admin.get(f"/admin/people?{query}").text
    assert somebody(pages, "lawyer", "370200") not in admin.get("/admin/people?role=lawyer").text


def test_a_long_list_goes_on_with_filters_that_were_left_blank(pages: Pages) -> None:
    admin = pages.signed_in("administrator")
    seen: list[str] = []
    address: str | None = "/admin/people?q=&role=&active=&org="
    while address:
        page = admin.get(address)
        assert page.status_code == 200
        seen += re.findall(r'<a href="/admin/people/([a-z0-9.-]+)">', page.text)
        further = re.search(r'href="(/admin/people\?[^"]*cursor[^"]*)"', page.text)
        address = further[1].replace("&amp;", "&") if further else None
    with pages.service.transaction() as tx:
        me = people.by_username(tx.db, "administrator")
        assert me is not None
        everybody = [row.username for row in people.page(tx.db, me[0].org_path, 1_000, None, {})]
    assert [name for name in seen if name != "new"] == everybody
    assert len(everybody) > 50


def test_somebody_is_added_and_the_first_password_is_shown_nowhere(pages: Pages) -> None:
    admin, name = pages.signed_in("administrator"), f"n{uuid4().hex[:8]}"
    said = {"username": name.upper(), "name": "王新", "role": "caseworker", "org": "370100", "password": PASSWORD}
    admin.get("/admin/people/new")
    weak = admin.post("/admin/people/new", **said | {"password": "123456123456"})
    assert weak.status_code == 422
    assert "123456123456" not in weak.text
    assert f'value="{name.upper()}"' in weak.text
    added = admin.post("/admin/people/new", **said)
    assert added.location == f"/admin/people/{name}?done=added"
    page = admin.get(added.location).text
    assert PASSWORD not in page
    assert "初始密码尚未修改" in page
    assert sign_in(pages, name).get("/desk").status_code == 200
    taken = admin.post("/admin/people/new", **said)
    assert taken.status_code == 422
    assert "用户名已被使用" in taken.text


def test_only_what_differs_is_changed_so_that_saving_ends_no_session(pages: Pages) -> None:
    admin, name = pages.signed_in("administrator"), somebody(pages)
    theirs = sign_in(pages, name)
    assert change(admin, name, name="示例乙", role="caseworker", org="370100").status_code == 303
    assert stored(pages, name).name == "示例乙"
    assert theirs.get("/desk").status_code == 200
    change(admin, name, email="li@example.org", digest="true", language="en")
    assert (stored(pages, name).email, stored(pages, name).language) == ("li@example.org", "en")
    change(admin, name, email="", digest="true", language="en")
    assert stored(pages, name).email is None
    change(admin, name, password=OTHER)
    assert theirs.get("/desk").location == "/sign-in"
    assert sign_in(pages, name, OTHER).get("/desk").status_code == 200


def test_whoever_is_deactivated_gives_back_the_open_cases_and_the_page_says_how_many(pages: Pages) -> None:
    admin, name = pages.signed_in("administrator"), somebody(pages)
    theirs = sign_in(pages, name)
    theirs.get("/desk")
    claimed = theirs.post("/desk/claim", workflow="")
    assert claimed.location.startswith("/cases/")
    assert "手中未结案件：<b>1</b>" in admin.get(f"/admin/people/{name}").text

    left = change(admin, name, active="false")
    assert left.location.endswith("done=left&let_go=1")
    assert "1 件未结案件退回待领取" in admin.get(left.location).text
    assert theirs.get("/desk").location == "/sign-in"
    assert "恢复在岗" in admin.get(f"/admin/people/{name}").text
    change(admin, name, active="true")
    assert stored(pages, name).active is True


def test_another_administrator_confirms_a_role_and_not_the_one_who_gave_it(pages: Pages) -> None:
    admin, name = pages.signed_in("administrator"), somebody(pages)
    second = sign_in(pages, somebody(pages, "administrator"))
    change(admin, name, role="supervisor")
    page = admin.get(f"/admin/people/{name}").text
    assert "角色待确认" in page
    assert "/confirm-role" not in page
    assert f"/admin/people/{name}" in admin.get(f"/admin/people?waiting=true&q={name}").text
    refused = admin.post(f"/admin/people/{name}/confirm-role")
    assert refused.status_code == 403
    assert stored(pages, name).raised_at is not None

    assert "/confirm-role" in second.get(f"/admin/people/{name}").text
    assert second.post(f"/admin/people/{name}/confirm-role").location == f"/admin/people/{name}?done=confirmed"
    assert stored(pages, name).raised_at is None


def test_nobody_changes_their_own_role_nor_people_of_other_offices(pages: Pages) -> None:
    admin = pages.signed_in("administrator")
    page = admin.get("/admin/people/administrator").text
    assert 'name="role"' not in page
    assert 'name="active"' not in page
    assert change(admin, "administrator", role="auditor").status_code == 403
    elsewhere = somebody(pages, org="370200")
    assert admin.get(f"/admin/people/{elsewhere}").status_code == 404
    assert admin.post(f"/admin/people/{elsewhere}", active="false").status_code == 404
    assert stored(pages, elsewhere).active is True


@pytest.mark.parametrize("role", ["auditor", "caseworker", "supervisor"])
def test_others_look_at_the_list_and_change_nothing(pages: Pages, role: str) -> None:
    visitor = pages.signed_in(role)
    page = visitor.get("/admin/people")
    assert page.status_code == 200
    assert "/admin/people/new" not in page.text
    assert "/admin/people/administrator" not in page.text
