"""Writings of one name: how alike two names are, of people and of organisations.

A conflict check must find 王晓明 under 王曉明, Wáng Xiǎomíng or a slip of the pen, and 华茂服装 with its region and
legal form. A name is brought into one writing, of which keys are made; only names that share a key are compared.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal

import opencc
from pypinyin import Style, lazy_pinyin
from rapidfuzz.distance import OSA

from casework.matching.company_names import core_of, without_regions_in_brackets
from casework.rules import folding

Kind = Literal["person", "organisation"]

LEAST: Final = 0.75
"""From this likeness on a name is a hit that somebody must look at."""

_SAME_SOUND: Final = 0.85
_UMLAUT: Final = re.compile("[üǖǘǚǜ]")
_LATIN: Final = 0.9
"""A name in Latin letters that reads as the other one is written."""
_FIRST: Final = 4
"""So many syllables tell most names apart."""
_LONG_WORD: Final = 8
_KNOWN: Final = 60_000
_LONGEST: Final = 200
"""Of a longer name the beginning is compared."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A name in one writing.

    `text`: simplified, width, case and punctuation folded; of an organisation without its region and legal form.
    `sound`: its syllables without tones, ü written `yu`; of a name in Latin letters these letters.
    `branch`: what tells a branch or a numbered part from the others of its house.
    """

    kind: Kind
    text: str
    sound: tuple[str, ...]
    latin: bool = False
    branch: str = ""


@lru_cache(maxsize=_KNOWN)
def writing_of(kind: Kind, name: str) -> Writing:
    """Bring a name of a person or an organisation into one writing."""
    name, branch = name[:_LONGEST], ""
    if kind == "organisation":
        folded, branch = core_of(folding.key(without_regions_in_brackets(_simplified().convert(name))))
    else:
        # Sign by sign: as a phrase 沈靜 would become 沉静, which is no surname.
        folded = folding.key("".join(map(_simplified().convert, name)))
    if folded.isascii():
        letters = _spelt("".join(sign for sign in folded if sign.isalnum()))
        return Writing(kind, letters, (letters,) if letters else (), latin=True, branch=branch)
    bare = _without_marks(folded)
    if bare.isascii():
        return Writing(kind, bare, (bare,), latin=True, branch=branch)
    return Writing(kind, folded, _syllables(folded), branch=branch)


def keys_of(written: Writing) -> frozenset[str]:
    """Return what a name is looked up by: two names that are alike share one of these.

    The sound as one word, of a person with the surname at either end; and the first four syllables, all of them and
    each time without one, so that a slip among them still leaves one in common. Names in Latin letters have their word
    alone, or where it is long both halves.
    """
    if not written.sound:
        return frozenset()
    word = "".join(written.sound)
    found = {f"={word}"}
    if written.latin:
        return frozenset(found | ({f"<{word[:4]}", f">{word[-4:]}"} if len(word) >= _LONG_WORD else set()))
    if written.kind == "person":
        found.add(f"={''.join((*written.sound[1:], written.sound[0]))}")
    first = written.sound[:_FIRST]
    found.add(f"-{'.'.join(first)}")
    if len(first) > 2:
        found |= {f"-{'.'.join((*first[:gone], *first[gone + 1 :]))}" for gone in range(len(first))}
    return frozenset(found)


def likeness(one: Writing, other: Writing) -> float:
    """Return how alike two names are, from 0 to 1; 1 is the same name in one writing.

    Only names of one kind are alike. It is symmetric.
    """
    if one.kind != other.kind or not one.text or not other.text:
        return 0.0
    if one.text == other.text:
        return 1.0 if one.branch == other.branch or not (one.branch and other.branch) else 0.95
    if one.latin or other.latin:
        return _latin(one, other)
    return _people(one, other) if one.kind == "person" else _organisations(one, other)


def _people(one: Writing, other: Writing) -> float:
    if one.sound == other.sound:
        # 张伟 and 章玮 sound alike; each other sign makes it less likely that they are one person.
        differing = sum(a != b for a, b in zip(one.text, other.text, strict=True))
        return _SAME_SOUND - 0.05 * (differing - 1)
    longest = max(len(one.text), len(other.text))
    if longest < 3:
        return 0.0
    slips = OSA.distance(one.text, other.text)
    if slips > 1 or (one.text[0] != other.text[0] and one.sound[:1] != other.sound[:1]):
        return 0.0
    if len(one.text) != len(other.text):
        # A sign too many or too few in a long name is a slip; 王明 is not 王晓明.
        return 0.8 if longest > 3 else 0.0
    if sorted(one.text) == sorted(other.text):
        return 0.85
    return 0.8 if longest > 3 or _near(one, other) else 0.7


def _organisations(one: Writing, other: Writing) -> float:
    if one.sound == other.sound:
        return 0.9
    shorter, longer = sorted((one.text, other.text), key=len)
    if len(shorter) < _FIRST:
        return 0.0
    if longer.startswith(shorter) and len(shorter) / len(longer) > 0.6:
        return 0.8
    if OSA.distance(one.text, other.text, score_cutoff=1) > 1:
        return 0.0
    if len(one.text) != len(other.text):
        return 0.8 if len(shorter) > _FIRST else 0.7
    # A sign that sounds otherwise is what tells two houses of one trade apart: 华茂服装, 华丰服装.
    near = sorted(one.text) == sorted(other.text) or _near(one, other)
    return 0.8 if near else 0.7


def _near(one: Writing, other: Writing) -> bool:
    """Whether no syllable sounds otherwise but by one letter: `lin` and `ling`, `zhang` and `zang`."""
    return all(OSA.distance(a, b) <= 1 for a, b in zip(one.sound, other.sound, strict=False))


def _latin(one: Writing, other: Writing) -> float:
    if one.latin and other.latin:
        longest = max(len(one.text), len(other.text))
        slips = OSA.distance(one.text, other.text, score_cutoff=2)
        return 0.8 if slips == 1 and longest >= _LONG_WORD else 0.0
    latin, han = (one, other) if one.latin else (other, one)
    if latin.text == "".join(han.sound):
        return _LATIN
    turned = "".join((*han.sound[1:], *han.sound[:1]))
    return _LATIN - 0.05 if han.kind == "person" and latin.text == turned else 0.0


@cache
def _simplified() -> opencc.OpenCC:
    """Simplified signs for traditional ones; its tables are read when the first name is compared."""
    return opencc.OpenCC("t2s")


def _syllables(text: str) -> tuple[str, ...]:
    """One syllable for each sign, tones dropped."""
    return tuple(_spelt(syllable.casefold()) for sign in text for syllable in lazy_pinyin(sign, style=Style.NORMAL))


def _without_marks(text: str) -> str:
    """Wáng as wang, Lǚ as lyu: what is a letter with a tone."""
    bare = _UMLAUT.sub("v", text)
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", bare) if sign.isascii() and sign.isalnum())
    return _spelt(letters) or text


def _spelt(letters: str) -> str:
    """ü as passports write it, whether it was typed as `v` or not: LYU, NYU."""
    return letters.replace("lv", "lyu").replace("nv", "nyu")
