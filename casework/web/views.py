"""Keeping the filters of the list of cases under a name, and a file of the cases that they find."""

from typing import Any, Final
from uuid import UUID

from flask import Response

from casework.forms.posted import from_posted
from casework.forms.texts import Choice
from casework.http.case_filters import ViewFilters, checked_filters, filter_of, once_each, order_of
from casework.http.request_context import language
from casework.http.spreadsheets import file_of, headers_of
from casework.records.history import note_disclosures
from casework.records.summaries import CaseSummary, page
from casework.rules.people import Role
from casework.rules.refusals import Invalid, Refusal
from casework.rules.text import Text
from casework.web.cases import CasesQuery, address_of, shown_to
from casework.web.page import HELPERS, STAFF, Answer, Page, Redirect, Visit
from casework.web.rows import Row, rows_of
from casework.work import views

MOST: Final = 5_000
"""A file has at most so many cases: it is made while somebody waits for it."""
_REASON: Final = Text("导出案件清单", "a file of the list of cases was made")
_TITLES: Final = (
    Text("案号", "Number"),
    Text("业务", "Programme"),
    Text("申请人", "Applicant"),
    Text("联系电话", "Phone"),
    Text("阶段", "Phase"),
    Text("状态", "State"),
    Text("机构", "Office"),
    Text("经办人", "Owner"),
    Text("承办人", "Lawyer or volunteer"),
    Text("登记日期", "Opened on"),
    Text("期限", "Clock"),
    Text("届满日期", "Due on"),
    Text("紧急", "Urgent"),
    Text("办结日期", "Closed on"),
)
_YES: Final = Text("是", "yes")


class FileQuery(CasesQuery):
    """The filters of the list, and the kind of file."""

    format = Choice({"csv": Text("CSV", "CSV"), "xlsx": Text("XLSX", "XLSX")}, title=Text("格式", "Format"))


def _again(visit: Visit, refused: Refusal) -> Answer:
    """The list, with why the view was not kept; without filters where they are none."""
    only_name = isinstance(refused, Invalid) and all(one.path == "name" for one in refused.faults)
    return shown_to(visit.tx, _posted(visit) if only_name else {}, refused)


@Page("POST", "/views", STAFF | HELPERS | {Role.AUDITOR}, again=_again)
def keep(visit: Visit) -> Answer:
    """The filters are kept under the name."""
    query = _posted(visit)
    name = visit.posted.get("name", "")
    kept = views.keep(visit.tx, name, checked_filters(visit.tx, query))
    return Redirect(address_of(kept.query))


@Page("POST", "/views/drop", STAFF | HELPERS | {Role.AUDITOR})
def drop(visit: Visit) -> Answer:
    """The view is forgotten."""
    views.drop(visit.tx, visit.posted.get("name", ""))
    return Redirect("/cases")


@Page("GET", "/cases/file", STAFF | {Role.AUDITOR}, query=FileQuery)
def file(visit: Visit) -> Answer:
    """The cases that the filters find, masked as the list shows them; who took them is logged with each case."""
    tx, asked = visit.tx, dict(visit.query)
    kind = asked.pop("format", "csv")
    query = once_each(asked)
    found = page(tx.db, tx.person, tx.org_tree, filter_of(tx, query), MOST, order=order_of(query))
    note_disclosures(tx.db, [UUID(one.id) for one in found], tx.person.id, ["list"], _REASON.in_(tx.language))
    spoken = language()
    cells = [[one.in_(spoken) for one in _TITLES]]
    cells += [_cells(row, one, spoken) for row, one in zip(rows_of(tx, found), found, strict=True)]
    return Response(file_of(cells, kind), headers=headers_of(f"cases-{tx.today}", kind))


def _posted(visit: Visit) -> dict[str, Any]:
    given = from_posted(ViewFilters, dict(visit.posted.lists()))
    return ViewFilters.check(given, today=visit.tx.today)


def _cells(row: Row, one: CaseSummary, spoken: Any) -> list[str]:
    told = (row.workflow, row.phase.told, row.state, row.clock)
    programme, phase, state, clock = (text.in_(spoken) if text else "" for text in told)
    return [
        row.number,
        programme,
        row.name,
        row.phone,
        phase,
        state,
        row.org,
        row.owner,
        one.assignee_name or "",
        one.opened_at[:10],
        clock,
        str(row.due_on or ""),
        _YES.in_(spoken) if row.urgent else "",
        str(row.closed_on or ""),
    ]
