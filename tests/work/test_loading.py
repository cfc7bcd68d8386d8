"""Calendars and policies that several people load at once are there once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest

from casework.records import alerts, offices
from casework.records.database import Tx
from casework.work.service import Service, Transaction

AT_ONCE = 4
POLICY = {
    "workflow": "legal_aid",
    "name": "review",
    "place": "370100",
    "from_date": date(2027, 1, 1),
    "value": "4wd",
    "source": {"zh-CN": "示例条例", "en": "An invented regulation"},
}
CALENDAR = {"tz": "Asia/Shanghai", "week": {"mon": [["09:00", "17:00"]]}}


def at_once(service: Service, load: Callable[[Transaction, int], Any]) -> list[Any]:
    """What each of several loaders gets who have all begun before the first of them loads."""
    begun = Barrier(AT_ONCE, timeout=20)

    def one(number: int) -> Any:
        with service.transaction() as tx:
            begun.wait()
            return load(tx, number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_a_policy_that_several_load_at_once_is_loaded_once(service: Service) -> None:
    added = at_once(service, lambda tx, _: offices.add_policies(tx.db, [POLICY]))
    assert sorted(added) == [0] * (AT_ONCE - 1) + [1]


def test_a_calendar_that_several_load_at_once_has_one_version(service: Service) -> None:
    title = {"zh-CN": "示例", "en": "Example"}
    assert at_once(service, lambda tx, _: offices.add_calendar(tx.db, "example", title, CALENDAR)) == [1] * AT_ONCE


def test_different_calendars_loaded_at_once_become_versions_in_a_row(service: Service) -> None:
    def load(tx: Transaction, number: int) -> int:
        week = {"week": {"mon": [["09:00", f"1{number}:00"]]}}
        return offices.add_calendar(tx.db, "example", {"zh-CN": "示例", "en": "Example"}, CALENDAR | week)

    assert sorted(at_once(service, load)) == [1, 2, 3, 4]


@pytest.mark.parametrize("look", [alerts.next_lapsed, lambda tx: alerts.due_clocks(tx, 10)])
def test_what_is_loaded_after_the_sweep_began_and_before_it_locked_a_case_holds(
    look: Callable[[Tx], Any], service: Service
) -> None:
    with service.transaction() as sweep:
        before = len(sweep.rules.policies)
        sweep._rules = None
        with service.transaction() as tx:
            offices.add_policies(tx.db, [POLICY])
        look(sweep.db)
        assert len(sweep.rules.policies) == before + 1
