"""The opinions of the official form: of the base union, of the county's and of the city's, each by whom and when.

Source: 困难职工家庭建档申请审批表, 困难职工档案表 as unions publish them (基层工会意见, 县级、市级工会意见).
"""

from collections.abc import Iterable
from typing import Final

from casework.rules.sheets import Given, Opinion
from casework.rules.text import Text

BASE: Final = "base"
BOXES: Final = {
    BASE: Text("基层工会意见", "Opinion of the base union"),
    "county": Text("县级工会意见", "Opinion of the county's union"),
    "city": Text("市级工会意见", "Opinion of the city's union"),
    "province": Text("省级工会意见", "Opinion of the provincial union"),
}
"""The places of the form, in its order; that of the province is there only where it has given an opinion."""

PROPOSING: Final = ("propose", "propose_refusal", "propose_aid")
_WORDS: Final = {
    **dict.fromkeys(PROPOSING, "finding"),
    "endorse": "opinion",
    "approve": "opinion",
    "help_once": "opinion",
    "refuse": "reasons",
}
STEPS: Final = tuple(_WORDS)
_DECIDED: Final = {
    "endorse": Text("同意上报", "endorsed"),
    "approve": Text("同意", "approved"),
    "help_once": Text("同意给予帮扶，不建档", "aid approved without a dossier"),
    "refuse": Text("不予帮扶", "refused"),
}


def opinions(given: Iterable[Given]) -> list[Opinion]:
    """The opinions on the last proposal, of these steps in their order; the later of two in one place counts."""
    found: dict[str, Opinion] = {}
    for one in given:
        if one.step in PROPOSING:
            found = {}
        box = BASE if one.step in PROPOSING or one.kind not in BOXES else one.kind
        if box == BASE and one.step not in PROPOSING and BASE in found:
            # The street above the unit that has proposed: both are of the base.
            before = found[BASE]
            written = "\n".join(filter(None, (before.written, one.words.get(_WORDS[one.step], ""))))
            found[BASE] = before._replace(written=written, office=one.office, by=one.by, on=one.on)
            continue
        words = str(one.words.get(_WORDS[one.step], ""))
        found[box] = Opinion(box, _DECIDED.get(one.step), words, one.office, one.by, one.on)
    return [found[box] for box in BOXES if box in found]
