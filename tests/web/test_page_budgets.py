"""What a page may cost: requests and weight on the line."""

import gzip
import re

import pytest

from tests.web.conftest import Pages, Visitor

REQUESTS = 4
WEIGHT = 50_000


def parts_of(visitor: Visitor, path: str) -> dict[str, bytes]:
    """A page and what a browser asks for because of it."""
    page = visitor.get(path)
    assert page.status_code == 200
    head = page.text.split("</head>")[0]
    wanted = set(re.findall(r'<link rel="(?:stylesheet|icon)"[^>]*href="([^"]+)"', head))
    wanted |= set(re.findall(r'<(?:script|img)[^>]*src="([^"]+)"', page.text))
    return {path: page.data} | {one: visitor.get(one).data for one in wanted}


@pytest.mark.parametrize(("who", "path"), [(None, "/help/legal_aid"), (None, "/"), ("supervisor-sd", "/desk")])
def test_a_first_visit_takes_four_requests_and_50_kb(pages: Pages, who: str | None, path: str) -> None:
    parts = parts_of(pages.signed_in(who) if who else pages.visitor(), path)
    assert 2 <= len(parts) <= REQUESTS, list(parts)
    assert sum(len(gzip.compress(one)) for one in parts.values()) < WEIGHT
