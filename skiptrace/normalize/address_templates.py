"""Stand-ins for the slots of a shape, and templates found by where the stand-ins went."""

from __future__ import annotations

import re

import numpy as np

from skiptrace.kernels.filling import ENDING, LITERAL, SLOT, Templates
from skiptrace.kernels.street_shapes import DIGITS_FROM, LETTERS_FROM, LINE_BREAK, SLOT_FROM, TWO_TO_FIVE

COUNTRIES = (None, "CA", "??", "PR", "AU")
"""One country for each way in which street lines are read."""

_RUN = re.compile(r"[0-9]+|[A-Z]+|[^0-9A-Z]+")
_FIRST_CONTEXT = ord("a")
Piece = tuple[int, int | str]
"""Kind of a piece (see `skiptrace.kernels.filling`), and its text or its slot."""


def context_of(country: int, place_known: bool) -> int:
    """The byte that heads a shape: place in COUNTRIES, and whether the place is known from other columns."""
    return _FIRST_CONTEXT + 2 * country + place_known


class TemplateStore:
    """Templates as arrays that grow."""

    def __init__(self, fields: int) -> None:
        self._fields = fields
        self._count = 0
        self._bounds = np.zeros(1, np.int32)
        self._pieces = np.empty((0, 3), np.int32)
        self._new_bounds: list[int] = []
        self._new_pieces: list[tuple[int, int, int]] = []
        self._literals = bytearray()
        self._places: dict[str, tuple[int, int]] = {}

    def add(self, fields: list[list[Piece]]) -> int:
        """Keep a template of (kind, text or slot) pieces per field; returns its number."""
        for field in fields:
            for kind, content in field:
                self._new_pieces.append((kind, content, 0) if isinstance(content, int) else (kind, *self._place(content)))
            self._new_bounds.append(len(self._pieces) + len(self._new_pieces))
        self._count += 1
        return self._count - 1

    def _place(self, text: str) -> tuple[int, int]:
        found = self._places.get(text)
        if found is None:
            start = len(self._literals)
            self._literals += text.encode()
            found = self._places[text] = start, len(self._literals)
        return found

    def arrays(self) -> Templates:
        """All templates so far."""
        if self._new_bounds:
            self._bounds = np.concatenate([self._bounds, np.array(self._new_bounds, np.int32)])
            self._pieces = np.concatenate([self._pieces, np.array(self._new_pieces, np.int32).reshape(-1, 3)])
            self._new_bounds, self._new_pieces = [], []
        return Templates(self._fields, self._bounds, self._pieces, np.frombuffer(bytes(self._literals), np.uint8))


class StandIns:
    """A shape, and two ways to fill its slots."""

    def __init__(self, shape: bytes) -> None:
        context = shape[0] - _FIRST_CONTEXT
        self.country, self.place_known = COUNTRIES[context // 2], bool(context % 2)
        self._parts: list[str | int] = []
        slots: dict[int, tuple[bool, int]] = {}
        at = 1
        while at < len(shape):
            byte = shape[at]
            if byte < LETTERS_FROM:
                self._parts.append(chr(byte))
                at += 1
                continue
            digits = byte >= DIGITS_FROM
            slot = shape[at + 1] - SLOT_FROM
            slots[slot] = (digits, byte - (DIGITS_FROM if digits else LETTERS_FROM))
            self._parts.append(slot)
            at += 2
        kinds = [slots[slot] for slot in range(len(slots))]
        self.fillings = [_values(kinds, second) for second in (False, True)]
        self._slot_of = {value: slot for slot, value in enumerate(self.fillings[0])}
        self.question: list[Piece] | None = None
        self.possible = all(len(set(values)) == len(values) and all(values) for values in self.fillings)

    def lines(self, filling: int) -> tuple[str, str]:
        """The two lines with the slots filled."""
        values = self.fillings[filling]
        text = "".join(part if isinstance(part, str) else values[part] for part in self._parts)
        first, _, second = text.partition(chr(LINE_BREAK))
        return first, second

    def template(self, texts: tuple[str, str]) -> list[Piece] | None:
        """The pieces that make texts[0] of the first filling and texts[1] of the second; None where none do."""
        if not texts[0]:
            return None if texts[1] else []
        for endings in (False, True):
            pieces = self.pieces(texts[0], endings)
            if self.filled(pieces, 1) == texts[1]:
                return pieces
        return None

    def pieces(self, text: str, endings: bool) -> list[Piece]:
        """The pieces of a text made from the first filling; `endings`: TH behind a number may be its ordinal ending."""
        slot_of = self._slot_of
        pieces: list[Piece] = []
        for run in _RUN.findall(text):
            before = pieces[-1] if pieces else (LITERAL, "")
            if run in slot_of:
                pieces.append((SLOT, slot_of[run]))
            elif endings and run == "TH" and before[0] == SLOT and self.fillings[0][int(before[1])].isdigit():
                pieces.append((ENDING, before[1]))
            else:
                pieces.append((LITERAL, run))
        return pieces

    def filled(self, pieces: list[Piece], filling: int) -> str:
        """The text that pieces make of a filling."""
        values = self.fillings[filling]
        texts = []
        for kind, content in pieces:
            if kind == LITERAL:
                texts.append(str(content))
            else:
                value = values[int(content)]
                texts.append(value if kind == SLOT else {"1": "ST", "2": "ND", "3": "RD"}.get(value[-1], "TH"))
        return "".join(texts)


def _values(kinds: list[tuple[bool, int]], second: bool) -> list[str]:
    """A value for each slot (digits or letters, how many): all different; empty where there are no more of a length.

    Numbers of the first filling end in 4 to 9, so that their ordinals end in TH, those of the second in 1 to 3 and not in
    11 to 13. TWO_TO_FIVE digits are two in the first and five in the second. No piece of a value stands for another value,
    or for the same text, in both fillings: a reader that took a number or a word apart would show.
    """
    used: dict[int, int] = {}
    values = []
    for at, (digits, size) in enumerate(kinds):
        if not digits:
            lone, head, fill = ("KJV", "K" + chr(80 - at), "Q") if second else ("QXZ", "Q" + chr(65 + at), "X")
            values.append(lone[at % 3] if size == 1 else head + fill * (size - 2))
            continue
        if size == TWO_TO_FIVE:
            size = 5 if second else 2
        number = used[size] = used.get(size, -1) + 1
        if size == 1:
            values.append(("132" if second else "986")[number] if number < 3 else "")
        elif number < 15:
            lead, last = (9 - number // 3, "321"[number % 3]) if second else (2 + number // 6, "986547"[number % 6])
            values.append(str(lead) + ("0" if second else "8") * (size - 2) + last)
        else:
            values.append("")
    return values
