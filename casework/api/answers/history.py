"""What lies in the file of a case: events, notes, letters, and who saw what is sensitive."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from msgspec import field

from casework.api.answers.members import First, Hash, Id, Instant, RoleName, Shape, like, one_of, told
from casework.api.answers.people import Person, named
from casework.http.request_context import in_zone, instant
from casework.rules.messages import WRITERS
from casework.rules.text import Text
from casework.work.holders import Held
from casework.work.messages import Message

EVENT_KINDS: Final = (
    "opened",
    "transition",
    "corrected",
    "overridden",
    "claimed",
    "released",
    "handed_over",
    "let_go",
    "code_issued",
    "payee_confirmed",
    "rederived",
    "file_added",
    "file_removed",
    "message",
    "answered",
    "offered",
    "offer_accepted",
    "offer_declined",
    "offer_expired",
    "offer_withdrawn",
    "wall_raised",
    "wall_lifted",
    "conflicts_checked",
    "party_added",
    "party_removed",
)


class Event(Shape):
    """An event of a case with its place in the chain."""

    seq: First
    at: Instant
    kind: Annotated[str, one_of(EVENT_KINDS)]
    actor: Person | None
    role: RoleName
    payload: Annotated[
        dict[str, Any], like({"state": "submitted"}, "变动内容，敏感内容已遮蔽", "What changed, masked where sensitive")
    ]
    prev_hash: Hash
    hash: Hash


def event(row: Any) -> Event:
    """The event of a row of `records.history`."""
    return Event.of(
        row,
        actor=named(row.actor_id, row.username, row.actor_name),
        role=row.actor_role,
        payload=in_zone(row.payload),
        prev_hash=row.prev_hash.hex(),
        hash=row.hash.hex(),
    )


class Holder(Shape):
    """Who had the case, from when until when; `until` is null where it is still so."""

    held_as: Annotated[
        Literal["owner", "assignee"], told("经办人或承办人", "The one who works on it, or the one who helps")
    ]
    user: Person
    since: Instant
    until: Instant | None


def holder(one: Held) -> Holder:
    """Somebody who had the case."""
    return Holder(one.held_as, Person.of(one.person), instant(one.since), instant(one.until) if one.until else None)


class Note(Shape):
    """A note on a case."""

    id: Id
    text: Annotated[str, like(Text("已电话联系申请人。", "The applicant was called."))]
    author: Person
    at: Instant


class OwnMessage(Shape):
    """A message as the applicant has it; `from` names no person."""

    seq: First
    at: Instant
    writer: Annotated[str, one_of(WRITERS), told("谁写的", "From whom")] = field(name="from")
    text: Annotated[str, like(Text("工资条找到了。", "I have found the pay slips."))]


class CaseMessage(OwnMessage):
    """A message in the file of a case, with who of the office wrote it."""

    author: Person | None


def own_message(one: Message) -> OwnMessage:
    """The message as the applicant has it."""
    return OwnMessage(one.seq, instant(one.at), one.writer, one.text)


def case_message(one: Message) -> CaseMessage:
    """The message as the office has it."""
    author = named(one.row.actor_id, one.row.username, one.row.actor_name)
    return CaseMessage(one.seq, instant(one.at), one.writer, one.text, author)


class OwnLetter(Shape):
    """A letter as the applicant has it."""

    number: Annotated[str | None, like(None)]
    at: Instant
    title: Annotated[str, like(Text("收件回执", "Receipt"))]
    body: Annotated[str, like(Text("王秀英：您的申请已收到。", "王秀英: your request has come in."))]


class LetterCopy(OwnLetter):
    """A letter with the name that the workflow has for it."""

    name: Annotated[str, like("receipt")]


class Letter(LetterCopy):
    """A letter in the file of a case."""

    id: Id


class Disclosure(Shape):
    """Sensitive values in full."""

    values: Annotated[
        dict[str, Any], like({"applicant.phone": "13800000000"}, "完整内容，以路径为名", "Values in full, by path")
    ]


class DisclosureLog(Shape):
    """Who asked for which sensitive values, when and why."""

    user: Person
    at: Instant
    paths: Annotated[list[Annotated[str, like("applicant.phone")]], told("查看了哪些内容", "What was shown")]
    reason: Annotated[str, like(Text("核对身份", "To check the identity"), "为何查看", "Why")]


def disclosure(row: Any) -> DisclosureLog:
    """The entry of the log of a row of `records.history`."""
    return DisclosureLog.of(row, user=named(row.user_id, row.username, row.user_name))


class OwnStep(Shape):
    """A step that the applicant took, or staff in the applicant's name."""

    transition: Annotated[str, like("request_data")]
    at: Instant
    given: Annotated[
        dict[str, Any], like({"kinds": ["copy"]}, "本人办理时所述", "What the applicant said at this step")
    ]


class OwnFile(Shape):
    """A photograph or document that the applicant sent in; it is looked at by a link."""

    id: Id
    name: Annotated[str, like(Text("身份证.jpg", "card.jpg"))]
    paper: Annotated[str, like("identity")]
    type: Annotated[str, like("image/jpeg")]
    at: Instant


class PersonalData(Shape):
    """What is stored of an applicant, for the applicant."""

    facts: Annotated[
        dict[str, Any],
        like(
            {"applicant": {"name": "王秀英", "phone": "13800000000"}},
            "本人信息完整；所述他人仅列姓名和与本人关系",
            "The applicant's own data in full; of others the name and the relation only",
        ),
    ]
    steps: Annotated[
        list[OwnStep], told("本人办理的事项", "The steps that the applicant took, or staff in the applicant's name")
    ]
    letters: Annotated[list[LetterCopy], told("送达本人的文书", "The letters to the applicant")]
    messages: Annotated[list[OwnMessage], told("留言往来", "The messages between the applicant and the office")]
    files: Annotated[list[OwnFile], told("本人上传的材料文件", "The files that the applicant sent in")]


def personal_data(copy: Mapping[str, Any]) -> PersonalData:
    """The copy that `work.case_documents` makes."""
    return PersonalData(
        facts=in_zone(copy["facts"]),
        steps=[OwnStep(one["transition"], instant(one["at"]), in_zone(one["given"])) for one in copy["steps"]],
        letters=[LetterCopy(**one | {"at": instant(one["at"])}) for one in copy["letters"]],
        messages=[own_message(one) for one in copy["messages"]],
        files=[OwnFile(**one | {"id": str(one["id"]), "at": instant(one["at"])}) for one in copy["files"]],
    )
