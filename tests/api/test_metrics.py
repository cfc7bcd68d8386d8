"""What Prometheus reads: the office in numbers, without a name in them."""

from casework.records import alerts
from casework.work.overdue import sweep
from tests.api.conftest import Api


def read(api: Api) -> dict[str, float]:
    answer = api.app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    lines = [line for line in answer.get_data(as_text=True).splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.split(" ") for line in lines)}


def test_an_empty_office_has_nothing_to_count(api: Api) -> None:
    assert read(api) == {
        "casework_database_up": 1,
        "casework_cases_open": 0,
        "casework_cases_overdue": 0,
        "casework_clocks_waiting": 0,
        "casework_alerts_unacknowledged": 0,
        "casework_messages_waiting": 0,
        "casework_messages_dead": 0,
        "casework_oldest_message_seconds": 0,
        "casework_lanes_closed": 0,
        "casework_scheduler_silent_seconds": -1,
    }


def test_what_waits_for_the_sweep_is_counted_until_it_has_swept(api: Api) -> None:
    api.new_case()
    assert read(api)["casework_cases_open"] == 1
    api.days_pass(40)
    waiting = read(api)
    assert (waiting["casework_cases_overdue"], waiting["casework_clocks_waiting"]) == (1, 1)

    sweep(api.service)
    with api.service.transaction() as tx:
        alerts.beat(tx.db, "scheduler")
    swept = read(api)
    assert swept["casework_clocks_waiting"] == 0
    assert swept["casework_alerts_unacknowledged"] > 0
    assert 0 <= swept["casework_scheduler_silent_seconds"] < 60
