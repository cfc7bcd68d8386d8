"""Refusals: problem documents (RFC 9457)."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from casework.api.answers.cases import Twin
from casework.api.answers.members import Shape, like, told
from casework.rules.text import Text


class FieldError(Shape):
    """What is wrong with a field."""

    field: Annotated[str, like("applicant.name")]
    title: Annotated[
        str | None,
        like(
            Text("申请人：姓名", "Applicant: Name"),
            "栏目名称，列表注明第几行",
            "What it is called, with the row of a list",
        ),
    ]
    code: Annotated[str, like("required")]
    message: Annotated[str, like(Text("此项必填。", "This is needed."))]


class Problem(Shape):
    """Why something is refused."""

    type: Annotated[str, like("urn:casework:problem:not_found", format="uri")]
    title: Annotated[str, like(Text("没有找到", "Not found"))]
    status: Annotated[int, like(404, minimum=0)]
    detail: Annotated[
        str,
        like(
            Text("没有找到，或者您无权查看。", "It does not exist, or you may not see it."),
            "可直接显示的说明",
            "A sentence fit to be shown",
        ),
    ]
    code: Annotated[str, like("not_found")]
    request_id: Annotated[str, like("4f9d1c2b7a8e4c61b0d3")]
    errors: Annotated[list[FieldError] | UnsetType, told("422 时逐项说明", "With 422, one for each field")] = UNSET
    duplicate_of: Annotated[
        list[Twin] | UnsetType,
        told("409 时，同一人的同一申请已在办理的案件", "With 409, the open cases by which the same was asked for"),
    ] = UNSET
