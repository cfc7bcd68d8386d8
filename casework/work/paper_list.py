"""The list of papers of a case or an application: what is there, what is missing, and which file is for which."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from casework.rules.case import Case, Facts
from casework.rules.grammar import NEW, Workflow
from casework.rules.listed_papers import OTHER, ListedPaper
from casework.rules.papers import plain_name
from casework.rules.people import Role
from casework.rules.text import Text

_OF_A_REQUEST: Final = "asked-"
Standing = Literal["here", "missing", "optional"]
_OTHER: Final = Text("其他材料", "Other papers")
_ASKED: Final = Text("要求补充的材料", "Asked for by the office")
_OF_OLD: Final = Text("补充材料", "Papers that were asked for")
_ASKS: Final = "papers"


@dataclass(frozen=True, slots=True)
class PaperOnList:
    """A paper as it stands: by which step it is wanted, whether it is `here`, and its files.

    `on_paper`: it was handed in on paper.
    """

    code: str
    title: Text
    step: Text | None
    help: Text | None
    standing: Standing
    on_paper: bool
    files: Sequence[Any]


def of_case(workflow: Workflow, case: Case, files: Iterable[Any]) -> list[PaperOnList]:
    """Return the papers of a case: those asked for, those of the steps that were taken or are possible now, others."""
    edges = [edge for edge in workflow.transitions if edge.name in case.taken or case.state in edge.sources]
    return _listed(workflow, case, {edge.name: edge.title for edge in edges}, files)


def of_applicant(workflow: Workflow, case: Case, files: Iterable[Any], awaited: Sequence[str]) -> list[PaperOnList]:
    """Return the same for the applicant: the papers of the application and those asked for, with the own files only.

    `awaited` are the names in full of those that are awaited.
    """
    [opening] = workflow.leaving(NEW)
    listed = _listed(workflow, case, {opening.name: opening.title}, files, awaited)
    return [replace(one, files=[file for file in one.files if is_own(file)]) for one in listed]


def sent_in(listed: Iterable[PaperOnList]) -> list[str]:
    """Return the names of the papers that were asked for and of which there are files."""
    return [one.title.zh for one in listed if one.code.startswith(_OF_A_REQUEST) and one.files]


def is_own(file: Any) -> bool:
    """Whether the applicant has added the file."""
    return bool(file.added_as == Role.APPLICANT)


def _listed(
    workflow: Workflow, case: Case, steps: Mapping[str, Text], files: Iterable[Any], awaited: Sequence[str] = ()
) -> list[PaperOnList]:
    here = [one for one in files if one.removed_at is None]
    listed = _asked_for(workflow, case, here, awaited)
    for paper in workflow.papers:
        step = next((steps[name] for name in paper.steps if name in steps), None)
        if step and paper.concerns(case.facts):
            listed.append(_standing(paper, step, case.facts, here))
    return [*listed, *_others(listed, here)]


def of_draft(workflow: Workflow, facts: Facts, files: Sequence[Any]) -> list[PaperOnList]:
    """Return the papers of an application that is being filled in."""
    [opening] = workflow.leaving(NEW)
    listed = [
        _standing(paper, opening.title, facts, files)
        for paper in workflow.papers
        if opening.name in paper.steps and paper.concerns(facts)
    ]
    return [*listed, *_others(listed, files)]


def _standing(paper: ListedPaper, step: Text, facts: Facts, files: Iterable[Any]) -> PaperOnList:
    its = [one for one in files if one.paper == paper.code]
    noted = facts.get("papers") if isinstance(facts.get("papers"), list) else ()
    name = plain_name(paper.title.zh)
    on_paper = any(name in plain_name(str(one.get("name", ""))) for one in noted or ())
    standing: Standing = "here" if its or on_paper else "missing" if paper.needed else "optional"
    return PaperOnList(paper.code, paper.title, step, paper.help, standing, on_paper, its)


def _asked_for(workflow: Workflow, case: Case, files: Sequence[Any], awaited: Sequence[str]) -> list[PaperOnList]:
    """The papers for which the applicant was asked and that are awaited, each under a code of its own.

    The code says how often papers had been asked for by then, so that none of an earlier time counts for them.
    """
    if case.waits_for is not Role.APPLICANT:
        return []
    edges = (edge for edge in workflow.transitions if edge.to == case.state and edge.name in case.taken)
    asks = [case.taken[edge.name] for edge in edges if isinstance(case.taken[edge.name].given.get(_ASKS), list)]
    if not asks:
        return []
    last = max(asks, key=lambda taken: taken.at)
    names = awaited or [str(name) for name in last.given[_ASKS]]
    codes = [f"{_OF_A_REQUEST}{last.times}-{place}" for place in range(len(names))]
    return [
        PaperOnList(code, Text(name, name), _ASKED, None, "here" if its else "missing", False, its)
        for code, name in zip(codes, names, strict=True)
        for its in ([one for one in files if one.paper == code],)
    ]


def _others(listed: Sequence[PaperOnList], files: Sequence[Any]) -> list[PaperOnList]:
    """What came in answer to an earlier request or is not on the list any more, and whatever else there is."""
    known = {one.code for one in listed}
    rest = [one for one in files if one.paper not in known and one.paper != OTHER]
    asked = [one for one in rest if one.paper.startswith(_OF_A_REQUEST)]
    older = [PaperOnList("", _OF_OLD, None, None, "here", False, asked)] if asked else []
    others = [one for one in files if one.paper == OTHER or (one in rest and one not in asked)]
    return [*older, PaperOnList(OTHER, _OTHER, None, None, "here" if others else "optional", False, others)]
