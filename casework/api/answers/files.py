"""Files of cases as they are answered, with the list of papers that they are for, and links to look at them."""

from collections.abc import Sequence
from typing import Annotated, Any

from casework.api.answers.members import (
    Flag,
    Hash,
    Id,
    Instant,
    Later,
    Number,
    Page,
    RoleName,
    Shape,
    like,
    one_of,
    told,
)
from casework.api.answers.people import Person, named
from casework.files.kinds import SUFFIXES
from casework.http.request_context import language
from casework.rules.text import Text
from casework.work.paper_list import PaperOnList


class File(Shape):
    """A photograph or document of a case, without what is in it."""

    id: Id
    paper: Annotated[str, like("identity", "属于清单中的哪份材料", "For which paper of the list it is")]
    type: Annotated[str, one_of(SUFFIXES), like("image/jpeg")]
    size: Annotated[int, like(482133, "字节数", "Its bytes", minimum=0)]
    sha256: Hash
    added_at: Instant
    role: Annotated[RoleName, told("由谁添加", "In which role it was added")]
    actor: Person | None
    removed_at: Later


class ListedPaper(Shape):
    """A paper of the list, and whether it is there."""

    code: Annotated[str | None, like("identity", "添加文件时填写", "Given where a file is added")]
    title: Annotated[str, like(Text("身份证", "Identity card"))]
    step: Annotated[str | None, like(Text("提交申请", "Submit"), "用于哪一步", "The step for which it is wanted")]
    standing: Annotated[
        str,
        one_of(("here", "missing", "optional")),
        like("missing"),
        told("已有、缺少或者可以不交", "Whether it is there, missing, or need not be there"),
    ]
    on_paper: Annotated[Flag, told("已收到纸质材料", "It was handed in on paper")]
    files: Annotated[Number, told("文件数", "How many files there are")]


class FilePage(Page):
    """The files of a case, with the list of papers."""

    items: list[File]
    papers: list[ListedPaper]


class FileAdded(Shape):
    """The file that was added."""

    id: Id


class FileLink(Shape):
    """Where a file is looked at within five minutes, by nobody but who asked."""

    address: Annotated[str, like("/api/v1/files/AbC1")]
    thumbnail: Annotated[str | None, like(None, "缩略图地址；文档没有", "Of its thumbnail; documents have none")]
    expires_at: Instant


def file(row: Any) -> File:
    """The file of a row of `records.files`."""
    return File.of(
        row,
        sha256=row.sha256.hex(),
        role=row.added_as,
        actor=named(row.added_by, row.username, row.added_name) if row.added_by else None,
    )


def papers(listed: Sequence[PaperOnList]) -> list[ListedPaper]:
    """The list of papers in the language of the request."""
    return [
        ListedPaper(
            code=one.code or None,
            title=one.title.in_(language()),
            step=one.step.in_(language()) if one.step else None,
            standing=one.standing,
            on_paper=one.on_paper,
            files=len(one.files),
        )
        for one in listed
    ]
