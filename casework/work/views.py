"""The views of a list of cases that somebody has saved under a name."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from casework.forms.form import Form
from casework.forms.texts import Word
from casework.records import views as records
from casework.rules.refusals import Fault, Invalid, NotFound
from casework.rules.text import Text
from casework.work.service import Transaction

MOST: Final = 30
"""So many views somebody may have: they stand beside each other on a page."""
FORGOTTEN: Final = ("q", "cursor", "count", "limit")
"""What no view keeps: words that are searched for may be names and numbers of people."""
_TOO_MANY: Final = Text(
    "最多保存 {most} 个视图，请先删除不用的。", "At most {most} views are kept; delete one that is not used."
)
_NOTHING: Final = Text("请先选择筛选条件；搜索词不保存在视图中。", "Choose filters first; no view keeps search words.")
_NO_VIEW: Final = Text("没有这个视图。", "There is no such view.")


class View(NamedTuple):
    """Filters under a name."""

    name: str
    query: Mapping[str, Any]


class ViewName(Form):
    """What a view is called."""

    name = Word(
        most=40, required=True, title=Text("视图名称", "Name of the view"), example=Text("本月受理", "This month")
    )


def of_caller(tx: Transaction) -> list[View]:
    """Return the caller's views, by name."""
    return [View(row.name, row.query) for row in records.of_user(tx.db, tx.person.id)]


def keep(tx: Transaction, name: Any, query: Mapping[str, Any]) -> View:
    """Keep filters, as a page or the API has checked them, under a name, in the place of those kept before under it.

    Raises `Invalid` for no name, no filters, or one view too many.
    """
    called = ViewName.check({"name": name}, today=tx.today)["name"]
    kept = {key: value for key, value in query.items() if key not in FORGOTTEN and value not in (None, "", [])}
    if not kept:
        raise Invalid([Fault("name", "nothing_to_keep", _NOTHING)])
    if records.count(tx.db, tx.person.id, called) >= MOST:
        raise Invalid([Fault("name", "too_many_views", _TOO_MANY.with_(most=MOST))])
    records.keep(tx.db, tx.person.id, called, kept)
    return View(called, kept)


def drop(tx: Transaction, name: str) -> None:
    """Forget one of the caller's views; raises `NotFound` where there is none of this name."""
    try:
        called = ViewName.check({"name": name}, today=tx.today)["name"]
    except Invalid:
        raise NotFound(_NO_VIEW) from None
    if not records.drop(tx.db, tx.person.id, called):
        raise NotFound(_NO_VIEW)
