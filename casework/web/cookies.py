"""The cookies of the pages: whose session it is, a mark for visitors' forms, and the language that was chosen."""

from typing import Final

from flask import request
from werkzeug.wrappers import Response

from casework.http.wiring import wiring
from casework.rules.text import LANGUAGES, Language

_SESSION: Final = "casework-session"
_VISITOR: Final = "casework-visitor"
_LANGUAGE: Final = "casework-language"
_KEYS: Final = "casework-keys"
_LONGEST: Final = 400
_A_YEAR_S: Final = 365 * 24 * 3600


def session() -> str:
    """The token of the session; empty where nobody is signed in."""
    return read(_SESSION)


def visitor() -> str:
    """The mark of a browser in which nobody is signed in; empty where it has none yet."""
    return read(_VISITOR)


def language() -> Language | None:
    """The language that was chosen in this browser."""
    chosen = read(_LANGUAGE)
    return next((one for one in LANGUAGES if one == chosen), None)


def keep_session(response: Response, token: str) -> None:
    """Keep the session's token until the browser is closed; when it ends is for the database to say."""
    keep(response, _SESSION, token)


def drop_session(response: Response) -> None:
    """Forget the session's token."""
    keep(response, _SESSION, "", max_age=0)


def keep_visitor(response: Response, mark: str) -> None:
    """Keep the mark of a browser in which nobody is signed in."""
    keep(response, _VISITOR, mark)


def keep_language(response: Response, chosen: Language) -> None:
    """Keep the chosen language for a year."""
    keep(response, _LANGUAGE, chosen, max_age=_A_YEAR_S)


def keys_off() -> bool:
    """Whether keys are switched off in this browser."""
    return read(_KEYS) == "off"


def keep_keys_off(response: Response, *, off: bool) -> None:
    """Switch keys off in this browser for a year, or on again."""
    keep(response, _KEYS, "off" if off else "", max_age=_A_YEAR_S if off else 0)


def read(name: str) -> str:
    """The cookie of this name; empty where there is none, or one that is none of ours."""
    found = request.cookies.get(_prefix() + name, "")
    return found if len(found) <= _LONGEST and found.isascii() else ""


def _prefix() -> str:
    # A browser takes a cookie of this name only with TLS, from this host, and for all of it (RFC 6265bis, 4.1.3.2).
    return "__Host-" if by_tls() else ""


def by_tls() -> bool:
    """Whether the browser speaks TLS, with us or with a proxy that we trust."""
    if request.is_secure:
        return True
    said = request.headers.get("X-Forwarded-Proto", "").split(",")
    return wiring().trusted_proxies > 0 and said[-1].strip().lower() == "https"


def keep(response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    """Have the browser keep a cookie that scripts do not see and other sites do not send.

    It is kept until the browser is closed, or for `max_age` seconds; 0 forgets it.
    """
    response.set_cookie(
        _prefix() + name, value, max_age=max_age, path="/", secure=by_tls(), httponly=True, samesite="Lax"
    )
