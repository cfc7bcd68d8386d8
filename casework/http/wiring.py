"""What the doors need of the application."""

from dataclasses import dataclass
from threading import BoundedSemaphore
from zoneinfo import ZoneInfo

from flask import current_app

from casework.rules.text import Language
from casework.settings import Networks
from casework.work.service import Service


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the doors need of the application; `app.extensions["casework"]`."""

    service: Service
    zone: ZoneInfo
    language: Language
    schema_version: str
    secret: bytes
    most_bytes: int
    """How long a body may be."""
    trusted_proxies: int
    metrics_networks: Networks
    metrics_token: str
    leave_to: str
    """The site that opens for whoever leaves at once."""
    demonstration: bool
    """Whether everything here is invented, so that anybody may sign in as one of its users."""
    may_wait: BoundedSemaphore
    """Lets so many requests at a time wait for somebody else's lock."""


def wiring() -> Wiring:
    """Return what the application that serves this request was put together with."""
    found: Wiring = current_app.extensions["casework"]
    return found
