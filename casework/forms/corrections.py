"""What a correction changes: a merge patch on the facts of a case, checked as a whole like an intake."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework.forms.form import Form, intake_of
from casework.forms.patch import merge_patch
from casework.forms.sensitive import join_sensitive, split_sensitive
from casework.rules import case_actions
from casework.rules.case import Case
from casework.rules.context import DecisionContext
from casework.rules.grammar import Workflow
from casework.rules.move import Move
from casework.rules.people import Actor


def corrected(
    workflow: Workflow,
    case: Case,
    current: Mapping[str, Any],
    patch: Mapping[str, Any],
    reason: str | None,
    actor: Actor,
    now: datetime,
    office: DecisionContext,
) -> Move:
    """The move of a correction that this actor may make; raises `Invalid`. `current` are the facts in full."""
    form = intake_of(workflow)
    own = {name: value for name, value in current.items() if name in form.field_names()}
    clean = form.check(merge_patch(form, own, patch), today=office.calendar.local_date(now))
    facts, sealed = form.split(clean)
    replaced = _replaced(form, own, sealed)
    changed = _differences(own, join_sensitive(form, facts, sealed), facts)
    # What transitions have added to the facts is theirs and stays as it is.
    facts = {**{name: value for name, value in current.items() if name not in own}, **facts}
    return case_actions.correct(workflow, case, facts, sealed, replaced, changed, reason, actor, now, office)


def _replaced(form: type[Form], current: Mapping[str, Any], sealed: Mapping[str, Any]) -> dict[str, Any]:
    """The sensitive values that a correction changes or removes."""
    before = split_sensitive(form, current)[1]
    return {path: value for path, value in before.items() if sealed.get(path) != value}


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """What changed, for the event: the fields at the top as they are shown now, sensitive values masked."""
    names = sorted({*before, *after})
    return {"changed": {name: shown.get(name) for name in names if before.get(name) != after.get(name)}}
