"""The web application: `wsgi:app` for a WSGI server, `wsgi:gateway` for an ASGI server, as `casework web` runs it.

Its database must run and be migrated.
"""

from casework.app import create_app, log_to, service_of
from casework.embedded import PrivateServer
from casework.gateway import in_worker
from casework.settings import Settings

settings = Settings.load()
log_to()
service = service_of(settings, settings.database_url or PrivateServer(settings.home).app_url)
app = create_app(service, settings)
gateway = in_worker(app, service, settings)
