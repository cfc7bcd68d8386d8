"""Walls: who is kept from a case."""

from uuid import UUID

from casework.api.answers.members import page_of
from casework.api.answers.walls import Wall, wall
from casework.api.endpoint import Answer, Call, Endpoint, cut
from casework.http.query import Page
from casework.records.rows import StoredCase
from casework.rules.text import Text
from casework.work import walls
from casework.work.forms import LiftWall, RaiseWall


@Endpoint(
    "GET",
    "/cases/<uuid:case_id>/walls",
    Text("回避", "Who is kept from the case"),
    answer=page_of(Wall),
    query=Page,
    refuses=(403,),
    note=Text("仅限审批人；查看理由会记录。", "For supervisors; that the reasons were read is logged."),
)
def of_case(call: Call, case_id: UUID) -> Answer:
    """Every wall that stands or stood, oldest first."""
    return cut(call, [wall(one) for one in walls.of_case(call.tx, case_id)])


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/walls",
    Text("设置回避", "Keep somebody from the case"),
    answer=Wall,
    status=201,
    body=RaiseWall,
    etag=True,
    refuses=(403, 409),
    note=Text(
        "仅限审批人，不能对本人设置。此后该人员在任何地方都查不到此案；由其经办的退回待领取，由其承办的退回待指派。",
        "For supervisors, and not for themselves. From now on the case is nowhere to be found for this person; one in"
        " the person's hands goes back to the queue, one on which the person helps to where it waits for a helper.",
    ),
)
def put_up(call: Call, case_id: UUID) -> Answer:
    """The case does not exist for this person any more."""
    return _latest(call, walls.put_up(call.tx, case_id, call.body), 201)


@Endpoint(
    "DELETE",
    "/cases/<uuid:case_id>/walls/<username>",
    Text("解除回避", "Let somebody see the case again"),
    answer=Wall,
    body=LiftWall,
    etag=True,
    refuses=(403, 409),
    note=Text("仅限审批人；须写明理由。", "For supervisors, with a reason."),
)
def lift(call: Call, case_id: UUID, username: str) -> Answer:
    """The case is there for this person again."""
    return _latest(call, walls.lift(call.tx, case_id, username, call.body))


def _latest(call: Call, record: StoredCase, status: int = 200) -> Answer:
    """The wall that was raised or lifted last."""
    found = [wall(one) for one in walls.opened(call.tx, record)]
    last = max(found, key=lambda one: one.lifted_at or one.raised_at)
    return Answer(last, status, {"ETag": f'"{record.case.version}"'})
