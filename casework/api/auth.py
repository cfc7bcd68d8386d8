"""Signing in and out."""

from typing import Any, Final

from flask import request

from casework.api.answers.people import Token
from casework.api.endpoint import Answer, Call, Endpoint
from casework.http.callers import caller_network
from casework.http.query import NoQuery, read_query
from casework.http.request_context import bearer_token, instant
from casework.rules.text import Text
from casework.work import sign_in
from casework.work.service import Service


@Endpoint(
    "POST",
    "/auth/token",
    Text("登录并取得令牌", "Sign in and get a token"),
    answer=Token,
    body=sign_in.Credentials,
    public=True,
    refuses=(401, 429, 503),
)
def token(service: Service, body: Any) -> Answer:
    """A token for a user name and a password."""
    if request.args:
        with service.transaction() as tx:
            read_query(NoQuery, request.args, tx.today)
    issued, expires_at = sign_in.sign_in(service, body, caller_network())
    return Answer(Token(issued, "Bearer", instant(expires_at)))


_SIGNED_OUT: Final = Text("已退出", "Signed out")


@Endpoint(
    "DELETE",
    "/auth/token",
    Text("退出登录（本令牌）", "Sign out: end this token"),
    answer=_SIGNED_OUT,
    status=204,
)
def end_token(call: Call) -> Answer:
    """The token with which this is asked ends at once; the caller's others go on."""
    sign_in.sign_out(call.tx, bearer_token())
    return Answer(status=204)


@Endpoint(
    "DELETE",
    "/auth/tokens",
    Text("退出所有登录（本人全部令牌）", "Sign out everywhere: end all my tokens"),
    answer=_SIGNED_OUT,
    status=204,
    note=Text(
        "本人的全部令牌即时失效，命令行发出的也在内；管理记录中有记载。",
        "All of the caller's tokens end at once, those of the command line too; the administrative chain tells of it.",
    ),
)
def end_tokens(call: Call) -> Answer:
    """All of the caller's tokens end at once."""
    sign_in.sign_out_everywhere(call.tx)
    return Answer(status=204)
