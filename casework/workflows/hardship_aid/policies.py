"""The dated rows for which hardship assistance asks beside the limits of its clocks."""

from collections.abc import Mapping
from typing import Final

from casework.rules.fund_draws import DRAWS
from casework.rules.hardship import CATEGORIES
from casework.rules.policy_kinds import PolicyKind
from casework.workflows.hardship_aid.approval import LEVELS

_BY_CATEGORY: Final = (
    "living_months",
    "study_months",
    "medical_share",
    "medical_cap",
    "sudden_aid_share",
    "sudden_aid_cap",
    "kinds_a_year",
)
POLICIES: Final[Mapping[str, PolicyKind]] = {
    "decided_by_another": PolicyKind.SWITCH,
    "paid_by_another": PolicyKind.SWITCH,
    "grants_count_as_income": PolicyKind.SWITCH,
    "notice_least": PolicyKind.LIMIT,
    "hearing_wait": PolicyKind.LIMIT,
    "letter_number": PolicyKind.NUMBERING,
    "bank_columns": PolicyKind.COLUMNS,
    "objection": PolicyKind.LIMIT,
    "subsistence_line": PolicyKind.AMOUNT,
    "relative_multiple": PolicyKind.AMOUNT,
    "sudden_share": PolicyKind.AMOUNT,
    "temporary_cap": PolicyKind.AMOUNT,
    "training_cap": PolicyKind.AMOUNT,
    "placement_cap": PolicyKind.AMOUNT,
    "warmth_cap": PolicyKind.AMOUNT,
    "aid_without_dossier": PolicyKind.SWITCH,
    "months_above_line": PolicyKind.AMOUNT,
    "retention": PolicyKind.LIMIT,
    "sample_share": PolicyKind.AMOUNT,
    "emergency_cap": PolicyKind.AMOUNT,
    **{f"{name}_{category}": PolicyKind.AMOUNT for name in _BY_CATEGORY for category in CATEGORIES},
    **{f"approves_up_to_{level}": PolicyKind.AMOUNT for level in LEVELS},
    **DRAWS,
}
