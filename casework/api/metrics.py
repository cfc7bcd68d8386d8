"""`/metrics` for Prometheus: how the office stands, counted in the database, the same from whichever worker answers."""

import hmac
from collections.abc import Iterator
from typing import Final

from flask import Flask, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from casework.http.callers import calls_from
from casework.http.request_context import bearer_token
from casework.http.wiring import Wiring, wiring
from casework.records import metrics
from casework.rules.refusals import NotYours, Unavailable
from casework.rules.text import Text
from casework.work.service import Service

_TOLD: Final = {
    "cases_open": "Cases that are not closed.",
    "cases_overdue": "Open cases whose nearest due time has passed.",
    "clocks_waiting": "Clocks whose alert or transition is due and has not been taken by the scheduler.",
    "clocks_put_aside": "Clocks that have run out, and whose transition failed and is tried again later.",
    "alerts_unacknowledged": "Alerts that a receiver has not acknowledged.",
    "messages_waiting": "Messages to the outside that are due and have not been taken.",
    "messages_dead": "Messages to the outside that were given up.",
    "oldest_message_seconds": "How long the oldest message to the outside has been waiting; 0 if none is.",
    "delivery_queues_closed": "Channels, and the mail server, through which nothing goes at present.",
    "scheduler_silent_seconds": "Seconds since the scheduler was last alive; -1 if it never was.",
}


class _Office:
    """Counts when it is asked."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges; only `casework_database_up` where the database cannot be reached."""
        try:
            with self._service.transaction() as tx:
                counted = metrics.now(tx.db)
        except Unavailable:
            yield GaugeMetricFamily("casework_database_up", "Whether the database answers.", value=0)
            return
        yield GaugeMetricFamily("casework_database_up", "Whether the database answers.", value=1)
        for name, told in _TOLD.items():
            yield GaugeMetricFamily(f"casework_{name}", told, value=counted[name])


def install(app: Flask) -> None:
    """`/metrics`, for whoever has its token or calls from a network that the administrator names."""

    @app.get("/metrics")
    def metrics() -> Response:
        here = wiring()
        if not (_has_token(here) or calls_from(here.metrics_networks)):
            raise NotYours(_NOT_HERE)
        registry = CollectorRegistry()
        registry.register(_Office(here.service))
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _has_token(here: Wiring) -> bool:
    token = bearer_token()
    return bool(here.metrics_token and token) and hmac.compare_digest(here.metrics_token.encode(), token.encode())


_NOT_HERE = Text(
    "读取 /metrics 须持有 CASEWORK_METRICS_TOKEN，或来自 [web] metrics_networks 所列网络。",
    "Whoever reads /metrics has CASEWORK_METRICS_TOKEN or calls from one of [web] metrics_networks.",
)
