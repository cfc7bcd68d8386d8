"""What is done to cases: open, take a transition, correct, claim, release, hand over, override."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement

from casework.forms.faults import SENTENCES, join, speakable
from casework.forms.form import Form
from casework.forms.patch import merge_patch
from casework.forms.sensitive import join_sensitive, split_sensitive
from casework.records import cases, offices, people, writing
from casework.records.rows import Record, new_case, rows_of, sealed_parts
from casework.records.vault import applicant_place, blind_index, case_place, new_key, seal, unseal
from casework.rules import handling
from casework.rules.casefile import STAFF, Move, Person
from casework.rules.decide import Offer, clean_reason, decide, offers
from casework.rules.grammar import NEW, Workflow
from casework.rules.refusals import Fault, Invalid, NotFound, NotNow, NotYours, Refusal, Stale
from casework.rules.text import Text
from casework.work import programmes
from casework.work.forms import Handover, NewCase, Override, Release
from casework.work.letters import write_letters
from casework.work.service import Transaction

LOOK_UPS = {"identity_number": "applicant.identity_number", "phone": "applicant.phone"}


def open_case(tx: Transaction, given: Any) -> Record:
    """A new case by the workflow's transition from NEW; raises `Invalid` with every fault, or `NotYours`."""
    if tx.person.role not in STAFF:
        raise NotYours(Text("只有经办人或审批人可以登记案件。", "Only caseworkers and supervisors open cases."))
    said, faults = _checked_apart(given, tx)
    workflow = _workflow(said, faults)
    org = _org(tx, said, faults)
    if workflow is None or org is None:
        raise Invalid(faults)
    case = new_case(
        case_id=uuid4(),
        number="",
        workflow=workflow,
        org_code=org.code,
        org_path=org.path,
        channel=said.get("channel", ""),
        urgent=said.get("urgent", False),
        now=tx.now,
    )
    office = tx.office_at(workflow.key, org.code, org.region, org.calendar)
    [opening] = workflow.leaving(NEW)
    decision = decide(workflow, case, opening.name, given.get("facts", {}), tx.acting, tx.now, office)
    if isinstance(decision, Invalid):
        faults += [replace(fault, path=join("facts", fault.path)) for fault in decision.faults]
    if faults:
        raise Invalid(faults)
    return _open(tx, workflow, _moved(decision), org)


def _checked_apart(given: Any, tx: Transaction) -> tuple[dict[str, Any], list[Fault]]:
    """What can be read of the case without its facts, and what is wrong with the rest: all faults at once."""
    if not isinstance(given, Mapping):
        NewCase.check(given, today=tx.today)
    shell = {name: value for name, value in given.items() if name != "facts"}
    try:
        return NewCase.check(shell, today=tx.today), []
    except Invalid as wrong:
        bad = {fault.path for fault in wrong.faults}
        return {name: value for name, value in shell.items() if name not in bad and isinstance(value, str)}, list(
            wrong.faults
        )


def _workflow(said: Mapping[str, Any], faults: list[Fault]) -> Workflow | None:
    if "workflow" not in said:
        return None
    try:
        return programmes.newest(said["workflow"])
    except NotFound as unknown:
        faults.append(Fault("workflow", "unknown_workflow", unknown.text))
        return None


def _org(tx: Transaction, said: Mapping[str, Any], faults: list[Fault]) -> Any:
    if "org" not in said:
        return None
    org = offices.org(tx.db, said["org"])
    if org is None or not org.path.startswith(tx.person.org_path):
        sentence = Text("没有这个机构，或不在您的管辖范围内。", "No such organisation, or outside your own.")
        faults.append(Fault("org", "unknown_org", sentence))
        return None
    return org


def _open(tx: Transaction, workflow: Workflow, move: Move, org: Any) -> Record:
    year = tx.rules.calendars[org.calendar].calendar.local_date(move.at).year
    number = writing.next_number(tx.db, workflow.numbering, year)
    move = _numbered(move, number)
    applicant = _applicant(tx, move)
    record = Record(
        file=move.before,
        org_id=org.id,
        applicant_id=applicant.id,
        region=org.region,
        calendar=org.calendar,
        last_hash=bytes(32),
        applicant_key=writing.wrapped(applicant),
    )
    return _write(tx, record, move, workflow)


def _numbered(move: Move, number: str) -> Move:
    return replace(move, case=replace(move.case, number=number))


def _applicant(tx: Transaction, move: Move) -> Any:
    """The applicant of this identity number, or a new one with a key of its own."""
    index = look_ups_of(move, tx.index_key)["identity_number"]
    applicant_id = uuid4()
    wrapped = tx.service.keyring.wrap(applicant_place(applicant_id), new_key())
    fresh = {"id": applicant_id, "key_id": wrapped.key_id, "wrapped_key": wrapped.wrapped}
    return writing.applicant_for(tx.db, index, fresh)


