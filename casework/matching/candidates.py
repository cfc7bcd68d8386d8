"""Who could take a case: what rules a helper out, and how well the others fit, each with its sentence.

A score is a sum of parts, each between nothing and its weight. The weights are policies of the programme.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from casework.matching.conflicts import Conflict, Known, Party, PastCase
from casework.matching.names import likeness, writing_of
from casework.matching.profiles import Profile
from casework.rules.people import Person
from casework.rules.text import Text

WEIGHTS: Final = (
    "match_field",
    "match_place",
    "match_language",
    "match_load",
    "match_fairness",
    "match_continuity",
    "match_wish",
)
"""The policies that say how much each part counts; what a place has no policy for counts nothing."""

_PLACES: Final = {
    6: Text("同县（区）", "the same county"),
    4: Text("同市", "the same city"),
    2: Text("同省", "the same province"),
}
_HALF: Final = Decimal("0.5")
_NO_DATA: Final = Text("未登记{what}", "{what} not told")


@dataclass(frozen=True, slots=True)
class Helper:
    """A helper as a match sees one. `lately` counts the cases given in the last months, `week` those of this week.

    `asked` counts the offers that wait for an answer.
    """

    person: Person
    region: str
    profile: Profile
    open: int = 0
    week: int = 0
    lately: int = 0
    asked: int = 0
    past: Sequence[PastCase] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """What a case asks of its helper. `region` is its GB/T 2260 code, `recipient` whom it is for, `wished` by whom."""

    field: str | None
    field_title: Text | None
    region: str
    parties: Sequence[Party]
    languages: Sequence[str] = ()
    known_to: Mapping[str, str] | None = None
    """Usernames of those who have helped the same recipient, with the number of that case."""
    wished: str | None = None
    """The name of the helper whom the recipient wishes for."""
    turned_down: Collection[UUID] = ()
    """The users who have declined this case, or have not answered in time when they were asked."""
    kept_out: Collection[UUID] = ()
    """The users whom a wall keeps from the case."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one thing adds to a score, of at most `most`, and why."""

    name: str
    points: Decimal
    most: Decimal
    sentence: Text


@dataclass(frozen=True, slots=True)
class Candidate:
    """A helper judged for a case: `out` says why the helper cannot take it, and is empty for those who can."""

    helper: Helper
    out: Sequence[Text]
    conflicts: Sequence[Conflict]
    parts: Sequence[Part]

    @property
    def score(self) -> Decimal:
        """The sum of the parts."""
        return sum((part.points for part in self.parts), Decimal(0))


def known_of(helpers: Iterable[Helper]) -> Known:
    """Return every name that is known of these helpers, with which the parties of cases are compared."""
    known = Known()
    for helper in helpers:
        known.add(helper.person.username, helper.person.name, helper.profile.relations, helper.past)
    return known


def candidates(
    helpers: Sequence[Helper], need: Need, today: date, weights: Mapping[str, Decimal], known: Known | None = None
) -> list[Candidate]:
    """Judge every helper: those who can take the case first, the best before the others; equals by username.

    `known` is `known_of` these helpers, made once where several cases are judged.
    """
    most_lately = max((helper.lately for helper in helpers), default=0)
    found = (known or known_of(helpers)).conflicts(need.parties)
    judged = []
    for helper in helpers:
        conflicts = found.get(helper.person.username, [])
        out = _out(helper, need, today, conflicts)
        judged.append(Candidate(helper, out, conflicts, _parts(helper, need, weights, most_lately)))
    return sorted(judged, key=lambda one: (bool(one.out), -one.score, one.helper.person.username))


def _out(helper: Helper, need: Need, today: date, found: Sequence[Conflict]) -> list[Text]:
    """Why a helper cannot take the case."""
    profile, out = helper.profile, list[Text]()
    if helper.person.id in need.kept_out:
        out.append(Text("已对本案回避", "kept from this case"))
    if any(conflict.sure for conflict in found):
        out.append(Text("存在利益冲突", "a conflict of interest"))
    if profile.licence_until and profile.licence_until < today:
        out.append(Text("执业证已于 {day} 到期", "the licence ended on {day}").with_(day=profile.licence_until))
    if away := profile.absent_on(today):
        out.append(Text("请假至 {day}", "away until {day}").with_(day=away.last))
    if profile.most_open is not None and helper.open + helper.asked >= profile.most_open:
        out.append(_full(helper, Text("在办 {open} 件", "has {open} cases in hand").with_(open=helper.open)))
    if profile.most_a_week is not None and helper.week + helper.asked >= profile.most_a_week:
        out.append(_full(helper, Text("本周已接 {week} 件", "has taken {week} this week").with_(week=helper.week)))
    if helper.person.id in need.turned_down:
        out.append(Text("已谢绝本案或者逾期未答复", "has declined this case, or has not answered in time"))
    if need.field and need.field in profile.opted_out:
        out.append(Text("不承办此类事项", "does not take matters of this kind"))
    elif need.field and profile.fields and need.field not in profile.fields:
        out.append(Text("不在其业务范围", "not among the fields of work"))
    if profile.places and not any(need.region.startswith(place) for place in profile.places):
        out.append(Text("不在其服务地区", "not of the places that are served"))
    return out


