"""Walls of a case."""

from typing import Annotated

from casework.api.answers.members import Instant, Shape, like, told
from casework.api.answers.people import Person, named
from casework.rules.text import Text
from casework.work import walls


class Wall(Shape):
    """Somebody is kept from a case, or was until the wall was lifted."""

    user: Annotated[Person, told("回避的人", "Who is kept out")]
    raised_at: Instant
    raised_by: Annotated[Person | None, told("设置人；null 为系统比对", "Who raised it; null: a check by itself")]
    reason: Annotated[str, like(Text("与用人单位负责人系近亲属", "Close kin of the employer"))]
    lifted_at: Annotated[Instant | None, told("null 为仍在回避", "Null while it stands")]
    lifted_by: Person | None
    lift_reason: Annotated[str | None, like(None)]


def wall(one: walls.Wall) -> Wall:
    """The wall of a row of `records.walls`, with its opened reasons."""
    row = one.row
    user = named(row.user_id, row.username, row.name)
    assert user is not None
    return Wall.of(
        row,
        user=user,
        raised_by=named(row.raised_id, row.raised_username, row.raised_name),
        reason=one.reason,
        lifted_by=named(row.lifted_id, row.lifted_username, row.lifted_name),
        lift_reason=one.lift_reason,
    )
