"""Any text to upper-case ASCII, without invisible marks and look-alike letters.

Two spellings of one value must become one text before anything compares them. Accents are dropped (NFKD), invisible
and direction marks removed, typographic quotes and dashes made plain, letters of other alphabets that look Latin
replaced when a word needs nothing else (a disguise or a keyboard slip), and dropped when it is really another script.
"""

from __future__ import annotations

import html
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from skiptrace.normalize.words import read_lists

LONGEST = 1_000
"""Characters of the longest text that is read at all. Longer ones are no name, address, phone, date or e-mail."""

_INVISIBLE = (
    0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0,
    *range(0x180B, 0x180F), *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10), *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080),
)  # fmt: skip
_PLAIN = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "ʼ": "'", "ʻ": "'", "ʹ": "'", "′": "'", "´": "'", "`": "'",
    "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "﹘": "-", "﹣": "-", "－": "-",
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i", "ŋ": "n", "Ŋ": "N", "ħ": "h", "Ħ": "H",
    "№": "No", "⁄": "/", "º": "o", "ª": "a",
}  # fmt: skip
_TABLE: dict[int, str | None] = {**dict.fromkeys(_INVISIBLE), **{ord(key): value for key, value in _PLAIN.items()}}
_HIDDEN = frozenset(map(chr, _INVISIBLE))
_CONTROLS = dict.fromkeys((*range(32), 127), " ")


class Folded(NamedTuple):
    """Upper-case ASCII with single spaces, and whether look-alike letters were replaced."""

    text: str
    homoglyph: bool


def has_hidden_marks(text: str) -> bool:
    """Whether a text holds characters that take no space: they disguise a word, or turn the direction of reading."""
    return not text.isascii() and not _HIDDEN.isdisjoint(text)


@lru_cache(maxsize=1)
def _lookalikes() -> dict[str, str]:
    return {letter: str(latin) for latin, letters in read_lists("lookalikes").items() for letter in str(letters)}


def fold(text: str) -> Folded:
    """Fold one text. A text longer than `LONGEST` folds to the empty text."""
    if len(text) > LONGEST:
        return Folded("", False)
    if "&" in text and ";" in text:
        text = html.unescape(text)
    if text.isascii():
        return Folded(" ".join(text.translate(_CONTROLS).upper().split()), False)
    plain = unicodedata.normalize("NFKD", text.translate(_TABLE)).translate(_TABLE)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words, homoglyph = [], False
    for word in plain.split():
        if not word.isascii():
            word, replaced = _latin(word)
            homoglyph = homoglyph or replaced
        words.append(word)
    return Folded(" ".join(" ".join(words).translate(_CONTROLS).upper().split()), homoglyph)


def _latin(word: str) -> tuple[str, bool]:
    """The word without what is not ASCII; look-alikes are replaced only where they explain every foreign letter."""
    table = _lookalikes()
    foreign = [letter for letter in word if not letter.isascii() and letter.isalpha()]
    if foreign and all(letter in table for letter in foreign):
        word = "".join(table.get(letter, letter) for letter in word)
        return "".join(letter if letter.isascii() else " " for letter in word).strip(), True
    return "".join(letter if letter.isascii() else ("" if letter.isalnum() else " ") for letter in word).strip(), False
