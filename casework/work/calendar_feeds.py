"""The deadlines of somebody as a calendar, under an address that opens without signing in and can be revoked.

The address is told once; stored is only its digest. It ends with the tokens of its user: with another password, with
signing out everywhere, and when the user is deactivated.
"""

import secrets
from typing import Final

from casework.records import calendar_feeds as records
from casework.records.people import person_of
from casework.rules.icalendar import Deadline, calendar
from casework.rules.refusals import NotFound
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.delivery.messages import title_outside
from casework.work.service import Transaction

_NO_FEED: Final = Text(
    "这个日历地址已经失效；请在“个人设置”中重新取得。",
    "This calendar address is not valid any more; get another one on your settings page.",
)
_LONGEST: Final = 100


def begin(tx: Transaction) -> str:
    """Return the path of a new feed of the caller, told this once; an earlier one ends."""
    token = secrets.token_urlsafe(32)
    records.keep(tx.db, tx.person.id, token)
    return f"/calendar/{token}.ics"


def end(tx: Transaction) -> None:
    """End the feed of the caller, if there is one."""
    records.end(tx.db, tx.person.id)


def read(tx: Transaction, token: str) -> str:
    """Return the calendar of a feed, in the language of its user; raises `NotFound` where there is none."""
    found = records.reader(tx.db, token[:_LONGEST])
    if found is None:
        raise NotFound(_NO_FEED)
    rows = records.deadlines(tx.db, person_of(found))
    deadlines = [
        Deadline(
            case_id=row.id,
            number=row.number,
            clock=row.name,
            generation=row.generation,
            title=title_outside(workflow_registry.of(row.workflow, row.workflow_version).by_clock[row.name]),
            on=row.due_on,
            provisional=row.provisional,
            changed_at=row.updated_at,
        )
        for row in rows
    ]
    return calendar(deadlines, found.language)
