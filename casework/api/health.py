"""Whether the process lives and the service can answer, outside the API and without signing in."""

from datetime import timedelta
from typing import Any, Final

import msgspec
from flask import Flask, Response
from sqlalchemy.exc import DataError, ProgrammingError

from casework.api.door import Wiring
from casework.records import alerts
from casework.records.database import Database
from casework.rules.refusals import Unavailable

# A scheduler beats every few seconds; after this long it is taken for dead.
_SILENT: Final = timedelta(seconds=60)


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
        state = _state(database, wiring.schema_version)
        return _said(state, 200 if state["database"] == "ok" else 503)


def _state(database: Database, wanted: str) -> dict[str, Any]:
    """`database` is ok, behind or unreachable; `scheduler` ok, silent or unknown (it does not make us unready)."""
    try:
        with database.transaction() as tx:
            version = tx.run("select version_num from alembic_version").scalar_one_or_none()
            if version != wanted:
                return {"database": "behind", "scheduler": "unknown"}
            beat = alerts.last_beat(tx, "scheduler")
            silent = beat is None or beat < tx.now - _SILENT
    except Unavailable:
        return {"database": "unreachable", "scheduler": "unknown"}
    except (ProgrammingError, DataError):  # no such table or no such role, or not ours to use: before any migration
        return {"database": "behind", "scheduler": "unknown"}
    return {"database": "ok", "scheduler": "silent" if silent else "ok"}


def _said(body: dict[str, Any], status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status=status, content_type="application/json")
