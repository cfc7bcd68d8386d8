"""What letters tell of papers in both programmes: those that are asked for, and those that came for another case."""

from casework.rules.casefile import EarlierPaper, Move, Office
from casework.rules.text import Text

_EXPLAINED = Text("\n\n说明：{explanation}", "\n\nExplanation: {explanation}")
_NOTHING = Text("", "")


def earlier(move: Move, office: Office) -> Text:
    """What the applicant handed in for other cases and need not bring again; nothing where that is not known."""
    if move.kind != "opened" or not office.papers_before:
        return _NOTHING
    listed = [_listed(number, paper) for number, paper in enumerate(office.papers_before, start=1)]
    return _EARLIER.with_(
        papers=Text("\n".join(one.zh for one in listed), "\n".join(one.en for one in listed)),
    )


def _listed(number: int, paper: EarlierPaper) -> Text:
    of = _OF_CASE.with_(number=paper.number) if paper.number else _NOTHING
    return Text(f"{number}. {paper.name} × {paper.copies}{of.zh}", f"{number}. {paper.name} × {paper.copies}{of.en}")


_OF_CASE = Text("（案号 {number}）", " (case {number})")
_EARLIER = Text(
    "\n\n您此前已提交下列材料，无需再次提交：\n\n{papers}",
    "\n\nThese papers you have handed in before and need not bring again:\n\n{papers}",
)


def explained(move: Move) -> Text:
    """What the office explains beside the papers for which it asks; nothing where it does not."""
    said = move.sealed.get("explanation")
    return _EXPLAINED.with_(explanation=said) if said else _NOTHING
