"""What people do who have no account: open an application, follow it by number and tracking code, do their part.

What they are told names no one but themselves: no member of staff, no other case, no other household.
"""

import hmac
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from casework.forms.form import Form
from casework.forms.texts import Choice, Code, Line, LongText
from casework.records import attempts, cases, history, tracking
from casework.records.rows import StoredCase
from casework.records.vault import blind_index
from casework.rules import case_actions, folding
from casework.rules.case import ClockRun
from casework.rules.context import DecisionContext, TimeToObject
from casework.rules.decide import Offer
from casework.rules.paper_names import OTHER_PAPER
from casework.rules.people import Role
from casework.rules.refusals import Invalid, NotFound
from casework.rules.text import LANGUAGES, Language, Text
from casework.work import letters, workflow_registry
from casework.work.attempts import Allowance, count
from casework.work.cases import apply, locked, offered
from casework.work.commit import commit
from casework.work.intake import prepare, take_in
from casework.work.preconditions import ensure, ensure_fresh
from casework.work.recalculation import caught_up
from casework.work.sealing import applicant_key, sealed_by_part
from casework.work.service import Limits, Service, Transaction

# 32 characters that nobody mistakes for one another, 5 bits each: 20 of them are 100 bits.
_CHARACTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _IN_A_GROUP = 5, 4
_OBJECT: Final = "object"
_TRIES_FOR_ONE: Final = 10
_LONGEST_NUMBER: Final = 100
_NUMBER: Final = re.compile(r"[0-9A-Z]+(?:-[0-9A-Z]+)*")
_NO_SUCH: Final = Text(
    "没有这份申请，或者查询码不正确；请核对编号和查询码（`Tracking-Code`）。",
    "There is no such application, or its code is another; check both (`Tracking-Code`).",
)


IDENTITY_CHECKS: Final = {
    "document": Text("核对本人身份证件", "the person's identity document"),
    "agent": Text("核对代理人身份证件和授权委托书", "an agent's identity document and authority"),
    "known_phone": Text("回拨案件中登记的电话核实", "called back at the number on file"),
}
_SLIP: Final = Text(
    "查询码告知单\n\n案号：{number}\n查询码：{code}\n\n"
    "凭案号和查询码可在网上查询进度、查看文书、补充材料、撤回申请或者提出异议。"
    "请妥善保管，勿告知他人；此前的查询码已失效。遗失的，请持有效身份证件到本机构补办。\n\n{office}\n{date}",
    "Tracking code\n\nCase: {number}\nCode: {code}\n\nWith both you can follow the case online, read the letters, add"
    " papers, withdraw or object. Keep the code to yourself; an earlier one is valid no more. If it is lost, come to"
    " this office with an identity document.\n\n{office}\n{date}",
)


class NewApplication(Form):
    """A new application: for which workflow, at which organisation, and its facts."""

    workflow = Code(required=True, title=Text("流程", "Workflow"), example="legal_aid")
    org = Code(required=True, title=Text("机构代码", "Organisation code"), example="370100")


class NewTrackingCode(Form):
    """Why a case gets a new tracking code, and how the office made sure who asks for it."""

    identity_checked = Choice(IDENTITY_CHECKS, required=True, title=Text("身份核对方式", "How identity was checked"))
    reason = LongText(
        most=500,
        required=True,
        title=Text("理由", "Reason"),
        example=Text("申请人到场，遗失查询码", "The applicant came in person; the code is lost"),
    )


class GivenCode(Form):
    """The code of an application, as the applicant types it; the door takes it before anything else is looked at."""

    tracking_code = Line(most=200, title=Text("查询码", "Tracking code"), example="7K2M-9QXD-4HTR-W8BC-63NF")


def visit(service: Service, address: str) -> None:
    """Counts a visit from an address; raises `SlowDown` when there were too many."""
    with service.transaction() as tx:
        count(tx, [_visits(service.limits, address)])


