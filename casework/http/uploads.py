"""A file as it comes in over HTTP: `multipart/form-data` with the file in `file` and plain fields beside it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser

from casework.files.reading import MOST_BYTES, Readable, read
from casework.http.problems import Malformed
from casework.rules.refusals import Fault, Invalid, Refusal
from casework.rules.text import Text
from casework.work.files import GivenFile

MOST_OF_BODY: Final = MOST_BYTES + 65_536
"""How long the body of an upload may be, with its fields and boundaries."""
UPLOAD_ENDS: Final = "/files"
"""How the addresses end to which files are sent, and no others; the gateway lets longer bodies in to them."""
_MOST_PARTS: Final = 20
# Of what the parser holds at a time, which is a good part of the file too.
_MOST_AT_ONCE: Final = 524_288
_UNREADABLE: Final = Text("上传的内容无法读取，请重新上传。", "What was sent cannot be read; send it again.")
_NO_FILE: Final = Text("请选择一个文件。", "Choose a file.")
_ONE_FILE: Final = Text("一次只能上传一个文件。", "Send one file at a time.")


class NotMultipart(Refusal):
    """The body is no form with a file."""

    code = "media_type"

    def __init__(self) -> None:
        super().__init__(Text("请以 multipart/form-data 提交文件。", "Send the file as multipart/form-data."))


@dataclass
class Upload:
    """The fields beside the file, what the file is called, and its bytes; `seen` once somebody has looked into it."""

    fields: MultiDict[str, str]
    name: str
    contents: bytes = field(repr=False)
    seen: Readable | Invalid | None = None

    def examine(self) -> None:
        """Find out whether the file may be kept, which takes a while: outside of any transaction."""
        if self.seen is not None:
            return
        try:
            self.seen = read(self.contents)
        except Invalid as refused:
            self.seen = refused

    def given(self) -> GivenFile:
        """The file for the verbs, which say whether it is taken once they know who sends it."""
        assert self.seen is not None
        return GivenFile(self.fields.get("paper", ""), self.name, self.seen)

    def said(self) -> Mapping[str, Any]:
        """What was sent, by which a repetition is known."""
        return {**self.fields.to_dict(), "name": self.name, "sha256": hashlib.sha256(self.contents).hexdigest()}


def without_file(fields: MultiDict[str, str]) -> Upload:
    """Return what a form is without its file."""
    return Upload(fields, "", b"", Invalid([Fault("file", "required", _NO_FILE)]))


def upload_of(raw: bytes) -> Upload:
    """Return the upload of a body; raises `NotMultipart`, `Malformed`, or `Invalid` where there is not one file.

    Everything stays in memory: nothing that was sent is written to a disk before it is sealed.
    """
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise NotMultipart
    parser = MultiPartParser(
        stream_factory=lambda *_, **__: BytesIO(), max_form_memory_size=_MOST_AT_ONCE, max_form_parts=_MOST_PARTS
    )
    try:
        fields, files = parser.parse(BytesIO(raw), boundary.encode("ascii"), len(raw))
    except (ValueError, RequestEntityTooLarge) as wrong:
        raise Malformed(_UNREADABLE) from wrong
    # A part may come without a name, which is none of ours.
    fields = MultiDict((name, value) for name, value in fields.items(multi=True) if name)
    found = files.getlist("file")
    if len(found) > 1:
        raise Invalid([Fault("file", "too_many", _ONE_FILE)])
    contents = found[0].stream.read() if found else b""
    if not contents and not (found and found[0].filename):
        return without_file(fields)
    return Upload(fields, found[0].filename or "", contents)
