"""Keys: the page that tells them, where they are switched off, and what the palette shows of what was open last."""

from typing import Final, NamedTuple

from flask import redirect

from casework.records import views
from casework.rules.people import Role
from casework.rules.text import Text
from casework.web import cookies
from casework.web.frame import frame_of
from casework.web.page import HELPERS, STAFF, USERS, Answer, Html, Page, Visit

_RECENT: Final = 7


class Key(NamedTuple):
    """What is pressed, and what it does."""

    pressed: tuple[str, ...]
    does: Text


KEYS: Final = (
    (
        Text("各页", "Everywhere"),
        (
            Key(("Ctrl", "K"), Text("打开命令面板", "Open the palette")),
            Key(("/",), Text("搜索案件", "Search cases")),
            Key(("g", "d"), Text("到待办", "Go to the desk")),
            Key(("g", "a"), Text("到提醒", "Go to the alerts")),
            Key(("g", "c"), Text("到案件", "Go to the cases")),
            Key(("?",), Text("列出快捷键", "List the keys")),
            Key(("Esc",), Text("离开输入框、关闭窗口", "Leave a field, close a window")),
        ),
    ),
    (
        Text("列表", "Lists"),
        (
            Key(("j",), Text("下一行", "Next row")),
            Key(("k",), Text("上一行", "Row before")),
            Key(("Enter",), Text("打开", "Open")),
            Key(("x",), Text("勾选", "Tick")),
            Key(("c",), Text("领取下一件", "Claim the next")),
        ),
    ),
    (
        Text("案件", "Cases"),
        (
            Key(("1", "…", "9"), Text("选择办理的步骤", "Choose a step")),
            Key(("[",), Text("列表中的上一件", "The case before in the list")),
            Key(("]",), Text("列表中的下一件", "The next case of the list")),
            Key(("e",), Text("更正案情", "Correct the facts")),
            Key(("n",), Text("写备注", "Write a note")),
            Key(("Ctrl", "Enter"), Text("提交正在填写的表单", "Send the form in which one types")),
        ),
    ),
)


@Page("GET", "/keys", USERS)
def keys(visit: Visit) -> Answer:
    """The keys and what they do; each is also a button or a link."""
    return Html("keys", {"frame": frame_of(visit.tx), "groups": KEYS, "off": cookies.keys_off()})


@Page("POST", "/keys", USERS)
def switch(visit: Visit) -> Answer:
    """Keys are switched off in this browser, or on again."""
    answer = redirect("/keys", 303)
    cookies.keep_keys_off(answer, off=visit.posted.get("off") == "true")
    return answer


@Page("GET", "/recent", STAFF | HELPERS | {Role.AUDITOR})
def recent(visit: Visit) -> Answer:
    """The cases that the caller has looked at last, as the palette lists them."""
    found = views.looked_at_last(visit.tx.db, visit.tx.person, visit.tx.org_tree, _RECENT)
    return Html("recent", {"cases": found})
