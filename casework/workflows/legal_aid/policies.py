"""The dated rows for which legal aid asks beside the limits of its clocks."""

from collections.abc import Mapping
from typing import Final

from casework.matching.candidates import WEIGHTS
from casework.rules.policy_kinds import PolicyKind
from casework.workflows.legal_aid.closing import SUBSIDY_STAGES

POLICIES: Final[Mapping[str, PolicyKind]] = {
    "decided_by_another": PolicyKind.SWITCH,
    "paid_by_another": PolicyKind.SWITCH,
    "file_before_closing": PolicyKind.SWITCH,
    "office_kind": PolicyKind.OFFICE_KIND,
    "letter_number": PolicyKind.NUMBERING,
    "objection": PolicyKind.LIMIT,
    "subsistence_line": PolicyKind.AMOUNT,
    "hardship_multiple": PolicyKind.AMOUNT,
    "income_ceiling": PolicyKind.AMOUNT,
    "least_claim": PolicyKind.AMOUNT,
    "in_time_only": PolicyKind.SWITCH,
    "fee_relief": PolicyKind.SWITCH,
    "minimum_wage": PolicyKind.AMOUNT,
    **dict.fromkeys(WEIGHTS, PolicyKind.AMOUNT),
    **{f"subsidy_{stage}": PolicyKind.AMOUNT for stage in SUBSIDY_STAGES},
}
