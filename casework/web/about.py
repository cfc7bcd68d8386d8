"""Pages that say how we deal with people's data, and who can use these pages how."""

from werkzeug.datastructures import MultiDict

from casework.web.page import Answer, Html, Page
from casework.work.drafts import KEPT_FOR


@Page("GET", "/privacy", "everybody")
def privacy(_: MultiDict[str, str]) -> Answer:
    """What is asked for, who sees it, how long it is kept, and what one may demand."""
    return Html("privacy", {"draft_days": KEPT_FOR.days})


@Page("GET", "/accessibility", "everybody")
def accessibility(_: MultiDict[str, str]) -> Answer:
    """What these pages are made for, and whom to tell where they fail."""
    return Html("accessibility")