def _full(helper: Helper, has: Text) -> Text:
    """Why there is no room for one more: what a helper `has`, with what waits for an answer."""
    if not helper.asked:
        return Text("{has}，已满", "{has}, as many as can be").with_(has=has)
    full = Text("{has}，另有 {asked} 件待答复，已满", "{has} and {asked} offered, as many as can be")
    return full.with_(has=has, asked=helper.asked)


def _parts(helper: Helper, need: Need, weights: Mapping[str, Decimal], most_lately: int) -> list[Part]:
    profile = helper.profile
    shares = {
        "match_field": _field(need, profile),
        "match_place": _place(helper.region, need.region),
        "match_language": _language(need, profile),
        "match_load": _load(helper),
        "match_fairness": _fairness(helper, most_lately),
        "match_continuity": _continuity(helper, need),
        "match_wish": _wish(helper, need),
    }
    return [
        Part(name, round(weights[name] * share, 1), weights[name], sentence)
        for name, (share, sentence) in shares.items()
        if name in weights
    ]


@lru_cache(8192)
def _said(sentence: Text, **parameters: Any) -> Text:
    """The sentence with its parameters; a plan says the same of a helper for each of two hundred cases."""
    return sentence.with_(**parameters)


def _field(need: Need, profile: Profile) -> tuple[Decimal, Text]:
    title = need.field_title or Text("此类事项", "matters of this kind")
    if not profile.fields:
        return _HALF, _said(_NO_DATA, what=Text("业务范围", "fields of work"))
    if need.field in profile.fields:
        return Decimal(1), _said(Text("办理{matter}", "works on {matter}"), matter=title)
    return Decimal(0), _said(Text("不办理{matter}", "does not work on {matter}"), matter=title)


def _place(own: str, region: str) -> tuple[Decimal, Text]:
    for digits, share in ((6, Decimal(1)), (4, Decimal("0.6")), (2, Decimal("0.2"))):
        if own[:digits] == region[:digits]:
            return share, _PLACES[digits]
    return Decimal(0), Text("外省", "another province")


def _language(need: Need, profile: Profile) -> tuple[Decimal, Text]:
    """That a language is needed may tell of a disability, and which one it is stays sealed."""
    wanted = {_one_writing(one) for one in need.languages}
    spoken = wanted & {_one_writing(one) for one in profile.languages}
    if not wanted:
        return Decimal(1), Text("无特别的语言需要", "no language is asked for")
    if spoken == wanted:
        return Decimal(1), Text("会所需的语言", "speaks what is asked for")
    if spoken:
        return Decimal(len(spoken)) / len(wanted), Text("会部分所需的语言", "speaks some of what is asked for")
    return Decimal(0), Text("不会所需的语言", "does not speak what is asked for")


def _one_writing(language: str) -> str:
    """`聊城话` and `聊城方言`, `Uyghur` and `uyghur` are one."""
    return language.casefold().removesuffix("方言").removesuffix("话").removesuffix("语").strip()


def _load(helper: Helper) -> tuple[Decimal, Text]:
    most = helper.profile.most_open or max(10, helper.open)
    share = Decimal(max(0, most - helper.open)) / most
    return share, _said(Text("在办 {open} 件", "{open} in hand"), open=helper.open)


def _fairness(helper: Helper, most_lately: int) -> tuple[Decimal, Text]:
    share = Decimal(1) if not most_lately else 1 - Decimal(helper.lately) / most_lately
    return share, _said(Text("近六个月接 {lately} 件", "{lately} in six months"), lately=helper.lately)


def _continuity(helper: Helper, need: Need) -> tuple[Decimal, Text]:
    number = (need.known_to or {}).get(helper.person.username)
    if number is None:
        return Decimal(0), Text("未帮助过此人", "has not helped this person")
    if not number:
        return Decimal(1), Text("在其他机构帮助过此人", "has helped this person in a case of another office")
    return Decimal(1), _said(Text("办理过此人的 {number}", "has helped this person in {number}"), number=number)


def _wish(helper: Helper, need: Need) -> tuple[Decimal, Text]:
    if not need.wished:
        return Decimal(0), Text("受援人没有点援", "the recipient wishes for nobody")
    if likeness(writing_of("person", need.wished), writing_of("person", helper.person.name)) == 1:
        return Decimal(1), Text("受援人点援", "the recipient wishes for this person")
    return Decimal(0), Text("受援人点援他人", "the recipient wishes for somebody else")
