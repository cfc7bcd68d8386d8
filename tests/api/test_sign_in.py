"""How often one may try to sign in, and how a token ends."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.conftest import PASSWORD, Api

ATTEMPTS = 3
AN_HOUR = 4 * ATTEMPTS
FROM_ONE_ADDRESS = 10 * AN_HOUR


@pytest.fixture
def strict(api: Api) -> Api:
    """An office that allows few attempts, so that the tests need not make many."""
    api.service.limits = replace(api.service.limits, sign_in_attempts=ATTEMPTS, sign_ins_an_hour=AN_HOUR)
    return api


def sign_in(api: Api, username: str, password: str = "wrong", address: str = "192.0.2.1") -> TestResponse:
    said = {"username": username, "password": password}
    return api.app.test_client().post("/api/v1/auth/token", json=said, environ_overrides={"REMOTE_ADDR": address})


def statuses(answers: list[TestResponse]) -> list[int]:
    return [answer.status_code for answer in answers]


def test_wrong_passwords_at_one_address_lock_nobody_out_at_another(strict: Api) -> None:
    answers = [sign_in(strict, "caseworker") for _ in range(AN_HOUR)]
    assert statuses(answers) == [401] * ATTEMPTS + [429] * (AN_HOUR - ATTEMPTS)
    assert sign_in(strict, "caseworker", PASSWORD).status_code == 429
    assert sign_in(strict, "caseworker", PASSWORD, "198.51.100.7").status_code == 200


def test_each_further_wrong_password_at_an_address_waits_twice_as_long(strict: Api) -> None:
    for _ in range(ATTEMPTS):
        sign_in(strict, "caseworker")
    waits = []
    for _ in range(4):
        refused = sign_in(strict, "caseworker")
        waits.append(int(refused.headers["Retry-After"]))
        strict.seconds_pass(waits[-1])
        assert sign_in(strict, "caseworker").status_code == 401
    assert waits == [5, 10, 20, 40]
    strict.seconds_pass(80)
    assert sign_in(strict, "caseworker", PASSWORD).status_code == 200
    assert statuses([sign_in(strict, "caseworker") for _ in range(ATTEMPTS)]) == [401] * ATTEMPTS


def test_one_name_is_not_guessed_at_from_many_addresses(strict: Api) -> None:
    assert sign_in(strict, "caseworker", PASSWORD, "198.51.100.7").status_code == 200
    answers = [sign_in(strict, "caseworker", address=f"192.0.2.{n}") for n in range(AN_HOUR + 1)]
    assert statuses(answers) == [401] * AN_HOUR + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 3601
    assert sign_in(strict, "caseworker", PASSWORD, "192.0.2.99").status_code == 429
    assert sign_in(strict, "caseworker", PASSWORD, "198.51.100.7").status_code == 200
    strict.seconds_pass(3600)
    assert sign_in(strict, "caseworker", PASSWORD, "192.0.2.99").status_code == 200


def test_many_names_are_not_tried_from_one_address(strict: Api) -> None:
    assert sign_in(strict, "caseworker", PASSWORD).status_code == 200
    answers = [sign_in(strict, f"name.{n}") for n in range(FROM_ONE_ADDRESS + 1)]
    assert statuses(answers) == [401] * FROM_ONE_ADDRESS + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 3601
    assert sign_in(strict, "caseworker", PASSWORD).status_code == 200
    assert sign_in(strict, "caseworker", PASSWORD, "198.51.100.7").status_code == 200


def test_an_address_from_which_nobody_has_come_for_long_is_known_no_more(strict: Api) -> None:
    assert sign_in(strict, "caseworker", PASSWORD).status_code == 200
    strict.days_pass(30)
    for n in range(FROM_ONE_ADDRESS):
        sign_in(strict, f"name.{n}")
    assert sign_in(strict, "caseworker", PASSWORD).status_code == 429


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


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa", "password1234", "P@ssw0rd2026!", "123456789012", "qwertyuiop123", "abcabcabcabc",
        "1qaz2wsx3edc", "woaini5201314", "Gonghui20260101", "casework2026!", "aaaabbbbcccc",
        "ｐａｓｓｗｏｒｄ１２３４", "q1w2e3r4t5y6", "contortionist",
        "zxcvbnm,./123", "abababababab", "20260101 20260202", "iloveyou iloveyou", "987654321abcdef",
    ],
)  # fmt: skip
def test_a_password_that_anybody_would_try_is_refused_in_both_languages(api: Api, password: str) -> None:
    own = {"current_password": PASSWORD, "password": password}
    for language in ("zh-CN", "en"):
        answer = api.call("caseworker", "PATCH", "/me", own, {"Accept-Language": language})
        assert (answer.status_code, [one["code"] for one in answer.get_json()["errors"]]) == (422, ["too_common"])
    assert ("easily guessed" in answer.text) is True
    assert sign_in(api, "caseworker", PASSWORD).status_code == 200


@pytest.mark.parametrize(
    "password", ["another horse battery", "Kf7#mWq2zL9p", "黄河之水天上来奔流到海", "tulpen-riek-91-zaun"]
)
def test_a_password_of_ones_own_is_taken(api: Api, password: str) -> None:
    own = {"current_password": PASSWORD, "password": password}
    if len(password) < 12:
        password = own["password"] = f"{password}不"
    assert api.call("caseworker", "PATCH", "/me", own).status_code == 200
    assert sign_in(api, "caseworker", password).status_code == 200


def token_of(api: Api) -> str:
    return str(sign_in(api, "caseworker", PASSWORD).get_json()["access_token"])


def whoami(api: Api, token: str) -> int:
    return api.call(None, "GET", "/me", headers={"Authorization": f"Bearer {token}"}).status_code


def test_whoever_signs_out_ends_this_token_at_once_and_no_other(api: Api) -> None:
    this, other = token_of(api), token_of(api)
    answer = api.call(None, "DELETE", "/auth/token", headers={"Authorization": f"Bearer {this}"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert (whoami(api, this), whoami(api, other)) == (401, 200)
    assert api.call(None, "DELETE", "/auth/token", headers={"Authorization": f"Bearer {this}"}).status_code == 401
    assert api.call(None, "DELETE", "/auth/token").status_code == 401


def test_whoever_signs_out_everywhere_ends_all_their_tokens_and_the_chain_tells_of_it(api: Api) -> None:
    this, other = token_of(api), token_of(api)
    answer = api.call(None, "DELETE", "/auth/tokens", headers={"Authorization": f"Bearer {this}"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert (whoami(api, this), whoami(api, other)) == (401, 401)
    assert api.call("supervisor", "GET", "/me").status_code == 200
    last = api.get("administrator", "/admin/events?limit=1")["items"][0]
    assert (last["kind"], last["subject"], last["actor"]["username"]) == ("tokens_ended", "caseworker", "caseworker")


def test_whoever_has_yet_to_choose_a_password_can_sign_out(api: Api) -> None:
    api.service.limits = replace(api.service.limits, own_passwords=True)
    for path in ("/auth/token", "/auth/tokens"):
        token = token_of(api)
        assert api.call(None, "GET", "/cases", headers={"Authorization": f"Bearer {token}"}).status_code == 403
        assert api.call(None, "DELETE", path, headers={"Authorization": f"Bearer {token}"}).status_code == 204
        assert whoami(api, token) == 401
