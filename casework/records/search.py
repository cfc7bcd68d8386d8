"""How cases are found by words: `search_terms` has a row for each term of a case, in the order of time.

A term is two signs that follow one another in a name or number, of which one is beyond ASCII, or three of ASCII;
`casework.terms_of` hashes them, on both sides. The rarest term of what is asked for leads to the newest cases that
have it, and the whole words are looked for in these. What has no term of its own (one sign, two letters, a year, what
stands in every name) stands in so many cases that the newest are looked through.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from casework.records.visibility import PLACES

# No more rows of a term are counted to find out which one is rarer.
_COUNTED: Final = 100
# Of the number of a case only what follows the century has terms: the beginning is that of all the others.
_BEGINNING_OF_A_NUMBER: Final = re.compile("[a-z]{0,2}2(0([2-9][0-9]?)?)?|0[2-9][0-9]")


@dataclass(frozen=True, slots=True)
class Search:
    """Every one of the `words`, folded, in the number or a name; or a number whose blind index is one of `digests`."""

    words: Sequence[str]
    digests: Sequence[bytes]


class Shape(NamedTuple):
    """What the statement of a search depends on."""

    words: int
    """How many there are."""
    one_term: bool
    digests: bool


def shape_of(search: Search) -> Shape:
    """Return the shape of the statement for this search."""
    return Shape(len(search.words), [len(word) for word in search.words] == [2], bool(search.digests))


def values_of(search: Search) -> dict[str, Any]:
    """Return the values of the parameters in `hits`."""
    words = {f"word_{place}": word for place, word in enumerate(search.words)}
    told = "\n".join(map(_telling, search.words))
    return words | {"told": told, "digests": list(search.digests)}


def _telling(word: str) -> str:
    """The part of a word whose terms every case has in which it stands."""
    if not word.isascii():
        return word
    return "" if _BEGINNING_OF_A_NUMBER.fullmatch(word) else word[-3:]


def hits(shape: Shape, where: Sequence[str], order: str) -> str:
    """Return the query of the ids of what a search finds, in each of its parts what comes first.

    `order` is that of `c`, with the limit.
    """
    parts = []
    where = [one.replace(PLACES, _PLACES_ASKED) for one in where]
    if shape.words:
        whole = " and ".join(f"strpos(c.search_text, %(word_{place})s) > 0" for place in range(shape.words))
        found = " and ".join((whole, *where))
        term = _ONLY_TERM if shape.one_term else _RAREST_TERM
        timed = [_of_term(one) for one in where if one.startswith(("c.opened_at", "(c.opened_at"))]
        # By a limit of its own, so that the terms lead, whatever else seems to be rare.
        parts.append(
            f"""select t.case_id as id from casework.search_terms t cross join lateral
                  (select {_KEYS} from casework.cases c where c.id = t.case_id and {found} limit 1) as c
                where {" and ".join((f"t.term = {term}", *timed))} order by {_of_term(order)}"""
        )
        parts.append(f"select c.id from casework.cases c where {_NO_TERM} and {found} order by {order}")
    if shape.digests:
        known = "c.id in (select case_id from casework.blind_indexes where digest = any(%(digests)s))"
        parts.append(f"select c.id from casework.cases c where {' and '.join((known, *where))} order by {order}")
    return " union ".join(f"({part})" for part in parts)


def _of_term(written: str) -> str:
    """What is said of a case, said of the row of its term where that holds it: an index of terms is in this order."""
    return written.replace("c.opened_at", "t.opened_at").replace("c.id", "t.case_id")


_KEYS: Final = "c.due_key, c.closed_at"
_TERMS: Final = "casework.terms_of(%(told)s)"
# What is asked in a query within the query no plan foresees. So one plan serves all words and places, where PostgreSQL
# would plan anew for each search, which takes three times as long as the search.
_PLACES_ASKED: Final = f"(select {PLACES})::uuid[]"
_ONLY_TERM: Final = f"(select ({_TERMS})[1])"
_RAREST_TERM: Final = f"""(select asked.term from unnest({_TERMS}) as asked (term) order by
  (select count(*) from (select from casework.search_terms s where s.term = asked.term limit {_COUNTED}) as counted)
  limit 1)"""
_NO_TERM: Final = f"(select {_TERMS}) = '{{}}'"
