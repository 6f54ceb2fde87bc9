"""How a name sounds, for blocking keys that survive misspelling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import jellyfish

_OTHER = re.compile(r"[^A-Z]+")


def code(name: str) -> str:
    """NYSIIS code of a name's letters, without spaces and hyphens; empty where there are no letters.

    NYSIIS was made for surnames and keeps vowels, so its groups stay smaller than those of Soundex or Metaphone.
    """
    return _code(name[:256])


def codes(names: Sequence[str]) -> list[str]:
    """The code of each of many names."""
    plain = jellyfish.nysiis
    return [plain(name) if name.isalpha() and name.isascii() and name.isupper() and len(name) < 256 else code(name) for name in names]


@lru_cache(maxsize=65_536)
def _code(name: str) -> str:
    letters = _OTHER.sub("", name.upper())
    return jellyfish.nysiis(letters) if letters else ""
