"""Signing in to a demonstration with one click, where everything is invented."""

from typing import NamedTuple

from flask import redirect
from werkzeug.datastructures import MultiDict

from casework.demo.posts import named_users
from casework.http.wiring import wiring
from casework.records import people as records
from casework.rules.people import Role
from casework.rules.refusals import NotFound
from casework.web import cookies, frame
from casework.web.page import Answer, Page
from casework.web.typed import onwards
from casework.work import sessions
from casework.work.service import Transaction


class Post(NamedTuple):
    """Somebody of the demonstration as whom one may sign in."""

    username: str
    name: str
    role: Role
    org: str


def posts() -> list[Post]:
    """Return as whom one may sign in here; nobody where this is no demonstration, or it is not loaded."""
    if not wiring().demonstration:
        return []
    with wiring().service.transaction() as tx:
        return _there(tx)


def _there(tx: Transaction) -> list[Post]:
    found = filter(None, (records.by_username(tx.db, post.username) for post in named_users()))
    return [
        Post(person.username, person.name, person.role, frame.org_name(tx, person.org_path))
        for person, _ in found
        if person.active
    ]


@Page("POST", "/sign-in/demonstration", "everybody")
def sign_in(posted: MultiDict[str, str]) -> Answer:
    """A session of one of the named users; raises `NotFound` where this is no demonstration."""
    username = posted.get("username", "")
    if not wiring().demonstration or username not in {post.username for post in named_users()}:
        raise NotFound
    with wiring().service.transaction() as tx:
        found = records.by_username(tx.db, username)
        if found is None or not found[0].active:
            raise NotFound
        token = sessions.begin_for(tx, found[0])
    answer = redirect(onwards(token, posted, frame.first_page(found[0].role)), 303)
    cookies.keep_session(answer, token)
    return answer
