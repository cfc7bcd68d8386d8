"""Alerts are read, acknowledged and put off on a page; nobody is told there of what was one's own doing."""

import re
from uuid import UUID

import pytest

from casework.records import alerts
from casework.records import cases as records
from casework.records.visibility import visible
from casework.work import cases
from tests.web.conftest import Pages, Visitor
from tests.web.test_desk import as_user
from tests.web.test_steps import step, taken_up

_TICK = re.compile(r'name="alert" value="([0-9a-f-]{36})" aria-label="([^"]+)"')


def waiting(pages: Pages, who: str) -> int:
    with pages.service.transaction() as tx:
        as_user(pages, tx, who)
        return alerts.count_open(tx.db, tx.person.id, visible(tx.person))


def ticks(visitor: Visitor) -> dict[str, str]:
    """The open alerts on the first page by their ids, with the case and the sentence."""
    return dict(_TICK.findall(visitor.get("/alerts").text))


def stepped_in(pages: Pages) -> tuple[Visitor, str, str]:
    """A caseworker's case that the supervisor has given back to the queue, and the alert of that."""
    visitor, number = taken_up(pages)
    with pages.service.transaction() as tx:
        as_user(pages, tx, "supervisor")
        case_id = records.id_of(tx.db, number)
        assert case_id is not None
        cases.release(tx, case_id, {"reason": "工作调整"})
    [alert] = [id_ for id_, said in ticks(visitor).items() if number in said]
    return visitor, number, alert


def test_one_is_told_of_what_somebody_else_did_and_not_of_ones_own(pages: Pages) -> None:
    visitor, number = taken_up(pages)
    visitor.post(f"/cases/{number}/do/accept", **step(visitor, number, "accept"))
    assert not [said for said in ticks(visitor).values() if number in said]
    visitor, number, alert = stepped_in(pages)
    text = visitor.get("/alerts").text
    assert f'<a href="/cases/{number}">' in text
    assert re.match(rf"{number} \S+ ", ticks(visitor)[alert])
    assert re.search("退回待领取（审批人[^）]+）", ticks(visitor)[alert])
    assert not [said for said in ticks(pages.signed_in("supervisor")).values() if number in said]


def test_the_frame_says_how_many_are_open(pages: Pages) -> None:
    visitor, _, alert = stepped_in(pages)

    def shown() -> str:
        found = re.search(r'href="/alerts"[^>]*>提醒 <span class="count">([^<]+)<', visitor.get("/desk").text)
        return found[1] if found else "0"

    count = waiting(pages, "caseworker")
    assert shown() == (str(count) if count < 100 else "99+")
    visitor.get("/alerts")
    assert visitor.post("/alerts/acknowledge", alert=alert).location == "/alerts?done=acknowledged"
    assert waiting(pages, "caseworker") == count - 1
    assert alert not in ticks(visitor)


def test_several_are_acknowledged_at_once_all_or_none(pages: Pages) -> None:
    visitor, _, first = stepped_in(pages)
    _, _, second = stepped_in(pages)
    before = waiting(pages, "caseworker")
    visitor.get("/alerts")
    for wrong in (str(UUID(int=7)), "nonsense"):
        assert visitor.post("/alerts/acknowledge", alert=[first, wrong]).status_code == 404
        assert waiting(pages, "caseworker") == before
    assert visitor.post("/alerts/acknowledge", alert=[first, second]).status_code == 303
    assert waiting(pages, "caseworker") == before - 2
    assert visitor.post("/alerts/acknowledge").status_code == 422


def test_nobody_acknowledges_for_somebody_else(pages: Pages) -> None:
    _, _, alert = stepped_in(pages)
    before = waiting(pages, "caseworker")
    other = pages.signed_in("supervisor")
    other.get("/alerts")
    assert other.post("/alerts/acknowledge", alert=alert).status_code == 404
    assert waiting(pages, "caseworker") == before


@pytest.mark.parametrize("until", ["tomorrow", "1wd", "3wd", "5wd"])
def test_it_is_put_off_in_words_with_a_reason(pages: Pages, until: str) -> None:
    visitor, _, alert = stepped_in(pages)
    visitor.get("/alerts")
    before = waiting(pages, "caseworker")
    typed = {"alert": alert, "until": until, "reason": "已约定补充材料"}
    for missing in ("alert", "until", "reason"):
        answer = visitor.post("/alerts/snooze", **{name: said for name, said in typed.items() if name != missing})
        assert answer.status_code == 422, missing
        assert waiting(pages, "caseworker") == before
        if missing != "alert":
            assert re.search(f'value="{alert}"[^>]* checked', answer.text)
    assert visitor.post("/alerts/snooze", **typed).location == "/alerts?done=snoozed"
    assert alert not in visitor.get("/alerts").text
    assert waiting(pages, "caseworker") == before - 1


def test_the_count_takes_one_statement_more(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    real = alerts.count_open
    monkeypatch.setattr(alerts, "count_open", lambda *args: calls.append(1) or real(*args))
    pages.signed_in("caseworker").get("/desk")
    assert calls == [1]
