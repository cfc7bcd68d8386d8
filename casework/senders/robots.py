"""The robots of chat groups in WeCom (企业微信), DingTalk (钉钉) and Feishu (飞书), as their makers describe them.

All three answer 200 also when they refuse; what counts is the code in the answer. They take 20 messages a minute
(WeCom, DingTalk) or 100 (Feishu), and WeCom takes 2048 bytes of text; DingTalk is silent for ten minutes once it was
asked too often.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from casework.senders.failures import Rejected, Unreachable, reason
from casework.senders.outside import Outside

# What is wrong with this very message: empty or too long; a link, words or a content that are not allowed. Any other
# code but 0 is about the way: too many messages, a wrong signature, no keyword, an address that is not on the list.
_NEVER: Final = {"wecom": (44004, 45002), "dingtalk": (430101, 430102, 430104), "feishu": ()}
# Names of channels and organisations call nobody: Feishu takes `<at user_id="all">` for a call and WeCom `<@all>`,
# DingTalk an `@` before a telephone number or 所有人. In full width the same signs are only read.
_NO_MARKS: Final = str.maketrans({"<": "＜"})
_NO_CALLS: Final = str.maketrans({"@": "＠"})
_Shape = Callable[[str, str | None, str, int], tuple[str, dict[str, Any]]]


def _wecom(url: str, _secret: str | None, text: str, _at: int) -> tuple[str, dict[str, Any]]:
    """The key in the address is all that WeCom asks for."""
    text = text.translate(_NO_MARKS)
    return url, {"msgtype": "text", "text": {"content": text}}


def _dingtalk(url: str, secret: str | None, text: str, at: int) -> tuple[str, dict[str, Any]]:
    """With a secret, milliseconds and signature stand in the query."""
    body = {"msgtype": "text", "text": {"content": text.translate(_NO_CALLS)}}
    if secret is None:
        return url, body
    stamp = str(at * 1000)
    signed = _hmac(secret, f"{stamp}\n{secret}")
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}{urlencode({'timestamp': stamp, 'sign': signed})}", body


def _feishu(url: str, secret: str | None, text: str, at: int) -> tuple[str, dict[str, Any]]:
    """With a secret, seconds and signature stand in the body; what is signed is nothing, the key is both."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text.translate(_NO_MARKS)}}
    if secret is None:
        return url, body
    return url, {"timestamp": str(at), "sign": _hmac(f"{at}\n{secret}", ""), **body}


def _hmac(key: str, said: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), said.encode(), hashlib.sha256).digest()).decode()


_SHAPES: Final[dict[str, _Shape]] = {"wecom": _wecom, "dingtalk": _dingtalk, "feishu": _feishu}


def send(outside: Outside, kind: str, url: str, secret: str | None, text: str, *, at: datetime) -> None:
    """Say a text in the group of a robot; raises `Rejected` or `Unreachable`."""
    called, body = _SHAPES[kind](url, secret, text, int(at.timestamp()))
    headers = {"Content-Type": "application/json; charset=utf-8"}
    try:
        said = outside.post(called, json.dumps(body, ensure_ascii=False).encode(), headers, read_answer=True)
    except Rejected as refused:
        # Their makers describe no such answers; Feishu has said 400 to what came too often.
        raise Unreachable(refused.why) from refused
    code = _code(said)
    if code is None:
        raise Unreachable(reason("robot_unknown_answer"))
    if code in _NEVER[kind]:
        raise Rejected(reason("robot_answered", number=code))
    if code != 0:
        raise Unreachable(reason("robot_answered", number=code))


def _code(said: bytes) -> int | None:
    """`errcode` of WeCom and DingTalk, `code` or `StatusCode` of Feishu; None where there is none."""
    try:
        answer = json.loads(said)
    except (ValueError, RecursionError):
        return None
    codes = [answer.get(name) for name in ("errcode", "code", "StatusCode")] if isinstance(answer, dict) else []
    return next((code for code in codes if type(code) is int), None)
