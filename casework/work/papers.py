"""The papers that a person has handed in for other cases, so that nobody is asked for them again."""

from collections.abc import Mapping

from casework.records import twins
from casework.rules.casefile import CaseFile, EarlierPaper
from casework.rules.duplicates import same_person
from casework.rules.papers import plain_name
from casework.work.service import Transaction


def handed_in_before(
    tx: Transaction, case: CaseFile, digests: Mapping[str, bytes] | None = None
) -> tuple[EarlierPaper, ...]:
    """Each paper of the person's other cases of this kind once; `digests` are those of a case not stored yet."""
    rows = [] if digests == {} else twins.find(tx.db, case, tx.acting.person, digests, ever=True)
    theirs = [row for row in rows if same_person(row.by, case.facts["applicant"], row.facts["applicant"])]
    found = {
        plain_name(paper["name"]): EarlierPaper(paper["name"], paper["copies"], row.number if row.seen else None)
        for row in reversed(theirs)
        for paper in row.facts.get("papers", ())
    }
    return tuple(found.values())
