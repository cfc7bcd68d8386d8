"""Signing in."""

from typing import Any

from flask import request

from casework.api.answers.people import Token
from casework.api.endpoint import Answer, Endpoint
from casework.http.callers import caller_network
from casework.http.query import NoQuery, read_query
from casework.http.request_context import instant
from casework.rules.text import Text
from casework.work import people
from casework.work.service import Service


@Endpoint(
    "POST",
    "/auth/token",
    Text("登录并取得令牌", "Sign in and get a token"),
    answer=Token,
    body=people.Credentials,
    public=True,
    refuses=(401, 429, 503),
)
def token(service: Service, body: Any) -> Answer:
    """A token for a user name and a password."""
    if request.args:
        with service.transaction() as tx:
            read_query(NoQuery, request.args, tx.today)
    issued, expires_at = people.sign_in(service, body, caller_network())
    return Answer(Token(issued, "Bearer", instant(expires_at)))
