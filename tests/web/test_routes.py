"""Every address stands in a file with who may see it, and is refused to everybody else."""

import re
import tomllib
from pathlib import Path
from uuid import UUID

import pytest

from casework.rules.people import Role
from casework.web.page import PAGES
from tests.web.conftest import Pages

ROUTES = tomllib.loads(Path(__file__).with_name("routes.toml").read_text(encoding="utf-8"))
USERS = ["caseworker", "supervisor", "lawyer", "volunteer", "auditor", "administrator"]
GUARDED = [(name, roles) for name, roles in ROUTES.items() if roles != ["everybody"]]


def test_the_file_names_every_page_and_who_may_see_it() -> None:
    declared = {
        f"{one.method} {one.path}": ["everybody"] if one.roles == "everybody" else sorted(map(str, one.roles))
        for one in PAGES
    }
    assert declared == ROUTES


@pytest.mark.parametrize(("name", "roles"), GUARDED, ids=[name for name, _ in GUARDED])
def test_a_page_is_refused_to_everybody_else(pages: Pages, name: str, roles: list[str]) -> None:
    method, path = name.split()
    address = re.sub(r"<[a-z_]+>", "LA-2026-000001", re.sub(r"<uuid:[a-z_]+>", str(UUID(int=1)), path))
    nobody = pages.visitor()
    nobody.get("/sign-in")
    stranger = nobody.get(address) if method == "GET" else nobody.post(address)
    assert stranger.status_code == 303
    assert stranger.location.startswith("/sign-in")
    for role in USERS:
        assert Role(role)
        visitor = pages.signed_in(role)
        visitor.get("/sign-in")
        answer = visitor.get(address) if method == "GET" else visitor.post(address)
        assert (answer.status_code == 403) == (role not in roles), role
