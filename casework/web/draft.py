"""Keeping what is typed, as it is typed: asked for by the scripts of a page, and by the button that says so."""

import re
from typing import Final

from flask import Response

from casework.rules.refusals import NotFound
from casework.web.addresses import local
from casework.web.forgery import FIELD
from casework.web.page import HELPERS, STAFF, Answer, Page, Redirect, Visit
from casework.work import drafts

_SUBJECT: Final = re.compile(
    r"(?:new [a-z_]{1,40}|edit [A-Z0-9-]{1,40}|message [A-Z0-9-]{1,40}|step [A-Z0-9-]{1,40} [a-z_]{1,60})"
)
_OURS: Final = frozenset((FIELD, "once", "version", "subject"))


@Page("POST", "/drafts", STAFF | HELPERS)
def keep(visit: Visit) -> Answer:
    """Keep the fields of a form, under what it is about; says when."""
    tx, posted = visit.tx, visit.posted
    subject, version = posted.get("subject", ""), posted.get("version", "")
    if not _SUBJECT.fullmatch(subject):
        raise NotFound
    fields = {name: values for name, values in posted.lists() if name not in _OURS}
    seen = int(version) if version.isdigit() and len(version) < 10 else None
    drafts.keep(tx, drafts.of_user(tx), subject, fields, seen)
    return Response(f"{tx.now.astimezone(tx.service.zone):%H:%M}", content_type="text/plain; charset=utf-8")


@Page("POST", "/drafts/drop", STAFF | HELPERS)
def drop(visit: Visit) -> Answer:
    """Forget what was typed, and begin anew."""
    drafts.drop(visit.tx, drafts.of_user(visit.tx), visit.posted.get("subject", ""))
    return Redirect(local(visit.posted.get("next", ""), "/desk"))
