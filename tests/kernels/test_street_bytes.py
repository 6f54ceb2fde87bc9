from __future__ import annotations

import numpy as np

from skiptrace.kernels.street_bytes import MOST_SLOTS, is_digit, is_letter, packed, room_for_shapes


def test_bytes_are_told_apart() -> None:
    assert [sign for sign in range(256) if is_digit(sign)] == list(b"0123456789")
    assert [sign for sign in range(256) if is_letter(sign)] == list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_packed_texts_end_with_a_zero() -> None:
    rows = packed(("A", "ABC"))
    assert rows.tolist() == [[65, 0, 0, 0], [65, 66, 67, 0]]
    assert rows.dtype == np.uint8


def test_there_is_room_for_every_slot_and_for_a_shape_of_slots_alone() -> None:
    made = room_for_shapes(3, 10)
    assert len(made.clean) == 10
    assert len(made.shapes) >= 2 * 10 + 2 * 3
    assert len(made.starts) == len(made.ends) == 3 * MOST_SLOTS
    assert made.bounds.tolist() == made.slot_rows.tolist() == [0] * 4
