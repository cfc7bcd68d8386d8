"""The list of papers with their files as the pages show it, for those who handle a case and for those who apply."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from werkzeug.wrappers import Response

from casework.files.kinds import ACCEPTED, DOCX, PDF, XLSX
from casework.http.looks import headers_of
from casework.rules.refusals import Invalid, Refusal
from casework.rules.text import Text
from casework.work.file_links import Looked, Shown
from casework.work.paper_list import PaperOnList

_KINDS: Final = {PDF: Text("PDF", "PDF"), DOCX: Text("Word 文档", "Word"), XLSX: Text("Excel 表格", "Excel")}
_PHOTO: Final = Text("照片", "Photograph")
_MB: Final = 2**20


class FileShown(NamedTuple):
    """A file of a paper: what it is called and is, how large, where it is looked at, and whether one may remove it."""

    id: UUID
    name: str
    kind: Text
    size: str
    at: Any
    by: str | None
    address: str
    thumbnail: str | None
    may_remove: bool


class PaperShown(NamedTuple):
    """A paper with its files; `problem` says why a file for it was not taken just now."""

    paper: PaperOnList
    files: Sequence[FileShown]
    problem: Text | None


def papers_shown(
    papers: Iterable[PaperOnList],
    files: Iterable[Shown],
    look_at: str,
    removable: Iterable[UUID],
    refused: tuple[str, Refusal] | None = None,
) -> list[PaperShown]:
    """Return the papers with their files; these are looked at below the address `look_at`."""
    by_id, may_remove = {one.row.id: one for one in files}, set(removable)
    return [
        PaperShown(
            paper,
            [_file(by_id[row.id], look_at, row.id in may_remove) for row in paper.files if row.id in by_id],
            _why(refused[1]) if refused and refused[0] == paper.code else None,
        )
        for paper in papers
    ]


def values_of(shown: Sequence[PaperShown], refused: Refusal | None) -> Mapping[str, Any]:
    """Return what the templates need of a list of papers."""
    missing = sum(one.paper.standing == "missing" for one in shown)
    told = any(one.problem for one in shown)
    # A refusal that belongs to none of the papers is said at the top.
    problem = _why(refused) if refused and not told else None
    return {
        "papers": shown,
        "missing": missing,
        "accepted": ACCEPTED,
        "problem": problem,
        "once": secrets.token_urlsafe(24),
    }


def answer_with(found: Looked) -> Response:
    """Return the answer whose body is the file."""
    response = Response(found.contents)
    response.headers.update(headers_of(found))
    return response


def _file(one: Shown, look_at: str, may_remove: bool) -> FileShown:
    row = one.row
    size = f"{row.size / _MB:.1f} MB" if row.size >= _MB else f"{max(1, row.size // 1024)} KB"
    thumbnail = f"{look_at}{one.thumbnail}" if one.thumbnail else None
    kind = _KINDS.get(row.type, _PHOTO)
    return FileShown(
        row.id, one.name, kind, size, row.added_at, row.added_name, f"{look_at}{one.contents}", thumbnail, may_remove
    )


def _why(refused: Refusal) -> Text:
    return refused.faults[0].text if isinstance(refused, Invalid) else refused.text