def take_transition(
    tx: Transaction, case_id: UUID, name: str, given: Any, if_match: frozenset[int] | None = None
) -> Record:
    """The case after the transition; raises the refusal that says why not."""
    record = cases.get(tx.db, case_id, tx.person, lock=True)
    return apply(tx, record, name, given, if_match)


def apply(tx: Transaction, record: Record, name: str, given: Any, if_match: frozenset[int] | None = None) -> Record:
    """Decide and write down a transition on a case that is locked.

    Whether this can be done here, and by whom, is told before whether the caller has read the case as it is.
    """
    workflow = programmes.of(record.file.workflow, record.file.workflow_version)
    office = tx.office(record, _named(tx, workflow, record, name, given))
    decision = decide(workflow, record.file, name, given, tx.acting, tx.now, office)
    if not isinstance(decision, NotFound | NotNow | NotYours):
        _ensure_fresh(record, if_match)
    return _write(tx, record, _moved(decision), workflow)


def _named(tx: Transaction, workflow: Workflow, record: Record, name: str, given: Any) -> list[Person]:
    """The user whom the form names as the one who helps, if there is one."""
    edge = workflow.edge(name, record.file.state)
    if edge is None or edge.assigns is None or not isinstance(given, Mapping):
        return []
    try:
        person = people.by_id(tx.db, UUID(str(given.get(edge.assigns))))
    except ValueError:
        return []
    return [person] if person else []


def _moved(decision: Move | Refusal) -> Move:
    if isinstance(decision, Refusal):
        raise decision
    return decision


def _ensure_fresh(record: Record, if_match: frozenset[int] | None) -> None:
    if if_match is not None and record.file.version not in if_match:
        raise Stale(
            Text(
                "此案在您读取之后已有变动，请重新读取后再试。",
                "The case has changed since you read it; read it again and repeat.",
            )
        )


def _write(tx: Transaction, record: Record, move: Move, workflow: Workflow) -> Record:
    office = tx.office(record)
    rows = rows_of(record, move, workflow, office)
    key = applicant_key(tx, record)
    letters = write_letters(tx, record, move, workflow, key)
    index_key = tx.index_key
    writing.write(tx.db, rows, sealed=sealed_of(move, key), look_ups=look_ups_of(move, index_key), letters=letters)
    return writing.after(record, move, rows)


def applicant_key(tx: Transaction, record: Record) -> bytes:
    """The key under which everything sensitive of this case is sealed."""
    return tx.service.keyring.unwrap(applicant_place(record.applicant_id), record.applicant_key)


def sealed_of(move: Move, key: bytes) -> dict[str, bytes]:
    """What a move puts into the vault, by part, sealed under the applicant's key."""
    parts = sealed_parts(move).items()
    return {part: seal(key, case_place(move.case.id, part), dict(values)) for part, values in parts}


def look_ups_of(move: Move, index_key: bytes) -> dict[str, bytes | None]:
    """The blind indexes of what the case is found by; None for what is no longer known."""
    if move.kind not in ("opened", "corrected"):
        return {}
    return {
        kind: blind_index(index_key, kind, move.sealed[path]) if path in move.sealed else None
        for kind, path in LOOK_UPS.items()
    }


def correct(tx: Transaction, case_id: UUID, given: Any, if_match: Callable[[], frozenset[int] | None]) -> Record:
    """The case after its facts were corrected by a merge patch, checked as a whole like an intake.

    `if_match` is asked only of those who may correct.
    """
    record = cases.get(tx.db, case_id, tx.person, lock=True)
    _ensure(handling.may_correct(record.file, tx.acting))
    _ensure_fresh(record, if_match())
    workflow = programmes.of(record.file.workflow, record.file.workflow_version)
    form = intake_of(workflow)
    office = tx.office(record)
    patch, reason = _correction(given, handling.correction_needs_reason(workflow, record.file, tx.acting))
    current = full_facts(tx, record, form)
    clean = form.check(merge_patch(form, current, patch), today=office.calendar.local_date(tx.now))
    facts, sealed = form.split(clean)
    replaced = _replaced(form, current, sealed)
    changed = _differences(current, join_sensitive(form, facts, sealed), facts)
    move = handling.correct(workflow, record.file, facts, sealed, replaced, changed, reason, tx.acting, tx.now, office)
    index = look_ups_of(move, tx.index_key)["identity_number"]
    if index is not None and "identity_number" not in record.file.facts["applicant"]:
        writing.know_identity(tx.db, record.applicant_id, index)
    return _write(tx, record, move, workflow)


