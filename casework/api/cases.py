"""Cases: open, list, look at, correct, move."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from casework.api.answers.cases import Case, CaseSummaryPage, Correction, Transition, case
from casework.api.answers.members import page_of
from casework.api.endpoint import GIVEN, PREFIX, Answer, Call, Endpoint, cut, page
from casework.api.examples import needs_schema
from casework.api.summaries import summaries
from casework.http.case_filters import CaseFilters, after, cursor_of, filter_of, order_of
from casework.http.query import Page
from casework.records import cases as records
from casework.records.case_lists import CaseFilter
from casework.records.rows import StoredCase
from casework.records.summaries import count
from casework.records.summaries import page as page_of_cases
from casework.records.twins import Other
from casework.rules.context import DecisionContext
from casework.rules.decide import Offer
from casework.rules.people import STAFF
from casework.rules.text import Text
from casework.work import cases, corrections, forms, intake, papers, twins

_MOST_COUNTED: Final = 1_000
_MOST_TWINS: Final = 20


def _answer(call: Call, record: StoredCase, status: int = 200, **more: Any) -> Answer:
    headers = {"ETag": f'"{record.case.version}"'}
    if status == 201:
        headers["Location"] = f"{PREFIX}/cases/{record.case.id}"
    return Answer(case(record, call.tx, **more), status, headers)


@Endpoint(
    "POST",
    "/cases",
    Text("登记案件", "Open a case"),
    answer=Case,
    status=201,
    body=forms.NewCase,
    etag=True,
    refuses=(404,),
    note=Text(
        "相当于流程中的新建操作；facts 按该流程的申请表填写。",
        "Takes the workflow's transition from new; facts follow its intake form.",
    ),
)
def open_case(call: Call) -> Answer:
    """The workflow's transition from NEW."""
    record, others = intake.open_case(call.tx, call.body)
    return _answer(call, record, 201, **_of_the_same_person(call, record, others))


@Endpoint("GET", "/cases", Text("案件列表", "List cases"), answer=CaseSummaryPage, query=CaseFilters)
def list_cases(call: Call) -> Answer:
    """Visible cases that fit every filter, by due time unless another order is asked for.

    What is searched for (`q`) comes newest first: part of a number or of a name, a whole identity or phone number, or
    the last four digits of a mobile phone.
    """
    wanted, order = filter_of(call.tx, call.query), order_of(call.query)
    start = after(call.query)
    tx = call.tx
    found = page_of_cases(tx.db, tx.person, tx.org_tree, wanted, call.limit + 1, order=order, after=start)
    shown = found[: call.limit]
    cursor = cursor_of(shown[-1]) if len(found) > call.limit else None
    counted = _counted(call, wanted) if call.query.get("count") else {}
    return page(call, summaries(tx, shown), cursor, **counted)


def _counted(call: Call, wanted: CaseFilter) -> dict[str, Any]:
    """How many cases the filter finds on all pages, exact up to `_MOST_COUNTED`."""
    number = count(call.tx.db, call.tx.person, call.tx.org_tree, wanted, _MOST_COUNTED + 1)
    return {"count": min(number, _MOST_COUNTED), "capped": number > _MOST_COUNTED}


@Endpoint("GET", "/cases/<uuid:case_id>", Text("查看案件", "One case"), answer=Case, etag=True)
def one_case(call: Call, case_id: UUID) -> Answer:
    """The case, and for staff the open cases of the same person."""
    if call.tx.person.role not in STAFF:
        return _answer(call, records.get(call.tx.db, case_id, call.tx.person), twins=())
    record, others = records.with_others(call.tx.db, case_id, call.tx.person)
    return _answer(call, record, 200, **_of_the_same_person(call, record, others))


def _of_the_same_person(call: Call, record: StoredCase, others: Sequence[Other]) -> dict[str, Any]:
    """For staff: open cases of this kind with the same numbers, and papers of other cases."""
    found = twins.of_case(record.case, others, call.tx.person)[:_MOST_TWINS]
    before = papers.handed_in_before(call.tx, record.case, others)
    return {"twins": found, "papers": before}


