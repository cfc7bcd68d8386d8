"""Which versions of the workflows this database has seen, each by the fingerprint of its definition."""

from collections.abc import Sequence

from casework.records.database import Tx


def note_version(tx: Tx, workflow: str, version: int, fingerprint: str) -> str:
    """Return the fingerprint under which this version is noted, which is the first that was given."""
    noted: str = tx.run(
        """insert into workflow_versions (workflow, version, fingerprint, first_seen_at)
           values (:workflow, :version, :fingerprint, :now)
           on conflict (workflow, version) do update set workflow = excluded.workflow
           returning fingerprint""",
        workflow=workflow,
        version=version,
        fingerprint=fingerprint,
        now=tx.now,
    ).scalar_one()
    return noted


def noted_versions(tx: Tx) -> Sequence[tuple[str, int]]:
    """Return every version that was noted: key and number, in their order."""
    rows = tx.all("select workflow, version from workflow_versions order by workflow, version")
    return [(row.workflow, row.version) for row in rows]


def has_cases(tx: Tx, workflow: str, version: int) -> bool:
    """Return whether a case is pinned to this version."""
    pinned = "select 1 from cases where workflow = :workflow and workflow_version = :version limit 1"
    return tx.one(pinned, workflow=workflow, version=version) is not None
