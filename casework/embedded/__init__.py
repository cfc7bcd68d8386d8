"""The PostgreSQL that comes along when no database is named."""

from casework.embedded.binaries import system_binaries
from casework.embedded.errors import NoServer
from casework.embedded.server import PrivateServer

__all__ = ["NoServer", "PrivateServer", "system_binaries"]
