"""Style sheet, scripts and the mark of the house, each under a name with its digest, so that browsers keep them."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from flask import Flask, Response
from werkzeug.exceptions import NotFound

_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_FOREVER: Final = "public, max-age=31536000, immutable"


class Asset(NamedTuple):
    """A file as it is sent."""

    content: bytes
    content_type: str


@cache
def _named() -> tuple[dict[str, Asset], dict[str, str]]:
    """The files by the name under which they are served, and those names by the plain ones."""
    served, names = {}, {}
    for file in files("casework.web").joinpath("static").iterdir():
        stem, _, kind = file.name.rpartition(".")
        if kind in _TYPES:
            content = file.read_bytes()
            name = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{kind}"
            served[name], names[file.name] = Asset(content, _TYPES[kind]), name
    return served, names


def address_of(name: str) -> str:
    """Return where a file of `static`, such as `app.css`, is served."""
    return f"/static/{_named()[1][name]}"


def install(app: Flask) -> None:
    """`/static/…`"""

    @app.get("/static/<name>")
    def static(name: str) -> Response:
        found = _named()[0].get(name)
        if found is None:
            raise NotFound
        return Response(found.content, content_type=found.content_type, headers={"Cache-Control": _FOREVER})
