"""A post to the outside goes where it was verified to go, takes no longer than it may, and follows nobody."""

import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from pathlib import Path

import pytest

from casework.senders.failures import Rejected, Undelivered, Unreachable
from casework.senders.outside import Outside
from tests.receivers import LOOPBACK, Behaviour, answers, drips, hangs, receiver

OPEN = Outside(LOOPBACK)
HASTY = Outside(LOOPBACK, connect_s=0.3, read_s=0.3, deadline_s=0.6)


def post(outside: Outside, url: str, *, read_answer: bool = False) -> bytes:
    return outside.post(url, b'{"a":1}', {"Content-Type": "application/json"}, read_answer=read_answer)


def test_what_is_posted_arrives_as_it_is() -> None:
    with receiver() as there:
        assert post(OPEN, there.url) == b""
    [got] = there.received
    assert (got.path, got.body) == ("/hook?key=of-the-group", b'{"a":1}')
    assert got.headers["Host"] == f"127.0.0.1:{there.port}"
    assert got.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (301, Unreachable), (302, Unreachable), (308, Unreachable), (400, Rejected), (401, Unreachable),
        (403, Unreachable), (404, Unreachable), (408, Unreachable), (410, Unreachable), (413, Rejected),
        (415, Rejected), (422, Rejected), (429, Unreachable), (500, Unreachable), (503, Unreachable),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_success_says_whether_to_try_again(status: int, failure: type[Undelivered]) -> None:
    with receiver(answers(status)) as there, pytest.raises(failure, match=f"answered status={status}"):
        post(OPEN, there.url)


def test_a_redirect_is_not_followed_not_even_to_where_one_may_go() -> None:
    with receiver() as inside, receiver(answers(307, Location=inside.url)) as there:
        with pytest.raises(Unreachable, match="answered status=307"):
            post(OPEN, there.url)
        assert inside.received == []


@pytest.mark.parametrize("behaviour", [hangs, drips])
def test_a_receiver_that_takes_its_time_gets_no_more_than_the_deadline(behaviour: Behaviour) -> None:
    with receiver(behaviour) as there:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            post(HASTY, there.url)
        assert time.monotonic() - began < 3


def test_nobody_there_is_a_failure() -> None:
    with receiver() as there:
        gone = there.url
    with pytest.raises(Unreachable):
        post(HASTY, gone)


def test_a_name_is_resolved_once_and_what_it_resolves_to_later_is_not_called() -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int, within_s: float) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with receiver() as there:
        post(Outside(LOOPBACK, resolve=rebinding), f"http://hooks.example.org:{there.port}/hook")
    assert asked == ["hooks.example.org"]
    assert there.received[0].headers["Host"] == f"hooks.example.org:{there.port}"


def test_a_name_that_has_come_to_lead_inside_is_not_called() -> None:
    allowed = Outside((ip_network("10.0.0.0/8"),), resolve=lambda *_: ["127.0.0.1"])
    with receiver() as there:
        with pytest.raises(Unreachable, match="address_internal"):
            post(allowed, f"https://hooks.example.org:{there.port}/")
        assert there.received == []


def test_the_next_address_of_a_name_is_tried_when_the_first_is_dead() -> None:
    both = Outside(LOOPBACK, resolve=lambda *_: ["::1", "127.0.0.1"])
    with receiver() as there:
        post(both, f"http://hooks.example.org:{there.port}/")
        assert len(there.received) == 1


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as proxy, receiver() as there:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        post(OPEN, there.url)
        assert (len(there.received), proxy.received) == (1, [])


def test_of_an_answer_only_the_beginning_is_read() -> None:
    with receiver(answers(200, "x" * 200_000)) as there:
        assert len(post(OPEN, there.url, read_answer=True)) == 65_536


def test_over_tls_the_name_is_asked_for_and_its_certificate_verified(
    identity: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, context = identity
    named: list[str | None] = []
    context.sni_callback = lambda _sock, name, _context: named.append(name)
    outside = Outside(LOOPBACK, resolve=lambda *_: ["127.0.0.1"])
    with receiver(tls=context) as there:
        with pytest.raises(Unreachable, match=r"^certificate why="):
            post(outside, f"https://hooks.example.org:{there.port}/")
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        post(outside, f"https://hooks.example.org:{there.port}/")
        with pytest.raises(Unreachable, match=r"^certificate why="):
            post(outside, f"https://other.example.org:{there.port}/")
    assert named == ["hooks.example.org", "hooks.example.org", "other.example.org"]
    assert [got.headers["Host"] for got in there.received] == [f"hooks.example.org:{there.port}"]


def test_a_hanging_handshake_ends_with_the_deadline(identity: tuple[Path, ssl.SSLContext]) -> None:
    outside = Outside(LOOPBACK, 0.3, 30, 0.6, resolve=lambda *_: ["127.0.0.1"])
    with receiver(hangs) as there:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            post(outside, f"https://hooks.example.org:{there.port}/")
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_says_when_to_come_back_is_heard(status: int) -> None:
    in_two_minutes = format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)
    year_ago = format_datetime(datetime.now(UTC) - timedelta(days=365), usegmt=True)
    for said, least, most in (
        ("120", 120, 120), (in_two_minutes, 110, 120), ("0", 0, 0), (year_ago, 0, 0), ("soon", 0, 0), ("-5", 0, 0),
        ("1.5", 0, 0), ("", 0, 0), ("9" * 400, 86_400, 86_400), ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400, 86_400),
        ("Sat, 99 Foo 2026 00:00:00 GMT", 0, 0),
    ):  # fmt: skip
        with receiver(answers(status, **{"Retry-After": said})) as there, pytest.raises(Unreachable) as refused:
            post(OPEN, there.url)
        assert least <= refused.value.wait_s <= most, said


def test_other_answers_close_the_way_for_the_usual_time() -> None:
    with receiver(answers(500, **{"Retry-After": "120"})) as there, pytest.raises(Unreachable) as refused:
        post(OPEN, there.url)
    assert refused.value.wait_s == 0
