"""Service keys follow one another: all data keys are wrapped anew under the first one, while the service goes on.

What is sealed stays as it is; only the data keys that open it are wrapped anew. Each batch is a transaction of its
own, so that whoever is stopped halfway has done a part, and going on does the rest.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from casework.records import admin_events, keys
from casework.records.keys import INDEX_PLACE, ApplicantKey
from casework.records.vault import NotOpened, applicant_place
from casework.rules.refusals import Refusal
from casework.rules.text import Text
from casework.work.service import Service

BATCH: Final = 500
# What processes with another key in front write meanwhile is found by the next pass, unless they go on and on.
_MOST_PASSES: Final = 3
# Whoever opens a case waits behind us while we wait for the count, and goes ahead of us while we pause.
_WAIT_MS: Final = 200
_PAUSE_S: Final = 0.5
_BEFORE_ALL: Final = UUID(int=0)
MISSING: Final = Text(
    "CASEWORK_ENCRYPTION_KEYS 缺少密钥 {key_ids}，部分申请人的资料打不开；请把旧密钥补在新密钥之后。",
    "CASEWORK_ENCRYPTION_KEYS lacks the keys {key_ids}, so some applicants cannot be read; put the old keys behind"
    " the new one.",
)


class MissingKeys(Refusal):
    """Data keys are wrapped under service keys that the settings do not have."""

    code = "unavailable"


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many data keys were wrapped anew, how many are left under other keys, and those that do not open.

    `left` is None where they could not be counted, because somebody was writing data keys all the time.
    """

    done: int
    left: int | None
    broken: tuple[UUID, ...]


def rotate(service: Service, progress: Callable[[int], None], *, batch: int = BATCH, within_s: float = 60) -> Rotated:
    """Wrap every data key under the first service key; `progress` is told after each batch how many were done.

    What is left is counted when no transaction is open that writes a data key, and for so many seconds at most such a
    moment is waited for. Raises `MissingKeys`, before anything is changed, where a key is wrapped under one that the
    settings do not have.
    """
    _ensure_all_known(service)
    done, broken = 0, set[UUID]()
    left: int | None = 0
    for _ in range(_MOST_PASSES):
        done = _pass(service, progress, batch, done, broken)
        done += _index_key(service)
        counted = _counted(service, within_s)
        if counted is None:
            left = None
            break
        left = sum(many for key_id, many in counted.items() if key_id != service.keyring.current)
        if left <= len(broken):
            break
    with service.transaction() as tx:
        told = {"wrapped": done, "left": left, "broken": len(broken)}
        admin_events.add(tx.db, tx.actor_id, "keys_rotated", service.keyring.current, payload=told)
    return Rotated(done, left, tuple(sorted(broken)))


def _ensure_all_known(service: Service) -> None:
    with service.transaction() as tx:
        missing = service.keyring.missing(keys.counts(tx.db))
    if missing:
        raise MissingKeys(MISSING.with_(key_ids=", ".join(missing)))


def _counted(service: Service, within_s: float) -> Mapping[str, int] | None:
    """How many data keys lie under which service key while nobody writes one; None where somebody always did."""
    limit = time.monotonic() + within_s
    while True:
        with service.transaction() as tx:
            counted = keys.counts_settled(tx.db, _WAIT_MS)
        if counted is not None or time.monotonic() > limit:
            return counted
        time.sleep(_PAUSE_S)


def _pass(service: Service, progress: Callable[[int], None], batch: int, done: int, broken: set[UUID]) -> int:
    """Wrap the keys of applicants that are under another service key, once through; returns how many are done."""
    after = _BEFORE_ALL
    while True:
        with service.transaction() as tx:
            found = keys.others_than(tx.db, service.keyring.current, after, batch)
            wrapped = [anew for one in found if (anew := _anew(service, one, broken))]
            keys.change(tx.db, wrapped)
        done += len(wrapped)
        progress(done)
        if len(found) < batch:
            return done
        after = found[-1].applicant_id


def _anew(service: Service, one: ApplicantKey, broken: set[UUID]) -> ApplicantKey | None:
    """The key wrapped under the first service key; None, and its applicant noted, where it does not open."""
    place = applicant_place(one.applicant_id)
    try:
        opened = service.keyring.unwrap(place, one.key)
    except NotOpened:
        broken.add(one.applicant_id)
        return None
    return ApplicantKey(one.applicant_id, service.keyring.wrap(place, opened))


def _index_key(service: Service) -> int:
    """Wrap the key of the blind indexes under the first service key; returns 1 if it was under another one."""
    with service.transaction() as tx:
        before = keys.index_key(tx.db)
        if before is None or before.key_id == service.keyring.current:
            return 0
        after = service.keyring.wrap(INDEX_PLACE, service.keyring.unwrap(INDEX_PLACE, before))
        return int(keys.change_index_key(tx.db, before, after))
