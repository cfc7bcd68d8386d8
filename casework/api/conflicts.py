"""Checks for conflicts of interest that have found something."""

from uuid import UUID

from casework.api.answers.conflicts import ConflictCheck, conflict_check
from casework.api.answers.members import page_of
from casework.api.endpoint import Answer, Call, Endpoint, cut
from casework.http.query import Page
from casework.rules.text import Text
from casework.work import conflicts


@Endpoint(
    "GET",
    "/cases/<uuid:case_id>/conflict-checks",
    Text("利益冲突比对结果", "What checks for conflicts have found"),
    answer=page_of(ConflictCheck),
    query=Page,
    refuses=(403,),
    note=Text(
        "指派时比对承办人，档案新增关系人时比对其在办案件；没有结果的不另记录。不写明他案。",
        "A helper is checked as the case is given to them, and again whenever their profile declares somebody new; a"
        " check that finds nothing leaves no line. Other cases are not named.",
    ),
)
def checks(call: Call, case_id: UUID) -> Answer:
    """Every check that has found something, oldest first."""
    return cut(call, [conflict_check(*one) for one in conflicts.of_case(call.tx, case_id)])
