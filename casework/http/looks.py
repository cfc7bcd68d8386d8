"""The bytes of a file as they are answered: pictures are shown, documents are saved, and neither can do anything."""

from collections.abc import Mapping
from urllib.parse import quote

from casework.files.kinds import PICTURES
from casework.work.file_links import Looked


def headers_of(shown: Looked) -> Mapping[str, str]:
    """Return the headers of an answer whose body is the file."""
    how = "inline" if shown.type in PICTURES else "attachment"
    return {
        "Content-Type": shown.type,
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(shown.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
