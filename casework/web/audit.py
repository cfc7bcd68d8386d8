"""What auditors look at: whether the records agree with themselves, who administered what, and who saw what and why."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from casework.forms.form import Form, intake_of
from casework.forms.numbers import Day
from casework.forms.texts import Choice, Word
from casework.http.query import from_cursor, to_cursor, whole
from casework.records import admin_events, cases, history
from casework.rules import folding
from casework.rules.people import Role
from casework.rules.refusals import Fault, NotFound
from casework.rules.text import Text
from casework.web.frame import frame_of
from casework.web.page import Answer, Html, Page, Visit
from casework.web.widgets import titles
from casework.work import audit as work
from casework.work import people, workflow_registry
from casework.work.service import Transaction

_ROWS: Final = 50
_CHAIN_READERS: Final = frozenset((Role.AUDITOR, Role.ADMINISTRATOR))
_WATCHERS: Final = frozenset((Role.AUDITOR, Role.SUPERVISOR))
_KINDS: Final = {
    "user_added": Text("新增人员", "Somebody was added"),
    "user_changed": Text("更改人员", "Somebody was changed"),
    "role_confirmed": Text("确认角色", "A role was confirmed"),
    "password_chosen": Text("本人修改密码", "Somebody chose another password"),
    "token_issued": Text("签发令牌", "A token was issued"),
    "tokens_ended": Text("退出所有设备", "Signed out everywhere"),
    "clock_put_aside": Text("搁置期限", "A clock was put aside"),
    "organisations_loaded": Text("载入机构", "Organisations were loaded"),
    "channel_added": Text("新增渠道", "A channel was added"),
    "channel_changed": Text("更改渠道", "A channel was changed"),
    "channel_removed": Text("移除渠道", "A channel was removed"),
    "policies_loaded": Text("载入标准", "Policies were loaded"),
    "calendar_loaded": Text("载入日历", "A calendar was loaded"),
    "profile_changed": Text("修改执业档案", "A profile was changed"),
    "keys_rotated": Text("更换密钥", "Keys were rotated"),
}
_CHECKS: Final = {
    "cases": Text("核对我看得到的案件", "Check the cases that I see"),
    "administration": Text("核对管理记录", "Check the administrative chain"),
}
_AGREES: Final = Text("已核对 {cases} 个案件，没有矛盾。", "Cases looked at: {cases}. Nothing contradicts itself.")
_CHAIN_AGREES: Final = Text("管理记录没有矛盾。", "The administrative chain agrees with itself.")
_NO_CASE: Final = Text(
    "没有找到案件 {number}，或者您无权查看。", "There is no case {number}, or it is not yours to see."
)
_PARTS: Final = {
    "notes": Text("备注", "notes"),
    "walls": Text("回避的理由", "why somebody is kept out"),
    "letters": Text("文书", "letters"),
    "opinions": Text("审批意见", "opinions"),
    "tracking_code": Text("查询码", "tracking code"),
    "personal_data": Text("个人信息副本", "a copy of the personal data"),
    "list": Text("案件清单文件（已掩码）", "a file of the list of cases (masked)"),
}
_READ: Final = Text("阅读", "read")


class Checked(NamedTuple):
    """What a check has found: a sentence where all agrees, else the contradictions; where to go on with the next."""

    agrees: Text | None
    faults: Sequence[Text]
    further: str | None = None


class AuditQuery(Form):
    """What is to be checked, and which events of the administrative chain are asked for."""

    number = Word(most=40, title=Text("案号", "Case number"), example="")
    verify = Choice(_CHECKS, title=Text("核对", "Check"))
    kind = Choice(_KINDS, title=Text("事项", "What"))
    q = Word(most=60, title=Text("操作人或对象", "Who, or of what"), example="")
    since = Day(title=Text("自", "From"))
    until = Day(title=Text("至", "To"))
    cursor = Word(most=500, title=Text("游标", "Cursor"), example="")


class AccessQuery(Form):
    """Whose looks at which case on which days."""

    user = people.Username(most=60, title=Text("用户名", "User name"))
    number = Word(most=40, title=Text("案号", "Case number"), example="")
    since = Day(title=Text("自", "From"))
    until = Day(title=Text("至", "To"))
    cursor = Word(most=500, title=Text("游标", "Cursor"), example="")


@Page("GET", "/audit", _CHAIN_READERS, query=AuditQuery)
def audit(visit: Visit) -> Answer:
    """Whether records agree with themselves, and the administrative chain of the caller's place, the newest first."""
    tx, asked = visit.tx, dict(visit.query)
    people.may_see_admin_events(tx.person)
    # A check of cases goes on by a cursor of cases.
    key = from_cursor(asked, whole) if "verify" not in asked else None
    found = admin_events.page(
        tx.db,
        tx.person.org_path,
        _ROWS + 1,
        key[0] if key else None,
        kind=asked.get("kind", ""),
        words=asked.get("q", ""),
        **_days(tx, asked),
    )
    return Html(
        "audit",
        {
            "frame": frame_of(tx),
            "asked": asked,
            "kinds": _KINDS,
            "checks_cases": tx.person.role is Role.AUDITOR,
            "checked": _checked(tx, asked),
            "unseen": work.UNSEEN,
            "rows": [
                (row, _KINDS.get(row.kind, Text(row.kind, row.kind)), _said(row.payload)) for row in found[:_ROWS]
            ],
            "more": _more("/audit", asked, found, "seq"),
        },
    )


