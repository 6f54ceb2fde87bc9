"""What the parser makes of all names of one shape: which of their words become which part.

The parser of names decides by looking words up in lists, by single letters, commas and periods, never by anything else
about a word. So names whose texts have the same shape (see `skiptrace.kernels.name_scan`) come out alike, word for word.
A shape is read once: a made-up name of that shape is given to the parser, its words are found again in the answer, and
that is the template for every name of the shape. Words of a class here are in exactly the same lists; a word that is
part of a phrase, a suffix or a word of a pattern is a class of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.interning import Table, intern_spans, new_table
from skiptrace.kernels.name_scan import COMMA, LETTER, LISTED, MOST_WORDS, WORD
from skiptrace.normalize.name_parser import Name, parse, parse_full
from skiptrace.normalize.name_words import PATTERN_WORDS, SUFFIXES, NameWords, name_words

PARTS = 5
"""First, middle, last name, suffix, full name: the columns that a template refers to, by place."""
Span = tuple[int, int, int]
"""(part, first word, word behind the last one or -1 for all the rest); part -1: null."""
NOTHING: Span = (-1, 0, -1)

_WORDS = tuple(f"Q{letter}Z{letter}" for letter in "BCDFGHJKLMNPRSTVWX")


class Listed(NamedTuple):
    """table: the listed words, classes: the class of each of its entries. members: the words of each class."""

    table: Table
    classes: npt.NDArray[np.int32]
    members: tuple[tuple[str, ...], ...]


class Template(NamedTuple):
    """Where first, middle and last name of every name of a shape stand, and what else the parser says of them all."""

    spans: tuple[Span, Span, Span]
    suffix: str | None
    kind: str
    flags: tuple[str, ...]


@lru_cache(maxsize=1)
def listed_words() -> Listed:
    """Every word that the parser looks for, by class. Raises ConfigError where a list is missing."""
    known = name_words()
    signatures: dict[str, list[str]] = {}
    alone = set(SUFFIXES) | PATTERN_WORDS
    for field in fields(NameWords):
        for entry in sorted(getattr(known, field.name)):
            words = [word for word in entry.split() if word.isalnum()]
            for word in words:
                signatures.setdefault(word, []).append(field.name)
            if words != [entry]:
                alone.update(words)
    alone.update(word for word in signatures if len(set(word)) == 1)
    for word in sorted(alone):
        signatures[word] = [word, "alone"]
    groups: dict[tuple[str, ...], list[str]] = {}
    for word in sorted(signatures):
        groups.setdefault(tuple(signatures[word]), []).append(word)
    members = tuple(tuple(group) for group in groups.values())
    encoded = [word.encode() for group in members for word in group]
    bounds = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    content = np.frombuffer(b"".join(encoded), np.uint8)
    table, _ = intern_spans(content, bounds, new_table(np.uint8, len(encoded), len(content)))
    classes = np.repeat(np.arange(len(members), dtype=np.int32), [len(group) for group in members])
    return Listed(table, classes, members)


@lru_cache(maxsize=1)
def _letters() -> tuple[str, ...]:
    taken = {word for group in listed_words().members for word in group}
    return tuple(letter for letter in "BCDEFGJKLOPRSTUWZ" if letter not in taken)


class _Example:
    """Texts of given shapes, made of words that differ from one another."""

    def __init__(self) -> None:
        self._used: dict[int, int] = {}
        self._members = listed_words().members

    def text(self, elements: Sequence[int]) -> tuple[str, list[str]] | None:
        """(a text of the shape, its words without periods); None where there are not words enough."""
        text, words = "", []
        for element in elements:
            kind, dotted = element >> 1, element & 1
            if kind == COMMA:
                text += ","
                continue
            pool = _WORDS if kind == WORD else _letters() if kind == LETTER else self._members[kind - LISTED]
            at = self._used.get(kind, 0)
            if at >= len(pool) != 1:
                return None
            self._used[kind] = at + 1
            words.append(pool[at % len(pool)])
            text += f" {words[-1]}{'.' if dotted else ''}"
        return text, words


@lru_cache(maxsize=65_536)
def read_shape(shapes: tuple[tuple[int, ...], ...]) -> Template | None:
    """The template of rows whose five columns (see PARTS) have these elements; None where each must be read by itself."""
    example = _Example()
    texts, words = [], []
    for elements in shapes:
        made = example.text(elements)
        if made is None or len(made[1]) > MOST_WORDS:
            return None
        texts.append(made[0])
        words.append(made[1])
    name = read_row(*texts)
    spans = tuple(_find(part, words) for part in name[:3])
    if None in spans:
        return None
    first, middle, last = (span or NOTHING for span in spans)
    return Template((first, middle, last), name.suffix, name.kind, name.flags)


def _find(part: str | None, words: Sequence[Sequence[str]]) -> Span | None:
    """Where the words of a part stand; None where nowhere, or in several places that other words would fill differently."""
    if part is None:
        return NOTHING
    wanted = part.split()
    size = len(wanted)
    found = [
        (at, first, -1 if first + size == len(own) else first + size)
        for at, own in enumerate(words)
        for first in range(len(own) - size + 1)
        if own[first : first + size] == wanted
    ]
    return found[0] if found else None


def read_row(first: str, middle: str, last: str, suffix: str, full: str) -> Name:
    """The name of one row: its parts win, the full name counts where first, middle and last name are empty."""
    if first.strip() or middle.strip() or last.strip():
        return parse(first, middle, last, suffix)
    return parse_full(full)
