"""Addresses that a browser is sent to: ours and no others."""

from typing import Final
from urllib.parse import urlsplit

_LONGEST: Final = 2_000


def local(written: str, otherwise: str = "/") -> str:
    """Return an address within this service as it is written; anything else becomes `otherwise`."""
    plain = written.startswith("/") and not written.startswith(("//", "/\\")) and len(written) <= _LONGEST
    if not plain or not written.isascii() or not written.isprintable() or "\\" in written:
        return otherwise
    parts = urlsplit(written)
    return otherwise if parts.scheme or parts.netloc else written
