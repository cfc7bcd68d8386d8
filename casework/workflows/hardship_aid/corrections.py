"""What a correction does to a dossier: what was published is no longer what is decided; nobody loses their number."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from casework.rules.case import Facts
from casework.rules.context import MoveContext, Verdict
from casework.rules.grammar import guard
from casework.rules.move import Move
from casework.rules.refusals import Fault, Invalid, NotMet
from casework.rules.text import Text
from casework.workflows.hardship_aid.intake import HardshipIntake

FIGURES: Final = ("household", "sudden", "migrant", "medical_own_share", "students")
WHO: Final = ("name", "relation", "identity_number", "document_number")
KNOWN_BY: Final = frozenset(("identity_number", "document_number"))


def correction_noted(move: Move) -> Mapping[str, Any]:
    """What was corrected since the notice, if anything on which it rests; raises why the correction is not taken."""
    before, after = move.before.facts, move.case.facts
    _ensure_known(move)
    _ensure_consent(move)
    if not before.get("notice"):
        return {}
    replaced = {path.partition(".")[0] for path in move.replaced if _rests_on(path)}
    rests_on, now = _published(before), _published(after)
    changed = {name for name in rests_on if rests_on[name] != now[name]} | replaced
    known = before.get("corrected_since_notice") or ()
    return {"corrected_since_notice": sorted({*known, *changed})} if changed else {}


def _rests_on(path: str) -> bool:
    """Whether a notice rests on a sensitive value: a number, or a figure; not on what explains who is listed."""
    top, last = path.partition(".")[0], path.rpartition(".")[2]
    return last in KNOWN_BY or (top in FIGURES and last != "explanation")


def _published(facts: Facts) -> dict[str, Any]:
    """Who the household is, and the figures by which its category and aid were found, as far as they lie open."""
    people = {
        "applicant": _who(facts["applicant"]),
        "members": [_who(one) for one in facts.get("members") or ()],
    }
    return {**people, **{name: facts.get(name) for name in FIGURES}}


def _who(person: Facts) -> list[Any]:
    return [person.get(name) for name in WHO]


@guard(zh="公示后案件信息有更正，请退回重新公示。", en="Facts were corrected since the notice; send it back.")
def still_as_published(at: MoveContext) -> Verdict:
    """An approval rests on what was published: the same people, the same figures."""
    fields = dict(HardshipIntake.form_fields())
    titles = [fields[name].title for name in at.case.facts.get("corrected_since_notice") or ()]
    return Verdict(
        not titles,
        Text(
            f"公示后更正过：{'、'.join(one.zh for one in titles)}。请退回，重新提出并公示。",
            f"Corrected since the notice: {', '.join(one.en for one in titles)}. Send it back; it is proposed and put"
            " on notice anew.",
        ),
    )


@guard(zh="有人没有登记身份证号码。", en="Somebody's identity number is unknown.")
def everybody_is_known(at: MoveContext) -> Verdict:
    """Aid is given by real name, and a household has one dossier: each has a number, or a reason why there is none."""
    applicant = at.case.facts["applicant"]
    unknown = [*(() if KNOWN_BY & applicant.keys() else (applicant["name"],)), *_unnumbered(at.case.facts)]
    return Verdict(
        not unknown,
        Text(
            f"尚缺身份证号码：{'、'.join(unknown)}。请先补充；家庭成员确无号码的，请写明原因（`no_number_because`）。",
            f"The identity number is unknown of: {', '.join(unknown)}. Add it first; where a member has none, say why"
            " (`no_number_because`).",
        ),
    )


@guard(
    zh="尚缺申请人的身份证件号码，请先补充；家庭成员的可以后补。",
    en="The number of the applicant's identity document is unknown; add it first. Those of the members may follow.",
)
def applicant_is_known(at: MoveContext) -> bool:
    """What cannot wait is given to somebody whom the office knows by real name; the household's numbers may follow."""
    return bool(KNOWN_BY & at.case.facts["applicant"].keys())


def _unnumbered(facts: Facts) -> list[str]:
    """The members who have neither a number nor a reason why there is none."""
    return [one["name"] for one in _members(facts) if not (KNOWN_BY | {"no_number_because"}) & one.keys()]


def _members(facts: Facts) -> Iterable[Facts]:
    return facts.get("members") or ()


def _ensure_known(move: Move) -> None:
    """Once aid was given or proposed, a number may be corrected and never removed; members go with a reason."""
    before, after = move.before.facts, move.case.facts
    if not {"propose", "help_at_once"} & move.before.taken.keys():
        return
    numbered = {one["name"] for one in _members(before) if KNOWN_BY & one.keys()}
    lost = {one["name"] for one in _members(after) if not KNOWN_BY & one.keys()} & numbered
    if KNOWN_BY & before["applicant"].keys() and not KNOWN_BY & after["applicant"].keys():
        lost.add(after["applicant"]["name"])
    lost |= set(_unnumbered(after)) - set(_unnumbered(before))
    if lost:
        names = sorted(lost)
        raise NotMet(
            Text(
                f"身份证号码可以更正，不能删除或者留空：{'、'.join(names)}。",
                f"An identity number may be corrected, not removed or left out: {', '.join(names)}.",
            )
        )
    gone = {one["name"] for one in _members(before)} - {one["name"] for one in _members(after)}
    if gone and not move.reason:
        raise Invalid([Fault("reason", "required", _WHY_GONE)])


_WHY_GONE: Final = Text("减少家庭成员的，须写明理由。", "Say why a member no longer belongs to the household.")


def _ensure_consent(move: Move) -> None:
    """While the name is public the consent is taken back by the step that takes the notice down."""
    notice = move.before.clock("notice")
    given, kept = (_consents(one.facts) for one in (move.before, move.case))
    if notice and notice.open and given and not kept:
        raise NotMet(
            Text(
                "公示期间撤回同意的，请用“撤回公示同意”（`withdraw_consent`）办理，公示随即撤下。",
                "While the notice stands, take the consent back by its own step (`withdraw_consent`), which takes the notice down.",
            )
        )


def _consents(facts: Facts) -> bool:
    return bool((facts.get("consent_to_publish") or {}).get("signed_on"))
