"""A receiver that knows the secret can tell who sent a webhook and when; nobody else can."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from casework.senders import webhook
from casework.senders.outside import Outside
from casework.settings import ROOT
from tests.receivers import LOOPBACK, receiver

SECRET = "a secret that both sides know"
BODY = '{"type":"alert.raised","note":"期限"}'.encode()
AT = 1_772_413_200


def test_what_arrives_is_signed_and_numbered() -> None:
    message = uuid4()
    with receiver() as there:
        at = datetime.fromtimestamp(AT, UTC)
        webhook.send(Outside(LOOPBACK), there.url, SECRET, BODY, message=message, seq=7, at=at)
    [got] = there.received
    assert got.body == BODY
    assert got.headers["Casework-Event-Id"] == str(message)
    assert got.headers["Casework-Sequence"] == "7"
    assert got.headers["Casework-Signature"].startswith(f"t={AT},v1=")
    assert webhook.verify(SECRET, got.headers["Casework-Signature"], got.body, AT + 2)


def test_the_signature_is_the_hmac_that_the_documents_say() -> None:
    """Worked out once by `printf '1772413200.{}' | openssl dgst -sha256 -hmac secret`."""
    worked_out = "eb4411051a8ff64b5d7907b29130407e26e251549a1d4833449a20070c4de77d"
    assert webhook.sign("secret", AT, b"{}") == f"t={AT},v1={worked_out}"


def test_the_function_that_the_documents_offer_to_receivers_says_the_same() -> None:
    page = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    offered: dict[str, Any] = {}
    exec(code, offered)
    header = webhook.sign(SECRET, AT, BODY)
    headers = (header, header[:-1], header[:-1] + "é", "", "t=,v1=", f"t={AT}", "t=" + "9" * 5000)
    attempts = [
        (secret, one, body, now)
        for secret in (SECRET, "another")
        for one in headers
        for body in (BODY, b"")
        for now in (AT, AT + 299, AT + 301)
    ]
    assert [offered["verify"](*one) for one in attempts] == [webhook.verify(*one) for one in attempts]
    assert offered["verify"](SECRET, header, BODY, AT)


@pytest.mark.parametrize(
    ("secret", "body", "now"),
    [(SECRET + " ", BODY, AT), (SECRET, BODY + b" ", AT), (SECRET, BODY, AT + 301), (SECRET, BODY, AT - 301)],
)
def test_another_secret_body_or_time_does_not_pass(secret: str, body: bytes, now: float) -> None:
    header = webhook.sign(SECRET, AT, BODY)
    assert webhook.verify(SECRET, header, BODY, AT + 299)
    assert not webhook.verify(secret, header, body, now)


@pytest.mark.parametrize(
    "header", ["", "t=", f"t={AT}", "v1=00", f"t={AT},v1=", "t=١٢٣,v1=é", f"t=-{AT},v1=00", "t=" + "9" * 5000]
)
def test_what_is_no_signature_does_not_pass(header: str) -> None:
    assert not webhook.verify(SECRET, header, BODY, AT)
