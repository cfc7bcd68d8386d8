"""Tables on the page of the administrator: downloaded, looked at, and taken in as they were seen."""

import io
import re
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from tests.web.conftest import Pages, Visitor
from tests.web.test_people import somebody, stored


def send(visitor: Visitor, table: str, of: str = "users") -> TestResponse:
    visitor.get("/admin/tables")
    return visitor.post(f"/admin/tables/{of}", file=(io.BytesIO(table.encode()), "people.csv"))


def hidden(page: TestResponse) -> dict[str, Any]:
    return dict(re.findall(r'name="(digest|table|once)" value="([^"]+)"', page.text))


def test_what_was_previewed_is_taken_in_once_and_said(pages: Pages) -> None:
    admin, known = pages.signed_in("administrator"), somebody(pages)
    new = f"t{uuid4().hex[:8]}"
    table = f"用户名,姓名,角色,机构代码\n{known},赵改名,经办人,370100\n{new},王新名,律师,370100\n"
    page = send(admin, table)
    assert page.status_code == 200
    for said in ("新增 <b>1</b>", "更改 <b>1</b>", new, known, "尚未作任何更改"):
        assert said in page.text
    assert stored(pages, new) is None
    assert stored(pages, known).name == "赵未名"

    for _ in range(2):  # Sent twice by an impatient finger it is done once.
        done = admin.post("/admin/tables/users/apply", **hidden(page))
        assert done.status_code == 303
    assert "新增 1，更改 1" in admin.get(done.headers["Location"]).text.replace("\n", "")
    assert (stored(pages, new).role, stored(pages, known).name) == ("lawyer", "赵改名")


def test_faults_stand_with_their_place_and_nothing_can_be_taken_in(pages: Pages) -> None:
    admin = pages.signed_in("administrator")
    page = send(admin, f"用户名,姓名,角色,机构代码\n{somebody(pages)},赵改名,国王,370100\nnobody.new,王新,律师,\n")
    assert "第 2 行“角色”：" in page.text
    assert "第 3 行“机构代码”：" in page.text
    assert "/apply" not in page.text
    assert hidden(page) == {}


def test_something_else_than_was_seen_is_not_taken_in_but_shown_anew(pages: Pages) -> None:
    admin, known = pages.signed_in("administrator"), somebody(pages)
    page = send(admin, f"用户名,姓名\n{known},赵改名\n")
    admin.post(f"/admin/people/{known}", name="钱先改")
    refused = admin.post("/admin/tables/users/apply", **hidden(page))
    assert refused.status_code == 409
    assert "预览之后" in refused.text
    assert stored(pages, known).name == "钱先改"
    assert admin.post("/admin/tables/users/apply", **hidden(refused)).status_code == 303
    assert stored(pages, known).name == "赵改名"
    # What was never previewed, or comes in pieces, is a sentence and no fault of ours.
    for odd in ({}, {"table": "!"}, {"table": "eJw=", "digest": "x"}, {"table": "中"}):
        assert admin.post("/admin/tables/users/apply", **odd).status_code == 422


@pytest.mark.parametrize("raw", ["", "鞋码\n41\n", "\x00"])
def test_what_is_no_table_is_told_on_the_page(pages: Pages, raw: str) -> None:
    admin = pages.signed_in("administrator")
    page = send(admin, raw)
    assert page.status_code == 422
    assert "没有导入" in page.text
    assert 'type="file"' in page.text


def test_a_table_is_downloaded_by_administrators_alone(pages: Pages) -> None:
    admin = pages.signed_in("administrator")
    for of, heading in (("users", "用户名,姓名"), ("profiles", "用户名,执业证号")):
        whole = admin.get(f"/admin/tables/{of}/file?format=csv")
        assert whole.text.startswith(f"\ufeff{heading}")
        assert len(admin.get(f"/admin/tables/{of}/file?format=csv&empty=true").text.splitlines()) == 1
        assert len(whole.text.splitlines()) > 2
        assert pages.signed_in("supervisor").get(f"/admin/tables/{of}/file").status_code == 403
    assert admin.get("/admin/tables/unheard/file").status_code == 404
    assert "/admin/tables" in admin.get("/admin/people").text
