"""Taking a file in: what it is, whether it is whole, and what of it is kept. The house rules for files stand here."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from casework.files import decoder
from casework.files.kinds import DOCX, HEIC, JPEG, PDF, PNG, WEBP, XLSX, ZIP, is_pdf, picture_of
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Text

MOST_BYTES: Final = 10 * 2**20
"""How long a file may be: 10 MB."""
_WITHIN_S: Final = 20
_ROOT: Final = Path(__file__).resolve().parents[2]
_DECODERS: Final = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}

_EMPTY: Final = Text("文件是空的，请重新选择。", "The file is empty; choose another.")
_TOO_LARGE: Final = Text(
    "文件超过 10 MB；照片请缩小后再传，文件请分成几份。",
    "The file is larger than 10 MB; make the picture smaller, or the document into several.",
)
_STRANGE: Final = Text(
    "只接收照片（JPEG、PNG、HEIC、WebP）和 PDF、Word（docx）、Excel（xlsx）文件；以内容为准，与文件名无关。",
    "Photographs (JPEG, PNG, HEIC, WebP), PDF, Word (docx) and Excel (xlsx) are taken, judged by what is in the file"
    " and not by its name.",
)
_DAMAGED: Final = Text(
    "文件损坏或者不完整，无法打开；请重新拍照，或者重新保存后再传。",
    "The file is damaged or not whole and cannot be opened; take the picture again, or save the document anew.",
)
_REFUSED: Final = {
    decoder.TOO_MANY_PIXELS: (
        "too_many_pixels",
        Text(
            f"照片超过 {decoder.MOST_PIXELS // 10_000} 万像素，请缩小后再传。",
            f"The picture has more than {decoder.MOST_PIXELS // 1_000_000} million pixels; make it smaller.",
        ),
    ),
    decoder.MACROS: (
        "macros",
        Text(
            "文件含有宏或者程序，请另存为不含宏的 docx 或 xlsx 后再传。",
            "The file has macros or programs in it; save it as a docx or xlsx without them.",
        ),
    ),
    decoder.INFLATES: (
        "inflates",
        Text(
            "文件解压后过大，不能接收；请删减后再传。",
            "What is packed into the file is too large; leave some of it out.",
        ),
    ),
    decoder.NO_OFFICE_FILE: ("type", _STRANGE),
}


@dataclass(frozen=True, slots=True)
class Readable:
    """A file as it is kept: its media type, its bytes, and for a picture a thumbnail as JPEG."""

    type: str
    contents: bytes
    thumbnail: bytes | None = None


def read(contents: bytes) -> Readable:
    """Return the file as it may be kept; raises `Invalid` for everything that is not taken, with the reason.

    Pictures are decoded and written anew, so that nothing but their pixels is left; documents stay as they are.
    """
    if not contents:
        raise _invalid("empty", _EMPTY)
    if len(contents) > MOST_BYTES:
        raise _invalid("too_large", _TOO_LARGE)
    if kind := picture_of(contents):
        kept, thumbnail = _decoded(_DECODERS[kind], contents)
        return Readable(PNG if kind == PNG else JPEG, kept, thumbnail)
    if is_pdf(contents):
        return Readable(PDF, contents)
    if contents.startswith(ZIP):
        suffix, _ = _decoded("office", contents)
        return Readable(DOCX if suffix == b"docx" else XLSX, contents)
    raise _invalid("type", _STRANGE)


def _decoded(kind: str, contents: bytes) -> tuple[bytes, bytes]:
    """What the process gives back that reads it; whatever it dies of is a fault of the file."""
    # A fresh interpreter: a process with threads is not forked. It gets no key and no address of the service.
    command = [sys.executable, "-P", "-m", decoder.__name__, kind]
    surroundings = {"PYTHONPATH": str(_ROOT), "PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    try:
        ended = subprocess.run(
            command, input=contents, capture_output=True, timeout=_WITHIN_S, check=False, env=surroundings, cwd="/"
        )
    except subprocess.TimeoutExpired as slow:
        raise _invalid("damaged", _DAMAGED) from slow
    if ended.returncode:
        raise _invalid(*_REFUSED.get(ended.returncode, ("damaged", _DAMAGED)))
    lengths, rest = ended.stdout[: decoder.HEAD.size], ended.stdout[decoder.HEAD.size :]
    length, _ = decoder.HEAD.unpack(lengths)
    return rest[:length], rest[length:]


def _invalid(code: str, text: Text) -> Invalid:
    return Invalid([Fault("file", code, text)])
