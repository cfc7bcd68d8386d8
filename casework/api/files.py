"""Photographs and documents of cases: added, listed, removed, and looked at by links that last five minutes."""

from datetime import datetime
from typing import Final
from uuid import UUID

from casework.api.answers import files as answers
from casework.api.answers.files import FileAdded, FileLink, FilePage
from casework.api.endpoint import PREFIX, Answer, Call, Content, Endpoint, cut
from casework.files.kinds import SUFFIXES
from casework.http.looks import headers_of
from casework.http.query import Page
from casework.http.request_context import instant
from casework.records import cases
from casework.records import files as records
from casework.rules.text import Text
from casework.work import applications, file_links, files, paper_list, workflow_registry
from casework.work.file_links import Looked
from casework.work.forms import RemoveFile, WithdrawFile

_NEW_FILE: Final = Content(
    "NewFile",
    {
        "type": "object",
        "required": ["file", "paper"],
        "properties": {
            "file": {
                "type": "string",
                "contentMediaType": "application/octet-stream",
                "description": Text(
                    "JPEG、PNG、HEIC、WebP、PDF、DOCX 或 XLSX，不超过 10 MB",
                    "JPEG, PNG, HEIC, WebP, PDF, DOCX or XLSX of at most 10 MB",
                ),
            },
            "paper": {"type": "string", "description": Text("清单中的材料", "A paper of the list, by its code")},
        },
        "examples": [{"file": "card.jpg", "paper": "identity"}],
    },
    ("multipart/form-data",),
)
_CONTENTS: Final = Content("FileContents", {"type": "string", "format": "binary", "examples": ["…"]}, (*SUFFIXES,))
_KEPT: Final = Text(
    "照片在独立进程中重新编码，去除 EXIF 等全部附加信息；文件以单独的密钥加密保存。",
    "Pictures are written anew by a process of its own, without EXIF or anything else beside their pixels; each file is"
    " sealed under a key of its own.",
)
_REMOVED: Final = Text("已移除", "Removed")


@Endpoint(
    "GET",
    "/cases/<uuid:case_id>/files",
    Text("材料文件和材料清单", "Files, and the list of papers"),
    answer=FilePage,
    query=Page,
    refuses=(403,),
)
def case_files(call: Call, case_id: UUID) -> Answer:
    """The files of a case, oldest first, removed ones too, and which papers are there or missing."""
    record = cases.get(call.tx.db, case_id, call.tx.person)
    rows = files.of_case(call.tx, record)
    papers = answers.papers(files.papers_of_case(record, rows))
    return cut(call, [answers.file(row) for row in rows], papers=papers)


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/files",
    Text("添加材料文件", "Add a file"),
    answer=FileAdded,
    status=201,
    body=_NEW_FILE,
    takes_file=True,
    refuses=(403, 409),
    note=_KEPT,
)
def add(call: Call, case_id: UUID) -> Answer:
    """A photograph or document for one paper of the list; it is an event of the case."""
    assert call.upload is not None
    return Answer(FileAdded(str(files.add(call.tx, case_id, call.upload.given()))), 201)


@Endpoint(
    "DELETE",
    "/cases/<uuid:case_id>/files/<uuid:file_id>",
    Text("移除材料文件", "Remove a file"),
    answer=_REMOVED,
    status=204,
    body=RemoveFile,
    refuses=(403, 409),
)
def remove(call: Call, case_id: UUID, file_id: UUID) -> Answer:
    """The key and the contents of the file are destroyed; that it was there stays in the history."""
    files.remove(call.tx, case_id, file_id, call.body)
    return Answer(status=204)


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/files/<uuid:file_id>/link",
    Text("取得查看链接", "A link to look at a file"),
    answer=FileLink,
    keeps_answer=False,
    refuses=(403,),
    note=Text(
        "五分钟内有效，只供取得链接的人使用；每次查看均有记录。审计员不能查看内容。",
        "It lasts five minutes, for whoever asked alone; each look is logged. Auditors do not see contents.",
    ),
)
def link(call: Call, case_id: UUID, file_id: UUID) -> Answer:
    """Where the file and its thumbnail are looked at."""
    return _link("/files/", *file_links.link_of_case(call.tx, case_id, file_id))


