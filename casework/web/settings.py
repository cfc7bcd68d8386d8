"""What people set for themselves: how they are spoken to and reached, their password, and an end to every session."""

from dataclasses import replace
from typing import Any, Final

from flask import redirect, request

from casework.forms.form import Form
from casework.forms.posted import from_posted
from casework.forms.texts import Choice, Word
from casework.http.problems import STATUS
from casework.records import calendar_feeds as feed_records
from casework.records import people as records
from casework.rules.refusals import Fault, Invalid, Refusal
from casework.rules.text import LANGUAGES, Text
from casework.web import cookies
from casework.web.frame import frame_of
from casework.web.page import HELPERS, STAFF, USERS, Answer, Html, Page, Redirect, Visit
from casework.web.widgets import Filled, Widget, titles, widgets
from casework.work import calendar_feeds, sessions
from casework.work.people import OwnChange, change_myself

SPOKEN: Final = {"zh-CN": Text("中文", "中文"), "en": Text("English", "English")}
"""Languages, each by its own name."""
_REACHED: Final = ("language", "email", "digest")
_DIFFERS: Final = Text("两次填写的新密码不一致。", "The new password was not typed alike twice.")
_DONE: Final = {
    "reached": Text("已保存。", "Saved."),
    "password": Text(
        "密码已修改，其他设备上的登录和命令行令牌均已失效。",
        "Your password is changed. All other sessions and tokens have ended.",
    ),
    "feed_ended": Text("日历地址已撤销。", "The calendar address is revoked."),
}


class SettingsQuery(Form):
    """What was changed just now, to say so."""

    done = Choice(_DONE, title=Text("刚保存的内容", "What was saved"))


class AnotherPassword(Form):
    """The present password, and the new one twice, since nobody sees what is typed."""

    current_password = Word(most=200, required=True, title=Text("原密码", "Present password"), example="")
    password = Word(
        most=200, required=True, title=Text("新密码（至少 12 位）", "New password (12 characters or more)"), example=""
    )
    again = Word(most=200, required=True, title=Text("再填一次新密码", "The new password once more"), example="")


@Page("GET", "/settings", USERS, query=SettingsQuery, own_account=True)
def settings(visit: Visit) -> Answer:
    """The caller's own account."""
    return _page(visit)


def _again(visit: Visit, refused: Refusal) -> Answer:
    """The forms with what is wrong; passwords are asked for anew."""
    return _page(visit, refused)


@Page("POST", "/settings", USERS, own_account=True, again=_again)
def reach(visit: Visit) -> Answer:
    """How the caller is reached is changed; this browser speaks the language that was chosen."""
    given = reached(visit)
    change_myself(visit.tx, given)
    answer = redirect("/settings?done=reached", 303)
    if chosen := next((one for one in LANGUAGES if one == given.get("language")), None):
        cookies.keep_language(answer, chosen)
    return answer


@Page("POST", "/settings/password", USERS, own_account=True, again=_again)
def choose_password(visit: Visit) -> Answer:
    """The caller has another password; every session ends, and this browser begins a new one."""
    given = from_posted(AnotherPassword, dict(visit.posted.lists()))
    said = AnotherPassword.check(given, today=visit.tx.today)
    if said.pop("again") != said["password"]:
        raise Invalid([Fault("again", "differs", _DIFFERS)])
    change_myself(visit.tx, said)
    answer = redirect("/settings?done=password", 303)
    cookies.keep_session(answer, sessions.begin_for(visit.tx, visit.tx.person))
    return answer


@Page("POST", "/settings/calendar-feed", USERS, again=_again)
def begin_feed(visit: Visit) -> Answer:
    """The caller's deadlines have a new address, shown on this answer only: stored is but its digest."""
    return _page(visit, feed=request.host_url.rstrip("/") + calendar_feeds.begin(visit.tx))


@Page("POST", "/settings/calendar-feed/end", USERS)
def end_feed(visit: Visit) -> Answer:
    """The address opens nothing any more."""
    calendar_feeds.end(visit.tx)
    return Redirect("/settings?done=feed_ended")


def reached(visit: Visit) -> dict[str, Any]:
    """Return how somebody is reached, as it was filled in; an empty mail address is none."""
    posted = {name: values for name, values in visit.posted.lists() if name in _REACHED}
    cleared: dict[str, Any] = {"email": None} if "email" in posted else {}
    return cleared | from_posted(OwnChange, posted)


def has_one(widget: Widget) -> Widget:
    """Return the field of something that everybody has, but for a mail address."""
    return replace(widget, required=widget.path != "email")


def _page(visit: Visit, refused: Refusal | None = None, *, feed: str | None = None) -> Answer:
    tx = visit.tx
    mine = records.view(tx.db, tx.person.id)
    assert mine is not None
    faults = tuple(refused.faults) if isinstance(refused, Invalid) else ()
    values = {name: getattr(mine, name) for name in _REACHED}
    if refused:
        values |= reached(visit)
    filled = Filled(values, faults, offered={"language": SPOKEN})
    return Html(
        "settings",
        {
            "frame": frame_of(tx),
            "mine": mine,
            "reached": [has_one(one) for one in widgets(OwnChange, filled) if one.path in _REACHED],
            "secrets": widgets(AnotherPassword, Filled({}, faults)),
            "problem": refused,
            "faults": titles(AnotherPassword, [one for one in faults if one.path not in _REACHED])
            + titles(OwnChange, [one for one in faults if one.path in _REACHED]),
            "done": _DONE[visit.query["done"]] if "done" in visit.query else None,
            "feed": feed,
            "feed_since": feed_records.since(tx.db, tx.person.id),
            "has_cases": tx.person.role in STAFF | HELPERS,
            "must_choose": mine.password_is_first and tx.service.limits.own_passwords,
        },
        STATUS[refused.code] if refused else 200,
    )
