"""How a page is served: who comes with which session, the one transaction, the language, the answer."""

import json
import secrets
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl, quote

from flask import Flask, redirect, request
from werkzeug.exceptions import HTTPException, UnsupportedMediaType
from werkzeug.wrappers import Response

from casework.http import problems
from casework.http.problems import FAULT, STATUS, TITLES, of_http
from casework.http.query import read_query
from casework.http.request_context import choose_language, language
from casework.http.requests import body
from casework.http.transactions import transacted
from casework.http.uploads import MOST_OF_BODY, upload_of, without_file
from casework.http.wiring import wiring
from casework.rules.refusals import (
    Invalid,
    NotMet,
    NotNow,
    NotYours,
    PreconditionMissing,
    Refusal,
    Stale,
    Unauthenticated,
)
from casework.rules.text import Language, Text
from casework.web import cookies, forgery, rendering, sign_in, typed
from casework.web.once import UNREADABLE, once
from casework.web.page import PAGES, Answer, Html, Page, Posted, Redirect, Visit
from casework.work import people, sessions
from casework.work.service import Transaction

_MOST_FIELDS: Final = 5_000
_SIGN_IN_FIRST: Final = Text("请先登录。", "Sign in first.")
_SAID_IN_THE_FORM: Final = (Invalid, NotMet, NotNow, Stale, PreconditionMissing, NotYours)
_NOT_FOR_YOU: Final = Text("您的角色不使用这一页。", "This page is not for your role.")
_POSTED: Final = "application/x-www-form-urlencoded"


def install(app: Flask) -> None:
    """Put every declared page into the application."""
    for one in PAGES:
        app.add_url_rule(
            one.path,
            endpoint=f"page {one.method} {one.path}",
            view_func=_view(one),
            methods=[one.method],
            provide_automatic_options=False,
        )


def answer_to(error: Refusal | HTTPException | None) -> Response:
    """Return the page that says a refusal.

    Whoever is not signed in is led to where one signs in, and who has to choose another password to where one does.
    """
    _speak(None)
    if isinstance(error, Unauthenticated):
        return redirect("/track" if request.path.startswith("/track") else sign_in_address(), 303)
    if isinstance(error, people.PasswordOfOthers):
        return redirect("/settings", 303)
    if isinstance(error, Refusal):
        code, detail = error.code, error.text
    else:
        code, detail = (of_http(error) if error is not None else None) or ("fault", FAULT)
    status = STATUS.get(code, 500)
    if isinstance(error, HTTPException) and error.code in problems.STATUS.values():
        status = error.code or status
    answer = rendering.page("problem", {"title": TITLES[code], "detail": detail, "code": code}, status)
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def sign_in_address() -> str:
    """Return where one signs in, and from there comes back to the page that was asked for."""
    asked = request.full_path.rstrip("?") if request.method == "GET" else "/desk"
    return "/sign-in" if asked in ("/", "/desk") else f"/sign-in?next={quote(asked, safe='')}"


def _view(one: Page) -> Callable[..., Response]:
    def answer(**path: Any) -> Response:
        _speak(None)
        if one.takes_file and one.roles != "everybody" and not cookies.session():
            raise Unauthenticated(_SIGN_IN_FIRST)
        raw = body(MOST_OF_BODY if one.takes_file else wiring().most_bytes)
        posted = _with_file(raw) if one.takes_file else _posted(raw) if one.method == "POST" else Posted()
        if one.roles == "everybody":
            return _public(one, posted, path)
        try:
            return _of_user(one, posted, path)
        except Unauthenticated:
            if carried := typed.carried(one, posted):
                return _to_anybody(sign_in.form(request.path, carried=carried), cookies.session())
            raise

    return answer


