"""Whether the process lives and the service can answer, outside the API and without signing in.

In a web worker the gateway answers this without a thread, from what its watch has found; here it is looked at on the
spot, for whoever runs the application under another server.
"""

from typing import Any

import msgspec
from flask import Flask, Response

from casework.http.wiring import Wiring
from casework.work.health import examine, fit


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
        state = examine(database, wiring.service, wiring.schema_version)
        return _said(state, 200 if fit(state) else 503)


def _said(body: dict[str, Any], status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status=status, content_type="application/json")
