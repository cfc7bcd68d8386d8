"""What stands around every page of the office: where one can go, who one is, what waits at the bell."""

from typing import Final, NamedTuple

from casework.records import alerts
from casework.records.visibility import visible
from casework.rules.people import Role
from casework.rules.text import Text
from casework.web.page import HELPERS, STAFF
from casework.work import workflow_registry
from casework.work.service import Transaction


class Place(NamedTuple):
    """A page that one goes to from anywhere; `waiting` is what waits there, empty for nothing."""

    address: str
    title: Text
    waiting: str = ""


class Frame(NamedTuple):
    """The frame of a page for one user."""

    nav: tuple[Place, ...]
    programmes: tuple[Text, ...]
    org: str
    may_search: bool
    intakes: tuple[Place, ...]


_ALERTS: Final = "/alerts"
_MOST: Final = 99
_PLACES: Final = (
    (Place("/desk", Text("待办", "Desk")), STAFF | HELPERS),
    (Place(_ALERTS, Text("提醒", "Alerts")), STAFF | HELPERS),
    (Place("/offers", Text("征询", "Offers")), STAFF | HELPERS),
    (Place("/cases", Text("案件", "Cases")), STAFF | HELPERS | {Role.AUDITOR}),
    (Place("/assignments", Text("指派", "Assigning")), STAFF),
    (Place("/payments", Text("支付", "Payments")), STAFF | {Role.AUDITOR}),
    (Place("/funds", Text("资金", "Funds")), STAFF | {Role.AUDITOR}),
    (Place("/reports", Text("统计", "Reports")), STAFF | {Role.AUDITOR}),
    (Place("/admin/people", Text("人员", "People")), frozenset((Role.ADMINISTRATOR, Role.AUDITOR))),
    (Place("/admin/orgs", Text("机构", "Organisations")), frozenset((Role.ADMINISTRATOR, Role.AUDITOR))),
    (Place("/admin/policies", Text("规则", "Rules")), frozenset((Role.ADMINISTRATOR, Role.AUDITOR))),
    (Place("/admin/channels", Text("发送渠道", "Channels")), frozenset((Role.ADMINISTRATOR,))),
    (Place("/audit", Text("审计", "Audit")), frozenset((Role.AUDITOR, Role.ADMINISTRATOR))),
    (Place("/audit/access", Text("查阅记录", "Who saw what")), frozenset((Role.AUDITOR, Role.SUPERVISOR))),
)
_SEES_CASES: Final = STAFF | HELPERS | {Role.AUDITOR}


def frame_of(tx: Transaction) -> Frame:
    """Return what stands around a page for the caller."""
    person = tx.person
    nav = tuple(_waiting(tx, place) for place, roles in _PLACES if person.role in roles)
    programmes = tuple(one.title for one in workflow_registry.latest())
    opens = workflow_registry.latest() if person.role in STAFF else []
    intakes = tuple(Place(f"/cases/new/{one.key}", one.title) for one in opens)
    return Frame(nav, programmes, org_name(tx, person.org_path), person.role in _SEES_CASES, intakes)


def _waiting(tx: Transaction, place: Place) -> Place:
    """The place with how many alerts are open, counted no further than people read."""
    if place.address != _ALERTS:
        return place
    count = alerts.count_open(tx.db, tx.person.id, visible(tx.person), _MOST + 1)
    return place._replace(waiting=f"{_MOST}+" if count > _MOST else str(count or ""))


def first_page(role: Role) -> str:
    """Return where somebody of this role begins."""
    return next((place.address for place, roles in _PLACES if role in roles), "/settings")


def org_name(tx: Transaction, path: str) -> str:
    """Return the name of the organisation at this path."""
    code = path.rstrip("/").rpartition("/")[2]
    org = tx.rules.orgs.get(code)
    return str(org.name) if org else code
