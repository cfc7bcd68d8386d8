"""What an applicant writes to whoever handles the application; it stands on the page of the application."""

from dataclasses import replace

from flask import request
from werkzeug.datastructures import MultiDict

from casework.rules.refusals import Invalid, NotNow, SlowDown
from casework.web import typed, visiting
from casework.web.once import once
from casework.web.page import Answer, Page, Redirect
from casework.web.track import Unwritten, application_page, case_of_ticket, ended, owner_of
from casework.work import carrying, messages
from casework.work.service import Transaction


@Page("GET", "/track/<number>/messages", "everybody")
def own_messages(_: MultiDict[str, str], number: str) -> Answer:
    """The page of the application, with what was typed where it was sent too late."""
    case_id, address = case_of_ticket(number), request.path

    def shown(tx: Transaction) -> Answer:
        fields = carrying.find(tx, owner_of(case_id), address)
        if fields is None:
            return Redirect(f"/track/{number}#messages")
        text = fields.get("text", [""])[0]
        return replace(application_page(tx, case_id, message=Unwritten(text, typed.Unsent())), status=200)

    return visiting.visiting(shown)


@Page("POST", "/track/<number>/messages", "everybody")
def write(posted: MultiDict[str, str], number: str) -> Answer:
    """A message to the office; where it is not taken it stands as it was typed."""
    case_id = visiting.ticket(number)
    if case_id is None:
        return ended(posted, number)
    text, address = posted.get("text", ""), request.path

    def written(tx: Transaction) -> Answer:
        def write_own() -> Answer:
            messages.write_own(tx, case_id, {"text": text})
            carrying.drop(tx, owner_of(case_id), address)
            return Redirect(f"/track/{number}#messages")

        return once(tx, f"applicant of {case_id}", address, posted.get("once", ""), write_own)

    try:
        return visiting.visiting(written)
    except (Invalid, NotNow, SlowDown) as refused:
        unwritten = Unwritten(text, refused)
    return visiting.visiting(lambda tx: application_page(tx, case_id, message=unwritten))
