"""The deadlines of somebody for a calendar program, which shows no session but an address that nobody guesses."""

from hashlib import sha256

from flask import Response, request
from werkzeug.datastructures import MultiDict

from casework.web import visiting
from casework.web.page import Answer, Page
from casework.work import calendar_feeds


@Page("GET", "/calendar/<token>.ics", "everybody")
def calendar_feed(_: MultiDict[str, str], token: str) -> Answer:
    """The calendar; 304 to a program that has it as it is."""
    written = visiting.visiting(lambda tx: calendar_feeds.read(tx, token))
    answer = Response(written, content_type="text/calendar; charset=utf-8")
    answer.set_etag(sha256(written.encode()).hexdigest()[:32])
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)