@contextmanager
def opening(service: Service, address: str) -> Iterator[None]:
    """Counts an application from an address; raises `SlowDown` when there were too many.

    Ten with a wrong field count as much as one, so that nobody is sent away while filling in the form.
    """
    limits, hour = service.limits, timedelta(hours=1)
    with service.transaction() as tx:
        openings = Allowance("openings", address, limits.openings_an_hour, hour)
        tries = Allowance("tries", address, limits.openings_an_hour * _TRIES_FOR_ONE, hour)
        _, this, _ = count(tx, [_visits(limits, address), openings, tries])
    try:
        yield
    except Invalid:
        with service.transaction() as tx:
            attempts.forget(tx.db, [this])
        raise


def identify(service: Service, number: str, code: str, address: str) -> UUID:
    """The case of this number, if this is its code; raises `NotFound`, or `SlowDown` after too many wrong ones.

    Only wrong codes are counted, and for the address alone: what others try never keeps out whoever has the right one.
    That it is not guessed, its length sees to.
    """
    limits = service.limits
    number = folding.case_number(number[:_LONGEST_NUMBER])
    with service.transaction() as tx:
        found = tracking.find(tx.db, number) if _NUMBER.fullmatch(number) else None
        # Where there is no such case, the same is worked out, in the same time.
        case_id, digest = (found.case_id, found.digest) if found else (UUID(int=0), bytes(32))
        right = hmac.compare_digest(_digest(tx, case_id, code), digest)
        if found and right:
            return case_id
        count(tx, [_wrong_codes(limits, address)])
    raise NotFound(_NO_SUCH)


def count_upload(service: Service, address: str) -> None:
    """Counts a file from an address; raises `SlowDown` when there were too many."""
    with service.transaction() as tx:
        count(tx, [Allowance("uploads", address, service.limits.uploads_an_hour, timedelta(hours=1))])


def wrong_code(service: Service, address: str) -> None:
    """Counts a code from an address that finds nothing; raises `SlowDown` after too many."""
    with service.transaction() as tx:
        count(tx, [_wrong_codes(service.limits, address)])


def typed_code(service: Service, given: Any) -> str:
    """The code that was given in a body; raises `Invalid` for what is no text."""
    with service.transaction() as tx:
        return str(GivenCode.check({"tracking_code": given}, today=tx.today).get("tracking_code", ""))


def nothing_else(tx: Transaction, given: Any) -> None:
    """Raises `Invalid` where more was sent than the code, which has been taken out."""
    GivenCode.check(given, today=tx.today)


def _wrong_codes(limits: Limits, address: str) -> Allowance:
    return Allowance("codes from address", address, limits.wrong_codes, limits.visit_window)


def _visits(limits: Limits, address: str) -> Allowance:
    return Allowance("visits", address, limits.visits, limits.visit_window)


class Applied(NamedTuple):
    """What became of an application: its number, and the new tracking code; None where it was there already."""

    number: str
    code: str | None
    record: StoredCase | None = None
    """The new case."""


def open_application(tx: Transaction, given: Any, code: str) -> Applied:
    """The case that an applicant opens online, unless `code` shows that the same request is the applicant's already.

    Whoever shows no code, or another, is answered as if there were no other case: with somebody's number nobody
    learns whether that person has one. Raises `Invalid`, or `NotYours`.
    """
    opening = prepare(tx, given, NewApplication)
    known = tracking.of_cases(tx.db, [twin.id for twin in opening.same_request])
    for twin in opening.same_request:
        if twin.id in known and hmac.compare_digest(_digest(tx, twin.id, code), known[twin.id]):
            return Applied(twin.number, None)
    record = take_in(tx, opening)
    return Applied(record.case.number, _new_code(tx, record), record)


def take(tx: Transaction, case_id: UUID, name: str, given: Any) -> StoredCase:
    """The case after the applicant has taken a transition; raises the refusal that says why not."""
    record = caught_up(tx, cases.get_for_applicant(tx.db, case_id, lock=True))
    return apply(tx, record, name, given)


def own_steps(tx: Transaction, record: StoredCase) -> tuple[list[Offer], DecisionContext]:
    """The transitions from here that are the applicant's, judged."""
    found, office = offered(tx, record)
    return [offer for offer in found if Role.APPLICANT in offer.transition.by], office


def owed(record: StoredCase) -> list[ClockRun]:
    """The open clocks that wait for the applicant."""
    return [run for run in record.case.clocks if run.open and run.owed_by == "applicant"]


