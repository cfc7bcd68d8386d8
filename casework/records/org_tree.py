"""The tree of organisations as a process keeps it: codes, paths, and which ones lie at and below a path."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casework.records.database import Query, Tx

_ALL = Query('select id::text, code, path from casework.orgs order by path collate "C"', lambda *columns: columns)


@dataclass(frozen=True, slots=True)
class OrgTree:
    """The tree as of one revision; a path names an organisation by the codes from the root down to it."""

    revision: int
    codes: Mapping[str, str]
    """By the id, written as text."""
    paths: Mapping[str, str]
    """By the code, in the order of the tree."""
    _ids: Sequence[str]
    _in_order: Sequence[str]

    def below(self, path: str) -> Sequence[str] | None:
        """Return the ids of the organisations at and below a path, None where these are all that there are."""
        start, end = bisect_left(self._in_order, path), bisect_left(self._in_order, path + chr(0x10FFFF))
        return None if end - start == len(self._ids) else self._ids[start:end]


def read(tx: Tx) -> OrgTree:
    """Return the tree as it stands."""
    rows = tx.ask(_ALL, {})
    codes = {org_id: code for org_id, code, _ in rows}
    paths = {code: path for _, code, path in rows}
    return OrgTree(tx.tree_revision, codes, paths, [row[0] for row in rows], list(paths.values()))
