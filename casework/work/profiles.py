"""The profiles of helpers: what they say of their work, kept sealed, since it names their kin and clients."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final, cast
from uuid import UUID

from casework.forms.form import Form, Many
from casework.forms.numbers import Count, Day, Flag
from casework.forms.texts import Choice, Code, Word
from casework.matching.profiles import RELATIONS, Absence, Profile, Relation, RelationKind
from casework.records import admin_events, matching, people
from casework.records.vault import seal, unseal
from casework.rules.people import HELPERS, Person, Role
from casework.rules.refusals import Fault, Invalid, NotFound, NotYours
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.service import Transaction

_NO_HELPER: Final = Text("只有律师和志愿者有执业档案。", "Only lawyers and volunteers have a profile.")
OF_THE_OFFICE: Final = frozenset(("licence", "licence_until", "firm"))
"""What the office vouches for."""
_NOT_YOURS: Final = Text(
    "执业档案由本人、本机构管理员或者审批人填写。",
    "A profile is written by the helper, and by administrators and supervisors of the organisation.",
)
_OF_OTHERS: Final = Text(
    "执业证号、有效期和律师事务所由管理员或者审批人填写，其余各项由本人或者管理员填写。",
    "Licence, its expiry and the firm are written by an administrator or a supervisor, the rest by the helper or an"
    " administrator.",
)
_UNKNOWN_MATTER: Final = Text("没有这类事项：{code}", "There is no matter {code}.")
_BACKWARDS: Final = Text("结束日期早于开始日期", "It ends before it begins")
_NO_PLACE: Final = Text("请填写 2、4 或 6 位行政区划代码", "Write a GB/T 2260 code of 2, 4 or 6 digits")


class AbsenceForm(Form):
    """Days on which no new case is given."""

    first = Day(required=True, title=Text("第一天", "First day"))
    last = Day(required=True, title=Text("最后一天", "Last day"))


class RelationForm(Form):
    """Somebody close, whose cases the helper cannot take."""

    kind = Choice(RELATIONS, required=True, title=Text("关系", "Relation"))
    organisation = Flag(title=Text("是单位", "It is an organisation"), example=False)
    name = Word(
        most=100,
        required=True,
        title=Text("姓名或者单位名称", "Name"),
        example=Text("示例纺织有限公司", "Example Textiles Ltd"),
    )


class ProfileForm(Form):
    """What changes of a profile: what is given takes the place of what was, the rest stays."""

    matters = Many(Code(title=Text("事项", "Matter"), example="wages"), title=Text("办理的事项", "Matters worked on"))
    opted_out = Many(
        Code(title=Text("事项", "Matter"), example="dismissal"), title=Text("不办理的事项", "Matters refused")
    )
    languages = Many(
        Word(most=30, title=Text("语言", "Language"), example=Text("聊城话", "Uyghur")),
        title=Text("语言和方言", "Languages"),
    )
    places = Many(
        Code(title=Text("行政区划代码", "GB/T 2260 code"), example="3701"), title=Text("服务地区", "Places served")
    )
    licence = Word(most=40, title=Text("执业证号", "Number of the licence"), example="13701202610000001")
    licence_until = Day(title=Text("证件有效期至", "The licence is valid until"))
    firm = Word(most=100, title=Text("律师事务所", "Law firm"), example=Text("示例律师事务所", "Example Law Firm"))
    most_open = Count(most=500, title=Text("同时在办最多件数", "Cases in hand at most"), example=8)
    most_a_week = Count(most=100, title=Text("每周新接最多件数", "New cases a week at most"), example=2)
    absences = Many(AbsenceForm, title=Text("请假", "Absences"))
    relations = Many(RelationForm, title=Text("须回避的关系人", "Whose cases the helper cannot take"))


def matters() -> dict[str, Text]:
    """Return what cases may be about, by code, of all programmes in which helpers work."""
    found: dict[str, Text] = {}
    for workflow in workflow_registry.latest():
        if any(edge.assigns for edge in workflow.transitions):
            for name in workflow.matter:
                field = cast("type[Form]", workflow.intake).instance().field(name)
                found |= {**getattr(field, "options", {}), **getattr(field, "coarse", {})}
    return found


def of_helper(tx: Transaction, user_id: UUID) -> dict[str, Any]:
    """Return the profile of a helper as it was given; empty where none was.

    Raises `NotFound` for whom the caller does not see, `NotYours` for a helper's colleagues.
    """
    person = _helper(tx, user_id)
    if tx.person.id != user_id:
        people_may_look(tx)
    return _given(tx, person)


def may_change(tx: Transaction, person: Person) -> frozenset[str]:
    """Return which parts of a helper's profile the caller may change.

    The helper changes what the helper alone can know; who holds a licence, until when and in which firm is the word of
    an administrator or a supervisor at or above the helper's organisation. An administrator may change all of it.
    """
    if tx.person.role is Role.ADMINISTRATOR:
        return ProfileForm.field_names()
    if tx.person.id == person.id:
        return ProfileForm.field_names() - OF_THE_OFFICE
    return OF_THE_OFFICE if tx.person.role is Role.SUPERVISOR else frozenset()


def change(tx: Transaction, user_id: UUID, given: Any) -> dict[str, Any]:
    """Return the profile as changed, by whoever may change these parts; null takes away what was there.

    Raises `NotFound`, `NotYours` and `Invalid`. The administrative chain notes which parts were changed.
    """
    person = _helper(tx, user_id)
    may = may_change(tx, person)
    if not may:
        raise NotYours(_NOT_YOURS)
    named = ProfileForm.field_names() & (given.keys() if isinstance(given, Mapping) else frozenset())
    if not may.issuperset(named):
        raise NotYours(_OF_OTHERS)
    said = checked(tx, given)
    return change_of(tx, person, {**{name: None for name in named if given[name] is None}, **said})


def checked(tx: Transaction, given: Any) -> dict[str, Any]:
    """What is given of a profile as it is stored; raises `Invalid`."""
    said = ProfileForm.plain(ProfileForm.check(given, today=tx.today))
    if faults := _faults(said):
        raise Invalid(faults)
    return said


def change_of(tx: Transaction, person: Person, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the profile of a helper as changed by what was checked; None takes away what was there."""
    people.lock(tx.db, person.id)
    before = _given(tx, person)
    parts = sorted(name for name, value in said.items() if before.get(name) != value)
    if not parts:
        return before
    now = {name: value for name, value in (before | dict(said)).items() if value is not None}
    keep(tx, person.id, now)
    admin_events.add(tx.db, tx.actor_id, "profile_changed", person.username, [person.org_path], {"parts": parts})
    return now


