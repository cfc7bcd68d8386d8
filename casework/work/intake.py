"""Taking a request in: the case is opened, its applicant known or new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from casework.forms.form import Form
from casework.forms.validation_errors import join
from casework.records import twins as records
from casework.records import writing
from casework.records.ids import new_id
from casework.records.rows import StoredCase
from casework.records.twins import Other
from casework.records.vault import applicant_place, new_key
from casework.rules.case import Facts
from casework.rules.case_actions import new_case
from casework.rules.context import DecisionContext
from casework.rules.decide import admit, check, decide
from casework.rules.duplicates import Duplicate, Twin
from casework.rules.grammar import NEW, Workflow
from casework.rules.move import Move
from casework.rules.people import STAFF
from casework.rules.refusals import Fault, Invalid, NotFound, NotYours
from casework.rules.text import Text
from casework.work import twins, workflow_registry
from casework.work.blind_indexes import blind_indexes_of
from casework.work.commit import commit
from casework.work.forms import NewCase
from casework.work.letters import letter_series
from casework.work.papers import handed_in_before
from casework.work.service import Transaction

_NO_ORG: Final = Text("没有这个机构。", "There is no such organisation.")
_DRAFT: Final = Text(
    "这个流程尚未发布，不能办理案件；发布后方可登记。",
    "This workflow is not published yet; cases are opened once it is.",
)
_NO_ORG_BELOW: Final = Text("没有这个机构，或不在您的管辖范围内。", "No such organisation, or outside your own.")


@dataclass(frozen=True, slots=True)
class Opening:
    """A case that is about to be opened: the move that does it, what was said beside the facts, and its twins.

    `others` are all cases in which the person's numbers stand, `twins` what is made of the open ones.
    """

    workflow: Workflow
    move: Move
    said: Mapping[str, Any]
    org: Any
    office: DecisionContext
    others: Sequence[Other] = ()
    twins: Sequence[Twin] = ()

    @property
    def same_request(self) -> list[Twin]:
        """The open cases by which the same person has asked for the same."""
        return [twin for twin in self.twins if twin.same_request]


def open_case(tx: Transaction, given: Any) -> tuple[StoredCase, Sequence[Other]]:
    """A new case that staff take in, and the other cases with the person's numbers.

    Raises `Invalid` with every fault, `NotYours`, or `Duplicate`.

    A repetition is opened with a reason only. What the caller may not see does not refuse it: a refusal leaves no
    trace, and would tell of cases elsewhere.
    """
    if tx.person.role not in STAFF:
        raise NotYours(Text("只有经办人或审批人可以登记案件。", "Only caseworkers and supervisors open cases."))
    opening = prepare(tx, given, NewCase, tx.person.org_path)
    reason = opening.said.get("duplicate_reason")
    seen = [twin for twin in opening.same_request if twin.seen]
    if seen and not reason:
        raise Duplicate(opening.workflow, seen)
    record = take_in(tx, replace(opening, move=replace(opening.move, reason=reason)))
    return record, opening.others


def prepare(tx: Transaction, given: Any, shell: type[Form], below: str = "") -> Opening:
    """A new case by the workflow's transition from NEW, for whoever acts; raises `Invalid` with every fault.

    `shell` is the form of what is said beside `facts`; where it has no channel, the case comes in online. `below` is
    the path at or below which the organisation must lie. Nothing is written yet, but until the end of the transaction
    nobody else opens a case of the same person.
    """
    opening = _prepared(tx, given, shell, below)
    digests = twins.digests_of(tx, opening.move)
    others = records.keep(tx.db, opening.move.case, digests)
    if tx.rules_have_changed():
        # By which calendar and policies it counts was just loaded; what is kept now stays until the end.
        opening = _prepared(tx, given, shell, below)
    return replace(opening, others=others, twins=twins.of_case(opening.move.case, others, tx.acting.person))


def _prepared(tx: Transaction, given: Any, shell: type[Form], below: str) -> Opening:
    said, faults = _checked_apart(given, shell, tx)
    workflow = _workflow(tx, said, faults)
    org = _org(tx, said, below, faults)
    if workflow is None or org is None:
        raise Invalid(faults)
    case = new_case(
        case_id=new_id(),
        number="",
        workflow=workflow,
        org_code=org.code,
        org_path=org.path,
        channel=said.get("channel", "online"),
        urgent=said.get("urgent", False),
        now=tx.now,
    )
    office = tx.office_at(workflow.key, org.code, org.region, org.calendar)
    [opening] = workflow.leaving(NEW)
    admitted = admit(workflow, case, opening.name, given.get("facts", {}), tx.acting, tx.now)
    answers: Facts = {}
    try:
        answers = check(admitted, office.calendar.local_date(tx.now))
    except Invalid as wrong:
        faults += [replace(fault, path=join("facts", fault.path)) for fault in wrong.faults]
    if faults:
        raise Invalid(faults)
    return Opening(workflow, decide(admitted, answers, office), said, org, office)


def take_in(tx: Transaction, opening: Opening) -> StoredCase:
    """The case, numbered and written."""
    org, move, workflow = opening.org, opening.move, opening.workflow
    day = opening.office.calendar.local_date(move.at)
    applicant_id = new_id()
    wrapped = tx.service.keyring.wrap(applicant_place(applicant_id), new_key())
    reserved = writing.reserve(
        tx.db,
        workflow.numbering,
        day.year,
        blind_indexes_of(move, tx.index_key)["identity_number"],
        {"id": applicant_id, "key_id": wrapped.key_id, "wrapped_key": wrapped.wrapped},
        letter_series(move, workflow, day),
    )
    move = replace(move, case=replace(move.case, number=reserved.number))
    record = StoredCase(
        case=move.before,
        org_id=org.id,
        applicant_id=reserved.applicant_id,
        region=org.region,
        calendar=org.calendar,
        last_hash=bytes(32),
        applicant_key=reserved.applicant_key,
    )
    # What staff who take a request in know of earlier papers.
    office = replace(opening.office, papers_before=handed_in_before(tx, move.case, opening.others))
    return commit(tx, record, move, workflow, office, reserved.letter_serials)


def _checked_apart(given: Any, form: type[Form], tx: Transaction) -> tuple[dict[str, Any], list[Fault]]:
    """What can be read of the case without its facts, and what is wrong with the rest: all faults at once."""
    if not isinstance(given, Mapping):
        form.check(given, today=tx.today)
    shell = {name: value for name, value in given.items() if name != "facts"}
    try:
        return form.check(shell, today=tx.today), []
    except Invalid as wrong:
        bad = {fault.path for fault in wrong.faults}
        return {name: value for name, value in shell.items() if name not in bad and isinstance(value, str)}, list(
            wrong.faults
        )


def _workflow(tx: Transaction, said: Mapping[str, Any], faults: list[Fault]) -> Workflow | None:
    if "workflow" not in said:
        return None
    try:
        found = workflow_registry.newest(said["workflow"])
    except NotFound as unknown:
        faults.append(Fault("workflow", "unknown_workflow", unknown.text))
        return None
    if found.draft and not tx.service.limits.drafts:
        faults.append(Fault("workflow", "draft_workflow", _DRAFT))
        return None
    return found


def _org(tx: Transaction, said: Mapping[str, Any], below: str, faults: list[Fault]) -> Any:
    if "org" not in said:
        return None
    org = tx.rules.orgs.get(said["org"])
    if org is None or not org.path.startswith(below):
        sentence = _NO_ORG_BELOW if below else _NO_ORG
        faults.append(Fault("org", "unknown_org", sentence))
        return None
    return org
