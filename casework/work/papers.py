"""The papers that a person has handed in for other cases, so that nobody is asked for them again."""

import re
from collections.abc import Iterable
from typing import Final

from casework.records import history
from casework.records.rows import StoredCase
from casework.records.twins import Other
from casework.rules.case import Case
from casework.rules.context import EarlierPaper
from casework.rules.duplicates import same_person
from casework.rules.grammar import NEW
from casework.rules.paper_names import OTHER_PAPER
from casework.rules.papers import plain_name
from casework.rules.people import STAFF
from casework.work import workflow_registry
from casework.work.sealing import sealed_by_part
from casework.work.service import Transaction

_PROVES_IDENTITY: Final = ("document", "agent")
"""The checks by which staff have seen whose number it is; a telephone on file is whatever was typed with the number."""


def handed_in_before(tx: Transaction, case: Case, others: Iterable[Other]) -> tuple[EarlierPaper, ...]:
    """Each paper of the person's `others`, the cases of this kind with the same numbers, once.

    Of cases that the organisation of this one may not see nothing is told. Nor is anything where a request came online
    and nobody has proven yet whose number it is.
    """
    # What an organisation above may see besides would be read in the letters and refusals of this case.
    reader = tx.acting.person
    below = (
        one
        for one in others
        if one.org_path.startswith(case.org_path) and (reader is None or reader.id not in (one.walled_off or ()))
    )
    theirs = [one for one in below if same_person(one.by, case.facts["applicant"], one.facts["applicant"])]
    if not theirs or tx.acting.person is None or not _identity_known(tx, case):
        return ()
    found = {
        plain_name(paper["name"]): EarlierPaper(paper["name"], paper["copies"], one.number)
        for one in reversed(theirs)
        for paper in one.facts.get("papers", ())
        if paper["name"] != OTHER_PAPER
    }
    return tuple(found.values())


def papers_in_full(tx: Transaction, record: StoredCase) -> tuple[str, ...]:
    """The names in full of the papers of a case of which not all may lie open."""
    parts = sealed_by_part(tx, record).values()
    return tuple(value for said in parts for path, value in said.items() if _PAPER.fullmatch(path))


_PAPER: Final = re.compile(r"papers\.[0-9]+\.name")


def _identity_known(tx: Transaction, case: Case) -> bool:
    [opening] = workflow_registry.pinned(case).leaving(NEW)
    if case.taken[opening.name].role in STAFF:
        return True
    return history.identity_was_checked(tx.db, case.id, _PROVES_IDENTITY)
