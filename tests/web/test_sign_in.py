"""Sessions of the pages: begun with a password, carried by a cookie, ended by time, by the user and by the office."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework.work.people import change_by_name
from tests.web.conftest import PASSWORD, Pages, Visitor

COOKIE = "casework-session"


def signed_in(pages: Pages, username: str) -> Visitor:
    visitor = pages.visitor()
    visitor.get("/sign-in")
    assert visitor.post("/sign-in", username=username, password=PASSWORD).location == "/desk"
    return visitor


def passes(pages: Pages, span: timedelta) -> None:
    with pages.service.transaction() as tx:
        tx.db.run("update time_offset set value = value + :span", span=span)


def test_a_password_begins_a_session_in_a_cookie_that_scripts_and_other_sites_do_not_get(
    pages: Pages, username: str
) -> None:
    visitor = pages.visitor()
    visitor.get("/sign-in?next=/cases")
    answer = visitor.post("/sign-in", username=username, password=PASSWORD, next="/cases")

    assert (answer.status_code, answer.location) == (303, "/cases")
    [cookie] = [said for said in answer.headers.getlist("Set-Cookie") if said.startswith(COOKIE)]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "Max-Age" not in cookie
    assert visitor.get("/desk").status_code == 200


def test_behind_tls_the_cookie_is_of_this_host_alone(pages: Pages, username: str) -> None:
    client = pages.app.test_client()
    visitor = Visitor(client)
    page = client.get("/sign-in", base_url="https://office.example")
    visitor.token = page.text.split('name="anti-forgery" value="')[1].split('"')[0]
    said = {"anti-forgery": visitor.token, "username": username, "password": PASSWORD}
    answer = client.post("/sign-in", data=said, base_url="https://office.example")

    [cookie] = [one for one in answer.headers.getlist("Set-Cookie") if COOKIE in one]
    assert cookie.startswith(f"__Host-{COOKIE}=cw_")
    assert "Secure" in cookie.split("; ")


def test_a_wrong_password_shows_the_form_again_with_the_name_and_without_the_password(
    pages: Pages, username: str
) -> None:
    visitor = pages.visitor()
    visitor.get("/sign-in")
    answer = visitor.post("/sign-in", username=username, password="wrong horse battery")

    assert answer.status_code == 401
    assert f'value="{username}"' in answer.text
    assert "wrong horse" not in answer.text
    assert "用户名或密码不正确" in answer.text
    assert "错误：" in answer.text
    assert not any(COOKIE in said for said in answer.headers.getlist("Set-Cookie"))


def test_a_cookie_that_somebody_planted_before_is_not_the_one_of_the_session(pages: Pages, username: str) -> None:
    visitor = pages.visitor()
    visitor.client.set_cookie(COOKIE, "cw_planted")
    visitor.get("/sign-in")
    answer = visitor.post("/sign-in", username=username, password=PASSWORD)

    [cookie] = [said for said in answer.headers.getlist("Set-Cookie") if said.startswith(COOKIE)]
    assert "cw_planted" not in cookie


@pytest.mark.parametrize(
    "next_page", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere(pages: Pages, username: str, next_page: str) -> None:
    visitor = pages.visitor()
    visitor.get("/sign-in")
    assert visitor.post("/sign-in", username=username, password=PASSWORD, next=next_page).location == "/desk"
    visitor.get("/desk")
    assert visitor.post("/language", language="en", next=next_page).location == "/"


def test_whoever_is_not_signed_in_comes_back_to_the_page_that_was_asked_for(pages: Pages) -> None:
    answer = pages.visitor().get("/cases?q=LA&open=true")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2Fcases%3Fq%3DLA%26open%3Dtrue")


def test_a_session_ends_after_two_hours_of_rest_and_goes_on_while_it_is_used(pages: Pages, username: str) -> None:
    visitor = signed_in(pages, username)
    for _ in range(3):
        passes(pages, timedelta(minutes=110))
        assert visitor.get("/desk").status_code == 200
    passes(pages, timedelta(minutes=121))
    assert visitor.get("/desk").location == "/sign-in"


def test_a_session_ends_after_twelve_hours_whatever_happens(pages: Pages, username: str) -> None:
    visitor = signed_in(pages, username)
    for _ in range(7):
        passes(pages, timedelta(minutes=100))
        assert visitor.get("/desk").status_code == 200
    passes(pages, timedelta(minutes=30))
    assert visitor.get("/desk").location == "/sign-in"


def test_signing_out_ends_this_session_and_everywhere_ends_all(pages: Pages, username: str) -> None:
    one, two, three = (signed_in(pages, username) for _ in range(3))
    kept = one.client.get_cookie(COOKIE)
    assert kept is not None
    one.get("/desk")
    answer = one.post("/sign-out")
    assert answer.location == "/sign-in"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    one.client.set_cookie(COOKIE, kept.value)
    assert one.get("/desk").location == "/sign-in"

    two.get("/desk")
    two.post("/sign-out", everywhere="1")
    assert three.get("/desk").location == "/sign-in"


@pytest.mark.parametrize("change", [{"active": False}, {"password": "another horse battery"}, {"role": "supervisor"}])
def test_the_office_ends_sessions_at_once(pages: Pages, username: str, change: dict[str, Any]) -> None:
    visitor = signed_in(pages, username)
    with pages.service.transaction() as tx:
        change_by_name(tx, username, change)
    assert visitor.get("/desk").location == "/sign-in"


def test_a_post_that_no_page_of_ours_made_is_refused(pages: Pages, username: str) -> None:
    visitor, other = signed_in(pages, username), signed_in(pages, username)
    visitor.get("/desk")
    other.get("/desk")
    for forged in ("", "x", other.token, "AAAA" + visitor.token[4:], visitor.token[:-4] + "AAA="):
        assert visitor.client.post("/desk/claim", data={"anti-forgery": forged}).status_code == 403
    abroad = visitor.post("/desk/claim", headers={"Sec-Fetch-Site": "cross-site"}, workflow="")
    assert abroad.status_code == 403
    assert "未作任何更改" in abroad.text
    assert visitor.client.post("/sign-in", data={"username": username, "password": PASSWORD}).status_code == 403


def test_tokens_against_forgery_differ_in_every_page_so_that_compression_tells_nothing(pages: Pages) -> None:
    visitor = pages.signed_in("caseworker")
    seen = set()
    for _ in range(3):
        visitor.get("/desk")
        seen.add(visitor.token)
    assert len(seen) == 3


def test_nothing_of_a_page_is_kept_by_browsers_and_no_other_site_frames_it(pages: Pages) -> None:
    answer = pages.signed_in("caseworker").get("/desk")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_one_click_signs_in_to_a_demonstration_and_nowhere_else(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = pages.visitor()
    assert "演示环境" in visitor.get("/sign-in").text
    assert visitor.post("/sign-in/demonstration", username="nobody").status_code == 404
    here = pages.app.extensions["casework"]
    monkeypatch.setitem(pages.app.extensions, "casework", replace(here, demonstration=False))
    assert "演示环境" not in visitor.get("/sign-in").text
    assert visitor.post("/sign-in/demonstration", username="caseworker").status_code == 404
