"""Conflicts of interest: whether a helper is, is close to, or has helped somebody on the other side of a case.

By 律师法 (2017) art. 39 a lawyer does not act for both sides of a case, nor where the lawyer or close kin have an interest
of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from casework.matching.names import LEAST, Kind, keys_of, likeness, writing_of
from casework.matching.profiles import RELATIONS, Relation
from casework.rules.text import Text

Side = Literal["recipient", "opponent"]

SURE: Final = 0.95
"""From this likeness on it is taken to be the same name, and rules a helper out; below, somebody looks at it."""

_SIDES: Final = {"recipient": Text("受援人", "the recipient"), "opponent": Text("对方", "the other side")}
_SELF: Final = Text("与{side}“{party}”同名", "has the name of {side}, {party}")
_CLOSE: Final = Text("{relation}“{name}”与{side}“{party}”一致", "{relation} {name} is {side}, {party}")
_HELPED: Final = Text(
    "在 {number} 案中为“{name}”提供过帮助，本案{side}为“{party}”",
    "has helped {name} in {number}; here {party} is {side}",
)
_OPPOSED: Final = Text(
    "在 {number} 案中“{name}”是对方，本案{side}为“{party}”",
    "{name} was the other side in {number}; here {party} is {side}",
)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody of a case; `number` is the social credit code of an organisation, where it is known."""

    side: Side
    kind: Kind
    name: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class PastCase:
    """A case that a helper has or had, with its parties."""

    number: str
    parties: Sequence[Party]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A reason why a helper may not act, how alike the names are (1: the same), and the sentence for staff."""

    likeness: float
    sentence: Text

    @property
    def sure(self) -> bool:
        """Whether it rules the helper out without anybody looking."""
        return self.likeness >= SURE


def conflicts(
    own_name: str, relations: Iterable[Relation], past: Iterable[PastCase], parties: Sequence[Party]
) -> list[Conflict]:
    """Return the conflicts of a helper with the parties of a case, the surest first.

    Whoever has helped the other side, or stood against the recipient, is in conflict; to help the same recipient again,
    or to stand against the same employer again, is none. A namesake of a party is for somebody to look at.
    """
    found: list[Conflict] = []
    for party in parties:
        side = _SIDES[party.side]
        if (alike := _alike(party, "person", own_name)) >= LEAST:
            # Many people share a name: by itself it rules nobody out.
            found.append(Conflict(min(alike, SURE - 0.01), _SELF.with_(side=side, party=party.name)))
        for relation in relations:
            if party.side == "recipient" and relation.kind in ("former_client", "firm"):
                continue
            if (alike := _alike(party, relation.name_kind, relation.name)) >= LEAST:
                sentence = _CLOSE.with_(
                    relation=RELATIONS[relation.kind], name=relation.name, side=side, party=party.name
                )
                found.append(Conflict(alike, sentence))
        for case in past:
            for other in case.parties:
                if other.side == party.side:
                    continue
                alike = 1.0 if party.number and party.number == other.number else _alike(party, other.kind, other.name)
                if alike >= LEAST:
                    sentence = (_HELPED if other.side == "recipient" else _OPPOSED).with_(
                        number=case.number, name=other.name, side=side, party=party.name
                    )
                    found.append(Conflict(alike, sentence))
    return sorted(found, key=lambda one: -one.likeness)


def _alike(party: Party, kind: Kind, name: str) -> float:
    one, other = writing_of(party.kind, party.name), writing_of(kind, name)
    return likeness(one, other) if keys_of(one) & keys_of(other) else 0.0
