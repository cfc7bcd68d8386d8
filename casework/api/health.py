"""Whether the process lives and the service can answer, outside the API and without signing in."""

from datetime import timedelta
from typing import Any, Final

import msgspec
from flask import Flask, Response
from sqlalchemy.exc import DataError, OperationalError, ProgrammingError

from casework.api.door import Wiring
from casework.records import alerts
from casework.records.database import Database, Tx
from casework.records.roles import lacking, migrated
from casework.rules.refusals import Unavailable
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
        with database.transaction() as tx:
            if lacking(tx.connection):
                return {"database": "no_rights"}
            version = tx.run("select version_num from alembic_version").scalar_one_or_none()
            if version != wiring.schema_version:
                return {"database": "behind"}
            beat = alerts.last_beat(tx, "scheduler")
            silent = beat is None or beat < tx.now - _SILENT
            return {"database": "ok", "keys": _keys(wiring, tx), "scheduler": "silent" if silent else "ok"}
    except Unavailable:
        return {"database": "unreachable"}
    except (ProgrammingError, DataError):  # no such table or no such role, or not ours to use
        return {"database": _why_not(database)}


def _keys(wiring: Wiring, tx: Tx) -> str:
    try:
        wiring.service.ensure_keys_open(tx)
    except WrongKeys:
        return "wrong"
    return "ok"


def _why_not(database: Database) -> str:
    """Whether there are no tables yet, or some that this login may not use."""
    try:
        with database.engine.connect() as connection:
            return "no_rights" if migrated(connection) else "behind"
    except OperationalError:
        return "unreachable"


def _said(body: dict[str, Any], status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status=status, content_type="application/json")
