"""Whether the process lives and the service can answer, outside the API and without signing in."""

from datetime import timedelta
from typing import Any, Final

import msgspec
from flask import Flask, Response, current_app

from casework.api.door import Wiring
from casework.records import alerts
from casework.rules.refusals import Unavailable
from casework.work.service import Service

# A scheduler beats every few seconds; after this long it is taken for dead.
_SILENT: Final = timedelta(seconds=60)


def install(app: Flask) -> None:
    """`/healthz` and `/readyz`."""

    @app.get("/healthz")
    def healthz() -> Response:
        return _said({"status": "ok"})

    @app.get("/readyz")
    def readyz() -> Response:
        wiring: Wiring = current_app.extensions["casework"]
        state = _state(wiring.service, wiring.schema_version)
        return _said(state, 200 if state["database"] == "ok" else 503)


def _state(service: Service, wanted: str) -> dict[str, Any]:
    """`database` is ok, behind or unreachable; `scheduler` ok, silent or unknown (it does not make us unready)."""
    try:
        with service.transaction() as tx:
            version = tx.db.run("select version_num from alembic_version").scalar_one_or_none()
            beat = alerts.last_beat(tx.db, "scheduler")
            silent = beat is None or beat < tx.now - _SILENT
    except Unavailable:
        return {"database": "unreachable", "scheduler": "unknown"}
    return {"database": "ok" if version == wanted else "behind", "scheduler": "silent" if silent else "ok"}


def _said(body: dict[str, Any], status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status=status, content_type="application/json")
