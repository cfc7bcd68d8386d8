"""Payment orders: approved payments put together for the bank, each on one order at a time.

An order is a document: its lines stay as they were ordered, with what the bank did, also when a payment that came back
is on a later order.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Text, bindparam, cast, exists, false, func, literal, select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB

from casework.records.database import Tx
from casework.records.rows import Row as Values
from casework.records.tables import (
    applicants,
    cases,
    events,
    funds,
    orgs,
    payment_lines,
    payment_order_lines,
    payment_orders,
    users,
    vault,
)
from casework.records.visibility import below, visible
from casework.rules.people import Person

_APPLICANT: Final = cases.c.facts["applicant"]
# What is handed over in cash against a signature is no payment for the bank.
_IN_CASH: Final = func.coalesce(
    cases.c.facts["aid"].contains(
        func.jsonb_build_array(
            func.jsonb_build_object("line", cast(payment_lines.c.id, Text), "pay_by", "cash"), type_=JSONB
        )
    ),
    false(),
)
_LAST: Final = payment_order_lines.alias("last")
_WAITING: Final = (
    payment_lines.join(cases, cases.c.id == payment_lines.c.case_id)
    .join(orgs, orgs.c.id == cases.c.org_id)
    .join(applicants, applicants.c.id == cases.c.applicant_id)
    .outerjoin(vault, (vault.c.case_id == cases.c.id) & (vault.c.part == "facts"))
    .outerjoin(_LAST, (_LAST.c.order_id == payment_lines.c.order_id) & (_LAST.c.line_id == payment_lines.c.id))
)
# One statement: what somebody else has ordered or released meanwhile is left out, and without lines there is no order.
# Lines are locked in one order for all.
_MAKE: Final = text(
    """
with asked as (
  select * from jsonb_to_recordset(:lines) as x(
    line_id uuid, position int, payee text, bank text, branch text, bank_code text, account text, sealed text,
    case_version int, payee_change jsonb))
, due as (
  select id from payment_lines where id in (select line_id from asked) and status in ('approved', 'returned')
  order by id for update)
, ordered as (
  update payment_lines l set status = 'ordered', order_id = :id from due where l.id = due.id returning l.id, l.amount)
, kept as (
  insert into payment_order_lines (order_id, line_id, position, payee, bank, branch, bank_code, account, sealed,
    case_version, payee_change)
  select :id, line_id, row_number() over (order by position), payee, bank, branch, bank_code, account,
    decode(sealed, 'base64'), case_version, payee_change
  from asked join ordered on ordered.id = line_id)
insert into payment_orders (id, number, fund_id, created_by, total, lines, at)
select :id, :number, :fund_id, :created_by, sum(amount), count(*), :at from ordered having count(*) > 0
returning id
"""
).bindparams(bindparam("lines", type_=JSONB))


def to_order(tx: Tx, fund_id: UUID, person: Person, bank_facts: Mapping[str, str]) -> Sequence[Row[Any]]:
    """The payments of a fund that wait for an order, on cases that this person sees, the first approved first.

    `bank_facts` names the fact of each workflow under which the account stands.

    With what decides whether they may be ordered: `approved_by`, `status`, the version `since` which the case was
    looked at for this payment (when it was approved, or last ordered), `redirected`, the number of the last event
    since then that has the money go elsewhere or None, whether one of these was by this person (`redirected_by_you`),
    and the case's `number`, `workflow`, its `workflow_version`, `org`, `region` and `calendar`; with where the money
    goes, as the case has it now in its `case_version`: `payee`, `bank`, `branch`, `bank_code`, `account` (masked)
    and the `sealed_facts`; and with the same of the order from which it came back: `last_order`, `last_payee` and so
    on.
    `applicant_id`, `key_id` and `wrapped_key` open what is sealed.
    """
    named = func.jsonb_extract_path_text(literal(dict(bank_facts), JSONB), cases.c.workflow)
    bank = func.jsonb_extract_path(cases.c.facts, named, type_=JSONB)
    since = func.coalesce(_LAST.c.case_version, payment_lines.c.case_version)
    redirecting = _redirecting(since, named, bank)
    return tx.all(
        select(
            payment_lines.c.id,
            payment_lines.c.case_id,
            payment_lines.c.approved_by,
            payment_lines.c.status,
            payment_lines.c.amount,
            since.label("since"),
            select(func.max(events.c.seq)).where(*redirecting).scalar_subquery().label("redirected"),
            exists(select(events.c.seq).where(*redirecting, events.c.actor_id == person.id)).label("redirected_by_you"),
            cases.c.number,
            cases.c.version.label("case_version"),
            named.label("bank_fact"),
            func.coalesce(bank["holder"].astext, cases.c.applicant_name).label("payee"),
            bank["name"].astext.label("bank"),
            bank["branch"].astext.label("branch"),
            bank["bank_code"].astext.label("bank_code"),
            bank["account"].astext.label("account"),
            vault.c.sealed.label("sealed_facts"),
            _LAST.c.order_id.label("last_order"),
            _LAST.c.payee.label("last_payee"),
            _LAST.c.bank.label("last_bank"),
            _LAST.c.branch.label("last_branch"),
            _LAST.c.bank_code.label("last_bank_code"),
            _LAST.c.sealed.label("last_sealed"),
            applicants.c.id.label("applicant_id"),
            applicants.c.key_id,
            applicants.c.wrapped_key,
            cases.c.workflow,
            cases.c.workflow_version,
            orgs.c.code.label("org"),
            orgs.c.region,
            orgs.c.calendar,
        )
        .select_from(_WAITING)
        .where(
            payment_lines.c.fund_id == fund_id,
            payment_lines.c.status.in_(("approved", "returned")),
            ~_IN_CASH,
            visible(person),
        )
        .order_by(payment_lines.c.approved_on, cases.c.number, payment_lines.c.id)
    )


def _redirecting(
    since: ColumnElement[int], named: ColumnElement[str], bank: ColumnElement[Any]
) -> tuple[ColumnElement[bool], ...]:
    """Which events have corrected, since that version of the case, where the money goes or to whom."""
    changed = events.c.payload["given"]["changed"]
    return (
        events.c.case_id == payment_lines.c.case_id,
        events.c.kind == "corrected",
        events.c.seq > since,
        changed.has_key(named) | (changed.has_key("applicant") & bank["holder"].astext.is_(None)),
    )


_FACT_BEFORE: Final = """
(select case kind when 'opened' then payload -> 'given' else payload -> 'given' -> 'changed' end -> {fact} from events
 where case_id = e.case_id and seq <= :since
   and (kind = 'opened' or kind = 'corrected' and payload -> 'given' -> 'changed' ? {fact}) order by seq desc limit 1)
