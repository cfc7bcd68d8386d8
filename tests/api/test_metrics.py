"""What Prometheus reads: the office in numbers, without a name in them."""

from dataclasses import replace
from ipaddress import ip_network

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
        "casework_clocks_put_aside": 0,
        "casework_alerts_unacknowledged": 0,
        "casework_messages_waiting": 0,
        "casework_messages_dead": 0,
        "casework_oldest_message_seconds": 0,
        "casework_delivery_queues_closed": 0,
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


def asked(api: Api, address: str, token: str = "", forwarded: str = "") -> int:
    headers = ({"Authorization": f"Bearer {token}"} if token else {}) | (
        {"X-Forwarded-For": forwarded} if forwarded else {}
    )
    answer = api.app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    return int(answer.status_code)


def test_whoever_is_not_of_a_named_network_needs_the_token(api: Api) -> None:
    wiring = api.app.extensions["casework"]
    named = (ip_network("127.0.0.0/8"), ip_network("2001:db8::/32"))
    api.app.extensions["casework"] = replace(wiring, metrics_networks=named)
    assert [asked(api, one) for one in ("127.0.0.1", "::ffff:127.0.0.1", "2001:db8::7")] == [200] * 3
    assert [asked(api, one) for one in ("203.0.113.7", "::1", "", "nonsense")] == [403] * 4
    # What a caller says of itself counts only behind a proxy, and there only what the proxy has added.
    assert asked(api, "203.0.113.7", forwarded="127.0.0.1") == 403
    assert asked(api, "203.0.113.7", token="guessed") == 403

    api.app.extensions["casework"] = replace(wiring, metrics_networks=named, metrics_token="s3cret", trusted_proxies=1)
    assert asked(api, "127.0.0.1", forwarded="127.0.0.1, 203.0.113.7") == 403
    assert asked(api, "127.0.0.1", forwarded="203.0.113.7", token="s3cret") == 200
    assert asked(api, "127.0.0.1", forwarded="203.0.113.7", token="s3cret2") == 403