@Page("GET", "/audit/access", _WATCHERS, query=AccessQuery)
def access(visit: Visit) -> Answer:
    """Who saw what is sensitive of the cases that the caller watches over, when and why, the newest first."""
    tx, asked = visit.tx, dict(visit.query)
    people.may_see_disclosures(tx.person)
    key = from_cursor(asked, whole)
    case_id = cases.id_of(tx.db, _typed(asked["number"])) if "number" in asked else None
    found: Sequence[Any] = []
    if "number" not in asked or case_id:
        found = history.disclosures_seen(
            tx.db,
            tx.person,
            _ROWS + 1,
            key[0] if key else None,
            username=asked.get("user", ""),
            case_id=case_id,
            **_days(tx, asked),
        )
    return Html(
        "access",
        {
            "frame": frame_of(tx),
            "asked": asked,
            "rows": [
                (row, [_part(row, path) for path in row.paths], _READ if row.reason == "read" else None)
                for row in found[:_ROWS]
            ],
            "more": _more("/audit/access", asked, found, "id"),
        },
    )


def _checked(tx: Transaction, asked: Mapping[str, Any]) -> Checked | None:
    """What the check that is asked for has found; None where none is, or it is not for this role."""
    if asked.get("verify") == "administration":
        faults = work.verify_administration(tx)
        return Checked(None if faults else _CHAIN_AGREES, faults)
    if tx.person.role is not Role.AUDITOR:
        return None
    if asked.get("verify") == "cases":
        after = from_cursor(asked, UUID)
        looked = work.verify_seen(tx, after[0] if after else None)
        further = (
            f"/audit?{urlencode({'verify': 'cases', 'cursor': to_cursor(looked.after)})}" if looked.after else None
        )
        return Checked(_agrees(looked), looked.faults, further)
    if "number" not in asked:
        return None
    number = _typed(asked["number"])
    case_id = cases.id_of(tx.db, number)
    try:
        if case_id is None:
            raise NotFound
        cases.get(tx.db, case_id, tx.person)
    except NotFound:
        return Checked(None, [_NO_CASE.with_(number=number)])
    looked = work.verify_case(tx, case_id)
    return Checked(_agrees(looked), looked.faults)


def _agrees(looked: work.Looked) -> Text | None:
    return None if looked.faults else _AGREES.with_(cases=looked.cases)


def _typed(number: str) -> str:
    return folding.typed(number).upper()


def _days(tx: Transaction, asked: Mapping[str, Any]) -> dict[str, datetime]:
    """From the beginning of one day to the end of another, in the office's zone."""

    def begins(day: date) -> datetime:
        return datetime.combine(day, time(), tx.service.zone)

    since = {"since": begins(asked["since"])} if "since" in asked else {}
    return since | ({"until": begins(asked["until"] + timedelta(days=1))} if "until" in asked else {})


def _more(path: str, asked: Mapping[str, Any], found: Sequence[Any], key: str) -> str | None:
    if len(found) <= _ROWS:
        return None
    said = {name: value for name, value in asked.items() if name not in ("cursor", "verify")}
    return f"{path}?{urlencode(said | {'cursor': to_cursor(getattr(found[_ROWS - 1], key))})}"


def _said(payload: Mapping[str, Any]) -> str:
    """What an event of the administrative chain says, before and after."""
    return "; ".join(f"{name}: {_plain(value)}" for name, value in payload.items())


def _plain(value: Any) -> str:
    if isinstance(value, list) and len(value) == 2 and not any(isinstance(one, dict) for one in value):
        return f"{value[0]} → {value[1]}"
    if isinstance(value, list):
        return "; ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return " ".join(map(str, value.values()))
    return str(value)


def _part(row: Any, path: str) -> Text:
    """What was looked at: a part of the case, or the field of its intake form, else the path as it is."""
    if path in _PARTS:
        return _PARTS[path]
    form = intake_of(workflow_registry.of(row.workflow, row.workflow_version))
    [(_, title, _)] = titles(form, [Fault(path, "", _READ)])
    return title or Text(path, path)
