"""Who could take a case, and the plan for all that wait: reads what `casework.matching` judges by."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from casework.forms.form import form_of
from casework.matching.candidates import WEIGHTS, Candidate, Helper, Need, candidates, known_of
from casework.matching.conflicts import Conflict, Known, Party, PastCase
from casework.matching.names import Kind
from casework.matching.plan import Line, Waiting, plan
from casework.matching.profiles import Relation
from casework.records import cases, matching, offers, offices, people
from casework.records.locks import lock_digests
from casework.records.rows import StoredCase
from casework.rules.clockwork import nearest_clock
from casework.rules.grammar import Transition, Workflow
from casework.rules.offers import TURNED_DOWN
from casework.rules.parties import FACT, further_parties, stands_beside
from casework.rules.people import STAFF, Person
from casework.rules.refusals import Fault, Invalid, NotYours, Refusal
from casework.rules.text import Text
from casework.work import profiles, workflow_registry
from casework.work.sealing import full_facts
from casework.work.service import Transaction

MOST_PLANNED: Final = 200
"""So many cases of an organisation are planned at once, the most urgent ones."""

_LATELY: Final = timedelta(days=183)
_NOT_STAFF: Final = Text("只有经办人和审批人可以查看人选。", "Only staff look for somebody to help.")
_UNKNOWN_ORG: Final = Text("没有这个机构，或者不在您的管辖范围内。", "There is no such organisation at or below yours.")


@dataclass(frozen=True, slots=True)
class Planned:
    """A line of a plan; where it was carried out and could not be, `refused` says why."""

    line: Line
    done: bool = False
    refused: Refusal | None = None


def candidates_for(tx: Transaction, case_id: UUID) -> list[Candidate]:
    """Return everybody within reach, judged for a case: the best first, those who cannot take it last.

    Nobody where the programme names no helpers. Raises `NotFound` and `NotYours`.
    """
    record = cases.get(tx.db, case_id, tx.person)
    _ensure_staff(tx)
    if not _handing(workflow_registry.pinned(record.case)):
        return []
    return judged(tx, record)


def judged(tx: Transaction, record: StoredCase, *, asked: bool = True) -> list[Candidate]:
    """Return everybody within reach, judged for a case, in the order of `candidates_for`.

    Offers that wait for an answer count as cases in hand where they are `asked` for.
    """
    case_id = record.case.id
    found = _helpers(tx, record.case.org_path, but=[case_id])
    if not asked:
        found = [replace(helper, asked=0) for helper in found]
    turned_down = offers.left_by(tx.db, [case_id], TURNED_DOWN).get(case_id, ())
    return _judged(tx, record, found, known_of(found), turned_down)


def plan_for(tx: Transaction, org: str | None, *, alone: bool = False) -> list[Line]:
    """Return who should take each case that waits for a helper at an organisation and below; nothing is changed.

    `alone`: it is to be carried out, and until then no other plan of the province gives its helpers cases. Raises
    `NotYours`, and `Invalid` for an organisation that is not there.
    """
    _ensure_staff(tx)
    if alone:
        # Helpers of the province are within reach of all its cities.
        lock_digests(tx.db, "plans", [tx.person.org_path.partition("/")[0].encode()])
    place = offices.org(tx.db, org) if org is not None else None
    if org is not None and (place is None or not place.path.startswith(tx.person.org_path)):
        raise Invalid([Fault("org", "unknown_org", _UNKNOWN_ORG)])
    path = place.path if place else tx.person.org_path
    states = {
        (workflow.key, state)
        for workflow in workflow_registry.latest()
        for edge in _handing(workflow)
        for state in edge.sources
    }
    ids = matching.waiting(tx.db, tx.person, path, states, MOST_PLANNED) if states else []
    records = [cases.get(tx.db, case_id, tx.person) for case_id in ids]
    turned_down = offers.left_by(tx.db, ids, TURNED_DOWN)
    by_city: dict[str, tuple[list[Helper], Known]] = {}
    waiting = []
    for record in records:
        city = matching.city_of(record.case.org_path)
        if city not in by_city:
            helpers = _helpers(tx, record.case.org_path, but=ids)
            by_city[city] = (helpers, known_of(helpers))
        found = _judged(tx, record, *by_city[city], turned_down.get(record.case.id, ()))
        waiting.append(_waiting(record, found))
    weights = _weights(tx, records[0]) if records else {}
    return plan(waiting, _further(by_city.values(), weights.get("match_load", Decimal(0))))


def _waiting(record: StoredCase, found: Sequence[Candidate]) -> Waiting:
    case, workflow = record.case, workflow_registry.pinned(record.case)
    nearest = nearest_clock(workflow, case)
    due_on = nearest.due.on if nearest and nearest.due else None
    matter = profiles.matters().get(_matter(workflow, case.facts) or "")
    return Waiting(case.id, case.number, found, matter, due_on, case.urgent)


def _matter(workflow: Workflow, facts: Mapping[str, Any]) -> str | None:
    return next((str(facts[name]) for name in workflow.matter if facts.get(name)), None)


def _ensure_staff(tx: Transaction) -> None:
    if tx.person.role not in STAFF:
        raise NotYours(_NOT_STAFF)


def _handing(workflow: Workflow) -> list[Transition]:
    """The transitions by which a case is given to a helper."""
    return [edge for edge in workflow.transitions if edge.assigns]


def handing_from(record: StoredCase) -> Transition | None:
    """Return the transition by which the case is given to a helper from where it stands; None where it is not."""
    case = record.case
    return next((edge for edge in workflow_registry.pinned(case).leaving(case.state) if edge.assigns), None)


def _helpers(tx: Transaction, path: str, but: Collection[UUID]) -> list[Helper]:
    """Everybody within reach of an organisation, with what they have in hand and whom they have helped."""
    handed = {edge.name for workflow in workflow_registry.latest() for edge in _handing(workflow)}
    monday = tx.today - timedelta(days=tx.today.weekday())
    week = datetime(monday.year, monday.month, monday.day, tzinfo=tx.service.zone)
    rows = matching.within_reach(tx.db, path, handed, week, tx.now - _LATELY)
    past = _past(tx, [row.id for row in rows], but)
    return [
        Helper(
            people.person_of(row),
            row.region,
            profiles.opened(tx, row.id, row.sealed),
            open=row.open,
            week=row.week,
            lately=row.lately,
            asked=row.asked,
            past=past.get(row.id, ()),
        )
        for row in rows
    ]


def _past(tx: Transaction, ids: Collection[UUID], but: Collection[UUID]) -> dict[UUID, list[PastCase]]:
    parties = {path for workflow in workflow_registry.latest() for path in workflow.parties}
    numbers = {path: f"{path.rpartition('.')[0]}.credit_code" for path in parties}
    found: dict[UUID, list[PastCase]] = {}
    # Time looks for helpers too, and is told no numbers.
    reader = tx.actor.person if tx.actor else None
    for row in matching.past_cases(tx.db, ids, {*parties, *numbers.values(), FACT}, but):
        named = row.named or {}
        others = [
            _opponent(named[path], named.get(numbers[path]))
            for path in sorted(parties)
            if isinstance(named.get(path), str)
        ]
        recipient = Party("recipient", "person", row.applicant_name, str(row.applicant_id))
        # A conflict is told, and what is told of a case that the caller does not see is no more than that.
        seen = (
            reader is not None and row.org_path.startswith(reader.org_path) and reader.id not in (row.walled_off or ())
        )
        number = row.number if seen else ""
        found.setdefault(row.assignee_id, []).append(
            PastCase(number, [recipient, *others, *map(_further_party, further_parties(named))])
        )
    return found


def _judged(
    tx: Transaction, record: StoredCase, found: Sequence[Helper], known: Known, turned_down: Collection[UUID]
) -> list[Candidate]:
    need = replace(_need(record, found), turned_down=turned_down, languages=_languages(tx, record))
    return candidates(found, need, tx.today, _weights(tx, record), known)


def _need(record: StoredCase, found: Sequence[Helper]) -> Need:
    """What a case asks of its helper."""
    workflow, facts = workflow_registry.pinned(record.case), record.case.facts
    matter = _matter(workflow, facts)
    parties = _parties(record)
    known_to = {
        helper.person.username: case.number
        for helper in found
        for case in reversed(helper.past)
        if case.parties[0].number == parties[0].number
    }
    wished = _at(facts, workflow.wished_helper) if workflow.wished_helper else None
    return Need(
        matter,
        profiles.matters().get(matter or ""),
        record.region,
        parties,
        known_to=known_to,
        wished=wished,
        kept_out=record.case.walled_off,
    )


def _languages(tx: Transaction, record: StoredCase) -> list[str]:
    """What the recipient needs to be talked to in, which is sealed; looked up for those few who need any."""
    workflow = workflow_registry.pinned(record.case)
    if not workflow.languages or not _at(record.case.facts, workflow.languages):
        return []
    return list(_at(full_facts(tx, record, form_of(workflow.intake)), workflow.languages))


def conflicts_of(
    tx: Transaction, record: StoredCase, person: Person, added: Mapping[str, Any] | None = None
) -> list[Conflict]:
    """Return the conflicts of one helper with the parties of a case by every name that is known, the surest first.

    With `added` those with this further party alone.
    """
    known = Known()
    past = _past(tx, [person.id], but=[record.case.id]).get(person.id, [])
    known.add(person.username, person.name, profiles.relations_of(tx, person.id), past)
    parties = _parties(record) if added is None else [_further_party(added)]
    return known.conflicts(parties).get(person.username, [])


def conflicts_of_name(person: Person, added: Mapping[str, Any]) -> list[Conflict]:
    """Return the conflicts of somebody's own name with a further party of a case."""
    known = Known()
    known.add(person.username, person.name, (), ())
    return known.conflicts([_further_party(added)]).get(person.username, [])