def _replaced(form: type[Form], current: Mapping[str, Any], sealed: Mapping[str, Any]) -> dict[str, Any]:
    """The sensitive values that a correction changes or removes."""
    before = split_sensitive(form, current)[1]
    return {path: value for path, value in before.items() if sealed.get(path) != value}


def _correction(given: Any, needs_reason: bool) -> tuple[Mapping[str, Any], str | None]:
    """The patch and the reason of `{"facts": {…}, "reason": "…"}`."""
    body = given if isinstance(given, Mapping) else {}
    unknown = sorted(set(body) - {"facts", "reason"})
    faults = [Fault(speakable(name), "unknown", SENTENCES["unknown"]) for name in unknown]
    if not isinstance(body.get("facts"), Mapping):
        faults.append(Fault("facts", "type", SENTENCES["type"]))
    if "reason" not in body and needs_reason:
        faults.append(Fault("reason", "required", _NEEDS_REASON))
    if faults:
        raise Invalid(faults)
    return body["facts"], clean_reason(body["reason"]) if "reason" in body else None


_NEEDS_REASON = Text(
    "决定作出后或代他人更正时，须写明理由。",
    "After a decision, or on a colleague's case, a correction needs a reason.",
)


def intake_of(workflow: Workflow) -> type[Form]:
    """The intake form; the rules know it only as something that checks."""
    assert issubclass(workflow.intake, Form)
    return workflow.intake


def full_facts(tx: Transaction, record: Record, form: type[Form]) -> dict[str, Any]:
    """The facts with their sensitive values, for checking a correction or for a disclosure."""
    parts = cases.sealed_parts(tx.db, record.file.id)
    sealed = (
        unseal(applicant_key(tx, record), case_place(record.file.id, "facts"), parts["facts"])
        if "facts" in parts
        else {}
    )
    return join_sensitive(form, record.file.facts, sealed)


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """What changed, for the event: the fields at the top as they are shown now, sensitive values masked."""
    names = sorted({*before, *after})
    return {"changed": {name: shown.get(name) for name in names if before.get(name) != after.get(name)}}


def claim(tx: Transaction, part: Callable[[], list[ColumnElement[bool]]]) -> Record | None:
    """The most urgent case of the actor's queue that is in nobody's hands, now the actor's; None when there is none.

    `part` gives the conditions of the part of the queue; it is asked only of those who may claim.
    """
    if tx.person.role not in STAFF:
        raise NotYours(Text("只有经办人或审批人可以领取案件。", "Only caseworkers and supervisors claim cases."))
    record = cases.claim_next(tx.db, tx.person, part())
    return _handled(tx, record, handling.claim(record.file, tx.acting, tx.now)) if record else None


def release(tx: Transaction, case_id: UUID, given: Any) -> Record:
    """The case goes back to the queue of its organisation."""
    record = cases.get(tx.db, case_id, tx.person, lock=True)
    _ensure(handling.may_release(record.file, tx.acting))
    said = Release.check(given, today=tx.today)
    return _handled(tx, record, handling.release(record.file, said["reason"], tx.acting, tx.now))


def hand_over(tx: Transaction, case_id: UUID, given: Any) -> Record:
    """The case gets another owner."""
    record = cases.get(tx.db, case_id, tx.person, lock=True)
    _ensure(handling.may_let_go(record.file, tx.acting))
    said = Handover.check(given, today=tx.today)
    to = people.by_id(tx.db, said["to"])
    return _handled(tx, record, handling.hand_over(record.file, to, said["reason"], tx.acting, tx.now))


def override(tx: Transaction, case_id: UUID, given: Any) -> Record:
    """A supervisor brings the case into a state by no edge."""
    record = cases.get(tx.db, case_id, tx.person, lock=True)
    _ensure(handling.may_override(tx.acting))
    said = Override.check(given, today=tx.today)
    workflow = programmes.of(record.file.workflow, record.file.workflow_version)
    return _handled(
        tx,
        record,
        handling.override(
            workflow, record.file, said["to_state"], said["reason"], tx.acting, tx.now, tx.office(record)
        ),
    )


def _ensure(refusal: Refusal | None) -> None:
    if refusal:
        raise refusal


def _handled(tx: Transaction, record: Record, decision: Move | Refusal) -> Record:
    workflow = programmes.of(record.file.workflow, record.file.workflow_version)
    return _write(tx, record, _moved(decision), workflow)


def offered(tx: Transaction, record: Record) -> list[Offer]:
    """Every transition from where the case stands, judged for the actor."""
    workflow = programmes.of(record.file.workflow, record.file.workflow_version)
    return offers(workflow, record.file, tx.acting, tx.now, tx.office(record))
