"""Papers that were handed in are not asked for again: neither in the same case nor in a later one of the same person.

Sources: 社会救助法 62; practice of the Weihai union; what letters promise must hold.
"""

from collections.abc import Mapping
from typing import Any, Final

from casework.rules import folding
from casework.rules.casefile import Situation, Verdict
from casework.rules.grammar import guard
from casework.rules.text import Text

MOST_PAPERS: Final = 100


def plain_name(name: str) -> str:
    """The letters and digits of a name, of full or half width alike, without blanks, marks and invisible signs."""
    return "".join(sign for sign in folding.key(name) if sign.isalnum())


@guard(
    zh="有的材料已经提交，不得重复索要。",
    en="Some of these papers have been handed in already.",
    looks_at_given=True,
)
def nothing_asked_twice(at: Situation) -> Verdict:
    """What was given is not asked for again, though it was for an earlier case of the same person."""
    held = {plain_name(paper["name"]) for paper in at.case.facts.get("papers", ())}
    earlier = {plain_name(paper.name): paper.number for paper in at.office.papers_before}
    again = [name for name in at.given["papers"] if plain_name(name) in held | earlier.keys()]
    told = [_told(name, None if plain_name(name) in held else earlier[plain_name(name)]) for name in again]
    names = Text("、".join(one.zh for one in told), ", ".join(one.en for one in told))
    return Verdict(not again, _HELD.with_(names=names))


_HELD: Final = Text(
    "已经提交过：{names}。不得重复索要，请从清单中删去；需要新的材料的，请写明期间或者内容。",
    "These have been handed in already: {names}. Take them off the list; nothing is asked twice. If something newer is"
    " needed, say of which time or about what.",
)


def _told(name: str, number: str | None) -> Text:
    return Text(name, name) if number is None else Text(f"{name}（案件 {number}）", f"{name} (case {number})")


@guard(
    zh="登记的材料过多，请先更正案件信息，将同类材料合并为一项并注明份数。",
    en="There are too many papers; correct the facts first: put papers of one sort into one entry with its copies.",
    looks_at_given=True,
)
def room_for_papers(at: Situation) -> bool:
    """As many as the intake form takes, so that the facts can still be corrected."""
    return len(at.case.facts.get("papers") or ()) + len(at.given.get("papers") or ()) <= MOST_PAPERS


def papers_received(at: Situation) -> Mapping[str, Any]:
    """The papers of the case with those that have come in now."""
    return {"papers": [*at.case.facts.get("papers", ()), *at.given.get("papers", ())]}
