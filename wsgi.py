"""The web application for a WSGI server: `wsgi:app`. Its database must run and be migrated."""

from casework.app import create_app, log_to, service_of
from casework.embedded import PrivateServer
from casework.processes import Watchdog, marked
from casework.settings import Settings

settings = Settings.load()
log_to()
database_url = settings.database_url or PrivateServer(settings.home).app_url
app = Watchdog(marked(create_app(service_of(settings, database_url), settings)), settings.web.request_timeout_s)
