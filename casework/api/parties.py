"""Further parties of a case: family, witnesses, the other side and its counsel."""

from uuid import UUID

from casework.api.answers.members import page_of
from casework.api.answers.parties import CaseParty, case_party
from casework.api.endpoint import Answer, Call, Endpoint, cut
from casework.http.query import Page
from casework.rules.text import Text
from casework.work import parties
from casework.work.forms import NewParty, RemoveParty


@Endpoint(
    "GET",
    "/cases/<uuid:case_id>/parties",
    Text("相关人员", "Further parties"),
    answer=page_of(CaseParty),
    query=Page,
    refuses=(403,),
    note=Text(
        "表单以外的相关人员；承办人接受指派后可以查看。",
        "Those whom the form does not name; a helper sees them once the case was taken on.",
    ),
)
def of_case(call: Call, case_id: UUID) -> Answer:
    """Every party that is there, in the order in which they came."""
    return cut(call, [case_party(one) for one in parties.of_case(call.tx, case_id)])


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/parties",
    Text("添加相关人员", "Add a party"),
    answer=CaseParty,
    status=201,
    body=NewParty,
    etag=True,
    refuses=(403, 409),
    note=Text(
        "由经办人、审批人和承办人添加。随即与承办人、经办人比对：一致的自动回避，相近的记录在案。姓名不加密，可以检索。",
        "By the owner, a supervisor and the helper of the case. It is compared at once with helper and owner: a helper"
        " in conflict is kept from the case, what is alike only is on its record. Names are not sealed and are found by"
        " search.",
    ),
)
def add(call: Call, case_id: UUID) -> Answer:
    """The case has one more party."""
    record, party = parties.add(call.tx, case_id, call.body)
    return Answer(case_party(party), 201, {"ETag": f'"{record.case.version}"'})


@Endpoint(
    "DELETE",
    "/cases/<uuid:case_id>/parties/<uuid:party_id>",
    Text("移除相关人员", "Remove a party"),
    answer=CaseParty,
    body=RemoveParty,
    etag=True,
    refuses=(403, 409),
    note=Text("须写明理由；记录保留在案。", "With a reason; that it was there stays on record."),
)
def remove(call: Call, case_id: UUID, party_id: UUID) -> Answer:
    """The case has this party no longer."""
    record, party = parties.remove(call.tx, case_id, party_id, call.body)
    return Answer(case_party(party), 200, {"ETag": f'"{record.case.version}"'})
