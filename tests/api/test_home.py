"""The address that the start prints opens something: a page for people, addresses for programs."""

import re

import pytest
from werkzeug.test import TestResponse

from casework.rules.text import LANGUAGES, Language
from tests.api.conftest import Api


def opened(api: Api, **headers: str) -> TestResponse:
    return api.app.test_client().get("/", headers={name.replace("_", "-"): said for name, said in headers.items()})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_reads_what_this_is_and_where_to_go_on(api: Api, language: Language) -> None:
    answer = opened(api, Accept_Language=language, Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert f'<html lang="{language}">' in answer.text
    assert ("登录" in answer.text) == (language == "zh-CN")
    assert "casework call GET /me --as caseworker" in answer.text
    assert "casework demo users" in answer.text
    for href in re.findall(r'href="([^"]+)"', answer.text):
        assert api.app.test_client().get(href).status_code == 200, href


def test_the_page_runs_and_loads_nothing_and_tells_no_version(api: Api) -> None:
    answer = opened(api)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert not re.search(r"<(script|img|link|iframe|form)|https?:|url\(|\bv?\d+\.\d+\.\d+", answer.text)
    assert {one.strip() for one in answer.headers["Vary"].split(",")} == {"Accept", "Accept-Language"}


@pytest.mark.parametrize("accept", ["application/json", "application/json, text/plain, */*"])
def test_a_program_gets_the_addresses(api: Api, accept: str) -> None:
    answer = opened(api, Accept=accept)
    assert answer.mimetype == "application/json"
    assert answer.get_json()["documentation"] == "/api/v1/docs"
    assert all(api.app.test_client().get(path).status_code == 200 for path in answer.get_json().values())


def test_what_does_not_exist_beside_it_is_a_problem(api: Api) -> None:
    answer = api.app.test_client().get("/login", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    answer = api.app.test_client().post("/", json={})
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
