"""The robots are spoken to as their makers describe, and believed by the code in their answer."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from casework.senders import robots
from casework.senders.failures import Rejected, Undelivered, Unreachable
from casework.senders.outside import Outside
from tests.receivers import LOOPBACK, Received, answers, receiver

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TEXT = "LA-2026-000001 审查期限：期限届满"
OK = {"wecom": {"errcode": 0, "errmsg": "ok"}, "dingtalk": {"errcode": 0, "errmsg": "ok"}, "feishu": {"code": 0}}


def said(kind: str, secret: str | None, answer: Any, text: str = TEXT) -> Received:
    """What the robot gets when it is told the text and answers this."""
    with receiver(answers(200, answer)) as there:
        robots.send(Outside(LOOPBACK), kind, there.url, secret, text, at=AT)
    [got] = there.received
    return got


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_wecom_and_dingtalk_get_a_text(kind: str) -> None:
    got = said(kind, None, OK[kind])
    assert got.path == "/hook?key=of-the-group"
    assert got.json == {"msgtype": "text", "text": {"content": TEXT}}


def test_dingtalk_gets_milliseconds_and_signature_in_the_query() -> None:
    got = said("dingtalk", "SEC-of-the-robot", OK["dingtalk"])
    query = {name: value for name, [value] in parse_qs(urlsplit(got.path).query).items()}
    stamp = str(int(AT.timestamp() * 1000))
    expected = hmac.new(b"SEC-of-the-robot", f"{stamp}\nSEC-of-the-robot".encode(), hashlib.sha256).digest()
    assert query == {"key": "of-the-group", "timestamp": stamp, "sign": base64.b64encode(expected).decode()}


def test_feishu_gets_seconds_and_signature_in_the_body() -> None:
    got = said("feishu", "of-the-robot", OK["feishu"])
    stamp = str(int(AT.timestamp()))
    expected = hmac.new(f"{stamp}\nof-the-robot".encode(), b"", hashlib.sha256).digest()
    assert got.path == "/hook?key=of-the-group"
    assert got.json == {
        "timestamp": stamp,
        "sign": base64.b64encode(expected).decode(),
        "msg_type": "text",
        "content": {"text": TEXT},
    }
    assert said("feishu", None, {"StatusCode": 0}).json == {"msg_type": "text", "content": {"text": TEXT}}


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("feishu", '<at user_id="all">所有人</at>', '＜at user_id="all">所有人＜/at>'),
        ("wecom", "<@all> <@zhang>", "＜@all> ＜@zhang>"),
        ("dingtalk", "@所有人 @13800138000", "＠所有人 ＠13800138000"),
    ],
)
def test_no_name_calls_anybody_in_a_group(kind: str, name: str, told: str) -> None:
    got = said(kind, None, OK[kind], f"{name}：期限届满").json
    assert (got.get("text") or got["content"]) == {"content" if kind != "feishu" else "text": f"{told}：期限届满"}


@pytest.mark.parametrize(
    ("kind", "answer", "failure"),
    [
        ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, Unreachable),
        ("wecom", {"errcode": 45002, "errmsg": "content size out of limit"}, Rejected),
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, Unreachable),
        ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, Unreachable),
        ("dingtalk", {"errcode": 430104, "errmsg": "content not allowed"}, Rejected),
        ("dingtalk", {"errcode": 130101, "errmsg": "send too fast"}, Unreachable),
        ("feishu", {"code": 19021, "msg": "sign match fail"}, Unreachable),
        ("feishu", {"code": 19024, "msg": "Key Words Not Found"}, Unreachable),
        ("feishu", {"code": 11232, "msg": "frequency limited"}, Unreachable),
        ("feishu", {"code": True}, Unreachable),
        ("wecom", "ok", Unreachable),
        ("wecom", None, Unreachable),
        ("dingtalk", [], Unreachable),
    ],
)
def test_an_answer_of_200_is_believed_only_with_the_code_of_success(
    kind: str, answer: Any, failure: type[Undelivered]
) -> None:
    with pytest.raises(failure, match=r"^robot_(answered number=|unknown_answer)"):
        said(kind, None, answer)


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_a_status_of_a_robot_says_nothing_about_the_message(kind: str) -> None:
    with receiver(answers(400, {"code": 11232, "msg": "frequency limited"})) as there, pytest.raises(Unreachable):
        robots.send(Outside(LOOPBACK), kind, there.url, None, TEXT, at=AT)
