"""A private PostgreSQL and a service of the run's own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casework.app import MIGRATIONS, service_of
from casework.embedded import PrivateServer
from casework.records.upgrade import upgrade
from casework.settings import ROOT, Settings
from casework.work.seeds import seed
from casework.work.service import Service


@contextmanager
def installation() -> Iterator[Service]:
    """A service on a database that is gone afterwards, with the calendars and policies of `config/`."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load({"CASEWORK_ENV": "test", "CASEWORK_HOME": folder})
        server = PrivateServer(Path(folder))
        server.start()
        try:
            upgrade(server.owner_url, MIGRATIONS, members=("casework_web",))
            service = service_of(settings, server.app_url)
            with service.transaction() as tx:
                seed(tx.db, ROOT / "config")
            yield service
            service.database.close()
        finally:
            server.remove()
