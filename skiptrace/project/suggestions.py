"""What a person meant: the known word nearest to an unknown one, for error messages."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


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
