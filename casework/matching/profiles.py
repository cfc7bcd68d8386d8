"""What is known of a helper beside name and place: licence, fields, languages, capacity, absences, who is close."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from casework.matching.names import Kind
from casework.rules.text import Text

RelationKind = Literal["kin", "former_client", "employer", "firm"]

RELATIONS: Final[dict[str, Text]] = {
    "kin": Text("近亲属", "Close kin"),
    "former_client": Text("曾经的委托人", "Former client"),
    "employer": Text("现在或曾经的工作单位", "Present or former employer"),
    "firm": Text("所在律师事务所的客户", "Client of the law firm"),
}


@dataclass(frozen=True, slots=True)
class Relation:
    """Somebody who is close to a helper, as the helper has declared."""

    kind: RelationKind
    name_kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Absence:
    """From the first day to the last one, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Profile:
    """What a helper can and cannot take on; None and empty where nothing is said.

    `places` are prefixes of GB/T 2260 codes. `most_open` and `most_a_week` bound the cases in hand and the new ones.
    """

    fields: Collection[str] = ()
    opted_out: Collection[str] = ()
    languages: Collection[str] = ()
    places: Collection[str] = ()
    licence_until: date | None = None
    most_open: int | None = None
    most_a_week: int | None = None
    absences: Collection[Absence] = ()
    relations: Collection[Relation] = field(default=())

    def absent_on(self, day: date) -> Absence | None:
        """Return the absence in which a day lies."""
        return next((one for one in self.absences if one.first <= day <= one.last), None)
