"""One part of a name, cleaned: canonical text without remarks, or nothing where it only fills the field."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from skiptrace.normalize.folding import LONGEST, fold, has_hidden_marks
from skiptrace.normalize.name_words import ASIDE, ESTATE, JOINT, OTHERWISE, REPORT, name_words


class Part(NamedTuple):
    """Canonical text of one part, empty where it says nothing, and the flags found in it (see `Name`)."""

    text: str
    flags: frozenset[str]


_PLAIN = re.compile(r"[A-Z0-9 ]*")
_PERIOD = re.compile(r"\.(?=[A-Z]{2})")
_BREAK = re.compile(r"[,/_+&;\\]")
_NO_LETTER = re.compile(r"[^A-Z0-9 -]")
_LETTER = re.compile(r"[A-Z]")
_NO_WORD = re.compile(r"[^A-Z0-9]+")
_ONE_LETTER = re.compile(r"([A-Z])\1{2,}")
_HYPHEN = re.compile(r"\s*-+\s*")
_PROPERTY = re.compile(r"\bREAL ESTATE\b")
_NO_PART = Part("", frozenset())
_UNREADABLE = Part("", frozenset({"unreadable"}))
_PADDING = " \0"
_LOST = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")
"""Marks that no name has: where one stands, something else stood."""


def clean(text: str) -> str:
    """Folded text with letters, digits, single spaces and inner hyphens only."""
    if _PLAIN.fullmatch(text):
        return " ".join(text.split())
    text = _NO_LETTER.sub("", _BREAK.sub(" ", _PERIOD.sub(" ", text)))
    if "-" in text:
        text = _HYPHEN.sub("-", text).strip("-")
    return " ".join(word.strip("-") for word in text.split())


def is_stand_in(text: str) -> bool:
    """Whether a folded text says nobody's name in any part: a listed word, no letter at all, or one letter repeated."""
    plain = " ".join(_NO_WORD.sub(" ", text.replace("'", "")).split())
    return (
        plain in name_words().placeholders
        or not _LETTER.search(plain)
        or (_ONE_LETTER.fullmatch(plain.replace(" ", "")) is not None and plain != "III")
    )


def strip_remarks(text: str) -> tuple[str, set[str]]:
    """Take reports of a death, nicknames in quotes and further parties out of a folded text."""
    flags = set()
    if not _PROPERTY.search(text):
        without = ESTATE.sub(" ", text)
        if without != text and _LETTER.search(without):
            text = without
            flags.add("estate")
    without = OTHERWISE.sub("", ASIDE.sub(" ", text))
    return (without if _LETTER.search(without) else text), flags


def fold_name(raw: str) -> tuple[str, set[str]]:
    """A folded text, and the flags of what folding took away from it.

    Empty and "unreadable" where nothing legible is left, and where a character was lost (the mark of bytes that were no
    text, or a NUL or another control character between letters): nobody knows which.
    """
    padded = raw.strip(_PADDING) if "\0" in raw else raw
    text, homoglyph = fold(padded)
    if not text or _LOST.search(padded):
        return "", {"unreadable"} if padded.strip() else set()
    flags = {"homoglyph"} if homoglyph else set()
    if has_hidden_marks(padded):
        flags.add("hidden_marks")
    return text, flags


def read_part(raw: str) -> Part:
    """One part of a name; joint parts keep the first person."""
    if len(raw) > LONGEST:
        return _UNREADABLE if raw.strip() else _NO_PART
    return _read_once(raw) if raw else _NO_PART


@lru_cache(maxsize=65_536)
def _read_once(raw: str) -> Part:
    text, flags = fold_name(raw)
    if not text:
        return Part("", frozenset(flags))
    if is_stand_in(text):
        return Part("", frozenset(flags | {"placeholder"}))
    if REPORT.fullmatch(text):
        return Part("", frozenset(flags | {"estate"}))
    text, found = strip_remarks(text)
    pieces = [piece for piece in JOINT.split(text) if piece.strip()]
    if len(pieces) > 1:
        titles = [piece for piece in pieces if clean(piece) not in name_words().honorifics]
        text = (titles or pieces)[0]
        found.add("joint")
    text = clean(text)
    if not text or is_stand_in(text):
        return Part("", frozenset(flags | found | {"placeholder"}))
    return Part(text, frozenset(flags | found))