def _of_user(one: Page, posted: Posted, path: dict[str, Any]) -> Response:
    """The answer to whoever is signed in; raises `Unauthenticated` for anybody else."""
    token, given = cookies.session(), posted.get(forgery.FIELD, "")
    if one.method == "POST":
        forgery.ensure_from_here()
    if not token:
        raise Unauthenticated(_SIGN_IN_FIRST)
    earlier = one.method == "POST" and _is_of_an_earlier_session(one, token, given)
    if posted.upload:
        # Nobody's time is spent on the file of a stranger, and no connection is held meanwhile.
        transacted(people.identify, token=token)
        posted.upload.examine()
    refused: Refusal

    def do(tx: Transaction) -> tuple[Answer, dict[str, Any]]:
        visit = _visit(one, tx, token, posted)
        if earlier:
            raise typed.Unsent if forgery.is_for(forgery.whose(given), tx.person.id) else forgery.Forged
        return _framed(visit, _once(visit, one, path))

    def again(tx: Transaction) -> tuple[Answer, dict[str, Any]]:
        visit = _visit(one, tx, token, posted)
        assert one.again is not None
        return _framed(visit, one.again(visit, refused, **path))

    try:
        answered, frame = transacted(do, token=token)
    except _SAID_IN_THE_FORM as refusal:
        if one.again is None or isinstance(refusal, forgery.Forged):
            raise
        refused = refusal
        answered, frame = transacted(again, token=token)
    me = frame.get("me")
    return _said(answered, {**frame, "anti_forgery": forgery.token_for(token, me.id if me else None)})


def _is_of_an_earlier_session(one: Page, token: str, given: str) -> bool:
    """Whether the form says for whom it was made, though not for this session; raises `Forged` for what is none."""
    try:
        forgery.ensure_ours(token, given)
    except forgery.Forged:
        if one.again is None or not forgery.whose(given):
            raise
        return True
    return False


def _visit(one: Page, tx: Transaction, token: str, posted: Posted) -> Visit:
    """Who comes to a page, admitted by role; the page speaks the language of the user."""
    people.identify(tx, own_account=one.own_account)
    caller = tx.db.caller
    _speak(caller.language if caller else None)
    sessions.use(tx, token)
    tx.language = language()
    if one.roles != "everybody" and tx.person.role not in one.roles:
        raise NotYours(_NOT_FOR_YOU)
    return Visit(tx, read_query(one.query, request.args, tx.today), posted)


def _framed(visit: Visit, answered: Answer) -> tuple[Answer, dict[str, Any]]:
    return answered, {"today": visit.tx.today, "me": visit.tx.person} if isinstance(answered, Html) else {}


def _once(visit: Visit, one: Page, path: dict[str, Any]) -> Answer:
    """The answer of the view; to what was posted before with the same key, where that led to."""
    key = visit.posted.get("once", "") if one.method == "POST" else ""
    address = json.dumps([one.path, path], sort_keys=True, default=str)
    return once(visit.tx, str(visit.tx.person.id), address, key, lambda: one.view(visit, **path))


def _public(one: Page, posted: Posted, path: dict[str, Any]) -> Response:
    """The answer to anybody. A browser without a mark gets one with the first form, and sends it with the post."""
    bearer = cookies.session() or cookies.visitor()
    if one.method == "POST":
        forgery.ensure_ours(bearer, posted.get(forgery.FIELD, ""))
    return _to_anybody(one.view(posted, **path), bearer)


def _to_anybody(answered: Answer, bearer: str) -> Response:
    """The answer to whoever carries this cookie, or none yet."""
    mark = bearer or secrets.token_urlsafe(16)
    response = _said(answered, {"me": None, "anti_forgery": forgery.token_for(mark)})
    if not bearer and isinstance(answered, Html):
        cookies.keep_visitor(response, mark)
    return response


def _said(answered: Answer, frame: dict[str, Any]) -> Response:
    if isinstance(answered, Redirect):
        return redirect(answered.address, 303)
    if isinstance(answered, Html):
        response = rendering.page(answered.template, {**frame, **answered.values}, answered.status)
        response.headers.update(answered.headers)
        return response
    return answered


def _with_file(raw: bytes) -> Posted:
    upload = without_file(_posted(raw)) if request.mimetype == _POSTED else upload_of(raw)
    posted = Posted(upload.fields)
    posted.upload = upload
    return posted


def _posted(raw: bytes) -> Posted:
    if request.mimetype != _POSTED:
        raise UnsupportedMediaType
    try:
        return Posted(parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
    except (UnicodeDecodeError, ValueError) as wrong:
        raise problems.Malformed(UNREADABLE) from wrong


def _speak(of_user: Language | None) -> None:
    """Speak the language that was chosen in this browser, else the user's, else what the browser asks for."""
    chosen = cookies.language() or of_user
    if chosen:
        choose_language(chosen)
