"""Offers: who is asked whether to take a case, and what they answer."""

from uuid import UUID

from casework.api.answers.members import page_of
from casework.api.answers.offers import Offer, offer
from casework.api.endpoint import Answer, Call, Endpoint, page
from casework.forms.texts import Choice, Word
from casework.http.query import Page, from_cursor, moment, switch, to_cursor
from casework.records import offers as records
from casework.rules.offers import STATES
from casework.rules.text import Text
from casework.work import offer_answers, offers
from casework.work.forms import DeclineOffer, OfferThis, TakeOffer, WithdrawOffer


class WhichOffers(Page):
    """Which offers are listed."""

    state = Choice(STATES, title=Text("状态", "State"))
    case = Word(most=40, title=Text("案件编号", "Number of the case"), example="LA-2026-000001")


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/offers",
    Text("征询承办人", "Ask a helper"),
    answer=Offer,
    status=201,
    body=OfferThis,
    refuses=(403, 409),
    note=Text(
        "征询期间案件仍待指派；谢绝或者逾期未答复的，自动转询下一人选。一案同时只征询一人。"
        "代同事办理的审批人另填 reason。",
        "The case goes on waiting meanwhile; whoever declines or does not answer in time is followed by the next"
        " candidate. One helper at a time is asked. A supervisor who steps in for a colleague adds a reason.",
    ),
)
def make(call: Call, case_id: UUID) -> Answer:
    """A helper is asked whether to take the case."""
    return Answer(offer(offers.make(call.tx, case_id, call.body), call.tx.person), status=201)


@Endpoint(
    "GET",
    "/offers",
    Text("征询", "Offers"),
    answer=page_of(Offer),
    query=WhichOffers,
    note=Text(
        "律师和志愿者看到对自己的征询，其他人看到可见案件的征询；待答复的在前，新的在前。",
        "Helpers see what they were asked, others the offers of the cases that they see; open ones first, the newest"
        " first.",
    ),
)
def listed(call: Call) -> Answer:
    """Open offers first, the newest first."""
    key = from_cursor(call.query, switch, moment, UUID)
    rows = records.page(
        call.tx.db,
        call.tx.person,
        call.limit + 1,
        (key[0], key[1], key[2]) if key else None,
        state=call.query.get("state"),
        number=call.query.get("case"),
    )
    shown = rows[: call.limit]
    more = len(rows) > call.limit
    cursor = to_cursor(int(shown[-1].ended), shown[-1].made_at, shown[-1].id) if more else None
    return page(call, [offer(row, call.tx.person) for row in shown], cursor)


@Endpoint(
    "POST",
    "/offers/<uuid:offer_id>/accept",
    Text("接受征询", "Accept an offer"),
    answer=Offer,
    body=TakeOffer,
    refuses=(403, 409),
    note=Text(
        "接受即承办：案件随即指派给本人并由本人接受，指派的各项条件须仍然满足。",
        "Accepting takes the case: it is assigned and taken on at once, and all conditions of that hold again.",
    ),
)
def accept(call: Call, offer_id: UUID) -> Answer:
    """The case is mine."""
    return Answer(offer(offer_answers.accept(call.tx, offer_id, call.body), call.tx.person))


@Endpoint(
    "POST",
    "/offers/<uuid:offer_id>/decline",
    Text("谢绝征询", "Decline an offer"),
    answer=Offer,
    body=DeclineOffer,
    refuses=(403, 409),
)
def decline(call: Call, offer_id: UUID) -> Answer:
    """The next candidate is asked."""
    return Answer(offer(offer_answers.decline(call.tx, offer_id, call.body), call.tx.person))


@Endpoint(
    "POST",
    "/offers/<uuid:offer_id>/withdraw",
    Text("撤回征询", "Withdraw an offer"),
    answer=Offer,
    body=WithdrawOffer,
    refuses=(403, 409),
)
def withdraw(call: Call, offer_id: UUID) -> Answer:
    """Nobody is asked any more."""
    return Answer(offer(offers.withdraw(call.tx, offer_id, call.body), call.tx.person))