def conflicts_with(record: StoredCase, person: Person, relations: Sequence[Relation]) -> list[Conflict]:
    """Return those by these relations of the helper alone."""
    known = Known()
    known.add_relations(person.username, relations)
    return known.conflicts(_parties(record)).get(person.username, [])


def _parties(record: StoredCase) -> list[Party]:
    """The recipient first, then the other side as the form names it, then the further parties."""
    workflow, facts = workflow_registry.pinned(record.case), record.case.facts
    parties = [Party("recipient", "person", facts["applicant"]["name"], str(record.applicant_id))]
    for path in workflow.parties:
        name = _at(facts, path)
        if isinstance(name, str):
            parties.append(_opponent(name, _at(facts, f"{path.rpartition('.')[0]}.credit_code")))
    return [*parties, *map(_further_party, further_parties(facts))]


def _further_party(party: Mapping[str, Any]) -> Party:
    beside = stands_beside(party)
    kind: Kind = "organisation" if party["organisation"] else "person"
    return Party("recipient" if beside else "opponent", kind, party["name"], party.get("credit_code"), beside)


def _opponent(name: str, number: Any) -> Party:
    return Party("opponent", _kind_of(name), name, number if isinstance(number, str) else None)


def _kind_of(name: str) -> Kind:
    """Whether the other side is a person: a name of two to four signs is no company's."""
    return (
        "person"
        if 2 <= len(name) <= 4 and not name.endswith(("厂", "店", "部", "社", "行", "公司"))
        else "organisation"
    )


def _at(facts: Mapping[str, Any], path: str) -> Any:
    value: Any = facts
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _weights(tx: Transaction, record: StoredCase) -> dict[str, Decimal]:
    rows = tx.office(record).policies
    return {name: Decimal(rows[name].value) for name in WEIGHTS if name in rows}


def _further(places: Collection[tuple[Sequence[Helper], Known]], weight: Decimal) -> dict[str, Decimal]:
    """What each further case of a batch takes off a helper's score: what it adds to the load."""
    return {
        helper.person.username: weight / (helper.profile.most_open or max(10, helper.open))
        for found, _ in places
        for helper in found
    }