def below(tx: Transaction, path: str, usernames: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
    """Return what was given by each active helper at and below a path, by username; of some of them only."""
    key = tx.key_for("profiles")
    return {
        row.username: unseal(key, _place(row.id), row.sealed) if row.sealed else {}
        for row in matching.profiles_below(tx.db, path, usernames)
    }


def keep(tx: Transaction, user_id: UUID, said: Mapping[str, Any]) -> None:
    """Store a profile, sealed, in the place of what was known."""
    matching.keep_profile(tx.db, user_id, seal(tx.key_for("profiles"), _place(user_id), dict(said)))


def relations_of(tx: Transaction, user_id: UUID) -> list[Relation]:
    """Return whose cases a helper has said not to be able to take."""
    return list(opened(tx, user_id, matching.profile(tx.db, user_id)).relations)


def people_may_look(tx: Transaction) -> None:
    """Raises `NotYours` unless the caller is staff or an administrator."""
    if tx.person.role not in (Role.CASEWORKER, Role.SUPERVISOR, Role.ADMINISTRATOR):
        raise NotYours(_NOT_YOURS)


def opened(tx: Transaction, user_id: UUID, sealed: bytes | None) -> Profile:
    """Return a profile as matching sees it, of what is stored."""
    if sealed is None:
        return Profile()
    return _profile(unseal(tx.key_for("profiles"), _place(user_id), sealed))


def _profile(said: Mapping[str, Any]) -> Profile:
    until = said.get("licence_until")
    return Profile(
        fields=frozenset(said.get("matters") or ()),
        opted_out=frozenset(said.get("opted_out") or ()),
        languages=frozenset(said.get("languages") or ()),
        places=tuple(said.get("places") or ()),
        licence_until=date.fromisoformat(until) if until else None,
        most_open=said.get("most_open"),
        most_a_week=said.get("most_a_week"),
        absences=[
            Absence(date.fromisoformat(one["first"]), date.fromisoformat(one["last"]))
            for one in said.get("absences") or ()
        ],
        relations=[
            Relation(
                cast("RelationKind", one["kind"]), "organisation" if one.get("organisation") else "person", one["name"]
            )
            for one in said.get("relations") or ()
        ],
    )


def _helper(tx: Transaction, user_id: UUID) -> Person:
    person = people.by_id(tx.db, user_id)
    if person is None or (user_id != tx.person.id and not person.org_path.startswith(tx.person.org_path)):
        raise NotFound()
    if tx.person.role in HELPERS and user_id != tx.person.id:
        raise NotFound()
    if person.role not in HELPERS:
        raise NotFound(_NO_HELPER)
    return person


def _given(tx: Transaction, person: Person) -> dict[str, Any]:
    sealed = matching.profile(tx.db, person.id)
    said: dict[str, Any] = unseal(tx.key_for("profiles"), _place(person.id), sealed) if sealed else {}
    return said


def _faults(said: Mapping[str, Any]) -> list[Fault]:
    known = matters()
    faults = [
        Fault(f"{name}.{place}", "unknown_matter", _UNKNOWN_MATTER.with_(code=code))
        for name in ("matters", "opted_out")
        for place, code in enumerate(said.get(name) or ())
        if code not in known
    ]
    faults += [
        Fault(f"places.{place}", "no_place", _NO_PLACE)
        for place, code in enumerate(said.get("places") or ())
        if not (code.isdecimal() and len(code) in (2, 4, 6))
    ]
    faults += [
        Fault(f"absences.{place}.last", "backwards", _BACKWARDS)
        for place, one in enumerate(said.get("absences") or ())
        if one["last"] < one["first"]
    ]
    return faults


def _place(user_id: UUID) -> str:
    return f"profiles.sealed:{user_id}"