"""
_REDIRECTED: Final = f"""
select e.seq, e.at, u.id as user_id, u.username, u.name as user_name, before.bank ->> 'name' as bank,
  before.bank ->> 'account' as account, coalesce(before.bank ->> 'holder', before.applicant ->> 'name') as payee
from events e join users u on u.id = e.actor_id,
  lateral (select {_FACT_BEFORE.format(fact="cast(:bank_fact as text)")} as bank,
    {_FACT_BEFORE.format(fact="'applicant'")} as applicant) as before
where e.case_id = :case_id and e.seq = :seq
"""


def redirected(tx: Tx, line: Row[Any]) -> Row[Any]:
    """The event that has the money of a payment of `to_order` go elsewhere: `seq, at, user_id, username, user_name`.

    With where it would have gone before, `payee, bank, account`, which is masked.
    """
    [found] = tx.all(_REDIRECTED, case_id=line.case_id, seq=line.redirected, since=line.since, bank_fact=line.bank_fact)
    return found


def cases_of(tx: Tx, numbers: Sequence[str], person: Person) -> dict[str, UUID]:
    """The ids of those of these cases that this person sees, by their numbers."""
    query = select(cases.c.number, cases.c.id).where(cases.c.number.in_(numbers), visible(person))
    return {row.number: row.id for row in tx.all(query)}


def make(tx: Tx, order_id: UUID, number: str, fund_id: UUID, lines: Sequence[Values], person: Person) -> bool:
    """Put those of these payments on a new order that wait for one still; False where none does.

    A line is the payment's `line_id` and `case_id` with where its money goes: `payee`, `bank`, `branch`, `bank_code`,
    the masked `account`, and the full one `sealed` for its place on the order (`vault.order_place`); with the
    `case_version` that says so, and the `payee_change` that was confirmed, `{by, at, event, payee, bank, account}`, or
    None.
    """
    asked = [
        {
            **line,
            "line_id": str(line["line_id"]),
            "case_id": str(line["case_id"]),
            "sealed": base64.b64encode(line["sealed"]).decode(),
            "position": place,
        }
        for place, line in enumerate(lines)
    ]
    values = {"id": order_id, "number": number, "fund_id": fund_id, "created_by": person.id, "at": tx.now}
    return tx.run(_MAKE, lines=asked, **values).first() is not None


_ON_ORDERS: Final = payment_order_lines.join(payment_lines, payment_lines.c.id == payment_order_lines.c.line_id).join(
    cases, cases.c.id == payment_lines.c.case_id
)
_OF_ORDER: Final = (
    select(payment_lines.c.id).select_from(_ON_ORDERS).where(payment_order_lines.c.order_id == payment_orders.c.id)
)
_HOLDER: Final = orgs.alias("holder")
# `unsettled`: those of which the bank has not told; `fund_org` and so on: where the fund's policies are looked for.
_ORDER: Final = select(
    payment_orders,
    funds.c.code.label("fund"),
    funds.c.name.label("fund_name"),
    _HOLDER.c.code.label("fund_org"),
    _HOLDER.c.region.label("fund_region"),
    _HOLDER.c.calendar.label("fund_calendar"),
    users.c.username,
    users.c.name.label("user_name"),
    orgs.c.name.label("office"),
    select(func.count())
    .where(payment_order_lines.c.order_id == payment_orders.c.id, payment_order_lines.c.result.is_(None))
    .scalar_subquery()
    .label("unsettled"),
).select_from(
    payment_orders.join(funds, funds.c.id == payment_orders.c.fund_id)
    .join(_HOLDER, _HOLDER.c.id == funds.c.org_id)
    .join(users, users.c.id == payment_orders.c.created_by)
    .join(orgs, orgs.c.id == users.c.org_id)
)


def _seen(person: Person) -> ColumnElement[bool]:
    """Orders made in this person's organisation or below, and those with a payment on a case that the person sees."""
    return users.c.org_id.in_(below(person.org_path)) | exists(_OF_ORDER.where(visible(person)))


