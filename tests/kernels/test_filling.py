from __future__ import annotations

import numpy as np
import pytest

from skiptrace.kernels.filling import ENDING, LITERAL, SLOT, Templates, fill, measure
from skiptrace.kernels.street_bytes import room_for_shapes
from skiptrace.normalize.text_buffers import text_of


def filled(number: str) -> list[str]:
    """Two templates with one field each on three rows whose only slot is `number`: row 1 has no template."""
    slots = room_for_shapes(3, 3 * len(number))
    slots.clean[:] = np.frombuffer(3 * number.encode(), np.uint8)
    slots.slot_rows[:] = range(4)
    slots.starts[:3] = [len(number) * row for row in range(3)]
    slots.ends[:3] = [len(number) * (row + 1) for row in range(3)]
    pieces = np.array([[SLOT, 0, 0], [ENDING, 0, 0], [LITERAL, 1, 4], [LITERAL, 0, 2]], np.int32)
    templates = Templates(1, np.array([0, 3, 4], np.int32), pieces, np.frombuffer(b"A ST", np.uint8))
    rows, offsets = np.array([0, -1, 1], np.int32), np.empty(4, np.int32)
    measure(templates, 0, rows, slots, offsets)
    out = np.empty(int(offsets[-1]), np.uint8)
    fill(templates, 0, rows, slots, offsets, out)
    return text_of(offsets, out).to_pylist()


@pytest.mark.parametrize(
    ("number", "ending"),
    [("1", "ST"), ("2", "ND"), ("3", "RD"), ("4", "TH"), ("10", "TH"), ("11", "TH"), ("12", "TH"), ("13", "TH"), ("21", "ST"),
     ("112", "TH"), ("102", "ND"), ("1013", "TH"), ("1023", "RD")],
)  # fmt: skip
def test_pieces_are_laid_in_order(number: str, ending: str) -> None:
    assert filled(number) == [f"{number}{ending} ST", "", "A "]
