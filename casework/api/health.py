"""Whether the process lives and the service can answer, outside the API and without signing in."""

from datetime import timedelta
from typing import Any, Final

import msgspec
from flask import Flask, Response

from casework.api.endpoint import Wiring
from casework.records import alerts
from casework.records.database import Database, Tx
from casework.records.readiness import NotReady, ready
from casework.work.service import WrongKeys

# A scheduler beats every few seconds; after this long it is taken for dead.
_SILENT: Final = timedelta(seconds=60)
_UNKNOWN: Final = {"database": "unreachable", "keys": "unknown", "scheduler": "unknown"}


def install(app: Flask) -> None:
    """`/healthz` and `/readyz`."""
    wiring: Wiring = app.extensions["casework"]
    # While requests wait for a connection the service is busy, not unready.
    database = wiring.service.database.unpooled()

    @app.get("/healthz")
    def healthz() -> Response:
        return _said({"status": "ok"})

    @app.get("/readyz")
    def readyz() -> Response:
        state = _UNKNOWN | _state(database, wiring)
        return _said(state, 200 if (state["database"], state["keys"]) == ("ok", "ok") else 503)


def _state(database: Database, wiring: Wiring) -> dict[str, Any]:
    """What is known of `database` (ok, behind, no_rights or unreachable), `keys` (ok or wrong) and `scheduler`.

    The scheduler is ok or silent, which does not make us unready.
    """
    try:
        with ready(database, wiring.schema_version) as tx:
            beat = alerts.last_beat(tx, "scheduler")
            silent = beat is None or beat < tx.now - _SILENT
            return {"database": "ok", "keys": _keys(wiring, tx), "scheduler": "silent" if silent else "ok"}
    except NotReady as unfit:
        return {"database": unfit.why}


def _keys(wiring: Wiring, tx: Tx) -> str:
    try:
        wiring.service.ensure_keys_open(tx)
    except WrongKeys:
        return "wrong"
    return "ok"


def _said(body: dict[str, Any], status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status=status, content_type="application/json")
