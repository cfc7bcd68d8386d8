"""The case that an address names."""

from uuid import UUID

from werkzeug.datastructures import MultiDict

from casework.records import cases
from casework.records.rows import StoredCase
from casework.rules.refusals import NotFound
from casework.work.service import Transaction


def case_id_of(tx: Transaction, number: str) -> UUID:
    """Return the id of the case of this number; raises `NotFound`. Whether the caller sees it is not said."""
    case_id = cases.id_of(tx.db, number)
    if case_id is None:
        raise NotFound
    return case_id


def version_of(posted: MultiDict[str, str]) -> frozenset[int]:
    """Return the version that a form was made for, as `Transaction.if_match` takes it; empty where it says none."""
    version = posted.get("version", "")
    return frozenset({int(version)} if version.isdigit() and len(version) < 10 else ())


def case_of(tx: Transaction, number: str) -> StoredCase:
    """Return the case of this number as the caller may see it; raises `NotFound`."""
    return cases.get(tx.db, case_id_of(tx, number), tx.person)
