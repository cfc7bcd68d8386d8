"""Which kind of office decides: it carries the remedies, who reviews an objection, and how the law is cited.

Sources: 法律援助法 12, 49 (the justice department that set an agency up reviews its decisions, and administrative
review and the courts follow), 13 (stations), 68 (unions apply the law by reference; a union was set up by no justice
department, and its decisions are none of an authority).
"""

from enum import StrEnum
from typing import Final
from uuid import UUID

from casework.rules.case import Case
from casework.rules.context import DecisionContext
from casework.rules.people import Person
from casework.rules.text import Text

OFFICE_KIND: Final = "office_kind"


class OfficeKind(StrEnum):
    """A union's station or its legal aid, or a legal aid agency of a justice department."""

    UNION_STATION = "union_station"
    UNION_LEGAL_AID = "union_legal_aid"
    JUSTICE_AGENCY = "justice_agency"

    @property
    def of_a_union(self) -> bool:
        """Whether a union decides."""
        return self is not OfficeKind.JUSTICE_AGENCY


def kind_of(office: DecisionContext) -> OfficeKind:
    """The kind that the policy row of the place says; a union's legal aid where none does."""
    row = office.policy(OFFICE_KIND)
    return OfficeKind(row.value) if row else OfficeKind.UNION_LEGAL_AID


def cited(office: DecisionContext) -> Text:
    """What stands before a law: an authority acts under it, a union applies it by reference."""
    return _BY_REFERENCE if kind_of(office).of_a_union else _UNDER


_BY_REFERENCE: Final = Text("参照", "as applied by reference, ")
_UNDER: Final = Text("依照", "")


def home_of(by: UUID | None, case: Case, office: DecisionContext) -> str:
    """The path of the organisation of which somebody is a supervisor, up from the case's own; else the case's own."""
    return next((org.path for org in office.orgs.values() if by in org.supervisors), case.org_path)


def sits_above(person: Person | None, path: str) -> bool:
    """Whether somebody is at home in an organisation above the one of this path."""
    return person is not None and person.org_path != path and path.startswith(person.org_path)


def supervised_above(path: str, office: DecisionContext, but: UUID | None) -> bool:
    """Whether an organisation above the one of this path has a supervisor, other than this one, who could review."""
    above = (org for org in office.orgs.values() if org.path != path and path.startswith(org.path))
    return any(set(org.supervisors) - {but} for org in above)
