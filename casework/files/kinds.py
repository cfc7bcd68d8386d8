"""Which kinds of files are taken, told by their first bytes; what a file is called says nothing."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
HEIC: Final = "image/heic"
WEBP: Final = "image/webp"
PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

SUFFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {JPEG: ".jpg", PNG: ".png", PDF: ".pdf", DOCX: ".docx", XLSX: ".xlsx"}
)
"""The media types that are kept, with how the names of their files end; photographs of other kinds become JPEG."""
PICTURES: Final = (JPEG, PNG, HEIC, WEBP)
ACCEPTED: Final = ".jpg,.jpeg,.png,.heic,.heif,.webp,.pdf,.docx,.xlsx,image/*"
"""What the file dialogue of a browser offers."""
ZIP: Final = b"PK\x03\x04"

_HEIF_BRANDS: Final = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_PDF_ENDS_WITHIN: Final = 1024


def picture_of(contents: bytes) -> str | None:
    """Return which kind of picture begins so; None for what is none that is taken."""
    if contents.startswith(b"\xff\xd8\xff"):
        return JPEG
    if contents.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if contents[:4] == b"RIFF" and contents[8:12] == b"WEBP":
        return WEBP
    if contents[4:8] == b"ftyp" and contents[8:12] in _HEIF_BRANDS:
        return HEIC
    return None


def is_pdf(contents: bytes) -> bool:
    """Whether it begins and ends as PDF does (ISO 32000-1, 7.5), so that nothing is hung before or behind it."""
    tail = contents[-_PDF_ENDS_WITHIN:]
    return contents.startswith(b"%PDF-") and b"%%EOF" in tail and b"startxref" in tail and b"PK\x05\x06" not in tail
