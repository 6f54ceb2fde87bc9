"""What a person meant: the known word nearest to an unknown one, for error messages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

_KEY = re.compile(r"[a-z]+[0-9]?(_[a-z]+[0-9]?)*")
_LONGEST_KEY = 40


def shown_key(key: str) -> str:
    """An unknown key as a message may tell it: as it is where it is written as keys are, `?` elsewhere, for a value that was put in a
    key's place may be a person's. Its line is told beside it."""
    return key if len(key) <= _LONGEST_KEY and _KEY.fullmatch(key) else "?"


def nearest(word: object, known: Iterable[str], at_most: int = 1) -> list[str]:
    """Known words that look like `word`, best first; empty where none does."""
    by_folded = {name.casefold(): name for name in sorted(known)}
    found = get_close_matches(str(word)[:100].casefold(), list(by_folded), n=at_most, cutoff=0.6)
    return [by_folded[name] for name in found]


def did_you_mean(word: object, known: Iterable[str], otherwise: str = "") -> str:
    """`did you mean "x"?`, or, where nothing is near, `otherwise` or the list of known words."""
    names = list(known)
    near = nearest(word, names)
    if near:
        return f'did you mean "{near[0]}"?'
    return otherwise or ("one of: " + ", ".join(names) if names else "")
