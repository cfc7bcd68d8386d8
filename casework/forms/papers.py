"""Papers, as both programmes ask for them, take them and tell of them.

What an applicant sends online says that papers come; it is no paper. So they are announced, and the receipt follows
when the office has them (docs/decisions/0030-announced-and-received.md).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from casework.forms.example_data import ExampleData, days_ago
from casework.forms.form import Form, Many
from casework.forms.numbers import Count, Day
from casework.forms.texts import Line
from casework.rules.context import DecisionContext, EarlierPaper
from casework.rules.grammar import Letter
from casework.rules.move import Move
from casework.rules.paper_names import shown_name
from casework.rules.papers import ANNOUNCED, MOST_PAPERS
from casework.rules.text import Text

_EXPLAINED: Final = Text("\n\n说明：{explanation}", "\n\nExplanation: {explanation}")
_NOTHING: Final = Text("", "")


class PaperName(Line):
    """The name of a paper. That of an ordinary one lies open, so that none is asked for twice."""

    def mask(self, value: Any) -> str:
        return shown_name(value)

    def lay_open(self, value: Any, path: str, sealed: dict[str, Any]) -> Any:
        return value if shown_name(value) == value else super().lay_open(value, path, sealed)


class Paper(Form):
    """A paper that was handed in, or is announced."""

    name = PaperName(
        required=True,
        title=Text("材料名称", "Paper"),
        example=Text("身份证复印件", "Copy of the identity card"),
        ask=Text("是什么材料？", "What is the paper?"),
        help=Text("例如身份证复印件。", "Such as a copy of the identity card."),
    )
    copies = Count(
        least=1,
        most=999,
        required=True,
        title=Text("份数", "Copies"),
        ask=Text("几份？", "How many copies?"),
        help=Text("份数。", "How many there are."),
        unit=Text("份", "copies"),
    )


class ConfirmPapers(Form):
    """Which of the announced papers the office has got, and since when."""

    papers = Many(
        Paper,
        least=1,
        most=MOST_PAPERS,
        required=True,
        title=Text("收到的材料", "Papers received"),
        help=Text("与告知书逐件核对。", "Compared with what was asked for."),
        row_title=Text("材料", "Paper"),
    )
    on = Day(past=True, years_back=1, required=True, title=Text("收到日期", "Received on"), example=days_ago(0))

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """Everything that was announced came today."""
        announced = [dict(paper) for paper in example_data.facts.get(ANNOUNCED) or ()]
        return super().example(example_data) | ({"papers": announced} if announced else {})


def earlier(move: Move, office: DecisionContext) -> Text:
    """What the applicant handed in for other cases and need not bring again; nothing where that is not known."""
    if move.kind != "opened" or not office.papers_before:
        return _NOTHING
    listed = [_listed(number, paper) for number, paper in enumerate(office.papers_before, start=1)]
    return _EARLIER.with_(
        papers=Text("\n".join(one.zh for one in listed), "\n".join(one.en for one in listed)),
    )


def _listed(number: int, paper: EarlierPaper) -> Text:
    of = _OF_CASE.with_(number=paper.number)
    return Text(f"{number}. {paper.name} × {paper.copies}{of.zh}", f"{number}. {paper.name} × {paper.copies}{of.en}")


_OF_CASE = Text("（案号 {number}）", " (case {number})")
_EARLIER = Text(
    "\n\n您此前已提交下列材料，无需再次提交：\n\n{papers}",
    "\n\nThese papers you have handed in before and need not bring again:\n\n{papers}",
)


def papers_told(move: Move) -> list[str]:
    """The papers of a move for a letter, with their names in full: `身份证复印件 × 1`."""
    named = enumerate(move.given.get("papers", ()))
    return [f"{move.sealed.get(f'papers.{place}.name', paper['name'])} × {paper['copies']}" for place, paper in named]


def asked_for(move: Move) -> list[str]:
    """The names in full of the papers for which a move asks."""
    return [move.sealed.get(f"papers.{place}", name) for place, name in enumerate(move.given["papers"])]


def explained(move: Move) -> Text:
    """What the office explains beside the papers for which it asks; nothing where it does not."""
    said = move.sealed.get("explanation")
    return _EXPLAINED.with_(explanation=said) if said else _NOTHING


def papers_came(move: Move, asked: Text) -> Text:
    """How a receipt begins: `asked` for a new case, else what was added or confirmed."""
    if move.kind == "opened":
        return asked
    if move.transition == "confirm_papers":
        return _CONFIRMED.with_(number=move.case.number, on=str(move.given["on"]))
    return _ADDED.with_(number=move.case.number)


_ADDED: Final = Text(
    "您补充的下列材料已收到（案号 {number}）：", "we have received these further papers (case {number}):"
)
_CONFIRMED: Final = Text(
    "您提交的下列材料已于 {on} 收到（案号 {number}）：", "on {on} we received these papers of yours (case {number}):"
)


def announced_letter(request: Callable[[Move], Text]) -> Letter:
    """The letter that says what an applicant has told online; `request` names the request after its first word."""

    def fill(move: Move, office: DecisionContext) -> Mapping[str, Any]:
        told = _ASKED.with_(request_zh=request(move).zh, request_en=request(move).en)
        if move.kind != "opened":
            told = _TOLD.with_(number=move.case.number)
        papers = papers_told(move)
        lines = "\n".join(f"{number}. {paper}" for number, paper in enumerate(papers, start=1))
        return {"told": told, "papers": _BRING.with_(papers=lines) if papers else _NOTHING}

    return Letter(
        "announced",
        Text("收到网上申报告知书", "We have what you sent online"),
        Text(
            "{applicant}：\n\n{told}{papers}\n\n{office}\n{date}",
            "{applicant},\n\n{told}{papers}\n\n{office}\n{date}",
        ),
        fill=fill,
    )


_ASKED: Final = Text("{request_zh}已收到。", "we have received {request_en}.")
_TOLD: Final = Text("已收到您的补充说明（案号 {number}）。", "we have your message about case {number}.")
_BRING: Final = Text(
    "\n\n请将下列材料交至或者寄至本机构，收到后另行出具接收凭证：\n\n{papers}",
    "\n\nPlease bring or send these papers to this office; you will get a receipt when they are here:\n\n{papers}",
)
