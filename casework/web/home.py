"""The two doors at `/`, the language, and where programs go on."""

import msgspec
from flask import Response, redirect, request
from werkzeug.datastructures import MultiDict

from casework.rules.text import LANGUAGES
from casework.web import cookies
from casework.web.addresses import local
from casework.web.apply import programmes
from casework.web.page import Answer, Html, Page

_PLACES = {
    "documentation": "/api/v1/docs",
    "description": "/api/v1/openapi.json",
    "alive": "/healthz",
    "ready": "/readyz",
    "metrics": "/metrics",
}


@Page("GET", "/", "everybody")
def home(_: MultiDict[str, str]) -> Answer:
    """Two doors: I need help, I work here; for programs the addresses as JSON."""
    if request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html") == "application/json":
        answer = Response(msgspec.json.encode(_PLACES), content_type="application/json")
        answer.vary.add("Accept")
        return answer
    return Html("home", {"programmes": programmes()}, headers={"Vary": "Accept, Accept-Encoding, Accept-Language"})


@Page("POST", "/language", "everybody")
def speak(posted: MultiDict[str, str]) -> Answer:
    """Keep the language that was chosen, and go back."""
    answer = redirect(local(posted.get("next", "/")), 303)
    chosen = next((one for one in LANGUAGES if one == posted.get("language")), None)
    if chosen:
        cookies.keep_language(answer, chosen)
    return answer
