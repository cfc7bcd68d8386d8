"""The form of a case with the opinions of the unions, as a page to be printed, signed and sealed."""

from typing import Any, Final
from uuid import UUID

from casework.api.endpoint import Answer, Call, Content, Endpoint
from casework.api.pages import TEMPLATES, headers_of, style
from casework.http.request_context import language
from casework.rules.sheets import Opinion
from casework.rules.text import Text
from casework.work.approval_sheets import Sheet, sheet

_SAY: Final = {
    "by": Text("签字", "Signed"),
    "seal": Text("（盖章）", "(seal)"),
}
_APPROVAL_SHEET: Final = Content("ApprovalSheet", {"type": "string", "examples": ["<!doctype html>"]}, ("text/html",))


@Endpoint(
    "GET", "/cases/<uuid:case_id>/approval-sheet", Text("建档审批表", "The form of approval"), answer=_APPROVAL_SHEET
)
def approval_sheet(call: Call, case_id: UUID) -> Answer:
    """The form with the opinions of the base, the county's and the city's union on the last proposal."""
    return Answer(text=_printed(sheet(call.tx, case_id)), headers=headers_of("approval_sheet"))


def _printed(sheet: Sheet) -> str:
    say = {name: words.in_(language()) for name, words in _SAY.items()}
    given = {one.box: one for one in sheet.opinions}
    form = sheet.form
    return TEMPLATES.get_template("approval_sheet.html").render(
        language=language(),
        style=style("approval_sheet"),
        say=say | {"title": form.title.in_(language())},
        rows=[(title.in_(language()), told.in_(language())) for title, told in form.head(sheet.record.case)],
        boxes=[
            (title.in_(language()), _told(given.get(box)))
            for box, title in form.boxes.items()
            if box in given or box in form.always
        ],
    )


def _told(one: Opinion | None) -> dict[str, Any]:
    if one is None:
        return {"lines": [], "office": "", "by": "", "on": ""}
    decided = [one.decided.in_(language())] if one.decided else []
    return {"lines": [*decided, *one.written.splitlines()], "office": one.office, "by": one.by, "on": one.on}
