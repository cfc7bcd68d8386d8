"""The desk: what waits for me, by view and programme, and claiming the next case."""

from typing import Any, Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from casework.forms.form import Form
from casework.forms.texts import Choice, Code, Word
from casework.http.query import from_cursor, moment, to_cursor, whole
from casework.records.queue import PageKey, page_key_of
from casework.rules.text import Text
from casework.web import offers
from casework.web.cases import address_of
from casework.web.frame import first_page, frame_of
from casework.web.page import HELPERS, STAFF, USERS, Answer, Html, Page, Redirect, Visit
from casework.web.rows import rows_of
from casework.work import queue, views, workflow_registry

_ROWS: Final = 50
_VIEWS: Final = {
    "all": Text("全部待办", "All"),
    "late": Text("已逾期", "Late"),
    "soon": Text("三天内到期", "Within 3 days"),
    "unclaimed": Text("待领取", "Unclaimed"),
    "mine": Text("我经办的", "Mine"),
    "urgent": Text("紧急", "Urgent"),
}
_HELPERS_VIEWS: Final = ("all", "late", "soon", "urgent")
_CAPTION: Final = Text("按紧急程度和期限排列的待办案件", "Cases that wait for you, the most urgent first")
_NOTHING: Final = Text("没有可以领取的案件。", "There is nothing to claim.")


class View(NamedTuple):
    """A way to look at the queue, as a link."""

    name: str
    address: str
    title: Text


class Programme(NamedTuple):
    """A programme to which the desk may be narrowed, as a link; the empty key for all."""

    key: str
    address: str
    title: Text


class DeskQuery(Form):
    """Which view of the queue, of which programme, from where on."""

    view = Choice(_VIEWS, title=Text("视图", "View"))
    workflow = Code(title=Text("业务", "Programme"))
    cursor = Word(most=500, title=Text("游标", "Cursor"), example="")
    claimed = Choice({"nothing": _NOTHING}, title=Text("领取结果", "What was claimed"))


@Page("GET", "/desk", USERS, query=DeskQuery)
def desk(visit: Visit) -> Answer:
    """What waits for the caller, the most urgent first; who has no desk is led to where their work begins."""
    tx, asked = visit.tx, visit.query
    if tx.person.role not in STAFF | HELPERS:
        return Redirect(first_page(tx.person.role))
    view, workflow = asked.get("view", "all"), asked.get("workflow", "")
    part = {"workflow": workflow} if workflow else {}
    key = from_cursor(asked, whole, moment, UUID)
    found = queue.waiting(tx, part | queue.view_of(view, tx.now), _ROWS + 1, PageKey(*key) if key else None)
    shown = found[:_ROWS]
    after = to_cursor(*page_key_of(shown[-1])) if len(found) > _ROWS else None
    names = _VIEWS if tx.person.role in STAFF else _HELPERS_VIEWS
    counted = {name: _told(number) for name, number in queue.counts(tx, part).items()}
    return Html(
        "desk",
        {
            "frame": frame_of(tx),
            "view": view,
            "workflow": workflow,
            "views": [View(name, _address(name, workflow), _VIEWS[name]) for name in names],
            "workflows": _programmes(view),
            "counts": counted,
            "rows": rows_of(tx, shown, _address(view, workflow)),
            "saved": [(one.name, address_of(one.query)) for one in views.of_caller(tx)],
            "caption": _CAPTION,
            "more": _address(view, workflow, after) if after else None,
            "offers": offers.waiting(tx),
            "may_claim": tx.person.role in STAFF,
            "notice": _NOTHING if "claimed" in asked else None,
        },
    )


@Page("POST", "/desk/claim", STAFF)
def claim(visit: Visit) -> Answer:
    """The most urgent case that nobody owns is the caller's, and opens."""
    workflow = visit.posted.get("workflow", "")
    record = queue.claim(visit.tx, {"workflow": workflow} if workflow else {})
    if record is None:
        return Redirect(_address("all", workflow, claimed="nothing"))
    return Redirect(f"/cases/{record.case.number}")


def _programmes(view: str) -> list[Programme]:
    known = [(one.key, one.title) for one in workflow_registry.latest()]
    if len(known) < 2:
        return []
    return [Programme(key, _address(view, key), title) for key, title in [("", Text("全部业务", "All")), *known]]


def _address(view: str, workflow: str, cursor: str | None = None, **more: str) -> str:
    said: dict[str, Any] = {"view": view if view != "all" else "", "workflow": workflow, "cursor": cursor or "", **more}
    return "?".join(filter(None, ("/desk", urlencode({name: value for name, value in said.items() if value}))))


def _told(number: int) -> str:
    return str(number) if number <= queue.MOST else f"{queue.MOST}+"
