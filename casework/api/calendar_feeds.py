"""The address at which a calendar program finds the deadlines of the caller."""

from typing import Final

from flask import request

from casework.api.answers.people import CalendarFeed
from casework.api.endpoint import Answer, Call, Endpoint
from casework.rules.text import Text
from casework.work import calendar_feeds

_ENDED: Final = Text("已撤销", "It is revoked")


@Endpoint(
    "POST",
    "/me/calendar-feed",
    Text("取得期限日历地址", "Get the address of my deadlines"),
    answer=CalendarFeed,
    status=201,
    keeps_answer=False,
    note=Text(
        "iCalendar（RFC 5545），供日历程序订阅，不需登录；只有案号和期限名称，没有姓名。地址只告知这一次，原地址随即"
        "失效；修改密码、退出所有设备、停用时一并失效。",
        "iCalendar (RFC 5545), for calendar programs, without signing in: the number of each case and what runs out, no"
        " names. The address is told this once, and ends an earlier one; it ends with another password, with signing"
        " out everywhere and when the user is deactivated.",
    ),
)
def begin(call: Call) -> Answer:
    """A new address, which opens without signing in; an earlier one ends."""
    return Answer(CalendarFeed(request.host_url.rstrip("/") + calendar_feeds.begin(call.tx)), 201)


@Endpoint(
    "DELETE",
    "/me/calendar-feed",
    Text("撤销期限日历地址", "Revoke the address of my deadlines"),
    answer=_ENDED,
    status=204,
)
def end(call: Call) -> Answer:
    """The address opens nothing any more."""
    calendar_feeds.end(call.tx)
    return Answer(status=204)
