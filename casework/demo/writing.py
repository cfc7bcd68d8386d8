"""Stories written down, many at a time, as the single write would have written each move."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from uuid import UUID, uuid4

from casework.demo.tree import CALENDAR
from casework.records import bulk, offices
from casework.records.event_chain import GENESIS
from casework.records.rows import StoredCase, sealed_parts
from casework.records.vault import WrappedKey, applicant_place, blind_index, new_key
from casework.stories.story import Story, Told
from casework.work.blind_indexes import blind_indexes_of, held_numbers
from casework.work.letters import Sender, letter_rows, sent_by, series
from casework.work.sealing import sealed_of
from casework.work.service import Transaction


def write(tx: Transaction, stories: list[Story], org_ids: Mapping[str, UUID]) -> dict[UUID, bytes]:
    """Store the stories with all that hangs on them, letters numbered in the order in which they were sent.

    Gives the key of each case's applicant.
    """
    index_key = tx.index_key
    applicants = _applicants(tx, stories, index_key)
    keys = {id: tx.service.keyring.unwrap(applicant_place(id), key) for id, key in applicants.values()}
    records = {story.case.id: unopened(story, org_ids, *applicants[_identity(story)]) for story in stories}
    next_serial = _letter_serials(tx, stories)
    senders = {code: Sender.of(org) for code, org in offices.all_orgs(tx.db).items()}
    workflows = {story.case.workflow: story.world.workflow for story in stories}
    batches = {key: bulk.Batch(workflow) for key, workflow in workflows.items()}
    for story, told in _in_order(stories):
        move, record, workflow = told.move, records[story.case.id], story.world.workflow
        key = keys[record.applicant_id]
        records[story.case.id] = batches[workflow.key].write(
            record,
            move,
            told.office,
            sealed=sealed_of(move, key, sealed_parts(move)),
            blind_indexes=blind_indexes_of(move, index_key),
            letters=letter_rows(move, workflow, key, told.office, senders.__getitem__, local_day(told), next_serial),
        )
    for batch in batches.values():
        batch.send(tx.db)
    bulk.hold(tx.db, {story.case.id: (story.case.workflow, _held(story, index_key)) for story in stories})
    return {case_id: keys[record.applicant_id] for case_id, record in records.items()}


def _held(story: Story, index_key: bytes) -> set[bytes]:
    """What an open case keeps for itself."""
    if story.case.closed_at:
        return set()
    return held_numbers(story.world.workflow, story.case.facts, story.sealed, index_key)


def _in_order(stories: list[Story]) -> Iterator[tuple[Story, Told]]:
    """All moves by time; those of one story stay in their order."""
    moves = [
        (told.move.at, number, step) for number, story in enumerate(stories) for step, told in enumerate(story.told)
    ]
    for _, number, step in sorted(moves):
        yield stories[number], stories[number].told[step]


def _identity(story: Story) -> str:
    return story.opening.person.identity_number


def _applicants(tx: Transaction, stories: list[Story], index_key: bytes) -> dict[str, tuple[UUID, WrappedKey]]:
    """The applicant of each identity number with its key: who asked before keeps the one there is."""
    indexes = {identity: blind_index(index_key, "identity_number", identity) for identity in map(_identity, stories)}
    fresh = {}
    for index in indexes.values():
        applicant_id = uuid4()
        wrapped = tx.service.keyring.wrap(applicant_place(applicant_id), new_key())
        fresh[index] = {"id": applicant_id, "key_id": wrapped.key_id, "wrapped_key": wrapped.wrapped}
    stored = bulk.applicants_for(tx.db, fresh)
    return {
        identity: (stored[index].id, WrappedKey(stored[index].key_id, stored[index].wrapped_key))
        for identity, index in indexes.items()
    }


def unopened(story: Story, org_ids: Mapping[str, UUID], applicant_id: UUID, key: WrappedKey) -> StoredCase:
    """Return the record of a story as it is before its first move."""
    place = story.opening.place
    return StoredCase(
        case=story.told[0].move.before,
        org_id=org_ids[place.code],
        applicant_id=applicant_id,
        region=place.region,
        calendar=CALENDAR,
        last_hash=GENESIS,
        applicant_key=key,
    )


def _letter_serials(tx: Transaction, stories: list[Story]) -> Callable[[str], int]:
    """Gives the next number of a series of letters, of as many as these stories need."""
    needed = Counter(
        series(workflow, sent_by(letter, told.move), letter, local_day(told).year)
        for story in stories
        for workflow in (story.world.workflow,)
        for told in story.told
        for letter in map(workflow.by_letter.__getitem__, told.move.letters)
        if letter.numbered
    )
    following = bulk.first_letter_serials(tx.db, needed)

    def next_serial(scope: str) -> int:
        following[scope] += 1
        return following[scope] - 1

    return next_serial


def local_day(told: Told) -> date:
    """Return the date of a move where it was made."""
    return told.office.calendar.local_date(told.move.at)
