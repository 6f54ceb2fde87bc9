from __future__ import annotations

import itertools

import pytest

from skiptrace.kernels.filling import ENDING, LITERAL, SLOT
from skiptrace.normalize.address_templates import COUNTRIES, StandIns, TemplateStore, _values, context_of
from skiptrace.normalize.reader_words import reader_words

SHAPE = bytes([context_of(0, True), 0xA2, 0xC0, 32, 0x87, 0xC1, 32]) + b"ST" + bytes([0x1F, 0xA1, 0xC2])


def test_a_shape_is_filled_with_stand_ins() -> None:
    made = StandIns(SHAPE)
    assert (made.country, made.place_known, made.possible) == (None, True, True)
    assert made.lines(0) == ("29 QBXXXXX ST", "9")
    assert made.lines(1) == ("93 KOQQQQQ ST", "1")


def test_every_context_is_told_apart() -> None:
    contexts = [context_of(country, known) for country in range(len(COUNTRIES)) for known in (False, True)]
    read = [(made.country, made.place_known) for made in (StandIns(bytes([context])) for context in contexts)]
    assert read == list(itertools.product(COUNTRIES, (False, True)))


def test_a_template_is_found_by_where_the_stand_ins_went() -> None:
    made = StandIns(SHAPE)
    assert made.template(("QBXXXXX ST # 9", "KOQQQQQ ST # 1")) == [
        (SLOT, 1), (LITERAL, " "), (LITERAL, "ST"), (LITERAL, " # "), (SLOT, 2),
    ]  # fmt: skip
    assert made.template(("29TH ST", "93RD ST")) == [(SLOT, 0), (ENDING, 0), (LITERAL, " "), (LITERAL, "ST")]
    assert made.template(("29TH", "93TH")) == [(SLOT, 0), (LITERAL, "TH")]
    assert made.template(("", "")) == []


@pytest.mark.parametrize("texts", [("2 9", "9 3"), ("QBX", "KOQ"), ("29", ""), ("", "93"), ("299", "931"), ("A", "B"), ("29", "1")])
def test_what_is_no_arrangement_of_the_slots_has_no_template(texts: tuple[str, str]) -> None:
    assert StandIns(SHAPE).template(texts) is None


def test_more_numbers_than_stand_ins_are_not_possible() -> None:
    assert StandIns(bytes([97, *(byte for slot in range(3) for byte in (0xA1, 0xC0 + slot, 32))])).possible
    assert not StandIns(bytes([97, *(byte for slot in range(4) for byte in (0xA1, 0xC0 + slot, 32))])).possible


def test_no_stand_in_is_a_word_that_a_reader_knows_or_a_piece_of_another() -> None:
    kinds = [(digits, size) for digits in (True, False) for size in range(1 if digits else 3, 10 if digits else 8)]
    for several in (1, 2, 3):
        slots = [kind for kind in kinds for _ in range(several)][:16] if several > 1 else kinds
        first, second = (_values(slots, which) for which in (False, True))
        assert all(a != b for a, b in zip(first, second, strict=True) if a)
        assert not set(first + second) & set(reader_words())
        for (a, b), (c, d) in itertools.permutations(zip(first, second, strict=True), 2):
            pieces = {(a[i:j], b[i:j]) for i in range(len(a)) for j in range(i + 1, len(a) + 1) if j - i == len(c)}
            assert not c or (c, d) not in pieces


def test_templates_are_kept_as_arrays_that_grow() -> None:
    store = TemplateStore(2)
    assert store.add([[(LITERAL, "ST"), (SLOT, 1)], []]) == 0
    store.arrays()
    assert store.add([[], [(LITERAL, "ST"), (ENDING, 0)]]) == 1
    arrays = store.arrays()
    assert arrays.bounds.tolist() == [0, 2, 2, 2, 4]
    assert arrays.pieces.tolist() == [[LITERAL, 0, 2], [SLOT, 1, 0], [LITERAL, 0, 2], [ENDING, 0, 0]]
    assert bytes(arrays.literals) == b"ST"
