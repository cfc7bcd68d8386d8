"""Reads what somebody has sent in, in a process of its own: `python -m casework.files.decoder KIND`.

Takes the file on its standard input and gives it back on its standard output as it may be kept. Whoever finds a fault
in a decoder finds a process that has no key, no database and no network address in its environment, little memory and
little time. It imports nothing of ours.
"""

import io
import resource
import struct
import sys
import zipfile
from typing import Any, Final
from zlib import error as zlib_error

MEMORY_BYTES: Final = 1536 * 2**20
CPU_S: Final = 15
MOST_PIXELS: Final = 64_000_000
LONGEST_SIDE: Final = 4096
"""So many pixels show an A4 page at 350 dots an inch; what is larger is made so small."""
_THUMBNAIL: Final = 320
_QUALITY, _THUMBNAIL_QUALITY = 88, 80
_MOST_MEMBERS: Final = 3_000
_MOST_INFLATED: Final = 200 * 2**20
_CHUNK: Final = 2**16

DAMAGED, TOO_MANY_PIXELS, MACROS, NO_OFFICE_FILE, INFLATES = 10, 11, 12, 13, 14
"""The codes with which it ends where it gives nothing back."""
HEAD: Final = struct.Struct(">II")
"""What the answer begins with: how long the file and its thumbnail are."""


class NotTaken(Exception):
    """It is not taken; `code` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def picture(contents: bytes, kind: str) -> tuple[bytes, bytes]:
    """Return the picture upright and without anything beside its pixels, and a thumbnail of it as JPEG.

    PNG stays PNG; everything else becomes JPEG. Raises `NotTaken`.
    """
    # Only here, where memory and time are bounded already.
    from PIL import Image, ImageOps  # noqa: PLC0415

    if kind == "HEIF":
        from pi_heif import register_heif_opener  # noqa: PLC0415

        register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(contents), formats=[kind]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NotTaken(TOO_MANY_PIXELS)
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            shown: Any = upright.convert(_mode(upright) if kind == "PNG" else "RGB")
    except (OSError, SyntaxError, ValueError, EOFError) as wrong:
        raise NotTaken(DAMAGED) from wrong
    shown.info.clear()
    kept = _written(shown, "PNG") if kind == "PNG" else _written(shown, "JPEG", quality=_QUALITY)
    shown.thumbnail((_THUMBNAIL, _THUMBNAIL))
    if shown.mode == "RGBA":
        paper = Image.new("RGB", shown.size, "white")
        paper.paste(shown, mask=shown.getchannel("A"))
        shown = paper
    return kept, _written(shown.convert("RGB"), "JPEG", quality=_THUMBNAIL_QUALITY)


def _mode(shown: Any) -> str:
    if shown.mode in ("RGBA", "LA", "PA") or "transparency" in shown.info:
        return "RGBA"
    return "L" if shown.mode in ("1", "L", "I;16") else "RGB"


def _written(shown: Any, kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    shown.save(out, kind, **how)
    return out.getvalue()


def office_file(contents: bytes) -> str:
    """Return `docx` or `xlsx`; raises `NotTaken` for macros, for other archives, and for what inflates without end."""
    try:
        with zipfile.ZipFile(io.BytesIO(contents)) as archive:
            members = archive.infolist()
            names = {one.filename for one in members}
            if len(members) > _MOST_MEMBERS or sum(one.file_size for one in members) > _MOST_INFLATED:
                raise NotTaken(INFLATES)
            if "[Content_Types].xml" not in names or len(names) != len(members):
                raise NotTaken(NO_OFFICE_FILE)
            types = _inflated(archive, members)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError, zlib_error) as wrong:
        raise NotTaken(DAMAGED) from wrong
    if any(_runs(name) for name in names) or b"macroenabled" in types.lower():
        raise NotTaken(MACROS)
    for suffix, main in (("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml")):
        if main in names:
            return suffix
    raise NotTaken(NO_OFFICE_FILE)


def _inflated(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> bytes:
    """Inflate everything once, a little at a time, whatever the directory says of it; gives what names the types."""
    told, many = b"", 0
    for one in members:
        with archive.open(one) as stream:
            while chunk := stream.read(_CHUNK):
                many += len(chunk)
                if many > _MOST_INFLATED:
                    raise NotTaken(INFLATES)
                if one.filename == "[Content_Types].xml":
                    told += chunk
    return told


def _runs(name: str) -> bool:
    name = name.lower()
    return name.endswith(("vbaproject.bin", "vbadata.xml", ".exe", ".dll", ".vbs", ".js")) or "/activex/" in name


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    for none in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(none, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def main(kind: str) -> int:
    """Read standard input as this kind, and write what may be kept; gives the code to end with."""
    _limit()
    contents = sys.stdin.buffer.read()
    try:
        if kind == "office":
            kept, thumbnail = office_file(contents).encode(), b""
        else:
            kept, thumbnail = picture(contents, kind)
    except NotTaken as no:
        return no.code
    sys.stdout.buffer.write(HEAD.pack(len(kept), len(thumbnail)) + kept + thumbnail)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
