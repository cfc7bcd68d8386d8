"""Who hears what somebody else did to a case, and how that is told: one rule for every workflow.

Whoever has a case in hand is told of each move that another makes on it, the owner and the assignee alike, and nobody
of what he or she did. Where nobody owns it and it has come to a state in which it is the turn of staff, the people of
that role are told instead; and so they are beside the owner where the applicant objects, which is not for the owner.
A new case is in the queue and nobody's yet. What an applicant sends in afterwards finds a reader in any case.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.rules import walls
from casework.rules.case import Case, ClockRun
from casework.rules.conflict_checks import CHECKED
from casework.rules.grammar import OwedBy, Transition, Workflow
from casework.rules.messages import ASKED
from casework.rules.move import Move
from casework.rules.people import HELPERS, STAFF, Person, Role
from casework.rules.rights import may_own
from casework.rules.text import Text

_NEVER_TOLD: Final = ("opened", "rederived", CHECKED)
_LEAVES_IT: Final = ("offer_declined", "offer_expired")
_DONE: Final = {
    "corrected": Text("更正案件信息", "Facts corrected"),
    "claimed": Text("领取经办", "Claimed"),
    "released": Text("退回待领取", "Given back to the queue"),
    "let_go": Text("经办人离任，待领取", "Its owner has left; in nobody's hands"),
    "code_issued": Text("换发查询码", "New tracking code issued"),
    "payee_confirmed": Text("批准后收款信息的变更已由他人确认并列入支付单", "A changed payee or account was confirmed"),
    "handed_over": Text("移交他人经办", "Handed over to somebody else"),
    "file_added": Text("添加了材料文件", "A file was added"),
    "file_removed": Text("移除了材料文件", "A file was removed"),
    "message": Text("申请人留言", "A message of the applicant"),
    "answered": Text("给申请人留言", "A message to the applicant"),
    "offered": Text("已征询承办人", "A helper was asked"),
    "offer_accepted": Text("承办人接受征询", "The helper accepts"),
    "offer_declined": Text("承办人谢绝征询", "The helper declines"),
    "offer_expired": Text("承办人逾期未答复征询", "The helper has not answered in time"),
    "offer_withdrawn": Text("征询已撤回", "The offer was withdrawn"),
    CHECKED: Text("利益冲突比对有结果", "A check for conflicts of interest has found something"),
    "party_added": Text("添加了相关人员", "A party was added"),
    "party_removed": Text("移除了相关人员", "A party was removed"),
    "wall_raised": Text("已设置回避", "Somebody is kept from it"),
    "wall_lifted": Text("已解除回避", "Somebody is kept from it no longer"),
}
TOLD_TO_THE_ASKED: Final = {
    "offered": Text("请答复是否承办", "You are asked whether you take a case"),
    "offer_expired": Text("您未在期限内答复，征询已结束", "You have not answered in time; the offer has ended"),
    "offer_withdrawn": Text("对您的征询已撤回", "What was offered to you was withdrawn"),
}
"""What whoever was asked is told of an offer, though the case is not theirs to see."""
_NEXT_ASKED: Final = Text("{what}，已转询下一人选", "{what}; the next candidate is asked")
_NOBODY_LEFT: Final = Text("{what}，已无其他人选，请另行安排", "{what}; nobody else is left to be asked")
_IN_TURN: Final = Text("系统按顺序转询", "by itself, the next in turn")
_OVERRIDDEN: Final = Text("变更状态为“{state}”", "Brought into the state: {state}")
_ASSIGNED: Final = Text("指派给您承办", "Assigned to you")
_HANDED_OVER: Final = Text("移交给您经办", "Handed over to you")
_A_STEP: Final = Text("案件有新进展", "A step was taken")
_BECAME: Final = Text("{what}：{became}", "{what}: {became}")
_BY: Final = Text("{what}（{who}）", "{what} ({who})")
_BY_TIME: Final = Text("期限届满，系统自动办理", "by itself, as a time limit ran out")
RAISED: Final = Text("用户的角色或者机构有变更", "The role or organisation of a user was changed")
_RAISED: Final = Text(
    "{username}：{what}；另一名管理员确认之前，不能查看此前案件的敏感信息。",
    "{username}: {what}; nothing sensitive of earlier cases is shown to this user until another administrator confirms"
    " it.",
)
_OTHER_ROLE: Final = Text("角色由{before}变更为{after}", "from {before} to {after}")
_OTHER_ORG: Final = Text("机构由 {before} 变更为 {after}", "from {before} to {after}")
_BY_CHECK: Final = Text("系统比对利益冲突", "by the check for conflicts of interest")
_FOR_THE_APPLICANT: Final = Text("{who}代申请人", "{who} for the applicant")


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom to tell of a move: `people`, and those of a role whose `turn` it is, such as where nobody owns the case.

    `clock` is the one that is due first of those owed by whoever's turn it is.
    """

    people: tuple[Person, ...]
    turn: Role | None
    clock: ClockRun | None