def time_to_object(tx: Transaction, record: StoredCase) -> TimeToObject | None:
    """How long the applicant may still object to a decision; None where there is none, or the time is over."""
    workflow = workflow_registry.pinned(record.case)
    if workflow.time_to_object is None or workflow.edge(_OBJECT, record.case.state) is None:
        return None
    steps, office = own_steps(tx, record)
    open_ = any(offer.transition.name == _OBJECT and offer.allowed for offer in steps)
    return workflow.time_to_object(record.case, office) if open_ else None


def papers_awaited(tx: Transaction, record: StoredCase) -> list[str]:
    """The papers for which the applicant was asked, while they are awaited: those named when the case came here.

    They are told in full: whoever asks has the letter that names them.
    """
    case, workflow = record.case, workflow_registry.pinned(record.case)
    if case.waits_for is not Role.APPLICANT:
        return []
    edges = (edge for edge in workflow.transitions if edge.to == case.state and edge.name in case.taken)
    led_here = [case.taken[edge.name] for edge in edges]
    last = max(led_here, key=lambda taken: taken.at, default=None)
    asked = list(last.given.get("papers", [])) if last else []
    if OTHER_PAPER not in asked:
        return asked
    parts = sealed_by_part(tx, record)
    told = [(int(part.partition(".")[2]), said) for part, said in parts.items() if part.startswith("events.")]
    named = [
        said
        for _, said in sorted(told, key=lambda one: one[0])
        if any(f"papers.{place}" in said for place in range(len(asked)))
    ]
    return [named[-1].get(f"papers.{place}", name) if named else name for place, name in enumerate(asked)]


def own_letters(tx: Transaction, record: StoredCase) -> list[dict[str, Any]]:
    """The letters to the applicant in the language of the caller: `number, at, title, body`, oldest first.

    That applicants read their own letters is no disclosure: the log tells who else has seen what is theirs.
    """
    key = applicant_key(tx, record)
    rows = history.letter_page(tx.db, record.case.id)
    addressed = {letter.name for letter in workflow_registry.pinned(record.case).letters if letter.to_applicant}
    return [
        {"number": row.number, "at": row.at, **letters.read(key, row)[tx.language]}
        for row in rows
        if row.name in addressed
    ]


class CodeIssued(NamedTuple):
    """A new tracking code, told this once, and the slip with it to be printed, by language."""

    number: str
    code: str
    slip: Mapping[Language, str]


def issue_code(tx: Transaction, case_id: UUID, given: Any) -> CodeIssued:
    """A new tracking code for an applicant whose identity was checked; the old one ends.

    The history has it as an event with the reason sealed, the log of disclosures has it too. The code itself is kept
    nowhere: the slip names no person, so that whoever finds it does not learn whose it is.
    """
    record = locked(tx, case_id)
    ensure(case_actions.may_correct(record.case, tx.acting))
    ensure_fresh(tx, record)
    said = NewTrackingCode.check(given, today=tx.today)
    history.note_disclosure(tx.db, case_id, tx.person.id, ["tracking_code"], said["reason"])
    move = case_actions.issue_code(record.case, said["identity_checked"], said["reason"], tx.acting, tx.now)
    office = tx.office(record)
    record = commit(tx, record, move, workflow_registry.pinned(record.case), office)
    code, org = _new_code(tx, record), tx.rules.orgs[record.case.org_code]
    told = letters.Sender.of(org).told()
    day = str(office.calendar.local_date(tx.now))
    slip = {
        language: _SLIP.in_(language, number=record.case.number, code=code, office=told, date=day)
        for language in LANGUAGES
    }
    return CodeIssued(record.case.number, code, slip)


def _new_code(tx: Transaction, record: StoredCase) -> str:
    groups = ("".join(secrets.choice(_CHARACTERS) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS))
    code = "-".join(groups)
    tracking.keep(tx.db, record.case.id, _digest(tx, record.case.id, code))
    return code


def _digest(tx: Transaction, case_id: UUID, code: str) -> bytes:
    """What is stored of a code: bound to its case, and the same however the code is typed."""
    return blind_index(tx.index_key, f"tracking_code:{case_id}", re.sub(r"[\W_]", "", folding.identifier(code)))
