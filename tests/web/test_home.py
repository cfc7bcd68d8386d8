"""The address that the start prints opens something: a page for people, addresses for programs."""

import re

import pytest
from werkzeug.test import TestResponse

from casework.rules.text import LANGUAGES, Language
from tests.web.conftest import Pages


def opened(pages: Pages, **headers: str) -> TestResponse:
    return pages.visitor().get("/", **headers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_reads_what_this_is_and_where_to_go_on(pages: Pages, language: Language) -> None:
    answer = opened(pages, Accept_Language=language, Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert f'<html lang="{language}">' in answer.text
    assert ("登录" in answer.text) == (language == "zh-CN")
    for href in re.findall(r'href="(/[^"#]*)"', answer.text):
        if href == "/leave":
            continue
        assert pages.app.test_client().get(href).status_code == 200, href


def test_the_page_names_no_version_and_nothing_outside(pages: Pages) -> None:
    answer = opened(pages)
    assert not re.search(r"<iframe|https?:|url\(|\bv?\d+\.\d+\.\d+|style=|\son[a-z]+=", answer.text)
    assert {one.strip() for one in answer.headers["Vary"].split(",")} >= {"Accept", "Accept-Language"}


@pytest.mark.parametrize("accept", ["application/json", "application/json, text/plain, */*"])
def test_a_program_gets_the_addresses(pages: Pages, accept: str) -> None:
    answer = opened(pages, Accept=accept)
    assert answer.mimetype == "application/json"
    assert answer.get_json()["documentation"] == "/api/v1/docs"
    assert all(pages.app.test_client().get(path).status_code == 200 for path in answer.get_json().values())


def test_what_does_not_exist_is_said_by_a_page_and_below_the_api_by_a_problem(pages: Pages) -> None:
    page, problem = pages.visitor().get("/login"), pages.visitor().get("/api/v1/login")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")
