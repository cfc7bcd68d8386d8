"""What loading rules would do, told to an administrator who has the text of a file and is not at the machine.

Which cases would move is not told, since administrators see none: how many, of which clock, and which way.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from casework.rules.people import Role
from casework.rules.refusals import Fault, Invalid, NotMet, NotYours
from casework.rules.text import Text
from casework.work import calendars, policies
from casework.work.admin_files import BadFile
from casework.work.rederivation import Moved
from casework.work.service import Transaction

T = TypeVar("T")
MOST_CASES: Final = 5_000
"""A page waits for so many cases to be derived; more are tried at the machine."""
LONGEST: Final = 500_000
"""Characters of a text that is tried."""
_NAME: Final = "preview.toml"
_NOT_YOURS: Final = Text("只有管理员可以试算规则。", "Only administrators try rules.")
_TOO_MANY: Final = Text(
    "涉及 {cases} 件未结案件，超过页面试算的 {most} 件；请在本机用 casework policy load --preview"
    " 或 casework calendar load --preview 试算。",
    "It concerns {cases} open cases, and a page tries {most}; use casework policy load --preview or casework calendar"
    " load --preview on the machine.",
)
_TOO_LONG: Final = Text("文本超过 {most} 个字符。", "The text has more than {most} characters.")
_MISSING: Final = Text("请粘贴文件的内容。", "Paste what the file says.")
LATER: Final = Text("推后", "later")
EARLIER: Final = Text("提前", "earlier")
ANOTHER: Final = Text("仅时长改变", "only the limit differs")
BEGINS: Final = Text("开始计算", "begins")
CANCELLED: Final = Text("取消", "called off")
SETTLED: Final = Text("到期不变，不再暂定", "due as before, no longer provisional")
PROVISIONAL: Final = Text("到期不变，成为暂定", "due as before, now provisional")


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one clock, how many would move in this way."""

    clock: Text
    way: Text
    many: int


@dataclass(frozen=True, slots=True)
class OfCalendar:
    """What loading a calendar would do."""

    change: calendars.Change
    counted: list[Counted]


@dataclass(frozen=True, slots=True)
class OfPolicies:
    """What loading policies would do; `touched` says of a row how many decided cases it would have counted for."""

    changes: list[policies.Change]
    counted: list[Counted]
    touched: list[policies.Touched]


def of_calendar(tx: Transaction, text: str, extended: str) -> OfCalendar:
    """What loading this calendar, or this published year of the `extended` one, would do; nothing is changed.

    Raises `Invalid` for a text that cannot be loaded, and `NotMet` where it concerns too many cases.
    """

    def tried(file: Path) -> OfCalendar:
        change = calendars.read_change(tx.db, file, extended)
        return OfCalendar(change, _counted(calendars.preview(tx.db, change, _few)))

    return _with_file(tx, text, tried)


def of_policies(tx: Transaction, text: str) -> OfPolicies:
    """What loading these rows would do; nothing is changed. Raises as `of_calendar` does."""

    def tried(file: Path) -> OfPolicies:
        found = policies.preview(tx.db, file, _few)
        return OfPolicies(found.changes, _counted(found.moved), found.touched)

    return _with_file(tx, text, tried)


def _with_file(tx: Transaction, text: str, tried: Callable[[Path], T]) -> T:
    """What is found of a file that has this text and nothing beside it, as the verbs of the machine read it."""
    if tx.person.role is not Role.ADMINISTRATOR:
        raise NotYours(_NOT_YOURS)
    if not text.strip():
        raise Invalid([Fault("text", "required", _MISSING)])
    if len(text) > LONGEST:
        raise Invalid([Fault("text", "too_long", _TOO_LONG.with_(most=LONGEST))])
    with TemporaryDirectory(prefix="casework-") as place:
        file = Path(place, _NAME)
        file.write_text(text, encoding="utf-8")
        try:
            return tried(file)
        except BadFile as bad:
            raise Invalid([Fault("text", "file", bad.text)]) from bad


@contextmanager
def _few(_doing: Text, cases: int) -> Iterator[Callable[[int], object]]:
    """Raises `NotMet` before too many cases are derived."""
    if cases > MOST_CASES:
        raise NotMet(_TOO_MANY.with_(cases=cases, most=MOST_CASES))
    yield lambda more: None


def _counted(moved: Sequence[Moved]) -> list[Counted]:
    """How many of each clock move which way; what only has another source is left out."""
    found = Counter((one.title, _way(one)) for one in moved if one.felt)
    return [Counted(clock, way, many) for (clock, way), many in found.most_common()]


def _way(one: Moved) -> Text:
    if one.limit is None:
        return CANCELLED
    if one.before is None or one.after is None:
        return BEGINS
    if one.stays:
        return PROVISIONAL if one.after.provisional else SETTLED
    if one.after.at == one.before.at:
        return ANOTHER
    return LATER if one.after.at > one.before.at else EARLIER
