"""How the service stands: looked at on the spot, or by a thread that keeps looking, so that nobody waits for it."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import structlog

from casework.records import alerts, metrics, recalculation
from casework.records.database import Database, Tx
from casework.records.readiness import NotReady, ready, takes_writes
from casework.rules.refusals import Unavailable
from casework.work.service import Service, WrongKeys

log = structlog.get_logger()

SCHEDULER: Final = "scheduler"
"""The name under which a scheduler says that it lives."""
SWEEP: Final = "sweep"
"""The name under which a scheduler says that it has looked for what is due."""
_SILENT: Final = timedelta(seconds=8)
_IDLE: Final = timedelta(seconds=60)
_EVERY_S: Final = 2.0
_TOO_OLD_S: Final = 6.0
_SLOW_S: Final = 3.0
"""Who refuses says so sooner."""
_UNKNOWN: Final = {
    "writing": "unknown",
    "keys": "unknown",
    "rules": "unknown",
    "scheduler": "unknown",
    "oldest_message_seconds": None,
}


def examine(database: Database, service: Service, schema_version: str) -> dict[str, Any]:
    """Return how things stand, by asking the database over `database`.

    `database`: ok, behind, no_rights or unreachable; `writing`: ok or refused; `keys`: ok or wrong; `rules`: ok, or
    under_way while those that were loaded have not reached every case; `scheduler`: ok, silent (none says that it
    lives) or stuck (it lives, but has not looked for what is due for a minute); `oldest_message_seconds`: how long the
    oldest message to the outside has waited. What could not be found out is unknown.
    """
    try:
        with ready(database, schema_version) as tx:
            found = {
                "database": "ok",
                "writing": "ok" if takes_writes(service.database, tx) else "refused",
                "keys": _keys(service, tx),
                "rules": "ok" if recalculation.under_way(tx) is None else "under_way",
                "scheduler": _scheduler(tx),
                "oldest_message_seconds": metrics.oldest_message_s(tx),
            }
    except NotReady as unfit:
        return {"database": unfit.why, **_UNKNOWN}
    return found


def reach(database: Database) -> dict[str, Any]:
    """Return the same of the database alone: ok or unreachable."""
    try:
        with database.transaction():
            return {"database": "ok"}
    except Unavailable:
        return {"database": "unreachable"}


def fit(state: dict[str, Any]) -> bool:
    """Whether requests can be answered. A scheduler that is away makes nobody wait for an answer."""
    return (state["database"], state["writing"], state["keys"]) == ("ok", "ok", "ok")


def _keys(service: Service, tx: Tx) -> str:
    try:
        service.ensure_keys_open(tx)
    except WrongKeys:
        return "wrong"
    return "ok"


def _scheduler(tx: Tx) -> str:
    if not alerts.beats_within(tx, SCHEDULER, _SILENT):
        return "silent"
    return "ok" if alerts.beats_within(tx, SWEEP, _IDLE) else "stuck"


class Watch:
    """A thread that looks every two seconds; what it found last is there at once.

    A look that does not come back says so itself: after six seconds the database counts as unreachable. `lost` is
    called again and again while it is silent, so that whoever waits for its answers may be let go; where it refuses at
    once, such as for want of connections, those that are there go on. A look that fails is told as unknown.
    """

    def __init__(self, look: Callable[[], dict[str, Any]], lost: Callable[[], None] = lambda: None) -> None:
        self._look = look
        self._lost = lost
        self._state: dict[str, Any] = {"database": "unknown", **_UNKNOWN}
        self._looked_at: float | None = None
        self._silent = False

    def start(self) -> None:
        """Begin to look."""
        for work in (self._look_on, self._notice):
            threading.Thread(target=work, name="health", daemon=True).start()

    @property
    def state(self) -> dict[str, Any]:
        """How things stood when they were last looked at, or that nothing is known of them."""
        return {"database": "unreachable", **_UNKNOWN} if self._hangs() else self._state

    def _hangs(self) -> bool:
        return self._looked_at is not None and time.monotonic() - self._looked_at > _TOO_OLD_S

    def _look_on(self) -> None:
        while True:
            began = time.monotonic()
            try:
                self._state = self._look()
            except Exception:
                log.exception("look_failed")
                self._state = {"database": "unknown", **_UNKNOWN}
            self._looked_at = time.monotonic()
            self._silent = self._state["database"] == "unreachable" and self._looked_at - began > _SLOW_S
            time.sleep(_EVERY_S)

    def _notice(self) -> None:
        while True:
            time.sleep(_EVERY_S / 4)
            if self._silent or self._hangs():
                self._lost()
