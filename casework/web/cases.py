"""All cases that one may see: by search and filters."""

from typing import Any, Final
from urllib.parse import urlencode

from casework.forms.form import Form
from casework.forms.numbers import Flag
from casework.forms.texts import Choice, Code, Word
from casework.http.case_filters import Someone, When, after, cursor_of, filter_of, order_of
from casework.records.summaries import count, page
from casework.rules.case import Phase
from casework.rules.people import Role
from casework.rules.text import Text
from casework.web.frame import frame_of
from casework.web.page import HELPERS, STAFF, Answer, Html, Page, Visit
from casework.web.rows import rows_of
from casework.work import workflow_registry
from casework.work.service import Transaction

_ROWS: Final = 50
_MOST: Final = 1_000
_PHASES: Final = {phase.value: phase.told for phase in Phase}
_BY_LINK: Final = ("org", "state", "owner", "urgent", "opened_from", "opened_to", "closed_from", "closed_to")
_YES: Final = Text("是", "yes")
_CAPTION: Final = Text("案件", "Cases")


class CasesQuery(Form):
    """What is asked of a list of cases by its page."""

    q = Word(most=100, title=Text("搜索", "Search"))
    workflow = Code(title=Text("业务", "Programme"))
    phase = Choice(_PHASES, title=Text("阶段", "Phase"))
    org = Code(title=Text("机构（含下级）", "Office and below"))
    open = Flag(title=Text("未办结", "Not closed"))
    overdue = Flag(title=Text("已逾期", "Late"))
    urgent = Flag(title=Text("紧急", "Urgent"))
    state = Code(title=Text("状态", "State"))
    owner = Someone(title=Text("经办", "Owner"))
    opened_from = When(title=Text("登记自", "Opened from"))
    opened_to = When(title=Text("登记早于", "Opened before"))
    closed_from = When(title=Text("办结自", "Closed from"))
    closed_to = When(title=Text("办结早于", "Closed before"))
    cursor = Word(most=500, title=Text("游标", "Cursor"), example="")


@Page("GET", "/cases", STAFF | HELPERS | {Role.AUDITOR}, query=CasesQuery)
def cases(visit: Visit) -> Answer:
    """The cases that fit, by due time, or what was searched for newest first."""
    tx = visit.tx
    asked: dict[str, Any] = dict(visit.query)
    query = asked | {name: [asked[name]] for name in ("workflow", "phase", "state") if name in asked}
    wanted, order = filter_of(tx, query), order_of(query)
    found = page(tx.db, tx.person, tx.org_tree, wanted, _ROWS + 1, order=order, after=after(query))
    shown = found[:_ROWS]
    number = count(tx.db, tx.person, tx.org_tree, wanted, _MOST + 1)
    asked.pop("cursor", None)
    more = _address(asked | {"cursor": cursor_of(shown[-1])}) if len(found) > _ROWS else None
    return Html(
        "cases",
        {
            "frame": frame_of(tx),
            "asked": asked,
            "narrowed": _narrowed(tx, asked),
            "rows": rows_of(tx, shown),
            "caption": _CAPTION,
            "number": str(number) if number <= _MOST else f"{_MOST}+",
            "more": more,
            "workflows": {one.key: one.title for one in workflow_registry.latest()},
            "phases": _PHASES,
        },
    )


def _narrowed(tx: Transaction, asked: dict[str, Any]) -> list[tuple[str, str, Text, Text]]:
    """What a link has asked for that the form does not: name, value, and both in words."""
    fields = dict(CasesQuery.form_fields())
    return [
        (name, _written(asked[name]), fields[name].title, _told(tx, name, asked[name]))
        for name in _BY_LINK
        if name in asked
    ]


def _told(tx: Transaction, name: str, said: Any) -> Text:
    if name == "state":
        every = workflow_registry.all_versions()
        return next((one.by_state[said].title for one in every if said in one.by_state), Text(said, said))
    if name == "org" and said in tx.rules.orgs:
        return Text(tx.rules.orgs[said].name, tx.rules.orgs[said].name)
    if name == "owner":
        return {"me": Text("本人", "me"), "none": Text("无人经办", "nobody")}.get(said, Text(said, said))
    return _YES if said is True else Text(_written(said), _written(said))


def _written(said: Any) -> str:
    return str(said).lower() if isinstance(said, bool) else str(said)


def _address(asked: dict[str, object]) -> str:
    return f"/cases?{urlencode({name: _written(said) for name, said in asked.items()})}"