@Endpoint("GET", "/files/<token>", Text("查看材料文件", "Look at a file"), answer=_CONTENTS, refuses=(403, 404))
def look(call: Call, token: str) -> Answer:
    """The file of a link that the caller has asked for; that it was looked at is logged."""
    return _shown(file_links.look(call.tx, token))


@Endpoint(
    "GET",
    "/public/applications/<number>/files",
    Text("本人的材料文件", "The own files"),
    answer=FilePage,
    query=Page,
    visitor="applicant",
)
def own_files(call: Call, case_id: UUID) -> Answer:
    """The files that the applicant has sent in, and which papers are there or missing."""
    tx = call.tx
    record = cases.get_for_applicant(tx.db, case_id)
    rows, awaited = records.of_case(tx.db, case_id), applications.papers_awaited(tx, record)
    listed = paper_list.of_applicant(workflow_registry.pinned(record.case), record.case, rows, awaited)
    own = [answers.file(row) for row in rows if paper_list.is_own(row)]
    return cut(call, own, papers=answers.papers(listed))


@Endpoint(
    "POST",
    "/public/applications/<number>/files",
    Text("申请人添加材料文件", "Add a file as the applicant"),
    answer=FileAdded,
    status=201,
    body=_NEW_FILE,
    takes_file=True,
    visitor="applicant",
    refuses=(409,),
    note=_KEPT,
)
def add_own(call: Call, case_id: UUID) -> Answer:
    """A photograph or document for one paper of the list, as long as the case is open."""
    assert call.upload is not None
    awaited = applications.papers_awaited(call.tx, cases.get_for_applicant(call.tx.db, case_id))
    return Answer(FileAdded(str(files.add_own(call.tx, case_id, call.upload.given(), awaited))), 201)


@Endpoint(
    "DELETE",
    "/public/applications/<number>/files/<uuid:file_id>",
    Text("申请人移除材料文件", "Remove the own file"),
    answer=_REMOVED,
    status=204,
    body=WithdrawFile,
    visitor="applicant",
    refuses=(409,),
)
def remove_own(call: Call, case_id: UUID, file_id: UUID) -> Answer:
    """What the applicant has sent in is destroyed, as long as the case is open."""
    files.remove_own(call.tx, case_id, file_id, call.body)
    return Answer(status=204)


@Endpoint(
    "POST",
    "/public/applications/<number>/files/<uuid:file_id>/link",
    Text("取得本人文件的查看链接", "A link to look at the own file"),
    answer=FileLink,
    body=applications.GivenCode,
    keeps_answer=False,
    visitor="applicant",
)
def own_link(call: Call, case_id: UUID, file_id: UUID) -> Answer:
    """Where the own file is looked at, with the tracking code, within five minutes."""
    applications.nothing_else(call.tx, call.body)
    number = cases.get_for_applicant(call.tx.db, case_id).case.number
    return _link(f"/public/applications/{number}/files/look/", *file_links.own_link(call.tx, case_id, file_id))


@Endpoint(
    "GET",
    "/public/applications/<number>/files/look/<token>",
    Text("查看本人的文件", "Look at the own file"),
    answer=_CONTENTS,
    visitor="applicant",
)
def look_own(call: Call, case_id: UUID, token: str) -> Answer:
    """The own file of a link."""
    return _shown(file_links.look_own(call.tx, case_id, token))


def _link(path: str, contents: str, thumbnail: str | None, until: datetime) -> Answer:
    at = f"{PREFIX}{path}"
    return Answer(FileLink(f"{at}{contents}", f"{at}{thumbnail}" if thumbnail else None, instant(until)))


def _shown(found: Looked) -> Answer:
    return Answer(text=found.contents, headers=headers_of(found))