def whom_to_tell(workflow: Workflow, move: Move) -> Telling | None:
    """Who is told of the move; None where nobody is.

    Whoever loses the case by it is told, too. A transition that time takes is told by the step at the due time of its
    clock, where there is one, and not once more.
    """
    if move.kind in _NEVER_TOLD or _rung_tells(workflow, move):
        return None
    asked = (move.asked,) if move.asked and move.asked.active and move.kind in TOLD_TO_THE_ASKED else ()
    if asked and move.actor.role is Role.CLOCK and move.kind == "offered":
        # What has led to it has told the others.
        return Telling(asked, None, None)
    in_hand = (person for case in (move.before, move.case) for person in _in_hand(case))
    concerned = {person.id: person for person in (*asked, *in_hand)}
    # Whoever is kept from the case is told nothing of it, nor that it is so.
    not_told = {move.actor.id, *move.case.walled_off}
    people = tuple(person for person in concerned.values() if person.id not in not_told)
    turn = _whose_turn(move)
    return Telling(people, turn, _due_next(move.case)) if people or turn else None


def _rung_tells(workflow: Workflow, move: Move) -> bool:
    by_time = move.actor.role is Role.CLOCK and move.kind == "transition"
    return by_time and any(clock.take == move.transition and "due" in clock.by_level for clock in workflow.clocks)


def _in_hand(case: Case) -> Iterator[Person]:
    if case.owner is not None and may_own(case.owner, case):
        yield case.owner
    if case.assignee is not None and case.assignee.active:
        yield case.assignee


def _whose_turn(move: Move) -> Role | None:
    """The role of staff that is told beside those who have the case in hand, or in their place."""
    before, case = move.before, move.case
    if move.kind == walls.RAISED and move.actor.role is Role.CLOCK:
        return Role.SUPERVISOR
    came = (case.state, case.org_path) != (before.state, before.org_path) or move.kind in _LEAVES_IT
    turn = case.waits_for if case.waits_for in STAFF else None
    owner = case.owner if case.owner is not None and may_own(case.owner, case) else None
    if owner is not None:
        return turn if came and _asks_above(move, owner) else None
    return turn or Role.CASEWORKER if _sent_in(move) else turn if came else None


def _asks_above(move: Move, owner: Person) -> bool:
    """Whether the applicant has turned from the owner to those who decide, as by an objection."""
    applicants = move.actor.role is Role.APPLICANT or move.on_behalf
    return applicants and move.case.waits_for is Role.SUPERVISOR is not owner.role


def _sent_in(move: Move) -> bool:
    """Whether the applicant has sent in a message or files; what comes with an application is in the queue with it."""
    files = move.kind == "file_added" and move.actor.role is Role.APPLICANT and move.at != move.case.opened_at
    return files or move.kind == ASKED


def owes(role: Role) -> OwedBy:
    """Which clocks are for people of this role to keep."""
    return "helper" if role in HELPERS else "office"


def _due_next(case: Case) -> ClockRun | None:
    if case.waits_for is None or case.waits_for not in (*STAFF, *HELPERS):
        return None
    theirs = [run for run in case.clocks if run.open and run.owed_by == owes(case.waits_for) and run.due]
    return min(theirs, key=lambda run: run.due.at if run.due else run.started_at, default=None)


def happened(
    workflow: Workflow, kind: str, payload: Mapping[str, Any], receiver: str | None = None, *, outside: bool = False
) -> Text:
    """What came to pass, by the kind and payload of its event; in the receiver's eyes where an id is given.

    What is told `outside` does not name a discreet transition.
    """
    mine = {name for name in ("owner", "assignee") if receiver and payload[name] == receiver}
    if kind == "handed_over" and "owner" in mine:
        return _HANDED_OVER
    if kind == "overridden":
        return _OVERRIDDEN.with_(state=workflow.by_state[payload["state"]].title)
    if kind in TOLD_TO_THE_ASKED and receiver and payload.get("given", {}).get("to") == receiver:
        return TOLD_TO_THE_ASKED[kind]
    if kind in _LEAVES_IT:
        return (_NEXT_ASKED if payload.get("given", {}).get("next") else _NOBODY_LEFT).with_(what=_DONE[kind])
    edge = workflow.edge(payload["transition"], payload["from"]) if kind == "transition" else None
    if edge is None:
        return _DONE[kind]
    if edge.assigns and "assignee" in mine:
        return _ASSIGNED
    return _A_STEP if outside and edge.discreet else _with_what_became(edge, payload)


def _with_what_became(edge: Transition, payload: Mapping[str, Any]) -> Text:
    """The title of an edge and, where it `tells`, what was given: a payment that came back needs somebody's work."""
    name, words = edge.tells or ("", {})
    became = words.get(payload.get("given", {}).get(name, ""))
    return _BECAME.with_(what=edge.title, became=became) if became else edge.title


def raised(username: str, payload: Mapping[str, Any]) -> Text:
    """What became of a user whose role or place was changed, by the payload of the administrative event."""
    told = []
    if "role" in payload:
        before, after = (Role(name).told for name in payload["role"])
        told.append(_OTHER_ROLE.with_(before=before, after=after))
    if "org" in payload:
        told.append(_OTHER_ORG.with_(before=payload["org"][0], after=payload["org"][1]))
    what = Text("，".join(one.zh for one in told), ", ".join(one.en for one in told))
    return _RAISED.with_(username=username, what=what)


def by_whom(what: Text, role: Role, payload: Mapping[str, Any], name: str | None = None) -> Text:
    """What came to pass, and who did it: the role, and the name of a user where it is for the reader to see."""
    who = role.told if name is None else Text(f"{role.told.zh}{name}", f"{role.told.en} {name}")
    if role is Role.CLOCK:
        given = payload.get("given", {})
        who = _IN_TURN if "after" in given else _BY_CHECK if "user" in given else _BY_TIME
    elif payload.get("on_behalf_of"):
        who = _FOR_THE_APPLICANT.with_(who=who)
    return _BY.with_(what=what, who=who)
