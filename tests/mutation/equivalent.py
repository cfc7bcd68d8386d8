"""The mutants that change nothing, each with the reason; they are not counted."""

from collections.abc import Mapping
from typing import Final

_LEGAL_AID: Final = "code:casework.workflows.legal_aid"
_HARDSHIP: Final = "code:casework.workflows.hardship_aid"
_SAID: Final = "why something does not hold is told only where it does not"
_FEW: Final = "whoever does not say how many they are is fewer than ten, be it none, one or two"
_BEFORE: Final = "the guard `category_can_be_worked_out` stands before it and has said no"
_NOTHING: Final = "where no amount is set nothing has come, and less than nothing is nothing"
_LARGER: Final = "a household that does not say its size is taken to be larger than its members, by one or by two"
_SIZED: Final = "a household on file has a size"
_SPEED: Final = "a logger that is kept for its next line only saves time"
_NO_BASE: Final = "what has not begun has no day from which it runs"
EQUIVALENT: Final[Mapping[str, str]] = {
    f"{_LEGAL_AID}.guards:means_are_small: condition: return Verdict(test.met,"
    " «None if test.met else test.told() -> (test.told())») def needs_no_means(at: Mov": _SAID,
    f"{_LEGAL_AID}.official:hardship_is_found: condition: Text) else Verdict(test.met,"
    " «None if test.met else test.told() -> (test.told())») _NOT_REVIEWED: Final = Tex": _SAID,
    f"{_LEGAL_AID}.intake:LegalAidIntake: number: resentatives or (claimants or «1 -> 0») >= COLLECTIVE @rule(": _FEW,
    f"{_LEGAL_AID}.intake:LegalAidIntake: number: resentatives or (claimants or «1 -> 2») >= COLLECTIVE @rule(": _FEW,
    f"{_LEGAL_AID}.guards:collective_sheet: number: t.case.facts"
    '.get("claimants", «1 -> 0») >= COLLECTIVE} def claimed': _FEW,
    f"{_LEGAL_AID}.guards:collective_sheet: number: t.case.facts"
    '.get("claimants", «1 -> 2») >= COLLECTIVE} def claimed': _FEW,
    f"{_LEGAL_AID}.guards:representatives_are_known: number: many = facts"
    '.get("claimants", «1 -> 0») >= COLLECTIVE return not': _FEW,
    f"{_LEGAL_AID}.guards:representatives_are_known: number: many = facts"
    '.get("claimants", «1 -> 2») >= COLLECTIVE return not': _FEW,
    'code:casework.forms.repayment:owed_to_person: number: ent") or {}).get("amount") or «0 -> 1»), Decimal())'
    " def decided(at": _NOTHING,
    f"{_HARDSHIP}.intake:HardshipIntake: number: "
    'ld.get("size", len(members) + «1 -> 2») > len(members)) @rule(': _LARGER,
    f"{_HARDSHIP}.notice:unit_is_for_the_public: condition: return Verdict(what is None,"
    " «_NUMBER_IN_UNIT.with_(what=what) if what else None -> (_NUMBER_IN_UNIT.with_(what=what))») def _last_day("
    "at: MoveCont": _SAID,
    f"{_HARDSHIP}.dossier:everybody_fits_in: number: "
    '(at)["household"].get("size", «0 -> 1») > len(at.case.facts.get("mem': _SIZED,
    "code:casework.app:log_to: answer: cache_logger_on_first_use=«True -> False», ) def _as_json(entry:": _SPEED,
    f"{_LEGAL_AID}.labour:Deadline: connective: begun is None «or -> and» base is None or l": _NO_BASE,
    f"{_HARDSHIP}.categories:category_is_founded: answer: Text): return Verdict("
    '«False -> True», found) if at.given.get("': _BEFORE,
}
"""The reason by how the mutant is told."""
