"""Staff see who could take a case and why, and carry out the plan of a batch line by line."""

import re
from typing import Any

from tests.web.conftest import PASSWORD, Pages, lived


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


def test_a_colleagues_case_is_given_away_by_the_colleague_or_a_supervisor(pages: Pages, username: str) -> None:
    case = waiting(pages)
    at, form = f"/cases/{case.number}/assign", f'action="/cases/{case.number}/offers"'
    colleague = pages.visitor()
    colleague.get("/sign-in")
    assert colleague.post("/sign-in", username=username, password=PASSWORD).status_code == 303
    shown = colleague.get(at).text
    assert "由其或者审批人指派" in shown
    assert form not in shown
    assert case.number not in colleague.get("/assignments").text
    for who in ("caseworker", "supervisor"):
        assert form in pages.signed_in(who).get(at).text
        assert case.number in pages.signed_in(who).get("/assignments").text
    supervisor = pages.signed_in("supervisor")
    given = dict(re.findall(r'name="(to)" value="([^"]+)"', supervisor.get(at).text))
    needs = {"reason": "经办人请假"} if 'name="reason"' in supervisor.get(at).text else {}
    assert supervisor.post(f"/cases/{case.number}/offers", **given, **needs).status_code == 303
