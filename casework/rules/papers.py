"""Papers that were handed in are not asked for again: neither in the same case nor in a later one of the same person.

Sources: 社会救助法 62; practice of the Weihai union; what letters promise must hold.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from casework.rules import folding
from casework.rules.case import Facts
from casework.rules.context import MoveContext, Verdict
from casework.rules.grammar import guard
from casework.rules.paper_names import OTHER_PAPER, shown_name
from casework.rules.people import Role
from casework.rules.text import Text

MOST_PAPERS: Final = 100
ANNOUNCED: Final = "announced_papers"
"""The fact that holds what an applicant has announced and the office has not got yet."""


def shown_paper(paper: Facts) -> dict[str, Any]:
    """A paper with what may lie open of its name."""
    return {**paper, "name": shown_name(paper["name"])}


def plain_name(name: str) -> str:
    """The letters and digits of a name, of full or half width alike, without blanks, marks and invisible signs."""
    return "".join(sign for sign in folding.key(name) if sign.isalnum())


@guard(
    zh="有的材料已经提交，不得重复索要。",
    en="Some of these papers have been handed in already.",
    looks_at_given=True,
)
def nothing_asked_twice(at: MoveContext) -> Verdict:
    """What was given is not asked for again, though it was for an earlier case of the same person."""
    here = (*(paper["name"] for paper in at.case.facts.get("papers", ())), *at.office.papers_here)
    held = {plain_name(name) for name in here} - {plain_name(OTHER_PAPER)}
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
    zh="登记的材料过多，请将同类材料合并为一项并注明份数。",
    en="There are too many papers; put papers of one sort into one entry with its copies.",
    looks_at_given=True,
)
def room_for_papers(at: MoveContext) -> bool:
    """As many as the intake form takes, so that the facts can still be corrected."""
    noted = papers_noted(at)
    return all(len(noted.get(name, ())) <= MOST_PAPERS for name in ("papers", ANNOUNCED))


def papers_noted(at: MoveContext) -> Mapping[str, Any]:
    """The papers of the case after some came: those that an applicant tells of are announced, all others are here."""
    here, announced = list(at.case.facts.get("papers") or ()), list(at.case.facts.get(ANNOUNCED) or ())
    given = [shown_paper(paper) for paper in at.given.get("papers") or ()]
    if at.actor.role is Role.APPLICANT:
        return {ANNOUNCED: [*_without(announced, given), *given]}
    came = {"papers": [*here, *given]}
    return came | ({ANNOUNCED: _without(announced, given)} if announced else {})


def papers_of_request(at: MoveContext) -> Mapping[str, Any]:
    """The papers of a new case: those that an applicant lists online are not here yet."""
    if at.actor.role is Role.APPLICANT and at.given.get("papers"):
        return {"papers": [], ANNOUNCED: [shown_paper(paper) for paper in at.given["papers"]]}
    return {}


def _without(papers: Iterable[Facts], others: Iterable[Facts]) -> list[Facts]:
    """Those of the papers that are not among the others: of several with one name as many as the others have."""
    names = Counter(plain_name(paper["name"]) for paper in others)
    left = []
    for paper in papers:
        name = plain_name(paper["name"])
        if not names[name]:
            left.append(paper)
        elif shown_name(paper["name"]) == OTHER_PAPER:
            names[name] -= 1
    return left


@guard(zh="没有申请人已告知、尚待收到的材料。", en="The applicant has announced no papers that are still to come.")
def papers_are_announced(at: MoveContext) -> bool:
    """What nobody announced is supplied, not confirmed."""
    return bool(at.case.facts.get(ANNOUNCED))


@guard(
    zh="收到日期不能早于登记案件的日期。", en="Papers are not received before the case was opened.", looks_at_given=True
)
def received_since_opened(at: MoveContext) -> Verdict:
    """A slip of the pen in the date on which the office got the papers."""
    opened: date = at.office.calendar.local_date(at.case.opened_at)
    return Verdict(at.given["on"] >= min(opened, at.today))


@guard(
    zh="送达、收到日期不能早于通知补充材料之日。",
    en="The notice cannot have come before it was sent.",
    looks_at_given=True,
)
def notice_came_after_sent(at: MoveContext) -> bool:
    """What is served is the notice of what is missing."""
    asked = at.case.taken.get("ask_for_papers")
    return asked is None or bool(at.given["on"] >= min(at.office.calendar.local_date(asked.at), at.today))


@guard(
    zh="收到日期已经登记；有误的，请联系本机构。",
    en="The day on which the notice came is on record already; if it is wrong, tell the office.",
)
def receipt_is_unknown(at: MoveContext) -> bool:
    """The applicant says once when it came; nobody moves the last day by saying so again."""
    asked = at.case.taken.get("ask_for_papers")
    told = (at.case.taken.get(name) for name in ("record_service", "tell_receipt"))
    return not any(one and (asked is None or one.at >= asked.at) for one in told)


def notice_received_on(at: MoveContext) -> date:
    """The day on which the notice came: the time to bring the papers begins anew on it."""
    on: date = at.given["on"]
    return on
