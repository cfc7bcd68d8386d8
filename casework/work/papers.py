"""The papers that a person has handed in for other cases, so that nobody is asked for them again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from casework.records import history, twins
from casework.rules.casefile import STAFF, CaseFile, EarlierPaper
from casework.rules.duplicates import same_person
from casework.rules.grammar import NEW
from casework.rules.papers import plain_name
from casework.work import programmes
from casework.work.service import Transaction

_PROVES_IDENTITY: Final = ("document", "agent")
"""The checks by which staff have seen whose number it is; a telephone on file is whatever was typed with the number."""


def handed_in_before(
    tx: Transaction, case: CaseFile, digests: Mapping[str, bytes] | None = None
) -> tuple[EarlierPaper, ...]:
    """Each paper of the person's other cases of this kind once; `digests` are those of a case not stored yet.

    Of cases that the organisation of this one may not see nothing is told. Nor is anything where a request came online
    and nobody has proven yet whose number it is.
    """
    staff = tx.acting.person
    if staff is None or digests == {} or not _identity_known(tx, case):
        return ()
    # What an organisation above may see besides would be read in the letters and refusals of this case.
    rows = twins.find(tx.db, case, replace(staff, org_path=case.org_path), digests, ever=True)
    theirs = [row for row in rows if row.seen and same_person(row.by, case.facts["applicant"], row.facts["applicant"])]
    found = {
        plain_name(paper["name"]): EarlierPaper(paper["name"], paper["copies"], row.number)
        for row in reversed(theirs)
        for paper in row.facts.get("papers", ())
    }
    return tuple(found.values())


def _identity_known(tx: Transaction, case: CaseFile) -> bool:
    [opening] = programmes.pinned(case).leaving(NEW)
    if case.taken[opening.name].role in STAFF:
        return True
    return history.identity_was_checked(tx.db, case.id, _PROVES_IDENTITY)
