"""The profile of a helper: what the helper says of the own work, and what the office vouches for."""

from dataclasses import replace
from typing import Any, Final

from casework.forms.form import Form
from casework.forms.numbers import Flag
from casework.forms.posted import from_posted
from casework.http.problems import STATUS
from casework.records import people as records
from casework.rules.people import HELPERS as HELPER_ROLES
from casework.rules.people import Person, Role
from casework.rules.refusals import Invalid, NotFound, Refusal
from casework.rules.text import LANGUAGES, Text
from casework.web.frame import frame_of, org_name
from casework.web.page import HELPERS, STAFF, Answer, Html, Page, Redirect, Visit
from casework.web.widgets import Filled, Option, Widget, titles, widgets
from casework.work import declarations, people, profiles
from casework.work.people_sheet import PROFILES
from casework.work.profiles import ProfileForm
from casework.work.service import Transaction

_LOOKS: Final = STAFF | HELPERS | {Role.ADMINISTRATOR}
_CHANGES: Final = HELPERS | {Role.ADMINISTRATOR, Role.SUPERVISOR}
_MATTERS: Final = frozenset(("matters", "opted_out"))


class ProfileQuery(Form):
    """Whether it was saved just now."""

    saved = Flag(title=Text("刚保存", "Just saved"))


@Page("GET", "/people/<username>/profile", _LOOKS, query=ProfileQuery)
def profile(visit: Visit, username: str) -> Answer:
    """The profile, with forms for the parts that the caller keeps."""
    return _profile(visit, username)


def _again(visit: Visit, refused: Refusal, username: str) -> Answer:
    return _profile(visit, username, refused)


@Page("POST", "/people/<username>/profile", _CHANGES, again=_again)
def change(visit: Visit, username: str) -> Answer:
    """What the caller keeps is as it was filled in; what was emptied is taken away."""
    tx, person = visit.tx, _found(visit.tx, username)
    declarations.change(tx, person.id, _given(visit, person))
    return Redirect(f"/people/{person.username}/profile?saved=true")


def _profile(visit: Visit, username: str, refused: Refusal | None = None) -> Answer:
    tx, person = visit.tx, _found(visit.tx, username)
    known = profiles.of_helper(tx, person.id)
    faults = tuple(refused.faults) if isinstance(refused, Invalid) else ()
    values = known | (_given(visit, person) if refused else {})
    may = profiles.may_change(tx, person)
    fields = [_as_checks(one, values) for one in widgets(ProfileForm, Filled(values, faults))]
    return Html(
        "profile",
        {
            "frame": frame_of(tx),
            "person": person,
            "role": person.role.told,
            "org": org_name(tx, person.org_path),
            "own": person.id == tx.person.id,
            "manages": tx.person.role is Role.ADMINISTRATOR,
            "fields": [one for one in fields if one.path in may],
            "told": [(one.title, _told(one.path, known.get(one.path))) for one in fields if one.path not in may],
            "problem": refused,
            "faults": titles(ProfileForm, faults),
            "saved": bool(visit.query.get("saved")) and not refused,
        },
        STATUS[refused.code] if refused else 200,
    )


def _found(tx: Transaction, username: str) -> Person:
    """The helper of this name, as far as the caller may know; raises `NotFound`."""
    found = records.by_username(tx.db, people.folded(username))
    if found is None or found[0].role not in HELPER_ROLES:
        raise NotFound
    return found[0]


def _given(visit: Visit, person: Person) -> dict[str, Any]:
    """Every part that the caller keeps; null for what was left empty."""
    said = from_posted(ProfileForm, dict(visit.posted.lists()))
    return {name: said.get(name) for name in profiles.may_change(visit.tx, person)}


def _as_checks(widget: Widget, values: dict[str, Any]) -> Widget:
    """Matters are ticked, not typed; one that is known no longer stays ticked until it is taken away."""
    if widget.path not in _MATTERS:
        return widget
    chosen = values.get(widget.path) or []
    known = profiles.matters()
    options = {code: known.get(code, Text(code, code)) for code in (*known, *chosen)}
    return replace(
        widget, kind="checks", options=[Option(code, text, code in chosen) for code, text in options.items()]
    )


def _told(name: str, value: Any) -> list[Text]:
    """A part in words, one for each line; nothing where nothing was said."""
    column = next(one for one in PROFILES.columns if one.name == name)
    if value in (None, []):
        return []
    return [Text(*(column.cell.write([one] if isinstance(value, list) else one, language) for language in LANGUAGES))
            for one in (value if isinstance(value, list) else [value])]  # fmt: skip
