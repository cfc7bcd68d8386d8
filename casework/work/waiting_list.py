"""Cases for which nobody was left to be asked: the search goes on as soon as somebody has room or is back."""

from typing import Final

import structlog

from casework.records import offers as records
from casework.rules.people import CLOCK
from casework.rules.refusals import Refusal
from casework.work import offer_answers
from casework.work.service import Service

AT_ONCE: Final = 50
"""So many cases are looked at in one round, the most urgent ones."""

_log = structlog.get_logger()


def serve(service: Service) -> int:
    """Make an offer for each waiting case that somebody can take by now; gives how many.

    The most urgent first, among these those that the law puts first, then what is due first; each by itself, so that
    one that fails holds up no other.
    """
    with service.transaction() as tx:
        waiting = records.nobody_left(tx.db, AT_ONCE)
    made = 0
    for case_id in waiting:
        try:
            with service.transaction(CLOCK) as tx:
                made += offer_answers.go_on(tx, case_id)
        except Exception as failed:  # noqa: BLE001  # whatever it is, the others go on
            why = {"why": failed.text.en} if isinstance(failed, Refusal) else {"exc_info": failed}
            _log.error("offer_failed", case_id=str(case_id), **why)
    return made
