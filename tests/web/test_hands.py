"""A case is handed over or given back by its owner or a supervisor, and set to a state by a supervisor alone."""

import re
from typing import Any

import pytest

from tests.web.conftest import Pages, Visitor
from tests.web.test_steps import state_of, taken_up

_VERSION = re.compile(r'name="version" value="(\d+)"')
_USER = re.compile(r'<option value="([0-9a-f-]{36})"[^>]*>([^<]+)</option>')


@pytest.fixture
def claimed(pages: Pages) -> tuple[Visitor, str]:
    return taken_up(pages)


def owner_of(pages: Pages, number: str) -> str | None:
    with pages.service.transaction() as tx:
        row = tx.db.one("select u.name from cases c left join users u on u.id = c.owner_id where number = :n", n=number)
        assert row is not None
        return row.name  # type: ignore[no-any-return]


def form(visitor: Visitor, number: str) -> tuple[str, dict[str, Any]]:
    text = visitor.get(f"/cases/{number}/hands").text
    version = _VERSION.search(text)
    assert version
    return text, {"version": version[1]}


def test_the_owner_hands_it_over_to_somebody_who_may_own_it(pages: Pages, claimed: tuple[Visitor, str]) -> None:
    visitor, number = claimed
    assert f"/cases/{number}/hands" in visitor.get(f"/cases/{number}").text
    text, hidden = form(visitor, number)
    before = owner_of(pages, number)
    choices = dict(_USER.findall(text))
    assert choices
    assert not [name for name in choices.values() if name.startswith(f"{before}（")]
    to, name = next(iter(choices.items()))
    refused = visitor.post(f"/cases/{number}/hand-over", **hidden, **{"hand-over.to": to})
    assert refused.status_code == 422
    assert f'value="{to}" selected' in refused.text
    assert 'href="#f-hand-over-reason"' in refused.text
    assert 'id="f-hand-over-reason"' in refused.text
    assert owner_of(pages, number) == before
    given = {"hand-over.to": to, "hand-over.reason": "岗位调整"}
    assert visitor.post(f"/cases/{number}/hand-over", **hidden, **given).location == f"/cases/{number}"
    assert name.startswith(f"{owner_of(pages, number)}（")
    # The same form sent again was made for a version that is gone, and the case is a colleague's.
    assert visitor.post(f"/cases/{number}/hand-over", **hidden, **given).status_code == 403
    assert visitor.get(f"/cases/{number}/hands").status_code == 403
    assert f"/cases/{number}/hands" not in visitor.get(f"/cases/{number}").text


def test_it_is_given_back_with_a_reason(pages: Pages, claimed: tuple[Visitor, str]) -> None:
    visitor, number = claimed
    _, hidden = form(visitor, number)
    assert visitor.post(f"/cases/{number}/release", **hidden).status_code == 422
    assert visitor.post(f"/cases/{number}/release", **{"release.reason": "休假"}).status_code == 412
    assert owner_of(pages, number) is not None
    assert visitor.post(f"/cases/{number}/release", **hidden, **{"release.reason": "休假"}).status_code == 303
    assert owner_of(pages, number) is None


def test_a_supervisor_alone_sets_the_state_and_only_where_that_is_allowed(
    pages: Pages, claimed: tuple[Visitor, str]
) -> None:
    visitor, number = claimed
    text, hidden = form(visitor, number)
    assert "/override" not in text
    given = {"override.to_state": "under_review", "override.reason": "误操作"}
    before = state_of(pages, number)
    assert visitor.post(f"/cases/{number}/override", **hidden, **given).status_code == 403
    supervisor = pages.signed_in("supervisor")
    text, hidden = form(supervisor, number)
    states = re.findall(r'<option value="([a-z_]+)"', text)
    assert "under_review" in states
    assert not {"granted", "refused", "closed", before[0]} & {*states}
    wrong = supervisor.post(f"/cases/{number}/override", **hidden, **given | {"override.to_state": "granted"})
    assert wrong.status_code in (409, 422)
    assert state_of(pages, number) == before
    assert supervisor.post(f"/cases/{number}/override", **hidden, **given).status_code == 303
    assert state_of(pages, number)[0] == "under_review"


def test_the_page_tells_who_had_the_case(pages: Pages, claimed: tuple[Visitor, str]) -> None:
    visitor, number = claimed
    owner = owner_of(pages, number)
    assert owner
    held = visitor.get(f"/cases/{number}/hands").text.partition("历任经办人")[2]
    assert 0 < held.index(owner) < held.index("至今")
    visitor.post(f"/cases/{number}/release", **form(visitor, number)[1], **{"release.reason": "另有紧急事项"})
    held = pages.signed_in("supervisor").get(f"/cases/{number}/hands").text.partition("历任经办人")[2]
    assert owner in held
    assert "至今" not in held


def test_a_supervisor_keeps_somebody_from_the_case_and_lets_them_see_it_again(
    pages: Pages, claimed: tuple[Visitor, str]
) -> None:
    visitor, number = claimed
    text, _ = form(visitor, number)
    assert "/wall" not in text
    supervisor = pages.signed_in("supervisor")
    text, hidden = form(supervisor, number)
    owner = owner_of(pages, number)
    whom = next(
        key for key, name in _USER.findall(text.split(f'action="/cases/{number}/wall"')[1]) if f"{owner}（" in name
    )
    given = {"wall.username": whom, "wall.reason": "近亲属为<对方>"}
    assert visitor.post(f"/cases/{number}/wall", **hidden, **given).status_code == 403
    assert supervisor.post(f"/cases/{number}/wall", **hidden, **given).status_code == 303
    assert owner_of(pages, number) is None
    for path in ("", "/hands", "/files", "/do/accept"):
        assert visitor.get(f"/cases/{number}{path}").status_code == 404
    assert f"/cases/{number}" not in visitor.get(f"/cases?q={number}").text
    text, hidden = form(supervisor, number)
    assert "近亲属为&lt;对方&gt;" in text
    [lift] = re.findall(rf'action="(/cases/{number}/walls/[^"]+/lift)"', text)
    assert supervisor.post(lift, **hidden).status_code == 422
    assert supervisor.post(lift, **hidden, **{"lift.reason": "系另一人"}).status_code == 303
    assert visitor.get(f"/cases/{number}").status_code == 200
