"""Staff see who could take a case and why, and carry out the plan of a batch line by line."""

import re
from typing import Any

from tests.web.conftest import Pages, lived


def waiting(pages: Pages) -> Any:
    """A case of legal aid that waits for a helper."""
    return lived(pages, ("caseworker", "accept"), ("supervisor", "grant"))


def test_candidates_stand_with_their_reasons_and_one_is_named_by_one_click(pages: Pages) -> None:
    case = waiting(pages)
    clerk = pages.signed_in("caseworker")
    step = clerk.get(f"/cases/{case.number}/do/assign")
    assert f'href="/cases/{case.number}/assign"' in step.text
    shown = clerk.get(f"/cases/{case.number}/assign")
    assert shown.status_code == 200
    assert "近六个月接" in shown.text
    done = clerk.post(
        f"/cases/{case.number}/do/assign", **dict(re.findall(r'name="(version|to)" value="([^"]+)"', shown.text))
    )
    assert done.status_code == 303, done.text
    with pages.service.transaction() as tx:
        assert tx.db.run("select state from cases where id = :id", id=case.id).scalar_one() == "assigned"


def test_the_plan_offers_what_is_ticked_and_nothing_else(pages: Pages) -> None:
    case = waiting(pages)
    clerk = pages.signed_in("caseworker")
    shown = clerk.get("/assignments", Accept_Language="zh-CN")
    assert "在办件数" in shown.text
    lines = re.findall(r'name="line" value="([^"]+)"', shown.text)
    mine = [line for line in lines if line.startswith(str(case.id))]
    assert len(mine) == 1
    done = clerk.post("/assignments", line=mine)
    assert done.status_code == 200
    assert done.text.count("已征询") == 1
    with pages.service.transaction() as tx:
        assert tx.db.run("select state from offers where case_id = :id", id=case.id).scalars().all() == ["open"]
    again = clerk.post("/assignments", line=mine)
    assert "已征询" not in again.text
