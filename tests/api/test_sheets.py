"""Tables of people and profiles: what is given out is taken in again, by hand's own rules, all of it or nothing."""

import time
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from xlsxwriter import Workbook

from casework.work.sheet_files import BadTable
from casework.work.sheets import TABLE
from casework.work.workbooks import first_sheet
from tests.api.conftest import Api
from tests.api.uploads import KIND, form_with

HEADINGS = "用户名,姓名,角色,机构代码,在岗,电子邮箱\n"


def send(
    api: Api, of: str, table: str | bytes, query: str = "?preview=true", who: str = "administrator", **headers: str
) -> Any:
    raw = table.encode() if isinstance(table, str) else table
    body = form_with(raw, "named.exe")
    return api.call(who, "POST", f"/{of}/import{query}", body, {"Content-Type": KIND, **headers})


def given_out(api: Api, of: str, query: str = "", who: str = "administrator", language: str = "zh-CN") -> bytes:
    answer = api.call(who, "GET", f"/{of}/export{query}", None, {"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return bytes(answer.data)


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return file.getvalue()


def events(api: Api) -> list[dict[str, Any]]:
    return list(api.get("administrator", "/admin/events?limit=200")["items"])


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("of", ["users", "profiles"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_given_out_is_taken_in_and_changes_nothing(shared: Api, of: str, kind: str, language: str) -> None:
    profile = {
        "licence": "13701202610000001",
        "licence_until": "2027-01-31",
        "firm": "=示例律师事务所",
        "matters": ["wages", "dismissal"],
        "languages": ["聊城话", "English"],
        "places": ["3701"],
        "most_open": 8,
        "absences": [{"first": "2026-12-01", "last": "2026-12-05"}],
        "relations": [
            {"kind": "kin", "name": "王晓明"},
            {"kind": "former_client", "organisation": True, "name": "示例纺织有限公司"},
        ],
    }
    changed = shared.call("administrator", "PATCH", f"/users/{shared.ids['lawyer']}/profile", profile)
    assert changed.status_code == 200, changed.text
    before = len(events(shared))
    raw = given_out(shared, of, f"?format={kind}", language=language)
    answer = send(shared, of, raw, "")
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert (told["added"], told["changed"], told["lines"], told["faults"]) == (0, 0, [], [])
    assert told["unchanged"] >= 2
    assert len(events(shared)) == before
    assert len(first_sheet(given_out(shared, of, "?format=xlsx&empty=true"))) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_people_are_added_and_changed_as_by_hand(api: Api, encoding: str) -> None:
    table = HEADINGS + "NEW.one,赵新人,经办人,370100,是,new@example.org\ncaseworker,李改名,经办人,370100,是,\n"
    raw = table.encode(encoding)
    looked = send(api, "users", raw).get_json()
    assert (looked["preview"], looked["added"], looked["changed"]) == (True, 1, 1)
    assert looked["lines"][0]["key"] == "new.one"
    assert "name" in looked["lines"][1]["columns"]
    assert not api.get("administrator", "/users?username=new.one")["items"]

    before = len(events(api))
    assert send(api, "users", raw, f"?digest={looked['digest']}").status_code == 200
    [new] = api.get("administrator", "/users?username=new.one")["items"]
    assert (new["name"], new["role"], new["org"], new["email"]) == ("赵新人", "caseworker", "370100", "new@example.org")
    # One event for each, the newest first, and none that tells a name.
    fresh = events(api)[: len(events(api)) - before]
    assert [(one["kind"], one["subject"]) for one in fresh] == [
        ("user_changed", "caseworker"),
        ("user_added", "new.one"),
    ]
    assert "李改名" not in str(fresh)


def test_a_raised_role_waits_for_a_second_person_whichever_way_it_came(api: Api) -> None:
    table = "User name,Role\ncaseworker,Supervisor\n"
    assert send(api, "users", table, "").get_json()["changed"] == 1
    [raised] = api.get("administrator", "/users?username=caseworker")["items"]
    assert (raised["role"], raised["raised_at"] is not None) == ("supervisor", True)
    confirm = f"/users/{api.ids['caseworker']}/confirm-role"
    assert api.call("administrator", "POST", confirm, {}).status_code == 403
    # And nobody raises themselves.
    [fault] = send(api, "users", "User name,Role\nadministrator,supervisor\n").get_json()["faults"]
    assert (fault["line"], fault["code"]) == (2, "not_yours")


def test_one_fault_changes_nothing_and_each_is_told_with_its_place_in_both_languages(api: Api) -> None:
    table = HEADINGS + (
        "new.one,赵新人,经办人,370100,是,\n"
        "\n"
        "new.two,1,国王,999999,是,nowhere\n"
        "new.one,赵新人,经办人,370100,是,\n"
        "caseworker,,经办人,370100,是,\n"
        "caseworker-qd,钱青岛,经办人,370200,否,\n"
        "new.six,孙新人,经办人,370100,否,\n"
    )
    before = len(events(api))
    looked = send(api, "users", table)
    assert looked.status_code == 200, looked.text
    found = {(one["line"], one["column"], one["code"]) for one in looked.get_json()["faults"]}
    assert found >= {
        (4, "name", "person_name"),
        (4, "role", "choice"),
        (4, "email", "email"),
        (5, "username", "twice"),
        (6, "name", "required"),
        (8, "active", "not_active"),
    }
    # Whoever is of another place looks like nobody's business, as by hand.
    assert {line for line, _, _ in found} >= {4, 5, 6, 8}
    first = looked.get_json()["faults"][0]
    assert first["text"]["zh-CN"] != first["text"]["en"]
    assert first["sentence"].startswith(("第 4 行", "Line 4"))

    refused = send(api, "users", table, "")
    assert refused.status_code == 422
    assert {"4.name", "6.name"} <= {one["field"] for one in refused.get_json()["errors"]}
    assert len(events(api)) == before
    assert not api.get("administrator", "/users?username=new.one")["items"]


def test_what_has_changed_since_the_preview_is_not_taken_in(api: Api) -> None:
    table = "用户名,姓名\ncaseworker,李改名\n"
    digest = send(api, "users", table).get_json()["digest"]
    assert send(api, "users", table.replace("李改名", "李又改"), f"?digest={digest}").status_code == 409
    api.call("administrator", "PATCH", f"/users/{api.ids['caseworker']}", {"name": "别人改的"})
    assert send(api, "users", table, f"?digest={digest}").status_code == 409
    again = send(api, "users", table).get_json()["digest"]
    assert send(api, "users", table, f"?digest={again}").status_code == 200


def test_only_administrators_take_tables_in_and_out_and_only_of_their_own_place(shared: Api) -> None:
    for who in ("caseworker", "supervisor", "lawyer", "volunteer", "auditor"):
        for of in ("users", "profiles"):
            assert send(shared, of, "用户名\nlawyer\n", "", who).status_code == 403
            assert shared.call(who, "GET", f"/{of}/export").status_code == 403
    listed = given_out(shared, "users", who="administrator").decode()
    mine = shared.get("administrator", "/users?limit=200")["items"]
    assert listed.count("\n") == len(mine) + 1
    assert "scrypt" not in listed
    [fault] = send(shared, "profiles", "用户名,律师事务所\ncaseworker,某所\n").get_json()["faults"]
    assert (fault["line"], fault["column"], fault["code"]) == (2, "username", "no_helper")


def test_an_empty_cell_of_a_profile_takes_away_and_a_column_that_is_not_there_does_not(api: Api) -> None:
    path = f"/users/{api.ids['lawyer']}/profile"
    said = {"firm": "某所", "languages": ["聊城话"], "most_open": 3}
    assert api.call("administrator", "PATCH", path, said).status_code == 200
    kin = "近亲属：王晓明；曾经的委托人（单位）：示例公司"
    table = f"用户名,律师事务所,请假,须回避的关系人,办理的事项\nlawyer,,2026/12/1至2026年12月5日,{kin},wages\n"
    assert send(api, "profiles", table, "").status_code == 200
    mine = api.get("lawyer", path)
    assert (mine["firm"], mine["languages"], mine["most_open"]) == (None, ["聊城话"], 3)
    assert mine["absences"] == [{"first": "2026-12-01", "last": "2026-12-05"}]
    assert [(one["kind"], one["organisation"], one["name"]) for one in mine["relations"]] == [
        ("kin", False, "王晓明"),
        ("former_client", True, "示例公司"),
    ]
    # Formulas are text: nothing of them is reckoned.
    assert send(api, "profiles", workbook([["用户名", "律师事务所"], ["lawyer", "'=1+1"]]), "").status_code == 200
    assert api.get("lawyer", path)["firm"] == "=1+1"
    assert "'=1+1" in given_out(api, "profiles").decode()


ODD = {
    "nothing": b"",
    "headings": "用户名,姓名\n".encode(),
    "unknown": "用户名,鞋码\nlawyer,41\n".encode(),
    "repeated": "用户名,姓名,Name\nlawyer,张三,张三\n".encode(),
    "no key": "姓名\n张三\n".encode(),
    "beside": "用户名,\nlawyer,多余\n".encode(),
    "zero": b"\x00" * 100,
    "a picture": b"\x89PNG\r\n\x1a\n" + b"\xff" * 100,
    "a broken workbook": b"PK\x03\x04" + b"x" * 100,
    "too many lines": ("用户名\n" + "".join(f"u{n}\n" for n in range(5001))).encode(),
    "a long cell": ("用户名\n" + "甲" * 2001 + "\n").encode(),
    "too many changes": ("用户名,姓名\n" + "".join(f"u{n},1\n" for n in range(501))).encode(),
    "too large": b"a," * 400_000,
    "an open quotation mark": b'"' + b"a\n" * 100_000,
    "marks": ("用户名\n" + "a" + "\u0323\u0301" * 999 + "\n").encode(),
}


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD)
def test_what_is_no_such_table_is_refused_at_once_with_a_sentence(shared: Api, raw: bytes) -> None:
    before = time.perf_counter()
    answer = send(shared, "users", raw, "")
    assert time.perf_counter() - before < 1.5
    assert answer.status_code == 422, answer.text
    assert answer.get_json()["errors"][0]["message"]


def test_a_workbook_that_swells_is_put_away_before_it_is_read() -> None:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as book:
        for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"):
            book.writestr(name, b"<a>" + b" " * 20_000_000 + b"</a>")
    assert len(file.getvalue()) < TABLE.most_bytes
    before = time.perf_counter()
    with pytest.raises(BadTable):
        TABLE.lines(file.getvalue())
    assert time.perf_counter() - before < 1
