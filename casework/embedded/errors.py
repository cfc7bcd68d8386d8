"""How the private server says no."""


class NoServer(Exception):
    """The private PostgreSQL cannot run here; the message says why and what to do, for a person."""
