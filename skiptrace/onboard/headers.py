"""What a column's name says: which canonical column, or which part of an address, it may be, and whose.

The words are data: `rules/words/columns.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from skiptrace.normalize.words import read_lists

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
EXACT, WRITTEN_OUT, OWNED, NEARLY, IN_PART = 1.0, 0.98, 0.95, 0.9, 0.5


@dataclass(frozen=True)
class Meaning:
    """One thing that a header may mean. `name`: a canonical column or a part of an address; `part`: whether it is such a part;
    `score`: how well the words fit; `order`: place of the words in the list, the preferred first; `whose`: own, mailing, co, other
    or '' where the header does not say."""

    name: str
    part: bool
    score: float
    order: int
    whose: str


def words_of(header: str) -> tuple[str, ...]:
    """The words of a header in small letters: firstName, FIRST_NAME, "First Name" and FIRST-NAME give the same two."""
    return tuple(word.lower() for word in _WORD.findall(re.sub(r"[’'`]", "", header)))


@lru_cache(maxsize=1)
def _phrases() -> dict[tuple[str, ...], list[tuple[str, bool, int]]]:
    """By words: (canonical column or part, whether it is a part, order)."""
    lists = read_lists("columns")
    found: dict[tuple[str, ...], list[tuple[str, bool, int]]] = {}
    for part, table in ((False, lists["columns"]), (True, lists["parts"])):
        for name, phrases in table.items():
            for order, phrase in enumerate(phrases):
                for words in dict.fromkeys((words_of(phrase), _written_out(words_of(phrase)))):
                    found.setdefault(words, []).append((name, part, order))
    return found


def _written_out(words: tuple[str, ...]) -> tuple[str, ...]:
    """CUR_BAL is a current balance."""
    known = read_lists("columns")["abbreviations"]
    return tuple(known.get(word, word) for word in words)


@lru_cache(maxsize=1)
def _qualifiers() -> dict[str, frozenset[tuple[str, ...]]]:
    table = read_lists("columns")["qualifiers"]
    return {kind: frozenset(words_of(phrase) for phrase in phrases) for kind, phrases in table.items()}


def meanings(header: str) -> list[Meaning]:
    """What a header may mean, best first; empty where no list knows it.

    All of its words are a phrase of the lists: EXACT, and with what is cut short written out: WRITTEN_OUT, as all further words are. All
    but qualifiers are: OWNED; all but fillers too: NEARLY. A phrase of at least two words stands in it: IN_PART. Words that name somebody
    or something else make it `other` unless a whole phrase contains them."""
    words = words_of(header)
    if not words:
        return []
    found = _known(words, EXACT, "")
    words = _written_out(words)
    found += _known(words, WRITTEN_OUT, "")
    whose, rest = _stripped(words, ("co", "own", "mailing", "other"))
    found += _known(rest, OWNED, whose)
    bare = tuple(word for word in rest if (word,) not in _qualifiers()["filler"])
    found += _known(bare, NEARLY, whose)
    if not found:  # an address's own parts: "mailing address zip"
        found = _known(tuple(word for word in bare if word not in ("address", "addr")), NEARLY, whose)
    if not found:
        inner = {rest[start:stop] for start in range(len(rest)) for stop in range(start + 2, len(rest) + 1)}
        found = [one for part in sorted(inner) for one in _known(part, IN_PART, whose)]
    best: dict[tuple[str, bool], Meaning] = {}
    for one in found:
        known = best.get((one.name, one.part))
        if known is None or (-one.score, one.order) < (-known.score, known.order):
            best[one.name, one.part] = one
    return sorted(best.values(), key=lambda one: (-one.score, one.order, one.name))


def _known(words: tuple[str, ...], score: float, whose: str) -> list[Meaning]:
    return [Meaning(name, part, score, order, whose) for name, part, order in _phrases().get(words, [])]


def _stripped(words: tuple[str, ...], kinds: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """(whose a column is, its words without those that say so): of several, the first of `kinds` counts, `other` above all."""
    said, rest = set(), list(words)
    for kind in kinds:
        for phrase in sorted(_qualifiers()[kind], key=len, reverse=True):
            for start in range(len(rest) - len(phrase), -1, -1):
                if tuple(rest[start : start + len(phrase)]) == phrase and len(rest) > len(phrase):
                    del rest[start : start + len(phrase)]
                    said.add(kind)
    whose = "other" if "other" in said else next((kind for kind in kinds if kind in said), "")
    return whose, tuple(rest)