@Endpoint(
    "PATCH",
    "/cases/<uuid:case_id>",
    Text("更正案件信息", "Correct the facts"),
    answer=Case,
    body=Correction,
    etag=True,
    note=Text(
        "合并更正案情，须以 If-Match 给出读到的版本；与遮蔽后相同的敏感内容视为未改动。",
        "Merges a correction into the facts; If-Match says which version was read. A sensitive value that equals its"
        " mask is unchanged.",
    ),
)
def correct(call: Call, case_id: UUID) -> Answer:
    """A merge patch of the facts; needs `If-Match`."""
    return _answer(call, corrections.correct(call.tx, case_id, call.body))


@Endpoint(
    "GET",
    "/cases/<uuid:case_id>/transitions",
    Text("当前可用的操作", "What can be done from here"),
    answer=page_of(Transition),
    query=Page,
    note=Text(
        "allowed 依状态、角色和案件本身判断；对填写内容的要求在提交时判断。",
        "allowed judges state, role and the case itself; what is given is judged when it is posted.",
    ),
)
def transitions(call: Call, case_id: UUID) -> Answer:
    """Every transition from here, whether it is allowed, and what it needs."""
    record = records.get(call.tx.db, case_id, call.tx.person)
    return offers(call, record, *cases.offered(call.tx, record))


def offers(call: Call, record: StoredCase, offered: Iterable[Offer], office: DecisionContext) -> Answer:
    """A page of transitions from where the case stands, with what each of them needs."""
    items = [
        Transition.of(
            offer,
            name=offer.transition.name,
            title=offer.transition.title.in_(call.tx.language),
            to=offer.transition.leads_to(record.case.state),
            needs=needs_schema(call.tx, record, office, offer),
        )
        for offer in offered
    ]
    return cut(call, items)


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/transitions/<name>",
    Text("办理", "Take a transition"),
    answer=Case,
    body=GIVEN,
    etag=True,
    note=Text(
        "内容按 needs 填写，不需要内容时可为空；给出 If-Match 时，版本不符则不办理。",
        "The body is what `needs` asks for and may be empty where nothing is; with If-Match only that version moves.",
    ),
)
def take(call: Call, case_id: UUID, name: str) -> Answer:
    """Take a transition with what it needs; `If-Match` is honoured when given."""
    return _answer(call, cases.take_transition(call.tx, case_id, name, call.body))


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/claim",
    Text("领取此案", "Claim this case"),
    answer=Case,
    body=forms.ClaimThis,
    etag=True,
    note=Text(
        "仅限无人经办的案件；已有人经办的，答复中写明经办人。",
        "For a case that nobody owns; otherwise the answer names the owner.",
    ),
)
def claim(call: Call, case_id: UUID) -> Answer:
    """The case is mine, if it was in nobody's hands."""
    return _answer(call, cases.claim(call.tx, case_id, call.body))


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/release",
    Text("退回待领取", "Release to the queue"),
    answer=Case,
    body=forms.Release,
    etag=True,
)
def release(call: Call, case_id: UUID) -> Answer:
    """The case goes back to the queue."""
    return _answer(call, cases.release(call.tx, case_id, call.body))


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/handover",
    Text("移交", "Hand over"),
    answer=Case,
    body=forms.Handover,
    etag=True,
)
def handover(call: Call, case_id: UUID) -> Answer:
    """The case gets another owner."""
    return _answer(call, cases.hand_over(call.tx, case_id, call.body))


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/override",
    Text("审批人变更状态", "A supervisor steps in"),
    answer=Case,
    body=forms.Override,
    etag=True,
)
def override(call: Call, case_id: UUID) -> Answer:
    """The case comes into another state by no edge, with a reason."""
    return _answer(call, cases.override(call.tx, case_id, call.body))
