"""Who could take a case, what is planned, and the profile of a helper."""

from collections.abc import Mapping
from typing import Annotated, Any

from casework.api.answers.members import (
    CaseNumber,
    Day,
    Flag,
    Id,
    Name,
    Number,
    RoleName,
    Shape,
    like,
    one_of,
    told,
)
from casework.api.answers.people import Person, person
from casework.matching import candidates as judged
from casework.matching.candidates import WEIGHTS
from casework.matching.profiles import RELATIONS
from casework.rules.text import Language, Text
from casework.work.matching import Planned

Sentence = Annotated[str, like(Text("同县（区）", "the same county"))]
Points = Annotated[float, like(20.0, minimum=0)]


class ScorePart(Shape):
    """What one thing adds to a score, and why."""

    name: Annotated[str, one_of(WEIGHTS)]
    points: Points
    most: Annotated[Points, told("最多可加的分数（政策）", "As much as it can add, by policy")]
    sentence: Sentence


class Conflict(Shape):
    """A conflict of interest, or a name that may be one."""

    likeness: Annotated[float, like(0.95, "名称相似程度，1 为相同", "How alike the names are; 1: the same", maximum=1)]
    sure: Annotated[Flag, told("是否据此排除", "Whether it rules the helper out")]
    sentence: Annotated[
        str, like(Text("近亲属“王晓明”与对方一致", "Close kin Wang Xiaoming is the other side, Wang Xiaoming"))
    ]


class Candidate(Shape):
    """Somebody judged for a case; `out` is empty for those who can take it."""

    user: Person
    role: RoleName
    open: Annotated[Number, told("在办件数", "Cases in hand")]
    score: Points
    reasons: Annotated[list[Sentence], told("得分的理由", "Why the score is what it is")]
    parts: list[ScorePart]
    conflicts: list[Conflict]
    out: Annotated[
        list[Annotated[str, like(Text("请假至 2026-12-04", "away until 2026-12-04"))]],
        told("不能承办的原因", "Why the case cannot be taken"),
    ]


class Line(Shape):
    """Who should take a case, and who else could; null where nobody can."""

    case: Id
    number: CaseNumber
    chosen: Candidate | None
    runner_up: Candidate | None
    done: Annotated[Flag, told("是否已经征询", "Whether it was offered")]
    refused: Annotated[
        str | None,
        like(None, "未能征询的原因", "Why it could not be offered"),
    ]


class Plan(Shape):
    """Who should take each case that waits for a helper, the most urgent first."""

    items: list[Line]


class Absence(Shape):
    """Days on which no new case is given, both included."""

    first: Day
    last: Day


class Relation(Shape):
    """Somebody close, whose cases the helper cannot take."""

    kind: Annotated[str, one_of(RELATIONS)]
    organisation: Flag
    name: Name


class Profile(Shape):
    """What a helper says of the own work; null and empty where nothing was said."""

    user: Person
    matters: list[Annotated[str, like("wages")]]
    opted_out: list[Annotated[str, like("dismissal")]]
    languages: list[Annotated[str, like(Text("聊城话", "Uyghur"))]]
    places: list[Annotated[str, like("3701")]]
    licence: Annotated[str, like("13701202610000001")] | None
    licence_until: Day | None
    firm: Annotated[str, like(Text("示例律师事务所", "Example Law Firm"))] | None
    most_open: Number | None
    most_a_week: Number | None
    absences: list[Absence]
    relations: list[Relation]


def profile(user: Any, said: Mapping[str, Any]) -> Profile:
    """The profile of a helper of what was said."""
    return Profile(
        user=Person.of(user),
        matters=list(said.get("matters") or ()),
        opted_out=list(said.get("opted_out") or ()),
        languages=list(said.get("languages") or ()),
        places=list(said.get("places") or ()),
        licence=said.get("licence"),
        licence_until=said.get("licence_until"),
        firm=said.get("firm"),
        most_open=said.get("most_open"),
        most_a_week=said.get("most_a_week"),
        absences=[Absence(one["first"], one["last"]) for one in said.get("absences") or ()],
        relations=[
            Relation(one["kind"], bool(one.get("organisation")), one["name"]) for one in said.get("relations") or ()
        ],
    )


def candidate(one: judged.Candidate, language: Language) -> Candidate:
    """A helper judged for a case, in one language."""
    user = person(one.helper.person)
    assert user is not None
    parts = [
        ScorePart(part.name, float(part.points), float(part.most), part.sentence.in_(language)) for part in one.parts
    ]
    return Candidate(
        user=user,
        role=one.helper.person.role.value,
        open=one.helper.open,
        score=float(one.score),
        reasons=[part.sentence for part in parts if part.points],
        parts=parts,
        conflicts=[
            Conflict(round(found.likeness, 2), found.sure, found.sentence.in_(language)) for found in one.conflicts
        ],
        out=[why.in_(language) for why in one.out],
    )


def line(planned: Planned, language: Language) -> Line:
    """A line of a plan, in one language."""
    case = planned.line.case
    chosen, runner_up = (
        candidate(one, language) if one else None for one in (planned.line.chosen, planned.line.runner_up)
    )
    refused = planned.refused.text.in_(language) if planned.refused else None
    return Line(str(case.id), case.number, chosen, runner_up, planned.done, refused)
