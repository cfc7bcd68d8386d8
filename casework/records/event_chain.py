"""The chain of events: each event's hash covers what it says and the hash of the one before."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

GENESIS: Final = bytes(32)


def digest(
    prev_hash: bytes,
    case_id: UUID,
    seq: int,
    at: datetime,
    kind: str,
    actor_id: UUID | None,
    actor_role: str,
    payload: Mapping[str, Any],
) -> bytes:
    """SHA-256 over the previous hash and the event in canonical JSON (sorted keys, UTC microseconds)."""
    return chained(prev_hash, canonical(case_id, seq, at, kind, actor_id, actor_role, payload))


def canonical(
    case_id: UUID,
    seq: int,
    at: datetime,
    kind: str,
    actor_id: UUID | None,
    actor_role: str,
    payload: Mapping[str, Any],
) -> str:
    """Return the event as its hash covers it."""
    return canonical_json(
        {
            "case": str(case_id),
            "seq": seq,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "kind": kind,
            "actor": str(actor_id) if actor_id else None,
            "role": actor_role,
            "payload": payload,
        }
    )


def administrative(
    seq: int,
    at: datetime,
    kind: str,
    actor_id: UUID | None,
    subject: str,
    places: Sequence[str],
    payload: Mapping[str, Any],
) -> str:
    """Return an event of the administrative chain as its hash covers it."""
    return canonical_json(
        {
            "seq": seq,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "kind": kind,
            "actor": str(actor_id) if actor_id else None,
            "subject": subject,
            "places": list(places),
            "payload": payload,
        }
    )


def canonical_json(value: Mapping[str, Any]) -> str:
    """Return the one way in which a value is written for a hash."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chained(prev_hash: bytes, body: str) -> bytes:
    """Return the hash of what `canonical` has written."""
    return hashlib.sha256(prev_hash + body.encode()).digest()
