"""How often one may try to sign in: for each name and for each address, however the attempts are spread."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.conftest import PASSWORD, Api

ATTEMPTS = 3
FROM_ONE_ADDRESS = 10 * ATTEMPTS


@pytest.fixture
def strict(api: Api) -> Api:
    """An office that allows few attempts, so that the tests need not make many."""
    api.service.limits = replace(api.service.limits, sign_in_attempts=ATTEMPTS)
    return api


def sign_in(api: Api, username: str, password: str = "wrong", address: str = "192.0.2.1") -> TestResponse:
    said = {"username": username, "password": password}
    return api.app.test_client().post("/api/v1/auth/token", json=said, environ_overrides={"REMOTE_ADDR": address})


def statuses(answers: list[TestResponse]) -> list[int]:
    return [answer.status_code for answer in answers]


def test_one_name_is_not_guessed_at_from_many_addresses(strict: Api) -> None:
    answers = [sign_in(strict, "caseworker", address=f"192.0.2.{n}") for n in range(ATTEMPTS + 1)]
    assert statuses(answers) == [401] * ATTEMPTS + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 301
    assert sign_in(strict, "caseworker", PASSWORD, "192.0.2.99").status_code == 429


def test_many_names_are_not_tried_from_one_address(strict: Api) -> None:
    answers = [sign_in(strict, f"name.{n}") for n in range(FROM_ONE_ADDRESS + 1)]
    assert statuses(answers) == [401] * FROM_ONE_ADDRESS + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 301
    assert sign_in(strict, "caseworker", PASSWORD).status_code == 429
    assert sign_in(strict, "caseworker", PASSWORD, "198.51.100.7").status_code == 200


def test_attempts_at_the_same_time_do_not_pass_the_limit(strict: Api) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sign_in(strict, "caseworker"), range(8)))
    assert Counter(statuses(answers)) == {401: ATTEMPTS, 429: 8 - ATTEMPTS}


def test_signing_in_forgets_the_wrong_passwords_of_that_name(strict: Api) -> None:
    for _ in range(2):
        assert statuses([sign_in(strict, "caseworker") for _ in range(ATTEMPTS - 1)]) == [401] * (ATTEMPTS - 1)
        assert sign_in(strict, "caseworker", PASSWORD).status_code == 200


def test_a_whole_office_signs_in_from_one_address(strict: Api) -> None:
    answers = [sign_in(strict, "caseworker", PASSWORD) for _ in range(FROM_ONE_ADDRESS + 1)]
    assert set(statuses(answers)) == {200}


def test_a_name_that_nobody_has_is_answered_like_one_that_somebody_has(strict: Api) -> None:
    def told(username: str) -> list[Any]:
        answers = [sign_in(strict, username) for _ in range(ATTEMPTS + 1)]
        return [(one.status_code, one.get_json()["code"], one.get_json()["title"]) for one in answers]

    assert told("caseworker") == told("nobody.here")


def test_a_refused_attempt_does_not_make_the_wait_longer(strict: Api) -> None:
    for _ in range(ATTEMPTS):
        sign_in(strict, "caseworker")
    waits = [int(sign_in(strict, "caseworker").headers["Retry-After"]) for _ in range(5)]
    assert waits == sorted(waits, reverse=True)
    strict.days_pass(1)
    assert sign_in(strict, "caseworker", PASSWORD).status_code == 200


def test_a_code_that_nobody_checks_is_refused(api: Api) -> None:
    said = {"username": "caseworker", "password": PASSWORD, "otp": "123456"}
    answer = api.call(None, "POST", "/auth/token", said)
    assert (answer.status_code, [one["field"] for one in answer.get_json()["errors"]]) == (422, ["otp"])


@pytest.mark.parametrize("password", ["caseworker2026", "my CASEWORKER 1", "ｃａｓｅｗｏｒｋｅｒ-2026"])
def test_a_password_does_not_contain_the_user_name(api: Api, password: str) -> None:
    own = {"current_password": PASSWORD, "password": password}
    for who, path, said in (
        ("caseworker", "/me", own),
        ("administrator", f"/users/{api.ids['caseworker']}", {"password": password}),
    ):
        answer = api.call(who, "PATCH", path, said)
        assert (answer.status_code, [one["code"] for one in answer.get_json()["errors"]]) == (422, ["user_name"])
    assert sign_in(api, "caseworker", PASSWORD).status_code == 200
