"""All cases that one may see: by search and filters."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from casework.forms.texts import Word
from casework.http.case_filters import ViewFilters, after, cursor_of, filter_of, once_each, order_of
from casework.http.problems import STATUS
from casework.records.summaries import count, page
from casework.rules.case import Phase
from casework.rules.people import Role
from casework.rules.refusals import Invalid, Refusal
from casework.rules.text import Text
from casework.web.frame import frame_of
from casework.web.page import HELPERS, STAFF, Answer, Html, Page, Visit
from casework.web.rows import rows_of
from casework.web.widgets import titles
from casework.work import views, workflow_registry
from casework.work.service import Transaction

_ROWS: Final = 50
_MOST: Final = 1_000
_PHASES: Final = {phase.value: phase.told for phase in Phase}
_BY_LINK: Final = (
    "org",
    "state",
    "owner",
    "assignee",
    "urgent",
    "opened_from",
    "opened_to",
    "closed_from",
    "closed_to",
)
_YES: Final = Text("是", "yes")
_CAPTION: Final = Text("案件", "Cases")


class CasesQuery(ViewFilters):
    """What is asked of a list of cases by its page."""

    q = Word(most=100, title=Text("搜索", "Search"))
    cursor = Word(most=500, title=Text("游标", "Cursor"), example="")


_NAMES: Final = tuple(name for name, _ in CasesQuery.form_fields())


@Page("GET", "/cases", STAFF | HELPERS | {Role.AUDITOR}, query=CasesQuery)
def cases(visit: Visit) -> Answer:
    """The cases that fit, by due time, or what was searched for newest first."""
    return shown_to(visit.tx, dict(visit.query))


def shown_to(tx: Transaction, asked: dict[str, Any], refused: Refusal | None = None) -> Answer:
    """Return the list of the cases that the filters find, with why a view was not kept."""
    query = once_each(asked)
    wanted, order = filter_of(tx, query), order_of(query)
    found = page(tx.db, tx.person, tx.org_tree, wanted, _ROWS + 1, order=order, after=after(query))
    shown = found[:_ROWS]
    number = count(tx.db, tx.person, tx.org_tree, wanted, _MOST + 1)
    asked.pop("cursor", None)
    kept = {name: said for name, said in asked.items() if name in ViewFilters.field_names()}
    more = address_of(asked | {"cursor": cursor_of(shown[-1])}) if len(found) > _ROWS else None
    return Html(
        "cases",
        {
            "frame": frame_of(tx),
            "asked": asked,
            "narrowed": _narrowed(tx, asked),
            "rows": rows_of(tx, shown, "" if "q" in asked else address_of(asked)),
            "caption": _CAPTION,
            "number": str(number) if number <= _MOST else f"{_MOST}+",
            "more": more,
            "workflows": {one.key: one.title for one in workflow_registry.latest()},
            "phases": _PHASES,
            "views": [(one.name, at := address_of(one.query), at == address_of(asked)) for one in views.of_caller(tx)],
            "keeps": {name: _written(said) for name, said in ViewFilters.plain(kept).items()},
            "files": {kind: _file_of(asked, kind) for kind in ("csv", "xlsx")},
            "may_file": tx.person.role not in HELPERS,
            "problem": refused,
            "faults": titles(views.ViewName, refused.faults) if isinstance(refused, Invalid) else [],
        },
        STATUS[refused.code] if refused else 200,
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
    if name in ("owner", "assignee"):
        nobody = Text("无人经办", "nobody") if name == "owner" else Text("无人承办", "nobody")
        return {"me": Text("本人", "me"), "none": nobody}.get(said, Text(said, said))
    return _YES if said is True else Text(_written(said), _written(said))


def _written(said: Any) -> str:
    return str(said).lower() if isinstance(said, bool) else str(said)


def address_of(asked: Mapping[str, Any]) -> str:
    """Return the address of the list by these filters."""
    said = urlencode(_all_written({name: asked[name] for name in _NAMES if name in asked}))
    return f"/cases?{said}" if said else "/cases"


def _file_of(asked: Mapping[str, Any], kind: str) -> str:
    return f"/cases/file?{urlencode(_all_written(asked) | {'format': kind})}"


def _all_written(asked: Mapping[str, Any]) -> dict[str, str]:
    return {name: _written(said) for name, said in asked.items()}
