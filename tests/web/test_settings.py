"""What people set for themselves, and who is led there first."""

from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from casework.records import people
from tests.web.conftest import PASSWORD, Pages, Visitor

OWN = "quiet lantern meadow 47"


def sign_in(pages: Pages, username: str, password: str = PASSWORD) -> Visitor:
    visitor = pages.visitor()
    visitor.get("/sign-in")
    assert visitor.post("/sign-in", username=username, password=password).status_code == 303
    return visitor


def choose(visitor: Visitor, current: str, new: str, again: str | None = None) -> TestResponse:
    visitor.get("/settings")
    said = {"current_password": current, "password": new, "again": new if again is None else again}
    return visitor.post("/settings/password", **said)


@pytest.fixture
def production(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages.service, "limits", replace(pages.service.limits, own_passwords=True))


@pytest.mark.usefixtures("production")
def test_who_has_a_first_password_is_led_to_choose_another_and_then_works(pages: Pages, username: str) -> None:
    visitor = sign_in(pages, username)
    for path in ("/desk", "/cases"):
        assert (visitor.get(path).status_code, visitor.get(path).location) == (303, "/settings")
    page = visitor.get("/settings")
    assert page.status_code == 200
    assert "管理员设置的" in page.text
    assert 'name="email"' not in page.text
    visitor.get("/settings")
    assert visitor.post("/desk/claim").location == "/settings"

    assert choose(visitor, PASSWORD, OWN).location == "/settings?done=password"
    assert visitor.get("/desk").status_code == 200
    assert 'name="email"' in visitor.get("/settings").text


def test_another_password_ends_every_other_session_and_keeps_this_one(pages: Pages, username: str) -> None:
    here, elsewhere = sign_in(pages, username), sign_in(pages, username)
    assert choose(here, PASSWORD, OWN).status_code == 303
    assert here.get("/desk").status_code == 200
    assert elsewhere.get("/desk").location == "/sign-in"
    assert sign_in(pages, username, OWN).get("/desk").status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "again", "sentence"),
    [
        ("not my password", OWN, OWN, "原密码不正确"),
        (PASSWORD, OWN, OWN + "x", "两次填写的新密码不一致"),
        (PASSWORD, PASSWORD, PASSWORD, "与原密码相同"),
        (PASSWORD, "short", "short", "密码"),
        (PASSWORD, "", "", "此项必填"),
    ],
)
def test_a_password_that_is_refused_changes_nothing_and_is_not_shown(
    pages: Pages, username: str, current: str, new: str, again: str, sentence: str
) -> None:
    visitor = sign_in(pages, username)
    answer = choose(visitor, current, new, again)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert '<div class="summary"' in answer.text
    for secret in filter(None, (current, new, again)):
        assert f'value="{secret}"' not in answer.text
    assert sign_in(pages, username).get("/desk").status_code == 200


def test_language_address_and_digest_are_kept_and_this_browser_speaks_the_language(pages: Pages, username: str) -> None:
    visitor = sign_in(pages, username)
    visitor.get("/settings")
    answer = visitor.post("/settings", language="en", email="li@example.org", digest="true")
    assert answer.location == "/settings?done=reached"
    page = visitor.get("/settings?done=reached").text
    assert "Saved." in page
    assert 'value="li@example.org"' in page
    with pages.service.transaction() as tx:
        found = people.by_username(tx.db, username)
        assert found is not None
        row = people.view(tx.db, found[0].id)
        assert row is not None
    assert (row.language, row.email, row.digest) == ("en", "li@example.org", True)

    visitor.post("/settings", language="en", email="", digest="false")
    assert 'value="li@example.org"' not in visitor.get("/settings").text
    wrong = visitor.post("/settings", language="en", email="nowhere", digest="false")
    assert wrong.status_code == 422
    assert 'value="nowhere"' in wrong.text


@pytest.mark.parametrize("role", ["administrator", "auditor", "lawyer", "supervisor", "volunteer"])
def test_everybody_who_signs_in_has_settings_and_finds_them_in_the_menu(pages: Pages, role: str) -> None:
    visitor = pages.signed_in(role)
    page = visitor.get("/settings")
    assert page.status_code == 200
    assert 'href="/settings"' in page.text
    assert "退出所有设备" in page.text
