"""Conflicts of interest: whether a helper is, is close to, or has helped somebody on the other side of a case.

By 律师法 (2017) art. 39 a lawyer does not act for both sides of a case, nor where the lawyer or close kin have an
interest of their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from casework.matching.names import LEAST, Kind, keys_of, likeness, writing_of
from casework.matching.profiles import RELATIONS, Relation, RelationKind
from casework.rules.text import Text

Side = Literal["recipient", "opponent"]

SURE: Final = 0.95
"""From this likeness on it is taken to be the same name, and rules a helper out; below, somebody looks at it."""

_SIDES: Final[Mapping[Side, Text]] = {
    "recipient": Text("受援人", "the recipient"),
    "opponent": Text("对方", "the other side"),
}
_SELF: Final = Text("与{side}“{party}”同名", "has the name of {side}, {party}")
_CLOSE: Final = Text("{relation}“{name}”与{side}“{party}”一致", "{relation} {name} is {side}, {party}")
_HELPED: Final = Text(
    "在 {number} 案中为“{name}”提供过帮助，本案{side}为“{party}”",
    "has helped {name} in {number}; here {party} is {side}",
)
_STOOD_BESIDE: Final = Text(
    "在 {number} 案中“{name}”属受援人一方，本案{side}为“{party}”",
    "{name} stood beside the recipient in {number}; here {party} is {side}",
)
_OPPOSED: Final = Text(
    "在 {number} 案中“{name}”是对方，本案{side}为“{party}”",
    "{name} was the other side in {number}; here {party} is {side}",
)


_ELSEWHERE: Final = Text(
    "在其他机构的一个案件中与本案{side}“{party}”利益相对",
    "has an opposed interest to {party}, {side} here, in a case of another office",
)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody of a case; `number` is the social credit code of an organisation, where it is known.

    `beside` says that it is not the recipient, but somebody on the recipient's side.
    """

    side: Side
    kind: Kind
    name: str
    number: str | None = None
    beside: bool = False


@dataclass(frozen=True, slots=True)
class PastCase:
    """A case that a helper has or had, with its parties; `number` is empty where whoever asks may not see it."""

    number: str
    parties: Sequence[Party]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A reason why a helper may not act, how alike the names are (1: the same), and the sentence for staff.

    `side` is that of the party.
    """

    likeness: float
    sentence: Text
    side: Side

    @property
    def sure(self) -> bool:
        """Whether it rules the helper out without anybody looking."""
        return self.likeness >= SURE


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that is known of a helper: the own one, a relation's, or that of a party of a past case."""

    helper: str
    kind: Kind
    name: str
    relation: RelationKind | None = None
    side: Side | None = None
    case: str = ""
    number: str | None = None
    beside: bool = False

    def concerns(self, side: Side) -> bool:
        """Whether it matters to a helper that this is the name of a party on that side.

        Whoever has helped the other side, or stood against the recipient, is in conflict; to help the same recipient
        again, or to stand against the same employer again, is none.
        """
        if self.side:
            return self.side != side
        return side == "opponent" or self.relation not in ("former_client", "firm")

    def conflict(self, alike: float, party: Party) -> Conflict:
        """What is told of it."""
        side = party.side
        told = {"side": _SIDES[party.side], "party": party.name, "name": self.name, "number": self.case}
        if self.relation:
            return Conflict(alike, _CLOSE.with_(relation=RELATIONS[self.relation], **told), side)
        if self.side and not self.case:
            return Conflict(alike, _ELSEWHERE.with_(**told), side)
        if self.side == "opponent":
            return Conflict(alike, _OPPOSED.with_(**told), side)
        if self.side:
            return Conflict(alike, (_STOOD_BESIDE if self.beside else _HELPED).with_(**told), side)
        # Many people share a name: by itself it rules nobody out.
        return Conflict(min(alike, SURE - 0.01), _SELF.with_(**told), side)


class Known:
    """Every name that is known of some helpers, found by its keys."""

    def __init__(self) -> None:
        # By the side that a name concerns: an employer against whom many cases stood is not read through for the next.
        self._by_key: dict[tuple[Side, str], list[_Name]] = defaultdict(list)
        self._by_number: dict[tuple[Side, str], list[_Name]] = defaultdict(list)

    def add(self, helper: str, own_name: str, relations: Iterable[Relation], past: Iterable[PastCase]) -> None:
        """Take in what is known of a helper."""
        self._add(_Name(helper, "person", own_name))
        self.add_relations(helper, relations)
        for case in past:
            for party in case.parties:
                said = (party.side, case.number, party.number, party.beside)
                self._add(_Name(helper, party.kind, party.name, None, *said))

    def add_relations(self, helper: str, relations: Iterable[Relation]) -> None:
        """Take in those who are close to a helper, and nothing else."""
        for relation in relations:
            self._add(_Name(helper, relation.name_kind, relation.name, relation=relation.kind))

    def conflicts(self, parties: Iterable[Party]) -> dict[str, list[Conflict]]:
        """Return the conflicts of each helper with the parties of a case, the surest first."""
        found: dict[str, list[Conflict]] = defaultdict(list)
        for party in parties:
            written = writing_of(party.kind, party.name)
            near = {id(one): one for key in keys_of(written) for one in self._by_key.get((party.side, key), ())}
            same = {id(one): one for one in self._by_number.get((party.side, party.number or ""), ())}
            for one in (near | same).values():
                alike = 1.0 if id(one) in same else likeness(written, writing_of(one.kind, one.name))
                if alike >= LEAST:
                    found[one.helper].append(one.conflict(alike, party))
        return {helper: sorted(of_one, key=lambda one: -one.likeness) for helper, of_one in found.items()}

    def _add(self, one: _Name) -> None:
        keys = keys_of(writing_of(one.kind, one.name))
        for side in filter(one.concerns, _SIDES):
            for key in keys:
                self._by_key[side, key].append(one)
            if one.number:
                self._by_number[side, one.number].append(one)
