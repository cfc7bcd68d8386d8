"""Somebody was first: what happened to a case since a form was made for it, and where the form says otherwise now."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from casework.forms.form import Form
from casework.forms.in_words import Group, in_words
from casework.records import history
from casework.records.rows import StoredCase
from casework.rules.text import Text
from casework.web.timeline import Happened, timeline_of
from casework.work import workflow_registry
from casework.work.service import Transaction

_MOST: Final = 50
_SEALED: Final = Text("已密封", "sealed")
_NOTHING: Final = Text("（未填）", "(nothing)")


class Difference(NamedTuple):
    """A fact that is registered otherwise than it was typed."""

    title: Text
    registered: Text
    typed: Text


def since(tx: Transaction, record: StoredCase, version: int) -> list[Happened]:
    """Return what happened after this version, the latest first."""
    events = history.event_page(tx.db, record.case.id, _MOST, version)
    return timeline_of(record, workflow_registry.pinned(record.case), events)


def differences(form: type[Form], registered: Mapping[str, Any], typed: Mapping[str, Any]) -> list[Difference]:
    """Return where two sets of facts differ, as people read them; what is sealed and was not typed is left out."""
    there, here = dict(_lines(form, registered)), dict(_lines(form, typed))
    titles = list(dict.fromkeys((*there, *here)))
    found = ((title, there.get(title, _NOTHING), here.get(title, _NOTHING)) for title in titles)
    return [Difference(*one) for one in found if one[1] != one[2] and not (_is_sealed(one[1]) and one[2] == _NOTHING)]


def _is_sealed(value: Text) -> bool:
    return value == _SEALED or "*" in value.zh


def _lines(form: type[Form], facts: Mapping[str, Any]) -> Iterator[tuple[Text, Text]]:
    """Each line by its full title; a table is one line for each row."""
    for group in in_words(form, facts):
        yield from ((_under(group, line.title), line.value or _SEALED) for line in group.lines)
        for number, row in enumerate(group.rows, 1):
            title = _under(group, Text(f"第 {number} 行", f"row {number}"))
            yield title, Text(*("，".join(cell.in_(language) for cell in row if cell) for language in ("zh-CN", "en")))


def _under(group: Group, title: Text) -> Text:
    return Text(f"{group.title.zh}：{title.zh}", f"{group.title.en}: {title.en}") if group.title else title
