"""Cases for which nobody was left to be asked: the search goes on as soon as somebody has room or is back."""

from typing import Final

from casework.records import offers as records
from casework.work import offer_answers
from casework.work.overdue import each_by_itself
from casework.work.service import Service

AT_ONCE: Final = 50
"""So many cases are looked at in one round, the most urgent ones."""


def serve(service: Service) -> int:
    """Make an offer for each waiting case that somebody can take by now; gives how many.

    The most urgent first, among these those that the law puts first, then what is due first; each by itself, so that
    one that fails holds up no other.
    """
    with service.transaction() as tx:
        waiting = records.nobody_left(tx.db, AT_ONCE)
    return each_by_itself(service, "case_id", waiting, offer_answers.go_on)
