from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.kernels.street_shapes import HEADS
from skiptrace.normalize import address_model, street_columns
from skiptrace.normalize.address_model import AddressMemory
from skiptrace.normalize.address_shapes import FIELDS, FLAGS, KINDS, StreetMemory, texts_of
from skiptrace.normalize.address_templates import COUNTRIES, context_of
from skiptrace.normalize.reader_words import reader_words
from skiptrace.normalize.street_columns import read_street_columns
from skiptrace.normalize.street_lines import read_street_lines
from tests.bench.normalize_addresses import _ODD, generated_lines

HOT = [
    "PO", "BOX", "P", "O", "POB", "POST", "OFFICE", "RR", "R", "RD", "RT", "ROUTE", "HC", "STAR", "NO", "GENERAL", "DELIVERY", "PSC",
    "UNIT", "URB", "APT", "STE", "FL", "FLOOR", "LOT", "BLDG", "#", "&", "ST", "AVE", "N", "S", "NW", "US", "U", "HIGHWAY", "STATE",
    "COUNTY", "CO", "C/O", "CARE OF", "REAR", "FIRST", "5TH", "3RD", "1/2", "WA", "98101", "AND", "THE", "B0X", "N0", "CALLE", "PMB",
]  # fmt: skip


def soup(draw: random.Random, words: int) -> str:
    """Words that readers look for, glued to others or not, numbers, and words that mean nothing, in any order."""
    known = reader_words()

    def letters(most: int) -> str:
        return "".join(draw.choice("ABCDEFGHIKLMNOPRSTUVWXZ") for _ in range(draw.randint(1, most)))

    def word() -> str:
        kinds = (
            lambda: draw.choice(HOT),
            lambda: draw.choice(known),
            lambda: str(draw.randint(0, 10 ** draw.randint(1, 6))),
            lambda: letters(9),
            lambda: draw.choice(["", "A", "SE"]) + draw.choice(known) + draw.choice(["", "S", "NO", "ER"]),
            lambda: draw.choice(HEADS) + draw.choice(["", "A", "ER", "SX"]),
            lambda: str(draw.randint(0, 300)) + draw.choice(["B", "TH", "ST", "ND", "RD", "AA", "S"]),
            lambda: draw.choice("-/'.").join([draw.choice([letters(7), draw.choice(known), str(draw.randint(1, 999))]) for _ in range(2)]),
            lambda: draw.choice(["#", ",", "&", "-", "/", "0", "007", "1", "2", "é", "(", ";", "½", "%"]),
        )
        return draw.choices(kinds, (30, 15, 15, 15, 4, 4, 6, 6, 5))[0]()

    parts = [word() for _ in range(words)]
    if parts and draw.random() < 0.5:
        parts[0] = str(draw.randint(1, 20_000))
    text = "".join(part + draw.choice([" "] * 8 + [", ", "  ", "", ".", " #"]) for part in parts)
    return text.lower() if draw.random() < 0.1 else text


def compare(first: list[str], second: list[str], contexts: list[tuple[int, bool]], memory: StreetMemory) -> None:
    codes = np.array([context_of(*context) for context in contexts], np.uint8)
    found = read_street_columns(pa.array(first, pa.string()), pa.array(second, pa.string()), codes, memory)
    texts = list(zip(*(found.texts[field].to_pylist() for field in FIELDS), strict=True))
    for row, (country, known) in enumerate(contexts):
        expected = read_street_lines(first[row], second[row], COUNTRIES[country], known)
        flags = tuple(flag for at, flag in enumerate(FLAGS) if int(found.flags[row]) >> at & 1)
        answer = (*texts[row], KINDS[found.kinds[row]], flags)
        assert answer == (*texts_of(expected), expected.kind, expected.flags), (first[row], second[row])


@pytest.fixture(scope="module")
def memory() -> StreetMemory:
    return StreetMemory(AddressMemory())


@pytest.mark.parametrize("seed", range(4))
def test_word_soup_is_read_as_the_readers_read_it(seed: int, memory: StreetMemory) -> None:
    draw = random.Random(seed)
    first = [soup(draw, draw.randint(0, 7)) for _ in range(1_000)]
    second = ["" if draw.random() < 0.7 else soup(draw, draw.randint(0, 4)) for _ in first]
    contexts = [(0 if draw.random() < 0.6 else draw.randrange(len(COUNTRIES)), draw.random() < 0.6) for _ in first]
    compare(first, second, contexts, memory)


def test_generated_and_odd_lines_are_read_as_the_readers_read_them(memory: StreetMemory) -> None:
    lines = [*_ODD, *generated_lines(1_500, seed=31, odd=0.1)]
    compare(lines, ["", "Apt 4", "PO Box 7", " "] * (len(lines) // 4) + [""] * (len(lines) % 4), [(0, True)] * len(lines), memory)


def test_lines_of_known_shape_are_not_given_to_the_readers(memory: StreetMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(["123 N Marlberg St Apt 4"], [""], [(0, True)], memory)
    shapes = int(memory.shapes.count[0])
    monkeypatch.setattr(street_columns, "_read_rows", None)
    found = read_street_columns(pa.array(["987 N Fenstead St Apt 7"]), pa.array([""]), np.array([context_of(0, True)], np.uint8), memory)
    assert [found.texts[field][0].as_py() for field in ("house", "street", "unit")] == ["987", "N FENSTEAD ST", "APT 7"]
    assert int(memory.shapes.count[0]) == shapes


def test_ordinal_endings_follow_the_number(memory: StreetMemory) -> None:
    numbers = ["1", "2", "3", "4", "11", "12", "13", "21", "22", "101", "112", "123"]
    compare([f"5 {number} St" for number in numbers], [""] * len(numbers), [(0, True)] * len(numbers), memory)


def test_answers_stay_when_memories_are_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = StreetMemory(AddressMemory())
    lines = generated_lines(200, seed=41)
    for limit in (10**9, 5):
        monkeypatch.setattr(address_model, "MOST_ENTRIES", limit)
        compare(lines, [""] * 200, [(0, True)] * 200, memory)
        compare(lines[::-1], [""] * 200, [(0, True)] * 200, memory)
    monkeypatch.setattr(street_columns, "_MOST_SHAPES", 5)
    compare(lines, [""] * 200, [(0, False)] * 200, memory)


def test_rows_are_joined_over_batches(monkeypatch: pytest.MonkeyPatch, memory: StreetMemory) -> None:
    monkeypatch.setattr(street_columns, "_BATCH_ROWS", 3)
    lines = generated_lines(10, seed=42)
    compare(lines, [""] * 10, [(0, True)] * 10, memory)
    none = read_street_columns(pa.array([], pa.string()), pa.array([], pa.string()), np.empty(0, np.uint8), memory)
    assert (len(none.texts["house"]), len(none.kinds), len(none.flags)) == (0, 0, 0)
