"""What no move makes, written as the owner of the database: the application may not."""

from typing import Any

from sqlalchemy.engine import CursorResult

from casework.records.database import APPLICATION, OWNER, Tx


def rewrite(tx: Tx, statement: str, **values: Any) -> CursorResult[Any]:
    """Execute one statement as the owner, in the transaction of the application."""
    tx.run(f"set local role {OWNER}")
    done = tx.run(statement, **values)
    tx.run(f"set local role {APPLICATION}")
    return done
