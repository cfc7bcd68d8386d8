"""The robots of chat groups in WeCom (企业微信), DingTalk (钉钉) and Feishu (飞书), as their makers describe them.

All three answer 200 also when they refuse; what counts is the code in the answer.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from casework.senders.failures import Rejected, Unreachable
from casework.senders.outside import Outside

# Too many messages in a minute, or too busy: to be tried again. Everything else but 0 is a refusal.
_BUSY: Final = {"wecom": (-1, 45009, 45033), "dingtalk": (-1, 130101, 410100), "feishu": (11232, 11233)}
_Shape = Callable[[str, str | None, str, int], tuple[str, dict[str, Any]]]


def _wecom(url: str, _secret: str | None, text: str, _at: int) -> tuple[str, dict[str, Any]]:
    """The key in the address is all that WeCom asks for."""
    return url, {"msgtype": "text", "text": {"content": text}}


def _dingtalk(url: str, secret: str | None, text: str, at: int) -> tuple[str, dict[str, Any]]:
    """With a secret, milliseconds and signature stand in the query."""
    body = {"msgtype": "text", "text": {"content": text}}
    if secret is None:
        return url, body
    stamp = str(at * 1000)
    signed = _hmac(secret, f"{stamp}\n{secret}")
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}{urlencode({'timestamp': stamp, 'sign': signed})}", body


def _feishu(url: str, secret: str | None, text: str, at: int) -> tuple[str, dict[str, Any]]:
    """With a secret, seconds and signature stand in the body; what is signed is nothing, the key is both."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
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
    said = outside.post(called, json.dumps(body, ensure_ascii=False).encode(), headers, read_answer=True)
    code = _code(said)
    if code is None or code in _BUSY[kind]:
        raise Unreachable("answered nothing that its maker describes" if code is None else f"answered code {code}")
    if code != 0:
        raise Rejected(f"answered code {code}")


def _code(said: bytes) -> int | None:
    """`errcode` of WeCom and DingTalk, `code` or `StatusCode` of Feishu; None where there is none."""
    try:
        answer = json.loads(said)
    except (ValueError, RecursionError):
        return None
    codes = [answer.get(name) for name in ("errcode", "code", "StatusCode")] if isinstance(answer, dict) else []
    return next((code for code in codes if type(code) is int), None)
