"""Cases: open, list, look at, correct, move."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from casework.api import views
from casework.api.case_filters import CaseFilters, after, cursor_of, filter_of, order_of
from casework.api.endpoint import PREFIX, Answer, Call, cut, endpoint, page
from casework.api.examples import needs_schema
from casework.api.query import Page
from casework.api.summaries import summaries
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
    headers = {"ETag": f'"{record.file.version}"'}
    if status == 201:
        headers["Location"] = f"{PREFIX}/cases/{record.file.id}"
    return Answer(views.case(record, call.tx) | more, status, headers)


@endpoint(
    "POST",
    "/cases",
    Text("登记案件", "Open a case"),
    answer="Case",
    status=201,
    body=forms.NewCase,
    etag=True,
)
def open_case(call: Call) -> Answer:
    """The workflow's transition from NEW."""
    record, others = intake.open_case(call.tx, call.body)
    return _answer(call, record, 201, **_of_the_same_person(call, record, others))


@endpoint("GET", "/cases", Text("案件列表", "List cases"), answer="CaseSummaryPage", query=CaseFilters)
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
    return page(summaries(tx, shown), cursor, **counted)


def _counted(call: Call, wanted: CaseFilter) -> dict[str, Any]:
    """How many cases the filter finds on all pages, exact up to `_MOST_COUNTED`."""
    number = count(call.tx.db, call.tx.person, call.tx.org_tree, wanted, _MOST_COUNTED + 1)
    return {"count": min(number, _MOST_COUNTED), "capped": number > _MOST_COUNTED}


@endpoint("GET", "/cases/<uuid:case_id>", Text("查看案件", "One case"), answer="Case", etag=True)
def one_case(call: Call, case_id: UUID) -> Answer:
    """The case, and for staff the open cases of the same person."""
    if call.tx.person.role not in STAFF:
        return _answer(call, records.get(call.tx.db, case_id, call.tx.person), same_applicant=[], papers_before=[])
    record, others = records.with_others(call.tx.db, case_id, call.tx.person)
    return _answer(call, record, 200, **_of_the_same_person(call, record, others))


def _of_the_same_person(call: Call, record: StoredCase, others: Sequence[Other]) -> dict[str, list[dict[str, Any]]]:
    """For staff: open cases of this kind with the same numbers, and papers of other cases."""
    found = twins.of_case(record.file, others, call.tx.person)[:_MOST_TWINS]
    before = papers.handed_in_before(call.tx, record.file, others)
    return {"same_applicant": [views.twin(one) for one in found], "papers_before": [one._asdict() for one in before]}


@endpoint(
    "PATCH",
    "/cases/<uuid:case_id>",
    Text("更正案件信息", "Correct the facts"),
    answer="Case",
    body="Correction",
    etag=True,
)
def correct(call: Call, case_id: UUID) -> Answer:
    """A merge patch of the facts; needs `If-Match`."""
    return _answer(call, corrections.correct(call.tx, case_id, call.body))


@endpoint(
    "GET",
    "/cases/<uuid:case_id>/transitions",
    Text("当前可用的操作", "What can be done from here"),
    answer="TransitionPage",
    query=Page,
)
def transitions(call: Call, case_id: UUID) -> Answer:
    """Every transition from here, whether it is allowed, and what it needs."""
    record = records.get(call.tx.db, case_id, call.tx.person)
    return offers(call, record, *cases.offered(call.tx, record))


def offers(call: Call, record: StoredCase, offered: Iterable[Offer], office: DecisionContext) -> Answer:
    """A page of transitions from where the case stands, with what each of them needs."""
    items = [
        {
            "name": offer.transition.name,
            "title": offer.transition.title.in_(call.tx.language),
            "to": offer.transition.leads_to(record.file.state),
            "allowed": offer.allowed,
            "because": offer.because.in_(call.tx.language) if offer.because else None,
            "needs": needs_schema(call.tx, record, office, offer),
        }
        for offer in offered
    ]
    return cut(call, items)


@endpoint(
    "POST",
    "/cases/<uuid:case_id>/transitions/<name>",
    Text("办理", "Take a transition"),
    answer="Case",
    body="Given",
    etag=True,
)
def take(call: Call, case_id: UUID, name: str) -> Answer:
    """Take a transition with what it needs; `If-Match` is honoured when given."""
    return _answer(call, cases.take_transition(call.tx, case_id, name, call.body))


@endpoint(
    "POST",
    "/cases/<uuid:case_id>/claim",
    Text("领取此案", "Claim this case"),
    answer="Case",
    body=forms.ClaimThis,
    etag=True,
)
def claim(call: Call, case_id: UUID) -> Answer:
    """The case is mine, if it was in nobody's hands."""
    return _answer(call, cases.claim(call.tx, case_id, call.body))


@endpoint(
    "POST",
    "/cases/<uuid:case_id>/release",
    Text("退回待领取", "Release to the queue"),
    answer="Case",
    body=forms.Release,
    etag=True,
)
def release(call: Call, case_id: UUID) -> Answer:
    """The case goes back to the queue."""
    return _answer(call, cases.release(call.tx, case_id, call.body))


@endpoint(
    "POST",
    "/cases/<uuid:case_id>/handover",
    Text("移交", "Hand over"),
    answer="Case",
    body=forms.Handover,
    etag=True,
)
def handover(call: Call, case_id: UUID) -> Answer:
    """The case gets another owner."""
    return _answer(call, cases.hand_over(call.tx, case_id, call.body))


@endpoint(
    "POST",
    "/cases/<uuid:case_id>/override",
    Text("审批人变更状态", "A supervisor steps in"),
    answer="Case",
    body=forms.Override,
    etag=True,
)
def override(call: Call, case_id: UUID) -> Answer:
    """The case comes into another state by no edge, with a reason."""
    return _answer(call, cases.override(call.tx, case_id, call.body))
