"""What every page has: its template, the one style that counts, and the policy under which nothing else does."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader

TEMPLATES: Final = Environment(
    loader=PackageLoader("casework.api"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


@cache
def style(name: str) -> str:
    """Return the style sheet of this name, such as `docs`, as it stands in the page."""
    return TEMPLATES.get_template(f"{name}.css").render()


@cache
def policy_of(name: str) -> str:
    """Return a page's policy: nothing may load, run, frame or be sent; only this style counts, known by its digest."""
    digest = base64.b64encode(hashlib.sha256(style(name).encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def headers_of(name: str) -> Mapping[str, str]:
    """Return the headers of a page with the style of this name."""
    return {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy_of(name)}
