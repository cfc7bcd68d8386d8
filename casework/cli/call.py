"""`casework call`: one request to the running service as one of its users, for trying things out and for scripts."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import click

from casework.cli.answers import told
from casework.cli.console import Cannot, Console, pass_console
from casework.cli.installation import working
from casework.rules.text import Text
from casework.work.people import issue_token

_LONGEST_S: Final = 60
_NOBODY_THERE: Final = Text(
    "{url} 没有应答：{why}。请确认服务已启动（casework serve），并以 PORT 或 --url 指明其所在。",
    "{url} does not answer: {why}. See whether the service runs (casework serve); PORT or --url says where.",
)
_NO_FIELD: Final = Text("回答中没有 {field}。", "The answer has no {field}.")


@click.command("call")
@click.argument("method", type=click.Choice(["GET", "POST", "PATCH"], case_sensitive=False))
@click.argument("path")
@click.option("--as", "username", required=True, help="The user in whose name.")
@click.option("--body", default=None, help="The JSON body, or @FILE.")
@click.option("--if-match", default=None, help="The ETag that was read, for PATCH.")
@click.option("--field", default=None, help="Print only this part of the answer, such as items.0.id.")
@click.option("--json", "whole", is_flag=True, help="Print the whole answer as JSON.")
@click.option("--url", default=None, help="Where the service is; http://127.0.0.1:PORT unless said.")
@pass_console
def call(
    console: Console,
    method: str,
    path: str,
    username: str,
    body: str | None,
    if_match: str | None,
    field: str | None,
    whole: bool,
    url: str | None,
) -> None:
    """Send METHOD to PATH (below /api/v1) in a user's name and print the answer in short; 1 if it is a refusal."""
    with working(console.settings) as service, service.transaction() as tx:
        token = issue_token(tx, username, timedelta(minutes=5))
    base = (url or f"http://127.0.0.1:{console.settings.port}").rstrip("/")
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept-Language": console.language,
        **({"If-Match": if_match} if if_match else {}),
    }
    answer = _sent(console, method, _address(base, path), headers, _body(body, method))
    click.echo(_shown(console, answer, field, whole=whole))


def _address(base: str, path: str) -> str:
    """The address of a path as people write it; a + stands for itself, as in the offset of a time."""
    return f"{base}/api/v1{quote(path, safe='/?&=%:,@')}"


def _body(written: str | None, method: str) -> bytes | None:
    if written is None:
        return None if method == "GET" else b"{}"
    if not written.startswith("@"):
        return written.encode()
    try:
        return Path(written[1:]).read_bytes()
    except OSError as unreadable:
        raise Cannot(f"{written[1:]}: {unreadable.strerror}") from unreadable


def _sent(console: Console, method: str, url: str, headers: dict[str, str], body: bytes | None) -> bytes:
    if body is not None:
        headers = {**headers, "Content-Type": "application/json"}
    try:
        with urlopen(Request(url, body, headers, method=method), timeout=_LONGEST_S) as response:
            return bytes(response.read())
    except HTTPError as refused:
        raise Cannot(_pretty(refused.read())) from refused
    except (URLError, OSError, ValueError) as lost:
        raise Cannot(_NOBODY_THERE.in_(console.language, url=url, why=getattr(lost, "reason", lost))) from lost


def _shown(console: Console, answer: bytes, field: str | None, *, whole: bool) -> str:
    if whole:
        return _pretty(answer)
    try:
        value: Any = json.loads(answer or b"null")
    except ValueError:
        return _pretty(answer)
    if field is None:
        return told(value, console.language)
    for step in field.split("."):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError) as missing:
            raise Cannot(_NO_FIELD.in_(console.language, field=field)) from missing
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _pretty(answer: bytes) -> str:
    try:
        return json.dumps(json.loads(answer), ensure_ascii=False, indent=2)
    except ValueError:
        return answer.decode("utf-8", "replace").rstrip("\n")
