"""Tracking codes, by which applicants without an account come back to their case; only digests of them are stored."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from casework.records.database import Tx


def keep(tx: Tx, case_id: UUID, digest: bytes) -> None:
    """From now on this is the code of the case; one that it had before ends."""
    tx.run(
        """insert into tracking_codes (case_id, digest, issued_at) values (:case_id, :digest, :now)
           on conflict (case_id) do update set digest = excluded.digest, issued_at = excluded.issued_at""",
        case_id=case_id,
        digest=digest,
        now=tx.now,
    )


def of_cases(tx: Tx, case_ids: list[UUID]) -> dict[UUID, bytes]:
    """The digests of the codes of those of these cases that have one."""
    rows = tx.all("select case_id, digest from tracking_codes where case_id = any(:ids)", ids=case_ids)
    return {row.case_id: row.digest for row in rows}


def find(tx: Tx, number: str) -> Row[Any] | None:
    """`case_id, digest` of the case of this number, None where there is no such case or it has no code."""
    return tx.one(
        "select c.id as case_id, t.digest from cases c join tracking_codes t on t.case_id = c.id"
        " where c.number = :number",
        number=number,
    )