def page(
    tx: Tx, person: Person, limit: int, after: tuple[datetime, UUID] | None = None, fund: str | None = None
) -> Sequence[Row[Any]]:
    """Payment orders, the newest first, at most `limit`."""
    query = _ORDER.where(_seen(person)).order_by(payment_orders.c.at.desc(), payment_orders.c.id.desc()).limit(limit)
    if after is not None:
        query = query.where(tuple_(payment_orders.c.at, payment_orders.c.id) < after)
    return tx.all(query.where(funds.c.code == fund) if fund is not None else query)


def by_id(tx: Tx, order_id: UUID, person: Person) -> Row[Any] | None:
    """The order, if this person sees it."""
    return tx.one(_ORDER.where(payment_orders.c.id == order_id, _seen(person)))


def by_number(tx: Tx, number: str, person: Person) -> UUID | None:
    """The id of the order of this number, if this person sees it."""
    row = tx.one(_ORDER.where(payment_orders.c.number == number, _seen(person)))
    return row.id if row else None


_LINE: Final = select(
    payment_order_lines,
    payment_lines.c.case_id,
    payment_lines.c.kind,
    payment_lines.c.amount,
    payment_lines.c.approved_on,
    cases.c.number.label("case_number"),
    cases.c.opened_at,
    cases.c.workflow,
    cases.c.workflow_version,
    func.coalesce(_APPLICANT["identity_number"].astext, _APPLICANT["document_number"].astext).label("document"),
    applicants.c.id.label("applicant_id"),
    applicants.c.key_id,
    applicants.c.wrapped_key,
).select_from(_ON_ORDERS.join(applicants, applicants.c.id == cases.c.applicant_id))


def lines(tx: Tx, order_id: UUID, person: Person) -> Sequence[Row[Any]]:
    """The payments on an order whose cases this person sees, as they were ordered; `result` is None, paid or returned.

    `account` is masked, and so is the number of the applicant's `document`; `applicant_id`, `key_id` and `wrapped_key`
    open the full account that is `sealed`.
    """
    query = _LINE.where(payment_order_lines.c.order_id == order_id, visible(person))
    return tx.all(query.order_by(payment_order_lines.c.position))


def line(tx: Tx, order_id: UUID, line_id: UUID, person: Person) -> Row[Any] | None:
    """One of these payments."""
    this = (payment_order_lines.c.order_id == order_id) & (payment_order_lines.c.line_id == line_id)
    return tx.one(_LINE.where(this, visible(person)))


def ordered_at(tx: Tx, line_id: UUID) -> datetime | None:
    """When the order was made on which a payment is now or was last; None before it was ordered."""
    orders = payment_orders.join(payment_lines, payment_lines.c.order_id == payment_orders.c.id)
    query = select(payment_orders.c.at).select_from(orders).where(payment_lines.c.id == line_id)
    found: datetime | None = tx.run(query).scalar_one_or_none()
    return found


def all_seen(tx: Tx, order_id: UUID, person: Person) -> bool:
    """Whether this person sees the case of every payment on the order."""
    hidden = _OF_ORDER.where(~visible(person))
    return tx.one(select(payment_orders.c.id).where(payment_orders.c.id == order_id, exists(hidden))) is None
