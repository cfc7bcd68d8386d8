"""What the bank did with a payment, or with all of an order, as it is recorded by hand."""

import secrets
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from casework.forms.form import Form
from casework.forms.posted import from_posted
from casework.http.problems import STATUS
from casework.rules.refusals import Invalid, NotFound, Refusal
from casework.rules.text import Text
from casework.web.frame import frame_of
from casework.web.page import STAFF, Answer, Html, Page, Redirect, Visit
from casework.web.payments import lines_of, of_order, order_of
from casework.web.widgets import Filled, titles, widgets
from casework.work import payments

_TITLES: Final = {
    "paid": Text("登记已支付", "Record that it was paid"),
    "returned": Text("登记退回", "Record that the bank returned it"),
    "all": Text("整单登记已支付", "Record that all was paid"),
}
_FORMS: Final[Mapping[str, type[Form]]] = {
    "paid": payments.Paid,
    "returned": payments.Returned,
    "all": payments.Paid,
}


def _declare(result: str, path: str) -> None:
    """The form of a result, and what it does."""
    form = _FORMS[result]

    def shown(visit: Visit, number: str, line_id: UUID | None = None) -> Answer:
        return _page(visit, result, number, line_id)

    def again(visit: Visit, refused: Refusal, number: str, line_id: UUID | None = None) -> Answer:
        return _page(visit, result, number, line_id, refused)

    def record(visit: Visit, number: str, line_id: UUID | None = None) -> Answer:
        given = from_posted(form, dict(visit.posted.lists()))
        order = order_of(visit.tx, number)
        if line_id is None:
            payments.record_all_paid(visit.tx, order.id, given)
        else:
            payments.record_result(visit.tx, order.id, line_id, result, given)
        return Redirect(of_order(number))

    Page("GET", path, STAFF)(shown)
    Page("POST", path, STAFF, again=again)(record)


def _page(visit: Visit, result: str, number: str, line_id: UUID | None, refused: Refusal | None = None) -> Answer:
    tx, form = visit.tx, _FORMS[result]
    order = order_of(tx, number)
    line = None
    if line_id is not None:
        line = next((one for one in lines_of(tx, order) if one.id == line_id), None)
        if line is None:
            raise NotFound
    else:
        payments.may_record_whole(tx, order.id)
    values: dict[str, Any] = {"on": tx.today.isoformat()}
    if refused:
        values = from_posted(form, dict(visit.posted.lists()))
    faults = tuple(refused.faults) if isinstance(refused, Invalid) else ()
    return Html(
        "payment_result",
        {
            "frame": frame_of(tx),
            "title": _TITLES[result],
            "order": order,
            "at": of_order(number),
            "line": line,
            "fields": widgets(form, Filled(values, faults)),
            "faults": titles(form, faults),
            "problem": refused,
            "once": secrets.token_urlsafe(24),
        },
        STATUS[refused.code] if refused else 200,
    )


_declare("all", "/payments/<number>/paid")
_declare("paid", "/payments/<number>/lines/<uuid:line_id>/paid")
_declare("returned", "/payments/<number>/lines/<uuid:line_id>/returned")
