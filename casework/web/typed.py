"""Nothing typed is lost: a form that was sent too late stands as it was typed after signing in again, unsent."""

from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from flask import current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from casework.forms.form import Form
from casework.forms.texts import Word
from casework.http.query import read_query
from casework.http.wiring import wiring
from casework.rules.refusals import NotFound, NotNow, NotYours
from casework.rules.text import Text
from casework.web import forgery
from casework.web.addresses import local
from casework.web.page import PAGES, USERS, Answer, Html, Page, Posted, Redirect, Visit
from casework.work import carrying, drafts, people

HIDDEN: Final = (forgery.FIELD, "once")
"""Fields of every form that say nothing of what was typed."""
_UNSENT: Final = Text(
    "刚才的内容没有提交，您填写的都在下面，请核对后再次提交。",
    "Nothing was sent. What you typed is below: look at it, and send it again.",
)
_NOT_HERE: Final = Text("您的角色不使用这一页。", "This page is not for your role.")


class Unsent(NotNow):
    """The form was made for an earlier session: it is shown as it was typed, and sent only when that is asked again."""

    def __init__(self) -> None:
        super().__init__(_UNSENT)


class TypedQuery(Form):
    """To which address it was posted."""

    address = Word(most=2_000, required=True, title=Text("地址", "Address"), example="/settings")


def carried(one: Page, posted: MultiDict[str, str]) -> str:
    """Return what was posted to this page after the sign-in had ended, sealed for whoever signs in again.

    Empty for what no page of ours has made for a user, where there is no form to be shown again, and where there is a
    file: files are not carried.
    """
    mark = forgery.whose(posted.get(forgery.FIELD, "")) if one.method == "POST" else ""
    if not mark or one.again is None or one.takes_file or not local(request.path, ""):
        return ""
    fields = {name: values for name, values in posted.lists() if name not in HIDDEN}
    with wiring().service.transaction() as tx:
        return carrying.carry(tx, request.path, mark, fields)


def onwards(token: str, posted: MultiDict[str, str], otherwise: str) -> str:
    """Return where one goes on after signing in: to what one had typed, to the page that was asked for, or elsewhere.

    What somebody else had typed is left behind.
    """
    address = local(posted.get("next", ""), "")
    if "carried" not in posted:
        return address or otherwise
    with wiring().service.transaction(token=token) as tx:
        people.identify(tx, own_account=True)
        found = carrying.opened(tx, address, posted["carried"])
        if found is None or not forgery.is_for(found.whose, tx.person.id):
            return otherwise
        carrying.keep(tx, drafts.of_user(tx), address, found.fields)
    return _of(address)


@Page("GET", "/typed", USERS, query=TypedQuery)
def typed(visit: Visit) -> Answer:
    """The form that was posted to an address, as it was typed."""
    tx, address = visit.tx, visit.query["address"]
    one, path = _page_at(address)
    if one.roles != "everybody" and tx.person.role not in one.roles:
        raise NotYours(_NOT_HERE)
    fields = carrying.find(tx, drafts.of_user(tx), address)
    if fields is None:
        return Redirect("/desk")
    assert one.again is not None
    there = Visit(tx, read_query(one.query, MultiDict(), tx.today), Posted(fields))
    shown = one.again(there, Unsent(), **path)
    if not isinstance(shown, Html):
        return shown
    return replace(shown, status=200, values={**shown.values, "path": _of(address)})


def _page_at(address: str) -> tuple[Page, dict[str, Any]]:
    """The page that takes posts at an address, and what its path says; raises `NotFound`."""
    try:
        endpoint, path = current_app.url_map.bind("").match(address, method="POST")
    except HTTPException:
        raise NotFound from None
    found = next((one for one in PAGES if f"page {one.method} {one.path}" == endpoint and one.again), None)
    if found is None:
        raise NotFound
    return found, dict(path)


def _of(address: str) -> str:
    return f"/typed?{urlencode({'address': address})}"
