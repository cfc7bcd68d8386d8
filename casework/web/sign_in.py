"""Signing in and out; in a demonstration with one click for each role."""

from flask import redirect, request
from werkzeug.datastructures import MultiDict

from casework.http.callers import caller_network
from casework.http.problems import STATUS
from casework.http.wiring import wiring
from casework.rules.refusals import Invalid, SlowDown, Unauthenticated
from casework.web import cookies
from casework.web.addresses import local
from casework.web.demonstration import posts
from casework.web.page import USERS, Answer, Html, Page, Visit
from casework.web.typed import onwards
from casework.work import sessions
from casework.work import sign_in as work


@Page("GET", "/sign-in", "everybody")
def sign_in(_: MultiDict[str, str]) -> Answer:
    """The form of somebody who works here."""
    return form(local(request.args.get("next", ""), ""))


@Page("POST", "/sign-in", "everybody")
def signing_in(posted: MultiDict[str, str]) -> Answer:
    """A new session, or the form again with what was wrong; the password is asked for anew."""
    said = {"username": posted.get("username", ""), "password": posted.get("password", "")}
    try:
        token = sessions.begin(wiring().service, said, caller_network())
    except (Unauthenticated, SlowDown, Invalid) as refused:
        next_page = local(posted.get("next", ""), "")
        return form(next_page, said["username"], refused, carried=posted.get("carried", ""))
    answer = redirect(onwards(token, posted, "/desk"), 303)
    cookies.keep_session(answer, token)
    return answer


@Page("POST", "/sign-out", USERS, own_account=True)
def sign_out(visit: Visit) -> Answer:
    """The session is over, in this browser or, where that is asked for, everywhere."""
    if visit.posted.get("everywhere"):
        work.sign_out_everywhere(visit.tx)
    else:
        work.sign_out(visit.tx, cookies.session())
    answer = redirect("/sign-in", 303)
    cookies.drop_session(answer)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def form(
    next_page: str,
    username: str = "",
    refused: Unauthenticated | SlowDown | Invalid | None = None,
    *,
    carried: str = "",
) -> Answer:
    """Return where one signs in, to go on at a page; `carried` is what was posted there too late, sealed."""
    values = {
        "next": next_page,
        "username": username,
        "refused": refused,
        "carried": carried,
        "demonstration": posts(),
        "path": "/sign-in",
    }
    if refused is None:
        return Html("sign_in", values, 401 if carried else 200)
    headers = {"Retry-After": str(refused.retry_after)} if isinstance(refused, SlowDown) else {}
    return Html("sign_in", values, STATUS[refused.code], headers)
